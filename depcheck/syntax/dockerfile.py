"""Dockerfile text to instructions, as BuildKit reads it.

Follows Docker's reference (docs.docker.com/reference/dockerfile) and, where that is silent, BuildKit's parser: comments
and blank lines inside a continued instruction are dropped, a heredoc begins only where ``<<`` begins a word, and a JSON
form that is not one is the shell form. An unknown instruction is kept and reported once for each run of such lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from depcheck.model import Comment, Problem
from depcheck.source import Text
from depcheck.syntax.dockerfile_words import WHITESPACE, Flag, JsonWord, flags, json_strings, markers

_HEREDOC_FORMS = frozenset(("ADD", "COPY", "RUN"))
_JSON_FORMS = _HEREDOC_FORMS | {"CMD", "ENTRYPOINT", "SHELL", "VOLUME"}
_PLAIN_FORMS = frozenset(("ARG", "ENV", "EXPOSE", "FROM", "LABEL", "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"))
KEYWORDS = _JSON_FORMS | _PLAIN_FORMS | {"HEALTHCHECK", "ONBUILD"}
_KEYWORD = re.compile(r"[^\t\v\f\r ]+")
_AFTER_KEYWORD = re.compile(r"[\t\v\f\r ]*")
_DIRECTIVE = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES = frozenset(("syntax", "escape", "check"))
_HEALTH_COMMAND = re.compile(rf"(?i:CMD)[{WHITESPACE}]+")
#: Where reading goes on after a heredoc that is never closed.
_RESUMES = re.compile(rf"(?:{'|'.join(sorted(KEYWORDS))})[ \t]")


class Heredoc:
    """``<<NAME``: ``start`` and ``end`` are its content's place in the file's text, line breaks included.

    ``content`` is as written; with ``chomp`` the leading tabs of its lines do not count.
    """

    __slots__ = ("chomp", "content", "descriptor", "end", "expand", "name", "start")

    def __init__(
        self, name: str, descriptor: int, expand: bool, chomp: bool, content: str, start: int, end: int
    ) -> None:
        self.name = name
        self.descriptor = descriptor
        self.expand = expand
        self.chomp = chomp
        self.content = content
        self.start = start
        self.end = end


class Statement:
    """One instruction.

    ``line`` is its text with continuations joined, and every offset but ``start`` and ``end`` counts in it:
    ``keyword_start``/``keyword_end`` and ``args_start``/``args_end`` (what stands behind the flags). ``json`` are the
    strings of the JSON form, None for the shell form. ``child`` is what ONBUILD defers. ``start`` and ``end`` are its
    place in the file's text, without the heredocs; ``ranges`` are the parts of that place that are in ``line``.
    """

    __slots__ = (
        "args_end",
        "args_start",
        "child",
        "end",
        "flags",
        "heredocs",
        "json",
        "keyword",
        "keyword_end",
        "keyword_start",
        "line",
        "ranges",
        "start",
    )

    def __init__(
        self,
        keyword: str,
        line: Text,
        keyword_start: int,
        keyword_end: int,
        args_start: int,
        args_end: int,
        *,
        flags: list[Flag],
        json: list[JsonWord] | None,
        child: Statement | None,
        ranges: list[tuple[int, int]],
    ) -> None:
        self.keyword = keyword
        self.line = line
        self.keyword_start = keyword_start
        self.keyword_end = keyword_end
        self.args_start = args_start
        self.args_end = args_end
        self.flags = flags
        self.json = json
        self.child = child
        self.ranges = ranges
        self.heredocs: list[Heredoc] = []
        self.start = ranges[0][0]
        self.end = ranges[-1][1]

    @property
    def arguments(self) -> str:
        """What stands behind the flags."""
        return self.line.text[self.args_start : self.args_end]


class Dockerfile:
    """What was read: instructions, ``escape`` (the character in force) and the parser directives by name."""

    __slots__ = ("comments", "directives", "escape", "problems", "statements")

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.directives: dict[str, str] = {}
        self.escape = "\\"


def parse(text: Text) -> Dockerfile:
    """Read a Dockerfile. Nothing is raised; what could not be read is in ``problems``."""
    found = Dockerfile()
    lines = text.text.split("\n")
    starts = [0]
    at = 0
    for line in lines:
        at += len(line) + 1
        starts.append(at)
    index = 0
    head = True
    closers: dict[tuple[str, bool], list[int]] = {}
    junk = False
    if text.text.startswith("\ufeff"):
        lines[0] = " " + lines[0][1:]
    while index < len(lines):
        stripped = lines[index].lstrip(WHITESPACE)
        if not stripped:
            head = False
            index += 1
            continue
        if stripped[0] == "#":
            offset = starts[index] + len(lines[index]) - len(stripped)
            _comment(found, text, stripped, offset)
            head = head and _directive(found, text, stripped, offset)
            index += 1
            continue
        head = False
        ranges, index = _logical_line(found, text, lines, starts, index, stripped)
        joined = text.cut(*ranges[0]) if len(ranges) == 1 else text.pick(ranges)
        statement = _statement(joined, 0, len(joined.text), found.escape, ranges)
        if statement is None:
            continue
        if "<<" in joined.text:
            index = _heredocs(found, statement, text, lines, starts, index, closers)
        found.statements.append(statement)
        unknown = statement.keyword not in KEYWORDS
        if unknown and not junk:
            _report_unknown(found, statement)
        elif not unknown:
            _report_json(found, statement)
        junk = unknown
    return found


def _comment(found: Dockerfile, text: Text, stripped: str, offset: int) -> None:
    body = stripped.rstrip(WHITESPACE)
    found.comments.append(Comment(body[1:].strip(), text.span(offset, offset + len(body))))


def _directive(found: Dockerfile, text: Text, stripped: str, offset: int) -> bool:
    """Take ``# name=value`` at the head of the file; whether directives may still follow."""
    match = _DIRECTIVE.fullmatch(stripped[1:].strip())
    name = match[1].lower() if match else ""
    if match is None or name not in _DIRECTIVES:
        return False
    span = text.span(offset, offset + len(stripped.rstrip(WHITESPACE)))
    if name in found.directives:
        found.problems.append(Problem(f"the directive `{name}` is given twice", span, "keep one of them"))
        return True
    found.directives[name] = match[2]
    if name == "escape":
        if match[2] in ("\\", "`"):
            found.escape = match[2]
        else:
            message = f"`{match[2][:20]}` cannot be the escape character"
            found.problems.append(Problem(message, span, "use a backslash or a backtick"))
    return True


