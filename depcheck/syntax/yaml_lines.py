"""The plain part of YAML, read line by line: block maps and lists, scalars of one line, literal blocks, short brackets.

Most configuration is written in this part, and reading it so costs neither the start of PyYAML (27 ms, more than all
other reading of a small file) nor an event object for every node. :func:`events` gives None as soon as a document uses
anything else (anchors, tags, scalars of several lines, further documents, whatever is doubtful or wrong); libyaml reads
such a document from its beginning. Both must always say the same, which the tests hold on generated and real files.
"""

from __future__ import annotations

import re

from depcheck.patterns import Pattern
from depcheck.syntax.yaml_scalars import unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    #: A step of reading: what it is, where it begins and ends, and for a scalar its content. The last is how a scalar
    #: is written (its quote, ``|`` or ``>``) or the bracket of a list or map; empty for plain ones and blocks.
    Event: TypeAlias = tuple[int, int, int, str, str]

#: What happens at a place of a document.
SCALAR, MAP, LIST, END = range(4)

#: Lists and maps inside each other beyond this are left to libyaml.
_DEPTH = 40
#: YAML allows a key of this length to stand in one line.
_LONGEST_KEY = 1024

#: A plain scalar begins with what cannot mean anything else, and goes on to a ``: ``, a `` #`` or the end of the line.
_PLAIN = (
    r"(?:[^ \t\n\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^ \t\n]))"
    r"(?:[^ \t\n:]|:(?=[^ \t\n])|[ ]+(?=[^ \t\n#]))*+(?![ ]*[\t:])"
)
_LINE = re.compile(r"[ ]*(?P<nothing>(?:#[^\n]*)?(?:\n|\Z))?")
_DASH = re.compile(r"-(?:[ ]++(?=[^ \t\n#])|(?P<alone>[ ]*(?:[ ]#[^\n]*)?(?:\n|\Z)))")
_KEY = re.compile(
    r"(?:(?P<plain>[A-Za-z0-9_./$~(](?:[^ \t\n:#]|:(?=[^ \t\n])|[ ]+(?=[^ \t\n:#]))*+)"
    r"|'(?P<single>[^'\n]*+)'|\"(?P<double>[^\"\\\n]*+)\")(?P<colon>:)(?:[ ]++(?!\t)|(?=\n|\Z))"
)
_SCALAR = re.compile(
    rf"(?P<plain>{_PLAIN})|'(?:[^'\n]|'')*+'"
    r"|\"(?:[^\"\\\n]|\\(?:[0abtnvfre\"/\\N_LP ]|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*+\""
)
_REST = re.compile(r"(?:[ ]+(?:#[^\n]*)?)?(?:\n|\Z)")
_HEADER = Pattern(r"[|>](?P<chomp>[+-]?)[ ]*(?:[ ]#[^\n]*)?\n")
_FLOW = Pattern(
    r"[ ]*(?:(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)"
    r"|(?P<plain>[\w./$^~+](?:[\w./$^~+*@=<>()-]|[ ]+(?=[\w./$^~+*@=<>(]))*+)(?:(?=[ ]*[,\]}])|(?P<key>:[ ]))"
    r"|(?P<quoted>'[^'\n]*+'|\"[^\"\\\n]*+\")(?=[ ]*[,\]}]))"
)


class _OtherError(Exception):
    """The document is written in more than the plain part."""


def events(content: str) -> list[Event] | None:
    """The events of a document in the plain part of YAML, None for any other one."""
    reader = _Reader(content)
    try:
        reader.read()
    except _OtherError:
        return None
    return reader.events


