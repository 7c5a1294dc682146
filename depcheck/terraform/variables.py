"""Variables: the type they are declared with, and what the given value or the default makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from depcheck.syntax.hcl_ast import Bool
from depcheck.terraform.configuration import Declaration
from depcheck.terraform.constraints import ANY, Constraint, conform, read_constraint
from depcheck.terraform.conversion import convert
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Log, Scope
from depcheck.terraform.types import BOOL, STRING, without_optional
from depcheck.terraform.values import (
    EPHEMERAL,
    SENSITIVE,
    EvaluationError,
    Hop,
    LimitError,
    Reason,
    TfValue,
    text_of,
    truth_of,
    unknown,
)
from depcheck.values import Missing


def constraint_of(declaration: Declaration, log: Log) -> Constraint:
    """The type that a variable is declared with."""
    if declaration.constraint is None:
        declaration.constraint = _constraint(declaration, log)
    return declaration.constraint


def _constraint(declaration: Declaration, log: Log) -> Constraint:
    argument = declaration.arguments.get("type")
    if argument is None:
        return ANY
    scope = Scope(argument.text, log=log)
    try:
        return read_constraint(argument.node.value, lambda node: evaluate(node, scope))
    except (EvaluationError, LimitError) as problem:
        scope.report(f"the type of var.{declaration.name} cannot be read: {problem.clause}", argument.node.value)
    return ANY


def flag(declaration: Declaration, name: str, otherwise: bool = False) -> bool:
    """A literal bool of a declaration, such as ``sensitive``."""
    argument = declaration.arguments.get(name)
    node = argument.node.value if argument is not None else None
    return node.value if isinstance(node, Bool) else otherwise


def default_of(declaration: Declaration, log: Log) -> TfValue | None:
    """The default as it is written; None where there is none."""
    argument = declaration.arguments.get("default")
    if argument is None:
        return None
    return evaluate(argument.node.value, Scope(argument.text, log=log))


def value_of(
    declaration: Declaration, constraint: Constraint, given: Sequence[TfValue], lacking: str, log: Log
) -> TfValue:
    """The value of a variable. Of ``given`` the last counts; without one, and without a default, it is unknown because
    of ``lacking``."""
    value = given[-1] if given else None
    if value is not None and value.payload is None and not flag(declaration, "nullable", True):
        value = None
    if value is None:
        value = default_of(declaration, log)
    marks = (SENSITIVE if flag(declaration, "sensitive") else 0) | (EPHEMERAL if flag(declaration, "ephemeral") else 0)
    if value is None:
        name = f"var.{declaration.name}"
        gap = Reason(lacking, (Missing(name, declaration.header),))
        return unknown(gap, without_optional(constraint.type), marks=marks).at(
            declaration.text, declaration.header_node, ()
        )
    try:
        made = conform(value, constraint)
    except (EvaluationError, LimitError) as problem:
        clause = f"the value of var.{declaration.name} does not fit its type: {problem.clause}"
        if value.text is not None and value.node is not None:
            Scope(value.text, log=log).report(clause, value.node)
        made = unknown(Reason(clause, failed=True), without_optional(constraint.type)).at(value.text, value.node, ())
    return made.marked(marks) if marks else made


def through_file(value: TfValue, declaration: Declaration, words: str) -> TfValue:
    """A value of a variables file, as it is reached through the variable's declaration."""
    hop = Hop(words, value.text, value.node)
    return value.at(declaration.text, declaration.header_node, (hop, *value.via))


def refusal(declaration: Declaration, value: TfValue, scope_of: Callable[[Declaration], Scope]) -> str | None:
    """The message of the first validation that the value does not pass; None where none refuses it for certain."""
    for inner in declaration.blocks("validation"):
        condition = inner.block.body.attribute("condition")
        if condition is None or not value.known:
            continue
        scope = scope_of(declaration)
        found = evaluate(condition.value, scope)
        if found.payload is None or not found.known:
            continue
        try:
            if truth_of(convert(found, BOOL)):
                continue
        except EvaluationError:
            continue
        message = inner.block.body.attribute("error_message")
        said = evaluate(message.value, scope) if message is not None else None
        if said is not None and said.known and said.kind == STRING.kind and said.payload is not None:
            return text_of(said)
        return "a validation refuses it"
    return None
