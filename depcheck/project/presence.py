"""Whether a path is there in the repository, read or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depcheck.project import Project


def is_there(project: Project, path: str) -> bool:
    """Whether a file or folder of that path below the root exists; no path leads out of the root."""
    if project.file(path) is not None:
        return True
    root = project.root.resolve()
    try:
        found = (root / path).resolve()
        return found.is_relative_to(root) and found.exists()
    except (OSError, ValueError):
        return False
