"""One order for every reporter, and equal findings of several environments or instances as one."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.findings import SEVERITIES, Evidence, Finding, OpenQuestion, Report, RuleInfo
from depcheck.source import Span
from depcheck.values import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Stated: TypeAlias = Finding | OpenQuestion | Evidence
RANK = {severity: index for index, severity in enumerate(SEVERITIES)}


class Group:
    """A finding, the environments in which it holds (in the report's order), and the hops to its value.

    ``finding`` is that of the most critical environment, so that its fingerprint outlives changes in the others. A hop
    names environments where it is not the same in all of them.
    """

    __slots__ = ("environments", "finding", "fingerprints", "hops")

    def __init__(self, members: list[Finding], environments: list[str]) -> None:
        self.finding = members[-1]
        self.environments = environments
        self.fingerprints = list(dict.fromkeys(member.fingerprint for member in members))
        hops: dict[tuple[str, Span | None], tuple[Step, list[str]]] = {}
        for member in members:
            for step in member.via:
                _, names = hops.setdefault((step.words, step.span), (step, []))
                _add(names, member.environment)
        self.hops = [(step, names if len(names) < len(environments) else []) for step, names in hops.values()]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """By file, place, rule, then what else tells two findings apart."""
    return sorted(
        findings,
        key=lambda each: (
            each.span.path,
            each.span.start,
            each.span.end,
            each.rule,
            each.message,
            each.resource or "",
            each.environment or "",
            each.fingerprint,
        ),
    )


def grouped(findings: Iterable[Finding], report: Report) -> list[Group]:
    """Findings in order, equal ones of several environments merged, and those of several instances of the same lines
    (of a module that is used twice, of ``for_each``)."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in ordered(findings):
        groups.setdefault(_key(finding), []).append(finding)
    rank = {name: index for index, name in enumerate(report.environments)}
    merged: list[Group] = []
    for members in groups.values():
        members.sort(key=lambda each: _environment_rank(each.environment, rank))
        names = list(dict.fromkeys(each.environment for each in members if each.environment is not None))
        if any(each.environment is None for each in members):
            names = []  # it holds without an environment too
        merged.append(Group(members, names))
    return _instances(merged)


def _instances(groups: list[Group]) -> list[Group]:
    """One group for those that say the same of resources which the same lines make."""
    found: dict[tuple[object, ...], list[Group]] = {}
    for group in groups:
        found.setdefault(_key_of_lines(group), []).append(group)
    for leader, *others in found.values():
        if others:
            from copy import copy  # rarely: its import is not

            leader.finding = copy(leader.finding)
            more = f"{len(others)} more instance{'s' if len(others) > 1 else ''}"
            leader.finding.message += f" (the same in {more})"
            marks = (mark for other in others for mark in other.fingerprints)
            leader.fingerprints = list(dict.fromkeys([*leader.fingerprints, *marks]))
    return [leader for leader, *_ in found.values()]


def _key_of_lines(group: Group) -> tuple[object, ...]:
    """What is the same for all instances of the same lines: everything but the address, and whence values came."""
    finding = group.finding
    if finding.resource is None:
        return (id(group),)
    address = finding.resource
    rule, path, start, end, severity, message, _, _, fix, held = _key(finding)
    return (
        *(rule, path, start, end, severity, held),
        str(message).replace(address, "\0"),
        tuple((note.message.replace(address, "\0"), note.span) for note in finding.related),
        str(fix).replace(address, "\0"),
        tuple((step.span, tuple(names)) for step, names in group.hops),
        tuple(group.environments),
    )


def by_severity(groups: list[Group]) -> list[Group]:
    """The most severe first, else in the order given."""
    return sorted(groups, key=lambda each: RANK.get(each.finding.severity, len(RANK)))


def _environment_rank(name: str | None, rank: dict[str, int]) -> tuple[int, str]:
    return (-1, "") if name is None else (rank.get(name, -1), name)


def _key(finding: Finding) -> tuple[object, ...]:
    span, held = finding.span, finding.suppression
    return (
        finding.rule,
        span.path,
        span.start,
        span.end,
        finding.severity,
        finding.message,
        finding.resource,
        tuple((note.message, note.span) for note in finding.related),
        finding.fix_text,
        (held.kind, held.reason, held.tool, held.until) if held else None,
    )


def open_questions(report: Report) -> list[tuple[OpenQuestion, list[str]]]:
    """What could not be decided, in order, equal ones of several environments or instances merged."""
    merged: dict[tuple[object, ...], tuple[OpenQuestion, list[str]]] = {}
    rank = {name: index for index, name in enumerate(report.environments)}
    for each in sorted(
        report.unknown,
        key=lambda one: (*_place(one), one.rule, one.reason, _environment_rank(one.environment, rank)),
    ):
        key = (*_place(each), each.rule, each.reason)
        _add(merged.setdefault(key, (each, []))[1], each.environment)
    return list(merged.values())


def evidence(report: Report) -> list[tuple[Evidence, list[str]]]:
    """What was found as asked, in order, equal ones of several environments merged."""
    merged: dict[tuple[object, ...], tuple[Evidence, list[str]]] = {}
    rank = {name: index for index, name in enumerate(report.environments)}
    for each in sorted(
        report.passed,
        key=lambda one: (*_place(one), one.rule, one.evidence, _environment_rank(one.environment, rank)),
    ):
        key = (*_place(each), each.rule, each.evidence, each.resource)
        _add(merged.setdefault(key, (each, []))[1], each.environment)
    return list(merged.values())


def _add(names: list[str], name: str | None) -> None:
    if name is not None and name not in names:
        names.append(name)


def _place(each: Stated) -> tuple[str, int, int]:
    return each.span.path, each.span.start, each.span.end


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them: ``a``, ``a and b``, ``a, b and c``."""
    names = list(words)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def all_rules(report: Report) -> list[RuleInfo]:
    """The rules that were run, and those that only a finding names, by id."""
    rules = {rule.id: rule for rule in report.rules}
    for finding in (*report.findings, *report.suppressed):
        if finding.rule not in rules:
            rules[finding.rule] = RuleInfo(
                id=finding.rule,
                pack=finding.pack,
                title=finding.title,
                severity=finding.severity,
                confidence=finding.confidence,
                why=finding.title,
                fix=finding.fix_text,
                controls=finding.controls,
                aliases=finding.aliases,
            )
    others: list[OpenQuestion | Evidence] = [*report.unknown, *report.passed]
    for each in others:
        if each.rule not in rules:
            severity = each.severity if isinstance(each, OpenQuestion) else "info"
            rules[each.rule] = RuleInfo(
                id=each.rule, pack="", title=each.rule, severity=severity, confidence="high", why=each.rule, fix=""
            )
    return [rules[name] for name in sorted(rules)]
