"""What the steps of a job need of its token: what they fail without, what they may use, and what cannot be told.

A script can use the token in three ways: it is handed to it (``env``, an expression), ``actions/checkout`` has left it
to git, or it asks for an OpenID Connect token, which every step of a job with ``id-token: write`` may do. What a step
that is not known could do is bounded by these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from depcheck.model import Command, Job, Step, Workflow
from depcheck.patterns import Pattern
from depcheck.project import Project, token_table
from depcheck.project.token_commands import Script, read
from depcheck.project.token_table import Answer, Case, Entry
from depcheck.project.token_uses import Needs, Use, merge
from depcheck.project.workflows import expressions_of
from depcheck.source import Span
from depcheck.syntax import expressions
from depcheck.values import Absent, Known, Value, scalar_text, string

_EXPRESSION = Pattern(r"\$\{\{[^}]*\}\}")
_VARIABLE = Pattern(r"\$\{\{\s*env\.([\w-]+)\s*\}\}")
_OWN = frozenset({("github", "token"), ("secrets", "github_token")})
#: Local actions within local actions are followed so far.
_DEEPEST = 3
#: Stands among the inputs of a workflow that others call for whatever they hand to it.
CALLED = "*"


@lru_cache(maxsize=1)
def _commands(project: Project) -> Mapping[tuple[str, str], list[Command]]:
    found: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "workflow":
            found.setdefault((command.scope, command.span.path), []).append(command)
    return found


@lru_cache(maxsize=1)
def _by_place(project: Project) -> Mapping[str, Workflow]:
    """Workflows by their path, actions by their folder."""
    return {
        each.span.path if each.kind == "workflow" else each.span.path.rpartition("/")[0]: each
        for each in project.facts.workflows
    }


def local(uses: Value | None, job: Job, project: Project) -> Workflow | None:
    """The workflow or action of this repository that ``uses:`` in a job names."""
    reference = string(uses) if uses is not None else None
    if reference is None or not reference.startswith(("./", "$/")):
        return None
    base = job.span.path.partition(".github/")[0]
    return _by_place(project).get(base + reference.partition("@")[0][2:].rstrip("/"))


@lru_cache(maxsize=1)
def _called(project: Project) -> frozenset[str]:
    found = (local(job.uses, job, project) for job in project.facts.jobs if job.uses is not None)
    return frozenset(each.span.path for each in found if each is not None)


def is_called_here(job: Job, project: Project) -> bool:
    """Whether a job of this repository calls the workflow that a job stands in."""
    return job.span.path in _called(project)


def workflow_of(job: Job, project: Project) -> Workflow | None:
    """The workflow that a job stands in."""
    return _by_place(project).get(job.span.path)


def of_job(job: Job, project: Project) -> Needs:
    """What the steps of a job need; of a job that calls another workflow nothing."""
    told = _told(project)
    if job not in told:
        told[job] = _of_job(job, project)
    return told[job]


@lru_cache(maxsize=1)
def _told(project: Project) -> dict[Job, Needs]:
    return {}


def _of_job(job: Job, project: Project) -> Needs:
    reader = _Reader(job, project)
    workflow = workflow_of(job, project)
    env = dict(workflow.tree.get("env").items()) if workflow is not None else {}
    called: dict[str, Answer] = {CALLED: "open"} if "workflow_call" in job.triggers else {}
    reader.steps(job, called, {**env, **dict(job.tree.get("env").items())}, 0)
    return reader.needs


def whose(value: Value, inputs: Mapping[str, Answer], env: Mapping[str, Value]) -> Answer:
    """Whether a value is the job's own token: ``no`` for another one, ``open`` where that depends."""
    if isinstance(value, Absent) or (isinstance(value, Known) and not isinstance(value.value, str)):
        return "no"
    found = {_of_use(use, inputs, env) for each in _expressions(value) for use in each.uses}
    return next(iter(found)) if len(found) == 1 else "open" if found & {"yes", "open"} else "no"


def _expressions(value: Value) -> list[expressions.Expression]:
    from depcheck.source import Text
    from depcheck.syntax.yaml_scalars import content_of

    if isinstance(value, Known):
        return expressions_of("", value)
    span = value.span
    return expressions.find(content_of(Text.of(span.source), span.start, span.end, None)) if span.text else []


def _of_use(use: expressions.Use, inputs: Mapping[str, Answer], env: Mapping[str, Value]) -> Answer:
    name = (use.root, *(part.lower() for part in use.path))
    if name in _OWN:
        return "yes"
    if use.root in ("secrets", "github") and not use.path:
        return "open"
    if use.root == "secrets":
        return inputs.get(CALLED, "no")
    if use.root == "inputs" and len(use.path) == 1:
        return inputs.get(name[1], inputs.get(CALLED, "no"))
    if use.root == "env" and len(use.path) == 1:
        inner = env.get(use.path[0])
        # What an earlier step has written into the environment is not read; a name without a value here is another's.
        return whose(inner, inputs, {}) if inner is not None else "no"
    return "no"


