"""Workspaces that a configuration distinguishes: ``terraform.workspace`` compared with names, or looked up in maps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from depcheck.environments import Environments
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Attribute, Binary, Block, Call, Expression, GetAttr, Name, Node, Object, String
from depcheck.terraform.configuration import Configuration
from depcheck.terraform.types import STRING
from depcheck.terraform.values import TfValue

_MENTION = "terraform.workspace"
# Functions that make something of a part of a text.
_PARTS = frozenset(
    (
        "endswith",
        "regex",
        "regexall",
        "replace",
        "split",
        "startswith",
        "strcontains",
        "substr",
        "trimprefix",
        "trimsuffix",
    )
)


def workspaces(
    root: Configuration, environments: Environments, value_of: Callable[[Text, Expression], TfValue]
) -> dict[str, TfValue]:
    """The names of workspaces that mean an environment, by environment; the first of each counts.

    A name stands in a comparison with ``terraform.workspace``, or is a key of a map in a root module that mentions
    ``terraform.workspace`` at all and has at least two such keys. Where parts of the workspace's name are looked at
    (``trimprefix(terraform.workspace, "app-")``), keys are no whole names: they follow the prefix that is taken off,
    if there is one and ``value_of`` knows it.
    """
    mentions = [file for file in root.files if _MENTION in file.text.text]
    if not mentions:
        return {}
    apart = [(file.text, call) for file in mentions for call in _taken_apart(file.body.blocks)]
    prefix: str | None = "" if not apart else None
    for text, call in apart:
        if prefix is None and call.name == "trimprefix" and len(call.arguments) == 2:
            taken = value_of(text, call.arguments[1]).payload
            prefix = taken if isinstance(taken, str) else None
    found: dict[str, TfValue] = {}
    for file in root.files:
        mentioned = _MENTION in file.text.text
        blocks = [block for block in file.body.blocks if mentioned or block.type in ("locals", "variable")]
        for node, whole in _names(blocks, environments, prefix is not None):
            environment = environments.named(node.value)
            if environment is not None and environment not in found:
                name = node.value if whole else f"{prefix}{node.value}"
                found[environment] = TfValue("string", name, STRING, 0, file.text, node)
    return found


def _taken_apart(nodes: list[Block]) -> Iterator[Call]:
    """The calls of functions that look at a part of the workspace's name."""
    pending: list[object] = [nodes]
    while pending:
        node = pending.pop()
        if isinstance(node, (list, tuple)):
            pending.extend(node)
        elif isinstance(node, Node):
            if isinstance(node, Call) and node.name in _PARTS and any(map(_is_workspace, node.arguments)):
                yield node
            pending.extend([getattr(node, slot) for slot in type(node).__slots__])


def _names(blocks: list[Block], environments: Environments, with_keys: bool) -> Iterator[tuple[String, bool]]:
    """The names, each with whether it is a workspace's whole name."""
    pending: list[object] = [blocks]
    while pending:
        node = pending.pop()
        if isinstance(node, (list, tuple)):
            pending.extend(reversed(node))
        elif isinstance(node, Binary) and node.operator in ("==", "!="):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, String) and _is_workspace(other):
                    yield one, True
            pending += (node.right, node.left)
        elif isinstance(node, Object):
            keys = [key for key, _ in node.items if isinstance(key, String) and environments.named(key.value)]
            if len(keys) > 1 and with_keys:
                for key in keys:
                    yield key, False
            pending.extend([value for _, value in reversed(node.items)])
        elif isinstance(node, Attribute):
            pending.append(node.value)
        elif isinstance(node, Node):
            pending.extend([getattr(node, slot) for slot in reversed(type(node).__slots__)])


def _is_workspace(node: object) -> bool:
    return (
        isinstance(node, GetAttr)
        and node.name == "workspace"
        and isinstance(node.base, Name)
        and node.base.name == "terraform"
    )
