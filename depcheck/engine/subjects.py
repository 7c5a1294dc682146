"""Which nouns of a project a rule looks at."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model import (
    Build,
    Command,
    File,
    Grant,
    Image,
    Job,
    Reference,
    Resource,
    Runtime,
    Schedule,
    Setting,
    Store,
    Workflow,
)
from depcheck.packs import Rule
from depcheck.parsers.table import ON_REQUEST
from depcheck.project import Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Subject: TypeAlias = (
    Resource
    | Setting
    | Reference
    | Image
    | Runtime
    | Grant
    | Command
    | Job
    | Workflow
    | Schedule
    | Store
    | Build
    | File
    | Project
)
#: The nouns that ``looks_at`` may name, and what its filter is held against; a project's is the kinds of its files, the
#: types of its resources and what else ``Project.kinds`` holds (``runtime`` …), one of which must be there.
NOUNS = {
    "resource": "type",
    "setting": "origin",
    "reference": "kind",
    "image": "role",
    "runtime": "language",
    "grant": "source",
    "command": "origin",
    "job": "",
    "workflow": "kind",
    "schedule": "",
    "store": "kind",
    "build": "",
    "file": "kind",
    "project": "",
}


def subjects(rule: Rule, project: Project) -> Iterable[Subject]:
    """What a rule is held against, in the order in which it stands."""
    noun, which = rule.looks_at
    facts = project.facts
    if noun == "resource":
        return _resources(project, which)
    if noun == "project":
        return [project] if not which or any(project.has(each) for each in (*which, *ON_REQUEST)) else []
    found: Iterable[Subject] = getattr(facts, noun + "s")
    key = NOUNS[noun]
    return [each for each in found if getattr(each, key) in which] if which and key else found


def _resources(project: Project, which: tuple[str, ...]) -> Iterable[Resource]:
    """Those of some types; data sources, which only read what others made, are asked for as ``data.TYPE``."""
    if not which:
        return project.facts.resources
    return [
        each
        for name in which
        for each in project.of_type(name.removeprefix("data."))
        if (each.kind == "data") == name.startswith("data.")
    ]


def address_of(subject: Subject) -> str | None:
    """The address that a finding about a subject names."""
    if isinstance(subject, (Resource, Job, Store)):
        return subject.address
    scope = getattr(subject, "scope", "")
    return scope or None


def environment_of(subject: Subject) -> str | None:
    """The environment of a subject, None where nothing tells it."""
    environment: str | None = getattr(subject, "environment", None)
    return environment
