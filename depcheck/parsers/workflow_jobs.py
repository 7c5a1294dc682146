"""One job of a workflow → its steps, settings, images, grants and scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from depcheck.environments import Environments
from depcheck.model import Facts, Grant, Image, Job, Problem, Step
from depcheck.parsers import Embedded
from depcheck.parsers.workflow_runtimes import runtimes
from depcheck.parsers.workflow_shells import scripts, shell_of
from depcheck.parsers.workflow_values import content, decided, optional, refer, settings
from depcheck.source import Span
from depcheck.syntax import yaml
from depcheck.values import Absent, Known, Value, string

#: Words that name an environment, but mean something else in the name of most jobs: the first group unless a word of
#: deploying stands right before (``deploy-to-test``), the second unless one stands anywhere (``deploy-web-dev``).
_UNLIKELY = frozenset({"test", "testing", "review", "local", "live", "develop"})
_WEAK = frozenset({"dev", "preview", "qa"})
#: Before ``stage`` these make it a step of something (``multi-stage-build``).
_COUNTED = frozenset({"multi", "single", "one", "two", "first", "second", "last", "next", "each", "per"})
_DEPLOYS = frozenset({"deploy", "deployment", "release", "publish", "promote", "rollout", "migrate", "apply"})
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_DOCKER = "docker://"


class Reader:
    """What the jobs of one file are read into. Lives while the file is read."""

    __slots__ = ("embedded", "environment", "environments", "facts", "file", "name", "problems", "tree", "triggers")

    def __init__(
        self,
        file: yaml.YamlFile,
        environments: Environments,
        environment: str | None,
        *,
        name: str,
        tree: Known,
        triggers: dict[str, Value],
    ) -> None:
        self.file = file
        self.environments = environments
        self.environment = environment
        self.name = name
        self.tree = tree
        self.triggers = triggers
        self.facts = Facts()
        self.problems: list[Problem] = []
        self.embedded: list[Embedded] = []

    def job(self, id: str, tree: Known, address: str) -> Job:
        """Read a job: everything that stands in it is added to the facts."""
        environment = self._environment(id, tree)
        permissions = tree.get("permissions")
        own = not isinstance(permissions, Absent)
        env = _merged(self.tree.get("env"), tree.get("env"))
        steps, known = self._steps(tree, address, environment, env)
        job = Job(
            id,
            address,
            tree.key or tree.span,
            tree,
            name=string(tree.get("name")) or "",
            needs=list(tree.get("needs").elements()),
            triggers=self.triggers,
            permissions=permissions if own else _inherited(self.tree.get("permissions"), permissions),
            steps=steps,
            condition=optional(tree.get("if")),
            uses=optional(tree.get("uses")),
            environment=environment,
            workflow=self.name,
        )
        self.facts.jobs.append(job)
        self.facts.settings += settings(tree.get("env"), self.file, address, environment)
        for step in steps:
            self.facts.settings += step.settings
        if own:
            self.facts.grants += grants(permissions, address, environment)
        self._images(job, env)
        versions, files = runtimes(job, self.file, known, address)
        self.facts.runtimes += versions
        self.facts.references += files
        refer(tree, self.file, self.facts, self.problems, address, environment)
        return job

    def _environment(self, id: str, tree: Known) -> str | None:
        declared = tree.get("environment")
        if isinstance(declared, Known) and isinstance(declared.value, dict):
            declared = declared.get("name")
        told = string(decided(declared, self.file))
        if told is not None:
            return self.environments.named(told) or self.environments.within(told)
        for name in (id, string(tree.get("name")) or ""):
            found = environment_of_name(self.environments, name)
            if found is not None:
                return found
        return self.environment

    def _steps(
        self, tree: Known, address: str, environment: str | None, env: dict[str, Value]
    ) -> tuple[list[Step], dict[Step, Mapping[str, Value]]]:
        steps: list[Step] = []
        known: dict[Step, Mapping[str, Value]] = {}
        listed = tree.get("steps")
        defaults = [tree.get("defaults", "run", "shell"), self.tree.get("defaults", "run", "shell")]
        in_container = not isinstance(tree.get("container"), Absent)
        for index, item in enumerate(
            listed.value if isinstance(listed, Known) and isinstance(listed.value, list) else ()
        ):
            if not isinstance(item, Known) or not isinstance(item.value, dict):
                continue
            run = item.get("run")
            step = Step(
                index,
                _step_span(item),
                item,
                name=string(item.get("name")) or string(item.get("id")) or "",
                uses=optional(decided(item.get("uses"), self.file)),
                run=optional(decided(run, self.file)),
                condition=optional(item.get("if")),
                settings=settings(item.get("env"), self.file, address, environment, env),
            )
            steps.append(step)
            known[step] = _merged_values(env, item.get("env"))
            shell = shell_of([item.get("shell"), *defaults], tree.get("runs-on"), in_container)
            self.embedded += scripts(step, self.file, shell, address, environment)
        return steps, known

    def _images(self, job: Job, env: Mapping[str, Value]) -> None:
        add = self.facts.images.append
        if job.uses is not None:
            add(Image(job.uses, "workflow", job.uses.span, scope=job.address, environment=job.environment))
        for step in job.steps:
            if step.uses is not None:
                add(self._used(step.uses, job))
        services = [(f"{job.address}.{name}", service) for name, service in job.tree.get("services").items()]
        for scope, container in [(job.address, job.tree.get("container")), *services]:
            image = (
                container.get("image")
                if isinstance(container, Known) and isinstance(container.value, dict)
                else container
            )
            if isinstance(image, Absent) or (isinstance(image, Known) and image.value in (None, "")):
                continue
            reference = decided(image, self.file, env)
            add(Image(reference, "container", image.span, scope=scope, environment=job.environment))
            self.facts.settings += settings(container.get("env"), self.file, scope, job.environment, env)

    def _used(self, uses: Value, job: Job) -> Image:
        written = string(uses)
        if written is None or not written.startswith(_DOCKER):
            return Image(uses, "action", uses.span, scope=job.address, environment=job.environment)
        text = content(uses, self.file)
        span = text.span(len(_DOCKER), len(text.text))
        reference = Known(written[len(_DOCKER) :], span, key=uses.key)
        return Image(reference, "container", span, scope=job.address, environment=job.environment)


def grants(permissions: Value, scope: str, environment: str | None) -> list[Grant]:
    """What a ``permissions:`` gives the token: ``contents:write``, or ``read-all`` and ``write-all``; one grant."""
    if not isinstance(permissions, Known):
        return []
    actions: list[Value] = []
    if isinstance(permissions.value, str):
        actions.append(permissions)
    for name, value in permissions.items():
        level = string(value)
        if level is not None and level != "none":
            actions.append(
                Known(f"{name}:{level}", value.span, key=value.key, via=value.via if isinstance(value, Known) else ())
            )
    if not actions:
        return []
    span = permissions.key or permissions.span
    return [Grant(span, source="workflow", actions=actions, scope=scope, environment=environment)]


def environment_of_name(environments: Environments, name: str) -> str | None:
    """The environment that a job's or workflow's name mentions (``deploy-prod``); ``test`` alone mentions none."""
    words = [word.lower() for word in _WORD.findall(name)]
    deploys = any(word in _DEPLOYS for word in words)
    kept: list[str] = []
    before = ""
    for word in words:
        unlikely = word in _UNLIKELY and before not in _DEPLOYS
        weak = (word in _WEAK and not deploys) or (word == "stage" and before in _COUNTED)
        if not unlikely and not weak:
            kept.append(word)
        if word != "to":
            before = word
    return environments.within("-".join(kept))


def _step_span(step: Known) -> Span:
    for key in ("name", "uses", "id"):
        value = step.get(key)
        if isinstance(value, Known) and string(value):
            return value.span
    run = step.get("run")
    return run.key or run.span if isinstance(run, Known) else step.span


def _inherited(of_workflow: Value, missing: Value) -> Value:
    return missing if isinstance(of_workflow, Absent) else of_workflow


def _merged(*maps: Value) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for each in maps:
        merged = _merged_values(merged, each)
    return merged


def _merged_values(outer: Mapping[str, Value], inner: Value) -> dict[str, Value]:
    return {**outer, **dict(inner.items())}
