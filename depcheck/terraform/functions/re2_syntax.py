"""Regular expressions in RE2's syntax (github.com/google/re2/wiki/Syntax), compiled to a program for a matcher.

The parser turns each part of a pattern into a function that appends its instructions; the matcher that runs them is
:mod:`~depcheck.terraform.functions.re2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.terraform.functions.re2_classes import (
    PERL,
    POSIX,
    PatternError,
    Test,
    folded,
    literal,
    ranges,
    unicode_class,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Instruction:
    """``op`` is ``char`` (``test``), ``split`` (``first`` before ``second``), ``save`` (slot ``first``), ``assert``
    (``kind``) or ``match``."""

    __slots__ = ("first", "kind", "op", "second", "test")

    def __init__(
        self, op: str, first: int = 0, second: int = 0, *, kind: str = "", test: Test = lambda _character: False
    ) -> None:
        self.op = op
        self.first = first
        self.second = second
        self.kind = kind
        self.test = test


Program: TypeAlias = list[Instruction]
Part: TypeAlias = Callable[[Program], None]
_MAX_REPEAT = 1000
_MAX_PROGRAM = 8000
_MAX_GROUPS_DEPTH = 60
_CONTROL = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_GROUP_NAME = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")


class TooComplexError(Exception):
    """A pattern or a search that would take too long."""


def _char(test: Test) -> Part:
    return lambda program: program.append(Instruction("char", test=test))


def _assert(kind: str) -> Part:
    return lambda program: program.append(Instruction("assert", kind=kind))


def _all(parts: list[Part]) -> Part:
    def emit(program: Program) -> None:
        for part in parts:
            part(program)

    return emit


def _captured(part: Part, group: int) -> Part:
    def emit(program: Program) -> None:
        program.append(Instruction("save", 2 * group))
        part(program)
        program.append(Instruction("save", 2 * group + 1))

    return emit


def _either(branches: list[Part]) -> Part:
    def emit(program: Program) -> None:
        ends: list[Instruction] = []
        for branch in branches[:-1]:
            split = Instruction("split", len(program) + 1)
            program.append(split)
            branch(program)
            end = Instruction("split")
            program.append(end)
            ends.append(end)
            split.second = len(program)
        branches[-1](program)
        for end in ends:
            end.first = end.second = len(program)

    return emit


def _repeated(part: Part, low: int, high: int, greedy: bool) -> Part:
    def emit(program: Program) -> None:
        if len(program) > _MAX_PROGRAM:
            raise TooComplexError("the pattern is too large")
        unbounded = high < 0
        for _ in range(max(low - 1, 0) if unbounded else low):
            part(program)
        # x* is (x+)?, so that an x which matches nothing is tried once.
        optional = [] if unbounded and low else [_branch(greedy, program)]
        if unbounded:
            start = len(program)
            part(program)
            back = _branch(greedy, program)
            _point(back, greedy, start, len(program))
        for _ in range(0 if unbounded else high - low - 1):
            part(program)
            optional.append(_branch(greedy, program))
        if not unbounded and high > low:
            part(program)
        for inside, split in optional:
            _point((inside, split), greedy, inside, len(program))

    return emit


def _branch(greedy: bool, program: Program) -> tuple[int, Instruction]:
    split = Instruction("split")
    program.append(split)
    return len(program), split


def _point(branch: tuple[int, Instruction], greedy: bool, inside: int, after: int) -> None:
    split = branch[1]
    split.first, split.second = (inside, after) if greedy else (after, inside)


class Parser:
    """Reads one pattern; ``names`` are the names of its groups in order, empty for a group without one."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.names: list[str] = []
        self.flags: frozenset[str] = frozenset()
        self.depth = 0

    def parse(self) -> Part:
        """The whole pattern."""
        whole = self._alternatives()
        if self.at < len(self.pattern):
            raise PatternError("unexpected )")
        return whole

    def _peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def _alternatives(self) -> Part:
        branches = [self._sequence()]
        while self._peek("|"):
            self.at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _either(branches)

    def _sequence(self) -> Part:
        items: list[Part] = []
        repeated = False
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            mark = self.pattern[self.at]
            counted = _COUNT.match(self.pattern, self.at) if mark == "{" else None
            if mark in "*+?" or counted is not None:
                if not items:
                    raise PatternError(f"missing argument to repetition operator {mark}")
                if repeated:
                    raise PatternError(f"invalid nested repetition operator at offset {self.at}")
                items[-1] = self._repetition(items[-1], mark, counted)
                repeated = True
                continue
            repeated = False
            item = self._atom()
            if item is not None:
                items.append(item)
        return _all(items)

    def _repetition(self, item: Part, mark: str, counted: re.Match[str] | None) -> Part:
        low, high = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}.get(mark, (0, 0))
        if counted is not None:
            low = int(counted[1][:6])
            high = low if counted[2] is None else int(counted[3][:6]) if counted[3] else -1
            if low > _MAX_REPEAT or high > _MAX_REPEAT or 0 <= high < low:
                raise PatternError(f"invalid repeat count {counted[0]}")
            self.at = counted.end()
        else:
            self.at += 1
        greedy = "U" not in self.flags
        if self._peek("?"):
            self.at += 1
            greedy = not greedy
        return _repeated(item, low, high, greedy)

    def _test(self, test: Test) -> Part:
        return _char(folded(test) if "i" in self.flags else test)

    def _atom(self) -> Part | None:
        mark = self.pattern[self.at]
        if mark == "(":
            return self._group()
        if mark == "[":
            return self._test(self._char_class())
        if mark == "\\":
            return self._escape()
        self.at += 1
        if mark == ".":
            return _char((lambda _other: True) if "s" in self.flags else (lambda other: other != "\n"))
        if mark == "^":
            return _assert("line start" if "m" in self.flags else "start")
        if mark == "$":
            return _assert("line end" if "m" in self.flags else "end")
        return self._test(literal(mark))

    def _group(self) -> Part | None:
        outer = self.flags
        slot = 0
        if self._peek("(?"):
            flags = _FLAGS.match(self.pattern, self.at)
            named = _GROUP_NAME.match(self.pattern, self.at)
            if named is not None:
                self.names.append(named[1])
                slot = len(self.names)
                self.at = named.end()
            elif flags is not None and (flags[0] not in ("(?)", "(?-)")):
                self.at = flags.end()
                self.flags = (self.flags | set(flags[1])) - set((flags[2] or "")[1:])
                if flags[3] == ")":
                    return None
            else:
                raise PatternError("invalid or unsupported Perl syntax (?")
        else:
            self.at += 1
            self.names.append("")
            slot = len(self.names)
        self.depth += 1
        if self.depth > _MAX_GROUPS_DEPTH:
            raise TooComplexError("the pattern is nested too deeply")
        inner = self._alternatives()
        self.depth -= 1
        if not self._peek(")"):
            raise PatternError("missing closing )")
        self.at += 1
        self.flags = outer
        return _captured(inner, slot) if slot else inner

    def _escape(self) -> Part:
        following = self.pattern[self.at + 1 : self.at + 2]
        if following == "Q":
            end = self.pattern.find("\\E", self.at)
            end = len(self.pattern) if end < 0 else end
            quoted = self.pattern[self.at + 2 : end]
            self.at = min(end + 2, len(self.pattern))
            return _all([self._test(literal(character)) for character in quoted])
        kind = {"A": "start", "z": "end", "b": "boundary", "B": "no boundary"}.get(following)
        if kind is not None:
            self.at += 2
            return _assert(kind)
        shorthand = self._shorthand()
        if shorthand is not None:
            return self._test(shorthand)
        return self._test(literal(self._escaped_character()))

    def _shorthand(self) -> Test | None:
        """``\\d``, ``\\pL`` and their like at the position, or None."""
        following = self.pattern[self.at + 1 : self.at + 2]
        if following and following in "dswDSW":
            self.at += 2
            known = PERL[following.lower()]
            if following.islower():
                return known.__contains__
            return lambda other: other not in known
        if following and following in "pP":
            if self._peek(f"\\{following}{{"):
                end = self.pattern.find("}", self.at)
                if end < 0:
                    raise PatternError("invalid character class range")
                label = self.pattern[self.at + 3 : end]
                self.at = end + 1
            else:
                label = self.pattern[self.at + 2 : self.at + 3]
                self.at += 3
            test = unicode_class(label)
            if following == "P":
                return lambda other: not test(other)
            return test
        return None

    def _escaped_character(self) -> str:
        self.at += 1
        if self.at >= len(self.pattern):
            raise PatternError("trailing backslash at end of expression")
        mark = self.pattern[self.at]
        self.at += 1
        if mark in _CONTROL:
            return _CONTROL[mark]
        if mark == "x":
            found = re.compile(r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})").match(self.pattern, self.at)
            if found is None or int(found[1] or found[2], 16) > 0x10FFFF:
                raise PatternError("invalid escape sequence \\x")
            self.at = found.end()
            return chr(int(found[1] or found[2], 16))
        octal = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self.pattern, self.at - 1)
        if octal is not None:
            self.at = octal.end()
            return chr(int(octal[0], 8))
        if mark.isalnum() or ord(mark) >= 128:
            raise PatternError(f"invalid escape sequence \\{mark}")
        return mark

    def _char_class(self) -> Test:
        self.at += 1
        negated = self._peek("^")
        self.at += negated
        tests: list[Test] = []
        pairs: list[tuple[str, str]] = []
        first = True
        while first or not self._peek("]"):
            if self.at >= len(self.pattern):
                raise PatternError("missing closing ]")
            first = False
            test = self._posix() or (self._shorthand() if self._peek("\\") else None)
            if test is not None:
                tests.append(test)
                continue
            low = self._class_character()
            high = low
            if self._peek("-") and not self._peek("-]") and self.at + 1 < len(self.pattern):
                self.at += 1
                high = self._class_character()
                if high < low:
                    raise PatternError(f"invalid character class range {low}-{high}")
            pairs.append((low, high))
        self.at += 1
        inside = ranges(pairs)
        if not tests:
            found = inside
        else:
            found = lambda other: inside(other) or any(test(other) for test in tests)  # noqa: E731
        if "i" in self.flags:
            found = folded(found)
        if negated:
            return lambda other: not found(other)
        return found

    def _posix(self) -> Test | None:
        if not self._peek("[:"):
            return None
        end = self.pattern.find(":]", self.at)
        if end < 0:
            return None
        label = self.pattern[self.at + 2 : end]
        known = POSIX.get(label.removeprefix("^"))
        if known is None:
            raise PatternError(f"invalid character class range [:{label}:]")
        self.at = end + 2
        members = frozenset(known)
        if label.startswith("^"):
            return lambda other: other not in members
        return members.__contains__

    def _class_character(self) -> str:
        if self.at >= len(self.pattern):
            raise PatternError("missing closing ]")
        if self._peek("\\"):
            return self._escaped_character()
        self.at += 1
        return self.pattern[self.at - 1]


def compiled(pattern: str) -> tuple[Program, list[str]]:
    """The program of a pattern and the names of its groups; slots 0 and 1 hold the whole match."""
    parser = Parser(pattern)
    part = parser.parse()
    program = [Instruction("save", 0)]
    part(program)
    if len(program) > _MAX_PROGRAM:
        raise TooComplexError("the pattern is too large")
    program.append(Instruction("save", 1))
    program.append(Instruction("match"))
    return program, parser.names
