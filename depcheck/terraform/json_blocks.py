"""Nested blocks of the JSON syntax: which properties are blocks, from ``schemas/terraform-blocks.json``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from depcheck.data import load_json
from depcheck.values import Known, Value


@cache
def _table() -> Mapping[str, object]:
    types = load_json("schemas", "terraform-blocks.json")["types"]
    assert isinstance(types, dict)
    return types


def add_blocks_of_json(kind: str, attributes: dict[str, Value]) -> None:
    """Tell the properties that are blocks as those of the native syntax are told: lists of maps without what is null.

    ``kind`` is the resource's type, with ``data.`` before that of a data source.
    """
    tree = _table().get(kind)
    for name, inner in tree.items() if isinstance(tree, dict) else ():
        value = attributes.get(name)
        if value is not None:
            attributes[name] = _blocks(value, inner)


def _blocks(value: Value, tree: Mapping[str, object]) -> Value:
    if not isinstance(value, Known) or not isinstance(value.value, (dict, list)):
        return value
    blocks = [value] if isinstance(value.value, dict) else value.value
    return Known([_block(each, tree) for each in blocks], value.span, via=value.via, key=value.key)


def _block(value: Value, tree: Mapping[str, object]) -> Value:
    if not isinstance(value, Known) or not isinstance(value.value, dict):
        return value
    made: dict[str, Value] = {}
    for name, each in value.value.items():
        inner = tree.get(name)
        if isinstance(inner, dict):
            made[name] = _blocks(each, inner)
        elif not (isinstance(each, Known) and each.value is None):
            made[name] = each
    return Known(made, value.span, via=value.via, key=value.key, sensitive=value.sensitive, rest=value.rest)
