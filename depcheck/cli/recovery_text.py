"""Recovery for a person: the matrix of stores and losses, and one verdict with its arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.policy.vocabulary import LOSSES
from depcheck.recovery.assessment import HISTORY, NO_TARGET, achieved
from depcheck.recovery.intervals import AT_RISK, BREACHED, MET, UNBOUNDED, UNRECOVERABLE, Estimate, merged
from depcheck.recovery.records import between, kept, spoken, told
from depcheck.reporters.terminal import paint, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.precedence import Promise
    from depcheck.recovery.assessment import Assessment, Survey
    from depcheck.recovery.found import Mechanism
    from depcheck.source import Span

_STYLES = {
    "met": "good",
    "at_risk": "medium",
    "breached": "high",
    "unrecoverable": "critical",
    "unknown": "info",
    "no_target": "dim",
}
_MARKS = {"met": "✓", "at_risk": "~", "breached": "✗", "unrecoverable": "✗✗", "unknown": "?", "no_target": "·"}


def words_of(verdict: str) -> str:
    """A verdict as a person reads it."""
    return f"{_MARKS[verdict]} {verdict.replace('_', ' ')}"


def matrix(found: Sequence[Assessment], survey: Survey, *, color: bool) -> str:
    """Every environment: stores and losses, targets against typical and worst, then what to do."""
    if not found:
        return "no stores of data were found\n"
    lines: list[str] = []
    for environment in _in_order(found, survey):
        here = [each for each in found if each.environment == environment]
        lines.append(paint(environment or "no environment told", "bold", color))
        judged = [each for each in here if each.verdict != NO_TARGET]
        if judged:
            lines += _table(judged, color)
        unpromised = [each for each in here if each.verdict == NO_TARGET]
        if unpromised:
            lines += _offers(unpromised, survey, color)
        lines += _problems(judged, color)
        lines.append("")
    lines += _honest(found, survey, color)
    if any("≥" in line for line in lines):
        lines.append(
            "≥ at least: `--explain STORE:LOSS` names what would decide it, such as data_size in depcheck.yaml"
        )
    lines.append(_summary(found))
    return "".join(f"{line}\n" for line in lines)


def _honest(found: Sequence[Assessment], survey: Survey, color: bool) -> list[str]:
    """Without a policy: what one could say of the most critical environment."""
    if survey.project.policy is not None:
        return []
    from depcheck.cli.recovery_offers import promises

    first = _in_order(found, survey)[0]
    lines = promises([each for each in found if each.environment == first], survey)
    return [paint(lines[0], "bold", color), *lines[1:], ""] if lines else []


def _in_order(found: Sequence[Assessment], survey: Survey) -> list[str | None]:
    """The environments, the most critical one first, and at the end what no environment is told of."""
    names = survey.project.environments.names
    present = list(dict.fromkeys(each.environment for each in found))
    known = {name: -at for at, name in enumerate(names, 1)}
    return sorted(present, key=lambda name: (name is None, known.get(name or "", 0)))


def _table(judged: Sequence[Assessment], color: bool) -> list[str]:
    losses = [loss for loss in LOSSES if any(each.loss == loss for each in judged)]
    groups: dict[tuple[str, str | None], list[Assessment]] = {}
    for each in judged:
        groups.setdefault((each.store.called, each.store.address), []).append(each)
    rows: list[list[tuple[str, str]]] = [[("", "bold"), *[(loss, "bold") for loss in losses]]]
    for (name, _), group in groups.items():
        by_loss = {each.loss: each for each in group}
        cells = [by_loss.get(loss) for loss in losses]
        rows.append([(visible(name), "bold"), *[_verdict_cell(each) for each in cells]])
        for label, cell in (("  RPO", _rpo_cell), ("  RTO", _rto_cell), ("  kept", _kept_cell)):
            texts = [(cell(each) if each is not None else "", "") for each in cells]
            if any(text for text, _ in texts):
                rows.append([(label, "dim"), *texts])
    return _aligned(rows, color)


def _verdict_cell(each: Assessment | None) -> tuple[str, str]:
    return ("", "") if each is None else (words_of(each.verdict), _STYLES[each.verdict])


def _rpo_cell(each: Assessment) -> str:
    if each.mechanism is None or each.verdict == UNRECOVERABLE or each.store.kind == "service":
        return _only(each.target.rpo)
    return between(each.mechanism.rpo.interval, each.verdict) + _of(each.target.rpo)


def _rto_cell(each: Assessment) -> str:
    if each.mechanism is None or each.verdict == UNRECOVERABLE:
        return _only(each.target.rto)
    return between(each.mechanism.rto.interval, each.verdict) + _of(each.target.rto)


def _kept_cell(each: Assessment) -> str:
    if each.target.retention is None or each.loss not in HISTORY:
        return ""
    if each.mechanism is None or each.verdict == UNRECOVERABLE:
        return _only(each.target.retention)
    return kept(each.mechanism.kept) + _of(each.target.retention)


def _of(promise: Promise[int] | None) -> str:
    return f" of {spoken(promise.value)}" if promise is not None else ""


def _only(promise: Promise[int] | None) -> str:
    return f"– of {spoken(promise.value)}" if promise is not None else ""


def _offers(unpromised: Sequence[Assessment], survey: Survey, color: bool) -> list[str]:
    """What is achieved where nothing is promised: what a target could honestly be. Stores of which the same is to be
    said are told once."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for each in sorted(unpromised, key=lambda each: _KINDS.get(each.store.kind, len(_KINDS))):
        available = survey.mechanisms(each.store)
        best = [achieved(each.store, loss, survey, available) for loss in LOSSES]
        cells = [_offer(one) for one in best]
        cells += [(between(one.rpo.interval) if one else "", "") for one in best]
        cells += [(between(one.rto.interval) if one else "", "") for one in best]
        groups.setdefault(tuple(cells), []).append(visible(each.store.called))
    rows: list[list[tuple[str, str]]] = [
        [("nothing is promised; achieved", "dim"), *[(loss, "bold") for loss in LOSSES]]
    ]
    among: dict[int, list[str]] = {}
    many = len(LOSSES)
    for group, names in groups.items():
        rows.append([(names[0], "bold"), *group[:many]])
        if any(text for text, _ in group[many:]):
            rows.append([("  RPO", "dim"), *group[many : 2 * many]])
            rows.append([("  RTO", "dim"), *group[2 * many :]])
        among[len(rows)] = names[1:]
    lines: list[str] = []
    for at, line in enumerate(_aligned(rows, color), 1):
        lines.append(line)
        lines += [paint(each, "dim", color) for each in _listed(among.get(at, []))]
    return lines


