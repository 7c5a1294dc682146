from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import dockerfile
from depcheck.syntax.dockerfile_expansion import Variable, template
from depcheck.syntax.dockerfile_words import markers, pairs


def read(text: str) -> dockerfile.Dockerfile:
    return dockerfile.parse(Text.of(Source("Dockerfile", text)))


def told(text: str) -> list[tuple[str, str]]:
    return [(each.keyword, each.arguments) for each in read(text).statements]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a AS b", [("FROM", "a AS b")]),
        ("from a\nrun b\n", [("FROM", "a"), ("RUN", "b")]),
        ("\n  \n# note\nFROM a\n", [("FROM", "a")]),
        ("FROM a\r\nRUN b \\\r\n  c\r\n", [("FROM", "a"), ("RUN", "b   c")]),
        ("RUN a \\\n  # why\n\n  b\nRUN c", [("RUN", "a   b"), ("RUN", "c")]),
        ("RUN a \\ \t\nb", [("RUN", "a b")]),
        ("RUN a\\\\\nRUN b", [("RUN", "a\\\\"), ("RUN", "b")]),
        ("# escape=`\nRUN dir c:\\ `\n /b\nRUN x\\\nRUN y", [("RUN", "dir c:\\  /b"), ("RUN", "x\\"), ("RUN", "y")]),
        ("# note\n# escape=`\nRUN a `\nRUN b", [("RUN", "a `"), ("RUN", "b")]),
        ("RUN a \\", [("RUN", "a")]),
        ("\\\n  RUN a", [("RUN", "a")]),
        ("RUN", [("RUN", "")]),
        ("", []),
        ("FROM a\nRUN <<EOF\nRUN b\nEOF\nUSER c", [("FROM", "a"), ("RUN", "<<EOF"), ("USER", "c")]),
        ("RUN cat <<A <<'B' x\na\nA\nb $c\nB\nUSER u", [("RUN", "cat <<A <<'B' x"), ("USER", "u")]),
        ("RUN x <<-E\n\ta\n\tE\nUSER u", [("RUN", "x <<-E"), ("USER", "u")]),
        ("RUN echo $((1<<3))\nUSER u", [("RUN", "echo $((1<<3))"), ("USER", "u")]),
        ('RUN echo "<<EOF"\nUSER u', [("RUN", 'echo "<<EOF"'), ("USER", "u")]),
        ("CMD cat <<EOF\nUSER u", [("CMD", "cat <<EOF"), ("USER", "u")]),
        ('RUN ["a", "<<EOF"]\nUSER u', [("RUN", '["a", "<<EOF"]'), ("USER", "u")]),
        ("RUN cat <<<x\nUSER u", [("RUN", "cat <<<x"), ("USER", "u")]),
        ("\ufeffFROM a", [("FROM", "a")]),
    ],
)
def test_instructions(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ('CMD ["a", "b c"]', ["a", "b c"]),
        ('CMD [ "a" , "\\u00e9\\n\\"" ]  ', ["a", 'é\n"']),
        ('CMD ["\\ud83d\\ude00"]', ["\U0001f600"]),
        ("CMD []", []),
        ("CMD ['a']", None),
        ('CMD ["a",]', None),
        ('CMD ["a"] b', None),
        ('CMD ["a"', None),
        ("CMD [ -f x ] && y", None),
        ('HEALTHCHECK --interval=3s cmd ["a"]', ["a"]),
        ("HEALTHCHECK NONE", None),
        ('ENV ["a"]', None),
    ],
)
def test_json_form(text: str, json: list[str] | None) -> None:
    (statement,) = read(text).statements
    assert (None if statement.json is None else [word.value for word in statement.json]) == json
    if statement.json:
        for word in statement.json:
            assert statement.line.span(word.start, word.end).text[0] == '"'


def test_json_of_other_things_is_reported() -> None:
    (problem,) = read('CMD ["a", 1]').problems
    assert problem.message == "the JSON form of CMD has an item that is no string"
    assert problem.span.text == '["a", 1]'


@pytest.mark.parametrize(
    ("text", "flags", "arguments"),
    [
        ("COPY --from=a --chown=b:c d e", [("from", "a"), ("chown", "b:c")], "d e"),
        ("COPY --link d e", [("link", None)], "d e"),
        (
            "RUN --mount=type=secret,id=x --network=none a --b",
            [("mount", "type=secret,id=x"), ("network", "none")],
            "a --b",
        ),
        ("RUN --mount='a b' c", [("mount", "a b")], "c"),
        ('RUN --mount="a\\"b" c', [("mount", 'a"b')], "c"),
        ("COPY --from=a -- --b c", [("from", "a")], "--b c"),
        ("HEALTHCHECK --interval=5m CMD x", [("interval", "5m")], "CMD x"),
        ("FROM --platform=$P a", [("platform", "$P")], "a"),
    ],
)
def test_flags(text: str, flags: list[tuple[str, str | None]], arguments: str) -> None:
    (statement,) = read(text).statements
    assert [(flag.name, flag.value) for flag in statement.flags] == flags
    assert statement.arguments == arguments
    for flag in statement.flags:
        assert statement.line.span(flag.start, flag.end).text.startswith("--")


def test_on_build_holds_an_instruction() -> None:
    (statement,) = read('ONBUILD COPY --from=a ["b c", "d"]').statements
    child = statement.child
    assert child is not None
    assert child.keyword == "COPY"
    assert [word.value for word in child.json or []] == ["b c", "d"]
    assert [flag.name for flag in child.flags] == ["from"]


