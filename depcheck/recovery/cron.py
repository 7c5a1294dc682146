"""Schedule expressions as they are written: crontab lines, GitHub's, AWS's ``cron()`` and ``rate()``, cron libraries'.

Each dialect is read by its own documentation: POSIX crontab with the extensions of ISC cron (names, steps,
``@daily``), GitHub's five fields, AWS's six fields with ``?``, ``L``, ``W`` and ``#``, and the libraries of Go and Node
that may have a field of seconds before the five.
"""

from __future__ import annotations

import re

from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

DIALECTS = ("crontab", "github", "aws", "library")
_MONTHS = {
    name: at
    for at, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_WEEKDAYS = {name: at for at, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
_LONG_MONTH = Pattern(r"(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber")
_LONG_DAY = Pattern(r"(?:sun|mon|tues|wednes|thurs|fri|satur)day")
_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_AWS = Pattern(r"(cron|rate|at)\s*\((.*)\)", re.S)
_RATE = Pattern(r"(\d{1,9})\s+(minute|hour|day|week)s?")
_GO_DURATION = Pattern(r"(?:(\d{1,6})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?")
_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_LONGEST = 400
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
DayTest: TypeAlias = "tuple[frozenset[int], frozenset[int]] | None"


class ScheduleError(ValueError):
    """An expression that cannot be read; the text is one lower-case clause with the offending part."""


class Rate:
    """Every so many seconds, from a moment that nothing tells."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


class Once:
    """At one moment, or at the start of a machine: no schedule."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words


class Cron:
    """Times of the day, on some days.

    ``times`` are seconds after midnight, ascending. A day counts when month and year do and the days do: ``monthdays``
    or ``weekdays`` (0 is Sunday), None for all of them; where both are given, ``either`` says that one of them is
    enough. ``last`` are days counted from the end of the month (0 is the last), ``nearest`` days whose nearest weekday
    is meant (0 is the last day of the month), ``nth`` are ``(weekday, which)`` with 0 for the last one. ``every_hour``
    tells whether the hours were left open, which matters when clocks change.
    """

    __slots__ = ("either", "every_hour", "last", "monthdays", "months", "nearest", "nth", "times", "weekdays", "years")

    def __init__(
        self,
        times: tuple[int, ...],
        *,
        monthdays: frozenset[int] | None = None,
        months: frozenset[int] | None = None,
        weekdays: frozenset[int] | None = None,
        years: frozenset[int] | None = None,
        either: bool = False,
        last: frozenset[int] = frozenset(),
        nearest: frozenset[int] = frozenset(),
        nth: frozenset[tuple[int, int]] = frozenset(),
        every_hour: bool = False,
    ) -> None:
        self.times = times
        self.monthdays = monthdays
        self.months = months
        self.weekdays = weekdays
        self.years = years
        self.either = either
        self.last = last
        self.nearest = nearest
        self.nth = nth
        self.every_hour = every_hour

    @property
    def is_daily(self) -> bool:
        """Whether every day counts."""
        return self.is_weekly and self.weekdays is None

    @property
    def is_weekly(self) -> bool:
        """Whether a day's weekday alone says if it counts."""
        given = (self.monthdays, self.months, self.years)
        return given == (None, None, None) and not self.last and not self.nearest and not self.nth

    def on(self, year: int, month: int, day: int, weekday: int, days_in_month: int) -> bool:
        """Whether it runs on a day; ``weekday`` 0 is Sunday."""
        if self.months is not None and month not in self.months:
            return False
        if self.years is not None and year not in self.years:
            return False
        by_month = self._by_month(day, weekday, days_in_month)
        by_week = self._by_week(day, weekday, days_in_month)
        if by_month is None:
            return by_week is not False
        if by_week is None:
            return by_month
        return by_month or by_week if self.either else by_month and by_week

    def _by_month(self, day: int, weekday: int, days_in_month: int) -> bool | None:
        if self.monthdays is None and not self.last and not self.nearest:
            return None
        if self.monthdays is not None and day in self.monthdays:
            return True
        if days_in_month - day in self.last:
            return True
        return any(day == _nearest(each, day, weekday, days_in_month) for each in self.nearest)

    def _by_week(self, day: int, weekday: int, days_in_month: int) -> bool | None:
        if self.weekdays is None and not self.nth:
            return None
        if self.weekdays is not None and weekday in self.weekdays:
            return True
        which = (day + 6) // 7
        is_last = day + 7 > days_in_month
        return (weekday, which) in self.nth or (is_last and (weekday, 0) in self.nth)


Expression: TypeAlias = "Rate | Once | Cron"


def _nearest(wanted: int, day: int, weekday: int, days_in_month: int) -> int:
    """The weekday nearest to a day of the month, never in another month; 0 stands for the last day. ``day`` and
    ``weekday`` are those of any day of the month, from which the others follow."""
    target = days_in_month if wanted == 0 else wanted
    if target > days_in_month:
        return -1
    on = (weekday + target - day) % 7
    if on == 6:
        return target - 1 if target > 1 else target + 2
    if on == 0:
        return target + 1 if target < days_in_month else target - 2
    return target


def parse(text: str, dialect: str = "crontab") -> Expression:
    """Read an expression.

    Raises:
        ScheduleError: it is none of the dialect, or names a time that no clock or calendar has.
    """
    if len(text) > _LONGEST:
        raise ScheduleError(f"a schedule of {len(text)} characters is none")
    expression = " ".join(text.split())
    aws = _AWS.fullmatch(expression)
    if aws is not None:
        return _aws(aws[1], aws[2].strip(), expression)
    if dialect == "aws":
        raise ScheduleError(f'"{expression}" is neither cron(…) nor rate(…)')
    if expression.startswith("@"):
        return _named(expression, dialect)
    fields = expression.split(" ")
    if dialect == "library" and len(fields) == 6:
        return _lines(fields[0], fields[1:], expression)
    if len(fields) != 5:
        raise ScheduleError(f'"{expression}" has {len(fields)} fields and not 5')
    return _lines("0", fields, expression)


def _named(expression: str, dialect: str) -> Expression:
    lowered = expression.lower()
    if dialect == "github":
        raise ScheduleError(f'GitHub does not know "{expression}"')
    if lowered == "@reboot":
        return Once("it runs when the machine starts")
    if lowered.startswith("@every "):
        match = _GO_DURATION.fullmatch(lowered[7:].strip())
        seconds = (
            sum(int(part or 0) * unit for part, unit in zip(match.groups(), (3_600, 60, 1), strict=True))
            if match
            else 0
        )
        if seconds <= 0:
            raise ScheduleError(f'"{expression}" has no duration that is above 0')
        return Rate(seconds)
    if lowered not in _ALIASES:
        raise ScheduleError(f'"{expression}" is no schedule that is known')
    return _lines("0", _ALIASES[lowered].split(" "), expression)


def _lines(seconds: str, fields: list[str], expression: str) -> Cron:
    """The five fields of crontab, with the seconds before them."""
    minute, hour, monthday, month, weekday = fields
    times = _times(
        _field(seconds, 0, 59, "second", expression),
        _field(minute, 0, 59, "minute", expression),
        _field(hour, 0, 23, "hour", expression),
    )
    days = _field(weekday, 0, 7, "day of the week", expression, _WEEKDAYS, _LONG_DAY)
    both_starred = monthday[0] in "*?" or weekday[0] in "*?"
    return Cron(
        times,
        monthdays=_unless_all(_field(monthday, 1, 31, "day of the month", expression), 31),
        months=_unless_all(_field(month, 1, 12, "month", expression, _MONTHS, _LONG_MONTH), 12),
        weekdays=_unless_all(frozenset(day % 7 for day in days), 7),
        # Both restricted: either is enough. A field that begins with a star counts as open even with a step.
        either=not both_starred,
        every_hour=hour.startswith("*"),
    )


def _aws(kind: str, inside: str, expression: str) -> Expression:
    if kind == "at":
        return Once("it runs once")
    if kind == "rate":
        match = _RATE.fullmatch(inside)
        if match is None or int(match[1]) == 0:
            raise ScheduleError(f'"{expression}" has no number of minutes, hours or days that is above 0')
        return Rate(int(match[1]) * _UNITS[match[2]])
    fields = inside.split()
    if len(fields) != 6:
        raise ScheduleError(f'"{expression}" has {len(fields)} fields and not 6')
    minute, hour, monthday, month, weekday, year = (field.upper() for field in fields)
    if (monthday == "?") == (weekday == "?"):
        which = "neither" if monthday != "?" else "both"
        raise ScheduleError(f'"{expression}" has a ? for {which} of day of month and day of week; AWS wants it for one')
    for field in (minute, hour, month, year):
        if field == "?":
            raise ScheduleError(f'"{expression}" has a ? where AWS knows none')
    times = _times(
        frozenset({0}),
        _field(minute, 0, 59, "minute", expression),
        _field(hour, 0, 23, "hour", expression),
    )
    names = {name: at + 1 for name, at in _WEEKDAYS.items()}
    monthdays, last, nearest = _aws_monthdays(monthday, expression)
    weekdays, nth = _aws_weekdays(weekday, names, expression)
    years = _field(year, _FIRST_YEAR, _LAST_YEAR, "year", expression)
    return Cron(
        times,
        monthdays=monthdays,
        months=_unless_all(_field(month, 1, 12, "month", expression, _MONTHS), 12),
        weekdays=weekdays,
        years=_unless_all(years, _LAST_YEAR - _FIRST_YEAR + 1),
        last=last,
        nearest=nearest,
        nth=nth,
        every_hour=hour.startswith("*"),
    )


def _aws_monthdays(field: str, expression: str) -> tuple[frozenset[int] | None, frozenset[int], frozenset[int]]:
    days: set[int] = set()
    last: set[int] = set()
    nearest: set[int] = set()
    if field in ("?", "*"):
        return None, frozenset(), frozenset()
    for part in field.split(","):
        if part == "L":
            last.add(0)
        elif part == "LW":
            nearest.add(0)
        elif part.startswith("L-"):
            last.add(_number(part[2:], 0, 30, "day before the last", expression))
        elif part.endswith("W"):
            nearest.add(_number(part[:-1], 1, 31, "day of the month", expression))
        else:
            days |= _field(part, 1, 31, "day of the month", expression)
    every = len(days) == 31
    return None if every or not days else frozenset(days), frozenset(last), frozenset(nearest)


def _aws_weekdays(
    field: str, names: dict[str, int], expression: str
) -> tuple[frozenset[int] | None, frozenset[tuple[int, int]]]:
    days: set[int] = set()
    nth: set[tuple[int, int]] = set()
    if field in ("?", "*"):
        return None, frozenset()
    for part in field.split(","):
        base, mark, which = part.partition("#")
        if mark:
            day = _number(base, 1, 7, "day of the week", expression, names)
            nth.add((day - 1, _number(which, 1, 5, "week of the month", expression)))
        elif part == "L":
            days.add(6)
        elif part.endswith("L"):
            nth.add((_number(part[:-1], 1, 7, "day of the week", expression, names) - 1, 0))
        else:
            days |= {day - 1 for day in _field(part, 1, 7, "day of the week", expression, names)}
    if len(days) == 7:
        return None, frozenset()
    return frozenset(days) if days else None, frozenset(nth)


def _times(seconds: frozenset[int], minutes: frozenset[int], hours: frozenset[int]) -> tuple[int, ...]:
    return tuple(
        hour * 3_600 + minute * 60 + second
        for hour in sorted(hours)
        for minute in sorted(minutes)
        for second in sorted(seconds)
    )


def _unless_all(values: frozenset[int], all_of_them: int) -> frozenset[int] | None:
    return None if len(values) == all_of_them else values


def _field(
    field: str,
    low: int,
    high: int,
    noun: str,
    expression: str,
    names: dict[str, int] | None = None,
    full: Pattern | None = None,
) -> frozenset[int]:
    """The numbers of a field: lists of single ones, ranges and ``*``, each with a step if wanted."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, 1, max(high, 59), "step", expression) if slash else 1
        first_text, dash, last_text = span.partition("-")
        if span in ("*", "?"):
            first, last = low, high - 1 if (low, high) == (0, 7) else high
        else:
            first = _number(first_text, low, high, noun, expression, names, full)
            last = _number(last_text, low, high, noun, expression, names, full) if dash else first
            if slash and not dash:
                last = high - 1 if (low, high) == (0, 7) else high
        if last < first:
            raise ScheduleError(f'"{span}" in "{expression}" runs backwards')
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(
    text: str,
    low: int,
    high: int,
    noun: str,
    expression: str,
    names: dict[str, int] | None = None,
    full: Pattern | None = None,
) -> int:
    if (
        names is not None
        and text[:3].upper() in names
        and (len(text) == 3 or (full is not None and full.fullmatch(text.lower())))
    ):
        return names[text[:3].upper()]
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise ScheduleError(f'"{text}" in "{expression}" is no {noun}')
    number = int(text)
    if not low <= number <= high:
        raise ScheduleError(f'"{text}" in "{expression}" is no {noun}: {low} to {high} are')
    return number
