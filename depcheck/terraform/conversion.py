"""Values converted to types, as Terraform converts them for arguments, operators, variables and collections."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.terraform import bigfloat
from depcheck.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    PRIMITIVES,
    SEQUENCES,
    TfType,
    collection_of,
    constraint,
    element_of,
    list_of,
    name_of,
    object_of,
    tuple_of,
    without_optional,
)
from depcheck.terraform.unification import convertible, unify
from depcheck.terraform.values import (
    MARKS,
    NOT_NULL,
    EvaluationError,
    LimitError,
    OpenAttributes,
    Reason,
    TfValue,
    boolean,
    combined,
    entries_of,
    items_of,
    loosely_typed,
    make_list,
    make_map,
    make_object,
    make_set,
    make_tuple,
    null,
    number,
    number_of,
    string,
    text_of,
    truth_of,
    unknown,
)


def convert(value: TfValue, want: TfType) -> TfValue:
    """The value in the wanted type, at the same place; ``EvaluationError`` where it does not convert."""
    kind = want.kind
    if kind == "dynamic" or (kind == value.kind and kind in PRIMITIVES):
        return value
    have = value.type
    if have is want or have == without_optional(want):
        return value
    if isinstance(value.payload, OpenAttributes):
        return _convert_open(value, want)
    if not convertible(have, want):
        if loosely_typed(value) and _family(have) == _family(want):
            return unknown(combined((value,)), without_optional(want)).at(value.text, value.node, value.via)
        raise EvaluationError(mismatch(have, want))
    return _converted(value, want)


def _family(type_: TfType) -> int:
    return 0 if type_.kind in PRIMITIVES else 1 if type_.kind in SEQUENCES else 2


def convert_all(values: Sequence[TfValue], found: TfType) -> list[TfValue]:
    """Values converted to the type that :func:`~depcheck.terraform.unification.unify` found for them."""
    if found.kind == "dynamic":
        return [
            value if value.kind == "dynamic" else unknown(combined(values), DYNAMIC, marks=value.flags & MARKS)
            for value in values
        ]
    return [convert(value, found) for value in values]


def mismatch(have: TfType, want: TfType) -> str:
    """Why a type does not convert to another, in a clause."""
    if want.kind == "object" and have.kind == "object":
        lacking = sorted(want.attributes.keys() - have.attributes.keys() - want.optional)
        if lacking:
            return f"the attribute {lacking[0]!r} is required"
        for name, item in sorted(want.attributes.items()):
            given = have.attributes.get(name)
            if given is not None and not convertible(given, item):
                return f"attribute {name!r}: {mismatch(given, item)}"
    if want.kind in ("list", "set") and have.kind == "tuple" and element_of(want).kind == "dynamic":
        return f"all elements of a {want.kind} must have the same type"
    if want.kind == "map" and have.kind == "object" and element_of(want).kind == "dynamic":
        return "all elements of a map must have the same type"
    if want.kind == "tuple" and have.kind == "tuple" and len(have.elements) != len(want.elements):
        return f"{len(want.elements)} elements are required, not {len(have.elements)}"
    return f"{constraint(want)} is required, not {name_of(have)}"


def _converted(value: TfValue, want: TfType) -> TfValue:
    payload = value.payload
    marks = value.flags & MARKS
    if isinstance(payload, Reason):
        type_ = _filled(value.type, without_optional(want))
        result = unknown(payload, type_, not_null=bool(value.flags & NOT_NULL))
    elif payload is None:
        result = null(_filled(value.type, without_optional(want)))
    else:
        result = _CONVERSIONS[want.kind](value, want)
    if result is value:
        return value
    return result.marked(marks).at(value.text, value.node, value.via) if marks else _moved(result, value)


def _moved(result: TfValue, source: TfValue) -> TfValue:
    return result if source.node is None and not source.via else result.at(source.text, source.node, source.via)


def _filled(have: TfType, want: TfType) -> TfType:
    """The wanted type with its unknown parts taken from the type at hand."""
    if want.kind == "dynamic":
        return have
    if have.kind == "dynamic" or want.kind in PRIMITIVES:
        return want
    if want.kind == "object":
        parts = (
            (name, have.attributes.get(name) if have.kind == "object" else have.element, item)
            for name, item in want.attributes.items()
        )
        return object_of({name: item if given is None else _filled(given, item) for name, given, item in parts})
    if want.kind == "tuple":
        return tuple_of(_filled(a, b) for a, b in zip(have.elements, want.elements, strict=True))
    inner = have.element or unify(list(have.elements or have.attributes.values())) or DYNAMIC
    return collection_of(want.kind, _filled(inner, element_of(want)))


def _to_string(value: TfValue, _want: TfType) -> TfValue:
    if value.kind == "number":
        return string(bigfloat.show(number_of(value)))
    return string("true" if truth_of(value) else "false")


def parse_number(text: str) -> TfValue | None:
    """A number from text, None where it is none."""
    try:
        found = bigfloat.parse(text)
    except bigfloat.NumberError as problem:
        raise LimitError(str(problem)) from None
    return None if found is None else number(found)


def _to_number(value: TfValue, _want: TfType) -> TfValue:
    if value.kind != "string":
        raise EvaluationError(mismatch(value.type, NUMBER))
    found = parse_number(text_of(value))
    if found is None:
        raise EvaluationError("a number is required")
    return found


def _to_bool(value: TfValue, _want: TfType) -> TfValue:
    text = text_of(value) if value.kind == "string" else ""
    if text in ("true", "1"):
        return boolean(True)
    if text in ("false", "0"):
        return boolean(False)
    if text.lower() in ("true", "false"):
        raise EvaluationError(f'a bool is required; from a string it is written in lower case, "{text.lower()}"')
    raise EvaluationError(mismatch(value.type, BOOL) if value.kind != "string" else "a bool is required")


def _elements(value: TfValue, inner: TfType, *, unified: bool) -> tuple[TfType, list[TfValue]]:
    """The elements converted, and the element type that results."""
    items = items_of(value)
    if not items:
        return (element_of(value.type) if inner.kind == "dynamic" else without_optional(inner)), items
    if inner.kind == "dynamic":
        inner = element_of(value.type) if value.kind != "tuple" else unify([item.type for item in items]) or DYNAMIC
    items = [convert(item, inner) for item in items]
    first = items[0].type
    if all(item.type is first or item.type == first for item in items):
        return first, items
    types = [item.type for item in items]
    found = _apart_from_dynamic(types) or (unify(types) if unified else None)
    if found is None:
        raise EvaluationError("all elements must have the same type")
    return found, [convert(item, found) for item in items]


def _apart_from_dynamic(types: list[TfType]) -> TfType | None:
    """The one type that all of several types are, apart from those that are not known yet."""
    known = [type_ for type_ in types if type_.kind != "dynamic"]
    return known[0] if known and all(type_ == known[0] for type_ in known) else None


def _to_list(value: TfValue, want: TfType) -> TfValue:
    if value.kind == "set" and not value.whole:
        return unknown(combined((value,)), list_of(element_of(value.type)))
    element, items = _elements(value, element_of(want), unified=True)
    return make_list(element, items)


def _to_set(value: TfValue, want: TfType) -> TfValue:
    element, items = _elements(value, element_of(want), unified=False)
    return make_set(element, items)


def _to_map(value: TfValue, want: TfType) -> TfValue:
    inner = element_of(want)
    entries = entries_of(value)
    if not entries:
        known = without_optional(inner)
        return make_map(element_of(value.type) if inner.kind == "dynamic" else known, {})
    if inner.kind == "dynamic":
        inner = element_of(value.type) if value.kind == "map" else unify(_types(entries)) or DYNAMIC
    entries = {name: convert(item, inner) for name, item in entries.items()}
    types = _types(entries)
    if all(type_ == types[0] for type_ in types):
        return make_map(types[0], entries)
    found = _apart_from_dynamic(types) or unify(types)
    if found is None:
        raise EvaluationError("all elements of a map must have the same type")
    return make_map(found, {name: convert(item, found) for name, item in entries.items()})


def _types(entries: dict[str, TfValue]) -> list[TfType]:
    return [item.type for item in entries.values()]


def _to_object(value: TfValue, want: TfType) -> TfValue:
    entries = entries_of(value)
    attributes: dict[str, TfValue] = {}
    for name, item in want.attributes.items():
        given = entries.get(name)
        if given is not None:
            attributes[name] = convert(given, item)
        elif name in want.optional:
            attributes[name] = null(without_optional(item))
        else:
            raise EvaluationError(f"the attribute {name!r} is required")
    return make_object(attributes)


def _convert_open(value: TfValue, want: TfType) -> TfValue:
    """An object with more attributes than are known: an object type takes what it names, other types are unknown."""
    payload = value.payload
    assert isinstance(payload, OpenAttributes)
    if want.kind != "object":
        if want.kind != "map":
            raise EvaluationError(mismatch(value.type, want))
        return unknown(combined((value,)), without_optional(want)).at(value.text, value.node, value.via)
    attributes = {
        name: convert(payload[name] if name in payload else payload.other(name), item)
        for name, item in want.attributes.items()
    }
    return _moved(make_object(attributes).marked(value.flags & MARKS), value)


def _to_tuple(value: TfValue, want: TfType) -> TfValue:
    return make_tuple([convert(item, type_) for item, type_ in zip(items_of(value), want.elements, strict=True)])


_CONVERSIONS = {
    "string": _to_string,
    "number": _to_number,
    "bool": _to_bool,
    "list": _to_list,
    "set": _to_set,
    "map": _to_map,
    "object": _to_object,
    "tuple": _to_tuple,
}
