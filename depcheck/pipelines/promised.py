"""What ``pipeline:`` of the policy promises of each deployment, held against what comes before it and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.pipelines.deployments import (
    Deployment,
    Place,
    deployments,
    deployments_to,
    earlier,
    is_for_another,
    later,
    matching,
    on_failure,
)
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.together import told_once
from depcheck.pipelines.units import Pipeline, pipeline_of
from depcheck.project import Project
from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.policy.models.pipeline import Deploy

#: A promise is kept in a unit, broken in it, or what would decide it cannot be looked into.
KEPT, MISSING, ELSEWHERE, OPEN = "kept", "missing", "elsewhere", "open"
#: Promises that a job can keep without a step of its own.
_BY_ENVIRONMENT = frozenset({"approval"})


class Answer:
    """What became of one promised name for one deployment: ``state``, and the places that show it."""

    __slots__ = ("deployment", "key", "name", "path", "places", "state")

    def __init__(
        self, deployment: Deployment, key: str, name: str, path: tuple[str | int, ...], state: str, places: list[Place]
    ) -> None:
        self.deployment = deployment
        self.key = key
        self.name = name
        self.path = path
        self.state = state
        self.places = places


@lru_cache(maxsize=1)
def answers(project: Project) -> tuple[Answer, ...]:
    """Every name under ``before`` and ``verify``, for every deployment to its environment."""
    policy = project.policy
    found: list[Answer] = []
    if policy is None:
        return ()
    pipeline = pipeline_of(project)
    for environment, promise in policy.pipeline.deploys.items():
        for deployment in deployments_to(project, environment):
            path: tuple[str | int, ...] = ("pipeline", "deploys", environment)
            for index, name in enumerate(promise.before):
                state, places = _before(name, deployment, pipeline)
                found.append(Answer(deployment, "before", name, (*path, "before", index), state, places))
            for index, verification in enumerate(promise.verify):
                state, places = _after(verification.do, deployment, pipeline)
                found.append(Answer(deployment, "verify", verification.do, (*path, "verify", index), state, places))
    return tuple(found)


def _before(name: str, deployment: Deployment, pipeline: Pipeline) -> tuple[str, list[Place]]:
    own, units = earlier(deployment, pipeline, code_only=name == "migrate")
    job = deployment.unit.job
    if name in _BY_ENVIRONMENT and job is not None and "environment" in dict(job.tree.items()):
        return KEPT, [Place(deployment.unit, None)]
    found = list(matching(name, deployment.unit, own))
    for unit in units:
        found += matching(name, unit)
    return _state(found, name, deployment, pipeline, [own, *(unit.done for unit in units)])


def _after(name: str, deployment: Deployment, pipeline: Pipeline) -> tuple[str, list[Place]]:
    own, units = later(deployment, pipeline)
    environments = pipeline.project.environments
    found = list(matching(name, deployment.unit, own))
    for unit in units:
        if unit.environment in (None, deployment.environment):
            found += matching(name, unit)
    found = [
        each
        for each in found
        if each.done is None
        or (
            (name == "notify" or not on_failure(each.done))
            and not is_for_another(each.done, each.unit, deployment.environment, environments)
        )
    ]
    if not found and name == "health-check" and _waits(deployment):
        return KEPT, [Place(deployment.unit, deployment.last)]
    return _state(found, name, deployment, pipeline, [own, *(unit.done for unit in units)])


def _waits(deployment: Deployment) -> bool:
    """Whether the deploying command itself waits until what it deployed is well."""
    for index in deployment.at:
        done = deployment.unit.done[index]
        words = done.text.split()
        if {"--wait", "--atomic", "--wait-for-rollout"} & set(words):
            return True
        given = done.step.tree.get("with", "wait-for-service-stability") if done.step is not None else None
        if given is not None and given.span.text.strip("\"'") == "true":
            return True
    return False


def _state(
    found: list[Place], name: str, deployment: Deployment, pipeline: Pipeline, looked_at: Sequence[Sequence[Done]]
) -> tuple[str, list[Place]]:
    if found:
        return KEPT, found
    opaque = [Place(deployment.unit, each) for done in looked_at for each in done if each.opaque]
    elsewhere = [place for unit in pipeline.units if _may_gate(unit, deployment) for place in matching(name, unit)]
    if opaque:
        return OPEN, opaque
    return (ELSEWHERE, elsewhere) if elsewhere else (MISSING, [])


def _may_gate(unit: Unit, deployment: Deployment) -> bool:
    """Whether a unit could come before or after a deployment, if it were put there."""
    if unit is deployment.unit:
        return True
    if unit.job is None or deployment.unit.job is None:
        return False
    on_its_own = set(unit.triggers) <= {"schedule", "workflow_dispatch"}
    return not on_its_own and unit.environment in (None, deployment.environment)


def missing(project: Project) -> Iterator[Outcome]:
    """A promised name that nothing before or after a deployment does, nor anything else."""
    yield from told_once(_missing(project))


def _missing(project: Project) -> Iterator[Outcome]:
    policy = project.policy
    if policy is None:
        return
    for key in ("before", "verify"):
        for group in _by_deployment(answers(project), key, MISSING):
            deployment = group[0].deployment
            yield Violation(
                deployment.span,
                resource=deployment.unit.address,
                environment=deployment.environment,
                variant=key,
                related=_notes(group, policy),
                discriminator=f"{key}:{deployment.environment}",
                words=_words(group, deployment),
            )
    for answer in answers(project):
        deployment = answer.deployment
        if answer.state == KEPT:
            place = answer.places[0]
            said = f"{answer.name} comes {'before' if answer.key == 'before' else 'after'} {deployment.name} deploys"
            yield Held(place.span, said, resource=deployment.unit.address, environment=deployment.environment)
        elif answer.state == OPEN:
            place = answer.places[0]
            text = place.done.text if place.done is not None else place.unit.name
            yield Undetermined(
                place=place.span,
                reason=f"whether {text.split(chr(10), 1)[0][:60]} does {answer.name} cannot be seen here",
                resource=deployment.unit.address,
                environment=deployment.environment,
            )


def elsewhere(project: Project) -> Iterator[Outcome]:
    """A promised name that something does, but not where the deployment depends on it."""
    yield from told_once(_elsewhere(project))


def _elsewhere(project: Project) -> Iterator[Outcome]:
    policy = project.policy
    if policy is None:
        return
    found = [each for each in answers(project) if not _asks_another(each)]
    for key in ("before", "verify"):
        for group in _by_deployment(found, key, ELSEWHERE):
            deployment = group[0].deployment
            notes = [Note(_where(each), each.places[0].span) for each in group[:6]]
            done = deployment.first if key == "before" else deployment.last
            yield Violation(
                done.span,
                resource=deployment.unit.address,
                environment=deployment.environment,
                variant=key,
                related=[*notes, *_notes(group, policy)],
                discriminator=f"{key}:{deployment.environment}",
                words=_words(group, deployment),
            )


def _asks_another(answer: Answer) -> bool:
    """Whether the step is there and asks another environment, which is a finding of its own."""
    deployment = answer.deployment
    return answer.key == "verify" and any(
        each.unit is deployment.unit
        and each.done is not None
        and not on_failure(each.done)
        and each.unit.done.index(each.done) > deployment.at[-1]
        for each in answer.places
    )


def _where(answer: Answer) -> str:
    place, deployment = answer.places[0], answer.deployment
    if place.unit is deployment.unit:
        after = place.done is not None and place.unit.done.index(place.done) > deployment.at[-1]
        if answer.key == "verify" and after:
            return f"this {answer.name} is of another environment, or comes only after a failure"
        return f"{answer.name} comes {'only after it' if answer.key == 'before' else 'before it'}"
    return f"{answer.name} is done in {place.unit.address}"


def _by_deployment(found: Sequence[Answer], key: str, state: str) -> Iterator[list[Answer]]:
    groups: dict[Deployment, list[Answer]] = {}
    for answer in found:
        if answer.key == key and answer.state == state:
            groups.setdefault(answer.deployment, []).append(answer)
    yield from groups.values()


def _notes(group: Sequence[Answer], policy: Policy) -> list[Note]:
    return [Note(f"{each.name} is promised here", policy.span(*each.path)) for each in group[:6]]


def _words(group: Sequence[Answer], deployment: Deployment) -> dict[str, object]:
    names = [each.name for each in group]
    return {"job": deployment.name, "environment": deployment.environment, "names": listed(names)}


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def nowhere(project: Project) -> Iterator[Outcome]:
    """An environment whose deployment is promised something and that nothing deploys to."""
    policy = project.policy
    if policy is None or not deployments(project):
        return
    for environment in policy.pipeline.deploys:
        if not deployments_to(project, environment):
            undecided = [each for each in deployments(project) if each.environment is None]
            place = policy.key_span("pipeline", "deploys", environment)
            if undecided:
                reason = f"whether {undecided[0].name} deploys to {environment} is decided when it runs"
                yield Undetermined(place=place, reason=reason, environment=environment)
            else:
                yield Violation(place, environment=environment, words={"environment": environment})


def earlier_environment(project: Project) -> Iterator[Outcome]:
    """Whether a deployment waits for that to each environment that is promised to come first."""
    yield from told_once(_earlier_environment(project))


def _earlier_environment(project: Project) -> Iterator[Outcome]:
    policy = project.policy
    if policy is None:
        return
    pipeline = pipeline_of(project)
    for environment, promise in policy.pipeline.deploys.items():
        for index, wanted in enumerate(promise.after):
            place = policy.span("pipeline", "deploys", environment, "after", index)
            for deployment in deployments_to(project, environment):
                yield from _waits_for(deployment, wanted, place, pipeline, project)


def _waits_for(
    deployment: Deployment, wanted: str, promise: Span, pipeline: Pipeline, project: Project
) -> Iterator[Outcome]:
    unit = deployment.unit
    others = deployments_to(project, wanted)
    before = pipeline.before(unit)
    for other in others:
        if other.unit in before or (other.unit is unit and other.at[0] < deployment.at[0]):
            said = f"{deployment.name} waits for the deployment to {wanted}"
            yield Held(other.first.span, said, resource=unit.address, environment=deployment.environment)
            return
    opaque = next(
        (
            each
            for one in [unit, *before]
            for each in one.done
            if each.opaque and one.job is not None and one.job.uses is not None
        ),
        None,
    )
    if opaque is not None:
        reason = f"whether {opaque.text[:60]} deploys to {wanted} cannot be seen here"
        yield Undetermined(place=opaque.span, reason=reason, resource=unit.address, environment=deployment.environment)
        return
    notes = [Note(f"{others[0].name} deploys to {wanted}", others[0].span)] if others else []
    yield Violation(
        deployment.span,
        resource=unit.address,
        environment=deployment.environment,
        variant="" if others else "nowhere",
        related=[*notes, Note("it is promised here", promise)],
        discriminator=wanted,
        words={"job": deployment.name, "environment": deployment.environment, "other": wanted},
    )


def out_of_order(project: Project) -> Iterator[Outcome]:
    """Whether each name under ``order`` comes after the one before it."""
    policy = project.policy
    if policy is None:
        return
    pipeline = pipeline_of(project)
    order = policy.pipeline.order
    found = [[place for unit in pipeline.units for place in matching(name, unit)] for name in order]
    told = {each.name for each in answers(project) if each.state != KEPT}
    for index, name in enumerate(order):
        place = policy.span("pipeline", "order", index)
        if not found[index]:
            if name not in told and pipeline.units:
                yield Violation(place, variant="missing", discriminator=name, words={"name": name, "before": ""})
            continue
        if not index or not found[index - 1]:
            continue
        previous = order[index - 1]
        for unit in dict.fromkeys(each.unit for each in found[index]):
            if _follows(unit, name, previous, pipeline) or _is_told(unit, found[index - 1], project, policy):
                continue
            wrong = next(each for each in found[index] if each.unit is unit)
            where = found[index - 1][0]
            yield Violation(
                wrong.span,
                resource=unit.address,
                environment=unit.environment,
                related=[Note(f"{previous} is here", where.span), Note("the order is promised here", place)],
                discriminator=f"{previous}:{name}",
                words={"name": unit.name if unit.job is not None else name, "before": previous},
            )


def _follows(unit: Unit, name: str, previous: str, pipeline: Pipeline) -> bool:
    if any(next(matching(previous, other), None) is not None for other in pipeline.before(unit)):
        return True
    if unit.job is not None and any(place.done is None for place in matching(previous, unit)):
        return True
    mine = next(iter(matching(name, unit, unit.done)), None)
    at = unit.done.index(mine.done) if mine is not None and mine.done is not None else 0
    if mine is None and any(True for _ in matching(previous, unit, unit.done)):
        return True
    return any(True for _ in matching(previous, unit, unit.done[:at]))


def _is_told(unit: Unit, others: Sequence[Place], project: Project, policy: Policy) -> bool:
    """Whether ``after`` says the same of two deployments, so that its finding is told already."""
    promised: dict[str, Deploy] = policy.pipeline.deploys
    mine = {each.environment for each in deployments(project) if each.unit is unit}
    theirs = {each.environment for each in deployments(project) for other in others if each.unit is other.unit}
    return any(
        name in promised and other is not None and other in promised[name].after
        for name in mine
        if name is not None
        for other in theirs
    )
