"""Which engines of databases and caches a project runs, and in which major version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.syntax.image_reference import parse as parse_image
from depcheck.values import Known, Unknown, Value, scalar_text, string

_MANAGED = {
    "aws_db_instance": "",
    "aws_rds_cluster": "",
    "aws_elasticache_replication_group": "redis",
    "aws_elasticache_cluster": "redis",
}
#: What engines and images are called → the engine.
_ENGINES = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "aurora-postgresql": "postgres",
    "postgis": "postgres",
    "pgvector": "postgres",
    "mysql": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
    "redis": "redis",
    "valkey": "valkey",
}
#: Engines whose major version has two numbers.
_TWO_NUMBERS = frozenset({"mysql", "mariadb"})


class Engine:
    """An engine in a version: ``major`` are the numbers that an upgrade must not skip; ``value`` is where it stands."""

    __slots__ = ("environment", "kind", "major", "name", "resource", "value", "version")

    def __init__(self, name: str, version: str, major: tuple[int, ...], value: Known, resource: Resource) -> None:
        self.name = name
        self.version = version
        self.major = major
        self.value = value
        self.resource = resource
        self.environment = resource.environment
        self.kind = resource.format


def engines(project: Project) -> Iterator[Engine]:
    """Every engine whose major version is told: managed ones, and containers with a public image."""
    for resource in project.of_type(*_MANAGED):
        if resource.kind == "resource":
            name = _ENGINES.get(string(resource.get("engine")) or _MANAGED[resource.type])
            engine = _told(name, resource.get("engine_version"), resource)
            if engine is not None:
                yield engine
    seen: set[tuple[str, int, str | None]] = set()
    for resource in project.of_type("compose_service"):
        value = resource.get("image")
        key = (value.span.path, value.span.start, resource.environment)
        if isinstance(value, Known) and key not in seen:
            seen.add(key)
            name, tag = _of_image(value)
            engine = _told(name, Known(tag, value.span), resource) if tag else None
            if engine is not None:
                yield engine


def undecided(project: Project) -> Iterator[tuple[str, Resource, Unknown]]:
    """Managed engines whose version the configuration does not decide."""
    for resource in project.of_type(*_MANAGED):
        name = _ENGINES.get(string(resource.get("engine")) or _MANAGED[resource.type])
        version = resource.get("engine_version")
        if resource.kind == "resource" and name is not None and isinstance(version, Unknown):
            yield name, resource, version


def of_image(value: Known) -> tuple[str, str, tuple[int, ...]] | None:
    """The engine that an image runs, its tag and its major version; None for other images and for tags without one."""
    name, tag = _of_image(value)
    major = _major(name, tag) if name is not None and tag is not None else None
    return (name, tag, major) if name is not None and tag is not None and major is not None else None


def _of_image(value: Known) -> tuple[str | None, str | None]:
    image = parse_image(scalar_text(value) or "")
    return _ENGINES.get(image.path.rsplit("/", 1)[-1].lower()), image.tag


def _told(name: str | None, value: Value, resource: Resource) -> Engine | None:
    text = scalar_text(value)
    if name is None or text is None or not isinstance(value, Known):
        return None
    major = _major(name, text)
    return Engine(name, text, major, value, resource) if major is not None else None


def _major(name: str, text: str) -> tuple[int, ...] | None:
    match = (re.search(r"\bpg(\d+)\b", text) if "pg" in text else None) or re.match(r"(\d+)(?:\.(\d+))?", text)
    if match is None:
        return None
    numbers = tuple(int(each) for each in match.groups() if each)
    old = name == "postgres" and numbers[0] < 10
    wanted = 2 if name in _TWO_NUMBERS or old else 1
    if len(numbers) < wanted:
        return None
    return numbers[:wanted]
