"""The words of ``depcheck.yaml``: durations, sizes, rates, days, times and thresholds, without Pydantic.

Each reader takes the text as written and returns plain numbers (seconds, bytes, bytes per second); what it cannot read
is a :class:`WordError` whose text is a clause for a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from depcheck.patterns import Pattern

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST = 100 * 365 * 86_400
_DURATION = Pattern(r"(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_ISO = Pattern(r"P(?=[\dT])(?P<days>(?:[\d.]+[YMWD])*)(?:T(?P<time>(?:[\d.]+[HMS])+))?", re.ASCII)
_ISO_PART = Pattern(r"(\d{1,9}(?:\.\d{1,9})?)([YMWDHS])", re.ASCII)
_LOOSE_PART = Pattern(r"(\d{1,9})[\s_-]*([a-z]+)[\s_,]*", re.ASCII)
_LOOSE_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
}
_BYTES: dict[str, int] = {
    "B": 1,
    **{unit: 1000**power for power, unit in enumerate(("KB", "MB", "GB", "TB", "PB"), 1)},
    **{unit: 1024**power for power, unit in enumerate(("KiB", "MiB", "GiB", "TiB", "PiB"), 1)},
}
_SIZE = Pattern(r"(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]+)", re.ASCII)
_SIZE_UNITS = {
    **{unit.lower(): unit for unit in _BYTES},
    **{letter: f"{letter.upper()}iB" for letter in "kmgtp"},
}
_PER = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DAY = Pattern(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = Pattern(r"(?:([A-Za-z]+) )?(\d{2}):(\d{2})(?::(\d{2}))?(Z| ?UTC|[+-]\d{2}:\d{2})?", re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = Pattern(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_PLACEHOLDER = Pattern(r"\{([^{}]*)\}")


class WordError(ValueError):
    """A value that cannot be read; the text is a lower-case clause with the value and how to write it."""


def shown(text: str) -> str:
    """A text as a message quotes it: on one line, at most 60 characters."""
    flat = "".join(char if char.isprintable() else " " for char in text[:200])
    return f'"{flat if len(flat) <= 60 else flat[:57] + "…"}"'


def parse_duration(text: str) -> int:
    """Seconds of ``90s 15m 1h30m 4h 35d 12w``, of ISO 8601 (``PT15M``), or of ``0``."""
    if text == "0":
        return 0
    match = _DURATION.fullmatch(text)
    if match is not None and text:
        amounts = zip(match.groups(), _SECONDS.values(), strict=True)
        total: int = sum(int(amount) * seconds for amount, seconds in amounts if amount is not None)
    elif text.startswith("P"):
        total = _iso_duration(text)
    else:
        raise WordError(_not_a_duration(text))
    if total > _LONGEST:
        raise WordError(f"{shown(text)} is longer than 100 years")
    return total


def _iso_duration(text: str) -> int:
    match = _ISO.fullmatch(text)
    if match is None:
        raise WordError(_not_a_duration(text))
    total = 0.0
    for part, order in ((match.group("days"), "YMWD"), (match.group("time") or "", "HMS")):
        last = -1
        at = 0
        while at < len(part):
            piece = _ISO_PART.match(part, at)
            if piece is None or order.index(piece.group(2)) <= last:
                raise WordError(_not_a_duration(text))
            last = order.index(piece.group(2))
            if piece.group(2) in "YM" and order == "YMWD":
                raise WordError(f"{shown(text)} has years or months, which have no fixed length: write days")
            total += float(piece.group(1)) * _SECONDS[piece.group(2).lower()]
            at = piece.end()
    if total != int(total):
        raise WordError(f"{shown(text)} is not a whole number of seconds")
    return int(total)


def _not_a_duration(text: str) -> str:
    if _NUMBER.fullmatch(text):
        digits = text.lstrip("-").split(".")[0]
        return f"{text} has no unit: write {digits}s, {digits}m, {digits}h or {digits}d"
    loose = _loose_duration(text.strip().lower())
    if loose:
        return f'{shown(text)} is not a duration, did you mean "{loose}"?'
    return f"{shown(text)} is not a duration: write it like 90s, 15m, 1h30m, 4h, 35d or 12w"


def _loose_duration(text: str) -> str:
    if len(text) > 40:
        return ""
    parts: list[str] = []
    at = 0
    while at < len(text):
        piece = _LOOSE_PART.match(text, at)
        if piece is None or piece.group(2) not in _LOOSE_UNITS:
            return ""
        parts.append(piece.group(1) + _LOOSE_UNITS[piece.group(2)])
        at = piece.end()
    together = "".join(parts)
    return together if _DURATION.fullmatch(together) else ""


def show_duration(seconds: float) -> str:
    """Seconds as a person writes them: ``90s`` is ``1m30s``, 25 h stay hours, 72 h are ``3d``."""
    left = round(seconds)
    if left == 0:
        return "0"
    days = left // 86_400 if left % 86_400 == 0 or left > 3 * 86_400 else 0
    left -= days * 86_400
    parts = [(days, "d"), (left // 3_600, "h"), (left % 3_600 // 60, "m"), (left % 60, "s")]
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)


def parse_size(text: str) -> int:
    """Bytes of ``50GiB`` or ``20GB``."""
    match = _SIZE.fullmatch(text)
    if match is not None and match.group(2) in _BYTES:
        return round(float(match.group(1)) * _BYTES[match.group(2)])
    if match is not None and match.group(2).lower() in _SIZE_UNITS:
        meant = match.group(1) + _SIZE_UNITS[match.group(2).lower()]
        raise WordError(f'{shown(text)} is not a size, did you mean "{meant}"?')
    if _NUMBER.fullmatch(text):
        raise WordError(f"{text} has no unit: write {text}GiB or {text}MiB")
    raise WordError(f"{shown(text)} is not a size: write it like 50GiB or 20GB")


def show_size(number: float) -> str:
    """Bytes in the largest binary unit that keeps the number short: ``120GiB``."""
    for unit in ("PiB", "TiB", "GiB", "MiB", "KiB"):
        if number >= _BYTES[unit]:
            return f"{round(number / _BYTES[unit], 2):g}{unit}"
    return f"{number:g}B"


def parse_rate(text: str) -> float:
    """Bytes per second of ``100GiB/h`` or ``100MiB/s``."""
    amount, slash, per = text.partition("/")
    if not slash:
        raise WordError(f"{shown(text)} is not a rate: write it like 100GiB/h or 100MiB/s")
    unit = per.strip()
    if unit not in _PER:
        meant = _LOOSE_UNITS.get(unit.lower())
        hint = f', did you mean "{amount}/{meant}"?' if meant in _PER else ": write it like 100GiB/h or 100MiB/s"
        raise WordError(f"{shown(text)} is not a rate{hint}")
    number = parse_size(amount.strip())
    if number <= 0:
        raise WordError(f"{shown(text)} moves nothing: a rate is above 0")
    return number / _PER[unit]


def show_rate(per_second: float) -> str:
    """Bytes per second as a person compares them: ``40GiB/h``."""
    return f"{show_size(per_second * 3_600)}/h"


def parse_date(text: str) -> date:
    """The day of ``2027-03-31``."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise WordError(f"{shown(text)} is not a date: write it like 2027-03-31")
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise WordError(f"{shown(text)} is not in the calendar") from None


