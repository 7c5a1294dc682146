"""Paths in compose files, relative to the folder of their file, and told relative to the folder of the project."""

from __future__ import annotations

import posixpath
import re

from depcheck.patterns import Pattern

_REMOTE = Pattern(r"(?:[a-z][a-z0-9+.-]*:)?//|git@|oci:|[a-z0-9.-]+:[^/\\]", re.IGNORECASE)


def folder_of(path: str) -> str:
    """The folder of a file, empty for the root."""
    return posixpath.dirname(path)


def within(folder: str, path: str) -> str:
    """A path as written in a file of a folder, from the root of the scan."""
    return posixpath.normpath(posixpath.join(folder, path)).removeprefix("./") if path else folder


def is_remote(path: str) -> bool:
    """Whether it names something to be downloaded and not a file."""
    return _REMOTE.match(path) is not None
