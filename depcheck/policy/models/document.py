"""The whole of ``depcheck.yaml`` as a Pydantic model. Imported only where there is a policy file."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from depcheck.policy.models.base import Entry
from depcheck.policy.models.environments import EnvironmentEntry, contradictions
from depcheck.policy.models.parity import Capacity, Flags, Parity, Variable
from depcheck.policy.models.pipeline import Monitoring, Pipeline
from depcheck.policy.models.recovery import Recovery
from depcheck.policy.names import Names
from depcheck.policy.types import (
    BY_ENVIRONMENT,
    Day,
    Environment,
    EnvironmentName,
    EnvironmentOrAll,
    FailOn,
    Flag,
    MaybeDay,
    MaybeEnvironment,
    MaybeInterval,
    MaybeText,
    NameTemplate,
    Profile,
    Range,
    RuleReference,
    SecretStore,
    SecretTemplate,
    Severity,
    TagTemplate,
    Text,
    Texts,
    VariableName,
)
from depcheck.policy.validation import LIST, MAP, Before, ForAll, Reads, clause, clauses, described
from depcheck.policy.words import WordError


def _version(value: object, names: object) -> int:
    if value == 1 and not isinstance(value, bool):
        return 1
    raise WordError(f"expected 1, not {described(value)}: this depcheck reads version 1")


class Regions(Entry):
    """Where the deployment may be."""

    primary: MaybeText = Field(default=None, description="Where it runs.", examples=["us-east-1"])
    recovery: MaybeText = Field(default=None, description="Where it recovers.", examples=["us-west-2"])
    allowed: Texts = Field(default=[], description="Where anything may be.", examples=[["us-east-1", "us-west-2"]])

    @model_validator(mode="after")
    def _consistent(self) -> Regions:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        for key, region in (("primary", self.primary), ("recovery", self.recovery)):
            if region is not None and self.allowed and region not in self.allowed:
                wrong.append(((key,), f'"{region}" is not in regions.allowed'))
        if self.recovery is not None and self.recovery == self.primary:
            wrong.append((("recovery",), f'"{self.recovery}" is the primary region'))
        if wrong:
            raise clauses(wrong)
        return self


def _keys_only(value: object, names: Names) -> object:
    if not isinstance(value, list):
        return value
    wrong = [(index, each) for index, each in enumerate(value) if not isinstance(each, str)]
    if wrong:
        raise clauses([((index,), f"expected the name of a tag, not {described(each)}") for index, each in wrong])
    return dict.fromkeys(value, "*")


def _tags_schema(schema: JsonDict) -> None:
    whole: JsonDict = {key: schema.pop(key) for key in ("type", "additionalProperties") if key in schema}
    schema["anyOf"] = [{"type": "array", "items": {"type": "string"}}, whole]


class Tags(Entry):
    """Tags that every resource must carry."""

    required: Annotated[dict[str, TagTemplate], MAP, Before(_keys_only)] = Field(
        default={},
        description="The keys of the tags, or keys with their values ({environment} is filled in, * is any value).",
        examples=[["Project", "Environment"], {"Environment": "{environment}", "ManagedBy": "Terraform"}],
        json_schema_extra=_tags_schema,
    )


class Secrets(Entry):
    """How secrets are kept."""

    rotation: MaybeInterval = Field(
        default=None, description="They are replaced at least this often.", examples=["90d"]
    )
    stores: Annotated[list[SecretStore], LIST] = Field(
        default=[], description="Where they may be kept.", examples=[["aws_secretsmanager", "github_secrets"]]
    )
    names: SecretTemplate = Field(
        default=None, description="How they are named.", examples=["shop/{environment}/{name}"]
    )
    required: Texts = Field(
        default=[], description="Those that every environment must have.", examples=[["jwt-secret"]]
    )
    ci: Annotated[dict[Environment, Texts], BY_ENVIRONMENT] = Field(
        default={},
        description="Secrets and variables that the CI service must hold, per environment.",
        examples=[{"production": ["AWS_PRODUCTION_ROLE_ARN"]}],
    )


class IgnoredRule(Entry):
    """A rule that is not held against some resources or files, and why."""

    rule: RuleReference = Field(description="The rule.", examples=["open-ingress"])
    resources: Texts = Field(
        default=[], description="Globs of addresses. Default: all.", examples=[["aws_security_group.alb"]]
    )
    paths: Texts = Field(default=[], description="Globs of paths. Default: all.", examples=[["legacy/**"]])
    reason: Text = Field(description="Why it does not count.", examples=["public by design"])
    until: MaybeDay = Field(
        default=None, description="The last day on which it does not count.", examples=["2027-03-31"]
    )

    @model_validator(mode="before")
    @classmethod
    def _with_its_reason(cls, value: object) -> object:
        if isinstance(value, str):
            raise clause(f"an ignored rule needs its reason: write {{rule: {value[:60]}, reason: …}}")
        return value


class Rules(Entry):
    """Which rules are held against the configuration, and how."""

    profile: Profile = Field(default="default", description="default, or strict (opinion and hygiene too).")
    select: Annotated[list[RuleReference], LIST] = Field(
        default=[], description="Rules, packs or severities; ALL is all.", examples=[["ALL"]]
    )
    ignore: Annotated[list[IgnoredRule], LIST] = Field(
        default=[], description="Rules that do not count somewhere, each with its reason."
    )
    severity: Annotated[dict[RuleReference, Severity], MAP] = Field(
        default={}, description="Other severities of some rules.", examples=[{"unpinned-image": "low"}]
    )
    fail_on: FailOn = Field(default="medium", description="The severity from which on a run fails, or never.")
    plugins: Texts = Field(
        default=[], description="Installed packages with rules of their own.", examples=[["acme_depcheck"]]
    )
    packs: Texts = Field(default=[], description="Globs of files with rules as data.", examples=[["policies/*.yaml"]])


class Attestation(Entry):
    """A dated record of what no file can show."""

    control: RuleReference = Field(description="The control.", examples=["rec-dr-drill"])
    every: MaybeInterval = Field(default=None, description="How often it is repeated.", examples=["92d"])
    last: Day = Field(description="The day of the last record.", examples=["2026-10-02"])
    environment: MaybeEnvironment = Field(default=None, description="Where. Default: everywhere.")
    source: Text = Field(description="The record.", examples=["docs/drills/2026-10.md"])


class Document(Entry):
    """What a deployment promises. Every key is optional."""

    model_config = ConfigDict(title="depcheck.yaml")

    version: Annotated[int, Reads(_version, const=1)] = Field(default=1, description="The version of this format.")
    product: MaybeText = Field(default=None, description="The name of what is deployed.", examples=["shop"])
    environments: Annotated[dict[EnvironmentName, EnvironmentEntry], AfterValidator(contradictions), MAP] = Field(
        default={}, description="The environments, from the least to the most critical."
    )
    recovery: Recovery = Field(default_factory=Recovery, description="What may be lost, and for how long.")
    parity: Parity = Field(default_factory=Parity, description="What environments share and how they may differ.")
    variables: Annotated[dict[VariableName, Variable], MAP] = Field(
        default={}, description="The contract for environment variables."
    )
    pipeline: Pipeline = Field(default_factory=Pipeline, description="What the pipeline does, and in which order.")
    monitoring: Monitoring = Field(default_factory=Monitoring, description="What watches the deployment.")
    capacity: Annotated[dict[Environment, Capacity], BY_ENVIRONMENT] = Field(
        default={}, description="How each environment scales."
    )
    regions: Regions = Field(default_factory=Regions, description="Where the deployment may be.")
    tags: Tags = Field(default_factory=Tags, description="Tags that every resource must carry.")
    names: NameTemplate = Field(
        default=None,
        description="How resources are named, with * for anything.",
        examples=["{environment}-{service}-*"],
    )
    secrets: Secrets = Field(default_factory=Secrets, description="How secrets are kept.")
    flags: Flags = Field(default_factory=Flags, description="Feature flags.")
    versions: Annotated[dict[str, Range], MAP] = Field(
        default={},
        description="Versions that may be used: a range, or supported (not past its end of life).",
        examples=[{"node": ">= 20", "postgres": "supported"}],
    )
    promises: Annotated[dict[EnvironmentOrAll, Annotated[list[RuleReference], LIST]], BY_ENVIRONMENT, ForAll()] = Field(
        default={},
        description="Controls that must be shown to hold, everywhere or in each environment.",
        examples=[["net-private-subnets", "iam-mfa"]],
    )
    evidence: Annotated[list[Attestation], LIST] = Field(
        default=[], description="Attestations: what only a dated record can show."
    )
    rules: Rules = Field(default_factory=Rules, description="Which rules are held against the configuration, and how.")
    docs: Flag = Field(default=False, description="Code blocks in Markdown documents are checked too.")


Document.model_rebuild()
