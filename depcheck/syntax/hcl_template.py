"""Templates of HCL: quoted strings, heredocs and whole template files, with interpolations, directives and strip
markers."""

from __future__ import annotations

import re
from bisect import bisect_left

from depcheck.syntax.hcl_ast import (
    Expression,
    ForDirective,
    IfDirective,
    Interpolation,
    String,
    Template,
    TemplatePart,
)
from depcheck.syntax.hcl_lexer import IDENTIFIER, MAX_DEPTH, Lexer, decode_bare, decode_quoted, shown

_QUOTED = re.compile(r'(?:[^"\\$%\n]++|\\.|\$\$\{|%%\{|[$%](?!\{))*+').match
_BARE = re.compile(r"(?:[^$%]++|\$\$\{|%%\{|[$%](?!\{))*+").match
_CLOSER = re.compile(rf"^[^\S\n]*({IDENTIFIER})[^\S\n]*$", re.MULTILINE).finditer
# What Go's unicode.IsSpace takes: str.strip() without arguments would take more.
_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)


class Piece:
    """One token of a template: a literal, an interpolation, or a directive, before it is put into the tree.

    ``kind`` is ``text``, ``value``, ``if``, ``else``, ``endif``, ``for`` or ``endfor``; ``left`` and ``right`` tell of
    strip markers at its start and end.
    """

    __slots__ = ("end", "expression", "height", "key", "kind", "left", "name", "right", "start", "text")

    def __init__(self, kind: str, start: int, end: int, text: str = "") -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.expression: Expression | None = None
        self.height = 0
        self.key: str | None = None
        self.name = ""
        self.left = False
        self.right = False


