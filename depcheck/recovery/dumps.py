"""Which store a scheduled dump is of, where the dump ends, and what it is worth against each loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.recovery import figures, places
from depcheck.recovery.dump_commands import Destination, DumpJob
from depcheck.recovery.figures import Circumstances
from depcheck.recovery.found import DAY, OPEN, YES, Answer, Mechanism, number
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.lookup import Lookup
from depcheck.recovery.schedules import NEVER, ScheduleError, union
from depcheck.recovery.stores import Store, named_volumes
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, scalar_text

#: How long GitHub keeps an artifact where neither the step nor the repository says otherwise, in days.
_ARTIFACT_DAYS = 90
#: Engines that are told as another one's in stores that only the policy names.
_CLUSTERS = frozenset(("kubernetes", "k8s", "eks", "gke", "aks", "velero"))
_PROVIDERS = {"supabase": "postgres", "convex": "convex", "neon": "postgres", "planetscale": "mysql"}


def of_store(
    store: Store,
    jobs: Sequence[DumpJob],
    rivals: Callable[[DumpJob], Sequence[Store]],
    lookup: Lookup,
    circumstances: Circumstances,
) -> Iterator[Mechanism]:
    """The dumps that are, or may be, of one store; ``rivals`` says which stores a job could be a dump of."""
    for job in jobs:
        state, missing = is_of(job, store, rivals(job), lookup.project)
        if state == "no":
            continue
        answer = Answer(state, job.span, missing)
        for destination in job.destinations or [Destination("nowhere", job.span)]:
            yield from _dump(job, destination, store, answer, lookup, circumstances)


def rivals(job: DumpJob, stores: Iterable[Store], project: Project) -> list[Store]:
    """The stores that a job could be a dump of; those that it names, where it names any."""
    could = [each for each in stores if _could(job, each, project)]
    return [each for each in could if _names(job, each)] or could


def is_of(job: DumpJob, store: Store, rivals: Sequence[Store], project: Project) -> tuple[str, tuple[Missing, ...]]:
    """Whether a job dumps a store: the only one that it could, or the one that it names."""
    if not any(each is store for each in rivals):
        return "no", ()
    if len(rivals) == 1:
        return YES, ()
    if job.environment is None and len({each.address or each.name for each in rivals}) == 1:
        # One store in several environments: the words of the job may tell which of them is meant.
        told = {project.environments.within(word) for word in job.hosts} - {None}
        told |= {project.environments.within(job.address)} - {None}
        if len(told) == 1:
            return (YES if store.environment in told else "no"), ()
    words = f"which store {job.address} dumps"
    return OPEN, (Missing(words, job.span),)


def _could(job: DumpJob, store: Store, project: Project) -> bool:
    """Whether a store is of a kind that a job dumps, where it runs."""
    if job.environment is not None and store.environment not in (None, job.environment):
        return False
    resource = store.resource
    if job.types:
        return resource is not None and resource.type in job.types
    if job.engine == "bucket":
        return resource is not None and resource.type == "aws_s3_bucket" and _names(job, store)
    if resource is None:
        entry = project.policy.recovery.stores.get(store.promised or "") if project.policy is not None else None
        at = (entry.at or "").lower() if entry is not None else ""
        if job.engine in ("supabase", "convex"):
            return job.engine == at and store.kind == "database"
        if job.engine == "kubernetes":
            return at in _CLUSTERS
        return store.kind == "database" and _PROVIDERS.get(at, job.engine) == job.engine
    in_compose = resource.format == "compose"
    if job.beside is not None:
        if not in_compose or resource.environment != job.beside.environment:
            return False
        if job.engine in ("volume", "sqlite"):
            return bool(set(named_volumes(job.beside)) & _volumes_of(store))
    elif in_compose and (job.address.startswith("cronjob.") or not _through_docker(job)):
        # What runs elsewhere reaches a container's database only through Docker or by the container's name.
        return store.engine == job.engine and _names(job, store)
    return bool(job.engine) and store.engine == job.engine


def _through_docker(job: DumpJob) -> bool:
    return any(word in ("docker", "docker-compose", "podman") for word in job.hosts) or not job.late


def _volumes_of(store: Store) -> set[str]:
    resource = store.resource
    if resource is None:
        return set()
    return {resource.name} if resource.type == "compose_volume" else set(named_volumes(resource))


def stops(service: Resource) -> bool:
    """Whether a service of compose is stopped, or dumps itself, while its volumes are copied."""
    labels = service.get("labels")
    prefix = "docker-volume-backup."
    names = [key for key, _ in labels.items()] + [scalar_text(each) or "" for each in labels.elements()]
    return any(name.startswith(prefix) for name in names)


def _names(job: DumpJob, store: Store) -> bool:
    resource = store.resource
    if resource is None:
        return False
    if job.refers is not None:
        return resource.address == job.refers
    own = {resource.name} if resource.format == "compose" else set()
    for name in ("identifier", "cluster_identifier", "bucket", "name", "replication_group_id", "db_name"):
        value = resource.get(name)
        if isinstance(value, Known) and isinstance(value.value, str):
            own.add(value.value)
    return not own.isdisjoint(job.hosts)


def _dump(
    job: DumpJob,
    destination: Destination,
    store: Store,
    answer: Answer,
    lookup: Lookup,
    circumstances: Circumstances,
) -> Iterator[Mechanism]:
    row = figures.row("dump")
    rpo, gap, defeated = _rpo(job, circumstances)
    defeated = [*job.defeated, *defeated]
    if destination.kind == "nowhere":
        defeated.append(("nothing keeps the dump", job.span))
    kept = _kept(job, destination, gap, store, lookup)
    for losses, far, own in _reach(destination, store, lookup):
        joined = answer
        if own is not None:
            joined = Answer(OPEN, destination.span, (*answer.missing, own))
        for group in _alike(losses, store):
            yield Mechanism(
                row,
                job.span,
                rpo,
                figures.recovery(_steps(job, store, group, far), circumstances, row, same_region=not far),
                losses=group,
                kept=kept,
                exists=joined.state,
                missing=joined.missing,
                defeated=defeated,
                words=f"{job.tool} of {job.address}",
                kept_in=destination.kind,
            )


def _rpo(job: DumpJob, circumstances: Circumstances) -> tuple[Estimate, float | None, list[tuple[str, Span]]]:
    """What is lost with the schedule of a job, its longest gap, and why it never runs."""
    terms: list[Term] = []
    defeated: list[tuple[str, Span]] = []
    gap: float | None = None
    trouble = job.trouble
    if job.rate is not None:
        gap = job.rate
        words = "the distance between two copies" if job.streams else "the distance between two dumps"
        terms.append(Term(words, Interval.of(gap), "configured"))
    elif job.schedules and trouble is None:
        listed = " and ".join(each for each, _, _ in job.schedules)
        try:
            found = union(job.schedules)
            gap = found.longest
            if gap == NEVER:
                defeated.append((f"its schedule {listed} never runs: {found.words}", job.span))
            words = f"the longest gap of {listed}" + (f": {found.words}" if found.words else "")
            terms.append(Term(words, Interval.of(gap), "configured"))
        except ScheduleError as error:
            trouble = Missing(f"the schedule of {job.address}: {error}", job.span)
    if trouble is not None or gap is None:
        missing = trouble or Missing(f"the schedule of {job.address}", job.span)
        return (
            Estimate([Term("a schedule that is not decided", Interval.open((missing,)), "configured")]),
            None,
            defeated,
        )
    if job.late:
        late = circumstances.assumptions.duration("schedule.github_delay")
        interval = Interval(Range(0.0), late.interval.worst)
        terms.append(
            Term("until GitHub starts the run", interval, late.basis, source=late.source, assumption=late.assumption)
        )
    if not job.streams:
        terms.append(circumstances.backup())
    return Estimate(terms), gap, defeated


def _steps(job: DumpJob, store: Store, losses: Iterable[str], far: bool) -> list[object]:
    """How a dump is loaded: into the store as it is, or into a new one where it is lost as well."""
    resource = store.resource
    if job.types and resource is not None:
        return figures.restore_of(resource.type)
    loading = "restore.physical" if job.variant == "=" else "restore.logical"
    if job.variant not in ("", "="):
        loading += f":{job.variant}"
    if job.engine in ("bucket", "volume", "sqlite", "kubernetes"):
        loading = "restore.physical"
    if set(losses) == {"deletion"}:
        return ["detect", "decide", loading, "validate"]
    made: list[object] = ["infra.other_region"]
    if resource is not None and resource.type == "aws_db_instance":
        made = ["provision.rds"]
    elif resource is not None and resource.type in ("aws_rds_cluster", "aws_docdb_cluster"):
        made = ["provision.aurora"]
    elif resource is not None and resource.type == "aws_s3_bucket":
        made = []
    return ["detect", "decide", *made, loading, "cutover", "validate"]


def _alike(losses: frozenset[str], store: Store) -> Iterator[frozenset[str]]:
    """A loss of the data alone is made good in place; the others need a new store."""
    in_place = losses & {"deletion"}
    for group in (in_place, losses - in_place):
        if group:
            yield frozenset(group)


def _reach(
    destination: Destination, store: Store, lookup: Lookup
) -> Iterator[tuple[frozenset[str], bool, Missing | None]]:
    """The losses that a dump survives where it is kept, whether that is another region, and what is open about it."""
    near = frozenset(("deletion", "destroy", "instance", "zone"))
    if destination.kind in ("disk", "nowhere"):
        yield frozenset(("deletion",)), False, None
        return
    yield near, False, None
    if destination.kind in ("artifact", "elsewhere"):
        yield frozenset(("region", "account")), True, None
        return
    if destination.kind == "service":
        return
    bucket = _bucket(destination, store, lookup)
    if bucket is None or store.resource is None:
        yield frozenset(("region",)), True, Missing("the region of the bucket that dumps go to", destination.span)
        yield frozenset(("account",)), True, Missing("the account of the bucket that dumps go to", destination.span)
        return
    own, other = (places.place_of(each, lookup.project) for each in (store.resource, bucket))
    if store.resource.format == "compose":
        elsewhere, foreign = OPEN, OPEN
    else:
        elsewhere, foreign = places.other_region(own, other), places.other_account(own, other)
    for loss, state in (("region", elsewhere), ("account", foreign)):
        if state != "no":
            open_ = Missing(f"the {loss} of {bucket.address}", bucket.span) if state == OPEN else None
            yield frozenset((loss,)), loss == "region", open_


def _bucket(destination: Destination, store: Store, lookup: Lookup) -> Resource | None:
    """The bucket of a destination, where it is described here."""
    name = destination.name
    if not isinstance(name, Known):
        return None
    buckets = [each for each in lookup.project.of_type("aws_s3_bucket") if each.kind != "data"]
    same = [each for each in buckets if isinstance(own := each.get("bucket"), Known) and own.value == name.value]
    near = [each for each in same if each.environment == store.environment]
    return next(iter(near or same), None)


def _kept(job: DumpJob, destination: Destination, gap: float | None, store: Store, lookup: Lookup) -> Range:
    """How far back the dumps reach that are kept."""
    if job.kept_days is not None and not isinstance(job.kept_days, Absent):
        if isinstance(job.kept_days, Unknown):
            return Range(0.0, UNBOUNDED, job.kept_days.missing or (Missing("how long dumps are kept", job.span),))
        days = number(job.kept_days)
        if days is not None and days > 0:
            return Range(days * DAY)
    if destination.kind == "artifact":
        days = number(destination.kept_days) if destination.kept_days is not None else None
        if isinstance(destination.kept_days, Unknown):
            return Range(0.0, _ARTIFACT_DAYS * DAY, (Missing("retention-days", destination.span),))
        return Range((days if days is not None and days > 0 else _ARTIFACT_DAYS) * DAY)
    missing = (Missing("how long dumps are kept where they go", destination.span),)
    if destination.kind in ("elsewhere", "service"):
        return Range(UNBOUNDED) if destination.kind == "service" else Range(0.0, UNBOUNDED, missing)
    if destination.kind == "disk":
        return Range(0.0, UNBOUNDED, missing)
    bucket = _bucket(destination, store, lookup)
    if bucket is None:
        return Range(0.0, UNBOUNDED, missing)
    if destination.key is not None and gap is not None and not _versioned(bucket, lookup):
        # One name for every dump: each replaces the one before.
        return Range(gap)
    return _expiring(bucket, lookup)


def _versioned(bucket: Resource, lookup: Lookup) -> bool:
    related = lookup.related(bucket, "aws_s3_bucket_versioning", "bucket")
    states = [bucket.get("versioning", 0, "enabled")]
    states += [each.get("versioning_configuration", 0, "status") for each in related.found]
    return bool(related.undecided) or any(scalar_text(each) in ("true", "Enabled") for each in states)


def _expiring(bucket: Resource, lookup: Lookup) -> Range:
    """When the lifecycle of a bucket removes what is put into it."""
    kept = Range(UNBOUNDED)
    rules = list(bucket.get("lifecycle_rule").elements())
    for each in lookup.related(bucket, "aws_s3_bucket_lifecycle_configuration", "bucket").found:
        rules += each.get("rule").elements()
    for rule in rules:
        if (scalar_text(rule.get("status")) or scalar_text(rule.get("enabled"))) in ("Disabled", "false"):
            continue
        value = rule.get("expiration", 0, "days")
        days = number(value)
        if isinstance(value, Unknown):
            kept = Range(0.0, kept.high, value.missing or (Missing(value.reason, value.span),))
        elif days is not None and days > 0:
            kept = Range(min(kept.low, days * DAY), min(kept.high, days * DAY), kept.missing)
    return kept
