"""The mechanisms of caches, search domains and queues: ElastiCache, MemoryDB, OpenSearch, SQS, Kinesis, MSK."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.recovery import figures
from depcheck.recovery.found import (
    DAY,
    NO,
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
    scheduled,
    span_of,
)
from depcheck.recovery.intervals import Estimate, Range
from depcheck.values import Absent, Known, Missing, Unknown, Value, string

_WINDOW = Pattern(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_MOST = 35


def elasticache_group(context: Context) -> Iterator[Mechanism]:
    """A replication group of Redis OSS or Valkey."""
    group = context.resource
    yield from _snapshots("elasticache-snapshots", context, "snapshot_retention_limit", "snapshot_window")
    yield from _failover(context)
    for replica in context.store.replicas:
        if replica.type == group.type:
            elsewhere = context.other_region(replica)
            span = span_of(replica.get("global_replication_group_id"), replica)
            if elsewhere == NO:
                yield context.make("elasticache-global", span, defeated=[(SAME_REGION, span)])
            else:
                missing = (Missing(f"the region of {replica.address}", span),)
                yield context.make(
                    "elasticache-global", span, answer=None if elsewhere == YES else Answer(OPEN, span, missing)
                )
    yield from _final(context, "elasticache-final-snapshot", "final_snapshot_identifier")


def elasticache_cluster(context: Context) -> Iterator[Mechanism]:
    """A cluster of one node, or of Memcached, which keeps nothing."""
    if string(context.resource.get("engine")) == "memcached":
        return
    yield from _snapshots("elasticache-snapshots", context, "snapshot_retention_limit", "snapshot_window")
    yield from _final(context, "elasticache-final-snapshot", "final_snapshot_identifier")


def elasticache_serverless(context: Context) -> Iterator[Mechanism]:
    """A serverless cache."""
    if string(context.resource.get("engine")) == "memcached":
        return
    yield context.make("elasticache-serverless-zones", context.resource.span)
    yield from _snapshots("elasticache-serverless-snapshots", context, "snapshot_retention_limit", "")


def memorydb(context: Context) -> Iterator[Mechanism]:
    """A MemoryDB cluster."""
    cluster = context.resource
    replicas = cluster.get("num_replicas_per_shard")
    count = number(replicas)
    if isinstance(replicas, Unknown):
        missing = replicas.missing or (Missing(replicas.reason, replicas.span),)
        yield context.make("memorydb-replicas", replicas.span, answer=Answer(OPEN, replicas.span, missing))
        yield context.make("memorydb-single", cluster.span)
    elif count is None or count >= 1:
        yield context.make("memorydb-replicas", span_of(replicas, cluster))
    else:
        yield context.make("memorydb-single", replicas.span)
    yield from _snapshots("memorydb-snapshots", context, "snapshot_retention_limit", "snapshot_window")
    if given(cluster.get("multi_region_cluster_name")):
        value = cluster.get("multi_region_cluster_name")
        words = f"whether another region has a cluster of {string(value) or 'the multi-region cluster'}"
        answer = Answer(OPEN, value.span, (Missing(words, value.span),))
        yield context.make("memorydb-multi-region", value.span, answer=answer)
    yield from _final(context, "memorydb-final-snapshot", "final_snapshot_name")


def _snapshots(id: str, context: Context, name: str, window_name: str) -> Iterator[Mechanism]:
    value = context.resource.get(name)
    kept, answer, defeated = days_kept(value, most=_MOST, noun=name)
    if answer.state == NO:
        return
    default, source = figures.window("elasticache-snapshots")
    window, basis = Range(default), "documented"
    if window_name:
        daily = context.resource.get(window_name)
        written, wrong = _length(daily)
        if written is not None:
            window, basis = written, "configured"
        if wrong:
            defeated = [*defeated, (f"{window_name} is {string(daily)}, {wrong}", daily.span)]
    rpo = scheduled(
        "snapshots once a day",
        float(DAY),
        context,
        window=window,
        window_words="until the snapshot begins in its window",
        window_source=source,
        late=basis,
    )
    yield context.make(id, span_of(value, context.resource), rpo=rpo, kept=kept, answer=answer, defeated=defeated)


def _length(value: Value) -> tuple[Range | None, str]:
    """How long a daily window is that is written ``05:00-06:00``; and why the service refuses it, where it does."""
    text = string(value)
    match = _WINDOW.fullmatch(text or "")
    if match is None:
        return None, "which is no part of a day such as 05:00-06:00" if text else ""
    hours, minutes = (int(match[1]), int(match[3])), (int(match[2]), int(match[4]))
    if max(hours) > 23 or max(minutes) > 59:
        return None, "which is no part of a day such as 05:00-06:00"
    length = (hours[1] * 60 + minutes[1] - hours[0] * 60 - minutes[0]) % 1440
    return Range(float(length * 60)), "" if length >= 60 else "and 60 minutes are the least that the service accepts"


def _failover(context: Context) -> Iterator[Mechanism]:
    group = context.resource
    replicas = _has_replicas(context)
    automatic = is_on(group.get("automatic_failover_enabled"), group)
    together = both(automatic, replicas)
    if together.state == NO:
        return
    zones = is_on(group.get("multi_az_enabled"), group)
    named = [string(each) for each in group.get("preferred_cache_cluster_azs").elements()]
    if zones.state == NO and None not in named and len(set(named)) > 1:
        zones = Answer(YES, group.get("preferred_cache_cluster_azs").span)
    yield context.make("elasticache-failover", together.span, losses=("instance",), answer=together)
    if zones.state == NO:
        words = "the zones of the nodes, because multi_az_enabled is not on"
        zones = Answer(OPEN, zones.span, (Missing(words, zones.span),))
    yield context.make("elasticache-failover", zones.span, losses=("zone",), answer=both(together, zones))


def _has_replicas(context: Context) -> Answer:
    """Whether the primary has a replica that can take over."""
    group = context.resource
    counts: list[tuple[Value, float]] = [
        (group.get("num_cache_clusters"), 2),
        (group.get("number_cache_clusters"), 2),
        (group.get("replicas_per_node_group"), 1),
        (group.get("cluster_mode", 0, "replicas_per_node_group"), 1),
    ]
    counts += [(each.get("replica_count"), 1) for each in group.get("node_group_configuration").elements()]
    for value, least in counts:
        amount = number(value)
        if amount is not None and amount >= least:
            return Answer(YES, span_of(value, group))
    members = [each for each in context.store.replicas if each.type == "aws_elasticache_cluster"]
    if members:
        return Answer(YES, members[0].span)
    for value, _ in counts:
        if isinstance(value, Unknown):
            return Answer(OPEN, value.span, value.missing or (Missing(value.reason, value.span),))
    written = [value for value, _ in counts if isinstance(value, Known) and value.key]
    return Answer(NO, written[0].span if written else group.span)


def _final(context: Context, id: str, name: str) -> Iterator[Mechanism]:
    value = context.resource.get(name)
    if isinstance(value, Unknown):
        # A name that is put together is a name.
        yield context.make(id, value.span)
    elif string(value):
        yield context.make(id, value.span)


def opensearch(context: Context) -> Iterator[Mechanism]:
    """A search domain."""
    domain = context.resource
    row = figures.row("opensearch-snapshots")
    rpo = Estimate([*([row.rpo] if row.rpo else []), context.circumstances.backup()])
    yield context.make("opensearch-snapshots", domain.span, rpo=rpo, kept=Range(14.0 * DAY))
    config = domain.get("cluster_config", 0)
    if isinstance(config, Absent):
        config = domain.get("elasticsearch_cluster_config", 0)
    standby = is_on(config.get("multi_az_with_standby_enabled"), domain)
    if standby.state != NO:
        yield context.make("opensearch-standby", standby.span, answer=standby)
        if standby.state == YES:
            return
    several = _several(config.get("instance_count"), domain)
    zones = both(is_on(config.get("zone_awareness_enabled"), domain), several)
    if zones.state != NO:
        yield context.make("opensearch-zones", zones.span, answer=zones)
    if zones.state != YES and several.state != NO:
        yield context.make("opensearch-nodes", several.span, answer=several)


def _several(value: Value, resource: Resource) -> Answer:
    if isinstance(value, Unknown):
        return Answer(OPEN, value.span, value.missing or (Missing(value.reason, value.span),))
    amount = number(value)
    return Answer(YES if amount is not None and amount >= 2 else NO, span_of(value, resource))


def queue(context: Context) -> Iterator[Mechanism]:
    """A queue or a stream: several zones by itself, and no history of what was deleted."""
    resource = context.resource
    if not resource.type.startswith("aws_msk_"):
        yield context.make("queue-zones", resource.span)
        return
    if resource.type == "aws_msk_serverless_cluster":
        yield context.make("msk-brokers", resource.span)
        return
    brokers = _several(resource.get("number_of_broker_nodes"), resource)
    subnets = resource.get("broker_node_group_info", 0, "client_subnets")
    known = len(subnets.elements()) if isinstance(subnets, Known) else 0
    if brokers.state == NO:
        return
    yield context.make("msk-brokers", brokers.span, losses=("instance",), answer=brokers)
    if known >= 2:
        # MSK wants every one of its subnets in a zone of its own.
        yield context.make("msk-brokers", brokers.span, losses=("zone",), answer=brokers)
    elif isinstance(subnets, Unknown):
        missing = subnets.missing or (Missing(subnets.reason, subnets.span),)
        yield context.make("msk-brokers", subnets.span, losses=("zone",), answer=Answer(OPEN, subnets.span, missing))
