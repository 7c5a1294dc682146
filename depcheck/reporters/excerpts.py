"""Where a span stands in the masked lines of an excerpt.

A mask is shorter or longer than the secret it hides, so columns are counted over what both lines have in common, and
a caret stays under the right characters.
"""

from __future__ import annotations

from depcheck.findings import Finding
from depcheck.source import Span

#: Of a span over many lines a report shows this many, and says that there are more.
MOST_LINES = 6
_MASK = "***"


class Mark:
    """Characters of a line that are pointed at; ``clause`` is said beside them, empty for the finding's own place."""

    __slots__ = ("clause", "end", "start")

    def __init__(self, start: int, end: int, clause: str = "") -> None:
        self.start = start
        self.end = end
        self.clause = clause


class Line:
    """A masked line, its number from 1, and what is pointed at in it."""

    __slots__ = ("marks", "number", "text")

    def __init__(self, number: int, text: str, marks: list[Mark]) -> None:
        self.number = number
        self.text = text
        self.marks = marks


def marked_lines(finding: Finding) -> list[Line | None]:
    """The excerpt of a finding with the marks in it; None stands for lines left out."""
    if finding.excerpt is None:
        return []
    span = finding.span
    marks: dict[int, list[Mark]] = {}
    masked = dict(finding.excerpt.lines)
    first, last = span.line, _last_line(span)
    for number, text in finding.excerpt.lines:
        # A span over many lines is underlined where it begins and where it ends.
        marks[number] = [_mark(span, number, text, "")] if number in (first, last) else []
    for note in finding.related:
        place = note.span
        if place.path == span.path and place.line in masked and place.line == place.end_line and place != span:
            marks[place.line].append(_mark(place, place.line, masked[place.line], note.message))
    lines: list[Line | None] = []
    before = 0
    for number, text in sorted(finding.excerpt.lines):
        if last < number <= span.end_line:
            continue
        left_out = first + MOST_LINES - 2 < number < last and not marks[number]
        if left_out:
            continue
        if before and number != before + 1:
            lines.append(None)
        lines.append(Line(number, text, marks[number]))
        before = number
    if lines and before < last:
        lines.append(None)
    return lines


def shortened(line: Line, most: int) -> Line:
    """The part of a long line around its first mark, its marks moved along."""
    if len(line.text) <= most:
        return line
    left = max(0, line.marks[0].start - most // 3) if line.marks else 0
    text = ("…" if left else "") + line.text[left : left + most] + ("…" if left + most < len(line.text) else "")
    shift, end = left - bool(left), min(len(line.text), left + most)
    marks = [
        Mark(mark.start - shift, max(mark.start, min(mark.end, end)) - shift, mark.clause)
        for mark in line.marks
        if left <= mark.start <= end
    ]
    return Line(line.number, text, marks)


def _last_line(span: Span) -> int:
    """The last line that has a character of the span other than blanks before its text."""
    last = span.end_line
    if last > span.line and not span.source.line(last)[: span.end_column - 1].strip():
        return last - 1
    return last


def shown_in_excerpt(finding: Finding) -> set[int]:
    """Which related places (by position in the list) stand in the excerpt already."""
    if finding.excerpt is None:
        return set()
    numbers = {number for number, _ in finding.excerpt.lines}
    span = finding.span
    return {
        index
        for index, note in enumerate(finding.related)
        if note.span.path == span.path
        and note.span.line in numbers
        and note.span.line == note.span.end_line
        and note.span != span
    }


def _mark(span: Span, number: int, masked: str, clause: str) -> Mark:
    original = span.source.line(number)
    start = span.column - 1 if number == span.line else len(original) - len(original.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(original)
    start, end = min(start, len(original)), min(end, len(original))
    kept = _kept(original, masked)
    begin = _moved(kept, start, behind=False)
    return Mark(begin, max(begin, _moved(kept, end, behind=True)), clause)


def _kept(original: str, masked: str) -> list[tuple[int, int, int]]:
    """The pieces that both lines have, as ``(start, end, start in the masked line)``; the last one ends both."""
    if original == masked or _MASK not in masked:
        return [(0, min(len(original), len(masked)), 0)]
    pieces: list[tuple[int, int, int]] = []
    parts = masked.split(_MASK)
    at = shown = 0
    for index, part in enumerate(parts):
        found = original.find(part, at) if index < len(parts) - 1 else max(at, len(original) - len(part))
        at = found if found >= 0 else at
        pieces.append((at, at + len(part), shown))
        at += len(part)
        shown += len(part) + len(_MASK)
    return pieces


def _moved(kept: list[tuple[int, int, int]], column: int, *, behind: bool) -> int:
    """Where a column stands in the masked line; one within a secret is at the edge of its mask."""
    before = 0
    for start, end, shown in kept:
        if column < start or (behind and column == start and before):
            return shown if behind else before
        if column <= end:
            return shown + column - start
        before = shown + end - start
    return before
