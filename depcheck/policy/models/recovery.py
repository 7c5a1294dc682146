"""The part of the policy about recovery: what each store and service may lose, and what is known about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from depcheck.policy import assumptions, words
from depcheck.policy.models.base import Entry
from depcheck.policy.names import Names
from depcheck.policy.types import (
    BY_ENVIRONMENT,
    Day,
    Destination,
    Duration,
    Environment,
    Environments,
    Interval,
    Loss,
    MaybeDay,
    MaybeEnvironment,
    MaybeFlag,
    MaybeInterval,
    MaybeLoss,
    MaybeText,
    Selector,
    Size,
    StoreKind,
    StoreName,
    Text,
    Texts,
    Time,
)
from depcheck.policy.validation import LIST, MAP, Before, OneOrMore, Unreadable, clause, clauses, described
from depcheck.policy.words import WordError

_RPO = "Recovery point objective: how much data may be lost. 0 is met by synchronous mechanisms only."
_RTO = "Recovery time objective: how long recovery may take."
_RETENTION = "Backups are kept at least this long."
_ENVIRONMENTS = "The environments that this is promised for. Default: the critical ones."
_AGAINST = "The kinds of loss that this is promised for."


class LossTarget(Entry):
    """A target for one kind of loss."""

    rpo: Duration = Field(default=None, description=_RPO, examples=["15m"])
    rto: Duration = Field(default=None, description=_RTO, examples=["4h"])
    retention: Duration = Field(default=None, description=_RETENTION, examples=["35d"])


class Require(Entry):
    """Protections that a store must have, whatever its targets."""

    point_in_time: MaybeFlag = Field(default=None, description="It can be restored to any moment within its retention.")
    multi_zone: MaybeFlag = Field(default=None, description="It runs in more than one availability zone.")
    copies: Annotated[list[Destination], LIST] = Field(
        default=[], description="Where copies of the backups must be.", examples=[["other_region"]]
    )
    encrypted: MaybeFlag = Field(default=None, description="It and its backups are encrypted.")
    deletion_protection: MaybeFlag = Field(default=None, description="It cannot be deleted by one command.")
    final_snapshot: MaybeFlag = Field(default=None, description="Deleting it leaves a snapshot.")
    backup_every: MaybeInterval = Field(
        default=None, description="Backups are at most this far apart.", examples=["1d"]
    )
    restore_test: MaybeInterval = Field(
        default=None, description="A restore is tried by automation at least this often.", examples=["31d"]
    )


class Backup(Entry):
    """A schedule of backups that a document declares; it is held against what runs them."""

    every: Interval = Field(description="How far apart the backups are.", examples=["1d", "6h"])
    at: Time = Field(default=None, description="The time of day of the first.", examples=["02:00Z"])
    retention: Duration = Field(default=None, description="How long they are kept.", examples=["30d"])
    to: Annotated[list[Destination], LIST, OneOrMore()] = Field(
        default=[], description="Where they are kept.", examples=["other_provider"]
    )


class Targets(Entry):
    """What may be promised of a store, as a whole or in one environment."""

    rpo: Duration = Field(default=None, description=_RPO, examples=["15m"])
    rto: Duration = Field(default=None, description=_RTO, examples=["4h"])
    retention: Duration = Field(default=None, description=_RETENTION, examples=["35d"])
    against: Annotated[list[Loss], LIST] = Field(
        default=[], description=_AGAINST, examples=[["deletion", "destroy", "instance", "zone"]]
    )
    by_loss: Annotated[dict[Loss, LossTarget], MAP] = Field(
        default={},
        description="Other targets for some kinds of loss.",
        examples=[{"region": {"rpo": "24h", "rto": "8h"}}],
    )
    require: Require = Field(default_factory=Require, description="Protections that it must have.")
    data_size: Size = Field(
        default=None, description="How much data it holds: what a restore has to move.", examples=["120GiB"]
    )
    backups: Annotated[list[Backup], LIST] = Field(
        default=[], description="The backup schedules that a document declares."
    )

    @model_validator(mode="after")
    def _schedules_agree(self) -> Targets:
        disagreement(self.backups, self.require.backup_every, ("require", "backup_every"))
        return self


class StoreEntry(Targets):
    """What is promised of a store, apart from which one it is."""

    kind: StoreKind = Field(
        default=None, description="What kind of store it is, where no resource tells.", examples=["database"]
    )
    at: MaybeText = Field(
        default=None, description="The provider of a store that no file shows.", examples=["supabase"]
    )
    environments: Environments = Field(default=[], description=_ENVIRONMENTS, examples=[["staging", "production"]])
    by_environment: Annotated[dict[Environment, Targets], BY_ENVIRONMENT] = Field(
        default={},
        description="Other promises in some environments.",
        examples=[{"staging": {"rpo": "24h", "retention": "7d"}}],
    )

    @model_validator(mode="after")
    def _schedules_agree_everywhere(self) -> StoreEntry:
        for name, there in self.by_environment.items():
            if bool(there.backups) == bool(there.require.backup_every):
                continue
            below: tuple[str, ...] = ("backups",) if there.backups else ("require", "backup_every")
            disagreement(
                there.backups or self.backups,
                there.require.backup_every or self.require.backup_every,
                ("by_environment", name, *below),
            )
        return self


class Store(StoreEntry):
    """A store of data and what is promised of it."""

    match: Annotated[list[Selector], LIST] = Field(
        default=[],
        description=(
            "Which resources this is: globs of addresses, kind:database, tag:data=customer, path:infra/**. "
            "Without it, a store that no file shows."
        ),
        examples=[["aws_rds_cluster.*", "aws_db_instance.*"], ["kind:cache"]],
    )

    @model_validator(mode="before")
    @classmethod
    def _is_something(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        if "match" in value and value["match"] in (None, []):
            raise clauses([(("match",), "an empty list selects nothing: write addresses, kind:… or tag:…")])
        if not {"match", "kind", "at"} & set(value):
            raise clause('missing key "match" (or "kind" and "at", for a store that no file shows)')
        return value


class ServiceTarget(Entry):
    """A target of a service for one kind of loss."""

    rto: Duration = Field(default=None, description=_RTO, examples=["30m"])


class Service(Entry):
    """Something that runs on the stores, and how long it may be away."""

    match: Annotated[list[Selector], LIST] = Field(
        default=[], description="Which resources run it.", examples=[["aws_ecs_service.api*"]]
    )
    needs: Annotated[list[StoreName], LIST] = Field(
        default=[], description="The stores that must be back first.", examples=[["database", "cache"]]
    )
    rto: Duration = Field(default=None, description=_RTO, examples=["30m"])
    against: Annotated[list[Loss], LIST] = Field(
        default=[], description=f"{_AGAINST} Default: instance and zone.", examples=[["instance", "zone"]]
    )
    environments: Environments = Field(default=[], description=_ENVIRONMENTS, examples=[["production"]])
    by_loss: Annotated[dict[Loss, ServiceTarget], MAP] = Field(
        default={}, description="Other targets for some kinds of loss."
    )
    by_environment: Annotated[dict[Environment, ServiceTarget], BY_ENVIRONMENT] = Field(
        default={}, description="Other targets in some environments."
    )


class Declared(Entry):
    """A fact about a store that no file shows."""

    store: StoreName = Field(description="The store, by its name in recovery.stores or its address.")
    loss: Loss = Field(description="The kind of loss that it helps against.", examples=["region"])
    environment: MaybeEnvironment = Field(
        default=None, description="Where it holds. Default: the critical environments."
    )
    rpo: Duration = Field(default=None, description=_RPO, examples=["2m"])
    rto: Duration = Field(default=None, description=_RTO, examples=["1h"])
    retention: Duration = Field(default=None, description=_RETENTION, examples=["7d"])
    source: Text = Field(description="Who or what says so.", examples=["managed-service contract"])
    until: MaybeDay = Field(default=None, description="The last day on which it holds.", examples=["2027-06-30"])

    @model_validator(mode="after")
    def _says_something(self) -> Declared:
        if self.rpo is None and self.rto is None and self.retention is None:
            raise clause("nothing is declared: write rpo, rto or retention")
        return self


class Drill(Entry):
    """A recovery that was measured."""

    store: StoreName = Field(description="The store, by its name in recovery.stores or its address.")
    loss: Loss = Field(description="The kind of loss that was practised.", examples=["deletion"])
    environment: MaybeEnvironment = Field(default=None, description="Where. Default: the critical environments.")
    rpo: Duration = Field(default=None, description="How much data was lost.", examples=["5m"])
    rto: Duration = Field(default=None, description="How long it took.", examples=["2h10m"])
    date: Day = Field(description="The day of the drill; it counts for 92 days.", examples=["2026-10-02"])
    source: Text = Field(description="The record of the drill.", examples=["docs/drills/2026-10.md"])

    @model_validator(mode="after")
    def _measured_something(self) -> Drill:
        if self.rpo is None and self.rto is None:
            raise clause("nothing was measured: write rpo or rto")
        return self


class Scenario(Entry):
    """A disaster, and the script or runbook that must exist for it."""

    loss: MaybeLoss = Field(default=None, description="The kind of loss.", examples=["region"])
    downtime: Duration = Field(default=None, description="How long it may last.", examples=["30m"])
    data_loss: Duration = Field(default=None, description="How much data may be lost.", examples=["15m"])
    needs: Texts = Field(
        default=[],
        description="Variables and secrets that must be at hand.",
        examples=[["ANTHROPIC_API_KEY"]],
    )
    procedure: MaybeText = Field(
        default=None,
        description="The script or runbook, a path in the repository.",
        examples=["scripts/disaster-recovery.sh"],
    )


def _assumed(value: object, names: Names) -> object:
    if value is None or isinstance(value, Unreadable):
        return {}
    if not isinstance(value, dict):
        return value
    known = assumptions.units()
    read: dict[str, float] = {}
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    for key, written in value.items():
        if key not in known:
            wrong.append(((key, "[key]"), words.unknown("assumption", key, tuple(known))))
            continue
        if isinstance(written, Unreadable):
            continue
        try:
            read[key] = assumptions.amount(written, known[key], described(written))
        except WordError as error:
            wrong.append(((key,), str(error)))
    if wrong:
        raise clauses(wrong)
    return read


class Recovery(Entry):
    """What may be lost and for how long, and what the estimate is made of."""

    defaults: StoreEntry = Field(
        default_factory=StoreEntry,
        description="What holds for every store that does not say otherwise: any key of a store but match.",
        examples=[{"environments": ["production"], "rto": "4h"}],
    )
    stores: Annotated[dict[str, Store], MAP] = Field(
        default={}, description="The stores of data, by a name of your own."
    )
    services: Annotated[dict[str, Service], MAP] = Field(
        default={}, description="What runs on the stores, by a name of your own."
    )
    assumptions: Annotated[dict[str, float], Before(_assumed)] = Field(
        default={},
        description="What the estimates assume where they are not the documented defaults.",
        json_schema_extra=assumptions.json_schema,
    )
    declared: Annotated[list[Declared], LIST] = Field(
        default=[], description="Facts that no file shows, each with its source."
    )
    evidence: Annotated[list[Drill], LIST] = Field(
        default=[], description="Measured drills; one beats an estimate for 92 days."
    )
    scenarios: Annotated[dict[str, Scenario], MAP] = Field(
        default={}, description="Disasters, each with the script or runbook that must exist."
    )

    @model_validator(mode="after")
    def _one_store_each(self) -> Recovery:
        owners: dict[str, str] = {}
        twice: list[tuple[tuple[str | int, ...], str]] = []
        for name, store in self.stores.items():
            for index, pattern in enumerate(store.match):
                if pattern in owners:
                    what = (
                        "is listed twice" if owners[pattern] == name else f"matches the store {owners[pattern]} already"
                    )
                    twice.append((("stores", name, "match", index), f"{words.shown(pattern)} {what}"))
                owners.setdefault(pattern, name)
        if twice:
            raise clauses(twice)
        return self


def disagreement(backups: list[Backup], every: int | None, place: tuple[str, ...]) -> None:
    """Refuse a required interval and declared schedules that say two things.

    Raises:
        ValidationError: at ``place``.
    """
    if every is None or not backups:
        return
    shortest = min(backup.every for backup in backups)
    if shortest != every:
        promised, declared = words.show_duration(every), words.show_duration(shortest)
        raise clauses([(place, f"a backup every {promised} is required, but backups says every {declared}")])