class _Reader:
    """Reads the steps of one job in their order. Lives while they are read."""

    __slots__ = ("job", "needs", "project", "script")

    def __init__(self, job: Job, project: Project) -> None:
        self.job = job
        self.project = project
        self.needs = Needs()
        self.script = Script()

    def steps(self, job: Job, inputs: Mapping[str, Answer], env: Mapping[str, Value], depth: int) -> None:
        """Read each step of a job or of a local action; ``inputs`` tells which of its inputs are the job's token."""
        for step in job.steps:
            if isinstance(step.condition, Known) and step.condition.value in (False, "false", "${{ false }}"):
                continue
            variables = {**env, **dict(step.tree.get("env").items())}
            if step.uses is not None:
                self._action(step, step.uses, inputs, variables, depth)
            elif step.run is not None:
                self._script(step, job, inputs, variables)

    # -- actions ---------------------------------------------------------------------------------------------------

    def _action(
        self, step: Step, uses: Value, inputs: Mapping[str, Answer], env: Mapping[str, Value], depth: int
    ) -> None:
        name = string(uses)
        if name is None:
            self.needs.open("*", "which action runs here is not decided", uses.span)
            return
        if name.startswith(("./", "$/")):
            self._local(step, name, uses, inputs, env, depth)
            return
        if name.lower().startswith("actions/github-script@"):
            self._javascript(step, uses, inputs, env)
            return
        entry = token_table.of_action(name)
        # Inputs are called without regard to case.
        given = {key.lower(): each for key, each in step.tree.get("with").items()}
        short = name.partition("@")[0]
        if entry is None:
            self.needs.open("*", f"what {short} does with the token is not known", uses.span)
            return
        if short.lower() == "actions/checkout":
            self._checkout(given, inputs, env)
        known = {*entry.token, *entry.given}
        handed = [key for key, each in given.items() if key not in known and whose(each, inputs, env) != "no"]
        if handed:
            self.needs.open("*", f"{short} gets the token as {handed[0]}", uses.span)
        told = {key: _with_variables(each, env) for key, each in given.items()}
        self._entry(entry, told, short, uses.span, inputs, env)

    def _entry(
        self,
        entry: Entry,
        given: Mapping[str, Value],
        name: str,
        span: Span,
        inputs: Mapping[str, Answer],
        env: Mapping[str, Value],
    ) -> None:
        mine = self._is_mine(entry, given, inputs, env)
        case, certain = _case(entry, given)
        if entry.hosted and not (_is_hosted(self.job) and not env.keys() & {"AWS_ACCESS_KEY_ID"}):
            certain = False
        if entry.hosted and self.script.signed_in:
            certain = False
        self.script.signed_in = self.script.signed_in or entry.hosted
        asks = {key: level for key, level in case.needs.items() if key == "id-token"}
        rest = {key: level for key, level in case.needs.items() if key != "id-token"}
        if certain:
            self.needs.need(asks, name, span)
        else:
            merge(self.needs.may, asks)
        if mine == "no":
            merge(self.needs.may, {key: level for key, level in case.may.items() if key == "id-token"})
            return
        if entry.credentials and mine == "open":
            self.needs.open("contents", f"with whose credentials {name} pushes is not known", span)
        if certain and mine == "yes":
            self.needs.need(rest, name, span)
            if case.either:
                self.needs.either.append((case.either, Use("write", name, span)))
        else:
            merge(self.needs.may, rest)
        merge(self.needs.may, case.may)
        merge(self.needs.may, case.either)
        if case.pushes:
            self._pushes(name, span, certain)
        if entry.logs_in and (case.may or not certain):
            self.script.logged_in = "yes" if mine == "yes" and certain else "open"
        if not certain:
            for other in entry.cases:
                merge(self.needs.may, {**other.may, **other.needs, **other.either})

    def _is_mine(
        self, entry: Entry, given: Mapping[str, Value], inputs: Mapping[str, Answer], env: Mapping[str, Value]
    ) -> Answer:
        if entry.credentials and not entry.given:
            return "yes" if self.script.credentials == "own" else "no" if self.script.credentials == "other" else "open"
        names = entry.given or entry.token
        found = [whose(value, inputs, env) for each in names for value in _handed(each, given, env)]
        if entry.given:
            mine: Answer = "yes" if "yes" in found else "open" if "open" in found else "no"
            if mine == "no" and entry.credentials and self.script.credentials:
                return "open"
            return mine
        if not found:
            return "yes"
        return "yes" if set(found) == {"yes"} else "open" if {"yes", "open"} & set(found) else "no"

    def _pushes(self, name: str, span: Span, certain: bool) -> None:
        if certain and self.script.logged_in == "yes":
            self.needs.need({"packages": "write"}, name, span)
        elif self.script.logged_in:
            merge(self.needs.may, {"packages": "write"})

    def _javascript(self, step: Step, uses: Value, inputs: Mapping[str, Answer], env: Mapping[str, Value]) -> None:
        from depcheck.project import token_scripts

        given = step.tree.get("with")
        told = given.get("github-token")
        mine = "yes" if isinstance(told, Absent) else whose(told, inputs, env)
        script = given.get("script")
        if whose(script, inputs, env) != "no" or any(whose(each, inputs, env) != "no" for each in env.values()):
            self.needs.open("*", "the script gets the token", uses.span)
            return
        token_scripts.read(string(script), mine, uses.span, self.needs)

    def _checkout(self, given: Mapping[str, Value], inputs: Mapping[str, Answer], env: Mapping[str, Value]) -> None:
        kept = scalar_text(given["persist-credentials"]) if "persist-credentials" in given else "true"
        elsewhere = "repository" in given and scalar_text(given["repository"]) != "${{ github.repository }}"
        if kept == "false":
            return
        told = [whose(given[key], inputs, env) for key in ("token", "ssh-key") if key in given]
        mine = "own" if not told or set(told) == {"yes"} else "open" if {"yes", "open"} & set(told) else "other"
        if self.script.credentials not in ("", mine) or elsewhere or kept != "true":
            mine = "open"
        self.script.credentials = mine

    def _local(
        self, step: Step, name: str, uses: Value, inputs: Mapping[str, Answer], env: Mapping[str, Value], depth: int
    ) -> None:
        action = local(uses, self.job, self.project)
        if action is None or not action.jobs or depth >= _DEEPEST:
            self.needs.open("*", f"what {name} does with the token is not known", uses.span)
            return
        given = {key.lower(): each for key, each in step.tree.get("with").items()}
        inner: dict[str, Answer] = {}
        for key, declared in action.tree.get("inputs").items():
            value = given.get(key.lower(), declared.get("default"))
            inner[key.lower()] = whose(value, inputs if key.lower() in given else {}, env)
        self.steps(action.jobs[0], inner, env, depth + 1)

    # -- scripts ---------------------------------------------------------------------------------------------------

    def _script(self, step: Step, job: Job, inputs: Mapping[str, Answer], env: Mapping[str, Value]) -> None:
        run = step.tree.get("run")
        has = "yes" if any(whose(each, inputs, env) == "yes" for each in env.values()) else "no"
        if has == "no" and any(whose(each, inputs, env) == "open" for each in env.values()):
            has = "open"
        pasted = whose(run, inputs, env)
        if pasted != "no":
            uses = [_of_use(use, inputs, env) for each in _expressions(run) for use in each.uses]
            has = "yes" if "yes" in uses else "open"
        commands = [
            each
            for each in _commands(self.project).get((job.address, job.span.path), ())
            if run.span.start <= each.span.start < run.span.end
        ]
        read(self.script, commands, run, has, self.needs)