def _logical_line(
    found: Dockerfile, text: Text, lines: list[str], starts: list[int], index: int, stripped: str
) -> tuple[list[tuple[int, int]], int]:
    """The ranges of one instruction's lines without continuation marks, comments and blank lines, and the next line."""
    escape = found.escape
    line = lines[index]
    begin = starts[index] + len(line) - len(stripped)
    body = stripped.rstrip("\r")
    marked = body.rstrip(" \t")
    index += 1
    if not marked.endswith(escape) or marked[-2:-1] == escape:
        return [(begin, begin + len(body))], index
    ranges = [(begin, begin + len(marked) - 1)]
    while index < len(lines):
        line = lines[index]
        stripped = line.lstrip(WHITESPACE)
        begin = starts[index]
        index += 1
        if not stripped:
            continue
        if stripped[0] == "#":
            _comment(found, text, stripped, begin + len(line) - len(stripped))
            continue
        body = line.rstrip("\r")
        marked = body.rstrip(" \t")
        if not marked.endswith(escape) or marked[-2:-1] == escape:
            ranges.append((begin, begin + len(body)))
            break
        ranges.append((begin, begin + len(marked) - 1))
    return ranges, index


def _statement(
    line: Text, start: int, end: int, escape: str, ranges: list[tuple[int, int]], *, deferred: bool = False
) -> Statement | None:
    """Split a logical line into keyword, flags and arguments; None where nothing but blanks is left."""
    content = line.text
    end = len(content[:end].rstrip(WHITESPACE))
    start += len(content[start:end]) - len(content[start:end].lstrip(WHITESPACE))
    match = _KEYWORD.match(content, start, end)
    if match is None:
        return None
    after = match.end()
    keyword = content[start:after].upper()
    blanks = _AFTER_KEYWORD.match(content, after, end)
    at = blanks.end() if blanks else after
    options: list[Flag] = []
    if content.startswith("--", at):
        options, at = flags(content, at, end, escape)
    elif at < end and content[at] in WHITESPACE:
        at += len(content[at:end]) - len(content[at:end].lstrip(WHITESPACE))
    json = None
    if keyword in _JSON_FORMS:
        json = json_strings(content, at, end)
    elif keyword == "HEALTHCHECK":
        command = _HEALTH_COMMAND.match(content, at, end)
        json = json_strings(content, command.end(), end) if command else None
    child = _statement(line, at, end, escape, ranges, deferred=True) if keyword == "ONBUILD" and not deferred else None
    return Statement(keyword, line, start, after, at, end, flags=options, json=json, child=child, ranges=ranges)


