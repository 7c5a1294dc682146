"""Runs rules over a project and makes the report: select, judge, suppress; a check that raises harms no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.engine import build
from depcheck.engine.aside import Aside
from depcheck.engine.beyond import beyond
from depcheck.engine.judging import outcomes
from depcheck.engine.selection import Selection
from depcheck.engine.silencing import Silencer
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
    Undetermined,
    Violation,
    raised,
)
from depcheck.model import Problem
from depcheck.packs import Rule
from depcheck.project import Project, exposures
from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.engine.blocks import Blocks
    from depcheck.engine.subjects import Subject

#: Rules about the scan itself. The engine fills them.
SUPPRESSION = "suppression"
#: Kinds of files that are read for what they say of others, and are no deployment configuration themselves.
NOT_JUDGED = frozenset({"policy", "ignore", "lock"})


class Run:
    """How to run: which rules, which paths and environment to show, the baseline and what it takes to fail; ``partial``
    where the project was read in part, so that what is missing tells nothing."""

    __slots__ = ("baseline", "environment", "fail_on", "partial", "selection", "shown")

    def __init__(
        self,
        selection: Selection,
        *,
        baseline: frozenset[str] = frozenset(),
        environment: str | None = None,
        shown: object = None,
        fail_on: str = "medium",
        partial: bool = False,
    ) -> None:
        self.selection = selection
        self.partial = partial
        self.baseline = baseline
        self.environment = environment
        self.shown: Shown | None = shown if isinstance(shown, Shown) else None
        self.fail_on = fail_on


class Shown:
    """Which places findings are shown for: files, folders (``infra/``, ``./`` for all), or lines of files by path; of
    these only what is also ``within`` another choice. ``gaps`` are lines after which something was removed."""

    __slots__ = ("folders", "gaps", "lines", "paths", "within")

    def __init__(
        self,
        paths: Iterable[str] = (),
        lines: dict[str, frozenset[int]] | None = None,
        *,
        gaps: dict[str, frozenset[int]] | None = None,
        within: Shown | None = None,
    ) -> None:
        self.within = within
        self.gaps = gaps or {}
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

    def tells(self, item: Finding, blocks: Blocks) -> bool:
        """Whether a finding is about these places: its own, where its value came from, one that it names; or a block
        or a file from which a line was removed, because what is missing is told at the header."""
        places = [item.span, *(step.span for step in item.via), *(note.span for note in item.related)]
        if any(place in self for place in places):
            return True
        span = item.span
        gaps = self.gaps.get(span.path)
        if not gaps or (self.within is not None and span not in self.within):
            return False
        end = blocks.end(span.path, span.line)
        return build.is_whole_file(span) or any(span.line <= gap < end for gap in gaps)


def run(project: Project, rules: list[Rule], settings: Run) -> Report:
    """Judge a project. The report's order is that of paths, places and rules."""
    selection = settings.selection
    chosen = [rule for rule in rules if selection.includes(rule)]
    judged, errors, ran = _judge(chosen, project)
    if settings.environment is not None:
        judged = [each for each in judged if each[1].environment in (None, settings.environment)]
    places, texts = exposures.masked(project)
    named = [span for _, outcome in judged if isinstance(outcome, Violation) for span in outcome.secrets]
    masker = build.Masker(places, texts, named)
    silencer = Silencer(project, selection, settings.baseline)
    findings, passed, unknown = _built(_grouped(judged, silencer), selection, masker, Aside(project))
    if settings.partial or settings.environment is not None or settings.shown is not None:
        ran = frozenset()
    aliases = {rule.id: rule.aliases for rule in chosen}
    for question in unknown:
        silencer.meant(question.rule, aliases[question.rule], question.span)
    suppressed, findings = _suppress(_without_yielding(findings, rules, silencer), silencer)
    meta = next((rule for rule in chosen if rule.id == SUPPRESSION), None)
    if meta is not None:
        wrong = list(silencer.wrong(ran))
        extra = [build.finding(meta, selection.severity(meta), each, masker) for each in wrong]
        build.fingerprints(extra, [str(each.words.get("text", "")) for each in wrong])
        findings += extra
    severities = {rule.id: selection.severity(rule) for rule in chosen}
    findings = [each for each in findings if selection.shows(each.rule, each.severity)]
    suppressed = [each for each in suppressed if selection.shows(each.rule, each.severity)]
    unknown = [each for each in unknown if selection.shows(each.rule, each.severity)]
    passed = [each for each in passed if selection.shows(each.rule, severities[each.rule])]
    if settings.shown is not None:
        shown = settings.shown
        findings = [each for each in findings if shown.tells(each, silencer.blocks)]
        suppressed = [each for each in suppressed if shown.tells(each, silencer.blocks)]
        unknown = [each for each in unknown if each.span in shown]
        passed = [each for each in passed if each.span in shown]
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
        environments=project.present,
        policy=project.policy.path if project.policy is not None else None,
        fail_on=settings.fail_on,
        notices=[*project.notices, *(_notices(project, rules, settings, ran) if settings.shown is None else ())],
    )


def _notices(project: Project, rules: list[Rule], settings: Run, ran: frozenset[str]) -> list[str]:
    """What was not judged although it is there, and what the policy judges although it is not."""
    found = beyond(project.facts.resources, rules)
    if project.policy is not None and not settings.partial and settings.environment is None:
        from depcheck.engine.unheld import unheld

        found += unheld(project, settings.selection, project.present, ran)
    return found


