"""CloudFormation resources in Terraform's words, so that one rule judges both.

The table is ``schemas/cloudformation-terraform.json``, which explains its own notation. Addresses, places and hops stay
what they were; policies stay trees (Terraform has them as JSON text); ``format`` stays ``cloudformation``, so that no
default of Terraform's is applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from depcheck.data import load_json
from depcheck.model import Resource
from depcheck.parsers.cloudformation.reshape import converted, put
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Step, Unknown, Value, string

#: What every resource keeps of its CloudFormation form.
_KEPT = ("Condition", "DeletionPolicy", "DependsOn", "UpdateReplacePolicy", "aws:cdk:path")
_RETAIN = frozenset({"Retain", "RetainExceptOnCreate"})


@cache
def _types() -> Mapping[str, Mapping[str, object]]:
    types = load_json("schemas", "cloudformation-terraform.json")["types"]
    return _mapping(types)


def _mapping(value: object) -> Mapping[str, Mapping[str, object]]:
    if not isinstance(value, dict):
        return {}
    return {name: each for name, each in value.items() if isinstance(name, str) and isinstance(each, dict)}


def as_terraform(resource: Resource) -> Resource | None:
    """The equivalent Terraform resource; None for a type that the table does not know."""
    entry = _entry(resource)
    if entry is None:
        return None
    attributes = _converted(resource.attributes, entry.get("properties"))
    for name in _KEPT:
        value = resource.get(name)
        if not isinstance(value, Absent):
            attributes[name] = value
    _fill(attributes, entry, resource)
    _deletion(attributes, entry, resource)
    return _made(str(entry["terraform"]), attributes, resource, resource.span)


def companions(resource: Resource) -> list[Resource]:
    """The further Terraform resources that CloudFormation has inside of one (a bucket's versioning, …)."""
    entry = _entry(resource)
    found: list[Resource] = []
    also = entry.get("also") if entry is not None else None
    for each in also if isinstance(also, list) else ():
        if isinstance(each, dict):
            found.extend(_companions(resource, each))
    return found


def views(resource: Resource) -> list[Resource]:
    """What rules judge: the Terraform resources that a CloudFormation resource is, else the resource as it is."""
    found = as_terraform(resource)
    return [resource] if found is None else [found, *companions(resource)]


def _entry(resource: Resource) -> Mapping[str, object] | None:
    entry = _types().get(resource.type)
    variants = entry.get("variants") if entry is not None else None
    for variant in variants if isinstance(variants, list) else ():
        if not isinstance(resource.get(variant["given"]), Absent):
            return _types()[variant["use"]]
    return entry


def _made(kind: str, attributes: dict[str, Value], resource: Resource, span: Span) -> Resource:
    written = resource.attributes
    return Resource(
        kind,
        resource.address,
        Known(attributes, written.span, via=written.via, key=written.key),
        span,
        name=resource.name,
        format=resource.format,
        environment=resource.environment,
        extent=resource.extent,
    )


def _converted(properties: Value, specification: object) -> dict[str, Value]:
    attributes: dict[str, Value] = {}
    if isinstance(specification, dict):
        for name, each in specification.items():
            value = properties.get(name)
            if not isinstance(value, Absent):
                converted(attributes, value, each)
    return attributes


def _fill(attributes: dict[str, Value], entry: Mapping[str, object], resource: Resource) -> None:
    """Add what always holds, and what holds because nothing else is given."""
    for key, words in (("constants", "always so in CloudFormation"), ("defaults", "CloudFormation's default")):
        values = entry.get(key)
        for name, value in values.items() if isinstance(values, dict) else ():
            if name not in attributes:
                attributes[name] = Known(value, resource.span, via=(Step(words),))


def _deletion(attributes: dict[str, Value], entry: Mapping[str, object], resource: Resource) -> None:
    given = resource.get("DeletionPolicy")
    if isinstance(given, Unknown):
        return
    policy = string(given)
    rules = entry.get("deletion")
    if policy in _RETAIN and isinstance(given, Known):
        kept = Known(True, given.span, via=(*given.via, Step(f"DeletionPolicy is {policy}", given.span)), key=given.key)
        put(attributes, "lifecycle.prevent_destroy", kept, given)
    if not isinstance(rules, dict):
        return
    place = given.span if isinstance(given, Known) else resource.span
    words = f"DeletionPolicy is {policy}" if policy else f"DeletionPolicy is {rules['default']} where none is given"
    made = rules.get(policy or rules["default"])
    for name, value in made.items() if isinstance(made, dict) else ():
        attributes[name] = Known(value, place, via=(Step(words, place),))


def _companions(resource: Resource, also: Mapping[str, object]) -> Iterator[Resource]:
    kind = str(also["terraform"])
    reference = also.get("self")
    given = also.get("given")
    if isinstance(given, str):
        value = resource.get(given)
        if isinstance(value, Absent):
            return
        attributes = _converted(resource.attributes, also.get("properties"))
        yield _companion(kind, attributes, resource, reference, value, also)
        return
    for element in resource.get(str(also["each"])).elements():
        attributes = {}
        target = also.get("element")
        if isinstance(target, str):
            attributes[target] = element
        attributes.update(_converted(element, also.get("properties")))
        yield _companion(kind, attributes, resource, reference, element, also)


def _companion(
    kind: str,
    attributes: dict[str, Value],
    resource: Resource,
    reference: object,
    value: Value,
    also: Mapping[str, object],
) -> Resource:
    span = value.key if value.key is not None else value.span
    if isinstance(reference, str):
        reason = f"the name of {resource.name} is known when it is deployed"
        missing = (Missing(resource.name, resource.span),)
        attributes[reference] = Unknown(reason, resource.span, missing=missing, refers=resource.address)
    _fill(attributes, also, resource)
    return _made(kind, attributes, resource, span)
