"""The parts of the policy about what environments share: parity, variables, flags, capacity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field, model_validator

from depcheck.policy import vocabulary, words
from depcheck.policy.models.base import Entry
from depcheck.policy.types import (
    BY_ENVIRONMENT,
    Amount,
    AtLeastOne,
    Count,
    Environment,
    EnvironmentOrAll,
    Environments,
    Flag,
    MaybeFlag,
    MaybeInterval,
    MaybeText,
    Size,
    Text,
    Texts,
    VariableFormat,
    Written,
)
from depcheck.policy.validation import LIST, MAP, ForAll, clauses

T = TypeVar("T")


def in_environment(entries: Mapping[str, T], environment: str | None) -> T | None:
    """The entry for an environment, else the one for all of them (``*``)."""
    if environment is not None and environment in entries:
        return entries[environment]
    return entries.get(vocabulary.EVERYWHERE)


Pair: TypeAlias = Annotated[list[Environment], LIST]


class Parity(Entry):
    """Which environments are compared, and what may differ between them."""

    compare: Annotated[list[Pair], LIST] = Field(
        default=[],
        description="Which environments are compared. Default: each neighbouring pair.",
        examples=[[["staging", "production"]]],
    )
    same: Texts = Field(
        default=[], description="Subjects that must be equal.", examples=[["*.engine_version", "runtime.*"]]
    )
    differ: Texts = Field(default=[], description="Subjects that must differ.", examples=[["variable.*_SECRET*"]])
    belongs: Texts = Field(
        default=[],
        description="Subjects that carry no other environment's mark.",
        examples=[["variable.*_URL"]],
    )
    monotone: Texts = Field(
        default=[],
        description="Subjects that are never less in a more critical environment.",
        examples=[["*.backup_retention_period"]],
    )
    superset: Texts = Field(
        default=[],
        description="Subjects that include all of the less critical environment's.",
        examples=[["job.*"]],
    )
    fixed: Annotated[dict[str, Annotated[dict[EnvironmentOrAll, Written], BY_ENVIRONMENT, ForAll()]], MAP] = Field(
        default={},
        description="Subjects with the value that each environment must have.",
        examples=[{"*.multi_az": {"development": False, "production": True}}],
    )
    free: Texts = Field(
        default=[],
        description="Subjects that may differ.",
        examples=[["*.instance_class", "*.desired_count"]],
    )
    only_in: Annotated[dict[Environment, Texts], BY_ENVIRONMENT] = Field(
        default={},
        description="Names that only one environment has.",
        examples=[{"development": ["MAILHOG_URL", "SEED_*"]}],
    )
    shared: Texts = Field(
        default=[],
        description="Values that all environments may share.",
        examples=[["https://sso.example.com"]],
    )

    @model_validator(mode="after")
    def _consistent(self) -> Parity:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        for index, pair in enumerate(self.compare):
            if len(set(pair)) != len(pair) or len(pair) < 2:
                wrong.append((("compare", index), "comparing takes two or more different environments"))
        relations: dict[str, str] = {}
        for relation in vocabulary.RELATIONS:
            patterns: list[str] | dict[str, object] = getattr(self, relation)
            for number, pattern in enumerate(patterns):
                if relations.setdefault(pattern, relation) != relation:
                    where: str | int = pattern if relation == "fixed" else number
                    wrong.append(
                        ((relation, where), f"{words.shown(pattern)} stands under {relations[pattern]} already")
                    )
        if wrong:
            raise clauses(wrong)
        return self


class Variable(Entry):
    """What an environment variable must be, in every file that sets or uses it."""

    values: Annotated[dict[EnvironmentOrAll, Annotated[list[Written], LIST]], BY_ENVIRONMENT, ForAll()] = Field(
        default={},
        description="The values that are allowed, anywhere or in each environment.",
        examples=[["development", "staging", "production"], {"production": ["noreply@example.com"]}],
    )
    secret: Flag = Field(default=False, description="It is never written into a file.")
    required: Flag = Field(default=True, description="It must be set wherever the repository's own code runs.")
    min_length: AtLeastOne = Field(default=None, description="It has at least this many characters.", examples=[32])
    prefix: Annotated[dict[EnvironmentOrAll, Written], BY_ENVIRONMENT, ForAll()] = Field(
        default={},
        description="What it begins with, anywhere or in each environment.",
        examples=["https://", {"production": "live_", "*": "test_"}],
    )
    format: VariableFormat = Field(default=None, description="What it is.", examples=["url", "email"])
    scheme: Annotated[dict[EnvironmentOrAll, Text], BY_ENVIRONMENT, ForAll()] = Field(
        default={}, description="The scheme of its URL.", examples=["https", {"production": "https"}]
    )
    host: Annotated[dict[EnvironmentOrAll, Text], BY_ENVIRONMENT, ForAll()] = Field(
        default={}, description="The host of its URL or address.", examples=["example.com"]
    )
    environments: Environments = Field(
        default=[],
        description="The environments that have it. Default: all.",
        examples=[["staging", "production"]],
    )

    def required_in(self, environment: str | None) -> bool:
        """Whether an environment must set it."""
        return self.required and (not self.environments or environment in self.environments)


class Flags(Entry):
    """Feature flags: where they stand, and in which order they may be turned on."""

    files: Texts = Field(default=[], description="Globs of the files that hold flags.", examples=[["config/flags.*"]])
    promote: Environments = Field(
        default=[],
        description="A flag is on in a later environment only if it is on in the earlier ones.",
        examples=[["development", "staging", "production"]],
    )
    only_in: Annotated[dict[Environment, Texts], BY_ENVIRONMENT] = Field(
        default={},
        description="Flags that are on in one environment only.",
        examples=[{"development": ["DEBUG_MODE"]}],
    )

    @model_validator(mode="after")
    def _an_order(self) -> Flags:
        if len(set(self.promote)) != len(self.promote):
            raise clauses([(("promote",), "an environment stands twice in promote")])
        return self


class DatabaseCapacity(Entry):
    """How a database scales."""

    min: Amount = Field(default=None, description="The least.", examples=[0.5])
    max: Amount = Field(default=None, description="The most.", examples=[16])
    unit: MaybeText = Field(default=None, description="What is counted.", examples=["ACU"])

    @model_validator(mode="after")
    def _a_range(self) -> DatabaseCapacity:
        at_most(self.min, self.max)
        return self


class CacheCapacity(Entry):
    """The shape of a cache."""

    node_type: MaybeText = Field(default=None, description="The type of its nodes.", examples=["cache.r7g.large"])
    shards: AtLeastOne = Field(default=None, description="How many shards.", examples=[2])
    replicas: Count = Field(default=None, description="How many replicas each shard has.", examples=[2])


class FunctionCapacity(Entry):
    """What a function may use."""

    memory: Size = Field(default=None, description="Its memory.", examples=["1GiB"])
    timeout: MaybeInterval = Field(default=None, description="Its longest run.", examples=["60s"])


class Capacity(Entry):
    """How an environment scales."""

    min: Count = Field(default=None, description="The least number of instances.", examples=[3])
    max: Count = Field(default=None, description="The greatest number of instances.", examples=[10])
    spot: MaybeFlag = Field(default=None, description="Whether it may run on interruptible machines.")
    database: DatabaseCapacity = Field(default_factory=DatabaseCapacity, description="How its databases scale.")
    cache: CacheCapacity = Field(default_factory=CacheCapacity, description="The shape of its caches.")
    functions: FunctionCapacity = Field(default_factory=FunctionCapacity, description="What its functions may use.")

    @model_validator(mode="after")
    def _a_range(self) -> Capacity:
        at_most(self.min, self.max)
        return self


def at_most(least: float | None, most: float | None) -> None:
    """Refuse a range that holds nothing.

    Raises:
        ValidationError: at ``max``.
    """
    if least is not None and most is not None and most < least:
        raise clauses([(("max",), f"{most:g} is below min, which is {least:g}")])
