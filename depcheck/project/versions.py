"""Versions and ranges of versions as intervals, so that ``20``, ``v20.11.1``, ``20.x``, ``lts/iron``, ``^20.1`` and
``>=18 <21`` can be compared: two of them agree where some version is in both."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Numbers: TypeAlias = tuple[int, ...]
#: From one version up to another that is not in it; None for no bound.
Interval: TypeAlias = tuple[Numbers, Numbers | None]

#: How many numbers of a version say what programs notice. A later number is a repair of the same thing.
_PRECISION = {"node": 1, "java": 1, "dotnet": 1, "deno": 1, "bun": 1, "provider": 6}
_USUAL_PRECISION = 2
#: Names of Node's lines with long-term support (https://github.com/nodejs/Release#release-schedule).
_NODE_LINES = {
    "argon": 4,
    "boron": 6,
    "carbon": 8,
    "dubnium": 10,
    "erbium": 12,
    "fermium": 14,
    "gallium": 16,
    "hydrogen": 18,
    "iron": 20,
    "jod": 22,
    "krypton": 24,
}
_COMPARATOR = Pattern(
    r"\s*(?P<operator>>=|<=|===|==|!=|~>|~=|[<>=^~])?\s*v?(?P<version>\d+(?:\.\d+)*(?:\.[xX*])*|[xX*])"
    r"(?P<suffix>[-+a-zA-Z][\w.+-]*)?\s*(?:,|\s|$)"
)
_HYPHEN = Pattern(r"\s*v?(\d+(?:\.\d+)*)\s+-\s+v?(\d+(?:\.\d+)*)\s*")
_LONGEST = 200


class Spec:
    """Which versions are meant: the intervals, and whether it is one version (to its precision) or a range."""

    __slots__ = ("exact", "intervals", "text")

    def __init__(self, intervals: list[Interval], text: str, *, exact: bool) -> None:
        self.intervals = intervals
        self.text = text
        self.exact = exact


def read(language: str, text: str) -> Spec | None:
    """What a version or a range means; None where it names none (``latest``, ``lts/*``, ``stable``)."""
    written = text.strip()
    if len(written) > _LONGEST:
        return None
    if language == "node" and written.lower().startswith("lts/"):
        line = _NODE_LINES.get(written[4:].lower())
        return Spec([((line,), (line + 1,))], written, exact=True) if line is not None else None
    if language == "java" and written.startswith("1."):
        written = written[2:]  # Java 8 was called 1.8
    intervals: list[Interval] = []
    exact = False
    for alternative in written.split("||"):
        found = _conjunction(language, alternative)
        if found is None:
            return None
        interval, exact = found
        if interval is not None:
            intervals.append(interval)
    if not intervals:
        return None
    return Spec(intervals, text.strip(), exact=exact and len(intervals) == 1)


def agree(one: Spec, other: Spec) -> bool:
    """Whether some version is meant by both."""
    return any(_meet(left, right) for left in one.intervals for right in other.intervals)


def _meet(one: Interval, other: Interval) -> bool:
    low = max(_padded(one[0]), _padded(other[0]))
    return all(high is None or low < _padded(high) for high in (one[1], other[1]))


def _padded(numbers: Numbers) -> Numbers:
    return (*numbers, 0, 0, 0, 0)[:6]


def _conjunction(language: str, text: str) -> tuple[Interval | None, bool] | None:
    """The interval of comparators that must all hold, and whether it is a single version; None where it is neither."""
    hyphen = _HYPHEN.fullmatch(text)
    if hyphen:
        return (_numbers(hyphen[1]), _next(_numbers(hyphen[2]))), False
    low: Numbers = ()
    high: Numbers | None = None
    at, exact, count = 0, False, 0
    while at < len(text.rstrip()):
        match = _COMPARATOR.match(text, at)
        if match is None:
            return None
        at = match.end()
        count += 1
        operator = match["operator"] or "="
        if operator == "!=":
            continue
        numbers = _capped(language, _numbers(match["version"]), operator)
        one_low, one_high = _interval(operator, numbers)
        exact = operator in ("=", "==", "===") and bool(numbers)
        if _padded(one_low) > _padded(low):
            low = one_low
        if one_high is not None and (high is None or _padded(one_high) < _padded(high)):
            high = one_high
    if not count or (high is not None and _padded(low) >= _padded(high)):
        return None
    return (low, high), exact and count == 1


def _numbers(text: str) -> Numbers:
    return tuple(int(each[:9]) for each in re.split(r"\.", text) if each.isdigit())


def _capped(language: str, numbers: Numbers, operator: str) -> Numbers:
    """Without the numbers that are repairs, where a single version is named."""
    if operator not in ("=", "==", "==="):
        return numbers
    return numbers[: _PRECISION.get(language, _USUAL_PRECISION)]


def _interval(operator: str, numbers: Numbers) -> Interval:
    if not numbers:
        return (), None
    if operator in (">=", ">"):  # what is just above a bound has more numbers than any that is written
        return numbers, None
    if operator == "<":
        return (), numbers
    if operator == "<=":
        return (), _next(numbers)
    if operator == "^":
        first = next((index for index, each in enumerate(numbers) if each), len(numbers) - 1)
        return numbers, _next(numbers[: first + 1])
    if operator == "~":
        return numbers, _next(numbers[:2])
    if operator in ("~>", "~="):
        return numbers, _next(numbers[: max(len(numbers) - 1, 1)])
    return numbers, _next(numbers)


def _next(numbers: Numbers) -> Numbers:
    return (*numbers[:-1], numbers[-1] + 1)