def test_heredocs() -> None:
    found = read("RUN cat <<A <<-'B C'\nx $y\nA\n\tz\n\tB C\nUSER u\n")
    first, second = found.statements[0].heredocs
    assert (first.name, first.content, first.expand, first.chomp) == ("A", "x $y\n", True, False)
    assert (second.name, second.content, second.expand, second.chomp) == ("B C", "\tz\n", False, True)
    assert found.statements[1].keyword == "USER"
    assert not found.problems


def test_a_heredoc_that_is_never_closed_does_not_hide_the_rest() -> None:
    found = read("FROM a\nRUN <<EOF\nx\nUSER u\n")
    assert [each.keyword for each in found.statements] == ["FROM", "RUN", "USER"]
    (problem,) = found.problems
    assert problem.message == "the heredoc `EOF` is never closed"
    assert problem.span.text == "RUN <<EOF"


@pytest.mark.parametrize(
    ("text", "message", "next_step"),
    [
        ("FROM a\nRNU b", "`RNU` is no instruction", "did you mean RUN?"),
        ("# escape=x\nFROM a", "`x` cannot be the escape character", "use a backslash or a backtick"),
        ("# escape=`\n# escape=`\nFROM a", "the directive `escape` is given twice", "keep one of them"),
    ],
)
def test_problems(text: str, message: str, next_step: str) -> None:
    (problem,) = read(text).problems
    assert (problem.message, problem.next_step) == (message, next_step)


def test_a_run_of_junk_is_one_problem() -> None:
    found = read("FROM a\nfoo\nbar\nbaz qux\nUSER u\nfoo\n")
    assert [problem.span.text for problem in found.problems] == ["foo", "foo"]


def test_comments_and_directives() -> None:
    found = read("# syntax=docker/dockerfile:1\n# hello \nFROM a\nRUN b \\\n  # inside\n  c\n")
    assert [(each.text, each.span.text) for each in found.comments] == [
        ("syntax=docker/dockerfile:1", "# syntax=docker/dockerfile:1"),
        ("hello", "# hello"),
        ("inside", "# inside"),
    ]
    assert found.directives == {"syntax": "docker/dockerfile:1"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=b", [("A", "b")]),
        ('A=\'b c\' D="e \\" f" G=h\\ i', [("A", "'b c'"), ("D", '"e \\" f"'), ("G", "h\\ i")]),
        ("A b  c", [("A", "b  c")]),
        ("A=", [("A", "")]),
        ("A", [("A", None)]),
        ("A=b C", [("A", "b"), ("C", None)]),
    ],
)
def test_pairs(line: str, expected: list[tuple[str, str | None]]) -> None:
    assert [
        (
            line[each.name_start : each.name_end],
            line[each.value_start : each.value_end] if each.value_start >= 0 else None,
        )
        for each in pairs(line, 0, len(line), "\\")
    ] == expected


def shown(parts: list[str | Variable]) -> list[object]:
    return [each if isinstance(each, str) else (each.name, each.operator, shown(each.word)) for each in parts]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", ["a"]),
        ("a'b'\"c\"\\d", ["abcd"]),
        ("$A-b", [("A", "", []), "-b"]),
        ("'$A'", ["$A"]),
        ('"$A"', [("A", "", [])]),
        ("\\$A", ["$A"]),
        ("${A}b", [("A", "", []), "b"]),
        ("${A:-x}", [("A", ":-", ["x"])]),
        ("${A-${B:+y}}", [("A", "-", [("B", ":+", ["y"])])]),
        ('${A:-"}"}', [("A", ":-", ["}"])]),
        ("${A##*/}", [("A", "##", ["*/"])]),
        ("${A%.*}", [("A", "%", [".*"])]),
        ("${A/x/y}z", [("A", "/", ["x"]), "z"]),
        ("${A", [("${A", "!", [])]),
        ("${A^^}", [("A", "!", ["^"])]),
        ("a$", ["a$"]),
    ],
)
def test_template(word: str, expected: list[object]) -> None:
    assert shown(template(word, 0, len(word), "\\")) == expected


def test_deep_substitution_is_read_in_one_pass() -> None:
    deep = "${A:-" * 3000
    assert shown(template(deep, 0, len(deep), "\\"))
    assert markers("RUN " + deep + " <<EOF") == []


HEADS = [
    "RUN",
    "COPY",
    "CMD",
    "ENV A=b",
    "ENV",
    "ARG",
    "ONBUILD RUN",
    "HEALTHCHECK CMD",
    "FOO",
    "#",
    "# escape=`",
    "  ",
]
PIECES = [
    " ",
    "a",
    "b=c",
    "\\\n",
    "`\n",
    " # x\n",
    "\n",
    "\t",
    "'",
    '"',
    "$x",
    "${x:-y}",
    "${",
    "<<EOF",
    " <<E\nx\nE\n",
]
PIECES += ["\nEOF\n", '"a"', '["a","b"]\n', "--x=y ", "\\", "\r\n", "é", "|", " <<-'E F' ", "\n\tE F\n"]
DOCUMENTS = st.lists(st.tuples(st.sampled_from(HEADS), st.lists(st.sampled_from(PIECES), max_size=8)), max_size=5).map(
    lambda rows: "FROM x\n" + "\n".join(head + " " + "".join(pieces) for head, pieces in rows)
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=200), DOCUMENTS))
def test_places_are_exact_on_any_text(text: str) -> None:
    found = read(text)
    for statement in found.statements:
        line = statement.line
        assert line.span(statement.keyword_start, statement.keyword_end).text.upper().replace("\\\n", "") != ""
        if line.pieces is None:
            assert line.span(statement.args_start, statement.args_end).text == statement.arguments
        for start, end in statement.ranges:
            assert text[start:end] in line.text
    for comment in found.comments:
        assert comment.span.text.startswith("#")
