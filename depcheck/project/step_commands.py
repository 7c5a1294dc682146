"""The commands of each step of a job, and which of its variables hold a secret."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from depcheck.model import Command, Job, Step, Word
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import Absent, Known, Unknown, Value

#: A secret that GitHub pastes into a text before anything reads it.
PASTED = Pattern(r"\$\{\{[^{}]*?\bsecrets\.(?P<name>[A-Za-z_][\w-]*)[^{}]*\}\}")
#: Its own token ends with the job.
_SHORT_LIVED = "GITHUB_TOKEN"


def of_step(step: Step, job: Job, project: Project) -> list[Command]:
    """The commands in the script of a step, in their order."""
    run = step.tree.get("run")
    commands = _by_scope(project).get((job.address, job.span.path), [])
    if not isinstance(run, Known) or not commands:
        return []
    first = bisect_left(commands, run.span.start, key=_start)
    last = bisect_left(commands, run.span.end, key=_start)
    return commands[first:last]


def _start(command: Command) -> int:
    return command.span.start


@lru_cache(maxsize=1)
def _by_scope(project: Project) -> dict[tuple[str, str], list[Command]]:
    found: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "workflow":
            found.setdefault((command.scope, command.span.path), []).append(command)
    for commands in found.values():
        commands.sort(key=_start)
    return found


def secret_variables(step: Step, job: Job, project: Project, *, own_token: bool = True) -> dict[str, str]:
    """The variables of a step that hold a secret, and the secret's name."""
    found: dict[str, str] = {}
    for tree in (_env_of_workflow(job, project), job.tree.get("env"), step.tree.get("env")):
        for name, value in tree.items():
            secret = pasted(value, own_token=own_token)
            if secret is not None:
                found[name] = secret
            else:
                found.pop(name, None)
    return found


def pasted(value: Value, *, own_token: bool = False) -> str | None:
    """The first secret that the text of a value names; by default not the job's own token."""
    if isinstance(value, (Known, Unknown)):
        for match in PASTED.finditer(value.span.text):
            if own_token or match["name"].upper() != _SHORT_LIVED:
                return match["name"]
    return None


def pasted_in(word: Word) -> Iterator[str]:
    """The secrets that are pasted into a word of a command; not the job's own token."""
    if "${{" in word.raw:
        for match in PASTED.finditer(word.raw):
            if match["name"].upper() != _SHORT_LIVED:
                yield match["name"]


def _env_of_workflow(job: Job, project: Project) -> Value:
    """The ``env:`` of the workflow that a job stands in."""
    workflow = _workflows(project).get((job.span.path, job.address))
    return workflow if workflow is not None else Absent(job.span)


@lru_cache(maxsize=1)
def _workflows(project: Project) -> dict[tuple[str, str], Value]:
    return {
        (job.span.path, job.address): workflow.tree.get("env")
        for workflow in project.facts.workflows
        for job in workflow.jobs
    }
