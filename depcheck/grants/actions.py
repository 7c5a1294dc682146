"""The actions that IAM knows, with their access levels and the resources that they support.

The table is ``schemas/iam-actions.txt.gz``; ``tests/tools/build_iam_actions.py`` writes it and tells its notation. It
is unpacked when it is first asked, and a service's line is read when that service is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from depcheck.data import data_file
from depcheck.project.wildcards import folded, matches

#: No action's name is longer, with its service.
_LONGEST = 128
READ, LIST, WRITE, TAGGING, PERMISSIONS = "R", "L", "W", "T", "P"


class Action:
    """One action. ``types`` are the names of the resources that it supports, ``templates`` their ARNs in the same
    order, as ``service:relative`` with ``*`` for what differs; both are empty where only ``*`` is of use."""

    __slots__ = ("level", "name", "service", "templates", "types")

    def __init__(self, service: str, name: str, level: str, types: Sequence[str], templates: Sequence[str]) -> None:
        self.service = service
        self.name = name
        self.level = level
        self.types = types
        self.templates = templates

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


def services() -> Sequence[str]:
    """The prefixes of all services, in order."""
    return tuple(_table())


def of_service(prefix: str) -> dict[str, Action]:
    """The actions of a service by their names in lower case; none for a service that IAM does not know."""
    return _service(prefix) if prefix in _table() else {}


def action(name: str) -> Action | None:
    """The action of a name (``s3:GetObject``, in any case), or None."""
    prefix, _, rest = name.lower().partition(":")
    return of_service(prefix).get(rest)


def expanded(pattern: str) -> Iterator[Action]:
    """The actions that a pattern names; case makes no difference."""
    text = folded(pattern.lower())
    prefix, colon, name = text.partition(":")
    if (not colon and text != "*") or len(text) - text.count("*") > _LONGEST:
        return
    wanted = name if colon else "*"
    literal = "*" not in wanted and "?" not in wanted
    for service in _services(prefix):
        known = _service(service)
        if literal:
            if wanted in known:
                yield known[wanted]
        elif wanted == "*":
            yield from known.values()
        elif "?" not in wanted and wanted.index("*") == len(wanted) - 1:
            yield from (each for lowered, each in known.items() if lowered.startswith(wanted[:-1]))
        else:
            yield from (each for lowered, each in known.items() if matches(wanted, lowered))


@lru_cache(maxsize=4096)
def exists(pattern: str) -> bool:
    """Whether a pattern names any action at all."""
    return next(expanded(pattern), None) is not None


def _services(prefix: str) -> Iterator[str]:
    if "*" in prefix or "?" in prefix:
        yield from (each for each in _table() if matches(prefix, each))
    elif prefix in _table():
        yield prefix


@cache
def _table() -> dict[str, str]:
    import zlib

    with open(data_file("schemas", "iam-actions.txt.gz"), "rb") as file:
        raw = file.read()
    # 31 is the largest window, in a gzip wrapping.
    text = zlib.decompress(raw, 31).decode()
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return {prefix: rest for prefix, _, rest in lines}


@cache
def _service(prefix: str) -> dict[str, Action]:
    types, *groups = _table()[prefix].split("\t")
    pairs = [] if types == "-" else [entry.split("=", 1) for entry in types.split(" ")]
    found: dict[str, Action] = {}
    for group in groups:
        head, *names = group.split(" ")
        own = [pairs[int(number)] for number in head[1:].split(",")] if head[1:] != "-" else []
        supported, templates = [pair[0] for pair in own], [pair[1] for pair in own]
        for name in names:
            found[name.lower()] = Action(prefix, name, head[0], supported, templates)
    return found
