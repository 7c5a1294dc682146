"""What a pipeline does, in the words of the policy: which steps of a job test, scan, deploy, roll back …

The words and what each recognises are data in ``schemas/activities.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from depcheck.model import Command, Job, Step
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


class _Words:
    __slots__ = ("actions", "commands", "includes", "name", "scripts")

    def __init__(self, entry: dict[str, object], extra: tuple[str, ...] = ()) -> None:
        self.name = str(entry["name"])
        self.includes = _texts(entry.get("includes"))
        self.scripts = _regex(_texts(entry.get("scripts")))
        self.commands = _regex([*_texts(entry.get("commands")), *extra])
        self.actions = _regex([each.lower() for each in _texts(entry.get("actions"))])


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
    return _with_wider([word.name for word in _table() if word.actions and word.actions.fullmatch(name)])


def of_command(command: Command) -> list[str]:
    """The activities of a simple command."""
    text = " ".join(word.text if word.text is not None else word.raw for word in command.words)
    return of_text(text)


@lru_cache(maxsize=4096)
def of_text(text: str) -> list[str]:
    """The activities of a command line whose words are joined by one space."""
    names: list[str] = []
    for words in unwrapped(text.split()):
        line, named = " ".join(words), scripts(words)
        names += [
            word.name
            for word in _table()
            if (word.commands and word.commands.fullmatch(line))
            or (word.scripts and any(word.scripts.fullmatch(name) for name in named))
        ]
    return _with_wider(list(dict.fromkeys(names)))


def _with_wider(names: list[str]) -> list[str]:
    """``unit-test`` is also ``tests``, ``image-scan`` is also ``security-scan``."""
    wider = [word.name for word in _table() if any(name in word.includes for name in names)]
    return list(dict.fromkeys([*names, *wider]))


@lru_cache(maxsize=1)
def _table() -> tuple[_Words, ...]:
    from depcheck.data import load_json

    entries = load_json("schemas", "activities.json")["entries"]
    return tuple(_Words(entry) for entry in entries) if isinstance(entries, list) else ()


def _regex(globs: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{translate(glob)})" for glob in globs)) if globs else None


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def is_off(condition: Value | None) -> bool:
    """Whether an ``if:`` is the literal false."""
    return isinstance(condition, Known) and condition.value in (False, "false", "${{ false }}")
