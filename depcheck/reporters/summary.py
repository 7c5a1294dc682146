"""What was judged and what was not, in sentences. Every format that people read says the same."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.findings import SEVERITIES, ReadError, Report, Skipped
from depcheck.reporters.grouping import Group, grouped, listed, open_questions

#: Reasons for which files were skipped that a summary names.
MOST_REASONS = 6


def plural(count: int, noun: str, several: str = "") -> str:
    """``1 file``, ``2 files``, ``1,200 files``."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"


def severities(groups: list[Group]) -> dict[str, int]:
    """How many findings of each severity are shown, only those that occur, the most severe first."""
    counted = dict.fromkeys(SEVERITIES, 0)
    for group in groups:
        counted[group.finding.severity] = counted.get(group.finding.severity, 0) + 1
    return {severity: count for severity, count in counted.items() if count}


def headline(groups: list[Group]) -> str:
    """``3 findings: 1 critical, 2 low``, or that there are none."""
    if not groups:
        return "no findings"
    counts = ", ".join(f"{count:,} {severity}" for severity, count in severities(groups).items())
    return f"{plural(len(groups), 'finding')}: {counts}"


def judged(report: Report) -> str:
    """What the findings are about: files by kind, resources, environments, rules, and the policy."""
    kinds = ", ".join(
        f"{count:,} {kind}" for kind, count in sorted(report.by_kind.items(), key=lambda item: (-item[1], item[0]))
    )
    parts = [plural(report.files, "file") + (f" ({kinds})" if kinds else ""), plural(report.resources, "resource")]
    if report.environments:
        parts.append(f"{plural(len(report.environments), 'environment')} ({', '.join(report.environments)})")
    parts.append(plural(len(report.rules), "rule"))
    against = f"against {report.policy}" if report.policy else "without a policy (depcheck.yaml)"
    return f"{listed(parts)}, {against}"


def not_judged(report: Report, *, hints: Iterable[str] = ()) -> list[str]:
    """What the findings do not cover, one clause each: skipped files, read errors, open questions, suppressed ones.

    ``hints`` are the clauses (``skips``, ``unknown``) that tell which option lists the rest.
    """
    hints = frozenset(hints)
    clauses: list[str] = []
    if report.skipped:
        reasons = by_reason(report.skipped)
        parts = [
            f"{plural(len(paths), 'file')} ({reason}){f': {paths[0]}' if len(paths) == 1 else ''}"
            for reason, paths in reasons[:MOST_REASONS]
        ]
        if rest := sum(len(paths) for _, paths in reasons[MOST_REASONS:]):
            parts.append(f"{rest:,} more")
        all_named = len(report.skipped) == len(reasons) <= MOST_REASONS
        clauses.append(
            f"skipped {', '.join(parts)}{'; --explain-skips lists them' if 'skips' in hints and not all_named else ''}"
        )
    unread = {each.path for each in report.errors if not each.internal}
    if unread:
        clauses.append(f"{plural(len(unread), 'file')} could not be read in full")
    if raised := sum(each.internal for each in report.errors):
        clauses.append(f"{plural(raised, 'check')} failed, which is a fault of depcheck")
    if report.unknown:
        count = plural(len(open_questions(report)), "question")
        hint = "; --show unknown lists them" if "unknown" in hints else ""
        clauses.append(f"{count} left undecided by the configuration{hint}")
    if report.suppressed:
        held = grouped(report.suppressed, report)
        kinds: dict[str, int] = {}
        for group in held:
            kind = group.finding.suppression.kind if group.finding.suppression else "policy"
            kinds[kind] = kinds.get(kind, 0) + 1
        how = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
        clauses.append(f"{plural(len(held), 'finding')} suppressed ({how})")
    return clauses


def by_reason(skipped: list[Skipped]) -> list[tuple[str, list[str]]]:
    """Paths of skipped files by reason, the most frequent reason first."""
    reasons: dict[str, list[str]] = {}
    for each in skipped:
        reasons.setdefault(each.reason, []).append(each.path)
    return sorted(((reason, sorted(paths)) for reason, paths in reasons.items()), key=lambda it: (-len(it[1]), it[0]))


def errors(report: Report) -> list[ReadError]:
    """What could not be read, by place, then what is ours."""
    return sorted(
        report.errors, key=lambda each: (each.internal, each.path, each.span.start if each.span else -1, each.message)
    )
