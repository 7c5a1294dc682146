"""Verdicts as findings: one for the losses that a store is exposed to for one reason at one place."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Fix, Note, Violation
from depcheck.recovery.assessment import Assessment, verdict_on
from depcheck.recovery.intervals import MET
from depcheck.source import Edit, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project

#: What happens to a store, as a sentence goes on after "when".
LOSS_WORDS = {
    "deletion": "its data is deleted",
    "destroy": "it is destroyed",
    "instance": "an instance is lost",
    "zone": "a zone is lost",
    "region": "its region is lost",
    "account": "its account is taken over",
}


def violations(told: list[tuple[Assessment, str, dict[str, object]]], project: Project) -> Iterator[Violation]:
    """One finding for the losses that one store is exposed to for one reason at one place."""
    groups: dict[tuple[object, ...], list[tuple[Assessment, str, dict[str, object]]]] = {}
    for each, variant, words in told:
        change = each.change.after if each.change is not None and each.change.verdict == MET else ""
        place = _place(each, variant)
        key = (
            each.store.name,
            each.store.address,
            each.environment,
            (place.path, place.start),
            variant,
            change,
            *sorted(words.items(), key=str),
        )
        groups.setdefault(tuple(str(part) for part in key), []).append((each, variant, words))
    for group in groups.values():
        each, variant, words = group[0]
        losses = [LOSS_WORDS[one.loss] for one, _, _ in group if one.loss is not None]
        words["loss"] = losses[0] if len(losses) == 1 else f"{', '.join(losses[:-1])} or {losses[-1]}"
        made = _violation(each, project, variant, words)
        made.discriminator = f"{each.store.name}:{','.join(str(one.loss) for one, _, _ in group)}"
        yield made


def _violation(each: Assessment, project: Project, variant: str, words: dict[str, object]) -> Violation:
    change, mechanism = each.change, each.mechanism
    span = _place(each, variant)
    notes: list[Note] = []
    policy = project.policy
    promises = {"rpo": each.target.rpo, "rto": each.target.rto, "retention": each.target.retention}
    # Of a figure that is missed, its own promise is told and not the others that are kept.
    missed = variant.partition("-")[0]
    for promise in [promises[missed]] if missed in promises else promises.values():
        if promise is not None and promise.path and policy is not None:
            notes.append(Note("it is promised here", policy.span(*promise.path)))
    if mechanism is not None and mechanism.span != span:
        notes.append(Note(f"{mechanism.row.title} is what there is", mechanism.span))
    for other in each.considered:
        notes += [Note(f"it does not count: {reason}", where) for reason, where in other.defeated]
    helps = change is not None and change.verdict == MET and _defeat(each) is None
    words["change"] = f"; {_quoted(change.after)} would do" if change is not None and helps else ""
    fix = None
    if change is not None and helps and change.literal:
        fix = Fix(change.after, [Edit(change.span, change.literal)], safe=False)
    return Violation(
        span,
        fix=fix,
        variant=variant,
        resource=each.store.address,
        environment=each.environment,
        related=notes,
        words=words,
        discriminator=f"{each.store.name}:{each.loss}",
    )


def _quoted(change: str) -> str:
    """Code in backquotes, a sentence without."""
    return change if change.startswith(("a ", "an ")) else f"`{change}`"


def _place(each: Assessment, variant: str) -> Span:
    """The place that would make the finding go away if it changed; how long something is kept, its mechanism says."""
    change, mechanism = each.change, each.mechanism
    if variant == "retention" and mechanism is not None:
        return _defeat(each) or mechanism.span
    span = change.span if change is not None and change.verdict == MET else each.span
    if mechanism is not None and (change is None or change.verdict != MET):
        span = mechanism.span
    return _defeat(each) or span


def _defeat(each: Assessment) -> Span | None:
    """The place of what defeats a mechanism that would be enough."""
    for other in each.considered:
        if other.defeated and each.loss is not None and verdict_on(other, each.target, each.loss) == MET:
            return other.defeated[0][1]
    return None
