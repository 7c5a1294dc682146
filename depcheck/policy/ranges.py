"""Ranges of versions: ``>= 20``, ``~> 1.5``, ``>= 15, < 17``, ``20.x``, ``^3.2 || 4``, or the word ``supported``."""

from __future__ import annotations

import re

from depcheck.policy.words import WordError, shown

_COMPARATOR = re.compile(r"\s*(>=|<=|==|!=|~>|>|<|=|\^|~)?\s*v?(\d{1,9}(?:\.\d{1,9}){0,3}(?:\.[x*])?)\s*,?", re.ASCII)
_VERSION = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,3})", re.ASCII)


class Comparator:
    """One bound: an operator of ``>= <= > < = !=`` (``=`` compares what is written: 20 is every 20.y)."""

    __slots__ = ("operator", "version")

    def __init__(self, operator: str, version: tuple[int, ...]) -> None:
        self.operator = operator
        self.version = version

    def allows(self, version: tuple[int, ...]) -> bool | None:
        """Whether a version is within the bound; None where it is not written out far enough to tell."""
        bound = self.version
        if self.operator in ("=", "!="):
            shared = min(len(bound), len(version))
            if version[:shared] != bound[:shared]:
                return self.operator == "!="
            if len(version) < len(bound):
                return None
            return self.operator == "="
        below = _padded(version, 0) < _padded(bound, 0)
        if len(version) < len(bound) and version == bound[: len(version)] and any(bound[len(version) :]):
            return None
        if self.operator == ">=":
            return not below
        if self.operator == "<":
            return below
        same = version[: len(bound)] == bound
        return (not below and not same) if self.operator == ">" else (below or same)


class VersionRange:
    """What a policy allows of a version. ``supported`` asks only that it is not past its end of life."""

    __slots__ = ("alternatives", "supported", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.supported = text == "supported"
        self.alternatives: tuple[tuple[Comparator, ...], ...] = ()
        if not self.supported:
            self.alternatives = tuple(_comparators(part, text) for part in text.split("||"))

    def __repr__(self) -> str:
        return f"VersionRange({self.text!r})"

    def allows(self, version: str) -> bool | None:
        """Whether a version is in the range; None where that cannot be told (``lts``, ``20`` against ``>= 20.3``)."""
        match = _VERSION.match(version.strip())
        if match is None or self.supported:
            return None
        numbers = tuple(int(part) for part in match.group(1).split("."))
        answers = [_all(comparators, numbers) for comparators in self.alternatives]
        if True in answers:
            return True
        return None if None in answers else False


def _all(comparators: tuple[Comparator, ...], version: tuple[int, ...]) -> bool | None:
    answers = [comparator.allows(version) for comparator in comparators]
    if False in answers:
        return False
    return None if None in answers else True


def _padded(version: tuple[int, ...], filler: int) -> tuple[int, ...]:
    return (*version, *(filler,) * (5 - len(version)))


def _comparators(part: str, whole: str) -> tuple[Comparator, ...]:
    found: list[Comparator] = []
    at = 0
    text = part.strip()
    while at < len(text):
        match = _COMPARATOR.match(text, at)
        if match is None:
            break
        found.extend(_bounds(match.group(1) or "=", match.group(2)))
        at = match.end()
    if not found or at < len(text):
        hint = ', did you mean "supported"?' if text in ("latest", "lts", "current", "maintained") else ""
        raise WordError(
            f"{shown(whole)} is not a range of versions{hint or ': write >= 20, ~> 1.5, 20.x or supported'}"
        )
    return tuple(found)


def _bounds(operator: str, text: str) -> list[Comparator]:
    version = tuple(int(part) for part in text.split(".") if part not in ("x", "*"))
    if operator in ("~>", "^", "~"):
        if operator == "~>":
            fixed = max(len(version) - 1, 1)
        elif operator == "~":
            fixed = min(len(version), 2)
        else:
            fixed = next((index for index, part in enumerate(version) if part), len(version) - 1) + 1
        upper = (*version[: fixed - 1], version[fixed - 1] + 1)
        return [Comparator(">=", version), Comparator("<", upper)]
    return [Comparator("=" if operator == "==" else operator, version)]
