"""The typed words of the policy for Pydantic: each reads a scalar of the file, or says in one clause why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeAlias

from depcheck.policy import vocabulary, words
from depcheck.policy.names import Names
from depcheck.policy.ranges import VersionRange
from depcheck.policy.validation import LIST, Before, Reads, WrittenFloat, WrittenInt, clauses, described, empty_map
from depcheck.policy.words import WordError

#: No count and no amount is greater.
_MOST = 1e12
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_SELECTOR = re.compile(r"([A-Za-z_]+):(?!:)(.*)", re.DOTALL)
_DURATION_PATTERN = r"^(0|([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?|P.+)$"


def _text(value: object, expected: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (WrittenInt, WrittenFloat)):
        raise WordError(f"expected {expected}, not the number {value.text[:40]}: put it in quotes")
    raise WordError(f"expected {expected}, not {described(value)}")


def _plain_text(value: object, names: Names) -> str:
    text = _text(value, "text")
    if not text.strip():
        raise WordError("expected text, not an empty one")
    return text


def _as_written(value: object, names: Names) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (WrittenInt, WrittenFloat)):
        return value.text
    return _text(value, "text")


def _flag(value: object, names: Names) -> bool:
    if isinstance(value, bool):
        return value
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower()) or (
        str(value).lower() if str(value).lower() in ("true", "false") else None
    )
    hint = f": write {meant}" if isinstance(value, str) and meant else ""
    raise WordError(f"expected true or false, not {described(value)}{hint}")


def _number(least: float, most: float, whole: bool) -> Callable[[object, Names], float]:
    def read(value: object, names: Names) -> float:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise WordError(f"expected a {'whole ' if whole else ''}number, not {described(value)}")
        number = int(value) if whole else float(value)
        if not least <= number <= most:
            bound = f"below {least:g}" if number < least else f"above {most:g}"
            raise WordError(f"{number} is {bound if number == number else 'not a number'}")
        return number

    return read


def _scalar(parse: Callable[[str], object], expected: str) -> Callable[[object, Names], object]:
    def read(value: object, names: Names) -> object:
        if isinstance(value, (WrittenInt, WrittenFloat)):
            return parse(value.text)
        if not isinstance(value, str):
            raise WordError(f"expected {expected}, not {described(value)}")
        return parse(value.strip())

    return read


def _above_zero(parse: Callable[[str], int]) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = parse(text)
        if number <= 0:
            raise WordError(f"{text} is not possible here: it has to be above 0")
        return number

    return read


def one_of(noun: str, known: tuple[str, ...]) -> Reads:
    """One word of a closed list."""

    def read(value: object, names: Names) -> str:
        if isinstance(value, bool) and "off" in known:
            raise WordError(f'expected a {noun}, not {described(value)}: write it in quotes, such as "off"')
        text = _text(value, f"a {noun} ({', '.join(known[:8])}{', …' if len(known) > 8 else ''})")
        if text not in known:
            raise WordError(words.unknown(noun, text, known))
        return text

    return Reads(read, type="string", enum=list(known))


def _environment(value: object, names: Names) -> str:
    return names.environment(_plain_text(value, names))


def _environment_name(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    if not re.search(r"[A-Za-z0-9]", text):
        raise WordError(f"{words.shown(text)} is not a name of an environment")
    return text


def _environment_or_all(value: object, names: Names) -> str:
    return vocabulary.EVERYWHERE if value == vocabulary.EVERYWHERE else _environment(value, names)


def _store(value: object, names: Names) -> str:
    return names.store(_plain_text(value, names))


def _activity(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    known = (*names.activities, *names.own_activities)
    if text not in known:
        raise WordError(words.unknown("activity", text, known))
    return text


def _own_activity(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    if text not in names.activities and text not in names.used_activities:
        what = words.unknown("activity", text, names.activities)
        raise WordError(what if "did you mean" in what else f"{what}, and nothing in this file asks for it")
    return text


def _variable(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    if not _VARIABLE.fullmatch(text):
        raise WordError(f"{words.shown(text)} is not a name of an environment variable: letters, digits and _")
    return text


def _selector(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    match = _SELECTOR.fullmatch(text)
    if match is None or "[" in text.split(":")[0]:
        return text
    kind, rest = match.groups()
    if kind not in vocabulary.SELECTORS:
        known = tuple(f"{each}:" for each in vocabulary.SELECTORS)
        raise WordError(words.unknown("selector", f"{kind}:", known))
    if not rest.strip():
        raise WordError(f"{words.shown(text)} selects nothing: write what follows the colon")
    if kind == "kind" and rest not in vocabulary.STORE_KINDS:
        raise WordError(words.unknown("kind of store", rest, vocabulary.STORE_KINDS))
    return text


def _template(known: tuple[str, ...]) -> Callable[[object, Names], str]:
    def read(value: object, names: Names) -> str:
        text = _as_written(value, names)
        words.placeholders(text, known)
        return text

    return read


def _rule_reference(value: object, names: Names) -> str:
    text = _plain_text(value, names)
    if re.search(r"\s", text):
        raise WordError(f"{words.shown(text)} is not a name of a rule, a pack or a severity: it has a space")
    return text


_DURATION_WORDS = {"type": ["string", "integer"], "pattern": _DURATION_PATTERN, "minimum": 0, "maximum": 0}
_AS_WRITTEN = {"type": ["string", "number", "boolean"]}

Text: TypeAlias = Annotated[str, Reads(_plain_text, type="string", minLength=1)]
MaybeText: TypeAlias = Annotated[str | None, Reads(_plain_text, type="string", minLength=1)]
Written: TypeAlias = Annotated[str, Reads(_as_written, **_AS_WRITTEN)]
MaybeWritten: TypeAlias = Annotated[str | None, Reads(_as_written, **_AS_WRITTEN)]
Flag: TypeAlias = Annotated[bool, Reads(_flag, type="boolean")]
MaybeFlag: TypeAlias = Annotated[bool | None, Reads(_flag, type="boolean")]
Count: TypeAlias = Annotated[int | None, Reads(_number(0, _MOST, True), type="integer", minimum=0)]
AtLeastOne: TypeAlias = Annotated[int | None, Reads(_number(1, _MOST, True), type="integer", minimum=1)]
Share: TypeAlias = Annotated[int, Reads(_number(1, 100, True), type="integer", minimum=1, maximum=100)]
Amount: TypeAlias = Annotated[float | None, Reads(_number(0, _MOST, False), type="number", minimum=0)]
Duration: TypeAlias = Annotated[
    int | None, Reads(_scalar(words.parse_duration, "a duration such as 15m or 35d"), **_DURATION_WORDS)
]
Interval: TypeAlias = Annotated[
    int,
    Reads(
        _scalar(_above_zero(words.parse_duration), "a duration such as 15m or 35d"), type="string", pattern="^[0-9P]"
    ),
]
MaybeInterval: TypeAlias = Annotated[
    int | None,
    Reads(
        _scalar(_above_zero(words.parse_duration), "a duration such as 15m or 35d"), type="string", pattern="^[0-9P]"
    ),
]
Size: TypeAlias = Annotated[
    int | None,
    Reads(
        _scalar(_above_zero(words.parse_size), "a size such as 50GiB"),
        type="string",
        pattern=r"^[0-9.]+ ?([KMGTP]i?B|B)$",
    ),
]
Day: TypeAlias = Annotated[
    date, Reads(_scalar(words.parse_date, "a date such as 2027-03-31"), type="string", format="date")
]
MaybeDay: TypeAlias = Annotated[
    date | None, Reads(_scalar(words.parse_date, "a date such as 2027-03-31"), type="string", format="date")
]
Time: TypeAlias = Annotated[
    words.TimeOfDay | None,
    Reads(
        _scalar(words.parse_time_of_day, "a time of day such as 02:00Z"),
        type="string",
        pattern=r"^([A-Za-z]+ )?[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z| ?UTC|[+-][0-9]{2}:[0-9]{2})?$",
    ),
]
Threshold: TypeAlias = Annotated[
    words.Threshold | None,
    Reads(_scalar(words.parse_threshold, "a threshold such as 70% or 5s"), type=["string", "number"]),
]
Range: TypeAlias = Annotated[
    VersionRange, Reads(_scalar(VersionRange, 'a range such as ">= 20", or supported'), type=["string", "number"])
]
Loss: TypeAlias = Annotated[str, one_of("kind of loss", vocabulary.LOSSES)]
MaybeLoss: TypeAlias = Annotated[str | None, one_of("kind of loss", vocabulary.LOSSES)]
StoreKind: TypeAlias = Annotated[str | None, one_of("kind of store", vocabulary.STORE_KINDS)]
Destination: TypeAlias = Annotated[str, one_of("destination", vocabulary.DESTINATIONS)]
Trigger: TypeAlias = Annotated[str, one_of("trigger", vocabulary.TRIGGERS)]
Strategy: TypeAlias = Annotated[str, one_of("strategy", vocabulary.STRATEGIES)]
Severity: TypeAlias = Annotated[str, one_of("severity", vocabulary.SEVERITIES)]
MaybeSeverity: TypeAlias = Annotated[str | None, one_of("severity", vocabulary.SEVERITIES)]
FailOn: TypeAlias = Annotated[str, one_of("severity", vocabulary.FAIL_ON)]
Profile: TypeAlias = Annotated[str, one_of("profile", vocabulary.PROFILES)]
Level: TypeAlias = Annotated[str, one_of("level of monitoring", vocabulary.MONITORING_LEVELS)]
LogFormat: TypeAlias = Annotated[str | None, one_of("format of logs", vocabulary.LOG_FORMATS)]
VariableFormat: TypeAlias = Annotated[str | None, one_of("format", vocabulary.VARIABLE_FORMATS)]
SecretStore: TypeAlias = Annotated[str, one_of("secret store", vocabulary.secret_stores())]
EnvironmentName: TypeAlias = Annotated[str, Reads(_environment_name, type="string")]
Environment: TypeAlias = Annotated[str, Reads(_environment, type="string")]
MaybeEnvironment: TypeAlias = Annotated[str | None, Reads(_environment, type="string")]
EnvironmentOrAll: TypeAlias = Annotated[str, Reads(_environment_or_all, type="string")]
StoreName: TypeAlias = Annotated[str, Reads(_store, type="string")]
Activity: TypeAlias = Annotated[str, Reads(_activity, type="string")]
OwnActivity: TypeAlias = Annotated[str, Reads(_own_activity, type="string")]
VariableName: TypeAlias = Annotated[str, Reads(_variable, type="string")]
Selector: TypeAlias = Annotated[str, Reads(_selector, type="string", minLength=1)]
RuleReference: TypeAlias = Annotated[str, Reads(_rule_reference, type="string", pattern=r"^\S+$")]
SecretTemplate: TypeAlias = Annotated[str | None, Reads(_template(vocabulary.SECRET_PLACEHOLDERS), type="string")]
NameTemplate: TypeAlias = Annotated[str | None, Reads(_template(vocabulary.NAME_PLACEHOLDERS), type="string")]
TagTemplate: TypeAlias = Annotated[str, Reads(_template(vocabulary.NAME_PLACEHOLDERS), **_AS_WRITTEN)]


def _distinct_environments(value: object, names: Names) -> object:
    value = empty_map(value, names)
    if not isinstance(value, dict):
        return value
    seen: dict[str, str] = {}
    twice: list[tuple[tuple[str | int, ...], str]] = []
    for key in value:
        try:
            name = _environment_or_all(key, names)
        except WordError:
            continue
        if name in seen:
            twice.append(((key, "[key]"), f"{words.shown(key)} and {words.shown(seen[name])} are one environment"))
        seen.setdefault(name, key)
    if twice:
        raise clauses(twice)
    return value


#: For maps with environments as keys: two words for one environment are an error.
BY_ENVIRONMENT = Before(_distinct_environments)


Texts: TypeAlias = Annotated[list[Text], LIST]
Environments: TypeAlias = Annotated[list[Environment], LIST]
