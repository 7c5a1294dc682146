"""From which branches and by which events an environment is deployed to, held against the policy."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.pipelines.deployments import Deployment, deployments_to
from depcheck.pipelines.starts import ANY, Start, may_run, starts
from depcheck.pipelines.together import told_once
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, Unknown

#: Event of GitHub's → the policy's word for it.
_WORDS = {
    "push": "push",
    "pull_request": "pull_request",
    "pull_request_target": "pull_request",
    "schedule": "schedule",
    "workflow_dispatch": "manual",
    "repository_dispatch": "manual",
    "release": "release",
    "workflow_run": "workflow_run",
}
#: Events that run on a branch that somebody chooses.
_CHOSEN = frozenset({"push", "workflow_dispatch", "workflow_run"})


def other_branches(project: Project) -> Iterator[Outcome]:
    """Whether a deployment can start from a branch that is not promised."""
    yield from told_once(_other_branches(project))


def _other_branches(project: Project) -> Iterator[Outcome]:
    policy = project.policy
    for environment, promise in policy.pipeline.deploys.items() if policy is not None else ():
        if policy is None or not promise.from_branches:
            continue
        place = policy.span("pipeline", "deploys", environment, "from_branches")
        samples = [each.replace("**", "x").replace("*", "x") for each in promise.from_branches]
        for deployment in deployments_to(project, environment):
            if deployment.unit.job is None:
                continue
            wrong: list[Start] = []
            open_: Start | None = None
            for start in starts(deployment.unit, samples):
                if start.event not in _CHOSEN or start.branch is None:
                    continue
                if any(fnmatchcase(start.branch, glob) for glob in promise.from_branches):
                    continue
                if start.event == "workflow_dispatch" and "environment" in dict(deployment.unit.job.tree.items()):
                    continue  # the environment's own settings say which branches may be deployed
                runs = may_run(deployment.unit, start, deployment.first.step)
                if runs:
                    wrong.append(start)
                elif runs is None and open_ is None:
                    open_ = start
            yield from _told(deployment, wrong, open_, place)


def _told(deployment: Deployment, wrong: list[Start], open_: Start | None, promise: Span) -> Iterator[Outcome]:
    unit = deployment.unit
    words = {"job": unit.name, "environment": deployment.environment}
    if wrong:
        any_branch = [each for each in wrong if each.branch == ANY]
        start = (any_branch or wrong)[0]
        what = "any branch" if any_branch else str(start.branch)
        how = " by hand" if start.event == "workflow_dispatch" else ""
        yield Violation(
            _condition(deployment) or start.span,
            resource=unit.address,
            environment=deployment.environment,
            related=[Note("this starts it", start.span), Note("other branches are promised here", promise)],
            words={**words, "branch": what + how},
        )
    elif open_ is not None:
        reason = f"whether {unit.name} deploys from {open_.branch} too is decided when it runs"
        place = _condition(deployment) or open_.span
        yield Undetermined(place=place, reason=reason, resource=unit.address, environment=deployment.environment)
    elif unit.triggers:
        said = f"{unit.name} deploys only from the promised branches"
        yield Held(_condition(deployment) or unit.span, said, resource=unit.address, environment=deployment.environment)


def _condition(deployment: Deployment) -> Span | None:
    """The condition of the job, or of its deploying step."""
    step, job = deployment.first.step, deployment.unit.job
    for holder in (job, step):
        condition = holder.condition if holder is not None else None
        if isinstance(condition, (Known, Unknown)):
            return condition.span
    return None


def other_triggers(project: Project) -> Iterator[Outcome]:
    """Whether an event that is not promised can start a deployment."""
    policy = project.policy
    for environment, promise in policy.pipeline.deploys.items() if policy is not None else ():
        if policy is None or not promise.from_:
            continue
        place = policy.span("pipeline", "deploys", environment, "from")
        for deployment in deployments_to(project, environment):
            unit = deployment.unit
            told: set[str] = set()
            for start in starts(unit, [glob.replace("*", "x") for glob in promise.from_branches]):
                word = _WORDS.get(start.event, start.event)
                if start.event == "push" and start.branch is None and "release" in promise.from_:
                    continue
                if word in promise.from_ or word in told or start.event == "workflow_call":
                    continue
                runs = may_run(unit, start, deployment.first.step)
                if runs is False:
                    continue
                told.add(word)
                if runs is None:
                    reason = f"whether {start.event} starts {unit.name} is decided when it runs"
                    yield Undetermined(place=start.span, reason=reason, resource=unit.address, environment=environment)
                    continue
                if environment in project.environments.critical and word == "pull_request":
                    continue  # a finding of its own, whatever is promised
                yield Violation(
                    start.span,
                    resource=unit.address,
                    environment=environment,
                    related=[Note("it deploys here", deployment.first.span), Note("what may start it", place)],
                    discriminator=word,
                    words={"job": unit.name, "environment": environment, "trigger": start.event},
                )
