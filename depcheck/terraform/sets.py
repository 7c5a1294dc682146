"""The order and identity of the elements of a set: strings and numbers by value, everything else by a byte string."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number, Real
from depcheck.terraform.types import TfType
from depcheck.terraform.values import PARTIAL, TfValue, deeply_unmarked, inner_marks, number_of

_SHORT_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def distinct_in_order(element: TfType, items: Iterable[TfValue]) -> tuple[list[TfValue], int]:
    """The items without marks and duplicates in the order of a set, and the marks that they had."""
    marks = 0
    bare: list[TfValue] = []
    for item in items:
        marks |= inner_marks(item)
        bare.append(deeply_unmarked(item))
    if element.kind == "string" and all(type(item.payload) is str for item in bare):
        unique = {item.payload: item for item in reversed(bare)}
        return [unique[text] for text in sorted(unique)], marks  # type: ignore[type-var]
    seen: dict[str, TfValue] = {}
    loose: list[TfValue] = []
    for item in bare:
        if item.flags & PARTIAL:
            loose.append(item)
        else:
            seen.setdefault(identity(item), item)
    if element.kind == "number":
        known = sorted(
            (item for item in seen.values() if item.payload is not None),
            key=cmp_to_key(_by_number),
        )
    else:
        # What is unknown in part has its place among the others, and none is known to equal another.
        ranked = [(name, item) for name, item in seen.items() if item.payload is not None]
        ranked += [(identity(item), item) for item in loose if item.known]
        known = [item for _, item in sorted(ranked, key=_rank)]
        loose = [item for item in loose if not item.known]
    nulls = [item for item in seen.values() if item.payload is None]
    return known + loose + nulls, marks


def _rank(ranked: tuple[str, TfValue]) -> str:
    return ranked[0]


def _by_number(left: TfValue, right: TfValue) -> int:
    return bigfloat.compare(number_of(left), number_of(right))


def identity(value: TfValue) -> str:
    """Text that is equal for equal known values of one type, and whose order is the order in a set."""
    payload = value.payload
    if payload is None:
        return "~"
    if isinstance(payload, str):
        return quoted(payload)
    if isinstance(payload, bool):
        return "T" if payload else "F"
    if isinstance(payload, (int, Real, float)):
        return _ten_digits(payload)
    if value.kind == "map" and isinstance(payload, dict):
        return "{" + "".join(f"{quoted(name)}:{identity(item)};" for name, item in payload.items()) + "}"
    if isinstance(payload, dict):
        return "<" + "".join(f"{identity(item)};" for item in payload.values()) + ">"
    if isinstance(payload, list):
        inner = "".join(f"{identity(item)};" for item in payload)
        return f"<{inner}>" if value.kind == "tuple" else f"[{inner}]"
    return "?"


def _ten_digits(number: Number) -> str:
    # Go prints a number here with ten significant digits; the exact value follows so that near ones stay apart.
    if isinstance(number, float):
        return "+Inf" if number > 0 else "-Inf"
    digits, point = bigfloat.decimal_digits(number)
    short, carried = bigfloat.round_digits(digits, 10)
    short, point = short.rstrip("0"), point + carried
    sign = "-" if bigfloat.sign(number) < 0 else ""
    if not short:
        return "0"
    if point - 1 < -4 or point - 1 >= 10:
        tail = f".{short[1:]}" if len(short) > 1 else ""
        return f"{sign}{short[0]}{tail}e{'-' if point < 1 else '+'}{abs(point - 1):02d}\0{digits}"
    return f"{sign}{bigfloat.plain_digits(short, point)}" + (f"\0{digits}" if len(digits) > 10 else "")


def quoted(text: str) -> str:
    """The text in double quotes with Go's escapes, as ``terraform console`` prints it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
