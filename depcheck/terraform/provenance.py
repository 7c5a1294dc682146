"""Where values come from: the hops that references and operations leave behind."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.source import Text
from depcheck.syntax.hcl_ast import Node
from depcheck.terraform.values import MAX_HOPS, Hop, TfValue


def selected(container: TfValue, part: TfValue) -> TfValue:
    """A part of a value, which keeps the hops that led to the whole; the last of them points at the part then."""
    via = container.via
    if not via:
        return part
    if part.node is None:
        return part.at(container.text, container.node, via)
    hops = (*via[:-1], Hop(via[-1].words, part.text, part.node), *part.via)
    return part.at(container.text, container.node, hops[:MAX_HOPS])


def referred(value: TfValue, text: Text, node: Node) -> TfValue:
    """A value as a reference at ``node`` gives it: there, by a hop to where the value stands."""
    via = value.via
    if value.node is not None:
        hop = Hop(text.text[node.start : node.end], value.text, value.node)
        via = (hop, *via) if len(via) < MAX_HOPS else (hop, *via[: MAX_HOPS - 2], via[-1])
    return value.at(text, node, via)


def joint(values: Iterable[TfValue]) -> tuple[Hop, ...]:
    """The hops of everything that an operation looked at."""
    hops: tuple[Hop, ...] = ()
    for value in values:
        if value.via:
            hops += value.via
            if len(hops) >= MAX_HOPS:
                return hops[:MAX_HOPS]
    return hops
