"""``cdk.json`` and ``cdk.context.json`` → settings of the app, by environment where a map is named after one.

A nested map is told with dotted names. A map whose key means an environment gives that environment to what is inside
and leaves its own name out, so that ``{"dev": {"size": 1}, "prod": {"size": 3}}`` is one setting ``size`` in each.
"""

from __future__ import annotations

import re

from depcheck.model import Setting
from depcheck.parsers import Context, Parsed
from depcheck.source import Text
from depcheck.syntax import json as json_syntax
from depcheck.values import Known, Value

#: Feature flags of the CDK itself, and what its context providers looked up and cached: nobody's settings.
_OF_THE_TOOL = re.compile(
    r"@?aws-cdk[:/].*|@[\w.-]+/[\w.-]+:.*|[\w.-]+:(?:.*:)?(?:account|region|endpointServiceName)=.*"
)
#: How deep a map is told by dotted names; deeper ones are values.
_DEPTH = 6


def parse(text: Text, context: Context) -> Parsed:
    """Read the context of a CDK app."""
    file = json_syntax.parse(text)
    parsed = Parsed(tree=file.root, comments=file.comments, problems=list(file.problems))
    root = file.root
    if (context.path or text.source.path).rsplit("/", 1)[-1].lower() != "cdk.context.json":
        root = root.get("context")
    for name, value in root.items():
        if not _OF_THE_TOOL.fullmatch(name):
            _add(parsed.facts.settings, "", name, value, context, context.environment, 0)
    return parsed


def _add(
    found: list[Setting], prefix: str, name: str, value: Value, context: Context, environment: str | None, depth: int
) -> None:
    inside = value.value if isinstance(value, Known) else None
    if isinstance(inside, dict) and inside and depth < _DEPTH:
        own = context.environments.named(name)
        if own is not None:
            environment = own
        else:
            prefix = f"{prefix}{name}."
        for inner, each in inside.items():
            _add(found, prefix, inner, each, context, environment, depth + 1)
        return
    span = value.key if value.key is not None else value.span
    found.append(
        Setting(prefix + name, value, span, origin="cdk-context", scope=context.scope, environment=environment)
    )
