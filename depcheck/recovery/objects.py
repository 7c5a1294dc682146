"""The mechanisms of buckets: versions, replication with and without time control, locks, S3's own refusals."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery import figures, keys, places
from depcheck.recovery.found import (
    DAY,
    FOREVER,
    GOVERNED,
    NO,
    OPEN,
    SAME_REGION,
    SWITCHED_OFF,
    YES,
    Answer,
    Context,
    Mechanism,
    both,
    given,
    is_on,
    number,
)
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.lookup import scope_of
from depcheck.recovery.places import Place
from depcheck.recovery.replicas import Replication
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

#: Storage classes out of which an object must be taken before it can be read, and the variant of restore.glacier.
_ARCHIVES = {"GLACIER": "", "DEEP_ARCHIVE": "deep"}


def of(context: Context) -> Iterator[Mechanism]:
    """The mechanisms of one bucket."""
    bucket = context.resource
    yield context.make("s3-zones", bucket.span)
    versions = versioning(context)
    if versions.state != NO:
        rto = _out_of_the_archive(context)
        yield context.make("s3-versions", versions.span, rto=rto, kept=old_versions_kept(context), answer=versions)
    for each in _replications(context):
        yield from _replicated(each, versions, context)
    yield from _refusal(context)
    yield from _locks(context, versions)


def versioning(context: Context) -> Answer:
    """Whether earlier versions of objects are kept."""
    bucket = context.resource
    related = context.lookup.related(bucket, "aws_s3_bucket_versioning", "bucket")
    values: list[Value] = [bucket.get("versioning", 0, "enabled"), bucket.get("object_lock_enabled")]
    values += [each.get("versioning_configuration", 0, "status") for each in related.found]
    answers = [is_on(each, bucket) for each in values]
    for state in (YES, OPEN):
        for answer in answers:
            if answer.state == state:
                return answer
    if related.undecided and not related.found:
        open_ = related.undecided[0]
        return Answer(OPEN, open_.span, open_.missing or (Missing(open_.reason, open_.span),))
    off = [value for value, answer in zip(values, answers, strict=True) if isinstance(value, Known) and value.key]
    return Answer(NO, off[-1].span if off else bucket.span)


def old_versions_kept(context: Context) -> Range:
    """How long versions that were replaced or deleted are kept: the shortest that a rule of the lifecycle says."""
    kept = FOREVER
    for rule in _lifecycle_rules(context):
        if isinstance(rule, Unknown):
            return Range(0.0, UNBOUNDED, rule.missing or (Missing(rule.reason, rule.span),))
        state = scalar_text(rule.get("status")) or scalar_text(rule.get("enabled"))
        if state in ("Disabled", "false"):
            continue
        block = rule.get("noncurrent_version_expiration", 0)
        value = block.get("noncurrent_days")
        value = block.get("days") if isinstance(value, Absent) else value
        if isinstance(value, Unknown):
            kept = Range(0.0, kept.high, value.missing or (Missing(value.reason, value.span),))
        elif (days := number(value)) is not None and days >= 0:
            kept = Range(min(kept.low, days * DAY), min(kept.high, days * DAY), kept.missing)
    return kept


def _out_of_the_archive(context: Context) -> Estimate | None:
    """How long bringing versions back takes where some of them, or all at once, are moved to an archive."""
    row = figures.row("s3-versions")
    steps = row.rto if isinstance(row.rto, list) else []
    for rule in _lifecycle_rules(context):
        if scalar_text(rule.get("status")) == "Disabled" or scalar_text(rule.get("enabled")) == "false":
            continue
        for block in rule.get("noncurrent_version_transition").elements():
            variant = _ARCHIVES.get(string(block.get("storage_class")) or "")
            if variant is None:
                continue
            days = next((number(block.get(name)) for name in ("noncurrent_days", "days") if given(block.get(name))), 0)
            step = f"restore.glacier:{variant}" if variant else "restore.glacier"
            whole = figures.recovery([*steps[:2], step, *steps[2:]], context.circumstances, row)
            if days is not None and days <= 1:
                return whole
            # Only what was replaced long ago lies in the archive, so that it is the worst case alone.
            terms = [
                Term(
                    each.words,
                    Interval(Range(0.0), each.interval.worst),
                    each.basis,
                    source=each.source,
                    assumption=each.assumption,
                    variant=each.variant,
                )
                if each.assumption == "restore.glacier"
                else each
                for each in whole.terms
            ]
            return Estimate(terms)
    return None


def _lifecycle_rules(context: Context) -> list[Value]:
    rules = list(context.resource.get("lifecycle_rule").elements())
    for each in context.related("aws_s3_bucket_lifecycle_configuration", "bucket"):
        rules += each.get("rule").elements()
    return rules


def _replications(context: Context) -> list[Replication]:
    return context.surroundings.replications.get((scope_of(context.resource), context.resource.address), [])


def _replicated(each: Replication, versions: Answer, context: Context) -> Iterator[Mechanism]:
    rule, bucket = each.rule, context.resource
    answer = is_on(rule.get("status"), default=False)
    target = rule.get("destination", 0, "bucket")
    span = target.span if not isinstance(target, Absent) else rule.span
    if answer.state == NO:
        yield context.make("s3-replication", span, defeated=[(SWITCHED_OFF, answer.span)])
        return
    partial = _part_of_the_bucket(rule)
    if partial is not None:
        answer = both(
            answer,
            Answer(OPEN, partial.span, (Missing("whether what the rule's filter leaves out matters", partial.span),)),
        )
    if versions.state == OPEN:
        answer = both(answer, versions)
    defeated = [("replication needs versioning, which is not on", versions.span)] if versions.state == NO else []
    defeated += keys.of_objects(context, rule)
    place = _destination(each, context)
    elsewhere = places.other_region(context.place, place)
    timed = is_on(rule.get("destination", 0, "replication_time", 0, "status"))
    id = "s3-replication-timed" if timed.state == YES else "s3-replication"
    row = figures.row(id)
    here = figures.recovery(["detect", "decide", "cutover", "validate"], context.circumstances, row)
    if each.destination is None or each.destination.address != bucket.address:
        yield context.make(id, span, losses=("destroy",), rto=here, answer=answer, defeated=defeated)
    if elsewhere == NO:
        same = [*defeated, (SAME_REGION, span)]
        yield context.make(id, span, losses=("region",), defeated=same)
    else:
        there = answer if elsewhere == YES else both(answer, _open("region", target))
        yield context.make(id, span, losses=("region",), answer=there, defeated=defeated)
    account = rule.get("destination", 0, "account")
    foreign = places.other_account(context.place, place)
    if not isinstance(account, Absent) and foreign == OPEN and isinstance(account, Known):
        # The owner of the destination is only named where it is another account.
        foreign = YES
    if foreign != NO:
        there = answer if foreign == YES else both(answer, _open("account", target))
        yield context.make(id, span, losses=("account",), answer=there, defeated=defeated)


def _open(what: str, target: Value) -> Answer:
    missing = target.missing if isinstance(target, Unknown) else ()
    return Answer(OPEN, target.span, missing or (Missing(f"the {what} of the destination", target.span),))


def _part_of_the_bucket(rule: Known) -> Value | None:
    """The filter or prefix of a rule that takes only some objects."""
    for value in (rule.get("prefix"), rule.get("filter", 0, "prefix")):
        if isinstance(value, Unknown) or string(value):
            return value
    for name in ("and", "tag"):
        value = rule.get("filter", 0, name)
        if not isinstance(value, Absent):
            return value
    return None


def _destination(each: Replication, context: Context) -> Place:
    if each.destination is not None:
        return places.place_of(each.destination, context.lookup.project)
    target = each.rule.get("destination", 0, "bucket")
    # The ARN of a bucket names neither region nor account.
    open_ = Unknown("the ARN of a bucket names no region", target.span)
    account = each.rule.get("destination", 0, "account")
    return Place(open_, account if isinstance(account, Known) else open_)


def _refusal(context: Context) -> Iterator[Mechanism]:
    """S3 deletes no bucket that holds something, unless the tool empties it first."""
    bucket = context.resource
    forced = is_on(bucket.get("force_destroy"), bucket)
    emptied = _emptied_by_cdk(bucket, context)
    if emptied is not None:
        forced = Answer(YES, emptied.span)
    if forced.state == NO:
        yield context.make("s3-not-empty", bucket.span)
    elif forced.state == OPEN:
        yield context.make("s3-not-empty", forced.span, answer=forced)


def _emptied_by_cdk(bucket: Resource, context: Context) -> Resource | None:
    """CDK's custom resource that empties a bucket before it is deleted."""
    for each in context.lookup.project.of_type("Custom::S3AutoDeleteObjects"):
        name = each.get("BucketName")
        refers = name.refers if isinstance(name, Unknown) else None
        if refers == bucket.address and each.span.path == bucket.span.path:
            return each
    return None


def _locks(context: Context, versions: Answer) -> Iterator[Mechanism]:
    blocks = [context.resource.get("object_lock_configuration", 0)]
    blocks += [each.attributes for each in context.related("aws_s3_bucket_object_lock_configuration", "bucket")]
    for lock in blocks:
        retention = lock.get("rule", 0, "default_retention", 0)
        mode = retention.get("mode")
        days, years = retention.get("days"), retention.get("years")
        if string(mode) == "GOVERNANCE":
            yield context.make("s3-object-lock", mode.span, defeated=[(GOVERNED, mode.span)])
        elif string(mode) == "COMPLIANCE" or isinstance(mode, Unknown):
            kept = _locked_for(days, years)
            answer = is_on(mode) if isinstance(mode, Unknown) else None
            yield context.make("s3-object-lock", mode.span, kept=kept, answer=answer)


def _locked_for(days: Value, years: Value) -> Range:
    for value, unit in ((days, DAY), (years, 365 * DAY)):
        if isinstance(value, Unknown):
            return Range(0.0, UNBOUNDED, value.missing or (Missing(value.reason, value.span),))
        amount = number(value)
        if amount is not None:
            return Range(max(amount, 0.0) * unit)
    return Range(0.0)
