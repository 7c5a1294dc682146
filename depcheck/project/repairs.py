"""Repairs that put another literal where one stands."""

from __future__ import annotations

from depcheck.findings import Fix
from depcheck.source import Edit
from depcheck.values import Known, Value, scalar_text


def is_literal(value: Value) -> bool:
    """Whether a value is written right where it is, as a number or a switch, and not taken from elsewhere."""
    if not isinstance(value, Known) or value.key is None or value.via:
        return False
    return not isinstance(value.value, (list, dict)) and value.span.text.strip("\"'") == scalar_text(value)


def replaced(value: Value, literal: str, title: str, *, safe: bool) -> Fix | None:
    """The repair that writes another literal, where there is one to write over."""
    return Fix(title, [Edit(value.span, literal)], safe=safe) if is_literal(value) else None
