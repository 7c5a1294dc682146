"""Scalars of YAML 1.2: what a plain one means, and where the characters of one stand in its file."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.values import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

#: Words of the core schema. ``yes``, ``on``, ``off`` and ``y`` are strings since YAML 1.2.
_WORDS: dict[str, bool | float | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    **{sign + dot: float(sign + "inf") for sign in ("", "+", "-") for dot in (".inf", ".Inf", ".INF")},
    **{dot: float("nan") for dot in (".nan", ".NaN", ".NAN")},
}
_FIRST = frozenset("0123456789+-.")
_INTEGER = Pattern(r"[-+]?[0-9]+")
_OTHER_BASE = Pattern(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = Pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
#: Longer runs of digits stay text: nobody counts with them, and turning them into a number takes quadratic time.
_MOST_DIGITS = 100


def resolve(text: str) -> Scalar:
    """The value of a plain scalar under the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST or len(text) > _MOST_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def tagged(tag: str, text: str, plain: bool) -> Scalar:
    """The value of a scalar with one of YAML's own tags (``!!str``, ``!!int`` …) or with any other."""
    name = tag.removeprefix("tag:yaml.org,2002:")
    value = resolve(text) if name in ("int", "float", "bool", "null") else text
    if name == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def unquoted(text: str, start: int, end: int) -> str:
    """What a quoted scalar of one line says."""
    inner = text[start + 1 : end - 1]
    if text[start] == "'":
        return inner.replace("''", "'")
    if "\\" not in inner:
        return inner
    return "".join(chunk[0] for chunk in _flow(text, start + 1, end - 1, _DOUBLE))


def content_of(text: Text, start: int, end: int, content: str | None) -> Text:
    """The characters that the scalar written at ``start`` to ``end`` stands for, each with its place.

    ``content`` is what the parser made of it (None: not text). Should the two readings ever differ, the parser is right
    and its content is given as one piece that stands at the whole scalar.
    """
    written = text.text[start:end]
    mark = written[:1]
    if mark in ("|", ">") and content is None:
        body = written[len(written.splitlines()[0]) :]  # a number that is written as a block
        begin = start + len(written) - len(body.lstrip())
        chunks = _flow(text.text, begin, begin + len(body.strip()), _PLAIN)
    elif mark in ("|", ">") and content is not None:
        chunks = _block(text.text, start, content, folded=mark == ">")
    elif mark == '"' and end - start > 1:
        chunks = _flow(text.text, start + 1, end - 1, _DOUBLE)
    elif mark == "'" and end - start > 1:
        chunks = _flow(text.text, start + 1, end - 1, _SINGLE)
    else:
        chunks = _flow(text.text, start, end, _PLAIN)
    if content is not None and "".join(chunk[0] for chunk in chunks) != content:
        chunks = [(content, start, end)]
    return _assemble(text, chunks, start)


_Chunk: TypeAlias = "tuple[str, int, int]"

#: Begins with a class of characters, which ``re`` searches for several times as fast as for alternatives.
_BREAK = Pattern(r"[\r\n](?:(?<=\r)\n)?")
_FOLD = r"(?P<fold>[ \t]*(?:(?:\r\n|\r|\n)[ \t]*)+)"
_PLAIN = Pattern(_FOLD + r"|[^ \t\r\n]+|[ \t]+")
_SINGLE = Pattern(_FOLD + r"|(?P<quote>'')|[^ \t\r\n']+|[ \t]+|'")
_DOUBLE = Pattern(
    _FOLD + r"|\\(?P<join>(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*)"
    r"|\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<escape>.))"
    r"|[^ \t\r\n\\]+|[ \t]+|\\"
)
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))


def _flow(text: str, start: int, end: int, pattern: Pattern) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    run = start
    for match in pattern.finditer(text, start, end):
        kind = match.lastgroup
        if kind is None:
            continue
        if run < match.start():
            chunks.append((text[run : match.start()], run, match.start()))
        run = match.end()
        part = match.group(kind)
        if kind == "fold":
            breaks = len(_BREAK.findall(part))
            decoded = " " if breaks == 1 else "\n" * (breaks - 1)
        elif kind == "join":
            decoded = "\n" * (len(_BREAK.findall(part)) - 1)
        elif kind == "quote":
            decoded = "'"
        elif kind == "escape":
            decoded = _ESCAPES.get(part, part)
        else:
            code = int(part, 16)
            decoded = chr(code) if code < 0x110000 else "\ufffd"
        if decoded:
            chunks.append((decoded, match.start(), match.end()))
    if run < end:
        chunks.append((text[run:end], run, end))
    return chunks


def _lines(text: str, start: int) -> Iterator[tuple[int, int, int]]:
    """Begin, end, and end with the line break of each line from ``start`` on."""
    while start < len(text):
        match = _BREAK.search(text, start)
        if match is None:
            yield start, len(text), len(text)
            return
        yield start, match.start(), match.end()
        start = match.end()


def _block(text: str, start: int, content: str, *, folded: bool) -> list[_Chunk]:
    header = _BREAK.search(text, start)
    if header is None:
        return []
    indent = -1
    chunks: list[_Chunk] = []
    breaks: list[_Chunk] = []
    length = 0
    before = " "
    for begin, end, after in _lines(text, header.end()):
        if length + len(breaks) >= len(content):
            break
        line = text[begin:end]
        if indent < 0 and line.strip(" "):
            indent = _leading(line) - _leading(next((each for each in content.split("\n") if each), ""))
        if indent < 0 or len(line) <= indent:
            breaks.append(("\n", end, after))
            continue
        line = line[indent:]
        if folded and breaks and before[0] not in " \t" and line[0] not in " \t":
            breaks = breaks[1:] or [(" ", breaks[0][1], breaks[0][2])]
        chunks.extend(breaks)
        chunks.append((line, begin + indent, end))
        length += len(breaks) + len(line)
        breaks = [("\n", end, after)] if after > end else []
        before = line
    return _first([*chunks, *breaks], len(content))


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _first(chunks: list[_Chunk], length: int) -> list[_Chunk]:
    """As many chunks as make so many characters; only line breaks are cut off, which chomping does."""
    kept: list[_Chunk] = []
    for chunk in chunks:
        if length <= 0:
            break
        length -= len(chunk[0])
        kept.append(chunk)
    return kept


def _assemble(text: Text, chunks: list[_Chunk], start: int) -> Text:
    merged: list[_Chunk] = []
    pieces: list[_Chunk] = []
    for characters, begin, end in chunks:
        if merged and merged[-1][2] == begin and end - begin == len(characters):
            last, last_begin, last_end = merged[-1]
            if last_end - last_begin == len(last):
                merged[-1] = (last + characters, last_begin, end)
                continue
        merged.append((characters, begin, end))
    if text.pieces is None:
        pieces = [(characters, text.base + begin, text.base + end) for characters, begin, end in merged]
        return Text.joined(text.source, pieces or [("", text.base + start, text.base + start)])
    for characters, begin, end in merged:
        if text.text[begin:end] == characters:
            part = text.cut(begin, end)
            bounds = [piece[0] for piece in part.pieces or ()] + [len(characters)]
            pieces.extend(
                (characters[at:stop], origin, origin_end)
                for (at, origin, origin_end), stop in zip(part.pieces or (), bounds[1:], strict=True)
            )
        else:
            span = text.span(begin, end)
            pieces.append((characters, span.start, span.end))
    here = text.span(start, start).start
    return Text.joined(text.source, pieces or [("", here, here)])
