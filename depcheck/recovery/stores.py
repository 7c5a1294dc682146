"""The stores of a project: what keeps data, in every format, and which of the policy's stores each of them is.

Replicas are no stores: what they hold is their primary's, so they are told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from depcheck.model import Resource
from depcheck.policy import precedence
from depcheck.project import promises
from depcheck.recovery.lookup import Lookup
from depcheck.recovery.replicas import primaries_of
from depcheck.source import Span
from depcheck.values import Absent, Unknown, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.project import Project

#: What kind of store a type of resource is, in the policy's words.
KINDS = {
    "aws_db_instance": "database",
    "aws_rds_cluster": "database",
    "aws_docdb_cluster": "database",
    "aws_neptune_cluster": "database",
    "aws_redshift_cluster": "database",
    "aws_dynamodb_table": "database",
    "aws_keyspaces_table": "database",
    "mongodbatlas_advanced_cluster": "database",
    "mongodbatlas_cluster": "database",
    "aws_elasticache_replication_group": "cache",
    "aws_elasticache_cluster": "cache",
    "aws_elasticache_serverless_cache": "cache",
    "aws_memorydb_cluster": "cache",
    "aws_opensearch_domain": "search",
    "aws_elasticsearch_domain": "search",
    "aws_s3_bucket": "object",
    "aws_ebs_volume": "volume",
    "aws_efs_file_system": "volume",
    "aws_fsx_windows_file_system": "volume",
    "aws_fsx_ontap_file_system": "volume",
    "aws_fsx_openzfs_file_system": "volume",
    "aws_fsx_lustre_file_system": "volume",
    "aws_sqs_queue": "queue",
    "aws_kinesis_stream": "queue",
    "aws_msk_cluster": "queue",
    "aws_msk_serverless_cluster": "queue",
}
#: What a container is by the name of its image, and the engine that its dumps are made for.
_IMAGES = {
    "postgres": ("database", "postgres"),
    "postgresql": ("database", "postgres"),
    "postgis": ("database", "postgres"),
    "pgvector": ("database", "postgres"),
    "timescaledb": ("database", "postgres"),
    "mysql": ("database", "mysql"),
    "mysql-server": ("database", "mysql"),
    "mariadb": ("database", "mysql"),
    "percona": ("database", "mysql"),
    "mongo": ("database", "mongo"),
    "mongodb": ("database", "mongo"),
    "mongodb-community-server": ("database", "mongo"),
    "clickhouse-server": ("database", "clickhouse"),
    "clickhouse": ("database", "clickhouse"),
    "influxdb": ("database", "influxdb"),
    "redis": ("cache", "redis"),
    "redis-stack": ("cache", "redis"),
    "redis-stack-server": ("cache", "redis"),
    "valkey": ("cache", "redis"),
    "keydb": ("cache", "redis"),
    "dragonfly": ("cache", "redis"),
    "memcached": ("cache", "memcached"),
    "minio": ("object", "minio"),
    "elasticsearch": ("search", "elasticsearch"),
    "opensearch": ("search", "opensearch"),
    "rabbitmq": ("queue", "rabbitmq"),
}
_ENGINES = (
    ("postgres", "postgres"),
    ("aurora-postgresql", "postgres"),
    ("mysql", "mysql"),
    ("aurora-mysql", "mysql"),
    ("aurora", "mysql"),
    ("mariadb", "mysql"),
)


class Store:
    """Something that keeps data, in one environment.

    ``name`` is how a report calls it: its name in the policy, else its address. ``promised`` is the policy's name,
    None for one that the policy does not match. ``resource`` is None for a store that no file shows. ``replicas`` are
    the resources that hold copies of it. ``apart`` is what tells it from others of its name in its environment.
    """

    __slots__ = ("address", "apart", "engine", "environment", "kind", "promised", "replicas", "resource", "span")

    def __init__(
        self,
        kind: str,
        span: Span,
        *,
        resource: Resource | None = None,
        environment: str | None = None,
        promised: str | None = None,
        engine: str = "",
        replicas: Iterable[Resource] = (),
    ) -> None:
        self.kind = kind
        self.span = span
        self.resource = resource
        self.environment = environment
        self.promised = promised
        self.engine = engine
        self.address = resource.address if resource is not None else None
        self.replicas = tuple(replicas)
        self.apart = ""

    def __repr__(self) -> str:
        return f"Store({self.name!r} in {self.environment})"

    @property
    def name(self) -> str:
        """Its name in the policy, else its address."""
        return self.promised or self.address or ""

    @property
    def called(self) -> str:
        """Its name, and what tells it from others of that name."""
        return f"{self.name} ({self.apart})" if self.apart else self.name


class Mistake:
    """An entry of the policy that does not fit what is there: one clause and its place."""

    __slots__ = ("message", "span")

    def __init__(self, message: str, span: Span) -> None:
        self.message = message
        self.span = span


def stores_of(project: Project, lookup: Lookup | None = None) -> list[Store]:
    """Every store of a project, in the order in which they stand; then those that only the policy names."""
    primaries = primaries_of(lookup or Lookup(project))
    copies: dict[int, list[Resource]] = {}
    for resource in _candidates(project):
        primary = primaries.get(id(resource))
        if primary is not None and primary is not resource:
            copies.setdefault(id(primary), []).append(resource)
    found: list[Store] = []
    for resource in _candidates(project):
        if id(resource) in primaries:
            continue
        kind, engine = kind_of(resource)
        claims = _claims(project.policy, resource, kind) if project.policy is not None else []
        if not claims and not _is_store_by_itself(resource, project):
            continue
        found.append(
            Store(
                kind,
                resource.span,
                resource=resource,
                environment=resource.environment,
                promised=claims[0][0] if claims else None,
                engine=engine,
                replicas=copies.get(id(resource), ()),
            )
        )
    found += _external(project)
    _tell_apart(found)
    return found


def _tell_apart(stores: Iterable[Store]) -> None:
    """Give stores of one name in one environment their address, else their file."""
    groups: dict[tuple[str, str | None], list[Store]] = {}
    for store in stores:
        groups.setdefault((store.name, store.environment), []).append(store)
    for group in groups.values():
        if len(group) == 1:
            continue
        addresses = {store.address for store in group}
        for store in group:
            alone = len(addresses) == len(group) and store.promised is not None
            store.apart = (store.address or "") if alone else store.span.path


def mistakes(project: Project) -> list[Mistake]:
    """Stores that two entries of the policy match, and entries that match nothing at all."""
    policy = project.policy
    if policy is None:
        return []
    wrong: list[Mistake] = []
    matched: set[str] = set()
    twice: set[tuple[str, str]] = set()
    for resource in _candidates(project):
        kind, _ = kind_of(resource)
        claims = _claims(policy, resource, kind)
        matched.update(name for name, _ in claims)
        names = list(dict.fromkeys(name for name, _ in claims))
        if len(names) > 1 and (names[0], names[1]) not in twice:
            twice.add((names[0], names[1]))
            index = next(index for name, index in claims if name == names[1])
            message = f"{resource.address} is the store {names[0]} already, {names[1]} matches it too"
            wrong.append(Mistake(message, policy.span("recovery", "stores", names[1], "match", index)))
    for name, entry in policy.recovery.stores.items():
        if entry.match and name not in matched:
            listed = ", ".join(entry.match[:3]) + (" …" if len(entry.match) > 3 else "")
            message = f"match: {listed} matches nothing that was read"
            wrong.append(Mistake(message, policy.span("recovery", "stores", name, "match")))
    return wrong


def _candidates(project: Project) -> list[Resource]:
    """Everything that may be a store: what is one by its type, containers by their image, volumes."""
    found: list[Resource] = []
    for resource in project.facts.resources:
        if resource.kind == "data":
            continue
        if resource.type in KINDS or resource.type in ("compose_service", "compose_volume", "aws_instance"):
            kind, _ = kind_of(resource)
            if kind:
                found.append(resource)
    return found


def kind_of(resource: Resource) -> tuple[str, str]:
    """What kind of store a resource is, and its engine; both empty for what is none."""
    if resource.type in KINDS:
        return KINDS[resource.type], _engine(resource)
    if resource.type == "compose_service":
        name = image_name(resource)
        return _IMAGES.get(name, ("", ""))
    if resource.type in ("compose_volume", "aws_instance"):
        return "volume", ""
    return "", ""


def image_name(service: Resource) -> str:
    """The last part of the name of a service's image, without tag and digest; empty where it is not decided."""
    image = service.get("image")
    text = string(image)
    if text is None and isinstance(image, Unknown) and image.outline is not None:
        text = image.outline.split("\ufffc", 1)[0]
    if not text:
        return ""
    return text.split("@", 1)[0].rsplit("/", 1)[-1].split(":", 1)[0].lower()


