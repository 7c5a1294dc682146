"""A value has no truth and does not compare, so a forgotten state fails at once."""

from __future__ import annotations

import pytest

from depcheck.source import Source
from depcheck.values import Absent, Known, Unknown, Value, plain, scalar_text, string

SPAN = Source("f", "text").span(0, 4)
STATES: list[Value] = [Known(False, SPAN), Unknown("nobody says", SPAN), Absent(SPAN)]


@pytest.mark.parametrize("value", STATES, ids=lambda value: type(value).__name__)
def test_no_truth_no_comparison_no_hash(value: Value) -> None:
    with pytest.raises(TypeError):
        bool(value)
    with pytest.raises(TypeError):
        _ = value == value
    with pytest.raises(TypeError):
        hash(value)


def test_a_path_ends_absent_at_the_nearest_place() -> None:
    key = Source("f", "block {}").span(0, 5)
    tree = Known({"a": Known([Known({"b": Known(1, SPAN)}, SPAN, key=key)], SPAN)}, SPAN)
    assert scalar_text(tree.get("a", 0, "b")) == "1"
    missing = tree.get("a", 0, "c", "d")
    assert isinstance(missing, Absent)
    assert missing.span.text == "block"
    assert isinstance(tree.get("a", 1), Absent)
    assert isinstance(tree.get("a", "b"), Absent)


def test_a_part_of_an_unknown_keeps_its_reason() -> None:
    tree = Known({"a": Unknown("var.x has no value", SPAN)}, SPAN)
    part = tree.get("a", "b", 0)
    assert isinstance(part, Unknown)
    assert part.reason == "var.x has no value"


def test_scalars_as_configuration_writes_them() -> None:
    assert scalar_text(Known(True, SPAN)) == "true"
    assert scalar_text(Known(None, SPAN)) is None
    assert scalar_text(Known([], SPAN)) is None
    assert string(Known(7, SPAN)) is None


def test_plain_is_bounded() -> None:
    loop: list[Value] = []
    value = Known(loop, SPAN)
    loop.append(value)
    assert plain(value) is not None
