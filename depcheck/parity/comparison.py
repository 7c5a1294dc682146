"""The whole comparison: which environments there are and how that is known, which are compared, and every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise

from depcheck.parity import deployed, resources, variables
from depcheck.parity.relations import Promises
from depcheck.parity.resources import Counterparts
from depcheck.parity.rows import Row
from depcheck.parity.variables import Family
from depcheck.project import Project
from depcheck.project.env_files import PASSING

#: So many places are named where it is told how an environment is known.
_PLACES = 3


class Comparison:
    """Environments side by side. ``environments`` are those that something belongs to, from the least to the most
    critical, ``compared`` those of them that are compared with others; ``families`` and ``counterparts`` are what the
    ``rows`` are made from."""

    __slots__ = (
        "_groups",
        "_order",
        "_pairs",
        "compared",
        "counterparts",
        "environments",
        "families",
        "project",
        "promises",
        "rows",
    )

    def __init__(self, project: Project, compare: Iterable[Iterable[str]] | None = None) -> None:
        self.project = project
        self.environments = project.present
        policy = project.policy
        self._groups = [list(group) for group in compare or (policy.parity.compare if policy is not None else ())]
        self._order = {name: at for at, name in enumerate([*project.environments.names, *self.environments])}
        self._pairs: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        named = {name for group in self._groups for name in group}
        steady = [name for name in self.environments if project.environments.role(name) not in PASSING]
        self.compared = [name for name in self.environments if name in named] if named else steady
        self.promises = Promises(project.policy)
        self.families: list[Family] = variables.families(project)
        self.counterparts: list[Counterparts] = resources.counterparts(project)
        self.rows: list[Row] = [
            *variables.rows(project, self.promises, self.families, self.compared),
            *deployed.rows(project, self.promises, self.compared),
            *resources.rows(project, self.promises, self.counterparts, self.compared),
        ]

    def of_kind(self, *kinds: str) -> Iterator[Row]:
        """The rows of some kinds."""
        return (row for row in self.rows if row.kind in kinds)

    def pairs(self, row: Row) -> list[tuple[str, str]]:
        """The pairs of environments that are compared in a row, the less critical one first: those that are asked for,
        else neighbours among those that the row is about."""
        names = tuple(row.values)
        if names not in self._pairs:
            self._pairs[names] = self._paired(names)
        return self._pairs[names]

    def _paired(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        if not self._groups:
            return list(pairwise(names))
        found: dict[tuple[str, str], None] = {}
        for group in self._groups:
            here = sorted((name for name in group if name in names), key=lambda name: self._order[name])
            found.update(dict.fromkeys(combinations(here, 2)))
        return list(found)

    def state(self, row: Row) -> str:
        """How the values of a row relate between the compared environments."""
        return row.state(self.pairs(row), self.project.environments)


@lru_cache(maxsize=2)
def comparison(project: Project) -> Comparison:
    """The comparison of a project as its policy asks for it, made once."""
    return Comparison(project)


def evidence(project: Project) -> dict[str, list[str]]:
    """How it is known that there is each environment: the files, folders and jobs that tell it, the clearest first."""
    found: dict[str, dict[str, None]] = {}
    for file in project.facts.files:
        if file.environment is not None:
            path = file.source.path
            named = project.environments.of_file_name(path.rpartition("/")[2]) == file.environment
            found.setdefault(file.environment, {})[path if named else _folder(path, file.environment, project)] = None
    for setting in project.facts.settings:
        held = project.file(setting.span.path)
        if setting.environment is not None and held is not None and held.environment is None:
            found.setdefault(setting.environment, {})[setting.span.path] = None
    for job in project.facts.jobs:
        if job.environment is not None:
            found.setdefault(job.environment, {})[f"the job {job.address.removeprefix('workflow.')}"] = None
    for resource in project.facts.resources:
        if resource.environment is not None and resource.environment not in found:
            found[resource.environment] = {resource.root or resource.span.path: None}
    return {
        name: [*list(places)[:_PLACES], *([f"{len(places) - _PLACES} more"] if len(places) > _PLACES else [])]
        for name, places in found.items()
    }


def _folder(path: str, environment: str, project: Project) -> str:
    """The folder of a path that names the environment, else the path (a glob of the policy names it)."""
    parts = path.split("/")
    for end in range(len(parts) - 1, 0, -1):
        if project.environments.named(parts[end - 1]) == environment:
            return "/".join(parts[:end]) + "/"
    return path
