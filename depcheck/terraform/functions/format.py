"""``format`` and ``formatlist``: Terraform's printf verbs over exact numbers."""

from __future__ import annotations

import re

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number
from depcheck.terraform.conversion import convert
from depcheck.terraform.functions.graphemes import clusters, count
from depcheck.terraform.functions.jsontext import encode, quote
from depcheck.terraform.functions.spec import Function, Parameter, text
from depcheck.terraform.functions.strings import bounded, merged
from depcheck.terraform.types import BOOL, LIST_OF_STRING, NUMBER, SEQUENCES, STRING
from depcheck.terraform.values import (
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    combined,
    items_of,
    make_list,
    number_of,
    string,
    text_of,
    truth_of,
    unknown,
)

_VERB = re.compile(r"%([0#\-+ ]*)([1-9][0-9]*)?(\.[0-9]*)?(?:\[([1-9][0-9]*)\])?([a-zA-Z])")
_MAX_PRECISION = 1000
# Terraform waits for the type of a literal null for ever.
_UNTYPED_NULL = "an argument of format() is a null without a type"


class _Verb:
    __slots__ = ("argument", "flags", "mode", "precision", "raw", "width")

    def __init__(self, found: re.Match[str], following: int) -> None:
        self.raw = found[0]
        self.flags = found[1]
        self.width = _size(found[2]) if found[2] else -1
        self.precision = _size(found[3][1:] or "0") if found[3] is not None else -1
        self.argument = _size(found[4]) if found[4] else following
        self.mode = found[5]


def _size(digits: str) -> int:
    size = int(digits[:12])
    bounded(size)
    return size


def _format(template: str, arguments: list[TfValue]) -> str:
    result: list[str] = []
    at, following, highest = 0, 1, 0
    while True:
        percent = template.find("%", at)
        if percent < 0:
            result.append(template[at:])
            break
        result.append(template[at:percent])
        if template.startswith("%%", percent):
            result.append("%")
            at = percent + 2
            continue
        found = _VERB.match(template, percent)
        if found is None:
            raise EvaluationError(f"the format has no verb after the % at offset {percent}", 0)
        verb = _Verb(found, following)
        highest, following = max(highest, verb.argument), verb.argument + 1
        if verb.argument > len(arguments):
            raise EvaluationError(f"{verb.raw!r} needs argument {verb.argument}, only {len(arguments)} are given", 0)
        result.append(_one(verb, arguments[verb.argument - 1]))
        bounded(sum(map(len, result)) if len(result) < 64 else 0)
        at = found.end()
    if len(arguments) > highest:
        raise EvaluationError(f"the format uses {highest} of {len(arguments)} arguments", 0)
    bounded(sum(map(len, result)))
    return "".join(result)


def _one(verb: _Verb, value: TfValue) -> str:
    if value.payload is None and verb.mode != "v":
        raise EvaluationError(f"{verb.raw!r} cannot format null", verb.argument)
    if verb.mode == "v":
        return _as_is(verb, value)
    if verb.mode == "t":
        return "true" if truth_of(_needed(verb, value, BOOL)) else "false"
    if verb.mode in ("s", "q"):
        return _string(verb, text_of(_needed(verb, value, STRING)))
    if verb.mode in "bdoxX":
        return _integer(verb, number_of(_needed(verb, value, NUMBER)))
    if verb.mode in "eEfgG":
        return _floating(verb, number_of(_needed(verb, value, NUMBER)))
    raise EvaluationError(f"the verb {verb.raw!r} is not supported", 0)


def _needed(verb: _Verb, value: TfValue, type_: object) -> TfValue:
    wanted = BOOL if type_ is BOOL else NUMBER if type_ is NUMBER else STRING
    try:
        return convert(value, wanted)
    except EvaluationError as problem:
        raise EvaluationError(f"{verb.raw!r} cannot format this value: {problem.clause}", verb.argument) from None


def _as_is(verb: _Verb, value: TfValue) -> str:
    if "#" not in verb.flags and value.payload is not None:
        if value.kind == "string":
            return _padded(verb, text_of(value))
        if value.kind == "number":
            return _padded(verb, _general(number_of(value), -1, "e"))
    return _padded(verb, encode(value))


def _string(verb: _Verb, value: str) -> str:
    if verb.precision > 0:
        value = "".join(clusters(value)[: verb.precision])
    return _padded(verb, quote(value) if verb.mode == "q" else value)


def _padded(verb: _Verb, formatted: str) -> str:
    if verb.width < 0:
        return formatted
    filling = ("0" if "0" in verb.flags else " ") * (verb.width - count(formatted))
    return formatted + filling if "-" in verb.flags else filling + formatted


def _signed(verb: _Verb, digits: str, negative: bool, *, zero: bool = True) -> str:
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    missing = verb.width - len(sign) - len(digits)
    if missing <= 0:
        return sign + digits
    if "-" in verb.flags:
        return sign + digits + " " * missing
    if "0" in verb.flags and zero:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def _integer(verb: _Verb, value: Number) -> str:
    whole = bigfloat.whole(value)
    if whole is None:
        raise EvaluationError(f"{verb.raw!r} needs a whole number", verb.argument)
    size = abs(whole)
    digits = bigfloat.show(size) if verb.mode == "d" else f"{size:{verb.mode}}"
    if verb.precision >= 0:
        digits = "" if verb.precision == 0 and size == 0 else digits.rjust(verb.precision, "0")
    if "#" in verb.flags:
        digits = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb.mode, "") + digits
    return _signed(verb, digits, whole < 0, zero=verb.precision < 0)


