"""The scalars of TOML: strings of four kinds, numbers, booleans; dates stay text."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern


class TomlError(Exception):
    """Something that is no TOML, with its place; caught where statements are read."""

    def __init__(self, message: str, start: int, end: int, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.next_step = next_step


_BASIC = Pattern(r'"(?P<body>(?:[^"\\\r\n]|\\[^\r\n])*+)"')
_LITERAL = Pattern(r"'(?P<body>[^'\r\n]*)'")
_LONG_BASIC = Pattern(r'"""(?P<body>(?:[^"\\]|\\.|"(?!""))*+"{0,2})"""', re.DOTALL)
_LONG_LITERAL = Pattern(r"'''(?P<body>(?:[^']|'(?!''))*+'{0,2})'''")
_ESCAPE = Pattern(
    r"\\(?:(?P<plain>[btnfre\"\\])|x(?P<two>[0-9A-Fa-f]{2})|u(?P<four>[0-9A-Fa-f]{4})|U(?P<eight>[0-9A-Fa-f]{8})"
    r"|(?P<fold>[ \t]*\r?\n\s*)|(?P<wrong>.?))",
    re.DOTALL,
)
_PLAIN = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_INTEGER = Pattern(r"[+-]?(?:0|[1-9](?:_?[0-9])*)")
_BASED = Pattern(r"0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)")
_FLOAT = Pattern(
    r"[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[+-]?(?:inf|nan)"
)
_DATE = Pattern(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
)


def one_line(string: str, at: int) -> tuple[str, int]:
    """A quoted string that begins here, and where it ends.

    Raises:
        TomlError: it is not closed in its line.
    """
    match = (_BASIC if string[at] == '"' else _LITERAL).match(string, at)
    if match is None:
        end = re.compile(r"[^\r\n]*").match(string, at)
        raise TomlError("the quote is not closed", at, end.end() if end else at + 1, f"write {string[at]}")
    body = match["body"]
    return (_unescaped(body) if string[at] == '"' and "\\" in body else body), match.end()


def multi_line(string: str, at: int) -> tuple[str, int]:
    """A string in three quotes; a line break right after them is no part of it.

    Raises:
        TomlError: it is not closed.
    """
    basic = string[at] == '"'
    match = (_LONG_BASIC if basic else _LONG_LITERAL).match(string, at)
    if match is None:
        raise TomlError("the quotes are not closed", at, at + 3, f"write {string[at] * 3}")
    body = match["body"].removeprefix("\r").removeprefix("\n")
    return (_unescaped(body) if basic and "\\" in body else body), match.end()


def bare(string: str, start: int, end: int) -> tuple[str | int | float | bool, int]:
    """A number, a boolean or a date that begins here, and where it ends.

    Raises:
        TomlError: it is none of them.
    """
    date = _DATE.match(string, start)
    if date is not None and date.end() >= end:
        return date.group(), date.end()
    token = string[start:end]
    if token in ("true", "false"):
        return token == "true", end
    if _INTEGER.fullmatch(token):
        return int(token.replace("_", "")), end
    if _BASED.fullmatch(token):
        return int(token.replace("_", ""), 0), end
    if _FLOAT.fullmatch(token):
        return float(token.replace("_", "")), end
    raise TomlError(f"{token[:40]} is no value", start, end, "put text in quotes")


def _unescaped(body: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        if match["plain"]:
            return _PLAIN[match["plain"]]
        if match["fold"]:
            return ""
        code = match["two"] or match["four"] or match["eight"]
        if not code:
            return match.group()
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "�"

    return _ESCAPE.sub(replaced, body)
