"""The arithmetic of estimates, and what a verdict may be said of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.recovery.intervals import (
    AT_RISK,
    BREACHED,
    MET,
    ORDER,
    UNBOUNDED,
    UNKNOWN,
    Estimate,
    Interval,
    Range,
    Term,
    hold,
    hold_kept,
    longest,
    possible,
)
from depcheck.values import Missing

M, H = 60, 3600
SIZE = (Missing("data_size"),)


@pytest.mark.parametrize(
    ("typical", "worst", "target", "verdict"),
    [
        (5 * M, 10 * M, 15 * M, MET),
        (5 * M, 15 * M, 15 * M, MET),
        (5 * M, 16 * M, 15 * M, AT_RISK),
        (15 * M, 16 * M, 15 * M, AT_RISK),
        (16 * M, 30 * M, 15 * M, BREACHED),
        (0, 0, 0, MET),
        (1, 1, 0, BREACHED),
        (15 * M, UNBOUNDED, 15 * M, AT_RISK),
        (UNBOUNDED, UNBOUNDED, 100 * 365 * 24 * H, BREACHED),
        (1 * H, 1.5 * H, 1 * H, AT_RISK),
    ],
)
def test_a_decided_estimate_has_a_verdict(typical: float, worst: float, target: float, verdict: str) -> None:
    assert hold(Interval.of(typical, worst), target) == verdict


@pytest.mark.parametrize(
    ("typical", "worst", "target", "verdict"),
    [
        # Without the size of the data: what is sure exceeds the target, or nothing can be said.
        (Range(1 * H, UNBOUNDED, SIZE), Range(1 * H, UNBOUNDED, SIZE), 30 * M, BREACHED),
        (Range(1 * H, UNBOUNDED, SIZE), Range(1 * H, UNBOUNDED, SIZE), 2 * H, UNKNOWN),
        # Typically it is met for sure; at worst it is exceeded for sure, whatever the size.
        (Range(1 * H), Range(3 * H, UNBOUNDED, SIZE), 2 * H, AT_RISK),
        (Range(1 * H), Range(1 * H, UNBOUNDED, SIZE), 2 * H, UNKNOWN),
        # An upper bound of the size is enough to say that it is met.
        (Range(1 * H, 90 * M, SIZE), Range(1 * H, 2 * H, SIZE), 2 * H, MET),
        (Range(1 * H, 3 * H, SIZE), Range(1 * H, 4 * H, SIZE), 2 * H, UNKNOWN),
    ],
)
def test_an_estimate_that_is_open_in_part(typical: Range, worst: Range, target: float, verdict: str) -> None:
    assert hold(Interval(typical, worst), target) == verdict


def test_what_is_kept_is_held_from_below() -> None:
    assert hold_kept(Range(7), 7) == MET
    assert hold_kept(Range(6), 7) == BREACHED
    assert hold_kept(Range(UNBOUNDED), 7) == MET
    assert hold_kept(Range(0, UNBOUNDED, SIZE), 7) == UNKNOWN
    assert hold_kept(Range(0, 5, SIZE), 7) == BREACHED


def test_a_sum_names_what_is_missing_once() -> None:
    parts = [
        Term("detect", Interval.of(5 * M), "assumed"),
        Term("restore", Interval(Range(0, UNBOUNDED, SIZE)), "assumed"),
        Term("index", Interval(Range(0, UNBOUNDED, SIZE)), "assumed"),
    ]
    found = Estimate(parts).interval
    assert (found.typical.low, found.typical.high) == (5 * M, UNBOUNDED)
    assert [each.name for each in found.missing] == ["data_size"]


def test_side_by_side_the_longest_counts() -> None:
    found = longest([Interval.of(60, 120), Interval.of(30, 600), Interval(Range(10, 90, SIZE))])
    assert (found.typical.low, found.typical.high) == (60, 90)
    assert (found.worst.low, found.worst.high) == (600, 600)


NUMBERS = st.integers(0, 10**6).map(float) | st.just(UNBOUNDED)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return Range(low, high, SIZE)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    typical = draw(ranges())
    worst = draw(ranges())
    return Interval(typical, Range(max(typical.low, worst.low), max(typical.high, worst.high), SIZE))


@settings(deadline=None, max_examples=200)
@given(intervals(), NUMBERS, st.floats(0, 1), st.floats(0, 1))
def test_a_verdict_holds_for_every_value_of_the_ranges(
    interval: Interval, target: float, here: float, there: float
) -> None:
    """Whatever decides the open inputs later, a verdict that was given stays."""
    verdict = hold(interval, target)
    picked = [_between(interval.typical, here), _between(interval.worst, there)]
    typical, worst = picked[0], max(picked)
    decided = hold(Interval.of(typical, worst), target)
    assert verdict in (UNKNOWN, decided)
    best, worst_of_all = possible(interval, target)
    assert best <= ORDER.index(decided) <= worst_of_all


def _between(each: Range, part: float) -> float:
    if each.high == UNBOUNDED:
        return each.low if part < 0.5 else UNBOUNDED
    return each.low + (each.high - each.low) * part


@settings(deadline=None, max_examples=100)
@given(intervals(), intervals(), NUMBERS)
def test_a_further_part_never_improves_a_verdict(one: Interval, more: Interval, target: float) -> None:
    before, after = possible(one, target), possible(one.plus(more), target)
    assert all(late >= early for late, early in zip(after, before, strict=True))
