"""What is achieved where nothing is promised, and what a promise could honestly be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from depcheck.policy.vocabulary import LOSSES
from depcheck.policy.words import show_duration
from depcheck.recovery.assessment import HISTORY, achieved
from depcheck.recovery.intervals import UNBOUNDED
from depcheck.reporters.terminal import visible

if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Survey
    from depcheck.recovery.found import Mechanism
    from depcheck.recovery.stores import Store

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
#: Up to so many seconds a figure is rounded up to a multiple of the second number.
_STEPS = ((5 * _MINUTE, _MINUTE), (_HOUR, 5 * _MINUTE), (6 * _HOUR, 15 * _MINUTE), (2 * _DAY, _HOUR))
_BEGINNING = "what could honestly be promised: the worst figures, rounded up, as depcheck.yaml"


def promises(unpromised: Sequence[Assessment], survey: Survey) -> list[str]:
    """A part of ``depcheck.yaml`` that what is configured can keep; losses that nothing helps against are left out."""
    lines: list[str] = []
    names: set[str] = set()
    for each in unpromised:
        best = {loss: found for loss in LOSSES if (found := achieved(each.store, loss, survey)) is not None}
        targets = {loss: text for loss, found in best.items() if (text := _target(found))}
        if not targets or each.store.resource is None:
            continue
        name = _name(each.store, names)
        kept = _kept([found for loss, found in best.items() if loss in HISTORY])
        head = [f'match: ["{visible(each.store.address or "")}"]', f"against: [{', '.join(best)}]"]
        lines.append(f"    {name}: {{{', '.join([*head, *kept])},")
        lines.append(f"      by_loss: {{{', '.join(f'{loss}: {text}' for loss, text in targets.items())}}}}}")
    return [_BEGINNING, "recovery:", "  stores:", *lines] if lines else []


def _target(found: Mechanism) -> str:
    figures = [("rpo", found.rpo.interval.worst), ("rto", found.rto.interval.worst)]
    written = [f"{name}: {rounded(amount.high)}" for name, amount in figures if amount.high != UNBOUNDED]
    return f"{{{', '.join(written)}}}" if written else ""


def _kept(found: Sequence[Mechanism]) -> list[str]:
    """The retention that every history reaches; nothing where none has an end."""
    least = min((each.kept.low for each in found), default=UNBOUNDED)
    return [f"retention: {show_duration(least)}"] if 0 < least < UNBOUNDED else []


def _name(store: Store, taken: set[str]) -> str:
    """A name of its own for a store: the last part of its address."""
    last = (store.address or "store").split("[", 1)[0].rsplit(".", 1)[-1]
    base = "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in last) or "store"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def rounded(amount: float) -> str:
    """Seconds as a person would promise them, never less."""
    step = next((size for most, size in _STEPS if amount <= most), _DAY)
    return show_duration(-(-amount // step) * step) if amount else "0"
