"""Whether two values are equal, as ``==`` and the searching functions see it."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.sets import identity
from depcheck.terraform.types import has_dynamic
from depcheck.terraform.values import (
    NOT_NULL,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    entries_of,
    items_of,
)


def equals(left: TfValue, right: TfValue) -> bool | Reason:
    """True or False, or the reason why it is not known. Marks are not looked at."""
    a, b = left.payload, right.payload
    if type(a) is str and type(b) is str and left.kind == right.kind:
        return a == b
    if isinstance(a, Reason) or isinstance(b, Reason):
        return _with_unknown(left, right)
    if a is None or b is None:
        return a is None and b is None
    if left.kind != right.kind:
        return False
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float, Real)) and isinstance(b, (int, float, Real)):
        return bigfloat.compare(a, b) == 0
    return _equal_inside(left, right)


def _with_unknown(left: TfValue, right: TfValue) -> bool | Reason:
    waiting, other = (left, right) if isinstance(left.payload, Reason) else (right, left)
    reason = waiting.payload
    assert isinstance(reason, Reason)
    if isinstance(other.payload, Reason):
        return combined((waiting, other))
    if other.payload is None:
        return False if waiting.flags & NOT_NULL else combined((waiting,))
    if has_dynamic(waiting.type) or has_dynamic(other.type):
        return combined((waiting,))
    if waiting.type != other.type:
        return False
    if isinstance(other.payload, str) and not other.payload.startswith(reason.prefix()):
        return False
    return combined((waiting,))


def _equal_inside(left: TfValue, right: TfValue) -> bool | Reason:
    if isinstance(left.payload, OpenAttributes) or isinstance(right.payload, OpenAttributes):
        return combined((left, right))
    if left.kind == "set":
        return _equal_sets(left, right)
    if left.whole and right.whole and left.type != right.type:
        return False
    if left.kind in ("list", "tuple"):
        a, b = items_of(left), items_of(right)
        if len(a) != len(b):
            return False
        return _every(list(zip(a, b, strict=True)))
    x, y = entries_of(left), entries_of(right)
    if x.keys() != y.keys():
        return False
    return _every([(item, y[name]) for name, item in x.items()])


def _every(pairs: list[tuple[TfValue, TfValue]]) -> bool | Reason:
    waiting: Reason | None = None
    for a, b in pairs:
        same = equals(a, b)
        if same is False:
            return False
        if isinstance(same, Reason):
            waiting = waiting or same
    return True if waiting is None else waiting


def _equal_sets(left: TfValue, right: TfValue) -> bool | Reason:
    if not left.whole or not right.whole:
        return combined((left, right))
    if left.type != right.type:
        return False
    return sorted(map(identity, items_of(left))) == sorted(map(identity, items_of(right)))
