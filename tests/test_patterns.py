"""Words by which an expression is passed over: none that can match is, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.patterns import Pattern

#: Where expressions with such words stand.
MODULES = (
    "engine.aside",
    "environments",
    "parsers.table",
    "project.activities",
    "project.exposures",
    "project.token_commands",
)


def guarded(value: object) -> Iterator[Pattern]:
    if isinstance(value, Pattern) and value.holding:
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from guarded(each)


PATTERNS = [
    each for name in MODULES for value in vars(import_module(f"depcheck.{name}")).values() for each in guarded(value)
]


def test_the_modules_hold_some() -> None:
    assert len(PATTERNS) > 30


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.pattern[:30])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_text_that_matches_holds_one_of_the_words(pattern: Pattern, data: st.DataObject) -> None:
    # In ASCII: without regard to case, "\u017f" is an "s" to an expression and no "s" to str.lower().
    text = data.draw(st.from_regex(re.compile(pattern.pattern, pattern.compiled.flags & ~re.UNICODE | re.ASCII)))
    assert any(word in text.lower() for word in pattern.holding)


def test_what_holds_no_word_is_not_asked() -> None:
    pattern = Pattern("a|b", holding=("a",))
    assert [bool(each("B b")) for each in (pattern.match, pattern.fullmatch, pattern.search)] == [False] * 3
    assert list(pattern.finditer("b")) == []
    assert pattern.search("b A") is not None
