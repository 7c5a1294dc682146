"""The databases that tests run against and those that production runs: an engine in two major versions is two."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Image
from depcheck.project import Project
from depcheck.project.engines import Engine, engines, of_image
from depcheck.values import Known, Unknown

_DEVELOPMENT = frozenset({"development", "test", "preview"})


class Service:
    """A container beside a job, the engine it runs, and the engines that are deployed under that name."""

    __slots__ = ("deployed", "engine", "image", "major", "tag", "value")

    def __init__(
        self, image: Image, value: Known, found: tuple[str, str, tuple[int, ...]], deployed: list[Engine]
    ) -> None:
        self.image = image
        self.value = value
        self.engine, self.tag, self.major = found
        self.deployed = deployed

    @property
    def same(self) -> Engine | None:
        """A deployed engine of the same major version."""
        return next((each for each in self.deployed if each.major == self.major), None)


def undecided(project: Project) -> Iterator[tuple[Unknown, str]]:
    """Service containers of an engine that is deployed too, whose version is not decided."""
    jobs = {job.address for job in project.facts.jobs}
    names: set[str] | None = None
    for each in project.facts.images:
        value = each.reference
        if each.role != "container" or not isinstance(value, Unknown) or each.scope.rpartition(".")[0] not in jobs:
            continue
        stand_in = (value.outline or value.span.text).strip("\"'").partition(":")[0]
        found = of_image(Known(f"{stand_in}:1.1", value.span))
        if names is None:
            names = {engine.name for engine in engines(project)}
        if found is not None and found[0] in names:
            yield value, each.scope


def services(project: Project) -> Iterator[Service]:
    """Each service container of a job whose engine is deployed too: by a managed service, else by a compose file."""
    jobs = {job.address for job in project.facts.jobs}
    images = [
        each
        for each in project.facts.images
        if each.role == "container" and isinstance(each.reference, Known) and each.scope.rpartition(".")[0] in jobs
    ]
    if not images:
        return
    known = list(engines(project))
    seen = set()
    for image in images:
        value = image.reference
        found = of_image(value) if isinstance(value, Known) else None
        if found is None or not isinstance(value, Known) or value.span in seen:
            continue
        seen.add(value.span)
        deployed = _deployed([each for each in known if each.name == found[0]], project)
        if deployed:
            yield Service(image, value, found, deployed)


def _deployed(alike: list[Engine], project: Project) -> list[Engine]:
    """Those of the critical environments; where there are none, those of no environment; managed ones first."""
    critical = [each for each in alike if each.environment in project.environments.critical]
    rest = [each for each in alike if project.environments.role(each.environment) not in _DEVELOPMENT]
    chosen = critical or rest
    return [each for each in chosen if each.kind != "compose"] or chosen
