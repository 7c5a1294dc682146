"""Jobs that have to do with two environments: they deploy to the other one, or use its secrets."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.environments import Environments
from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Step
from depcheck.patterns import Pattern
from depcheck.pipelines.deployments import target_of
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project, workflows
from depcheck.project.workflows import Placed
from depcheck.source import Span
from depcheck.values import Known, Value

#: What has to do with two environments by its nature.
_BETWEEN = Pattern(
    r"promot|cop(?:y|ies)|sync|seed|clone|compar|refresh|restor|dump|import|export|transfer|migrat.*data|anonymi|retag"
    r"|download-artifact|diff|back-?merge|notif|slack|cleanup|destroy|down",
    2,
)
#: Flags that mean production to a service that keeps a project for each environment: only there do they say nothing.
_OF_PROJECT = Pattern(r"(?:.*\s)?(?:vercel|netlify)\s.*")
_PROJECTS = Pattern(r"project|site|team|org", 2)
#: Words that name an environment, but mean something else in most names of secrets.
_ROLES = frozenset({"staging", "production"})
#: A command is told up to so many characters.
_LONGEST = 100


def other_targets(project: Project) -> Iterator[Outcome]:
    """A deploying command that names another environment than that of its job."""
    environments = project.environments
    for unit in pipeline_of(project).units:
        own = unit.environment
        if own is None or unit.job is None or environments.role(own) not in _ROLES:
            continue
        for done in unit.done:
            if "deploy" not in done.names or done.command is None or done.inner is not None:
                continue
            other = target_of(done, environments)
            if other is None or other == own or environments.role(other) not in _ROLES:
                continue
            if _BETWEEN.search(f"{unit.name} {done.step.name if done.step is not None else ''}"):
                continue
            if _OF_PROJECT.fullmatch(done.text) and _has_own_project(unit, done.step, own, environments):
                continue
            yield Violation(
                _word(done, environments) or done.span,
                resource=unit.address,
                environment=own,
                discriminator=other,
                words={
                    "job": unit.name,
                    "environment": own,
                    "other": other,
                    "command": _shortened(" ".join(done.text.split())),
                },
            )


def _shortened(command: str) -> str:
    return command if len(command) <= _LONGEST else command[: _LONGEST - 1] + "…"


def _word(done: Done, environments: Environments) -> Span | None:
    """The argument that names the environment."""
    words = done.command.words[1:] if done.command is not None else []
    return next((each.span for each in words if each.text and environments.within(each.text) is not None), None)


def _has_own_project(unit: Unit, step: Step | None, own: str, environments: Environments) -> bool:
    """Whether a job may have a project of its own with the service: by its environment's secrets, or by a name."""
    job = unit.job
    if job is None or "environment" in dict(job.tree.items()):
        return True
    for tree in (step.tree if step is not None else job.tree, job.tree.get("env"), _env_of(unit)):
        for placed in workflows.uses(tree):
            if placed.use.path and environments.within(placed.use.path[-1]) == own:
                return True
        for key, value in tree.get("env").items() if tree is not job.tree.get("env") else tree.items():
            if _PROJECTS.search(key) and environments.within(value.span.text) == own:
                return True
    return False


def _env_of(unit: Unit) -> Value:
    job = unit.job
    fallback: Value = Known({}, unit.span)
    return unit.workflow.tree.get("env") if unit.workflow is not None and job is not None else fallback


def foreign_references(project: Project) -> Iterator[Outcome]:
    """Secrets and variables of another environment in a job, and checks that ask another environment."""
    environments = project.environments
    for unit in pipeline_of(project).units:
        own, job = unit.environment, unit.job
        if own is None or job is None or unit.caller is not None or environments.role(own) not in _ROLES:
            continue
        if _BETWEEN.search(f"{job.id} {job.name}"):
            continue
        found = list(_references(unit, own, environments))
        if found:
            first, other = found[0]
            yield Violation(
                first.use.span,
                resource=unit.address,
                environment=own,
                related=[Note(f"{each.use.dotted} too", each.use.span) for each, _ in found[1:6]],
                discriminator=first.use.dotted,
                words={"job": unit.name, "environment": own, "other": other, "name": first.use.dotted},
            )
        for done in unit.done:
            if not {"health-check", "smoke-test"} & set(done.names) or done.inner is not None:
                continue
            asked = target_of(done, environments)
            if asked is not None and asked != own and environments.role(asked) in _ROLES and not _titled(done):
                yield Violation(
                    _word(done, environments) or done.span,
                    resource=unit.address,
                    environment=own,
                    variant="check",
                    discriminator=f"check:{asked}",
                    words={"job": unit.name, "environment": own, "other": asked, "name": ""},
                )


def _titled(done: Done) -> bool:
    return done.step is not None and _BETWEEN.search(done.step.name) is not None


def _references(unit: Unit, own: str, environments: Environments) -> Iterator[tuple[Placed, str]]:
    job = unit.job
    if job is None:
        return
    parts: list[tuple[str, Value]] = [(step.name, step.tree) for step in job.steps]
    parts += [("", job.tree.get("env")), ("", job.tree.get("with")), ("", job.tree.get("secrets"))]
    for title, tree in parts:
        if _BETWEEN.search(title):
            continue
        for placed in workflows.uses(tree):
            if placed.use.root not in ("secrets", "vars") or not placed.use.path or placed.key == "if":
                continue
            other = environments.within(placed.use.path[0])
            if other is None or other == own or environments.role(other) not in _ROLES:
                continue
            if _is_weak_name(placed.use.path[0]) or _mentions(placed, title, own, environments):
                continue
            yield placed, other


def _is_weak_name(name: str) -> bool:
    """``LIVE`` and ``STAGE`` in a name mostly mean something else."""
    tokens = name.lower().split("_")
    return "live" in tokens or "stage" in tokens or "stages" in tokens


def _mentions(placed: Placed, title: str, own: str, environments: Environments) -> bool:
    """Whether the step is about the other environment on purpose: its text names both, or it asks which one it is."""
    text = placed.scalar.span.text
    return " && " in text or "||" in text or environments.within(title) not in (None, own)
