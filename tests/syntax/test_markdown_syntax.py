from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from depcheck.source import Source, Text
from depcheck.syntax.markdown import Block, blocks

ORACLE = MarkdownIt("commonmark")


def read(text: str) -> list[Block]:
    return blocks(Text.of(Source("guide.md", text)))


def told(text: str) -> list[tuple[str, str]]:
    return [(each.info, each.content.text) for each in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\na\n```\n", [("", "a\n")]),
        ('```yaml title="x"\na\n\n  b\n```', [('yaml title="x"', "a\n\n  b\n")]),
        ("~~~sh\n```\n~~~\n", [("sh", "```\n")]),
        ("````\n```\n````\n", [("", "```\n")]),
        ("```\na\n`````  \nb\n", [("", "a\n")]),
        ("```\na\n~~~\n", [("", "a\n~~~\n")]),
        ("```\na\n``` b\n```\n", [("", "a\n``` b\n")]),
        ("``` a`b\nc\n```\n", [("", "")]),
        ("~~~ a`b\nc\n~~~\n", [("a`b", "c\n")]),
        ("``\na\n``\n", []),
        ("a `b`\n```\nc\n```", [("", "c\n")]),
        ("```\nnever closed\n", [("", "never closed\n")]),
        ("```", [("", "")]),
        ("  ```\n  a\n    b\n c\n  ```\n", [("", "a\n  b\nc\n")]),
        ("    ```\n    a\n    ```\n", []),
        ("```\na\n    ```\n```\n", [("", "a\n    ```\n")]),
        ("- x\n\n  ```hcl\n  a\n    b\n\n  ```\n", [("hcl", "a\n  b\n\n")]),
        ("1. x\n   ```\n   a\n   ```\n2. y\n", [("", "a\n")]),
        ("10.\tx\n\n\t```\n    a\n    ```\n", [("", "a\n")]),
        ("- ```\n  a\n  ```\n", [("", "a\n")]),
        ("- x\n  - y\n\n    ```\n    a\n    ```\n", [("", "a\n")]),
        ("- x\nlazy\n\n  ```\n  a\n  ```\n", [("", "a\n")]),
        ("- x\n\n  ```\n  a\nb\n", [("", "a\n")]),
        ("> ```sh\n> a\n>   b\n> ```\n", [("sh", "a\n  b\n")]),
        ("> ```\n> a\nb\n", [("", "a\n")]),
        ("<!--\n```\na\n```\n-->\n```\nb\n```\n", [("", "b\n")]),
        ("<details>\n\n```\na\n```\n</details>\n", [("", "a\n")]),
        ("<pre>\n\n```\na\n```\n</pre>\n", []),
        ("<!-- x -->\n```\na\n```\n", [("", "a\n")]),
        ("a\r\n```sh\r\nb\r\n```\r\nc\r\n", [("sh", "b\r\n")]),
        ("* * *\n```\na\n```", [("", "a\n")]),
    ],
)
def test_blocks(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("yaml", "yaml"),
        ("YAML title=x", "yaml"),
        ("yaml:a.yml", "yaml"),
        ("{.hcl #x}", "hcl"),
        ("", ""),
        ("c++", "c++"),
    ],
)
def test_language(info: str, language: str) -> None:
    (block,) = read(f"```{info}\n```\n")
    assert block.language == language


def test_what_stands_before_a_block() -> None:
    text = "# One\n## Two\ntext\n```\na\n```\nmore\n\nlast\n```\nb\n```\nThree\n---\n```\nc\n```\n"
    first, second, third = read(text)
    assert (first.before, first.headings) == (["text", "## Two", "# One"], ["Two", "One"])
    assert second.before == ["last", "more"]
    assert third.headings == ["Three", "One"]


def test_places_in_the_document() -> None:
    text = "- x\n\n  ```hcl\n  a = 1\n\n    b = 2\n  ```\nend\n"
    (block,) = read(text)
    assert text[block.start : block.end] == "```hcl\n  a = 1\n\n    b = 2\n  ```"
    assert block.content.text == "a = 1\n\n  b = 2\n"
    at = block.content.text.index("b = 2")
    span = block.content.span(at, at + 5)
    assert (span.text, span.line, span.column) == ("b = 2", 6, 5)


LINES = [
    "```",
    "```yaml",
    "~~~",
    "````",
    "a",
    "a = b",
    "# h",
    "- x",
    "  - y",
    "1. z",
    "> q",
    ">",
    "",
    "   ",
    "<!--",
    "-->",
]
LINES += ["<div>", "</pre>", "<pre>", "***", "a `b` c", "2) w", "-", "text ```x``` text"]
# No lines indented by four: markdown-it ends a list item's paragraph at such a fence, CommonMark's own parsers do not.
PREFIXES = st.sampled_from(["", "", "  ", "   ", "> ", "- "])
DOCUMENTS = st.lists(st.builds("{}{}".format, PREFIXES, st.sampled_from(LINES)), max_size=14).map("\n".join)


def simple(info: str) -> str:
    return info.strip().replace("\\", "")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_same_blocks_as_commonmark(text: str) -> None:
    theirs = [(simple(each.info), each.content.rstrip()) for each in ORACLE.parse(text) if each.type == "fence"]
    assert [(simple(info), content.rstrip()) for info, content in told(text)] == theirs


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.text(max_size=120), DOCUMENTS))
def test_any_text_is_read_and_places_are_exact(text: str) -> None:
    for block in read(text):
        assert text[block.start] in "`~"
        content = block.content
        for number, char in enumerate(content.text):
            assert content.span(number, number + 1).text == char
