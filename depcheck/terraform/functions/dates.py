"""Dates and times: RFC 3339 timestamps, Go's durations, Terraform's date formats."""

from __future__ import annotations

import re
from calendar import monthrange

from depcheck.terraform.bigfloat import Int64, Number
from depcheck.terraform.functions.spec import plain, text
from depcheck.terraform.types import NUMBER, STRING
from depcheck.terraform.values import EvaluationError

_TIMESTAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})([.,]\d+)?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)
_ONE_DIGIT_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2}T)(\d:)", re.ASCII)
_DURATION_PART = re.compile(r"(\d+)?(\.\d*)?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FORMAT = re.compile(r"''|'(?:[^']|'')*'|'|([A-Za-z])\1*|[^A-Za-z']+")
_YAML_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[+-]\d{2}:\d{2}))?\Z",
    re.ASCII,
)
_SPACED_TIMESTAMP = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}) (\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)\Z", re.ASCII)
_SECOND = 10**9
_DAY = 86400


class _Time:
    """A moment: nanoseconds since the year 1 in UTC, and the offset from UTC in minutes that it was written with."""

    __slots__ = ("nanoseconds", "offset")

    def __init__(self, nanoseconds: int, offset: int) -> None:
        self.nanoseconds = nanoseconds
        self.offset = offset

    def fields(self) -> tuple[int, int, int, int, int, int, int]:
        """Year, month, day, hour, minute, second at the offset, and the day of the week from Monday."""
        seconds = self.nanoseconds // _SECOND + self.offset * 60
        days, rest = divmod(seconds, _DAY)
        year, month, day = _civil(days)
        return year, month, day, rest // 3600, rest // 60 % 60, rest % 60, days % 7


def _days(year: int, month: int, day: int) -> int:
    """Days since 0001-01-01 (a Monday) in the Gregorian calendar."""
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 306


