"""What the policy promises of a resource: the store that it is, and whether its recovery matters where it runs."""

from __future__ import annotations

from fnmatch import fnmatchcase

from depcheck.environments import glob_match
from depcheck.findings import Note
from depcheck.model import Resource
from depcheck.project import addresses
from depcheck.values import Unknown, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy, precedence
    from depcheck.project import Project

#: What kind of store a type of resource is, by the beginning of its name.
_KINDS = (
    ("aws_elasticache_", "cache"),
    ("aws_memorydb_", "cache"),
    ("aws_s3_bucket", "object"),
    ("aws_ebs_volume", "volume"),
    ("aws_efs_file_system", "volume"),
    ("aws_fsx_", "volume"),
    ("aws_sqs_queue", "queue"),
    ("aws_kinesis_stream", "queue"),
    ("aws_msk_", "queue"),
    ("aws_opensearch", "search"),
    ("aws_elasticsearch_domain", "search"),
    ("aws_db_instance", "database"),
    ("aws_rds_cluster", "database"),
    ("aws_docdb_cluster", "database"),
    ("aws_neptune_cluster", "database"),
    ("aws_dynamodb_table", "database"),
    ("aws_redshift_", "database"),
    ("mongodbatlas_", "database"),
)
#: Folders whose configuration shows or tries something and keeps nobody's data.
_SAMPLES = frozenset({"example", "examples", "fixtures", "sample", "samples", "test", "testdata", "tests"})


def kind_of(resource: Resource) -> str:
    """The kind of store that a resource is, in the policy's words; empty for what is none."""
    return next((kind for prefix, kind in _KINDS if resource.type.startswith(prefix)), "")


def matches(resource: Resource, selector: str) -> bool:
    """Whether a selector of the policy (an address, ``kind:``, ``tag:`` or ``path:``) chooses a resource."""
    word, mark, rest = selector.partition(":")
    if mark and word == "kind":
        return kind_of(resource) == rest
    if mark and word == "path":
        return glob_match(resource.span.path, rest)
    if mark and word == "tag":
        key, _, value = rest.partition("=")
        text = scalar_text(resource.get("tags", key))
        return text is not None and (not value or fnmatchcase(text, value))
    return addresses.matches(resource.address, selector)


def _behind(address: str) -> str:
    """What stands behind the first module call of an address; its key may hold dots."""
    at = len("module.")
    quoted = False
    while at < len(address) and (quoted or address[at] != "."):
        quoted ^= address[at] == '"' and address[at - 1] != "\\"
        at += 1
    return address[at + 1 :]


def store_of(policy: Policy, resource: Resource) -> str | None:
    """The name that the policy has for a resource as a store."""
    for name, store in policy.recovery.stores.items():
        if any(matches(resource, selector) for selector in store.match):
            return name
    return None


def is_sample(resource: Resource) -> bool:
    """Whether a resource is deployed from a folder of examples or tests."""
    folders = {*resource.root.split("/"), *resource.span.path.split("/")[:-1]}
    return not _SAMPLES.isdisjoint(folder.lower() for folder in folders)


def is_critical(resource: Resource, project: Project) -> bool:
    """Whether losing a resource may hurt: not where it is known to be of a less critical environment, or a sample."""
    environment = resource.environment or _named(resource, project)
    if environment is not None and environment not in project.environments.critical:
        return False
    return not is_sample(resource)


def _named(resource: Resource, project: Project) -> str | None:
    """The environment that the names of the module calls around a resource tell (``module.database_staging``)."""
    told: str | None = None
    last = resource.address
    while last.startswith("module."):
        behind = _behind(last)
        name = last[len("module.") : len(last) - len(behind)]
        told = project.environments.within(name.split("[", 1)[0].strip(".")) or told
        last = behind
    return told


def promised(resource: Resource, project: Project, key: str) -> precedence.Promise[object] | None:
    """A protection that the policy requires of a resource in its environment."""
    store = _speaks(resource, project)
    if project.policy is None or store is None:
        return None
    from depcheck.policy import precedence

    return precedence.requirement(project.policy, store[0], resource.environment, key)


def retention(resource: Resource, project: Project) -> precedence.Promise[int] | None:
    """How long the policy promises to keep the backups of a resource, in seconds."""
    store = _speaks(resource, project)
    if project.policy is None or store is None:
        return None
    from depcheck.policy import precedence

    return precedence.target(project.policy, store[0], resource.environment, "deletion").retention


def is_wanted(resource: Resource, project: Project, *keys: str) -> bool:
    """Whether a protection is asked for: what the policy says of it, else where the resource is critical."""
    said = [each for each in (promised(resource, project, key) for key in keys) if each is not None]
    if said:
        return any(bool(each.value) for each in said)
    return is_critical(resource, project) or retention(resource, project) is not None


def notes(project: Project, *found: precedence.Promise[object] | precedence.Promise[int] | None) -> list[Note]:
    """Where the policy promises it, as related places."""
    policy = project.policy
    if policy is None:
        return []
    return [Note("it is promised here", policy.span(*each.path)) for each in found if each is not None and each.path]


def _speaks(resource: Resource, project: Project) -> tuple[str | None] | None:
    """The store whose promises hold for a resource where it runs (None: the defaults); None where none do."""
    policy = project.policy
    if policy is None or not kind_of(resource):
        return None
    store = store_of(policy, resource)
    from depcheck.policy import precedence

    holds = precedence.promised_environments(policy, store, project.environments)
    if resource.environment is not None and resource.environment not in holds:
        return None
    return (store,)


def is_copy(resource: Resource) -> bool | Unknown:
    """Whether a database or a cache is a replica of another one, whose data is not its own; unknown if undecided."""
    for name in ("replicate_source_db", "replication_source_identifier", "global_replication_group_id"):
        value = resource.get(name)
        if isinstance(value, Unknown):
            # The identity of a resource is never null, so a reference decides it.
            return True if value.refers is not None else value
        if scalar_text(value):
            return True
    return False
