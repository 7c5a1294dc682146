"""Evaluate a tree of :mod:`depcheck.syntax.hcl_ast` in a :class:`~depcheck.terraform.scope.Scope`.

``evaluate(expression, scope)`` never raises. What Terraform would refuse becomes an unknown value whose reason has
``failed`` set, and a problem in ``scope.log`` at the smallest node that is to blame; what depcheck refuses to compute
(:class:`~depcheck.terraform.values.LimitError`) becomes an unknown value and a problem likewise.

It differs from Terraform 1.11 where that would lose what is certain: ``false && unknown`` is false whichever way the
unknown turns out, an undecisive right side is not looked at (Terraform 1.12 and later do the same), and ``merge`` keeps
the entries that nothing unknown can replace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from depcheck.syntax.hcl_ast import (
    Bad,
    Binary,
    Bool,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Name,
    Node,
    Null,
    Number,
    Object,
    Parentheses,
    Splat,
    SplatItem,
    String,
    Template,
    Tuple,
    Unary,
)
from depcheck.terraform import access, operators
from depcheck.terraform.calls import evaluate_call
from depcheck.terraform.conversion import convert, parse_number
from depcheck.terraform.equality import equals
from depcheck.terraform.identity import common, referring
from depcheck.terraform.loops import evaluate_for_object, evaluate_for_tuple, evaluate_splat
from depcheck.terraform.provenance import joint, referred, selected
from depcheck.terraform.scope import Scope
from depcheck.terraform.template import evaluate_template
from depcheck.terraform.types import BOOL, DYNAMIC, NUMBER, PRIMITIVES, STRING, TfType, name_of
from depcheck.terraform.unification import unify
from depcheck.terraform.values import (
    MARKS,
    NOT_NULL,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    combined,
    loosely_typed,
    make_object,
    make_tuple,
    null,
    string,
    text_of,
    truth_of,
    unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

# What a problem may begin with, and what follows the name of the thing in its place.
_SUBJECTS = (("the value is null", "is null"), ("the object has", "has"), ("the map has", "has"))
_NAMED = 80
Handler: TypeAlias = "Callable[[Node, Scope], TfValue]"


def evaluate(expression: Expression, scope: Scope) -> TfValue:
    """The value of an expression; it never raises."""
    kind = type(expression)
    if kind is String:
        return _string(expression, scope)
    try:
        return _HANDLERS[kind](expression, scope)
    except EvaluationError as problem:
        scope.report(problem.clause, expression)
        return _failure(problem.clause, expression, scope, failed=True)
    except LimitError as problem:
        scope.report(f"{problem.clause}, so the value is not computed", expression)
        return _failure(problem.clause, expression, scope, failed=False)
    except RecursionError:
        return _failure("the expression is nested too deeply", expression, scope, failed=False)


def _failure(clause: str, node: Node, scope: Scope, *, failed: bool) -> TfValue:
    return unknown(Reason(clause, failed=failed)).at(scope.text, node, ())


def _string(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, String)
    value = node.value
    if not value.isascii() or len(value) > 1000:
        try:
            return string(value).at(scope.text, node, ())
        except LimitError as problem:
            return _failure(problem.clause, node, scope, failed=False)
    return TfValue("string", value, STRING, 0, scope.text, node, (), 1 + (len(value) >> 4))


def _number(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Number)
    written = node.text
    if written.isdecimal() and len(written) < 100:
        return TfValue("number", int(written), NUMBER, 0, scope.text, node)
    found = parse_number(written)
    if found is None:
        raise EvaluationError(f"{written!r} is no number")
    return found.at(scope.text, node, ())


def _bool(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Bool)
    return TfValue("bool", node.value, BOOL, 0, scope.text, node)


def _null(node: Node, scope: Scope) -> TfValue:
    return TfValue("dynamic", None, DYNAMIC, 0, scope.text, node)


def _tuple(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Tuple)
    return make_tuple([evaluate(item, scope) for item in node.items]).at(scope.text, node, ())


def _object(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Object)
    attributes: dict[str, TfValue] = {}
    marks = 0
    waiting: list[TfValue] = []
    for key_node, value_node in node.items:
        value = evaluate(value_node, scope)
        if type(key_node) is String:
            attributes[key_node.value] = value
            continue
        key = evaluate(key_node, scope)
        if key.payload is None:
            scope.report("a key must not be null", key_node)
            key = _failure("a key is null", key_node, scope, failed=True)
        else:
            try:
                key = convert(key, STRING)
            except EvaluationError as problem:
                scope.report(f"a key must be a string: {problem.clause}", key_node)
                key = _failure(problem.clause, key_node, scope, failed=True)
        marks |= key.flags & MARKS
        if key.known:
            attributes[text_of(key)] = value
        else:
            waiting.append(key)
    if waiting:
        return unknown(combined(waiting), marks=marks).at(scope.text, node, ())
    return make_object(attributes).marked(marks).at(scope.text, node, ())


def _traversal(node: Node, scope: Scope) -> TfValue:
    """A name with the attributes and indexes behind it, or those behind any other expression."""
    spine: list[GetAttr | Index] = []
    base: Expression = node  # type: ignore[assignment]
    while (kind := type(base)) is GetAttr or kind is Index:
        spine.append(base)  # type: ignore[arg-type]
        base = base.base  # type: ignore[union-attr]
    if kind is not Name:
        value = evaluate(base, scope)
        for step in reversed(spine):
            value = _step(value, step, scope)
        return value.at(scope.text, node, value.via)
    spine.reverse()
    value, used = _resolved(base, spine, scope)  # type: ignore[arg-type]
    for step in spine[used:]:
        value = _step(value, step, scope)
    return referred(value, scope.text, node)


def _step(value: TfValue, step: GetAttr | Index, scope: Scope) -> TfValue:
    if isinstance(step, GetAttr):
        try:
            return selected(value, access.attribute(value, step.name))
        except EvaluationError as problem:
            _name(problem, step, scope)
            _blame(problem, step, scope)
            return _failure(problem.clause, step, scope, failed=True)
    key = evaluate(step.key, scope)
    try:
        part = selected(value, access.element(value, key))
    except EvaluationError as problem:
        _name(problem, step, scope)
        _blame(problem, step, scope)
        return _failure(problem.clause, step, scope, failed=True)
    return part.at(part.text, part.node, joint((part, key))) if key.via else part


def _name(problem: EvaluationError, step: GetAttr | Index, scope: Scope) -> None:
    """Say what has no such part by the words in which the configuration says it."""
    said = scope.text.text[step.base.start : step.base.end]
    if len(said) <= _NAMED and said.replace(".", "").replace("_", "").isalnum():
        for subject, verb in _SUBJECTS:
            if problem.clause.startswith(subject):
                problem.clause = f"{said} {verb}{problem.clause[len(subject) :]}"


def _blame(problem: EvaluationError, step: GetAttr | Index, scope: Scope) -> None:
    """Note the problem at the attribute's name or the index rather than at everything before it."""
    start = step.end - len(step.name) if isinstance(step, GetAttr) else step.key.start
    scope.report(problem.clause, Node(start, step.end if isinstance(step, GetAttr) else step.key.end))


