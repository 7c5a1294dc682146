"""Texts in other languages inside of configuration (policies, scripts, container definitions), with their places.

A heredoc, a file that ``file()`` or ``templatefile()`` reads, a quoted string: each character of the text keeps the
place where it is written. What is not decided becomes a hole: one character that stands for an unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.source import Source, Span, Text
from depcheck.syntax.hcl import parse_template
from depcheck.syntax.hcl_ast import Call, Interpolation, Node, Parentheses, String, Template
from depcheck.terraform.bridge import to_value
from depcheck.terraform.conversion import convert
from depcheck.terraform.evaluation import RootFiles
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Frame
from depcheck.terraform.scope import Log, Scope
from depcheck.terraform.types import STRING
from depcheck.terraform.values import EvaluationError, LimitError, OpenAttributes, Reason, TfValue, deeply_unmarked
from depcheck.values import Unknown

_FIRST_HOLE, _HOLES = 0xE000, 6000


class Written:
    """A text and what its holes stand for."""

    __slots__ = ("holes", "text")

    def __init__(self, text: Text, holes: dict[str, Unknown]) -> None:
        self.text = text
        self.holes = holes


def written(value: TfValue, frame: Frame, place: Span) -> Written | None:
    """The text of a string; None where nothing of it is decided."""
    wanted = _shape(value)
    if wanted is None:
        return None
    for node, text, scope in _origins(value, frame):
        writer = _Writer(text.source)
        try:
            writer.write(node, text, scope)
        except (EvaluationError, LimitError):
            continue
        if writer.shape() == wanted and writer.chunks:
            return Written(Text.joined(writer.source, writer.chunks), writer.holes)
    writer = _Writer(place.source)
    payload = value.payload
    for part in payload.parts if isinstance(payload, Reason) else (wanted,):
        writer.piece(part, place)
    return Written(Text.joined(writer.source, writer.chunks), writer.holes) if writer.chunks else None


def chunks_of(
    node: Node, text: Text, scope: Scope
) -> tuple[Source, list[tuple[str, int, int]], dict[str, Unknown]] | None:
    """The pieces of the text that an expression writes, each with its place in a source, and what its holes stand for;
    None where it is not written here."""
    writer = _Writer(text.source)
    try:
        writer.write(node, text, scope)
    except (EvaluationError, LimitError):
        return None
    return (writer.source, writer.chunks, writer.holes) if writer.chunks else None


def _shape(value: TfValue) -> str | None:
    """The text with the same mark for each hole."""
    payload = value.payload
    if isinstance(payload, str):
        return payload
    if isinstance(payload, Reason) and payload.parts:
        return "".join([part if isinstance(part, str) else "\0" for part in payload.parts])
    return None


def _origins(value: TfValue, frame: Frame) -> Iterator[tuple[Node, Text, Scope]]:
    """Where the text may be written: where the value stands, else where its hops end."""
    if value.node is not None and value.text is not None:
        yield value.node, value.text, _quiet(frame.scope(value.text))
    module = frame.module
    for hop in value.via[-1:]:
        if hop.node is not None and hop.text is not None:
            own = any(file.text is hop.text for file in module.configuration.files)
            yield hop.node, hop.text, _quiet(module.frame.scope(hop.text) if own else Scope(hop.text))


def _quiet(scope: Scope) -> Scope:
    """The same scope with a log of its own: what is wrong here was told when the value was evaluated first."""
    return Scope(scope.text, scope.resolve, files=scope.files, names=scope.names, log=Log(), budget=scope.budget)


class _Writer:
    __slots__ = ("chunks", "holes", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.chunks: list[tuple[str, int, int]] = []
        self.holes: dict[str, Unknown] = {}

    def shape(self) -> str:
        """The text with the same mark for each hole."""
        return "".join(["\0" if chunk[0] in self.holes else chunk[0] for chunk in self.chunks])

    def piece(self, part: str | TfValue, place: Span) -> None:
        """Text that stands at a place as a whole, or a hole for a value that is not known."""
        if isinstance(part, str):
            if part:
                self.chunks.append((part, place.start, place.end))
            return
        if isinstance(part.payload, Reason) and part.payload.parts:
            for inner in part.payload.parts:
                self.piece(inner, place)
            return
        if len(self.holes) >= _HOLES:
            raise LimitError("too much of the text is not decided")
        mark = chr(_FIRST_HOLE + len(self.holes))
        told = to_value(part, place)
        reason = told.reason if isinstance(told, Unknown) else "it is not decided"
        missing = told.missing if isinstance(told, Unknown) else ()
        refers = told.refers if isinstance(told, Unknown) else None
        self.holes[mark] = Unknown(reason, place, missing=missing, refers=refers)
        self.chunks.append((mark, place.start, place.end))

    def write(self, node: Node, text: Text, scope: Scope) -> None:
        while isinstance(node, Parentheses):
            node = node.inner
        if isinstance(node, String):
            start, end = _inside(node, text)
            self.literal(text, start, end, node.value)
        elif isinstance(node, Template):
            self.template(node, text, scope)
        elif isinstance(node, Call) and node.name in ("file", "templatefile") and node.arguments:
            self.file(node, scope)

    def template(self, node: Template, text: Text, scope: Scope) -> None:
        for part in node.parts:
            place = text.span(part.start, part.end)
            if isinstance(part, String):
                self.literal(text, part.start, part.end, part.value)
            elif isinstance(part, Interpolation):
                self.piece(_string(convert(evaluate(part.expression, scope), STRING)), place)
            else:
                self.piece(_string(evaluate(Template(part.start, part.end, [part, _EMPTY]), scope)), place)

    def literal(self, text: Text, start: int, end: int, value: str) -> None:
        """Literal text; a heredoc may have lost the indentation of its lines, a string its escapes."""
        raw = text.text[start:end]
        raw_lines, lines = raw.splitlines(keepends=True), value.splitlines(keepends=True)
        if raw != value and len(raw_lines) != len(lines):
            raw_lines = [each for each in _LINE_END.split(raw) if each]
        if raw == value or len(raw_lines) != len(lines):
            raw_lines, lines = [raw], [value]
        at = start
        for raw_line, line in zip(raw_lines, lines, strict=True):
            after = at + len(raw_line)
            body = line.removesuffix("\n")
            if body and body != line and raw_line.endswith(f"{body}\\n"):
                span = text.span(after - len(body) - 2, after)
                self.chunks.append((body, span.start, span.end - 2))
                self.chunks.append(("\n", span.end - 2, span.end))
                at = after
                continue
            verbatim = raw_line.endswith(line)
            span = text.span(after - len(line) if verbatim else at, after)
            if line:
                self.chunks.append((line, span.start, span.end))
            at = after

    def file(self, node: Call, scope: Scope) -> None:
        path = evaluate(node.arguments[0], scope)
        files = scope.files
        found = files.read(path.payload) if files is not None and isinstance(path.payload, str) else None
        if found is None or not isinstance(path.payload, str):
            return
        name = files.path(path.payload) if isinstance(files, RootFiles) else path.payload
        self.source = Source(name, found.decode("utf-8", "surrogatepass"))
        text = Text.of(self.source)
        if node.name == "file":
            self.chunks.append((text.text, 0, len(text.text)))
            return
        names = deeply_unmarked(evaluate(node.arguments[1], scope)) if len(node.arguments) > 1 else None
        if names is None or not isinstance(names.payload, dict) or isinstance(names.payload, OpenAttributes):
            return
        template, _ = parse_template(text)
        inner = scope.rendering(text, names.payload, "file")
        if isinstance(template, Template):
            self.template(template, text, inner)
        else:
            self.literal(text, 0, len(text.text), template.value)


#: Behind a line's end in a quoted string, where it is written as an escape.
_LINE_END = re.compile(r"(?<=\\n)")
_EMPTY = String(0, 0, "")


def _string(value: TfValue) -> str | TfValue:
    return value.payload if isinstance(value.payload, str) else value


def _inside(node: String, text: Text) -> tuple[int, int]:
    """The part of a literal that is its text: between quotes, or the lines between a heredoc's markers."""
    if not node.heredoc:
        return node.start + 1, node.end - 1
    raw = text.text[node.start : node.end]
    return node.start + raw.find("\n") + 1, node.start + raw.rstrip("\r\n").rfind("\n") + 1
