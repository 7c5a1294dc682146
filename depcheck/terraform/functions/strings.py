"""String functions that need no pattern and no format: case, trimming, splitting, joining, searching."""

from __future__ import annotations

import re

from depcheck.terraform.functions.graphemes import clusters
from depcheck.terraform.functions.spec import Function, Parameter, plain, text, whole_number
from depcheck.terraform.types import BOOL, LIST_OF_STRING, NUMBER, STRING
from depcheck.terraform.values import (
    MAX_TEXT,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    boolean,
    combined,
    items_of,
    make_list,
    string,
    text_of,
    unknown,
)

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_LINE_ENDS = re.compile(r"(?:\r\n?|\n)+\Z")


def bounded(size: int) -> None:
    """Raise before a string is built that would be too long."""
    if size > MAX_TEXT:
        raise LimitError("the string is too long")


def _upper(value: str) -> str:
    # One character for one, as Go has it: "ß" stays.
    return value.upper() if value.isascii() else "".join(u if len(u := c.upper()) == 1 else c for c in value)


def _lower(value: str) -> str:
    return value.lower() if value.isascii() else "".join(c.lower()[0] for c in value)


def _title(value: str) -> str:
    result: list[str] = []
    before = " "
    for character in value:
        begins = not (before.isalnum() or before == "_") if before.isascii() else before in SPACES
        result.append(character.title() if begins and len(character.title()) == 1 else character)
        before = character
    return "".join(result)


def _trim_prefix(value: str, prefix: str) -> str:
    return value.removeprefix(prefix)


def _trim_suffix(value: str, suffix: str) -> str:
    return value.removesuffix(suffix)


def replace_plain(value: str, old: str, new: str) -> str:
    """Every occurrence replaced; before and after each character for an empty ``old``."""
    times = value.count(old)
    bounded(len(value) + times * max(len(new) - len(old), 0))
    return value.replace(old, new)


def _replace(value: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        from depcheck.terraform.functions.regex import replace_pattern

        return replace_pattern(value, old[1:-1], new)
    return replace_plain(value, old, new)


def _indent(arguments: list[TfValue]) -> TfValue:
    spaces, value = whole_number(arguments[0], "the number of spaces", 0), text_of(arguments[1])
    if spaces < 0:
        raise EvaluationError("the number of spaces must not be negative", 0)
    bounded(len(value) + min(spaces, MAX_TEXT + 1) * value.count("\n"))
    return string(value.replace("\n", "\n" + " " * min(spaces, MAX_TEXT)))


def _split(arguments: list[TfValue]) -> TfValue:
    separator, value = text_of(arguments[0]), text_of(arguments[1])
    return make_list(STRING, [string(part) for part in (value.split(separator) if separator else list(value))])


def _join(arguments: list[TfValue]) -> TfValue:
    separator, lists = text_of(arguments[0]), arguments[1:]
    if not lists:
        raise EvaluationError("join() needs at least one list")
    parts: list[str | TfValue] = []
    whole = True
    size = 0
    for number_, items in enumerate(lists):
        for item in items_of(items):
            if item.payload is None:
                raise EvaluationError("a null cannot be joined", number_ + 1)
            if parts:
                parts.append(separator)
                size += len(separator)
            if isinstance(item.payload, Reason):
                whole = False
                parts.append(item)
            else:
                parts.append(text_of(item))
                size += len(text_of(item))
            bounded(size)
    if whole:
        return string("".join(part for part in parts if isinstance(part, str)))
    reason = combined(lists)
    known = Reason(reason.clause, reason.missing, reason.refers, failed=reason.failed, parts=merged(parts))
    return unknown(known, STRING, not_null=True)


def merged(parts: list[str | TfValue]) -> tuple[str | TfValue, ...]:
    """Pieces of a partly unknown string with neighbouring known ones put together."""
    result: list[str | TfValue] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        elif part != "":
            result.append(part)
    return tuple(result)


def _substr(arguments: list[TfValue]) -> TfValue:
    characters = clusters(text_of(arguments[0]))
    offset, length = whole_number(arguments[1], "the offset", 1), whole_number(arguments[2], "the length", 2)
    if offset < 0:
        offset += len(characters)
    elif length == 0:
        return string("")
    # An offset that is still negative counts from the beginning.
    rest = characters[max(offset, 0) :]
    return string("".join(rest if length < 0 else rest[:length]))


def _starts_with(arguments: list[TfValue]) -> TfValue:
    prefix = text_of(arguments[1])
    reason = arguments[0].payload
    if isinstance(reason, Reason):
        known = reason.prefix()
        if known.startswith(prefix):
            return boolean(True)
        if known and not prefix.startswith(known):
            return boolean(False)
        return unknown(combined((arguments[0],)), BOOL, not_null=True)
    return boolean(text_of(arguments[0]).startswith(prefix))


def _ends_with(value: str, suffix: str) -> bool:
    return value.endswith(suffix)


def _contains(value: str, part: str) -> bool:
    return part in value


def _sort(arguments: list[TfValue]) -> TfValue:
    items = arguments[0]
    if not items.known:
        return unknown(combined((items,)), LIST_OF_STRING, not_null=True)
    if not items.whole:
        # How many there are is known, which of them comes first is not.
        return make_list(STRING, [unknown(combined((items,)), STRING)] * len(items_of(items)))
    if any(item.payload is None for item in items_of(items)):
        raise EvaluationError("a null string cannot be sorted", 0)
    return make_list(STRING, sorted(items_of(items), key=text_of))


def _compact(arguments: list[TfValue]) -> TfValue:
    items = arguments[0]
    if not items.whole:
        return unknown(combined((items,)), LIST_OF_STRING, not_null=True)
    return make_list(STRING, [item for item in items_of(items) if item.payload])


_STRINGS = Parameter("list", LIST_OF_STRING)
FUNCTIONS = {
    "chomp": plain(STRING, lambda value: _LINE_ENDS.sub("", value), text("str")),
    "compact": Function(_compact, (_STRINGS,), result=LIST_OF_STRING),
    "endswith": plain(BOOL, _ends_with, text("str"), text("suffix")),
    "indent": Function(_indent, (Parameter("spaces", NUMBER), text("str")), result=STRING),
    "join": Function(_join, (text("separator"),), variadic=Parameter("lists", LIST_OF_STRING), result=STRING),
    "lower": plain(STRING, _lower, text("str")),
    "replace": plain(STRING, _replace, text("str"), text("substr"), text("replace")),
    "sort": Function(_sort, (Parameter("list", LIST_OF_STRING, unknown=True),), result=LIST_OF_STRING),
    "split": Function(_split, (text("separator"), text("str")), result=LIST_OF_STRING),
    "startswith": Function(_starts_with, (Parameter("str", STRING, unknown=True), text("prefix")), result=BOOL),
    "strcontains": plain(BOOL, _contains, text("str"), text("substr")),
    "strrev": plain(STRING, lambda value: "".join(reversed(clusters(value))), text("str")),
    "substr": Function(_substr, (text("str"), Parameter("offset", NUMBER), Parameter("length", NUMBER)), result=STRING),
    "title": plain(STRING, _title, text("str")),
    "trim": plain(STRING, lambda value, cut: value.strip(cut) if cut else value, text("str"), text("cutset")),
    "trimprefix": plain(STRING, _trim_prefix, text("str"), text("prefix")),
    "trimspace": plain(STRING, lambda value: value.strip(SPACES), text("str")),
    "trimsuffix": plain(STRING, _trim_suffix, text("str"), text("suffix")),
    "upper": plain(STRING, _upper, text("str")),
}
