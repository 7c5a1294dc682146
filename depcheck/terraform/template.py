"""Templates: text with interpolations and directives. What is known of a partly unknown text is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from depcheck.syntax.hcl_ast import Expression, ForDirective, IfDirective, Interpolation, Node, String, Template
from depcheck.terraform.bigfloat import Int64
from depcheck.terraform.conversion import convert
from depcheck.terraform.provenance import joint
from depcheck.terraform.scope import Scope
from depcheck.terraform.types import BOOL, STRING
from depcheck.terraform.values import (
    MARKS,
    MAX_TEXT,
    EvaluationError,
    LimitError,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    number,
    string,
    text_of,
    truth_of,
    uncounted,
    unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Evaluate: TypeAlias = Callable[[Expression, Scope], TfValue]
Pairs: TypeAlias = list[tuple[TfValue, TfValue]]


def evaluate_template(node: Node, scope: Scope, evaluate: Evaluate) -> TfValue:
    """The value of a template; one that is nothing but an interpolation is that expression's value."""
    assert isinstance(node, Template)
    only = node.parts[0] if len(node.parts) == 1 else None
    # Text that strip markers have emptied still makes it a text.
    if isinstance(only, Interpolation) and only.start - node.start <= 1 and node.end - only.end <= 1:
        value = evaluate(only.expression, scope)
        return value.at(scope.text, node, value.via)
    pieces = _Pieces()
    _render(node.parts, scope, evaluate, pieces)
    if pieces.size > 1000:
        scope.budget.spend(pieces.size >> 10)
    return pieces.value().at(scope.text, node, joint(pieces.values))


class _Pieces:
    """The text so far, with a value where a piece of it is not known."""

    __slots__ = ("marks", "parts", "size", "values")

    def __init__(self) -> None:
        self.parts: list[str | TfValue] = []
        self.values: list[TfValue] = []
        self.marks = 0
        self.size = 0

    def text(self, text: str) -> None:
        """Add known text."""
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise LimitError("the string is too long")
        if text:
            self.parts.append(text)

    def hole(self, value: TfValue) -> None:
        """Add a piece that is not known, or the pieces of it that are."""
        reason = value.payload
        assert isinstance(reason, Reason)
        if reason.parts and len(self.parts) < 1000:
            for part in reason.parts:
                if isinstance(part, str):
                    self.text(part)
                else:
                    self.parts.append(part)
        else:
            self.parts.append(value)

    def value(self) -> TfValue:
        """The string."""
        holes = [part for part in self.parts if isinstance(part, TfValue)]
        if not holes:
            return string("".join(part for part in self.parts if isinstance(part, str))).marked(self.marks)
        reason = combined(holes)
        kept = Reason(reason.clause, reason.missing, failed=reason.failed, parts=tuple(_joined(self.parts)))
        return unknown(kept, STRING, marks=self.marks, not_null=True)


def _joined(parts: list[str | TfValue]) -> Iterator[str | TfValue]:
    """The pieces with neighbouring texts put together."""
    for known, group in groupby(parts, key=_is_text):
        if known:
            yield "".join([part for part in group if isinstance(part, str)])
        else:
            yield from group


def _is_text(part: str | TfValue) -> bool:
    return isinstance(part, str)


def _render(parts: Sequence[Node], scope: Scope, evaluate: Evaluate, pieces: _Pieces) -> None:
    for part in parts:
        if isinstance(part, String):
            pieces.text(part.value)
        elif isinstance(part, Interpolation):
            _interpolate(part, scope, evaluate, pieces)
        elif isinstance(part, IfDirective):
            _choose(part, scope, evaluate, pieces)
        elif isinstance(part, ForDirective):
            _repeat(part, scope, evaluate, pieces)


def _interpolate(part: Interpolation, scope: Scope, evaluate: Evaluate, pieces: _Pieces) -> None:
    value = evaluate(part.expression, scope)
    pieces.values.append(value)
    pieces.marks |= value.flags & MARKS
    if value.known and (value.kind != "string" or value.payload is None):
        value = _as_text(value, part, scope)
    if value.known:
        pieces.text(text_of(value))
    else:
        pieces.hole(value)


def _as_text(value: TfValue, part: Interpolation, scope: Scope) -> TfValue:
    clause = "a null value cannot be part of a text"
    if value.payload is not None:
        try:
            return convert(value, STRING)
        except EvaluationError as problem:
            clause = f"the value cannot be part of a text: {problem.clause}"
    scope.report(clause, part.expression)
    return unknown(Reason(clause, failed=True), STRING)


def _choose(part: IfDirective, scope: Scope, evaluate: Evaluate, pieces: _Pieces) -> None:
    condition = evaluate(part.condition, scope)
    pieces.values.append(condition)
    if condition.payload is None:
        scope.report("the condition is null", part.condition)
        pieces.hole(unknown(Reason("the condition is null", failed=True), STRING))
        return
    try:
        condition = convert(condition, BOOL)
    except EvaluationError as problem:
        scope.report(f"the condition must be true or false: {problem.clause}", part.condition)
        condition = unknown(Reason(problem.clause, failed=True), BOOL)
    pieces.marks |= condition.flags & MARKS
    if not condition.known:
        pieces.hole(unknown(combined((condition,)), STRING))
        return
    _render(part.then if truth_of(condition) else part.otherwise, scope, evaluate, pieces)


def _repeat(part: ForDirective, scope: Scope, evaluate: Evaluate, pieces: _Pieces) -> None:
    collection = evaluate(part.collection, scope)
    pieces.values.append(collection)
    pieces.marks |= collection.flags & MARKS
    try:
        pairs = pairs_of(collection)
    except EvaluationError as problem:
        scope.report(problem.clause, part.collection)
        pieces.hole(unknown(Reason(problem.clause, failed=True), STRING))
        return
    if pairs is None:
        pieces.hole(unknown(combined((collection,)), STRING))
        return
    scope.budget.spend(len(pairs))
    child = scope.binding()
    for key, value in pairs:
        child.bind(scope, {part.value: value} if part.key is None else {part.key: key, part.value: value})
        _render(part.body, child, evaluate, pieces)
        scope.budget.check()


def pairs_of(collection: TfValue) -> Pairs | None:
    """The keys and values that a loop goes through, None where they are not known."""
    payload = collection.payload
    if payload is None:
        raise EvaluationError("a loop cannot go through null")
    if isinstance(payload, OpenAttributes):
        return None
    if isinstance(payload, dict):
        return [(string(name), value) for name, value in payload.items()]
    if isinstance(payload, list):
        if collection.kind != "set":
            return [(number(Int64(index)), value) for index, value in enumerate(payload)]
        # How many elements there are is open while one that is unknown may equal another. Terraform goes on here.
        return None if uncounted(collection) else [(value, value) for value in payload]
    if isinstance(payload, Reason) and collection.kind not in ("string", "number", "bool"):
        return None
    raise EvaluationError(f"a loop cannot go through a {collection.kind}")
