"""The fixture harness: one for the built-in packs and for plugin authors.

A rule's fixtures are ``fixtures/<pack>/<rule-id>/violating*`` and ``compliant*``, each a file or a folder that is a
small repository of its own. A comment ``violation: <rule-id>`` stands on the line above each place where the rule must
report, ``undetermined: <rule-id>`` above each that it must call undecided; ``violation-here:`` and
``undetermined-here:`` speak for their own line. Formats without comments have the marks beside them, in
``<file>.marks``: one ``LINE violation <rule-id>`` a line. Nothing else may be reported. A folder's ``.tracked`` names
the files that git tracks, one a line.

    import pytest
    from depcheck.testing import cases, mismatches

    @pytest.mark.parametrize("case", cases("fixtures"), ids=str)
    def test_rule(case):
        assert mismatches(case, rules) == []
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.findings import Report
from depcheck.packs import Rule
from depcheck.project.loading import Options, load

#: The day that fixtures are judged on, so that what they say does not change with the calendar.
AS_OF = date(2026, 11, 1)
_MARK = re.compile(r"\b(?P<word>violation|undetermined)(?P<here>-here)?:\s*(?P<rule>[a-z0-9-]+)")


class Case:
    """One fixture: a rule, and a file or folder with marks."""

    __slots__ = ("pack", "path", "rule")

    def __init__(self, pack: str, rule: str, path: Path) -> None:
        self.pack = pack
        self.rule = rule
        self.path = path

    def __str__(self) -> str:
        return f"{self.pack}/{self.rule}/{self.path.name}"


def cases(fixtures: Path | str) -> list[Case]:
    """Every fixture below a folder laid out ``<pack>/<rule-id>/violating*|compliant*``."""
    found = []
    for folder in sorted(Path(fixtures).glob("*/*")):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.name.startswith(("violating", "compliant")) and path.suffix != ".marks":
                    found.append(Case(folder.parent.name, folder.name, path))
    return found


def without_fixtures(rules: Sequence[Rule], fixtures: Path | str) -> list[str]:
    """The ids of rules that lack a violating or a compliant fixture."""
    found: dict[str, set[str]] = {}
    for case in cases(fixtures):
        found.setdefault(case.rule, set()).add(case.path.name[:9])
    return [rule.id for rule in rules if "engine" not in rule.needs and len(found.get(rule.id, ())) < 2]


def scan(path: Path, rules: Sequence[Rule], rule: str | None = None) -> Report:
    """The report on a fixture; with ``rule``, of that rule alone."""
    root = path if path.is_dir() else path.parent
    policy = None
    environments = None
    if (root / "depcheck.yaml").is_file() and path.is_dir():
        from depcheck.policy import environments_of
        from depcheck.policy import load as load_policy

        policy = load_policy(root / "depcheck.yaml")
        environments = environments_of(policy)
    docs = path.suffix == ".md" or (path.is_dir() and any(path.rglob("*.md")))
    project = load(Options([path], root=root, docs=docs, use_git=False, as_of=AS_OF), policy, environments)
    tracked = root / ".tracked"
    if path.is_dir() and tracked.is_file():
        for name in tracked.read_text("utf-8").split():
            file = project.file(name)
            if file is not None:
                file.tracked = True
    return run(
        project, list(rules), Run(Selection(rules, profile="strict", select=[rule] if rule else [], policy=policy))
    )


def mismatches(case: Case, rules: Sequence[Rule]) -> list[str]:
    """What a rule says of its fixture and the marks do not, and the other way round; empty when they agree."""
    report = scan(case.path, rules, case.rule)
    root = case.path if case.path.is_dir() else case.path.parent
    said = Counter(("violation", each.rule, each.span.path, each.span.line) for each in report.findings)
    said += Counter(("undetermined", each.rule, each.span.path, each.span.line) for each in report.unknown)
    wanted: Counter[tuple[str, str, str, int]] = Counter()
    paths = [path for path in case.path.rglob("*") if path.is_file()] if case.path.is_dir() else [case.path]
    for path in paths:
        if path.suffix != ".marks":
            wanted.update(_marks(path, path.relative_to(root).as_posix()))
    problems = [f"not reported: {word} {rule} at {path}:{line}" for word, rule, path, line in sorted(wanted - said)]
    problems += [f"not marked: {word} {rule} at {path}:{line}" for word, rule, path, line in sorted(said - wanted)]
    problems += [f"error: {each.path}: {each.message}" for each in report.errors if each.internal]
    if case.path.name.startswith("violating") and not any(mark[0] == "violation" for mark in wanted):
        problems.append("the violating fixture marks no violation")
    if case.path.name.startswith("compliant") and any(mark[0] == "violation" for mark in wanted):
        problems.append("the compliant fixture marks a violation")
    return problems


def _marks(path: Path, name: str) -> list[tuple[str, str, str, int]]:
    beside = path.with_name(path.name + ".marks")
    found: list[tuple[str, str, str, int]] = []
    if beside.is_file():
        for line in beside.read_text("utf-8").splitlines():
            number, word, rule = line.split()
            found.append((word, rule, name, int(number)))
    pending: list[tuple[str, str]] = []
    for number_of_line, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        marks = list(_MARK.finditer(line))
        for mark in marks:
            if mark["here"]:
                found.append((mark["word"], mark["rule"], name, number_of_line))
            else:
                pending.append((mark["word"], mark["rule"]))
        if not marks:
            found.extend((word, rule, name, number_of_line) for word, rule in pending)
            pending = []
    return found
