"""Builds a tree of values from YAML's parse events, without recursion and within a budget."""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.model import Problem
from depcheck.source import Span, Text
from depcheck.syntax.yaml_lines import END, MAP, SCALAR
from depcheck.syntax.yaml_scalars import resolve, tagged
from depcheck.values import Known, Step, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from yaml.events import CollectionStartEvent, Event, ScalarEvent

    from depcheck.syntax import yaml_lines

#: Lists and maps inside each other beyond this are not read.
DEPTH = 100
#: Beyond this the rest of the file is not read either: libyaml's time grows with the square of the depth.
HOPELESS = 200
#: How many nodes all aliases and merge keys of a file together may stand for.
BUDGET = 200_000
#: After so many, one more says that there are others.
MOST_PROBLEMS = 100

Tags: TypeAlias = Callable[[str, Value], Value]
#: Gives the next event of one of PyYAML's parsers, None past the last.
NextEvent: TypeAlias = "Callable[[], Event | None]"

_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*(?:\s+|#[^\n]*)*")
UNREADABLE = "the file could not be read here"


class TooDeepError(Exception):
    """So many levels that reading on would take too long."""


class Frame:
    """A list or map that is being read."""

    __slots__ = (
        "anchor",
        "before",
        "entries",
        "flow",
        "height",
        "items",
        "key",
        "key_span",
        "last",
        "merges",
        "start",
        "tag",
    )

    def __init__(self, start: int, is_map: bool, flow: bool, anchor: str | None, tag: str | None, before: int) -> None:
        self.start = start
        self.last = start
        self.flow = flow
        self.anchor = anchor
        self.tag = tag
        self.before = before
        self.height = 1
        self.entries: dict[str, Value] | None = {} if is_map else None
        self.items: list[Value] = []
        self.key: str | None = None
        self.key_span: Span | None = None
        self.merges: list[Value] | None = None


class Anchor:
    """What an anchor names: its value, how many nodes that is with all aliases written out, and how deep it goes.

    The value is None while its collection is open, ``broken`` when that could not be read to its end.
    """

    __slots__ = ("broken", "height", "size", "value")

    def __init__(self, value: Value | None, size: int = 1, height: int = 0, *, broken: bool = False) -> None:
        self.value = value
        self.size = size
        self.height = height
        self.broken = broken


class Builder:
    """Turns events into values. ``offset`` is where the characters that are being parsed stand in the text."""

    def __init__(self, text: Text, tags: Tags | None, restore: dict[int, str] | None) -> None:
        self.text = text
        self.tags = tags
        self.restore = restore
        self.source = text.source
        #: Where the text begins in its source; None where its pieces tell.
        self.base = text.base if text.pieces is None else None
        #: Whether a part of a document is read again after an error.
        self.fragment = False
        self.offset = 0
        self.depth_base = 0
        self.documents: list[Value] = []
        self.problems: list[Problem] = []
        self.frames: list[Frame] = []
        self.anchors: dict[str, Anchor] = {}
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.count = 0
        self.spent = 0
        self.skipped = 0

    def feed(self, next_event: NextEvent) -> None:
        """Take all events of PyYAML. What its parser raises goes to the caller; what is open stays in ``frames``."""
        from yaml import events as kinds

        scalar, start_map, start_list = kinds.ScalarEvent, kinds.MappingStartEvent, kinds.SequenceStartEvent
        end_map, end_list = kinds.MappingEndEvent, kinds.SequenceEndEvent
        ignored = (kinds.DocumentStartEvent, kinds.DocumentEndEvent, kinds.StreamStartEvent, kinds.StreamEndEvent)
        offset = self.offset
        # The commonest first, and by identity: this loop is where the time of such a file goes.
        while (event := next_event()) is not None:
            kind = type(event)
            if kind in ignored:
                if kind is kinds.DocumentStartEvent and not self.fragment:
                    self.anchors = {}
                continue
            start, end = event.start_mark.index + offset, event.end_mark.index + offset  # type: ignore[union-attr]
            if kind is scalar:
                if not self.skipped:
                    written: ScalarEvent = event  # type: ignore[assignment]
                    self._scalar(start, end, written.value, written.style, written.anchor, written.tag)
            elif kind is start_map or kind is start_list:
                opened: CollectionStartEvent = event  # type: ignore[assignment]
                self._open(start, end, kind is start_map, bool(opened.flow_style), opened.anchor, opened.tag)
            elif kind is end_map or kind is end_list:
                self._end(end)
            elif not self.skipped:
                self._alias(start, end, event.anchor or "")  # type: ignore[attr-defined]

    def take(self, events: list[yaml_lines.Event]) -> None:
        """Take all events of a document in the plain part of YAML."""
        on_scalar = self._scalar
        for kind, start, end, content, style in events:
            if kind == SCALAR:
                on_scalar(start, end, content, style)
            elif kind == END:
                self._end(end)
            else:
                self._open(start, end, kind == MAP, bool(style))

    def span(self, start: int, end: int) -> Span:
        """A place in the source."""
        if self.base is not None:
            return Span(self.source, self.base + start, self.base + end)
        return self.text.span(start, end)

    def problem(self, message: str, span: Span, next_step: str = "") -> None:
        """Note what could not be read."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(message, span, next_step))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem("further problems of this file are not listed", span, "repair the first"))

    def _past_properties(self, start: int, end: int) -> int:
        while start < end and (match := _PROPERTY.match(self.text.text, start, end)):
            start = match.end()
        return start

    def _scalar(
        self, start: int, end: int, content: str, style: str | None, anchor: str | None = None, tag: str | None = None
    ) -> None:
        if anchor or tag:
            start = self._past_properties(start, end)
        if self.restore is not None:
            content = content.translate(self.restore)
        self.starts.append(start)
        self.ends.append(end)
        if style == "|" or style == ">":
            end = start + len(self.text.text[start:end].rstrip())
        span = self.span(start, end) if self.base is None else Span(self.source, start + self.base, end + self.base)
        frame = self.frames[-1] if self.frames else None
        is_key = frame is not None and frame.key is None and frame.entries is not None
        if is_key:
            assert frame is not None
            frame.key = content
            frame.key_span = span
            if anchor:
                self.anchors[anchor] = Anchor(Known(content, span))
            elif content == "<<" and not style and not tag and frame.merges is None:
                frame.merges = []
            return
        if tag:
            value: Value = Known(tagged(tag, content, not style), span)
            if self.tags and tag[0] == "!":
                value = self.tags(tag, value)
        else:
            value = Known(content if style else resolve(content), span)
        self.count += 1
        if anchor:
            self.anchors[anchor] = Anchor(value)
        self._attach(value, end, not style and content == "")

    def _open(
        self, start: int, end: int, is_map: bool, flow: bool, anchor: str | None = None, tag: str | None = None
    ) -> None:
        if self.skipped:
            self.skipped += 1
            if self.skipped > HOPELESS:
                raise TooDeepError
            return
        if anchor or tag:
            start = self._past_properties(start, max(end, len(self.text.text)))
        if len(self.frames) + self.depth_base >= DEPTH:
            self.skipped = 1
            span = self.span(start, start + 1)
            self.problem(f"lists and maps are nested deeper than {DEPTH} levels", span, "the inner ones are not judged")
            self._attach(Unknown(f"nested deeper than {DEPTH} levels", span), start + 1)
            return
        if anchor:
            self.anchors[anchor] = Anchor(None)
        self.frames.append(Frame(start, is_map, flow, anchor, tag, self.count))
        self.count += 1

    def _end(self, end: int) -> None:
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and self.frames:
                self.frames[-1].last = end
            return
        frame = self.frames.pop()
        self.close(frame, end if frame.flow else frame.last)

    def close(self, frame: Frame, end: int) -> None:
        """Make the value of a list or map and put it where it belongs."""
        span = self.span(frame.start, end)
        if frame.merges is not None and frame.entries is not None:
            self._merge(frame.entries, frame.merges)
        value: Value = Known(frame.entries if frame.entries is not None else frame.items, span)
        if frame.tag and self.tags and frame.tag[0] == "!":
            value = self.tags(frame.tag, value)
        if frame.anchor:
            self.anchors[frame.anchor] = Anchor(value, self.count - frame.before, frame.height)
        if self.frames and self.frames[-1].height <= frame.height:
            self.frames[-1].height = frame.height + 1
        self._attach(value, end)

    def close_unreadable(self, frame: Frame) -> None:
        """A list or map of which no end was found."""
        self._attach(Unknown(UNREADABLE, self.span(frame.start, frame.last)), frame.last)

    def _attach(self, value: Value, end: int, empty: bool = False) -> None:
        if not self.frames:
            self.documents.append(value)
            return
        frame = self.frames[-1]
        if not empty or end > frame.last:
            frame.last = end
        entries = frame.entries
        if entries is None:
            frame.items.append(value)
            return
        key = frame.key
        if key is None:
            frame.key = value.span.text
            frame.key_span = value.span
            self.problem("a key is a list or a map", value.span, "write a text as the key; put {{ … }} in quotes")
            return
        frame.key = None
        value.key = frame.key_span
        if frame.merges is not None and key == "<<":
            frame.merges.append(value)
            return
        if key in entries:
            self._duplicate(key, entries[key], value)
        entries[key] = value

    def adopt(self, container: dict[str, Value] | list[Value], piece: Value) -> None:
        """Add what was read after an error to the list or map that it belongs to."""
        inner = piece.value if isinstance(piece, Known) else None
        if isinstance(container, list) and isinstance(inner, list):
            container.extend(inner)
        elif isinstance(container, dict) and isinstance(inner, dict):
            for key, value in inner.items():
                if isinstance(container.get(key), Known):
                    self._duplicate(key, container[key], value)
                container[key] = value

    def _duplicate(self, key: str, first: Value, second: Value) -> None:
        where = second.key or second.span
        line = (first.key or first.span).line
        self.problem(
            f'the key "{key[:80]}" is given again, first in line {line}', where, "the last one counts: keep one"
        )

    def _alias(self, start: int, end: int, name: str) -> None:
        span = self.span(start, end)
        anchor = self.anchors.get(name)
        depth = len(self.frames) + self.depth_base
        value: Value
        if anchor is None:
            self.problem(f"the alias *{name} has no anchor before it", span, f"define &{name} above this line")
            value = Unknown(f"the alias *{name} has no anchor", span)
        elif anchor.broken:
            value = Unknown(UNREADABLE, span)
        elif anchor.value is None:
            self.problem(f"the alias *{name} stands inside its own anchor", span, "name something that ends before it")
            value = Unknown(f"the alias *{name} contains itself", span)
        elif self.spent + anchor.size > BUDGET or depth + anchor.height > DEPTH:
            self.problem(f"the alias *{name} makes the document too large", span, "write less with aliases")
            value = Unknown(f"the alias *{name} stands for too much", span)
        else:
            self.spent += anchor.size
            self.count += anchor.size
            if self.frames:
                self.frames[-1].height = max(self.frames[-1].height, anchor.height + 1)
            value = _copy(anchor.value, Step(f"alias *{name}", span))
        if self.frames and self.frames[-1].entries is not None and self.frames[-1].key is None:
            frame = self.frames[-1]
            inner = value.value if isinstance(value, Known) else None
            if isinstance(inner, (str, int, float, bool)):
                frame.key = inner if isinstance(inner, str) else value.span.text
                frame.key_span = span
                return
        self._attach(value, end)

    def _merge(self, entries: dict[str, Value], merges: list[Value]) -> None:
        for merged in merges:
            for source in merged.elements():
                inner = source.value if isinstance(source, Known) else None
                if not isinstance(inner, dict):
                    if isinstance(source, Known):
                        self.problem("<< takes a map or a list of maps", source.span, "give it an alias of a map")
                    continue
                self.spent += len(inner)
                if self.spent > BUDGET:
                    self.problem("merge keys make the document too large", merged.key or merged.span)
                    return
                step = Step("<<", merged.key)
                for key, value in inner.items():
                    if key not in entries:
                        entries[key] = _copy(value, step, value.key)


def _copy(value: Value, step: Step, key: Span | None = None) -> Value:
    """The same content in another place of the tree."""
    if isinstance(value, Known):
        return Known(value.value, value.span, via=(*value.via, step), key=key, sensitive=value.sensitive)
    if isinstance(value, Unknown):
        return Unknown(
            value.reason,
            value.span,
            missing=value.missing,
            refers=value.refers,
            key=key,
            sensitive=value.sensitive,
            outline=value.outline,
        )
    return value
