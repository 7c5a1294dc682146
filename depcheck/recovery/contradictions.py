"""Promises of a policy that cannot be kept together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.policy import precedence
from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy


class Contradiction:
    """Two promises: which ``store`` (or scenario) they are of, their seconds and places, and what the other one says.

    ``kind`` is ``rpo`` (backups further apart than what may be lost), ``retention`` (a schedule keeps less than the
    store), ``kept`` (kept for a shorter time than two backups are apart), ``window`` (kept for a shorter time than what
    may be lost reaches back), ``twice`` (two retentions of one schedule), ``floor`` (less may be lost than this kind of
    store allows), ``steps`` (the steps of a recovery take longer than it may take) or ``scenario`` (a downtime shorter
    than the time that the store may take, a loss smaller than the store's). ``what`` names the store's kind, the loss
    or the steps.
    """

    __slots__ = ("environment", "first", "kind", "note", "other", "second", "span", "store", "what")

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
        what: str = "",
    ) -> None:
        self.what = what
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
    if target.retention is not None and target.rpo is not None and target.retention.value < target.rpo.value:
        span, other = policy.span(*target.retention.path), policy.span(*target.rpo.path)
        note = "as much as this may be lost"
        yield Contradiction("window", name, target.retention.value, span, target.rpo.value, other, note, environment)
    if environment is None:
        yield from _twice(policy, name)
    yield from _steps(policy, name, environment)
    if target.retention is None or (there is not None and there.backups):
        return
    for index, backup in enumerate(entry.backups):
        if backup.retention is not None and backup.retention < target.retention.value:
            span = policy.span("recovery", "stores", name, "backups", index, "retention")
            other = policy.span(*target.retention.path)
            note = "the store's retention"
            seconds = target.retention.value
            yield Contradiction("retention", name, backup.retention, span, seconds, other, note, environment)


def _twice(policy: Policy, name: str) -> Iterator[Contradiction]:
    """One schedule with two retentions at one place."""
    seen: dict[tuple[object, ...], tuple[int, int]] = {}
    for index, backup in enumerate(policy.recovery.stores[name].backups):
        if backup.retention is None:
            continue
        key = (backup.every, str(backup.at or ""), tuple(sorted(backup.to)))
        before = seen.setdefault(key, (index, backup.retention))
        if before[1] != backup.retention:
            span = policy.span("recovery", "stores", name, "backups", index, "retention")
            other = policy.span("recovery", "stores", name, "backups", before[0], "retention")
            yield Contradiction("twice", name, backup.retention, span, before[1], other, "the other one")


#: The steps of every recovery by a person, and what the loss of a region adds.
_BY_HAND = ("detect", "decide", "validate")
_MANUAL = {
    "deletion": _BY_HAND,
    "region": (*_BY_HAND, "cutover", "infra.other_region"),
    "account": (*_BY_HAND, "cutover"),
}


def _steps(policy: Policy, name: str, environment: str | None) -> Iterator[Contradiction]:
    """A time in which the steps that the policy itself gives a time for cannot be taken."""
    own = policy.recovery.assumptions
    judged = precedence.losses(policy, name, environment)
    for loss, steps in _MANUAL.items():
        taken = [step for step in steps if step in own]
        promise = precedence.target(policy, name, environment, loss).rto
        if loss not in judged or promise is None or not taken or not promise.value:
            continue
        together = round(sum(own[step] for step in taken))
        if together > promise.value:
            span = policy.span(*promise.path)
            other = policy.span("recovery", "assumptions", taken[0])
            words = f"{', '.join(taken[:-1])} and {taken[-1]}" if len(taken) > 1 else taken[0]
            yield Contradiction(
                "steps", name, promise.value, span, together, other, "its steps", environment, what=words
            )


def floors(policy: Policy, kinds: Iterable[tuple[str, str, str | None]]) -> Iterator[Contradiction]:
    """Promises that no mechanism of a kind of store keeps; ``kinds`` are the policy's store, its type, and where."""
    from depcheck.recovery.floors import floor

    seen: set[tuple[str, Span]] = set()
    for name, type_, environment in kinds:
        for loss in precedence.losses(policy, name, environment):
            promise = precedence.target(policy, name, environment, loss).rpo
            least = floor(type_, loss)
            if promise is None or least is None or not 0 < promise.value < least.seconds:
                continue
            span = policy.span(*promise.path)
            if (name, span) in seen:
                continue
            seen.add((name, span))
            yield Contradiction(
                "floor", name, promise.value, span, round(least.seconds), span, "", environment, what=least.words
            )


def _of_scenarios(policy: Policy) -> Iterator[Contradiction]:
    """A store that by its own promise may take longer than the scenario that it is part of."""
    for name, scenario in policy.recovery.scenarios.items():
        if scenario.loss is None:
            continue
        for store in policy.recovery.stores:
            target = precedence.target(policy, store, None, scenario.loss)
            for key, allowed, promise in (
                ("downtime", scenario.downtime, target.rto),
                ("data_loss", scenario.data_loss, target.rpo),
            ):
                if allowed is None or promise is None:
                    continue
                if promise.path[:4] == ("recovery", "stores", store, "by_loss") and promise.value > allowed:
                    span = policy.span("recovery", "scenarios", name, key)
                    note = f"{store} may take longer" if key == "downtime" else f"{store} may lose more"
                    kind = "scenario" if key == "downtime" else "scenario-loss"
                    yield Contradiction(kind, name, allowed, span, promise.value, policy.span(*promise.path), note)
