"""A matcher for RE2's patterns whose time is the length of the text times the length of the pattern, never more.

Terraform's patterns come from configuration, so a matcher that backtracks could be made to run for ever. Matches are
leftmost and, among those, the one that a backtracking matcher would try first.
"""

from __future__ import annotations

from functools import lru_cache

from depcheck.terraform.functions.re2_classes import PatternError
from depcheck.terraform.functions.re2_syntax import Instruction, TooComplexError, compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Captures: TypeAlias = "tuple[int, ...]"
_MAX_STEPS = 300_000


class Pattern:
    """A compiled pattern; ``names`` are the names of its groups, empty for a group without one."""

    __slots__ = ("_memo", "_program", "_slots", "names", "steps")

    def __init__(self, pattern: str) -> None:
        self._program, self.names = compiled(pattern)
        self._slots = 2 * (len(self.names) + 1)
        self._memo: dict[tuple[int, str], bool] = {}
        self.steps = 0

    def search(self, text: str, start: int = 0) -> Captures | None:
        """The first match at or after ``start``: its bounds, then those of each group (-1 where it took no part)."""
        program = self._program
        empty = (-1,) * self._slots
        found: Captures | None = None
        current: list[tuple[int, Captures]] = []
        at = start
        while True:
            if found is None:
                self._follow(0, empty, at, text, current, {state for state, _ in current})
            if not current:
                if found is not None or at >= len(text):
                    return found
                at += 1
                continue
            self.steps += len(current)
            if self.steps > _MAX_STEPS:
                raise TooComplexError("the pattern takes too long on this text")
            following: list[tuple[int, Captures]] = []
            seen: set[int] = set()
            character = text[at] if at < len(text) else ""
            for state, captures in current:
                instruction = program[state]
                if instruction.op == "match":
                    found = captures
                    break
                if character and self._accepts(state, instruction, character):
                    self._follow(state + 1, captures, at + 1, text, following, seen)
            current = following
            at += 1
            if at > len(text) or (found is not None and not current):
                return found

    def _accepts(self, state: int, instruction: Instruction, character: str) -> bool:
        key = (state, character)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = instruction.test(character)
        return known

    def _follow(
        self, state: int, captures: Captures, at: int, text: str, states: list[tuple[int, Captures]], seen: set[int]
    ) -> None:
        """Add the states that are reached from ``state`` without a character, in the order of their preference."""
        pending = [(state, captures)]
        while pending:
            state, captures = pending.pop()
            if state in seen:
                continue
            seen.add(state)
            instruction = self._program[state]
            if instruction.op == "split":
                pending.append((instruction.second, captures))
                pending.append((instruction.first, captures))
            elif instruction.op == "save":
                slot = instruction.first
                pending.append((state + 1, (*captures[:slot], at, *captures[slot + 1 :])))
            elif instruction.op == "assert":
                if _holds(instruction.kind, text, at):
                    pending.append((state + 1, captures))
            else:
                states.append((state, captures))

    def find_all(self, text: str) -> list[Captures]:
        """All matches that do not overlap; an empty one right behind another does not count."""
        self.steps = 0
        found: list[Captures] = []
        at, last_end = 0, -1
        while at <= len(text):
            captures = self.search(text, at)
            if captures is None:
                break
            accepted = True
            if captures[1] == at:
                accepted = captures[0] != last_end
                at += 1
            else:
                at = captures[1]
            last_end = captures[1]
            if accepted:
                found.append(captures)
        return found


def _word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and (text[at].isalnum() or text[at] == "_")


def _holds(kind: str, text: str, at: int) -> bool:
    if kind == "start":
        return at == 0
    if kind == "end":
        return at == len(text)
    if kind == "line start":
        return at == 0 or text[at - 1] == "\n"
    if kind == "line end":
        return at == len(text) or text[at] == "\n"
    return (_word(text, at - 1) != _word(text, at)) == (kind == "boundary")


@lru_cache(maxsize=256)
def pattern(source: str) -> Pattern:
    """The compiled pattern; ``PatternError`` and ``TooComplexError`` as they come."""
    return Pattern(source)


__all__ = ["Captures", "Pattern", "PatternError", "TooComplexError", "pattern"]
