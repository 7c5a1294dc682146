"""The survey of a project and the verdicts on it, once for all rules that ask."""

from __future__ import annotations

from functools import lru_cache

from depcheck.recovery.assessment import Assessment, Survey, assess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project


@lru_cache(maxsize=2)
def survey_of(project: Project) -> Survey:
    """What is known of a project's stores."""
    return Survey(project)


@lru_cache(maxsize=2)
def verdicts_of(project: Project) -> tuple[Assessment, ...]:
    """The verdicts on a project's stores and services."""
    return tuple(assess(project, survey_of(project)))
