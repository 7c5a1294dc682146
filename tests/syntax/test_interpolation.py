"""Compose's interpolation: the table follows the specification's section of that name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.model import Problem
from depcheck.source import Source, Text
from depcheck.syntax import interpolation
from depcheck.syntax.interpolation import Expansion, Literal, Part, Partial, Template
from depcheck.values import Known, Unknown, Value


def text_of(text: str) -> Text:
    return Text(Source("compose.yaml", ">>" + text), text, base=2)


def evaluated(text: str, **given_values: str) -> Value:
    place = Source("x.env", "").span(0, 0)
    whole = text_of(text)
    value = interpolation.read(whole, whole.span(0, len(text)))
    if not isinstance(value, Template):
        return value
    known: dict[str, Value] = {name: Known(each, place) for name, each in given_values.items()}
    return interpolation.evaluate(value, known.get, lambda name: f"{name} has no value")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$SET", "yes"),
        ("${SET}", "yes"),
        ("a-$SET-b", "a-yes-b"),
        ("$SETS", None),
        ("${SET}S", "yesS"),
        ("${UNSET}", None),
        ("$UNSET", None),
        ("${UNSET:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${SET:-default}", "yes"),
        ("${UNSET-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${UNSET:-}", ""),
        ("${UNSET:?err}", None),
        ("${EMPTY:?err}", None),
        ("${EMPTY?err}", ""),
        ("${SET:?err}", "yes"),
        ("${SET:+other}", "other"),
        ("${EMPTY:+other}", ""),
        ("${EMPTY+other}", "other"),
        ("${UNSET+other}", ""),
        ("${UNSET:-${SET}}", "yes"),
        ("${UNSET:-${FOO:-default}}", "default"),
        ("${UNSET:-a${SET}b$SET}", "ayesbyes"),
        ("${UNSET?$SET}", None),
        ("$$SET", "$SET"),
        ("$$$SET", "$yes"),
        ("$${SET}", "${SET}"),
        ("cost: 5$", "cost: 5$"),
        ("$1 $- $", "$1 $- $"),
        ('${UNSET:-{"a": {}}}', '{"a": {}}'),
        ("${UNSET:-{}", "{"),
        ("${UNSET:-http://host:80/}", "http://host:80/"),
        ("${lower_case}", None),
    ],
)
def test_a_string(text: str, expected: str | None) -> None:
    value = evaluated(text, SET="yes", EMPTY="")
    if expected is None:
        assert isinstance(value, Unknown)
    else:
        assert isinstance(value, Known) and value.value == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a${b", "${b is not closed"),
        ("${}", "${} is not an expansion that Compose knows"),
        ("${A/b/c}", "${A/b/c} is not an expansion that Compose knows"),
        ("${A.b}", "${A.b} is not an expansion that Compose knows"),
        ("${1}", "${1} is not an expansion that Compose knows"),
    ],
)
def test_what_compose_refuses_is_a_problem_and_kept(text: str, message: str) -> None:
    problems: list[Problem] = []
    parts = interpolation.parse(text_of(text), problems)
    assert [problem.message for problem in problems] == [message]
    assert problems[0].next_step
    assert problems[0].span.text in text and problems[0].span.text.startswith("${")
    assert "".join(part.text for part in parts if isinstance(part, Literal)) == text


def test_an_unknown_names_what_would_decide_it_and_keeps_what_is_decided() -> None:
    value = evaluated("${HOST}:${PORT:?the port}/$HOST/x")
    assert isinstance(value, Partial)
    assert value.reason == "HOST has no value and PORT has no value"
    assert [(each.name, each.span.text if each.span else "") for each in value.missing] == [
        ("HOST", "HOST"),
        ("PORT", "PORT"),
        ("HOST", "HOST"),
    ]
    assert [each.value for each in value.fragments if isinstance(each, Known)] == [":", "/", "/x"]


def test_a_default_and_a_variable_are_told_in_via() -> None:
    value = evaluated("${A}-${B:-x}", A="1")
    assert isinstance(value, Known)
    assert [(step.words, step.span.text if step.span else "") for step in value.via] == [
        ("variable A", ""),
        ("default of B", "${B:-x}"),
    ]


def test_an_empty_variable_that_is_required_says_so() -> None:
    value = evaluated("${A:?set it}", A="")
    assert isinstance(value, Unknown) and value.reason == "variable A is empty but required"


def test_nesting_is_bounded() -> None:
    problems: list[Problem] = []
    deep = "${A:-" * 5000 + "x" + "}" * 5000
    parts = interpolation.parse(text_of(deep), problems)
    assert len(interpolation.expansions(parts)) == interpolation.DEPTH
    assert [problem.message.endswith("is nested deeper than 100 levels") for problem in problems] == [True]
    interpolation.parse(text_of("${A:-" * 50_000), problems)


def test_doubling_is_bounded() -> None:
    value: Value = Known("0123456789", Source("x", "").span(0, 0))
    for _ in range(40):
        whole = text_of("$A$A")
        template = interpolation.read(whole, whole.span(0, 4))
        assert isinstance(template, Template)
        value = interpolation.evaluate(template, {"A": value}.get, str)
    assert isinstance(value, Unknown) and value.reason == "the value has more than 100000 characters"


NAMES = st.sampled_from(["A", "B", "_c1", "EMPTY"])


def render(parts: list[Part]) -> str:
    out = []
    for part in parts:
        if isinstance(part, Literal):
            out.append(part.text.replace("$", "$$"))
        else:
            out.append("${" + part.name + part.operator + render(part.word) + "}")
    return "".join(out)


def trees() -> st.SearchStrategy[list[Part]]:
    literal = st.builds(Literal, st.just(0), st.just(0), st.text("ab:-$?+ /.é", min_size=1, max_size=5))
    simple = st.builds(Expansion, st.just(0), st.just(0), NAMES, st.just(0), st.just(""), st.just([]))

    def bigger(inner: st.SearchStrategy[list[Part]]) -> st.SearchStrategy[list[Part]]:
        operator = st.sampled_from([":-", "-", ":?", "?", ":+", "+"])
        expansion = st.builds(Expansion, st.just(0), st.just(0), NAMES, st.just(0), operator, inner)
        return st.lists(literal | simple | expansion, max_size=4)

    return st.recursive(st.lists(literal | simple, max_size=3), bigger, max_leaves=6)


def reference(parts: list[Part], known: dict[str, str]) -> str | None:
    """The specification once more, as plainly as it can be said."""
    out = ""
    for part in parts:
        if isinstance(part, Literal):
            out += part.text
            continue
        value = known.get(part.name)
        fits = value if part.operator.startswith(":") else (value is not None)
        if part.operator == "" or part.operator.endswith("?"):
            got = value if part.operator == "" or fits else None
        elif part.operator.endswith("-"):
            got = value if fits else reference(part.word, known)
        else:
            got = reference(part.word, known) if fits else ""
        if got is None:
            return None
        out += got
    return out


@settings(max_examples=250, deadline=None)
@given(trees(), st.booleans())
def test_what_is_written_is_read_and_evaluated_as_the_specification_says(parts: list[Part], a_is_set: bool) -> None:
    text = render(parts)
    known = {"EMPTY": "", "_c1": "see", **({"A": "ay"} if a_is_set else {})}
    problems: list[Problem] = []
    assert render(interpolation.parse(text_of(text), problems)) == text
    assert not problems
    value = evaluated(text, **known)
    expected = reference(parts, known)
    if expected is None:
        assert isinstance(value, Unknown) and value.missing
    else:
        assert isinstance(value, Known) and value.value == expected


@settings(max_examples=250, deadline=None)
@given(st.text(alphabet="$${}A_b1:-?+ x", max_size=40))
def test_any_text_is_read_and_every_place_is_true(text: str) -> None:
    whole = text_of(text)
    problems: list[Problem] = []
    parts = interpolation.parse(whole, problems)
    assert [part.start for part in parts] == [0, *(part.end for part in parts)][: len(parts)]
    assert (parts[-1].end if parts else 0) == len(text)
    for each in interpolation.expansions(parts):
        assert text[each.name_start : each.name_start + len(each.name)] == each.name
        written = text[each.start : each.end]
        assert written == "$" + each.name or (written.startswith("${" + each.name) and written.endswith("}"))
    for problem in problems:
        assert problem.span.text.startswith("${")
    evaluated(text, A="1")
