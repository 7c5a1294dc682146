"""What is achieved where nothing is promised, and what a promise could honestly be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from depcheck.policy.vocabulary import LOSSES
from depcheck.policy.words import show_duration
from depcheck.recovery.assessment import HISTORY, achieved
from depcheck.recovery.intervals import UNBOUNDED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Survey
    from depcheck.recovery.found import Mechanism
    from depcheck.recovery.stores import Store

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
#: Up to so many seconds a figure is rounded up to a multiple of the second number.
_STEPS = ((5 * _MINUTE, _MINUTE), (_HOUR, 5 * _MINUTE), (6 * _HOUR, 15 * _MINUTE), (2 * _DAY, _HOUR))
#: Names of resources that stand for their module.
_SAYS_NOTHING = frozenset({"this", "main", "default"})
_ITS_OWN = {"rpo": "0", "rto": "0"}


def offers(unpromised: Sequence[Assessment], survey: Survey) -> dict[str, object]:
    """Entries of ``recovery.stores`` that what is configured can keep: the worst figures, rounded up. Losses
    that nothing helps against are left out."""
    made: dict[str, object] = {}
    addresses: set[str] = set()
    for each in unpromised:
        best = {loss: found for loss in LOSSES if (found := achieved(each.store, loss, survey)) is not None}
        # That a service loses nothing and is not interrupted is its own affair, and no promise of whoever uses it.
        targets = {loss: target for loss, found in best.items() if (target := _target(found)) not in ({}, _ITS_OWN)}
        address = each.store.address or ""
        if not targets or each.store.resource is None or address in addresses:
            continue
        addresses.add(address)
        kept = _kept([found for loss, found in best.items() if loss in HISTORY and loss in targets])
        figures = [*targets.values()]
        same = all(each == figures[0] for each in figures)
        promised: dict[str, object] = {**figures[0]} if same else {"by_loss": targets}
        made[_name(each.store, made)] = {"match": [address], "against": [*targets], **kept, **promised}
    return made


def _target(found: Mechanism) -> dict[str, str]:
    figures = [("rpo", found.rpo.interval.worst), ("rto", found.rto.interval.worst)]
    return {name: rounded(amount.high) for name, amount in figures if amount.high != UNBOUNDED}


def _kept(found: Sequence[Mechanism]) -> dict[str, str]:
    """The retention that every history reaches; nothing where none has an end, or where it is too short to be meant."""
    least = min((each.kept.low for each in found), default=UNBOUNDED)
    return {"retention": show_duration(least)} if 7 * _DAY <= least < UNBOUNDED else {}


def _name(store: Store, taken: dict[str, object]) -> str:
    """A name of its own for a store: the last part of its address, with its modules where that says too little."""
    parts = (store.address or "store").split(".")
    modules = [_plain(name) for before, name in pairwise(parts) if before == "module"]
    last = _plain(parts[-1])
    candidates = [] if last in _SAYS_NOTHING and modules else [last]
    inner = "" if last in _SAYS_NOTHING else last
    for module in reversed(modules):
        inner = f"{module}-{inner}".strip("-") if inner != module else inner
        candidates.append(inner)
    base = next((name for name in candidates if name not in taken), candidates[-1])
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _plain(part: str) -> str:
    name = part.split("[", 1)[0]
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in name) or "store"


def rounded(amount: float) -> str:
    """Seconds as a person would promise them, never less."""
    step = next((size for most, size in _STEPS if amount <= most), _DAY)
    return show_duration(-(-amount // step) * step) if amount else "0"