def _with_variables(value: Value, env: Mapping[str, Value]) -> Value:
    """A text with the variables in it replaced that are literal (``${{ env.REGISTRY }}``)."""
    text = scalar_text(value)
    if text is None or "env." not in text:
        return value

    def replaced(match: re.Match[str]) -> str:
        inner = scalar_text(env[match[1]]) if match[1] in env else None
        return inner if inner is not None and not expressions.contains(inner) else match[0]

    return Known(_VARIABLE.sub(replaced, text), value.span, key=value.key)


def _handed(name: str, given: Mapping[str, Value], env: Mapping[str, Value]) -> list[Value]:
    """The value of an input, or of a variable (``env.NAME``)."""
    where, key = (env, name[4:]) if name.startswith("env.") else (given, name)
    value = where.get(key)
    return [value] if value is not None and not (isinstance(value, Known) and value.value in ("", None)) else []


def _case(entry: Entry, given: Mapping[str, Value]) -> tuple[Case, bool]:
    """What holds for an action with these inputs, and whether that is certain."""
    for case in entry.cases:
        answers = [_test(pattern, given.get(name)) for name, pattern in case.tests.items()]
        if "no" in answers:
            continue
        if "open" in answers:
            return entry, False
        return case, True
    return entry, True


def _test(pattern: Pattern | None, value: Value | None) -> Answer:
    text = scalar_text(value) if value is not None else None
    if value is None or isinstance(value, Absent) or (isinstance(value, Known) and text in ("", None)):
        return "yes" if pattern is None else "no"
    if pattern is None:
        return "no"
    if text is None or (expressions.contains(text) and not pattern.fullmatch(_EXPRESSION.sub("", text))):
        return "yes" if pattern.pattern == ".+" else "open"
    return "yes" if pattern.fullmatch(text) else "no"


def _is_hosted(job: Job) -> bool:
    """Whether a job surely runs on a runner of GitHub's own."""
    labels = [string(each) or "" for each in job.tree.get("runs-on").elements()]
    return bool(labels) and all(
        label.startswith(("ubuntu-", "windows-", "macos-")) and not expressions.contains(label) for label in labels
    )
