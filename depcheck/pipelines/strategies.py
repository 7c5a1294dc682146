"""How services replace their old version, held against ``strategy`` of the policy.

``deployment_controller`` and ``deployment_configuration.strategy`` of ``aws_ecs_service``: rolling unless another one
is asked for; CodeDeploy shifts the traffic as the configuration of its deployment group says.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.project import Project
from depcheck.values import Absent, Unknown, Value, scalar_text

_BY_STRATEGY = {"ROLLING": "rolling", "BLUE_GREEN": "blue-green", "CANARY": "canary", "LINEAR": "canary"}


def of_service(service: Resource, project: Project) -> Iterator[Outcome]:
    """Whether an ECS service is deployed to in one of the promised ways."""
    policy, environment = project.policy, service.environment
    promise = policy.pipeline.deploys.get(environment or "") if policy is not None else None
    if policy is None or promise is None or not promise.strategy:
        return
    controller = service.get("deployment_controller", 0, "type")
    strategy = service.get("deployment_configuration", 0, "strategy")
    about = service.address
    for value in (controller, strategy):
        if isinstance(value, Unknown):
            yield Undetermined(value, resource=about, environment=environment)
            return
    found = _strategies(controller, strategy, project)
    place: Value = strategy if not isinstance(strategy, Absent) else controller
    wanted = [str(each) for each in promise.strategy]
    if found is None:
        reason = "CODE_DEPLOY shifts traffic as its deployment group says, and other controllers as they like"
        yield Undetermined(place=place, reason=reason, resource=about, environment=environment)
    elif found in wanted:
        yield Held(place, f"{about} is deployed to {found}", resource=about, environment=environment)
    else:
        yield Violation(
            place,
            resource=about,
            environment=environment,
            related=[Note("it is promised here", policy.span("pipeline", "deploys", environment or "", "strategy"))],
            words={"found": found, "promised": " or ".join(wanted)},
        )


def _strategies(controller: Value, strategy: Value, project: Project) -> str | None:
    kind = scalar_text(controller) or "ECS"
    if kind == "ECS":
        return _BY_STRATEGY.get((scalar_text(strategy) or "ROLLING").upper())
    if kind != "CODE_DEPLOY":
        return None
    for group in project.of_type("aws_codedeploy_deployment_group"):
        named = (scalar_text(group.get("deployment_config_name")) or "").lower()
        if "canary" in named or "linear" in named:
            return "canary"
        if "allatonce" in named:
            return "blue-green"
    return None
