"""TOML with a place for every key and value, from the specification of TOML 1.0 (and the few liberties of 1.1).

The tree is made of :class:`~depcheck.values.Known` nodes: ``span`` is the value as written (of a table its header's
name), ``key`` the key before it. Dates and times are told as their text. What cannot be read is a problem and
:class:`~depcheck.values.Unknown` in the tree, and reading goes on at the next line.
"""

from __future__ import annotations

from depcheck.model import Comment, Problem
from depcheck.patterns import Pattern
from depcheck.source import Span, Text
from depcheck.syntax.toml_scalars import TomlError, bare, multi_line, one_line
from depcheck.values import Known, Unknown, Value

#: Arrays and inline tables inside each other beyond this are not read.
DEPTH_LIMIT = 100
#: With more mistakes than this, a text is no TOML.
GIVE_UP = 100
_BLANK = Pattern(r"[ \t]*")
_TRIVIA = Pattern(r"[ \t\r\n]*")
_BARE_KEY = Pattern(r"[A-Za-z0-9_-]+")
_TO_LINE_END = Pattern(r"[^\r\n]*")
_TOKEN = Pattern(r"[^\s,\]}#=]{1,200}")


class TomlFile:
    """A text that was read: the root table, its comments, and what could not be read."""

    __slots__ = ("comments", "problems", "root")

    def __init__(self, root: Known, comments: list[Comment], problems: list[Problem]) -> None:
        self.root = root
        self.comments = comments
        self.problems = problems


class _Key:
    __slots__ = ("end", "name", "start")

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end


