"""What Terraform's resources hand to the programs that they run: task definitions and functions → settings, images.

A container's definitions are JSON in a string. What ``jsonencode`` made of is told part by part, with the places in the
configuration; a string that is decided as a whole is read at the place of the string.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.model import Facts, Image, Resource, Setting
from depcheck.values import Absent, Known, Unknown, Value, string


def facts_of(resources: Iterable[Resource]) -> Facts:
    """The settings and images of ECS tasks and Lambda functions."""
    facts = Facts()
    for resource in resources:
        if resource.format != "terraform" or resource.kind != "resource":
            continue
        if resource.type == "aws_ecs_task_definition":
            for container in definitions(resource):
                facts.settings.extend(_settings(container, resource))
                image = container.get("image")
                if isinstance(image, (Known, Unknown)):
                    facts.images.append(
                        Image(image, "container", image.span, scope=resource.address, environment=resource.environment)
                    )
        elif resource.type == "aws_lambda_function":
            for block in resource.get("environment").elements():
                for name, value in block.get("variables").items():
                    facts.settings.append(_setting(name, value, resource, "lambda"))
    return facts


def definitions(resource: Resource) -> Iterator[Known]:
    """The containers of a task definition that can be told."""
    value = resource.get("container_definitions")
    document = None if isinstance(value, Absent) else value.document
    if document is None:
        document = _read(value)
    for each in document.elements() if document is not None else ():
        if isinstance(each, Known) and isinstance(each.value, dict):
            yield each


def _read(value: Value) -> Value | None:
    """Definitions that stand as text; every part of them is at the place of the text."""
    text = string(value)
    if text is None or len(text) > 200_000:
        return None
    from depcheck.source import Source, Text
    from depcheck.syntax import json

    tree = json.parse(Text.of(Source(value.span.path, text))).root
    return _at(tree, value, 0)


def _at(tree: Value, place: Value, depth: int) -> Value:
    if depth > 20 or not isinstance(tree, Known):
        return tree
    inner = tree.value
    if isinstance(inner, list):
        return Known([_at(each, place, depth + 1) for each in inner], place.span)
    if isinstance(inner, dict):
        return Known({name: _at(each, place, depth + 1) for name, each in inner.items()}, place.span)
    return Known(inner, place.span)


def _settings(container: Known, resource: Resource) -> Iterator[Setting]:
    for listed, holder in (("environment", "value"), ("secrets", "valueFrom")):
        for entry in container.get(listed).elements():
            name = string(entry.get("name"))
            value = entry.get(holder)
            if name and not isinstance(value, Absent):
                yield _setting(name, value, resource, "container", secret=listed == "secrets")


def _setting(name: str, value: Value, resource: Resource, origin: str, *, secret: bool = False) -> Setting:
    if secret:
        # The value is the address of a secret, not the secret: what it holds is decided elsewhere.
        value = Unknown(f"{name} comes from a secret store", value.span, key=value.key)
    return Setting(
        name,
        value,
        value.key or value.span,
        origin=origin,
        scope=resource.address,
        environment=resource.environment,
        sensitive=secret,
    )
