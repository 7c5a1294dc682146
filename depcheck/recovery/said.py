"""What the policy itself says of stores: declared facts, declared backups, measured drills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.policy import precedence
from depcheck.policy.words import show_duration
from depcheck.recovery import figures
from depcheck.recovery.figures import Circumstances
from depcheck.recovery.found import Mechanism
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.stores import Store
from depcheck.values import Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.models.recovery import Backup, Declared, Drill
    from depcheck.project import Project

_NEAR = ("deletion", "destroy", "instance", "zone")


def _means(name: str, store: Store) -> bool:
    """Whether an entry that names a store means this one: by its name in the policy or by its address."""
    return name in (store.promised, store.address)


def mechanisms(store: Store, project: Project, circumstances: Circumstances) -> Iterator[Mechanism]:
    """What is declared of a store: facts, and backups of a store that no file shows."""
    policy = project.policy
    if policy is None:
        return
    for index, fact in enumerate(policy.recovery.declared):
        if not _means(fact.store, store) or not precedence.speaks_for(fact, store.environment, project.environments):
            continue
        if not precedence.is_expired(fact, project.as_of):
            yield _declared(fact, index, project)
    if store.resource is None and store.promised is not None:
        entry = policy.recovery.stores[store.promised]
        there = entry.by_environment.get(store.environment or "")
        for index, backup in enumerate((there.backups if there is not None else None) or entry.backups):
            yield from _backup(backup, index, store, project, circumstances)


def _declared(fact: Declared, index: int, project: Project) -> Mechanism:
    assert project.policy is not None
    span = project.policy.span("recovery", "declared", index)

    def estimate(value: int | None, key: str) -> Estimate:
        if value is None:
            interval = Interval.open((Missing(f"recovery.declared[{index}].{key}", span),))
            return Estimate([Term(f"no {key} is declared", interval, "declared")])
        return Estimate([Term(f"as declared ({fact.source})", Interval.of(float(value)), "declared")])

    missing = (Missing(f"recovery.declared[{index}].retention", span),)
    kept = Range(float(fact.retention)) if fact.retention is not None else Range(0.0, UNBOUNDED, missing)
    return Mechanism(
        figures.undocumented("declared", "a declared fact", fact.source),
        span,
        estimate(fact.rpo, "rpo"),
        estimate(fact.rto, "rto"),
        losses=(fact.loss,),
        kept=kept,
        words=fact.source,
    )


def _backup(
    backup: Backup, index: int, store: Store, project: Project, circumstances: Circumstances
) -> Iterator[Mechanism]:
    """A backup schedule that the policy declares of a store which no file shows."""
    assert project.policy is not None
    span = project.policy.span("recovery", "stores", store.promised or "", "backups", index)
    gap = Term(f"declared backups every {show_duration(backup.every)}", Interval.of(float(backup.every)), "declared")
    rpo = Estimate([gap, circumstances.backup()])
    missing = (Missing(f"recovery.stores.{store.promised}.backups[{index}].retention", span),)
    kept = Range(float(backup.retention)) if backup.retention is not None else Range(0.0, UNBOUNDED, missing)
    row = figures.undocumented("declared-backups", "backups that the policy declares", "recovery.stores")
    thawed: list[object] = ["restore.glacier"] if set(backup.to) == {"cold"} else []
    losses: set[str] = {"deletion"}
    if backup.to:
        losses.update(_NEAR)
    if {"other_region", "other_provider", "offline"} & set(backup.to):
        losses.add("region")
    if {"other_account", "other_provider", "offline"} & set(backup.to):
        losses.add("account")
    for loss in sorted(losses):
        steps: list[object] = ["detect", "decide", *thawed, "restore.logical"]
        steps += ["validate"] if loss == "deletion" else ["cutover", "validate"]
        rto = figures.recovery(steps, circumstances, row, same_region=loss != "region")
        yield Mechanism(row, span, rpo, rto, losses=(loss,), kept=kept)


def evidence(
    store: Store, loss: str, considered: Sequence[Mechanism], project: Project
) -> tuple[tuple[int, Drill] | None, list[str]]:
    """The latest drill of a store that still counts, and what is to be said of those that do not."""
    policy = project.policy
    notes: list[str] = []
    best: tuple[int, Drill] | None = None
    for index, drill in enumerate(policy.recovery.evidence if policy is not None else ()):
        if not _means(drill.store, store) or drill.loss != loss:
            continue
        if not precedence.speaks_for(drill, store.environment, project.environments):
            continue
        if precedence.is_fresh(drill, project.as_of):
            if best is None or drill.date > best[1].date:
                best = (index, drill)
        elif drill.date > project.as_of:
            notes.append(f"the drill of {drill.date.isoformat()} is still to come")
        else:
            notes.append(f"the drill of {drill.date.isoformat()} is older than 92 days and no longer counts")
    return best, notes if best is None else []


def drilled(
    measured: tuple[int, Drill], best: Mechanism | None, considered: Sequence[Mechanism], project: Project
) -> Mechanism:
    """A measured drill as a mechanism: its figures are measured; how far back it reaches the configuration says."""
    assert project.policy is not None
    index, drill = measured
    span = project.policy.span("recovery", "evidence", index)
    words = f"measured on {drill.date.isoformat()} ({drill.source})"

    def estimate(value: int | None, estimated: Estimate | None, key: str) -> Estimate:
        if value is not None:
            return Estimate([Term(words, Interval.of(float(value)), "measured")])
        if estimated is not None:
            return estimated
        interval = Interval.open((Missing(f"recovery.evidence[{index}].{key}", span),))
        return Estimate([Term(f"no {key} was measured", interval, "measured")])

    counted = [each for each in considered if not each.defeated and each.exists == "yes"]
    kept = Range(
        max((each.kept.low for each in counted), default=0.0), max((each.kept.high for each in counted), default=0.0)
    )
    opened = [each for each in considered if not each.defeated and each.exists != "yes"]
    if opened or (not counted and not considered and best is None):
        missing = tuple(each for other in opened for each in (*other.missing, *other.kept.missing))
        missing = missing or (Missing(f"how long the backups of {drill.store} are kept", span),)
        kept = Range(kept.low, UNBOUNDED, missing)
    return Mechanism(
        figures.undocumented("evidence", "a measured drill", drill.source),
        span,
        estimate(drill.rpo, best.rpo if best is not None else None, "rpo"),
        estimate(drill.rto, best.rto if best is not None else None, "rto"),
        losses=(drill.loss,),
        kept=kept,
        words=words,
    )


def expired(store: Store, loss: str, project: Project) -> list[str]:
    """What is to be said of declared facts whose last day is past."""
    policy = project.policy
    notes: list[str] = []
    for fact in policy.recovery.declared if policy is not None else ():
        if not _means(fact.store, store) or fact.loss != loss or fact.until is None:
            continue
        speaks = precedence.speaks_for(fact, store.environment, project.environments)
        if speaks and precedence.is_expired(fact, project.as_of):
            notes.append(f"what was declared ({fact.source}) held until {fact.until.isoformat()}")
    return notes