def _judge(chosen: list[Rule], project: Project) -> tuple[list[tuple[Rule, Outcome]], list[ReadError], frozenset[str]]:
    """What the rules say, what went wrong, and which rules ran to their end."""
    judged: list[tuple[Rule, Outcome]] = []
    errors: list[ReadError] = []
    ran: set[str] = set()
    # A policy file is not the policy that applies.
    given = {"engine": False, "policy": project.policy is not None, "environments": bool(project.present)}
    for rule in chosen:
        lacking = {need for need in rule.needs if not (given[need] if need in given else project.has(need))}
        if lacking:
            if lacking.isdisjoint(("engine", "policy")):
                ran.add(rule.id)  # where there is nothing of it, it is kept
            continue
        failed: list[tuple[Subject, BaseException]] = []
        for subject in subjects(rule, project):
            try:
                for outcome in outcomes(rule, subject, project):
                    judged.append((rule, _placed(outcome, subject)))
            except (Exception, SystemExit) as error:
                failed.append((subject, error))
        if failed:
            errors.append(_raised(rule, failed))
        else:
            ran.add(rule.id)
    return judged, errors, frozenset(ran)


def _placed(outcome: Outcome, subject: Subject) -> Outcome:
    if outcome.resource is None:
        outcome.resource = address_of(subject)
    if outcome.environment is None:
        outcome.environment = environment_of(subject)
    return outcome


def _raised(rule: Rule, failed: list[tuple[Subject, BaseException]]) -> ReadError:
    """A fault of a check, told once however often it happens."""
    subject, error = failed[0]
    span = getattr(subject, "span", None)
    name = address_of(subject) or (span.path if isinstance(span, Span) else "the project")
    more = f" and on {len(failed) - 1:,} more" if len(failed) > 1 else ""
    return ReadError(
        span.path if isinstance(span, Span) else "",
        f"the check of rule {rule.id} raised {raised(error)} on {name}{more}; the other rules ran; please report it",
        span if isinstance(span, Span) else None,
        internal=True,
    )


def _grouped(judged: list[tuple[Rule, Outcome]], silencer: Silencer) -> list[tuple[Rule, Outcome]]:
    """Several instances of one defect in one file are one finding, for the rules that say so. One that is silenced
    stands alone: it must neither hide the others nor be told with them."""
    kept: list[tuple[Rule, Outcome]] = []
    groups: dict[tuple[str | None, ...], list[Violation]] = {}
    for rule, outcome in judged:
        if rule.group != "file" or not isinstance(outcome, Violation):
            kept.append((rule, outcome))
            continue
        outcome.words = {**outcome.words, "others": "", "count": 1}
        if silencer.violation(rule, outcome) is not None:
            kept.append((rule, outcome))
            continue
        key = (rule.id, outcome.span.path, outcome.environment, outcome.variant, outcome.severity)
        group = groups.setdefault(key, [])
        if not group:
            kept.append((rule, outcome))
        group.append(outcome)
    for leader, *others in groups.values():
        for other in others:
            name = other.words.get("name")
            leader.related.append(Note(f"also here: {name}" if name else "also here", other.span))
            leader.secrets.extend(other.secrets)
        if others:
            leader.words["count"] = len(others) + 1
            leader.words["others"] = f" (and {len(others)} more in this file)"
    return kept


def _built(
    judged: list[tuple[Rule, Outcome]], selection: Selection, masker: build.Masker, aside: Aside
) -> tuple[list[Finding], list[Evidence], list[OpenQuestion]]:
    pairs: list[tuple[Finding, str]] = []
    passed: list[Evidence] = []
    unknown: list[OpenQuestion] = []
    seen: set[tuple[str, Span, str | None, str | None, str]] = set()
    for rule, outcome in judged:
        severity = selection.severity(rule)
        if isinstance(outcome, Violation):
            item = build.finding(rule, selection.severity(rule, aside.severity(rule, outcome)), outcome, masker)
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


def _without_yielding(findings: list[Finding], rules: list[Rule], silencer: Silencer) -> list[Finding]:
    """One defect, one finding: a rule that yields to a more specific one is silent where that one spoke.

    ``rule-id:word`` yields to findings of that rule whose discriminator ends in a list with the word (a kind of loss).
    """
    yields = {rule.id: rule.yields_to for rule in rules if rule.yields_to}
    if not yields:
        return findings
    spoken = {
        (name, each.span.path, each.span.line, each.environment)
        for each in findings
        for name in (each.rule, *(f"{each.rule}:{word}" for word in each.discriminator.rsplit(":", 1)[-1].split(",")))
    }
    kept: list[Finding] = []
    for each in findings:
        place = (each.span.path, each.span.line, each.environment)
        if any((other, *place) in spoken for other in yields.get(each.rule, ())):
            silencer.meant(each.rule, each.aliases, each.span)
        else:
            kept.append(each)
    return kept


def _suppress(findings: list[Finding], silencer: Silencer) -> tuple[list[Finding], list[Finding]]:
    """Split into suppressed and remaining findings."""
    suppressed: list[Finding] = []
    remaining: list[Finding] = []
    for item in findings:
        item.suppression = silencer.finding(item)
        (suppressed if item.suppression else remaining).append(item)
    return suppressed, remaining


def _read_errors(problems: Iterable[Problem], masker: build.Masker) -> Iterator[ReadError]:
    for problem in problems:
        message = masker.text(problem.message + (f"; {problem.next_step}" if problem.next_step else ""))
        yield ReadError(problem.span.path, message, problem.span)


def _place(span: Span) -> tuple[str, int, int]:
    return span.path, span.start, span.end


def _order(item: Finding) -> tuple[str, int, int, str, str, str]:
    return (*_place(item.span), item.rule, item.environment or "", item.message)