class _Reader:
    def __init__(self, content: str) -> None:
        self.content = content
        self.events: list[Event] = []
        #: The open blocks: the column of each, and whether it is a map.
        self.columns: list[int] = []
        self.maps: list[bool] = []
        #: Where a key or a dash ended whose value has not begun yet.
        self.awaiting: int | None = None

    def read(self) -> None:
        content = self.content
        if "\r" in content or "\ufeff" in content:
            raise _OtherError
        at = 0
        begun = False
        size = len(content)
        while at < size:
            line = _LINE.match(content, at)
            assert line is not None  # it matches the empty text
            column = line.end() - at
            at = line.end()
            if line["nothing"] is not None:
                continue
            if not column:
                if content[at] == "%" or content.startswith("...", at):
                    raise _OtherError
                if content.startswith("---", at):
                    if begun:
                        raise _OtherError
                    begun = True
                    at = self.end_of_line(at + 3)
                    continue
            begun = True
            at = self.entry(at, column)
        if begun and not self.events:
            raise _OtherError
        self.close_to(-1)

    def entry(self, at: int, column: int) -> int:
        """Read a line that says something, and a literal block that begins in it; where the next line begins."""
        content = self.content
        dash = _DASH.match(content, at)
        nested = self.settle(column, dash is not None)
        while dash is not None:
            if nested:
                self.open(LIST, at, column)
            if dash["alone"] is not None:
                self.awaiting = at + 1
                return dash.end()
            column += dash.end() - at
            at = dash.end()
            nested = True
            dash = _DASH.match(content, at)
        key = _KEY.match(content, at)
        if key is None or key.end("colon") - at > _LONGEST_KEY:
            if not nested or not self.columns:
                raise _OtherError
            return self.value(at, column=self.columns[-1])
        if nested:
            self.open(MAP, at, column)
        colon = key.start("colon")
        name: str | None = key["plain"]
        if name is None:
            self.events.append((SCALAR, at, colon, content[at + 1 : colon - 1], content[at]))
        else:
            self.events.append((SCALAR, at, colon, name, ""))
        at = key.end()
        if at == len(content) or content[at] in "\n#":
            self.awaiting = colon + 1
            return self.end_of_line(colon + 1)
        return self.value(at, column)

    def settle(self, column: int, dash: bool) -> bool:
        """Close what a line in a column ends; whether the line begins a value of its own."""
        if not self.columns:
            if self.events:
                raise _OtherError
            return True
        inner, is_map = self.columns[-1], self.maps[-1]
        if self.awaiting is not None:
            if column > inner or (column == inner and is_map and dash):
                self.awaiting = None
                return True
        elif column > inner:
            raise _OtherError
        self.close_to(column)
        # A list in the column of its map ends where a line there is no dash.
        if self.columns and not dash and not self.maps[-1]:
            self.close()
        if not self.columns or self.columns[-1] != column or self.maps[-1] is dash:
            raise _OtherError
        return False

    def open(self, kind: int, at: int, column: int) -> None:
        if len(self.columns) >= _DEPTH:
            raise _OtherError
        self.events.append((kind, at, at, "", ""))
        self.columns.append(column)
        self.maps.append(kind == MAP)

    def close(self) -> None:
        self.columns.pop()
        self.maps.pop()
        self.events.append((END, 0, 0, "", ""))

    def close_to(self, column: int) -> None:
        """Close the blocks that stand deeper than a column; a key or dash before them has nothing as its value."""
        if self.awaiting is not None:
            self.events.append((SCALAR, self.awaiting, self.awaiting, "", ""))
            self.awaiting = None
        while self.columns and self.columns[-1] > column:
            self.close()

    def value(self, at: int, column: int) -> int:
        """Read a value that begins in a line, inside a block in a column; where the next line begins."""
        content = self.content
        char = content[at]
        if char in "|>":
            return self.block(at, column)
        if char in "[{":
            return self.end_of_line(self.flow(at))
        found = _SCALAR.match(content, at)
        if found is None:
            raise _OtherError
        end = found.end()
        plain: str | None = found["plain"]
        if plain is None:
            self.events.append((SCALAR, at, end, unquoted(content, at, end), char))
        else:
            self.events.append((SCALAR, at, end, plain, ""))
        return self.end_of_line(end)

    def end_of_line(self, at: int) -> int:
        found = _REST.match(self.content, at)
        if found is None:
            raise _OtherError
        return found.end()

    def block(self, start: int, column: int) -> int:
        """Read a literal or folded block without an indentation of its own saying."""
        content = self.content
        header = _HEADER.match(content, start)
        if header is None:
            raise _OtherError
        at = header.end()
        size = len(content)
        indent = 0
        lines: list[str] = []
        while at < size:
            stop = content.find("\n", at)
            if stop < 0:
                stop = size
            line = content[at:stop]
            text = line.lstrip(" ")
            if text:
                depth = len(line) - len(text)
                if not indent:
                    if depth <= column or text[0] == "\t":
                        raise _OtherError  # nothing in the block, or doubtful
                    indent = depth
                elif depth < indent:
                    if depth > column and text[0] != "#":
                        raise _OtherError
                    break
                lines.append(line[indent:])
            elif not indent and line:
                raise _OtherError  # blanks before the first line may be more than its indentation
            else:
                lines.append(line[indent:])
            at = min(stop + 1, size)
        broken_off = at == size and content[size - 1] != "\n"
        if not indent or (broken_off and not lines[-1].strip()):
            raise _OtherError
        style = content[start]
        chomp = "-" if broken_off else header["chomp"]
        self.events.append((SCALAR, start, at, _joined(lines, style, chomp), style))
        return at

    def flow(self, at: int) -> int:
        """Read a list or map in brackets that ends in its line; where it ends."""
        content = self.content
        found_events = self.events
        closing: list[str] = []
        value = True  # whether an entry may begin here
        colon = -1  # where a key ended that waits for its value
        while True:
            token = _FLOW.match(content, at)
            if token is None:
                raise _OtherError
            what = token.lastgroup
            end = token.end()
            if what == "open":
                if not value or len(closing) > 5 or (closing and closing[-1] == "}" and colon < 0):
                    raise _OtherError
                bracket = content[end - 1]
                found_events.append((LIST if bracket == "[" else MAP, end - 1, end, "", bracket))
                closing.append("]" if bracket == "[" else "}")
                colon = -1
            elif what == "close":
                if content[end - 1] != closing.pop() or colon >= 0:
                    raise _OtherError
                found_events.append((END, end - 1, end, "", ""))
                if not closing:
                    return end
                value = False
            elif what == "comma":
                if value:
                    raise _OtherError
                value = True
            elif what == "key":
                if not value or colon >= 0 or closing[-1] != "}":
                    raise _OtherError
                found_events.append((SCALAR, *token.span("plain"), token["plain"], ""))
                colon = end
            else:
                if not value or (closing[-1] == "}" and colon < 0):
                    raise _OtherError
                start = token.start(what or 0)
                text = content[start:end]
                written = "" if what == "plain" else text[0]
                found_events.append((SCALAR, start, end, text[1:-1] if written else text, written))
                value = False
                colon = -1
            at = end


def _joined(lines: list[str], style: str, chomp: str) -> str:
    """The content of a block from its lines without their indentation."""
    last = len(lines)
    while last and not lines[last - 1]:
        last -= 1
    trailing = len(lines) - last
    body = lines[:last]
    if style == ">":
        if any(line[:1] in (" ", "\t") for line in body):
            raise _OtherError
        folded: list[str] = []
        blanks = 0
        for line in body:
            if not line:
                blanks += 1
                continue
            if folded or blanks:
                folded.append("\n" * blanks or " ")
            folded.append(line)
            blanks = 0
        text = "".join(folded)
    else:
        text = "\n".join(body)
    if chomp == "-":
        return text
    return text + "\n" * (1 + trailing if chomp == "+" else 1)
