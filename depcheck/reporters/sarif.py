"""SARIF 2.1.0 for code scanning: one run, equal findings of several environments merged.

Services store 5,000 results of an upload, so the most severe 5,000 are written and the rest is counted in a
notification. GitHub's code scanning does not read ``suppressions``: ``Options.suppressed`` leaves such results out.
"""

from __future__ import annotations

import re

from depcheck import __version__
from depcheck.findings import Excerpt, Finding, Fix, Report, Suppression
from depcheck.reporters import Options
from depcheck.reporters.excerpts import marked_lines
from depcheck.reporters.grouping import (
    Group,
    all_rules,
    by_severity,
    evidence,
    grouped,
    listed,
    open_questions,
)
from depcheck.reporters.jsontext import Encoded, dump, encoded
from depcheck.reporters.sarif_rules import HELP, LEVELS, descriptor, pascal
from depcheck.reporters.summary import by_reason, errors, plural
from depcheck.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 5000
#: Code scanning shows 100 locations of a result.
MOST_LOCATIONS = 100
#: Characters of an excerpt that are worth repeating.
MOST_SNIPPET = 1000
_NOTIFICATIONS = {
    "unreadable-input": "A file, or a part of one, that could not be read.",
    "check-failed": "A check that raised an error: a fault of depcheck.",
    "skipped-files": "Files that were not read.",
    "results-left-out": "More results than code scanning services accept.",
    "run-notice": "Something to know about the run.",
}
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~/]*")


