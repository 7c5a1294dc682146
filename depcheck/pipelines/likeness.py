"""Deployments of two environments side by side: steps that one has and the other lacks."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.environments import Environments
from depcheck.findings import Note, Outcome, Violation
from depcheck.pipelines.deployments import Deployment, deployments, on_failure
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.promised import listed
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.source import Span

#: What both of two deployments should do: by an activity's word, and whether it matters to the environment itself.
_ALIKE = ("migrate", "smoke-test", "health-check", "tests", "security-scan")
#: How much of what the two do must be the same for them to be two of a kind.
_SIMILAR = 0.4


def lacking(project: Project) -> Iterator[Outcome]:
    """Steps that the deployment of the next environment has and this one lacks, either way."""
    for one, other in pairs(project):
        for less, more in ((one, other), (other, one)):
            missing = _missing(less, more, project)
            if not missing:
                continue
            names = [name for name, _ in missing]
            yield Violation(
                less.span,
                resource=less.unit.address,
                environment=less.environment,
                severity="medium" if "migrate" in names else None,
                related=[Note(f"{more.name} does {name} here", span) for name, span in missing],
                discriminator=f"{less.environment}:{more.environment}",
                words={
                    "job": less.name,
                    "environment": less.environment,
                    "other": more.environment,
                    "names": listed(names),
                },
            )


def pairs(project: Project) -> Iterator[tuple[Deployment, Deployment]]:
    """The deployments of staging and production that are two of a kind: one of each that is most alike."""
    environments = project.environments
    before = [each for each in deployments(project) if environments.role(each.environment) == "staging"]
    after = [each for each in deployments(project) if each.environment in environments.critical]
    taken: set[int] = set()
    for one in before:
        if one.unit.job is None or len(one.unit.environments) > 1:
            continue
        best: tuple[float, int] | None = None
        for index, other in enumerate(after):
            if index in taken or other.unit.job is None or other.unit.job is one.unit.job:
                continue
            alike = _alike(one, other, environments)
            if alike >= _SIMILAR and (best is None or alike > best[0]):
                best = (alike, index)
        if best is not None:
            taken.add(best[1])
            yield one, after[best[1]]


def _alike(one: Deployment, other: Deployment, environments: Environments) -> float:
    """How much of what two deployments do is the same, once words of environments are taken out."""
    mine, theirs = _lines(one, environments), _lines(other, environments)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def _lines(deployment: Deployment, environments: Environments) -> set[str]:
    return {
        " ".join(word for word in _unversioned(each).split()[:4] if environments.within(word) is None)
        for each in deployment.unit.done
        if each.inner is None
    }


def _unversioned(done: Done) -> str:
    """What is done, an action without its version."""
    return done.text if done.command is not None else done.text.partition("@")[0]


def _missing(less: Deployment, more: Deployment, project: Project) -> list[tuple[str, Span]]:
    has = {name for each in _whole(less, project) for done in each.done for name in done.names if not on_failure(done)}
    found: list[tuple[str, Span]] = []
    if any(done.opaque and done.command is None for each in _whole(less, project) for done in each.done):
        return []
    for name in _ALIKE:
        if name in _promised(less, project):
            continue  # whether it is there is told with the promise
        if name in has or (name in ("smoke-test", "health-check") and {"smoke-test", "health-check", "e2e-test"} & has):
            continue
        place = next(
            (
                done.span
                for each in _whole(more, project)
                for done in each.done
                if name in done.names and not on_failure(done)
            ),
            None,
        )
        if place is not None:
            found.append((name, place))
    return found


def _promised(deployment: Deployment, project: Project) -> list[str]:
    """What the policy promises around a deployment."""
    deploys = project.policy.pipeline.deploys if project.policy is not None else {}
    promise = deploys.get(deployment.environment or "")
    return [*promise.before, *(each.do for each in promise.verify)] if promise is not None else []


def _whole(deployment: Deployment, project: Project) -> list[Unit]:
    """The unit, and what comes before and after it in its own run that is of no other environment."""
    pipeline = pipeline_of(project)
    units = [deployment.unit, *pipeline.before(deployment.unit), *pipeline.after(deployment.unit)]
    return [each for each in units if each.environment in (None, deployment.environment)]
