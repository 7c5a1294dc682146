"""JSON as text: an entry a line, so that it can be compared and searched, and safe wherever it is printed."""

from __future__ import annotations

import json
import re

from depcheck.source import Span

# What JSON itself leaves alone and a terminal or a log processor would not. All of it can only stand inside strings.
_UNSAFE = re.compile("[#\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LOG_COMMAND = re.compile(r"##\w*\[")
_encode = json.JSONEncoder(ensure_ascii=False).encode


# Lists whose entries are opened too; an entry of any other list stands whole on its line.
_OPENED = frozenset({"runs", "invocations"})


class Encoded(str):
    """An entry that is JSON text already: made early, so that thousands of maps need not live at once."""

    __slots__ = ()


def encoded(value: object) -> Encoded:
    """An entry of a list as the JSON text of its line."""
    return Encoded(_encode(value))


def dump(value: object, depth: int = 2) -> str:
    """JSON text with maps opened down to ``depth`` and an entry of a list on each line."""
    text = _dump(value, depth, "") + "\n"
    if text.isascii() and "##" not in text and "\x7f" not in text:
        return text
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character == "#":
        return r"\u0023" if _LOG_COMMAND.match(match.string, match.start()) else "#"
    return r"\ufffd" if "\ud800" <= character <= "\udfff" else f"\\u{ord(character):04x}"


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
    return value if isinstance(value, Encoded) else _encode(value)


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
