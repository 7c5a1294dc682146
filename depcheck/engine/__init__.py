"""Runs rules over a project and makes the report: select, judge, suppress; a check that raises harms no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from depcheck.engine import build, suppressions
from depcheck.engine.judging import outcomes
from depcheck.engine.selection import Selection
from depcheck.engine.subjects import address_of, environment_of, subjects
from depcheck.findings import (
    Evidence,
    Finding,
    Held,
    Note,
    OpenQuestion,
    Outcome,
    ReadError,
    Report,
    Skipped,
    Suppression,
    Undetermined,
    Violation,
    raised,
)
from depcheck.model import Problem
from depcheck.packs import Rule
from depcheck.project import Project, exposures
from depcheck.source import Span

if TYPE_CHECKING:
    from depcheck.engine.subjects import Subject

#: Rules about the scan itself. The engine fills them.
SUPPRESSION = "suppression"
#: Kinds of files that are read for what they say of others, and are no deployment configuration themselves.
NOT_JUDGED = frozenset({"policy", "ignore", "lock"})


class Run:
    """How to run: which rules, which paths and environment to show, the baseline and what it takes to fail."""

    __slots__ = ("baseline", "environment", "fail_on", "profile", "selection", "shown")

    def __init__(
        self,
        selection: Selection,
        *,
        baseline: frozenset[str] = frozenset(),
        environment: str | None = None,
        shown: object = None,
        fail_on: str = "medium",
    ) -> None:
        self.selection = selection
        self.baseline = baseline
        self.environment = environment
        self.shown: Shown | None = shown if isinstance(shown, Shown) else None
        self.fail_on = fail_on


class Shown:
    """Which places findings are shown for: files, folders (``infra/``, ``./`` for all), or lines of files by path; of
    these only what is also ``within`` another choice."""

    __slots__ = ("folders", "lines", "paths", "within")

    def __init__(
        self,
        paths: Iterable[str] = (),
        lines: dict[str, frozenset[int]] | None = None,
        *,
        within: Shown | None = None,
    ) -> None:
        self.within = within
        self.paths = frozenset(paths)
        self.folders = tuple("" if path == "./" else path for path in self.paths if path.endswith("/"))
        self.lines = lines or {}

    def __contains__(self, span: object) -> bool:
        if not isinstance(span, Span) or (self.within is not None and span not in self.within):
            return False
        if span.path in self.paths or span.path.startswith(self.folders):
            return True
        changed = self.lines.get(span.path)
        return changed is not None and any(line in changed for line in range(span.line, span.end_line + 1))


def run(project: Project, rules: list[Rule], settings: Run) -> Report:
    """Judge a project. The report's order is that of paths, places and rules."""
    selection = settings.selection
    chosen = [rule for rule in rules if selection.includes(rule)]
    judged, errors = _judge(chosen, project)
    if settings.environment is not None:
        judged = [each for each in judged if each[1].environment in (None, settings.environment)]
    judged = _grouped(judged)
    places, texts = exposures.masked(project)
    places.extend(span for _, outcome in judged if isinstance(outcome, Violation) for span in outcome.secrets)
    masker = build.Masker(places, texts)
    findings, passed, unknown = _built(judged, selection, masker)
    findings = _without_yielding(findings, rules)
    suppressed, findings = _suppress(findings, project, settings, chosen, masker)
    if settings.shown is not None:
        findings = [each for each in findings if each.span in settings.shown]
        suppressed = [each for each in suppressed if each.span in settings.shown]
        unknown = [each for each in unknown if each.span in settings.shown]
        passed = [each for each in passed if each.span in settings.shown]
    errors.extend(project.failures)
    errors.extend(_read_errors(project.problems, masker))
    by_kind: dict[str, int] = {}
    for file in project.facts.files:
        if file.kind not in NOT_JUDGED:
            by_kind[file.kind] = by_kind.get(file.kind, 0) + 1
    return Report(
        files=sum(by_kind.values()),
        # A CloudFormation resource is told in Terraform's words too, under the same address.
        resources=len(
            {(each.address, each.environment, each.root, each.span.path) for each in project.facts.resources}
        ),
        rules=[rule.info() for rule in chosen],
        findings=sorted(findings, key=_order),
        unknown=sorted(unknown, key=lambda each: (*_place(each.span), each.rule, each.environment or "")),
        passed=sorted(passed, key=lambda each: (*_place(each.span), each.rule, each.environment or "")),
        suppressed=sorted(suppressed, key=_order),
        skipped=[Skipped(skip.path, skip.reason) for skip in project.skipped],
        errors=sorted(errors, key=lambda each: (each.path, *(_place(each.span) if each.span else ("", 0, 0)))),
        by_kind=dict(sorted(by_kind.items())),
        environments=_environments(project),
        policy=project.policy.path if project.policy is not None else None,
        fail_on=settings.fail_on,
        notices=project.notices,
    )


