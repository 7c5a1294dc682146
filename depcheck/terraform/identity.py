"""Which resource a value stands for, carried on where the value itself is not known."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.terraform.values import OpenAttributes, Reason, TfValue

# Functions whose result is made of nothing but the one argument that may be unknown.
_LISTS = frozenset(("compact", "distinct", "element", "flatten", "one", "reverse", "slice", "sort", "split", "values"))
_TYPES = frozenset(("join", "nonsensitive", "sensitive", "toset", "tolist", "tomap", "tostring", "trimspace"))
_OF_ONE = _LISTS | _TYPES
# Functions whose result is any of their arguments, or made of all of them.
_OF_ALL = frozenset(("coalesce", "coalescelist", "concat"))


def passed(name: str, arguments: Iterable[TfValue]) -> str | None:
    """The address of what the result of a function stands for."""
    if name in _OF_ONE:
        return common([value for value in arguments if not value.known])
    return common(arguments) if name in _OF_ALL else None


def identity(value: TfValue) -> str | None:
    """The address of the resource that a value stands for."""
    payload = value.payload
    if isinstance(payload, Reason):
        return payload.refers
    if isinstance(payload, OpenAttributes) and not payload:
        return identity(payload.other("id"))
    if isinstance(payload, list) and payload:
        return common(payload)
    return None


def common(values: Iterable[TfValue]) -> str | None:
    """The address of the one resource that values stand for; those that are null or empty do not count."""
    found: str | None = None
    for value in values:
        if not isinstance(value.payload, (Reason, OpenAttributes)) and not value.payload:
            continue
        address = identity(value)
        if address is None or (found is not None and address != found):
            return None
        found = address
    return found


def referring(reason: Reason, address: str | None) -> Reason:
    """The reason with the address of what the value stands for."""
    if address is None or reason.refers == address:
        return reason
    return Reason(reason.clause, reason.missing, address, failed=reason.failed, parts=reason.parts)
