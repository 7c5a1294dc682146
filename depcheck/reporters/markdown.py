"""Markdown for step summaries and comments on pull requests: one table, the most severe finding first.

GitHub takes 1 MiB of a step summary and 65,536 characters of a comment; past 1,000 rows the rest is counted.
"""

from __future__ import annotations

import re

from depcheck.findings import Report
from depcheck.reporters import Options
from depcheck.reporters.grouping import Group, by_severity, evidence, grouped, listed, open_questions
from depcheck.reporters.sarif_rules import help_uri
from depcheck.reporters.summary import errors, headline, judged, not_judged
from depcheck.reporters.terminal import JOINER, visible, without_line_commands
from depcheck.source import Span

MOST_ROWS = 1000
# An underscore inside a word is no emphasis, and addresses are full of them.
_SPECIAL = re.compile(r"[\\`*\[\]<>|~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
# What GitHub makes a mention or a reference of, and what renderers link by themselves.
_REFERENCE = re.compile(r"(?<=[@#])(?=\w)|(?<=://)(?=\S)|(?<=\bwww)(?=\.)|(?<=\bGH)(?=-\d)")
_CODE = re.compile(r"`([^`]+)`")


def render(report: Report, options: Options) -> str:
    """The report as GitHub Flavoured Markdown."""
    groups = by_severity(grouped(report.findings, report))
    lines = [f"## depcheck: {headline(groups)}", ""]
    if groups:
        lines += ["| Severity | Finding | Place |", "|:--|:--|:--|"]
        lines += [_row(group) for group in groups[:MOST_ROWS]]
        lines.append("")
    if len(groups) > MOST_ROWS:
        lines += [f"{len(groups) - MOST_ROWS:,} less severe findings are not shown here.", ""]
    if "unknown" in options.show and report.unknown:
        rows = [
            f"| {code(each.rule)} | {prose(each.reason)}{_within(names)} | {place(each.span)} |"
            for each, names in open_questions(report)
        ]
        lines += _table("Undecided", ["Rule", "Reason", "Place"], rows)
    if "pass" in options.show and report.passed:
        rows = [
            f"| {code(each.rule)} | {prose(each.evidence)}{_within(names)} | {place(each.span)} |"
            for each, names in evidence(report)
        ]
        lines += _table("Passed", ["Rule", "Evidence", "Place"], rows)
    if report.errors:
        rows = [
            f"| {place(each.span) if each.span else code(each.path)} | {escape(each.message)} |"
            for each in errors(report)
        ]
        lines += _table("Could not be read", ["Place", "Problem"], rows)
    lines += [f"**Judged:** {escape(judged(report))}.", ""]
    clauses = not_judged(report)
    if clauses:
        lines += ["**Not judged:**", "", *(f"- {escape(clause)}" for clause in clauses), ""]
    lines += [f"> {escape(notice)}" for notice in report.notices]
    return without_line_commands("\n".join(lines).rstrip("\n") + "\n")


def escape(text: str) -> str:
    """Text as Markdown shows it, on one line: no markup, no table cell, no mention, no link of its own."""
    text = _REFERENCE.sub(JOINER, visible(text))
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0]) or f"\\{match[0]}", text)


def prose(text: str) -> str:
    """Text in which only pairs of backticks mean something."""
    parts = _CODE.split(text)
    return "".join(code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def code(text: str) -> str:
    """Text as a code span in a table cell."""
    text = visible(text)
    # A cell ends at a bar unless a backslash stands before it, and two backslashes are none.
    text = text.replace("|", "\u2502" if "\\|" in text else "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text or ' '}{pad}{fence}"


def place(span: Span) -> str:
    """``path:line:column`` as code."""
    return code(f"{span.path}:{span.line}:{span.column}")


def _within(names: list[str]) -> str:
    return f" (in {listed(escape(name) for name in names)})" if names else ""


def _row(group: Group) -> str:
    finding = group.finding
    parts = [f"{prose(finding.message)}{_within(group.environments)} [{code(finding.rule)}]({help_uri(finding.rule)})"]
    for step, names in group.hops:
        where = f", {place(step.span)}" if step.span else ""
        parts.append(f"from {escape(step.words)}{where}{_within(names)}")
    parts += [f"{prose(note.message)}, {place(note.span)}" for note in finding.related]
    if repair := finding.fix_text or (finding.fix.title if finding.fix else ""):
        parts.append(f"**fix:** {prose(repair)}")
    about = f"<br>{code(finding.resource)}" if finding.resource else ""
    return f"| {finding.severity} | {'<br>'.join(parts)} | {place(finding.span)}{about} |"


def _table(title: str, head: list[str], rows: list[str]) -> list[str]:
    shown = rows[:MOST_ROWS]
    rest = [f"{len(rows) - MOST_ROWS:,} more are not shown here.", ""] if len(rows) > MOST_ROWS else []
    summary = f"<details><summary>{title} ({len(rows):,})</summary>"
    return [summary, "", f"| {' | '.join(head)} |", "|:--" * len(head) + "|", *shown, "", *rest, "</details>", ""]
