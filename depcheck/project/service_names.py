"""Services of compose that others name: which of the names no compose file of the repository defines."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.project.builds import nearest
from depcheck.project.presence import is_there
from depcheck.values import Absent, Known, Value, scalar_text, string

#: Files that Compose reads by itself, and that others are laid over.
_BASES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
#: What may be another service's: ``network_mode: service:vpn``.
_SHARED = ("network_mode", "pid", "ipc")


class Undefined:
    """A name of a service that there is none of; ``near`` is the one that may be meant, empty for none."""

    __slots__ = ("name", "near", "service", "value")

    def __init__(self, service: Resource, name: str, value: Value, near: str) -> None:
        self.service = service
        self.name = name
        self.value = value
        self.near = near


def undefined(project: Project) -> Iterator[Undefined]:
    """Every such name. Files are laid over one another by whoever calls Compose, so that a service of any file counts,
    and a file whose base was not read is passed over."""
    services = project.of_type("compose_service")
    names = {each.name for each in services}
    read = {folder: _is_read(folder, project) for folder in {dirname(each.span.path) for each in services}}
    for service in services:
        if _is_fragment(service) or not read[dirname(service.span.path)]:
            continue
        for name, value in _named(service):
            if name not in names and "$" not in name:
                yield Undefined(service, name, value, nearest(name, names))


def _is_fragment(service: Resource) -> bool:
    """Whether a service may be told in full by another file."""
    alone = any(not isinstance(service.get(each), Absent) for each in ("image", "build"))
    return not alone or not isinstance(service.get("extends"), Absent)


def _is_read(folder: str, project: Project) -> bool:
    """Whether every file of a folder was read that others are laid over."""
    paths = [f"{folder}/{name}" if folder else name for name in _BASES]
    return all(project.file(path) is not None or not is_there(project, path) for path in paths)


def _named(service: Resource) -> Iterator[tuple[str, Value]]:
    needed = service.get("depends_on")
    if isinstance(needed, Known) and isinstance(needed.value, dict):
        for name, entry in needed.items():
            if scalar_text(entry.get("required")) != "false":
                yield name, entry
    else:
        for value in needed.elements():
            told = string(value)
            if told is not None:
                yield told, value
    for key in _SHARED:
        value = service.get(key)
        kind, colon, name = (string(value) or "").partition(":")
        if colon and kind == "service":
            yield name, value
    for value in service.get("links").elements():
        name = (string(value) or "").partition(":")[0]
        if name:
            yield name, value
