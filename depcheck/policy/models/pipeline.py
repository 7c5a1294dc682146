"""The parts of the policy about what a pipeline does and what watches the result."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from depcheck.policy import words
from depcheck.policy.models.base import Bounded, Entry
from depcheck.policy.names import Names
from depcheck.policy.types import (
    BY_ENVIRONMENT,
    Activity,
    AtLeastOne,
    Duration,
    Environment,
    Environments,
    Flag,
    Interval,
    Level,
    LogFormat,
    MaybeInterval,
    MaybeSeverity,
    MaybeText,
    OwnActivity,
    Share,
    Strategy,
    Text,
    Texts,
    Trigger,
)
from depcheck.policy.validation import LIST, MAP, Before, OneOrMore, Unreadable, clause, clauses, described


def _either(schema: JsonDict) -> None:
    """``approval`` may be true or false too."""
    reference: JsonDict = {key: schema.pop(key) for key in ("$ref", "allOf") if key in schema}
    schema["anyOf"] = [{"type": "boolean"}, reference]


def _verifications(schema: JsonDict) -> None:
    """``verify`` lists names, and names with how long."""
    lasting: JsonDict = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": {"type": "string"},
    }
    schema["items"] = {"anyOf": [{"type": "string", "minLength": 1}, lasting]}


class Approval(Entry):
    """How many people must agree; 0 is nobody."""

    people: AtLeastOne = Field(default=0, description="How many people must agree.", examples=[2])


def _approval(value: object, names: Names) -> object:
    if isinstance(value, bool):
        return {"people": 1} if value else {}
    if value is not None and not isinstance(value, (dict, Unreadable)):
        raise clause(f"expected true, false or {{people: 2}}, not {described(value)}")
    return value


def _verification(value: object, names: Names) -> object:
    if isinstance(value, str):
        return {"do": value}
    if isinstance(value, dict) and "do" not in value and len(value) == 1:
        ((name, lasting),) = value.items()
        return {"do": name, "lasting": lasting}
    return value


class Verification(Entry):
    """Something that is done after a deployment, perhaps for some time: ``smoke-test`` or ``{watch: 30m}``."""

    do: Text = Field(description="An activity, or a name of a job or step.")
    lasting: MaybeInterval = Field(default=None, description="For how long.", examples=["30m"])


class Migrations(Entry):
    """What changes of a database's schema need."""

    approval: Annotated[Approval, Before(_approval)] = Field(
        default_factory=Approval, description="Who must agree.", json_schema_extra=_either
    )


class Trip(Bounded):
    """A signal that calls for a rollback."""

    signal: Text = Field(description="The signal.", examples=["error_rate", "latency_p95"])
    for_: Duration = Field(default=None, alias="for", description="For how long.", examples=["5m"])


class Deploy(Entry):
    """What a deployment to an environment needs before, during and after."""

    from_branches: Texts = Field(
        default=[], description="The branches that may be deployed, as globs.", examples=[["main"]]
    )
    from_: Annotated[list[Trigger], LIST] = Field(
        default=[], alias="from", description="The triggers that may start it.", examples=[["push", "manual"]]
    )
    after: Environments = Field(
        default=[],
        description="Environments that must have been deployed to before.",
        examples=[["staging"]],
    )
    approval: Annotated[Approval, Before(_approval)] = Field(
        default_factory=Approval,
        description="Somebody must agree: the job names a GitHub environment, where protection can be set.",
        json_schema_extra=_either,
    )
    before: Texts = Field(
        default=[],
        description="Activities, or names of jobs and steps, that must come before it.",
        examples=[["tests", "security-scan", "backup"]],
    )
    verify: Annotated[list[Annotated[Verification, Before(_verification)]], LIST] = Field(
        default=[],
        description="Activities, or names of jobs and steps, that must come after it.",
        examples=[["smoke-test", {"watch": "30m"}]],
        json_schema_extra=_verifications,
    )
    rollback: Flag = Field(default=False, description="A failure rolls it back.")
    rollback_when: Annotated[list[Trip], LIST] = Field(default=[], description="The signals that roll it back.")
    migrations: Migrations = Field(default_factory=Migrations, description="What migrations need.")
    strategy: Annotated[list[Strategy], LIST, OneOrMore()] = Field(
        default=[],
        description="How it replaces the old version, or the ways that are allowed.",
        examples=["rolling", ["blue-green", "canary"]],
    )
    steps: Annotated[list[Share], LIST] = Field(
        default=[], description="The shares of traffic, in percent.", examples=[[5, 25, 50, 100]]
    )

    @model_validator(mode="after")
    def _steps_rise(self) -> Deploy:
        for index in range(1, len(self.steps)):
            if self.steps[index] <= self.steps[index - 1]:
                message = f"{self.steps[index]} does not come after {self.steps[index - 1]}: steps rise to 100"
                raise clauses([(("steps", index), message)])
        return self


