"""``.gitignore`` patterns, as gitignore(5) says, for folders that are not in a work tree."""

from __future__ import annotations

import re


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
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)[ \t]+$", "", line).rstrip("\r")
        if not line or line.startswith("#"):
            continue
        negated = line.startswith("!")
        if negated:
            line = line[1:]
        folders_only = line.endswith("/")
        line = line.rstrip("/") if folders_only else line
        if not line:
            continue
        anchored = "/" in line
        body = _regex(line.lstrip("/"))
        source = body if anchored else f"(?:.*/)?{body}"
        try:
            compiled = re.compile(source, re.DOTALL)
        except re.error:
            continue
        found.append(Pattern(base, compiled, negated=negated, folders_only=folders_only))
    return found


def ignored(path: str, rules: list[Pattern], *, folder: bool) -> bool:
    """Whether the last pattern that names the path excludes it. Parents are the caller's concern."""
    for pattern in reversed(rules):
        if pattern.matches(path, folder=folder):
            return not pattern.negated
    return False


def _regex(glob: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(glob):
        character = glob[at]
        if glob.startswith("**/", at) and (at == 0 or glob[at - 1] == "/"):
            out.append("(?:.*/)?")
            at += 3
            continue
        if glob[at:] == "**" and (at == 0 or glob[at - 1] == "/"):
            out.append(".+")
            break
        if character == "*":
            while at < len(glob) and glob[at] == "*":
                at += 1
            out.append("[^/]*")
            continue
        if character == "?":
            out.append("[^/]")
        elif character == "[":
            end = glob.find("]", at + 2)
            if end < 0:
                out.append(r"\[")
            else:
                inner = glob[at + 1 : end].replace("\\", "\\\\")
                inner = "^" + inner[1:] if inner.startswith(("!", "^")) else inner
                out.append(f"(?!/)[{inner}]")
                at = end
        elif character == "\\" and at + 1 < len(glob):
            at += 1
            out.append(re.escape(glob[at]))
        else:
            out.append(re.escape(character))
        at += 1
    return "".join(out)
