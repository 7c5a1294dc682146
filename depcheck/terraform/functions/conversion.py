"""Type conversion functions, and those of marks: sensitive, nonsensitive, issensitive, ephemeralasnull."""

from __future__ import annotations

from depcheck.terraform.conversion import convert
from depcheck.terraform.functions.spec import Function, Parameter
from depcheck.terraform.types import (
    BOOL,
    LIST_OF_DYNAMIC,
    MAP_OF_DYNAMIC,
    NUMBER,
    SET_OF_DYNAMIC,
    STRING,
    TfType,
    constraint,
)
from depcheck.terraform.values import (
    EPHEMERAL,
    INNER_EPHEMERAL,
    INNER_SENSITIVE,
    SENSITIVE,
    EvaluationError,
    OpenAttributes,
    TfValue,
    boolean,
    combined,
    null,
    unknown,
)

_ANY = Parameter("value", null=True, unknown=True, marked=True)


def _to(want: TfType) -> Function:
    def implementation(arguments: list[TfValue]) -> TfValue:
        value = arguments[0]
        try:
            return convert(value, want)
        except EvaluationError as problem:
            hidden = value.flags & INNER_SENSITIVE
            shown = f" {value.payload!r}" if isinstance(value.payload, str) and not hidden else ""
            clause = f"the {value.kind}{shown} does not convert to {constraint(want)}: {problem.clause}"
            raise EvaluationError(clause, 0) from None

    return Function(implementation, (_ANY,), result=want)


def _sensitive(arguments: list[TfValue]) -> TfValue:
    return arguments[0].marked(SENSITIVE)


def _nonsensitive(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    bare = value.unmarked()
    return bare.marked(EPHEMERAL) if value.flags & EPHEMERAL else bare


def _is_sensitive(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    if value.flags & SENSITIVE:
        return boolean(True)
    return boolean(False) if value.known else unknown(combined((value,)), BOOL)


def _ephemeral_as_null(arguments: list[TfValue]) -> TfValue:
    return _without_ephemeral(arguments[0])


def _without_ephemeral(value: TfValue) -> TfValue:
    if not value.flags & INNER_EPHEMERAL:
        return value
    if value.flags & EPHEMERAL:
        return null(value.type).marked(value.flags & SENSITIVE)
    payload = value.payload
    if isinstance(payload, OpenAttributes):
        return value
    inner: list[TfValue] | dict[str, TfValue]
    if isinstance(payload, dict):
        inner = {name: _without_ephemeral(item) for name, item in payload.items()}
        flags = [item.flags for item in inner.values()]
    else:
        assert isinstance(payload, list)
        inner = [_without_ephemeral(item) for item in payload]
        flags = [item.flags for item in inner]
    kept = value.flags & ~INNER_EPHEMERAL
    if not any(flag & INNER_EPHEMERAL for flag in flags):
        return TfValue(value.kind, inner, None if value.kind in ("object", "tuple") else value.type, kept)
    return value


FUNCTIONS = {
    "ephemeralasnull": Function(_ephemeral_as_null, (_ANY,)),
    "issensitive": Function(_is_sensitive, (_ANY,), result=BOOL),
    "nonsensitive": Function(_nonsensitive, (_ANY,)),
    "sensitive": Function(_sensitive, (_ANY,)),
    "tobool": _to(BOOL),
    "tolist": _to(LIST_OF_DYNAMIC),
    "tomap": _to(MAP_OF_DYNAMIC),
    "tonumber": _to(NUMBER),
    "toset": _to(SET_OF_DYNAMIC),
    "tostring": _to(STRING),
}
