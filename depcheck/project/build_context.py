"""What ``COPY`` takes into an image: the folder that an image is built from, and what its ignore file leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from posixpath import normpath

from depcheck.gitignore import Pattern, ignored, patterns
from depcheck.model import Build, Instruction
from depcheck.project import Project
from depcheck.values import Known, string


def contexts(build: Build, project: Project) -> list[str]:
    """The folders that a Dockerfile is built from: those that compose files say, else its own."""
    return sorted(_told(project).get(build.name, ())) or [build.name.rpartition("/")[0]]


@lru_cache(maxsize=1)
def _told(project: Project) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for service in project.of_type("compose_service"):
        build = service.get("build")
        if not isinstance(build, Known):
            continue
        context = string(build) if isinstance(build.value, str) else string(build.get("context")) or "."
        if context is None or "://" in context or "$" in context:
            continue
        home = service.span.path.rpartition("/")[0]
        folder = _joined(home, context)
        dockerfile = _joined(folder, string(build.get("dockerfile")) or "Dockerfile")
        found.setdefault(dockerfile, set()).add(folder)
    return found


def _joined(folder: str, path: str) -> str:
    made = normpath(f"{folder}/{path}" if folder else path)
    return "" if made == "." else made


class IgnoreFile:
    """The patterns of a ``.dockerignore``; ``present`` tells whether there is one."""

    __slots__ = ("_patterns", "present")

    def __init__(self, text: str | None) -> None:
        self.present = text is not None
        # Patterns begin at the context's root, not anywhere as those of git.
        lines = [line.strip() for line in (text or "").splitlines()]
        anchored = [_anchored(line) for line in lines if line and not line.startswith("#")]
        self._patterns: list[Pattern] = patterns("\n".join(anchored))

    def leaves_out(self, path: str) -> bool:
        """Whether a file below the context does not reach the build."""
        parts = path.split("/")
        gone = False
        for end in range(1, len(parts) + 1):
            name = "/".join(parts[:end])
            if any(each.matches(name, folder=end < len(parts)) for each in self._patterns):
                gone = ignored(name, self._patterns, folder=end < len(parts))
        return gone


def _anchored(line: str) -> str:
    mark = "!" if line.startswith("!") else ""
    return f"{mark}/{line.removeprefix('!').strip('/')}"


def ignore_file(build: Build, context: str, project: Project) -> IgnoreFile:
    """What is left out of a build: the file beside the Dockerfile that is named after it, else that of the context."""
    for path in (f"{build.name}.dockerignore", f"{context}/.dockerignore".lstrip("/")):
        file = project.file(path)
        if file is not None:
            return IgnoreFile(file.source.text)
        text = project.text_on_disk(path)
        if text is not None:
            return IgnoreFile(text)
    return IgnoreFile(None)


def copied(instruction: Instruction) -> Iterator[str]:
    """The sources of a ``COPY`` or ``ADD`` in the build's context, as paths below it; ``""`` for all of it."""
    if instruction.keyword not in ("COPY", "ADD") or "from" in instruction.flags or instruction.on_build:
        return
    for word in instruction.words[:-1]:
        text = string(word)
        if text is not None and "://" not in text and not text.startswith("<<"):
            path = normpath(text.lstrip("/") or ".")
            yield "" if path == "." else path
