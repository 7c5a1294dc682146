"""Tokens of HCL: the patterns, the reading head that moves over them, and the decoding of literals.

Written from HCL's syntax specification (github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

MAX_DEPTH = 100
"""How deep brackets, templates and blocks may be nested; also the bound of every recursion over a tree."""

MAX_PROBLEMS = 100
"""After so many problems in one file, more are not told."""

IDENTIFIER = r"[^\W\d][\w-]*+"
# \w lacks the combining marks that Unicode allows inside of identifiers. Patterns with them take long to compile, so
# they are only made for a text that has such names.
_MARKED_IDENTIFIER = (
    r"[^\W\d][\w\-\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u0669\u0900-\u0dff\u0e31-\u0e4e\u20d0-\u20dc"
    r"\u3099\u309a]*+"
)
PLAIN = r'[^"\\$%\r\n]*+'
NUMBER = r"\d(?:\d|\.\d|[eE][+-]?\d)*+"

_TOKEN = (
    rf"({IDENTIFIER})((?:\.{IDENTIFIER})++)?"  # 1, 2: a name and what hangs on it by dots
    rf'|"({PLAIN})"'  # 3: a string without escapes and templates
    r"|(#[^\n]*+|//[^\n]*+|/\*[\s\S]*?(?:\*/|\Z))"  # 4: a comment
    rf"|(<<-?{IDENTIFIER}[ \t]*\r?\n)"  # 5: a heredoc's opening line
    r"|(&&|\|\||==|!=|>=|<=|=>|::|\.\.\.|~\}|[-+*/%!<>=?:,.(){}\[\]])"  # 6: operators and brackets
    rf"|({NUMBER})"  # 7
    r'|(")'  # 8: a string with something to decode
)
_FREE_TOKEN = rf"[ \t\r\n]*+(?:{_TOKEN}|((?!))|(\Z)|(.))"
_LINE_TOKEN = rf"[ \t]*+(?:{_TOKEN}|(\r?\n)|(\Z)|(.))"
_FREE = re.compile(_FREE_TOKEN, re.DOTALL).match
_LINE = re.compile(_LINE_TOKEN, re.DOTALL).match

_PATH, _COMMENT, _OPERATOR = 2, 4, 6
_FIRST_MARK = "\u02ff"
_KINDS = ("", "id", "path", "string", "comment", "heredoc", "", "number", "quote", "\n", "end", "other")

ITEM_LINE = Pattern(
    rf'[ \t]*(?:(\}})|{IDENTIFIER}[ \t]*=(?![=>])|{IDENTIFIER}(?:[ \t]+(?:"[^"\n]*"|{IDENTIFIER}))*[ \t]*\{{)'
).match
CLOSERS = Pattern(r"[ \t]*[\])}][\])} \t,;]*(?:#[^\n]*|//[^\n]*)?\r?$", re.MULTILINE).match
_INDENT = re.compile(r"[ \t]*").match
_BLANK = re.compile(r"\s*").match

_ESCAPE = Pattern(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))|([$%])\5\{', re.DOTALL)
_TEMPLATE_ESCAPE = Pattern(r"([$%])\1\{")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_VALID_NUMBER = Pattern(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z").match


class Failure(Exception):  # noqa: N818 - it is control flow inside of the parser and never leaves it
    """What stands here cannot be read; the nearest item takes it and goes on after it."""


class Lexer:
    """A reading head over a text. ``kind``, ``start`` and ``pos`` (its end) tell of the current token.

    ``kind`` is the operator itself, or ``id``, ``path`` (``a.b.c``), ``string``, ``quote``, ``heredoc``, ``number``,
    a line break, ``end``, ``other``, or ``dedent``: in a file with errors, a line that stands so far left that some
    bracket before it lost its partner. ``newlines`` tells whether line breaks are tokens (they are not inside of
    brackets).
    """

    __slots__ = (
        "closers",
        "column",
        "comments",
        "depth",
        "floor",
        "height",
        "kind",
        "limit",
        "match",
        "newlines",
        "pos",
        "problems",
        "recovering",
        "start",
        "text",
        "unclosed",
    )

    def __init__(self, text: str, *, recovering: bool = False, depth: int = 0) -> None:
        self.text = text
        self.pos = 0
        self.limit = len(text)
        self.start = 0
        self.kind = ""
        self.match: re.Match[str]
        self.newlines = True
        self.depth = depth
        self.height = 0
        self.recovering = recovering
        self.floor = -1
        self.column = -1
        self.unclosed = -1
        self.closers: dict[str, list[tuple[int, int]]] | None = None
        self.comments: dict[int, int] = {}
        self.problems: list[tuple[str, int, int, str]] = []

    def next(self) -> None:
        """Go to the next token."""
        text = self.text
        limit = self.limit
        before = pos = self.pos
        pattern = _LINE if self.newlines else _FREE
        while True:
            match = pattern(text, pos, limit)
            if match is None:  # cannot be: the last alternative takes any character and \Z the end
                raise Failure
            index = match.lastindex or 0
            end = match.end()
            if index <= _PATH and end < limit and text[end] > _FIRST_MARK and f"a{text[end]}".isidentifier():
                match = _marked(self.newlines)(text, pos, limit) or match
                end = match.end()
                index = match.lastindex or 0
            if index != _COMMENT:
                break
            pos = self._comment(match.start(index), end)
        self.match = match
        self.pos = end
        if index == _OPERATOR:
            self.kind = match[index]
            self.start = end - len(self.kind)
        else:
            self.kind = _KINDS[index]
            self.start = match.start(1) if index == 2 else match.start(3) - 1 if index == 3 else match.start(index)
        if self.recovering and self.floor >= 0 and end > before and not self.newlines:
            self._look_left(before)

    def _look_left(self, before: int) -> None:
        line = self.text.rfind("\n", before, self.start) + 1
        if line and self.dedented(line):
            self.kind = "dedent"
            self.start = self.pos = line

    def dedented(self, line: int) -> bool:
        """Whether the line that begins here is an item that stands left of what is being read, or closes a block."""
        match = ITEM_LINE(self.text, line, self.limit)
        if match is None:
            return False
        indent = self.indent(line)
        return indent < self.floor if match[1] else indent <= self.floor

    def indent(self, line: int) -> int:
        """How many blanks the line that begins here starts with."""
        match = _INDENT(self.text, line, self.limit)
        return match.end() - line if match else 0

    def line_start(self, at: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, at) + 1

    def fresh_line(self, at: int, begin: int) -> int:
        """The start of the line of a token that was looked for from ``at`` on; -1 if the token does not begin its
        line. Looking no further back keeps the cost of a long line in proportion to its length."""
        line = self.text.rfind("\n", max(at - 1, 0), begin) + 1
        if line == 0 and at > 1:
            return -1
        return line if not self.text[line:begin].strip("\ufeff \t\r\n") else -1

    def line_end(self, at: int) -> int:
        """Where the line of a character ends, before its line break."""
        end = self.text.find("\n", at, self.limit)
        return self.limit if end < 0 else end

    def lines_after(self, begin: int) -> Iterator[tuple[int, int, int]]:
        """The lines, without blank ones, on which reading could go on after what began at ``begin`` has failed: start,
        indentation and end. The line of the token that failed is the first if that token begins it."""
        text, limit = self.text, self.limit
        line = self.line_start(self.start)
        if line <= self.line_start(begin) or text[line : self.start].strip():
            line = self.line_end(max(self.start, begin)) + 1
        while line < limit:
            end = self.line_end(line)
            column = self.indent(line)
            if text[line + column : end].strip():
                yield line, column, end
            line = end + 1

    def _comment(self, start: int, end: int) -> int:
        text = self.text
        if text.startswith("/*", start):
            if not text.endswith("*/", start + 2, end):
                self.problem("comment is not closed", start, start + 2, 'end it with "*/"')
            self.comments[start] = end
        else:
            self.comments[start] = end - 1 if text[end - 1] == "\r" else end
        return end

    def word(self) -> str:
        """The current token as written."""
        return self.text[self.start : self.pos]

    def problem(self, message: str, start: int, end: int, next_step: str = "") -> None:
        """Note something that is wrong."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((message, start, end, next_step))

    def fail(self, message: str, next_step: str = "") -> NoReturn:
        """Note that the current token does not belong here, and give up on what is being read."""
        self.fail_at(message, self.start, max(self.pos, self.start), next_step)

    def fail_at(self, message: str, start: int, end: int, next_step: str = "") -> NoReturn:
        """Note what is wrong at a place, and give up on what is being read."""
        self.problem(message, start, end, next_step)
        raise Failure

    def found(self) -> str:
        """The current token in words."""
        if self.kind in ("end", "\n", "dedent"):
            return "the end of the file" if self.kind == "end" else "the end of the line"
        return shown(self.word())

    def expect(self, kind: str, what: str) -> None:
        """Fail unless the current token is of a kind."""
        if self.kind != kind:
            self.fail(f'expected "{kind}" {what}, found {self.found()}')

    def enter(self) -> None:
        """Go one level deeper; what is deeper than the cap is not read."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.too_deep(self.start, self.pos)

    def too_deep(self, start: int, end: int) -> NoReturn:
        """Give up on something whose tree would be too high."""
        self.fail_at(f"nested more than {MAX_DEPTH} levels deep", start, end, "split it into several locals")


def shown(word: str) -> str:
    """A token as messages name it: in quotes, of readable length, without control characters."""
    word = "".join([each if each.isprintable() else f"\\x{ord(each):02x}" for each in word[:40]])
    return word if '"' in word else f'"{word}"'


def skip_blank(text: str, at: int, limit: int) -> int:
    """The next character that is not blank."""
    match = _BLANK(text, at, limit)
    return match.end() if match else at


@cache
def _marked(newlines: bool) -> Callable[[str, int, int], re.Match[str] | None]:
    pattern = (_LINE_TOKEN if newlines else _FREE_TOKEN).replace(IDENTIFIER, _MARKED_IDENTIFIER)
    return re.compile(pattern, re.DOTALL).match


def number_is_valid(text: str) -> bool:
    """Whether a run of digits, dots and exponents is one number."""
    return _VALID_NUMBER(text) is not None


def decode_quoted(lexer: Lexer, start: int, end: int) -> str:
    """The characters that a run inside of a quoted string stands for."""
    raw = lexer.text[start:end]
    if "\\" not in raw and "{" not in raw:
        return raw

    def decoded(match: re.Match[str]) -> str:
        simple, short, long, wrong, template = match.groups()
        if simple:
            return _SIMPLE[simple]
        if template:
            return f"{template}{{"
        code = int(short or long or "0", 16)
        if wrong is not None or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            lexer.problem(
                f"invalid escape {shown(match[0])}",
                start + match.start(),
                start + match.end(),
                r"the escapes are \n \r \t \" \\ \uNNNN \UNNNNNNNN",
            )
            return match[0]
        return chr(code)

    return _ESCAPE.sub(decoded, raw)


def decode_bare(raw: str) -> str:
    """The characters that a run of a heredoc or of a template file stands for: only ``$${`` and ``%%{`` are escapes."""
    return _TEMPLATE_ESCAPE.sub(r"\1{", raw) if "{" in raw else raw
