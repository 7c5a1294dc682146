"""Checks of agreement: facts that stand in several files and must be the same in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.project import Project, runtimes
from depcheck.project.runtimes import Difference, Statement
from depcheck.values import scalar_text

_NAMES = {
    "node": "Node",
    "python": "Python",
    "go": "Go",
    "java": "Java",
    "ruby": "Ruby",
    "php": "PHP",
    "terraform": "Terraform",
    "opentofu": "OpenTofu",
    "dotnet": ".NET",
}


def runtime_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What runs is what was chosen and tested."""
    yield from _compared(project, ("chosen", "tested"))


def runtime_not_accepted(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is chosen, tested and shipped is among the versions that the program accepts."""
    yield from _compared(project, ("accepted",))


def _compared(project: Project, kinds: tuple[str, ...]) -> Iterator[Outcome]:
    comparison = runtimes.compared(project)
    for each in comparison.differences:
        if each.kind in kinds:
            yield _different(each)
    for each in comparison.agreed:
        if each.kind in kinds:
            text = f"{_language(each.one)} {_version(each.one)} agrees with {_version(each.other)} in {each.other.path}"
            yield Held(each.one.runtime.span, text, environment=each.one.runtime.environment)
    for kind, statement, value in comparison.open:
        if kind in kinds:
            yield Undetermined(value, resource=statement.runtime.scope or None)


def _different(each: Difference) -> Violation:
    one, other = each.one, each.other
    return Violation(
        one.runtime.version,
        environment=one.runtime.environment,
        resource=one.runtime.scope or None,
        variant=f"{one.role}-{each.kind}",
        discriminator=f"{one.language} {_version(one)} {other.path}",
        related=[Note(f"{_language(other)} {_version(other)} is {_VERBS[other.role]} here", other.runtime.span)],
        words={
            "language": _language(one),
            "version": _version(one),
            "other": _version(other),
            "path": one.path,
            "file": other.path,
        },
    )


_VERBS = {"chosen": "chosen", "job": "set up", "accepted": "accepted", "image": "shipped", "function": "asked for"}


def _language(each: Statement) -> str:
    return _NAMES.get(each.language, each.language)


def _version(each: Statement) -> str:
    return scalar_text(each.runtime.version) or ""
