"""Which lines changed since a git revision."""

from __future__ import annotations

import os
import re
from pathlib import Path

_HUNK = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class ChangesError(Exception):
    """Git could not compare; one sentence."""


def changed_lines(root: Path, revision: str) -> dict[str, frozenset[int]]:
    """The lines of the work tree that differ from a revision, by path below ``root``; every line of an untracked file.

    Raises:
        ChangesError: there is no git, no work tree, or no such revision.
    """
    if revision.startswith("-"):
        raise ChangesError(f'"{revision}" is no revision')
    prefix = ["--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--unified=0", "--relative"]
    diff = _git(root, ["diff", *prefix, revision, "--"])
    if diff is None:
        raise ChangesError(f'git knows no revision "{revision}" here; fetch it (fetch-depth: 0) or check its name')
    changed: dict[str, set[int]] = {}
    lines: set[int] = set()
    for line in diff.split(b"\n"):
        if line.startswith(b"+++ "):
            lines = changed.setdefault(_path(line[4:]), set())
        elif line.startswith(b"@@"):
            match = _HUNK.match(line)
            if match:
                first, count = int(match.group(1)), int(match.group(2) or 1)
                lines.update(range(first, first + count))
    untracked = _git(root, ["ls-files", "-z", "--others", "--exclude-standard"]) or b""
    for record in untracked.split(b"\0"):
        if record:
            changed[os.fsdecode(record)] = set(range(1, 1_000_000))
    return {path: frozenset(numbers) for path, numbers in changed.items() if numbers}


def _path(raw: bytes) -> str:
    raw = raw.rstrip(b"\t\r")
    if raw.startswith(b'"'):
        raw = raw.strip(b'"').decode("unicode_escape").encode("latin-1")
    return os.fsdecode(raw).removeprefix("b/")


def _git(root: Path, arguments: list[str]) -> bytes | None:
    import subprocess

    safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *safe, "-C", str(root), *arguments], capture_output=True, check=False, env=environment, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
