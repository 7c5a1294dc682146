"""How far apart two runs of a schedule can be: the longest gap over the calendar.

The calendar repeats itself every 28 years (until 2100, which is no leap year), so one such cycle is walked. Days are
walked, not minutes: within a day the gaps are always the same, except on the days on which clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from depcheck.recovery.cron import Cron, Expression, Once, Rate, ScheduleError, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["NEVER", "Cadence", "ScheduleError", "cadence", "union"]

NEVER = float("inf")
_DAY = 86_400
_FIRST, _YEARS = 2024, 28
#: Years behind the calendar's end: a schedule whose years end before does end.
_ENDLESS = 2150
_UTC = frozenset({"UTC", "ETC/UTC", "GMT", "ETC/GMT", "Z", "ZULU", "ETC/UNIVERSAL", "UNIVERSAL", ""})
_GITHUB_SHORTEST = 300
#: More runs than these are not written down one by one to join schedules of several time zones.
_MOST_RUNS = 200_000
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Cadence:
    """How often something runs: the longest time between two runs in seconds, :data:`NEVER` where a next run never
    comes; ``words`` say why it is so, or where in the calendar the gap is."""

    __slots__ = ("longest", "words")

    def __init__(self, longest: float, words: str = "") -> None:
        self.longest = longest
        self.words = words


class _Plan:
    """A schedule in its time zone. ``drops`` says that a time which the clock skips is dropped, not made up for."""

    __slots__ = ("cron", "drops", "zone")

    def __init__(self, cron: Cron, zone: ZoneInfo | None, drops: bool) -> None:
        self.cron = cron
        self.zone = zone
        self.drops = drops


@lru_cache(maxsize=2048)
def cadence(expression: str, dialect: str = "crontab", zone: str = "UTC") -> Cadence:
    """How often one schedule runs.

    Raises:
        ScheduleError: the expression or the time zone cannot be read.
    """
    return union([(expression, dialect, zone)])


def union(schedules: Iterable[tuple[str, str, str]]) -> Cadence:
    """How often something runs that several schedules start, each an expression, a dialect and a time zone.

    Raises:
        ScheduleError: one of them cannot be read.
    """
    read = [(parse(text, dialect), dialect, _zone(zone)) for text, dialect, zone in schedules]
    plans = [_Plan(each, zone, dialect == "aws") for each, dialect, zone in read if isinstance(each, Cron)]
    found = _of_plans(plans) if plans else None
    for each, _, _ in read:
        if isinstance(each, Rate) and (found is None or each.seconds < found.longest):
            # How it lies to the others is not known, so the more frequent one decides alone.
            found = Cadence(each.seconds)
    if found is None:
        found = Cadence(NEVER, _why_never(each for each, _, _ in read))
    if any(dialect == "github" for _, dialect, _ in read) and found.longest < _GITHUB_SHORTEST:
        return Cadence(_GITHUB_SHORTEST, "GitHub runs it every 5 minutes at most")
    return found


def _why_never(read: Iterable[Expression]) -> str:
    return next((each.words for each in read if isinstance(each, Once)), "it has no schedule")


def _zone(name: str) -> ZoneInfo | None:
    """A time zone; None for UTC and what is the same."""
    if name.upper() in _UTC:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleError(f'no time zone is called "{name[:60]}"') from None


def _of_plans(plans: Sequence[_Plan]) -> Cadence:
    ended = [max(plan.cron.years) for plan in plans if plan.cron.years is not None]
    if len(ended) == len(plans) and max(ended) < _ENDLESS:
        return Cadence(NEVER, f"its last run is in {max(ended)}")
    if all(plan.zone is None for plan in plans):
        blocks = _blocks_in_utc(plans)
    elif len(plans) == 1:
        blocks = _blocks_in_zone(plans[0])
    else:
        return _of_several_zones(plans)
    return _longest(blocks, _cycle(plans))


def _cycle(plans: Sequence[_Plan]) -> int:
    """After how many days it all begins again."""
    if all(plan.zone is None and plan.cron.is_daily for plan in plans):
        return 1
    if all(plan.zone is None and plan.cron.is_weekly for plan in plans):
        return 7
    return len(_calendar())


def _longest(blocks: Iterable[tuple[float, float, float, float]], days: int) -> Cadence:
    """The longest gap in and between blocks of runs ``(first, last, longest gap inside, where that begins)``."""
    longest, at = 0.0, 0.0
    first: float | None = None
    before = 0.0
    for begin, end, inside, where in blocks:
        if first is None:
            first = begin
        elif begin - before > longest:
            longest, at = begin - before, before
        if inside > longest:
            longest, at = inside, where
        before = max(before, end)
    if first is None:
        return Cadence(NEVER, "it never runs: no day of the calendar has its date")
    around = first + days * _DAY - before
    if around > longest:
        longest, at = around, before
    return Cadence(longest, _between(at, longest))


def _between(start: float, gap: float) -> str:
    """Where a gap of more than a day that is not the usual one lies, for a person (in UTC)."""
    if gap <= 25 * 3_600 or gap > 8 * _DAY:
        return ""
    begin = datetime(_FIRST, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    end = begin + timedelta(seconds=gap)
    return f"from {_WEEKDAYS[begin.weekday()]} {begin:%H:%M} to {_WEEKDAYS[end.weekday()]} {end:%H:%M} UTC"


@lru_cache(maxsize=1)
def _calendar() -> tuple[tuple[int, int, int, int, int], ...]:
    """Every day of the cycle as ``(year, month, day, weekday, days in its month)``; weekday 0 is Sunday."""
    found: list[tuple[int, int, int, int, int]] = []
    start = date(_FIRST, 1, 1)
    weekday = start.isoweekday() % 7
    for year in range(_FIRST, _FIRST + _YEARS):
        for month in range(1, 13):
            following = date(year + month // 12, month % 12 + 1, 1)
            length = (following - date(year, month, 1)).days
            for day in range(1, length + 1):
                found.append((year, month, day, weekday, length))
                weekday = (weekday + 1) % 7
    return tuple(found)


def _runs_on(cron: Cron, limit: int) -> Iterator[int]:
    """The numbers of the days on which it runs."""
    calendar = _calendar()[:limit]
    if cron.is_daily:
        yield from range(len(calendar))
    elif cron.is_weekly and cron.weekdays is not None:
        yield from (index for index, day in enumerate(calendar) if day[3] in cron.weekdays)
    else:
        yield from (index for index, day in enumerate(calendar) if cron.on(*day))


def _inner_gap(times: Sequence[float]) -> tuple[float, float]:
    """The longest gap between the runs of one day, and where it begins."""
    longest, at = 0.0, 0.0
    for earlier, later in pairwise(times):
        if later - earlier > longest:
            longest, at = later - earlier, earlier
    return longest, at


def _blocks_in_utc(plans: Sequence[_Plan]) -> Iterator[tuple[float, float, float, float]]:
    limit = _cycle(plans)
    if len(plans) == 1:
        times: tuple[int, ...] = plans[0].cron.times
        inside, where = _inner_gap(times)
        for day in _runs_on(plans[0].cron, limit):
            base = day * _DAY
            yield base + times[0], base + times[-1], inside, base + where
        return
    marks: dict[int, int] = {}
    for at, plan in enumerate(plans):
        for day in _runs_on(plan.cron, limit):
            marks[day] = marks.get(day, 0) | 1 << at
    merged: dict[int, tuple[tuple[int, ...], float, float]] = {}
    for day in sorted(marks):
        mark = marks[day]
        if mark not in merged:
            every = {time for at, plan in enumerate(plans) if mark >> at & 1 for time in plan.cron.times}
            ordered = tuple(sorted(every))
            merged[mark] = (ordered, *_inner_gap(ordered))
        ordered, inside, where = merged[mark]
        base = day * _DAY
        yield base + ordered[0], base + ordered[-1], inside, base + where


@lru_cache(maxsize=32)
def _offsets(zone: ZoneInfo) -> tuple[float, ...]:
    """How far a zone is ahead of UTC at every midnight of the cycle, and at the one after it."""
    start = datetime(_FIRST, 1, 1)
    found: list[float] = []
    for day in range(len(_calendar()) + 1):
        offset = (start + timedelta(days=day)).replace(tzinfo=zone).utcoffset()
        found.append(offset.total_seconds() if offset is not None else 0.0)
    return tuple(found)


def _blocks_in_zone(plan: _Plan) -> Iterator[tuple[float, float, float, float]]:
    zone = plan.zone
    assert zone is not None
    offsets = _offsets(zone)
    times = plan.cron.times
    inside, where = _inner_gap(times)
    for day in _runs_on(plan.cron, len(_calendar())):
        offset = offsets[day]
        base = day * _DAY - offset
        if offsets[day + 1] == offset:
            yield base + times[0], base + times[-1], inside, base + where
            continue
        moments = _on_changing_day(plan, zone, day)
        if moments:
            own, own_where = _inner_gap(moments)
            yield moments[0], moments[-1], own, own_where


def _on_changing_day(plan: _Plan, zone: ZoneInfo, day: int) -> list[float]:
    """The runs of a day on which the clock changes, in seconds since the cycle began, in UTC."""
    start = datetime(_FIRST, 1, 1, tzinfo=UTC)
    midnight = datetime(_FIRST, 1, 1) + timedelta(days=day)
    moments: set[float] = set()
    for time in plan.cron.times:
        local = (midnight + timedelta(seconds=time)).replace(tzinfo=zone)
        at = local.astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            if not plan.drops:
                moments.add((_change(zone, at - timedelta(hours=3), at + timedelta(hours=3)) - start).total_seconds())
            continue
        moments.add((at - start).total_seconds())
        again = local.replace(fold=1).astimezone(UTC)
        if again != at and plan.cron.every_hour and not plan.drops:
            moments.add((again - start).total_seconds())
    return sorted(moments)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment between two others at which the clock changes."""
    early = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == early:
            before = middle
        else:
            after = middle
    return after


def _of_several_zones(plans: Sequence[_Plan]) -> Cadence:
    """Schedules of several zones: their runs one by one; too many of them, and the most frequent one decides."""
    alone = [_longest(_blocks_in_zone(each) if each.zone else _blocks_in_utc([each]), _cycle([each])) for each in plans]
    best = min(alone, key=lambda each: each.longest)
    years = 5
    limit = years * 366
    moments: set[float] = set()
    for plan in plans:
        for day in _runs_on(plan.cron, limit):
            if plan.zone is None:
                moments.update(day * _DAY + time for time in plan.cron.times)
            elif _offsets(plan.zone)[day] == _offsets(plan.zone)[day + 1]:
                base = day * _DAY - _offsets(plan.zone)[day]
                moments.update(base + time for time in plan.cron.times)
            else:
                moments.update(_on_changing_day(plan, plan.zone, day))
            if len(moments) > _MOST_RUNS:
                return best
    ordered = sorted(moments)
    if len(ordered) < 3:
        return best
    longest, at = _inner_gap(ordered)
    return Cadence(longest, _between(at, longest)) if longest <= best.longest else best
