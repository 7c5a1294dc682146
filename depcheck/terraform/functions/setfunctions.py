"""Functions of sets: union, intersection, difference, product."""

from __future__ import annotations

from collections.abc import Callable

from depcheck.terraform.conversion import convert, convert_all
from depcheck.terraform.functions.spec import Function, Parameter
from depcheck.terraform.sets import identity
from depcheck.terraform.types import DYNAMIC, SET_OF_DYNAMIC, TfType, element_of, list_of, set_of, tuple_of
from depcheck.terraform.unification import unify
from depcheck.terraform.values import (
    MARKS,
    MAX_WEIGHT,
    EvaluationError,
    LimitError,
    TfValue,
    combined,
    items_of,
    make_list,
    make_set,
    make_tuple,
    uncounted,
    unknown,
)


def _operation(
    keep: Callable[[list[str], dict[str, TfValue]], list[str]],
    parameters: tuple[Parameter, ...],
    variadic: Parameter | None,
    *,
    partial: bool = False,
) -> Function:
    """``keep`` tells which of the identities so far stay, given the next set's elements by their identity.

    ``partial`` operations keep the elements that are known where others are not.
    """

    def implementation(arguments: list[TfValue]) -> TfValue:
        types = [
            element_of(argument.type)
            for argument in arguments
            if items_of(argument) or element_of(argument.type).kind != "dynamic"
        ]
        element = unify(types) if types else DYNAMIC
        if element is None:
            raise EvaluationError("the sets must have elements of one type")
        sets = [convert(argument, set_of(element)) for argument in arguments]
        if not all(argument.whole for argument in sets):
            if not partial or not all(argument.known for argument in sets):
                return unknown(combined(sets), set_of(element), not_null=True)
            return make_set(element, [item for argument in sets for item in items_of(argument)])
        elements: dict[str, TfValue] = {}
        kept: list[str] = []
        for position, argument in enumerate(sets):
            following = {identity(item): item for item in items_of(argument)}
            elements = following | elements
            kept = list(following) if position == 0 else keep(kept, following)
        return make_set(element, [elements[key] for key in kept])

    def typed(arguments: list[TfValue]) -> TfType:
        return set_of(unify([element_of(argument.type) for argument in arguments]) or DYNAMIC)

    return Function(implementation, parameters, variadic=variadic, typed=typed)


def _union(kept: list[str], following: dict[str, TfValue]) -> list[str]:
    return list(dict.fromkeys((*kept, *following)))


def _intersection(kept: list[str], following: dict[str, TfValue]) -> list[str]:
    return [key for key in kept if key in following]


def _difference(kept: list[str], following: dict[str, TfValue]) -> list[str]:
    return [key for key in kept if key not in following]


def _set_product(arguments: list[TfValue]) -> TfValue:
    if len(arguments) < 2:
        raise EvaluationError("setproduct() needs at least two sets")
    marks = 0
    if any(argument.kind == "dynamic" and not argument.known for argument in arguments):
        return unknown(combined(arguments))
    elements: list[TfType] = []
    for position, argument in enumerate(arguments):
        marks |= argument.flags & MARKS
        if argument.kind not in ("list", "set", "tuple"):
            raise EvaluationError(f"setproduct() takes sets and lists, not {argument.kind}", position)
        if argument.kind == "tuple":
            found = unify(argument.type.elements) if argument.type.elements else DYNAMIC
            if found is None:
                raise EvaluationError("all elements must be of one type", position)
            elements.append(found)
        else:
            elements.append(element_of(argument.type))
    row = tuple_of(elements)
    ordered = all(argument.kind != "set" for argument in arguments)
    if any(uncounted(argument) for argument in arguments):
        return unknown(combined(arguments), list_of(row) if ordered else set_of(row), marks=marks, not_null=True)
    rows: list[list[TfValue]] = [[]]
    for argument, element in zip(arguments, elements, strict=True):
        items = convert_all(items_of(argument), element)
        if len(rows) * len(items) > MAX_WEIGHT // 8:
            raise LimitError("the product has too many elements")
        rows = [[*done, item] for done in rows for item in items]
    tuples = [make_tuple(done) for done in rows]
    return (make_list(row, tuples) if ordered else make_set(row, tuples)).marked(marks)


def _set(name: str) -> Parameter:
    return Parameter(name, SET_OF_DYNAMIC)


FUNCTIONS = {
    "setintersection": _operation(_intersection, (_set("first_set"),), _set("other_sets")),
    "setproduct": Function(_set_product, variadic=Parameter("sets", marked=True, unknown=True)),
    "setsubtract": _operation(_difference, (_set("a"), _set("b")), None),
    "setunion": _operation(_union, (_set("first_set"),), _set("other_sets"), partial=True),
}
