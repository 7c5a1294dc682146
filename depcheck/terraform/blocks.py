"""Blocks inside of blocks, with ``dynamic`` ones multiplied out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Attribute, Block, Body, Name, Node, Object, String, Tuple
from depcheck.terraform.configuration import Declaration
from depcheck.terraform.expansion import ScopeOf, key_value
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Scope
from depcheck.terraform.values import (
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    entries_of,
    items_of,
    make_object,
    string,
    unknown,
)

#: A ``dynamic`` block that makes more than this is told as one unknown block.
MAX_BLOCKS = 1000
# What a block costs in rounds of a loop.
_COST = 10


class Part:
    """A block as it is in the end: its type, its body, and what the body is evaluated in. ``open`` is given in place
    of a ``dynamic`` block of which it is not known how many blocks it makes."""

    __slots__ = ("body", "header", "open", "scope", "text", "type")

    def __init__(
        self, type_: str, text: Text, header: Node, body: Body, scope: Scope, open_: TfValue | None = None
    ) -> None:
        self.type = type_
        self.text = text
        self.header = header
        self.body = body
        self.scope = scope
        self.open = open_

    @property
    def span(self) -> Span:
        """The place of the header."""
        return self.text.span(self.header.start, self.header.end)

    @property
    def key(self) -> Span:
        """The place of the type."""
        start = self.header.start
        word = self.text.text[start : self.header.end]
        return self.text.span(start, start + len(word.split(None, 1)[0]) if word else start)

    def value(self, name: str) -> TfValue | None:
        """The value of an argument; None where it is not given or null."""
        attribute = self.body.attribute(name)
        if attribute is None:
            return None
        value = evaluate(attribute.value, self.scope)
        return None if value.payload is None else value

    def parts(self, type_: str) -> Iterator[Part]:
        """The blocks of a type inside."""
        yield from parts_of(self.text, self.body.blocks, self.scope, type_)
        attribute = self.body.attribute(type_)
        if attribute is not None:
            yield from parts_of(self.text, as_blocks(attribute), self.scope)


def parts_named(declaration: Declaration, type_: str, scope_of: ScopeOf) -> Iterator[Part]:
    """The blocks of a type that a declaration holds."""
    for inner in declaration.blocks():
        yield from parts_of(inner.text, (inner.block,), scope_of(inner.text), type_)
    argument = declaration.arguments.get(type_)
    if argument is not None:
        yield from parts_of(argument.text, as_blocks(argument.node), scope_of(argument.text))


def as_blocks(attribute: Attribute) -> Iterator[Block]:
    """The blocks that an argument stands for in the JSON syntax, where nothing tells blocks and maps apart."""
    value = attribute.value
    for node in value.items if isinstance(value, Tuple) else (value,):
        if isinstance(node, Object):
            attributes = [
                Attribute(key.start, item.end, key.value, key.end, item)
                for key, item in node.items
                if isinstance(key, String)
            ]
            body = Body(node.start, node.end, attributes, [])
            yield Block(attribute.start, node.end, attribute.name, [], attribute.name_end, body)


def parts_of(text: Text, blocks: Iterable[Block], scope: Scope, type_: str | None = None) -> Iterator[Part]:
    """Blocks, perhaps of one type only, with ``dynamic`` ones multiplied out."""
    for block in blocks:
        dynamic = block.type == "dynamic" and bool(block.labels)
        name = block.labels[0].text if dynamic else block.type
        if type_ is not None and name != type_:
            continue
        header = Node(block.start, block.header_end)
        if dynamic:
            yield from _dynamic(name, text, header, block, scope)
        else:
            yield Part(name, text, header, block.body, scope)


def _dynamic(name: str, text: Text, header: Node, block: Block, scope: Scope) -> Iterator[Part]:
    each = block.body.attribute("for_each")
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if each is None or content is None:
        return
    iterator = block.body.attribute("iterator")
    bound = iterator.value.name if iterator is not None and isinstance(iterator.value, Name) else name
    collection = evaluate(each.value, scope)
    pairs = _pairs(collection)
    if pairs is None or len(pairs) > MAX_BLOCKS or _COST * len(pairs) > scope.budget.left:
        reason = combined((collection,)) if pairs is None else Reason(f"there are {len(pairs)} such blocks")
        yield Part(name, text, header, content.body, scope, unknown(reason).at(text, each.value, collection.via))
        return
    scope.budget.left -= _COST * len(pairs)
    for key, value in pairs:
        yield Part(name, text, header, content.body, scope.binding({bound: make_object({"key": key, "value": value})}))


def _pairs(collection: TfValue) -> list[tuple[TfValue, TfValue]] | None:
    payload = collection.payload
    if payload is None:
        return []
    if isinstance(payload, dict) and not isinstance(payload, OpenAttributes):
        return [(string(name), value) for name, value in entries_of(collection).items()]
    if isinstance(payload, list):
        if collection.kind == "set":
            return [(item, item) for item in items_of(collection)]
        return [(key_value(index), item) for index, item in enumerate(items_of(collection))]
    return None
