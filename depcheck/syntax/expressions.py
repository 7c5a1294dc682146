"""GitHub's expressions: where ``${{ … }}`` stands in a text, which contexts it reads, and its tokens.

Written from "Evaluate expressions in workflows and actions" and "Contexts reference" in GitHub's documentation. Nothing
is evaluated. Names of contexts and functions are told in lower case, because GitHub does not distinguish it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model import Problem
from depcheck.patterns import Pattern
from depcheck.source import Span, Text
from depcheck.values import Value

_TOKEN = Pattern(
    r"(?P<space>\s+)"
    r"|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>[-+]?\.?[0-9][\w.]*(?:(?<=[eE])[-+][0-9]+)?)"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<operator>&&|\|\||[<>=!]=|[<>!().\[\],*])"
    r"|(?P<bad>.)",
    re.DOTALL,
)
_OPEN = "${{"
_LITERALS = frozenset({"true", "false", "null", "nan", "infinity"})
#: What stands for a part of a path that is computed (``secrets[matrix.name]``).
COMPUTED = "?"


class Token:
    """A token: ``kind`` is ``string``, ``number``, ``name`` or ``operator``; ``text`` is a string's content, else as
    written; ``start`` and ``end`` are its place in the text that was searched."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end


class Use:
    """A context that an expression reads: ``secrets.TOKEN`` has the root ``secrets`` and the path ``("TOKEN",)``.

    A computed part of the path is :data:`COMPUTED`, a filter ``*``; an empty path is the whole context
    (``toJSON(secrets)``). ``calls`` are the functions around it, the innermost last. ``default`` tells whether ``||``
    follows.
    """

    __slots__ = ("_last", "_name", "_start", "_text", "calls", "default", "path", "root")

    def __init__(
        self,
        text: Text,
        root: str,
        path: tuple[str, ...],
        *,
        first: Token,
        last: Token,
        name: tuple[int, int],
        calls: tuple[str, ...],
        default: bool,
    ) -> None:
        self.root = root
        self.path = path
        self.calls = calls
        self.default = default
        self._text = text
        self._start = first.start
        self._last = last.end
        self._name = name

    @property
    def span(self) -> Span:
        """The whole access as written."""
        return self._text.span(self._start, self._last)

    @property
    def name(self) -> Span:
        """The last part of the path that is written out, without quotes; the root where there is none."""
        return self._text.span(*self._name)

    @property
    def dotted(self) -> str:
        """``github.event.issue.title``, however it was written."""
        return ".".join((self.root, *self.path))


class Expression:
    """One ``${{ … }}``, or a condition that needs none; ``start`` and ``end`` are its place in the text that was
    searched, with the braces where there are any."""

    __slots__ = ("_text", "end", "functions", "start", "tokens", "uses")

    def __init__(
        self, text: Text, start: int, end: int, tokens: list[Token], uses: list[Use], functions: list[str]
    ) -> None:
        self._text = text
        self.start = start
        self.end = end
        self.tokens = tokens
        self.uses = uses
        self.functions = functions

    @property
    def span(self) -> Span:
        """Where it stands in its source."""
        return self._text.span(self.start, self.end)

    @property
    def written(self) -> str:
        """Its characters."""
        return self._text.text[self.start : self.end]


def find(text: Text, problems: list[Problem] | None = None) -> list[Expression]:
    """All ``${{ … }}`` in a text. What cannot be read as one is added to ``problems``."""
    content = text.text
    found: list[Expression] = []
    start = content.find(_OPEN)
    while start >= 0:
        tokens, end, closed = _tokens(text, start + len(_OPEN), braces=True)
        if not closed:
            if problems is not None:
                span = text.span(start, start + len(_OPEN))
                problems.append(Problem("the expression that begins here is not closed", span, "add }}"))
            break
        found.append(_expression(text, start, end, tokens, problems))
        start = content.find(_OPEN, end)
    return found


def condition(text: Text, problems: list[Problem] | None = None) -> list[Expression]:
    """The expressions of an ``if:``, which may leave out the braces."""
    if _OPEN in text.text:
        return find(text, problems)
    if not text.text.strip():
        return []
    tokens, end, _ = _tokens(text, 0, braces=False)
    return [_expression(text, 0, end, tokens, problems)]


def contains(content: str) -> bool:
    """Whether a text has an expression in it."""
    return _OPEN in content


def raw(value: Value) -> str:
    """A scalar as it is written in its file, with its quotes, whether it is known or not."""
    return value.span.text


