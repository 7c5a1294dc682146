"""The content of a YAML scalar with the place of each of its characters."""

from __future__ import annotations

import pytest

from depcheck.source import Source, Text
from depcheck.syntax import yaml
from depcheck.values import Known


def content(written: str) -> tuple[Text, str]:
    file = yaml.parse(Text.of(Source("file.yml", written)))
    value = file.root.get("a")
    assert isinstance(value, Known)
    expected = value.value if isinstance(value.value, str) else value.span.text
    return yaml.scalar_text(value, file), expected


CONTENTS = [
    ("a: plain text\n", "plain text"),
    ("a: one\n  two\n\n\n  three\n", "one two\n\nthree"),
    ("a: 'it''s\n  two\n\n  three '\n", "it's two\nthree "),
    ('a: "tab\\tq\\"\\x41\\u00e9\\U0001F600\\\n   joined\n   folded"\n', 'tab\tq"Aé😀joined folded'),
    ('a: "x \\\n\n\n  y"\n', "x \n\ny"),
    ("a: |\n  x\n    y\n\n  z\n", "x\n  y\n\nz\n"),
    ("a: |-\n  x\n\n\nb: 1\n", "x"),
    ("a: |+\n  x\n\n\nb: 1\n", "x\n\n\n"),
    ("a: |\n\n\n  x\n", "\n\nx\n"),
    ("a: |2\n    x\n  y\n", "  x\ny\n"),
    ("a: |1-\n x\n   y\n", "x\n  y"),
    ("a: | # comment\n  x", "x"),
    ("a: |\n  x\n     \n  y\n", "x\n   \ny\n"),
    ("a: >\n  x\n  y\n\n  z\n\n\n    more\n    less\n  w\n", "x y\nz\n\n\n  more\n  less\nw\n"),
    ("a: >-\n\n  x\n  y\n\n", "\nx y"),
    ("a: >\n  x\n  \ty\n  z\n", "x\n\ty\nz\n"),
    ("a: |\r\n  x\r\n  y\r\n", "x\ny\n"),
    ('a: "x\r\n  y"\r\n', "x y"),
    ("a: |\n", ""),
    ("a: ''\n", ""),
    ("a: 0x1F\n", "0x1F"),
    ("a: &n !!str 'q'\n", "q"),
]


@pytest.mark.parametrize(("written", "expected"), CONTENTS)
def test_content(written: str, expected: str) -> None:
    text, value = content(written)
    assert text.text == expected
    assert text.text == value


@pytest.mark.parametrize(("written", "expected"), CONTENTS)
def test_every_character_stands_where_it_was_written(written: str, expected: str) -> None:
    text, _ = content(written)
    for index, char in enumerate(text.text):
        span = text.span(index, index + 1)
        assert written.find("a:") < span.start < span.end <= len(written)
        if char.isalnum() and "\\" not in span.text:
            assert span.text == char
    starts = [text.span(index, index + 1).start for index in range(len(text.text))]
    assert starts == sorted(starts)


def test_an_escape_is_pointed_at_as_a_whole() -> None:
    text, _ = content('a: "x\\u00e9y"\n')
    assert text.span(1, 2).text == "\\u00e9"
    assert text.span(2, 3).text == "y"


def test_a_word_over_several_lines() -> None:
    text, _ = content("a: |\n  make all\n  make test\n")
    at = text.text.index("test")
    assert text.span(at, at + 4).text == "test"
    assert text.span(at, at + 4).line == 3


def test_a_list_has_no_content() -> None:
    text, _ = content("a: [1]\n")
    assert text.text == ""
