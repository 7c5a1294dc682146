"""Plans beside a configuration: what a plan knows is put into the evaluated resources, at the configuration's lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model import Resource
from depcheck.values import Absent, Known, Step, Unknown, Value

_PART = re.compile(r"""[^.\[\]]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?""")
_KEY = re.compile(r"""\[(?:"(?:[^"\\]|\\.)*"|\d+)\]""")
Places = dict[tuple[str, str], list[int]]


def joined(evaluated: Sequence[Resource], planned: Sequence[Resource]) -> list[Resource]:
    """The evaluated resources, with the values of plans in place of what the configuration does not decide; planned
    resources that no configuration here makes are added as they are.

    A plan belongs to the root module in the nearest folder above it that has its resources, and to the environment that
    its path tells, or else to the only one. Where one evaluated resource stands for several, the planned ones take its
    place, each at its lines.
    """
    made = list(evaluated)
    exact: Places = {}
    alike: Places = {}
    for index, each in enumerate(made):
        exact.setdefault((each.root, each.address), []).append(index)
        alike.setdefault((each.root, _KEY.sub("", each.address)), []).append(index)
    replaced: set[int] = set()
    for plan in planned:
        at = _place(plan, made, exact, plan.address)
        if at is not None:
            made[at] = _merged(made[at], plan)
            continue
        at = _place(plan, made, alike, _KEY.sub("", plan.address))
        if at is None:
            made.append(plan)
        else:
            replaced.add(at)
            made.append(_merged(made[at], plan, plan.address))
    return [each for index, each in enumerate(made) if index not in replaced]


def _place(plan: Resource, made: Sequence[Resource], places: Places, address: str) -> int | None:
    folder = plan.span.path.rpartition("/")[0]
    while True:
        found = [index for index in places.get((folder, address), ()) if _covers(made[index].address, plan.address)]
        fitting = [index for index in found if made[index].environment == plan.environment]
        if fitting:
            return fitting[0]
        if len(found) == 1 and plan.environment is None:
            return found[0]
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _covers(address: str, planned: str) -> bool:
    """Whether an address is a planned one, perhaps without some of its keys."""
    if address == planned:
        return True
    own = [_KEY.findall(part) for part in _parts(address)]
    return all(keys in ([], wanted) for keys, wanted in zip(own, map(_KEY.findall, _parts(planned)), strict=False))


def _parts(address: str) -> list[str]:
    """The names of an address, each with its key."""
    return _PART.findall(address)


def _merged(resource: Resource, plan: Resource, address: str = "") -> Resource:
    """A resource with what a plan knows of it; with an address, of one of those that it stands for."""
    attributes = dict(resource.attributes.items())
    for name, planned in plan.attributes.items():
        own = attributes.get(name, Absent(resource.span))
        if isinstance(planned, Known) and not isinstance(own, Known):
            attributes[name] = _moved(planned, own)
    return Resource(
        resource.type,
        address or resource.address,
        Known(attributes, resource.attributes.span),
        resource.span,
        name=resource.name,
        kind=resource.kind,
        environment=resource.environment,
        extent=resource.extent,
        root=resource.root,
        instances=1 if address else resource.instances,
    )


def _moved(planned: Known, own: Value) -> Known:
    """A planned value at the place where the configuration has it."""
    key = own.key if isinstance(own, Unknown) else None
    via = (Step("the plan", planned.span),)
    return Known(planned.value, own.span, via=via, key=key, sensitive=planned.sensitive)
