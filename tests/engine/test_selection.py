"""Which rules run, which of their findings are shown, and with which severity."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.engine import Run, run
from depcheck.engine.selection import Selection, SelectionError
from depcheck.packs import Json, Rule
from depcheck.policy import load as load_policy
from depcheck.project.loading import Options, load
from depcheck.source import Source


def rule(pack: str, name: str, severity: str, **more: Json) -> Rule:
    entry: dict[str, Json] = {"id": name, "title": "t", "severity": severity, "message": "m"}
    return Rule(pack, {**entry, "looks_at": "setting", "forbid": {"name": {"present": True}}, **more})


RULES = [
    rule("one", "loud", "high"),
    rule("one", "quiet", "low"),
    rule("two", "middle", "medium"),
    rule("two", "fussy", "medium", profile="strict"),
]


def shown(folder: Path, policy: str = "", **how: object) -> list[tuple[str, str]]:
    (folder / ".env").write_text("A=1\n")
    promised = load_policy(Source("depcheck.yaml", "version: 1\n" + policy))
    project = load(Options([folder], root=folder, use_git=False), promised)
    selection = Selection(RULES, policy=promised, **how)  # type: ignore[arg-type]
    report = run(project, RULES, Run(selection))
    return sorted((each.rule, each.severity) for each in report.findings)


LOUD, QUIET, MIDDLE, FUSSY = ("loud", "high"), ("quiet", "low"), ("middle", "medium"), ("fussy", "medium")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, [LOUD, MIDDLE, QUIET]),
        ({"profile": "strict"}, [FUSSY, LOUD, MIDDLE, QUIET]),
        ({"select": ["ALL"]}, [LOUD, MIDDLE, QUIET]),
        ({"select": ["loud"]}, [LOUD]),
        ({"select": ["two"]}, [FUSSY, MIDDLE]),
        ({"select": ["medium"]}, [MIDDLE]),
        ({"select": ["medium"], "profile": "strict"}, [FUSSY, MIDDLE]),
        ({"select": ["high", "quiet"]}, [LOUD, QUIET]),
        ({"select": ["critical"]}, []),
        ({"ignore": ["one"]}, [MIDDLE]),
        ({"ignore": ["medium", "low"]}, [LOUD]),
        ({"select": ["one"], "ignore": ["high"]}, [QUIET]),
        ({"ignore": ["ALL"]}, []),
    ],
)
def test_what_is_chosen(tmp_path: Path, how: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert shown(tmp_path, **how) == expected


def test_the_policy_chooses_where_the_command_line_does_not(tmp_path: Path) -> None:
    policy = "rules: {select: [one], severity: {loud: info}}\n"
    assert shown(tmp_path, policy) == [("loud", "info"), QUIET]
    assert shown(tmp_path, policy, select=["middle"]) == [MIDDLE]
    assert shown(tmp_path, policy, select=["info"]) == [("loud", "info")]


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({"select": ["low"]}, []),
        ({"select": ["critical"]}, ["weighed"]),
        ({"ignore": ["low"]}, ["weighed"]),
        ({"ignore": ["critical"]}, []),
    ],
)
def test_a_severity_chooses_findings_by_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: dict[str, list[str]], names: list[str]
) -> None:
    """A check may weigh one place more than its rule says; the policy has the last word."""
    from depcheck.findings import Violation

    weighed = rule("depcheck", "weighed", "low", forbid=None)
    monkeypatch.setattr(
        "depcheck.checks.depcheck.weighed",
        lambda subject, project: iter([Violation(subject.span, severity="critical")]),
        raising=False,
    )
    (tmp_path / ".env").write_text("A=1\n")
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    report = run(project, [weighed], Run(Selection([weighed], **how)))
    assert [each.rule for each in report.findings] == names
    policy = load_policy(Source("depcheck.yaml", "rules: {severity: {weighed: info}}\n"))
    report = run(project, [weighed], Run(Selection([weighed], policy=policy)))
    assert [each.severity for each in report.findings] == ["info"]


@pytest.mark.parametrize("how", [{"select": ["lod"]}, {"ignore": ["lod"]}])
def test_a_name_that_nothing_has(how: dict[str, list[str]]) -> None:
    with pytest.raises(SelectionError, match='no rule, pack or severity is called "lod", did you mean "loud"'):
        Selection(RULES, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", [{"select": ["DL3007"]}, {"ignore": ["DL3007"]}])
def test_the_name_that_another_tool_has(how: dict[str, list[str]]) -> None:
    known = rule("pack", "pinned", "low", aliases={"peer": ["DL3007"]})
    with pytest.raises(SelectionError, match='"DL3007" is pinned here, which is the name to give'):
        Selection([known], **how)  # type: ignore[arg-type]
