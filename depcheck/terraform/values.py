"""Values of Terraform's expression language: known, null or unknown, each of a type, with marks and a place.

A :class:`TfValue` never changes after it is built. ``payload`` tells the three states apart: ``None`` is null, a
:class:`Reason` is unknown, anything else is the value itself (``str``, a number of
:mod:`~depcheck.terraform.bigfloat`, ``bool``, a list of values for list, set and tuple, a dict of values for map and
object). Make values with the functions of this module; they keep the limits (:class:`LimitError`).

``text`` and ``node`` say where the value stands: the node of the expression that was evaluated. ``via`` holds the hops
it was followed through, nearest first; the last one is the place that decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from unicodedata import is_normalized, normalize

from depcheck.source import Text
from depcheck.syntax.hcl_ast import Node
from depcheck.terraform.bigfloat import Number
from depcheck.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Kind,
    TfType,
    has_dynamic,
    list_of,
    map_of,
    object_of,
    set_of,
    tuple_of,
)
from depcheck.values import Missing, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

SENSITIVE = 1
EPHEMERAL = 2
MARKS = SENSITIVE | EPHEMERAL
# The same marks on the value or on anything inside it.
INNER_SENSITIVE = 4
INNER_EPHEMERAL = 8
INNER_MARKS = INNER_SENSITIVE | INNER_EPHEMERAL
# The value or something inside it is unknown.
PARTIAL = 16
# An unknown value that will not be null.
NOT_NULL = 32
# The value or something inside it is an object with more attributes than are known.
OPEN = 64
_INSIDE = INNER_MARKS | PARTIAL | OPEN

MAX_TEXT = 1 << 20
MAX_WEIGHT = 1 << 18
MAX_DEPTH = 100
MAX_HOPS = 8


class EvaluationError(Exception):
    """Something that Terraform refuses too; ``clause`` says what, ``argument`` which argument of a call it is about."""

    def __init__(self, clause: str, argument: int | None = None) -> None:
        super().__init__(clause)
        self.clause = clause
        self.argument = argument


class LimitError(Exception):
    """Something that Terraform might compute and depcheck does not, to stay bounded; never seen by ``try``."""

    def __init__(self, clause: str) -> None:
        super().__init__(clause)
        self.clause = clause


class Hop:
    """One step on the way to a value: its name where it was read (``var.retention``) and where it was decided.

    ``told`` is the same as checks see it, once it was asked for: many values come the same way.
    """

    __slots__ = ("node", "text", "told", "words")

    def __init__(self, words: str, text: Text | None, node: Node | None) -> None:
        self.words = words
        self.text = text
        self.node = node
        self.told: Step | None = None


class Reason:
    """Why a value is unknown.

    ``clause`` is a lower-case clause, ``missing`` the names that would decide, ``refers`` the address of the resource
    whose own identity the value is. ``failed`` marks an error rather than a gap. ``parts`` are the known pieces of a
    partly unknown string in their order, with ``None`` or the unknown value between them.
    """

    __slots__ = ("clause", "failed", "missing", "parts", "refers")

    def __init__(
        self,
        clause: str,
        missing: tuple[Missing, ...] = (),
        refers: str | None = None,
        *,
        failed: bool = False,
        parts: tuple[str | TfValue, ...] = (),
    ) -> None:
        self.clause = clause
        self.missing = missing
        self.refers = refers
        self.failed = failed
        self.parts = parts

    def prefix(self) -> str:
        """What a partly unknown string is known to begin with."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""


class OpenAttributes(dict[str, "TfValue"]):
    """Attributes of an object that has more than are known: any other name is answered by ``other``."""

    __slots__ = ("other",)

    def __init__(self, known: Mapping[str, TfValue], other: Callable[[str], TfValue]) -> None:
        super().__init__(known)
        self.other = other


Payload: TypeAlias = "str | Number | bool | list[TfValue] | dict[str, TfValue] | Reason | None"


