"""``for`` expressions and splats."""

from __future__ import annotations

from depcheck.syntax.hcl_ast import ForObject, ForTuple, Node, Splat
from depcheck.terraform.conversion import convert
from depcheck.terraform.identity import identity, referring
from depcheck.terraform.provenance import joint
from depcheck.terraform.scope import Scope
from depcheck.terraform.template import Evaluate, Pairs, pairs_of
from depcheck.terraform.types import BOOL, DYNAMIC, STRING, TfType, element_of, list_of, tuple_of
from depcheck.terraform.values import (
    MARKS,
    MAX_WEIGHT,
    NOT_NULL,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    combined,
    items_of,
    make_list,
    make_object,
    make_tuple,
    text_of,
    truth_of,
    uncounted,
    unknown,
)


class _Loop:
    """What a loop has gathered: its marks, and the first value that leaves its result open."""

    __slots__ = ("marks", "open", "refers", "weight")

    def __init__(self, marks: int) -> None:
        self.marks = marks
        self.open: TfValue | None = None
        # The address of what all elements stand for, where it is not known how many there are.
        self.refers: str | None = None
        self.weight = 0

    def weighed(self, made: TfValue) -> TfValue:
        """Another element of the result, which must not become too large."""
        self.weight += made.weight
        if self.weight > MAX_WEIGHT:
            raise LimitError("the result of the loop has too many parts")
        return made

    def leave_open(self, value: TfValue) -> None:
        """The result depends on something unknown."""
        self.open = self.open or value


def _pairs(node: ForTuple | ForObject, scope: Scope, collection: TfValue) -> Pairs | None:
    try:
        pairs = pairs_of(collection)
    except EvaluationError as problem:
        scope.report(problem.clause, node.collection)
        return None
    if pairs is not None:
        scope.budget.spend(len(pairs))
    return pairs


def _bind(node: ForTuple | ForObject, child: Scope, outer: Scope, key: TfValue, value: TfValue) -> None:
    child.bind(outer, {node.value: value} if node.key is None else {node.key: key, node.value: value})


def _included(node: ForTuple | ForObject, child: Scope, evaluate: Evaluate, loop: _Loop) -> bool:
    """Whether the ``if`` clause lets the element in; where that is open, the loop's result is open."""
    if node.condition is None:
        return True
    found = evaluate(node.condition, child)
    loop.marks |= found.flags & MARKS
    clause = "the if clause is null" if found.payload is None else ""
    try:
        found = convert(found, BOOL)
    except EvaluationError as problem:
        clause = f"the if clause must be true or false: {problem.clause}"
    if clause:
        if loop.open is None:
            child.report(clause, node.condition)
        loop.leave_open(unknown(Reason(clause, failed=True)))
        return False
    if not found.known:
        loop.leave_open(found)
        return False
    return truth_of(found)


def _finished(loop: _Loop, made: TfValue, node: Node, scope: Scope, collection: TfValue) -> TfValue:
    if loop.open is not None:
        made = unknown(referring(combined((loop.open,)), loop.refers))
    if loop.marks:
        made = made.marked(loop.marks)
    return made.at(scope.text, node, collection.via)


def evaluate_for_tuple(node: Node, scope: Scope, evaluate: Evaluate) -> TfValue:
    """``[for key, value in collection : body if condition]``."""
    assert isinstance(node, ForTuple)
    collection = evaluate(node.collection, scope)
    loop = _Loop(collection.flags & MARKS)
    pairs = _pairs(node, scope, collection)
    if pairs is None:
        loop.leave_open(_open_collection(collection))
        loop.refers = _referred(node, scope, evaluate, collection)
        pairs = []
    items: list[TfValue] = []
    child = scope.binding()
    for key, value in pairs:
        _bind(node, child, scope, key, value)
        if _included(node, child, evaluate, loop):
            items.append(loop.weighed(evaluate(node.body, child)))
        scope.budget.check()
    return _finished(loop, make_tuple(items), node, scope, collection)


def _referred(node: ForTuple, scope: Scope, evaluate: Evaluate, collection: TfValue) -> str | None:
    """The resource that each element stands for: those of a resource with an unknown number of instances are that
    resource, and so may be what the body takes of them."""
    if identity(collection) is None:
        return None
    before = scope.log.count
    child = scope.binding()
    _bind(node, child, scope, unknown("the key of an element"), collection)
    found = evaluate(node.body, child)
    scope.log.forget(before)
    return identity(found)


def _open_collection(collection: TfValue) -> TfValue:
    if collection.whole:
        return unknown(Reason("the collection of a loop does not fit", failed=True))
    return collection