def _resolved(base: Name, spine: Sequence[GetAttr | Index], scope: Scope) -> tuple[TfValue, int]:
    bound = scope.names.get(base.name)
    if bound is not None:
        return bound, 0
    steps: list[str | int] = []
    for step in spine:
        if type(step) is GetAttr:
            steps.append(step.name)
            continue
        assert isinstance(step, Index)
        if type(step.key) is String:
            steps.append(step.key.value)
        elif type(step.key) is Number and step.key.text.isdecimal() and len(step.key.text) < 10:
            steps.append(int(step.key.text))
        else:
            break
    found = scope.resolve(base.name, tuple(steps))
    if found is None:
        # Terraform refuses the whole configuration for this, whatever try() or can() would do with an error.
        raise LimitError(f"there is no {'.'.join([base.name, *map(str, steps[:2])])!r}")
    return found


def _splat_item(_node: Node, scope: Scope) -> TfValue:
    return scope.item if scope.item is not None else unknown("the element is not known")


def _unary(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Unary)
    operand = evaluate(node.operand, scope)
    return operators.unary(node.operator, operand).at(scope.text, node, operand.via)


def _binary(node: Node, scope: Scope) -> TfValue:
    # A chain of operators leans to the left: it is gone through without recursion.
    chain: list[Binary] = []
    while isinstance(node, Binary):
        chain.append(node)
        node = node.left
    left = evaluate(chain[-1].left, scope)
    for step in reversed(chain):
        left = _applied(step, left, scope)
    return left