class TfValue:
    """A value; see the module's docstring. ``document`` is the value that a text was encoded from (``jsonencode``)."""

    __slots__ = ("_type", "depth", "document", "flags", "kind", "node", "payload", "text", "via", "weight")

    def __init__(
        self,
        kind: Kind,
        payload: Payload,
        type_: TfType | None,
        flags: int = 0,
        text: Text | None = None,
        node: Node | None = None,
        via: tuple[Hop, ...] = (),
        weight: int = 1,
        depth: int = 0,
        document: TfValue | None = None,
    ) -> None:
        self.kind = kind
        self.payload = payload
        self._type = type_
        self.flags = flags
        self.text = text
        self.node = node
        self.via = via
        self.weight = weight
        self.depth = depth
        self.document = document

    def __repr__(self) -> str:
        return f"TfValue({self.kind}, {self.payload!r})"

    @property
    def type(self) -> TfType:
        """The type; for objects and tuples it is put together when first asked for."""
        found = self._type
        if found is None:
            if isinstance(self.payload, dict):
                found = object_of({name: item.type for name, item in self.payload.items()})
            else:
                found = tuple_of(item.type for item in items_of(self))
            self._type = found
        return found

    @property
    def known(self) -> bool:
        """Whether the value itself is known; something inside it may still be unknown."""
        return type(self.payload) is not Reason

    @property
    def null(self) -> bool:
        """Whether it is null."""
        return self.payload is None

    @property
    def whole(self) -> bool:
        """Whether the value is known with everything inside it."""
        return not self.flags & PARTIAL

    def at(self, text: Text | None, node: Node | None, via: tuple[Hop, ...]) -> TfValue:
        """The same value at another place."""
        return TfValue(
            self.kind, self.payload, self._type, self.flags, text, node, via, self.weight, self.depth, self.document
        )

    def marked(self, marks: int) -> TfValue:
        """The same value with these marks (``SENSITIVE``, ``EPHEMERAL``) added."""
        flags = self.flags | marks | marks << 2
        return self if flags == self.flags else self._with(flags)

    def unmarked(self) -> TfValue:
        """The same value without marks of its own; those inside it stay."""
        if not self.flags & MARKS:
            return self
        inner = _inside(children(self)) & INNER_MARKS
        return self._with(self.flags & ~(MARKS | INNER_MARKS) | inner)

    def _with(self, flags: int) -> TfValue:
        return TfValue(
            self.kind,
            self.payload,
            self._type,
            flags,
            self.text,
            self.node,
            self.via,
            self.weight,
            self.depth,
            self.document,
        )


def children(value: TfValue) -> Iterable[TfValue]:
    """What is directly inside a value."""
    payload = value.payload
    if isinstance(payload, dict):
        return payload.values()
    return payload if isinstance(payload, list) else ()


def _inside(values: Iterable[TfValue]) -> int:
    flags = 0
    for value in values:
        flags |= value.flags
    return flags & _INSIDE


def _measure(values: Iterable[TfValue]) -> tuple[int, int, int]:
    flags, weight, depth = 0, 1, 0
    for value in values:
        flags |= value.flags
        weight += value.weight
        if value.depth > depth:
            depth = value.depth
    if weight > MAX_WEIGHT:
        raise LimitError("the value has too many parts")
    if depth >= MAX_DEPTH:
        raise LimitError(f"the value is nested deeper than {MAX_DEPTH} levels")
    return flags & _INSIDE, weight, depth + 1


def string(text: str) -> TfValue:
    """A known string, normalised as Terraform does it (NFC)."""
    if not text.isascii() and not is_normalized("NFC", text):
        text = normalize("NFC", text)
    if len(text) > MAX_TEXT:
        raise LimitError("the string is too long")
    return TfValue("string", text, STRING, weight=1 + (len(text) >> 4))


def number(value: Number) -> TfValue:
    """A known number."""
    return TfValue("number", value, NUMBER)


def boolean(value: bool) -> TfValue:
    """A known bool."""
    return TfValue("bool", value, BOOL)


def make_tuple(items: list[TfValue]) -> TfValue:
    """A tuple."""
    flags, weight, depth = _measure(items)
    return TfValue("tuple", items, None, flags, weight=weight, depth=depth)


def make_object(attributes: dict[str, TfValue]) -> TfValue:
    """An object; the attributes are put into the order in which Terraform iterates."""
    flags, weight, depth = _measure(attributes.values())
    if isinstance(attributes, OpenAttributes):
        flags |= PARTIAL | OPEN
    elif len(attributes) > 1:
        attributes = dict(sorted(attributes.items()))
    return TfValue("object", attributes, None, flags, weight=weight, depth=depth)


def make_list(element: TfType, items: list[TfValue]) -> TfValue:
    """A list; the items must be of the element type."""
    flags, weight, depth = _measure(items)
    return TfValue("list", items, list_of(element), flags, weight=weight, depth=depth)


def make_map(element: TfType, entries: dict[str, TfValue]) -> TfValue:
    """A map; the entries must be of the element type."""
    flags, weight, depth = _measure(entries.values())
    return TfValue("map", dict(sorted(entries.items())), map_of(element), flags, weight=weight, depth=depth)


