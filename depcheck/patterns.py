"""Regular expressions that are compiled when they are first used.

Compiling takes longer than most small scans spend on anything else, and most patterns of most modules are not used in
most scans. For patterns that run once per token, ``re.compile`` at the module's top is the better choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from sys import maxsize


class Pattern:
    """A regular expression for text, with the methods of :class:`re.Pattern` that depcheck uses.

    ``holding`` are words in lower case, one of which is in every text that can match: where none is, whatever its
    case, the expression is not asked.
    """

    __slots__ = ("_compiled", "_flags", "_source", "holding")

    def __init__(self, source: str, flags: int = 0, *, holding: tuple[str, ...] = ()) -> None:
        self._source = source
        self._flags = flags
        self.holding = holding
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern."""
        if self._compiled is None:
            self._compiled = re.compile(self._source, self._flags)
        return self._compiled

    @property
    def pattern(self) -> str:
        """The expression as written."""
        return self._source

    def _hopeless(self, text: str) -> bool:
        lowered = text.lower()
        return not any(word in lowered for word in self.holding)

    def match(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """A match that begins at ``start``."""
        if self.holding and self._hopeless(text):
            return None
        return self.compiled.match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """A match of the whole text."""
        if self.holding and self._hopeless(text):
            return None
        return self.compiled.fullmatch(text, start, end)

    def search(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """The first match."""
        if self.holding and self._hopeless(text):
            return None
        return self.compiled.search(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        """All matches in their order."""
        if self.holding and self._hopeless(text):
            return iter(())
        return self.compiled.finditer(text, start, end)

    def findall(self, text: str) -> list[str]:
        """The texts of all matches of a pattern with at most one group."""
        found: list[str] = self.compiled.findall(text)
        return found

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with matches replaced."""
        return self.compiled.sub(replacement, text, count=count)

    def split(self, text: str, maximum: int = 0) -> list[str]:
        """The parts between matches."""
        return self.compiled.split(text, maxsplit=maximum)
