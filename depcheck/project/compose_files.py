"""Compose files of one folder of which Compose reads one and leaves the other."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import File
from depcheck.project import Project

#: The names that Compose looks for, in its order (https://docs.docker.com/compose/intro/compose-application-model/).
_BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


def passed_over(project: Project) -> Iterator[tuple[File, File]]:
    """Each file that Compose leaves for another one of its folder, and that one. Files that are named somewhere, in a
    command, another compose file or a document, are left for a reason."""
    folders: dict[str, dict[str, File]] = {}
    for file in project.facts.files:
        folder, _, name = file.source.path.rpartition("/")
        if file.kind == "compose" and name in (*_BASES, *_OVERRIDES):
            folders.setdefault(folder, {})[name] = file
    for by_name in folders.values():
        for names in (_BASES, _OVERRIDES):
            present = [by_name[name] for name in names if name in by_name]
            for left in present[1:]:
                if not _is_named(left, project):
                    yield left, present[0]


def _is_named(file: File, project: Project) -> bool:
    name = file.source.path.rpartition("/")[2]
    return any(
        name in other.source.text
        for other in project.facts.files
        if other is not file and other.kind not in ("ignore", "dependabot")
    )
