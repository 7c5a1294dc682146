"""JSON as text: an entry a line, so that it can be compared and searched, and safe wherever it is printed."""

from __future__ import annotations

import json
import re

from depcheck.source import Span

# What JSON itself leaves alone and a terminal or a log processor would not. All of it can only stand inside strings.
_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|#(?=#\w*\[)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_encode = json.JSONEncoder(ensure_ascii=False).encode


# Lists whose entries are opened too; an entry of any other list stands whole on its line.
_OPENED = frozenset({"runs", "invocations"})


def dump(value: object, depth: int = 2) -> str:
    """JSON text with maps opened down to ``depth`` and an entry of a list on each line."""
    text = _dump(value, depth, "") + "\n"
    if text.isascii() and "##" not in text and "\x7f" not in text:
        return text
    text = _SURROGATE.sub(r"\\ufffd", text)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _dump(value: object, depth: int, indent: str) -> str:
    inner = indent + "  "
    if depth > 0 and isinstance(value, dict) and value:
        entries = [
            f"{_encode(key)}: {_dump(item, depth - 1 if key in _OPENED else min(depth - 1, _list_depth(item)), inner)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(inner + entry for entry in entries) + "\n" + indent + "}"
    if depth > 0 and isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _dump(item, depth - 1, inner) for item in value) + "\n" + indent + "]"
    return _encode(value)


def _list_depth(value: object) -> int:
    return 1 if isinstance(value, list) else 100


def location(span: Span) -> dict[str, object]:
    """A place as JSON reports give it: path, first line and column, and those just past the end."""
    source = span.source
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {
        "path": span.path,
        "start": {"line": line, "column": column},
        "end": {"line": end_line, "column": end_column},
    }
