"""YAML with a place for every key and value, built from the events of a reader of its plain part, or else of libyaml.

The tree is made of :class:`~depcheck.values.Known` nodes: ``span`` is the value as written, ``key`` the key before it.
An alias shares the anchor's content, keeps the place of that content, and says in ``via`` where it was used; how much
aliases may add to a document is limited, so that anything may walk the tree without a budget of its own. What could not
be read is :class:`~depcheck.values.Unknown` in the tree and a problem beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from depcheck.model import Comment, Problem
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.syntax.yaml_build import Builder, Tags
from depcheck.syntax.yaml_lines import events
from depcheck.syntax.yaml_scalars import content_of
from depcheck.values import Absent, Known, Value

#: Characters that YAML 1.2 forbids, and those that only YAML 1.1 (and so libyaml) takes for line breaks.
_SPECIAL = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
_CONTROLS = Pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = {"\x85": "\ue085", "\u2028": "\ue028", "\u2029": "\ue029"}
_UNBREAK = {ord(stand_in): char for char, stand_in in _BREAKS.items()}
_REST = Pattern(r"[^\r\n]*")


class YamlFile:
    """A parsed file: its first document, the further ones, its comments, and what could not be read."""

    __slots__ = ("comments", "further", "problems", "root", "text")

    def __init__(
        self, text: Text, root: Value, further: list[Value], comments: list[Comment], problems: list[Problem]
    ) -> None:
        self.text = text
        self.root = root
        self.further = further
        self.comments = comments
        self.problems = problems


def parse(text: Text, *, tags: Tags | None = None) -> YamlFile:
    """Read YAML (and so JSON). ``tags`` turns a value with a local tag (``!Ref``) into another one."""
    content = text.text
    problems: list[Problem] = []
    # Most texts are ASCII, and the whole class takes longer to compile than a small file to read.
    special = (_CONTROLS if content.isascii() else _SPECIAL).search(content)
    if special:
        content = _replace_special(text, problems)
    builder = Builder(text, tags, _UNBREAK if special else None)
    builder.problems = problems
    plain = events(content)
    if plain is not None:
        builder.take(plain)
    else:
        # PyYAML is only imported for documents that need it.
        from depcheck.syntax.yaml_recovery import read

        read(builder, content)
    documents = builder.documents
    root = documents[0] if documents else Absent(text.span(0, 0))
    return YamlFile(text, root, documents[1:], _comments(text, builder.starts, builder.ends), problems)


def accelerated() -> bool:
    """Whether libyaml is there; without it, reading takes about twenty times as long."""
    import yaml

    return bool(yaml.__with_libyaml__)


def is_plain(value: Value) -> bool:
    """Whether a scalar stands without quotes and not as a block (``on`` but not ``"on"``)."""
    return isinstance(value, Known) and not value.span.text.startswith(("'", '"', "|", ">"))


def scalar_text(value: Value, file: YamlFile) -> Text:
    """The content of a scalar with the place of each character: indentation removed, lines folded, escapes decoded.

    It is for a language inside (a shell script under ``run: |``). A list, a map and an unknown value have none.
    """
    start = _offset(file.text, value.span.start)
    if not isinstance(value, Known) or isinstance(value.value, (list, dict)):
        return file.text.cut(start, start)
    content = value.value if isinstance(value.value, str) else None
    return content_of(file.text, start, _offset(file.text, value.span.end), content)


def _offset(text: Text, origin: int) -> int:
    """Where in the text the character of a source stands; the way back from :meth:`Text.origin`."""
    if text.pieces is None:
        return origin - text.base
    index = max(bisect_right(text.pieces, origin, key=lambda piece: piece[1]) - 1, 0)
    start, begin, end = text.pieces[index]
    return min(start + min(origin, end) - begin, len(text.text))


def _replace_special(text: Text, problems: list[Problem]) -> str:
    """Characters that libyaml would stop at or misread become others of the same length."""

    def replace(match: re.Match[str]) -> str:
        char = match.group()
        if char in _BREAKS:
            return _BREAKS[char]
        if len(problems) < 10 and not "\x80" <= char <= "\x9f" and char != "\x7f":
            span = text.span(match.start(), match.end())
            problems.append(Problem(f"the character U+{ord(char):04X} is not allowed in YAML", span, "remove it"))
        return "\ufffd"

    return _SPECIAL.sub(replace, text.text)


def _comments(text: Text, starts: list[int], ends: list[int]) -> list[Comment]:
    """Comments are what begins with ``#`` after a blank and outside every scalar."""
    comments: list[Comment] = []
    content = text.text
    at = content.find("#")
    while at >= 0:
        resume = at + 1
        if at == 0 or content[at - 1] in " \t\r\n\ufeff":
            index = bisect_right(starts, at) - 1
            outside = index < 0 or at >= ends[index]
            in_header = not outside and content[starts[index]] in "|>" and "\n" not in content[starts[index] : at]
            if outside or in_header:
                match = _REST.match(content, at)
                resume = match.end() if match else resume
                comments.append(Comment(content[at + 1 : resume].strip(), text.span(at, resume)))
            else:
                resume = max(ends[index], resume)
        at = content.find("#", resume)
    return comments
