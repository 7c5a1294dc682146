"""The mechanisms of volumes and file systems: EBS, EFS, FSx."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery import figures, places
from depcheck.recovery.found import (
    DAY,
    FOREVER,
    HOUR,
    NO,
    OPEN,
    SAME_REGION,
    SWITCHED_OFF,
    YES,
    Answer,
    Context,
    Mechanism,
    both,
    days_kept,
    given,
    is_on,
    number,
    scheduled,
    span_of,
)
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.schedules import NEVER, ScheduleError, cadence
from depcheck.recovery.stores import tag
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

#: What a lifecycle policy accepts as the hours between two snapshots ("Interval" of CreateRule), and how many it keeps.
_INTERVALS = frozenset((1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0))
_MOST_KEPT = 1000
_UNITS = {"HOURS": HOUR, "DAYS": DAY, "WEEKS": 7 * DAY, "MONTHS": 30 * DAY, "YEARS": 365 * DAY}


def ebs(context: Context) -> Iterator[Mechanism]:
    """A volume of its own, or those of an instance."""
    volume = context.resource
    yield context.make("ebs-volume", volume.span)
    for policy in context.lookup.project.of_type("aws_dlm_lifecycle_policy"):
        yield from _of_policy(policy, context)
    if volume.type == "aws_ebs_volume":
        final = is_on(volume.get("final_snapshot"), volume)
        if final.state != NO:
            yield context.make("ebs-final-snapshot", final.span, answer=final)


def _of_policy(policy: Resource, context: Context) -> Iterator[Mechanism]:
    volume = context.resource
    if (policy.format, policy.environment) != (volume.format, volume.environment):
        return
    details = policy.get("policy_details", 0)
    taken = _takes(policy, details, volume)
    if taken.state == NO:
        return
    state = policy.get("state")
    defeated: list[tuple[str, Span]] = []
    if string(state) == "DISABLED":
        defeated.append((SWITCHED_OFF, state.span))
    elif isinstance(state, Unknown):
        taken = both(taken, Answer(OPEN, state.span, state.missing or (Missing(state.reason, state.span),)))
    if given(policy.get("default_policy")):
        yield from _default_policy(policy, details, taken, defeated, context)
    for schedule in details.get("schedule").elements():
        yield from _of_schedule(policy, schedule, taken, defeated, context)


def _takes(policy: Resource, details: Value, volume: Resource) -> Answer:
    """Whether the tags of a volume are those that a policy looks for; one of them is enough."""
    default = string(policy.get("default_policy"))
    wanted_type = "VOLUME" if volume.type == "aws_ebs_volume" else "INSTANCE"
    if default is not None:
        return Answer(YES if default == wanted_type else NO, policy.span)
    types = [string(each) for each in details.get("resource_types").elements()]
    if (
        types
        and None not in types
        and wanted_type not in types
        and not (wanted_type == "INSTANCE" and "VOLUME" in types)
    ):
        return Answer(NO, policy.span)
    targets = details.get("target_tags")
    if isinstance(targets, Unknown):
        return Answer(OPEN, targets.span, targets.missing or (Missing(targets.reason, targets.span),))
    answer = Answer(NO, policy.span)
    for key, value in targets.items():
        found = tag(volume, key)
        if volume.type == "aws_instance" and "VOLUME" in types:
            found = volume.get("volume_tags", key)
        if isinstance(found, Unknown) or isinstance(value, Unknown):
            open_ = found if isinstance(found, Unknown) else value
            assert isinstance(open_, Unknown)
            answer = Answer(OPEN, policy.span, open_.missing or (Missing(open_.reason, open_.span),))
        elif scalar_text(found) is not None and scalar_text(found) == scalar_text(value):
            return Answer(YES, policy.span)
    return answer


def _default_policy(
    policy: Resource, details: Value, taken: Answer, defeated: list[tuple[str, Span]], context: Context
) -> Iterator[Mechanism]:
    every, kept = number(details.get("create_interval")), number(details.get("retain_interval"))
    gap = (every if every is not None and every > 0 else 1.0) * DAY
    yield context.make(
        "ebs-dlm",
        policy.span,
        rpo=_late("the interval of the default policy", gap, context),
        kept=Range((kept if kept is not None and kept > 0 else 7.0) * DAY),
        answer=taken,
        defeated=defeated,
    )


def _of_schedule(
    policy: Resource, schedule: Value, taken: Answer, defeated: list[tuple[str, Span]], context: Context
) -> Iterator[Mechanism]:
    create = schedule.get("create_rule", 0)
    gap, words, missing = _gap(create)
    troubles = list(defeated)
    span = create.span if not isinstance(create, Absent) else policy.span
    if gap == NEVER:
        troubles.append((f"its schedule never runs: {words}", span))
    if gap is None:
        rpo = Estimate([Term("a schedule that is not decided", Interval.open(missing), "configured")])
    else:
        rpo = _late(words, gap, context)
    troubles += _refused(create, schedule.get("retain_rule", 0))
    kept = _kept(schedule.get("retain_rule", 0), gap)
    yield context.make("ebs-dlm", span, rpo=rpo, kept=kept, answer=taken, defeated=troubles, words=words)
    for copy in schedule.get("cross_region_copy_rule").elements():
        target = copy.get("target")
        region = string(target) or ""
        if region.startswith("arn:"):
            place = places.of_arn(target, policy)
            target, region = place.region, string(place.region) or ""
        own = string(context.place.region)
        same = bool(region) and region == own
        there = [*troubles, (SAME_REGION, copy.span)] if same else [*troubles, *places.impossible(target)]
        copied_kept = _kept(copy.get("retain_rule", 0), gap)
        answer = taken
        if isinstance(target, Unknown):
            answer = both(taken, Answer(OPEN, target.span, target.missing or (Missing(target.reason, target.span),)))
        yield context.make(
            "ebs-dlm-copy",
            copy.span,
            rpo=rpo.plus(context.circumstances.copying()),
            kept=copied_kept,
            answer=answer,
            defeated=there,
        )


def _refused(create: Value, retain: Value) -> Iterator[tuple[str, Span]]:
    """What the lifecycle manager does not accept."""
    interval, count = create.get("interval"), retain.get("count")
    amount, many = number(interval), number(count)
    hours = (string(create.get("interval_unit")) or "HOURS") == "HOURS"
    if amount is not None and hours and isinstance(create.get("cron_expression"), Absent) and amount not in _INTERVALS:
        words = f"interval is {amount:g}, and the service accepts 1, 2, 3, 4, 6, 8, 12 or 24 hours"
        yield words, interval.span
    if many is not None and not 1 <= many <= _MOST_KEPT:
        yield f"count is {many:g}, and 1 to {_MOST_KEPT} snapshots can be kept", count.span


def _late(words: str, gap: float, context: Context) -> Estimate:
    window, source = figures.window("ebs-dlm")
    return scheduled(
        words,
        gap,
        context,
        window=Range(window),
        window_words="until the snapshot begins after its time",
        window_source=source,
        late="documented",
    )


def _gap(create: Value) -> tuple[float | None, str, tuple[Missing, ...]]:
    """How far apart the snapshots of a schedule are; None where that is not decided."""
    expression = create.get("cron_expression")
    if isinstance(expression, Unknown):
        return None, "", expression.missing or (Missing(expression.reason, expression.span),)
    text = scalar_text(expression)
    if text is not None:
        try:
            found = cadence(text, "aws")
        except ScheduleError as error:
            return None, "", (Missing(str(error), expression.span),)
        words = found.words if found.longest == NEVER else f"the longest gap of {text}"
        return found.longest, words, ()
    interval = create.get("interval")
    amount = number(interval)
    unit = string(create.get("interval_unit")) or "HOURS"
    if amount is None or amount <= 0 or unit not in _UNITS:
        reason = interval.missing if isinstance(interval, Unknown) else ()
        return None, "", reason or (Missing("the interval of a lifecycle policy", interval.span),)
    return amount * _UNITS[unit], f"a snapshot every {amount:g} {unit.lower()}", ()


def _kept(rule: Value, gap: float | None) -> Range:
    """How long snapshots are kept: so long, or so many of them."""
    interval, count = rule.get("interval"), rule.get("count")
    for value in (interval, count):
        if isinstance(value, Unknown):
            return Range(0.0, UNBOUNDED, value.missing or (Missing(value.reason, value.span),))
    amount = number(interval)
    if amount is not None and amount > 0:
        return Range(amount * _UNITS.get(string(rule.get("interval_unit")) or "DAYS", DAY))
    many = number(count)
    if many is not None and many > 0:
        if gap is None:
            return Range(0.0, UNBOUNDED, (Missing("the interval of a lifecycle policy", rule.span),))
        return Range(many * gap)
    return FOREVER


def efs(context: Context) -> Iterator[Mechanism]:
    """A file system of EFS."""
    system = context.resource
    zone = system.get("availability_zone_name")
    yield context.make("efs-one-zone" if given(zone) else "efs-zones", span_of(zone, system))
    for policy in context.related("aws_efs_backup_policy", "file_system_id"):
        status = policy.get("backup_policy", 0, "status")
        if isinstance(status, Absent):
            status = policy.get("status")
        answer = is_on(status)
        if answer.state != NO:
            window, source = figures.window("efs-automatic-backups")
            rpo = scheduled(
                "automatic backups once a day",
                float(DAY),
                context,
                window=Range(window),
                window_words="until the backup begins in its window",
                window_source=source,
                late="documented",
            )
            yield context.make("efs-automatic-backups", answer.span, rpo=rpo, kept=Range(35.0 * DAY), answer=answer)
    for replication in context.related("aws_efs_replication_configuration", "source_file_system_id"):
        yield from _efs_replica(replication, given(zone), context)


def _efs_replica(replication: Resource, one_zone: bool, context: Context) -> Iterator[Mechanism]:
    destination = replication.get("destination", 0)
    span = destination.span if not isinstance(destination, Absent) else replication.span
    system = context.lookup.named(destination.get("file_system_id"), "aws_efs_file_system", replication)
    region = destination.get("region")
    own = context.place.region
    if system is not None:
        elsewhere = context.other_region(system)
    elif isinstance(region, Absent):
        elsewhere = NO if given(destination.get("availability_zone_name")) else OPEN
    elif isinstance(region, Known) and isinstance(own, Known):
        elsewhere = NO if region.value == own.value else YES
    else:
        elsewhere = OPEN
    row = figures.row("efs-replication")
    steps = [each for each in (row.rto if isinstance(row.rto, list) else []) if each != "infra.other_region"]
    near = figures.recovery(steps, context.circumstances, row)
    local = ("destroy", "zone") if one_zone else ("destroy",)
    yield context.make("efs-replication", span, losses=local, rto=near)
    if elsewhere == NO:
        yield context.make("efs-replication", span, losses=("region",), defeated=[(SAME_REGION, span)])
    else:
        missing = region.missing if isinstance(region, Unknown) else ()
        missing = missing or (Missing("the regions of the file system and its replica", span),)
        answer = None if elsewhere == YES else Answer(OPEN, span, missing)
        wrong = places.impossible(region)
        yield context.make("efs-replication", span, losses=("region",), answer=answer, defeated=wrong)


def fsx(context: Context) -> Iterator[Mechanism]:
    """A file system of FSx."""
    system = context.resource
    days = system.get("automatic_backup_retention_days")
    if isinstance(days, Absent) and system.type == "aws_fsx_windows_file_system" and system.format == "terraform":
        days = Known(7, system.span)
    elif isinstance(days, Absent) and system.type != "aws_fsx_lustre_file_system":
        days = Unknown("automatic_backup_retention_days is not set", system.span)
    kept, answer, defeated = days_kept(days, most=90, noun="automatic_backup_retention_days")
    if answer.state != NO:
        window, source = figures.window("fsx-backups")
        rpo = scheduled(
            "backups once a day",
            float(DAY),
            context,
            window=Range(window),
            window_words="until the backup begins in its window",
            window_source=source,
            late="documented",
        )
        yield context.make("fsx-backups", span_of(days, system), rpo=rpo, kept=kept, answer=answer, defeated=defeated)
    deployment = system.get("deployment_type")
    kind = string(deployment) or ""
    if system.type != "aws_fsx_lustre_file_system":
        if isinstance(deployment, Unknown):
            missing = deployment.missing or (Missing(deployment.reason, deployment.span),)
            yield context.make("fsx-multi-az", deployment.span, answer=Answer(OPEN, deployment.span, missing))
        elif kind.startswith("MULTI_AZ"):
            yield context.make("fsx-multi-az", deployment.span)
        if not kind.startswith("MULTI_AZ"):
            yield context.make("fsx-single-az", span_of(deployment, system))
    skipped = is_on(system.get("skip_final_backup"), system, default=system.type == "aws_fsx_lustre_file_system")
    if skipped.state != YES:
        final = None if skipped.state == NO else Answer(OPEN, skipped.span, skipped.missing)
        yield context.make("fsx-final-backup", skipped.span, answer=final)
