"""Targets of recovery that what is configured can keep."""

from __future__ import annotations

from depcheck.project import Project
from depcheck.proposal.entries import Entries


def recovery(project: Project) -> Entries:
    """A target for each store of the critical environments."""
    from depcheck.recovery.assessment import Survey, assess
    from depcheck.recovery.offers import offers

    survey = Survey(project)
    critical = {*project.environments.critical, None}
    unpromised = [each for each in assess(project, survey) if each.store.environment in critical]
    found = offers(unpromised, survey)
    return {"stores": found} if found else {}
