"""Jobs that become a role of AWS by GitHub's identity: which role, and with which subject they come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from depcheck.model import Job, Step
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.token_needs import local
from depcheck.values import Absent, Known, Value, scalar_text, string

_ACTION = Pattern(r"aws-actions/configure-aws-credentials(?:@.*)?", re.IGNORECASE)
_ROLE = Pattern(r"arn:[^:]*:iam::(?P<account>[^:]*):role/(?:.*/)?(?P<name>[^/]+)")
_EXPRESSION = Pattern(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NAMED = Pattern(r"(inputs|env)\.([\w-]+)")
#: Events after which a workflow runs on the default branch, whatever its name is.
_ON_DEFAULT = frozenset(
    {"schedule", "workflow_run", "repository_dispatch", "issues", "issue_comment", "label", "watch", "discussion"}
)
_DEEPEST = 3


class Assumption:
    """A step by which a job becomes a role. ``role`` is the role as written, with ``*`` for what is not known;
    ``environment`` the job's environment in the same way, empty if it has none."""

    __slots__ = ("account", "audience", "contexts", "environment", "job", "name", "value")

    def __init__(
        self, job: Job, value: Value, role: str, environment: str, contexts: frozenset[str], audience: str | None
    ) -> None:
        self.job = job
        self.value = value
        match = _ROLE.fullmatch(role)
        self.account = match["account"] if match is not None else ""
        self.name = match["name"] if match is not None else role if ":" not in role else "*"
        self.environment = environment
        self.contexts = contexts
        self.audience = audience

    def comes_as(self) -> list[str]:
        """How the subjects end with which the job can come, as patterns in lower case."""
        return [f"environment:{self.environment}".lower()] if self.environment else sorted(self.contexts)


def of_job(job: Job, project: Project) -> list[Assumption]:
    """The steps by which one job becomes a role."""
    return _by_job(project).get(job, [])


@lru_cache(maxsize=1)
def _by_job(project: Project) -> Mapping[Job, list[Assumption]]:
    found: dict[Job, list[Assumption]] = {}
    for each in assumptions(project):
        found.setdefault(each.job, []).append(each)
    return found


@lru_cache(maxsize=1)
def assumptions(project: Project) -> tuple[Assumption, ...]:
    """Every step of every job that becomes a role of AWS, through called workflows and local actions too."""
    found: list[Assumption] = []
    for job in project.facts.jobs:
        if job.address.startswith("workflow."):
            found += _of_job(job, contexts_of(job, project), _inputs_of_callers(job, project), project)
    return tuple(found)


def _of_job(
    job: Job, contexts: frozenset[str], inputs: list[Mapping[str, str]], project: Project
) -> Iterator[Assumption]:
    for given in inputs:
        env = _env(job, given, project)
        declared = job.tree.get("environment")
        named = declared.get("name") if isinstance(declared, Known) and isinstance(declared.value, dict) else declared
        environment = resolved(named, given, env)
        if environment == "" and not isinstance(named, Absent):
            environment = "*"
        for step, value, role, audience in _steps(job, job, given, env, project, 0):
            if isinstance(step.condition, Known) and step.condition.value in (False, "false"):
                continue
            yield Assumption(job, value, role, environment, contexts, audience)


def _steps(
    job: Job, outer: Job, inputs: Mapping[str, str], env: Mapping[str, str], project: Project, depth: int
) -> Iterator[tuple[Step, Value, str, str | None]]:
    chained = False
    for step in job.steps:
        uses = (string(step.uses) if step.uses is not None else None) or ""
        if _ACTION.fullmatch(uses):
            given = step.tree.get("with")
            role = resolved(given.get("role-to-assume"), inputs, env)
            others = ("aws-access-key-id", "web-identity-token-file", "role-chaining")
            if role and not chained and all(isinstance(given.get(name), Absent) for name in others):
                audience = resolved(given.get("audience"), inputs, env) or "sts.amazonaws.com"
                yield step, given.get("role-to-assume"), role, None if "*" in audience else audience
            chained = True
        elif depth < _DEEPEST and uses.startswith(("./", "$/")):
            action = local(step.uses, outer, project)
            if action is not None and action.jobs:
                handed = _handed(step.tree.get("with"), action.tree.get("inputs"), inputs, env)
                for _, value, inner, wanted in _steps(action.jobs[0], outer, handed, env, project, depth + 1):
                    said = _source(value, step)
                    yield step, said if said is not None else value, inner, wanted


