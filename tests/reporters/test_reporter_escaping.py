"""Scanned files are strangers: whatever stands in their names, lines and values stays text in every format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depcheck.findings import (
    Evidence,
    Excerpt,
    Finding,
    Fix,
    Note,
    OpenQuestion,
    ReadError,
    Report,
    Skipped,
    Suppression,
)
from depcheck.reporters import FORMATS, Options, render
from depcheck.reporters.terminal import visible
from depcheck.source import Edit, Source
from depcheck.values import Missing, Step

EVERYTHING = Options(show=("pass", "unknown"))
NASTY = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x9b31m",
    "line\r\n::error::owned",
    "::set-output name=a::b",
    " ::stop-commands::x",
    "##[add-mask]a ##vso[task.setvariable]b ##teamcity[x]",
    "a | b \\| c \\",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> ' &amp; &lt;",
    "]]> --> <!-- <![CDATA[",
    "`code` ``two`` ` | `",
    "[link](javascript:alert(1)) ![image](https://evil.example/x.png) <https://evil.example>",
    "**bold** _x_ ~~gone~~ # heading $x$ @someone #12",
    "50% a,b:c",
    "\u202eesrever\u202c \u2066isolate \u200b \ufeff",
    "\ud800 lone \udcff",
    "\x00\x01\x7f\x85\u2028\u2029\ufffe",
    "日本 \U0001f468\u200d\U0001f469 e\u0301",
    "",
]
HOSTILE = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY), max_size=3).map("".join),
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("|`<>&\"'\n\r\x1b:#[]()*_@%,\\~$")), max_size=30),
)


def every_example(test: Callable[..., None]) -> Callable[..., None]:
    for text in NASTY:
        test = example(text)(test)
    return test


def hostile(text: str) -> Report:
    """A report in which a stranger's text stands in every place that a scanned file can fill."""
    line = text.replace("\n", " ").replace("\r", " ")
    source = Source(f"x{text}", f"key = {line}\n")
    span = source.span(6, 6 + len(line))

    def found(suppression: Suppression | None = None) -> Finding:
        return Finding(
            rule="some-rule",
            pack="pack",
            title="a title",
            severity="high",
            confidence="high",
            message=f"m{text}",
            span=span,
            fingerprint="f1",
            environment=f"e{text}",
            resource=f"r{text}",
            related=[Note(f"n{text}", source.span(0, 3)), Note(f"o{text}", Source(f"z{text}", "a\n").span(0, 1))],
            via=(Step(f"v{text}", span), Step(f"w{text}")),
            excerpt=Excerpt([(1, source.line(1))]),
            controls=("catalogue:x",),
            fix=Fix(f"t{text}", [Edit(span, text)], safe=False),
            fix_text=f"f{text}",
            suppression=suppression,
        )

    return Report(
        files=1,
        resources=1,
        rules=[],
        findings=[found()],
        unknown=[
            OpenQuestion("some-rule", "low", span, f"u{text}", (Missing(f"q{text}", span),), f"e{text}", f"r{text}")
        ],
        passed=[Evidence("some-rule", span, f"p{text}", f"e{text}", f"r{text}")],
        suppressed=[found(Suppression("inline", f"s{text}", span=span))],
        skipped=[Skipped(f"k{text}", "binary")],
        errors=[ReadError(f"y{text}", f"d{text}", span), ReadError(f"y{text}", f"d{text}", internal=True)],
        by_kind={"terraform": 1},
        environments=[f"e{text}"],
        policy="depcheck.yaml",
        notices=[f"note {text}"],
    )


# What no format may send to a terminal: control characters, direction overrides, line separators.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("format", FORMATS)
@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_nothing_reaches_a_terminal_or_a_log_processor(format: str, text: str) -> None:
    written = render(hostile(text), format, options=EVERYTHING)
    assert not CONTROL.search(written.replace("\t", ""))
    assert not re.search(r"##\w*\[", written)
    written.encode("utf-8")
    if format != "github":
        assert not any(line.lstrip().startswith("::") for line in written.splitlines())


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_text_has_as_many_lines_as_for_a_friend(text: str) -> None:
    written = render(hostile(text), "text", options=EVERYTHING)
    assert len(written.split("\n")) == len(render(hostile("x"), "text", options=EVERYTHING).split("\n"))


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_colored_text_has_only_its_own_colors(text: str) -> None:
    written = render(hostile(text), "text", options=Options(color=True, show=("pass", "unknown")))
    bare = re.sub(r"\x1b\[[0-9;]+m", "", written)
    assert bare == render(hostile(text), "text", options=EVERYTHING)


