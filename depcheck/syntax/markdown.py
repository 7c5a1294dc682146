"""Markdown to its fenced code blocks, after CommonMark 0.31 (spec.commonmark.org), sections 4.5, 4.6, 5.1 and 5.2.

Fences are found inside block quotes and list items; what stands in HTML blocks or is indented as code is none. Nothing
is ever an error: a fence that is not closed ends with what holds it.
"""

from __future__ import annotations

import re

from depcheck.source import Text

_FENCE = re.compile(r"(`{3,})([^`]*)\Z|(~{3,})(.*)\Z", re.DOTALL)
_MARKER = re.compile(r"([-+*]|\d{1,9}[.)])(?=[ \t]|\Z)")
_BREAK = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t\r]*\Z")
_ELEMENTS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt"
    "|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu"
    "|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr"
    "|track|ul"
)
#: How an HTML block begins, and what ends it (None: a blank line).
_HTML = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[ \t>]|\Z)", re.I),
        re.compile(r"</(?:script|pre|style|textarea)>", re.I),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![a-zA-Z]"), re.compile(r">")),
    (re.compile(rf"</?(?:{_ELEMENTS})(?:[ \t]|/?>|\Z)", re.I), None),
)
#: Any other tag that stands alone on a line begins HTML too, unless the line goes on with a paragraph.
_ATTRIBUTE = r"[ \t]++[a-zA-Z_:][\w.:-]*+(?:[ \t]*+=[ \t]*+(?:[^ \t\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?"
_TAG = re.compile(rf"<(?:/[a-zA-Z][\w-]*[ \t]*|[a-zA-Z][\w-]*(?:{_ATTRIBUTE})*[ \t]*/?)>[ \t]*\Z")
_QUOTE = -1
MAX_DEPTH = 100


class Block:
    """One fenced code block.

    ``info`` is the info string; ``start`` to ``end`` is the place of both fences in the document; ``content`` has the
    indentation of its container and fence removed, while each character keeps its place. ``before`` are the last lines
    of text since the block before, the nearest first; ``headings`` those that it stands under, the innermost first.
    """

    __slots__ = ("before", "content", "end", "headings", "info", "start")

    def __init__(self, info: str, start: int, end: int, content: Text, before: list[str], headings: list[str]) -> None:
        self.info = info
        self.start = start
        self.end = end
        self.content = content
        self.before = before
        self.headings = headings

    @property
    def language(self) -> str:
        """The first word of the info string in lower case, without what is attached to it (``yaml:compose.yaml``)."""
        found = re.match(r"[{.\s]*([\w+#-]*)", self.info)
        return found[1].lower() if found else ""


class _Fence:
    """A fence that is open: ``depth`` counts the containers around it."""

    __slots__ = ("before", "depth", "headings", "indent", "info", "mark", "ranges", "start")

    def __init__(
        self, mark: str, indent: int, depth: int, info: str, start: int, before: list[str], headings: list[str]
    ) -> None:
        self.mark = mark
        self.indent = indent
        self.depth = depth
        self.info = info
        self.start = start
        self.before = before
        self.headings = headings
        self.ranges: list[tuple[int, int]] = []

    def closed_by(self, rest: str) -> bool:
        """Whether a line, without its indentation, is the closing fence."""
        bare = rest.rstrip(" \t\r")
        return len(bare) >= len(self.mark) and not bare.strip(self.mark[0])


def blocks(text: Text) -> list[Block]:
    """The fenced code blocks of a document, in order."""
    reader = _Reader(text)
    at = 0
    for line in text.text.split("\n"):
        reader.line(line, at)
        at += len(line) + 1
    reader.close(min(at, len(text.text)))
    return reader.found