def _environments(project: Project) -> list[str]:
    facts = project.facts
    nouns = (facts.resources, facts.settings, facts.jobs, facts.files)
    seen = {each.environment for group in nouns for each in group if each.environment is not None}
    known = [name for name in project.environments.names if name in seen]
    return known + sorted(seen - set(known))


def _judge(chosen: list[Rule], project: Project) -> tuple[list[tuple[Rule, Outcome]], list[ReadError]]:
    judged: list[tuple[Rule, Outcome]] = []
    errors: list[ReadError] = []
    for rule in chosen:
        if rule.needs == "engine" or (rule.needs == "policy" and project.policy is None):
            continue
        found = subjects(rule, project)
        if not found:
            continue
        for subject in found:
            try:
                for outcome in outcomes(rule, subject, project):
                    judged.append((rule, _placed(outcome, subject)))
            except (Exception, SystemExit) as error:
                errors.append(_raised(rule, subject, error))
    return judged, errors


def _placed(outcome: Outcome, subject: Subject) -> Outcome:
    if outcome.resource is None:
        outcome.resource = address_of(subject)
    if outcome.environment is None:
        outcome.environment = environment_of(subject)
    return outcome


def _raised(rule: Rule, subject: Subject, error: BaseException) -> ReadError:
    span = getattr(subject, "span", None)
    name = address_of(subject) or (span.path if isinstance(span, Span) else "the project")
    return ReadError(
        span.path if isinstance(span, Span) else "",
        f"the check of rule {rule.id} raised {raised(error)} on {name}; the other rules ran; please report it",
        span if isinstance(span, Span) else None,
        internal=True,
    )


def _grouped(judged: list[tuple[Rule, Outcome]]) -> list[tuple[Rule, Outcome]]:
    """Several instances of one defect in one file are one finding, for the rules that say so."""
    kept: list[tuple[Rule, Outcome]] = []
    first: dict[tuple[str, str, str | None, str], Violation] = {}
    for rule, outcome in judged:
        if rule.group != "file" or not isinstance(outcome, Violation):
            kept.append((rule, outcome))
            continue
        key = (rule.id, outcome.span.path, outcome.environment, outcome.variant)
        leader = first.setdefault(key, outcome)
        if leader is outcome:
            outcome.words = {**outcome.words, "others": "", "count": 1}
            kept.append((rule, outcome))
        else:
            count = len([note for note in leader.related if note.message.startswith("also here")]) + 2
            name = outcome.words.get("name")
            leader.related.append(Note(f"also here: {name}" if name else "also here", outcome.span))
            leader.secrets.extend(outcome.secrets)
            more = count - 1
            leader.words = {**leader.words, "count": count, "others": f" and {more} more in this file"}
    return kept


def _built(
    judged: list[tuple[Rule, Outcome]], selection: Selection, masker: build.Masker
) -> tuple[list[Finding], list[Evidence], list[OpenQuestion]]:
    pairs: list[tuple[Finding, str]] = []
    passed: list[Evidence] = []
    unknown: list[OpenQuestion] = []
    seen: set[tuple[str, Span, str | None, str | None, str]] = set()
    for rule, outcome in judged:
        severity = selection.severity(rule)
        if isinstance(outcome, Violation):
            item = build.finding(rule, severity, outcome, masker)
            key = (rule.id, item.span, item.environment, item.resource, item.message)
            if key not in seen:
                seen.add(key)
                pairs.append((item, masker.text(outcome.discriminator)))
        elif isinstance(outcome, Held):
            text = masker.text(outcome.evidence)
            passed.append(Evidence(rule.id, outcome.span, text, outcome.environment, outcome.resource))
        elif isinstance(outcome, Undetermined):
            key = (rule.id, outcome.span, outcome.environment, outcome.resource, outcome.reason)
            if key not in seen:
                seen.add(key)
                unknown.append(
                    OpenQuestion(
                        rule.id,
                        severity,
                        outcome.span,
                        masker.text(outcome.reason),
                        outcome.missing,
                        outcome.environment,
                        outcome.resource,
                    )
                )
    pairs.sort(key=lambda pair: _order(pair[0]))
    build.fingerprints([item for item, _ in pairs], [mark for _, mark in pairs])
    return [item for item, _ in pairs], passed, unknown


