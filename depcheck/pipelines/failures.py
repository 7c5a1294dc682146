"""What becomes of a deployment that fails: whether something rolls it back, and whether checks can stop it at all."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.pipelines.conditions import calls
from depcheck.pipelines.deployments import Deployment, deployments, on_failure
from depcheck.pipelines.nouns import Done
from depcheck.pipelines.together import told_once
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, Unknown, scalar_text

#: Commands that put the old version back by themselves when the new one does not come up.
_BY_ITSELF = Pattern(
    r"helm (?:upgrade|install) .*(?:--atomic|--rollback-on-failure).*|.*cdk deploy (?!.*--no-rollback).*"
    r"|aws cloudformation deploy (?!.*--disable-rollback).*|sam deploy(?!.*--disable-rollback).*"
    r"|aws deploy create-deployment .*--auto-rollback.*|.*aws-cloudformation-github-deploy.*"
)
_ROLLS_BACK = ("rollback",)
_CIRCUIT = ("aws_ecs_service",)


def without_rollback(project: Project, *, promised: bool) -> Iterator[Outcome]:
    """Whether a failed deployment is rolled back: of environments for which it is promised, or of the others."""
    yield from told_once(_without_rollback(project, promised=promised))


def _without_rollback(project: Project, *, promised: bool) -> Iterator[Outcome]:
    policy = project.policy
    wanted = {name for name, each in policy.pipeline.deploys.items() if each.rollback} if policy is not None else set()
    for deployment in deployments(project):
        environment = deployment.environment
        if environment is None or (environment in wanted) != promised or deployment.unit.job is None:
            continue
        if not promised and environment not in project.environments.critical:
            continue
        yield from _rolled_back(deployment, project, promised=promised)


def _rolled_back(deployment: Deployment, project: Project, *, promised: bool) -> Iterator[Outcome]:
    unit = deployment.unit
    found = _way_back(deployment, project)
    address, environment = unit.address, deployment.environment
    if isinstance(found, Unknown):
        yield Undetermined(found, resource=address, environment=environment)
        return
    if found is not None:
        yield Held(found[0], f"{unit.name} is rolled back: {found[1]}", resource=address, environment=environment)
        return
    opaque = next((each for each in unit.done if each.opaque), None)
    if opaque is not None and not promised:
        return
    notes = [Note("it deploys here", deployment.first.span)]
    if promised and project.policy is not None:
        notes.append(
            Note(
                "it is promised here",
                project.policy.span("pipeline", "deploys", str(deployment.environment), "rollback"),
            )
        )
    yield Violation(
        deployment.span,
        related=notes,
        words={"job": unit.name, "environment": deployment.environment},
        resource=address,
        environment=environment,
    )


def _way_back(deployment: Deployment, project: Project) -> tuple[Span, str] | Unknown | None:
    """What rolls a failed deployment back, and how a person would say it."""
    unit = deployment.unit
    for done in unit.done:
        if "rollback" in done.names and _after_failure(done):
            return done.span, "a step after a failure does it"
    for index in deployment.at:
        done = unit.done[index]
        if _BY_ITSELF.fullmatch(done.text.split("@", 1)[0] if done.command is None else _bare(done.text)):
            return done.span, "the deployment goes back by itself"
    for other in pipeline_of(project).after(unit):
        job = other.job
        if job is not None and calls(job.condition) & {"failure", "always"}:
            for done in other.done:
                if "rollback" in done.names:
                    return job.span, "a job after a failure does it"
    texts = [unit.done[index].text for index in deployment.at]
    if any("aws deploy " in text or "codedeploy" in text.lower() for text in texts):
        return _deployment_group(deployment, project)
    if any("ecs" in text for text in texts):
        return _circuit_breaker(deployment, project)
    return None


def _deployment_group(deployment: Deployment, project: Project) -> tuple[Span, str] | Unknown | None:
    """What CodeDeploy does after a failure is a matter of its deployment group."""
    groups = project.of_type("aws_codedeploy_deployment_group")
    for group in groups:
        enabled = group.get("auto_rollback_configuration", 0, "enabled")
        if scalar_text(enabled) == "true":
            return enabled.span, f"{group.address} rolls back by itself"
        if isinstance(enabled, Unknown):
            return enabled
    place = deployment.last.span
    return None if groups else Unknown("the deployment group of CodeDeploy, which is not here, decides it", place)


def _bare(text: str) -> str:
    return text.removeprefix("npx ").removeprefix("pnpm ").removeprefix("yarn ")


def _after_failure(done: Done) -> bool:
    if on_failure(done):
        return True
    condition = done.step.condition if done.step is not None else None
    text = condition.span.text if isinstance(condition, (Known, Unknown)) else ""
    return "failure" in text or "outcome" in text or (done.command is not None and done.command.joined == "||")


def _circuit_breaker(deployment: Deployment, project: Project) -> tuple[Span, str] | Unknown | None:
    services = [each for each in project.of_type(*_CIRCUIT) if each.environment in (None, deployment.environment)]
    undecided: Unknown | None = None
    for service in services:
        value = service.get("deployment_circuit_breaker", 0, "rollback")
        if scalar_text(value) == "true":
            return value.span, f"{service.address} has a circuit breaker"
        if isinstance(value, Unknown):
            undecided = value
        if _is_code_deploy(service):
            return service.span, f"{service.address} is deployed by CodeDeploy"
    return undecided


def _is_code_deploy(service: Resource) -> bool:
    return scalar_text(service.get("deployment_controller", 0, "type")) == "CODE_DEPLOY"