class TemplateParser(Lexer):
    """Reads templates; what stands inside of ``${}`` is read by :meth:`expression`, which a subclass brings."""

    __slots__ = ()

    def expression(self) -> Expression:
        """Read an expression from the current token on."""
        raise NotImplementedError

    def quoted(self, start: int) -> String | Template:
        """Read a string whose quote stands at ``start``; the head is left just past the closing quote."""
        text = self.text
        at = start + 1
        pieces: list[Piece] = []
        while True:
            match = _QUOTED(text, at, self.limit)
            stop = match.end() if match else at
            if stop > at:
                pieces.append(Piece("text", at, stop, decode_quoted(self, at, stop)))
            at = stop
            mark = text[at : at + 1] if at < self.limit else ""
            if mark == '"':
                at += 1
                break
            if mark in ("$", "%"):
                pieces.append(self._sequence(at))
                at = self.pos
                continue
            self._lost_quote(start, at, pieces)
            break
        self.pos = at
        return self._assembled(start, at, pieces)

    def _lost_quote(self, start: int, end: int, pieces: list[Piece]) -> None:
        message, step = "string is not closed on its line", 'end it with a quote, or use a heredoc ("<<EOT")'
        if not self.recovering:
            self.fail_at(message, start, end, step)
        self.problem(message, start, end, step)
        if pieces and pieces[-1].kind == "text":
            pieces[-1].text = pieces[-1].text.removesuffix("\r")

    def heredoc(self) -> String | Template:
        """Read a heredoc whose opening line is the current token; the head is left just past the closing tag."""
        text = self.text
        start, body = self.start, self.pos
        opening = text[start:body]
        tag = opening[2:].strip().removeprefix("-")
        first, last = len(opening.rstrip()), len(opening.rstrip("\r\n"))
        if first < last:
            self.problem("blanks after a heredoc's tag", start + first, start + last, "remove them")
        end = self._closing(tag, body)
        if text.find("\n", end[1], self.limit) < 0:
            self.problem("no line break after the end of the heredoc", end[1] - len(tag), end[1], "add one")
        if text.find("{", body, end[0]) < 0 and opening[2] != "-":
            self.pos = end[1]
            self.height = 1
            return String(start, end[1], text[body : end[0]], True)
        pieces: list[Piece] = []
        at = body
        while True:
            match = _BARE(text, at, end[0])
            stop = match.end() if match else at
            self._lines(at, stop, pieces)
            at = stop
            if at >= end[0]:
                break
            pieces.append(self._sequence(at))
            at = self.pos
            if at > end[0]:
                end = self._closing(tag, at)
        self.pos = end[1]
        return self._assembled(start, end[1], pieces, heredoc=True, flush=opening[2] == "-")

    def _lines(self, start: int, end: int, pieces: list[Piece]) -> None:
        """A literal token ends with its line: strip markers and indentation know lines."""
        at = start
        while at < end:
            stop = self.text.find("\n", at, end) + 1 or end
            pieces.append(Piece("text", at, stop, decode_bare(self.text[at:stop])))
            at = stop

    def _closing(self, tag: str, at: int) -> tuple[int, int]:
        """Where the line of the closing tag begins, and the end of the tag."""
        if self.closers is None:
            pattern = re.compile(rf"^[^\S\n]*({re.escape(tag)})[^\S\n]*$", re.MULTILINE)
            match = pattern.search(self.text, at, self.limit)
            if match is not None:
                return match.start(), match.end(1)
            # From here on every search could run to the end of the file in vain: one for all tags is made instead.
            self.closers = {}
            for match in _CLOSER(self.text, at, self.limit):
                self.closers.setdefault(match[1], []).append((match.start(), match.end(1)))
        places = self.closers.get(tag, [])
        index = bisect_left(places, (at, 0))
        if index == len(places):
            message, step = f"heredoc is not closed by {shown(tag)}", f"put {shown(tag)} on a line of its own"
            self.fail_at(message, self.start, self.pos, step)
        return places[index]

    def bare(self) -> String | Template:
        """Read everything from the head to the limit as a template (a template file, a string of JSON)."""
        start = at = self.pos
        pieces: list[Piece] = []
        while True:
            match = _BARE(self.text, at, self.limit)
            stop = match.end() if match else at
            if stop > at:
                pieces.append(Piece("text", at, stop, decode_bare(self.text[at:stop])))
            at = stop
            if at >= self.limit:
                break
            pieces.append(self._sequence(at))
            at = self.pos
        self.pos = at
        return self._assembled(start, at, pieces)

    def _sequence(self, at: int) -> Piece:
        """Read ``${…}`` or ``%{…}``; the head is left just past it."""
        text = self.text
        saved = self.newlines
        self.newlines = False
        self.start, self.pos = at, at + 2
        self.enter()
        left = text.startswith("~", at + 2)
        self.pos += left
        self.next()
        piece = Piece("value", at, at)
        self.height = 0
        if text[at] == "$":
            piece.expression = self.expression()
        else:
            self._directive(piece)
        if self.kind not in ("}", "~}"):
            self.fail(f'expected "}}" after the template expression, found {self.found()}')
        piece.left = left
        piece.right = self.kind == "~}"
        piece.end = self.pos
        piece.height = self.height
        self.depth -= 1
        self.newlines = saved
        return piece

    def _directive(self, piece: Piece) -> None:
        word = self.word() if self.kind == "id" else ""
        if word not in ("if", "else", "endif", "for", "endfor"):
            self.fail(f"{self.found()} is no template directive", "directives are if, else, endif, for and endfor")
        piece.kind = word
        self.next()
        if word == "if":
            piece.expression = self.expression()
        elif word == "for":
            piece.key, piece.name, piece.expression = self.for_header()

    def for_header(self) -> tuple[str | None, str, Expression]:
        """Read ``key, value in collection``."""
        names = [self.name()]
        if self.kind == ",":
            self.next()
            names.append(self.name())
        if self.kind != "id" or self.word() != "in":
            self.fail(f'expected "in" in the for expression, found {self.found()}')
        self.next()
        return (names[0] if len(names) == 2 else None), names[-1], self.expression()

    def name(self) -> str:
        """Read a single name."""
        if self.kind != "id":
            self.fail(f"expected a name, found {self.found()}")
        name = self.word()
        self.next()
        return name

    def _assembled(
        self, start: int, end: int, pieces: list[Piece], heredoc: bool = False, flush: bool = False
    ) -> String | Template:
        _strip(pieces)
        if flush:
            _flush(pieces)
        pieces = _merged(pieces)
        self.height = 1
        if not pieces or (len(pieces) == 1 and pieces[0].kind == "text"):
            return String(start, end, pieces[0].text if pieces else "", heredoc)
        return Template(start, end, self._tree(pieces), heredoc)

    def _tree(self, pieces: list[Piece]) -> list[TemplatePart]:
        """Put directives around what they enclose; the nesting is bounded, the walk is not recursive."""
        parts: list[TemplatePart] = []
        open_: list[tuple[Piece, list[TemplatePart], list[TemplatePart] | None]] = []
        target = parts
        height = 0
        for piece in pieces:
            if piece.height + len(open_) > height:
                height = piece.height + len(open_)
            if piece.kind == "text":
                if piece.text:
                    target.append(String(piece.start, piece.end, piece.text))
            elif piece.kind == "value" and piece.expression is not None:
                target.append(Interpolation(piece.start, piece.end, piece.expression))
            elif piece.kind in ("if", "for"):
                if self.depth + len(open_) >= MAX_DEPTH:
                    self.too_deep(piece.start, piece.end)
                open_.append((piece, target, None))
                target = []
            elif piece.kind == "else" and open_ and open_[-1][0].kind == "if" and open_[-1][2] is None:
                opener, outer, _ = open_.pop()
                open_.append((opener, outer, target))
                target = []
            elif open_ and piece.kind == f"end{open_[-1][0].kind}":
                opener, outer, then = open_.pop()
                outer.append(_directive_node(opener, piece.end, target, then))
                target = outer
            else:
                self.problem(f'"{piece.kind}" has no directive that it belongs to', piece.start, piece.end)
        while open_:
            opener, outer, then = open_.pop()
            kind = opener.kind
            self.problem(
                f'"{kind}" directive is not closed', opener.start, opener.end, f'close it with "%{{ end{kind} }}"'
            )
            outer.append(_directive_node(opener, pieces[-1].end, target, then))
            target = outer
        self.height = height + 1
        return parts


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring literals as one."""
    merged: list[Piece] = []
    run: list[Piece] = []
    for piece in pieces:
        if piece.kind == "text":
            run.append(piece)
            continue
        if run:
            merged.append(_joined(run))
            run = []
        merged.append(piece)
    if run:
        merged.append(_joined(run))
    return merged


def _joined(run: list[Piece]) -> Piece:
    return Piece("text", run[0].start, run[-1].end, "".join([piece.text for piece in run]))


def _directive_node(
    opener: Piece, end: int, target: list[TemplatePart], then: list[TemplatePart] | None
) -> IfDirective | ForDirective:
    assert opener.expression is not None
    if opener.kind == "for":
        return ForDirective(opener.start, end, opener.key, opener.name, opener.expression, target)
    first, second = (target, []) if then is None else (then, target)
    return IfDirective(opener.start, end, opener.expression, first, second)


def _strip(pieces: list[Piece]) -> None:
    """Apply ``~``: it takes the blanks of the literal token next to it."""
    for index, piece in enumerate(pieces):
        if piece.left and index and pieces[index - 1].kind == "text":
            pieces[index - 1].text = pieces[index - 1].text.rstrip(_SPACE)
        if piece.right and index + 1 < len(pieces) and pieces[index + 1].kind == "text":
            pieces[index + 1].text = pieces[index + 1].text.lstrip(_SPACE)


def _flush(pieces: list[Piece]) -> None:
    """Remove the smallest indentation from every line of a ``<<-`` heredoc; lines of blanks alone do not count."""
    least: int | None = None
    lines: list[Piece] = []
    fresh = True
    for piece in pieces:
        if fresh:
            spaces = 0
            counts = True
            if piece.kind == "text":
                trimmed = piece.text.lstrip(_SPACE)
                counts = bool(trimmed) or not piece.text.endswith("\n")
                if counts:
                    spaces = len(piece.text) - len(trimmed)
                    lines.append(piece)
            if counts and (least is None or spaces < least):
                least = spaces
        fresh = piece.kind == "text" and piece.text.endswith("\n")
    for piece in lines:
        piece.text = piece.text[least:]