def _heredocs(
    found: Dockerfile,
    statement: Statement,
    text: Text,
    lines: list[str],
    starts: list[int],
    index: int,
    closers: dict[tuple[str, bool], list[int]],
) -> int:
    """Take the heredocs that the line announces; the answer is the line behind them."""
    inner = statement.child or statement
    if inner.keyword not in _HEREDOC_FORMS or inner.json is not None:
        return index
    for marker in markers(statement.line.text):
        close = _closing(lines, index, marker.name, marker.chomp, closers)
        stop = close
        if close < 0:
            stop = index
            while stop < len(lines) and not _RESUMES.match(lines[stop]):
                stop += 1
            span = statement.line.span(statement.keyword_start, statement.args_end)
            message = f"the heredoc `{marker.name[:40]}` is never closed"
            found.problems.append(Problem(message, span, f"end it with a line that is exactly `{marker.name[:40]}`"))
        begin = starts[index] if index < len(lines) else len(text.text)
        end = min(starts[stop], len(text.text))
        content = text.text[begin:end]
        inner.heredocs.append(Heredoc(marker.name, marker.descriptor, marker.expand, marker.chomp, content, begin, end))
        index = stop + 1 if close >= 0 else stop
        if close < 0:
            break
    return index


def _closing(lines: list[str], index: int, name: str, chomp: bool, closers: dict[tuple[str, bool], list[int]]) -> int:
    """The first line from ``index`` on that closes a heredoc, -1 if there is none.

    The table of lines is made once, so that many heredocs that are never closed do not read the file each.
    """
    if not closers:
        closers[("", False)] = []
        for number, line in enumerate(lines):
            bare = line.rstrip("\r")
            if len(bare) < 200:
                closers.setdefault((bare, False), []).append(number)
                closers.setdefault((bare.lstrip("\t"), True), []).append(number)
    places = closers.get((name, chomp), [])
    position = bisect_left(places, index)
    return places[position] if position < len(places) else -1


def _report_unknown(found: Dockerfile, statement: Statement) -> None:
    span = statement.line.span(statement.keyword_start, statement.keyword_end)
    word = span.text[:40]
    found.problems.append(Problem(f"`{word}` is no instruction", span, _nearest(statement.keyword)))


def _nearest(keyword: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(keyword[:20], sorted(KEYWORDS), n=1, cutoff=0.6)
    return (
        f"did you mean {near[0]}?"
        if near
        else "begin each instruction with its keyword, or end the line before with a backslash"
    )


def _report_json(found: Dockerfile, statement: Statement) -> None:
    """Report an array that is JSON but not of strings: BuildKit stops there, while what is no JSON is shell text."""
    inner = statement.child or statement
    if inner.json is not None or inner.keyword not in _JSON_FORMS or not inner.arguments.startswith("["):
        return
    import json

    try:
        decoded = json.loads(inner.arguments)
    except (ValueError, RecursionError):
        return
    if isinstance(decoded, list):
        span = inner.line.span(inner.args_start, inner.args_end)
        message = f"the JSON form of {inner.keyword} has an item that is no string"
        found.problems.append(Problem(message, span, "quote every item"))
