"""The report for programs: every finding of every environment, nothing merged, nothing left out.

The contract is ``schemas/report.schema.json``. Everything is in it whatever ``--show`` says.
"""

from __future__ import annotations

from depcheck import __version__
from depcheck.findings import Evidence, Finding, Fix, OpenQuestion, ReadError, Report, RuleInfo
from depcheck.reporters import Options
from depcheck.reporters.grouping import ordered
from depcheck.reporters.jsontext import dump, encoded, location
from depcheck.reporters.summary import errors
from depcheck.source import Span


def render(report: Report, options: Options) -> str:
    """The report as JSON, one entry a line."""
    unknown = sorted(report.unknown, key=lambda each: (*_place(each.span), each.rule, each.environment or ""))
    passed = sorted(report.passed, key=lambda each: (*_place(each.span), each.rule, each.environment or ""))
    return dump(
        {
            "version": 1,
            "tool": {"name": "depcheck", "version": __version__},
            "summary": {
                "files": report.files,
                "skipped": len(report.skipped),
                "resources": report.resources,
                "rules": len(report.rules),
                "findings": report.counts(),
                "passed": len(report.passed),
                "unknown": len(report.unknown),
                "suppressed": len(report.suppressed),
            },
            "findings": [encoded(_finding(each)) for each in ordered(report.findings)],
            "unknown": [encoded(_unknown(each)) for each in unknown],
            "passed": [encoded(_passed(each)) for each in passed],
            "suppressed": [
                encoded({**_finding(each), "suppression": _suppression(each)}) for each in ordered(report.suppressed)
            ],
            "skipped": [
                {"path": each.path, "reason": each.reason}
                for each in sorted(report.skipped, key=lambda one: (one.path, one.reason))
            ],
            "errors": [_error(each) for each in errors(report)],
        }
    )


def render_rules(rules: list[RuleInfo]) -> str:
    """The catalogue as ``rules --format json`` prints it."""
    return dump(
        [
            {
                "id": rule.id,
                "pack": rule.pack,
                "profile": rule.profile,
                "title": rule.title,
                "severity": rule.severity,
                "confidence": rule.confidence,
                "why": rule.why,
                "fix": rule.fix,
                "controls": list(rule.controls),
                "aliases": rule.aliases,
            }
            for rule in rules
        ],
        1,
    )


def _place(span: Span) -> tuple[str, int, int]:
    return span.path, span.start, span.end


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "pack": finding.pack,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "environment": finding.environment,
        "resource": finding.resource,
        "location": location(finding.span),
        "related": _related(finding),
        "controls": list(finding.controls),
        "fix": _fix(finding.fix_text, finding.fix) if finding.fix_text or finding.fix else None,
    }


def _related(finding: Finding) -> list[dict[str, object]]:
    """The hops to the value that have a place, then the other places, each with its clause."""
    hops = [(f"from {step.words}", step.span) for step in finding.via if step.span is not None]
    notes = [(note.message, note.span) for note in finding.related]
    return [{"message": message, "location": location(span)} for message, span in hops + notes]


def _fix(text: str, fix: Fix | None) -> dict[str, object]:
    """What to do in a sentence; ``edits`` is empty where it has to be done by hand."""
    return {
        "text": text or (fix.title if fix else ""),
        "title": fix.title if fix else None,
        "safe": fix.safe if fix else None,
        "edits": [{"location": location(edit.span), "replacement": edit.replacement} for edit in fix.edits]
        if fix
        else [],
    }


def _suppression(finding: Finding) -> dict[str, object] | None:
    held = finding.suppression
    if held is None:
        return None
    return {
        "kind": held.kind,
        "tool": held.tool,
        "reason": held.reason,
        "until": held.until,
        "location": location(held.span) if held.span else None,
    }


def _unknown(each: OpenQuestion) -> dict[str, object]:
    return {
        "rule": each.rule,
        "severity": each.severity,
        "environment": each.environment,
        "resource": each.resource,
        "location": location(each.span),
        "reason": each.reason,
        "missing": [
            {"name": missing.name, "location": location(missing.span) if missing.span else None}
            for missing in each.missing
        ],
    }


def _passed(each: Evidence) -> dict[str, object]:
    return {
        "rule": each.rule,
        "environment": each.environment,
        "resource": each.resource,
        "location": location(each.span),
        "evidence": each.evidence,
    }


def _error(each: ReadError) -> dict[str, object]:
    return {
        "path": each.path,
        "location": location(each.span) if each.span else None,
        "message": each.message,
    }