def evaluate_for_object(node: Node, scope: Scope, evaluate: Evaluate) -> TfValue:
    """``{for key, value in collection : key_body => body if condition}``, with grouping."""
    assert isinstance(node, ForObject)
    collection = evaluate(node.collection, scope)
    loop = _Loop(collection.flags & MARKS)
    pairs = _pairs(node, scope, collection)
    if pairs is None:
        loop.leave_open(_open_collection(collection))
        pairs = []
    entries: dict[str, TfValue] = {}
    groups: dict[str, list[TfValue]] = {}
    child = scope.binding()
    for key, value in pairs:
        _bind(node, child, scope, key, value)
        if not _included(node, child, evaluate, loop):
            continue
        name = _entry_key(node, child, evaluate, loop)
        if name is None:
            continue
        made = loop.weighed(evaluate(node.body, child))
        scope.budget.check()
        if node.group:
            groups.setdefault(name, []).append(made)
        elif name in entries:
            child.report(f"two elements have the key {name!r}", node.key_body, "group them with ... after the value")
            loop.leave_open(unknown(Reason(f"two elements have the key {name!r}", failed=True)))
        else:
            entries[name] = made
    if node.group:
        entries = {name: make_tuple(items) for name, items in groups.items()}
    return _finished(loop, make_object(entries), node, scope, collection)


def _entry_key(node: ForObject, child: Scope, evaluate: Evaluate, loop: _Loop) -> str | None:
    found = evaluate(node.key_body, child)
    loop.marks |= found.flags & MARKS
    clause = "a key must not be null" if found.payload is None else ""
    try:
        found = convert(found, STRING)
    except EvaluationError as problem:
        clause = f"a key must be a string: {problem.clause}"
    if clause:
        if loop.open is None:
            child.report(clause, node.key_body)
        loop.leave_open(unknown(Reason(clause, failed=True)))
        return None
    if not found.known:
        loop.leave_open(found)
        return None
    return text_of(found)


def evaluate_splat(node: Node, scope: Scope, evaluate: Evaluate) -> TfValue:
    """``base[*].rest``: over a sequence its elements, over anything else a sequence of it, over null nothing."""
    assert isinstance(node, Splat)
    base = evaluate(node.base, scope)
    marks = base.flags & MARKS
    sequence = base.kind in ("list", "set", "tuple")
    if base.payload is None:
        if sequence:
            raise EvaluationError("a splat cannot go through a null list")
        return make_tuple([]).marked(marks).at(scope.text, node, base.via)
    if sequence and base.known and uncounted(base):
        base = unknown(combined((base,)), base.type).marked(marks).at(base.text, base.node, base.via)
    if not base.known:
        return _unknown_splat(base, node, scope, evaluate).at(scope.text, node, base.via)
    items = items_of(base) if sequence else [base]
    scope.budget.spend(len(items))
    before = scope.log.count
    results = [evaluate(node.each, scope.at_item(item)) for item in items]
    if scope.log.count > before:
        return unknown(combined(results)).marked(marks).at(scope.text, node, ())
    via = joint(results) if any(result.via for result in results) else base.via
    if base.kind in ("list", "set"):
        element = results[0].type if results else _element_type(node, base, scope, evaluate)
        return make_list(element, results).marked(marks).at(scope.text, node, via)
    made = make_tuple(results)
    return (made.marked(marks) if sequence else made).at(scope.text, node, via)


def _element_type(node: Splat, base: TfValue, scope: Scope, evaluate: Evaluate) -> TfType:
    """The type that the splat's rest has for an element, for lists without any."""
    example = unknown("an element", element_of(base.type))
    return evaluate(node.each, scope.at_item(example)).type


def _unknown_splat(base: TfValue, node: Splat, scope: Scope, evaluate: Evaluate) -> TfValue:
    reason = base.payload
    assert isinstance(reason, Reason)
    marks = base.flags & MARKS
    if base.kind == "dynamic":
        # A resource with an unknown number of instances: each of them still is that resource.
        each = evaluate(node.each, scope.at_item(base)).payload
        return unknown(each if isinstance(each, Reason) else reason, marks=marks)
    if base.kind in ("list", "set"):
        return unknown(reason, list_of(_element_type(node, base, scope, evaluate)), marks=marks, not_null=True)
    if base.kind == "tuple":
        examples = [unknown(reason, type_) for type_ in base.type.elements]
        types = [evaluate(node.each, scope.at_item(example)).type for example in examples]
        return unknown(reason, tuple_of(types), marks=marks, not_null=True)
    each_value = evaluate(node.each, scope.at_item(base))
    if base.flags & NOT_NULL:
        return make_tuple([each_value])
    return unknown(reason, DYNAMIC, marks=marks)
