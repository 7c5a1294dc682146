"""Numbers as Terraform holds them: binary floating point with a mantissa of 512 bits.

A number is one of three things. An ``int`` is a whole number (held with 512 bits unless it is an :class:`Int64`). A
:class:`Real` is anything else that is finite. The two infinities are Python's own floats, which occur for nothing else.
"""

from __future__ import annotations

import math
import re

from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

PRECISION = 512
_DECIMAL_EXPONENT_LIMIT = 1000
_EXPONENT_LIMIT = 5000
_DECIMAL = Pattern(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\Z", re.ASCII)
_HEX_PREFIX = Pattern(r"[+-]?0[xXbBoO]")


class NumberError(Exception):
    """An arithmetic operation that has no result; the message is a clause."""


class NumberLimitError(NumberError):
    """A number that Terraform might hold and depcheck does not."""


class Int64(int):
    """A whole number that Terraform counts itself (a length, an index): 64 bits, which shows in quotients only."""

    __slots__ = ()


class Real:
    """``mantissa * 2**exponent`` held with ``precision`` bits; the mantissa is odd unless the number is whole."""

    __slots__ = ("exponent", "mantissa", "precision")

    def __init__(self, mantissa: int, exponent: int, precision: int = PRECISION) -> None:
        self.mantissa = mantissa
        self.exponent = exponent
        self.precision = precision

    def __repr__(self) -> str:
        return f"Real({show(self)})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Real):
            return self.mantissa == other.mantissa and self.exponent == other.exponent
        return isinstance(other, (int, float)) and compare(self, other) == 0

    def __hash__(self) -> int:
        return hash((self.mantissa, self.exponent))


Number: TypeAlias = int | Real | float


def _parts(number: int | Real) -> tuple[int, int, int]:
    if isinstance(number, Real):
        return number.mantissa, number.exponent, number.precision
    return number, 0, 64 if isinstance(number, Int64) else PRECISION


def rounded(mantissa: int, exponent: int, precision: int = PRECISION) -> int | Real:
    """The nearest number with so many bits, halves to even."""
    if mantissa == 0:
        return 0
    surplus = mantissa.bit_length() - precision
    if surplus > 0:
        mantissa, exponent = _drop(mantissa, surplus), exponent + surplus
    trailing = (mantissa & -mantissa).bit_length() - 1
    if trailing:
        mantissa, exponent = mantissa >> trailing, exponent + trailing
    if not -_EXPONENT_LIMIT < exponent < _EXPONENT_LIMIT:
        raise NumberLimitError("the number is too large or too small")
    if exponent >= 0:
        if precision == PRECISION or (precision != 64 and mantissa.bit_length() + exponent <= precision):
            return mantissa << exponent
        if precision == 64:
            return Int64(mantissa << exponent)
    return Real(mantissa, exponent, precision)


def _drop(mantissa: int, bits: int) -> int:
    negative, mantissa = mantissa < 0, abs(mantissa)
    kept = mantissa >> bits
    rest, half = mantissa & ((1 << bits) - 1), 1 << (bits - 1)
    if rest > half or (rest == half and kept & 1):
        kept += 1
    return -kept if negative else kept


def from_float(value: float) -> Number:
    """A double as a number with 53 bits; NaN has none."""
    if math.isnan(value):
        raise NumberError("the result is not a number")
    if math.isinf(value):
        return value
    numerator, denominator = value.as_integer_ratio()
    return rounded(numerator, 1 - denominator.bit_length(), 53)


def to_float(number: Number) -> float:
    """The nearest double."""
    try:
        if isinstance(number, Real):
            if number.exponent < 0:
                return number.mantissa / (1 << -number.exponent)
            return float(number.mantissa << number.exponent)
        return float(number)
    except OverflowError:
        raise NumberError("the number does not fit into a double") from None


def align(left: int | Real, right: int | Real) -> tuple[int, int, int]:
    """Both as whole multiples of the same power of two, and that power."""
    (a, x, _), (b, y, _) = _parts(left), _parts(right)
    low = min(x, y)
    if abs(x - y) > 64 * PRECISION:
        raise NumberLimitError("the numbers are too far apart")
    return a << (x - low), b << (y - low), low


def parse(text: str) -> Number | None:
    """A number from decimal text, None where it is none; ``NumberError`` where it is out of every sensible range."""
    found = _DECIMAL.match(text)
    if found is None or not (found[2] or found[3]):
        return _parse_special(text)
    sign, whole, fraction, power = found[1], found[2], found[3] or "", found[4]
    if len(whole) + len(fraction) > _DECIMAL_EXPONENT_LIMIT or (power and len(power) > 5):
        raise NumberLimitError("the number has too many digits")
    digits = int((whole + fraction) or "0")
    scale = (int(power) if power else 0) - len(fraction)
    if abs(scale) > _DECIMAL_EXPONENT_LIMIT:
        raise NumberLimitError("the number has too many digits")
    if sign == "-":
        digits = -digits
    if scale >= 0:
        return rounded(digits * 10**scale, 0)
    return _quotient(digits, 10**-scale, PRECISION)


def _parse_special(text: str) -> Number | None:
    bare = text.lstrip("+-")
    if len(text) - len(bare) <= 1 and bare in ("Inf", "inf"):
        return -math.inf if text.startswith("-") else math.inf
    return None


def _quotient(numerator: int, denominator: int, precision: int) -> int | Real:
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator == 0:
        return 0
    shift = max(precision + 2 - numerator.bit_length() + denominator.bit_length(), 0)
    quotient, rest = divmod(abs(numerator) << shift, denominator)
    # Two spare bits and one that says whether anything follows round correctly.
    quotient = (quotient << 1) | (1 if rest else 0)
    return rounded(-quotient if numerator < 0 else quotient, -shift - 1, precision)


def add(left: Number, right: Number) -> Number:
    """Sum."""
    if type(left) is int and type(right) is int:
        total = left + right
        return total if total.bit_length() <= PRECISION else rounded(total, 0)
    if isinstance(left, float) or isinstance(right, float):
        return _with_infinity(left, right, "adding opposing infinities has no result")
    a, b, low = align(left, right)
    return rounded(a + b, low, max(_parts(left)[2], _parts(right)[2]))


def _with_infinity(left: Number, right: Number, complaint: str) -> float:
    if isinstance(left, float):
        if isinstance(right, float) and right != left:
            raise NumberError(complaint)
        return left
    assert isinstance(right, float)
    return right


def negate(number: Number) -> Number:
    """The number with the other sign."""
    if isinstance(number, Real):
        return Real(-number.mantissa, number.exponent, number.precision)
    return Int64(-number) if isinstance(number, Int64) else -number


def subtract(left: Number, right: Number) -> Number:
    """Difference."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """Product."""
    if type(left) is int and type(right) is int:
        product_of_ints = left * right
        if product_of_ints.bit_length() <= PRECISION:
            return product_of_ints
    if isinstance(left, float) or isinstance(right, float):
        if left == 0 or right == 0:
            raise NumberError("zero times infinity has no result")
        return math.inf if (sign(left) > 0) == (sign(right) > 0) else -math.inf
    (a, x, p), (b, y, q) = _parts(left), _parts(right)
    product = rounded(a * b, x + y, PRECISION)
    wanted = max(p, q)
    if wanted < PRECISION:
        mantissa, exponent, _ = _parts(product)
        odd = mantissa >> max((mantissa & -mantissa).bit_length() - 1, 0) if mantissa else 0
        return rounded(mantissa, exponent, max(wanted, odd.bit_length()))
    return product


def divide(left: Number, right: Number) -> Number:
    """Quotient; anything but zero divided by zero is infinite."""
    if isinstance(left, float):
        if isinstance(right, float):
            raise NumberError("infinity divided by infinity has no result")
        return left if sign(right) >= 0 else -left
    if isinstance(right, float):
        return 0
    (a, x, p), (b, y, q) = _parts(left), _parts(right)
    if b == 0:
        if a == 0:
            raise NumberError("zero divided by zero has no result")
        return math.inf if a > 0 else -math.inf
    shift = x - y
    return _quotient(a << max(shift, 0), b << max(-shift, 0), max(p, q))


def modulo(left: Number, right: Number) -> Number:
    """Remainder of the division that drops the fraction; its sign is the left one's."""
    if isinstance(left, float) or isinstance(right, float):
        return multiply(left, right)
    if sign(right) == 0:
        return left
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    whole = truncate(divide(left, right))
    return subtract(left, multiply(right, whole))


def sign(number: Number) -> int:
    """-1, 0 or 1."""
    value = number.mantissa if isinstance(number, Real) else number
    return (value > 0) - (value < 0)


def compare(left: Number, right: Number) -> int:
    """-1, 0 or 1."""
    if isinstance(left, Real) or isinstance(right, Real):
        if isinstance(left, float):
            return 1 if left > 0 else -1
        if isinstance(right, float):
            return -1 if right > 0 else 1
        if sign(left) != sign(right):
            return 1 if sign(left) > sign(right) else -1
        a, b, _ = align(left, right)
        return (a > b) - (a < b)
    return (left > right) - (left < right)


def truncate(number: Number) -> int:
    """The whole part; ``NumberError`` for an infinity."""
    if isinstance(number, int):
        return int(number)
    if isinstance(number, float):
        raise NumberError("infinity is no whole number")
    if number.exponent >= 0:
        if number.exponent > 16 * PRECISION:
            raise NumberError("the number is too large")
        return number.mantissa << number.exponent
    size = abs(number.mantissa) >> -number.exponent
    return -size if number.mantissa < 0 else size


def whole(number: Number) -> int | None:
    """The number as an ``int`` where it is whole, else None."""
    if isinstance(number, int):
        return int(number)
    if isinstance(number, Real) and 0 <= number.exponent <= 16 * PRECISION:
        return number.mantissa << number.exponent
    return None


def show(number: Number) -> str:
    """As Terraform prints it: the shortest decimal that means this number, never with an exponent."""
    if isinstance(number, int) and number.bit_length() <= PRECISION:
        return int.__repr__(number)
    if isinstance(number, float):
        return "+Inf" if number > 0 else "-Inf"
    digits, point = shortest(number)
    return ("-" if sign(number) < 0 else "") + plain_digits(digits, point)


def plain_digits(digits: str, point: int) -> str:
    """``digits`` with the decimal point after the first ``point`` of them, without an exponent."""
    if point <= 0:
        return "0." + "0" * -point + digits if digits else "0"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return digits[:point] + "." + digits[point:]


def exact_digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """All decimal digits of ``mantissa * 2**exponent`` and where the point stands; no trailing zeros."""
    if exponent >= 0:
        text = str(mantissa << exponent)
        return text.rstrip("0"), len(text)
    text = str(mantissa * 5**-exponent)
    point = len(text) + exponent
    return text.rstrip("0"), point


def decimal_digits(number: int | Real) -> tuple[str, int]:
    """All decimal digits of a number's absolute value and where the point stands."""
    mantissa, exponent, _ = _parts(number)
    return exact_digits(abs(mantissa), exponent)


def shortest(number: int | Real) -> tuple[str, int]:
    """The fewest decimal digits that no other number of the same precision is nearer to, and the point's place."""
    mantissa, exponent, precision = _parts(number)
    mantissa = abs(mantissa)
    if mantissa == 0:
        return "", 0
    shift = precision + 1 - mantissa.bit_length()
    mantissa, exponent = (mantissa << shift if shift >= 0 else mantissa >> -shift), exponent - shift
    digits, point = exact_digits(mantissa, exponent)
    low, low_point = exact_digits(mantissa - 1, exponent)
    high, high_point = exact_digits(mantissa + 1, exponent)
    # Equal lengths before the point make positions comparable.
    longest = max(point, low_point, high_point)
    digits, low, high = (
        "0" * (longest - at) + text for text, at in ((digits, point), (low, low_point), (high, high_point))
    )
    inclusive = not mantissa & 2
    for index, digit in enumerate(digits):
        below = low[index] if index < len(low) else "0"
        above = high[index] if index < len(high) else "0"
        down = below != digit or (inclusive and index + 1 == len(low))
        up = digit != above and (inclusive or chr(ord(digit) + 1) < above or index + 1 < len(high))
        if down and up:
            return _settled(round_digits(digits, index + 1), longest)
        if down:
            return _settled((digits[: index + 1], 0), longest)
        if up:
            return _settled(_round_up(digits[: index + 1]), longest)
    return _settled((digits, 0), longest)


def round_digits(digits: str, count: int) -> tuple[str, int]:
    """The first ``count`` digits, rounded half to even, and 1 where a digit came in front."""
    if count >= len(digits):
        return digits, 0
    if count < 0:
        return "", 0
    rest = digits[count:]
    odd = count > 0 and int(digits[count - 1]) & 1
    if rest[0] > "5" or (rest[0] == "5" and (rest[1:].strip("0") or odd)):
        return _round_up(digits[:count])
    return digits[:count], 0


def _round_up(digits: str) -> tuple[str, int]:
    kept = digits.rstrip("9")
    if not kept:
        return "1", 1
    return kept[:-1] + chr(ord(kept[-1]) + 1), 0


def _settled(rounded_digits: tuple[str, int], point: int) -> tuple[str, int]:
    digits, carried = rounded_digits
    point += carried
    bare = digits.lstrip("0")
    return bare.rstrip("0"), point - (len(digits) - len(bare))
