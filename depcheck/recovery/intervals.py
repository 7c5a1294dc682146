"""The arithmetic of estimates: how long something takes typically and at worst, and how well either is known.

A figure whose inputs are not all decided is a range: at least ``low``, at most ``high``. So a verdict can be given
wherever the range allows one, and is ``unknown`` only where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.values import Missing

UNBOUNDED = float("inf")
#: How a figure is known. ``configured`` is read from the files, ``assumed`` can be overridden in the policy.
BASES = ("configured", "documented", "measured", "declared", "assumed")
MET, AT_RISK, BREACHED, UNRECOVERABLE, UNKNOWN = "met", "at_risk", "breached", "unrecoverable", "unknown"


class Range:
    """What is known of a number of seconds: at least ``low``, at most ``high``, and what would decide it between."""

    __slots__ = ("high", "low", "missing")

    def __init__(self, low: float, high: float | None = None, missing: tuple[Missing, ...] = ()) -> None:
        self.low = low
        self.high = low if high is None else high
        self.missing = missing if self.low != self.high else ()

    def __repr__(self) -> str:
        return f"Range({self.low:g})" if self.decided else f"Range({self.low:g}, {self.high:g})"

    @property
    def decided(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def plus(self, other: Range) -> Range:
        """The sum of two."""
        return Range(self.low + other.low, self.high + other.high, merged(self.missing, other.missing))


ZERO = Range(0.0)


class Interval:
    """How long something takes: ``typical``, and ``worst``, which is never below it."""

    __slots__ = ("typical", "worst")

    def __init__(self, typical: Range, worst: Range | None = None) -> None:
        self.typical = typical
        self.worst = typical if worst is None else worst

    def __repr__(self) -> str:
        return f"Interval({self.typical!r}, {self.worst!r})"

    @classmethod
    def of(cls, typical: float, worst: float | None = None) -> Interval:
        """From numbers of seconds; without ``worst`` nothing is worse than typical."""
        return cls(Range(typical), None if worst is None else Range(worst))

    @classmethod
    def open(cls, missing: tuple[Missing, ...]) -> Interval:
        """Of which nothing is known but what would decide it."""
        return cls(Range(0.0, UNBOUNDED, missing))

    def plus(self, other: Interval) -> Interval:
        """One after the other."""
        return Interval(self.typical.plus(other.typical), self.worst.plus(other.worst))

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What would decide it."""
        return merged(self.typical.missing, self.worst.missing)


class Term:
    """One part of an estimate: in words, how long it takes, how that is known and where it is written."""

    __slots__ = ("assumption", "basis", "interval", "source", "variant", "words", "worst_basis")

    def __init__(
        self,
        words: str,
        interval: Interval,
        basis: str,
        *,
        worst_basis: str = "",
        source: str = "",
        assumption: str = "",
        variant: str = "",
    ) -> None:
        self.words = words
        self.interval = interval
        self.basis = basis
        self.worst_basis = worst_basis or basis
        self.source = source
        #: The key of the assumption that it rests on, and which of its variants.
        self.assumption = assumption
        self.variant = variant


class Estimate:
    """Parts one after the other, and their sum."""

    __slots__ = ("interval", "terms")

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self.interval = total(self.terms)

    @classmethod
    def one(cls, words: str, interval: Interval, basis: str, *, source: str = "") -> Estimate:
        """An estimate of a single part."""
        return cls([Term(words, interval, basis, source=source)])

    def plus(self, *terms: Term) -> Estimate:
        """The same with further parts."""
        return Estimate([*self.terms, *terms])


def total(terms: Iterable[Term]) -> Interval:
    """How long several parts take one after the other."""
    intervals = [term.interval for term in terms]
    return Interval(_sum([each.typical for each in intervals]), _sum([each.worst for each in intervals]))


def _sum(ranges: list[Range]) -> Range:
    missing = merged(*[each.missing for each in ranges if each.missing])
    return Range(sum([each.low for each in ranges]), sum([each.high for each in ranges]), missing)


def longest(intervals: Iterable[Interval]) -> Interval:
    """How long several things take that run side by side."""
    found = Interval(ZERO)
    for each in intervals:
        found = Interval(_longer(found.typical, each.typical), _longer(found.worst, each.worst))
    return found


def _longer(one: Range, other: Range) -> Range:
    return Range(max(one.low, other.low), max(one.high, other.high), merged(one.missing, other.missing))


#: From the best to the worst that a decided verdict can be.
ORDER = (MET, AT_RISK, BREACHED, UNRECOVERABLE)
_GRADE = {verdict: grade for grade, verdict in enumerate(ORDER)}


def hold(interval: Interval, target: float) -> str:
    """Hold an estimate against a target: met, at risk, breached, or unknown."""
    best, worst = possible(interval, target)
    return ORDER[best] if best == worst else UNKNOWN


def possible(interval: Interval, target: float) -> tuple[int, int]:
    """The best and the worst verdict that an estimate can turn out to be, as places in :data:`ORDER`."""
    typical, worst = interval.typical, interval.worst
    best = 2 if typical.low > target else 1 if worst.low > target else 0
    return best, 0 if worst.high <= target else 1 if typical.high <= target else 2


def possible_kept(kept: Range, target: float) -> tuple[int, int]:
    """The same of how long something is kept."""
    return (0 if kept.high >= target else 2), (0 if kept.low >= target else 2)


def grade(verdict: str) -> int:
    """The place of a decided verdict in :data:`ORDER`."""
    return _GRADE[verdict]


def hold_kept(kept: Range, target: float) -> str:
    """Hold how long something is kept against how long it was promised."""
    if kept.low >= target:
        return MET
    return BREACHED if kept.high < target else UNKNOWN


def merged(*groups: tuple[Missing, ...]) -> tuple[Missing, ...]:
    """What several groups name, each once, in order."""
    if not any(groups):
        return ()
    found: dict[str, Missing] = {}
    for group in groups:
        for each in group:
            found.setdefault(each.name, each)
    return tuple(found.values())
