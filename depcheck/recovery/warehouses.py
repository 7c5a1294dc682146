"""The mechanisms of Redshift clusters, DynamoDB tables and Keyspaces."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery import figures, places
from depcheck.recovery.databases import final_snapshot, retention
from depcheck.recovery.found import (
    DAY,
    NO,
    OPEN,
    SAME_REGION,
    YES,
    Answer,
    Context,
    Mechanism,
    days_kept,
    given,
    is_on,
    span_of,
)
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.schedules import NEVER, ScheduleError, union
from depcheck.values import Absent, Known, Missing, Unknown, scalar_text, string

#: The longest that AWS keeps automated backups, in days.
_MOST = 35


def redshift(context: Context) -> Iterator[Mechanism]:
    """A Redshift cluster."""
    resource = context.resource
    value = retention(context, "automated_snapshot_retention_period")
    kept, answer, defeated = days_kept(value, most=_MOST, noun="automated_snapshot_retention_period")
    row = figures.row("redshift-snapshots")
    if answer.state != NO:
        rpo = _redshift_rpo(context) or Estimate([*([row.rpo] if row.rpo else []), context.circumstances.backup()])
        yield context.make(
            "redshift-snapshots", span_of(value, resource), rpo=rpo, kept=kept, answer=answer, defeated=defeated
        )
        for copy in [*context.related("aws_redshift_snapshot_copy", "cluster_identifier"), resource]:
            yield from _redshift_copy(copy, rpo, answer, context)
    standby = is_on(resource.get("multi_az"), resource)
    if standby.state != NO:
        yield context.make("redshift-multi-az", standby.span, answer=standby)
    if standby.state != YES:
        yield context.make("redshift-node-recovery", resource.span)
        moved = is_on(resource.get("availability_zone_relocation_enabled"), resource)
        if moved.state != NO:
            yield context.make("redshift-relocation", moved.span, answer=moved)
    yield from final_snapshot("redshift-final-snapshot", context)


def _redshift_copy(copy: Resource, rpo: Estimate, answer: Answer, context: Context) -> Iterator[Mechanism]:
    region = copy.get("snapshot_copy", 0, "destination_region")
    days = copy.get("snapshot_copy", 0, "retention_period")
    if copy.type != context.resource.type:
        region, days = copy.get("destination_region"), copy.get("retention_period")
    if not given(region):
        return
    kept, _, _ = days_kept(days, noun="retention_period")
    kept = Range(7.0 * DAY) if kept.decided and kept.low == 0 else kept
    same = isinstance(region, Known) and string(context.place.region) == string(region)
    defeated = [(SAME_REGION, region.span)] if same else places.impossible(region)
    yield context.make(
        "redshift-snapshot-copy",
        region.span,
        rpo=rpo.plus(context.circumstances.copying()),
        kept=kept,
        answer=answer,
        defeated=defeated,
    )


def _redshift_rpo(context: Context) -> Estimate | None:
    """The gap of a snapshot schedule that is associated with the cluster, instead of every eight hours."""
    for link in context.related("aws_redshift_snapshot_schedule_association", "cluster_identifier"):
        schedule = context.lookup.named(link.get("schedule_identifier"), "aws_redshift_snapshot_schedule", link)
        listed = [scalar_text(each) for each in schedule.get("definitions").elements()] if schedule else []
        definitions = [each for each in listed if each is not None]
        missing = Missing(f"the schedule of {link.address}", link.span)
        try:
            # Redshift's own cron() has five fields and no year.
            read = [(f"{each[:-1]} *)" if each.startswith("cron(") else each, "aws", "UTC") for each in definitions]
            found = union(read) if definitions and len(definitions) == len(listed) else None
        except ScheduleError:
            found = None
        gap = Interval.of(found.longest) if found is not None else Interval.open((missing,))
        if found is not None and found.longest == NEVER:
            gap = Interval.of(UNBOUNDED)
        words = f"the longest gap of {' and '.join(definitions) or 'a schedule that is not decided'}"
        return Estimate([Term(words, gap, "configured"), context.circumstances.backup()])
    return None


def dynamodb(context: Context) -> Iterator[Mechanism]:
    """A DynamoDB table."""
    table = context.resource
    yield context.make("dynamodb-zones", table.span)
    recovery = table.get("point_in_time_recovery", 0)
    enabled, days = recovery.get("enabled"), recovery.get("recovery_period_in_days")
    if table.format == "cloudformation" and given(table.get("replica")):
        # A global table says it of each of its replicas.
        states = [each.get("point_in_time_recovery") for each in table.get("replica").elements()]
        enabled = next((each for each in states if is_on(each).state != YES), states[0] if states else enabled)
        days = Absent(table.span)
    answer = is_on(enabled, table)
    if answer.state != NO:
        kept, _, defeated = days_kept(days, most=_MOST, noun="recovery_period_in_days")
        if kept.decided and kept.low == 0 and not defeated:
            kept = Range(float(_MOST * DAY))
        yield context.make("dynamodb-pitr", answer.span, kept=kept, answer=answer, defeated=defeated)
        system = Range(float(_MOST * DAY))
        yield context.make("dynamodb-system-backup", answer.span, kept=system, answer=answer, defeated=defeated)
    yield from _dynamodb_replicas(context)


def keyspaces(context: Context) -> Iterator[Mechanism]:
    """A table of Keyspaces."""
    table = context.resource
    yield context.make("keyspaces-zones", table.span)
    answer = is_on(table.get("point_in_time_recovery", 0, "status"), table)
    if answer.state != NO:
        kept = Range(float(_MOST * DAY))
        yield context.make("keyspaces-pitr", answer.span, kept=kept, answer=answer)


def _dynamodb_replicas(context: Context) -> Iterator[Mechanism]:
    table = context.resource
    blocks = list(table.get("replica").elements())
    regions = [string(each.get("region_name")) for each in blocks]
    strong = any(string(each.get("consistency_mode")) == "STRONG" for each in blocks)
    id = "dynamodb-global-strong" if strong else "dynamodb-global"
    if table.format == "cloudformation":
        # The replicas of a global table include the region that it is deployed in.
        if len(blocks) > 1:
            yield context.make(id, blocks[1].span)
        return
    for block, region in zip(blocks, regions, strict=True):
        if isinstance(block, Unknown):
            missing = block.missing or (Missing(block.reason, block.span),)
            yield context.make(id, block.span, answer=Answer(OPEN, block.span, missing))
        elif region is not None and not places.is_region(region):
            yield context.make(id, block.span, defeated=places.impossible(block.get("region_name")))
        elif region is None or region != string(context.place.region):
            yield context.make(id, block.span)
    for replica in context.related("aws_dynamodb_table_replica", "global_table_arn"):
        yield context.make("dynamodb-global", replica.span)
