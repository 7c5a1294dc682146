"""From values of Terraform to :mod:`depcheck.values`, which checks see.

``span`` of the result is where the value stands in the configuration that was asked (an attribute's expression, or a
part of it), ``via`` are the hops from there, nearest first; the last one is the place that decides. What is inside of a
value that was referred to (``tags = var.tags``) stands where the whole does, and its own last hop is its own place.
"""

from __future__ import annotations

from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Bool, Expression, Number, Object, String
from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.provenance import selected
from depcheck.terraform.values import INNER_SENSITIVE, SENSITIVE, Hop, OpenAttributes, Reason, TfValue
from depcheck.values import OPEN, Known, Scalar, Step, Unknown, Value


def to_value(value: TfValue, span: Span, *, key: Span | None = None) -> Value:
    """The value for checks; ``span`` is its place where it has none of its own, ``key`` the name that introduces it.

    Null becomes ``Known(None)``: whether a null attribute counts as not given is its reader's affair.
    """
    text, node = value.text, value.node
    place = span if text is None or node is None else text.span(node.start, node.end)
    payload = value.payload
    if type(payload) is str and value.document is None:  # most of them
        return Known(payload, place, via=steps(value.via), key=key, sensitive=bool(value.flags & SENSITIVE))
    if isinstance(payload, OpenAttributes) and not payload:
        # A whole resource: nothing of it is known but which one it is.
        payload = payload.other("id").payload
    sensitive = bool(value.flags & SENSITIVE)
    document = None if value.document is None else to_value(value.document, place)
    if isinstance(payload, Reason):
        return Unknown(
            payload.clause,
            place,
            missing=payload.missing,
            refers=payload.refers,
            key=key,
            sensitive=sensitive,
            outline=_outline(payload),
            document=document,
        )
    via = steps(value.via)
    if isinstance(payload, dict):
        entries = _entries(value, payload, place)
        sensitive = bool(value.flags & INNER_SENSITIVE) and sensitive
        return Known(entries, place, via=via, key=key, sensitive=sensitive, rest=_rest(payload, place))
    if isinstance(payload, list):
        items: list[Value] = [to_value(selected(value, item), place) for item in payload]
        return Known(items, place, via=via, key=key, sensitive=sensitive)
    return Known(_scalar(payload), place, via=via, key=key, sensitive=sensitive, document=document)


def literal(text: Text, node: Expression, key: Span) -> Known | None:
    """The value of an expression that is the same wherever it is evaluated; None for all others, and null."""
    kind = type(node)
    if kind is String:
        assert isinstance(node, String)
        # Others are brought to a normal form, or are held against a limit.
        if not node.value.isascii() or len(node.value) > 1000:
            return None
        return Known(node.value, text.span(node.start, node.end), key=key)
    if kind is Bool:
        assert isinstance(node, Bool)
        return Known(node.value, text.span(node.start, node.end), key=key)
    if kind is Number:
        assert isinstance(node, Number)
        if node.text.isdecimal() and len(node.text) < 16:
            return Known(int(node.text), text.span(node.start, node.end), key=key)
    return None


def steps(via: tuple[Hop, ...]) -> tuple[Step, ...]:
    """Hops as steps with their spans."""
    return tuple([hop.told or _step(hop) for hop in via]) if via else ()


def _step(hop: Hop) -> Step:
    place = None if hop.text is None or hop.node is None else hop.text.span(hop.node.start, hop.node.end)
    hop.told = Step(hop.words, place)
    return hop.told


def deciding(value: Known) -> Span:
    """The place that decides a value: the end of its hops, or its own."""
    for step in reversed(value.via):
        if step.span is not None:
            return step.span
    return value.span


def _scalar(payload: str | bool | int | float | Real | None) -> Scalar:
    if isinstance(payload, Real):
        whole = bigfloat.whole(payload)
        if whole is not None:
            return whole
        try:
            return bigfloat.to_float(payload)
        except bigfloat.NumberError:
            return bigfloat.show(payload)
    return int(payload) if type(payload) is bigfloat.Int64 else payload


def _entries(value: TfValue, payload: dict[str, TfValue], place: Span) -> dict[str, Value]:
    keys: dict[str, Span] = {}
    node, text = value.node, value.text
    if isinstance(node, Object) and text is not None:
        for name, _ in node.items:
            if isinstance(name, String):
                keys[name.value] = text.span(name.start, name.end)
    return {name: to_value(selected(value, item), place, key=keys.get(name)) for name, item in payload.items()}


def _rest(payload: dict[str, TfValue], place: Span) -> Unknown | None:
    """What the entries are that an object has beside the known ones."""
    if not isinstance(payload, OpenAttributes):
        return None
    found = to_value(payload.other(""), place)
    return found if isinstance(found, Unknown) else None


def _outline(reason: Reason) -> str | None:
    if not reason.parts:
        return None
    return "".join([part if isinstance(part, str) else OPEN for part in reason.parts])
