"""Services on their stores: how long they are away when an instance or a zone is lost."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.policy import precedence
from depcheck.policy.precedence import Target
from depcheck.project import promises
from depcheck.recovery import figures
from depcheck.recovery.assessment import Assessment, judge
from depcheck.recovery.figures import Circumstances
from depcheck.recovery.found import NO, OPEN, YES, Answer, Mechanism, both, given, number
from depcheck.recovery.intervals import UNKNOWN, UNRECOVERABLE, Estimate, Term, longest
from depcheck.recovery.stores import Store
from depcheck.values import Absent, Known, Missing, Unknown, Value, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.models.recovery import Service
    from depcheck.recovery.assessment import Survey


def assess(survey: Survey) -> list[Assessment]:
    """The verdicts on every service of the policy, in the environments in which its target holds."""
    policy = survey.project.policy
    found: list[Assessment] = []
    if policy is None:
        return found
    for name, entry in policy.recovery.services.items():
        environments: list[str | None] = []
        holds = precedence.service_environments(policy, name, survey.project.environments)
        running = {each.environment for each in _running(entry, survey)}
        running |= {each.environment for each in survey.stores if each.promised in entry.needs}
        environments += [each for each in holds if each in running or None not in running]
        environments += [None] if None in running else []
        for environment in environments:
            for loss in precedence.service_losses(policy, name, environment):
                promise = precedence.service_target(policy, name, environment, loss)
                found.append(_assess(name, entry, environment, loss, Target(None, promise, None), survey))
    return found


def _running(entry: Service, survey: Survey) -> list[Resource]:
    return [
        each
        for each in survey.project.facts.resources
        if each.kind != "data" and any(promises.matches(each, selector) for selector in entry.match)
    ]


def _assess(
    name: str, entry: Service, environment: str | None, loss: str, target: Target, survey: Survey
) -> Assessment:
    policy = survey.project.policy
    assert policy is not None
    span = policy.key_span("recovery", "services", name)
    service = Store("service", span, environment=environment, promised=name)
    running = [each for each in _running(entry, survey) if each.environment == environment]
    if running:
        service.span = running[0].span
        service.address = running[0].address
    circumstances = survey.circumstances(service)
    terms: list[Term] = []
    missing: list[Missing] = []
    stores, lost = _stores(entry, environment, loss, target, survey, missing)
    if lost is not None:
        words = f"{lost} cannot be brought back, so that {name} cannot either"
        return Assessment(service, loss, UNRECOVERABLE, target, notes=[words])
    if stores:
        listed = ", ".join(each for each, _ in stores)
        slowest = longest(estimate.interval for _, estimate in stores)
        known = all(term.basis == "documented" for _, estimate in stores for term in estimate.terms)
        words = f"until {listed} {'is' if len(stores) == 1 else 'are'} back"
        terms.append(Term(words, slowest, "documented" if known else "assumed"))
    if entry.match and not running:
        missing.append(Missing(f"what runs {name} (no resource matches it here)", span))
    for resource in running:
        found = list(_compute(resource, loss, circumstances, survey))
        if not found:
            words = f"{resource.address} does not go on when a {loss} is lost"
            if resource.type not in _FINDERS:
                missing.append(Missing(f"how {resource.address} comes back", resource.span))
                continue
            return Assessment(service, loss, UNRECOVERABLE, target, notes=[words])
        for estimate, answer in found:
            terms += estimate.terms
            missing += answer.missing if answer.state == OPEN else ()
    row = figures.undocumented("service", f"{name} on its stores")
    mechanism = Mechanism(
        row,
        service.span,
        Estimate([]),
        Estimate(terms),
        losses=(loss,),
        exists=OPEN if missing else YES,
        missing=tuple(missing),
    )
    judged = judge([mechanism], target, loss)
    return Assessment(
        service,
        loss,
        judged.verdict,
        target,
        mechanism=mechanism,
        considered=[mechanism],
        missing=judged.missing or (tuple(missing) if judged.verdict == UNKNOWN else ()),
    )


def _stores(
    entry: Service, environment: str | None, loss: str, target: Target, survey: Survey, missing: list[Missing]
) -> tuple[list[tuple[str, Estimate]], str | None]:
    """How long each store takes that a service needs; the name of one that does not come back."""
    found: list[tuple[str, Estimate]] = []
    for needed in entry.needs:
        stores = [each for each in survey.stores if each.promised == needed and each.environment == environment]
        stores = stores or [each for each in survey.stores if each.promised == needed and each.environment is None]
        if not stores:
            span = survey.project.policy.span("recovery", "stores", needed) if survey.project.policy else None
            missing.append(Missing(f"the store {needed} in {environment or 'no environment'}", span))
        for store in stores:
            judged = judge(survey.mechanisms(store), target, loss)
            mechanism = judged.mechanism
            if judged.verdict == UNRECOVERABLE or mechanism is None:
                if store.resource is None:
                    missing.append(Missing(f"what brings {needed} back", store.span))
                    continue
                return found, needed
            if mechanism.exists == OPEN:
                missing += mechanism.missing
            found.append((needed, mechanism.rto))
    return found, None


def _compute(
    resource: Resource, loss: str, circumstances: Circumstances, survey: Survey
) -> Iterator[tuple[Estimate, Answer]]:
    """How long what runs the service takes by itself, once its stores are back."""
    finder = _FINDERS.get(resource.type)
    found = finder(resource, loss, survey) if finder is not None else None
    if found is None:
        return
    id, answer = found
    row = figures.compute(id)
    yield figures.recovery(row.rto, circumstances, row), answer


def _zones(values: Value, resource: Resource, survey: Survey) -> Answer:
    """Whether subnets are in several zones: yes, no, or nothing tells."""
    span = values.span
    if isinstance(values, Absent):
        return Answer(NO, resource.span)
    words = f"the zones of the subnets of {resource.address}"
    open_ = Answer(OPEN, span, (Missing(words, span),))
    if isinstance(values, Unknown):
        return open_
    zones: set[str] = set()
    undecided = False
    for value in values.elements():
        subnet = survey.lookup.named(value, "aws_subnet", resource)
        zone = string(subnet.get("availability_zone")) if subnet is not None else None
        if zone is None and subnet is not None:
            zone = string(subnet.get("availability_zone_id"))
        if zone is None:
            undecided = True
        else:
            zones.add(zone)
    if len(zones) > 1:
        return Answer(YES, span)
    return open_ if undecided and len(values.elements()) > 1 else Answer(NO, span)


def _amount(values: list[Value], resource: Resource) -> tuple[float | None, Answer]:
    """The largest of several numbers; None where none is decided."""
    numbers = [each for each in (number(value) for value in values) if each is not None]
    unknown = [value for value in values if isinstance(value, Unknown)]
    if numbers and (max(numbers) >= 2 or not unknown):
        return max(numbers), Answer(YES, resource.span)
    if unknown:
        value = unknown[0]
        return None, Answer(OPEN, value.span, value.missing or (Missing(value.reason, value.span),))
    return 0.0, Answer(YES, resource.span)


def _ecs(service: Resource, loss: str, survey: Survey) -> tuple[str, Answer] | None:
    counts: list[Value] = [service.get("desired_count")]
    name = string(service.get("name"))
    for target in survey.project.of_type("aws_appautoscaling_target"):
        identity = string(target.get("resource_id")) or ""
        outline = getattr(target.get("resource_id"), "outline", None) or ""
        beside = (target.root, target.environment) == (service.root, service.environment)
        if beside and name is not None and f"{identity}{outline}".endswith(f"/{name}"):
            counts.append(target.get("min_capacity"))
    amount, answer = _amount(counts, service)
    if amount == 0:
        words = f"desired_count of {service.address}, which is 0 here"
        answer = Answer(OPEN, service.span, (Missing(words, service.span),))
        amount = None
    several = amount is not None and amount >= 2
    if loss == "instance":
        return "ecs-tasks" if several else "ecs-task", answer
    if loss != "zone":
        return None
    subnets = service.get("network_configuration", 0, "subnets")
    if not given(subnets):
        open_ = Missing(f"the zones of the instances that {service.address} runs on", service.span)
        zones = Answer(OPEN, service.span, (open_,))
    else:
        zones = _zones(subnets, service, survey)
    if zones.state == NO:
        return "ecs-one-zone", answer
    return "ecs-tasks-zones" if several else "ecs-task-zones", both(answer, zones)


def _group(group: Resource, loss: str, survey: Survey) -> tuple[str, Answer] | None:
    amount, answer = _amount([group.get("min_size"), group.get("desired_capacity")], group)
    if amount == 0:
        answer = Answer(OPEN, group.span, (Missing(f"how many instances {group.address} has", group.span),))
        amount = None
    several = amount is not None and amount >= 2
    if loss == "instance":
        return "asg" if several else "asg-one", answer
    if loss != "zone":
        return None
    listed = group.get("availability_zones")
    if isinstance(listed, Known):
        zones = Answer(YES if len(listed.elements()) > 1 else NO, listed.span)
    else:
        zones = _zones(group.get("vpc_zone_identifier"), group, survey)
    if zones.state == NO:
        return None
    return "asg-zones" if several else "asg-one-zones", both(answer, zones)


def _instance(instance: Resource, loss: str, survey: Survey) -> tuple[str, Answer] | None:
    ids = {"instance": "ec2-recovery", "zone": "ec2-rebuild"}
    return (ids[loss], Answer(YES, instance.span)) if loss in ids else None


def _function(function: Resource, loss: str, survey: Survey) -> tuple[str, Answer] | None:
    subnets = function.get("vpc_config", 0, "subnet_ids")
    if loss == "instance" or not given(subnets):
        return ("lambda", Answer(YES, function.span)) if loss in ("instance", "zone") else None
    zones = _zones(subnets, function, survey)
    return ("lambda", zones) if loss == "zone" and zones.state != NO else None


def _balancer(balancer: Resource, loss: str, survey: Survey) -> tuple[str, Answer] | None:
    subnets = balancer.get("subnets")
    if loss == "instance":
        return "load-balancer", Answer(YES, balancer.span)
    if loss != "zone":
        return None
    if not given(subnets):
        subnets = balancer.get("subnet_mapping")
        several = len(subnets.elements()) > 1
        return ("load-balancer", Answer(YES, balancer.span)) if several else None
    zones = _zones(subnets, balancer, survey)
    if string(balancer.get("load_balancer_type")) in (None, "application") and len(subnets.elements()) > 1:
        # An application load balancer wants its subnets in different zones.
        zones = Answer(YES, subnets.span)
    return ("load-balancer", zones) if zones.state != NO else None


_FINDERS = {
    "aws_ecs_service": _ecs,
    "aws_autoscaling_group": _group,
    "aws_instance": _instance,
    "aws_lambda_function": _function,
    "aws_lb": _balancer,
    "aws_alb": _balancer,
}
