"""Plans and states as ``terraform show -json`` prints them: the resources as they will be, or are.

Written from Terraform's documentation of its JSON output format. What is only known after the plan is applied is
unknown; null stands for an argument that is not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.model import Resource
from depcheck.parsers import Context, Parsed
from depcheck.source import Span, Text
from depcheck.syntax import json as json_syntax
from depcheck.values import Absent, Known, Unknown, Value, string

_DEPTH = 50


def parse(text: Text, context: Context) -> Parsed:
    """Read the planned values of a plan, or the values of a state."""
    file = json_syntax.parse(text)
    parsed = Parsed(tree=file.root, problems=list(file.problems))
    root = file.root
    values = root.get("planned_values")
    if isinstance(values, Absent):
        values = root.get("values")
    unknowns = dict(_unknowns(root))
    found: list[Resource] = []
    for each in _resources(values.get("root_module"), 0):
        resource = _resource(each, unknowns, context.environment)
        if resource is not None:
            found.append(resource)
    parsed.facts.resources = found
    return parsed


def _unknowns(root: Value) -> Iterator[tuple[str, Value]]:
    """What is not known of each resource."""
    for change in root.get("resource_changes").elements():
        address = string(change.get("address"))
        if address is not None:
            yield address, change.get("change", "after_unknown")


def _resources(module: Value, depth: int) -> Iterator[Value]:
    yield from module.get("resources").elements()
    if depth < _DEPTH:
        for child in module.get("child_modules").elements():
            yield from _resources(child, depth + 1)


def _resource(tree: Value, unknowns: Mapping[str, Value], environment: str | None) -> Resource | None:
    address, type_ = string(tree.get("address")), string(tree.get("type"))
    values = tree.get("values")
    if address is None or type_ is None or not isinstance(values, Known):
        return None
    span = tree.get("address").span
    attributes = _told(values, unknowns.get(address, Absent(span)), tree.get("sensitive_values"), address, 0)
    assert isinstance(attributes, Known)
    return Resource(
        type_,
        address,
        Known(attributes.value, span),
        span,
        name=string(tree.get("name")) or "",
        kind="data" if string(tree.get("mode")) == "data" else "resource",
        environment=environment,
        extent=tree.span if isinstance(tree, Known) else span,
    )


def _told(value: Value, unknown: Value, sensitive: Value, address: str, depth: int) -> Value:
    """A value with what is unknown and sensitive of it; the three have the same shape."""
    if _is_true(unknown):
        return Unknown(f"{address} is known in full after it is applied only", value.span, key=value.key)
    if not isinstance(value, Known) or depth > _DEPTH:
        return value
    hidden = _is_true(sensitive)
    inner = value.value
    if isinstance(inner, dict):
        inner = _entries(inner, unknown, sensitive, address, depth)
    elif isinstance(inner, list):
        inner = [
            _told(each, unknown.get(index), sensitive.get(index), address, depth + 1)
            for index, each in enumerate(inner)
        ]
    return Known(inner, value.span, key=value.key, sensitive=hidden)


def _entries(
    entries: Mapping[str, Value], unknown: Value, sensitive: Value, address: str, depth: int
) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for name, each in entries.items():
        told = _told(each, unknown.get(name), sensitive.get(name), f"{address}.{name}", depth + 1)
        if not (isinstance(told, Known) and told.value is None):
            made[name] = told
    for name, each in unknown.items():
        if name not in made and _is_true(each):
            made[name] = Unknown(f"{address}.{name} is not known before it is applied", _place(each), refers=address)
    return made


def _place(value: Value) -> Span:
    return value.key or value.span


def _is_true(value: Value) -> bool:
    return isinstance(value, Known) and value.value is True
