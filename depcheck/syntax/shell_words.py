"""Words of a POSIX-like shell: quotes, escapes, expansions, after POSIX's Shell Command Language and Bash's manual.

A word is read once from left to right. What it expands is noted, nothing is ever expanded.
"""

from __future__ import annotations

import re

from depcheck.model import Command, Comment, Problem
from depcheck.source import Span, Text

#: Stands for each character of a ``${{ … }}`` expression, which is put in before a shell sees the text.
MASK = "\ue000"
#: Substitutions inside substitutions; every level takes about seven frames of Python's stack.
MAX_DEPTH = 60
_ARITHMETIC_LIMIT = 2000
_RUN = re.compile(rf"[^ \t\n\r'\"\\$`;&|()<>{MASK}]++")
_DOUBLE_RUN = re.compile(rf'[^"\\$`{MASK}]++')
_BRACE_RUN = re.compile(rf"[^\"'\\$`}}{MASK}]++")
_MASKED = re.compile(f"{MASK}++")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_SPECIAL = re.compile(r"[0-9@*#?$!-]")
_BRACED = re.compile(r"\$\{([!#]?)([A-Za-z_][A-Za-z0-9_]*+|[0-9]++|[@*#?$!-])?(\[[^\]\n}]*+\])?(:?[-=+?]|[#%/^,@:])?")
_BACKTICKED = re.compile(r"[^`\\]*+(?:\\.[^`\\]*+)*+`", re.DOTALL)
_PARENTHESES = re.compile(r"[()]")
_ARITHMETIC_PART = re.compile(r"\)\)|[()$`]")
_BODY_PART = re.compile(r"\\.|[$`]", re.DOTALL)
_ANSI_QUOTED = re.compile(r"[^'\\]*+(?:\\.[^'\\]*+)*+'", re.DOTALL)
_ANSI_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_GLOBS = ("?", "*", "+", "@", "!")
_EXPRESSION = re.compile(r"\$\{\{(?:[^}'\n]|'[^'\n]*+'|\}(?!\}))*+\}\}")


class Use:
    """``$NAME`` in a script; ``default`` tells whether it may be unset there (``${NAME:-x}``, ``${NAME:+x}``)."""

    __slots__ = ("default", "end", "name", "start")

    def __init__(self, name: str, start: int, end: int, default: bool) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.default = default


def masked(text: str) -> str:
    """The text with every ``${{ … }}`` replaced by a filler of the same length."""
    if "${{" not in text:
        return text
    parts: list[str] = []
    at = 0
    while True:
        start = text.find("${{", at)
        if start < 0:
            break
        found = _EXPRESSION.match(text, start)
        end = found.end() if found else text.find("}}", start) + 2
        if end < start + 3:
            break
        parts += (text[at:start], MASK * (end - start))
        at = end
    parts.append(text[at:])
    return "".join(parts)


