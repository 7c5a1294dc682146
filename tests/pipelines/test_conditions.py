"""What conditions of workflows are in a situation, and that nothing in them breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.pipelines.conditions import Situation, branch_matches, calls, holds
from depcheck.source import Source
from depcheck.values import Known

PUSH = Situation(
    {
        "github.event_name": "push",
        "github.ref": "refs/heads/main",
        "github.ref_name": "main",
        "github.event.inputs.dry": None,
    },
    ("inputs.",),
)


def condition(text: str) -> Known:
    return Known(text, Source("w.yml", text).span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref == 'REFS/heads/Main'", True),  # GitHub compares without case
        ("github.ref != 'refs/heads/main'", False),
        ("${{ github.ref == 'refs/heads/main' }}", True),
        ("${{ github.ref == 'refs/heads/dev' }} && true", True),  # text around the braces is never empty
        ("startsWith(github.ref, 'refs/heads/')", True),
        ("endsWith(github.ref_name, 'in') && contains(github.ref, 'head')", True),
        ("startsWith(github.ref, 'refs/tags/v')", False),
        ("github.event_name == 'push' && github.ref_name == 'dev'", False),
        ("github.event_name == 'schedule' || github.ref_name == 'main'", True),
        ("!(github.ref_name == 'main')", False),
        ("!!github.ref_name", True),
        ("vars.GO == 'yes'", None),
        ("vars.GO == 'yes' || github.ref_name == 'main'", True),
        ("vars.GO == 'yes' && github.ref_name == 'dev'", False),
        ("vars.GO == 'yes' && github.ref_name == 'main'", None),
        ("!vars.GO", None),
        ("inputs.dry", False),  # nobody filled a form in
        ("inputs.dry == 'true'", False),
        ("github.event.inputs.dry != 'true'", True),
        ("always()", True),
        ("failure()", False),
        ("!cancelled() && success()", True),
        ("needs.test.result == 'success'", None),
        ("fromJSON(needs.a.outputs.list).b == 'x'", None),
        ("github['ref'] == 'refs/heads/main'", True),
        ("github[vars.WHICH] == 'x'", None),
        ("contains(fromJSON('[1]'), github.ref)", None),
        ("contains(github.event.pull_request.labels.*.name, 'x')", None),
        ("1 < 2 && 0x10 == 16 && '3' >= 2", True),
        ("'a' == 0", False),
        ("null == ''", True),
        ("true == 1", True),
        ("'text'", True),
        ("''", False),
        ("github.ref ==", None),
        ("(github.ref", None),
        ("a b", None),
    ],
)
def test_holds(text: str, outcome: bool | None) -> None:
    assert holds(condition(text), PUSH) is outcome


def test_without_a_condition_everything_runs() -> None:
    assert holds(None, PUSH) is True


def test_functions_are_told_in_lower_case() -> None:
    assert calls(condition("Always() && contains(github.ref, 'x')")) == {"always", "contains"}
    assert calls(None) == frozenset()


@pytest.mark.parametrize(
    ("branch", "pattern", "matches"),
    [
        ("main", "main", True),
        ("main", "*", True),
        ("release/1", "*", False),
        ("release/1", "**", True),
        ("release/1", "release/*", True),
        ("release/1/x", "release/*", False),
        ("release/1/x", "release/**", True),
        ("maintenance", "main", False),
    ],
)
def test_branch_filters(branch: str, pattern: str, matches: bool) -> None:
    assert branch_matches(branch, pattern) is matches


@given(st.text(alphabet="()[].,!&|=<>' abgithub.ref_$0123{}\n", max_size=120))
@settings(max_examples=150, deadline=None)
def test_nothing_raises(text: str) -> None:
    assert holds(condition(text), PUSH) in (True, False, None)


@pytest.mark.parametrize("text", ["(" * 5000, "!" * 20_000 + "a", "a[" * 5000, "f(" * 5000, "a" + "||a" * 20_000])
def test_depth_is_bounded(text: str) -> None:
    assert holds(condition(text), PUSH) in (True, False, None)
