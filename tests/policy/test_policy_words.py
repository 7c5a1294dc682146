from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.policy import words
from depcheck.policy.ranges import VersionRange
from depcheck.policy.words import WordError

DURATIONS = [
    ("0", 0),
    ("90s", 90),
    ("15m", 900),
    ("1h30m", 5_400),
    ("2h10m", 7_800),
    ("4h", 14_400),
    ("35d", 3_024_000),
    ("12w", 7_257_600),
    ("1w2d3h4m5s", 788_645),
    ("PT15M", 900),
    ("P1D", 86_400),
    ("P1DT12H", 129_600),
    ("P2W", 1_209_600),
    ("PT1.5H", 5_400),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_durations(text: str, seconds: int) -> None:
    assert words.parse_duration(text) == seconds


WRONG_DURATIONS = [
    ("15", "15 has no unit: write 15s, 15m, 15h or 15d"),
    ("1.5", "1.5 has no unit: write 1s, 1m, 1h or 1d"),
    ("15min", '"15min" is not a duration, did you mean "15m"?'),
    ("30 days", '"30 days" is not a duration, did you mean "30d"?'),
    ("7_days", '"7_days" is not a duration, did you mean "7d"?'),
    ("4H", '"4H" is not a duration, did you mean "4h"?'),
    ("1 hour 30 minutes", '"1 hour 30 minutes" is not a duration, did you mean "1h30m"?'),
    ("30m1h", '"30m1h" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("1y", '"1y" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("-5m", '"-5m" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("", '"" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("P", '"P" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("PT", '"PT" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("PT5M1H", '"PT5M1H" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
    ("P1M", '"P1M" has years or months, which have no fixed length: write days'),
    ("PT0.5S", '"PT0.5S" is not a whole number of seconds'),
    ("99999999d", '"99999999d" is longer than 100 years'),
    ("٣m", '"٣m" is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w'),
]


@pytest.mark.parametrize(("text", "message"), WRONG_DURATIONS)
def test_wrong_durations(text: str, message: str) -> None:
    with pytest.raises(WordError) as caught:
        words.parse_duration(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (90, "1m30s"), (900, "15m"), (5_400, "1h30m"), (86_400, "1d"), (90_000, "25h"), (259_200, "3d")],
)
def test_showing_durations(seconds: int, text: str) -> None:
    assert words.show_duration(seconds) == text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3_000_000_000))
def test_a_shown_duration_is_read_back(seconds: int) -> None:
    assert words.parse_duration(words.show_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "number"),
    [("50GiB", 50 * 2**30), ("20GB", 20 * 10**9), ("1.5TiB", 3 * 2**39), ("512 MiB", 2**29), ("100B", 100)],
)
def test_sizes(text: str, number: int) -> None:
    assert words.parse_size(text) == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("50G", '"50G" is not a size, did you mean "50GiB"?'),
        ("50gb", '"50gb" is not a size, did you mean "50GB"?'),
        ("50", "50 has no unit: write 50GiB or 50MiB"),
        ("big", '"big" is not a size: write it like 50GiB or 20GB'),
    ],
)
def test_wrong_sizes(text: str, message: str) -> None:
    with pytest.raises(WordError) as caught:
        words.parse_size(text)
    assert str(caught.value) == message


def test_sizes_and_rates_are_shown_as_written() -> None:
    assert words.show_size(words.parse_size("120GiB")) == "120GiB"
    assert words.show_rate(words.parse_rate("40GiB/h")) == "40GiB/h"
    assert words.parse_rate("100MiB/s") == 100 * 2**20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("40GiB", '"40GiB" is not a rate: write it like 100GiB/h or 100MiB/s'),
        ("40GiB/hour", '"40GiB/hour" is not a rate, did you mean "40GiB/h"?'),
        ("40GiB/fortnight", '"40GiB/fortnight" is not a rate: write it like 100GiB/h or 100MiB/s'),
        ("0GiB/h", '"0GiB/h" moves nothing: a rate is above 0'),
    ],
)
def test_wrong_rates(text: str, message: str) -> None:
    with pytest.raises(WordError) as caught:
        words.parse_rate(text)
    assert str(caught.value) == message


