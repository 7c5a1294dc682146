"""Checks about the scan itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.findings import Outcome, Violation
from depcheck.model import Problem
from depcheck.project import Project


def unreadable_file(subject: Project, project: Project) -> Iterator[Outcome]:
    """Every file, and every part of one, could be read."""
    yield from _told(subject.problems)


def invalid_expression(subject: Project, project: Project) -> Iterator[Outcome]:
    """Every expression can be evaluated."""
    yield from _told(subject.invalid)


def _told(problems: Iterable[Problem]) -> Iterator[Outcome]:
    for problem in problems:
        text = problem.message + (f"; {problem.next_step}" if problem.next_step else "")
        variant = "repeated" if " is given again" in problem.message else ""
        yield Violation(problem.span, variant=variant, discriminator=problem.message, words={"text": text})
