"""Every rule says of its fixtures what their marks say, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.engine.judging import check_of
from depcheck.testing import Case, cases, mismatches, without_fixtures

FIXTURES = Path(__file__).parent.parent / "fixtures"
RULES = all_rules()
CASES = [case for case in cases(FIXTURES) if case.pack != "systems"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case: Case) -> None:
    assert mismatches(case, RULES) == []


def test_every_rule_has_fixtures() -> None:
    assert without_fixtures(RULES, FIXTURES) == []


def test_every_fixture_has_a_rule() -> None:
    ids = {(rule.pack, rule.id) for rule in RULES}
    assert [str(case) for case in CASES if (case.pack, case.rule) not in ids] == []


def test_every_rule_says_itself_in_data_or_has_a_check() -> None:
    for rule in RULES:
        if not rule.is_data and "engine" not in rule.needs:
            assert check_of(rule).__doc__
