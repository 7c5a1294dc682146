"""Which resource refers to which, looked up once for a whole project: by evaluated identity, among what is deployed
together."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.project.relations import IDENTITY
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from depcheck.project import Project

_NAMES = (*IDENTITY, "destination_vault_arn", "arn", "cluster_name", "file_system_id")
Scope: TypeAlias = "tuple[str, str | None, str]"


class Related:
    """The resources of a type that refer to another one, and the values that do not say whether they do."""

    __slots__ = ("found", "undecided")

    def __init__(self) -> None:
        self.found: list[Resource] = []
        self.undecided: list[Unknown] = []


class _Links:
    __slots__ = ("by_target", "open_in", "texts_in")

    def __init__(self) -> None:
        self.by_target: dict[tuple[Scope, str], list[Resource]] = {}
        self.open_in: dict[Scope, list[Unknown]] = {}
        self.texts_in: dict[Scope, list[Known]] = {}


class Lookup:
    """Answers questions about references; what was asked once is kept as long as the analysis runs."""

    __slots__ = ("_addresses", "_identities", "_links", "project")

    def __init__(self, project: Project) -> None:
        self.project = project
        self._addresses: dict[str, dict[tuple[Scope, str], Resource]] = {}
        self._identities: dict[str, dict[tuple[Scope, str], Resource]] = {}
        self._links: dict[tuple[str, str, str], _Links] = {}

    def named(self, value: Value, type_: str, beside: Resource) -> Resource | None:
        """The resource of a type that a value identifies, among those that are deployed with another one."""
        self._index(type_)
        scope = scope_of(beside)
        if isinstance(value, Unknown):
            return self._addresses[type_].get((scope, value.refers)) if value.refers is not None else None
        text = scalar_text(value)
        if text is None:
            return None
        found = self._identities[type_].get((scope, text))
        if found is None and text.startswith("arn:"):
            tail = text.split(":", 5)[-1]
            for each in (tail, tail.rsplit(":", 1)[-1], tail.rsplit("/", 1)[-1]):
                found = found or self._identities[type_].get((scope, each))
        return found

    def related(self, target: Resource, type_: str, path: str) -> Related:
        """The resources of a type whose value at a path is another resource."""
        links = self._linked(type_, path, target.type)
        answer = Related()
        scope = scope_of(target)
        answer.found = links.by_target.get((scope, target.address), [])
        answer.undecided = list(links.open_in.get(scope, ()))
        if links.texts_in.get(scope) and any(isinstance(target.get(name), Unknown) for name in IDENTITY):
            own = next(each for name in IDENTITY if isinstance(each := target.get(name), Unknown))
            answer.undecided.append(own)
        return answer

    def _linked(self, type_: str, path: str, target_type: str) -> _Links:
        key = (type_, path, target_type)
        links = self._links.get(key)
        if links is not None:
            return links
        links = self._links[key] = _Links()
        for candidate in self.project.of_type(type_):
            if candidate.kind == "data":
                continue
            for value in _leaves(candidate.get(*path.split("."))):
                target = self.named(value, target_type, candidate)
                if target is not None:
                    links.by_target.setdefault((scope_of(target), target.address), []).append(candidate)
                elif isinstance(value, Unknown) and value.refers is None:
                    links.open_in.setdefault(scope_of(candidate), []).append(value)
                elif isinstance(value, Known) and scalar_text(value):
                    links.texts_in.setdefault(scope_of(candidate), []).append(value)
        return links

    def _index(self, type_: str) -> None:
        if type_ in self._addresses:
            return
        addresses = self._addresses[type_] = {}
        identities = self._identities[type_] = {}
        for resource in self.project.of_type(type_):
            if resource.kind == "data":
                continue
            scope = scope_of(resource)
            addresses.setdefault((scope, resource.address), resource)
            for name in _NAMES:
                text = scalar_text(resource.get(name))
                if text is not None:
                    identities.setdefault((scope, text), resource)


def scope_of(resource: Resource) -> Scope:
    """What resources share that are deployed together."""
    place = resource.span.path if resource.format == "cloudformation" else f"{resource.format}:{resource.root}"
    return resource.format, resource.environment, place


def together(one: Resource, other: Resource) -> bool:
    """Whether two resources are deployed together."""
    return scope_of(one) == scope_of(other)


def _leaves(value: Value) -> list[Value]:
    if isinstance(value, Known) and isinstance(value.value, list):
        return [leaf for element in value.value for leaf in _leaves(element)]
    return [] if isinstance(value, Absent) else [value]
