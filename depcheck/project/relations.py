"""Whether one resource refers to another, by evaluated identity and not by text."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

#: Attributes that identify a resource to others. A literal equal to one of them is a reference.
IDENTITY = (
    "id",
    "arn",
    "name",
    "bucket",
    "identifier",
    "cluster_identifier",
    "replication_group_id",
    "function_name",
    "repository",
    "family",
    "cluster_id",
    "domain_name",
)


def refers_to(candidate: Resource, path: str, target: Resource) -> tuple[str, Value]:
    """``yes``, ``no`` or ``open``, and the value at ``path`` of the candidate that says so."""
    state, decisive = "no", Absent(candidate.span)
    result: tuple[str, Value] = (state, decisive)
    for value in _leaves(candidate.get(*path.split("."))):
        answer = _is(value, target)
        if answer == "yes":
            return "yes", value
        if answer == "open":
            result = ("open", value)
    return result


def deployed_together(one: Resource, other: Resource) -> bool:
    """Whether two resources are made by one root module or template in one environment."""
    if "data" in (one.kind, other.kind) or one.format != other.format or one.environment != other.environment:
        return False
    return one.root == other.root and (one.format != "cloudformation" or one.span.path == other.span.path)


def _leaves(value: Value) -> list[Value]:
    if isinstance(value, Known) and isinstance(value.value, list):
        return [leaf for element in value.value for leaf in _leaves(element)]
    return [value]


def _is(value: Value, target: Resource) -> str:
    if isinstance(value, Unknown):
        if value.refers is None:
            return "open"
        return "yes" if value.refers == target.address else "no"
    text = scalar_text(value)
    if text is None:
        return "no"
    undecided = False
    for name in IDENTITY:
        own = target.get(name)
        if isinstance(own, Known) and scalar_text(own) == text:
            return "yes"
        undecided = undecided or isinstance(own, Unknown)
    return "open" if undecided else "no"
