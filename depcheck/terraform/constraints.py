"""Type constraints of variables and outputs: ``object({ a = optional(string, "x") })`` to a type and its defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from depcheck.syntax.hcl_ast import Call, Expression, Name, Object, String, Tuple
from depcheck.terraform.conversion import convert
from depcheck.terraform.types import (
    BOOL,
    DYNAMIC,
    LIST_OF_DYNAMIC,
    MAP_OF_DYNAMIC,
    NUMBER,
    SET_OF_DYNAMIC,
    STRING,
    TfType,
    collection_of,
    element_of,
    object_of,
    tuple_of,
)
from depcheck.terraform.unification import unify
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    OpenAttributes,
    TfValue,
    entries_of,
    items_of,
    make_list,
    make_map,
    make_object,
    make_set,
    make_tuple,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Evaluate: TypeAlias = Callable[[Expression], TfValue]
_CONSTRUCTORS = frozenset(("list", "set", "map", "object", "tuple"))
_KEYWORDS = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": DYNAMIC,
    "list": LIST_OF_DYNAMIC,
    "map": MAP_OF_DYNAMIC,
    "set": SET_OF_DYNAMIC,
}
# Terraform 0.11 wrote the keywords in quotes.
_QUOTED = {"string": STRING, "list": LIST_OF_DYNAMIC, "map": MAP_OF_DYNAMIC}
_NO_VALUES: Mapping[str, TfValue] = {}


class Defaults:
    """The defaults that a constraint gives to attributes, and those inside of its parts.

    ``parts`` are by attribute name or position; a collection has one, under the empty name, for all its elements.
    """

    __slots__ = ("kind", "parts", "values")

    def __init__(self, kind: str, values: Mapping[str, TfValue], parts: Mapping[str, Defaults]) -> None:
        self.kind = kind
        self.values = values
        self.parts = parts

    def _part(self, name: str) -> Defaults | None:
        return self.parts.get(name) if self.kind in ("object", "tuple") else self.parts.get("")

    def apply(self, value: TfValue) -> TfValue:
        """The value with the attributes that it lacks, or that are null in it."""
        if not value.known or value.payload is None or isinstance(value.payload, OpenAttributes):
            return value
        if isinstance(value.payload, list):
            made = self._in_sequence(value)
        elif isinstance(value.payload, dict):
            made = self._in_mapping(value)
        else:
            return value
        return made.marked(value.flags & MARKS).at(value.text, value.node, value.via)

    def _in_sequence(self, value: TfValue) -> TfValue:
        items: list[TfValue] = []
        for position, item in enumerate(items_of(value)):
            part = self._part(str(position))
            items.append(part.apply(item) if part else item)
        if value.kind == "tuple":
            return make_tuple(items)
        common = unify([item.type for item in items]) if items else element_of(value.type)
        if common is None:
            return make_tuple(items)
        items = [convert(item, common) for item in items]
        return make_set(common, items) if value.kind == "set" else make_list(common, items)

    def _in_mapping(self, value: TfValue) -> TfValue:
        entries: dict[str, TfValue] = {}
        for name, item in entries_of(value).items():
            part = self._part(name)
            entries[name] = part.apply(item) if part else item
        for name, default in self.values.items():
            given = entries.get(name)
            if given is None or given.payload is None:
                part = self.parts.get(name)
                entries[name] = part.apply(default) if part else default
        if value.kind == "object":
            return make_object(entries)
        common = unify([item.type for item in entries.values()]) if entries else element_of(value.type)
        if common is None:
            return make_object(entries)
        return make_map(common, {name: convert(item, common) for name, item in entries.items()})


class Constraint:
    """A type with its defaults."""

    __slots__ = ("defaults", "type")

    def __init__(self, type_: TfType, defaults: Defaults | None = None) -> None:
        self.type = type_
        self.defaults = defaults


ANY = Constraint(DYNAMIC)


def conform(value: TfValue, constraint: Constraint) -> TfValue:
    """The value as a variable of this type has it; ``EvaluationError`` where it does not convert.

    An unknown value of any type becomes an unknown value of the constraint's type.
    """
    if constraint.defaults is not None:
        value = constraint.defaults.apply(value)
    return convert(value, constraint.type)


def read_constraint(expression: Expression, evaluate: Evaluate) -> Constraint:
    """The constraint that the expression of a ``type`` argument is; ``EvaluationError`` where it is none.

    ``evaluate`` gives the values of the defaults in it.
    """
    if isinstance(expression, String) and expression.value in _QUOTED:
        return Constraint(_QUOTED[expression.value])
    if isinstance(expression, Name):
        found = _KEYWORDS.get(expression.name)
        if found is None:
            raise EvaluationError(f"{expression.name!r} is no type; types are {', '.join(sorted(_KEYWORDS))} and calls")
        return Constraint(found)
    if not isinstance(expression, Call):
        raise EvaluationError("a type is a keyword such as string or a call such as list(string)")
    if expression.name not in _CONSTRUCTORS or len(expression.arguments) != 1:
        raise EvaluationError(f"{expression.name}() with {len(expression.arguments)} arguments is no type")
    argument = expression.arguments[0]
    if expression.name == "object":
        return _object(argument, evaluate)
    if expression.name == "tuple":
        return _tuple(argument, evaluate)
    inner = read_constraint(argument, evaluate)
    defaults = None if inner.defaults is None else Defaults(expression.name, _NO_VALUES, {"": inner.defaults})
    return Constraint(collection_of(expression.name, inner.type), defaults)


def _tuple(argument: Expression, evaluate: Evaluate) -> Constraint:
    if not isinstance(argument, Tuple):
        raise EvaluationError("tuple() takes a list of types")
    inner = [read_constraint(item, evaluate) for item in argument.items]
    parts = {str(position): item.defaults for position, item in enumerate(inner) if item.defaults is not None}
    return Constraint(tuple_of(item.type for item in inner), Defaults("tuple", _NO_VALUES, parts) if parts else None)


def _object(argument: Expression, evaluate: Evaluate) -> Constraint:
    if not isinstance(argument, Object):
        raise EvaluationError("object() takes a map of attribute names to types")
    attributes: dict[str, TfType] = {}
    optional: list[str] = []
    values: dict[str, TfValue] = {}
    parts: dict[str, Defaults] = {}
    for key, item in argument.items:
        if not isinstance(key, String):
            raise EvaluationError("an attribute of an object type is a name")
        default: Expression | None = None
        if isinstance(item, Call) and item.name == "optional":
            if not 1 <= len(item.arguments) <= 2:
                raise EvaluationError("optional() takes a type and perhaps a default")
            optional.append(key.value)
            default = item.arguments[1] if len(item.arguments) == 2 else None
            item = item.arguments[0]
        inner = read_constraint(item, evaluate)
        attributes[key.value] = inner.type
        if inner.defaults is not None:
            parts[key.value] = inner.defaults
        if default is not None:
            try:
                values[key.value] = convert(evaluate(default), inner.type)
            except EvaluationError as problem:
                clause = f"the default of {key.value} does not fit its type: {problem.clause}"
                raise EvaluationError(clause) from None
    return Constraint(object_of(attributes, optional), Defaults("object", values, parts) if values or parts else None)
