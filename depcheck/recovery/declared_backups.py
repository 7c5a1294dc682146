"""The backup schedules that a policy declares, held against what is there to run them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.recovery.found import CHOICES, YES, Mechanism
from depcheck.recovery.intervals import UNBOUNDED
from depcheck.recovery.jobs import in_programs
from depcheck.recovery.schedules import ScheduleError, union
from depcheck.recovery.stores import Store
from depcheck.source import Span
from depcheck.values import Missing, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.policy.models.recovery import Backup
    from depcheck.project import Project
    from depcheck.recovery.assessment import Survey

_SAID = frozenset(("declared", "declared-backups"))


class Held:
    """A declared backup and what runs it.

    ``kind`` is ``made``, ``open`` (``missing`` would decide it), ``none``, ``rarer`` (``figure`` is how far apart they
    are), ``kept`` (``figure`` is how long they are kept), ``defeated`` (``why``), or ``told`` where a rule of its own
    says why it does not work. ``span`` is the declaration's, ``place`` that of what runs it.
    """

    __slots__ = ("backup", "figure", "kind", "missing", "place", "span", "store", "why")

    def __init__(
        self,
        kind: str,
        store: Store,
        backup: Backup,
        span: Span,
        *,
        place: Span | None = None,
        figure: float = 0.0,
        why: str = "",
        missing: tuple[Missing, ...] = (),
    ) -> None:
        self.kind = kind
        self.store = store
        self.backup = backup
        self.span = span
        self.place = place
        self.figure = figure
        self.why = why
        self.missing = missing


def of(policy: Policy, project: Project, survey: Survey) -> Iterator[Held]:
    """Every declared backup, once for each store that it is of."""
    programs = _gap_in_programs(project)
    declaring = {
        name
        for name, entry in policy.recovery.stores.items()
        if entry.backups or any(there.backups for there in entry.by_environment.values())
    }
    for store in survey.stores if declaring else ():
        if store.promised not in declaring or store.promised is None:
            continue
        entry = policy.recovery.stores[store.promised]
        there = entry.by_environment.get(store.environment or "")
        own = there.backups if there is not None else []
        path = ("recovery", "stores", store.promised, *(("by_environment", store.environment or "") if own else ()))
        made = [each for each in survey.mechanisms(store) if each.id not in _SAID and "deletion" in each.losses]
        for index, backup in enumerate(own or entry.backups):
            span = policy.span(*path, "backups", index)
            yield _held(backup, span, store, made, programs)


def _held(
    backup: Backup, span: Span, store: Store, made: Sequence[Mechanism], programs: tuple[float, Span] | None
) -> Held:
    counted = [each for each in made if not each.defeated]
    sure = [each for each in counted if each.exists == YES]
    often = [each for each in sure if each.rpo.interval.typical.low <= backup.every]
    if often:
        longest = max(often, key=lambda each: each.kept.high)
        if backup.retention is not None and longest.kept.high < backup.retention:
            figure = longest.kept.high
            return Held("kept", store, backup, span, place=longest.span, figure=figure)
        return Held("made", store, backup, span, place=often[0].span)
    if programs is not None and programs[0] <= backup.every:
        return Held("made", store, backup, span, place=programs[1])
    perhaps = [each for each in counted if each.exists != YES and each.rpo.interval.typical.low <= backup.every]
    if perhaps:
        return Held("open", store, backup, span, place=perhaps[0].span, missing=perhaps[0].missing)
    rarer = [each for each in sure if each.rpo.interval.typical.low < UNBOUNDED]
    if rarer:
        best = min(rarer, key=lambda each: each.rpo.interval.typical.low)
        return Held("rarer", store, backup, span, place=best.span, figure=best.rpo.interval.typical.low)
    for each in made:
        if each.defeated:
            why, place = each.defeated[0]
            if why not in CHOICES:
                # What does not work is told where it stands.
                return Held("told", store, backup, span, place=place, why=why)
            return Held("defeated", store, backup, span, place=place, why=why)
    return Held("none", store, backup, span)


def _gap_in_programs(project: Project) -> tuple[float, Span] | None:
    """How far apart the backups are that a program makes by itself, and where the first schedule of it stands."""
    schedules = in_programs(project)
    lines = [(text, "library", each.zone) for each in schedules if (text := string(each.expression)) is not None]
    try:
        return (union(lines).longest, schedules[0].span) if lines else None
    except ScheduleError:
        return None
