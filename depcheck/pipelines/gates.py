"""Deployments that go out although what comes before them failed, or without waiting for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.patterns import Pattern
from depcheck.pipelines.conditions import calls
from depcheck.pipelines.deployments import Deployment, deployments
from depcheck.pipelines.nouns import Unit
from depcheck.pipelines.starts import may_run, starts
from depcheck.pipelines.units import Pipeline, pipeline_of
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, Unknown, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.models.pipeline import Deploy

#: What of a condition asks how the jobs before ended.
_ASKS = Pattern(
    r"needs\.[\w-]+\.(?:result|outputs)|needs\.\*\.result|success\(\)|steps\.[\w-]+\.(?:outcome|conclusion)|!\s*failure\(\)"
)
_CONCLUSION = Pattern(r"workflow_run\.(?:conclusion|status)")


def despite_failure(project: Project) -> Iterator[Outcome]:
    """Deployments whose condition makes them run after a failure, or after a workflow however it ended."""
    for deployment in deployments(project):
        unit = deployment.unit
        if unit.job is None or deployment.environment not in project.environments.critical:
            continue
        yield from _of_condition(deployment)
        yield from _of_workflow_run(deployment)


def _of_condition(deployment: Deployment) -> Iterator[Outcome]:
    unit = deployment.unit
    for link in unit.chain:
        condition = link.job.condition if link.job is not None else None
        if not isinstance(condition, (Known, Unknown)) or link.job is None or not link.needs:
            continue
        text = condition.span.text
        anyway = calls(condition) & {"always", "cancelled"}
        if not anyway or _ASKS.search(text):
            continue
        needs = ", ".join(name for each in link.job.needs if (name := string(each)))
        yield Violation(
            condition,
            resource=unit.address,
            environment=deployment.environment,
            related=[Note("it deploys here", deployment.first.span)],
            words={"job": link.name, "environment": deployment.environment, "needs": needs, "workflow": ""},
        )
        return


def _of_workflow_run(deployment: Deployment) -> Iterator[Outcome]:
    unit = deployment.unit
    event = unit.triggers.get("workflow_run")
    if event is None or len(unit.triggers) > 1:
        return
    texts = [
        each.job.condition.span.text for each in unit.chain if each.job is not None and each.job.condition is not None
    ]
    for other in pipeline_of_unit(unit):
        texts += [other.job.condition.span.text] if other.job is not None and other.job.condition is not None else []
    step = deployment.first.step
    texts += [step.condition.span.text] if step is not None and step.condition is not None else []
    checked = any("workflow_run.conclusion" in each.text for each in unit.done)
    names = ", ".join(f'"{name}"' for each in event.get("workflows").elements() if (name := string(each)))
    if checked or any(_CONCLUSION.search(text) or "needs." in text for text in texts):
        yield Held(unit.span, f"{unit.name} asks how {names} ended", resource=unit.address)
        return
    yield Violation(
        unit.span,
        resource=unit.address,
        environment=deployment.environment,
        variant="workflow",
        related=[Note("this starts it", event.key or event.span)],
        words={"job": unit.name, "environment": deployment.environment, "needs": "", "workflow": names},
    )


def pipeline_of_unit(unit: Unit) -> list[Unit]:
    """The units of the same run that come before a unit."""
    found: list[Unit] = []
    pending = list(unit.needs)
    while pending and len(found) < 100:
        other = pending.pop()
        if other not in found and other.chain[-1].workflow is unit.chain[-1].workflow:
            found.append(other)
            pending += other.needs
    return found


def unawaited_checks(project: Project) -> Iterator[Outcome]:
    """Tests of the same workflow that a deployment does not wait for."""
    pipeline = pipeline_of(project)
    promised = project.policy.pipeline.deploys if project.policy is not None else {}
    for deployment in deployments(project):
        unit, environment = deployment.unit, deployment.environment
        if unit.job is None or environment not in project.environments.critical:
            continue
        if environment in promised and promised[environment].before:
            continue  # what is promised before it is held one by one
        before = {*pipeline.before(unit), unit}
        waited = [each for each in before if _tests(each) is not None]
        beside = [
            each
            for each in pipeline.units
            if each not in before
            and each.chain[-1].workflow is unit.chain[-1].workflow
            and unit not in pipeline.before(each)
            and _tests(each) is not None
            and each.environment in (None, environment)
            and _run_together(unit, each)
        ]
        if not waited and not beside:
            yield from _perhaps_beside(unit, environment, pipeline, before)
        if waited or not beside:
            continue
        place = _tests(beside[0])
        yield Violation(
            unit.span,
            resource=unit.address,
            environment=environment,
            related=[Note(f"{beside[0].name} tests here", place if place is not None else beside[0].span)],
            words={"job": unit.name, "environment": environment, "tests": beside[0].name},
        )


def _perhaps_beside(unit: Unit, environment: str | None, pipeline: Pipeline, before: set[Unit]) -> Iterator[Outcome]:
    """Tests of the workflow of which it is decided only when it runs whether they run beside the deployment."""
    for other in pipeline.units:
        own = other.chain[-1].workflow is unit.chain[-1].workflow and other not in before
        if not own or unit in pipeline.before(other) or other.environment not in (None, environment):
            continue
        answers = [(may_run(unit, start), may_run(other, start)) for start in starts(unit)]
        if _tests(other) is not None and any(False not in pair for pair in answers):
            reason = f"whether {other.name} runs beside {unit.name} is decided when it runs"
            yield Undetermined(place=unit.span, reason=reason, resource=unit.address, environment=environment)
            return


def _tests(unit: Unit) -> Span | None:
    return next((each.span for each in unit.done if "tests" in each.names), None)


def _run_together(one: Unit, other: Unit) -> bool:
    """Whether one start surely starts both."""
    return any(may_run(one, start) and may_run(other, start) for start in starts(one))


def side_by_side(project: Project) -> Iterator[Outcome]:
    """Staging and production of one workflow that one start deploys to, without one waiting for the other."""
    pipeline = pipeline_of(project)
    environments = project.environments
    promised = project.policy.pipeline.deploys if project.policy is not None else {}
    found = deployments(project)
    for deployment in found:
        unit, environment = deployment.unit, deployment.environment
        if unit.job is None or environment not in environments.critical or _is_promised(promised, environment):
            continue
        for other in found:
            if environments.role(other.environment) != "staging" or other.unit.job is None:
                continue
            if other.unit is unit:
                yield from _in_one_job(unit, deployment)
                continue
            same = other.unit.chain[-1].workflow is unit.chain[-1].workflow
            waits = other.unit in pipeline.before(unit) or unit in pipeline.before(other.unit)
            if not same or waits or not _run_together(unit, other.unit):
                continue
            yield Violation(
                unit.span,
                resource=unit.address,
                environment=environment,
                related=[Note(f"{other.name} deploys to {other.environment}", other.span)],
                words={"job": unit.name, "environment": environment, "other": other.environment},
            )
            break


def _is_promised(promised: Mapping[str, Deploy], environment: str | None) -> bool:
    """Whether the policy says what comes before this environment, which is held by itself."""
    return environment is not None and environment in promised and bool(promised[environment].after)


def _in_one_job(unit: Unit, deployment: Deployment) -> Iterator[Outcome]:
    """A matrix of environments runs all of them at once, unless it is told not to."""
    job = unit.job
    if job is None or len(unit.environments) < 2:
        return
    most = job.tree.get("strategy", "max-parallel")
    if isinstance(most, Known) and scalar_text(most) == "1":
        return
    if isinstance(most, (Known, Unknown)) and "${{" in most.span.text:
        reason = "how many environments are deployed to at once is decided when it runs"
        yield Undetermined(place=most, reason=reason, resource=unit.address)
        return
    yield Violation(
        unit.span,
        resource=unit.address,
        environment=deployment.environment,
        variant="matrix",
        related=[Note("it deploys here", deployment.first.span)],
        words={"job": unit.name, "environment": deployment.environment, "other": ""},
    )
