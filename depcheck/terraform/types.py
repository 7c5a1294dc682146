"""Types of Terraform values, as its type system (cty) has them.

Three primitive types, three collection types (``list``, ``set``, ``map``: one element type), two structural types
(``object``, ``tuple``: a type per part), and ``DYNAMIC``, which stands for a type that is not known yet and is written
``any`` in a constraint. Types compare by structure and never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Kind: TypeAlias = 'Literal["string", "number", "bool", "list", "set", "map", "object", "tuple", "dynamic"]'
PRIMITIVES = frozenset(("string", "number", "bool"))
COLLECTIONS = frozenset(("list", "set", "map"))
SEQUENCES = frozenset(("list", "set", "tuple"))
MAPPINGS = frozenset(("map", "object"))
_NO_ATTRIBUTES: Mapping[str, TfType] = {}


class TfType:
    """One type; make it with :func:`list_of`, :func:`set_of`, :func:`map_of`, :func:`object_of`, :func:`tuple_of`."""

    __slots__ = ("_hash", "attributes", "element", "elements", "kind", "optional")

    def __init__(
        self,
        kind: Kind,
        *,
        element: TfType | None = None,
        elements: tuple[TfType, ...] = (),
        attributes: Mapping[str, TfType] = _NO_ATTRIBUTES,
        optional: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.element = element
        self.elements = elements
        self.attributes = attributes
        self.optional = optional
        self._hash = 0

    def __repr__(self) -> str:
        return f"TfType({constraint(self)})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, TfType)
            and self.kind == other.kind
            and self.element == other.element
            and self.elements == other.elements
            and self.attributes == other.attributes
            and self.optional == other.optional
        )

    def __hash__(self) -> int:
        if not self._hash:
            names = tuple(sorted(self.attributes))
            self._hash = hash((self.kind, self.element, self.elements, names)) or 1
        return self._hash


STRING = TfType("string")
NUMBER = TfType("number")
BOOL = TfType("bool")
DYNAMIC = TfType("dynamic")


def list_of(element: TfType) -> TfType:
    """``list(element)``."""
    return TfType("list", element=element)


def set_of(element: TfType) -> TfType:
    """``set(element)``."""
    return TfType("set", element=element)


def map_of(element: TfType) -> TfType:
    """``map(element)``."""
    return TfType("map", element=element)


def collection_of(kind: str, element: TfType) -> TfType:
    """``list``, ``set`` or ``map`` of an element type."""
    return list_of(element) if kind == "list" else set_of(element) if kind == "set" else map_of(element)


def object_of(attributes: Mapping[str, TfType], optional: Iterable[str] = ()) -> TfType:
    """``object({...})``; ``optional`` names the attributes that a value need not give."""
    return TfType("object", attributes=attributes, optional=frozenset(optional))


def tuple_of(elements: Iterable[TfType]) -> TfType:
    """``tuple([...])``."""
    return TfType("tuple", elements=tuple(elements))


LIST_OF_STRING = list_of(STRING)
LIST_OF_NUMBER = list_of(NUMBER)
LIST_OF_DYNAMIC = list_of(DYNAMIC)
SET_OF_DYNAMIC = set_of(DYNAMIC)
SET_OF_STRING = set_of(STRING)
MAP_OF_DYNAMIC = map_of(DYNAMIC)
EMPTY_OBJECT = object_of({})
EMPTY_TUPLE = tuple_of(())


def element_of(type_: TfType) -> TfType:
    """The element type of a collection; DYNAMIC for anything else."""
    return type_.element if type_.element is not None else DYNAMIC


def has_dynamic(type_: TfType) -> bool:
    """Whether some part of the type is not known yet."""
    if type_.kind == "dynamic":
        return True
    if type_.element is not None:
        return has_dynamic(type_.element)
    return any(map(has_dynamic, type_.elements)) or any(map(has_dynamic, type_.attributes.values()))


def without_optional(type_: TfType) -> TfType:
    """The type with every ``optional`` modifier taken off, as the types of values are."""
    if type_.kind in PRIMITIVES or type_.kind == "dynamic":
        return type_
    if type_.element is not None:
        bare = without_optional(type_.element)
        return type_ if bare is type_.element else collection_of(type_.kind, bare)
    if type_.kind == "tuple":
        return tuple_of(map(without_optional, type_.elements))
    return object_of({name: without_optional(item) for name, item in type_.attributes.items()})


def name_of(type_: TfType) -> str:
    """The type in a few words, as messages say it (``list of string``)."""
    if type_.kind == "dynamic":
        return "dynamic"
    if type_.element is not None:
        inner = type_.element
        return f"{type_.kind} of {'any single type' if inner.kind == 'dynamic' else name_of(inner)}"
    return type_.kind


def friendly_name(type_: TfType) -> str:
    """The type in a few words, as ``terraform console`` prints it beside a null."""
    if type_.element is not None:
        return f"{type_.kind} of {friendly_name(type_.element)}"
    return type_.kind


def constraint(type_: TfType) -> str:
    """The type as a constraint in configuration would say it, on one line."""
    if type_.kind == "dynamic":
        return "any"
    if type_.element is not None:
        return f"{type_.kind}({constraint(type_.element)})"
    if type_.kind == "tuple":
        return f"tuple([{', '.join(map(constraint, type_.elements))}])"
    if type_.kind == "object":
        parts = (
            f"{name}=optional({constraint(item)})" if name in type_.optional else f"{name}={constraint(item)}"
            for name, item in sorted(type_.attributes.items())
        )
        return f"object({{{', '.join(parts)}}})"
    return type_.kind
