"""What a built-in function is, and the protocol of a call: conversion, null, unknown and marks of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number
from depcheck.terraform.conversion import convert
from depcheck.terraform.identity import passed, referring
from depcheck.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, TfType
from depcheck.terraform.values import (
    INNER_MARKS,
    MARKS,
    EvaluationError,
    LimitError,
    Payload,
    Reason,
    TfValue,
    boolean,
    combined,
    deeply_unmarked,
    inner_marks,
    number,
    number_of,
    string,
    text_of,
    unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Files:
    """What file functions may see; paths are as the configuration writes them, relative to the root module.

    Each method raises ``LimitError`` for what is outside the scanned folder or was not read: the value is unknown then.
    """

    __slots__ = ()

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, None where there is none."""
        raise NotImplementedError

    def is_file(self, path: str) -> bool | None:
        """Whether there is a regular file; None where something else has that name."""
        raise NotImplementedError

    def below(self, folder: str) -> Sequence[str]:
        """The regular files below a folder, relative to it, with ``/``."""
        raise NotImplementedError


Implementation: TypeAlias = Callable[[list[TfValue]], TfValue]
FileImplementation: TypeAlias = Callable[[list[TfValue], Files], TfValue]


class Parameter:
    """One parameter: its name and type, and which special values the function wants to see itself."""

    __slots__ = ("marked", "name", "null", "type", "unknown")

    def __init__(
        self, name: str, type_: TfType = DYNAMIC, *, null: bool = False, unknown: bool = False, marked: bool = False
    ) -> None:
        self.name = name
        self.type = type_
        self.null = null
        self.unknown = unknown
        self.marked = marked


class Function:
    """A built-in function.

    ``result`` is the type of its result where that does not depend on the arguments; ``typed`` tells it from arguments
    of which some are not known. ``nullable`` functions may give null.
    """

    __slots__ = ("implementation", "nullable", "parameters", "reader", "result", "typed", "variadic")

    def __init__(
        self,
        implementation: Implementation | None,
        parameters: tuple[Parameter, ...] = (),
        *,
        variadic: Parameter | None = None,
        result: TfType = DYNAMIC,
        reader: FileImplementation | None = None,
        typed: Callable[[list[TfValue]], TfType] | None = None,
        nullable: bool = False,
    ) -> None:
        self.implementation = implementation
        self.parameters = parameters
        self.variadic = variadic
        self.result = result
        self.reader = reader
        self.typed = typed
        self.nullable = nullable


def call(name: str, function: Function, arguments: Sequence[TfValue], files: Files | None) -> TfValue:
    """The result of a call; ``EvaluationError`` and ``LimitError`` as Terraform and the limits have it."""
    fixed = function.parameters
    count = len(arguments)
    if count < len(fixed):
        some = "at least " if function.variadic else ""
        raise EvaluationError(f"{name}() needs {some}{len(fixed)} argument{'s' if len(fixed) > 1 else ''}")
    if count > len(fixed) and function.variadic is None:
        raise EvaluationError(f"{name}() takes only {len(fixed)} argument{'s' if len(fixed) > 1 else ''}", len(fixed))
    ready: list[TfValue] = []
    marks = 0
    waiting = False
    for position, argument in enumerate(arguments):
        parameter = fixed[position] if position < len(fixed) else function.variadic
        assert parameter is not None
        argument = _prepared(name, argument, parameter, position)
        if argument.flags & INNER_MARKS and not parameter.marked:
            marks |= inner_marks(argument)
            argument = deeply_unmarked(argument)
        if type(argument.payload) is Reason and not parameter.unknown:
            waiting = True
            marks |= argument.flags & MARKS
        ready.append(argument)
    if waiting:
        type_ = function.result if function.typed is None else function.typed(ready)
        reason = referring(combined(ready), passed(name, ready))
        return unknown(reason, type_, marks=marks, not_null=not function.nullable)
    if function.reader is not None:
        if files is None:
            raise LimitError(f"{name}() reads a file, and no files are at hand")
        result = function.reader(ready, files)
    else:
        assert function.implementation is not None
        result = function.implementation(ready)
    return result.marked(marks) if marks else result


def _prepared(name: str, argument: TfValue, parameter: Parameter, position: int) -> TfValue:
    try:
        argument = convert(argument, parameter.type)
    except EvaluationError as problem:
        message = f"argument {position + 1} of {name}(), {parameter.name}, does not fit: {problem.clause}"
        raise EvaluationError(message, position) from None
    if argument.payload is None and not parameter.null:
        raise EvaluationError(f"argument {position + 1} of {name}(), {parameter.name}, must not be null", position)
    return argument


def _wrapped_string(value: object) -> TfValue:
    assert isinstance(value, str)
    return string(value)


def _wrapped_number(value: object) -> TfValue:
    assert isinstance(value, (int, float, bigfloat.Real))
    return number(value)


def _wrapped_bool(value: object) -> TfValue:
    return boolean(value is True)


_WRAP = {"string": _wrapped_string, "number": _wrapped_number, "bool": _wrapped_bool}


def plain(result: TfType, implementation: Callable[..., Payload], *parameters: Parameter) -> Function:
    """A function of scalars that are known and not null, to a scalar."""
    wrap = _WRAP[result.kind]
    if len(parameters) == 1:
        return Function(lambda arguments: wrap(implementation(arguments[0].payload)), parameters, result=result)
    return Function(
        lambda arguments: wrap(implementation(*[argument.payload for argument in arguments])),
        parameters,
        result=result,
    )


def text(name: str) -> Parameter:
    """A parameter of type string."""
    return Parameter(name, STRING)


def numeric(name: str) -> Parameter:
    """A parameter of type number."""
    return Parameter(name, NUMBER)


def whole_number(value: TfValue | Number, what: str, argument: int | None = None) -> int:
    """A whole number that fits into 64 bits, as Terraform's functions want their counts and positions."""
    number_ = number_of(value) if isinstance(value, TfValue) else value
    found = bigfloat.whole(number_)
    if found is None:
        raise EvaluationError(f"{what} must be a whole number", argument)
    if not -(1 << 63) <= found < 1 << 63:
        raise EvaluationError(f"{what} must fit into 64 bits", argument)
    return found


def strings(values: Sequence[TfValue]) -> list[str]:
    """The texts of known strings."""
    return [text_of(value) for value in values]


__all__ = [
    "BOOL",
    "DYNAMIC",
    "NUMBER",
    "STRING",
    "Files",
    "Function",
    "Parameter",
    "call",
    "numeric",
    "plain",
    "strings",
    "text",
    "whole_number",
]