def _floating(verb: _Verb, value: Number) -> str:
    if verb.precision > _MAX_PRECISION:
        raise LimitError("the format asks for too many digits")
    if isinstance(value, float):
        return _signed(verb, "Inf", value < 0, zero=False)
    size = bigfloat.negate(value) if bigfloat.sign(value) < 0 else value
    precision = verb.precision
    if verb.mode in "gG":
        digits = _general(size, precision, "e" if verb.mode == "g" else "E")
    elif verb.mode == "f":
        digits = _fixed(size, 6 if precision < 0 else precision)
    else:
        digits = _scientific(size, 6 if precision < 0 else precision, verb.mode)
    return _signed(verb, digits, bigfloat.sign(value) < 0)


def _exact(value: Number) -> tuple[str, int]:
    assert not isinstance(value, float)
    return bigfloat.decimal_digits(value)


def _fixed(value: Number, precision: int) -> str:
    digits, point = _exact(value)
    rounded, carried = bigfloat.round_digits(digits, point + precision) if point + precision >= 0 else ("", 0)
    point += carried
    if point <= 0:
        digits = "0" * (1 - point) + rounded
        point = 1
    else:
        digits = rounded
    digits = digits.ljust(point + precision, "0")
    return digits[:point] + ("." + digits[point : point + precision] if precision else "")


def _scientific(value: Number, precision: int, letter: str) -> str:
    digits, point = _exact(value)
    return _exponential(*bigfloat.round_digits(digits, precision + 1), point, precision, letter, bool(digits))


def _exponential(digits: str, carried: int, point: int, precision: int, letter: str, nonzero: bool) -> str:
    exponent = point + carried - 1 if nonzero else 0
    digits = (digits or "0").ljust(precision + 1, "0")[: precision + 1]
    tail = "." + digits[1:] if precision else ""
    return f"{digits[0]}{tail}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _general(value: Number, precision: int, letter: str) -> str:
    if isinstance(value, float):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if bigfloat.sign(value) < 0 else ""
    if precision < 0:
        digits, point = bigfloat.shortest(value)
        threshold = 6
    else:
        precision = precision or 1
        exact, point = _exact(value)
        digits, carried = bigfloat.round_digits(exact, precision)
        digits, point = digits.rstrip("0"), point + carried
        threshold = len(digits) if precision > len(digits) >= point else precision
    if not digits:
        return "0"
    if point - 1 < -4 or point - 1 >= threshold:
        return sign + _exponential(digits, 0, point, len(digits) - 1, letter, True)
    return sign + bigfloat.plain_digits(digits, point)


def _format_function(arguments: list[TfValue]) -> TfValue:
    template, values = text_of(arguments[0]), arguments[1:]
    if any(value.kind == "dynamic" and value.payload is None for value in values):
        return unknown(_UNTYPED_NULL)
    if all(value.whole for value in values):
        return string(_format(template, values))
    return _partly(template, values)


def _partly(template: str, values: list[TfValue]) -> TfValue:
    """An unknown string that keeps what is known: the literal text, and verbs whose argument is known."""
    parts: list[str | TfValue] = []
    at, following = 0, 1
    for found in _VERB.finditer(template.replace("%%", "\0\0")):
        parts.append(template[at : found.start()].replace("%%", "%"))
        verb = _Verb(found, following)
        following = verb.argument + 1
        at = found.end()
        if verb.argument > len(values):
            break
        value = values[verb.argument - 1]
        if value.whole:
            try:
                parts.append(_one(verb, value))
            except EvaluationError:
                # As long as another argument is unknown, Terraform does not look at this one.
                return unknown(combined(values), STRING, not_null=True)
        else:
            parts.append(value)
    parts.append(template[at:].replace("%%", "%"))
    reason = combined(values)
    kept = Reason(reason.clause, reason.missing, reason.refers, failed=reason.failed, parts=merged(parts))
    return unknown(kept, STRING, not_null=True)


def _format_list(arguments: list[TfValue]) -> TfValue:
    template, values = text_of(arguments[0]), arguments[1:]
    if not values:
        return make_list(STRING, [string(_format(template, []))])
    if any(value.kind == "dynamic" and value.payload is None for value in values):
        return unknown(_UNTYPED_NULL)
    length = _common_length(values)
    if length is None:
        return unknown(combined(values), LIST_OF_STRING, not_null=True)
    results: list[TfValue] = []
    for position in range(length):
        row = [items_of(value)[position] if _spreads(value) else value for value in values]
        if all(value.whole for value in row):
            results.append(string(_format(template, row)))
        else:
            results.append(_partly(template, row))
    return make_list(STRING, results)


def _spreads(value: TfValue) -> bool:
    return value.kind in SEQUENCES and value.payload is not None


def _common_length(values: list[TfValue]) -> int | None:
    length: int | None = None
    waiting = False
    for position, value in enumerate(values):
        if _spreads(value) and value.known and not (value.kind == "set" and not value.whole):
            size = len(items_of(value))
            if length is not None and length != size:
                raise EvaluationError(f"the lists have {length} and {size} elements", position + 1)
            length = size
        elif _spreads(value) or (value.kind == "dynamic" and not value.known):
            waiting = True
    if waiting:
        return None
    return 1 if length is None else length


_ARGUMENTS = Parameter("args", null=True, unknown=True)
FUNCTIONS = {
    "format": Function(_format_function, (text("format"),), variadic=_ARGUMENTS, result=STRING),
    "formatlist": Function(_format_list, (text("format"),), variadic=_ARGUMENTS, result=LIST_OF_STRING),
}
