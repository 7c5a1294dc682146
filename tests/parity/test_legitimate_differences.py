"""What environments may differ in by their nature: no rule says anything of it, the matrix calls it ok or allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.parity.comparison import Comparison
from depcheck.parity.verdicts import judged
from depcheck.policy import environments_of
from depcheck.policy import load as load_policy
from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.testing import AS_OF

FIXTURES = Path(__file__).parents[2] / "fixtures" / "parity"
CASES = sorted(FIXTURES.glob("*/compliant-legitimate-*"))
RULES = [rule for rule in all_rules() if rule.pack == "parity"]


def project_of(folder: Path) -> Project:
    policy = load_policy(folder / "depcheck.yaml") if (folder / "depcheck.yaml").is_file() else None
    environments = environments_of(policy) if policy is not None else None
    return load(Options([folder], root=folder, use_git=False, as_of=AS_OF), policy, environments)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("folder", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_legitimate_difference(folder: Path) -> None:
    project = project_of(folder)
    report = run(project, RULES, Run(Selection(RULES, policy=project.policy)))
    assert [f"{each.rule}: {each.message}" for each in report.findings if each.severity != "low"] == []
    assert [each.message for each in report.errors if each.internal] == []
    compared = Comparison(project)
    assert len(compared.environments) > 1
    rows = judged(compared, report.findings, report.suppressed)
    assert {each.verdict for each in rows} <= {"ok", "allowed", "unknown"}
