"""From evaluated blocks to :class:`~depcheck.model.Resource`: attributes as trees, nested blocks as lists of maps."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model import Resource
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Attribute, Body, Tuple
from depcheck.terraform.blocks import Part, parts_of
from depcheck.terraform.bridge import literal, to_value
from depcheck.terraform.configuration import META, Argument, Declaration, Inner
from depcheck.terraform.defaults import add_defaults
from depcheck.terraform.documents import json_arguments, with_document
from depcheck.terraform.evaluation import StateBlock
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Frame, Instance
from depcheck.terraform.modules import Module, Opaque
from depcheck.terraform.providers import add_inherited, alias_of
from depcheck.terraform.scope import Scope
from depcheck.terraform.values import TfValue
from depcheck.values import Absent, Known, Unknown, Value, string

# An input of a module with more parts than this is large.
_LARGE = 100
# Arguments of ``lifecycle`` that name attributes and resources; they are no expressions.
_NAMES_ONLY = frozenset(("ignore_changes", "replace_triggered_by"))


def tell(instance: Instance, environment: str | None, root: str, instances: int | None = 1) -> Resource:
    """A resource or a data source, or ``instances`` of it that are equal."""
    declaration = instance.declaration
    attributes = told_arguments(instance)
    if declaration.text.source.path.endswith(".json"):
        from depcheck.terraform.json_blocks import add_blocks_of_json

        add_blocks_of_json(f"{'data.' if declaration.block.type == 'data' else ''}{instance.type}", attributes)
    add_blocks(attributes, declaration.blocks(), instance.frame)
    header = declaration.header
    if declaration.block.type == "resource":
        add_inherited(instance, attributes, header)
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
    documents = json_arguments(instance.type)
    for name, argument in instance.declaration.arguments.items():
        if name not in META:
            key = argument.key
            if name not in documents:
                written = literal(argument.text, argument.node.value, key)
                if written is not None:
                    made[name] = written
                    continue
            value = instance.evaluated(name, argument)
            if value.payload is not None:
                told = to_value(value, argument.span, key=key)
                if name in documents:
                    told = with_document(value, told, instance.frame, instance.frame.module.run.certain.problems)
                made[name] = told
    return made


def tell_provider(declaration: Declaration, module: Module, environment: str | None, root: str) -> Resource:
    """A provider block."""
    name = declaration.block.labels[0].text
    attributes: dict[str, Value] = {}
    for argument in declaration.arguments.values():
        value = evaluate(argument.node.value, module.frame.scope(argument.text))
        _add(attributes, argument, value)
    add_blocks(attributes, declaration.blocks(), module.frame)
    alias = alias_of(declaration)
    address = module.within(f"provider.{name}.{alias}" if alias else f"provider.{name}")
    return _block(f"provider_{name}", address, "provider", declaration, attributes, environment, root)


def _block(
    type_: str,
    address: str,
    kind: str,
    declaration: Declaration,
    attributes: dict[str, Value],
    environment: str | None,
    root: str,
) -> Resource:
    """A block that is no resource of a provider as one."""
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


def _add(made: dict[str, Value], argument: Argument, value: TfValue) -> None:
    """Tell an argument that is given and not null."""
    name = argument.node.name
    if name not in META and value.payload is not None:
        made[name] = to_value(value, argument.span, key=argument.key)


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


def tell_remote_state(state: StateBlock, environment: str | None, root: str) -> Resource:
    """Where Terragrunt keeps the state: a backend, whose arguments are in ``config``."""
    text, block = state.text, state.block
    header = text.span(block.start, block.header_end)
    kind = block.body.attribute("backend")
    told = to_value(state.evaluate(kind.value), header) if kind is not None else Absent(header)
    name = string(told) or "unknown"
    config = block.body.attribute("config")
    attributes: dict[str, Value] = {}
    if config is not None:
        value = to_value(state.evaluate(config.value), header)
        attributes = {key: each for key, each in value.items() if not (isinstance(each, Known) and each.value is None)}
    return Resource(
        f"backend_{name}",
        f"terraform.backend.{name}",
        Known(attributes, header),
        header,
        name=name,
        kind="backend",
        environment=environment,
        extent=text.span(block.start, block.end),
        root=root,
    )


def add_body(made: dict[str, Value], text: Text, body: Body, scope: Scope) -> None:
    """Tell the arguments and blocks of a body."""
    for attribute in body.attributes:
        if attribute.name in _NAMES_ONLY:
            made[attribute.name] = _names(text, attribute)
            continue
        key = text.span(attribute.start, attribute.name_end)
        written = literal(text, attribute.value, key)
        if written is not None:
            made[attribute.name] = written
            continue
        value = evaluate(attribute.value, scope)
        if value.payload is not None:
            made[attribute.name] = to_value(value, text.span(attribute.value.start, attribute.value.end), key=key)
    _add_parts(made, parts_of(text, body.blocks, scope))


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
        _add_parts(made, parts_of(inner.text, (inner.block,), frame.scope(inner.text)))


def _add_parts(made: dict[str, Value], parts: Iterable[Part]) -> None:
    for part in parts:
        told = _told(part)
        before = made.get(part.type)
        if isinstance(before, Known) and isinstance(before.value, list):
            before.value.append(told)
        elif part.type not in made:
            made[part.type] = Known([told], part.span, key=part.key)


def _told(part: Part) -> Value:
    if part.open is not None:
        return to_value(part.open, part.span, key=part.key)
    made: dict[str, Value] = {}
    add_body(made, part.text, part.body, part.scope)
    return Known(made, part.span, key=part.key)


def tell_module(module: Module | Opaque, environment: str | None, root: str) -> Resource:
    """A module call. Large inputs of a module that is at hand are not repeated: its resources tell them."""
    opaque = isinstance(module, Opaque)
    declaration = module.declaration if isinstance(module, Opaque) else module.call
    assert declaration is not None and module.caller is not None
    attributes: dict[str, Value] = {}
    for name, argument in declaration.arguments.items():
        if name in META:
            continue
        value = None if isinstance(module, Opaque) else module.input(name)
        if value is None:
            value = evaluate(argument.node.value, module.caller.scope(argument.text))
        if opaque or value.weight <= _LARGE:
            _add(attributes, argument, value)
        else:
            clause = "a large input, which the module's own resources tell"
            attributes[name] = Unknown(clause, argument.span, key=argument.key)
    return _block("module", module.address, "module", declaration, attributes, environment, root)
