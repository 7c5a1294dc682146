"""Schedules: the longest gap, worked out by hand and walked run by run over five years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.recovery.cron import ScheduleError, parse
from depcheck.recovery.schedules import NEVER, cadence, union

H = 3600
Clock = Callable[[int, int], bool]
Day = Callable[[date], bool]


def at(*times: str) -> Clock:
    wanted = {(int(each[:2]), int(each[3:])) for each in times}
    return lambda hour, minute: (hour, minute) in wanted


def every(_: date) -> bool:
    return True


def on(*weekdays: int) -> Day:
    """ISO weekdays: Monday is 1."""
    return lambda day: day.isoweekday() in weekdays


def last_day(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def working_day_near(wanted: int) -> Day:
    def test(day: date) -> bool:
        target = day.replace(day=wanted)
        if target.isoweekday() == 6:
            target += timedelta(days=-1 if wanted > 1 else 2)
        elif target.isoweekday() == 7:
            target += timedelta(days=1)
        return day == target

    return test


#: expression, dialect, the longest gap in hours worked out by hand, the times of the day, the days
IN_UTC: list[tuple[str, str, float, Clock, Day]] = [
    ("* * * * *", "crontab", 1 / 60, lambda h, m: True, every),
    ("*/5 * * * *", "crontab", 5 / 60, lambda h, m: m % 5 == 0, every),
    ("*/15 * * * *", "github", 0.25, lambda h, m: m % 15 == 0, every),
    ("*/7 * * * *", "github", 7 / 60, lambda h, m: m % 7 == 0, every),
    ("*/50 * * * *", "crontab", 50 / 60, lambda h, m: m in (0, 50), every),
    ("3/5 * * * *", "github", 5 / 60, lambda h, m: m % 5 == 3, every),
    ("0 * * * *", "crontab", 1, lambda h, m: m == 0, every),
    ("5,35 * * * *", "crontab", 0.5, lambda h, m: m in (5, 35), every),
    ("5,10 * * * *", "crontab", 55 / 60, lambda h, m: m in (5, 10), every),
    ("0 */2 * * *", "crontab", 2, lambda h, m: m == 0 and h % 2 == 0, every),
    ("0 */5 * * *", "crontab", 5, lambda h, m: m == 0 and h % 5 == 0, every),
    ("0 */7 * * *", "crontab", 7, lambda h, m: m == 0 and h % 7 == 0, every),
    ("0 8-20 * * *", "github", 12, lambda h, m: m == 0 and 8 <= h <= 20, every),
    ("0 8-20/4 * * *", "github", 12, at("08:00", "12:00", "16:00", "20:00"), every),
    ("0 9,17 * * *", "crontab", 16, at("09:00", "17:00"), every),
    ("30 2 * * *", "crontab", 24, at("02:30"), every),
    ("0 2 * * 1-5", "github", 72, at("02:00"), on(1, 2, 3, 4, 5)),
    ("0 2 * * MON-FRI", "crontab", 72, at("02:00"), on(1, 2, 3, 4, 5)),
    ("0 2 * * 1,3,5", "crontab", 72, at("02:00"), on(1, 3, 5)),
    ("0 2 * * 0", "crontab", 168, at("02:00"), on(7)),
    ("0 2 * * 7", "crontab", 168, at("02:00"), on(7)),
    ("0 2 * * 5-7", "crontab", 120, at("02:00"), on(5, 6, 7)),
    ("0 2 * * sat,sun", "crontab", 144, at("02:00"), on(6, 7)),
    ("0 9-17 * * 1-5", "crontab", 64, lambda h, m: m == 0 and 9 <= h <= 17, on(1, 2, 3, 4, 5)),
    ("*/10 9-17 * * 1-5", "crontab", 63 + 1 / 6, lambda h, m: m % 10 == 0 and 9 <= h <= 17, on(1, 2, 3, 4, 5)),
    ("0 2 1 * *", "crontab", 744, at("02:00"), lambda d: d.day == 1),
    ("0 2 15 * *", "crontab", 744, at("02:00"), lambda d: d.day == 15),
    ("0 2 1,15 * *", "crontab", 408, at("02:00"), lambda d: d.day in (1, 15)),
    ("0 2 31 * *", "crontab", 61 * 24, at("02:00"), lambda d: d.day == 31),
    ("0 2 30 * *", "crontab", 60 * 24, at("02:00"), lambda d: d.day == 30),
    ("0 2 29 2 *", "crontab", 1461 * 24, at("02:00"), lambda d: (d.month, d.day) == (2, 29)),
    ("0 0 1 1 *", "crontab", 366 * 24, at("00:00"), lambda d: (d.month, d.day) == (1, 1)),
    ("0 0 1 */3 *", "crontab", 92 * 24, at("00:00"), lambda d: d.day == 1 and d.month % 3 == 1),
    ("0 0 * 6-8 *", "crontab", (365 - 92 + 2) * 24, at("00:00"), lambda d: 6 <= d.month <= 8),
    ("0 0 13 * 5", "crontab", 168, at("00:00"), lambda d: d.day == 13 or d.isoweekday() == 5),
    ("0 0 1 * 1-5", "crontab", 72, at("00:00"), lambda d: d.day == 1 or d.isoweekday() < 6),
    ("0 0 */2 * *", "crontab", 48, at("00:00"), lambda d: d.day % 2 == 1),
    ("0 0 */10 * *", "crontab", 240, at("00:00"), lambda d: d.day in (1, 11, 21, 31)),
    ("0 0 1-7 * *", "crontab", 25 * 24, at("00:00"), lambda d: d.day <= 7),
    ("0 0 * * */2", "crontab", 48, at("00:00"), on(7, 2, 4, 6)),
    ("@hourly", "crontab", 1, lambda h, m: m == 0, every),
    ("@daily", "library", 24, at("00:00"), every),
    ("@midnight", "crontab", 24, at("00:00"), every),
    ("@weekly", "crontab", 168, at("00:00"), on(7)),
    ("@monthly", "crontab", 744, at("00:00"), lambda d: d.day == 1),
    ("@yearly", "crontab", 366 * 24, at("00:00"), lambda d: (d.month, d.day) == (1, 1)),
    ("0 0 2 * * *", "library", 24, at("02:00"), every),
    ("0 */30 * * * 1-5", "library", 48.5, lambda h, m: m in (0, 30), on(1, 2, 3, 4, 5)),
    ("cron(0 5 ? * * *)", "aws", 24, at("05:00"), every),
    ("cron(0 * ? * * *)", "aws", 1, lambda h, m: m == 0, every),
    ("cron(0 5 ? * MON-FRI *)", "aws", 72, at("05:00"), on(1, 2, 3, 4, 5)),
    ("cron(0 5 ? * 2-6 *)", "aws", 72, at("05:00"), on(1, 2, 3, 4, 5)),
    ("cron(0 5 ? * 1 *)", "aws", 168, at("05:00"), on(7)),
    ("cron(0 5 ? * SUN *)", "aws", 168, at("05:00"), on(7)),
    ("cron(0 5 ? * L *)", "aws", 168, at("05:00"), on(6)),
    ("cron(0 5 1 * ? *)", "aws", 744, at("05:00"), lambda d: d.day == 1),
    ("cron(0 5 L * ? *)", "aws", 744, at("05:00"), last_day),
    ("cron(0 5 L-2 * ? *)", "aws", 744, at("05:00"), lambda d: last_day(d + timedelta(days=2))),
    ("cron(0 5 15W * ? *)", "aws", 32 * 24, at("05:00"), working_day_near(15)),
    ("cron(0 5 1W * ? *)", "aws", 33 * 24, at("05:00"), working_day_near(1)),
    ("cron(0 5 ? * 2#1 *)", "aws", 35 * 24, at("05:00"), lambda d: d.isoweekday() == 1 and d.day <= 7),
    ("cron(0 5 ? * FRIL *)", "aws", 35 * 24, at("05:00"), lambda d: d.isoweekday() == 5 and last_day_week(d)),
    ("cron(0 5 ? * 6L *)", "aws", 35 * 24, at("05:00"), lambda d: d.isoweekday() == 5 and last_day_week(d)),
    ("cron(0/20 6-7 ? * * *)", "aws", 22 + 1 / 3, lambda h, m: h in (6, 7) and m % 20 == 0, every),
    ("cron(15 10 ? 1,7 MON *)", "aws", 161 * 24, at("10:15"), lambda d: d.month in (1, 7) and d.isoweekday() == 1),
    ("cron(0 5 1 1/6 ? *)", "aws", 184 * 24, at("05:00"), lambda d: d.day == 1 and d.month in (1, 7)),
]


def last_day_week(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month


def walk(clock: Clock, days: Day, zone: ZoneInfo | None = None, skipped: str = "drop", again: bool = False) -> float:
    """The longest gap in hours over five years, run by run."""
    times = [(hour, minute) for hour in range(24) for minute in range(60) if clock(hour, minute)]
    day = date(2024, 1, 1)
    end = day + timedelta(days=5 * 366 if len(times) < 30 else 40)
    runs: set[datetime] = set()
    while day < end:
        if days(day):
            for hour, minute in times:
                if zone is None:
                    runs.add(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC))
                    continue
                local = datetime(day.year, day.month, day.day, hour, minute)
                meant = [
                    each
                    for fold in (0, 1)
                    if (each := local.replace(tzinfo=zone, fold=fold).astimezone(UTC))
                    .astimezone(zone)
                    .replace(tzinfo=None, fold=0)
                    == local
                ]
                if not meant and skipped == "next":
                    moment = local
                    while not meant:
                        moment += timedelta(minutes=1)
                        there = moment.replace(tzinfo=zone).astimezone(UTC)
                        meant = [there] if there.astimezone(zone).replace(tzinfo=None) == moment else []
                runs.update(meant if again else meant[:1])
        day += timedelta(days=1)
    return max((later - earlier).total_seconds() for earlier, later in pairwise(sorted(runs))) / H


@pytest.mark.parametrize(("expression", "dialect", "hours", "clock", "days"), IN_UTC, ids=[row[0] for row in IN_UTC])
def test_the_longest_gap_in_utc(expression: str, dialect: str, hours: float, clock: Clock, days: Day) -> None:
    assert cadence(expression, dialect).longest / H == pytest.approx(max(hours, 1 / 12 if dialect == "github" else 0))
    walked = walk(clock, days)
    # Five years see only one pair of some dates, so that they may show a shorter gap and never a longer one.
    assert walked <= hours + 1e-9
    if hours < 30 * 24:
        assert walked == pytest.approx(hours)


#: expression, dialect, zone, hours by hand, times, days, what becomes of a skipped time, whether hours repeat
IN_ZONES: list[tuple[str, str, str, float, Clock, Day, str, bool]] = [
    ("cron(0 5 ? * * *)", "aws", "Europe/Berlin", 25, at("05:00"), every, "drop", False),
    ("cron(0 5 ? * * *)", "aws", "Asia/Kolkata", 24, at("05:00"), every, "drop", False),
    ("cron(30 2 ? * * *)", "aws", "America/New_York", 47, at("02:30"), every, "drop", False),
    ("30 2 * * *", "github", "America/New_York", 25, at("02:30"), every, "next", False),
    ("30 2 * * *", "crontab", "Europe/Berlin", 25, at("02:30"), every, "next", False),
    ("0 2 * * 1-5", "github", "America/New_York", 73, at("02:00"), on(1, 2, 3, 4, 5), "next", False),
    ("0 2 * * 0", "crontab", "Europe/Berlin", 169, at("02:00"), on(7), "next", False),
    ("0 * * * *", "crontab", "Europe/Berlin", 1, lambda h, m: m == 0, every, "next", True),
    ("cron(0 * ? * * *)", "aws", "Europe/Berlin", 2, lambda h, m: m == 0, every, "drop", False),
    ("0 12 * * *", "crontab", "Australia/Lord_Howe", 24.5, at("12:00"), every, "next", False),
    ("0 0 * * *", "crontab", "Africa/Cairo", 25, at("00:00"), every, "next", False),
    ("0 6 1 * *", "crontab", "Europe/London", 31 * 24 + 1, at("06:00"), lambda d: d.day == 1, "next", False),
]


@pytest.mark.parametrize(
    ("expression", "dialect", "zone", "hours", "clock", "days", "skipped", "again"),
    IN_ZONES,
    ids=[f"{row[0]} {row[2]}" for row in IN_ZONES],
)
def test_clocks_that_change(
    expression: str, dialect: str, zone: str, hours: float, clock: Clock, days: Day, skipped: str, again: bool
) -> None:
    assert cadence(expression, dialect, zone).longest / H == pytest.approx(hours)
    assert walk(clock, days, ZoneInfo(zone), skipped, again) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("expressions", "hours"),
    [
        (["0 2 * * 1-5", "0 2 * * 6,0"], 24),
        (["0 2 * * 1-5", "0 12 * * 6"], 38),
        (["0 2 * * *", "0 14 * * *"], 12),
        (["0 3 * * 0", "0 2 * * *"], 24),
        (["0 2 1 * *", "0 2 15 * *"], 408),
        (["0 0 29 2 *", "0 0 1 3 *"], 365 * 24),
        (["0 2 30 2 *", "0 2 * * *"], 24),
    ],
)
def test_jobs_that_several_schedules_start(expressions: list[str], hours: float) -> None:
    assert union([(each, "crontab", "UTC") for each in expressions]).longest / H == pytest.approx(hours)


def test_a_rate_beside_a_schedule_counts_by_itself() -> None:
    assert union([("rate(6 hours)", "aws", "UTC"), ("cron(0 5 ? * * *)", "aws", "UTC")]).longest == 6 * H
    assert union([("rate(2 days)", "aws", "UTC"), ("cron(0 5 ? * * *)", "aws", "UTC")]).longest == 24 * H


def test_schedules_of_several_zones() -> None:
    # 02:00 UTC, and 12:00 in Kolkata, which is 06:30 UTC.
    assert union([("0 2 * * *", "crontab", "UTC"), ("0 12 * * *", "crontab", "Asia/Kolkata")]).longest == 19.5 * H
    # Too many runs to walk: the more frequent one decides, and that is never too short.
    dense = [("* * * * *", "crontab", "UTC"), ("0 12 * * *", "crontab", "Asia/Kolkata")]
    assert union(dense).longest == 60


@pytest.mark.parametrize(
    ("expression", "dialect", "words"),
    [
        ("0 0 30 2 *", "crontab", "never runs"),
        ("0 0 31 4,6,9,11 *", "crontab", "never runs"),
        ("cron(0 0 31 2 ? *)", "aws", "never runs"),
        ("cron(0 5 ? * MON#5 2025)", "aws", "its last run is in 2025"),
        ("cron(0 5 1 1 ? 2026-2030)", "aws", "its last run is in 2030"),
        ("at(2026-01-01T00:00:00)", "aws", "runs once"),
        ("@reboot", "crontab", "machine starts"),
    ],
)
def test_what_never_runs_again(expression: str, dialect: str, words: str) -> None:
    found = cadence(expression, dialect)
    assert found.longest == NEVER
    assert words in found.words


@pytest.mark.parametrize(
    ("expression", "dialect", "words"),
    [
        ("", "crontab", "1 fields"),
        ("0 2 * *", "github", "4 fields and not 5"),
        ("0 0 2 * * *", "github", "6 fields and not 5"),
        ("0 24 * * *", "crontab", '"24"'),
        ("75 * * * *", "crontab", '"75"'),
        ("0 2 0 * *", "crontab", '"0"'),
        ("0 2 * 13 *", "crontab", '"13"'),
        ("0 2 * * 8", "crontab", '"8"'),
        ("0 2 * * FRI-MON", "crontab", "backwards"),
        ("*/0 * * * *", "crontab", '"0"'),
        ("-5 * * * *", "crontab", "no minute"),
        ("0 2 * * MONSTER", "crontab", "MONSTER"),
        ("@daily", "github", "GitHub does not know"),
        ("@fortnightly", "crontab", "no schedule"),
        ("@every 0s", "library", "above 0"),
        ("cron(0 5 * * * *)", "aws", "neither"),
        ("cron(0 5 ? * ? *)", "aws", "both"),
        ("cron(0 5 * * ?)", "aws", "5 fields and not 6"),
        ("cron(0 5 ? * MON#6 *)", "aws", '"6"'),
        ("cron(? 5 ? * MON *)", "aws", "?"),
        ("rate(0 hours)", "aws", "above 0"),
        ("rate(-1 hours)", "aws", "above 0"),
        ("rate(1 fortnight)", "aws", "above 0"),
        ("0 5 * * *", "aws", "neither cron"),
        ("0 2 ١ * *", "crontab", "no day of the month"),
    ],
)
def test_what_is_no_schedule(expression: str, dialect: str, words: str) -> None:
    with pytest.raises(ScheduleError) as error:
        cadence(expression, dialect)
    assert words in str(error.value)


def test_a_time_zone_that_is_none() -> None:
    with pytest.raises(ScheduleError, match='no time zone is called "Mars/Olympus"'):
        cadence("0 2 * * *", "crontab", "Mars/Olympus")
    with pytest.raises(ScheduleError, match="no time zone"):
        cadence("0 2 * * *", "crontab", "../../etc/passwd")


def test_words_say_where_the_gap_is() -> None:
    assert cadence("0 2 * * 1-5").words == "from Friday 02:00 to Monday 02:00 UTC"
    assert cadence("0 2 * * *").words == ""


FIELDS = st.tuples(
    st.sampled_from(["0", "30", "*/20", "5,50"]),
    st.sampled_from(["2", "*", "*/6", "8-18", "1,13"]),
    st.sampled_from(["*", "1", "31", "1,15", "*/3"]),
    st.sampled_from(["*", "2", "1-6", "*/4"]),
    st.sampled_from(["*", "1-5", "0", "6,0"]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(FIELDS.map(" ".join), min_size=1, max_size=3), FIELDS.map(" ".join))
def test_another_schedule_never_makes_the_gap_longer(some: list[str], more: str) -> None:
    before = union([(each, "crontab", "UTC") for each in some]).longest
    after = union([(each, "crontab", "UTC") for each in [*some, more]]).longest
    assert after <= before


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="0123456789*/,-?LW#@ acdeghlmnoprtuwy()MONJAN", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for dialect in ("crontab", "github", "aws", "library"):
        try:
            parse(text, dialect)
        except ScheduleError as error:
            assert str(error)
