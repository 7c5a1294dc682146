"""JUnit XML for servers that show tests: a suite a pack, a case a rule that held, a case a finding.

A failure is what fails the run: findings below ``fail_on`` are skipped cases, so that a green run is green here too.
There are no times in it, the same scan gives the same file.
"""

from __future__ import annotations

from depcheck.findings import ReadError, Report, RuleInfo
from depcheck.reporters import Options
from depcheck.reporters.grouping import RANK, Group, all_rules, evidence, grouped, listed, open_questions
from depcheck.reporters.markup import attribute, element
from depcheck.reporters.summary import errors, headline, judged, not_judged
from depcheck.source import Span


def render(report: Report, options: Options) -> str:
    """The report as JUnit XML."""
    rules = {rule.id: rule for rule in all_rules(report)}
    cases: dict[str, list[str]] = {pack: [] for pack in sorted({_pack(rule) for rule in rules.values()})}
    busy: set[str] = set()
    threshold = RANK.get(report.fail_on, -1)
    for group in grouped(report.findings, report):
        busy.add(group.finding.rule)
        cases[_pack(rules[group.finding.rule])].append(_finding(group, fails=RANK[group.finding.severity] <= threshold))
    for group in grouped(report.suppressed, report):
        held = group.finding.suppression
        reason = f"suppressed ({held.kind}): {held.reason}" if held else "suppressed"
        cases[_pack(rules[group.finding.rule])].append(_skipped(_name(group), group.finding.span, reason))
    if "unknown" in options.show:
        for each, names in open_questions(report):
            busy.add(each.rule)
            name = f"{each.rule}: undecided{_within(names)}"
            cases[_pack(rules[each.rule])].append(_skipped(name, each.span, f"undecided: {each.reason}"))
    if "pass" in options.show:
        for passed, names in evidence(report):
            busy.add(passed.rule)
            name = f"{passed.rule}: {passed.evidence}{_within(names)}"
            cases[_pack(rules[passed.rule])].append(_case(name, passed.span))
    for rule in sorted(report.rules, key=lambda each: each.id):
        if rule.id not in busy:
            cases[_pack(rule)].append(f'<testcase{attribute("name", rule.id)} classname="depcheck" time="0"/>')
    suites = [_suite(pack, lines) for pack, lines in cases.items() if lines]
    if report.errors:
        suites.append(_suite("reading", [_error(each) for each in errors(report)]))
    summary = "\n".join([headline(grouped(report.findings, report)), f"judged: {judged(report)}", *not_judged(report)])
    total = _counts([line for suite in suites for line in suite.split("\n")])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="depcheck"{total} time="0">\n'
        + "\n".join(suites)
        + ("\n" if suites else "")
        + f'<testsuite name="summary" tests="0" failures="0" errors="0" skipped="0" time="0">'
        f"{element('system-out', summary)}</testsuite>\n</testsuites>\n"
    )


def _pack(rule: RuleInfo) -> str:
    return rule.pack or "depcheck"


def _within(names: list[str]) -> str:
    return f" (in {listed(names)})" if names else ""


def _name(group: Group) -> str:
    return f"{group.finding.rule}: {group.finding.message}{_within(group.environments)}"


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}:{span.column}"


def _finding(group: Group, *, fails: bool) -> str:
    finding = group.finding
    lines = [f"{finding.severity}: {finding.message}{_within(group.environments)}", f"at {_place(finding.span)}"]
    if finding.resource:
        lines.append(f"resource {finding.resource}")
    for step, names in group.hops:
        lines.append(f"from {step.words}{f', {_place(step.span)}' if step.span else ''}{_within(names)}")
    lines += [f"{note.message}, {_place(note.span)}" for note in finding.related]
    if finding.fix_text:
        lines.append(f"fix: {finding.fix_text}")
    if not fails:
        return _skipped(_name(group), finding.span, f"{finding.severity}, below what fails the run: {finding.message}")
    inner = element("failure", "\n".join(lines), message=finding.message, type=finding.severity)
    return _case(_name(group), finding.span, inner)


def _skipped(name: str, span: Span, reason: str) -> str:
    return _case(name, span, f"<skipped{attribute('message', reason)}/>")


def _error(each: ReadError) -> str:
    kind = "check-failed" if each.internal else "unreadable-input"
    inner = element("error", each.message, message=each.message, type=kind)
    where = f"{attribute('classname', each.path or 'depcheck')}{attribute('file', each.path) if each.path else ''}"
    line = f' line="{each.span.line}"' if each.span else ""
    return f'<testcase{attribute("name", each.message)}{where}{line} time="0">{inner}</testcase>'


def _case(name: str, span: Span, inner: str = "") -> str:
    head = f"<testcase{attribute('name', name)}{attribute('classname', span.path)}{attribute('file', span.path)}"
    return (
        f'{head} line="{span.line}" time="0">{inner}</testcase>' if inner else f'{head} line="{span.line}" time="0"/>'
    )


def _counts(lines: list[str]) -> str:
    """The counts that a suite or the whole carries. Text is escaped, so a tag is a tag; line breaks in it are too."""
    counted = {
        "tests": sum(line.lstrip().startswith("<testcase") for line in lines),
        "failures": sum("<failure" in line for line in lines),
        "errors": sum("<error" in line for line in lines),
        "skipped": sum("<skipped" in line for line in lines),
    }
    return "".join(f' {name}="{count}"' for name, count in counted.items())


def _suite(name: str, lines: list[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f'<testsuite{attribute("name", name)}{_counts(lines)} time="0">\n{body}\n</testsuite>'
