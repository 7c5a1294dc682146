"""JSON text as Terraform writes it: keys in order, no spaces, ``<``, ``>`` and ``&`` escaped, numbers in full."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.values import MAX_TEXT, EvaluationError, LimitError, TfValue

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_TABLE = str.maketrans({chr(code): f"\\u{code:04x}" for code in range(0x20)} | _ESCAPES)


def quote(text: str) -> str:
    """A string as JSON."""
    return f'"{text.translate(_TABLE)}"'


def encode(value: TfValue) -> str:
    """A known value as JSON."""
    parts: list[str] = []
    _write(value, parts, [0])
    return "".join(parts)


def _write(value: TfValue, parts: list[str], size: list[int]) -> None:
    payload = value.payload
    if payload is None:
        parts.append("null")
    elif isinstance(payload, str):
        parts.append(quote(payload))
    elif isinstance(payload, bool):
        parts.append("true" if payload else "false")
    elif isinstance(payload, (int, float, Real)):
        if isinstance(payload, float):
            raise EvaluationError("infinity cannot be written as JSON")
        parts.append(bigfloat.show(payload))
    elif isinstance(payload, list):
        _write_list(payload, parts, size)
    elif isinstance(payload, dict):
        parts.append("{")
        for position, (name, item) in enumerate(payload.items()):
            parts.append(("," if position else "") + quote(name) + ":")
            _write(item, parts, size)
        parts.append("}")
    else:
        raise EvaluationError("an unknown value cannot be written as JSON")
    size[0] += len(parts[-1])
    if size[0] > MAX_TEXT:
        raise LimitError("the string is too long")


def _write_list(items: list[TfValue], parts: list[str], size: list[int]) -> None:
    parts.append("[")
    for position, item in enumerate(items):
        if position:
            parts.append(",")
        _write(item, parts, size)
    parts.append("]")
