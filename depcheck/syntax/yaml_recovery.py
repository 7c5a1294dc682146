"""Reading on after a syntax error: what stands before it is kept, and the next entry of an open block is tried."""

from __future__ import annotations

import re

from depcheck.source import Span
from depcheck.syntax.yaml_build import DEPTH, UNREADABLE, Anchor, Builder, Frame, NextEvent, TooDeepError
from depcheck.values import Known, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import MarkedYAMLError

#: How often, and how many characters in all beyond three times the file, reading is taken up again.
_ATTEMPTS = 50
_SPARE = 100_000

_KEY = re.compile(
    r"""(?:(?:"[^"\r\n]*"|'[^'\r\n]*')[ \t]*|[^\s#"'\[\]{},&*!|>%@`?:-][^\r\n]*?|[?:-][^\s][^\r\n]*?):(?:[ \t\r\n]|$)"""
)
_BLANKS = re.compile(" *")
_ITEM = re.compile(r"-(?:[ \t\r\n]|$)")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?:[ \t\r\n]|$)")


class _Open:
    """A block that was open where an error stood: entries in its column can still be added to it."""

    __slots__ = ("column", "container", "depth")

    def __init__(self, column: int, container: dict[str, Value] | list[Value], depth: int) -> None:
        self.column = column
        self.container = container
        self.depth = depth


def read(builder: Builder, content: str) -> None:
    """Parse everything into the builder, as far as it can be read."""
    failed = _attempt(builder, content, 0, len(content))
    if failed is None:
        return
    if builder.documents:
        _read_on(builder, content, *failed)
        return
    root: dict[str, Value] = {}
    builder.documents.append(Known(root, builder.span(0, 0)))
    _read_on(builder, content, failed[0], [_Open(0, root, 0)])
    if not root:
        del builder.documents[0]


def _read_on(builder: Builder, content: str, at: int, blocks: list[_Open]) -> None:
    spent = 0
    for _ in range(_ATTEMPTS):
        found = _next_entry(content, at, blocks)
        if found is None:
            return
        start, stop, block = found
        spent += stop - start
        if spent > 3 * len(content) + _SPARE:
            break
        at, blocks = _take_up(builder, content, start, stop, block, blocks)
    span = _token(builder, content, min(at, len(content)))
    builder.problem("the rest of the file is not read after so many errors", span, "repair the first")


def _take_up(
    builder: Builder, content: str, start: int, stop: int, block: _Open | None, blocks: list[_Open]
) -> tuple[int, list[_Open]]:
    """Parse one more piece into the block that it belongs to, or a new document; where to look next, and in what."""
    if block is None:
        failed = _attempt(builder, content, start, stop)
        return failed if failed else (stop, [])
    before = len(builder.documents)
    builder.fragment = True
    builder.depth_base = block.depth
    failed = _attempt(builder, content, start, stop)
    builder.fragment = False
    builder.depth_base = 0
    outer = [each for each in blocks if each.depth < block.depth] + [block]
    pieces = builder.documents[before:]
    del builder.documents[before:]
    if pieces:
        builder.adopt(block.container, pieces[0])
    if failed is None:
        return stop, outer
    at, inner = failed
    return at, outer + inner[1:]


def _attempt(builder: Builder, content: str, start: int, stop: int) -> tuple[int, list[_Open]] | None:
    """Parse a part; None when it could be read, else the line to read on from and the blocks that are open there."""
    import yaml

    bom = content.startswith("\ufeff", start)
    builder.offset = start + bom
    try:
        builder.feed(_events(content[start + bom : stop]))
    except yaml.MarkedYAMLError as error:
        at = _report(builder, content, error)
        _doubt(builder, content, at)
        blocks = [
            _Open(_column(content, frame.start), frame.items if frame.entries is None else frame.entries, depth)
            for depth, frame in enumerate(builder.frames, builder.depth_base)
            if not frame.flow and depth < DEPTH
        ]
        _abandon(builder)
        line = content.rfind("\n", 0, at) + 1
        # The line with the error may be an entry of its own when the error is that something before it is not closed.
        if line <= start or content[line:at].strip(" ") or _report_is_at_begin(error):
            line = content.find("\n", at) + 1 or len(content)
        return line, blocks
    except TooDeepError:
        _abandon(builder)
        return stop, []
    return None


def _events(content: str) -> NextEvent:
    import yaml

    if yaml.__with_libyaml__:
        from yaml._yaml import CParser  # the C parser alone; the stubs of yaml.cyaml do not export it

        return CParser(content).get_event
    from yaml.loader import SafeLoader

    return SafeLoader(content).get_event


def _column(content: str, at: int) -> int:
    return at - (content.rfind("\n", 0, at) + 1)


def _next_entry(content: str, at: int, blocks: list[_Open]) -> tuple[int, int, _Open | None] | None:
    """The first line from ``at`` on that is an entry of an open block (or begins a document), and where that ends."""
    start = at
    while start < len(content):
        column = _indentation(content, start)
        if column == 0 and _DOCUMENT.match(content, start):
            return start, len(content), None
        for block in reversed(blocks):
            pattern = _KEY if isinstance(block.container, dict) else _ITEM
            if block.column == column and pattern.match(content, start + column):
                return start, _end_of_block(content, start, block), block
        start = content.find("\n", start) + 1 or len(content)
    return None


