"""Positions: offsets are stored, lines and columns derived; embedded text keeps its places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.source import Source, Text


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("", 0, (1, 1)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\r\nb", 1, (1, 2)),
        ("\t\tx", 2, (1, 3)),
        ("é😀x", 2, (1, 3)),
        ("a\n", 2, (2, 1)),
        ("no final newline", 16, (1, 17)),
    ],
)
def test_position(text: str, offset: int, position: tuple[int, int]) -> None:
    assert Source("f", text).position(offset) == position


@given(st.text(alphabet="a\n\r\té😀"), st.integers(0, 40))
def test_position_and_offset_are_inverse(text: str, offset: int) -> None:
    source = Source("f", text)
    offset = min(offset, len(text))
    assert source.offset(*source.position(offset)) == offset


@pytest.mark.parametrize(("text", "count"), [("", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)])
def test_line_count(text: str, count: int) -> None:
    assert Source("f", text).line_count == count


def test_line_has_no_break() -> None:
    source = Source("f", "one\r\ntwo\n")
    assert [source.line(number) for number in (0, 1, 2, 3)] == ["", "one", "two", ""]


def test_joined_text_points_at_the_original_characters() -> None:
    source = Source("f", "    first\n    second\n")
    text = Text.joined(source, [("first\n", 4, 10), ("second\n", 14, 21)])
    assert text.text == "first\nsecond\n"
    assert text.span(0, 5).text == "first"
    assert text.span(6, 12).text == "second"
    assert text.span(6, 12).line == 2


def test_a_decoded_escape_is_pointed_at_as_a_whole() -> None:
    source = Source("f", r'"a\nb"')
    text = Text.joined(source, [("a", 1, 2), ("\n", 2, 4), ("b", 4, 5)])
    assert text.span(1, 2).text == r"\n"
    assert text.span(0, 3).text == r"a\nb"


@given(st.lists(st.tuples(st.text("ab", min_size=1, max_size=4), st.text(" ", max_size=3)), min_size=1, max_size=6))
def test_a_cut_keeps_its_places(parts: list[tuple[str, str]]) -> None:
    whole = "".join(gap + word for word, gap in parts)
    chunks, at = [], 0
    for word, gap in parts:
        at += len(gap)
        chunks.append((word, at, at + len(word)))
        at += len(word)
    text = Text.joined(Source("f", whole), chunks)
    for start in range(len(text)):
        cut = text.cut(start, len(text))
        assert cut.text == text.text[start:]
        assert cut.span(0, 1).text == text.text[start]
        assert cut.span(0, 1) == text.span(start, start + 1)
