"""Findings for people: a sentence, its place in the source, each other place with its clause, the repair."""

from __future__ import annotations

from depcheck.findings import Finding, Report
from depcheck.reporters import Options
from depcheck.reporters.excerpts import Line, Mark, marked_lines, shown_in_excerpt
from depcheck.reporters.grouping import Group, evidence, grouped, listed, open_questions
from depcheck.reporters.summary import errors, headline, judged, not_judged, severities
from depcheck.reporters.terminal import clip, paint, visible, without_line_commands
from depcheck.source import Span


def render(report: Report, options: Options) -> str:
    """The report as text, grouped by file, with a summary of what was judged and what was not."""
    groups = grouped(report.findings, report)
    lines: list[str] = []
    path = None
    for group in groups:
        if group.finding.span.path != path:
            path = group.finding.span.path
            lines += [paint(visible(path), "path", options.color), ""]
        lines += _finding(group, options)
        lines.append("")
    if "unknown" in options.show:
        lines += _open(report, options)
    if "pass" in options.show:
        lines += _passed(report, options)
    lines += _errors(report, options)
    lines += _summary(report, groups, options)
    return without_line_commands("\n".join(lines) + "\n")


def place(span: Span) -> str:
    """``path:line:column``, which editors and terminals open."""
    return f"{visible(span.path)}:{span.line}:{span.column}"


def _finding(group: Group, options: Options) -> list[str]:
    finding, color = group.finding, options.color
    shown = marked_lines(finding)
    gutter = max((len(str(line.number)) for line in shown if line), default=1)
    label = paint(f"{finding.severity}[{visible(finding.rule)}]", finding.severity, color)
    lines = [f"{label}: {paint(visible(finding.message), 'bold', color)}"]
    resource = finding.resource if finding.resource and finding.resource not in finding.message else None
    arrow = paint(" " * gutter + "-->", "dim", color)
    lines.append(f"{arrow} {place(finding.span)}{_about(resource, group.environments)}")
    for line in shown:
        if line is None:
            lines.append(paint("…".rjust(gutter) + " |", "dim", color))
        else:
            lines += _source_line(line, finding.severity, gutter, options)
    bullet = paint(" " * gutter + " =", "dim", color)
    lines += [f"{bullet} {clause}" for clause in _clauses(group, finding)]
    if repair := finding.fix_text or (finding.fix.title if finding.fix else ""):
        lines.append(f"{bullet} {paint('fix:', 'good', color)} {visible(repair)}")
    return lines


def _clauses(group: Group, finding: Finding) -> list[str]:
    """Where the value came from, hop by hop, then the related places that the excerpt does not show."""
    clauses: list[str] = []
    for step, names in group.hops:
        where = f"{place(step.span)}: " if step.span else ""
        clauses.append(f"{where}from {visible(step.words)}{_within(names)}")
    seen = shown_in_excerpt(finding)
    for index, note in enumerate(finding.related):
        if index not in seen:
            clauses.append(f"{place(note.span)}: {visible(note.message)}")
    return clauses


def _source_line(line: Line, severity: str, gutter: int, options: Options) -> list[str]:
    """A line and what is pointed at in it; marks that do not meet share one row below it."""
    color = options.color
    room = max(24, options.width - gutter - 3) if options.width else 0
    number = paint(f"{line.number:>{gutter}} |", "dim", color)
    empty = paint(" " * gutter + " |", "dim", color)
    focus = line.marks[0] if line.marks else Mark(0, 0)
    text = clip(line.text, focus.start, focus.end, room)[0]
    lines = [f"{number} {text}".rstrip()]
    reached = -1
    for mark in line.marks:
        shown, begin, end = clip(line.text, mark.start, mark.end, room)
        if shown != text:
            # Another part of a long line: show that part too, or the underline would point at something else.
            text, reached = shown, -1
            lines.append(f"{number} {text}".rstrip())
        sign, style = ("-", "related") if mark.clause else ("^", severity)
        underline = paint(sign * max(1, end - begin), style, color)
        clause = paint(f" {visible(mark.clause)}", style, color) if mark.clause else ""
        if 0 <= reached < begin:
            lines[-1] += " " * (begin - reached) + underline + clause
        else:
            lines.append(f"{empty} {' ' * begin}{underline}{clause}")
        reached = -1 if mark.clause else begin + max(1, end - begin)
    return lines


def _open(report: Report, options: Options) -> list[str]:
    lines: list[str] = []
    for each, names in open_questions(report):
        label = paint(f"unknown[{visible(each.rule)}]", "dim", options.color)
        lines.append(f"{label}: {visible(each.reason)}")
        lines.append(f" --> {place(each.span)}{_about(each.resource, names)}")
        for missing in each.missing:
            where = f", {place(missing.span)}" if missing.span else ""
            lines.append(f"  = needs {visible(missing.name)}{where}")
    return [paint("Undecided", "path", options.color), "", *lines, ""] if lines else []


def _passed(report: Report, options: Options) -> list[str]:
    lines: list[str] = []
    for each, names in evidence(report):
        label = paint(f"pass[{visible(each.rule)}]", "good", options.color)
        lines.append(f"{label}: {visible(each.evidence)}")
        lines.append(f" --> {place(each.span)}{_about(each.resource, names)}")
    return [paint("Passed", "path", options.color), "", *lines, ""] if lines else []


def _about(resource: str | None, names: list[str]) -> str:
    parts = ([visible(resource)] if resource else []) + ([_within(names).strip(" ()")] if names else [])
    return f" {', '.join(parts)}" if parts else ""


def _within(names: list[str]) -> str:
    return f" (in {listed(visible(name) for name in names)})" if names else ""


def _errors(report: Report, options: Options) -> list[str]:
    lines: list[str] = []
    told = {finding.span for finding in report.findings if finding.rule == "unreadable-file"}
    for each in errors(report):
        if each.span in told:
            continue
        where = place(each.span) if each.span else visible(each.path)
        label = paint("internal error" if each.internal else "error", "high", options.color)
        lines.append(": ".join(part for part in (label, where, visible(each.message)) if part))
    return [*lines, ""] if lines else []


def _summary(report: Report, groups: list[Group], options: Options) -> list[str]:
    worst = next(iter(severities(groups)), "good")
    lines = [paint(headline(groups), worst, options.color), f"judged: {visible(judged(report))}"]
    hints = {"skips", "unknown"} - options.show
    clauses = [visible(clause) for clause in not_judged(report, hints=hints)]
    lines += [f"{' ' * 11 if index else 'not judged:'} {clause}" for index, clause in enumerate(clauses)]
    return lines + [f"note: {visible(notice)}" for notice in report.notices]
