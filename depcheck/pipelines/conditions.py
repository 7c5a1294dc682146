"""Conditions of GitHub's workflows, evaluated for a situation (an event on a branch) as far as that decides them.

Written from "Evaluate expressions in workflows and actions" in GitHub's documentation. What a situation does not say is
:data:`UNDECIDED`, and stays so through every operator that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase

from depcheck.project.workflows import text_of
from depcheck.syntax import expressions
from depcheck.syntax.expressions import Token
from depcheck.values import Known, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Undecided:
    """The value of what a situation does not say."""

    __slots__ = ()


UNDECIDED = Undecided()
Datum: TypeAlias = "str | float | bool | Undecided | None"


class Situation:
    """What contexts hold: ``values`` by their dotted names in lower case, nothing at all for names that begin with one
    of ``empty``."""

    __slots__ = ("empty", "values")

    def __init__(self, values: Mapping[str, Datum], empty: tuple[str, ...] = ()) -> None:
        self.values = values
        self.empty = empty

    def get(self, name: str) -> Datum:
        """What a context holds."""
        if name in self.values:
            return self.values[name]
        return None if self.empty and name.startswith(self.empty) else UNDECIDED


_STATUS: dict[str, Datum] = {"success": True, "always": True, "failure": False, "cancelled": False}
#: What may stand between the parts of an expression before it counts as too deep.
_DEEPEST = 60


def holds(condition: Value | None, situation: Situation) -> bool | None:
    """Whether an ``if:`` holds in a situation; None where that is not decided."""
    match condition:
        case None:
            return True
        case Known(value=bool(decided)):
            return decided
        case Known(value=str() | int() | float()) | Unknown():
            return _of_text(condition, situation)
    return None


def _of_text(condition: Value, situation: Situation) -> bool | None:
    text = text_of(condition)
    found = expressions.condition(text)
    if not found:
        return True if text.text.strip() else None
    if expressions.contains(text.text) and (len(found) != 1 or found[0].written != text.text):
        return True  # with text around the braces it is never empty
    return truth(evaluate(found[0].tokens, situation))


def truth(value: Datum) -> bool | None:
    """What a value counts as: empty text, 0 and null are false; None where it is undecided."""
    if isinstance(value, Undecided):
        return None
    return value not in ("", 0, None, False) and value == value


def evaluate(tokens: Sequence[Token], situation: Situation) -> Datum:
    """The value of an expression in a situation; undecided too where it is no expression."""
    reader = _Reader(tokens, situation)
    value = reader.alternatives(0)
    return value if reader.at == len(tokens) and not reader.broken else UNDECIDED


class _Reader:
    """Evaluates while it reads, by precedence: ``||``, ``&&``, comparisons, ``!``."""

    __slots__ = ("at", "broken", "situation", "tokens")

    def __init__(self, tokens: Sequence[Token], situation: Situation) -> None:
        self.tokens = tokens
        self.situation = situation
        self.at = 0
        self.broken = False

    def _mark(self) -> str:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.text if token is not None and token.kind == "operator" else ""

    def _takes(self, *marks: str) -> str:
        mark = self._mark()
        if mark in marks:
            self.at += 1
            return mark
        return ""

    def alternatives(self, depth: int) -> Datum:
        value = self._conjunction(depth)
        while self._takes("||"):
            other = self._conjunction(depth)
            value = _either(value, other)
        return value

    def _conjunction(self, depth: int) -> Datum:
        value = self._comparison(depth)
        while self._takes("&&"):
            other = self._comparison(depth)
            value = _both(value, other)
        return value

    def _comparison(self, depth: int) -> Datum:
        value = self._negation(depth)
        while mark := self._takes("==", "!=", "<", ">", "<=", ">="):
            value = _compared(mark, value, self._negation(depth))
        return value

    def _negation(self, depth: int) -> Datum:
        negated = 0
        while self._takes("!"):
            negated += 1
        value = self._operand(depth)
        for _ in range(negated % 2):
            decided = truth(value)
            value = UNDECIDED if decided is None else not decided
        return value

    def _operand(self, depth: int) -> Datum:
        if self.at >= len(self.tokens) or depth > _DEEPEST:
            self.broken = True
            return UNDECIDED
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "operator":
            if token.text != "(":
                self.broken = True
                return UNDECIDED
            value = self.alternatives(depth + 1)
            self.broken |= not self._takes(")")
            return self._parts(value)
        if token.kind == "string":
            return token.text
        if token.kind == "number":
            return _number(token.text)
        if token.kind != "name":
            self.broken = True
            return UNDECIDED
        return self._named(token.text, depth)

    def _named(self, name: str, depth: int) -> Datum:
        if self._mark() == "(":
            self.at += 1
            arguments: list[Datum] = []
            while self.at < len(self.tokens) and self._mark() != ")":
                before = self.at
                arguments.append(self.alternatives(depth + 1))
                if not self._takes(",") and self._mark() != ")":
                    self.broken = True
                if self.broken or self.at == before:
                    return UNDECIDED
            self.broken |= not self._takes(")")
            return self._parts(_called(name.lower(), arguments))
        word = {"true": True, "false": False, "null": None}
        if name.lower() in word and self._mark() not in (".", "["):
            return word[name.lower()]
        path = [name.lower()]
        computed = False
        while self._mark() in (".", "["):
            if self._takes("."):
                if self.at < len(self.tokens):
                    path.append(self.tokens[self.at].text.lower())
                self.at += 1
                continue
            self.at += 1
            literal = self.at < len(self.tokens) and self.tokens[self.at].kind == "string"
            inner = self.alternatives(depth + 1)
            computed |= not literal
            path.append(str(inner).lower() if literal else "?")
            if not self._takes("]"):
                self.broken = True
                return UNDECIDED
        return UNDECIDED if computed else self.situation.get(".".join(path))

    def _parts(self, value: Datum) -> Datum:
        """Parts of what a function gave are not followed."""
        followed = False
        while self._mark() in (".", "["):
            followed = True
            if self._takes("."):
                self.at += 1
            else:
                self.at += 1
                self.alternatives(_DEEPEST // 2)
                self.broken |= not self._takes("]")
                if self.broken:
                    return UNDECIDED
        return UNDECIDED if followed else value


def _either(one: Datum, other: Datum) -> Datum:
    decided = truth(one)
    if decided is None:
        return True if truth(other) is True else UNDECIDED
    return one if decided else other


def _both(one: Datum, other: Datum) -> Datum:
    decided = truth(one)
    if decided is None:
        return False if truth(other) is False else UNDECIDED
    return other if decided else one


def _compared(mark: str, one: Datum, other: Datum) -> Datum:
    if isinstance(one, Undecided) or isinstance(other, Undecided):
        return UNDECIDED
    if isinstance(one, str) and isinstance(other, str):
        order = _order(one.lower(), other.lower())
    else:
        left, right = _as_number(one), _as_number(other)
        order = (left > right) - (left < right) if left == left and right == right else 2
    return {
        "==": order == 0,
        "!=": order != 0,
        "<": order == -1,
        ">": order == 1,
        "<=": order in (-1, 0),
        ">=": order in (0, 1),
    }[mark]


def _order(one: str, other: str) -> int:
    return (one > other) - (one < other)


def _as_number(value: str | float | bool | None) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        return _number(value.strip()) if value.strip() else 0.0
    return float(value)


def _number(text: str) -> float:
    try:
        return float(int(text, 16)) if text.lower().startswith("0x") else float(text)
    except (ValueError, OverflowError):
        return float("nan")


def _called(name: str, arguments: Sequence[Datum]) -> Datum:
    if name in _STATUS and not arguments:
        return _STATUS[name]
    texts = [each.lower() for each in arguments if isinstance(each, str)]
    function = _OF_TEXTS.get(name)
    if function is not None and len(texts) == len(arguments) == 2:
        return function(texts[0], texts[1])
    if name == "contains" and len(arguments) == 2 and arguments[0] in ("", None):
        return False
    return UNDECIDED


_OF_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}


def calls(condition: Value | None) -> frozenset[str]:
    """The functions that a condition calls (``always``, ``failure``)."""
    if not isinstance(condition, (Known, Unknown)):
        return frozenset()
    found = expressions.condition(text_of(condition))
    return frozenset(name for each in found for name in each.functions)


def branch_matches(branch: str, pattern: str) -> bool:
    """Whether a filter of ``on.push.branches`` takes a branch: ``*`` stays between slashes, ``**`` does not."""
    if pattern in ("**", "*") and "/" not in branch:
        return True
    if "**" in pattern:
        return fnmatchcase(branch, pattern.replace("**", "*"))
    return pattern.count("/") == branch.count("/") and fnmatchcase(branch, pattern)
