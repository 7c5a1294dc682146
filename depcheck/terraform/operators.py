"""Operators: arithmetic, comparison, equality, logic."""

from __future__ import annotations

from collections.abc import Callable

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number
from depcheck.terraform.conversion import convert
from depcheck.terraform.equality import equals
from depcheck.terraform.types import BOOL, NUMBER, TfType
from depcheck.terraform.values import (
    INNER_MARKS,
    MARKS,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    boolean,
    combined,
    inner_marks,
    number,
    number_of,
    truth_of,
    unknown,
)

_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": bigfloat.add,
    "-": bigfloat.subtract,
    "*": bigfloat.multiply,
    "/": bigfloat.divide,
    "%": bigfloat.modulo,
}
_COMPARISON: dict[str, Callable[[int], bool]] = {
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
}


def binary(operator: str, left: TfValue, right: TfValue) -> TfValue:
    """``left operator right``."""
    if operator in ("==", "!="):
        return _equality(operator, left, right)
    if operator in ("&&", "||"):
        return _logic(operator, left, right)
    left, right = _operand(left, NUMBER, operator, "left"), _operand(right, NUMBER, operator, "right")
    marks = (left.flags | right.flags) & MARKS
    compare = _COMPARISON.get(operator)
    if not left.known or not right.known:
        return unknown(combined((left, right)), BOOL if compare else NUMBER, marks=marks, not_null=True)
    try:
        if compare is not None:
            made = boolean(compare(bigfloat.compare(number_of(left), number_of(right))))
        else:
            made = number(_ARITHMETIC[operator](number_of(left), number_of(right)))
    except bigfloat.NumberLimitError as problem:
        raise LimitError(str(problem)) from None
    except bigfloat.NumberError as problem:
        raise EvaluationError(str(problem)) from None
    return made.marked(marks) if marks else made


def unary(operator: str, operand: TfValue) -> TfValue:
    """``!operand`` or ``-operand``."""
    type_ = BOOL if operator == "!" else NUMBER
    operand = _operand(operand, type_, operator, "only")
    marks = operand.flags & MARKS
    if not operand.known:
        return unknown(combined((operand,)), type_, marks=marks, not_null=True)
    made = boolean(not truth_of(operand)) if operator == "!" else number(bigfloat.negate(number_of(operand)))
    return made.marked(marks) if marks else made


def _operand(value: TfValue, type_: TfType, operator: str, which: str) -> TfValue:
    try:
        value = convert(value, type_)
    except EvaluationError as problem:
        raise EvaluationError(f"the {which} operand of {operator} does not fit: {problem.clause}") from None
    if value.payload is None:
        raise EvaluationError(f"the {which} operand of {operator} must not be null")
    return value


def _equality(operator: str, left: TfValue, right: TfValue) -> TfValue:
    same = equals(left, right)
    marks = inner_marks(left) | inner_marks(right) if (left.flags | right.flags) & INNER_MARKS else 0
    if isinstance(same, Reason):
        return unknown(same, BOOL, marks=marks, not_null=True)
    made = boolean(same is (operator == "=="))
    return made.marked(marks) if marks else made


def decides(operator: str, left: TfValue) -> bool:
    """Whether the left side of ``&&`` or ``||`` decides alone, as it does since Terraform 1.12."""
    if not left.known or left.payload is None:
        return False
    try:
        return truth_of(convert(left, BOOL)) is (operator == "||")
    except (EvaluationError, LimitError):
        return False


def _logic(operator: str, left: TfValue, right: TfValue) -> TfValue:
    left, right = _operand(left, BOOL, operator, "left"), _operand(right, BOOL, operator, "right")
    marks = (left.flags | right.flags) & MARKS
    decisive = operator == "||"
    for side in (left, right):
        # One side is enough whatever the other turns out to be.
        if side.known and truth_of(side) is decisive:
            return boolean(decisive).marked(marks)
    if not left.known or not right.known:
        return unknown(combined((left, right)), BOOL, marks=marks, not_null=True)
    return boolean(not decisive).marked(marks)
