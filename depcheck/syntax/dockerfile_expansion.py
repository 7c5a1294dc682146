"""The ``$`` forms that Docker expands in the words of an instruction, after BuildKit's own shell words.

Offsets count characters of the logical line that is handed in. Everything is read once, from left to right.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

NAME = re.compile(r"[0-9]+|[@*#?$!-]|\w+")
MAX_DEPTH = 100


class Variable:
    """``$NAME`` or ``${NAME…}`` in a word. ``operator`` is the empty string, ``:-``, ``-``, ``:+``, ``+``, ``:?``,
    ``?``, ``#``, ``##``, ``%``, ``%%``, ``/``, ``//``, another that begins with a colon (``${X:0:1}``), or ``!`` for a
    form that BuildKit rejects; ``word`` is what follows it and ``replacement`` what follows the second slash."""

    __slots__ = ("end", "name", "operator", "replacement", "start", "word")

    def __init__(
        self,
        name: str,
        start: int,
        end: int,
        operator: str = "",
        word: Template | None = None,
        replacement: Template | None = None,
    ) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.operator = operator
        self.word: Template = word if word is not None else []
        self.replacement: Template = replacement if replacement is not None else []


Template: TypeAlias = "list[str | Variable]"


def template(line: str, start: int, end: int, escape: str, *, depth: int = 0) -> Template:
    """A word with quotes and escapes removed, as text and variables in turn."""
    parts, _ = _until(line, start, end, escape, "", depth)
    return parts


def _until(line: str, at: int, end: int, escape: str, stop: str, depth: int, raw: bool = False) -> tuple[Template, int]:
    """Read up to ``stop`` (or the end); the second answer is the place behind it, -1 if it was not found.

    ``raw`` keeps the escape characters, which mean something in a pattern.
    """
    parts: Template = []
    run: list[str] = []
    quote = ""
    while at < end:
        char = line[at]
        if char == stop and not quote:
            if run:
                parts.append("".join(run))
            return parts, at + 1
        if char == "$" and quote != "'":
            form = _form(line, at, end, escape, depth)
            if form is None:
                run.append("$")
                at += 1
                continue
            if run:
                parts.append("".join(run))
                run = []
            parts.append(form)
            at = form.end
            continue
        if quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape and quote != "'":
            following = line[at + 1 : min(at + 2, end)]
            if quote and following not in ('"', "$", escape):
                run.append(char)
            elif following:
                run.append(char + following if raw else following)
                at += 1
        else:
            run.append(char)
        at += 1
    if run:
        parts.append("".join(run))
    return parts, -1 if stop else at


def _form(line: str, at: int, end: int, escape: str, depth: int) -> Variable | None:
    if line.startswith("{", at + 1):
        form = braced(line, at, escape, depth, end)
        return form if form is not None else Variable(line[at:end], at, end, "!")
    name = NAME.match(line, at + 1, end)
    return Variable(name[0], at, name.end()) if name else None


def braced(line: str, at: int, escape: str, depth: int, end: int | None = None) -> Variable | None:
    """``${…}`` beginning at ``at``; None if it is not closed."""
    end = len(line) if end is None else end
    name = NAME.match(line, at + 2, end)
    after = name.end() if name else at + 2
    if after >= end or depth > MAX_DEPTH:
        return None
    called = name[0] if name else ""
    operator = line[after]
    if operator == "}" and called:
        return Variable(called, at, after + 1)
    body = after + 1
    if operator == ":" and called and body < end:
        operator += line[body]
        body += 1
    elif operator in "#%/" and called and line.startswith(operator, body):
        operator += operator
        body += 1
    if operator in ("/", "//"):
        pattern, middle = _until(line, body, end, escape, "/", depth + 1, True)
        if middle < 0:
            return None
        replacement, close = _until(line, middle, end, escape, "}", depth + 1)
        return None if close < 0 else Variable(called, at, close, operator, pattern, replacement)
    word, close = _until(line, body, end, escape, "}", depth + 1, operator[0] in "#%")
    if close < 0:
        return None
    known = called and operator[0] in ":+-?#%" and operator not in (":#", ":%", ":")
    return Variable(called, at, close, operator if known else "!", word)
