"""Every job of a pipeline, and every script that deploys by itself, with all that it does in order.

A step does what its command or action does, and what the scripts that it calls do. The jobs of a workflow that is
called stand in the place of the job that calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from posixpath import dirname, normpath

from depcheck.model import Command, Job, Step, Workflow
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.scripts import Scripts
from depcheck.pipelines.telling import (
    ASKS_GITHUB,
    FORWARD,
    MAY_DEPLOY,
    SENDS,
    SHOWS,
    TELLING,
    asks_elsewhere,
    is_idle,
    is_run,
    moved,
    puts,
)
from depcheck.project import Project
from depcheck.project.activities import is_off, of_action, of_command
from depcheck.project.command_lines import unwrapped
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: How deep scripts may call scripts, and workflows workflows; how much one job may do in all.
_DEEPEST, _MOST = 6, 4_000


def folders_of(step: Step, job: Job, unit: Unit | None) -> list[Value]:
    """The places that may say in which folder a step runs; the first that does counts."""
    places = [step.tree.get("working-directory"), job.tree.get("defaults", "run", "working-directory")]
    if unit is not None and unit.workflow is not None:
        places.append(unit.workflow.tree.get("defaults", "run", "working-directory"))
    return places


class Pipeline:
    """All units of a project. ``callers`` are the jobs that only call workflows of this repository."""

    __slots__ = (
        "_after",
        "_before",
        "_commands",
        "_own",
        "_workflows",
        "callers",
        "project",
        "scripts",
        "units",
    )

    def __init__(self, project: Project) -> None:
        self.project = project
        self.scripts = Scripts(project)
        self.units: list[Unit] = []
        self.callers: list[Unit] = []
        self._before: dict[Unit, list[Unit]] = {}
        self._after: dict[Unit, list[Unit]] = {}
        self._commands: dict[tuple[str, str], list[Command]] = {}
        for command in project.facts.commands:
            if command.scope.startswith("workflow.") or command.scope.startswith("action."):
                self._commands.setdefault((command.scope, command.span.path), []).append(command)
        policy = project.policy
        self._own: dict[str, list[str]] = dict(policy.pipeline.activities) if policy is not None else {}
        self._workflows = {each.span.path: each for each in project.facts.workflows}
        called = self._called_workflows()
        for workflow in project.facts.workflows:
            if workflow.kind != "workflow" or not is_run(workflow.span.path):
                continue
            if set(workflow.triggers) <= {"workflow_call"} and workflow.span.path in called:
                continue
            self._add(workflow, None, {}, [])
        self._follow_workflow_runs()
        self._add_scripts()

    # -- building ------------------------------------------------------------------------------------------------------

    def _called_workflows(self) -> set[str]:
        return {
            path
            for workflow in self.project.facts.workflows
            for job in workflow.jobs
            if (path := self._target(job)) is not None
        }

    def _target(self, job: Job) -> str | None:
        """The path of the workflow of this repository that a job calls."""
        used = string(job.uses) if job.uses is not None else None
        if used is None:
            return None
        path = used.split("@", 1)[0]
        local = path.removeprefix("./") if path.startswith("./") else "/".join(path.split("/")[2:])
        workflow = self._workflows.get(local)
        return local if workflow is not None and "workflow_call" in workflow.triggers else None

    def _add(
        self, workflow: Workflow, caller: Unit | None, given: Mapping[str, Value], around: Sequence[str]
    ) -> list[Unit]:
        made: dict[str, list[Unit]] = {}
        own: dict[str, Unit] = {}
        for job in workflow.jobs:
            unit = Unit(job.id, job.address, job.span, job=job, workflow=workflow, caller=caller, given=given)
            unit.environments = self._environments(unit)
            own[job.id] = unit
            path = self._target(job)
            if path is not None and path not in around and len(around) < _DEEPEST and len(self.units) < _MOST:
                self.callers.append(unit)
                inner = dict(job.tree.get("with").items())
                made[job.id] = self._add(self._workflows[path], unit, inner, [*around, workflow.span.path]) or [unit]
                continue
            if job.uses is not None:
                unit.done.append(self._remote(job))
            unit.done += self._of_job(unit)
            self.units.append(unit)
            made[job.id] = [unit]
        for id_, unit in own.items():
            names = [string(each) or "" for each in unit.job.needs] if unit.job is not None else []
            needed = [each for name in names for each in made.get(name, ())]
            unit.needs = needed
            for nested in made[id_]:
                if nested is not unit:
                    nested.needs += needed
        return [each for units in made.values() for each in units]

    @staticmethod
    def _remote(job: Job) -> Done:
        used = string(job.uses) if job.uses is not None else None
        span = job.uses.span if job.uses is not None else job.span
        return Done(used or span.text, span, [], opaque=True)

    def _follow_workflow_runs(self) -> None:
        by_name: dict[str, list[Unit]] = {}
        for unit in self.units:
            top = unit.chain[-1].workflow
            if top is not None:
                by_name.setdefault(top.name, []).append(unit)
        for unit in self.units:
            event = unit.triggers.get("workflow_run")
            if event is not None and len(unit.triggers) == 1:
                for name in event.get("workflows").elements():
                    unit.needs += [each for each in by_name.get(string(name) or "", ()) if each is not unit]

    def _add_scripts(self) -> None:
        """Scripts that deploy and that no job and no other script calls."""
        files = {path: each for path, each in self.scripts.files.items() if FORWARD.search(path.lower())}
        files = {path: each for path, each in files.items() if not SHOWS.search(path)}
        if not files:
            return
        called: set[str] = {each.inner.path for unit in self.units for each in unit.done if each.inner is not None}
        names = {path.rsplit("/", 1)[-1] for path in files}
        for path, commands in self.scripts.files.items():
            for command in commands:
                if any(word.raw.rsplit("/", 1)[-1] in names for word in command.words):
                    scripts = self.scripts.called(command, dirname(path)) or ()
                    called.update(each.path for each in scripts if each.path != path)
        for path, commands in files.items():
            if path in called or not any(MAY_DEPLOY.search(each.span.text) for each in commands):
                continue
            file = self.project.file(path)
            span = file.span if file is not None else commands[0].span
            unit = Unit(path, path, span)
            unit.done = self._of_script(path, commands, self.project.environments.of_path(path))
            if any("deploy" in each.names for each in unit.done):
                self.units.append(unit)

    # -- what is done --------------------------------------------------------------------------------------------------

    def _of_job(self, unit: Unit) -> list[Done]:
        job = unit.job
        found: list[Done] = []
        if job is None:
            return found
        commands = self._commands.get((job.address, job.span.path), [])
        for step in job.steps:
            if is_off(step.condition):
                continue
            found += self._of_step(step, job, unit, commands, [])
            if len(found) > _MOST:
                break
        return found[:_MOST]

    def _of_step(
        self, step: Step, job: Job, unit: Unit | None, commands: Sequence[Command], around: Sequence[str]
    ) -> Iterator[Done]:
        inside: list[Command] = []
        if step.uses is not None:
            used = string(step.uses)
            if used is not None:
                given = step.tree.get("with").span
                inside = [each for each in commands if given.start <= each.span.start < given.end]
                names = self._named_so(of_action(used), used)
                if inside and not any(puts(each) for each in inside):
                    names = [name for name in names if name != "deploy"]  # it only looks around on the machine
                opaque = asks_elsewhere(used, step.tree.get("with", "script").span.text)
                yield Done(used, step.uses.span, names, step=step, opaque=opaque)
                yield from self._of_local_action(used, step, around)
        else:
            run = step.tree.get("run")
            inside = [each for each in commands if run.span.start <= each.span.start < run.span.end]
        folder = self._folder(step, job, unit)
        for done in self._of_commands(inside, folder, None, []):
            done.step = step
            yield done

    def _of_local_action(self, used: str, step: Step, around: Sequence[str]) -> Iterator[Done]:
        if not used.startswith("./") or used in around or len(around) >= _DEEPEST:
            return
        folder = normpath(used)
        for ending in ("yml", "yaml"):
            action = self._workflows.get(f"{folder}/action.{ending}")
            if action is None:
                continue
            for job in action.jobs:
                commands = self._commands.get((job.address, job.span.path), [])
                for inner in job.steps:
                    for done in self._of_step(inner, job, None, commands, [*around, used]):
                        done.inner = done.inner or done.span
                        done.span, done.step = step.uses.span if step.uses is not None else step.span, step
                        yield done
            return

    def _folder(self, step: Step, job: Job, unit: Unit | None) -> str:
        for place in folders_of(step, job, unit):
            told = string(place)
            if told is not None and "${{" not in told:
                whole = normpath(told)
                return "" if whole in (".", "/") else whole
        return ""

    def _of_commands(
        self, commands: Iterable[Command], folder: str, outer: Done | None, around: Sequence[tuple[str, str]]
    ) -> Iterator[Done]:
        for command in commands:
            text = " ".join(word.text if word.text is not None else word.raw for word in command.words)
            names = self._named_so(of_command(command), text)
            scripts = self.scripts.called(command, folder)
            opaque = scripts is None and not names
            opaque = opaque or text.startswith(ASKS_GITHUB)
            done = Done(text, command.span, names, command=command, opaque=opaque, folder=folder)
            if outer is not None:
                done.inner, done.span = command.span, outer.span
            bodies = [each for each in scripts or () if each.key not in around]
            if bodies and all(is_idle(each) for each in bodies):
                done.names = []
            yield done
            if len(around) < _DEEPEST:
                for script in bodies:
                    yield from self._of_commands(script.commands, script.folder, done, [*around, script.key])
            folder = moved(command, folder)

    def _of_script(self, path: str, commands: Sequence[Command], environment: str | None) -> list[Done]:
        """The commands of a script; what it exports tells the environment of those behind."""
        environments = self.project.environments
        environment = environment or environments.within(path.rsplit("/", 1)[-1])
        starts = sorted(
            (setting.span.start, told)
            for setting in self.project.facts.settings
            if setting.origin == "shell" and setting.span.path == path and setting.name in TELLING
            if (told := environments.within(scalar_text(setting.value) or "")) is not None
        )
        found: list[Done] = []
        for done in self._of_commands(commands, "", None, [(path, path)]):
            at = done.span.start
            done.environment = next((name for start, name in reversed(starts) if start <= at), environment)
            found.append(done)
            if len(found) > _MOST:
                break
        return found

    def _named_so(self, names: list[str], text: str) -> list[str]:
        """With the words for which the policy lists a command of the project's own; what is sent is no question."""
        if "health-check" in names and SENDS.search(text):
            names = [name for name in names if name != "health-check"]
        if not self._own:
            return names
        lines = [" ".join(words) for words in unwrapped(text.split())]
        own = [
            name
            for name, globs in self._own.items()
            if any(fnmatchcase(line, glob) or fnmatchcase(line, f"{glob} *") for line in lines for glob in globs)
        ]
        if not own:
            return names
        from depcheck.project.activities import with_wider

        return with_wider({*names, *own})

    # -- environments ------------------------------------------------------------------------------------------------

    def _environments(self, unit: Unit) -> list[str]:
        job = unit.job
        if job is None:
            return []
        told = self._told(job.tree.get("environment"), unit)
        if told:
            return told
        environments = self.project.environments
        declared = not isinstance(job.tree.get("environment"), Absent)
        if job.environment is not None and (declared or environments.role(job.environment) != "test"):
            return [job.environment]
        if job.environment is not None:  # "Post-deployment testing" is no environment; its workflow may be of one
            told_by_file = environments.within(job.workflow)
            return [told_by_file] if told_by_file is not None else []
        return list(unit.caller.environments) if unit.caller is not None else []

    def _told(self, declared: Value, unit: Unit) -> list[str]:
        """The environments that a job names: as a text, or through a matrix or an input."""
        if isinstance(declared, Known) and isinstance(declared.value, dict):
            declared = declared.get("name")
        written = declared.span.text if isinstance(declared, (Known, Unknown)) else ""
        if "${{" not in written:
            return []
        environments = self.project.environments
        found: list[str] = []
        for value in self._possible(declared, unit):
            name = environments.named(value) or environments.within(value)
            if name is not None and name not in found:
                found.append(name)
        return found

    @staticmethod
    def _possible(declared: Value, unit: Unit) -> list[str]:
        """What an expression that is one name can be: an input that the caller gives, a list of the matrix."""
        text = declared.span.text.strip().strip("\"'").removeprefix("${{").removesuffix("}}").strip()
        parts = text.split(".")
        if len(parts) == 2 and parts[0] == "inputs" and unit.caller is not None:
            told = scalar_text(unit.given.get(parts[1], declared))
            return [told] if told is not None and "${{" not in told else []
        if parts[0] == "matrix" and unit.job is not None and len(parts) >= 2:
            matrix = unit.job.tree.get("strategy", "matrix")
            listed = [each.get(*parts[2:]) for each in matrix.get(parts[1]).elements()]
            listed += [each.get(*parts[1:]) for each in matrix.get("include").elements()]
            return [told for each in listed if (told := scalar_text(each)) is not None and "${{" not in told]
        return []

    # -- order -------------------------------------------------------------------------------------------------------

    def before(self, unit: Unit) -> list[Unit]:
        """Every unit that has ended when this one begins."""
        if unit not in self._before:
            found: dict[Unit, None] = {}
            pending = [each for link in unit.chain for each in link.needs]
            while pending:
                other = pending.pop(0)
                if other is not unit and other not in found:
                    found[other] = None
                    pending += [each for link in other.chain for each in link.needs]
            self._before[unit] = list(found)
        return self._before[unit]

    def after(self, unit: Unit) -> list[Unit]:
        """Every unit that begins when this one has ended."""
        if not self._after:
            for other in self.units:
                for each in self.before(other):
                    self._after.setdefault(each, []).append(other)
        return self._after.get(unit, [])


@lru_cache(maxsize=1)
def pipeline_of(project: Project) -> Pipeline:
    """The units of a project."""
    return Pipeline(project)