def _civil(days: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(days + 306, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def _parsed(written: str, argument: int | None, *, strict: bool = True) -> _Time:
    # Go's lenient parser takes an hour of one digit and a comma before the fraction; Terraform's strict one does not.
    found = _TIMESTAMP.match(written if strict else _ONE_DIGIT_HOUR.sub(r"\g<1>0\2", written))
    if found is None or (strict and found[7] and found[7][0] == ","):
        raise EvaluationError(f"{written!r} is no RFC 3339 timestamp", argument)
    year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
    valid = 1 <= month <= 12 and 1 <= day <= _days_of_month(year, month) and hour < 24 and minute < 60 and second < 60
    offset = 0
    if found[8] != "Z":
        hours, minutes = int(found[8][1:3]), int(found[8][4:])
        valid = valid and (hours < 24 and minutes < 60 if strict else hours <= 24 and minutes < 60)
        offset = hours * 60 + minutes
        offset = -offset if found[8][0] == "-" else offset
    if not valid:
        raise EvaluationError(f"{written!r} is no RFC 3339 timestamp: a part is out of range", argument)
    fraction = int(((found[7] or ".0")[1:] + "0" * 9)[:9])
    seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - offset * 60
    return _Time(seconds * _SECOND + fraction, offset)


def _days_of_month(year: int, month: int) -> int:
    return monthrange(year or 400, month)[1]


def _duration(written: str) -> int:
    body = written[1:] if written[:1] in ("+", "-") else written
    total = 0
    at = 0
    while at < len(body):
        found = _DURATION_PART.match(body, at)
        if found is None or (found[1] is None and found[2] in (None, ".")):
            break
        unit = _UNITS[found[3]]
        total += int(found[1] or 0) * unit
        if found[2] and len(found[2]) > 1:
            total += int(found[2][1:]) * unit // 10 ** (len(found[2]) - 1)
        at = found.end()
    if (not body or at < len(body)) and body != "0":
        raise EvaluationError(f"{written!r} is no duration such as 1h30m", 1)
    if total >= 1 << 63:
        raise EvaluationError(f"the duration {written!r} is too long", 1)
    return -total if written.startswith("-") else total


def _zone(offset: int, *, colon: bool, zulu: bool) -> str:
    if zulu and offset == 0:
        return "Z"
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}{':' if colon else ''}{abs(offset) % 60:02d}"


def _time_add(written: str, duration: str) -> str:
    moment = _parsed(written, 0)
    moment = _Time(moment.nanoseconds + _duration(duration), moment.offset)
    year, month, day, hour, minute, second, _ = moment.fields()
    shown = f"{year:04d}" if year >= 0 else f"-{-year:04d}"
    zone = _zone(moment.offset, colon=True, zulu=True)
    return f"{shown}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def _time_compare(first: str, second: str) -> Number:
    a, b = _parsed(first, 0, strict=False).nanoseconds, _parsed(second, 1, strict=False).nanoseconds
    return Int64((a > b) - (a < b))


def _format_date(format_: str, written: str) -> str:
    moment = _parsed(written, 1)
    parts: list[str] = []
    for found in _FORMAT.finditer(format_):
        token = found[0]
        if token.startswith("'"):
            if len(token) == 1 or not token.endswith("'"):
                raise EvaluationError("a quoted part of the format has no end", 0)
            parts.append("'" if token == "''" else token[1:-1].replace("''", "'"))
        elif found[1] is not None:
            parts.append(_verb(token, moment))
        else:
            parts.append(token)
    return "".join(parts)


def _verb(token: str, moment: _Time) -> str:
    year, month, day, hour, minute, second, weekday = moment.fields()
    twelve = hour % 12 or 12
    half = "AM" if hour < 12 else "PM"
    forms = {
        "YY": f"{year % 100:02d}",
        "YYYY": f"{year:04d}",
        "M": str(month),
        "MM": f"{month:02d}",
        "MMM": _MONTHS[month - 1][:3],
        "MMMM": _MONTHS[month - 1],
        "D": str(day),
        "DD": f"{day:02d}",
        "EEE": _DAYS[weekday][:3],
        "EEEE": _DAYS[weekday],
        "h": str(hour),
        "hh": f"{hour:02d}",
        "H": str(twelve),
        "HH": f"{twelve:02d}",
        "AA": half,
        "aa": half.lower(),
        "m": str(minute),
        "mm": f"{minute:02d}",
        "s": str(second),
        "ss": f"{second:02d}",
        "Z": _zone(moment.offset, colon=True, zulu=True),
        "ZZZ": "UTC" if moment.offset == 0 else _zone(moment.offset, colon=False, zulu=False),
        "ZZZZ": _zone(moment.offset, colon=False, zulu=False),
        "ZZZZZ": _zone(moment.offset, colon=True, zulu=False),
    }
    found = forms.get(token)
    if found is None:
        raise EvaluationError(f"{token!r} is no verb of a date format", 0)
    return found


def yaml_timestamp(written: str) -> str | None:
    """A timestamp as YAML writes it in RFC 3339, None where the text is none."""
    found = _YAML_TIMESTAMP.match(_SPACED_TIMESTAMP.sub(r"\1T\2Z", written))
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    hour, minute, second = (int(found[part] or 0) for part in (4, 5, 6))
    if not (1 <= month <= 12 and 1 <= day <= _days_of_month(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    zone = found[7] or "Z"
    if zone not in ("Z", "+00:00", "-00:00") and (int(zone[1:3]) > 24 or int(zone[4:]) >= 60):
        return None
    zone = "Z" if zone[1:] == "00:00" else zone
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


FUNCTIONS = {
    "formatdate": plain(STRING, _format_date, text("format"), text("time")),
    "timeadd": plain(STRING, _time_add, text("timestamp"), text("duration")),
    "timecmp": plain(NUMBER, _time_compare, text("timestamp_a"), text("timestamp_b")),
}