class Pipeline(Entry):
    """What the pipeline does, and in which order."""

    order: Texts = Field(
        default=[],
        description="Names of jobs or steps in their order, globs allowed.",
        examples=[["test", "deploy-staging", "smoke-staging", "deploy-production"]],
    )
    deploys: Annotated[dict[Environment, Deploy], BY_ENVIRONMENT] = Field(
        default={}, description="What a deployment to each environment needs."
    )
    scheduled: Annotated[dict[Activity, Interval], MAP] = Field(
        default={},
        description="Activities that run by themselves, and how often at least.",
        examples=[{"security-scan": "1d"}],
    )
    activities: Annotated[dict[OwnActivity, Texts], MAP] = Field(
        default={},
        description="The project's own commands for an activity, as globs.",
        examples=[{"smoke-test": ["pnpm test:smoke*"]}],
    )
    scan_severity: MaybeSeverity = Field(
        default=None, description="A scanner in the pipeline must fail the run from here.", examples=["high"]
    )

    @model_validator(mode="after")
    def _after_another(self) -> Pipeline:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        for name, deploy in self.deploys.items():
            for index, earlier in enumerate(deploy.after):
                other = self.deploys.get(earlier)
                if earlier == name:
                    wrong.append((("deploys", name, "after", index), f"{name} cannot come after itself"))
                elif other is not None and name in other.after:
                    wrong.append((("deploys", name, "after", index), f"{earlier} comes after {name} already"))
        if wrong:
            raise clauses(wrong)
        return self


class Alarm(Bounded):
    """An alarm that must exist."""

    signal: Text = Field(description="What it watches.", examples=["cpu"])
    of: MaybeText = Field(
        default=None, description="Whose: a store, a service, a kind or an address.", examples=["database"]
    )
    for_: Duration = Field(default=None, alias="for", description="For how long.", examples=["5m"])
    notify: MaybeText = Field(default=None, description="Who is told.", examples=["on-call"])


class HealthCheck(Entry):
    """How health is asked for."""

    path: MaybeText = Field(default=None, description="The path that is asked.", examples=["/health"])
    every: MaybeInterval = Field(default=None, description="How often.", examples=["30s"])
    timeout: MaybeInterval = Field(default=None, description="How long an answer may take.", examples=["5s"])
    healthy: AtLeastOne = Field(default=None, description="Answers until it is healthy.", examples=[2])
    unhealthy: AtLeastOne = Field(default=None, description="Failures until it is unhealthy.", examples=[2])

    @model_validator(mode="after")
    def _answers_in_time(self) -> HealthCheck:
        if self.every is not None and self.timeout is not None and self.timeout > self.every:
            longer, shorter = words.show_duration(self.timeout), words.show_duration(self.every)
            raise clauses([(("timeout",), f"{longer} is longer than every, which is {shorter}")])
        return self


class Logs(Entry):
    """How logs are written and kept."""

    format: LogFormat = Field(default=None, description="How a line is written.", examples=["json"])
    retention: Duration = Field(default=None, description="How long logs are kept at least.", examples=["30d"])
    audit_retention: Duration = Field(
        default=None, description="How long audit logs are kept at least.", examples=["365d"]
    )


class Monitoring(Entry):
    """What watches the deployment."""

    level: Annotated[dict[Environment, Level], BY_ENVIRONMENT] = Field(
        default={},
        description="How much is watched in each environment: off, basic or full.",
        examples=[{"development": "basic", "production": "full"}],
    )
    alarms: Annotated[list[Alarm], LIST] = Field(default=[], description="Alarms that must exist.")
    metrics: Annotated[dict[str, Texts], MAP] = Field(
        default={},
        description="Metrics that must be collected, by what they are about.",
        examples=[{"database": ["cpu", "connections"]}],
    )
    health_check: HealthCheck = Field(default_factory=HealthCheck, description="How health is asked for.")
    logs: Logs = Field(default_factory=Logs, description="How logs are written and kept.")
