"""Attributes and elements of values: ``value.name`` and ``value[key]``."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.conversion import convert
from depcheck.terraform.identity import common, identity, referring
from depcheck.terraform.types import DYNAMIC, NUMBER, STRING, element_of, name_of
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    OpenAttributes,
    Reason,
    TfValue,
    children,
    combined,
    entries_of,
    items_of,
    number_of,
    text_of,
    unknown,
)

# Attributes that stand for the resource itself, so that a reference to one is a reference to it.
IDENTITIES = frozenset(("id", "arn"))


def attribute(value: TfValue, name: str) -> TfValue:
    """``value.name``."""
    payload = value.payload
    marks = value.flags & MARKS
    if type(payload) is dict or isinstance(payload, OpenAttributes):
        found = payload.get(name)
        if found is None:
            if isinstance(payload, OpenAttributes):
                found = payload.other(name)
            elif value.kind == "map":
                raise EvaluationError(f"the map has no element {name!r}")
            else:
                raise EvaluationError(f"the object has no attribute {name!r}")
        return found.marked(marks) if marks else found
    if payload is None:
        raise EvaluationError(f"the value is null, so it has no attribute {name!r}")
    if isinstance(payload, Reason):
        return _attribute_of_unknown(value, payload, name)
    if value.kind in ("list", "set", "tuple"):
        raise EvaluationError(f"a {value.kind} has no attribute {name!r}; one of its elements may have")
    raise EvaluationError(f"a {name_of(value.type)} has no attribute {name!r}")


def _attribute_of_unknown(value: TfValue, reason: Reason, name: str) -> TfValue:
    marks = value.flags & MARKS
    kept = reason
    if reason.refers is not None and name not in IDENTITIES:
        kept = Reason(reason.clause, reason.missing, failed=reason.failed)
    if value.kind == "dynamic":
        return unknown(kept, marks=marks)
    if value.kind == "map":
        return unknown(kept, element_of(value.type), marks=marks)
    if value.kind == "object":
        type_ = value.type.attributes.get(name)
        if type_ is None:
            raise EvaluationError(f"the object has no attribute {name!r}")
        return unknown(kept, type_, marks=marks)
    raise EvaluationError(f"a {name_of(value.type)} has no attribute {name!r}")


def element(value: TfValue, key: TfValue) -> TfValue:
    """``value[key]``."""
    if value.payload is None:
        raise EvaluationError("the value is null, so it has no elements")
    if key.payload is None:
        raise EvaluationError("the index must not be null")
    marks = value.flags & MARKS
    if value.kind == "dynamic" or (key.kind == "dynamic" and not key.known):
        return unknown(_gap(value, key), marks=marks)
    if value.kind in ("list", "tuple"):
        return _of_sequence(value, key)
    if value.kind in ("map", "object"):
        return _of_mapping(value, key)
    if value.kind == "set":
        raise EvaluationError("a set has no indexes: its elements are known by their value only")
    raise EvaluationError(f"a {value.kind} has no elements")


def _gap(value: TfValue, key: TfValue) -> Reason:
    if key.known and isinstance(value.payload, Reason):
        return value.payload
    reason = combined([part for part in (value, key) if not part.known])
    return referring(reason, identity(value) if not value.known else common(children(value)))


def _of_sequence(value: TfValue, key: TfValue) -> TfValue:
    marks = (value.flags | key.flags) & MARKS
    key = _key(key, convert_to_number=True)
    element_type = element_of(value.type) if value.kind == "list" else DYNAMIC
    if not key.known or not value.known:
        return unknown(_gap(value, key), element_type, marks=value.flags & MARKS)
    index = bigfloat.whole(number_of(key))
    if index is None:
        raise EvaluationError("the index must be a whole number")
    items = items_of(value)
    if index < 0:
        raise EvaluationError(f"the index {index} must not be negative")
    if index >= len(items):
        raise EvaluationError(f"the index {index} is behind the {value.kind}'s {len(items)} elements")
    return items[index].marked(marks) if marks else items[index]


def _of_mapping(value: TfValue, key: TfValue) -> TfValue:
    marks = (value.flags | (key.flags if value.kind == "map" else 0)) & MARKS
    key = _key(key, convert_to_number=False)
    if not key.known or not value.known:
        element_type = element_of(value.type) if value.kind == "map" else DYNAMIC
        return unknown(_gap(value, key), element_type, marks=value.flags & MARKS)
    name = text_of(key)
    entries = entries_of(value)
    found = entries.get(name)
    if found is None:
        if isinstance(entries, OpenAttributes):
            found = entries.other(name)
        else:
            what = "the key" if key.flags & MARKS else repr(name)
            raise EvaluationError(f"the {value.kind} has no element {what}")
    return found.marked(marks) if marks else found


def _key(key: TfValue, *, convert_to_number: bool) -> TfValue:
    try:
        return convert(key, NUMBER if convert_to_number else STRING)
    except EvaluationError as problem:
        raise EvaluationError(f"the index does not fit: {problem.clause}") from None
