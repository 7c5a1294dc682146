"""Checks of recovery: what is left of a store after a zone, the store itself or its data is lost.

Most of them ask where losing a store may hurt (:func:`~depcheck.project.promises.is_wanted`): they are silent in an
environment that is known to be less critical, unless the policy promises the protection there.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Outcome, Undetermined, Violation
from depcheck.findings import Note as Related
from depcheck.model import Resource
from depcheck.project import Project, buckets, promises, repairs, retention
from depcheck.recovery import planned
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string, switch

_DAY = 86_400
#: The longest that AWS keeps automated backups, in days.
_MOST = 35
#: Shorter than this, and a mistake that is found after a week's holiday cannot be undone.
_WEEK = 7
_MEMBERS = {
    "aws_rds_cluster": "aws_rds_cluster_instance",
    "aws_docdb_cluster": "aws_docdb_cluster_instance",
    "aws_neptune_cluster": "aws_neptune_cluster_instance",
}
_MULTI_ZONE, _PROTECTION, _FINAL = "multi_zone", "deletion_protection", "final_snapshot"
_HISTORY = ("point_in_time", "backup_every")


def database_single_zone(subject: Resource, project: Project) -> Iterator[Outcome]:
    """The database goes on in another zone."""
    if not promises.is_wanted(subject, project, _MULTI_ZONE):
        return
    related = promises.notes(project, promises.promised(subject, project, _MULTI_ZONE))
    if subject.type in _MEMBERS:
        yield from _single_instance(subject, project, related)
        return
    copy = promises.is_copy(subject)
    if copy is True:
        return
    match switch(subject.get("multi_az")):
        case Known(value=True) as value:
            yield Held(value, "multi_az is on")
        case Unknown() as value:
            yield Undetermined(value)
        case _ if isinstance(copy, Unknown):
            yield Undetermined(copy)
        case value:
            fix = repairs.replaced(value, "true", "Run a standby in another zone", safe=False)
            # Whether it is production's cannot be told from a file that names no environment.
            severity = None if related or subject.environment is not None else "medium"
            yield Violation(value, severity=severity, related=related, fix=fix)


def _single_instance(cluster: Resource, project: Project, related: list[Related]) -> Iterator[Outcome]:
    """A cluster keeps its data in three zones, but with one instance nothing takes over."""
    if string(cluster.get("engine_mode")) == "serverless" or not isinstance(
        cluster.get("db_cluster_instance_class"), Absent
    ):
        return
    members, undecided = project.related(cluster, _MEMBERS[cluster.type], "cluster_identifier")
    if not members or _scales_readers(cluster, project):
        return
    if undecided:
        yield Undetermined(undecided[0], resource=cluster.address)
        return
    counts = [each.instances for each in members]
    if None in counts:
        open_ = members[counts.index(None)]
        yield Undetermined(place=open_.span, reason=f"how many of {open_.address} there are is not decided")
        return
    # Equal clusters are told once, and so are their instances.
    each_has = sum(count or 0 for count in counts) / (cluster.instances or 1)
    if each_has <= 1:
        notes = [Related("its only instance", members[0].span), *related]
        yield Violation(cluster.span, variant="cluster", severity="medium", related=notes)
    else:
        yield Held(cluster.span, f"{cluster.address} has {each_has:g} instances")


def _scales_readers(cluster: Resource, project: Project) -> bool:
    """Whether something adds readers to clusters that are deployed with this one."""
    return any(
        string(each.get("scalable_dimension")) == "rds:cluster:ReadReplicaCount"
        for each in project.of_type("aws_appautoscaling_target")
        if each.root == cluster.root and each.environment == cluster.environment
    )


def database_without_backups(subject: Resource, project: Project) -> Iterator[Outcome]:
    """The database has backups that an earlier state can be restored from."""
    if not promises.is_wanted(subject, project, *_HISTORY):
        return
    yield from _has_backups(subject, project)


def cache_without_snapshots(subject: Resource, project: Project) -> Iterator[Outcome]:
    """The cache has snapshots."""
    engine = subject.get("engine")
    if subject.type == "aws_elasticache_cluster":
        member = not isinstance(subject.get("replication_group_id"), Absent)
        if member or string(engine) not in ("redis", "valkey"):
            return
    if promises.is_wanted(subject, project, *_HISTORY):
        yield from _has_backups(subject, project)


def _has_backups(subject: Resource, project: Project) -> Iterator[Outcome]:
    kept = retention.retention_of(subject)
    copy = promises.is_copy(subject)
    if copy is True:
        return
    if isinstance(kept, Unknown):
        yield Undetermined(kept)
    elif isinstance(kept, Absent) or not retention.is_none(kept):
        if isinstance(kept, Known):
            yield Held(kept, f"backups are kept for {retention.days(kept)}")
    elif isinstance(copy, Unknown):
        yield Undetermined(copy)
    else:
        plan = planned.plan_of(subject, project)
        if plan is None:
            promise = next((each for key in _HISTORY if (each := promises.promised(subject, project, key))), None)
            yield Violation(kept, related=promises.notes(project, promise))
        elif isinstance(plan, Unknown):
            yield Undetermined(plan)
        else:
            yield Held(plan.span, f"{plan.address} has it in a backup plan")


def short_backup_retention(subject: Resource, project: Project) -> Iterator[Outcome]:
    """An earlier state can be restored for a week."""
    if promises.retention(subject, project) is not None or not promises.is_wanted(subject, project, *_HISTORY):
        return
    copy = promises.is_copy(subject)
    if copy is True:
        return
    value = retention.history_of(subject)
    days = retention.number(value)
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif days is None or days == 0:
        return
    elif days >= _WEEK:
        yield Held(value, f"an earlier state can be restored for {retention.days(value)}")
    elif isinstance(copy, Unknown):
        yield Undetermined(copy)
    elif (plan := planned.plan_of(subject, project)) is None:
        fix = repairs.replaced(value, str(_WEEK), "Keep backups for a week", safe=False)
        yield Violation(value, words={"days": retention.days(value)}, fix=fix)
    elif isinstance(plan, Unknown):
        yield Undetermined(plan)


def retention_below_target(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Backups are kept for at least as long as the policy promises."""
    promise = promises.retention(subject, project)
    if promise is None or promises.is_copy(subject) is True:
        return
    if subject.type == "aws_s3_bucket":
        yield from _old_versions(subject, project, promise.value)
        return
    value = retention.history_of(subject)
    days = retention.number(value)
    kept: int | Unknown | None = round(days * _DAY) if days is not None else None
    if isinstance(value, Unknown):
        kept = value
    plan = planned.plan_of(subject, project)
    if isinstance(kept, Unknown) or kept is None or kept < promise.value:
        if isinstance(plan, Unknown):
            yield Undetermined(plan)
            return
        if plan is not None:
            longest = planned.kept_for(subject, project)
            if longest is None or (isinstance(longest, int) and longest >= promise.value):
                yield Held(plan.span, f"{plan.address} keeps its backups for {_span(longest)}")
                return
            if isinstance(longest, Unknown):
                yield Undetermined(longest)
                return
            kept = max(longest, kept) if isinstance(kept, int) else kept
    if isinstance(kept, Unknown):
        yield Undetermined(kept)
    elif kept is None:
        return
    elif kept < promise.value:
        wanted = -(-promise.value // _DAY)
        fix = repairs.replaced(value, str(wanted), f"Keep backups for {wanted} days as promised", safe=True)
        yield Violation(
            value,
            related=promises.notes(project, promise),
            words={"kept": _span(kept), "promised": _span(promise.value)},
            fix=fix if wanted <= _MOST else None,
        )
    else:
        yield Held(value, f"backups are kept for {_span(kept)}, {_span(promise.value)} are promised")


def _span(seconds: int | Unknown | None) -> str:
    if not isinstance(seconds, int):
        return "as long as nobody deletes them"
    if seconds == _DAY:
        return "1 day"
    from depcheck.policy.words import show_duration

    return f"{seconds // _DAY} days" if seconds % _DAY == 0 else show_duration(seconds)


def _old_versions(bucket: Resource, project: Project, promised: int) -> Iterator[Outcome]:
    """Old versions of objects are not removed earlier than promised."""
    rules: list[Value] = list(bucket.get("lifecycle_rule").elements())
    lifecycles, undecided = project.related(bucket, "aws_s3_bucket_lifecycle_configuration", "bucket")
    for each in lifecycles:
        rules.extend(each.get("rule").elements())
    for rule in rules:
        state = scalar_text(rule.get("status")) or scalar_text(rule.get("enabled"))
        yield from _objects_deleted(bucket, rule, state or "", promised, project)
        days = rule.get("noncurrent_version_expiration", 0, "noncurrent_days")
        if isinstance(days, Absent):
            days = rule.get("noncurrent_version_expiration", 0, "days")
        if isinstance(days, Unknown):
            yield Undetermined(days)
        elif state not in ("Disabled", "false") and (number := retention.number(days)) is not None:
            if number * _DAY < promised:
                words: dict[str, object] = {"kept": retention.days(days), "promised": _span(promised)}
                notes = promises.notes(project, promises.retention(bucket, project))
                yield Violation(days, variant="versions", related=notes, words=words)
            else:
                yield Held(days, f"old versions are kept for {retention.days(days)}")
    if undecided and not lifecycles:
        yield Undetermined(undecided[0])


def _objects_deleted(bucket: Resource, rule: Value, state: str, promised: int, project: Project) -> Iterator[Outcome]:
    """The objects themselves are not deleted by their age earlier than promised, where the rule is for all of them."""
    days = rule.get("expiration", 0, "days")
    number = retention.number(days)
    narrow = [rule.get("prefix"), *(rule.get("filter", 0, name) for name in ("prefix", "tag", "and"))]
    if state in ("Disabled", "false") or number is None or number <= 0 or number * _DAY >= promised:
        return
    if any(not isinstance(each, Absent) and scalar_text(each) != "" for each in narrow):
        return
    words: dict[str, object] = {"kept": retention.days(days), "promised": _span(promised)}
    notes = promises.notes(project, promises.retention(bucket, project))
    yield Violation(days, variant="objects", related=notes, words=words)


def unprotected_database(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Nobody deletes the database with one command."""
    table = subject.type == "aws_dynamodb_table"
    promise = promises.promised(subject, project, _PROTECTION)
    if (table and promise is None) or not promises.is_wanted(subject, project, _PROTECTION):
        return
    copy = promises.is_copy(subject)
    if copy is True:
        return
    held = _guard(subject)
    match switch(subject.get("deletion_protection_enabled" if table else "deletion_protection")):
        case Known(value=True) as value:
            yield Held(value, "deletion protection is on")
        case Unknown() as value:
            yield Undetermined(value)
        case _ if held is not None:
            yield Held(held, "lifecycle.prevent_destroy is on")
        case _ if isinstance(copy, Unknown):
            yield Undetermined(copy)
        case value:
            fix = repairs.replaced(value, "true", "Switch deletion protection on", safe=True)
            yield Violation(value, related=promises.notes(project, promise), fix=fix)


def _guard(subject: Resource) -> Known | None:
    """The lifecycle's own protection, which Terraform honours (and CloudFormation as ``DeletionPolicy: Retain``)."""
    value = switch(subject.get("lifecycle", 0, "prevent_destroy"))
    return value if isinstance(value, Known) and value.value is True else None


def final_snapshot_skipped(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Deleting the database leaves a snapshot."""
    promise = promises.promised(subject, project, _FINAL)
    copy = promises.is_copy(subject)
    if copy is True or not promises.is_wanted(subject, project, _FINAL, _PROTECTION):
        return
    match switch(subject.get("skip_final_snapshot")):
        case Known(value=False) as value:
            yield Held(value, "a final snapshot is taken")
        case Unknown() as value:
            yield Undetermined(value)
        case Known(value=True) as value:
            protection = switch(subject.get("deletion_protection"))
            protected = isinstance(protection, Known) and protection.value is True
            if promise is None and (protected or _guard(subject) is not None):
                yield Held(value, "no final snapshot is taken, but it is protected from deletion")
            elif isinstance(copy, Unknown):
                yield Undetermined(copy)
            elif promise is None and isinstance(protection, Unknown):
                yield Undetermined(protection)
            else:
                yield Violation(value, related=promises.notes(project, promise))


def bucket_can_be_emptied(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Destroying a bucket or a backup vault that holds something fails."""
    if not promises.is_wanted(subject, project, _PROTECTION):
        return
    match switch(subject.get("force_destroy")):
        case Known(value=True) as value if _guard(subject) is None:
            vault = subject.type == "aws_backup_vault"
            fix = repairs.replaced(value, "false", "Refuse to destroy what holds something", safe=False)
            yield Violation(value, variant="vault" if vault else "", severity="high" if vault else None, fix=fix)
        case Unknown() as value:
            yield Undetermined(value)


def bucket_without_versioning(subject: Resource, project: Project) -> Iterator[Outcome]:
    """An object that was overwritten or deleted can be had back."""
    if not promises.is_wanted(subject, project, *_HISTORY):
        return
    own, *others = buckets.versioning(subject, project)
    states = [own, subject.get("object_lock_enabled"), *others]
    on = [each for each in states if scalar_text(each) in ("true", "Enabled")]
    unknown = [each for each in states if isinstance(each, Unknown)]
    off = [each for each in states if isinstance(each, Known)]
    if on:
        yield Held(on[0], "versioning is on")
    elif unknown:
        yield Undetermined(unknown[0])
    elif not _holds_logs(subject, project):
        place = off[0] if off and scalar_text(off[0]) == "Suspended" else subject.span
        promise = next((each for key in _HISTORY if (each := promises.promised(subject, project, key))), None)
        yield Violation(place, related=promises.notes(project, promise))


def _holds_logs(bucket: Resource, project: Project) -> bool:
    """Whether access logs are written to a bucket; nobody overwrites those."""
    return bool(project.related(bucket, "aws_s3_bucket_logging", "target_bucket")[0])


def table_without_point_in_time_recovery(subject: Resource, project: Project) -> Iterator[Outcome]:
    """The table can be restored to a moment before a mistake."""
    if string(subject.get("hash_key")) == "LockID" or not promises.is_wanted(subject, project, *_HISTORY):
        return
    promise = promises.promised(subject, project, "point_in_time")
    states = [subject.get("point_in_time_recovery", 0, "enabled")]
    if subject.format == "cloudformation" and not isinstance(subject.get("replica"), Absent):
        # A global table says it of each of its replicas.
        states = [each.get("point_in_time_recovery") for each in subject.get("replica").elements()]
    off = [each for each in states if not isinstance(each, Unknown) and scalar_text(each) != "true"]
    unknown = [each for each in states if isinstance(each, Unknown)]
    plan = planned.plan_of(subject, project) if off and promise is None else None
    if isinstance(plan, Resource):
        yield Held(plan.span, f"{plan.address} has it in a backup plan")
    elif isinstance(plan, Unknown):
        yield Undetermined(plan)
    elif off:
        # Items that expire by themselves are seldom missed.
        expires = scalar_text(subject.get("ttl", 0, "enabled")) == "true"
        yield Violation(
            off[0], severity="low" if expires and promise is None else None, related=promises.notes(project, promise)
        )
    elif unknown:
        yield Undetermined(unknown[0])
    else:
        yield Held(states[0] if states else subject.span, "point-in-time recovery is on")


def replacement_deletes_store(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What CloudFormation keeps when it is deleted it keeps when it is replaced too."""
    kept = subject.get("DeletionPolicy")
    if subject.format != "cloudformation" or not promises.is_critical(subject, project):
        return
    if string(kept) not in ("Retain", "RetainExceptOnCreate", "Snapshot"):
        return
    match subject.get("UpdateReplacePolicy"):
        case Known(value=str(text)) as value if text in ("Retain", "Snapshot"):
            yield Held(value, f"it is kept when it is replaced ({text})")
        case Unknown() as value:
            yield Undetermined(value)
        case Known() as value:
            yield Violation(value, words={"policy": string(kept) or ""})
        case _:
            yield Violation(kept, words={"policy": string(kept) or ""})


def secret_deleted_at_once(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A deleted secret can be restored for some days."""
    if subject.format != "terraform" or not promises.is_critical(subject, project):
        return
    match subject.get("recovery_window_in_days"):
        case Unknown() as value:
            yield Undetermined(value)
        case Known() as value if retention.number(value) == 0:
            fix = repairs.replaced(value, "30", "Keep a deleted secret for 30 days", safe=False)
            yield Violation(value, words={"name": subject.address}, fix=fix)
