"""``regex``, ``regexall``, and ``replace`` with a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.terraform.functions.re2 import Captures, Pattern, PatternError, TooComplexError, pattern
from depcheck.terraform.functions.spec import Function, text
from depcheck.terraform.functions.strings import bounded
from depcheck.terraform.types import DYNAMIC, STRING, TfType, list_of, object_of, tuple_of
from depcheck.terraform.values import (
    EvaluationError,
    LimitError,
    TfValue,
    make_list,
    make_object,
    make_tuple,
    null,
    string,
    text_of,
)

_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def _pattern(source: str, argument: int | None) -> Pattern:
    try:
        return pattern(source)
    except PatternError as problem:
        raise EvaluationError(f"the pattern {source!r} is not valid: {problem.clause}", argument) from None
    except TooComplexError as problem:
        raise LimitError(str(problem)) from None


def _search(compiled: Pattern, subject: str, start: int) -> Captures | None:
    try:
        return compiled.search(subject, start)
    except TooComplexError as problem:
        raise LimitError(str(problem)) from None


def _checked(compiled: Pattern, source: str) -> Pattern:
    names = compiled.names
    if any(names) and not all(names):
        raise EvaluationError(f"the pattern {source!r} has both named and unnamed groups", 0)
    return compiled


def steps_of(name: str, arguments: Sequence[TfValue]) -> int:
    """How many steps the last search with the pattern of such a call took."""
    source = arguments[1 if name == "replace" else 0].payload if len(arguments) > 1 else None
    if not isinstance(source, str):
        return 0
    if name == "replace":
        if len(source) < 2 or not source.startswith("/") or not source.endswith("/"):
            return 0
        source = source[1:-1]
    try:
        return pattern(source).steps
    except (PatternError, TooComplexError):
        return 0


def _result(compiled: Pattern, subject: str, captures: Captures) -> TfValue:
    if not compiled.names:
        return string(subject[captures[0] : captures[1]])
    groups = [
        null(STRING) if captures[at] < 0 else string(subject[captures[at] : captures[at + 1]])
        for at in range(2, len(captures), 2)
    ]
    if compiled.names[0]:
        return make_object(dict(zip(compiled.names, groups, strict=True)))
    return make_tuple(groups)


def _regex(arguments: list[TfValue]) -> TfValue:
    source, subject = text_of(arguments[0]), text_of(arguments[1])
    compiled = _checked(_pattern(source, 0), source)
    compiled.steps = 0
    captures = _search(compiled, subject, 0)
    if captures is None:
        raise EvaluationError(f"the pattern {source!r} matches no part of the text")
    return _result(compiled, subject, captures)


def _regex_all(arguments: list[TfValue]) -> TfValue:
    source, subject = text_of(arguments[0]), text_of(arguments[1])
    compiled = _checked(_pattern(source, 0), source)
    try:
        matches = compiled.find_all(subject)
    except TooComplexError as problem:
        raise LimitError(str(problem)) from None
    return make_list(_match_type(compiled), [_result(compiled, subject, captures) for captures in matches])


def _match_type(compiled: Pattern) -> TfType:
    names = compiled.names
    if not names:
        return STRING
    return object_of(dict.fromkeys(names, STRING)) if names[0] else tuple_of([STRING] * len(names))


def _typed(arguments: list[TfValue]) -> TfType:
    if not arguments[0].known:
        return DYNAMIC
    source = text_of(arguments[0])
    return _match_type(_checked(_pattern(source, 0), source))


def replace_pattern(subject: str, source: str, replacement: str) -> str:
    """Every match replaced; ``$1`` and ``${name}`` in the replacement stand for groups."""
    compiled = _pattern(source, None)
    compiled.steps = 0
    parts: list[str] = []
    size = last_end = at = 0
    while at <= len(subject):
        captures = _search(compiled, subject, at)
        if captures is None:
            break
        parts.append(subject[last_end : captures[0]])
        if captures[1] > last_end or captures[0] == 0:
            parts.append(_expanded(compiled, subject, captures, replacement))
            size += len(parts[-1])
        bounded(size)
        last_end = captures[1]
        at = max(at + 1, last_end)
    return "".join(parts) + subject[last_end:]


def _expanded(compiled: Pattern, subject: str, captures: Captures, replacement: str) -> str:
    def group(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if name.isdecimal() and name.isascii():
            number = int(name[:6])
        else:
            same = [at for at, other in enumerate(compiled.names, 1) if other == name]
            number = next((at for at in same if captures[2 * at] >= 0), -1)
        if not 0 <= number < len(captures) // 2 or captures[2 * number] < 0:
            return ""
        return subject[captures[2 * number] : captures[2 * number + 1]]

    return _REFERENCE.sub(group, replacement) if "$" in replacement else replacement


FUNCTIONS = {
    "regex": Function(_regex, (text("pattern"), text("string")), typed=_typed),
    "regexall": Function(
        _regex_all, (text("pattern"), text("string")), typed=lambda arguments: list_of(_typed(arguments))
    ),
}