class _Reader:
    """Reads line by line; ``containers`` are the open block quotes (-1) and list items (their content's column)."""

    __slots__ = (
        "before",
        "containers",
        "empty",
        "fence",
        "found",
        "headings",
        "html",
        "html_depth",
        "paragraph",
        "text",
    )

    def __init__(self, text: Text) -> None:
        self.text = text
        self.found: list[Block] = []
        self.containers: list[int] = []
        self.empty = False  # the innermost list item has nothing in it yet
        self.fence: _Fence | None = None
        self.html: re.Pattern[str] | bool | None = False
        self.html_depth = 0
        self.paragraph = False
        self.before: list[str] = []
        self.headings: list[tuple[int, str]] = []

    def line(self, line: str, start: int) -> None:
        """Read one line that begins at ``start``."""
        at, matched = self._continued(line)
        if self.fence is not None:
            if matched >= self.fence.depth:
                self._inside(self.fence, line, at, start)
                return
            self.close(start)
        if self.html is not False:
            if matched >= self.html_depth and self._in_html(line[at:]):
                return
            self.html = False
        empty, self.empty = self.empty and matched == len(self.containers), False
        if matched < len(self.containers):
            if self.paragraph and self._goes_on(line, at):
                self.before.append(line.strip())
                return
            self.paragraph = False
            del self.containers[matched:]
        if self.paragraph and self._underlined(line, at):
            return
        at = self._opened(line, at)
        rest = line[at:].rstrip("\r")
        bare = rest.lstrip(" \t")
        if not bare:
            self.paragraph = False
            if empty:
                self.containers.pop()  # an item that begins with a blank line does not go on behind a second one
            return
        indent = _columns(line, at)
        if indent > 3:
            return
        opening = _FENCE.match(bare)
        if opening:
            self.paragraph = False
            mark, info = (opening[1], opening[2]) if opening[1] else (opening[3], opening[4])
            begin = start + at + len(rest) - len(bare)
            headings = [title for _, title in reversed(self.headings)]
            self.fence = _Fence(mark, indent, len(self.containers), info.strip(), begin, self.before[:-13:-1], headings)
            return
        self._text(bare)

    def _underlined(self, line: str, at: int) -> bool:
        """Whether a line makes the paragraph above it a heading."""
        found = _UNDERLINE.match(line, at)
        if found is None:
            return False
        self.paragraph = False
        self._heading(1 if found[1][0] == "=" else 2, self.before[-1] if self.before else "")
        return True

    def _heading(self, level: int, title: str) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, title))

    def _goes_on(self, line: str, at: int) -> bool:
        """Whether a line that leaves containers only goes on with the paragraph in them, because it begins nothing."""
        bare = line[at:].strip()
        if not bare:
            return False
        if _columns(line, at) > 3:
            return True
        if bare[0] in "`~>#" and (_FENCE.match(bare) or bare[0] == ">" or _HEADING.match(bare)):
            return False
        if _MARKER.match(bare) or _BREAK.match(bare):
            return False
        return bare[0] != "<" or not any(begins.match(bare) for begins, _ in _HTML)

    def _text(self, bare: str) -> None:
        """A line of the document itself: a heading, the beginning of HTML, or prose."""
        self.before.append(bare)
        heading = _HEADING.match(bare)
        inside, self.paragraph = self.paragraph, heading is None and not _BREAK.match(bare)
        if heading:
            self._heading(len(heading[1]), heading[2] or "")
            return
        if bare[0] == "<":
            for begins, ends in _HTML:
                if begins.match(bare):
                    self.paragraph = False
                    self.html_depth = len(self.containers)
                    self.html = ends if ends is None or not ends.search(bare, 2) else False
                    return
            if not inside and _TAG.match(bare):
                self.paragraph = False
                self.html_depth, self.html = len(self.containers), None

    def _in_html(self, rest: str) -> bool:
        """Whether a line belongs to the HTML block that is open; it may be its last."""
        if self.html is None:
            return bool(rest.strip())
        if isinstance(self.html, re.Pattern) and self.html.search(rest):
            self.html = False
        return True

    def _continued(self, line: str) -> tuple[int, int]:
        """Where the content of a line begins behind the containers that it continues, and how many those are."""
        at = matched = 0
        for container in self.containers:
            indent = _columns(line, at)
            if container == _QUOTE:
                after = at + _characters(line, at, indent)
                if indent > 3 or not line.startswith(">", after):
                    break
                at = after + 1 + line.startswith((" ", "\t"), after + 1)
            elif indent >= container:
                at += _characters(line, at, container)
            elif line[at:].strip():
                break
            matched += 1
        return at, matched

    def _opened(self, line: str, at: int) -> int:
        """Begin the block quotes and list items that a line opens; where its content begins behind them."""
        while len(self.containers) < MAX_DEPTH:
            indent = _columns(line, at)
            after = at + _characters(line, at, indent)
            if indent > 3:
                return at
            if line.startswith(">", after):
                self.paragraph = False
                self.containers.append(_QUOTE)
                at = after + 1 + line.startswith((" ", "\t"), after + 1)
                continue
            marker = _MARKER.match(line, after)
            if marker is None or _BREAK.match(line.rstrip("\r"), after):
                return at
            rest = line[marker.end() :]
            if self.paragraph and (not rest.strip() or marker[1][:-1] not in ("", "1")):
                return at  # such an item does not end a paragraph
            self.paragraph = False
            blanks = _columns(line, marker.end())
            self.empty = not rest.strip()
            width = blanks if 1 <= blanks <= 4 and not self.empty else 1
            self.containers.append(indent + len(marker[0]) + width)
            at = marker.end() + _characters(line, marker.end(), width)
        return at

    def _inside(self, fence: _Fence, line: str, at: int, start: int) -> None:
        rest = line[at:]
        bare = rest.lstrip(" \t")
        indent = _columns(line, at)
        if indent <= 3 and fence.closed_by(bare):
            self.close(start + len(line.rstrip("\r")))
            return
        at += _characters(line, at, fence.indent)
        end = min(start + len(line) + 1, len(self.text.text))
        if end > start + at:
            fence.ranges.append((start + at, end))

    def close(self, end: int) -> None:
        """End the fence that is open, if there is one."""
        fence = self.fence
        if fence is None:
            return
        self.fence = None
        ranges = _merged(fence.ranges)
        if not ranges:
            content = self.text.cut(end, end)
        else:
            content = self.text.cut(*ranges[0]) if len(ranges) == 1 else self.text.pick(ranges)
        self.found.append(Block(fence.info, fence.start, end, content, fence.before, fence.headings))
        self.before = []


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges without those that only go on where the one before ends."""
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _columns(line: str, at: int) -> int:
    """The width of the blanks from ``at`` on; a tab goes on to the next multiple of four of the line's columns."""
    end = at
    while end < len(line) and line[end] in " \t":
        end += 1
    if "\t" not in line[:end]:
        return end - at
    return _column(line, end) - _column(line, at)


def _column(line: str, at: int) -> int:
    column = 0
    for char in line[:at]:
        column += 4 - column % 4 if char == "\t" else 1
    return column


def _characters(line: str, at: int, columns: int) -> int:
    """How many characters from ``at`` on make up that many columns of blanks, at most."""
    end = at
    column = _column(line, at) if "\t" in line else at
    stop = column + columns
    while column < stop and end < len(line) and line[end] in " \t":
        column += 1 if line[end] == " " else 4 - column % 4
        end += 1
    return end - at
