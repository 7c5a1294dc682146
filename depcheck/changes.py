"""Which lines changed since a git revision."""

from __future__ import annotations

import os
import re

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class ChangesError(Exception):
    """Git could not compare; one sentence."""


class Changes:
    """What differs from a revision: lines by path, files that the revision does not know, and ``gaps``: the lines by
    path (0 for the head of the file) after which something was removed and nothing put in its place."""

    __slots__ = ("files", "gaps", "lines")

    def __init__(
        self, lines: dict[str, frozenset[int]], files: list[str], gaps: dict[str, frozenset[int]] | None = None
    ) -> None:
        self.lines = lines
        self.files = files
        self.gaps = gaps or {}


def changes_since(root: str | os.PathLike[str], revision: str) -> Changes:
    """What of the work tree below ``root`` differs from a revision.

    Raises:
        ChangesError: there is no git, no work tree, or no such revision.
    """
    commit = None if revision.startswith("-") else _git(root, ["rev-parse", "--verify", "-q", f"{revision}^{{commit}}"])
    if not commit:
        raise ChangesError(f'git knows no revision "{revision}" here; fetch it (fetch-depth: 0) or check its name')
    # What a person's configuration or the repository's attributes say of a diff's looks would hide lines from us.
    looks = ["--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--text", "--ignore-submodules=all"]
    looks += ["--src-prefix=a/", "--dst-prefix=b/", "--unified=0", "--inter-hunk-context=0", "--relative"]
    diff = _git(root, ["diff", *looks, commit.decode("ascii").strip(), "--"])
    if diff is None:
        raise ChangesError(f'git could not compare the work tree with "{revision}"')
    untracked = _git(root, ["ls-files", "-z", "--others", "--exclude-standard"]) or b""
    changed, gaps = _changed(diff)
    return Changes(
        _frozen(changed), [os.fsdecode(record) for record in untracked.split(b"\0") if record], _frozen(gaps)
    )


def _frozen(numbers: dict[str, set[int]]) -> dict[str, frozenset[int]]:
    return {path: frozenset(each) for path, each in numbers.items() if each}


def _changed(diff: bytes) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """The numbers of the new lines in a diff without context, and of those before what is gone, by path."""
    changed: dict[str, set[int]] = {}
    removals: dict[str, set[int]] = {}
    lines: set[int] = set()
    gaps: set[int] = set()
    body = 0
    for line in diff.split(b"\n"):
        if body and line[:1] in (b"+", b"-"):
            # A line of a file, which may itself look like a header.
            body -= 1
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
            lines, gaps = changed.setdefault(path, set()), removals.setdefault(path, set())
        elif match := _HUNK.match(line):
            removed, first, added = int(match[1] or 1), int(match[2]), int(match[3] or 1)
            lines.update(range(first, first + added))
            if not added:
                gaps.add(first)
            body = removed + added
    return changed, removals


def _path(raw: bytes) -> str:
    raw = raw.rstrip(b"\t")
    if raw.startswith(b'"'):
        raw = _OCTAL.sub(_unescaped, raw[1:-1])
    return os.fsdecode(raw.removeprefix(b"b/"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8) & 255]) if len(sign) == 3 else _ESCAPES.get(sign, sign)


def _git(root: str | os.PathLike[str], arguments: list[str]) -> bytes | None:
    import subprocess

    safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        done = subprocess.run(
            ["git", *safe, "-C", os.fspath(root), *arguments],
            capture_output=True,
            check=False,
            env=environment,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