def _source(value: Value, step: Step) -> Value | None:
    """Where a step that uses a local action says the role that the action takes as an input."""
    match = _EXPRESSION.fullmatch(scalar_text(value) or "")
    named = _NAMED.fullmatch(match[1]) if match is not None else None
    if named is None or named[1] != "inputs":
        return step.uses
    found = step.tree.get("with", named[2])
    return found if isinstance(found, Known) else step.uses


def _handed(given: Value, declared: Value, inputs: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The inputs of an action or workflow, from what it is given and its defaults."""
    told = {name: resolved(each.get("default"), {}, {}) for name, each in declared.items()}
    return {**told, **{name: resolved(value, inputs, env) for name, value in given.items()}}


def _inputs_of_callers(job: Job, project: Project) -> list[Mapping[str, str]]:
    """What a workflow that others call may be given: once per caller; once nothing if it runs by itself, too."""
    callers = _callers(project).get(job.span.path, []) if "workflow_call" in job.triggers else []
    declared = job.triggers["workflow_call"].get("inputs") if "workflow_call" in job.triggers else None
    found: list[Mapping[str, str]] = []
    for caller in callers:
        if declared is not None:
            found.append(_handed(caller.tree.get("with"), declared, {}, {}))
    return found or [{}]


@lru_cache(maxsize=1)
def _callers(project: Project) -> Mapping[str, list[Job]]:
    found: dict[str, list[Job]] = {}
    for job in project.facts.jobs:
        called = local(job.uses, job, project) if job.uses is not None else None
        if called is not None:
            found.setdefault(called.span.path, []).append(job)
    return found


def _env(job: Job, inputs: Mapping[str, str], project: Project) -> dict[str, str]:
    from depcheck.project.token_needs import workflow_of

    workflow = workflow_of(job, project)
    told: dict[str, str] = {}
    for tree in (workflow.tree.get("env") if workflow is not None else None, job.tree.get("env")):
        if tree is not None:
            told.update({name: resolved(value, inputs, told) for name, value in tree.items()})
    return told


def resolved(value: Value, inputs: Mapping[str, str], env: Mapping[str, str]) -> str:
    """A text with the inputs and variables in it replaced, and ``*`` for what is not known; empty if not given."""
    if isinstance(value, Absent):
        return ""
    text = scalar_text(value)
    if text is None:
        return "*"

    def replaced(match: re.Match[str]) -> str:
        named = _NAMED.fullmatch(match[1])
        if named is None:
            return "*"
        return (inputs if named[1] == "inputs" else env).get(named[2]) or "*"

    return _EXPRESSION.sub(replaced, text)


@lru_cache(maxsize=4096)
def contexts_of(job: Job, project: Project, depth: int = 0) -> frozenset[str]:
    """The last part of the subject of a job without an environment, per event that starts it, as patterns."""
    found: set[str] = set()
    for event, configuration in job.triggers.items():
        if event == "push":
            found |= _refs(configuration)
        elif event == "pull_request":
            found.add("pull_request")
        elif event in _ON_DEFAULT:
            found.add("ref:refs/heads/*")
        elif event == "release":
            found.add("ref:refs/tags/*")
        elif event == "workflow_dispatch":
            found |= {"ref:refs/heads/*", "ref:refs/tags/*"}
        elif event == "workflow_call" and depth < _DEEPEST and (callers := _callers(project).get(job.span.path)):
            for caller in callers:
                found |= contexts_of(caller, project, depth + 1)
        else:
            found.add("*")
    return frozenset(found or {"*"})


def _refs(configuration: Value) -> set[str]:
    branches = configuration.get("branches")
    tags = configuration.get("tags")
    found = {f"ref:refs/heads/{_glob(each)}" for each in branches.elements() if _glob(each)}
    found |= {f"ref:refs/tags/{_glob(each)}" for each in tags.elements() if _glob(each)}
    if not isinstance(configuration.get("branches-ignore"), Absent):
        found.add("ref:refs/heads/*")
    if not isinstance(configuration.get("tags-ignore"), Absent):
        found.add("ref:refs/tags/*")
    return found or {"ref:refs/heads/*", "ref:refs/tags/*"}


def _glob(value: Value) -> str:
    """One of GitHub's filter patterns as a pattern with ``*`` alone; empty for one that excludes."""
    text = scalar_text(value)
    if text is None:
        return "*"
    return "" if text.startswith("!") else re.sub(r"\[[^\]]*\]\+?|[?+]|\*+", "*", text)
