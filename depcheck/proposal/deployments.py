"""What the pipeline does around each deployment today."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.pipelines.deployments import Deployment, deployments, earlier, is_for_another, later
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.starts import may_run, starts
from depcheck.pipelines.units import Pipeline, pipeline_of
from depcheck.project import Project
from depcheck.proposal.entries import Entries
from depcheck.values import string

#: Activities that are worth promising before a deployment, and after it; wider words stand for narrower ones.
_BEFORE = ("lint", "type-check", "tests", "security-scan", "iac-plan", "env-validation", "backup", "migrate")
_AFTER = ("health-check", "smoke-test", "e2e-test", "performance-test")


def pipeline(project: Project) -> Entries:
    """What comes before and after every deployment to an environment."""
    by_environment: dict[str, list[Deployment]] = {}
    for each in deployments(project):
        if each.environment is not None and each.unit.job is not None:
            by_environment.setdefault(each.environment, []).append(each)
    whole = pipeline_of(project) if by_environment else None
    made: Entries = {}
    for name in project.environments.names:
        found = by_environment.get(name)
        entry = _of(name, found, whole, project) if found and whole is not None else {}
        if entry:
            made[name] = entry
    return {"deploys": made} if made else {}


def _of(name: str, found: list[Deployment], whole: Pipeline, project: Project) -> Entries:
    entry: Entries = {}
    branches = [_branches(each) for each in found]
    if branches[0] and all(each == branches[0] for each in branches):
        entry["from_branches"] = branches[0]
    reached = [
        {each.environment for each in deployments(project) if each.unit in whole.before(one.unit)} for one in found
    ]
    after = [other for other in project.environments.names if other != name and all(other in each for each in reached)]
    if after:
        entry["after"] = after[-1:]
    if name in project.environments.critical and all("environment" in _keys(each.unit) for each in found):
        entry["approval"] = True
    before = [_names(*earlier(each, whole), each, project) for each in found]
    verify = [_names(*later(each, whole), each, project) for each in found]
    if common := [each for each in _BEFORE if all(each in names for names in before)]:
        entry["before"] = common
    if common := [each for each in _AFTER if all(each in names for names in verify)]:
        entry["verify"] = common
    return entry


def _names(done: Iterable[Done], units: Iterable[Unit], deployment: Deployment, project: Project) -> set[str]:
    """The activities that are done for the environment of a deployment, or for none in particular."""
    everything = [(each, deployment.unit) for each in done]
    everything += [(each, unit) for unit in units for each in unit.done]
    return {
        name
        for each, unit in everything
        if not is_for_another(each, unit, deployment.environment, project.environments)
        for name in each.names
    }


def _keys(unit: Unit) -> set[str]:
    return {key for link in unit.chain if link.job is not None for key, _ in link.job.tree.items()}


def _branches(deployment: Deployment) -> list[str]:
    """The branches of a workflow's push filter, where pushes alone start it, that its conditions do not rule out."""
    unit = deployment.unit
    triggers = unit.triggers
    if not set(triggers) <= {"push", "workflow_dispatch", "workflow_call"} or "push" not in triggers:
        return []
    found = [string(each) for each in triggers["push"].get("branches").elements()]
    names = [name for name in found if name is not None and not name.startswith("!")] if None not in found else []
    pushes = [start for start in starts(unit) if start.event == "push"]
    out = {start.branch for start in pushes if may_run(unit, start, deployment.first.step) is False}
    return [name for name in names if name not in out]