def render(report: Report, options: Options) -> str:
    """The report as one SARIF run."""
    rules = all_rules(report)
    index = {rule.id: position for position, rule in enumerate(rules)}
    groups = by_severity(grouped(report.findings, report))
    total = len(groups)
    results = [encoded(_result(group, index)) for group in groups[:MOST_RESULTS]]
    if options.suppressed:
        held = by_severity(grouped(report.suppressed, report))
        total += len(held)
        results += [encoded(_result(group, index)) for group in held[: MOST_RESULTS - len(results)]]
    if "unknown" in options.show:
        opened = _open(report, index)
        total += len(opened)
        results += opened[: MOST_RESULTS - len(results)]
    if "pass" in options.show:
        passed = _passed(report, index)
        total += len(passed)
        results += passed[: MOST_RESULTS - len(results)]
    driver = {
        "name": "depcheck",
        "fullName": f"depcheck {__version__}",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": HELP.partition("/blob/")[0],
        "rules": [descriptor(rule) for rule in rules],
        "notifications": [
            {
                "id": name,
                "name": pascal(name),
                "shortDescription": {"text": text},
                "fullDescription": {"text": text},
                "help": {"text": text},
            }
            for name, text in _NOTIFICATIONS.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{options.category.rstrip('/')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that was scanned."}}},
        "invocations": [_invocation(report, total - len(results))],
        "results": results,
        "properties": {
            "files": report.files,
            "resources": report.resources,
            "environments": report.environments,
            "counts": report.counts(),
            "unknown": len(report.unknown),
            "passed": len(report.passed),
            "suppressed": len(report.suppressed),
        },
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, 8)


def uri(path: str) -> str:
    """A relative path as a URI reference: everything but unreserved characters and ``/`` percent-encoded."""
    if _UNRESERVED.fullmatch(path):
        return path
    encoded: list[str] = []
    for character in path:
        if _UNRESERVED.fullmatch(character):
            encoded.append(character)
        else:
            # A file name that is not UTF-8 keeps its bytes; any other lone surrogate has none.
            raw = character.encode("utf-8", "surrogateescape" if "\udc80" <= character <= "\udcff" else "replace")
            encoded.append("".join(f"%{byte:02X}" for byte in raw))
    return "".join(encoded)


def _artifact(path: str) -> dict[str, object]:
    if path.startswith("/"):
        return {"uri": f"file://{uri(path)}"}
    return {"uri": uri(path), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, object]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _physical(span: Span) -> dict[str, object]:
    return {"artifactLocation": _artifact(span.path), "region": _region(span)}


def _location(span: Span, resource: str | None, finding: Finding | None = None) -> dict[str, object]:
    place = _region(span)
    physical: dict[str, object] = {"artifactLocation": _artifact(span.path), "region": place}
    if finding is not None and finding.excerpt is not None:
        region, context = _snippets(finding, finding.excerpt)
        if region:
            place["snippet"] = {"text": region}
        if context:
            physical["contextRegion"] = context
    found: dict[str, object] = {"physicalLocation": physical}
    if resource:
        found["logicalLocations"] = [{"fullyQualifiedName": resource, "kind": "resource"}]
    return found


def _snippets(finding: Finding, excerpt: Excerpt) -> tuple[str, dict[str, object] | None]:
    """The masked text of the place, and its masked lines, for readers who do not have the files."""
    span, lines = finding.span, sorted(excerpt.lines)
    numbers = [number for number, _ in lines]
    text = "\n".join(line for _, line in lines)
    whole = bool(numbers) and numbers == list(range(numbers[0], numbers[-1] + 1))
    if not whole or len(text) > MOST_SNIPPET or not numbers[0] <= span.line <= span.end_line <= numbers[-1]:
        return "", None
    context: dict[str, object] = {"startLine": numbers[0], "endLine": numbers[-1], "snippet": {"text": text}}
    region = ""
    if span.line == span.end_line:
        for line in marked_lines(finding):
            if line and line.number == span.line:
                region = line.text[line.marks[0].start : line.marks[0].end]
    # SARIF wants a context that is larger than its region.
    return region, context if len(text) > len(region) and len(text) > span.end - span.start else None


def _plain(text: str) -> str:
    """Message text in which nothing reads as SARIF's embedded link, whatever a scanned file called itself."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _message(text: str, environments: list[str]) -> dict[str, object]:
    return {"text": f"{_plain(text)} (in {_plain(listed(environments))})" if environments else _plain(text)}


def _result(group: Group, index: dict[str, int]) -> dict[str, object]:
    finding = group.finding
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "kind": "fail",
        "level": LEVELS[finding.severity],
        "message": _message(finding.message, group.environments),
        "locations": [_location(finding.span, finding.resource, finding)],
        "partialFingerprints": {"depcheckFingerprint/v1": finding.fingerprint},
    }
    if related := _related(group):
        result["relatedLocations"] = related
    if finding.fix and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix)]
    if finding.suppression:
        result["suppressions"] = [_suppression(finding.suppression)]
    result["properties"] = _properties(finding, group)
    return result


def _properties(finding: Finding, group: Group) -> dict[str, object]:
    properties: dict[str, object] = {"severity": finding.severity, "confidence": finding.confidence}
    if group.environments:
        properties["environments"] = group.environments
    if len(group.fingerprints) > 1:
        properties["fingerprints"] = group.fingerprints
    if finding.fix_text:
        properties["fix"] = finding.fix_text
    return properties


def _related(group: Group) -> list[dict[str, object]]:
    places: list[tuple[str, Span]] = []
    for step, names in group.hops:
        if step.span is not None:
            places.append((f"from {step.words}{f' (in {listed(names)})' if names else ''}", step.span))
    places += [(note.message, note.span) for note in group.finding.related]
    return [
        {"id": number, "physicalLocation": _physical(span), "message": {"text": _plain(message)}}
        for number, (message, span) in enumerate(places[:MOST_LOCATIONS], 1)
    ]


def _fix(fix: Fix) -> dict[str, object]:
    files: dict[str, list[dict[str, object]]] = {}
    for edit in sorted(fix.edits, key=lambda each: (each.span.path, each.span.start, each.span.end)):
        replacement: dict[str, object] = {"deletedRegion": _region(edit.span)}
        if edit.replacement:
            replacement["insertedContent"] = {"text": edit.replacement}
        files.setdefault(edit.span.path, []).append(replacement)
    return {
        "description": {"text": _plain(fix.title)},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements} for path, replacements in files.items()
        ],
        "properties": {"safe": fix.safe},
    }


def _suppression(held: Suppression) -> dict[str, object]:
    suppressed: dict[str, object] = {
        "kind": "inSource" if held.kind in ("inline", "peer") else "external",
        "status": "accepted",
        "justification": held.reason,
    }
    if held.span:
        suppressed["location"] = {"physicalLocation": _physical(held.span)}
    suppressed["properties"] = {"by": held.kind, "tool": held.tool, **({"until": held.until} if held.until else {})}
    return suppressed


def _open(report: Report, index: dict[str, int]) -> list[Encoded]:
    results: list[Encoded] = []
    for each, names in open_questions(report):
        needs = listed(missing.name for missing in each.missing)
        result: dict[str, object] = {
            "ruleId": each.rule,
            "ruleIndex": index[each.rule],
            "kind": "open",
            "level": "none",
            "message": _message(f"undecided: {each.reason}{f'; needs {needs}' if needs else ''}", names),
            "locations": [_location(each.span, each.resource)],
        }
        places = [(f"{missing.name} is asked for here", missing.span) for missing in each.missing]
        related = [
            {"id": number, "physicalLocation": _physical(span), "message": {"text": _plain(message)}}
            for number, (message, span) in enumerate(places[:MOST_LOCATIONS], 1)
            if span
        ]
        if related:
            result["relatedLocations"] = related
        results.append(encoded(result))
    return results


def _passed(report: Report, index: dict[str, int]) -> list[Encoded]:
    return [
        encoded(
            {
                "ruleId": each.rule,
                "ruleIndex": index[each.rule],
                "kind": "pass",
                "level": "none",
                "message": _message(each.evidence, names),
                "locations": [_location(each.span, each.resource)],
            }
        )
        for each, names in evidence(report)
    ]


def _invocation(report: Report, left_out: int) -> dict[str, object]:
    """How the run went. It was successful unless a check raised; what a file lacks is not the run's fault."""
    notifications: list[dict[str, object]] = []
    for each in errors(report):
        name = "check-failed" if each.internal else "unreadable-input"
        place: dict[str, object] = {"artifactLocation": _artifact(each.path)} if each.path else {}
        notice = _notification(name, "error" if each.internal else "warning", each.message)
        if each.span or place:
            notice["locations"] = [{"physicalLocation": _physical(each.span) if each.span else place}]
        notifications.append(notice)
    for reason, paths in by_reason(report.skipped):
        notice = _notification("skipped-files", "note", f"{plural(len(paths), 'file')} skipped: {reason}")
        notice["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(path)}} for path in paths[:100]]
        notifications.append(notice)
    if left_out:
        text = f"{left_out:,} of the less severe results are left out: code scanning stores {MOST_RESULTS:,} of a run"
        notifications.append(_notification("results-left-out", "warning", text))
    notifications += [_notification("run-notice", "note", notice) for notice in report.notices]
    return {
        "executionSuccessful": not any(each.internal for each in report.errors),
        "toolExecutionNotifications": notifications,
    }


def _notification(name: str, level: str, text: str) -> dict[str, object]:
    position = list(_NOTIFICATIONS).index(name)
    return {"descriptor": {"id": name, "index": position}, "level": level, "message": {"text": _plain(text)}}
