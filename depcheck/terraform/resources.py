"""From evaluated blocks to :class:`~depcheck.model.Resource`: attributes as trees, nested blocks as lists of maps."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model import Resource
from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Attribute, Block, Body, Name, Tuple
from depcheck.terraform.bridge import to_value
from depcheck.terraform.configuration import META, Argument, Declaration, Inner
from depcheck.terraform.defaults import add_defaults
from depcheck.terraform.expansion import key_value
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Frame, Instance, Module, Opaque
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
from depcheck.values import Known, Unknown, Value

#: Blocks that a ``dynamic`` block makes are told up to this number.
MAX_BLOCKS = 1000
# Arguments of ``lifecycle`` that name attributes and resources; they are no expressions.
_NAMES_ONLY = frozenset(("ignore_changes", "replace_triggered_by"))


def tell(instance: Instance, environment: str | None, root: str, instances: int | None = 1) -> Resource:
    """A resource or a data source, or ``instances`` of it that are equal."""
    declaration = instance.declaration
    attributes = told_arguments(instance)
    add_blocks(attributes, declaration.blocks(), instance.frame)
    header = declaration.header
    if declaration.block.type == "resource":
        add_defaults(instance.type, attributes, header)
    return Resource(
        instance.type,
        instance.address,
        Known(attributes, header),
        header,
        name=declaration.name,
        kind="data" if declaration.block.type == "data" else "resource",
        environment=environment,
        extent=declaration.extent,
        root=root,
        instances=instances,
    )


def told_arguments(instance: Instance) -> dict[str, Value]:
    """The arguments of a resource that are given and not null."""
    made: dict[str, Value] = {}
    for name, argument in instance.declaration.arguments.items():
        if name not in META:
            value = instance.evaluated(name, argument)
            if value.payload is not None:
                made[name] = to_value(value, argument.span, key=argument.key)
    return made


def tell_block(
    type_: str, address: str, kind: str, declaration: Declaration, frame: Frame, environment: str | None, root: str
) -> Resource:
    """A block that is no resource of a provider (a provider, a module call) as one."""
    attributes = arguments_of(declaration.arguments, frame)
    add_blocks(attributes, declaration.blocks(), frame)
    header = declaration.header
    return Resource(
        type_,
        address,
        Known(attributes, header),
        header,
        name=declaration.name,
        kind=kind,
        environment=environment,
        extent=declaration.extent,
        root=root,
    )


def tell_backend(inner: Inner, frame: Frame, environment: str | None, root: str) -> Resource:
    """Where the state is kept; ``cloud`` is a backend of that name."""
    name = inner.block.labels[0].text if inner.block.labels else inner.block.type
    attributes: dict[str, Value] = {}
    add_body(attributes, inner.text, inner.block.body, frame.scope(inner.text))
    return Resource(
        f"backend_{name}",
        f"terraform.backend.{name}",
        Known(attributes, inner.header),
        inner.header,
        name=name,
        kind="backend",
        environment=environment,
        extent=inner.text.span(inner.block.start, inner.block.end),
        root=root,
    )


def arguments_of(arguments: dict[str, Argument], frame: Frame) -> dict[str, Value]:
    """Arguments that are given and not null."""
    made: dict[str, Value] = {}
    for name, argument in arguments.items():
        if name not in META:
            value = evaluate(argument.node.value, frame.scope(argument.text))
            if value.payload is not None:
                made[name] = to_value(value, argument.span, key=argument.key)
    return made


def add_body(made: dict[str, Value], text: Text, body: Body, scope: Scope) -> None:
    """Tell the arguments and blocks of a body."""
    for attribute in body.attributes:
        if attribute.name in _NAMES_ONLY:
            made[attribute.name] = _names(text, attribute)
            continue
        value = evaluate(attribute.value, scope)
        if value.payload is not None:
            key = text.span(attribute.start, attribute.name_end)
            made[attribute.name] = to_value(value, text.span(attribute.value.start, attribute.value.end), key=key)
    for block in body.blocks:
        _add_block(made, text, block, scope)


def _names(text: Text, attribute: Attribute) -> Known:
    """``ignore_changes = [password]``: a list of names, or the word ``all``, told as texts."""
    node = attribute.value
    place = text.span(node.start, node.end)
    key = text.span(attribute.start, attribute.name_end)
    if not isinstance(node, Tuple):
        return Known(place.text.strip('"'), place, key=key)
    spans = [text.span(item.start, item.end) for item in node.items]
    return Known([Known(span.text.strip('"'), span) for span in spans], place, key=key)


def add_blocks(made: dict[str, Value], blocks: Iterable[Inner], frame: Frame) -> None:
    """Tell blocks, each among the others of its type."""
    for inner in blocks:
        _add_block(made, inner.text, inner.block, frame.scope(inner.text))


def _add_block(made: dict[str, Value], text: Text, block: Block, scope: Scope) -> None:
    header = text.span(block.start, block.header_end)
    if block.type == "dynamic" and block.labels:
        name = block.labels[0].text
        found = _dynamic(text, block, scope, header)
        if not found and name not in made:
            return
    else:
        name = block.type
        found = [_map(text, block, scope, header)]
    before = made.get(name)
    if isinstance(before, Known) and isinstance(before.value, list):
        before.value.extend(found)
    else:
        made[name] = Known(found, header, key=text.span(block.start, block.start + len(block.type)))


def _map(text: Text, block: Block, scope: Scope, header: Span) -> Known:
    made: dict[str, Value] = {}
    add_body(made, text, block.body, scope)
    return Known(made, header, key=text.span(block.start, block.start + len(block.type)))


def _dynamic(text: Text, block: Block, scope: Scope, header: Span) -> list[Value]:
    """The blocks that a ``dynamic`` block makes; one unknown where their number is not known."""
    each = block.body.attribute("for_each")
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if each is None or content is None:
        return []
    iterator = block.body.attribute("iterator")
    name = block.labels[0].text
    if iterator is not None and isinstance(iterator.value, Name):
        name = iterator.value.name
    collection = evaluate(each.value, scope)
    pairs = _pairs(collection)
    if pairs is None or len(pairs) > MAX_BLOCKS:
        reason = combined((collection,)) if pairs is None else Reason(f"there are {len(pairs)} such blocks")
        found = to_value(unknown(reason).at(collection.text, collection.node, collection.via), header)
        return [found if isinstance(found, Unknown) else Unknown(reason.clause, header)]
    scope.budget.left -= len(pairs)
    made: list[Value] = []
    for key, value in pairs:
        inner = scope.binding({name: make_object({"key": key, "value": value})})
        made.append(_map(text, content, inner, header))
    return made


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


def tell_module(module: Module | Opaque, environment: str | None, root: str) -> Resource:
    """A module call."""
    if isinstance(module, Opaque):
        declaration, caller = module.declaration, module.caller
    else:
        assert module.call is not None and module.caller is not None
        declaration, caller = module.call, module.caller
    return tell_block("module", module.address, "module", declaration, caller, environment, root)