class TimeOfDay:
    """A time of day: ``seconds`` after midnight, at an ``offset`` from UTC in seconds, on a ``weekday`` (Monday is 0);
    offset and weekday are None where they are not said."""

    __slots__ = ("offset", "seconds", "text", "weekday")

    def __init__(self, text: str, seconds: int, offset: int | None, weekday: int | None) -> None:
        self.text = text
        self.seconds = seconds
        self.offset = offset
        self.weekday = weekday


def parse_time_of_day(text: str) -> TimeOfDay:
    """The time of ``02:00Z``, ``02:00+01:00``, ``02:00`` or ``Sun 02:00Z``."""
    match = _TIME.fullmatch(text)
    named = match.group(1) if match is not None else None
    days = [at for at, name in enumerate(_WEEKDAYS) if named and len(named) > 2 and name.startswith(named.lower())]
    if match is None or (named and not days):
        raise WordError(f"{shown(text)} is not a time of day: write it like 02:00Z, 02:00+01:00 or Sun 02:00Z")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:4])
    zone = match.group(5)
    offset = None if zone is None else 0
    if zone is not None and zone[0] in "+-":
        offset = (int(zone[1:3]) * 3_600 + int(zone[4:6]) * 60) * (-1 if zone[0] == "-" else 1)
    if hours > 23 or minutes > 59 or seconds > 59 or abs(offset or 0) > 14 * 3_600:
        raise WordError(f"{shown(text)} is not on the clock")
    return TimeOfDay(text, hours * 3_600 + minutes * 60 + seconds, offset, days[0] if days else None)


