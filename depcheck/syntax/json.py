"""JSON with positions: text → trees of :mod:`depcheck.values`, every leaf and key with its span.

Written from RFC 8259. A mistake is a :class:`~depcheck.model.Problem` and the rest is still read. A string's span
includes its quotes. On request comments and trailing commas are accepted, as editors do for their own settings.
"""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Comment, Problem
from depcheck.source import Text
from depcheck.syntax.json_containers import DEPTH_LIMIT, Reader
from depcheck.syntax.json_scalars import GIVE_UP
from depcheck.syntax.json_strings import content
from depcheck.values import Absent, Unknown, Value

__all__ = ["DEPTH_LIMIT", "JsonFile", "content", "parse"]


class JsonFile:
    """A JSON text that was read. ``root`` is absent when there is no value at all."""

    __slots__ = ("comments", "problems", "root")

    def __init__(self, root: Value, comments: list[Comment], problems: list[Problem]) -> None:
        self.root = root
        self.comments = comments
        self.problems = problems


def parse(text: Text, *, lenient: bool = False, holes: Mapping[str, Unknown] | None = None) -> JsonFile:
    """Read a JSON text; ``lenient`` accepts comments and trailing commas without a problem.

    ``holes`` serves templates of JSON: each of its characters stands in the text for something that is not decided. A
    string with one inside becomes that unknown (its ``outline`` is the rest), as does one that stands for a value.
    """
    reader = Reader(text, lenient, holes or {})
    file = _read(reader)
    if reader.wrong > GIVE_UP:
        place = file.problems[-1].span
        file.problems.append(Problem("too many mistakes to read on", place, "is this JSON?"))
        return file
    if not reader.unclosed:
        return file
    # Something is not closed. Files are written by machines or editors mostly: their indentation tells what.
    again = Reader(text, lenient, holes or {}, indented=True)
    second = _read(again)
    return second if again.wrong <= reader.wrong else file


def _read(reader: Reader) -> JsonFile:
    at = reader.trivia(0)
    text = reader.string
    if at >= len(text):
        reader.problem("no JSON value: the text is empty", 0, 0, "write {} for an empty object")
        return JsonFile(Absent(reader.span(0, 0)), reader.comments, reader.problems)
    root, at = reader.value(at, None)
    at = reader.trivia(at)
    if isinstance(root, Unknown) and text[at : at + 1] in ("{", "["):
        root, at = reader.value(at, None)
        at = reader.trivia(at)
    if at < len(text):
        token = reader.token(at)
        end = at + len(token) if text.startswith(token, at) else at + 1
        reader.problem(f"{token} after the end of the JSON value", at, end, "a file holds one value")
    return JsonFile(root, reader.comments, reader.problems)
