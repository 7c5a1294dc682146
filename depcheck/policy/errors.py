"""What is wrong with a policy file, with its place."""

from __future__ import annotations

from collections.abc import Sequence


class Mistake:
    """One thing that is wrong: the file, the line and column from 1, and one clause."""

    __slots__ = ("column", "line", "message", "path")

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"

    def __repr__(self) -> str:
        return f"Mistake({str(self)!r})"


class PolicyError(Exception):
    """A policy file that cannot be used.

    ``mistakes`` holds everything that is wrong with it, in the order of the file; the error itself stands for the
    first of them, and its text is one line for each.
    """

    def __init__(self, path: str, line: int, column: int, message: str, *, further: Sequence[Mistake] = ()) -> None:
        self.mistakes = (Mistake(path, line, column, message), *further)
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    @classmethod
    def of(cls, mistakes: Sequence[Mistake]) -> PolicyError:
        """All mistakes of a file as one error; there must be at least one."""
        ordered = sorted(mistakes, key=lambda each: (each.line, each.column))
        first, *rest = ordered
        return cls(first.path, first.line, first.column, first.message, further=rest)
