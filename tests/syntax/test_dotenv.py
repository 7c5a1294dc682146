"""Env files: the table is Compose's "Env_file format" written out; python-dotenv is the second opinion."""

from __future__ import annotations

import io

import pytest
from dotenv import dotenv_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import dotenv


def parse(text: str) -> dotenv.EnvFile:
    return dotenv.parse(Text.of(Source(".env", text)))


def values(file: dotenv.EnvFile) -> dict[str, str | None]:
    return {entry.name: None if entry.value is None else entry.value.text for entry in file.entries}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("VAR=VAL", "VAL"),
        ('VAR="VAL"', "VAL"),
        ("VAR='VAL'", "VAL"),
        ("VAR=VAL # comment", "VAL"),
        ("VAR=VAL\t# comment", "VAL"),
        ("VAR=VAL# not a comment", "VAL# not a comment"),
        ('VAR="VAL # not a comment"', "VAL # not a comment"),
        ('VAR="VAL" # comment', "VAL"),
        ('VAR="VAL"# comment', "VAL"),
        ("VAR='$OTHER'", "$OTHER"),
        (r"VAR='Let\'s go!'", "Let's go!"),
        (r'VAR="{\"hello\": \"json\"}"', '{"hello": "json"}'),
        (r'VAR="some\tvalue"', "some\tvalue"),
        (r"VAR='some\tvalue'", r"some\tvalue"),
        (r"VAR=some\tvalue", r"some\tvalue"),
        (r'VAR="a\\n\n"', "a\\n\n"),
        (r'VAR="\0101\c"', "A\\c"),
        (r'VAR="\$HOME"', "$$HOME"),
        (r"VAR='a\\'", r"a\\"),
        ("VAR=", ""),
        ("VAR=   ", ""),
        ("VAR= # nothing", ""),
        ("VAR", None),
        ("VAR # bare", None),
        ("export VAR=VAL", "VAL"),
        ("export\tVAR", None),
        ("  VAR  =  VAL  ", "VAL"),
        ("VAR: VAL", "VAL"),
        ("VAR=a b  c", "a b  c"),
        ("VAR=it's", "it's"),
        ("VAR=a=b==", "a=b=="),
        ('VAR="one\ntwo"', "one\ntwo"),
        ("VAR='one\n# two\n'", "one\n# two\n"),
        ("VAR=`x`", "`x`"),
        ("VAR=VAL\r", "VAL"),
    ],
)
def test_a_line(line: str, expected: str | None) -> None:
    file = parse(line + "\nNEXT=1")
    assert [problem.message for problem in file.problems] == []
    assert values(file) == {"VAR": expected, "NEXT": "1"}


@pytest.mark.parametrize(
    ("text", "messages", "expected"),
    [
        ("just words\nA=1", ["just is not NAME=value"], {"A": "1"}),
        ("A B=1\nC=2", ["A is not NAME=value"], {"C": "2"}),
        ("=x\nA=1", ["the line is not NAME=value"], {"A": "1"}),
        ("AB+/c\nd+/\nA=1", ["2 lines are not NAME=value"], {"A": "1"}),
        ('A="x\nB=1', ['the value of A begins with " and the quote is not closed'], {"A": None, "B": "1"}),
        ("A='x\nB=1", ["the value of A begins with ' and the quote is not closed"], {"A": None, "B": "1"}),
        ('A="x" y\nB=1', ["text follows the closing quote of A"], {"A": "x", "B": "1"}),
        ("9A=1\nB=1", ["the line is not NAME=value"], {"B": "1"}),
    ],
)
def test_what_is_no_variable_is_a_problem_and_the_rest_is_read(
    text: str, messages: list[str], expected: dict[str, str | None]
) -> None:
    file = parse(text)
    assert [problem.message for problem in file.problems] == messages
    assert all(problem.next_step for problem in file.problems)
    assert values(file) == expected


