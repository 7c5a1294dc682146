"""IAM's wildcards: ``*`` is any text, ``?`` any one character; matched and compared in time that is bounded."""

from __future__ import annotations

from depcheck.patterns import Pattern

_WILDCARDS = Pattern(r"[*?]{2,}")
#: Stands for a wildcard of the narrower side where two patterns are compared: only ``*`` takes it in.
_ANY = "\x00"


def folded(pattern: str) -> str:
    """A pattern with its runs of wildcards in one order: each ``?`` first, then at most one ``*``."""
    return _WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a folded pattern matches a text, both in one case. At most ``len(text)`` times the pattern's length."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    if len(pattern) - pattern.count("*") > len(text) or not text.startswith(literal_beginning(pattern)):
        return False
    at = here = 0
    star = mark = -1
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, here
            at += 1
        elif at < len(pattern) and (pattern[at] == text[here] or (pattern[at] == "?" and text[here] != _ANY)):
            at += 1
            here += 1
        elif star >= 0:
            mark += 1
            at, here = star + 1, mark
        else:
            return False
    return all(each == "*" for each in pattern[at:])


def literal_beginning(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]


def covers(wide: str, narrow: str) -> bool:
    """Whether everything that ``narrow`` matches is matched by ``wide`` too; a yes is certain."""
    return matches(wide, narrow.replace("*", _ANY).replace("?", _ANY))


def covers_every(resource: str, template: str) -> bool:
    """Whether a resource of a statement takes in all that an action's ``service:relative`` template stands for.

    Partition, region and account are left out: all of one region, or of one account, is still everything there.
    """
    if resource.strip("*") == "" and resource:
        return True
    parts = resource.split(":", 5)
    if len(parts) < 6 or not matches(parts[0], "arn"):
        return False
    service, _, relative = template.partition(":")
    return matches(folded(parts[2]), service) and covers(folded(parts[5]), relative)


def may_name(resource: str, template: str) -> bool:
    """Whether a resource of a statement may be one that a template stands for, going by its service."""
    if resource.strip("*") == "":
        return bool(resource)
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    return matches(folded(parts[2]), template.partition(":")[0])
