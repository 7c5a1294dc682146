"""Everything of JSON that is no object and no array, and the state of a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from depcheck.model import Comment, Problem
from depcheck.source import Source, Span, Text
from depcheck.syntax.json_strings import ESCAPE, STRING, decode_escape
from depcheck.values import OPEN, Known, Unknown, Value

#: More problems than this in one file tell nothing new.
PROBLEM_LIMIT = 50
#: With more than this a text is no JSON, and is not read to its end.
GIVE_UP = 500
#: Python itself refuses to convert longer integers.
DIGIT_LIMIT = 4000

BLANK = r"[ \t\n\r]*+"
PLAIN = r'"([^"\\\x00-\x1f]*+)"'
#: A plain value: a string without escapes, a number, a literal, or the beginning of a container.
SCALAR = rf"(?:{PLAIN}|(-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?)(?![\w.+-])|(true|false|null)\b|([{{\[]))"
SINGLE = re.compile(r"'((?:[^'\\\n]++|\\[^\n])*+)'")
WORD = re.compile(r"[\w$+.-][\w$+.\-/]*+")
JUNK = re.compile(r"[^,{}\[\]\"\n]++|.", re.DOTALL)
_TRIVIA = re.compile(r"[ \t\n\r]++|//[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)|#[^\n]*+|\ufeff")
_CONTROL = re.compile(r"[\x00-\x1f]")
_SKIP = re.compile(r'[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+"?', re.DOTALL)
_SHOWN = 60
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Scalars:
    """A text that is being read, and its problems and comments so far."""

    __slots__ = (
        "base",
        "closers",
        "comments",
        "full",
        "holes",
        "indented",
        "lenient",
        "problems",
        "source",
        "spans",
        "string",
        "text",
        "torn",
        "unclosed",
        "wrong",
    )

    def __init__(self, text: Text, lenient: bool, holes: Mapping[str, Unknown], *, indented: bool = False) -> None:
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
        self.unclosed = False
        self.wrong = 0
        self.indented = indented
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []

    def span(self, start: int, end: int) -> Span:
        """The place in the source of some characters of the text."""
        return self.spans(self.source, self.base + start, self.base + end)

    def problem(self, message: str, start: int, end: int, next_step: str = "") -> None:
        """Note something that is wrong, until there are too many."""
        self.wrong += 1
        if self.wrong <= PROBLEM_LIMIT:
            self.problems.append(Problem(message, self.span(start, end), next_step))

    def token(self, at: int) -> str:
        """The characters at a place as a person would name them, cut to a readable length."""
        string, end = self.string, at + _SHOWN
        match = WORD.match(string, at, end) or STRING.match(string, at, end) or JUNK.match(string, at, end)
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

    def scalar(self, match: re.Match[str], first: int, key: Span | None) -> Value:
        """The value of the groups of ``SCALAR`` that begin at ``first`` in a match; never a container."""
        kind = (match.lastindex or first) - first
        start, end = match.span(first + kind)
        word = match[first + kind]
        if kind == 0:
            span = self.span(start - 1, end + 1)
            for hole, unknown in self.holes.items():
                if hole in word:
                    return filled(unknown, span, key, self.outline(word))
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
        """A number that is no short integer; out of range it is unknown."""
        number: int | float | None = None
        if len(word) <= DIGIT_LIMIT:
            number = float(word) if any(each in word for each in ".eE") else int(word)
        if number is None or number in (float("inf"), float("-inf")):
            shown = word if len(word) <= 24 else word[:20] + "…"
            self.problems.append(Problem(f"number {shown} is out of range", span))
            return Unknown(f"the number {shown} is out of range", span, key=key)
        return Known(number, span, key=key)

    def quoted(self, at: int, key: Span | None) -> tuple[Value, int]:
        """The string value at an opening quote, and where it ends."""
        word, end = self.characters(at)
        span = self.span(at, end)
        for hole, unknown in self.holes.items():
            if hole in word:
                return filled(unknown, span, key, self.outline(word)), end
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
        """What an escape stands for; one that is none is told and kept as it is written."""
        decoded = decode_escape(match[0])
        if decoded is None:
            start = base + match.start()
            self.problem(f"{match[0]} is no escape", start, start + len(match[0]), "write a backslash as \\\\")
            return match[0]
        return decoded

    # What is no JSON

    def odd(self, at: int, key: Span | None) -> tuple[Value, int]:
        """Something that is no JSON value; what it most likely stands for is told, and how it is written."""
        string = self.string
        if quoted := SINGLE.match(string, at):
            self.problem(f"{quoted[0][:40]} is not in double quotes", at, quoted.end(), 'write strings as "…"')
            return Known(quoted[1], self.span(at, quoted.end()), key=key), quoted.end()
        if word := WORD.match(string, at):
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

    def past(self, at: int) -> int:
        """Beyond an unexpected token; a whole container goes at once, so that its inside is not read as ours."""
        self.torn = True
        if self.string[at] in "{[":
            return self.skip(at)
        junk = JUNK.match(self.string, at)
        return junk.end() if junk else at + 1


def filled(unknown: Unknown, span: Span, key: Span | None, outline: str | None) -> Unknown:
    """What a hole stands for, at the place of what it fills."""
    return Unknown(
        unknown.reason,
        span,
        missing=unknown.missing,
        refers=unknown.refers,
        key=key,
        sensitive=unknown.sensitive,
        outline=outline,
    )
