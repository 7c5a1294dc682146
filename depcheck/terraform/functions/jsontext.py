"""JSON text as Terraform writes it: keys in order, no spaces, ``<``, ``>`` and ``&`` escaped, numbers in full."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Real
from depcheck.terraform.values import (
    MAX_TEXT,
    NOT_NULL,
    EvaluationError,
    LimitError,
    OpenAttributes,
    Reason,
    TfValue,
)

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
    return "".join([part for part in pieces(value) if isinstance(part, str)])


def pieces(value: TfValue) -> list[str | TfValue]:
    """A value as JSON, with the values themselves where they are not known."""
    writer = _Writer()
    writer.write(value)
    return writer.parts


class _Writer:
    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        self.parts: list[str | TfValue] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise LimitError("the string is too long")
        self.parts.append(text)

    def write(self, value: TfValue) -> None:
        payload = value.payload
        if payload is None:
            self.add("null")
        elif isinstance(payload, str):
            self.add(quote(payload))
        elif isinstance(payload, bool):
            self.add("true" if payload else "false")
        elif isinstance(payload, (int, float, Real)):
            if isinstance(payload, float):
                raise EvaluationError("infinity cannot be written as JSON")
            self.add(bigfloat.show(payload))
        elif isinstance(payload, Reason):
            self.hole(value, payload)
        elif isinstance(payload, OpenAttributes):
            self.parts.append(value)
        else:
            self.inside(payload)

    def hole(self, value: TfValue, reason: Reason) -> None:
        if value.kind != "string" or not value.flags & NOT_NULL:
            self.parts.append(value)
            return
        self.add('"')
        for part in reason.parts or (value,):
            if isinstance(part, str):
                self.add(quote(part)[1:-1])
            else:
                self.parts.append(part)
        self.add('"')

    def inside(self, payload: list[TfValue] | dict[str, TfValue]) -> None:
        mapping = isinstance(payload, dict)
        self.add("{" if mapping else "[")
        names = [quote(name) + ":" for name in payload] if isinstance(payload, dict) else [""] * len(payload)
        items = payload.values() if isinstance(payload, dict) else payload
        for position, item in enumerate(items):
            self.add(f",{names[position]}" if position else names[position])
            self.write(item)
        self.add("}" if mapping else "]")
