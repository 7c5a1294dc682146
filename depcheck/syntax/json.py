"""JSON with positions: text → trees of :mod:`depcheck.values`, every leaf and key with its span.

Written from RFC 8259. A mistake is a :class:`~depcheck.model.Problem` and the rest is still read. A string's span
includes its quotes. On request comments and trailing commas are accepted, as editors do for their own settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from depcheck.model import Comment, Problem
from depcheck.source import Source, Span, Text
from depcheck.syntax.json_strings import ESCAPE, STRING, content, decode_escape
from depcheck.values import OPEN, Absent, Known, Unknown, Value

__all__ = ["DEPTH_LIMIT", "JsonFile", "content", "parse"]

#: Deeper values are reported and left unknown, so that nothing that walks a tree can run out of stack.
DEPTH_LIMIT = 100
#: More problems than this in one file tell nothing new.
PROBLEM_LIMIT = 50
#: Python itself refuses to convert longer integers.
DIGIT_LIMIT = 4000

_BLANK = r"[ \t\n\r]*+"
_PLAIN = r'"([^"\\\x00-\x1f]*+)"'
_SCALAR = rf"(?:{_PLAIN}|(-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?)(?![\w.+-])|(true|false|null)\b|([{{\[]))"
_PAIR = rf"{_PLAIN}{_BLANK}:{_BLANK}{_SCALAR}"
# Each matches one plain member or element with what stands before it, or the end of its container (the last group).
_MEMBER = re.compile(rf"{_BLANK}(?:{_PAIR}|(\}}))", re.ASCII)
_NEXT_MEMBER = re.compile(rf"{_BLANK}(?:,{_BLANK}{_PAIR}|(\}}))", re.ASCII)
_ELEMENT = re.compile(rf"{_BLANK}(?:{_SCALAR}|(\]))", re.ASCII)
_NEXT_ELEMENT = re.compile(rf"{_BLANK}(?:,{_BLANK}{_SCALAR}|(\]))", re.ASCII)
_TRIVIA = re.compile(r"[ \t\n\r]++|//[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)|#[^\n]*+|\ufeff")
_SINGLE = re.compile(r"'((?:[^'\\\n]++|\\[^\n])*+)'")
_CONTROL = re.compile(r"[\x00-\x1f]")
_WORD = re.compile(r"[\w$+.-][\w$+.\-/]*+")
_JUNK = re.compile(r"[^,{}\[\]\"\n]++|.", re.DOTALL)
_SKIP = re.compile(r'[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+"?', re.DOTALL)
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class JsonFile:
    """A JSON text that was read. ``root`` is absent when there is no value at all."""

    __slots__ = ("comments", "problems", "root")

    def __init__(self, root: Value, comments: list[Comment], problems: list[Problem]) -> None:
        self.root = root
        self.comments = comments
        self.problems = problems


def parse(text: Text, *, lenient: bool = False, holes: Mapping[str, Unknown] | None = None) -> JsonFile:
    """Read a JSON text; ``lenient`` accepts comments and trailing commas without a problem.

    ``holes`` serves templates of JSON: each of its characters stands in the text for something that is not decided. A
    string with one inside becomes that unknown (its ``outline`` is the rest), as does one that stands for a value.
    """
    return _Reader(text, lenient, holes or {}).file()


class _Reader:
    __slots__ = (
        "base",
        "closers",
        "comments",
        "full",
        "holes",
        "lenient",
        "problems",
        "source",
        "spans",
        "string",
        "text",
        "torn",
    )

    def __init__(self, text: Text, lenient: bool, holes: Mapping[str, Unknown]) -> None:
        self.text = text
        self.string = text.text
        self.source = text.source
        self.base = text.base if text.pieces is None else 0
        self.spans: Callable[[Source, int, int], Span] = (
            Span if text.pieces is None else lambda _source, start, end: text.span(start, end)
        )
        self.lenient = lenient
        self.holes = holes
        self.closers: list[str] = []
        self.full = False
        self.torn = False
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []

    # The whole text

    def file(self) -> JsonFile:
        at = self.trivia(0)
        if at >= len(self.string):
            self.problem("no JSON value: the text is empty", 0, 0, "write {} for an empty object")
            return JsonFile(Absent(self.span(0, 0)), self.comments, self.problems)
        root, at = self.value(at, None)
        at = self.trivia(at)
        if isinstance(root, Unknown) and self.string[at : at + 1] in ("{", "["):
            root, at = self.value(at, None)
            at = self.trivia(at)
        if at < len(self.string):
            token = self.token(at)
            self.problem(f"{token} after the end of the JSON value", at, at + len(token), "a file holds one value")
        return JsonFile(root, self.comments, self.problems)

    def span(self, start: int, end: int) -> Span:
        return self.spans(self.source, self.base + start, self.base + end)

    def problem(self, message: str, start: int, end: int, next_step: str = "") -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems.append(Problem(message, self.span(start, end), next_step))

    def token(self, at: int) -> str:
        """The characters at a place as a person would name them, cut to a readable length."""
        match = _WORD.match(self.string, at) or STRING.match(self.string, at) or _JUNK.match(self.string, at)
        return match[0].strip()[:40] or "a blank" if match else "the end of the text"

    def trivia(self, at: int) -> int:
        """The next place that is neither blank nor comment."""
        while match := _TRIVIA.match(self.string, at):
            first = match[0][0]
            if first in "/#":
                word = match[0].rstrip()
                body = word[2:].removesuffix("*/") if word.startswith("/*") else word.lstrip("/#")
                self.comments.append(Comment(body.strip(), self.span(at, match.end())))
                if word.startswith("/*") and (len(word) < 4 or not word.endswith("*/")):
                    self.problem("comment is not closed", at, at + 2, "close it with */")
                elif not self.lenient:
                    self.problem(
                        f"comment {word.splitlines()[0][:40]} in JSON", at, match.end(), "JSON has no comments"
                    )
            at = match.end()
        return at

    # Values

    def value(self, at: int, key: Span | None) -> tuple[Value, int]:
        """The value that begins at ``at``, a place without trivia, and where it ends."""
        string = self.string
        first = string[at : at + 1]
        if first == "{" or first == "[":
            return self.container(at, key)
        if first == '"':
            return self.quoted(at, key)
        if first in self.holes and first:
            unknown = self.holes[first]
            return _hole(unknown, self.span(at, at + 1), key, unknown.outline), at + 1
        match = _ELEMENT.match(string, at)
        if match and first not in ("]", "}"):
            return self.scalar(match, 1, key), match.end()
        return self.odd(at, key)

    def scalar(self, match: re.Match[str], first: int, key: Span | None) -> Value:
        """The value of the groups of ``_SCALAR`` that begin at ``first`` in a match; never a container."""
        kind = (match.lastindex or first) - first
        start, end = match.span(first + kind)
        word = match[first + kind]
        if kind == 0:
            span = self.span(start - 1, end + 1)
            for hole, unknown in self.holes.items():
                if hole in word:
                    return _hole(unknown, span, key, self.outline(word))
            return Known(word, span, key=key)
        span = self.spans(self.source, self.base + start, self.base + end)
        if kind == 2:
            return Known(_LITERALS[word], span, key=key)
        if len(word) < 16:
            try:
                return Known(int(word), span, key=key)
            except ValueError:
                pass
        return self.number(word, span, key)

    def number(self, word: str, span: Span, key: Span | None) -> Value:
        number: int | float | None = None
        if len(word) <= DIGIT_LIMIT:
            number = float(word) if any(each in word for each in ".eE") else int(word)
        if number is None or number in (float("inf"), float("-inf")):
            shown = word if len(word) <= 24 else word[:20] + "…"
            self.problems.append(Problem(f"number {shown} is out of range", span))
            return Unknown(f"the number {shown} is out of range", span, key=key)
        return Known(number, span, key=key)

    def quoted(self, at: int, key: Span | None) -> tuple[Value, int]:
        word, end = self.characters(at)
        span = self.span(at, end)
        for hole, unknown in self.holes.items():
            if hole in word:
                return _hole(unknown, span, key, self.outline(word)), end
        return Known(word, span, key=key), end

    def outline(self, word: str) -> str:
        """A string with the mark of an undecided part, or what is decided of that part, for each hole."""
        for hole, unknown in self.holes.items():
            word = word.replace(hole, OPEN if unknown.outline is None else unknown.outline)
        return word

    def characters(self, at: int) -> tuple[str, int]:
        """The decoded string at an opening quote, and where it ends; one that is not closed ends with its line."""
        match = STRING.match(self.string, at)
        assert match is not None
        raw, end = match[1], match.end()
        if match[2] is None:
            # A comma or blank at the end belongs to what surrounds the string that somebody forgot to close.
            raw = raw.rstrip("\r,")
            end = at + 1 + len(raw)
            self.problem(f"string {self.string[at : min(end, at + 30)]} is not closed", at, end, 'close it with "')
        control = _CONTROL.search(raw)
        if control and match[2] is not None:
            name = {"\t": "tab"}.get(control[0], f"control character U+{ord(control[0]):04X}")
            self.problem(f"{name} inside a string", at, end, f"write it as \\{'t' if name == 'tab' else 'u00XX'}")
        if "\\" not in raw:
            return raw, end
        return ESCAPE.sub(lambda escape: self.escape(escape, at + 1), raw), end

    def escape(self, match: re.Match[str], base: int) -> str:
        decoded = decode_escape(match[0])
        if decoded is None:
            start = base + match.start()
            self.problem(f"{match[0]} is no escape", start, start + len(match[0]), "write a backslash as \\\\")
            return match[0]
        return decoded

    def odd(self, at: int, key: Span | None) -> tuple[Value, int]:
        """Something that is no JSON value; what it most likely stands for is told, and how it is written."""
        string = self.string
        if quoted := _SINGLE.match(string, at):
            self.problem(f"{quoted[0][:40]} is not in double quotes", at, quoted.end(), 'write strings as "…"')
            return Known(quoted[1], self.span(at, quoted.end()), key=key), quoted.end()
        if word := _WORD.match(string, at):
            lowered = word[0].lower()
            span = self.span(at, word.end())
            if lowered in _LITERALS or lowered == "none":
                self.problem(f"{word[0]} is not JSON", at, word.end(), "write true, false or null in lower case")
                return Known(_LITERALS.get(lowered), span, key=key), word.end()
            self.problem(f"{word[0][:40]} is not a JSON value", at, word.end(), 'write strings as "…"')
            return Unknown(f"{word[0][:40]} is not a JSON value", span, key=key), word.end()
        end = self.past(at) if at < len(string) and string[at] not in ",}]" else at
        token = self.token(at) if at < len(string) else "the end of the text"
        self.problem(f"expected a value, found {token}", at, max(end, min(at + 1, len(string))))
        return Unknown("its value is missing", self.span(at, at) if key is None else key, key=key), end

    # Containers

    def container(self, at: int, key: Span | None) -> tuple[Value, int]:
        closers = self.closers
        if len(closers) >= DEPTH_LIMIT:
            return self.too_deep(at, key)
        if self.string[at] == "{":
            closers.append("}")
            members, end = self.members(at)
            closers.pop()
            return Known(members, self.spans(self.source, self.base + at, self.base + end), key=key), end
        closers.append("]")
        elements, end = self.elements(at)
        closers.pop()
        return Known(elements, self.spans(self.source, self.base + at, self.base + end), key=key), end

    def too_deep(self, at: int, key: Span | None) -> tuple[Value, int]:
        end = self.skip(at)
        message = f"nested deeper than {DEPTH_LIMIT} levels"
        if not self.full:
            self.full = True
            self.problem(message, at, at + 1, "what is deeper is not judged")
        return Unknown(message, self.span(at, end), key=key), end

    def skip(self, at: int) -> int:
        """The end of the container at ``at``, without reading it."""
        string, level = self.string, 0
        while at < len(string):
            if string[at] in "{[":
                level += 1
            elif string[at] in "}]":
                level -= 1
                if level == 0:
                    return at + 1
            else:
                match = _SKIP.match(string, at)
                at = match.end() if match else at + 1
                continue
            at += 1
        return at

    def members(self, opening: int) -> tuple[dict[str, Value], int]:
        """The members of an object and where it ends. The loop is the reader's hot path: one match for a member."""
        string, source, base, spans = self.string, self.source, self.base, self.spans
        found: dict[str, Value] = {}
        match = _MEMBER.match
        at = opening + 1
        quick = not self.holes
        while True:
            while member := match(string, at):
                kind = member.lastindex
                if kind == 6:
                    return found, member.end()
                name = member[1]
                start, end = member.span(1)
                key = spans(source, base + start - 1, base + end + 1)
                if name in found:
                    self.duplicate(name, found[name], start - 1, end + 1)
                if kind == 2 and quick:
                    start, end = member.span(2)
                    found[name] = Known(member[2], spans(source, base + start - 1, base + end + 1), key=key)
                    at = end + 1
                elif kind == 5:
                    found[name], at = self.container(member.start(5), key)
                else:
                    found[name] = self.scalar(member, 2, key)
                    at = member.end()
                match = _NEXT_MEMBER.match
            at, more = self.slow_member(opening, at, found)
            if not more:
                return found, at
            match = _NEXT_MEMBER.match if found else _MEMBER.match

    def duplicate(self, name: str, earlier: Value, start: int, end: int) -> None:
        line = earlier.key.line if earlier.key is not None else earlier.span.line
        self.problem(f'key "{name[:40]}" is given twice, first on line {line}', start, end, "the last one counts")

    def slow_member(self, opening: int, at: int, found: dict[str, Value]) -> tuple[int, bool]:
        """One member that is not plain, or the end of the object: its end, and whether more can follow."""
        string = self.string
        at, more = self.separator(opening, at, bool(found), "}")
        if not more:
            return at, False
        if string[at] == '"':
            name, end = self.characters(at)
            if not name and end == at + 1:
                self.torn = True
                return end, True
        elif (quoted := _SINGLE.match(string, at)) or (quoted := _WORD.match(string, at)):
            name, end = quoted[quoted.re.groups], quoted.end()
            self.problem(f"key {quoted[0][:40]} is not in double quotes", at, end, 'write keys as "…"')
        else:
            end = self.past(at)
            self.problem(f"expected a key, found {self.token(at)}", at, max(end, at + 1), 'write keys as "…"')
            return end, True
        key = self.span(at, end)
        colon = self.trivia(end)
        if name in found:
            self.duplicate(name, found[name], at, end)
        if string[colon : colon + 1] in (":", "="):
            if string[colon] == "=":
                self.problem("= after a key", colon, colon + 1, "write : between a key and its value")
            found[name], at = self.value(self.trivia(colon + 1), key)
            return at, True
        self.problem(f'no : after the key "{name[:40]}"', at, end, "write : between a key and its value")
        if "\n" in string[end:colon] or string[colon : colon + 1] in ("", ",", "}", "]"):
            found[name] = Unknown("its value is missing", key, key=key)
            return end, True
        found[name], at = self.value(colon, key)
        return at, True

    def past(self, at: int) -> int:
        """Beyond an unexpected token; a whole container goes at once, so that its inside is not read as ours."""
        self.torn = True
        if self.string[at] in "{[":
            return self.skip(at)
        junk = _JUNK.match(self.string, at)
        return junk.end() if junk else at + 1

    def separator(self, opening: int, at: int, wanted: bool, closer: str) -> tuple[int, bool]:
        """From the end of a member or element to the next; False where the container ends instead."""
        string = self.string
        end_before, comma = at, False
        torn, self.torn = self.torn, False
        while True:
            at = self.trivia(at)
            here = string[at : at + 1]
            if here == ",":
                if comma or not wanted:
                    self.problem("nothing before ,", at, at + 1, "leave out the comma")
                comma, at = True, at + 1
            elif here == closer:
                if comma and not self.lenient:
                    self.problem(f"comma before {closer}", at, at + 1, "leave out the last comma")
                return at + 1, False
            elif not here:
                shown = string[opening]
                self.problem(f"{shown} is not closed", opening, opening + 1, f"close it with {closer}")
                return at, False
            elif here in "}]":
                # It ends this container if an outer one waits for it, else it is one too many and skipped.
                self.problem(f"expected {closer}, found {here}", at, at + 1, f"close {string[opening]} with {closer}")
                if here in self.closers[:-1]:
                    return at, False
                at += 1
            else:
                break
        if wanted and not comma and not torn:
            token = self.token(at)
            self.problem(f"no comma before {token}", end_before, max(end_before, at), "write , between the two")
        return at, True

    def elements(self, opening: int) -> tuple[list[Value], int]:
        """The elements of an array and where it ends; scalars of the plain kind need one match each."""
        string, source, base, spans = self.string, self.source, self.base, self.spans
        found: list[Value] = []
        match = _ELEMENT.match
        at = opening + 1
        quick = not self.holes
        while True:
            while element := match(string, at):
                kind = element.lastindex
                if kind == 1 and quick:
                    start, end = element.span(1)
                    found.append(Known(element[1], spans(source, base + start - 1, base + end + 1)))
                    at = end + 1
                elif kind == 5:
                    return found, element.end()
                elif kind == 4:
                    inner, at = self.container(element.start(4), None)
                    found.append(inner)
                else:
                    found.append(self.scalar(element, 1, None))
                    at = element.end()
                match = _NEXT_ELEMENT.match
            at, more = self.separator(opening, at, bool(found), "]")
            if not more:
                return found, at
            inner, end = self.value(at, None)
            if end > at:
                found.append(inner)
            at = end if end > at else self.past(at)
            match = _NEXT_ELEMENT.match if found else _ELEMENT.match


def _hole(unknown: Unknown, span: Span, key: Span | None, outline: str | None) -> Unknown:
    return Unknown(
        unknown.reason,
        span,
        missing=unknown.missing,
        refers=unknown.refers,
        key=key,
        sensitive=unknown.sensitive,
        outline=outline,
    )
