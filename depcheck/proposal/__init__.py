"""A first ``depcheck.yaml`` from what a repository holds: what can be promised today, because it is kept today."""

from __future__ import annotations

from collections.abc import Callable

from depcheck.project import Project
from depcheck.proposal import deployments, places, stores, surroundings, variables
from depcheck.proposal.entries import Entries, Path

#: Each part of the policy, in its order there, and who proposes it.
_PARTS: dict[str, Callable[[Project], Entries]] = {
    "environments": surroundings.environments,
    "recovery": stores.recovery,
    "variables": variables.variables,
    "pipeline": deployments.pipeline,
    "regions": places.regions,
    "tags": places.tags,
    "secrets": places.secrets,
}


def propose(project: Project) -> Entries:
    """What could be promised of a project that has no policy yet, by the keys of a policy."""
    return {"version": 1} | {name: found for name, part in _PARTS.items() if (found := part(project))}


def without(entries: Entries, path: Path) -> Entries:
    """The same without the entry at a path, and without what is empty then. An environment and a variable stay when
    nothing is promised of them any more."""
    return _without(entries, path, keep=2 if path[0] in ("environments", "variables") else 0)


def _without(entries: Entries, path: Path, keep: int) -> Entries:
    name, *rest = path
    inner = entries.get(name)
    if rest and isinstance(inner, dict):
        left = _without(inner, tuple(rest), keep - 1)
        if left or keep == 1:
            return {**entries, name: left}
    return {key: value for key, value in entries.items() if key != name}
