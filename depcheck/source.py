"""Text and positions: offsets are stored, lines and columns are derived.

A :class:`Source` is one file as it was read. A :class:`Text` is a run of characters together with the place of each of
them in a source, so that a parser for an embedded language (a shell script in a workflow, Terraform in a Markdown
block) reports positions in the file that a person can open.
"""

from __future__ import annotations

from bisect import bisect_right


class Source:
    """One file: its path relative to the scanned root (always with ``/``) and its decoded text without a BOM; ``lossy``
    where some bytes were no text and became U+FFFD."""

    __slots__ = ("_starts", "bom", "lossy", "path", "text")

    def __init__(self, path: str, text: str, *, bom: bool = False, lossy: bool = False) -> None:
        self.lossy = lossy
        self.path = path
        self.text = text
        self.bom = bom
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; columns count Unicode code points."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a line and column; past the end it is the end of the text."""
        starts = self._line_starts()
        if line > len(starts):
            return len(self.text)
        return min(starts[line - 1] + column - 1, len(self.text))

    def head(self) -> Span:
        """The place of the first line, without its line break; no other line is looked for."""
        end = self.text.find("\n")
        first = self.text if end < 0 else self.text[:end]
        return Span(self, 0, len(first.rstrip("\r\n")))

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line break; empty past the end."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        """How many lines there are; a final line break does not begin another one."""
        starts = self._line_starts()
        return len(starts) - 1 if len(starts) > 1 and starts[-1] == len(self.text) else len(starts)

    def span(self, start: int, end: int) -> Span:
        """The characters from ``start`` up to, not including, ``end``."""
        return Span(self, start, end)


class Span:
    """A place in a source: characters from ``start`` up to, not including, ``end``."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{self.source.path}:{self.line}:{self.column}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Span)
            and self.start == other.start
            and self.end == other.end
            and self.source.path == other.source.path
        )

    def __hash__(self) -> int:
        return hash((self.source.path, self.start, self.end))

    @property
    def path(self) -> str:
        """The path of the file, relative to the scanned root."""
        return self.source.path

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """The first line, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The first column, from 1, in Unicode code points."""
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """The line of the end."""
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """The column just past the last character."""
        return self.source.position(self.end)[1]

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of another one in the same source."""
        return Span(self.source, self.start, other.end)


class Text:
    """A run of characters and where each of them stands in a source.

    ``pieces`` are ``(start, origin, origin_end)`` in ascending order: the characters from ``start`` to the next piece
    stand at ``origin``. A piece whose length differs from its origin's is one that was decoded (an escape), and is
    pointed at as a whole. No pieces: the text is the source's own, from ``base``.
    """

    __slots__ = ("_starts", "base", "pieces", "source", "text")

    def __init__(
        self, source: Source, text: str, *, base: int = 0, pieces: list[tuple[int, int, int]] | None = None
    ) -> None:
        self.source = source
        self.text = text
        self.base = base
        self.pieces = pieces
        self._starts = [piece[0] for piece in pieces] if pieces else []

    @classmethod
    def of(cls, source: Source) -> Text:
        """The whole of a source."""
        return cls(source, source.text)

    @classmethod
    def joined(cls, source: Source, chunks: list[tuple[str, int, int]], joint: str = "") -> Text:
        """Text put together from ``(characters, origin, origin_end)`` chunks with ``joint`` between them."""
        pieces: list[tuple[int, int, int]] = []
        parts: list[str] = []
        at = 0
        for index, (characters, origin, origin_end) in enumerate(chunks):
            if index and joint:
                before = pieces[-1][2] if pieces else origin
                pieces.append((at, before, before + len(joint)))
                parts.append(joint)
                at += len(joint)
            if characters:
                pieces.append((at, origin, origin_end))
                parts.append(characters)
                at += len(characters)
        return cls(source, "".join(parts), pieces=pieces or [(0, chunks[0][1] if chunks else 0, 0)])

    @classmethod
    def concat(cls, parts: list[Text]) -> Text:
        """Texts of one source, one after the other, each character keeping its place; at least one part."""
        chunks: list[tuple[str, int, int]] = []
        for part in parts:
            if part.pieces is None:
                chunks.append((part.text, part.base, part.base + len(part.text)))
                continue
            stops = [*part._starts[1:], len(part.text)]
            for (start, origin, origin_end), stop in zip(part.pieces, stops, strict=True):
                chunks.append((part.text[start:stop], origin, origin_end))
        return cls.joined(parts[0].source, chunks)

    def __len__(self) -> int:
        return len(self.text)

    def _piece(self, offset: int) -> tuple[int, int, int, int]:
        assert self.pieces is not None
        index = max(bisect_right(self._starts, offset) - 1, 0)
        start, origin, origin_end = self.pieces[index]
        end = self._starts[index + 1] if index + 1 < len(self.pieces) else len(self.text)
        return start, end, origin, origin_end

    def origin(self, offset: int) -> int:
        """Where the character at ``offset`` stands in the source."""
        if self.pieces is None:
            return self.base + offset
        start, end, origin, origin_end = self._piece(offset)
        return origin + (offset - start) if end - start == origin_end - origin else origin

    def span(self, start: int, end: int) -> Span:
        """The place in the source of the characters from ``start`` to ``end`` of this text."""
        if self.pieces is None:
            return Span(self.source, self.base + start, self.base + end)
        piece_start, piece_end, origin, origin_end = self._piece(start)
        if (
            start < end <= piece_end
            and piece_end - piece_start == origin_end - origin <= len(self.source.text) - origin
        ):
            return Span(self.source, origin + start - piece_start, origin + end - piece_start)
        first = self.origin(start)
        if end <= start:
            return Span(self.source, first, first)
        piece_start, piece_end, origin, origin_end = self._piece(end - 1)
        verbatim = piece_end - piece_start == origin_end - origin
        last = origin + (end - piece_start) if verbatim else origin_end
        return Span(self.source, first, max(first, min(last, len(self.source.text))))

    def cut(self, start: int, end: int) -> Text:
        """A part of this text that keeps its places."""
        if self.pieces is None:
            return Text(self.source, self.text[start:end], base=self.base + start)
        chunks: list[tuple[str, int, int]] = []
        at = start
        while at < end:
            piece_start, piece_end, origin, origin_end = self._piece(at)
            stop = min(max(piece_end, at + 1), end)
            if piece_end - piece_start == origin_end - origin:
                chunks.append((self.text[at:stop], origin + at - piece_start, origin + stop - piece_start))
            else:
                chunks.append((self.text[at:stop], origin, origin_end))
            at = stop
        return Text.joined(self.source, chunks or [("", self.origin(start), self.origin(start))])

    def pick(self, ranges: list[tuple[int, int]]) -> Text:
        """The characters at several ascending ranges (at least one) put together; each keeps its place."""
        return Text.concat([self.cut(start, end) for start, end in ranges])


class Edit:
    """Replace what stands at ``span`` by ``replacement``; an empty span inserts."""

    __slots__ = ("replacement", "span")

    def __init__(self, span: Span, replacement: str) -> None:
        self.span = span
        self.replacement = replacement
