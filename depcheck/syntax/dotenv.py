"""Env files, one expression per kind of token.

The rules are Compose's (github.com/compose-spec/compose-spec, "Env_file format"), which the usual dotenv libraries
share: ``export`` is allowed, single quotes keep everything but ``\\'``, double quotes know ``\\n`` and its like, quoted
values may span lines, an unquoted value ends at a blank before ``#``. A line that is none of this is a problem and the
next line is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.model import Comment, Problem
from depcheck.source import Text

_BLANK = r"[ \t\f\v\r\x85\xa0]"
_SKIP = re.compile(rf"(?:{_BLANK}|\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(rf"(?:export{_BLANK}+)?(?P<name>[^\W\d][\w.\-\[\]]*){_BLANK}*(?P<sign>[=:]|(?=[\n#])|\Z)")
_BLANKS = re.compile(rf"{_BLANK}*")
_LINE = re.compile(r"[^\n]*")
_QUOTED = {
    "'": re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL),
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
}
_INLINE_COMMENT = re.compile(rf"{_BLANK}#")
_AFTER_QUOTE = re.compile(rf"{_BLANK}*(?=\n|#|\Z)")
_PAIR = re.compile(r"\\.", re.DOTALL)
_ESCAPE = re.compile(r"""\\(?:[abfnrtv$"\\]|0[0-3][0-7]{2})""")
_MEANING = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$"}

_WORD = re.compile(r"[A-Za-z_.-]{1,20}")
_NEXT = "begin a comment with #, quote a value of several lines, or write NAME=value"


class Entry:
    """One variable of an env file; all offsets count in the text that was parsed.

    ``value`` is the text after quotes and escapes are decoded and before any expansion: a ``$`` that was escaped is
    ``$$`` in it. It is None where the file gives the bare name (the variable is passed on) and where its quote is not
    closed (``broken``). ``start`` to ``end`` is the value as written, quotes included.
    """

    __slots__ = ("broken", "end", "exported", "name", "name_end", "name_start", "quote", "start", "value")

    def __init__(
        self,
        name: str,
        name_start: int,
        *,
        start: int,
        end: int,
        value: Text | None,
        quote: str = "",
        exported: bool = False,
        broken: bool = False,
    ) -> None:
        self.name = name
        self.name_start = name_start
        self.name_end = name_start + len(name)
        self.start = start
        self.end = end
        self.value = value
        self.quote = quote
        self.exported = exported
        self.broken = broken


class EnvFile:
    """A parsed env file. ``duplicates`` are pairs of an earlier entry and the later one that takes its place."""

    __slots__ = ("comments", "duplicates", "entries", "problems", "text")

    def __init__(
        self,
        text: Text,
        entries: list[Entry],
        duplicates: list[tuple[Entry, Entry]],
        comments: list[Comment],
        problems: list[Problem],
    ) -> None:
        self.text = text
        self.entries = entries
        self.duplicates = duplicates
        self.comments = comments
        self.problems = problems


def parse(text: Text) -> EnvFile:
    """Read an env file; never fails, whatever the text is."""
    reader = _Reader(text)
    reader.read()
    seen: dict[str, Entry] = {}
    duplicates: list[tuple[Entry, Entry]] = []
    for entry in reader.entries:
        if entry.name in seen:
            duplicates.append((seen[entry.name], entry))
        seen[entry.name] = entry
    return EnvFile(text, reader.entries, duplicates, reader.comments, reader.problems)


class _Reader:
    __slots__ = ("comments", "entries", "problems", "source", "text")

    def __init__(self, text: Text) -> None:
        self.source = text
        self.text = text.text
        self.entries: list[Entry] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []

    def read(self) -> None:
        at = 0
        while at < len(self.text):
            skipped = _SKIP.match(self.text, at)
            if skipped is not None:
                at = skipped.end()
            elif self.text[at] == "#":
                at = self._comment(at)
            else:
                at = self._statement(at)

    def _comment(self, at: int) -> int:
        match = _COMMENT.match(self.text, at)
        assert match is not None
        words = match.group().lstrip("#").strip()
        self.comments.append(Comment(words, self.source.span(at, at + len(match.group().rstrip()))))
        return match.end()

    def _statement(self, at: int) -> int:
        match = _NAME.match(self.text, at)
        if match is None:
            return self._no_statement(at)
        name, name_start = match.group("name"), match.start("name")
        exported = name_start > at
        if not match.group("sign"):
            entry = Entry(
                name, name_start, start=match.end("name"), end=match.end("name"), value=None, exported=exported
            )
            self.entries.append(entry)
            return match.end()
        blanks = _BLANKS.match(self.text, match.end())
        start = blanks.end() if blanks is not None else match.end()
        quote = self.text[start : start + 1]
        if quote in _QUOTED:
            return self._quoted(name, name_start, start, quote, exported)
        return self._unquoted(name, name_start, match.end(), start, exported)

    def _unquoted(self, name: str, name_start: int, after_sign: int, start: int, exported: bool) -> int:
        line = _LINE.match(self.text, start)
        assert line is not None
        comment = _INLINE_COMMENT.search(self.text, max(start - 1, after_sign), line.end())
        end = line.end() if comment is None else comment.start()
        written = self.text[start:end].rstrip()
        if not written:
            start = after_sign
        end = start + len(written)
        value = self.source.cut(start, end)
        self.entries.append(Entry(name, name_start, start=start, end=end, value=value, exported=exported))
        return line.end() if comment is None else comment.end() - 1

    def _quoted(self, name: str, name_start: int, start: int, quote: str, exported: bool) -> int:
        match = _QUOTED[quote].match(self.text, start)
        if match is None:
            line = _LINE.match(self.text, start)
            assert line is not None
            end = start + len(line.group().rstrip())
            self.problems.append(
                Problem(
                    f"the value of {name} begins with {quote} and the quote is not closed",
                    self.source.span(start, start + 1),
                    f"close the quote, or write {chr(92)}{quote} for a quote inside the value",
                )
            )
            broken = Entry(
                name, name_start, start=start, end=end, value=None, quote=quote, exported=exported, broken=True
            )
            self.entries.append(broken)
            return line.end()
        decode = _decode_double if quote == '"' else _decode_single
        value = decode(self.source, match.start(1), match.end(1))
        self.entries.append(
            Entry(name, name_start, start=start, end=match.end(), value=value, quote=quote, exported=exported)
        )
        after = _AFTER_QUOTE.match(self.text, match.end())
        if after is not None:
            return after.end()
        return self._junk(
            match.end(), f"follows the closing quote of {name}", "put a blank and # before a comment, or move the quote"
        )

    def _junk(self, at: int, what: str, next_step: str) -> int:
        """Report what stands up to the end of the line; the message never shows what may be part of a value."""
        line = _LINE.match(self.text, at)
        assert line is not None
        end = at + len(line.group().rstrip())
        words = line.group().split(None, 1)
        shown = words[0] if words and _WORD.fullmatch(words[0]) else "the line"
        message = f"{shown} {what}" if what.startswith("is ") else f"text {what}"
        self.problems.append(Problem(message, self.source.span(at, end), next_step))
        return line.end()

    def _no_statement(self, at: int) -> int:
        """Lines that follow each other (a key pasted without quotes) are one problem."""
        first, lines, end = at, 0, at
        while at < len(self.text) and self.text[at] not in "\n#" and _NAME.match(self.text, at) is None:
            line = _LINE.match(self.text, at)
            assert line is not None
            end = at + len(line.group().rstrip())
            lines += 1
            at = line.end() + 1
            indent = _BLANKS.match(self.text, at)
            at = indent.end() if indent is not None else at
        if lines <= 1:
            return self._junk(first, "is not NAME=value", _NEXT)
        self.problems.append(Problem(f"{lines} lines are not NAME=value", self.source.span(first, end), _NEXT))
        return end


def _decode_single(source: Text, start: int, end: int) -> Text:
    """Only an escaped quote means something."""
    return _decoded(source, start, end, _PAIR, lambda pair: "'" if pair == "\\'" else pair)


def _decode_double(source: Text, start: int, end: int) -> Text:
    return _decoded(source, start, end, _ESCAPE, _meaning)


def _meaning(escape: str) -> str:
    sign = escape[1:]
    return chr(int(sign, 8)) if len(sign) > 1 else _MEANING.get(sign, sign)


def _decoded(source: Text, start: int, end: int, escape: re.Pattern[str], meaning: Callable[[str], str]) -> Text:
    if "\\" not in source.text[start:end]:
        return source.cut(start, end)
    chunks: list[tuple[str, int, int]] = []
    at = start
    for match in escape.finditer(source.text, start, end):
        if match.start() > at:
            chunks.append((source.text[at : match.start()], source.origin(at), source.origin(match.start())))
        chunks.append((meaning(match.group()), source.origin(match.start()), source.origin(match.end())))
        at = match.end()
    if at < end:
        chunks.append((source.text[at:end], source.origin(at), source.origin(end)))
    return Text.joined(source.source, chunks)
