"""Which resources hold copies of another one's data: read replicas, secondaries of global databases, destinations of
replication. What is a copy is no store of its own."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.recovery.lookup import Lookup, Scope, scope_of
from depcheck.values import Absent, Known, Unknown, scalar_text

_GLOBAL = {
    "aws_rds_cluster": "aws_rds_global_cluster",
    "aws_docdb_cluster": "aws_docdb_global_cluster",
    "aws_neptune_cluster": "aws_neptune_global_cluster",
}
_GROUP = "aws_elasticache_replication_group"


class Replication:
    """One rule that copies the objects of a bucket: from where, to where (None where that is not described here), the
    rule, and the resource that it stands in."""

    __slots__ = ("destination", "holder", "rule", "source")

    def __init__(self, source: Resource, destination: Resource | None, rule: Known, holder: Resource) -> None:
        self.source = source
        self.destination = destination
        self.rule = rule
        self.holder = holder


def primaries_of(lookup: Lookup) -> dict[int, Resource]:
    """For every replica (by identity) the resource whose copy it is; itself where that is not described here."""
    found: dict[int, Resource] = {}
    project = lookup.project
    for resource in project.of_type("aws_db_instance"):
        _link(found, resource, "replicate_source_db", ("aws_db_instance", "aws_rds_cluster"), lookup)
    for type_ in _GLOBAL:
        for resource in project.of_type(type_):
            _link(found, resource, "replication_source_identifier", (type_,), lookup)
        _link_global(found, type_, lookup)
    for resource in project.of_type("aws_elasticache_cluster"):
        _link(found, resource, "replication_group_id", (_GROUP,), lookup)
    for resource in project.of_type(_GROUP):
        _link_datastore(found, resource, lookup)
    _link_buckets(found, lookup)
    for replication in project.of_type("aws_efs_replication_configuration"):
        source = lookup.named(replication.get("source_file_system_id"), "aws_efs_file_system", replication)
        wanted = replication.get("destination", 0, "file_system_id")
        copy = lookup.named(wanted, "aws_efs_file_system", replication)
        if source is not None and copy is not None and copy is not source:
            found[id(copy)] = source
    circular = _in_circles(found)
    return {copy: _first(primary, found) for copy, primary in found.items() if copy not in circular}


def circles(lookup: Lookup) -> list[list[Resource]]:
    """Databases that are replicas of each other, so that none of them has a source."""
    named: dict[int, Resource] = {}
    links: dict[int, Resource] = {}
    for resource in lookup.project.of_type("aws_db_instance"):
        primary = lookup.named(resource.get("replicate_source_db"), "aws_db_instance", resource)
        if primary is not None:
            named[id(resource)] = resource
            links[id(resource)] = primary
    found: list[list[Resource]] = []
    told: set[int] = set()
    circular = _in_circles(links) | {each for each, primary in links.items() if id(primary) == each}
    for start in links:
        if start in told or start not in circular:
            continue
        circle = [named[start]]
        while id(links[id(circle[-1])]) != start:
            circle.append(links[id(circle[-1])])
        told.update(id(each) for each in circle)
        found.append(circle)
    return found


def _in_circles(links: dict[int, Resource]) -> frozenset[int]:
    """Those that are replicas of themselves by way of others."""
    found: set[int] = set()
    done: set[int] = set()
    for start in links:
        path: list[int] = []
        at = start
        while at in links and at not in done:
            done.add(at)
            path.append(at)
            following = id(links[at])
            if following in path and following != at:
                found.update(path[path.index(following) :])
            at = following
    return frozenset(found)


def _first(primary: Resource, found: dict[int, Resource]) -> Resource:
    """The primary of a chain of replicas; a circle of them has none, so that any will do."""
    seen = {id(primary)}
    while id(primary) in found and id(found[id(primary)]) not in seen:
        primary = found[id(primary)]
        seen.add(id(primary))
    return primary


def _link(found: dict[int, Resource], resource: Resource, name: str, types: tuple[str, ...], lookup: Lookup) -> None:
    value = resource.get(name)
    if isinstance(value, Absent) or (isinstance(value, Known) and not scalar_text(value)):
        return
    for type_ in types:
        primary = lookup.named(value, type_, resource)
        if primary is not None:
            if primary is not resource:
                found[id(resource)] = primary
            return
    if isinstance(value, Known) or value.refers is not None:
        # The primary is described elsewhere; a replica it is all the same.
        found[id(resource)] = resource


def _link_global(found: dict[int, Resource], type_: str, lookup: Lookup) -> None:
    """The secondary clusters of a global database: all members but the primary one."""
    groups: dict[tuple[Scope, str], list[Resource]] = {}
    for cluster in lookup.project.of_type(type_):
        value = cluster.get("global_cluster_identifier")
        whole = lookup.named(value, _GLOBAL[type_], cluster)
        key = whole.address if whole else value.refers if isinstance(value, Unknown) else scalar_text(value)
        if key:
            groups.setdefault((scope_of(cluster), key), []).append(cluster)
    for whole in lookup.project.of_type(_GLOBAL[type_]):
        primary = lookup.named(whole.get("source_db_cluster_identifier"), type_, whole)
        if primary is not None:
            members = groups.pop((scope_of(whole), whole.address), [])
            found.update({id(each): primary for each in members if each is not primary})
    for members in groups.values():
        leaders = [each for each in members if _is_leader(each)]
        primary = leaders[0] if leaders else members[0]
        found.update({id(each): primary for each in members if each is not primary})


def _is_leader(cluster: Resource) -> bool:
    """Credentials and the origin of the data are given for the primary cluster alone."""
    names = ("master_username", "manage_master_user_password", "master_password", "snapshot_identifier")
    return any(not isinstance(cluster.get(name), Absent) for name in names)


def _link_datastore(found: dict[int, Resource], resource: Resource, lookup: Lookup) -> None:
    value = resource.get("global_replication_group_id")
    if isinstance(value, Absent) or (isinstance(value, Known) and not scalar_text(value)):
        return
    group = lookup.named(value, "aws_elasticache_global_replication_group", resource)
    primary = lookup.named(group.get("primary_replication_group_id"), _GROUP, group) if group is not None else None
    if primary is not resource:
        found[id(resource)] = primary or resource


def replications(lookup: Lookup) -> list[Replication]:
    """The rules that replicate buckets."""
    found: list[Replication] = []
    for holder in lookup.project.of_type("aws_s3_bucket_replication_configuration"):
        source = lookup.named(holder.get("bucket"), "aws_s3_bucket", holder)
        if source is not None:
            found += _rules(source, holder.get("rule").elements(), holder, lookup)
    for bucket in lookup.project.of_type("aws_s3_bucket"):
        for block in bucket.get("replication_configuration").elements():
            for name in ("rules", "rule"):
                found += _rules(bucket, block.get(name).elements(), bucket, lookup)
    return found


def _rules(source: Resource, rules: object, holder: Resource, lookup: Lookup) -> list[Replication]:
    found = []
    for rule in rules if isinstance(rules, (list, tuple)) else ():
        if isinstance(rule, Known):
            target = rule.get("destination", 0, "bucket")
            found.append(Replication(source, lookup.named(target, "aws_s3_bucket", holder), rule, holder))
    return found


def _link_buckets(found: dict[int, Resource], lookup: Lookup) -> None:
    """Buckets that are written to by replication alone; of two that replicate each other both stay stores."""
    after: dict[int, list[Resource]] = {}
    sources: dict[int, Resource] = {}
    for each in replications(lookup):
        if each.destination is not None and each.destination is not each.source:
            after.setdefault(id(each.source), []).append(each.destination)
            sources.setdefault(id(each.destination), each.source)
    for copy, source in sources.items():
        seen = {copy}
        queue = list(after.get(copy, ()))
        while queue:
            next_one = queue.pop()
            if id(next_one) not in seen:
                seen.add(id(next_one))
                queue.extend(after.get(id(next_one), ()))
        if id(source) not in seen:
            found[copy] = source
