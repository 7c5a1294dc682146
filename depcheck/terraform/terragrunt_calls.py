"""Calls of Terragrunt's own functions: names in their place let Terraform's evaluator do the rest."""

from __future__ import annotations

from collections.abc import Container

from depcheck.syntax.hcl_ast import Call, Expression, Name, Node

#: What such a name begins with; the number of the call follows.
MARK = "terragrunt call "


def without_calls(expression: Expression, functions: Container[str], calls: list[Call]) -> Expression:
    """The expression with a name in place of each call of one of the functions; the calls are added to the list."""
    made = _replaced(expression, functions, calls)
    assert isinstance(made, Node)
    return made  # type: ignore[return-value]


def _replaced(node: object, functions: Container[str], calls: list[Call]) -> object:
    if isinstance(node, list):
        return [_replaced(item, functions, calls) for item in node]
    if isinstance(node, tuple):
        return tuple([_replaced(item, functions, calls) for item in node])
    if not isinstance(node, Node):
        return node
    if isinstance(node, Call) and node.name in functions:
        calls.append(node)
        return Name(node.start, node.end, f"{MARK}{len(calls) - 1}")
    before = len(calls)
    slots = {slot: _replaced(getattr(node, slot), functions, calls) for slot in type(node).__slots__}
    if len(calls) == before:
        return node
    copy = object.__new__(type(node))
    copy.start, copy.end = node.start, node.end
    for slot, value in slots.items():
        setattr(copy, slot, value)
    return copy
