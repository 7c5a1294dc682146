"""Classes of characters in RE2's patterns, as functions that test a character."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from unicodedata import category, name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Test: TypeAlias = Callable[[str], bool]
POSIX = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "ascii": "".join(map(chr, range(128))),
    "blank": "\t ",
    "cntrl": "".join(map(chr, range(32))) + "\x7f",
    "digit": string.digits,
    "graph": "".join(map(chr, range(33, 127))),
    "lower": string.ascii_lowercase,
    "print": "".join(map(chr, range(32, 127))),
    "punct": string.punctuation,
    "space": "\t\n\v\f\r ",
    "upper": string.ascii_uppercase,
    "word": string.ascii_letters + string.digits + "_",
    "xdigit": string.hexdigits,
}
PERL = {
    "d": frozenset(string.digits),
    "s": frozenset("\t\n\f\r "),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
}


class PatternError(Exception):
    """A pattern that RE2 refuses; ``clause`` says why."""

    def __init__(self, clause: str) -> None:
        super().__init__(clause)
        self.clause = clause


def folded(test: Test) -> Test:
    """The test without regard to case."""

    def either(character: str) -> bool:
        return test(character) or test(character.lower()) or test(character.upper())

    return either


def literal(character: str) -> Test:
    """One character."""
    return lambda other: other == character


def ranges(pairs: list[tuple[str, str]]) -> Test:
    """Characters from the first to the second of a pair."""
    return lambda other: any(low <= other <= high for low, high in pairs)


def unicode_class(label: str) -> Test:
    """The characters of ``\\p{label}``: a general category or a script."""
    negated = label.startswith("^")
    label = label.lstrip("^")
    if label == "Any":
        return lambda _other: not negated
    if re.fullmatch(r"[CLMNPSZ][a-z]?", label):
        return lambda other: category(other).startswith(label) != negated
    if label.isalpha() and label[0].isupper():
        # A script: its characters' names begin with it, Han apart.
        prefix = "CJK UNIFIED" if label == "Han" else label.upper().replace("_", " ")
        return lambda other: name(other, "").startswith(prefix) != negated
    raise PatternError(f"invalid character class range \\p{{{label}}}")
