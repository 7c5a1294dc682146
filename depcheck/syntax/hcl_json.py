"""Terraform's JSON syntax (``.tf.json``, ``.tfvars.json``): JSON to the tree of :mod:`depcheck.syntax.hcl_ast`.

Written from Terraform's and HCL's documentation of the JSON syntax. Which property is a block depends on what holds it:
the table below knows Terraform's own blocks. A block that belongs to a resource type looks like a plain object and is
told as an attribute whose value is an :class:`Object` or a :class:`Tuple` of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Problem
from depcheck.source import Span, Text
from depcheck.syntax import json
from depcheck.syntax.hcl_ast import (
    Attribute,
    Bad,
    Block,
    Body,
    Bool,
    Expression,
    HclFile,
    Label,
    Node,
    Null,
    Number,
    Object,
    String,
    Template,
    Tuple,
    Unary,
)
from depcheck.syntax.hcl_expression import ExpressionParser
from depcheck.syntax.hcl_lexer import Failure
from depcheck.values import Known, Value

# What a body holds: block type → number of labels. The key is the type of the block around it.
_BLOCKS: dict[str, dict[str, int]] = {
    "": {
        "terraform": 0,
        "provider": 1,
        "resource": 2,
        "data": 2,
        "ephemeral": 2,
        "action": 2,
        "variable": 1,
        "output": 1,
        "locals": 0,
        "module": 1,
        "moved": 0,
        "import": 0,
        "removed": 0,
        "check": 1,
    },
    "terraform": {"backend": 1, "cloud": 0, "required_providers": 0, "provider_meta": 1},
    "cloud": {"workspaces": 0},
    "resource": {"lifecycle": 0, "provisioner": 1, "connection": 0, "dynamic": 1, "timeouts": 0},
    "data": {"lifecycle": 0, "dynamic": 1, "timeouts": 0},
    "ephemeral": {"lifecycle": 0, "dynamic": 1},
    "lifecycle": {"precondition": 0, "postcondition": 0, "action_trigger": 0},
    "provisioner": {"connection": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0, "postcondition": 0},
    "check": {"data": 2, "assert": 0},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
    "removed": {"lifecycle": 0, "provisioner": 1, "connection": 0},
    "provider": {"dynamic": 1},
}
# Arguments whose strings are expressions, not templates.
_EXPRESSIONS: dict[str, frozenset[str]] = {
    "resource": frozenset({"depends_on", "provider"}),
    "data": frozenset({"depends_on", "provider"}),
    "ephemeral": frozenset({"depends_on", "provider"}),
    "module": frozenset({"depends_on", "providers"}),
    "output": frozenset({"depends_on"}),
    "lifecycle": frozenset({"ignore_changes", "replace_triggered_by"}),
    "variable": frozenset({"type"}),
    "moved": frozenset({"from", "to"}),
    "removed": frozenset({"from"}),
    "import": frozenset({"to", "provider"}),
    "dynamic": frozenset({"iterator"}),
}
# Blocks, and arguments of others, whose strings are taken as they are.
_LITERAL_BLOCKS = frozenset({"terraform", "backend", "cloud", "workspaces", "required_providers", "variable"})
_LITERAL = {("module", "source"), ("module", "version"), ("provider", "version")}
_TEMPLATE_MODE, _EXPRESSION_MODE, _LITERAL_MODE = "template", "expression", "literal"


def parse_json(text: Text) -> HclFile:
    """Read a ``.tf.json`` file, or a ``.tfvars.json`` file, in which strings are taken as they are.

    The offsets of the tree count characters of the whole source, and the file's text is the source's.
    """
    read = json.parse(text)
    builder = _Builder(text, list(read.problems))
    start, end = read.root.span.start, read.root.span.end
    body = Body(start, end, [], [])
    variables = text.source.path.lower().endswith(".tfvars.json")
    for each in builder.objects(read.root, "the file"):
        builder.fill(body, each, None if variables else "", 1)
    builder.problems.sort(key=lambda problem: problem.span.start)
    return HclFile(Text.of(text.source), body, read.comments, builder.problems)


class _Builder:
    __slots__ = ("problems", "text")

    def __init__(self, text: Text, problems: list[Problem]) -> None:
        self.text = text
        self.problems = problems

    def objects(self, value: Value, what: str) -> Iterator[Known]:
        """A body is an object, or a list of objects for several of a kind."""
        if isinstance(value, Known):
            for each in value.value if isinstance(value.value, list) else [value]:
                if isinstance(each, Known) and isinstance(each.value, dict):
                    yield each
                elif isinstance(each, Known) and (each.value is not None or each is not value):
                    self.problems.append(Problem(f"{what} is not an object", each.span, "write {…}"))

    def fill(self, body: Body, value: Known, type: str | None, depth: int) -> None:
        """Add an object's properties to a body; ``type`` is the block's (empty: the file; None: variables' values)."""
        blocks = _BLOCKS.get(type, {}) if type is not None else {}
        for name, each in value.items():
            if name == "//":
                continue
            labels = blocks.get(name)
            if labels is not None:
                self.blocks(body, name, each, labels, [], depth + 1)
            elif each.key is not None:
                key = each.key
                node = self.expression(each, _mode(type, name), depth)
                body.attributes.append(Attribute(key.start, each.span.end, name, key.end, node))

    def blocks(self, body: Body, type: str, value: Value, missing: int, labels: list[Label], depth: int) -> None:
        """Add the blocks of a type; each label is one more level of objects."""
        for each in self.objects(value, f'"{type}"'):
            if missing:
                for name, inner in each.items():
                    if inner.key is not None and name != "//":
                        label = Label(inner.key.start, inner.key.end, name)
                        self.blocks(body, type, inner, missing - 1, [*labels, label], depth + 1)
                continue
            key = value.key if value.key is not None else each.span
            head = labels[-1] if labels else Node(key.start, key.end)
            inside = Body(each.span.start, each.span.end, [], [])
            body.blocks.append(Block(head.start, each.span.end, type, labels, head.end, inside))
            self.fill(inside, each, type, depth)

    def expression(self, value: Value, mode: str, depth: int) -> Expression:
        """The expression that a JSON value stands for."""
        start, end = value.span.start, value.span.end
        if not isinstance(value, Known):
            return Bad(start, end)
        inner = value.value
        if isinstance(inner, bool):
            return Bool(start, end, inner)
        if inner is None:
            return Null(start, end)
        if isinstance(inner, str):
            return self.string(value, inner, mode, depth)
        if isinstance(inner, list):
            return Tuple(start, end, [self.expression(each, mode, depth + 1) for each in inner])
        if isinstance(inner, dict):
            items: list[tuple[Expression, Expression]] = []
            for name, each in inner.items():
                key = each.key if each.key is not None else each.span
                items.append((self.key(name, key, mode, depth), self.expression(each, mode, depth + 1)))
            return Object(start, end, items)
        return _number(value.span)

    def key(self, name: str, span: Span, mode: str, depth: int) -> Expression:
        """An object's key, which may be a template as well."""
        if mode == _TEMPLATE_MODE and ("${" in name or "%{" in name):
            return self.string(Known(name, span), name, mode, depth)
        return String(span.start, span.end, name)

    def string(self, value: Known, characters: str, mode: str, depth: int) -> Expression:
        """A string as the template or expression that it is."""
        start, end = value.span.start, value.span.end
        if mode == _LITERAL_MODE or (mode == _TEMPLATE_MODE and "{" not in characters):
            return String(start, end, characters)
        content = json.content(value, self.text)
        if content is None:
            return String(start, end, characters)
        plain = content.pieces is None
        parser = ExpressionParser(content.text, depth=depth)
        node: Expression
        try:
            if mode == _EXPRESSION_MODE:
                parser.newlines = False
                parser.next()
                node = parser.expression()
                if parser.kind != "end":
                    parser.fail(f"expected the end of the expression, found {parser.found()}")
            else:
                node = parser.bare()
        except Failure:
            node = Bad(0, len(content.text))
        for message, first, last, step in parser.problems:
            self.problems.append(Problem(message, content.span(first, last), step))
        _move(node, content, plain)
        if isinstance(node, (String, Template)) and mode == _TEMPLATE_MODE:
            node.start, node.end = start, end
        return node


def _mode(type: str | None, name: str) -> str:
    if type is None:
        return _LITERAL_MODE
    if name in _EXPRESSIONS.get(type, ()):
        return _EXPRESSION_MODE
    return _LITERAL_MODE if type in _LITERAL_BLOCKS or (type, name) in _LITERAL else _TEMPLATE_MODE


def _number(span: Span) -> Expression:
    word = span.text
    if word.startswith("-"):
        return Unary(span.start, span.end, "-", Number(span.start + 1, span.end, word[1:]))
    return Number(span.start, span.end, word)


def _move(root: Node, content: Text, plain: bool) -> None:
    """Turn offsets into a string's characters into offsets into the source, in the whole tree."""
    nodes: list[object] = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, (list, tuple)):
            nodes.extend(node)
        elif isinstance(node, Node):
            if plain:
                node.start += content.base
                node.end += content.base
            else:
                span = content.span(node.start, node.end)
                node.start, node.end = span.start, span.end
            nodes.extend([getattr(node, slot) for slot in type(node).__slots__])
