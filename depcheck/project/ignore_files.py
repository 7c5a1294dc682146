"""What ``.gitignore`` and ``.dockerignore`` leave out, and which env files a repository tells people to make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.compose.paths import within
from depcheck.environments import is_template
from depcheck.gitignore import Pattern, ignored, patterns
from depcheck.model import Build, File
from depcheck.patterns import Pattern as Regex
from depcheck.project import Project
from depcheck.project.builds import context_of
from depcheck.project.exposures import role_of
from depcheck.source import Span
from depcheck.values import Value, string

#: Templates whose copies hold secrets by their names; a copy of another one may be called anything.
_SHOWN = Regex(r"(?P<name>\.env(?:\.local|\.production|\.staging)?)\.(?:example|sample|template|dist)$")
#: Images that pipelines and tests use and nobody ships.
_FOR_TESTS = Regex(r"(?:^|[/._-])(?:ci|e2e|cypress|playwright|lint|devcontainer)(?:[/._-]|$)", re.IGNORECASE)
_EVERYTHING = frozenset({".", "./", "*", "./*", "/"})


class Told:
    """An env file that people are told to make, and the place that says so."""

    __slots__ = ("how", "path", "place")

    def __init__(self, path: str, place: Span, how: str) -> None:
        self.path = path
        self.place = place
        self.how = how


@lru_cache(maxsize=1)
def told_env_files(project: Project) -> list[Told]:
    """The env files that templates are copied to and that compose files read; each once, templates first."""
    found: dict[str, Told] = {}
    for file in project.facts.files:
        folder, _, name = file.source.path.rpartition("/")
        match = _SHOWN.fullmatch(name) if file.kind == "dotenv" else None
        if match is not None:
            path = within(folder, match["name"])
            found.setdefault(path, Told(path, file.span, name))
    for service in project.of_type("compose_service"):
        for entry in service.get("env_file").elements():
            written = string(entry.get("path"))
            if written is None or not written.rpartition("/")[2].startswith(".env") or written.startswith(("/", "~")):
                continue
            path = within(service.span.path.rpartition("/")[0], written)
            if not path.startswith("..") and not is_template(path):
                found.setdefault(path, Told(path, entry.get("path").span, service.span.path))
    return list(found.values())


def is_git_ignored(path: str, project: Project) -> bool | None:
    """Whether git leaves out a file; None where no ``.gitignore`` was read, and for one that an exception names."""
    rules = _git_rules(project)
    folder = path.rpartition("/")[0]
    above = [rule for base, group in rules.items() if not base or f"{folder}/".startswith(f"{base}/") for rule in group]
    bases = [base for base in rules if not base or f"{folder}/".startswith(f"{base}/")]
    named = [rule for rule in above if rule.matches(path, folder=False)]
    if not bases or (named and named[-1].negated):
        return None
    parts = path.split("/")
    return any(ignored("/".join(parts[:count]), above, folder=True) for count in range(1, len(parts))) or ignored(
        path, above, folder=False
    )


@lru_cache(maxsize=1)
def _git_rules(project: Project) -> dict[str, list[Pattern]]:
    found: dict[str, list[Pattern]] = {}
    files = [file for file in project.facts.files if file.source.path.rpartition("/")[2] == ".gitignore"]
    for file in sorted(files, key=lambda each: each.source.path.count("/")):
        base = file.source.path.rpartition("/")[0]
        found[base] = patterns(file.source.text, base)
    return found


def copies_of_everything(build: Build) -> Iterator[Value]:
    """The sources of the ``COPY`` in the shipped stages that take the whole context."""
    for stage in build.shipped():
        for step in stage.instructions:
            if step.keyword in ("COPY", "ADD") and "from" not in step.flags and not step.on_build:
                for word in step.words[:-1]:
                    if string(word) in _EVERYTHING and "exclude" not in step.flags:
                        yield word


def docker_ignore_of(build: Build, project: Project) -> File | None:
    """The ignore file of a Dockerfile: its own, else that of its context."""
    own = project.file(f"{build.name}.dockerignore")
    return own or project.file(within(context_of(build, project), ".dockerignore"))


def is_docker_ignored(path: str, text: str) -> bool:
    """Whether the patterns of a ``.dockerignore`` leave out a path of the context; the last one that matches counts.

    Patterns begin at the context's root, unlike git's
    (https://docs.docker.com/build/concepts/context/#dockerignore-files)."""
    out = False
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#") or len(pattern) > 1000:
            continue
        negated = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip().strip("/").removeprefix("./")
        if negated != out:
            continue
        # Patterns of git begin anywhere; those of Docker are at the root like one of git with a slash.
        rules = patterns(f"/{pattern}", "")
        parts = path.split("/")
        if any(ignored("/".join(parts[:count]), rules, folder=True) for count in range(1, len(parts) + 1)):
            out = not negated
    return out


def copied_env_files(build: Build, project: Project) -> tuple[Value, list[Told], File | None] | None:
    """The ``COPY`` of everything, the env files that it takes along, and the ignore file; None where there are none."""
    copies = list(copies_of_everything(build))
    if not copies or role_of(build.name) or _FOR_TESTS.search(build.name):
        return None
    context = context_of(build, project)
    there = [each for each in told_env_files(project) if each.path.rpartition("/")[0] == context]
    ignore = docker_ignore_of(build, project)
    text = ignore.source.text if ignore is not None else ""
    prefix = f"{context}/" if context else ""
    taken = [each for each in there if not is_docker_ignored(each.path.removeprefix(prefix), text)]
    return (copies[0], taken, ignore) if there else None
