"""Where a span stands in the masked lines of an excerpt.

A mask may be shorter or longer than the secret it hides. Columns before it count from the start of the line, columns
behind it from the end, so that a caret stays under the right characters.
"""

from __future__ import annotations

from depcheck.findings import Finding
from depcheck.source import Span

#: Of a span over many lines a report shows this many, and says that there are more.
MOST_LINES = 6


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
    return lines


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
    begin = _moved(original, masked, start, behind=False)
    return Mark(begin, max(begin, _moved(original, masked, end, behind=True)), clause)


def _moved(original: str, masked: str, column: int, *, behind: bool) -> int:
    """Where a column of the original line stands in the masked one."""
    if len(original) == len(masked) or not masked:
        return min(column, len(masked))
    same = 0
    limit = min(len(original), len(masked))
    while same < limit and original[same] == masked[same]:
        same += 1
    tail = 0
    while tail < limit - same and original[-1 - tail] == masked[-1 - tail]:
        tail += 1
    if column <= same:
        return column
    if column >= len(original) - tail:
        return column - len(original) + len(masked)
    return len(masked) - tail if behind else same
