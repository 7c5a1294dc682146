"""Scalars of YAML 1.2: what a plain one means, and where the characters of one stand in its file."""

from __future__ import annotations

import re

from depcheck.values import Scalar

#: Words of the core schema. ``yes``, ``on``, ``off`` and ``y`` are strings since YAML 1.2.
_WORDS: dict[str, bool | float | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    **{sign + dot: float(sign + "inf") for sign in ("", "+", "-") for dot in (".inf", ".Inf", ".INF")},
    **{dot: float("nan") for dot in (".nan", ".NaN", ".NAN")},
}
_FIRST = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
#: Longer runs of digits stay text: nobody counts with them, and turning them into a number takes quadratic time.
_MOST_DIGITS = 100


def resolve(text: str) -> Scalar:
    """The value of a plain scalar under the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST or len(text) > _MOST_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def tagged(tag: str, text: str, plain: bool) -> Scalar:
    """The value of a scalar with one of YAML's own tags (``!!str``, ``!!int`` …) or with any other."""
    name = tag.removeprefix("tag:yaml.org,2002:")
    value = resolve(text) if name in ("int", "float", "bool", "null") else text
    if name == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
