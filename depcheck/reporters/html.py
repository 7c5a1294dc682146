"""One HTML file that needs nothing else: no script, no font, no request; it prints, and it knows dark and light."""

from __future__ import annotations

import re

from depcheck import __version__
from depcheck.findings import Report
from depcheck.reporters import Options
from depcheck.reporters.excerpts import Line, marked_lines, shortened
from depcheck.reporters.grouping import Group, evidence, grouped, listed, open_questions
from depcheck.reporters.markup import attribute, escape
from depcheck.reporters.sarif_rules import help_uri
from depcheck.reporters.summary import errors, headline, judged, not_judged, severities
from depcheck.source import Span

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--card:#fff;--page:#f6f8fa;--mark:#ffe08a}
@media(prefers-color-scheme:dark){
:root{--ink:#e6edf3;--soft:#9198a1;--line:#30363d;--card:#161b22;--page:#0d1117;--mark:#6b5300}}
body{margin:0 auto;max-width:62rem;padding:1.5rem;font:15px/1.5 system-ui,sans-serif;
color:var(--ink);background:var(--page)}
h1{font-size:1.5rem;margin:0}h2{font:600 1rem ui-monospace,monospace;margin:2rem 0 .5rem;overflow-wrap:anywhere}
article,details{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.7rem 1rem;
margin:.6rem 0;break-inside:avoid}
article{border-left:5px solid var(--tone)}h3{font-size:1rem;margin:0}p,ul{margin:.3rem 0}
summary{font-weight:600;cursor:pointer}
.critical{--tone:#a40e26}.high{--tone:#d1242f}.medium{--tone:#9a6700}.low{--tone:#0969da}.info{--tone:#6e7781}
.tag{background:var(--tone);color:#fff;border-radius:4px;padding:.05rem .45rem;font-size:.8rem}
.soft{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow-x:auto;margin:.5rem 0;padding:.5rem;border:1px solid var(--line);border-radius:4px;tab-size:4}
pre i{color:var(--soft);font-style:normal;user-select:none}mark{background:var(--mark);color:inherit}
mark.point{padding:0 .15em}u{text-decoration:underline dotted}table{border-collapse:collapse;width:100%}
td,th{border-top:1px solid var(--line);text-align:left;padding:.25rem .5rem;vertical-align:top;overflow-wrap:anywhere}
"""
#: A longer line is cut around what is pointed at.
MOST_COLUMNS = 400
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_CODE = re.compile(r"`([^`]+)`")


def render(report: Report, options: Options) -> str:
    """The report as one HTML page."""
    groups = grouped(report.findings, report)
    body = [f"<header><h1>depcheck: {escape(headline(groups))}</h1>"]
    chips = [f'<span class="tag {name}">{count:,} {name}</span>' for name, count in severities(groups).items()]
    body += [f"<p>{' '.join(chips)}</p>"] if chips else []
    body.append(f"<p><b>Judged:</b> {escape(judged(report))}.</p>")
    clauses = not_judged(report)
    if clauses:
        body.append(f"<p><b>Not judged:</b></p><ul>{''.join(f'<li>{escape(clause)}</li>' for clause in clauses)}</ul>")
    body += [f'<p class="soft">{escape(notice)}</p>' for notice in report.notices]
    body.append("</header><main>")
    path = None
    for group in groups:
        if group.finding.span.path != path:
            path = group.finding.span.path
            body.append(f"<h2>{escape(path)}</h2>")
        body.append(_card(group))
    body += _tables(report, options)
    body.append(f'</main><footer class="soft">depcheck {escape(__version__)}</footer>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy"{attribute("content", _POLICY)}>\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>depcheck report</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def prose(text: str) -> str:
    """Text in which only pairs of backticks mean something."""
    parts = _CODE.split(text)
    return "".join(f"<code>{escape(part)}</code>" if at % 2 else escape(part) for at, part in enumerate(parts))


def _place(span: Span) -> str:
    return f"<code>{escape(f'{span.path}:{span.line}:{span.column}')}</code>"


def _within(names: list[str]) -> str:
    return f" (in {escape(listed(names))})" if names else ""


def _card(group: Group) -> str:
    finding = group.finding
    about = f" <code>{escape(finding.resource)}</code>" if finding.resource else ""
    parts = [
        f'<article class="{finding.severity}" id="{escape(finding.fingerprint)}">'
        f'<h3><span class="tag">{finding.severity}</span> {prose(finding.message)}</h3>',
        f'<p class="soft">{_place(finding.span)}{about}{_within(group.environments)}, rule '
        f'<a href="{escape(help_uri(finding.rule))}">{escape(finding.rule)}</a></p>',
    ]
    shown = marked_lines(finding)
    if shown:
        parts.append(f"<pre>{chr(10).join(_line(line) for line in shown)}</pre>")
    clauses = [
        f"from {prose(step.words)}{f', {_place(step.span)}' if step.span else ''}{_within(names)}"
        for step, names in group.hops
    ]
    clauses += [f"{prose(note.message)}, {_place(note.span)}" for note in finding.related]
    if clauses:
        parts.append(f"<ul>{''.join(f'<li>{clause}</li>' for clause in clauses)}</ul>")
    if repair := finding.fix_text or (finding.fix.title if finding.fix else ""):
        parts.append(f"<p><b>Fix.</b> {prose(repair)}</p>")
    if finding.controls:
        parts.append(f'<p class="soft">{escape(", ".join(finding.controls))}</p>')
    return "".join(parts) + "</article>"


def _line(line: Line | None) -> str:
    if line is None:
        return "<i>    …</i>"
    line = shortened(line, MOST_COLUMNS)
    text = line.text
    parts = [f"<i>{line.number:>5}  </i>"]
    at = 0
    for mark in sorted(line.marks, key=lambda each: (each.start, each.end)):
        if mark.start < at:
            continue
        parts.append(_source(text[at : mark.start]))
        tag, end = ("u", "u") if mark.clause else ("mark", "mark")
        title = attribute("title", mark.clause) if mark.clause else "" if mark.end > mark.start else ' class="point"'
        parts.append(f"<{tag}{title}>{_source(text[mark.start : mark.end])}</{end}>")
        at = mark.end
    return "".join(parts) + _source(text[at:])


def _source(text: str) -> str:
    return "\t".join(escape(part) for part in text.split("\t"))


def _tables(report: Report, options: Options) -> list[str]:
    tables: list[str] = []
    if report.unknown:
        rows = [
            [f"<code>{escape(each.rule)}</code>", f"{prose(each.reason)}{_within(names)}", _place(each.span)]
            for each, names in open_questions(report)
        ]
        tables.append(_table("Undecided", ["Rule", "Reason", "Place"], rows))
    if "pass" in options.show and report.passed:
        rows = [
            [f"<code>{escape(each.rule)}</code>", f"{prose(each.evidence)}{_within(names)}", _place(each.span)]
            for each, names in evidence(report)
        ]
        tables.append(_table("Passed", ["Rule", "Evidence", "Place"], rows))
    if report.suppressed:
        rows = []
        for group in grouped(report.suppressed, report):
            held = group.finding.suppression
            reason = f"{escape(held.kind)}: {escape(held.reason)}" if held else ""
            rows.append([f"<code>{escape(group.finding.rule)}</code>", reason, _place(group.finding.span)])
        tables.append(_table("Suppressed", ["Rule", "Reason", "Place"], rows))
    if report.errors:
        rows = [
            [_place(each.span) if each.span else f"<code>{escape(each.path)}</code>", escape(each.message)]
            for each in errors(report)
        ]
        tables.append(_table("Could not be read", ["Place", "Problem"], rows))
    if report.skipped:
        rows = [
            [f"<code>{escape(each.path)}</code>", escape(each.reason)]
            for each in sorted(report.skipped, key=lambda one: (one.path, one.reason))
        ]
        tables.append(_table("Skipped", ["File", "Reason"], rows))
    return tables


def _table(title: str, head: list[str], rows: list[list[str]]) -> str:
    header = "".join(f"<th>{name}</th>" for name in head)
    lines = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<details><summary>{title} ({len(rows):,})</summary><table><tr>{header}</tr>\n{lines}</table></details>"