def parse(text: Text) -> TomlFile:
    """Read a TOML text; anything is read somehow."""
    reader = _Reader(text)
    reader.statements()
    return TomlFile(reader.root, reader.comments, reader.problems)


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.string = text.text
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.tables: dict[str, Value] = {}
        self.root = Known(self.tables, text.span(0, 0))
        self.current = self.tables

    def span(self, start: int, end: int) -> Span:
        return self.text.span(start, end)

    def statements(self) -> None:
        """Every line: a header of a table, or a key and its value."""
        at = 0
        while len(self.problems) < GIVE_UP:
            at = self.trivia(at)
            if at >= len(self.string):
                return
            try:
                at = self.header(at) if self.string[at] == "[" else self.entry(self.current, at)
                at = self.line_end(at)
            except TomlError as bad:
                self.problems.append(Problem(bad.message, self.span(bad.start, max(bad.end, bad.start)), bad.next_step))
                at = self._end_of_line(max(at, bad.end))
        self.problems.append(Problem("too many mistakes to read on", self.span(at, at), "is this TOML?"))

    def _end_of_line(self, at: int) -> int:
        match = _TO_LINE_END.match(self.string, at)
        return match.end() if match else len(self.string)

    def trivia(self, at: int) -> int:
        """Past blanks, line breaks and comments."""
        while True:
            match = _TRIVIA.match(self.string, at)
            at = match.end() if match else at
            if self.string[at : at + 1] != "#":
                return at
            at = self.comment(at)

    def comment(self, at: int) -> int:
        end = self._end_of_line(at)
        self.comments.append(Comment(self.string[at + 1 : end].strip(), self.span(at, end)))
        return end

    def blank(self, at: int) -> int:
        match = _BLANK.match(self.string, at)
        return match.end() if match else at

    def line_end(self, at: int) -> int:
        at = self.blank(at)
        if self.string[at : at + 1] == "#":
            return self.comment(at)
        if at < len(self.string) and self.string[at] not in "\r\n":
            end = self._end_of_line(at)
            raise TomlError(
                f"{self.string[at:end][:40].rstrip()} stands after the end of the value", at, end, "begin a line"
            )
        return at

    # --- keys and tables

    def header(self, at: int) -> int:
        """``[a.b]`` or ``[[a.b]]``."""
        start = at
        double = self.string.startswith("[[", at)
        keys, at = self.keys(self.blank(at + (2 if double else 1)))
        closing = "]]" if double else "]"
        at = self.blank(at)
        self.current = {}  # what follows a header that cannot be read belongs to nothing that is known
        if not self.string.startswith(closing, at):
            raise TomlError("the header of the table is not closed", start, at, f"write {closing}")
        at += len(closing)
        *folders, last = keys
        table = self.descend(self.tables, folders)
        place = self.span(keys[0].start, last.end)
        there = table.get(last.name)
        if double:
            self.current = self.appended(table, last, there, place)
        elif there is None:
            self.current = {}
            table[last.name] = Known(self.current, place, key=place)
        elif isinstance(there, Known) and isinstance(there.value, dict):
            self.current = there.value
        else:
            raise TomlError(f"{last.name} is no table", keys[0].start, last.end, "give the table another name")
        return at

    def appended(self, table: dict[str, Value], key: _Key, there: Value | None, place: Span) -> dict[str, Value]:
        entry: dict[str, Value] = {}
        if there is None:
            table[key.name] = Known([Known(entry, place, key=place)], place, key=place)
        elif isinstance(there, Known) and isinstance(there.value, list):
            there.value.append(Known(entry, place, key=place))
        else:
            raise TomlError(f"{key.name} is no array of tables", key.start, key.end, "give the tables another name")
        return entry

    def descend(self, table: dict[str, Value], keys: list[_Key]) -> dict[str, Value]:
        """The table at dotted keys, made where it is not there."""
        for key in keys:
            there = table.get(key.name)
            if there is None:
                place = self.span(key.start, key.end)
                inner: dict[str, Value] = {}
                table[key.name] = Known(inner, place, key=place)
                table = inner
                continue
            if isinstance(there, Known) and isinstance(there.value, list) and there.value:
                there = there.value[-1]
            if not isinstance(there, Known) or not isinstance(there.value, dict):
                raise TomlError(f"{key.name} is no table", key.start, key.end, "give the table another name")
            table = there.value
        return table

    def keys(self, at: int) -> tuple[list[_Key], int]:
        """``a."b c".d``."""
        found: list[_Key] = []
        while True:
            at = self.blank(at)
            char = self.string[at : at + 1]
            if char in ('"', "'"):
                name, end = one_line(self.string, at)
            else:
                match = _BARE_KEY.match(self.string, at)
                if match is None:
                    end = self._end_of_line(at)
                    shown = self.string[at:end][:40].rstrip()
                    raise TomlError(f"{shown or 'nothing'} is no key", at, end, "write key = value")
                name, end = match.group(), match.end()
            found.append(_Key(name, at, end))
            if len(found) > DEPTH_LIMIT:
                raise TomlError("the key has too many parts", found[0].start, end, "")
            after = self.blank(end)
            if self.string[after : after + 1] != ".":
                return found, end
            at = after + 1

    def entry(self, table: dict[str, Value], at: int, depth: int = 0) -> int:
        """``key = value``, put into a table."""
        keys, at = self.keys(at)
        at = self.blank(at)
        place = self.span(keys[0].start, keys[-1].end)
        if self.string[at : at + 1] != "=":
            raise TomlError(f"{place.text[:60]} has no value", keys[0].start, keys[-1].end, "write key = value")
        *folders, last = keys
        inner = self.descend(table, folders)
        known = last.name in inner
        try:
            value, at = self.value(self.blank(at + 1), self.span(last.start, last.end), depth)
        except TomlError as bad:
            span = self.span(bad.start, max(bad.start, bad.end))
            inner.setdefault(last.name, Unknown(f"the value of {last.name} cannot be read", span, key=place))
            raise
        if known:
            raise TomlError(f"{last.name} is given twice", last.start, last.end, "keep one of them")
        inner[last.name] = value
        return at

    # --- values

    def value(self, at: int, key: Span | None, depth: int) -> tuple[Value, int]:
        string = self.string
        char = string[at : at + 1]
        if char in ('"', "'"):
            read = multi_line if string.startswith(char * 3, at) else one_line
            text, end = read(string, at)
            return Known(text, self.span(at, end), key=key), end
        if char in ("[", "{"):
            if depth >= DEPTH_LIMIT:
                raise TomlError("arrays and tables are nested too deeply here", at, at + 1, "")
            return self.array(at, key, depth + 1) if char == "[" else self.inline(at, key, depth + 1)
        match = _TOKEN.match(string, at)
        if match is None:
            raise TomlError("a value is missing", at, at, "write key = value")
        scalar, end = bare(string, at, match.end())
        return Known(scalar, self.span(at, end), key=key), end

    def array(self, start: int, key: Span | None, depth: int) -> tuple[Value, int]:
        elements: list[Value] = []
        at = self.trivia(start + 1)
        while True:
            if self.string[at : at + 1] == "]":
                return Known(elements, self.span(start, at + 1), key=key), at + 1
            if at >= len(self.string):
                raise TomlError("the array is not closed", start, start + 1, "write ]")
            element, at = self.value(at, None, depth)
            elements.append(element)
            at = self.trivia(at)
            if self.string[at : at + 1] == ",":
                at = self.trivia(at + 1)
            elif self.string[at : at + 1] != "]":
                raise TomlError("a comma is missing between the elements of the array", at, at + 1, "write , or ]")

    def inline(self, start: int, key: Span | None, depth: int) -> tuple[Value, int]:
        table: dict[str, Value] = {}
        at = self.trivia(start + 1)
        while True:
            if self.string[at : at + 1] == "}":
                return Known(table, self.span(start, at + 1), key=key), at + 1
            if at >= len(self.string):
                raise TomlError("the table is not closed", start, start + 1, "write }")
            at = self.trivia(self.entry(table, at, depth))
            if self.string[at : at + 1] == ",":
                at = self.trivia(at + 1)
            elif self.string[at : at + 1] != "}":
                raise TomlError("a comma is missing between the entries of the table", at, at + 1, "write , or }")
