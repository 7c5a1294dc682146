"""Promises of a policy that cannot be kept together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depcheck.policy import precedence
from depcheck.source import Span

if TYPE_CHECKING:
    from depcheck.policy import Policy


class Contradiction:
    """Two promises: which ``store`` (or scenario) they are of, their seconds and places, and what the other one says.

    ``kind`` is ``rpo`` (backups further apart than what may be lost), ``retention`` (a schedule keeps less than the
    store), ``kept`` (kept for a shorter time than two backups are apart) or ``scenario`` (a downtime shorter than the
    time that the store may take).
    """

    __slots__ = ("environment", "first", "kind", "note", "other", "second", "span", "store")

    def __init__(
        self,
        kind: str,
        store: str,
        first: int,
        span: Span,
        second: int,
        other: Span,
        note: str,
        environment: str | None = None,
    ) -> None:
        self.kind = kind
        self.store = store
        self.first = first
        self.span = span
        self.second = second
        self.other = other
        self.note = note
        self.environment = environment


def of(policy: Policy) -> Iterator[Contradiction]:
    """Every contradiction, store by store and then by scenario."""
    for name, entry in policy.recovery.stores.items():
        seen: set[tuple[str, Span, Span]] = set()
        for environment in (None, *entry.by_environment):
            for each in _of_store(policy, name, environment):
                key = (each.kind, each.span, each.other)
                if key not in seen:
                    seen.add(key)
                    yield each
    yield from _of_scenarios(policy)


def _of_store(policy: Policy, name: str, environment: str | None) -> Iterator[Contradiction]:
    target = precedence.target(policy, name, environment, "deletion")
    every = precedence.requirement(policy, name, environment, "backup_every")
    point = precedence.requirement(policy, name, environment, "point_in_time")
    apart = every.value if every is not None and isinstance(every.value, int) else None
    if every is not None and apart is not None:
        place = policy.span(*every.path)
        continuous = point is not None and bool(point.value)
        if target.rpo is not None and apart > target.rpo.value and not continuous:
            span = policy.span(*target.rpo.path)
            note = "backups may be this far apart"
            yield Contradiction("rpo", name, target.rpo.value, span, apart, place, note, environment)
        if target.retention is not None and target.retention.value < apart:
            span = policy.span(*target.retention.path)
            note = "backups may be this far apart"
            yield Contradiction("kept", name, target.retention.value, span, apart, place, note, environment)
    entry = policy.recovery.stores[name]
    there = entry.by_environment.get(environment or "")
    if target.retention is None or (there is not None and there.backups):
        return
    for index, backup in enumerate(entry.backups):
        if backup.retention is not None and backup.retention < target.retention.value:
            span = policy.span("recovery", "stores", name, "backups", index, "retention")
            other = policy.span(*target.retention.path)
            note = "the store's retention"
            seconds = target.retention.value
            yield Contradiction("retention", name, backup.retention, span, seconds, other, note, environment)


def _of_scenarios(policy: Policy) -> Iterator[Contradiction]:
    """A store that by its own promise may take longer than the scenario that it is part of."""
    for name, scenario in policy.recovery.scenarios.items():
        if scenario.loss is None or scenario.downtime is None:
            continue
        for store in policy.recovery.stores:
            promise = precedence.target(policy, store, None, scenario.loss).rto
            if promise is None or promise.path[:4] != ("recovery", "stores", store, "by_loss"):
                continue
            if promise.value > scenario.downtime:
                span = policy.span("recovery", "scenarios", name, "downtime")
                other = policy.span(*promise.path)
                note = f"{store} may take longer"
                yield Contradiction("scenario", name, scenario.downtime, span, promise.value, other, note)