def test_dates() -> None:
    assert words.parse_date("2027-03-31") == date(2027, 3, 31)
    for text, message in (
        ("2027-02-30", '"2027-02-30" is not in the calendar'),
        ("31.03.2027", '"31.03.2027" is not a date: write it like 2027-03-31'),
        ("20270331", '"20270331" is not a date: write it like 2027-03-31'),
    ):
        with pytest.raises(WordError) as caught:
            words.parse_date(text)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "seconds", "offset", "weekday"),
    [
        ("02:00Z", 7_200, 0, None),
        ("02:00 UTC", 7_200, 0, None),
        ("02:00", 7_200, None, None),
        ("23:59:59-03:30", 86_399, -12_600, None),
        ("Sunday 01:00Z", 3_600, 0, 6),
        ("Mon 01:00", 3_600, None, 0),
    ],
)
def test_times_of_day(text: str, seconds: int, offset: int | None, weekday: int | None) -> None:
    time = words.parse_time_of_day(text)
    assert (time.seconds, time.offset, time.weekday) == (seconds, offset, weekday)


@pytest.mark.parametrize("text", ["25:00", "02:60", "2:00", "noon", "Xday 02:00", "T 02:00", "02:00+20:00"])
def test_wrong_times_of_day(text: str) -> None:
    with pytest.raises(WordError):
        words.parse_time_of_day(text)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("70%", 70, "percent"),
        ("5s", 5, "seconds"),
        ("100ms", 0.1, "seconds"),
        ("1GiB", 2**30, "bytes"),
        ("60/m", 1, "per second"),
        ("80", 80, "count"),
    ],
)
def test_thresholds(text: str, amount: float, unit: str) -> None:
    threshold = words.parse_threshold(text)
    assert (threshold.amount, threshold.unit) == (amount, unit)


@pytest.mark.parametrize(
    ("text", "version", "answer"),
    [
        (">= 20", "20.1.0", True),
        (">= 20", "18", False),
        (">= 20.3", "20", None),
        (">=15, <17", "16.4", True),
        (">= 15 < 17", "17.0", False),
        ("~> 5.0", "5.9.1", True),
        ("~> 5.0", "6.0", False),
        ("~> 1.5.2", "1.6.0", False),
        ("^0.2.3", "0.3.0", False),
        ("^18 || ^20", "20.4", True),
        ("~1.2", "1.3", False),
        ("20.x", "20.9.1", True),
        ("20", "20.9.1", True),
        ("20.1", "20", None),
        ("!= 16", "16.2", False),
        ("> 20", "20.0.1", False),
        ("<= 20", "20.9", True),
        (">= 20", "lts", None),
        (">= 20", "v22.1", True),
        ("supported", "20", None),
    ],
)
def test_version_ranges(text: str, version: str, answer: bool | None) -> None:
    assert VersionRange(text).allows(version) is answer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latest", '"latest" is not a range of versions, did you mean "supported"?'),
        ("", '"" is not a range of versions: write >= 20, ~> 1.5, 20.x or supported'),
        (">= twenty", '">= twenty" is not a range of versions: write >= 20, ~> 1.5, 20.x or supported'),
    ],
)
def test_wrong_version_ranges(text: str, message: str) -> None:
    with pytest.raises(WordError) as caught:
        VersionRange(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("retension", ("retention", "rpo"), "retention"),
        ("az", ("zone", "region"), "zone"),
        ("Blue_Green", ("rolling", "blue-green"), "blue-green"),
        ("xyz", ("zone", "region"), None),
        ("a" * 100_000, ("zone",), None),
    ],
)
def test_the_nearest_word(word: str, known: tuple[str, ...], meant: str | None) -> None:
    assert words.nearest(word, known) == meant


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    readers = (
        words.parse_duration,
        words.parse_size,
        words.parse_rate,
        words.parse_date,
        words.parse_time_of_day,
        words.parse_threshold,
        VersionRange,
    )
    for read in readers:
        try:
            read(text)
        except WordError as error:
            assert "\n" not in str(error)
