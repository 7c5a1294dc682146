"""The mechanisms that AWS Backup gives a store: recovery points, continuous backup, copies, locked vaults."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.recovery import figures, keys, places
from depcheck.recovery.found import DAY, NO, OPEN, SAME_REGION, UNVERSIONED, YES, Answer, Context, Mechanism, is_on
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.plan_rules import LONGEST_CONTINUOUS, Copy
from depcheck.recovery.plans import Covering
from depcheck.recovery.schedules import NEVER, ScheduleError, union
from depcheck.source import Span
from depcheck.values import Missing

_CONTINUOUS = {
    "aws_db_instance": "backup-continuous",
    "aws_rds_cluster": "backup-continuous",
    "aws_s3_bucket": "backup-continuous-s3",
}


def of(context: Context) -> Iterator[Mechanism]:
    """What the plans that take the store in give it."""
    coverings = context.plans.of(context.resource)
    for covering in coverings:
        yield from _of_rule(covering, context)
    yield from _together(coverings, context)
    for missing in context.plans.undescribed(context.resource):
        nothing = Estimate([Term("a schedule that is not described here", Interval.open((missing,)), "configured")])
        answer = Answer(OPEN, missing.span or context.resource.span, (missing,))
        losses = ("deletion", "destroy", "instance", "zone", "region", "account")
        yield context.make(
            "backup-plan",
            missing.span or context.resource.span,
            losses=losses,
            rpo=nothing,
            rto=_restore(context, same_region=True),
            kept=Range(0.0, UNBOUNDED, (missing,)),
            answer=answer,
        )


def shortest_gap(context: Context) -> float | None:
    """How far apart the snapshots are that plans take of a store for sure."""
    gaps = [
        covering.rule.cadence.longest
        for covering in context.plans.of(context.resource)
        if covering.state == YES and covering.rule.cadence is not None and not covering.rule.defeated
    ]
    return min(gaps, default=None)


def _of_rule(covering: Covering, context: Context) -> Iterator[Mechanism]:
    rule = covering.rule
    answer = Answer(covering.state, covering.selection.span, covering.missing)
    versioned = _versioning(context)
    defeated = list(rule.defeated)
    if versioned.state == NO:
        defeated.append((UNVERSIONED, versioned.span))
    continuous = is_on(rule.continuous)
    words = f"{rule.plan.address}, {rule.expression or 'a schedule that is not decided'}"
    id = _CONTINUOUS.get(context.resource.type)
    if id is not None and continuous.state != NO:
        troubles = list(defeated)
        if rule.kept.low > LONGEST_CONTINUOUS * DAY:
            most = f"continuous backups are kept for {LONGEST_CONTINUOUS} days at most and the rule asks for more"
            troubles.append((most, rule.span))
        kept = Range(rule.kept.low, min(rule.kept.high, LONGEST_CONTINUOUS * DAY), rule.kept.missing)
        rto = _restore(context, same_region=True, replayed=True)
        both = _joined(answer, continuous)
        yield context.make(id, rule.span, rto=rto, kept=kept, answer=both, defeated=troubles, words=words)
    rpo = _rpo(covering, context)
    if id is None or continuous.state != YES:
        rto = _restore(context, same_region=True)
        yield context.make(
            "backup-plan",
            rule.span,
            rpo=rpo,
            rto=rto,
            kept=rule.kept,
            answer=answer,
            defeated=defeated,
            words=words,
        )
    if rule.locked != NO:
        locked = answer if rule.locked == YES else _joined(answer, Answer(OPEN, rule.span, ()))
        rto = _restore(context, same_region=True)
        yield context.make(
            "backup-locked",
            rule.span,
            rpo=rpo,
            rto=rto,
            kept=rule.kept,
            answer=locked,
            defeated=defeated,
            words=words,
        )
    for copy in rule.copies:
        yield from _of_copy(copy, covering, answer, rpo, context, defeated)


def _of_copy(
    copy: Copy,
    covering: Covering,
    answer: Answer,
    rpo: Estimate,
    context: Context,
    troubles: list[tuple[str, Span]],
) -> Iterator[Mechanism]:
    copied = rpo.plus(context.circumstances.copying())
    elsewhere = places.other_region(context.place, copy.place)
    words = f"{covering.rule.plan.address}, {covering.rule.expression}"
    rto = _restore(context, same_region=False)
    if elsewhere != NO:
        here = answer if elsewhere == YES else _joined(answer, _open(copy, "region"))
        yield context.make(
            "backup-copy-region",
            copy.span,
            losses=("region", "deletion", "destroy", "instance", "zone"),
            rpo=copied,
            rto=rto,
            kept=copy.kept,
            answer=here,
            defeated=troubles,
            words=words,
        )
    else:
        same = [*troubles, (SAME_REGION, copy.span)]
        yield context.make(
            "backup-copy-region", copy.span, rpo=copied, rto=rto, kept=copy.kept, defeated=same, words=words
        )
    foreign = places.other_account(context.place, copy.place)
    if foreign != NO:
        here = answer if foreign == YES else _joined(answer, _open(copy, "account"))
        barred = keys.to_another_account(context.resource) if foreign == YES else []
        yield context.make(
            "backup-copy-account",
            copy.span,
            rpo=copied if elsewhere != NO else rpo,
            rto=rto if elsewhere != NO else _restore(context, same_region=True),
            kept=copy.kept,
            answer=here,
            defeated=[*troubles, *barred],
            words=words,
        )


def _open(copy: Copy, what: str) -> Answer:
    return Answer(OPEN, copy.span, (Missing(f"the {what} that the copy goes to", copy.span),))


def _joined(one: Answer, other: Answer) -> Answer:
    state = YES if one.state == other.state == YES else OPEN
    return Answer(state, one.span, (*one.missing, *other.missing))


def _rpo(covering: Covering, context: Context) -> Estimate:
    rule = covering.rule
    words = f"the longest gap of {rule.expression}" + (f" ({rule.zone})" if rule.zone not in ("UTC", "Etc/UTC") else "")
    if rule.trouble is not None or rule.cadence is None:
        missing = (rule.trouble,) if rule.trouble is not None else ()
        return Estimate([Term("a schedule that is not decided", Interval.open(missing), "configured")])
    if rule.cadence.words:
        words += f": {rule.cadence.words}"
    return _of_gap(words, rule.cadence.longest, rule.window, context)


def _of_gap(words: str, gap: float, window: Range | None, context: Context) -> Estimate:
    default, source = figures.window("backup-plan")
    late = window if window is not None else Range(default)
    basis = "configured" if window is not None else "documented"
    start = Term("until the job starts in its start window", Interval(Range(0.0), late), basis, source=source)
    return Estimate([Term(words, Interval.of(gap), "configured"), start, context.circumstances.backup()])


def _together(coverings: list[Covering], context: Context) -> Iterator[Mechanism]:
    """Several rules together: their recovery points lie between one another's."""
    sure = [
        each
        for each in coverings
        if each.state == YES and not each.rule.defeated and each.rule.cadence is not None and each.rule.trouble is None
    ]
    if len(sure) < 2:
        return
    try:
        gap = max(union([(each.rule.expression, "aws", each.rule.zone) for each in sure]).longest, 3_600.0)
    except ScheduleError:
        return
    alone = min(each.rule.cadence.longest for each in sure if each.rule.cadence is not None)
    if gap >= alone or gap == NEVER:
        return
    window: Range | None = None
    if all(each.rule.window is not None for each in sure):
        windows = [each.rule.window for each in sure if each.rule.window is not None]
        window = Range(max(each.low for each in windows), max(each.high for each in windows))
    kept = Range(min(each.rule.kept.low for each in sure), min(each.rule.kept.high for each in sure))
    listed = " and ".join(each.rule.expression for each in sure[:3])
    yield context.make(
        "backup-plan",
        sure[0].rule.span,
        rpo=_of_gap(f"the longest gap of {listed} together", gap, window, context),
        rto=_restore(context, same_region=True),
        kept=kept,
        words=listed,
    )


def _restore(context: Context, *, same_region: bool, replayed: bool = False) -> Estimate:
    return figures.restored(context.resource.type, context.circumstances, same_region=same_region, replayed=replayed)


def _versioning(context: Context) -> Answer:
    """AWS Backup takes in buckets only with versioning; every other store as it is."""
    if context.resource.type != "aws_s3_bucket":
        return Answer(YES, context.resource.span)
    from depcheck.recovery.objects import versioning

    return versioning(context)