def _tokens(text: Text, start: int, *, braces: bool) -> tuple[list[Token], int, bool]:
    """Tokens up to ``}}`` (or the end), the place after it, and whether it was there."""
    content = text.text
    tokens: list[Token] = []
    at = start
    while at < len(content):
        if braces and content.startswith("}}", at):
            return tokens, at + 2, True
        match = _TOKEN.match(content, at)
        if match is None or match.lastgroup is None:
            break
        kind, written = match.lastgroup, match.group()
        if kind != "space":
            shown = written[1:-1].replace("''", "'") if kind == "string" else written
            tokens.append(Token(kind, shown, at, match.end()))
        at = match.end()
    return tokens, at, not braces


def _expression(text: Text, start: int, end: int, tokens: list[Token], problems: list[Problem] | None) -> Expression:
    bad = next((token for token in tokens if token.kind == "bad"), None)
    if problems is not None:
        if bad is not None:
            problems.append(_bad(bad.text, text.span(bad.start, bad.end)))
        elif not tokens:
            problems.append(Problem("the expression is empty", text.span(start, end), "remove it"))
    uses, functions = _uses(text, [token for token in tokens if token.kind != "bad"])
    return Expression(text, start, end, tokens, uses, functions)


def _bad(char: str, span: Span) -> Problem:
    if char == "'":
        return Problem("the text that begins here is not closed", span, "add the closing '")
    hint = "texts stand in single quotes" if char == '"' else "remove it"
    return Problem(f"{char} is not part of an expression", span, hint)


class _Access:
    """A context access that is being read."""

    __slots__ = ("calls", "first", "last", "name", "path")

    def __init__(self, first: Token, calls: tuple[str, ...]) -> None:
        self.first = first
        self.last = first
        self.name = (first.start, first.end)
        self.path: list[str] = []
        self.calls = calls

    def add(self, part: Token, last: Token, written: str) -> None:
        self.path.append(written)
        if part.kind == "name":
            self.name = (part.start, part.end)
        elif part.kind == "string":
            self.name = (part.start + 1, part.end - 1)
        self.last = last


def _uses(text: Text, tokens: Sequence[Token]) -> tuple[list[Use], list[str]]:
    """Every context access, in order, and the functions that are called."""
    uses: list[Use] = []
    functions: list[str] = []
    calls: list[str] = []  # the function of each open parenthesis; empty for a mere group
    open_accesses: list[_Access | None] = []  # what each open bracket belongs to
    access: _Access | None = None
    at = 0

    def mark_at(index: int) -> str:
        return tokens[index].text if index < len(tokens) and tokens[index].kind in ("operator", "name") else ""

    def finish() -> None:
        nonlocal access
        if access is not None:
            uses.append(
                Use(
                    text,
                    access.first.text.lower(),
                    tuple(access.path),
                    first=access.first,
                    last=access.last,
                    name=access.name,
                    calls=access.calls,
                    default=mark_at(at) == "||",
                )
            )
            access = None

    while at < len(tokens):
        token = tokens[at]
        mark = token.text if token.kind == "operator" else ""
        if access is not None and mark == "." and at + 1 < len(tokens):
            part = tokens[at + 1]
            access.add(part, part, part.text)
            at += 2
            continue
        if mark == "." and at + 1 < len(tokens):
            at += 2  # a part of what a function gave: fromJSON(…).name
            continue
        if mark == "[":
            part = tokens[at + 1] if at + 1 < len(tokens) else token
            if (
                access is not None
                and mark_at(at + 2) == "]"
                and (part.kind in ("string", "number") or part.text == "*")
            ):
                access.add(part, tokens[at + 2], part.text)
                at += 3
                continue
            if access is not None:
                access.add(token, token, COMPUTED)
            open_accesses.append(access)
            access = None
        elif mark == "]":
            finish()
            access = open_accesses.pop() if open_accesses else None
            if access is not None:
                access.last = token
        else:
            finish()
            if token.kind == "name" and mark_at(at + 1) == "(":
                functions.append(token.text.lower())
                calls.append(token.text.lower())
                at += 1
            elif mark == "(":
                calls.append("")
            elif mark == ")":
                if calls:
                    calls.pop()
            elif token.kind == "name" and token.text.lower() not in _LITERALS:
                access = _Access(token, tuple(each for each in calls if each))
        at += 1
    finish()
    return uses, functions
