"""The caret stands under the span: tabs, wide characters, long lines, masks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.findings import Excerpt, Finding, Report
from depcheck.reporters import Options, render
from depcheck.reporters.excerpts import marked_lines
from depcheck.reporters.terminal import cells, clip, paint, visible
from depcheck.source import Source, Span


def finding(span: Span, lines: list[tuple[int, str]] | None = None, *, message: str = "m") -> Finding:
    return Finding(
        rule="r",
        pack="p",
        title="t",
        severity="high",
        confidence="high",
        message=message,
        span=span,
        fingerprint="f",
        excerpt=Excerpt(lines if lines is not None else [(span.line, span.source.line(span.line))]),
    )


def report(*findings: Finding) -> Report:
    return Report(
        files=1,
        resources=0,
        rules=[],
        findings=list(findings),
        unknown=[],
        passed=[],
        suppressed=[],
        skipped=[],
        errors=[],
    )


def columns(text: str) -> int:
    return sum(cells(character) for character in text)


def under(line: str, start: int, end: int) -> str:
    """What stands in the columns of a shown line."""
    found: list[str] = []
    at = 0
    for character in line:
        width = cells(character)
        if width and start <= at < end:
            found.append(character)
        at += width
    return "".join(found)


@pytest.mark.parametrize(
    ("text", "start", "end", "room", "expected"),
    [
        ("abc", 1, 2, 10, ("abc", 1, 2)),
        ("\tabc", 1, 4, 20, ("    abc", 4, 7)),
        ("a\tb", 2, 3, 20, ("a   b", 4, 5)),
        ("本番=x", 3, 4, 20, ("本番=x", 5, 6)),
        ("本番=x", 0, 2, 20, ("本番=x", 0, 4)),
        ("e\u0301=x", 3, 4, 20, ("e\u0301=x", 2, 3)),
        ("\x1b[31mred", 5, 8, 20, ("␛[31mred", 5, 8)),
        ("abc", 3, 3, 10, ("abc", 3, 3)),
        ("x" * 30 + "HERE" + "y" * 30, 30, 34, 20, ("…xxxxxxHERE" + "y" * 8 + "…", 7, 11)),
        ("HERE" + "y" * 30, 0, 4, 10, ("HEREyyyyy…", 0, 4)),
        ("x" * 30 + "HERE", 30, 34, 10, ("…xxxHERE", 4, 8)),
        ("x" * 5 + "LONGER THAN THE ROOM", 5, 25, 10, ("…xxxLONGE…", 4, 9)),
    ],
)
def test_clip(text: str, start: int, end: int, room: int, expected: tuple[str, int, int]) -> None:
    assert clip(text, start, end, room) == expected


LINES = st.text(alphabet="ab \t本é\u0301\x1b=#[:", max_size=80)


@given(LINES, st.integers(0, 80), st.integers(0, 20), st.sampled_from([0, 24, 30, 60]))
@settings(max_examples=200, deadline=None)
def test_caret_stands_under_the_span(text: str, start: int, length: int, room: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    shown, begin, finish = clip(text, start, end, room)
    if room:
        assert columns(shown) <= room
    assert 0 <= begin <= finish <= columns(shown)
    wanted = "".join(visible(each) for each in text[start:end] if each != "\t" and cells(visible(each)))
    found = under(shown, begin, finish)
    if "\t" not in text[start:end]:
        # A span that is wider than the room is cut at its end.
        assert found == wanted or (room and wanted.startswith(found))


@pytest.mark.parametrize(
    ("original", "masked", "token", "shown"),
    [
        ("KEY=hunterhunter # x", "KEY=*** # x", "KEY", "KEY"),
        ("KEY=hunterhunter # x", "KEY=*** # x", "hunterhunter", "***"),
        ("KEY=hunterhunter # x", "KEY=*** # x", "terhun", "***"),
        ("KEY=hunterhunter # x", "KEY=*** # x", "=hunter", "=***"),
        ("KEY=hunterhunter # x", "KEY=*** # x", "hunter # x", "*** # x"),
        ("KEY=hunterhunter # x", "KEY=*** # x", "x", "x"),
        ("KEY=hunterhunter", "KEY=***", "hunterhunter", "***"),
        ("k_a_secretsecret", "k_a_***", "k_a_secretsecret", "k_a_***"),
        ("u:first-secret@h?t=second&x", "u:***@h?t=***&x", "first-secret", "***"),
        ("u:first-secret@h?t=second&x", "u:***@h?t=***&x", "@h?t=", "@h?t="),
        ("u:first-secret@h?t=second&x", "u:***@h?t=***&x", "second", "***"),
        ("u:first-secret@h?t=second&x", "u:***@h?t=***&x", "&x", "&x"),
        ("ab", "***", "ab", "***"),
    ],
)
def test_marks_survive_masks(original: str, masked: str, token: str, shown: str) -> None:
    start = original.index(token)
    place = Source("a.env", original + "\n").span(start, start + len(token))
    (line,) = marked_lines(finding(place, [(1, masked)]))
    assert line is not None
    (mark,) = line.marks
    assert line.text[mark.start : mark.end] == shown


@given(st.text("ab=* ", max_size=12), st.text("xyz", min_size=1, max_size=12), st.text("ab=* ", max_size=12))
@settings(max_examples=100, deadline=None)
def test_marks_around_a_mask_stay_in_the_line(before: str, secret: str, after: str) -> None:
    source = Source("a.env", before + secret + after + "\n")
    masked = before + "***" + after
    for start in range(len(source.text)):
        for end in range(start, len(source.text)):
            for line in marked_lines(finding(source.span(start, end), [(1, masked)])):
                assert line is not None
                for mark in line.marks:
                    assert 0 <= mark.start <= mark.end <= len(masked)


def test_excerpt_that_ends_early_says_so() -> None:
    source = Source("a.sh", "one\ntwo\nthree\nfour\n")
    lines = marked_lines(finding(source.span(0, 17), [(1, "one"), (2, "two")]))
    assert lines[-1] is None


def test_long_lines_are_cut_in_html() -> None:
    source = Source("a.json", '{"x":' + '"y",' * 50_000 + "1}\n")
    page = render(report(finding(source.span(90_001, 90_004))), "html")
    assert len(page) < 10_000
    assert "<mark>&quot;y&quot;</mark>" in page


def test_long_spans_show_where_they_begin_and_end() -> None:
    source = Source("a.sh", "".join(f"  line {number}\n" for number in range(20)))
    span = source.span(source.offset(3, 3), source.offset(18, 5))
    lines = marked_lines(finding(span, [(number, source.line(number)) for number in range(3, 19)]))
    assert [line.number if line else None for line in lines] == [3, 4, 5, 6, 7, None, 18]
    assert [len(line.marks) for line in lines if line] == [1, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("place", [(0, 0), (3, 3), (4, 4), (0, 8)])
def test_empty_and_final_spans_have_a_caret(place: tuple[int, int]) -> None:
    source = Source("a.env", "A=1\nB=2\n")
    text = render(report(finding(source.span(*place))), "text")
    assert "^" in text


def test_excerpt_that_does_not_hold_the_span_shows_no_caret() -> None:
    source = Source("a.env", "A=1\nB=2\n")
    text = render(report(finding(source.span(0, 1), [(2, "B=2")])), "text")
    assert "B=2" in text
    assert "^" not in text


def test_lines_are_clipped_to_the_width() -> None:
    source = Source("a.json", '{"x":' + '"y",' * 500 + "1}\n")
    text = render(report(finding(source.span(900, 903))), "text", options=Options(width=60))
    assert max(columns(line) for line in text.splitlines() if "|" in line) <= 60


def test_color_only_when_asked() -> None:
    source = Source("a.env", "A=1\n")
    plain = render(report(finding(source.span(0, 1))), "text")
    colored = render(report(finding(source.span(0, 1))), "text", options=Options(color=True))
    assert "\x1b" not in plain
    assert paint("high[r]", "high", True) in colored
    assert "".join(part.partition("m")[2] if at else part for at, part in enumerate(colored.split("\x1b["))) == plain


def test_equal_findings_at_other_places_stay_apart() -> None:
    source = Source("a.env", "A=1\nA=1\n")
    text = render(report(finding(source.span(4, 5)), finding(source.span(0, 1))), "text")
    assert text.index("a.env:1:1") < text.index("a.env:2:1")
    assert "2 findings: 2 high" in text
