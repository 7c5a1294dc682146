"""Objects and arrays of JSON: the hot path of the reader, and how it goes on after a mistake."""

from __future__ import annotations

import re

from depcheck.source import Span
from depcheck.syntax.json_scalars import BLANK, GIVE_UP, PLAIN, SCALAR, SINGLE, WORD, Scalars, filled
from depcheck.values import Known, Unknown, Value

#: Deeper values are reported and left unknown, so that nothing that walks a tree can run out of stack.
DEPTH_LIMIT = 100

_PAIR = rf"{PLAIN}{BLANK}:{BLANK}{SCALAR}"
# Each matches one plain member or element with what stands before it, or the end of its container (the last group).
_MEMBER = re.compile(rf"{BLANK}(?:{_PAIR}|(\}}))", re.ASCII)
_NEXT_MEMBER = re.compile(rf"{BLANK}(?:,{BLANK}{_PAIR}|(\}}))", re.ASCII)
_ELEMENT = re.compile(rf"{BLANK}(?:{SCALAR}|(\]))", re.ASCII)
_NEXT_ELEMENT = re.compile(rf"{BLANK}(?:,{BLANK}{SCALAR}|(\]))", re.ASCII)
_NOTHING = re.compile(r"(?!)")
_INDENT = re.compile(r"[ \t]*+")
_COLON = re.compile(rf"{BLANK}:")


class Reader(Scalars):
    """Reads a text. With ``indented`` a container also ends where a line is not indented like its inside."""

    __slots__ = ()

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
            return filled(unknown, self.span(at, at + 1), key, unknown.outline), at + 1
        match = _ELEMENT.match(string, at)
        if match and first not in ("]", "}"):
            return self.scalar(match, 1, key), match.end()
        return self.odd(at, key)

    # Containers

    def container(self, at: int, key: Span | None) -> tuple[Value, int]:
        """The object or array at an opening bracket, and where it ends."""
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
        """A container inside too many others: skipped, and told once."""
        end = self.skip(at)
        message = f"nested deeper than {DEPTH_LIMIT} levels"
        if not self.full:
            self.full = True
            self.problem(message, at, at + 1, "what is deeper is not judged")
        return Unknown(message, self.span(at, end), key=key), end

    def members(self, opening: int) -> tuple[dict[str, Value], int]:
        """The members of an object and where it ends. The loop is the reader's hot path: one match for a member."""
        string, source, base, spans = self.string, self.source, self.base, self.spans
        found: dict[str, Value] = {}
        first, later = (_NOTHING.match, _NOTHING.match) if self.indented else (_MEMBER.match, _NEXT_MEMBER.match)
        match = first
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
                match = later
            at, more = self.slow_member(opening, at, found)
            if not more:
                return found, at
            match = later if found else first

    def duplicate(self, name: str, earlier: Value, start: int, end: int) -> None:
        """Tell that a key was there before."""
        line = earlier.key.line if earlier.key is not None else earlier.span.line
        self.problem(f'key "{name[:40]}" is given twice, first on line {line}', start, end, "the last one counts")

    def slow_member(self, opening: int, at: int, found: dict[str, Value]) -> tuple[int, bool]:
        """One member that is not plain, or the end of the object: its end, and whether more can follow."""
        string = self.string
        if found and _COLON.match(string, at):
            name, last = next(reversed(found.items()))
            reopened = self.reopened(last)
            if reopened is not None:
                found[name] = reopened[0]
                return reopened[1], True
        at, more = self.separator(opening, at, bool(found), "}")
        if not more:
            return at, False
        if string[at] == '"':
            name, end = self.characters(at)
            if not name and end == at + 1:
                self.torn = True
                return end, True
        elif (quoted := SINGLE.match(string, at)) or (quoted := WORD.match(string, at)):
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

    def reopened(self, last: Value) -> tuple[Value, int] | None:
        """The object that begins with ``last`` as its first key, because its ``{`` is missing, and where it ends."""
        if not isinstance(last, Known) or not isinstance(last.value, str) or self.text.pieces is not None:
            return None
        start, end = last.span.start - self.base, last.span.end - self.base
        if self.string[start] != '"' or len(self.closers) >= DEPTH_LIMIT:
            return None
        self.problem(f"no {{ before {self.token(start)}", start, end, "open the object with {")
        self.closers.append("}")
        members, end = self.members(start - 1)
        self.closers.pop()
        return Known(members, self.span(start, end), key=last.key), end

    def outdented(self, opening: int, before: int, at: int) -> int:
        """How far a token that begins a line stands left of the line that opened its container; else below 0."""
        string = self.string
        line = string.rfind("\n", before, at)
        if line < 0 or len(self.closers) < 2:
            return -1
        start = string.rfind("\n", 0, max(opening, 0)) + 1
        indent = _INDENT.match(string, start)
        return (indent.end() - start if indent else 0) - (at - line - 1)

    def separator(self, opening: int, at: int, wanted: bool, closer: str) -> tuple[int, bool]:
        """From the end of a member or element to the next; False where the container ends instead."""
        string = self.string
        if self.wrong > GIVE_UP:
            return len(string), False
        end_before, comma = at, False
        torn, self.torn = self.torn, False
        shown = "{" if closer == "}" else "["
        while True:
            at = self.trivia(at)
            here = string[at : at + 1]
            if here == ",":
                if comma or not wanted:
                    self.problem("nothing before ,", at, at + 1, "leave out the comma")
                comma, at = True, at + 1
                continue
            left = self.outdented(opening, end_before, at) if self.indented else -1
            if not here or left > 0 or (left == 0 and here not in "}]"):
                self.unclosed = True
                self.problem(f"{shown} is not closed", opening, opening + 1, f"close it with {closer}")
                self.torn = bool(here)
                return at, False
            if here == closer:
                if comma and not self.lenient:
                    self.problem(f"comma before {closer}", at, at + 1, "leave out the last comma")
                return at + 1, False
            if here not in "}]":
                break
            # It ends this container if an outer one waits for it, else it is one too many and skipped.
            self.problem(f"expected {closer}, found {here}", at, at + 1, f"close {shown} with {closer}")
            if here in self.closers[:-1]:
                return at, False
            at += 1
        if wanted and not comma and not torn:
            token = self.token(at)
            self.problem(f"no comma before {token}", end_before, max(end_before, at), "write , between the two")
        return at, True

    def elements(self, opening: int) -> tuple[list[Value], int]:
        """The elements of an array and where it ends; scalars of the plain kind need one match each."""
        string, source, base, spans = self.string, self.source, self.base, self.spans
        found: list[Value] = []
        first, later = (_NOTHING.match, _NOTHING.match) if self.indented else (_ELEMENT.match, _NEXT_ELEMENT.match)
        match = first
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
                match = later
            reopened = self.reopened(found[-1]) if found and _COLON.match(string, at) else None
            if reopened is not None:
                found[-1], at = reopened
                continue
            at, more = self.separator(opening, at, bool(found), "]")
            if not more:
                return found, at
            inner, end = self.value(at, None)
            if end > at:
                found.append(inner)
            at = end if end > at else self.past(at)
            match = later if found else first
