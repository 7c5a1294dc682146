"""Numeric functions: abs, ceil, floor, log, max, min, parseint, pow, signum, sum."""

from __future__ import annotations

import math
from collections.abc import Callable

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number, NumberError, NumberLimitError
from depcheck.terraform.conversion import convert
from depcheck.terraform.functions.spec import Function, Parameter, numeric, plain, whole_number
from depcheck.terraform.types import NUMBER
from depcheck.terraform.values import (
    EvaluationError,
    LimitError,
    TfValue,
    combined,
    items_of,
    number,
    number_of,
    text_of,
    unknown,
)

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAX_DIGITS = 1000
# Coefficients of the natural logarithm in FreeBSD's msun library (e_log.c), which Go uses too: the platform's own
# logarithm may differ in the last bit, and Terraform prints all bits.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)


def _absolute(value: Number) -> Number:
    return bigfloat.negate(value) if bigfloat.sign(value) < 0 else value


def _ceil(value: Number) -> Number:
    if isinstance(value, float) or bigfloat.whole(value) is not None:
        return value
    below = bigfloat.truncate(value)
    return below + 1 if bigfloat.sign(value) > 0 else below


def _floor(value: Number) -> Number:
    if isinstance(value, float) or bigfloat.whole(value) is not None:
        return value
    toward_zero = bigfloat.truncate(value)
    return toward_zero - 1 if bigfloat.sign(value) < 0 else toward_zero


def _natural_logarithm(value: float) -> float:
    if math.isinf(value) and value > 0:
        return value
    if value < 0:
        return math.nan
    if value == 0:
        return -math.inf
    fraction, exponent = math.frexp(value)
    if fraction < math.sqrt(2) / 2:
        fraction, exponent = fraction * 2, exponent - 1
    f = fraction - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (_LOG[0] + s4 * (_LOG[2] + s4 * (_LOG[4] + s4 * _LOG[6])))
    even = s4 * (_LOG[1] + s4 * (_LOG[3] + s4 * _LOG[5]))
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + (odd + even)) + exponent * _LN2_LOW)) - f)


def _log(value: Number, base: Number) -> Number:
    above, below = _natural_logarithm(_double(value)), _natural_logarithm(_double(base))
    try:
        quotient = above / below if below else math.copysign(math.inf, above) if above else math.nan
        return bigfloat.from_float(quotient)
    except NumberError:
        raise EvaluationError("the logarithm has no result") from None


def _double(value: Number) -> float:
    try:
        return bigfloat.to_float(value)
    except NumberError as problem:
        raise EvaluationError(str(problem)) from None


def _power(base: float, power: float) -> float:
    """By repeated squaring of the mantissa, as Go does it, so that the last bit is the same."""
    if power == 0 or base == 1:
        return 1.0
    if power == 1:
        return base
    if math.isinf(base) or math.isinf(power) or base == 0 or abs(power) >= 1 << 63 or (base < 0 and power % 1):
        return _special_power(base, power)
    if power in (0.5, -0.5):
        return math.sqrt(base) if power > 0 else 1 / math.sqrt(base)
    part, whole = math.modf(abs(power))
    result, result_exponent = 1.0, 0
    if part:
        if part > 0.5:
            part, whole = part - 1, whole + 1
        result = math.exp(part * _natural_logarithm(base))
    mantissa, exponent = math.frexp(base)
    count = int(whole)
    while count:
        if abs(exponent) > 1 << 12:
            result_exponent += exponent
            break
        if count & 1:
            result, result_exponent = result * mantissa, result_exponent + exponent
        mantissa, exponent = mantissa * mantissa, exponent << 1
        if mantissa < 0.5:
            mantissa, exponent = mantissa + mantissa, exponent - 1
        count >>= 1
    if power < 0:
        result, result_exponent = 1 / result, -result_exponent
    try:
        return math.ldexp(result, result_exponent)
    except OverflowError:
        return math.copysign(math.inf, result)


def _special_power(base: float, power: float) -> float:
    try:
        return math.pow(base, power)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan if base else math.inf


def _pow(value: Number, power: Number) -> Number:
    try:
        return bigfloat.from_float(_power(_double(value), _double(power)))
    except NumberError:
        raise EvaluationError("the power has no result") from None


def _signum(value: Number) -> Number:
    found = whole_number(value, "the argument of signum()")
    return bigfloat.Int64((found > 0) - (found < 0))


def _extreme(name: str, better: Callable[[int], bool]) -> Function:
    def implementation(arguments: list[TfValue]) -> TfValue:
        if not arguments:
            raise EvaluationError(f"{name}() needs at least one number")
        best = arguments[0]
        for argument in arguments[1:]:
            if better(bigfloat.compare(number_of(argument), number_of(best))):
                best = argument
        return best

    return Function(implementation, variadic=numeric("numbers"), result=NUMBER)


def _parse_integer(arguments: list[TfValue]) -> TfValue:
    if arguments[0].kind != "string":
        raise EvaluationError("the first argument of parseint() must be a string", 0)
    written, base = text_of(arguments[0]), whole_number(arguments[1], "the base", 1)
    if not 2 <= base <= 62:
        raise EvaluationError("the base must be between 2 and 62", 1)
    if len(written) > _MAX_DIGITS:
        raise LimitError("the number has too many digits")
    digits = written[1:] if written[:1] in ("+", "-") else written
    if base <= 36:
        digits = digits.lower()
    result = 0
    for digit in digits:
        place = _DIGITS.find(digit)
        if not 0 <= place < base:
            raise EvaluationError(f"{written!r} is no integer of base {base}", 0)
        result = result * base + place
    if not digits:
        raise EvaluationError(f"{written!r} is no integer of base {base}", 0)
    try:
        return number(bigfloat.rounded(-result if written[0] == "-" else result, 0, max(64, result.bit_length())))
    except NumberLimitError as problem:
        raise LimitError(str(problem)) from None


def _sum(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind not in ("list", "set", "tuple"):
        raise EvaluationError(f"sum() needs a list, set or tuple, not {sequence.kind}", 0)
    items = items_of(sequence)
    if not items:
        raise EvaluationError("sum() of an empty list has no result", 0)
    if not sequence.whole:
        return unknown(combined((sequence,)), NUMBER, not_null=True)
    total: Number | None = None
    for item in items:
        try:
            item = convert(item, NUMBER)
        except EvaluationError:
            item = unknown("")
        if item.payload is None or not item.known:
            raise EvaluationError("sum() needs numbers", 0)
        try:
            total = number_of(item) if total is None else bigfloat.add(total, number_of(item))
        except NumberLimitError as problem:
            raise LimitError(str(problem)) from None
        except NumberError as problem:
            raise EvaluationError(str(problem), 0) from None
    assert total is not None
    return number(total)


FUNCTIONS = {
    "abs": plain(NUMBER, _absolute, numeric("num")),
    "ceil": plain(NUMBER, _ceil, numeric("num")),
    "floor": plain(NUMBER, _floor, numeric("num")),
    "log": plain(NUMBER, _log, numeric("num"), numeric("base")),
    "max": _extreme("max", lambda order: order > 0),
    "min": _extreme("min", lambda order: order < 0),
    "parseint": Function(_parse_integer, (Parameter("number"), numeric("base")), result=NUMBER),
    "pow": plain(NUMBER, _pow, numeric("num"), numeric("power")),
    "signum": plain(NUMBER, _signum, numeric("num")),
    "sum": Function(_sum, (Parameter("list"),), result=NUMBER),
}