def readable(text: str) -> str:
    """What JSON keeps of a text: everything but lone surrogates, which no encoder can write."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_json_gives_the_text_back(text: str) -> None:
    report = json.loads(render(hostile(text), "json"))
    (finding,) = report["findings"]
    assert finding["message"] == readable(f"m{text}")
    assert finding["location"]["path"] == readable(f"x{text}")
    assert finding["fix"]["edits"][0]["replacement"] == readable(text)
    assert report["suppressed"][0]["suppression"]["reason"] == readable(f"s{text}")


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_sarif_has_clean_addresses_and_no_links(text: str) -> None:
    (run,) = json.loads(render(hostile(text), "sarif", options=EVERYTHING))["runs"]
    for result in run["results"]:
        for place in result["locations"]:
            address = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})+", address)
        said = result["message"]["text"]
        assert not re.search(r"(?<!\\)\[[^\]]*\]\(", said)


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_junit_is_xml_with_the_text_in_it(text: str) -> None:
    root = ElementTree.fromstring(render(hostile(text), "junit", options=EVERYTHING).encode("utf-8"))
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("6", "1", "2", "2")
    assert len(list(root.iter("testcase"))) == 6
    (failure,) = root.iter("failure")
    assert failure.get("message") == visible(f"m{text}")
    assert {each.tag for each in root.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out",
    }  # fmt: skip


class Page(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(written: str) -> Page:
    parsed = Page()
    parsed.feed(written)
    parsed.close()
    return parsed


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_html_has_no_tag_of_a_stranger(text: str) -> None:
    known = page(render(hostile("x"), "html", options=EVERYTHING))
    found = page(render(hostile(text), "html", options=EVERYTHING))
    # Code in backticks and the form of an empty mark are ours; they come and go with the text.
    own = {"code", "mark", "u"}
    assert [each for each in found.tags if each[0] not in own] == [each for each in known.tags if each[0] not in own]
    assert set(found.links) == set(known.links)
    assert visible(f"m{text}").replace("`", "") in "".join(found.words).replace("`", "")


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_annotations_are_one_line_each(text: str) -> None:
    lines = render(hostile(text), "github").split("\n")
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == 3
    for command in commands:
        matched = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", command)
        assert matched
        names = [part.partition("=")[0] for part in matched[2].split(",")]
        assert names in (
            ["file", "line", "endLine", "col", "endColumn", "title"],
            ["file", "title"],
        )
        assert not re.search("%(?!25|0A|0D|2C|3A)", matched[2])
        assert not re.search("%(?!25|0A)", matched[3])
    assert f"%0Afix: {visible(f'f{text}')}".replace("%0A", "\0").replace("%", "%25").replace("\0", "%0A") in commands[0]
    unescaped = commands[0].split("::")[1]
    file = unescaped.partition("file=")[2].partition(",line=")[0]
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        file = file.replace(code, character)
    assert file == visible(f"x{text}")


@every_example
@given(text=HOSTILE)
@settings(max_examples=25, deadline=None)
def test_markdown_has_no_markup_of_a_stranger(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark").enable("table").enable("strikethrough")
    tokens = parser.parse(render(hostile(text), "markdown", options=EVERYTHING))
    known = parser.parse(render(hostile("x"), "markdown", options=EVERYTHING))
    assert [token.type for token in tokens] == [token.type for token in known]
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    places = [child.content for child in cells[2].children or () if child.type == "code_inline"]
    assert places[0].startswith("x")
    assert len(cells) == 3 + 3 + 3 + 2 * 2
    own = {"text", "code_inline", "link_open", "link_close", "strong_open", "strong_close", "html_inline"}
    for token in tokens:
        for child in token.children or ():
            assert child.type in own
            if child.type == "html_inline":
                assert child.content == "<br>"
            if child.type == "link_open":
                assert child.attrs["href"].startswith("https://github.com/depcheck/depcheck/blob/main/rules/")
            if child.type == "text":
                assert not re.search(r"(?<![\w])@\w|#\d|://\w|\bwww\.", child.content)


def test_what_is_ordinary_stays_as_it_is() -> None:
    assert visible("aws_db_instance.main: ü 本番 \u00a0x") == "aws_db_instance.main: ü 本番 \u00a0x"
    assert "a_b" in render(hostile("a_b"), "markdown")
