"""Files of the repository that workflows and compose files name and that are not there."""

from __future__ import annotations

import os
from collections.abc import Iterator

from depcheck.compose.paths import folder_of, is_remote, within
from depcheck.model import Command, Job
from depcheck.model import Step as JobStep
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.ignore_files import is_git_ignored
from depcheck.project.runtimes import ASIDE
from depcheck.source import Span
from depcheck.values import Absent, Known, Value, string

_WORKFLOWS = Pattern(r"(?P<base>(?:.*/)?)\.(?:github|gitea|forgejo)/workflows/[^/]+")
_ACTION_FILES = ("action.yml", "action.yaml", "Dockerfile")
_RUNNERS = frozenset({"bash", "sh", "zsh", "python", "python3", "node", "ruby", "source", "."})
_MADE = frozenset({"build", ".build", "dist", "out", "output", "target", "tmp", "generated", ".next"})
_SCRIPT = Pattern(r"(?:\./)?(?P<path>[\w.-]+(?:/[\w.-]+)+\.(?:sh|bash|py|js|mjs|rb))")
#: What brings files that the repository does not have.
_BRINGING = Pattern(r"download-artifact|cache|submodule|git clone|\bcurl\b|\bwget\b|\btar\b|\bunzip\b|\bcd\b|\bpushd\b")


class Missing:
    """A file that is named and not there: ``kind`` is ``workflow``, ``action``, ``version``, ``dockerfile``,
    ``context``, ``compose`` or ``script``."""

    __slots__ = ("kind", "path", "scope", "span")

    def __init__(self, kind: str, path: str, span: Span, scope: str) -> None:
        self.kind = kind
        self.path = path
        self.span = span
        self.scope = scope


def missing(project: Project) -> Iterator[Missing]:
    """Every file that is named and not there; each place once."""
    seen: set[tuple[Span, str]] = set()
    for each in (*_of_workflows(project), *_of_services(project)):
        if (each.span, each.path) not in seen:
            seen.add((each.span, each.path))
            yield each


def _there(path: str, project: Project) -> bool:
    """Whether something stands at a path of the repository; what lies in an empty folder may be a submodule's."""
    full = os.path.join(project.root, path)
    # Git may list what is left out of this work tree.
    if os.path.lexists(full) or any(skip.path == path or skip.path.startswith(f"{path}/") for skip in project.skipped):
        return True
    folder = folder_of(path)
    while folder:
        inside = os.path.join(project.root, folder)
        if os.path.isdir(inside):
            with os.scandir(inside) as entries:
                return next(entries, None) is None
        folder = folder_of(folder)
    return False


def _of_workflows(project: Project) -> Iterator[Missing]:
    commands: dict[str, list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "workflow":
            commands.setdefault(command.span.path, []).append(command)
    called_here = _called_here(project)
    for job in project.facts.jobs:
        match = _WORKFLOWS.fullmatch(job.span.path)
        if match is None:
            continue
        base = match["base"].rstrip("/")
        called = string(job.uses) if job.uses is not None else None
        if job.uses is not None and called is not None and called.startswith("./"):
            path = within(base, called)
            if not _there(path, project):
                yield Missing("workflow", path, job.uses.span, job.address)
        # A workflow that only others call has their files around it.
        elsewhere = set(job.triggers) == {"workflow_call"} and job.span.path not in called_here
        if _is_at_the_top(job) and not elsewhere:
            yield from _of_steps(job, base, commands.get(job.span.path, []), project)


def _called_here(project: Project) -> frozenset[str]:
    """The workflows of the repository that its own jobs call."""
    names = (string(job.uses) for job in project.facts.jobs if job.uses is not None)
    return frozenset(name.partition("@")[0].removeprefix("./") for name in names if name is not None)


def _is_at_the_top(job: Job) -> bool:
    """Whether the job's folder is this repository at the commit of the workflow, and nothing else brings files."""
    checkouts = [step for step in job.steps if (_used(step) or "").lower().startswith("actions/checkout@")]
    if len(checkouts) != 1:
        return False
    inputs = {name.lower() for name, _ in checkouts[0].tree.get("with").items()}
    return not inputs & {"path", "repository", "ref", "sparse-checkout", "submodules"}


def _used(step: JobStep) -> str | None:
    return string(step.uses) if step.uses is not None else None


def _of_steps(job: Job, base: str, commands: list[Command], project: Project) -> Iterator[Missing]:
    brought = False
    for step in job.steps:
        used = _used(step)
        if used is not None and step.uses is not None:
            if used.startswith("./") and not brought:
                folder = within(base, used)
                if not any(_there(within(folder, name), project) for name in _ACTION_FILES):
                    yield Missing("action", folder, step.uses.span, job.address)
            for name, value in step.tree.get("with").items():
                path = string(value)
                named = name.endswith("-version-file") and path is not None and _is_plain(path) and not brought
                if named and path and not _there(within(base, path), project) and not _is_made(path, job):
                    yield Missing("version", within(base, path), value.span, job.address)
            brought = brought or _BRINGING.search(used) is not None
        run = step.tree.get("run")
        if isinstance(run, Known) and isinstance(run.value, str):
            brought = brought or _BRINGING.search(run.value) is not None
            if not brought and isinstance(_folder(step, job), Absent):
                yield from _scripts(run, base, job, commands, project)


def _is_made(path: str, job: Job) -> bool:
    """Whether a script of the job mentions the file, which it may well write."""
    name = path.rpartition("/")[2]
    return any(name in (string(step.tree.get("run")) or "") for step in job.steps)


def _folder(step: JobStep, job: Job) -> Value:
    own = step.tree.get("working-directory")
    return own if not isinstance(own, Absent) else job.tree.get("defaults", "run", "working-directory")


def _is_plain(path: str) -> bool:
    return not any(char in path for char in "$*{~") and not path.startswith(("/", ".."))


def _scripts(run: Known, base: str, job: Job, commands: list[Command], project: Project) -> Iterator[Missing]:
    """Scripts that a step runs by a path whose folder is there."""
    for command in commands:
        if not run.span.start <= command.span.start < run.span.end or not command.words:
            continue
        word = command.words[0]
        if command.name in _RUNNERS and len(command.words) > 1:
            word = command.words[1]
        match = _SCRIPT.fullmatch(word.text or "")
        if match is None:
            continue
        path = within(base, match["path"])
        full = os.path.join(project.root, folder_of(path))
        if os.path.isdir(full) and not _there(path, project):
            yield Missing("script", path, word.span, job.address)


def _of_services(project: Project) -> Iterator[Missing]:
    for service in project.of_type("compose_service"):
        build = service.get("build")
        if isinstance(build, Absent) or not isinstance(build.get("dockerfile_inline"), Absent):
            continue
        if ASIDE.search(service.span.path):
            continue
        place = build.get("context")
        context = string(place) or string(build)
        if context is None or not _is_plain(context.removeprefix("../")) or is_remote(context):
            continue
        home = within(folder_of(service.span.path), context)
        if home.startswith("..") or not _MADE.isdisjoint(home.split("/")):
            continue
        if is_git_ignored(f"{home}/Dockerfile", project):
            continue
        if not _there(home, project) and home not in (".", ""):
            yield Missing("context", home, (place if string(place) else build).span, service.address)
            continue
        file = build.get("dockerfile")
        name = string(file) or "Dockerfile"
        path = within(home, name)
        if (
            _is_plain(name)
            and not path.startswith("..")
            and not _there(path, project)
            and not is_git_ignored(path, project)
        ):
            span = file.span if string(file) else (place if string(place) else build).span
            yield Missing("dockerfile", path, span, service.address)
