"""The requirement language, judged in three states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.packs.requirements import judge, match, problems, same
from depcheck.source import Source
from depcheck.values import Absent, Known, Unknown, Value

SPAN = Source("f", "x").span(0, 1)


def value(data: object) -> Value:
    if data is ...:
        return Unknown("undecided", SPAN)
    if isinstance(data, dict):
        return Known({key: value(each) for key, each in data.items()}, SPAN)
    if isinstance(data, list):
        return Known([value(each) for each in data], SPAN)
    assert data is None or isinstance(data, (str, int, float, bool))
    return Known(data, SPAN)


@pytest.mark.parametrize(
    ("condition", "subject", "require", "forbid"),
    [
        ({"a": True}, {"a": True}, "yes", "yes"),
        ({"a": True}, {"a": "true"}, "yes", "yes"),
        ({"a": True}, {"a": False}, "no", "no"),
        ({"a": True}, {}, "no", "no"),
        ({"a": True}, {"a": ...}, "open", "open"),
        ({"a": True}, {"a": None}, "no", "no"),
        ({"a": {"absent": True}}, {"a": None}, "yes", "yes"),
        ({"a": {"present": True}}, {"a": ...}, "open", "open"),
        ({"a": {"present": True}}, {"a": 0}, "yes", "yes"),
        ({"a": {"at_least": 7}}, {"a": 7}, "yes", "yes"),
        ({"a": {"at_least": 7}}, {"a": "6"}, "no", "no"),
        ({"a": {"at_least": 7}}, {"a": "soon"}, "no", "no"),
        ({"a": {"at_most": 7}}, {"a": 7.5}, "no", "no"),
        ({"a": ["x", "y"]}, {"a": "y"}, "yes", "yes"),
        ({"a": {"matches": "^db-"}}, {"a": "db-1"}, "yes", "yes"),
        ({"b.c": 1}, {"b": [{"c": 1}, {"c": 1}]}, "yes", "yes"),
        ({"b.c": 1}, {"b": [{"c": 1}, {"c": 2}]}, "no", "yes"),
        ({"b.c": 1}, {"b": [{"c": 1}, {"c": ...}]}, "open", "yes"),
        ({"b.c": 1}, {"b": [{"c": 2}, {"c": ...}]}, "no", "open"),
        ({"b.c": 1}, {"b": []}, "no", "no"),
        ({"b.c": 1}, {"b": ...}, "open", "open"),
        ({"cidrs": "0.0.0.0/0"}, {"cidrs": ["10.0.0.0/8", "0.0.0.0/0"]}, "yes", "yes"),
        ({"cidrs": "0.0.0.0/0"}, {"cidrs": ["10.0.0.0/8", ...]}, "open", "open"),
        ({"tags.*": "x"}, {"tags": {"a": "x", "b": "x"}}, "yes", "yes"),
        ({"any": [{"a": 1}, {"b": 1}]}, {"b": 1}, "yes", "yes"),
        ({"any": [{"a": 1}, {"b": 1}]}, {"a": ..., "b": 2}, "open", "open"),
        ({"all": [{"a": 1}, {"b": 1}]}, {"a": ..., "b": 2}, "no", "no"),
        ({"not": {"a": 1}}, {"a": 2}, "yes", "yes"),
        ({"not": {"a": 1}}, {"a": ...}, "open", "open"),
    ],
)
def test_judge(condition: dict[str, object], subject: dict[str, object], require: str, forbid: str) -> None:
    tree = value(subject)
    assert isinstance(tree, Known)
    assert judge(condition, tree, every=True).state == require  # type: ignore[arg-type]
    assert judge(condition, tree, every=False).state == forbid  # type: ignore[arg-type]


def test_the_answer_is_at_the_smallest_place() -> None:
    source = Source("f", "ingress { port = 22 }")
    tree = Known({"ingress": Known([Known({"port": Known(22, source.span(17, 19))}, SPAN)], SPAN)}, SPAN)
    answer = judge({"ingress.port": 22}, tree, every=False)
    assert answer.value.span.text == "22"


@given(st.sampled_from(["equal", "one_of", "at_least", "at_most", "matches"]), st.integers(), st.text())
def test_unknown_never_becomes_a_verdict(word: str, number: int, text: str) -> None:
    wanted = [number] if word == "one_of" else "x" if word == "matches" else number
    assert match({word: wanted}, Unknown("undecided", SPAN)) == "open"
    assert match({word: wanted}, Absent(SPAN)) == "no"


@pytest.mark.parametrize(
    ("wanted", "actual", "result"),
    [(True, "true", True), (7, "7", True), (7, 7.0, True), ("7.0", 7, False), (None, "", False), (None, None, True)],
)
def test_same(wanted: object, actual: object, result: bool) -> None:
    assert same(wanted, actual) is result


@pytest.mark.parametrize(
    ("condition", "clause"),
    [
        ({"a": {"at_lest": 1}}, '"at_lest" in require is no word'),
        ({"a": {"matches": "("}}, "is no regular expression"),
        ({"any": {"a": 1}}, '"any" in require is not a list'),
        ({"related": {"resource": "x"}}, '"related" in require takes'),
        ("text", "is not a mapping"),
    ],
)
def test_problems(condition: object, clause: str) -> None:
    found = list(problems(condition, "require"))  # type: ignore[arg-type]
    assert len(found) == 1
    assert clause in found[0]


def test_a_pattern_of_a_pack_takes_no_time_without_bound() -> None:
    assert match({"matches": "(x+x+)+y$"}, value("x" * 50_000)) in ("no", "open")
    assert match({"matches": "(x+x+)+y$"}, value("x" * 30)) == "no"
