"""The inside of JSON strings: what their escapes stand for, and the places of the decoded characters."""

from __future__ import annotations

import re
from bisect import bisect_right

from depcheck.source import Text
from depcheck.values import Known

#: A string from its quote to the end of its line or its closing quote, which is the second group.
STRING = re.compile(r'"((?:[^"\\\n]++|\\[^\n])*+)(")?')
ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def decode_escape(word: str) -> str | None:
    """What an escape such as ``\\n`` or a surrogate pair stands for; None if it stands for nothing.

    Half a surrogate pair becomes U+FFFD: it is no character, and no report could be encoded with it.
    """
    if word[1] == "u":
        if len(word) == 12:
            high, low = int(word[2:6], 16), int(word[8:12], 16)
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        if len(word) < 6:
            return None
        code = int(word[2:6], 16)
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
    return _ESCAPES.get(word[1])


def content(value: Known, text: Text) -> Text | None:
    """The decoded characters of a string with their places, for a language embedded in it.

    ``text`` is what the value was parsed from. None for anything but a quoted string of that text.
    """
    start = _offset(text, value.span.start)
    match = STRING.match(text.text, start) if start is not None else None
    if match is None or not isinstance(value.value, str):
        return None
    first, last = match.span(1)
    if "\\" not in match[1]:
        return text.cut(first, last)
    chunks: list[tuple[str, int, int]] = []
    at = first
    for escape in ESCAPE.finditer(text.text, first, last):
        chunks.extend(chunks_of(text, at, escape.start()))
        span = text.span(*escape.span())
        decoded = decode_escape(escape[0])
        chunks.append((escape[0] if decoded is None else decoded, span.start, span.end))
        at = escape.end()
    chunks.extend(chunks_of(text, at, last))
    return Text.joined(text.source, chunks)


def chunks_of(text: Text, start: int, end: int) -> list[tuple[str, int, int]]:
    """A part of a text as :meth:`Text.joined` takes it."""
    if start >= end:
        return []
    cut = text.cut(start, end)
    if cut.pieces is None:
        return [(cut.text, cut.base, cut.base + len(cut.text))]
    stops = [piece[0] for piece in cut.pieces[1:]] + [len(cut.text)]
    return [
        (cut.text[at:stop], origin, origin_end)
        for (at, origin, origin_end), stop in zip(cut.pieces, stops, strict=True)
    ]


def _offset(text: Text, origin: int) -> int | None:
    """Where the character at a place of the source stands in a text made of its pieces."""
    if text.pieces is None:
        at = origin - text.base
        return at if 0 <= at < len(text.text) else None
    index = bisect_right([piece[1] for piece in text.pieces], origin) - 1
    if index < 0:
        return None
    start, piece_origin, piece_end = text.pieces[index]
    stop = text.pieces[index + 1][0] if index + 1 < len(text.pieces) else len(text.text)
    return start + origin - piece_origin if stop - start == piece_end - piece_origin else start
