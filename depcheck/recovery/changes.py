"""The smallest change of the configuration that would meet a target: each candidate is tried out, not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.model import Resource
from depcheck.project.repairs import is_literal
from depcheck.recovery import figures, mechanisms
from depcheck.recovery.found import DAY, HOUR, Context, Mechanism
from depcheck.recovery.intervals import (
    AT_RISK,
    BREACHED,
    MET,
    UNBOUNDED,
    UNKNOWN,
    UNRECOVERABLE,
    Estimate,
    Interval,
    Range,
    Term,
)
from depcheck.recovery.wording import final, part, said, written
from depcheck.source import Span
from depcheck.values import Absent, Known, Scalar, Step, Value, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Change, Survey

_ORDER = {MET: 0, AT_RISK: 1, BREACHED: 2, UNKNOWN: 2, UNRECOVERABLE: 3}
_MOST_KEPT = 35
_PLANNED = frozenset(
    (
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_dynamodb_table",
        "aws_efs_file_system",
        "aws_ebs_volume",
        "aws_s3_bucket",
        "aws_redshift_cluster",
    )
)
_DATABASES = frozenset(("aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"))
_PROTECTED = {**dict.fromkeys(_DATABASES, "deletion_protection"), "aws_dynamodb_table": "deletion_protection_enabled"}


class _Proposal:
    """A change: its place, what is there, what would be, and the mechanisms that the store would have then."""

    __slots__ = ("after", "before", "literal", "mechanisms", "span")

    def __init__(self, span: Span, before: str, after: str, mechanisms: Sequence[Mechanism], literal: str = "") -> None:
        self.literal = literal
        self.span = span
        self.before = before
        self.after = after
        self.mechanisms = mechanisms


def least(assessment: Assessment, survey: Survey) -> Change | None:
    """The first change that meets the target, else the one that helps most; None where none helps."""
    from depcheck.recovery.assessment import Change, judge

    store, loss = assessment.store, assessment.loss
    if store.resource is None or loss is None or any(each.id == "evidence" for each in assessment.considered):
        return None
    best: Change | None = None
    for proposal in _proposals(assessment, survey, loss):
        judged = judge(proposal.mechanisms, assessment.target, loss)
        if judged.verdict == MET:
            return Change(proposal.span, proposal.before, proposal.after, MET, proposal.literal)
        better = best.verdict if best is not None else assessment.verdict
        if judged.verdict != UNKNOWN and _ORDER[judged.verdict] < _ORDER[better]:
            best = Change(proposal.span, proposal.before, proposal.after, judged.verdict, proposal.literal)
    return best


def _proposals(assessment: Assessment, survey: Survey, loss: str) -> Iterator[_Proposal]:
    store = assessment.store
    resource = store.resource
    assert resource is not None
    context = survey.context(store, resource)
    yield from _of_schedule(assessment, context)
    if loss == "deletion":
        yield from _history(assessment, survey, context)
    elif loss == "destroy":
        yield from _destruction(survey, context)
    elif loss in ("instance", "zone"):
        yield from _standby(survey, context, loss)
    elif loss == "region":
        yield from _elsewhere(assessment, context)
    yield from _planned(assessment, context, loss)


# -- the resource itself ---------------------------------------------------------------------------------------------


def changed(resource: Resource, values: dict[str, Scalar]) -> Resource:
    """A resource with other attributes; a dotted name stands in its first nested block."""
    attributes = dict(resource.attributes.items())
    for path, value in values.items():
        _put(attributes, path.split("."), value, resource.span)
    return Resource(
        resource.type,
        resource.address,
        Known(attributes, resource.attributes.span),
        resource.span,
        name=resource.name,
        kind=resource.kind,
        format=resource.format,
        environment=resource.environment,
        extent=resource.extent,
        root=resource.root,
        instances=resource.instances,
    )


def _put(attributes: dict[str, Value], path: list[str], value: Scalar, span: Span) -> None:
    head, *rest = path
    if not rest:
        attributes[head] = Known(value, span, key=span, via=(Step("the change that is proposed"),))
        return
    block = attributes.get(head)
    first = block.elements()[0] if block is not None and block.elements() else None
    inner = dict(first.items()) if first is not None else {}
    _put(inner, rest, value, span)
    attributes[head] = Known([Known(inner, span)], span, key=span)


def _attribute(survey: Survey, context: Context, values: dict[str, Scalar]) -> _Proposal:
    """A proposal to set attributes of the store's resource."""
    resource = context.resource
    name = next(iter(values))
    present = resource.get(*name.split("."))
    span = present.span if not isinstance(present, Absent) else resource.span
    if isinstance(present, Known) and present.key is None and present.via:
        span = resource.span
    called = written(resource, name)
    before = f"{called} = {_shown(present)}" if not isinstance(present, Absent) else f"{called} is not set"
    after = ", ".join(f"{written(resource, key)} = {_literal(value)}" for key, value in values.items())
    template = final(resource, name)
    if template is not None:
        before, after = "no DeletionPolicy that keeps a snapshot", template
    after_resource = changed(resource, values)
    found = mechanisms.own(survey.context(context.store, after_resource))
    literal = _literal(values[name]) if len(values) == 1 and template is None and is_literal(present) else ""
    return _Proposal(span, before, after, found, literal)


