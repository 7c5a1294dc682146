"""Assessments as data: what ``depcheck recovery --format json`` prints and what rules take their words from."""

from __future__ import annotations

from depcheck.policy.precedence import Promise
from depcheck.policy.words import show_duration
from depcheck.recovery.assessment import NO_TARGET, Assessment
from depcheck.recovery.figures import Assumptions
from depcheck.recovery.found import Mechanism
from depcheck.recovery.intervals import AT_RISK, MET, UNBOUNDED, UNRECOVERABLE, Interval, Range
from depcheck.source import Span


def record(assessment: Assessment, assumptions: Assumptions) -> dict[str, object]:
    """One assessment by the contract of the JSON report."""
    change = assessment.change
    return {
        "environment": assessment.environment,
        "store": assessment.store.promised or assessment.store.called,
        "address": assessment.store.address,
        "kind": assessment.store.kind,
        "loss": assessment.loss,
        "verdict": assessment.verdict,
        "target": {
            "rpo_seconds": _promised(assessment.target.rpo),
            "rto_seconds": _promised(assessment.target.rto),
            "retention_seconds": _promised(assessment.target.retention),
        },
        "current": _current(assessment),
        "mechanism": _mechanism(assessment.mechanism),
        "missing": [each.name for each in assessment.missing] + assessment.notes,
        "least_change": None
        if change is None
        else {
            "location": location(change.span),
            "from": change.before,
            "to": change.after,
            "verdict": change.verdict,
        },
        "assumptions": assumed(assessment.mechanism, assumptions) if assessment.verdict != UNRECOVERABLE else {},
        "sources": sources(assessment.mechanism),
    }


def _promised(promise: Promise[int] | None) -> int | None:
    return promise.value if promise is not None else None


def _current(assessment: Assessment) -> dict[str, object] | None:
    mechanism = assessment.mechanism
    if assessment.verdict in (UNRECOVERABLE, NO_TARGET) or mechanism is None:
        return None
    service = assessment.store.kind == "service"
    return {
        "rpo_seconds": None if service else _interval(mechanism.rpo.interval, assessment.verdict),
        "rto_seconds": _interval(mechanism.rto.interval, assessment.verdict),
        "retention_seconds": None if service else _seconds(mechanism.kept.low),
    }


def _interval(interval: Interval, verdict: str) -> dict[str, object]:
    return {"typical": _seconds(told(interval.typical, verdict)), "worst": _seconds(told(interval.worst, verdict))}


def told(amount: Range, verdict: str) -> float:
    """The number that is told of a range: the least that is certain, or what a verdict that is given relies on."""
    if verdict in (MET, AT_RISK) and amount.high != UNBOUNDED:
        return amount.high
    return amount.low


def _seconds(amount: float) -> int | None:
    return None if amount == UNBOUNDED else round(amount)


def _mechanism(mechanism: Mechanism | None) -> dict[str, object] | None:
    if mechanism is None:
        return None
    return {
        "id": mechanism.id,
        "location": location(mechanism.span),
        "defeated_by": [words for words, _ in mechanism.defeated],
    }


def location(span: Span) -> dict[str, object]:
    """A place as JSON reports give it."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "path": span.path,
        "start": {"line": line, "column": column},
        "end": {"line": end_line, "column": end_column},
    }


def assumed(mechanism: Mechanism | None, assumptions: Assumptions) -> dict[str, str]:
    """The assumptions that the figures of a mechanism rest on, as they are written in a policy."""
    found: dict[str, str] = {}
    for estimate in (mechanism.rpo, mechanism.rto) if mechanism is not None else ():
        for term in estimate.terms:
            if term.assumption:
                found[term.assumption] = assumptions.shown(term.assumption, term.variant)
    return found


def sources(mechanism: Mechanism | None) -> list[str]:
    """The pages that say what the figures of a mechanism rest on."""
    if mechanism is None:
        return []
    found = dict.fromkeys(each for each in mechanism.row.sources if each.startswith("https://"))
    for estimate in (mechanism.rpo, mechanism.rto):
        for term in estimate.terms:
            if term.source.startswith("https://"):
                found[term.source.split(" ", 1)[0]] = None
    return list(found)


def spoken(amount: float) -> str:
    """Seconds for a person: ``2h53m``, ``0``, ``without bound``."""
    if amount == UNBOUNDED:
        return "without bound"
    if 0 < amount < 1:
        return f"{amount:g}s"
    return show_duration(amount)


def kept(amount: Range) -> str:
    """How long something is kept, for a person."""
    if amount.low == UNBOUNDED:
        return "until deleted"
    if not amount.decided:
        return f"at least {spoken(amount.low)}" if amount.low else "not known"
    return spoken(amount.low)


def between(interval: Interval, verdict: str = "") -> str:
    """A typical and a worst figure for a person: ``5m–10m``."""
    typical, worst = told(interval.typical, verdict), told(interval.worst, verdict)
    open_ = not (interval.typical.decided and interval.worst.decided) and verdict not in (MET, AT_RISK)
    typical, worst = _in_minutes(typical), _in_minutes(worst)
    words = spoken(typical) if typical == worst else f"{spoken(typical)}–{spoken(worst)}"
    return f"≥ {words}" if open_ else words


def _in_minutes(amount: float) -> float:
    """Hours to the minute, rounded up: what an estimate says of seconds nobody needs at a glance."""
    return amount if amount < 3_600 or amount == UNBOUNDED else -(-amount // 60) * 60


def excess(each: Assessment, *, worst: bool) -> tuple[str, dict[str, object]]:
    """Which figure is beyond its target, and the words for it."""
    mechanism, target = each.mechanism, each.target
    assert mechanism is not None
    words: dict[str, object] = {"store": each.store.name, "by": mechanism.row.title}
    for name, estimate, promise in (("rpo", mechanism.rpo, target.rpo), ("rto", mechanism.rto, target.rto)):
        if promise is None:
            continue
        amount = estimate.interval.worst if worst else estimate.interval.typical
        figure = told(amount, each.verdict) if worst else amount.low
        if figure > promise.value:
            words |= {"figure": spoken(_in_minutes(figure)), "promised": spoken(promise.value)}
            if figure == UNBOUNDED:
                return f"{name}-unbounded", words
            if name == "rpo" and promise.value == 0:
                return "rpo-zero", words
            return name, words
    kept = mechanism.kept
    words |= {"figure": spoken(kept.high), "promised": spoken(target.retention.value) if target.retention else ""}
    return "retention", words
