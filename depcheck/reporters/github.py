"""Workflow commands of GitHub Actions: findings as annotations on the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step, so the most severe come first; the log has them all.
"""

from __future__ import annotations

from depcheck.findings import Report
from depcheck.reporters import Options
from depcheck.reporters.grouping import Group, by_severity, grouped, listed
from depcheck.reporters.summary import errors, headline, judged, not_judged
from depcheck.reporters.terminal import visible, without_line_commands
from depcheck.source import Span

_COMMANDS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def render(report: Report, options: Options) -> str:
    """One workflow command a finding and a read error, then the summary as plain lines of the log."""
    groups = grouped(report.findings, report)
    lines = [_annotation(group) for group in by_severity(groups)]
    for each in errors(report):
        title = "depcheck failed" if each.internal else "depcheck could not read this"
        command = "error" if each.internal else "warning"
        lines.append(_command(command, each.path, each.span, title, visible(each.message)))
    summary = [
        headline(groups),
        f"judged: {judged(report)}",
        *(f"not judged: {each}" for each in not_judged(report, hints=("skips", "unknown"))),
    ]
    plain = without_line_commands("\n".join(visible(line) for line in [*summary, *report.notices]))
    return "\n".join([*lines, plain]) + "\n"


def _annotation(group: Group) -> str:
    finding = group.finding
    about = f" [{finding.resource}]" if finding.resource and finding.resource not in finding.message else ""
    text = [f"{finding.message}{about}{_within(group.environments)}"]
    text += [f"{_at(step.span)}from {step.words}{_within(names)}" for step, names in group.hops]
    text += [f"{_at(note.span)}{note.message}" for note in finding.related]
    if repair := finding.fix_text or (finding.fix.title if finding.fix else ""):
        text.append(f"fix: {repair}")
    title = f"{finding.severity}: {finding.rule}"
    body = "\n".join(visible(line) for line in text)
    return _command(_COMMANDS[finding.severity], finding.span.path, finding.span, title, body)


def _within(names: list[str]) -> str:
    return f" (in {listed(names)})" if names else ""


def _at(span: Span | None) -> str:
    return f"{span.path}:{span.line}:{span.column}: " if span else ""


def _command(name: str, path: str, span: Span | None, title: str, body: str) -> str:
    properties = [f"file={_property(path)}"] if path else []
    if span:
        line, end_line = span.line, span.end_line
        properties += [f"line={line}", f"endLine={end_line}"]
        if line == end_line:
            # Columns of a range over several lines are refused.
            properties += [f"col={span.column}", f"endColumn={max(span.column, span.end_column)}"]
    properties.append(f"title={_property(title)}")
    return f"::{name} {','.join(properties)}::{_data(body)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