class Threshold:
    """A bound on a signal. ``unit`` is ``percent``, ``seconds``, ``bytes``, ``per second`` or ``count``."""

    __slots__ = ("amount", "text", "unit")

    def __init__(self, text: str, amount: float, unit: str) -> None:
        self.text = text
        self.amount = amount
        self.unit = unit


def parse_threshold(text: str) -> Threshold:
    """The bound of ``70%``, ``5s``, ``100ms``, ``1GiB``, ``100/m`` or ``80``."""
    if _NUMBER.fullmatch(text):
        return Threshold(text, float(text), "count")
    number, unit = text[:-1], text[-1:]
    if unit == "%" and _NUMBER.fullmatch(number):
        return Threshold(text, float(number), "percent")
    if text.endswith("ms") and _NUMBER.fullmatch(text[:-2]):
        return Threshold(text, float(text[:-2]) / 1_000, "seconds")
    events, slash, per = text.partition("/")
    if slash and _NUMBER.fullmatch(events) and per in _PER:
        return Threshold(text, float(events) / _PER[per], "per second")
    for read, name in ((parse_duration, "seconds"), (parse_size, "bytes")):
        try:
            return Threshold(text, read(text), name)
        except WordError:
            continue
    raise WordError(f"{shown(text)} is not a threshold: write it like 70%, 5s, 100ms, 1GiB, 100/m or 80")


def placeholders(text: str, known: tuple[str, ...]) -> list[str]:
    """The names in ``{…}`` of a template; a name that is not known or a brace without its partner is an error."""
    names = _PLACEHOLDER.findall(text)
    for name in names:
        if name not in known:
            raise WordError(f"{shown(text)} has {unknown('placeholder', name, known)}")
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise WordError(f"{shown(text)} has a brace without its partner")
    return [str(name) for name in names]


#: What people write for a word that has another name here.
SYNONYMS: Mapping[str, str] = {
    "az": "zone",
    "availability_zone": "zone",
    "multi_az": "multi_zone",
    "corruption": "deletion",
    "ransomware": "account",
    "pitr": "point_in_time",
    "hardware": "instance",
    "node": "instance",
    "cross_region": "other_region",
    "cross_account": "other_account",
    "disruption": "loss",
    "disruptions": "against",
    "by_disruption": "by_loss",
    "apply_to": "environments",
    "env": "environment",
    "expires": "until",
    "comment": "reason",
    "where": "resources",
    "max_backup_interval": "backup_every",
    "restore_tests": "restore_test",
    "redis": "cache",
    "bucket": "object",
    "s3": "object",
    "disk": "volume",
    "github": "github_secrets",
    "ssm": "aws_ssm",
    "secretsmanager": "aws_secretsmanager",
    "bluegreen": "blue-green",
    "workflow_dispatch": "manual",
    "error": "high",
    "warning": "medium",
    "note": "low",
    "none": "never",
}


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that was most likely meant."""
    folded = word.casefold()[:80]
    by_fold = {each.casefold(): each for each in known}
    for candidate in (folded, folded.replace("-", "_"), folded.replace("_", "-"), folded.replace(" ", "_")):
        for guess in (candidate, SYNONYMS.get(candidate, "")):
            if guess in by_fold:
                return by_fold[guess]
    from difflib import get_close_matches

    close = get_close_matches(folded, by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def unknown(noun: str, word: str, known: tuple[str, ...]) -> str:
    """The clause for a word that is not known: with the nearest one, else with all of them."""
    meant = nearest(word, known)
    if meant is not None:
        return f'unknown {noun} {shown(word)}, did you mean "{meant}"?'
    if not known:
        return f"unknown {noun} {shown(word)}"
    listed = ", ".join(known[:16]) + (" …" if len(known) > 16 else "")
    return f"unknown {noun} {shown(word)}: known here {'is' if len(known) == 1 else 'are'} {listed}"
