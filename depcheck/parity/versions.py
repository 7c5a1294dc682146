"""Versions that production has and the environments before it have not: of databases and of Terraform's providers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.parity.comparison import Comparison
from depcheck.parity.modules import version_of
from depcheck.parity.rows import neutral
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.engines import Engine, engines, undecided
from depcheck.project.env_files import PASSING
from depcheck.source import Span


def databases(project: Project) -> Iterator[Outcome]:
    """What production's databases run has run in the environments before it."""
    found = _Found(project)
    critical = project.environments.critical
    told: set[tuple[str, str | None]] = set()
    in_production = {theirs.name for theirs in found.all if theirs.environment in critical}
    for name, resource, version in undecided(project):
        if name in in_production and resource.environment is not None and resource.environment not in critical:
            yield Undetermined(version, resource=resource.address, environment=resource.environment)
    for theirs in found.all:
        if theirs.environment not in critical:
            continue
        for ours in found.counterparts(theirs):
            key = (ours.resource.address, ours.environment)
            if ours.major == theirs.major:
                yield Held(ours.value, f"{ours.name} {ours.version} as in {theirs.environment}", environment=key[1])
            elif key not in told and (ours.environment is None or ours.major < theirs.major):
                told.add(key)
                yield Violation(
                    ours.value,
                    resource=ours.resource.address,
                    environment=ours.environment,
                    variant="local" if ours.environment is None else "",
                    severity="low" if project.environments.role(ours.environment) in (None, "development") else None,
                    related=[Note(f"{theirs.environment} runs {theirs.version}", theirs.value.span)],
                    words={
                        "address": ours.resource.address,
                        "engine": ours.name,
                        "version": ours.version,
                        "theirs": theirs.version,
                        "critical": theirs.environment,
                    },
                )


class _Found:
    """The engines of a project, by what finds a counterpart at once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        names, passed_over = project.environments.names, project.environments.critical
        self._before = [
            name
            for name in reversed(names)
            if name not in passed_over and project.environments.role(name) not in PASSING
        ]
        self.all = list(engines(project))
        self._by_name: dict[tuple[str, str | None], list[Engine]] = {}
        self._at: dict[tuple[str, str | None, str, str], list[Engine]] = {}
        for each in self.all:
            if each.environment is not None or each.kind == "compose":
                self._by_name.setdefault((each.name, each.environment), []).append(each)
            self._at.setdefault(self._key(each, each.environment), []).append(each)

    def _key(self, engine: Engine, environment: str | None) -> tuple[str, str | None, str, str]:
        own, resource = engine.environment, engine.resource
        if own is None:
            return engine.name, environment, "", resource.address
        names = self._project.environments
        return engine.name, environment, neutral(resource.root, own, names), neutral(resource.address, own, names)

    def counterparts(self, theirs: Engine) -> list[Engine]:
        """The same engine in the environment before, and in a compose file for developers: at the same address, else
        the only version of its name there."""
        before = next((name for name in self._before if (theirs.name, name) in self._by_name), None)
        same = self._at.get(self._key(theirs, before), [])[:1] if before is not None else []
        if len({each.major for each in self._by_name[(theirs.name, theirs.environment)]}) > 1:
            return same
        local = _one_version(self._by_name.get((theirs.name, None), []))
        return [*(same or _one_version(self._by_name.get((theirs.name, before), []) if before else [])), *local]


def _one_version(found: list[Engine]) -> list[Engine]:
    return found[:1] if len({each.major for each in found}) == 1 else []


# -- providers of Terraform ----------------------------------------------------------------------------------------

_LOCKED = Pattern(
    r'^provider\s+"(?P<name>[^"]{1,200})"\s*\{[^}]*?^\s*version\s*=\s*"(?P<version>[^"]{1,40})"', re.MULTILINE
)
_REQUIRED = Pattern(r"\brequired_providers\s*\{")
_ENTRY = Pattern(r'(?P<name>[A-Za-z0-9_-]+)\s*=\s*\{[^{}]*?\bversion\s*=\s*"(?P<version>[^"]{1,80})"')
#: So much of a file is looked at for its required providers.
_BLOCK = 10_000

Found = dict[tuple[str, str], dict[str, tuple[str, Span]]]


def providers(compared: Comparison) -> Iterator[Outcome]:
    """Providers that are newer in production than in the environment before it, by lock files, else by what is asked
    for."""
    project = compared.project
    locked, required = _providers(project)
    for (group, name), found in [
        *locked.items(),
        *((key, each) for key, each in required.items() if key not in locked),
    ]:
        order = [each for each in compared.compared if each in found]
        for less, critical in pairwise(order):
            if critical not in project.environments.critical:
                continue
            (first, there), (second, here) = found[less], found[critical]
            before, after = version_of(first), version_of(second)
            if before is None or after is None or after <= before[: len(after)] or after <= before:
                continue
            grave = after[0] != before[0]
            local = project.environments.role(less) == "development"
            yield Violation(
                here,
                environment=critical,
                discriminator=f"{group} {name}",
                severity="low" if local or not grave else None,
                related=[Note(f"{less} uses {first}", there)],
                words={
                    "provider": name,
                    "version": second,
                    "environment": critical,
                    "less": less,
                    "other": first,
                },
            )


def _providers(project: Project) -> tuple[Found, Found]:
    """The versions in lock files, and those that configurations ask for."""
    locked: Found = {}
    required: Found = {}
    for file in project.facts.files:
        environment = file.environment
        if environment is None:
            continue
        source = file.source
        folder = neutral(source.path.rpartition("/")[0], environment, project.environments)
        if file.kind == "lock":
            for match in _LOCKED.finditer(source.text):
                name = match["name"].rpartition("/")[2]
                span = Span(source, match.start("version"), match.end("version"))
                locked.setdefault((folder, name), {}).setdefault(environment, (match["version"], span))
        elif file.kind == "terraform":
            for block in _REQUIRED.finditer(source.text):
                for match in _ENTRY.finditer(source.text, block.end(), block.end() + _BLOCK):
                    span = Span(source, match.start("version"), match.end("version"))
                    required.setdefault((folder, match["name"]), {}).setdefault(environment, (match["version"], span))
    return locked, required
