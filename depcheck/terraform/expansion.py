"""``count`` and ``for_each``: how many instances a block has, and what they are called."""

from __future__ import annotations

from collections.abc import Callable

from depcheck.source import Text
from depcheck.syntax.hcl_ast import Node
from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Int64
from depcheck.terraform.configuration import Declaration
from depcheck.terraform.conversion import convert
from depcheck.terraform.evaluation import MAX_INSTANCES
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Scope
from depcheck.terraform.sets import quoted
from depcheck.terraform.types import NUMBER, STRING
from depcheck.terraform.values import (
    EvaluationError,
    LimitError,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    entries_of,
    items_of,
    number,
    number_of,
    string,
    text_of,
    unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Key: TypeAlias = int | str | None
ScopeOf: TypeAlias = Callable[[Text], Scope]


class Expansion:
    """The instances of a block.

    ``mode`` is ``one``, ``count`` or ``each``. ``keys`` are the keys of the instances, each with the value it stands
    for; none where they are not known or too many: ``open`` says why then. Instances that cannot differ are ``shared``:
    one stands for all of them, under the key None and the address of the block.
    """

    __slots__ = ("keys", "mode", "open", "shared")

    def __init__(
        self, mode: str, keys: dict[Key, TfValue], *, shared: bool = False, open_: TfValue | None = None
    ) -> None:
        self.mode = mode
        self.keys = keys
        self.open = open_
        self.shared = shared or open_ is not None or mode == "one"

    def told(self) -> list[Key]:
        """The keys of the instances that are told one by one."""
        if self.shared:
            return [None] if self.open is not None or self.mode == "one" or self.keys else []
        return list(self.keys)

    def size(self) -> int | None:
        """How many instances each one that is told stands for; None where that is not known."""
        if self.open is not None:
            return None
        return len(self.keys) if self.shared and self.mode != "one" else 1


def address_of(base: str, key: Key) -> str:
    """The address of an instance."""
    if key is None:
        return base
    return f"{base}[{key}]" if isinstance(key, int) else f"{base}[{quoted(key)}]"


ONE = Expansion("one", {})


def expand(declaration: Declaration, scope_of: ScopeOf) -> Expansion:
    """Evaluate ``count`` or ``for_each``."""
    arguments = declaration.arguments
    count, each = arguments.get("count"), arguments.get("for_each")
    if count is not None:
        scope = scope_of(count.text)
        return _count(evaluate(count.node.value, scope), declaration, scope, count.node.value)
    if each is not None:
        scope = scope_of(each.text)
        return _each(evaluate(each.node.value, scope), declaration, scope, each.node.value)
    return ONE


def _open(mode: str, reason: TfValue) -> Expansion:
    return Expansion(mode, {}, open_=reason)


def _count(value: TfValue, declaration: Declaration, scope: Scope, node: Node) -> Expansion:
    try:
        value = convert(value, NUMBER)
    except EvaluationError as problem:
        scope.report(f"count must be a number: {problem.clause}", node)
        return _open("count", unknown(Reason("count is no number", failed=True)))
    if value.payload is None:
        scope.report("count is null", node)
        return _open("count", unknown(Reason("count is null", failed=True)))
    if not value.known:
        return _open("count", value)
    found = bigfloat.whole(number_of(value))
    if found is None or found < 0:
        scope.report("count must be a whole number that is not negative", node)
        return _open("count", unknown(Reason("count is no whole number", failed=True)))
    if found > MAX_INSTANCES:
        return _open("count", unknown(f"it is one of {found} instances"))
    keys: dict[Key, TfValue] = {index: number(Int64(index)) for index in range(found)}
    return Expansion("count", keys, shared=found > 1 and not declaration.varies())


def _each(value: TfValue, declaration: Declaration, scope: Scope, node: Node) -> Expansion:
    payload = value.payload
    if not value.known or isinstance(payload, OpenAttributes):
        return _open("each", value)
    if isinstance(payload, dict) and value.kind in ("map", "object"):
        entries: dict[Key, TfValue] = dict(entries_of(value).items())
    elif isinstance(payload, list) and value.kind in ("set", "tuple", "list"):
        if value.kind != "set" and items_of(value):
            scope.report(f"for_each takes a map or a set of strings, not a {value.kind}", node, "use toset(…)")
        entries = {}
        for item in items_of(value):
            if not item.known or item.payload is None:
                return _open("each", unknown(combined((item,))))
            try:
                item = convert(item, STRING)
            except (EvaluationError, LimitError):
                return _open("each", unknown(Reason("for_each is no set of strings", failed=True)))
            entries[text_of(item)] = item
    else:
        clause = (
            "for_each is null" if payload is None else f"for_each takes a map or a set of strings, not a {value.kind}"
        )
        scope.report(clause, node)
        return _open("each", unknown(Reason(clause, failed=True)))
    if len(entries) > MAX_INSTANCES:
        return _open("each", unknown(f"it is one of {len(entries)} instances"))
    return Expansion("each", entries, shared=len(entries) > 1 and not declaration.varies())


def key_value(key: Key) -> TfValue:
    """A key as a value."""
    return number(Int64(key)) if isinstance(key, int) else string(key or "")
