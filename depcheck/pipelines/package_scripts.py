"""Scripts of ``package.json`` that a workflow runs by a name that none has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from posixpath import dirname

from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Job, Word
from depcheck.patterns import Pattern
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.scripts import folder_option
from depcheck.pipelines.units import Pipeline, folders_of, pipeline_of
from depcheck.project import Project
from depcheck.project.builds import nearest
from depcheck.project.command_lines import scripts, unwrapped
from depcheck.values import Absent, Known, scalar_text, string

#: Only these say nothing but scripts after ``run``; yarn and bun look among the programs of packages too.
_RUNNERS = frozenset({"npm", "pnpm"})
_RUN = frozenset({"run", "run-script"})
#: What npm runs without a script of that name (docs.npmjs.com/cli/commands/npm-run-script, …/npm-start).
_BUILT_IN = frozenset({"start", "restart", "env"})
_NAME = Pattern(r"[A-Za-z0-9][\w:.-]*")
#: With these a script may be missing here.
_SOMEWHERE_ELSE = Pattern(
    r"--if-present|(?:-w|--workspaces?|-ws|-r|--recursive|-F|--filter)(?:=.*)?|--(?:prefix|dir|cwd)=.*[$*].*"
)
#: What writes into a package.json while the job runs.
_REWRITES = Pattern(
    r"(?:npm|pnpm|yarn) (?:init|create|pkg)\b.*|git (?:checkout|switch|pull|merge|reset)\b.*|.*package\.json.*"
)
#: What runs a command where other files are.
_ELSEWHERE = frozenset({"docker", "docker-compose", "podman", "ssh", "kubectl", "nix", "devcontainer"})


def missing(project: Project) -> Iterator[Outcome]:
    """Every step of a job that runs a script which the package.json of its folder does not have."""
    pipeline = pipeline_of(project)
    for unit in pipeline.units:
        if unit.job is not None and _reads_this_repository(unit.job):
            yield from _of_unit(unit, pipeline)


def _of_unit(unit: Unit, pipeline: Pipeline) -> Iterator[Outcome]:
    lost = None  # the step in which it is not known any more where commands run
    own = [each for each in unit.done if each.command is not None and each.inner is None and each.step is not None]
    for at, done in enumerate(own):
        if _REWRITES.fullmatch(done.text):
            return
        if _leads_anywhere(done) or not _is_decided(done, unit):
            lost = done.step
        word = _script_of(done) if done.step is not lost else None
        if word is None:
            continue
        words = [each.text or "" for each in done.command.words] if done.command is not None else []
        manifest = _manifest(folder_option(words, done.folder), pipeline.project)
        names = pipeline.scripts.names_of(manifest) if manifest is not None else None
        name = word.text or ""
        if manifest is None or not names or name in names:
            continue
        file, near = pipeline.project.file(manifest), nearest(name, names)
        yield Violation(
            word.span,
            resource=unit.address,
            severity="low" if _may_fail(done, own[at + 1 : at + 2]) else None,
            variant="near" if near else "",
            discriminator=f"{manifest}:{name}",
            related=[Note("its scripts stand here", file.span)] if file is not None else [],
            words={"name": name, "path": manifest, "near": near},
        )


def _reads_this_repository(job: Job) -> bool:
    """Whether the files of a job are those of the repository, where they are here."""
    for step in job.steps:
        used = (string(step.uses) or "").lower() if step.uses is not None else ""
        if used.startswith("actions/checkout@"):
            given = step.tree.get("with")
            return not any(isinstance(given.get(each), Known) for each in ("repository", "path"))
    return False


def _is_decided(done: Done, unit: Unit) -> bool:
    """Whether the folder of a step is written out, wherever it is said."""
    places = folders_of(done.step, unit.job, unit) if done.step is not None and unit.job is not None else []
    return not any(not isinstance(each, Absent) and "$" in each.span.text for each in places)


def _may_fail(done: Done, after: list[Done]) -> bool:
    """Whether somebody has seen to it that the job goes on when a command fails."""
    tolerated = done.step is not None and scalar_text(done.step.tree.get("continue-on-error")) == "true"
    return tolerated or any(each.command is not None and each.command.joined == "||" for each in after)


def _leads_anywhere(done: Done) -> bool:
    """Whether a command goes to a folder that is not written out."""
    command = done.command
    if command is None or command.name not in ("cd", "pushd", "popd"):
        return False
    to = command.words[1].text if len(command.words) == 2 else None
    return to is None or to.startswith(("-", "~", "/"))


def _script_of(done: Done) -> Word | None:
    """The word with the name of the script that a command runs, where it is nothing else."""
    command = done.command
    if command is None or any(word.text is None for word in command.words) or command.name in _ELSEWHERE:
        return None
    line = unwrapped([word.text or "" for word in command.words])[-1]
    names = scripts(line)
    if not line or line[0] not in _RUNNERS or len(names) != 1 or not _NAME.fullmatch(names[0]) or names[0] in _BUILT_IN:
        return None
    before = line[1 : line.index(names[0])]
    own = line[1 : line.index("--")] if "--" in line else line[1:]
    if _RUN.isdisjoint(before) or any(_SOMEWHERE_ELSE.fullmatch(each) for each in own):
        return None
    return next((word for word in command.words if word.text == names[0]), None)


def _manifest(folder: str, project: Project) -> str | None:
    """The package.json that npm reads in a folder of the repository: its own, or the nearest above."""
    while folder in _folders(project):
        path = f"{folder}/package.json" if folder else "package.json"
        if project.file(path) is not None:
            return path
        if not folder:
            return None
        folder = dirname(folder)
    return None


@lru_cache(maxsize=1)
def _folders(project: Project) -> frozenset[str]:
    found = {""}
    for path in project.listed:
        folder = dirname(path)
        while folder not in found:
            found.add(folder)
            folder = dirname(folder)
    return frozenset(found)
