"""Versions that Terraform's files name for the same thing: providers in ``.terraform.lock.hcl`` and in
``required_providers``, one module called in several versions."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import File, Resource
from depcheck.project import Project
from depcheck.project.versions import agree, read
from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Expression, HclFile, Object, String
from depcheck.values import string

_LOCK = ".terraform.lock.hcl"
_REGISTRY = "registry.terraform.io"
_OPENTOFU = "registry.opentofu.org"


class Locked:
    """A provider whose locked version is not what the configuration asks for; ``place`` is the constraint."""

    __slots__ = ("constraint", "lock", "name", "place", "version")

    def __init__(self, name: str, version: str, lock: Span, constraint: str, place: Span) -> None:
        self.name = name
        self.version = version
        self.lock = lock
        self.constraint = constraint
        self.place = place


def locked(project: Project) -> Iterator[tuple[Locked, bool]]:
    """Each provider of a lock file that the configuration beside it constrains, and whether the two agree."""
    folders: dict[str, list[File]] = {}
    locks: list[File] = []
    for file in project.facts.files:
        folder, _, name = file.source.path.rpartition("/")
        if name == _LOCK:
            locks.append(file)
        elif file.kind == "terraform" and "required_providers" in file.source.text:
            folders.setdefault(folder, []).append(file)
    for lock in locks:
        constraints = list(_constraints(folders.get(lock.source.path.rpartition("/")[0], [])))
        if not constraints:
            continue
        versions = dict(_versions(lock))
        for source, constraint, place in constraints:
            entry = versions.get(source) or versions.get(source.replace(_REGISTRY, _OPENTOFU))
            if entry is None:
                continue
            version, span = entry
            wanted, exact = read("provider", constraint), read("provider", version)
            if wanted is not None and exact is not None:
                yield Locked(source.partition("/")[2], version, span, constraint, place), agree(wanted, exact)


def _parsed(file: File) -> HclFile:
    from depcheck.syntax import hcl

    return hcl.parse(Text.of(file.source))


def _versions(lock: File) -> Iterator[tuple[str, tuple[str, Span]]]:
    file = _parsed(lock)
    for block in file.body.blocks:
        version = block.body.attribute("version")
        if block.type == "provider" and block.labels and version is not None:
            text = _text(version.value)
            if text is not None:
                yield block.labels[0].text.lower(), (text, file.span(version.value))


def _constraints(files: list[File]) -> Iterator[tuple[str, str, Span]]:
    """The sources of providers with the versions that are asked for, and where."""
    for each in files:
        file = _parsed(each)
        for terraform in file.body.blocks:
            if terraform.type != "terraform":
                continue
            for required in terraform.body.blocks:
                if required.type != "required_providers":
                    continue
                for attribute in required.body.attributes:
                    source, version, place = _entry(attribute.name, attribute.value)
                    text = _text(version) if version is not None else None
                    if text is not None and place is not None:
                        yield _full(source), text, file.span(place)


def _entry(name: str, value: Expression) -> tuple[str, Expression | None, Expression | None]:
    if isinstance(value, String):
        return name, value, value
    if not isinstance(value, Object):
        return name, None, None
    items = {_text(key): item for key, item in value.items}
    source = items.get("source")
    version = items.get("version")
    return (_text(source) if source is not None else None) or name, version, version


def _text(node: Expression) -> str | None:
    return node.value if isinstance(node, String) else None


def _full(source: str) -> str:
    """A provider's whole address: ``aws`` is ``registry.terraform.io/hashicorp/aws``."""
    parts = source.lower().split("/")
    if len(parts) == 1:
        parts.insert(0, "hashicorp")
    if len(parts) == 2:
        parts.insert(0, _REGISTRY)
    return "/".join(parts)


def modules(project: Project) -> Iterator[tuple[Resource, Resource]]:
    """Calls of a module in an older version than another call of the same root makes, with that other one."""
    calls: dict[tuple[str, str], list[tuple[tuple[int, ...], Resource]]] = {}
    for resource in project.facts.resources:
        if resource.kind != "module":
            continue
        source, version = string(resource.get("source")), string(resource.get("version"))
        spec = read("provider", version) if version is not None else None
        if source is None or source.startswith(".") or spec is None or not spec.exact:
            continue
        calls.setdefault((resource.root, source.partition("//")[0]), []).append((spec.intervals[0][0], resource))
    for found in calls.values():
        newest = max(found, key=lambda each: each[0])
        seen: set[Span] = set()
        for numbers, resource in found:
            if numbers[:1] != newest[0][:1] and resource.span not in seen:
                seen.add(resource.span)
                yield resource, newest[1]
