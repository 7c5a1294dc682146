"""The mechanisms of AWS's databases: RDS, Aurora, DocumentDB, Neptune, Redshift, DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery import figures, keys
from depcheck.recovery.backups import shortest_gap
from depcheck.recovery.found import (
    DAY,
    HOUR,
    NO,
    ONCE,
    OPEN,
    SAME_REGION,
    YES,
    Answer,
    Context,
    Mechanism,
    both,
    days_kept,
    given,
    is_on,
    number,
    span_of,
)
from depcheck.recovery.intervals import Estimate, Interval, Range, Term
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, string

#: The longest that AWS keeps automated backups of a database, in days.
_MOST = 35
#: What a store is made from where its settings may come from there.
_ORIGINS = ("snapshot_identifier", "restore_to_point_in_time", "s3_import")
_MEMBERS = {
    "aws_rds_cluster": "aws_rds_cluster_instance",
    "aws_docdb_cluster": "aws_docdb_cluster_instance",
    "aws_neptune_cluster": "aws_neptune_cluster_instance",
}
_FAMILIES = {"aws_rds_cluster": "aurora", "aws_docdb_cluster": "documentdb", "aws_neptune_cluster": "neptune"}


def retention(context: Context, name: str) -> Value:
    """An attribute with a retention; unknown where it is not written and comes with what the store is made from."""
    value = context.resource.get(name)
    if isinstance(value, Absent) or (isinstance(value, Known) and value.key is None):
        for origin in _ORIGINS:
            source = context.resource.get(origin)
            if given(source):
                return Unknown(f"{name} is not set and comes from {origin}", source.span)
    return value


def rds_instance(context: Context) -> Iterator[Mechanism]:
    """An RDS instance."""
    database = context.resource
    value = retention(context, "backup_retention_period")
    kept, answer, defeated = days_kept(value, most=_MOST, noun="backup_retention_period")
    replayed = _replaying(context)
    place = span_of(value, database)
    if answer.state != NO:
        rto = figures.recovery(figures.row("rds-pitr").rto, replayed, figures.row("rds-pitr"))
        yield context.make("rds-pitr", place, rto=rto, kept=kept, answer=answer, defeated=defeated)
        removed = is_on(database.get("delete_automated_backups"), database, default=True)
        if removed.state != YES:
            stays = Answer(YES if removed.state == NO else OPEN, removed.span, removed.missing)
            yield context.make(
                "rds-retained-backups", removed.span, rto=rto, kept=kept, answer=both(answer, stays), defeated=defeated
            )
    standby = is_on(database.get("multi_az"), database)
    if standby.state != NO:
        yield context.make("rds-multi-az", standby.span, answer=standby)
    if standby.state != YES:
        yield context.make("rds-host-recovery", database.span)
    circle = context.surroundings.circles.get(id(database))
    if circle is not None:
        yield _of_no_source(circle, context)
    for replica in context.store.replicas:
        if replica.type == "aws_db_instance":
            yield from _rds_replica(replica, context)
    for copy in context.related("aws_db_instance_automated_backups_replication", "source_db_instance_arn"):
        yield from _replicated_backups(copy, answer, context)
    yield from _one_off_copies(context)
    yield from final_snapshot("rds-final-snapshot", context)


def _replaying(context: Context) -> figures.Circumstances:
    gap = shortest_gap(context)
    return context.circumstances if gap is None else context.circumstances.replaying(gap)


def _of_no_source(circle: list[Resource], context: Context) -> Mechanism:
    """A replica that is, by way of others or at once, its own source."""
    place = context.resource.get("replicate_source_db").span
    others = [each.address for each in circle if each is not context.resource]
    words = f"it and {', '.join(others)} are replicas of each other" if others else "it is a replica of itself"
    return context.make("rds-replica", place, defeated=[(f"{words}, so there is nothing to copy", place)])


def _rds_replica(replica: Resource, context: Context) -> Iterator[Mechanism]:
    elsewhere = context.other_region(replica)
    place = span_of(replica.get("replicate_source_db"), replica)
    if elsewhere == NO:
        zones = [string(each.get("availability_zone")) for each in (context.resource, replica)]
        if None not in zones and zones[0] == zones[1]:
            yield context.make("rds-replica", place, losses=("instance",))
            return
        yield context.make("rds-replica", place, losses=("instance",))
        apart = None not in zones
        words = f"the zones of {context.resource.address} and {replica.address}"
        yield context.make(
            "rds-replica",
            place,
            losses=("zone",),
            answer=None if apart else Answer(OPEN, place, (Missing(words, place),)),
        )
        return
    missing = (Missing(f"the region of {replica.address}", place),)
    yield context.make(
        "rds-replica-other-region",
        place,
        answer=None if elsewhere == YES else Answer(OPEN, place, missing),
        defeated=keys.to_another_region(context.resource, replica) if elsewhere == YES else (),
    )


def _replicated_backups(copy: Resource, source: Answer, context: Context) -> Iterator[Mechanism]:
    kept, _, defeated = days_kept(copy.get("retention_period"), most=_MOST, noun="retention_period")
    if kept.decided and kept.low == 0 and not defeated:
        kept = Range(7.0 * DAY)
    elsewhere = YES if copy.format == "cloudformation" else context.other_region(copy)
    troubles = list(defeated)
    if elsewhere == NO:
        troubles.append(("it is in the database's own region", copy.span))
    if elsewhere == YES:
        troubles += keys.to_another_region(context.resource, copy)
    if source.state == NO:
        troubles.append(("the database keeps no automated backups that could be replicated", source.span))
    answer = source if source.state == OPEN else Answer(YES, copy.span)
    if elsewhere == OPEN:
        answer = both(answer, Answer(OPEN, copy.span, (Missing(f"the region of {copy.address}", copy.span),)))
    rto = figures.recovery(
        figures.row("rds-backup-replication").rto, _replaying(context), figures.row("rds-backup-replication")
    )
    yield context.make("rds-backup-replication", copy.span, rto=rto, kept=kept, answer=answer, defeated=troubles)


def _one_off_copies(context: Context) -> Iterator[Mechanism]:
    """Snapshots that are copied when the configuration is applied and never again."""
    pairs = (
        ("aws_db_snapshot", "db_instance_identifier", "aws_db_snapshot_copy"),
        ("aws_db_cluster_snapshot", "db_cluster_identifier", "aws_rds_cluster_snapshot_copy"),
    )
    for type_, by, copied in pairs:
        for snapshot in context.related(type_, by):
            for copy in context.related(copied, f"source_{type_.removeprefix('aws_')}_identifier", snapshot):
                yield context.make("rds-snapshot-copy", copy.span, defeated=[(ONCE, copy.span)])


def final_snapshot(id: str, context: Context) -> Iterator[Mechanism]:
    """The snapshot that is taken when a database is deleted."""
    store = context.resource
    skipped = is_on(store.get("skip_final_snapshot"), store)
    if skipped.state != YES:
        answer = None if skipped.state == NO else Answer(OPEN, skipped.span, skipped.missing)
        yield context.make(id, skipped.span, answer=answer)


def cluster(context: Context) -> Iterator[Mechanism]:
    """A cluster of Aurora, DocumentDB or Neptune, or a Multi-AZ cluster of RDS."""
    resource = context.resource
    engine = string(resource.get("engine")) or ""
    family = _FAMILIES[resource.type]
    if resource.type == "aws_rds_cluster" and engine in ("mysql", "postgres"):
        yield from _multi_az_cluster(context)
        return
    value = retention(context, "backup_retention_period")
    kept, answer, defeated = days_kept(value, most=_MOST, noun="backup_retention_period")
    if not defeated:
        # It cannot be switched off: the least is one day.
        kept, answer = (
            Range(max(kept.low, float(DAY)), max(kept.high, float(DAY)), kept.missing),
            Answer(YES, value.span),
        )
    place = span_of(value, resource)
    yield context.make(f"{family}-pitr", place, kept=kept, answer=answer, defeated=defeated)
    if family == "aurora":
        yield from _aurora_extras(context, kept, answer, defeated)
    yield from _instances(context, family)
    yield from _elsewhere(context, family)
    yield from _one_off_copies(context)
    yield from final_snapshot(f"{family}-final-snapshot", context)


def _aurora_extras(
    context: Context, kept: Range, answer: Answer, defeated: list[tuple[str, Span]]
) -> Iterator[Mechanism]:
    resource = context.resource
    removed = is_on(resource.get("delete_automated_backups"), resource, default=True)
    if removed.state != YES:
        stays = Answer(YES if removed.state == NO else OPEN, removed.span, removed.missing)
        yield context.make(
            "aurora-retained-backups", removed.span, kept=kept, answer=both(answer, stays), defeated=defeated
        )
    window = resource.get("backtrack_window")
    seconds = number(window)
    if isinstance(window, Unknown):
        missing = window.missing or (Missing(window.reason, window.span),)
        back = Range(0.0, 72.0 * HOUR, missing)
        yield context.make("aurora-backtrack", window.span, kept=back, answer=Answer(OPEN, window.span, missing))
    elif seconds is not None and seconds > 0:
        troubles = []
        if seconds > 72 * HOUR:
            troubles.append((f"backtrack_window is {seconds:g}, and 72 hours are the most", window.span))
        if "postgres" in (string(resource.get("engine")) or ""):
            troubles.append(("Aurora PostgreSQL has no backtrack", window.span))
        yield context.make("aurora-backtrack", window.span, kept=Range(seconds), defeated=troubles)


def _multi_az_cluster(context: Context) -> Iterator[Mechanism]:
    """RDS with one writer and two readable standbys, each in a zone of its own."""
    resource = context.resource
    value = retention(context, "backup_retention_period")
    kept, answer, defeated = days_kept(value, most=_MOST, noun="backup_retention_period")
    yield context.make("rds-multi-az-cluster", resource.span)
    if answer.state != NO:
        rto = figures.recovery(figures.row("rds-pitr").rto, _replaying(context), figures.row("rds-pitr"))
        place = span_of(value, resource)
        yield context.make(
            "rds-pitr", place, losses=("deletion",), rto=rto, kept=kept, answer=answer, defeated=defeated
        )
    yield from final_snapshot("aurora-final-snapshot", context)


class Members:
    """How many instances a cluster has: at least, at most (None without a bound), and whether in several zones."""

    __slots__ = ("least", "missing", "most", "span", "zones")

    def __init__(self, least: int, most: int | None, zones: str, span: Span, missing: tuple[Missing, ...] = ()) -> None:
        self.least = least
        self.most = most
        self.zones = zones
        self.span = span
        self.missing = missing


def members_of(cluster: Resource, context: Context) -> Members:
    """The instances of a cluster."""
    related = context.lookup.related(cluster, _MEMBERS[cluster.type], "cluster_identifier")
    open_counts = [each for each in related.found if each.instances is None]
    least = sum(each.instances or 0 for each in related.found)
    missing: list[Missing] = [Missing(f"how many of {each.address} there are", each.span) for each in open_counts]
    for value in related.undecided:
        missing += value.missing or (Missing(value.reason, value.span),)
    if not related.found and not missing:
        missing.append(Missing(f"the instances of {cluster.address}, which are described elsewhere", cluster.span))
    scaled = [
        each
        for each in context.lookup.project.of_type("aws_appautoscaling_target")
        if string(each.get("scalable_dimension")) == "rds:cluster:ReadReplicaCount"
        and (each.root, each.environment) == (cluster.root, cluster.environment)
    ]
    if least < 2 and scaled:
        missing.append(Missing(f"how many readers {scaled[0].address} adds", scaled[0].span))
    zones = [string(each.get("availability_zone")) for each in related.found]
    several = YES
    if least > 1 and None not in zones and len(set(zones)) == 1:
        several = NO
    span = related.found[0].span if related.found else cluster.span
    return Members(least, None if missing else least, several, span, tuple(missing))


def _instances(context: Context, family: str) -> Iterator[Mechanism]:
    resource = context.resource
    readers = "aurora-readers" if family == "aurora" else f"{family}-replicas"
    if family == "aurora" and string(resource.get("engine_mode")) == "serverless":
        yield context.make("aurora-serverless-v1", resource.get("engine_mode").span)
        return
    members = members_of(resource, context)
    if members.least >= 2:
        losses = ("instance", "zone") if members.zones == YES else ("instance",)
        yield context.make(readers, members.span, losses=losses)
    elif members.missing:
        yield context.make(readers, members.span, answer=Answer(OPEN, members.span, members.missing))
    sure = Answer(YES, members.span) if members.least >= 1 else Answer(OPEN, members.span, members.missing)
    if members.least < 2:
        yield context.make(f"{family}-single", members.span, answer=sure)
    if members.least < 2 or members.zones == NO:
        yield context.make(f"{family}-single-zone", members.span, answer=sure)


def _elsewhere(context: Context, family: str) -> Iterator[Mechanism]:
    """Secondary clusters in other regions."""
    for replica in context.store.replicas:
        if replica.type != context.resource.type:
            continue
        source = replica.get("replication_source_identifier")
        elsewhere = context.other_region(replica)
        if family == "aurora" and given(source) and not given(replica.get("global_cluster_identifier")):
            id = "aurora-replica-other-region"
        else:
            id = f"{family}-global"
        span = span_of(replica.get("global_cluster_identifier"), replica) if "global" in id else source.span
        if elsewhere == NO:
            yield context.make(id, span, defeated=[(SAME_REGION, span)])
            continue
        answer = None
        if elsewhere == OPEN:
            answer = Answer(OPEN, span, (Missing(f"the region of {replica.address}", span),))
        if id == "aurora-global":
            members = members_of(replica, context)
            if members.least == 0:
                id = "aurora-global-headless"
            yield context.make(id, span, rpo=_bounded_lag(context), answer=answer)
        else:
            yield context.make(id, span, answer=answer)


def _bounded_lag(context: Context) -> Estimate | None:
    """PostgreSQL can be told how far a secondary may be behind: commits wait for it."""
    for type_ in ("aws_rds_cluster_parameter_group",):
        group = context.lookup.named(context.resource.get("db_cluster_parameter_group_name"), type_, context.resource)
        for parameter in group.get("parameter").elements() if group is not None else ():
            if string(parameter.get("name")) == "rds.global_db_rpo":
                value = parameter.get("value")
                seconds = number(value)
                if seconds is not None and seconds >= 20:
                    words = "the lag that rds.global_db_rpo allows"
                    return Estimate([Term(words, Interval.of(1.0, seconds), "configured")])
    return None
