"""What stands between a change and a critical environment: GitHub's environments, serialised runs, who may start it."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.patterns import Pattern
from depcheck.pipelines.deployments import Deployment, deployments
from depcheck.pipelines.nouns import Unit
from depcheck.pipelines.starts import may_run, starts
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.values import Absent, Known, Unknown, Value, string

_ON_REQUEST = ("pull_request", "pull_request_target")
#: What of a condition lets a deployment be reviewed first.
_GUARDS = Pattern(r"merged|event_name|github\.ref\b|ref_name|ref_type|inputs\.|needs\.")


def ungated(project: Project) -> Iterator[Outcome]:
    """Whether each deployment that matters names a GitHub environment, where reviewers can be required."""
    policy = project.policy
    promised = dict(policy.pipeline.deploys) if policy is not None else {}
    for deployment in deployments(project):
        unit, environment = deployment.unit, deployment.environment
        asked = environment in promised and bool(promised[environment].approval.people)
        if environment in promised and promised[environment].migrations.approval.people:
            asked = asked or any("migrate" in each.names for each in unit.done)
        if unit.job is None or environment is None or not (asked or environment in project.environments.critical):
            continue
        notes = [Note("it deploys here", deployment.first.span)]
        if asked and policy is not None:
            notes.append(Note("approval is promised here", policy.span("pipeline", "deploys", environment, "approval")))
        value = unit.job.tree.get("environment")
        gate = _gate_before(unit, environment, project)
        if isinstance(value, Absent) and gate is not None:
            said = f"{gate.name} names a GitHub environment before {unit.name} deploys"
            yield Held(gate.span, said, resource=unit.address, environment=environment)
        elif isinstance(value, Absent):
            yield Violation(
                unit.span,
                resource=unit.address,
                environment=environment,
                related=notes,
                words={"job": unit.name, "name": unit.name, "environment": environment},
            )
        elif isinstance(value, Unknown):
            yield Undetermined(value, resource=unit.address)
        else:
            yield Held(value, f"{unit.name} names a GitHub environment", resource=unit.address)


def _gate_before(unit: Unit, environment: str, project: Project) -> Unit | None:
    """A job that this one needs and that names the same environment."""
    for other in pipeline_of(project).before(unit):
        job = other.job
        if (
            job is not None
            and environment in other.environments
            and not isinstance(job.tree.get("environment"), Absent)
        ):
            return other
    return None


def cancelled(project: Project) -> Iterator[Outcome]:
    """Whether a newer run can cancel a deployment to a critical environment."""
    for deployment in _critical(project):
        for value in _concurrency(deployment.unit, "cancel-in-progress"):
            if isinstance(value, Known) and value.value in (True, "true"):
                yield Violation(
                    value,
                    resource=deployment.unit.address,
                    environment=deployment.environment,
                    related=[Note("it deploys here", deployment.first.span)],
                    words={"job": deployment.name, "name": deployment.name, "environment": deployment.environment},
                )
                break
            if isinstance(value, Unknown) or (isinstance(value, Known) and isinstance(value.value, str)):
                reason = "the expression of cancel-in-progress is decided when the workflow runs"
                yield Undetermined(place=value, reason=reason, resource=deployment.unit.address)
                break


def unserialised(project: Project) -> Iterator[Outcome]:
    """Whether two runs can deploy to a critical environment at once."""
    for deployment in _critical(project):
        groups = [each for each in _concurrency(deployment.unit, "group") if not isinstance(each, Absent)]
        if groups:
            said = f"{deployment.name} runs once at a time"
            yield Held(groups[0], said, resource=deployment.unit.address, environment=deployment.environment)
            continue
        yield Violation(
            deployment.unit.span,
            resource=deployment.unit.address,
            environment=deployment.environment,
            related=[Note("it deploys here", deployment.first.span)],
            words={"job": deployment.name, "name": deployment.name, "environment": deployment.environment},
        )


def _critical(project: Project) -> Iterator[Deployment]:
    for deployment in deployments(project):
        if deployment.unit.job is not None and deployment.environment in project.environments.critical:
            yield deployment


def _concurrency(unit: Unit, key: str) -> Iterator[Value]:
    """A key of each group that a job is in: its own, its workflow's, those of the jobs that call it."""
    for link in unit.chain:
        for holder in (link.job, link.workflow):
            if holder is None:
                continue
            group = holder.tree.get("concurrency")
            yield group if key == "group" and string(group) is not None else group.get(key)


def by_request(project: Project) -> Iterator[Outcome]:
    """Whether a pull request can start a deployment to a critical environment."""
    for deployment in _critical(project):
        unit = deployment.unit
        trigger = next((name for name in _ON_REQUEST if name in unit.triggers), None)
        if trigger is None:
            continue
        event = unit.triggers[trigger]
        step = deployment.first.step
        conditions = [link.job.condition for link in unit.chain if link.job is not None]
        conditions += [step.condition if step is not None else None]
        guard = " ".join(each.span.text for each in conditions if isinstance(each, (Known, Unknown)))
        only_closed = [string(each) for each in event.get("types").elements()] == ["closed"]
        answers = [may_run(unit, start, step) for start in starts(unit) if start.event == trigger]
        if only_closed or not answers or True not in answers:
            if None in answers and not only_closed and not _GUARDS.search(guard):
                reason = f"whether a {trigger} starts {unit.name} is decided when it runs"
                yield Undetermined(place=unit.span, reason=reason, resource=unit.address)
            else:
                yield Held(unit.span, f"{unit.name} is guarded against pull requests", resource=unit.address)
            continue
        yield Violation(
            deployment.first.span,
            resource=unit.address,
            environment=deployment.environment,
            related=[Note(f"the trigger {trigger}", event.key or event.span)],
            words={"job": unit.name, "environment": deployment.environment, "trigger": trigger},
        )
