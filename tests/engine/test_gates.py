"""What a rule asks for before it is looked at (a command, an action, a word) only saves time: it hides no finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.environments import Environments
from depcheck.model import Command, Facts, File, Job, Schedule, Step, Word
from depcheck.packs import Rule, built_in
from depcheck.project import Project
from depcheck.source import Source, Span
from depcheck.testing import Case, cases, scan
from depcheck.values import Absent, Known

FIXTURES = Path(__file__).parents[2] / "fixtures"
#: Gates that stand for what the check itself would find out, only later.
SAVING = ("command:", "uses:", "word:", "schedule")
GATED = [
    rule
    for rule in built_in()
    if any(
        each.startswith(SAVING) for each in (*rule.needs, *(rule.looks_at[1] if rule.looks_at[0] == "project" else ()))
    )
]


def opened(rule: Rule) -> Rule:
    """The rule without what it asks for to save time."""
    rule.needs = frozenset(each for each in rule.needs if not each.startswith(SAVING))
    if rule.looks_at[0] == "project" and any(each.startswith(SAVING) for each in rule.looks_at[1]):
        rule.looks_at = ("project", ())
    return rule


def said(case: Case, rules: list[Rule]) -> list[tuple[object, ...]]:
    report = scan(case.path, rules)
    findings = [(each.rule, each.span.path, each.span.start, each.message) for each in report.findings]
    return sorted(map(str, findings)) + sorted(f"{each.rule} {each.reason}" for each in report.unknown)


def test_some_rules_are_gated() -> None:
    assert {"dump-kept-in-the-clear", "oidc-subject-mismatch", "restore-command-incomplete"} <= {r.id for r in GATED}


@pytest.mark.parametrize("pack", sorted({rule.pack for rule in GATED}))
def test_no_gate_hides_a_finding(pack: str) -> None:
    names = {rule.id for rule in GATED}
    gated = [rule for rule in built_in() if rule.id in names]
    free = [opened(rule) for rule in built_in() if rule.id in names]
    found = 0
    for case in cases(FIXTURES):
        if case.pack == pack:
            expected = said(case, free)
            found += len(expected)
            assert said(case, gated) == expected, case.path
    assert found


def test_what_a_project_has() -> None:
    source = Source("a.yml", "Run: PG_DUMP now\n")
    span = Span(source, 0, 3)
    step = Step(0, span, Known({}, span), uses=Known("Actions/Cache@v4", span))
    facts = Facts()
    facts.files.append(File(source, "workflow", span))
    facts.commands.append(Command([Word("/usr/bin/psql", "/usr/bin/psql", span)], span, origin="script"))
    facts.jobs.append(Job("a", "workflow.a", span, Known({}, span), permissions=Absent(span), steps=[step]))
    project = Project("/nowhere", facts, Environments())
    there = ["workflow", "command:psql", "uses:actions/cache", "word:pg_dump", "word:borg|pg_dump"]
    assert [each for each in there if not project.has(each)] == []
    absent = [
        "compose",
        "command:pg_dump",
        "uses:actions/checkout",
        "word:borg",
        "schedule",
        "runtime",
        "aws_s3_bucket",
    ]
    assert [each for each in absent if project.has(each)] == []
    facts.schedules.append(Schedule(Known("* * * * *", span), span))
    assert Project("/nowhere", facts, Environments()).has("schedule")
