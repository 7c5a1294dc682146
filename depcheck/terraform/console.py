"""Values as ``terraform console`` prints them, and types as its ``type`` function does."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.sets import quoted
from depcheck.terraform.types import TfType, element_of, friendly_name
from depcheck.terraform.values import EPHEMERAL, SENSITIVE, OpenAttributes, Reason, TfValue

_WRAP = {"list": "tolist({})", "set": "toset({})", "map": "tomap({})", "tuple": "{}", "object": "{}"}
_SPACES = " \t\r\n\v\f"


def show(value: TfValue, indent: int = 0) -> str:
    """The value on as many lines as it takes."""
    payload = value.payload
    if isinstance(payload, (Reason, OpenAttributes)):
        return "(known after apply)"
    if value.flags & SENSITIVE:
        return "(sensitive value)"
    if value.flags & EPHEMERAL:
        return "(ephemeral value)"
    if payload is None:
        return _show_null(value.type)
    if isinstance(payload, str):
        return _show_text(payload, indent)
    if isinstance(payload, bool):
        return "true" if payload else "false"
    if isinstance(payload, (int, float, Real)):
        return bigfloat.show(payload)
    inner = " " * (indent + 2)
    if isinstance(payload, dict):
        rows = [f"{inner}{_show_text(name, indent + 2)} = {show(item, indent + 2)}" for name, item in payload.items()]
        brackets = "{}"
    else:
        rows = [f"{inner}{show(item, indent + 2)}," for item in payload]
        brackets = "[]"
    body = "\n".join(["", *rows, " " * indent]) if rows else ""
    return _WRAP[value.kind].format(brackets[0] + body + brackets[1])


def _show_null(type_: TfType) -> str:
    if type_.kind == "dynamic":
        return "null"
    if type_.kind in ("string", "number", "bool"):
        return f"to{type_.kind}(null)"
    if type_.element is not None:
        return f"to{type_.kind}(null) /* of {friendly_name(type_.element)} */"
    return f"null /* {friendly_name(type_)} */"


def _show_text(text: str, indent: int) -> str:
    lines = text.split("\n")
    if len(lines) < 2:
        return quoted(text)
    delimiter = "EOT"
    stripped = {line.strip(_SPACES) for line in lines}
    while delimiter in stripped:
        delimiter += "_"
    pad = " " * indent
    return "\n".join([f"<<{'-' if indent else ''}{delimiter}", *(pad + line for line in lines), pad + delimiter])


def show_type(type_: TfType, indent: int = 0) -> str:
    """The type on as many lines as it takes."""
    inner = "    " * (indent + 1)
    if type_.kind == "object":
        if not type_.attributes:
            return "object({})"
        rows = [f"{inner}{name}: {show_type(item, indent + 1)}," for name, item in sorted(type_.attributes.items())]
        return "\n".join(["object({", *rows, "    " * indent + "})"])
    if type_.kind == "tuple":
        if not type_.elements:
            return "tuple([])"
        rows = [f"{inner}{show_type(item, indent + 1)}," for item in type_.elements]
        return "\n".join(["tuple([", *rows, "    " * indent + "])"])
    if type_.element is not None:
        element = element_of(type_)
        if element.kind in ("object", "tuple"):
            return f"{type_.kind}(\n{inner}{show_type(element, indent + 1)},\n{'    ' * indent})"
        return f"{type_.kind}({show_type(element, indent)})"
    return type_.kind