def make_set(element: TfType, items: Iterable[TfValue]) -> TfValue:
    """A set: equal items fall together, the order is Terraform's, and marks of the items move to the set."""
    from depcheck.terraform.sets import distinct_in_order

    ordered, marks = distinct_in_order(element, items)
    flags, weight, depth = _measure(ordered)
    return TfValue("set", ordered, set_of(element), flags | marks | marks << 2, weight=weight, depth=depth)


def encoded(text: TfValue, document: TfValue) -> TfValue:
    """The text together with the value that it was encoded from."""
    return TfValue(text.kind, text.payload, text._type, text.flags, weight=text.weight, document=document)


def null(type_: TfType = DYNAMIC) -> TfValue:
    """Null of a type."""
    return TfValue(type_.kind, None, type_)


def unknown(
    reason: Reason | str,
    type_: TfType = DYNAMIC,
    *,
    marks: int = 0,
    not_null: bool = False,
) -> TfValue:
    """An unknown value of a type, with the reason."""
    if isinstance(reason, str):
        reason = Reason(reason)
    elif reason.parts and type_.kind != "string":
        # Pieces of a text mean nothing in a value of another type.
        reason = Reason(reason.clause, reason.missing, reason.refers, failed=reason.failed)
    return TfValue(type_.kind, reason, type_, PARTIAL | marks | marks << 2 | (NOT_NULL if not_null else 0))


def combined(values: Iterable[TfValue]) -> Reason:
    """The reason of something that depends on several values: the first gap's clause, all that is missing."""
    found: list[Reason] = []
    for value in values:
        _reasons(value, found)
    if not found:
        return Reason("the value is not known before it is applied")
    first = next((reason for reason in found if reason.failed), found[0])
    missing: dict[str, Missing] = {}
    for reason in found:
        for item in reason.missing:
            missing.setdefault(item.name, item)
    return Reason(first.clause, tuple(missing.values())[:MAX_HOPS], failed=first.failed)


def _reasons(value: TfValue, found: list[Reason]) -> None:
    if not value.flags & PARTIAL or len(found) >= MAX_HOPS:
        return
    if isinstance(value.payload, Reason):
        found.append(value.payload)
        return
    for child in children(value):
        _reasons(child, found)
    if isinstance(value.payload, OpenAttributes):
        other = value.payload.other("").payload
        gap = other if isinstance(other, Reason) else Reason("some attributes are not known before it is applied")
        found.append(gap)


def deeply_unmarked(value: TfValue) -> TfValue:
    """The value without any mark on it or inside it."""
    if not value.flags & INNER_MARKS:
        return value
    payload: Payload = value.payload
    if isinstance(payload, OpenAttributes):
        other = payload.other
        payload = OpenAttributes(
            {name: deeply_unmarked(item) for name, item in payload.items()}, lambda name: deeply_unmarked(other(name))
        )
    elif isinstance(payload, dict):
        payload = {name: deeply_unmarked(item) for name, item in payload.items()}
    elif isinstance(payload, list):
        payload = [deeply_unmarked(item) for item in payload]
    flags = value.flags & ~(MARKS | INNER_MARKS)
    return TfValue(
        value.kind,
        payload,
        value._type,
        flags,
        value.text,
        value.node,
        value.via,
        value.weight,
        value.depth,
        value.document,
    )


def inner_marks(value: TfValue) -> int:
    """The marks on the value or anywhere inside it, as ``SENSITIVE`` and ``EPHEMERAL``."""
    return (value.flags & INNER_MARKS) >> 2


def loosely_typed(value: TfValue) -> bool:
    """Whether the type of the value, or of something inside it, may turn out to be another one."""
    return bool(value.flags & OPEN) or (not value.whole and has_dynamic(value.type))


def uncounted(value: TfValue) -> bool:
    """Whether it is not known how many elements a list, set or tuple has."""
    return not value.known or (value.kind == "set" and not value.whole and len(items_of(value)) > 1)


def text_of(value: TfValue) -> str:
    """The payload of a known string."""
    assert isinstance(value.payload, str)
    return value.payload


def number_of(value: TfValue) -> Number:
    """The payload of a known number."""
    payload = value.payload
    assert payload is not None and not isinstance(payload, (str, list, dict, Reason))
    return payload


def truth_of(value: TfValue) -> bool:
    """The payload of a known bool."""
    return value.payload is True


def items_of(value: TfValue) -> list[TfValue]:
    """The elements of a known list, set or tuple."""
    assert isinstance(value.payload, list)
    return value.payload


def entries_of(value: TfValue) -> dict[str, TfValue]:
    """The entries of a known map or object."""
    assert isinstance(value.payload, dict)
    return value.payload
