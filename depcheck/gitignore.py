"""``.gitignore`` patterns, as gitignore(5) says, for folders that are not in a work tree."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern as Regex

_NAMED = Regex(r"\[:([a-z]+):\]")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
#: No path is as long as what a longer pattern could mean.
_LONGEST = 5000


class Pattern:
    """One line of an ignore file, compiled. ``base`` is the folder that the file stands in ("" for the root)."""

    __slots__ = ("_regex", "base", "folders_only", "negated")

    def __init__(self, base: str, regex: re.Pattern[str], *, negated: bool, folders_only: bool) -> None:
        self.base = base
        self._regex = regex
        self.negated = negated
        self.folders_only = folders_only

    def matches(self, path: str, *, folder: bool) -> bool:
        """Whether the pattern names this path (relative to the root, with ``/``)."""
        if self.folders_only and not folder:
            return False
        if self.base:
            if not path.startswith(self.base + "/"):
                return False
            path = path[len(self.base) + 1 :]
        return self._regex.fullmatch(path) is not None


def patterns(text: str, base: str = "") -> list[Pattern]:
    """The patterns of an ignore file in their order; comments and blank lines left out."""
    found: list[Pattern] = []
    for line in text.split("\n"):
        line = _trimmed(line.removesuffix("\r"))
        if not line or line.startswith("#") or len(line) > _LONGEST:
            continue
        negated = line.startswith("!")
        if negated:
            line = line[1:]
        folders_only = line.endswith("/")
        line = line.rstrip("/") if folders_only else line
        if not line:
            continue
        parts = line.replace("\\/", "/").split("/")
        if len(parts) == 1:
            parts = ["**", *parts]
        elif not parts[0]:
            parts = parts[1:]
        try:
            compiled = re.compile(_of_parts(parts), re.DOTALL)
        except re.error:
            continue
        found.append(Pattern(base, compiled, negated=negated, folders_only=folders_only))
    return found


def _trimmed(line: str) -> str:
    """Without the blanks at the end, unless a backslash keeps the first of them."""
    short = line.rstrip(" ")
    escapes = len(short) - len(short.rstrip("\\"))
    return line[: len(short) + 1] if escapes % 2 and len(short) < len(line) else short


def ignored(path: str, rules: list[Pattern], *, folder: bool) -> bool:
    """Whether the last pattern that names the path excludes it. Parents are the caller's concern."""
    for pattern in reversed(rules):
        if pattern.matches(path, folder=folder):
            return not pattern.negated
    return False


def _of_parts(parts: list[str]) -> str:
    """A pattern's parts (what stands between slashes) as a regular expression.

    What ``*`` and ``**`` take is never given back (``(?>…)``): the earliest match of what follows them is as good as
    any other, and a pattern with many of them would else take time without bound.
    """
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_part(part))
    out = "/".join(runs[0])
    for run in runs[1:-1]:
        if run:
            out += f"{'/' if out else ''}(?>(?:.*?/)??{'/'.join(run)}(?=/))"
    if len(runs) > 1:
        slash = "/" if out else ""
        out += f"{slash}(?:.*/)?{'/'.join(runs[-1])}" if runs[-1] else f"{slash}.+"
    return out


def _part(glob: str) -> str:
    """A part as a regular expression: stars take as little as they can, but for the last one."""
    pieces: list[str] = [""]
    at = 0
    while at < len(glob):
        character = glob[at]
        if character == "*":
            pieces.append("")
            while at < len(glob) and glob[at] == "*":
                at += 1
            continue
        if character == "?":
            pieces[-1] += "[^/]"
        elif character == "[":
            end = _class_end(glob, at)
            if end < 0:
                pieces[-1] += r"\["
            else:
                pieces[-1] += f"(?!/)[{_class(glob[at + 1 : end])}]"
                at = end
        elif character == "\\" and at + 1 < len(glob):
            at += 1
            pieces[-1] += re.escape(glob[at])
        else:
            pieces[-1] += re.escape(character)
        at += 1
    first, *middle = pieces
    if not middle:
        return first
    *middle, last = middle
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + f"(?>[^/]*{last}(?=/|\\Z))"


def _class_end(glob: str, start: int) -> int:
    """Where a ``[…]`` ends; below zero where it does not. A bracket that stands first is one of its characters."""
    at = start + 1
    if glob[at : at + 1] in ("!", "^"):
        at += 1
    first = at
    if glob.find("]", first) < 0:
        return -1
    while at < len(glob) and (at == first or glob[at] != "]"):
        named = _NAMED.match(glob, at)
        at = named.end() if named else at + (2 if glob[at] == "\\" else 1)
    return at if at < len(glob) else -1


def _class(inner: str) -> str:
    """The characters of a ``[…]`` as :mod:`re` writes them. A range that runs backwards is its first character."""
    out = "^" if inner[:1] in ("!", "^") else ""
    at = len(out)
    before = ""
    while at < len(inner):
        named = _NAMED.match(inner, at)
        if named:
            out += _CLASSES.get(named[1], "")
            at, before = named.end(), ""
            continue
        character = inner[at]
        if character == "-" and before and at + 1 < len(inner):
            at += 2 if inner[at + 1] == "\\" and at + 2 < len(inner) else 1
            if before <= inner[at]:
                out += f"{re.escape(before)}-{re.escape(inner[at])}"
            before = ""
        else:
            if character == "\\" and at + 1 < len(inner):
                at += 1
                character = inner[at]
            out += re.escape(character)
            before = character
        at += 1
    return out