def _without_yielding(findings: list[Finding], rules: list[Rule]) -> list[Finding]:
    """One defect, one finding: a rule that yields to a more specific one is silent where that one spoke."""
    yields = {rule.id: rule.yields_to for rule in rules if rule.yields_to}
    if not yields:
        return findings
    spoken = {(each.rule, each.span.path, each.span.line, each.environment) for each in findings}
    return [
        each
        for each in findings
        if not any(
            (other, each.span.path, each.span.line, each.environment) in spoken for other in yields.get(each.rule, ())
        )
    ]


def _suppress(
    findings: list[Finding], project: Project, settings: Run, chosen: list[Rule], masker: build.Masker
) -> tuple[list[Finding], list[Finding]]:
    """Split into suppressed and remaining findings; what is wrong with a suppression becomes a finding."""
    ignores: dict[str, list[suppressions.Ignore]] = {}
    wrong: list[tuple[Rule, Violation]] = []
    meta = next((rule for rule in chosen if rule.id == SUPPRESSION), None)
    known = settings.selection.known
    for path, comments in project.comments.items():
        found, malformed = suppressions.read(comments)
        for ignore in found:
            ignores.setdefault(path, []).append(ignore)
        if meta is not None:
            wrong.extend((meta, _about(span, "malformed", text)) for span, text in malformed)
    suppressed: list[Finding] = []
    remaining: list[Finding] = []
    today = project.as_of.isoformat()
    for item in findings:
        item.suppression = _suppression_of(item, ignores.get(item.span.path, ()), project, settings, today)
        (suppressed if item.suppression else remaining).append(item)
    if meta is not None:
        wrong.extend((meta, each) for each in _wrong_ignores(ignores, known, settings, today))
        extra = [build.finding(rule, settings.selection.severity(rule), each, masker) for rule, each in wrong]
        build.fingerprints(extra, [str(each.words.get("text", "")) for _, each in wrong])
        remaining.extend(extra)
    return suppressed, remaining


def _suppression_of(
    item: Finding, ignores: Iterable[suppressions.Ignore], project: Project, settings: Run, today: str
) -> Suppression | None:
    resource = project.resource(item.resource, item.environment) if item.resource else None
    for ignore in ignores:
        if ignore.covers(item.rule, item.aliases, item.span, resource.extent if resource else None):
            ignore.used = True
            if ignore.until is None or ignore.until >= today:
                return ignore.suppression()
    by_policy = settings.selection.suppression(item, today)
    if by_policy is not None:
        return by_policy
    if item.fingerprint in settings.baseline:
        return Suppression("baseline", "it was there when the baseline was written")
    return None


def _wrong_ignores(
    ignores: dict[str, list[suppressions.Ignore]], known: frozenset[str], settings: Run, today: str
) -> Iterator[Violation]:
    for each in (ignore for found in ignores.values() for ignore in found):
        if each.tool != "depcheck":
            continue
        strangers = [name for name in each.ids if name not in known]
        for name in strangers:
            yield _about(each.span, "unknown-rule", settings.selection.nearest(name))
        if strangers:
            continue
        if each.until is not None and each.until < today:
            yield _about(each.span, "expired", each.until)
        elif not each.used and settings.selection.all_run(each.ids) and settings.shown is None:
            yield _about(each.span, "unused", ", ".join(each.ids))


def _about(span: Span, variant: str, text: str) -> Violation:
    return Violation(span, variant=variant, words={"text": text})


def _read_errors(problems: Iterable[Problem], masker: build.Masker) -> Iterator[ReadError]:
    for problem in problems:
        message = masker.text(problem.message + (f"; {problem.next_step}" if problem.next_step else ""))
        yield ReadError(problem.span.path, message, problem.span)


def _place(span: Span) -> tuple[str, int, int]:
    return span.path, span.start, span.end


def _order(item: Finding) -> tuple[str, int, int, str, str, str]:
    return (*_place(item.span), item.rule, item.environment or "", item.message)