def _engine(resource: Resource) -> str:
    if resource.type.startswith("mongodbatlas_") or resource.type == "aws_docdb_cluster":
        return "mongo"
    if KINDS[resource.type] == "cache":
        return "memcached" if string(resource.get("engine")) == "memcached" else "redis"
    text = string(resource.get("engine")) or ""
    return dict(_ENGINES).get(text, "")


def _is_store_by_itself(resource: Resource, project: Project) -> bool:
    """Whether something keeps data of its own where no policy says so."""
    if resource.type == "aws_instance":
        return not isinstance(resource.get("ebs_block_device"), Absent)
    if resource.type == "compose_volume":
        return not any(
            mount == resource.name
            for service in project.of_type("compose_service")
            if service.environment == resource.environment and kind_of(service)[0]
            for mount in named_volumes(service)
        )
    return True


def named_volumes(service: Resource) -> list[str]:
    """The names of the volumes that a service of compose mounts."""
    names = []
    for mount in service.get("volumes").elements():
        source = string(mount.get("source"))
        if string(mount.get("type")) == "volume" and source:
            names.append(source)
    return names


def _claims(policy: Policy, resource: Resource, kind: str) -> list[tuple[str, int]]:
    """The entries of the policy that match a resource, each with the index of the selector that does."""
    found: list[tuple[str, int]] = []
    for name, entry in policy.recovery.stores.items():
        for index, selector in enumerate(entry.match):
            if _selects(selector, resource, kind):
                found.append((name, index))
                break
    return found


def _selects(selector: str, resource: Resource, kind: str) -> bool:
    word, mark, rest = selector.partition(":")
    if mark and word == "kind":
        # Volumes of a container's data and of instances are stores of their own only where they are named.
        return kind == rest and resource.type != "aws_instance"
    if mark and word == "tag":
        key, _, wanted = rest.partition("=")
        text = scalar_text(tag(resource, key))
        return text is not None and (not wanted or fnmatchcase(text, wanted))
    return promises.matches(resource, selector)


def tag(resource: Resource, key: str) -> Value:
    """The value of a tag, the provider's default tags counted."""
    whole = resource.get("tags_all")
    return resource.get("tags", key) if isinstance(whole, Absent) else whole.get(key)


def _external(project: Project) -> Iterator[Store]:
    """The stores that only the policy names, once for every environment that they are promised in."""
    policy = project.policy
    if policy is None:
        return
    for name, entry in policy.recovery.stores.items():
        if entry.match:
            continue
        span = policy.key_span("recovery", "stores", name)
        for environment in precedence.promised_environments(policy, name, project.environments):
            yield Store(entry.kind or "database", span, environment=environment, promised=name)
