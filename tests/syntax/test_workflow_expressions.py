"""GitHub's expressions: where they stand, what they read, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.model import Problem
from depcheck.source import Source, Text
from depcheck.syntax import expressions


def find(content: str) -> list[expressions.Expression]:
    return expressions.find(Text.of(Source("w.yml", content)))


USES = [
    ("${{ secrets.TOKEN }}", ["secrets.TOKEN"], ["TOKEN"]),
    ("${{secrets['TO KEN']}}", ["secrets.TO KEN"], ["TO KEN"]),
    ("${{ Secrets.a || vars.b-c }}", ["secrets.a", "vars.b-c"], ["a", "b-c"]),
    ("${{ toJSON(secrets) }}", ["secrets"], ["secrets"]),
    ("${{ secrets[matrix.name] }}", ["matrix.name", "secrets.?"], ["name", "secrets"]),
    ("${{ secrets[format('A_{0}', inputs.x)] }}", ["inputs.x", "secrets.?"], ["x", "secrets"]),
    ("${{ github.event.commits[0].message }}", ["github.event.commits.0.message"], ["message"]),
    ("${{ github.event.commits.*.message }}", ["github.event.commits.*.message"], ["message"]),
    ("${{ github.event.commits[*].message }}", ["github.event.commits.*.message"], ["message"]),
    ("${{ steps.a.outputs['b-c'] }}", ["steps.a.outputs.b-c"], ["b-c"]),
    ("${{ fromJSON(vars.LIST).a['b'] }}", ["vars.LIST"], ["LIST"]),
    ("${{ a[b[c.d]].e }}", ["c.d", "b.?", "a.?.e"], ["d", "b", "e"]),
    ("${{ true && null || 'secrets.X' }}", [], []),
    ("${{ !cancelled() && (needs.a.result == 'success') }}", ["needs.a.result"], ["result"]),
    ("a ${{ env.A }} b ${{ env.B }}", ["env.A", "env.B"], ["A", "B"]),
    ("$ {{ env.A }} {{ env.B }} ${ env.C }", [], []),
]


@pytest.mark.parametrize(("content", "dotted", "names"), USES)
def test_what_an_expression_reads(content: str, dotted: list[str], names: list[str]) -> None:
    uses = [use for expression in find(content) for use in expression.uses]
    assert [use.dotted for use in uses] == dotted
    assert [use.name.text for use in uses] == names


def test_places() -> None:
    content = "x ${{ secrets['A'] || b.c }} ${{ d }}"
    first, second = find(content)
    assert [each.written for each in (first, second)] == ["${{ secrets['A'] || b.c }}", "${{ d }}"]
    assert [use.span.text for use in first.uses] == ["secrets['A']", "b.c"]
    assert second.span.start == content.index("${{ d")


def test_braces_in_a_string_do_not_end_it() -> None:
    (expression,) = find("${{ format('}} {0} it''s', env.A) }} }}")
    assert expression.written == "${{ format('}} {0} it''s', env.A) }}"
    assert expression.tokens[2].text == "}} {0} it's"


def test_functions_around_a_use() -> None:
    (expression,) = find("${{ contains(toJSON(github.event), 'x') && hashFiles('y') || secrets.Z }}")
    assert expression.functions == ["contains", "tojson", "hashfiles"]
    assert [(use.dotted, use.calls) for use in expression.uses] == [
        ("github.event", ("contains", "tojson")),
        ("secrets.Z", ()),
    ]


def test_a_default() -> None:
    assert [use.default for each in find("${{ secrets.A || secrets.B }}") for use in each.uses] == [True, False]


@pytest.mark.parametrize(
    ("content", "count"), [("github.ref == 'x'", 1), ("${{ a }} && ${{ b }}", 2), ("", 0), ("  \n", 0), ("always()", 1)]
)
def test_conditions_may_leave_the_braces_out(content: str, count: int) -> None:
    assert len(expressions.condition(Text.of(Source("w.yml", content)))) == count


PROBLEMS = [
    ("${{ secrets.A", "the expression that begins here is not closed", "${{"),
    ('${{ env.A == "x" }}', '" is not part of an expression', '"'),
    ("${{ }}", "the expression is empty", "${{ }}"),
    ("${{ 'open }}", "the text that begins here is not closed", "'"),
    ("${{ a + b }}", "+ is not part of an expression", "+"),
]


@pytest.mark.parametrize(("content", "message", "place"), PROBLEMS)
def test_problems(content: str, message: str, place: str) -> None:
    problems: list[Problem] = []
    expressions.find(Text.of(Source("w.yml", content)), problems)
    assert [(problem.message, problem.span.text) for problem in problems] == [(message, place)]


def test_numbers() -> None:
    (expression,) = find("${{ 1 < -2.5e-3 && 0xFF != .5 }}")
    assert [token.text for token in expression.tokens if token.kind == "number"] == ["1", "-2.5e-3", "0xFF", ".5"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="${} ab.[]()'*|&=!<>,0-9x\n\"é", max_size=50))
def test_nothing_raises_and_every_place_is_what_was_read(content: str) -> None:
    text = Text.of(Source("w.yml", content))
    problems: list[Problem] = []
    for expression in [*expressions.find(text, problems), *expressions.condition(text, problems)]:
        assert expression.span.text == expression.written
        for token in expression.tokens:
            assert content[token.start : token.end].replace("''", "'").strip("'") == token.text.strip("'")
        for use in expression.uses:
            assert use.span.text.lower().startswith(use.root)
            assert use.name.text in (*use.path, use.span.text[: len(use.root)])
    for problem in problems:
        assert content[problem.span.start : problem.span.end] == problem.span.text
