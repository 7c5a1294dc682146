"""Whether a path is there in the repository, read or not."""

from __future__ import annotations

import os

from depcheck.discovery import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project


def is_there(project: Project, path: str) -> bool:
    """Whether a file or folder of that path below the root exists; no path leads out of the root."""
    if project.file(path) is not None:
        return True
    root = os.path.realpath(project.root)
    try:
        found = os.path.realpath(os.path.join(root, path))
        return below(found, root) is not None and os.path.exists(found)
    except (OSError, ValueError):
        return False
