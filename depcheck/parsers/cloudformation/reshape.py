"""One CloudFormation property → Terraform attributes, by a row of ``schemas/cloudformation-terraform.json``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from depcheck.values import Absent, Known, Scalar, Unknown, Value, scalar_text

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_TRUTH = {"true": True, "false": False}


def converted(attributes: dict[str, Value], value: Value, row: object) -> None:
    """Add what a property means to the attributes of a resource or of a nested block."""
    if isinstance(row, str):
        name, _, kind = row.partition(" ")
        put(attributes, name, as_kind(value, kind), value)
    elif not isinstance(row, dict):
        return
    elif "tags" in row:
        attributes[row["tags"]] = _tags(value)
    elif "values" in row:
        put(attributes, row["to"], _translated(value, row["values"]), value)
    elif "block" in row:
        attributes[row["block"]] = _blocks(value, row["with"])
    elif "blocks" in row:
        attributes[row["blocks"]] = _blocks(value, row["with"])
    elif "inside" in row:
        _inside(attributes, value, row["inside"])
    elif "keyed" in row:
        _keyed(attributes, value, row["keyed"], row["to"])
    elif "entries" in row:
        attributes[row["entries"]] = _entries(value, row["as"])
    elif "pluck" in row:
        attributes[row["to"]] = _rebuilt(value, [each.get(row["pluck"]) for each in value.elements()])


def put(attributes: dict[str, Value], name: str, value: Value, written: Value) -> None:
    """Set an attribute; a dotted name makes the nested blocks on its way. A list that is there grows."""
    if isinstance(value, Absent):
        return
    *blocks, last = name.split(".")
    for block in blocks:
        held = attributes.get(block)
        inner = held.value[0] if isinstance(held, Known) and isinstance(held.value, list) and held.value else None
        if not isinstance(inner, Known) or not isinstance(inner.value, dict):
            inner = Known({}, written.span, key=written.key)
            attributes[block] = Known([inner], written.span, key=written.key)
        assert isinstance(inner.value, dict)
        attributes = inner.value
    before = attributes.get(last)
    if isinstance(before, Known) and isinstance(value, Known):
        more = value.value
        if isinstance(before.value, list) and isinstance(more, list):
            value = Known([*before.value, *more], value.span, via=value.via, key=value.key)
    attributes[last] = value


def as_kind(value: Value, kind: str) -> Value:
    """A value as Terraform types it; CloudFormation accepts ``"true"`` and ``"5"`` for ``true`` and ``5``."""
    if not isinstance(value, Known):
        return value if kind != "list" or isinstance(value, Absent) else Known([value], value.span, key=value.key)
    inner = value.value
    if kind == "list":
        return value if isinstance(inner, list) else _rebuilt(value, [value])
    if kind == "first":
        return value.elements()[0] if value.elements() else Absent(value.span)
    if kind == "camel":
        return _camel(value)
    text = scalar_text(value)
    if text is None:
        return value
    if kind == "bool" and text.lower() in _TRUTH:
        return _retold(value, _TRUTH[text.lower()])
    if kind == "number" and isinstance(inner, str) and _NUMBER.fullmatch(text):
        return _retold(value, float(text) if "." in text else int(text))
    if kind == "string" and not isinstance(inner, str):
        return _retold(value, text)
    return value


def _retold(value: Known, told: Scalar) -> Known:
    return Known(told, value.span, via=value.via, key=value.key, sensitive=value.sensitive)


def _rebuilt(value: Value, items: list[Value]) -> Value:
    if not isinstance(value, Known):
        return value
    kept: list[Value] = [each for each in items if not isinstance(each, Absent)]
    return Known(kept, value.span, via=value.via, key=value.key)


def _translated(value: Value, words: Mapping[str, Scalar]) -> Value:
    text = scalar_text(value)
    if text is None or not isinstance(value, Known) or text not in words:
        return value
    return _retold(value, words[text])


def _blocks(value: Value, rows: Mapping[str, object]) -> Value:
    return _rebuilt(value, [_block(each, rows) for each in value.elements()])


def _block(value: Value, rows: Mapping[str, object]) -> Value:
    if not isinstance(value, Known) or not isinstance(value.value, dict):
        return value
    attributes: dict[str, Value] = {}
    for name, row in rows.items():
        found = value.value.get(name)
        if found is not None and not isinstance(found, Absent):
            converted(attributes, found, row)
    return Known(attributes, value.span, via=value.via, key=value.key)


def _inside(attributes: dict[str, Value], value: Value, rows: Mapping[str, object]) -> None:
    for name, row in rows.items():
        found = value.get(int(name) if name.isdecimal() else name)
        if not isinstance(found, Absent):
            converted(attributes, found, row)


def _keyed(attributes: dict[str, Value], value: Value, fields: list[str], rows: Mapping[str, object]) -> None:
    if isinstance(value, Unknown):
        for row in rows.values():
            converted(attributes, value, row)
    for each in value.elements():
        row = rows.get(scalar_text(each.get(fields[0])) or "")
        found = each.get(fields[1])
        if row is not None and not isinstance(found, Absent):
            converted(attributes, found, row)


def _entries(value: Value, names: list[object]) -> Value:
    if not isinstance(value, Known) or not isinstance(value.value, dict):
        return value
    return _rebuilt(value, list(_entry_blocks(value.value, str(names[0]), names[1])))


def _entry_blocks(entries: Mapping[str, Value], name_of_key: str, row: object) -> Iterator[Value]:
    for name, each in entries.items():
        attributes: dict[str, Value] = {name_of_key: Known(name, each.key if each.key is not None else each.span)}
        if isinstance(row, dict):
            _inside(attributes, each, row)
        else:
            converted(attributes, each, row)
        yield Known(attributes, each.span, key=each.key)


def _tags(value: Value) -> Value:
    if not isinstance(value, Known) or not isinstance(value.value, list):
        return value
    tags: dict[str, Value] = {}
    for each in value.value:
        if isinstance(each, Unknown):
            return each
        name = each.get("Key")
        text = scalar_text(name)
        if isinstance(name, Unknown):
            return name
        if text is not None:
            tags[text] = each.get("Value")
    return Known(tags, value.span, via=value.via, key=value.key)


def _camel(value: Value) -> Value:
    if not isinstance(value, Known):
        return value
    inner = value.value
    if isinstance(inner, list):
        return _rebuilt(value, [_camel(each) for each in inner])
    if isinstance(inner, dict):
        entries = {name[:1].lower() + name[1:]: _camel(each) for name, each in inner.items()}
        return Known(entries, value.span, via=value.via, key=value.key)
    return value