def _end_of_block(content: str, start: int, block: _Open) -> int:
    start = content.find("\n", start) + 1
    while start:
        column = _indentation(content, start)
        at = start + column
        if at < len(content) and content[at] not in "#\r\n":
            if column < block.column or (column == 0 and _DOCUMENT.match(content, start)):
                return start
            if column == block.column and isinstance(block.container, list) and not _ITEM.match(content, at):
                return start
        start = content.find("\n", start) + 1
    return len(content)


def _indentation(content: str, start: int) -> int:
    match = _BLANKS.match(content, start)
    return match.end() - start if match else 0


def _abandon(builder: Builder) -> None:
    """Close all that is open: a block keeps its entries, a list or map in brackets is unknown as a whole."""
    builder.skipped = 0
    while builder.frames:
        frame = builder.frames.pop()
        _close_entry(builder, frame)
        if frame.flow:
            builder.close_unreadable(frame)
        else:
            builder.close(frame, frame.last)
        # Entries may still be added to it: an alias of it could come to stand inside itself.
        if frame.anchor:
            builder.anchors[frame.anchor] = Anchor(None, broken=True)


def _doubt(builder: Builder, content: str, at: int) -> None:
    """What was read last in the line of the error is not what was meant (``a: b: c``)."""
    frame = builder.frames[-1] if builder.frames else None
    if frame is None or frame.flow or frame.last > at or "\n" in content[frame.last : at]:
        return
    if frame.items:
        frame.items[-1] = Unknown(UNREADABLE, frame.items[-1].span)
    elif frame.entries and frame.key is None:
        key, value = frame.entries.popitem()
        frame.entries[key] = Unknown(UNREADABLE, value.span, key=value.key)


def _close_entry(builder: Builder, frame: Frame) -> None:
    """A key whose value was not read has an unknown one."""
    if frame.entries is None or frame.key is None:
        return
    if not frame.flow and (frame.merges is None or frame.key != "<<"):
        span = frame.key_span or builder.span(frame.last, frame.last)
        frame.entries.setdefault(frame.key, Unknown(UNREADABLE, span, key=frame.key_span))
    frame.key = None


#: What PyYAML says → what a person reads, and the next step.
_WORDS = {
    "found unexpected end of stream": ("the quoted text that begins here is not closed", "add the closing quote"),
    "did not find expected ',' or ']'": ("the list that begins here is not closed", 'expected "," or "]"'),
    "did not find expected ',' or '}'": ("the map that begins here is not closed", 'expected "," or "}"'),
    "mapping values are not allowed in this context": (
        'a ": " does not fit here',
        "check the indentation, or put the value in quotes",
    ),
    "did not find expected key": ("the entry is not indented like the others of its map", "check the indentation"),
    "did not find expected '-' indicator": ('expected another "- " of the list', "check the indentation"),
    "could not find expected ':'": ('expected ":" after the key', "check the indentation, or the line above"),
    "found character that cannot start any token": ("a value cannot begin so", "put the value in quotes"),
    "found a tab character that violates indentation": ("a tab does not indent in YAML", "use spaces"),
    "found a tab character where an indentation space is expected": ("a tab does not indent in YAML", "use spaces"),
    "did not find expected <document start>": (
        "this does not belong to the document before it",
        "check the indentation",
    ),
    "block sequence entries are not allowed in this context": ('a "- " does not fit here', "check the indentation"),
    "did not find expected node content": ("expected a value", "put the value in quotes"),
    "found undefined tag handle": ("the tag's handle is not declared", "use one !"),
}
_AT_BEGIN = frozenset(
    {
        "could not find expected ':'",
        "found unexpected end of stream",
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
    }
)


def _report(builder: Builder, content: str, error: MarkedYAMLError) -> int:
    """Note the error in a person's words; gives the place after which reading can be taken up."""
    problem = error.problem or ""
    marks = [error.problem_mark, error.context_mark]
    mark = marks[1] if _report_is_at_begin(error) else marks[0] or marks[1]
    at = min((mark.index if mark else 0) + builder.offset, len(content))
    message, next_step = _WORDS.get(problem, (", ".join(part for part in (error.context, problem) if part), ""))
    span = _token(builder, content, at)
    if "\t" in content[at : at + 1] or (problem == "found character that cannot start any token" and not span.text):
        message, next_step = "a tab does not indent in YAML", "use spaces"
    elif problem == "found character that cannot start any token":
        message = f'a value cannot begin with "{content[at]}"'
    builder.problem(message, span, next_step)
    return at


def _report_is_at_begin(error: MarkedYAMLError) -> bool:
    """Whether the place to look at is where the unfinished thing begins, not where its end was missed."""
    return error.problem in _AT_BEGIN and error.context_mark is not None


def _token(builder: Builder, content: str, at: int) -> Span:
    end = at
    while end < len(content) and end - at < 40 and not content[end].isspace():
        end += 1
    return builder.span(at, end + 1 if content.startswith("\t", at) else end)
