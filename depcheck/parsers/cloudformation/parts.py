"""What several functions of CloudFormation do with the values they are given."""

from __future__ import annotations

import re

from depcheck.source import Span
from depcheck.values import OPEN, Known, Missing, Step, Unknown, Value, scalar_text

#: So many hops of a value are told.
_HOPS = 12
_DYNAMIC = re.compile(r"\{\{resolve:([\w-]+):[^{}]*\}\}")


def placed(value: Value, whole: Known) -> Value:
    """The value where it was asked for: at the place and below the key of the whole expression."""
    if isinstance(value, Known):
        nested = isinstance(value.value, (dict, list))
        span = value.span if nested else whole.span
        return Known(value.value, span, via=value.via, key=whole.key, sensitive=value.sensitive)
    if isinstance(value, Unknown):
        return Unknown(
            value.reason,
            whole.span,
            missing=value.missing,
            refers=value.refers,
            key=whole.key,
            sensitive=value.sensitive,
            outline=value.outline,
        )
    return value


def dynamic(value: Known, text: str) -> Value:
    """A dynamic reference (``{{resolve:secretsmanager:…}}``): CloudFormation reads it when it deploys."""
    match = _DYNAMIC.search(text)
    if match is None:
        return value
    store = {"secretsmanager": "Secrets Manager", "ssm": "Parameter Store", "ssm-secure": "Parameter Store"}
    words = store.get(match[1], match[1])
    missing = (Missing(match[0], value.span),)
    secret = match[1] != "ssm"
    return Unknown(
        f"read from {words} when it is deployed", value.span, missing=missing, key=value.key, sensitive=secret
    )


def undecided(parts: list[Value], span: Span, outline: str | None = None) -> Unknown | None:
    """One unknown that stands for all the unknown ones among some values; None when all are known."""
    unknown = [part for part in parts if isinstance(part, Unknown)]
    if not unknown:
        return None
    missing: dict[str, Missing] = {}
    for part in unknown:
        for each in part.missing:
            missing.setdefault(each.name, each)
    sensitive = any(part.sensitive for part in unknown)
    return Unknown(unknown[0].reason, span, missing=tuple(missing.values()), sensitive=sensitive, outline=outline)


def outline_of(part: Value) -> str:
    """A part of a text as far as it is decided."""
    if isinstance(part, Unknown):
        return part.outline if part.outline is not None else OPEN
    return scalar_text(part) or ""


def via_of(parts: list[Value]) -> tuple[Step, ...]:
    """The hops of all the known parts of a value."""
    return steps(*(part.via for part in parts if isinstance(part, Known)))


def steps(*ways: tuple[Step, ...]) -> tuple[Step, ...]:
    """Several ways to a value as one, each hop once and not more than a person would follow."""
    found = {id(step): step for way in ways for step in way}
    return tuple(found.values())[:_HOPS]


def sensitive_of(parts: list[Value]) -> bool:
    """Whether any part of a value is not to be shown."""
    return any(isinstance(part, Known) and part.sensitive for part in parts)
