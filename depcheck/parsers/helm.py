"""Helm's values of an environment and Kustomize's overlays → settings by environment, and the images that they name.

Variables of containers (``env``, literals of a ConfigMap) have the origin ``kubernetes``, other values ``config``.
"""

from __future__ import annotations

from depcheck.model import Image
from depcheck.parsers import Context, Parsed
from depcheck.parsers.trees import Teller, decided, environment_of, leaves, read, settled
from depcheck.source import Span, Text
from depcheck.values import Known, Value, scalar_text, string

_VARIABLES = frozenset({"env", "envs", "extraenv", "extraenvs", "extraenvvars", "envvars", "environment", "configmap"})
_DEPTH = 12


def parse(text: Text, context: Context) -> Parsed:
    """Read one file of values or one ``kustomization.yaml``."""
    path = context.path or text.source.path
    name = path.rsplit("/", 1)[-1].lower()
    tree = read(text, path)
    parsed = Parsed(tree=tree.root, comments=tree.comments, problems=tree.problems)
    teller = Teller(parsed.facts, context, "kubernetes")
    if name.startswith("kustomization"):
        _kustomization(tree.root, teller)
    else:
        environment = context.environment or environment_of(name.partition(".")[0], context)
        _values(tree.root, "", environment, teller, 0)
    return settled(parsed, text)


def _values(value: Value, prefix: str, environment: str | None, teller: Teller, depth: int) -> None:
    for name, item in value.items():
        path = f"{prefix}.{name}" if prefix else name
        inner = item.value if isinstance(item, Known) else None
        if name.lower() in _VARIABLES and inner:
            _variables(item, prefix, environment, teller)
        elif isinstance(inner, dict) and inner and depth < _DEPTH:
            if name.lower() == "image":
                _image(item, prefix, environment, teller)
            _values(item, path, environment, teller, depth + 1)
        else:
            teller.one(path, item, "helm", environment, origin="config")


def _variables(item: Value, prefix: str, environment: str | None, teller: Teller) -> None:
    scope = f"helm.{prefix}" if prefix else "helm"
    if isinstance(item, Known) and isinstance(item.value, list):
        for entry in item.value:
            name, value = entry.get("name"), entry.get("value")
            called = string(name)
            if called is not None and isinstance(value, Known):
                teller.one(called, Known(value.value, value.span, key=name.span), scope, environment)
        return
    for path, value in leaves(item):
        teller.one(path, value, scope, environment)


def _image(item: Value, prefix: str, environment: str | None, teller: Teller) -> None:
    repository, tag = string(item.get("repository")), scalar_text(item.get("tag"))
    if not repository or not tag or not isinstance(decided(item.get("tag")), Known):
        return
    if not prefix and not any(char.isdigit() for char in tag):
        return  # the chart's own program, whose version is put in when it is deployed
    registry = string(item.get("registry"))
    name = f"{registry}/{repository}" if registry else repository
    reference = Known(f"{name}:{tag}", item.get("tag").span, key=item.get("tag").key)
    scope = f"helm.{prefix}" if prefix else "helm"
    teller.facts.images.append(Image(reference, "container", reference.span, scope=scope, environment=environment))


def _kustomization(root: Value, teller: Teller) -> None:
    environment = teller.context.environment
    for section, sensitive in (("configMapGenerator", False), ("secretGenerator", True)):
        for generator in root.get(section).elements():
            scope = f"kustomize.{string(generator.get('name')) or section}"
            for literal in generator.get("literals").elements():
                _literal(literal, scope, environment, teller, sensitive)
    for image in root.get("images").elements():
        name = string(image.get("newName")) or string(image.get("name"))
        tag = scalar_text(image.get("newTag"))
        if name and tag and "digest" not in dict(image.items()):
            value = image.get("newTag")
            reference = Known(f"{name}:{tag}", value.span, key=value.key)
            teller.facts.images.append(
                Image(reference, "container", reference.span, scope=f"kustomize.{name}", environment=environment)
            )


def _literal(literal: Value, scope: str, environment: str | None, teller: Teller, sensitive: bool) -> None:
    """``NAME=value``, told with the places of both parts."""
    text = string(literal)
    if text is None or "=" not in text:
        return
    name, _, value = text.partition("=")
    span = literal.span
    at = span.text.find(text)
    if at < 0:
        key = place = span
    else:
        start = span.start + at
        key = Span(span.source, start, start + len(name))
        place = Span(span.source, start + len(name) + 1, start + len(text))
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    told = Known(value[1:-1] if quoted else value, place, key=key, sensitive=sensitive)
    teller.one(name.strip(), told, scope, environment, sensitive=sensitive)