def _shown(value: Value) -> str:
    text = scalar_text(value)
    return text if text is not None else "not decided"


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _wanted_days(assessment: Assessment, *, least_days: int = 7) -> int:
    promise = assessment.target.retention
    days = -(-promise.value // DAY) if promise is not None else least_days
    return max(int(days), 1)


def _history(assessment: Assessment, survey: Survey, context: Context) -> Iterator[_Proposal]:
    type_ = context.resource.type
    days = _wanted_days(assessment)
    if type_ in _DATABASES and days <= _MOST_KEPT:
        yield _attribute(survey, context, {"backup_retention_period": days})
        if type_ == "aws_rds_cluster" and "mysql" in (scalar_text(context.resource.get("engine")) or ""):
            yield _attribute(survey, context, {"backtrack_window": 24 * HOUR})
        if type_ == "aws_db_instance":
            yield _hourly_snapshots(survey, context, days)
    elif type_ == "aws_redshift_cluster" and days <= _MOST_KEPT:
        yield _attribute(survey, context, {"automated_snapshot_retention_period": days})
    elif type_ == "aws_dynamodb_table" and days <= _MOST_KEPT:
        yield _attribute(
            survey,
            context,
            {"point_in_time_recovery.enabled": True, "point_in_time_recovery.recovery_period_in_days": 35},
        )
    elif type_.startswith(("aws_elasticache_", "aws_memorydb_")) and days <= _MOST_KEPT:
        yield _attribute(survey, context, {"snapshot_retention_limit": days})
    elif type_ == "aws_s3_bucket":
        span = context.resource.span
        made = context.make("s3-versions", span)
        yield _Proposal(span, "no versioning", said(context.resource, "versioning"), [made])
    elif type_ == "mongodbatlas_advanced_cluster":
        yield _attribute(survey, context, {"backup_enabled": True})
        yield _attribute(survey, context, {"backup_enabled": True, "pit_enabled": True})


def _hourly_snapshots(survey: Survey, context: Context, days: int) -> _Proposal:
    """The log that a restore replays is as long as the snapshots are apart."""
    closer = Context(context.store, context.resource, context.surroundings, context.circumstances.replaying(HOUR))
    row = figures.row("rds-pitr")
    rto = figures.recovery(row.rto, closer.circumstances, row)
    kept = Range(float(max(days, 1) * DAY))
    resource = context.resource
    retention = f"{written(resource, 'backup_retention_period')} = {days}"
    after = f"{part(resource, 'plan')} with a snapshot every hour, cron(0 * ? * * *), and {retention}"
    span = resource.span
    return _Proposal(span, "no snapshot but the daily one", after, [context.make("rds-pitr", span, rto=rto, kept=kept)])


def _destruction(survey: Survey, context: Context) -> Iterator[_Proposal]:
    type_ = context.resource.type
    if type_ in _PROTECTED:
        yield _attribute(survey, context, {_PROTECTED[type_]: True})
    elif type_ == "aws_s3_bucket":
        yield _attribute(survey, context, {"force_destroy": False})
    elif type_ == "aws_redshift_cluster":
        name = "the name of the snapshot"
        yield _attribute(survey, context, {"skip_final_snapshot": False, "final_snapshot_identifier": name})
    elif type_ in ("aws_elasticache_replication_group", "aws_elasticache_cluster"):
        yield _attribute(survey, context, {"final_snapshot_identifier": "the name of the snapshot"})
    elif type_ == "aws_memorydb_cluster":
        yield _attribute(survey, context, {"final_snapshot_name": "the name of the snapshot"})
    elif type_ == "aws_ebs_volume":
        yield _attribute(survey, context, {"final_snapshot": True})
    elif type_ == "mongodbatlas_advanced_cluster":
        yield _attribute(survey, context, {"termination_protection_enabled": True})
    elif type_.startswith("aws_fsx_"):
        yield _attribute(survey, context, {"skip_final_backup": False})


def _standby(survey: Survey, context: Context, loss: str) -> Iterator[_Proposal]:
    resource = context.resource
    if resource.type in ("aws_db_instance", "aws_redshift_cluster"):
        yield _attribute(survey, context, {"multi_az": True})
    elif resource.type in _DATABASES:
        from depcheck.recovery.databases import members_of

        family = {"aws_rds_cluster": "aurora-readers", "aws_docdb_cluster": "documentdb-replicas"}
        members = members_of(resource, context)
        id = family.get(resource.type, "neptune-replicas")
        before = f"{members.least} instance{'' if members.least == 1 else 's'}"
        yield _Proposal(members.span, before, "2 instances, in two zones", [context.make(id, members.span)])
    elif resource.type == "aws_elasticache_replication_group":
        values: dict[str, Scalar] = {"automatic_failover_enabled": True, "multi_az_enabled": True}
        yield _attribute(survey, context, values)
        yield _attribute(survey, context, {**values, "num_cache_clusters": 2})
    elif resource.type == "aws_memorydb_cluster":
        yield _attribute(survey, context, {"num_replicas_per_shard": 1})
    elif resource.type in ("aws_opensearch_domain", "aws_elasticsearch_domain"):
        wanted: dict[str, Scalar] = {"cluster_config.zone_awareness_enabled": True, "cluster_config.instance_count": 2}
        yield _attribute(survey, context, wanted)


def _elsewhere(assessment: Assessment, context: Context) -> Iterator[_Proposal]:
    resource = context.resource
    span = resource.span
    days = _wanted_days(assessment)
    if resource.type == "aws_db_instance":
        made = context.make("rds-backup-replication", span, kept=Range(float(days * DAY)))
        after = said(resource, "backup-replication")
        yield _Proposal(span, "no copy in another region", after, [made])
        replica = context.make("rds-replica-other-region", span)
        yield _Proposal(span, "no copy in another region", said(context.resource, "replica"), [replica])
    elif resource.type == "aws_rds_cluster":
        made = context.make("aurora-global", span)
        after = said(resource, "global-cluster")
        yield _Proposal(span, "no copy in another region", after, [made])
    elif resource.type == "aws_dynamodb_table":
        made = context.make("dynamodb-global", span)
        yield _Proposal(span, "no replica", said(resource, "global-table"), [made])
    elif resource.type == "aws_elasticache_replication_group":
        made = context.make("elasticache-global", span)
        after = said(resource, "global-datastore")
        yield _Proposal(span, "no copy in another region", after, [made])
    elif resource.type == "aws_s3_bucket":
        made = context.make("s3-replication-timed", span, losses=("region",))
        after = said(resource, "timed-replication")
        yield _Proposal(span, "no replication", after, [made])
    elif resource.type == "aws_efs_file_system":
        made = context.make("efs-replication", span, losses=("region",))
        after = said(resource, "file-replication")
        yield _Proposal(span, "no replication", after, [made])


# -- schedules and plans ---------------------------------------------------------------------------------------------


def _of_schedule(assessment: Assessment, context: Context) -> Iterator[_Proposal]:
    """The schedule of the mechanism that decides, closer together, and its start window as short as it can be."""
    mechanism = assessment.mechanism
    if mechanism is None or mechanism.defeated or assessment.target.rpo is None:
        return
    if mechanism.id in ("backup-plan", "backup-copy-region", "backup-copy-account", "backup-locked"):
        gap = mechanism.rpo.interval.typical.low
        window = mechanism.rpo.terms[1].interval.worst.low if len(mechanism.rpo.terms) > 1 else 0.0
        soon = part(context.resource, "window", 60)
        if window > HOUR:
            yield _rescheduled(mechanism, gap, HOUR, soon, context)
        if gap > DAY:
            yield _rescheduled(mechanism, DAY, HOUR, f"cron(0 5 ? * * *) and {soon}", context)
        if gap > HOUR:
            yield _rescheduled(mechanism, HOUR, HOUR, f"cron(0 * ? * * *) and {soon}", context)
    elif mechanism.id == "dump":
        gap = mechanism.rpo.interval.typical.low
        for closer, words in ((DAY, "a dump every day"), (HOUR, "a dump every hour"), (900, "a dump every 15 minutes")):
            if gap > closer:
                terms = [Term(words, Interval.of(float(closer)), "configured"), *mechanism.rpo.terms[1:]]
                yield _Proposal(mechanism.span, _first(mechanism), words, [_with(mechanism, Estimate(terms))])


def _rescheduled(mechanism: Mechanism, gap: float, window: float, words: str, context: Context) -> _Proposal:
    terms = [
        Term(f"the longest gap of {words}", Interval.of(gap), "configured"),
        Term("until the job starts in its start window", Interval(Range(0.0), Range(window)), "configured"),
        *mechanism.rpo.terms[2:],
    ]
    return _Proposal(mechanism.span, _first(mechanism), words, [_with(mechanism, Estimate(terms))])


def _first(mechanism: Mechanism) -> str:
    return mechanism.rpo.terms[0].words if mechanism.rpo.terms else mechanism.row.title


def _with(mechanism: Mechanism, rpo: Estimate) -> Mechanism:
    return Mechanism(
        mechanism.row,
        mechanism.span,
        rpo,
        mechanism.rto,
        losses=mechanism.losses,
        kept=mechanism.kept,
        exists=mechanism.exists,
        missing=mechanism.missing,
    )


def _planned(assessment: Assessment, context: Context, loss: str) -> Iterator[_Proposal]:
    """A backup plan that takes the store in, with a copy where the loss asks for one."""
    resource = context.resource
    if resource.type not in _PLANNED or loss in ("instance", "zone"):
        return
    row = figures.row({"region": "backup-copy-region", "account": "backup-copy-account"}.get(loss, "backup-plan"))
    where = {"region": " and a copy to another region", "account": " and a copy to a vault in another account"}
    rto = figures.restored(resource.type, context.circumstances, same_region=loss != "region")
    promise = assessment.target.retention
    kept = Range(float(promise.value)) if promise is not None else Range(UNBOUNDED)
    rpo = assessment.target.rpo
    for gap, schedule in ((DAY, "cron(0 5 ? * * *)"), (HOUR, "cron(0 * ? * * *)")):
        if gap == DAY and rpo is not None and rpo.value < DAY:
            continue
        terms = [
            Term(f"the longest gap of {schedule}", Interval.of(float(gap)), "configured"),
            Term("until the job starts in its start window", Interval(Range(0.0), Range(float(HOUR))), "configured"),
            context.circumstances.backup(),
        ]
        if loss in where:
            terms.append(context.circumstances.copying())
        made = Mechanism(row, resource.span, Estimate(terms), rto, losses=(loss,), kept=kept)
        soon = part(resource, "window", 60)
        days = f", {part(resource, 'kept', -(-promise.value // DAY))}" if promise is not None else ""
        begun = f"{part(resource, 'plan')} with {schedule}, {soon}"
        after = f"{begun}{days}{where.get(loss, '')}, and a selection of it"
        yield _Proposal(resource.span, "no backup plan takes it in", after, [made])
