"""Checks about the scan itself."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Outcome, Violation
from depcheck.project import Project


def unreadable_file(subject: Project, project: Project) -> Iterator[Outcome]:
    """Every file, and every part of one, could be read."""
    for problem in subject.problems:
        text = problem.message + (f"; {problem.next_step}" if problem.next_step else "")
        yield Violation(problem.span, discriminator=problem.message, words={"text": text})
