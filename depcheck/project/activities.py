"""What a pipeline does, in the words of the policy: which steps of a job test, scan, deploy, roll back …

The words and what each recognises are data in ``schemas/activities.json``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from depcheck.model import Command, Job, Step
from depcheck.patterns import Pattern
from depcheck.project.command_globs import Globs
from depcheck.project.command_lines import scripts, unwrapped
from depcheck.source import Span
from depcheck.values import Known, Value, string


class Activity:
    """One thing that a step does: the word, the step, and the smallest place that shows it."""

    __slots__ = ("name", "span", "step")

    def __init__(self, name: str, span: Span, step: Step | None) -> None:
        self.name = name
        self.span = span
        self.step = step


class _Table:
    __slots__ = ("actions", "commands", "includes", "names", "scripts")

    def __init__(self, entries: object) -> None:
        self.names: list[str] = []
        self.includes: dict[str, list[str]] = {}
        self.scripts, self.commands, self.actions = Globs(), Globs(), Globs()
        for entry in entries if isinstance(entries, list) else ():
            name = str(entry["name"])
            self.names.append(name)
            self.includes[name] = _texts(entry.get("includes"))
            for key, globs in (("scripts", self.scripts), ("commands", self.commands), ("actions", self.actions)):
                for glob in _texts(entry.get(key)):
                    globs.add(glob.lower() if key == "actions" else glob, name)


#: A bucket's objects that are copied elsewhere.
_COPIES = Pattern(r"\bs3 (?:sync|cp|mv) \"?s3://", holding=("s3://",))
#: Programs, and usual names of functions, whose arguments may name what others do.
TALKS = frozenset(
    {
        "echo",
        "printf",
        "print",
        "info",
        "log",
        "warn",
        "error",
        "success",
        "die",
        "fail",
        "note",
        "usage",
        "cat",
        "grep",
    }
    | {"chmod", "chown", "cp", "mv", "rm", "ls", "touch", "shellcheck", "which", "type", "command", "test", "[", "[["}
    | {
        "cd",
        "pushd",
        "popd",
        "export",
        "set",
        "unset",
        "local",
        "declare",
        "readonly",
        "return",
        "exit",
        "sleep",
        "read",
    }
    | {"shift", "trap", "let", "expr", "true", "false", ":", "jq", "sed", "awk", "tr", "cut", "head", "tail", "sort"}
    | {"uniq", "wc", "date", "mkdir", "find", "basename", "dirname"}
)


def activities(job: Job, commands: Iterable[Command]) -> list[Activity]:
    """Everything a job does, step by step. ``commands`` are the project's; those inside the job's steps count."""
    found: list[Activity] = []
    own = [each for each in commands if each.scope == job.address and each.span.path == job.span.path]
    for step in job.steps:
        if step.uses is not None:
            used = string(step.uses)
            if used is not None:
                found += [Activity(name, step.uses.span, step) for name in of_action(used)]
        run = step.tree.get("run")
        if isinstance(run, Known):
            for command in own:
                if run.span.start <= command.span.start < run.span.end:
                    found += [Activity(name, command.span, step) for name in of_command(command)]
    return found


def of_action(reference: str) -> list[str]:
    """The activities of an action (``owner/name@version``)."""
    name = reference.split("@", 1)[0].lower()
    return with_wider(_table().actions.names(name))


def of_command(command: Command) -> list[str]:
    """The activities of a simple command; what only talks of another one does none."""
    if command.name in TALKS:
        return []
    text = " ".join(word.text if word.text is not None else word.raw for word in command.words)
    if _COPIES.search(text):
        return []
    return of_text(text)


@lru_cache(maxsize=4096)
def of_text(text: str) -> list[str]:
    """The activities of a command line whose words are joined by one space."""
    names: set[str] = set()
    for words in unwrapped(text.split()):
        names |= _table().commands.names(" ".join(words))
        for script in scripts(words):
            names |= _table().scripts.names(script)
    return with_wider(names)


def with_wider(names: set[str]) -> list[str]:
    """``unit-test`` is also ``tests``, ``image-scan`` is also ``security-scan``."""
    if not names:
        return []
    table = _table()
    return [name for name in table.names if name in names or not names.isdisjoint(table.includes[name])]


@lru_cache(maxsize=1)
def _table() -> _Table:
    from depcheck.data import load_json

    return _Table(load_json("schemas", "activities.json")["entries"])


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def is_off(condition: Value | None) -> bool:
    """Whether an ``if:`` is the literal false."""
    return isinstance(condition, Known) and condition.value in (False, "false", "${{ false }}")