#: The most telling stores first.
_KINDS = {kind: at for at, kind in enumerate(("database", "cache", "search", "volume", "object", "queue"))}
_WIDTH = 116


def _listed(names: Sequence[str]) -> list[str]:
    """Names that share what was said, in lines of a width that a terminal has."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) + 2 <= _WIDTH:
            lines[-1] += f", {name}"
        else:
            lines.append(f"  and {name}" if not lines else f"      {name}")
    return lines


def _offer(mechanism: Mechanism | None) -> tuple[str, str]:
    return ("nothing", "critical") if mechanism is None else (mechanism.id, "")


def _aligned(rows: Sequence[Sequence[tuple[str, str]]], color: bool) -> list[str]:
    widths = [max(len(row[at][0]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            paint(text, style, color and bool(style)) + " " * (width - len(text)) if style else text.ljust(width)
            for (text, style), width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _problems(judged: Iterable[Assessment], color: bool) -> list[str]:
    """Why what is not met is not, once for all losses of a store for which it is the same."""
    lines: list[str] = []
    groups: dict[tuple[str, str | None, str, tuple[str, ...]], list[str]] = {}
    for each in judged:
        if each.verdict != MET:
            key = (each.store.called, each.store.address, each.verdict, tuple(reasons(each)))
            groups.setdefault(key, []).append(each.loss or "")
    for (name, _, verdict, why), losses in groups.items():
        head = f"{visible(name)}, {', '.join(losses)}: {verdict.replace('_', ' ')}"
        lines += ["", paint(head, _STYLES[verdict], color), *[f"  {line}" for line in why]]
    return lines


def reasons(each: Assessment) -> list[str]:
    """Why a verdict is what it is, and what would change it, in sentences."""
    lines: list[str] = []
    mechanism = each.mechanism
    if each.verdict == UNRECOVERABLE:
        lines.append(f"nothing brings it back ({place(each.span)})")
    elif mechanism is not None:
        words = f": {visible(mechanism.words)}" if mechanism.words else ""
        lines.append(f"by {mechanism.row.title}{words} ({place(mechanism.span)})")
        lines += beyond(each)
    zero = each.target.rpo is not None and each.target.rpo.value == 0 and each.verdict != UNRECOVERABLE
    if zero and mechanism is not None and mechanism.rpo.interval.typical.low > 0:
        lines.append("an RPO of 0 is not attainable by this mechanism")
    for other in each.considered:
        for defeat, span in other.defeated:
            lines.append(f"not counted: {other.row.title}, because {visible(defeat)} ({place(span)})")
    for missing in each.missing:
        where = f" ({place(missing.span)})" if missing.span is not None else ""
        lines.append(f"not decided: {visible(missing.name)}{where}")
    lines += [visible(note) for note in each.notes]
    if each.change is not None:
        change = each.change
        lines.append(
            f"smallest change: {visible(change.before)} → {visible(change.after)} ({place(change.span)}), "
            f"then {change.verdict.replace('_', ' ')}"
        )
    elif each.verdict in (BREACHED, UNRECOVERABLE) and each.store.resource is not None:
        lines.append("no single change of the configuration that depcheck knows would meet it")
    return list(dict.fromkeys(lines))


def beyond(each: Assessment) -> list[str]:
    """Which figures are beyond what is promised, typically or at worst."""
    mechanism, target = each.mechanism, each.target
    lines: list[str] = []
    if mechanism is None or each.verdict not in (BREACHED, AT_RISK):
        return lines
    loses, takes = mechanism.rpo.interval, mechanism.rto.interval
    for verb, interval, promise in (("loses", loses, target.rpo), ("is back after", takes, target.rto)):
        if promise is None:
            continue
        for how, amount in (("typically", interval.typical.low), ("at worst", told(interval.worst, each.verdict))):
            if amount > promise.value:
                lines.append(f"{how} it {verb} {_figure(amount, verb)}, {spoken(promise.value)} promised")
                break
    retention = target.retention if each.loss in HISTORY else None
    if retention is not None and mechanism.kept.high < retention.value:
        lines.append(f"it reaches back {spoken(mechanism.kept.high)}, {spoken(retention.value)} promised")
    return lines


def _figure(amount: float, verb: str) -> str:
    if amount == UNBOUNDED:
        return "more than anything bounds" if verb == "loses" else "a time that nothing bounds"
    return f"{spoken(amount)} of data" if verb == "loses" else spoken(amount)


def place(span: Span) -> str:
    """A place as text."""
    return f"{visible(span.path)}:{span.line}"


def _summary(found: Sequence[Assessment]) -> str:
    counts: dict[str, int] = {}
    for each in found:
        counts[each.verdict] = counts.get(each.verdict, 0) + 1
    order = ("unrecoverable", "breached", "at_risk", "unknown", "met", "no_target")
    listed = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in order if name in counts)
    return f"{len(found)} verdicts: {listed}; typical–worst of target, `--explain STORE:LOSS` shows the arithmetic"


def explained(assessment: Assessment, loss: str, survey: Survey, *, color: bool) -> str:
    """One verdict with every number that it rests on."""
    store = assessment.store
    where = f" in {assessment.environment}" if assessment.environment else ""
    head = f"{visible(store.called)}, {loss}{where}: {assessment.verdict.replace('_', ' ')}"
    lines = [paint(head, "bold", color)]
    if store.address and store.address != store.name:
        lines.append(f"  {visible(store.address)} ({place(assessment.span)})")
    mechanism = assessment.mechanism
    considered = assessment.considered
    if assessment.loss is None:
        considered = [each for each in survey.mechanisms(store) if loss in each.losses]
        mechanism = achieved(store, loss, survey, considered)
        lines.append("  nothing is promised; this is what is achieved")
    else:
        lines.append(f"  promised   {_promises(assessment)}")
    if mechanism is not None and assessment.verdict != UNRECOVERABLE:
        lines += _arithmetic(mechanism, assessment, loss, color)
    if assessment.loss is None and mechanism is not None:
        for missing in merged(mechanism.rpo.interval.missing, mechanism.rto.interval.missing, mechanism.kept.missing):
            where = f" ({place(missing.span)})" if missing.span is not None else ""
            lines.append(f"  not decided: {visible(missing.name)}{where}")
    elif mechanism is None:
        lines.append("  nothing brings it back")
    others = [each for each in considered if each is not mechanism]
    if others:
        lines.append("  also considered")
        for other in others:
            lines.append(f"    {_other(other)}")
    told = reasons(assessment) if assessment.loss is not None else []
    lines += [f"  {line}" for line in told if not line.startswith("by ")]
    return "".join(f"{line}\n" for line in lines)


def _promises(assessment: Assessment) -> str:
    parts = []
    for name, promise in (
        ("RPO", assessment.target.rpo),
        ("RTO", assessment.target.rto),
        ("retention", assessment.target.retention),
    ):
        if promise is not None:
            parts.append(f"{name} {spoken(promise.value)} ({'.'.join(str(part) for part in promise.path)})")
    return ", ".join(parts) or "that it comes back"


def _arithmetic(mechanism: Mechanism, assessment: Assessment, loss: str, color: bool) -> list[str]:
    words = f": {visible(mechanism.words)}" if mechanism.words else ""
    lines = [f"  by         {mechanism.id}, {mechanism.row.title}{words} ({place(mechanism.span)})"]
    if mechanism.row.note:
        lines.append(f"             {mechanism.row.note}")
    if assessment.store.kind != "service":
        lines += _sum("RPO", mechanism.rpo, assessment.target.rpo, color)
    lines += _sum("RTO", mechanism.rto, assessment.target.rto, color)
    if assessment.store.kind != "service":
        lines.append(f"  kept       {kept(mechanism.kept)}{_of(assessment.target.retention)}")
    return lines


def _sum(name: str, estimate: Estimate, promise: Promise[int] | None, color: bool) -> list[str]:
    lines = [paint(f"  {name:<10} {'typical':>14} {'worst':>14}", "dim", color)]
    for term in estimate.terms:
        typical, worst = (_amount(each) for each in (term.interval.typical, term.interval.worst))
        basis = term.basis if term.basis == term.worst_basis else f"{term.basis}, worst {term.worst_basis}"
        key = f" {term.assumption}" if term.assumption else ""
        source = f" {term.source}" if term.source.startswith("https://") else ""
        lines.append(f"  {'':<10} {typical:>14} {worst:>14}  {visible(term.words)} [{basis}{key}]{source}")
    typical, worst = (_amount(each) for each in (estimate.interval.typical, estimate.interval.worst))
    wanted = f", {spoken(promise.value)} promised" if promise is not None else ""
    lines.append(f"  {'':<10} {typical:>14} {worst:>14}  altogether{wanted}")
    return lines


def _amount(amount: object) -> str:
    from depcheck.recovery.intervals import Range

    assert isinstance(amount, Range)
    if amount.decided:
        return spoken(amount.low)
    if amount.high == UNBOUNDED:
        return f"≥ {spoken(amount.low)}"
    return f"{spoken(amount.low)}–{spoken(amount.high)}"


def _other(mechanism: Mechanism) -> str:
    words = f"{mechanism.id} ({place(mechanism.span)}): "
    if mechanism.defeated:
        return words + f"not counted, because {visible(mechanism.defeated[0][0])}"
    open_ = ", not decided whether it is there" if mechanism.exists == "open" else ""
    return (
        words + f"RPO {between(mechanism.rpo.interval)}, RTO {between(mechanism.rto.interval)}, "
        f"kept {kept(mechanism.kept)}{open_}"
    )
