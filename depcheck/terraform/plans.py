"""Plans beside a configuration: what a plan knows is put into the evaluated resources, at the configuration's lines."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model import Resource
from depcheck.values import Absent, Known, Step, Unknown, Value


def joined(evaluated: Sequence[Resource], planned: Sequence[Resource]) -> list[Resource]:
    """The evaluated resources, with the values of plans in place of what the configuration does not decide; planned
    resources that no configuration here makes are added as they are.

    A plan belongs to the root module in the nearest folder above it that has its resources, and to the environment that
    its path tells, or else to the only one.
    """
    made = list(evaluated)
    places: dict[tuple[str, str], list[int]] = {}
    for index, each in enumerate(made):
        places.setdefault((each.root, each.address), []).append(index)
    for plan in planned:
        at = _place(plan, made, places)
        if at is None:
            made.append(plan)
        else:
            made[at] = _merged(made[at], plan)
    return made


def _place(plan: Resource, made: Sequence[Resource], places: dict[tuple[str, str], list[int]]) -> int | None:
    folder = plan.span.path.rpartition("/")[0]
    while True:
        found = places.get((folder, plan.address), [])
        fitting = [index for index in found if made[index].environment == plan.environment]
        if fitting:
            return fitting[0]
        if len(found) == 1 and plan.environment is None:
            return found[0]
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _merged(resource: Resource, plan: Resource) -> Resource:
    attributes = dict(resource.attributes.items())
    for name, planned in plan.attributes.items():
        own = attributes.get(name, Absent(resource.span))
        if isinstance(planned, Known) and not isinstance(own, Known):
            attributes[name] = _moved(planned, own)
    return Resource(
        resource.type,
        resource.address,
        Known(attributes, resource.attributes.span),
        resource.span,
        name=resource.name,
        kind=resource.kind,
        environment=resource.environment,
        extent=resource.extent,
        root=resource.root,
        instances=resource.instances,
    )


def _moved(planned: Known, own: Value) -> Known:
    """A planned value at the place where the configuration has it."""
    key = own.key if isinstance(own, Unknown) else None
    via = (Step("the plan", planned.span),)
    return Known(planned.value, own.span, via=via, key=key, sensitive=planned.sensitive)
