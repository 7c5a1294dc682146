"""What the policy says of things that were not there: environments, stores, and exceptions that except nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.engine.selection import Selection
from depcheck.project import Project
from depcheck.project.promises import matches
from depcheck.reporters.grouping import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.source import Span


#: The rule that reports exceptions that have ended.
EXPIRED = "expired-exception"
#: Parts of a policy that no rule reads yet. Whoever writes the rule takes the name out of here and of the README.
UNREAD = ("monitoring", "names", "promises", "evidence")


def unheld(project: Project, selection: Selection, seen: Iterable[str], ran: frozenset[str]) -> list[str]:
    """One sentence each, with its place. ``seen`` are the environments of what was read, ``ran`` the rules that were
    held against everything."""
    policy = project.policy
    if policy is None:
        return []
    found = [*_unread(policy), *_environments(policy, frozenset(seen)), *_stores(policy, project)]
    for index, entry in enumerate(policy.rules.ignore):
        if entry.until is not None and entry.until.isoformat() < project.as_of.isoformat():
            if EXPIRED in ran:
                continue  # it is a finding
            say = f"the exception for {entry.rule} ended on {entry.until.isoformat()}, so its findings count again"
        elif entry.rule in ran and index not in selection.used:
            say = f"the exception for {entry.rule} covers no finding; remove it, or correct its resources and paths"
        else:
            continue
        found.append((policy.span("rules", "ignore", index), say))
    found.sort(key=lambda each: each[0].start)
    return [f"{place.path}:{place.line}:{place.column}: {say}" for place, say in found]


def _unread(policy: Policy) -> Iterator[tuple[Span, str]]:
    names = sorted((name for name in UNREAD if policy.written(name)), key=lambda name: policy.key_span(name).start)
    if names:
        yield policy.key_span(names[0]), f"no rule reads {listed(names)} yet, so no promise there was checked"


def _environments(policy: Policy, seen: frozenset[str]) -> Iterator[tuple[Span, str]]:
    named = {name: policy.key_span("environments", name) for name in policy.environments}
    for variable, contract in policy.variables.items():
        for name in contract.environments:
            named.setdefault(name, policy.key_span("variables", variable, "environments"))
    for store, entry in policy.recovery.stores.items():
        for name in entry.environments:
            named.setdefault(name, policy.key_span("recovery", "stores", store, "environments"))
    for name, place in named.items():
        if name not in seen:
            yield place, f'nothing that was read belongs to the environment "{name}", so no promise for it was checked'


def _stores(policy: Policy, project: Project) -> Iterator[tuple[Span, str]]:
    for name, store in policy.recovery.stores.items():
        chosen = any(matches(each, selector) for selector in store.match for each in project.facts.resources)
        if store.match and not chosen:
            place = policy.key_span("recovery", "stores", name, "match")
            yield place, f'the store "{name}" matches no resource that was read, so no promise for it was checked'