def _applied(node: Binary, left: TfValue, scope: Scope) -> TfValue:
    if node.operator in ("&&", "||") and operators.decides(node.operator, left):
        return convert(left, BOOL).at(scope.text, node, left.via)
    before = scope.log.count
    right = evaluate(node.right, scope)
    if left.weight > 256 and right.weight > 256:
        scope.budget.spend(min(left.weight, right.weight) >> 6)
    try:
        made = operators.binary(node.operator, left, right)
    except EvaluationError as problem:
        scope.report(problem.clause, node)
        made = unknown(Reason(problem.clause, failed=True))
    if scope.log.count > before and not left.known and node.operator in ("&&", "||"):
        # The right side is wrong, but the left one may yet decide without it.
        scope.log.forget(before)
        made = unknown(combined((left,)), BOOL)
    elif not made.known and scope.log.count > before:
        return made.at(scope.text, node, ())
    return made.at(scope.text, node, joint((left, right)) if left.via or right.via else ())


def _conditional(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Conditional)
    log = scope.log
    condition = evaluate(node.condition, scope)
    before = log.count
    then = evaluate(node.then, scope)
    then_problems = log.forget(before)
    otherwise = evaluate(node.otherwise, scope)
    otherwise_problems = log.forget(before)
    marks = (condition.flags | then.flags | otherwise.flags) & MARKS
    if condition.payload is None:
        raise EvaluationError("the condition is null")
    result = _result_type(then, otherwise)
    if not condition.known:
        return _undecided(condition, then, otherwise, result).marked(marks).at(scope.text, node, ())
    try:
        decided = truth_of(convert(condition, BOOL))
    except EvaluationError as problem:
        raise EvaluationError(f"the condition must be true or false: {problem.clause}") from None
    chosen = then if decided else otherwise
    for kept in then_problems if decided else otherwise_problems:
        log.add(kept)
    via = joint((chosen, condition)) if condition.via or chosen.via else ()
    place = chosen.node or node
    if result is not None:
        chosen = convert(chosen, result)
    return chosen.marked(marks).at(scope.text, place, via)


def _result_type(then: TfValue, otherwise: TfValue) -> TfType | None:
    """The type that both branches convert to; None where neither is to be converted."""
    if then.kind == otherwise.kind and then.kind in PRIMITIVES:
        return None
    if then.kind == "dynamic":
        return otherwise.type if then.payload is None and otherwise.kind != "dynamic" else None
    if otherwise.kind == "dynamic":
        return then.type if otherwise.payload is None else None
    found = unify((then.type, otherwise.type))
    if found is None and not loosely_typed(then) and not loosely_typed(otherwise):
        raise EvaluationError(
            f"the branches of a condition must have one type: {name_of(then.type)} and {name_of(otherwise.type)}"
        )
    return found


def _undecided(condition: TfValue, then: TfValue, otherwise: TfValue, result: TfType | None) -> TfValue:
    type_ = result or (then.type if then.kind == otherwise.kind else DYNAMIC)
    if then.payload is None and otherwise.payload is None:
        return null(type_)
    if then.kind == otherwise.kind == "number" and then.known and otherwise.known and equals(then, otherwise) is True:
        # Terraform narrows the range of a number, here to a single one.
        return then
    never_null = all(item.payload is not None and (item.known or item.flags & NOT_NULL) for item in (then, otherwise))
    return unknown(referring(combined((condition,)), common((then, otherwise))), type_, not_null=never_null)


def _parentheses(node: Node, scope: Scope) -> TfValue:
    assert isinstance(node, Parentheses)
    return evaluate(node.inner, scope)


def _bad(_node: Node, _scope: Scope) -> TfValue:
    # The parser has already said what is wrong.
    return unknown(Reason("the expression could not be read", failed=True))


_HANDLERS: dict[type, Handler] = {
    Bad: _bad,
    Binary: _binary,
    Bool: _bool,
    Call: lambda node, scope: evaluate_call(node, scope, evaluate),
    Conditional: _conditional,
    ForObject: lambda node, scope: evaluate_for_object(node, scope, evaluate),
    ForTuple: lambda node, scope: evaluate_for_tuple(node, scope, evaluate),
    GetAttr: _traversal,
    Index: _traversal,
    Name: _traversal,
    Null: _null,
    Number: _number,
    Object: _object,
    Parentheses: _parentheses,
    Splat: lambda node, scope: evaluate_splat(node, scope, evaluate),
    SplatItem: _splat_item,
    String: _string,
    Template: lambda node, scope: evaluate_template(node, scope, evaluate),
    Tuple: _tuple,
    Unary: _unary,
}