class WordReader:
    """Reads words; what stands in substitutions is left to :meth:`commands_at`."""

    __slots__ = (
        "_base",
        "_misses",
        "_source",
        "_too_deep",
        "_unbraced",
        "commands",
        "comments",
        "depth",
        "limit",
        "problems",
        "s",
        "text",
        "uses",
    )

    def __init__(self, text: Text) -> None:
        self.text = text
        self._source = text.source
        self._base = text.base if text.pieces is None else -1
        self.s = masked(text.text)
        self.limit = len(self.s)
        self.depth = 0
        self.commands: list[Command] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.uses: list[Use] = []
        self._unbraced = -1  # the limit up to which no further closing brace stands
        self._misses = 0  # searches for `))` without an answer: bounded, so that many open ones cost no more than few
        self._too_deep = False

    def place(self, start: int, end: int) -> Span:
        """Where the characters from ``start`` to ``end`` stand in the source."""
        if self._base < 0:
            return self.text.span(start, end)
        return Span(self._source, self._base + start, self._base + end)

    def commands_at(self, at: int, closer: str) -> int:
        """Read commands up to ``closer``; the answer is the place behind it."""
        raise NotImplementedError

    def report(self, message: str, start: int, end: int, next_step: str = "") -> None:
        """Note something that could not be read."""
        self.problems.append(Problem(message, self.place(start, end), next_step))

    def word(self, at: int, out: list[str | None], names: list[str]) -> tuple[int, bool]:
        """Read one word: decided parts go to ``out``, an undecided one as None. Answers its end and if it is quoted."""
        s, limit = self.s, self.limit
        quoted = False
        while at < limit:
            run = _RUN.match(s, at, limit)
            if run:
                out.append(run[0])
                at = run.end()
                if at >= limit:
                    break
            char = s[at]
            if char == '"':
                quoted = True
                at = self.double(at, out, names)
            elif char == "$":
                at = self.dollar(at, out, names, False)
            elif char == "'":
                quoted = True
                at = self._single(at, out)
            elif char == "\\":
                at = self._escaped(at, out)
                quoted = True
            elif char == "`":
                at = self._backtick(at, out)
            elif char == MASK:
                at = self._mask(at, out)
            elif char in "<>" and s.startswith("(", at + 1):
                out.append(None)
                at = self.substitution(at + 2)
            elif char == "(" and run and run[0].endswith(_GLOBS):
                end = self._parenthesis(at)
                out.append(s[at:end])
                at = end
            elif char == "\r" and not s.startswith("\n", at + 1) and at + 1 < limit:
                out.append(char)
                at += 1
            else:
                break
        return at, quoted

    def _single(self, at: int, out: list[str | None]) -> int:
        s = self.s
        end = s.find("'", at + 1, self.limit)
        if end < 0:
            self.report("a single quote is never closed", at, at + 1, "close it, or escape it with a backslash")
            out.append("'")
            return at + 1
        inner = s[at + 1 : end]
        out.append(None if MASK in inner else inner)
        return end + 1

    def _escaped(self, at: int, out: list[str | None]) -> int:
        following = self.s[at + 1 : min(at + 3, self.limit)]
        if following[:1] == "\n":
            return at + 2
        if following == "\r\n":
            return at + 3
        if not following:
            out.append("\\")
            return at + 1
        out.append(following[0])
        return at + 2

    def _mask(self, at: int, out: list[str | None]) -> int:
        run = _MASKED.match(self.s, at, self.limit)
        out.append(None)
        return run.end() if run else at + 1

    def double(self, at: int, out: list[str | None], names: list[str]) -> int:
        """Read a double-quoted run; the answer is the place behind it."""
        s, limit = self.s, self.limit
        start = at
        if s.find('"', at + 1, limit) < 0:
            self.report("a double quote is never closed", at, at + 1, "close it, or escape it with a backslash")
            out.append('"')
            return at + 1
        out.append("")
        at += 1
        while at < limit:
            run = _DOUBLE_RUN.match(s, at, limit)
            if run:
                out.append(run[0])
                at = run.end()
                if at >= limit:
                    break
            char = s[at]
            if char == '"':
                return at + 1
            if char == "$":
                at = self.dollar(at, out, names, True)
            elif char == "`":
                at = self._backtick(at, out)
            elif char == MASK:
                at = self._mask(at, out)
            else:
                following = s[at + 1 : min(at + 2, limit)]
                if following != "\n":
                    out.append(following if following and following in '$`"\\' else char + following)
                at += 2
        self.report("a double quote is never closed", start, start + 1, "close it, or escape it with a backslash")
        return limit

    def dollar(self, at: int, out: list[str | None], names: list[str], within: bool) -> int:
        """Read what begins with ``$`` (``within`` double quotes or not); the answer is the place behind it."""
        s, limit = self.s, self.limit
        following = s[at + 1] if at + 1 < limit else ""
        name = _NAME.match(s, at + 1, limit)
        if name:
            out.append(None)
            names.append(name[0])
            self.uses.append(Use(name[0], at, name.end(), False))
            return name.end()
        if following == "{":
            return self._braced(at, out, names, within)
        if following == "(":
            out.append(None)
            if s.startswith("(", at + 2):
                end = self.arithmetic_end(at + 3)
                if end >= 0:
                    return self.arithmetic(at + 3, end, names)
            return self.substitution(at + 2)
        if following and _SPECIAL.match(following):
            out.append(None)
            return at + 2
        if not within and following == "'":
            found = _ANSI_QUOTED.match(s, at + 2, limit)
            if found:
                out.append(_ansi(found[0][:-1]))
                return found.end()
        if within or following != '"':
            out.append("$")
        return at + 1

    def _braced(self, at: int, out: list[str | None], names: list[str], within: bool) -> int:
        s, limit = self.s, self.limit
        head = _BRACED.match(s, at, limit)
        if self.depth >= MAX_DEPTH:
            self.too_deep(at)
            head = None
        elif self._unbraced != limit and s.find("}", at, limit) < 0:
            self._unbraced = limit
        if head is None or self._unbraced == limit:
            out.append("$")
            return at + 1
        out.append(None)
        name, operator = head[2], head[4] or ""
        start, at = at, head.end()
        use = None
        if name and _NAME.match(name):
            names.append(name)
            use = Use(name, start, at, operator[-1:] in ("-", "=", "+") or head[1] == "!")
            self.uses.append(use)
        ignored: list[str | None] = []
        self.depth += 1
        while at < limit:
            run = _BRACE_RUN.match(s, at, limit)
            if run:
                at = run.end()
                if at >= limit:
                    break
            char = s[at]
            if char == "}":
                at += 1
                break
            if char == "$":
                at = self.dollar(at, ignored, names, within)
            elif char == '"':
                at = self.double(at, ignored, names)
            elif char == "'" and not within:
                at = self._single(at, ignored)
            elif char == "`":
                at = self._backtick(at, ignored)
            else:
                at += 2 if char == "\\" else 1
        self.depth -= 1
        at = min(at, limit)
        if use is not None:
            use.end = at
        return at

    def arithmetic_end(self, at: int) -> int:
        """Where the ``))`` of an arithmetic expression stands, -1 if the parentheses are something else."""
        level = 0
        if self._misses > 100:
            return -1
        for found in _PARENTHESES.finditer(self.s, at, min(self.limit, at + _ARITHMETIC_LIMIT)):
            if found[0] == "(":
                level += 1
            elif level:
                level -= 1
            elif self.s.startswith(")", found.end(), self.limit):
                return found.start()
            else:
                break
        self._misses += 1
        return -1

    def arithmetic(self, at: int, end: int, names: list[str]) -> int:
        """Read the expansions of arithmetic that ends at ``end``; the answer is the place behind its ``))``."""
        ignored: list[str | None] = []
        while at < end:
            found = _ARITHMETIC_PART.search(self.s, at, end)
            if found is None:
                break
            at = found.end()
            if found[0] == "$":
                at = self.dollar(at - 1, ignored, names, True)
            elif found[0] == "`":
                at = self._backtick(at - 1, ignored)
        return max(at, end + 2)

    def _backtick(self, at: int, out: list[str | None]) -> int:
        found = _BACKTICKED.match(self.s, at + 1, self.limit)
        if found is None:
            self.report("a backtick is never closed", at, at + 1, "close it, or escape it with a backslash")
            out.append("`")
            return at + 1
        out.append(None)
        self.inner(at + 1, found.end() - 1)
        return found.end()

    def substitution(self, at: int) -> int:
        """Read commands from behind ``$(`` up to ``)``; the answer is the place behind it."""
        if self.depth >= MAX_DEPTH:
            self.too_deep(at)
            return self._parenthesis(at - 1)
        self.depth += 1
        end = self.commands_at(at, ")")
        self.depth -= 1
        return end

    def inner(self, start: int, end: int) -> None:
        """Read a part of the text as a script of its own."""
        if self.depth >= MAX_DEPTH:
            self.too_deep(start)
            return
        outer, self.limit = self.limit, end
        self.depth += 1
        self.commands_at(start, "")
        self.depth -= 1
        self.limit = outer

    def expansions(self, start: int, end: int) -> None:
        """Read the expansions of a here-document's body."""
        outer, self.limit = self.limit, end
        ignored: list[str | None] = []
        names: list[str] = []
        at = start
        while at < end:
            found = _BODY_PART.search(self.s, at, end)
            if found is None:
                break
            at = found.end()
            if found[0] == "$":
                at = self.dollar(at - 1, ignored, names, True)
            elif found[0] == "`":
                at = self._backtick(at - 1, ignored)
        self.limit = outer

    def _parenthesis(self, at: int) -> int:
        """The place behind the parenthesis that closes the one at ``at``."""
        level = 0
        for found in _PARENTHESES.finditer(self.s, at, self.limit):
            level += 1 if found[0] == "(" else -1
            if level == 0:
                return found.end()
        return self.limit

    def too_deep(self, at: int) -> None:
        """Report, once, that substitutions are nested too deeply."""
        if not self._too_deep:
            self._too_deep = True
            message = f"substitutions are nested deeper than {MAX_DEPTH} levels"
            self.report(message, at, min(at + 1, self.limit), "split the command")


def _ansi(inner: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        if found[2]:
            return chr(int(found[2], 8) & 255)
        if found[3]:
            return chr(int(found[3], 16))
        return _ANSI.get(found[4], found[4] if found[4] in "\\'\"?" else found[0])

    return _ANSI_ESCAPE.sub(decoded, inner) if "\\" in inner else inner