def test_a_problem_never_shows_what_may_be_a_value() -> None:
    secret = "Zm9v" * 6 + "+/"
    file = parse(f"KEY={secret}\n{secret}\n")
    assert all(secret[:8] not in problem.message for problem in file.problems)
    assert file.problems[0].span.text == secret


def test_places() -> None:
    text = '# top\nexport A="x\\ty" # why\nB = plain\n'
    file = parse(text)
    first, second = file.entries
    assert text[first.name_start : first.name_end] == "A" and first.exported
    assert text[first.start : first.end] == '"x\\ty"'
    assert text[second.start : second.end] == "plain"
    assert first.value is not None and first.value.span(1, 2).text == "\\t"
    assert [(comment.text, comment.span.text) for comment in file.comments] == [("top", "# top"), ("why", "# why")]


def test_a_name_given_twice() -> None:
    file = parse("A=1\nB=2\nA=3\nA=4\n")
    assert [(first.start, again.start) for first, again in file.duplicates] == [(2, 10), (10, 14)]


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != "export")
PLAIN = st.text(alphabet="abcXYZ012 =#./:;'\"$\\{}é-", max_size=12).map(str.strip)
QUOTED = st.text(alphabet="abc012 =#\n./:;${}é-\t", max_size=16)


@st.composite
def lines(draw: st.DrawFn) -> str:
    name = draw(NAMES)
    lead = draw(st.sampled_from(["", "  ", "export ", "export\t"]))
    equals = draw(st.sampled_from(["=", " =", "= ", " = "]))
    comment = draw(st.sampled_from(["", " # why", "\t#", '  # it\'s "so"']))
    kind = draw(st.sampled_from(["plain", "single", "double", "bare", "comment", "empty"]))
    if kind == "plain":
        value = draw(PLAIN)
        # An empty value before a comment is where the two differ: the specification calls it a comment.
        assume(value[:1] not in ("'", '"', "#"))
        return f"{lead}{name}{equals}{value}{comment if value else ''}"
    if kind == "single":
        return f"{lead}{name}{equals}'{draw(QUOTED)}'{comment}"
    if kind == "double":
        escaped = draw(QUOTED).replace(":", "\\n").replace(";", '\\"').replace("/", "\\\\")
        return f'{lead}{name}{equals}"{escaped}"{comment}'
    return {"bare": f"{lead}{name}", "comment": "# 'x", "empty": ""}[kind]


@settings(max_examples=300, deadline=None)
@given(st.lists(lines(), max_size=8), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_reads_what_python_dotenv_reads(text_lines: list[str], end: str) -> None:
    text = end.join(text_lines)
    file = parse(text)
    assert [problem.message for problem in file.problems] == []
    expected = dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
    assert values(file) == dict(expected)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="AB=:'\"\\#$ \n\r\t-é{}[]1", max_size=80))
def test_any_text_is_read_and_every_place_is_true(text: str) -> None:
    source = Source(".env", "pad\n" + text)
    file = dotenv.parse(Text(source, text, base=4))
    at = 0
    for entry in file.entries:
        assert entry.name_start >= at
        at = entry.end
        assert text[entry.name_start : entry.name_end] == entry.name
        written = text[entry.start : entry.end]
        if entry.quote and not entry.broken:
            assert written[0] == written[-1] == entry.quote and len(written) > 1
        elif entry.value is not None:
            assert entry.value.text == written == written.strip()
        if entry.value is not None and "\\" not in written:
            assert entry.value.text == written.strip(entry.quote or " ") or entry.quote
    for problem in file.problems:
        assert problem.span.text and problem.span.text in text
    for comment in file.comments:
        assert comment.span.text.startswith("#")


def test_many_unclosed_quotes_cost_no_more_than_their_length() -> None:
    file = parse("A='\\'\n" * 20_000 + 'B="\\"\n' * 20_000)
    assert file.entries
