"""Whether two names are one, spelled in two ways."""

from __future__ import annotations

import re


def is_near(one: str, other: str) -> bool:
    """Whether one slip of the hand makes the other: a letter more, less or wrong, or two in the wrong order; for names
    of more than eleven letters two of them, in words of more than three letters."""
    if one == other:
        return False
    if one.replace("_", "").replace("-", "").lower() == other.replace("_", "").replace("-", "").lower():
        return True
    if abs(len(one) - len(other)) > 2:
        return False
    first, second = (_parts(name) for name in (one, other))
    if len(first) != len(second):
        return False
    changed = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    if len(changed) != 1:
        return False
    a, b = changed[0]
    if min(len(a), len(b)) < 4 or a.isdigit() or b.isdigit():
        return False
    return _slips(a, b) <= (2 if min(len(a), len(b)) > 7 else 1)


def _parts(name: str) -> list[str]:
    return re.split(r"[_.-]", name.lower())


def _slips(one: str, other: str) -> int:
    """The number of slips from one word to another (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        here = [row]
        for column, theirs in enumerate(other, 1):
            cost = min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (letter != theirs))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == theirs:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        before, last = last, here
    return last[-1]
