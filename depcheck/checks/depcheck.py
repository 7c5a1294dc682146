"""Checks about the scan itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from depcheck.findings import Outcome, Violation
from depcheck.model import Problem
from depcheck.patterns import Pattern
from depcheck.project import Project

#: Folders of what tests read, which may be broken by intent, and of templates, which are filled in first.
_NOT_YET = Pattern(
    r"(?:^|/)(?:tests?|[\w-]*fixtures?_*|test-?data|testfiles[\w-]*|[\w-]*templates?)/|\.(?:template|tmpl|tpl|j2)$",
    re.IGNORECASE,
)


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
        severity = "low" if _NOT_YET.search(problem.span.path) else None
        yield Violation(
            problem.span,
            variant=variant,
            severity=severity,
            discriminator=problem.message,
            words={"text": text},
        )
