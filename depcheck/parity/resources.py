"""What environments deploy: each resource beside its counterparts, attribute by attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.environments import Environments
from depcheck.model import Resource
from depcheck.parity.relations import Promises, Relation, names_of, of_attribute
from depcheck.parity.rows import PLACEHOLDER, Row, leaves, neutral
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import Known, Unknown, Value, scalar_text

#: Kinds of resources that are only read, or are no part of what is deployed.
_LEFT_OUT = frozenset({"data"})
#: Attributes that are told elsewhere, or that are what another one says already.
_TOLD_ELSEWHERE = frozenset({"container_definitions", "tags_all", "environment", "env_file", "depends_on", "providers"})
_SECRET = Pattern(
    r"(?:^|[._])(?:password|passwd|secret|secret_string|secret_binary|auth_token|token|private_key|client_secret"
    r"|api_key|access_key|user_data|user_data_base64|connection_string|parameter_value)$|master_password",
    re.IGNORECASE,
)
_AROUND = Pattern(r"[_.-]?" + re.escape(PLACEHOLDER))
#: Types of which an environment mostly has one, so that two of them are the same thing.
_ROLES = frozenset(
    (
        *("aws_db_instance", "aws_rds_cluster", "aws_elasticache_replication_group", "aws_elasticache_cluster"),
        *("aws_lb", "aws_alb", "aws_ecs_cluster", "aws_eks_cluster", "aws_opensearch_domain", "aws_msk_cluster"),
        *("aws_vpc", "aws_cloudfront_distribution", "aws_docdb_cluster", "google_sql_database_instance"),
        *("google_container_cluster", "azurerm_kubernetes_cluster", "azurerm_postgresql_flexible_server"),
    )
)
_HUMP = Pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_PRESENCE = Relation("same", topic="presence")


class Counterparts:
    """A resource as the environments have it: its neutral ``address`` in a neutral root, and who has it."""

    __slots__ = ("address", "environments", "format", "resources", "root", "type")

    def __init__(self, address: str, root: str, resource: Resource) -> None:
        self.address = address
        self.root = root
        self.type = resource.type
        self.format = resource.format
        self.resources: dict[str, Resource] = {}
        self.environments: set[str] = set()


def counterparts(project: Project) -> list[Counterparts]:
    """Every resource of an environment with those that are the same in others, in the order in which they stand."""
    environments = project.environments
    found: dict[tuple[str, str, str], Counterparts] = {}
    present: dict[tuple[str, str], set[str]] = {}
    roots: dict[tuple[str, str], str] = {}
    for resource in project.facts.resources:
        environment = resource.environment
        if environment is None or resource.kind in _LEFT_OUT:
            continue
        home = resource.root if resource.format == "terraform" else resource.span.path
        place = roots.get((home, environment))
        if place is None:
            place = roots[(home, environment)] = neutral(home, environment, environments)
        address = neutral(resource.address, environment, environments)
        key = (resource.format, place, address)
        if key not in found:
            found[key] = Counterparts(address, place, resource)
        if resource.format == "cloudformation" and resource.type.startswith("aws_"):
            found[key].type = resource.type  # the same resource, told in Terraform's words
        found[key].resources.setdefault(environment, resource)
        present.setdefault((resource.format, place), set()).add(environment)
    for (format_, place, _), each in found.items():
        each.environments = present[(format_, place)]
    return _by_role(list(found.values()))


def _by_role(found: list[Counterparts]) -> list[Counterparts]:
    """With those joined that are one thing under two names: ``web`` and ``web_staging``, and the only database or load
    balancer of each environment, whatever it is called."""
    alone: dict[tuple[str, str, str], list[Counterparts]] = {}
    for each in found:
        if len(each.resources) == 1 and len(each.environments) > 1:
            alone.setdefault((each.format, each.root, each.type), []).append(each)
    gone: set[int] = set()
    for (_, _, type_), group in alone.items():
        by_name: dict[str, list[Counterparts]] = {}
        for each in group:
            by_name.setdefault(_AROUND.sub("", each.address), []).append(each)
        for same in by_name.values():
            _join(same, gone)
        left = [each for each in group if id(each) not in gone and len(each.resources) == 1]
        if type_ in _ROLES:
            by_kind: dict[str, list[Counterparts]] = {}
            for each in left:
                by_kind.setdefault(_kind(each), []).append(each)
            for same in by_kind.values():
                _join(same, gone)
    return [each for each in found if id(each) not in gone]


def _kind(each: Counterparts) -> str:
    """What tells things of one type apart that have different roles: a load balancer of HTTP from one of TCP."""
    return next((scalar_text(one.get("load_balancer_type")) or "" for one in each.resources.values()), "")


def _join(group: list[Counterparts], gone: set[int]) -> None:
    """Make one of several, where no two of them are in one environment."""
    if len(group) < 2:
        return
    first, *others = group
    if len({name for each in group for name in each.resources}) != len(group):
        return
    for other in others:
        first.resources.update(other.resources)
        gone.add(id(other))
    if PLACEHOLDER not in first.address:
        first.address = next((each.address for each in others if PLACEHOLDER in each.address), first.address)


def rows(project: Project, promises: Promises, found: list[Counterparts], order: list[str]) -> Iterator[Row]:
    """The rows of resources: that one is there, and each attribute that somebody wrote."""
    places: dict[str, set[str]] = {}
    for each in found:
        if len(each.environments) > 1:
            places.setdefault(each.address, set()).add(each.root)
    for each in found:
        here = [name for name in order if name in each.environments]
        if len(here) < 2:
            continue
        ambiguous = len(places[each.address]) > 1
        yield from _rows(each, here, f"@{each.root or '.'}" if ambiguous else "", promises, project.environments)


def _rows(
    each: Counterparts, here: list[str], suffix: str, promises: Promises, environments: Environments
) -> Iterator[Row]:
    addresses = {name: resource.address for name, resource in each.resources.items()}
    shown = next(iter(addresses.values()))
    subject = shown if len(set(addresses.values())) == 1 else each.address
    if len(each.resources) < len(here):
        relation = promises.of(names_of(subject, *addresses.values()), _PRESENCE)
        values: dict[str, Value | None] = {}
        for name in here:
            resource = each.resources.get(name)
            values[name] = _presence(resource) if resource is not None else None
        yield Row(
            subject + suffix, "resource", "", relation, values, group=each.root, type=each.type, address=addresses
        )
        if len(each.resources) < 2:
            return
    blocks = each.format != "compose"
    by_environment = {
        name: leaves(each.resources[name].attributes, blocks=blocks) for name in here if name in each.resources
    }
    paths: dict[str, None] = {}
    for found in by_environment.values():
        for path, value in found.items():
            if not (isinstance(value, Known) and value.via and value.via[-1].words == "the provider's default"):
                paths[path] = None
    for path in paths:
        if path.partition(".")[0] in _TOLD_ELSEWHERE and each.type != "module":
            continue
        name = _in_snake_case(path) if each.format == "cloudformation" else path
        relation = promises.of(_names(subject, path, name, addresses), of_attribute(each.type, name))
        yield Row(
            f"{subject}.{path}{suffix}",
            "attribute",
            name,
            relation,
            {name: found.get(path) for name, found in by_environment.items()},
            group=each.root,
            type=each.type,
            secret=_is_secret(path, by_environment),
            address=addresses,
        )


def _presence(resource: Resource) -> Value:
    if resource.instances is None:
        return Unknown("whether it is there is not decided", resource.span)
    return Known("present", resource.span)


def _names(subject: str, path: str, name: str, addresses: dict[str, str]) -> list[str]:
    others = [f"{address}.{path}" for address in addresses.values()]
    return names_of(f"{subject}.{path}", *others, *([f"{subject}.{name}"] if name != path else []))


def _in_snake_case(path: str) -> str:
    """An attribute of CloudFormation in Terraform's words, as far as they are the same words."""
    return _HUMP.sub("_", path).lower()


def _is_secret(path: str, by_environment: dict[str, dict[str, Value]]) -> bool:
    if _SECRET.search(path):
        return True
    for found in by_environment.values():
        value = found.get(path)
        if isinstance(value, Known) and value.sensitive:
            return True
    return False
