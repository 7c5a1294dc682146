"""The Project that every check sees: all facts of a repository, joined, with its environments and its promises."""

from __future__ import annotations

import os
from collections.abc import Iterable

from depcheck.environments import Environments
from depcheck.findings import ReadError, Skipped
from depcheck.model import Comment, Facts, File, Problem, Resource
from depcheck.project.relations import refers_to
from depcheck.values import Unknown, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from depcheck.policy import Policy


class Project:
    """Everything that was read below a root.

    ``comments`` are by path, in order. ``problems`` are what could not be read, ``invalid`` what was read and cannot be
    evaluated (a wrong type, a cycle). ``policy`` is None where the repository promises nothing. ``as_of`` is the day
    that dates (expired exceptions, end-of-life versions, drills) are held against. ``failures`` are faults of depcheck
    itself while reading. ``listed`` are the paths of all files that were found, read or not.
    """

    __slots__ = (
        "_as_of",
        "_by_address",
        "_by_type",
        "_present",
        "_words",
        "comments",
        "environments",
        "facts",
        "failures",
        "files",
        "invalid",
        "kinds",
        "listed",
        "notices",
        "policy",
        "problems",
        "root",
        "skipped",
    )

    def __init__(
        self,
        root: str,
        facts: Facts,
        environments: Environments,
        *,
        policy: Policy | None = None,
        as_of: date | None = None,
        comments: dict[str, list[Comment]] | None = None,
        problems: list[Problem] | None = None,
        invalid: list[Problem] | None = None,
        skipped: list[Skipped] | None = None,
        notices: list[str] | None = None,
        failures: list[ReadError] | None = None,
        listed: list[str] | None = None,
    ) -> None:
        self.listed = listed or []
        self.root = root
        self.facts = facts
        self.environments = environments
        self.policy = policy
        self._as_of = as_of
        self.comments = comments or {}
        self.problems = problems or []
        self.invalid = invalid or []
        self.skipped = skipped or []
        self.notices = notices or []
        self.failures = failures or []
        self.files: dict[str, File] = {file.source.path: file for file in facts.files}
        self.kinds = _kinds(facts)
        self._present: list[str] | None = None
        self._words: dict[str, bool] = {}
        self._by_type: dict[str, list[Resource]] = {}
        self._by_address: dict[tuple[str, str | None], Resource] = {}
        for resource in facts.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
            self._by_address.setdefault((resource.address, resource.environment), resource)

    @property
    def as_of(self) -> date:
        """The day that dates are held against: today, unless the caller said another."""
        if self._as_of is None:
            from datetime import date

            self._as_of = date.today()
        return self._as_of

    @property
    def present(self) -> list[str]:
        """The environments that something belongs to, from the least to the most critical."""
        if self._present is None:
            facts = self.facts
            groups = (facts.resources, facts.settings, facts.jobs, facts.files)
            seen = {each.environment for group in groups for each in group if each.environment is not None}
            known = [name for name in self.environments.names if name in seen]
            self._present = known + sorted(seen - set(known))
        return self._present

    def has(self, kind: str) -> bool:
        """Whether there is any of what a rule asks for: one of ``kinds``, a type of resources; for ``word:one|other``
        a file in which one of these words stands, in any case."""
        if kind in self.kinds or kind in self._by_type:
            return True
        if not kind.startswith("word:"):
            return False
        if kind not in self._words:
            words = kind.removeprefix("word:").split("|")
            texts = (file.source.text.lower() for file in self.facts.files)
            self._words[kind] = any(word in text for text in texts for word in words)
        return self._words[kind]

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of some types, in the order in which they stand."""
        return [resource for name in types for resource in self._by_type.get(name, ())]

    def resource(self, address: str, environment: str | None = None) -> Resource | None:
        """The resource at an address in an environment."""
        return self._by_address.get((address, environment))

    def related(self, resource: Resource, type: str, by: str) -> tuple[list[Resource], list[Unknown]]:
        """The resources of a type whose value at the path ``by`` is this resource, and the values that do not say."""
        found: list[Resource] = []
        undecided: list[Unknown] = []
        for candidate in self._by_type.get(type, ()):
            if candidate.environment != resource.environment or candidate.format != resource.format:
                continue
            if candidate.root != resource.root or (
                candidate.format == "cloudformation" and candidate.span.path != resource.span.path
            ):
                continue
            state, value = refers_to(candidate, by, resource)
            if state == "yes":
                found.append(candidate)
            elif isinstance(value, Unknown):
                undecided.append(value)
        return found, undecided

    def file(self, path: str) -> File | None:
        """A file that was read, by its path relative to the root."""
        return self.files.get(path)

    def text_on_disk(self, path: str) -> str | None:
        """The text of a file below the root, read or not; None for none, one that is no text, or above 1 MiB."""
        from depcheck.discovery import read

        # Opening a pipe or a terminal, or a link to one, would wait for somebody to write into it.
        if not os.path.isfile(os.path.join(self.root, path)):
            return None
        source = read(self.root, path, limit=1024 * 1024)
        return None if isinstance(source, Skipped) else source.text

    def in_environment(self, resources: Iterable[Resource], environment: str | None) -> list[Resource]:
        """Those of some resources that belong to an environment."""
        return [resource for resource in resources if resource.environment == environment]


def _kinds(facts: Facts) -> set[str]:
    """What a rule may ask for before it is looked at: the kinds of files, ``runtime``, ``schedule`` (a job's, a crontab
    line), ``grant:iam``, the programs that are run (``command:psql``), the actions of jobs (``uses:actions/cache``)."""
    found = {file.kind for file in facts.files} | {f"grant:{each.source}" for each in facts.grants}
    if facts.runtimes:
        found.add("runtime")
    if facts.schedules or any("schedule" in job.triggers for job in facts.jobs):
        found.add("schedule")
    found |= {f"command:{name}" for name in {command.name for command in facts.commands}}
    for job in facts.jobs:
        for step in job.steps:
            used = string(step.uses) if step.uses is not None else None
            if used is not None:
                found.add(f"uses:{used.partition('@')[0].lower()}")
    return found
