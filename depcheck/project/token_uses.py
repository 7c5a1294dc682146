"""The rights of a job's token that something uses."""

from __future__ import annotations

from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

#: Permissions and how much of each: ``read`` or ``write``.
Levels: TypeAlias = dict[str, str]
RANK = {"none": 0, "read": 1, "write": 2}
#: What a request that changes nothing may need.
READABLE = (
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
)


def merge(into: Levels, more: Levels) -> None:
    """Raise levels to those of another map."""
    for name, level in more.items():
        if RANK.get(level, 2) > RANK.get(into.get(name, "none"), 2):
            into[name] = level


class Use:
    """That something needs a permission: the level, what needs it, and the place of that."""

    __slots__ = ("level", "name", "span")

    def __init__(self, level: str, name: str, span: Span) -> None:
        self.level = level
        self.name = name
        self.span = span


class Needs:
    """What the steps of a job need. ``needs`` are certain, ``may`` is all that they could use, ``either`` are uses
    that one of several permissions satisfies; ``unknown`` says for a permission (``*``: for each) why it is open."""

    __slots__ = ("either", "may", "needs", "unknown")

    def __init__(self) -> None:
        self.needs: dict[str, Use] = {}
        self.may: Levels = {}
        self.either: list[tuple[Levels, Use]] = []
        self.unknown: dict[str, tuple[str, Span]] = {}

    def need(self, levels: Levels, name: str, span: Span) -> None:
        """Something fails without these."""
        for permission, level in levels.items():
            known = self.needs.get(permission)
            if known is None or RANK[level] > RANK[known.level]:
                self.needs[permission] = Use(level, name, span)
        merge(self.may, levels)

    def open(self, permission: str, reason: str, span: Span) -> None:
        """It cannot be told whether something uses a permission."""
        self.unknown.setdefault(permission, (reason, span))

    def is_open(self, permission: str) -> tuple[str, Span] | None:
        """Why it is not known whether a permission is used; None where it is known."""
        return self.unknown.get("*") or self.unknown.get(permission)

    def add(self, other: Needs) -> None:
        """Take over what another job needs."""
        for permission, use in other.needs.items():
            self.need({permission: use.level}, use.name, use.span)
        merge(self.may, other.may)
        self.either += other.either
        for permission, why in other.unknown.items():
            self.unknown.setdefault(permission, why)
