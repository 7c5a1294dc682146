"""IAM's wildcards: ``*`` is any text, ``?`` any one character; matched in time that is bounded."""

from __future__ import annotations

from depcheck.patterns import Pattern

_WILDCARDS = Pattern(r"[*?]{2,}")
#: Stands for a wildcard of the narrower side where two patterns are compared: only ``*`` takes it in.
ANY = "\x00"


def folded(pattern: str) -> str:
    """A pattern with its runs of wildcards in one order: each ``?`` first, then at most one ``*``."""
    return _WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a folded pattern matches a text, both in one case. At most ``len(text)`` times the pattern's length."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    if len(pattern) - pattern.count("*") > len(text) or not text.startswith(beginning(pattern)):
        return False
    at = here = 0
    star = mark = -1
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, here
            at += 1
            if at == len(pattern):
                return True
        elif at < len(pattern) and (pattern[at] == text[here] or (pattern[at] == "?" and text[here] != ANY)):
            at += 1
            here += 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return all(each == "*" for each in pattern[at:])


def beginning(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]
