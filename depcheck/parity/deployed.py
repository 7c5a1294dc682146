"""What environments run and how it gets there: images, runtimes, and the steps of their jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Step
from depcheck.parity.relations import Promises, Relation
from depcheck.parity.rows import PLACEHOLDER, Row, neutral
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import Known, Value, string

_IMAGE = Relation("same", topic="image")
_RUNTIME = Relation("same", topic="runtime")
_STEP = Relation("superset", topic="step")

_ABOUT = Pattern(r"[\s_./-]?" + re.escape(PLACEHOLDER) + r"[\s_./-]?")

Found = dict[tuple[str, str, str], dict[str, Value]]


def rows(project: Project, promises: Promises, order: list[str]) -> Iterator[Row]:
    """The rows of images, of runtimes and of the steps of jobs."""
    for kind, relation, found in (
        ("image", _IMAGE, _images(project)),
        ("runtime", _RUNTIME, _runtimes(project)),
        ("step", _STEP, _steps(project)),
    ):
        groups: dict[str, set[str]] = {}
        shared: dict[tuple[str, str], set[str]] = {}
        for (group, name, label), values in found.items():
            groups.setdefault(group, set()).update(values)
            shared.setdefault((name, label), set()).add(group)
        for (group, name, label), values in found.items():
            here = [each for each in order if each in groups[group]]
            if len(here) < 2:
                continue
            subject = label if len(shared[(name, label)]) == 1 else f"{label}@{group}"
            yield Row(
                subject,
                kind,
                name,
                promises.of([subject, label], relation),
                {each: values.get(each) for each in here},
                group=group,
            )


def _images(project: Project) -> Found:
    found: Found = {}
    for image in project.facts.images:
        environment = image.environment
        # The image of a compose service is one of its attributes.
        if environment is None or image.role not in ("from", "container"):
            continue
        if image.role == "from" and not image.final:
            continue
        path = neutral(image.span.path, environment, project.environments)
        if image.role == "from":
            name = image.stage or image.scope
            label = f"image.{_plain(image.span.path, environment, project)}.{name}"
        else:
            name = neutral(image.scope or image.span.path, environment, project.environments)
            label = f"image.{name}"
        found.setdefault((path, name, label), {}).setdefault(environment, image.reference)
    return found


def _runtimes(project: Project) -> Found:
    found: Found = {}
    for runtime in project.facts.runtimes:
        environment = runtime.environment
        if environment is None:
            continue
        scope = runtime.scope or runtime.span.path
        group = neutral(scope, environment, project.environments)
        key = (group, runtime.language, f"runtime.{runtime.language}")
        found.setdefault(key, {}).setdefault(environment, runtime.version)
    return found


def _steps(project: Project) -> Found:
    found: Found = {}
    for job in project.facts.jobs:
        environment = job.environment
        if environment is None:
            continue
        stem, _, name = job.address.removeprefix("workflow.").partition(".")
        parts = [_plain(part, environment, project) for part in (stem, name)]
        label = ".".join(["job", *parts])
        for step in job.steps:
            called = _plain(_called(step), environment, project)
            value = next((each for each in (step.uses, step.run) if each is not None), Known(called, step.span))
            found.setdefault((label, called, f"{label}.{called}"), {}).setdefault(environment, value)
    return found


def _plain(text: str, environment: str, project: Project) -> str:
    """A name without the words for its environment, as far as anything is left."""
    found = neutral(text, environment, project.environments)
    if found == text:
        return text
    left = _ABOUT.sub(lambda match: " " if match[0].startswith(" ") and match[0].endswith(" ") else "", found)
    return left.strip("-_. /") or found


def _called(step: Step) -> str:
    """What a step is called: its name, else the action without its version, else the first line of its script."""
    if step.name:
        return step.name
    if step.uses is not None:
        return (string(step.uses) or step.uses.span.text).partition("@")[0]
    text = (string(step.run) or step.run.span.text) if step.run is not None else ""
    return text.strip().partition("\n")[0][:60] or f"step {step.index + 1}"
