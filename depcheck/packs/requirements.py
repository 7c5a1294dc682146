"""The small requirement language: what ``when``, ``require`` and ``forbid`` of a pack may say, and how it is judged.

A condition maps paths to matchers, all of which must hold::

    require: {storage_encrypted: true, backup_retention_period: {at_least: 7}}

A matcher is a value (equal), a list (one of), or words: ``equal``, ``one_of``, ``at_least``, ``at_most``, ``matches``,
``present``, ``absent``. Instead of paths a condition may say ``all: [...]``, ``any: [...]``, ``not: {...}`` or
``related: {resource: TYPE, by: PATH, require: {...}}`` (a resource of that type refers to this one).

A path goes through maps by name and through lists by itself (``ingress.cidr_blocks`` is every block of every ingress);
``*`` is every entry of a map. Every value at the path must match in ``require`` and ``when``; one that matches is
enough in ``forbid``. Judging has three results, and an unknown is never rounded to either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from depcheck.model import Resource
from depcheck.packs import Json
from depcheck.values import Absent, Known, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

YES, NO, OPEN = "yes", "no", "open"
WORDS = ("equal", "one_of", "at_least", "at_most", "matches", "present", "absent")
#: Gives the resources of a type that refer to the subject by a path, and those of which that cannot be told.
Related: TypeAlias = Callable[[Resource, str, str], tuple[list[Resource], list[Unknown]]]


class Answer:
    """The result for one condition: ``state`` and the value that decided it, found at ``path``."""

    __slots__ = ("path", "state", "value")

    def __init__(self, state: str, value: Value, path: str = "") -> None:
        self.state = state
        self.value = value
        self.path = path


def judge(
    condition: Json, subject: Known, *, every: bool, resource: Resource | None = None, related: Related | None = None
) -> Answer:
    """Hold a subject against a condition.

    ``every`` says whether all values at a path must match (``require``, ``when``) or one is enough (``forbid``).
    The answer's value is the first that says no (or, for yes, the last that was looked at).
    """
    if not isinstance(condition, dict):
        raise TypeError("a condition is a mapping")
    answers = [_entry(key, part, subject, every, resource, related) for key, part in condition.items()]
    return _all(answers, subject)


def _entry(
    key: str, part: Json, subject: Known, every: bool, resource: Resource | None, related: Related | None
) -> Answer:
    if key in ("all", "any"):
        parts = part if isinstance(part, list) else [part]
        answers = [judge(each, subject, every=every, resource=resource, related=related) for each in parts]
        return _all(answers, subject) if key == "all" else _any(answers, subject)
    if key == "not":
        inner = judge(part, subject, every=not every, resource=resource, related=related)
        return Answer({YES: NO, NO: YES, OPEN: OPEN}[inner.state], inner.value, inner.path)
    if key == "related":
        return _related(part, subject, every, resource, related)
    values = list(walk(subject, key.split(".")))
    answers = [Answer(match(part, value), value, key) for value in values]
    return _all(answers, subject) if every else _any(answers, subject)


def _related(part: Json, subject: Known, every: bool, resource: Resource | None, related: Related | None) -> Answer:
    if not isinstance(part, dict) or resource is None or related is None:
        return Answer(NO, subject)
    type_name, by = str(part.get("resource", "")), str(part.get("by", ""))
    found, undecided = related(resource, type_name, by)
    wanted = part.get("require")
    answers = [
        judge(wanted, each.attributes, every=True, resource=each, related=related)
        if wanted is not None
        else Answer(YES, Known(each.address, each.span), by)
        for each in found
    ]
    if not answers and undecided:
        return Answer(OPEN, undecided[0], by)
    if not answers:
        return Answer(NO, Absent(resource.span), type_name)
    return _any(answers, subject)


def _all(answers: list[Answer], subject: Known) -> Answer:
    for state in (NO, OPEN):
        for answer in answers:
            if answer.state == state:
                return answer
    return answers[-1] if answers else Answer(YES, subject)


def _any(answers: list[Answer], subject: Known) -> Answer:
    for state in (YES, OPEN):
        for answer in answers:
            if answer.state == state:
                return answer
    return answers[0] if answers else Answer(NO, Absent(subject.span))


def walk(value: Value, path: list[str]) -> Iterator[Value]:
    """Every value at a path; absent where a branch ends early, unknown where it cannot be followed."""
    if isinstance(value, Known) and isinstance(value.value, list) and path:
        if not value.value:
            yield Absent(value.key or value.span)
        for element in value.value:
            yield from walk(element, path)
        return
    if not path or not isinstance(value, Known):
        yield value
        return
    head, *rest = path
    if head == "*":
        entries = [item for _, item in value.items()]
        if value.rest is not None:
            entries.append(value.rest)
        if not entries:
            yield Absent(value.key or value.span)
        for item in entries:
            yield from walk(item, rest)
        return
    yield from walk(value.get(head), rest)


def match(matcher: Json, value: Value) -> str:
    """Whether one value matches; ``open`` where it is unknown and the matcher asks for its content."""
    if isinstance(matcher, list):
        matcher = {"one_of": matcher}
    elif not isinstance(matcher, dict):
        matcher = {"equal": matcher}
    states = [_word(word, wanted, value) for word, wanted in matcher.items()]
    return NO if NO in states else OPEN if OPEN in states else YES


def _word(word: str, wanted: Json, value: Value) -> str:
    missing = isinstance(value, Absent) or (isinstance(value, Known) and value.value is None)
    if word in ("present", "absent"):
        if isinstance(value, Unknown):
            return OPEN
        return YES if missing == ((word == "absent") == bool(wanted)) else NO
    if isinstance(value, Unknown):
        return OPEN
    if isinstance(value, Absent):
        return NO
    if isinstance(value.value, list):
        return _elements(word, wanted, value.value)
    if word == "matches":
        return _matches(str(wanted), value.value)
    return YES if _scalar(word, wanted, value.value) else NO


def _matches(pattern: str, actual: object) -> str:
    """Whether a part of a scalar fits a pattern of RE2's syntax, in time that is linear in its length: packs come with
    the repository that is scanned. ``open`` where the text is too long to say."""
    if not isinstance(actual, (str, int, float)):
        return NO
    from depcheck.terraform.functions.re2 import TooComplexError
    from depcheck.terraform.functions.re2 import pattern as compiled

    expression = compiled(pattern)
    expression.steps = 0
    try:
        return NO if expression.search(_text(actual)) is None else YES
    except TooComplexError:
        return OPEN


def _elements(word: str, wanted: Json, elements: Iterable[Value]) -> str:
    """A list matches when one of its elements does, so that ``cidr_blocks: "0.0.0.0/0"`` reads as it looks."""
    states = [_word(word, wanted, element) for element in elements]
    return YES if YES in states else OPEN if OPEN in states else NO


def _scalar(word: str, wanted: Json, actual: object) -> bool:
    if word == "equal":
        return same(wanted, actual)
    if word == "one_of":
        return isinstance(wanted, list) and any(same(each, actual) for each in wanted)
    number, bound = _number(actual), _number(wanted)
    if number is None or bound is None:
        return False
    return number >= bound if word == "at_least" else number <= bound


def same(wanted: object, actual: object) -> bool:
    """Equality as configuration means it: ``true`` and ``"true"`` are one, and so are ``7`` and ``"7"``."""
    if wanted is None or actual is None:
        return wanted is actual
    if isinstance(wanted, (bool, int, float, str)) and isinstance(actual, (bool, int, float, str)):
        return _text(wanted) == _text(actual)
    return False


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def problems(condition: Json, where: str) -> Iterator[str]:
    """What is wrong with a condition as it stands in a pack, each a clause."""
    if not isinstance(condition, dict):
        yield f"{where} is not a mapping of paths to what they must be"
        return
    for key, part in condition.items():
        if key in ("all", "any"):
            if not isinstance(part, list) or not part:
                yield f'"{key}" in {where} is not a list of conditions'
            else:
                for each in part:
                    yield from problems(each, where)
        elif key == "not":
            yield from problems(part, where)
        elif key == "related":
            if not isinstance(part, dict) or not {"resource", "by"} <= set(part) <= {"resource", "by", "require"}:
                yield f'"related" in {where} takes resource, by and, if wanted, require'
            elif "require" in part:
                yield from problems(part["require"], where)
        elif isinstance(part, dict):
            for word in part:
                if word not in WORDS:
                    yield f'"{word}" in {where} is no word of the requirement language ({", ".join(WORDS)})'
            pattern = part.get("matches")
            if pattern is not None:
                from depcheck.terraform.functions.re2 import PatternError, TooComplexError
                from depcheck.terraform.functions.re2 import pattern as compiled

                try:
                    compiled(str(pattern))
                except (PatternError, TooComplexError) as error:
                    yield f'the pattern "{pattern}" in {where} is no regular expression of RE2: {error}'
