"""Which version of each language a project chooses, tests with, ships and accepts, and where these do not agree.

A file of versions (``.nvmrc``) speaks for its folder and what is below it; so does what a package accepts
(``engines``, ``go.mod``). The values of a job's matrix are one set, of which one must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.model import Command, Job, Runtime, Stage, Step
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.activities import activities
from depcheck.project.versions import Spec, agree, read
from depcheck.values import Unknown, scalar_text, string

#: Folders whose contents are not what is deployed.
ASIDE = Pattern(
    r"(?:^|/)(?:tests?|testing|e2e|examples?|samples?|demos?|fixtures?|testdata|templates?|docs?|documentation|website|"
    r"benchmarks?|playgrounds?|third_party|vendor|node_modules|\.devcontainer|devcontainer|hack|contrib)/",
    re.IGNORECASE,
)
#: Files of versions by which languages are chosen; the others say what is accepted.
_ACCEPTING = frozenset({"go.mod", "package.json", "pyproject.toml"})
#: What makes a folder a package of its own, and what takes packages of other folders in.
_MANIFESTS = {"node": ("package.json",), "go": ("go.mod",), "python": ("pyproject.toml",)}
_WORKSPACES = Pattern(r"\"(?:workspaces|turbo|lerna|nx)\"\s*:|pnpm")
#: Languages whose packages are made for one version of it.
_COMPILED_FOR = frozenset({"node", "python", "ruby", "php", "elixir", "erlang"})
_FUNCTIONS = frozenset({"terraform", "terraform-json", "cloudformation", "serverless"})
_DEVELOPMENT = frozenset({"development", "test", "preview"})
_ENTERED = Pattern(r"\s*(?:set [^\n]*\n\s*)?cd ([\w./-]+)\s*(?:\n|&&|$)")
_WORKFLOWS = Pattern(r"(?P<base>(?:.*/)?)\.(?:github|gitea|forgejo)/(?:workflows|actions)/.+")


class Statement:
    """A place that names a version of a language.

    ``role`` is ``chosen`` (a file of versions), ``image`` (a stage of a Dockerfile), ``job``, ``function`` (AWS Lambda)
    or ``accepted`` (a range). ``folder`` is what it speaks for, ``spec`` None where the version is not decided.
    """

    __slots__ = ("folder", "job", "language", "path", "role", "runtime", "spec")

    def __init__(self, role: str, runtime: Runtime, folder: str, spec: Spec | None, job: Job | None = None) -> None:
        self.role = role
        self.runtime = runtime
        self.language = runtime.language
        self.path = runtime.span.path
        self.folder = folder
        self.spec = spec
        self.job = job


class Difference:
    """Two places that do not agree. ``kind`` is ``chosen``, ``tested``, ``accepted`` or ``built``, by the second."""

    __slots__ = ("kind", "one", "other")

    def __init__(self, kind: str, one: Statement, other: Statement) -> None:
        self.kind = kind
        self.one = one
        self.other = other


class Comparison:
    """The differences, the agreements, and the places whose version is not decided although another one could tell."""

    __slots__ = ("_told", "agreed", "differences", "open")

    def __init__(self) -> None:
        #: What was chosen, tested or built in another version: one place is told once.
        self._told: set[Statement] = set()
        self.differences: list[Difference] = []
        self.agreed: list[Difference] = []
        self.open: list[tuple[str, Statement, Unknown]] = []

    def add(self, kind: str, one: Statement, others: list[Statement]) -> None:
        """Hold one place against others, one of which must agree with it."""
        told = [each for each in others if each.spec is not None]
        if not told:
            return
        if one.spec is None:
            if isinstance(one.runtime.version, Unknown):
                self.open.append((kind, one, one.runtime.version))
            return
        same = next((each for each in told if each.spec is not None and agree(one.spec, each.spec)), None)
        if same is not None:
            self.agreed.append(Difference(kind, one, same))
        elif kind == "accepted" or one not in self._told:
            if kind != "accepted":
                self._told.add(one)
            self.differences.append(Difference(kind, one, told[0]))


@lru_cache(maxsize=1)
def compared(project: Project) -> Comparison:
    """Everything that is said of versions, held against each other."""
    by_language: dict[str, list[Statement]] = {}
    for each in _statements(project):
        by_language.setdefault(each.language, []).append(each)
    result = Comparison()
    for statements in by_language.values():
        _compare(statements, result, project)
    return result


def _compare(statements: list[Statement], result: Comparison, project: Project) -> None:
    chosen = _by_folder(statements, "chosen")
    accepted = _by_folder(statements, "accepted")
    jobs: dict[tuple[str, str], list[Statement]] = {}
    for each in statements:
        if each.role == "job":
            jobs.setdefault((each.path, each.runtime.scope), []).append(each)
    tested = [each for group in jobs.values() if _tests(group[0], project) for each in group]
    told: set[tuple[str, str]] = set()
    if statements[0].language == "terraform":
        _compare_terraform(statements, result)
        return
    images = [each for each in statements if each.role in ("image", "function")]
    for each in images:
        version = scalar_text(each.runtime.version) or ""
        if (each.path, version) in told:
            continue
        told.add((each.path, version))
        above = _governing(each, chosen, project)
        if above:
            result.add("chosen", each, above)
        elif each.role == "image" and tested and _is_the_only_one(images):
            result.add("tested", each, tested)
        result.add("accepted", each, _nearest(each.folder, accepted))
    _compare_stages(statements, result, project)
    for group in jobs.values():
        above = _governing(group[0], chosen, project)
        for kind, others in (("chosen", above), ("accepted", _nearest(group[0].folder, accepted))):
            if others and not any(_agrees(each, other) for each in group for other in others):
                decided = [each for each in group if each.spec is not None]
                if len(decided) == len(group):
                    result.add(kind, decided[0], others)
    for each in (each for group in chosen.values() for each in group[:1]):
        result.add("accepted", each, _nearest(each.folder, accepted))


def _compare_terraform(statements: list[Statement], result: Comparison) -> None:
    """What is set up and chosen against what the configurations in and below its folder ask for: one must agree."""
    asked = [each for each in statements if each.role == "accepted"]
    jobs: dict[tuple[str, str], list[Statement]] = {}
    for each in statements:
        if each.role in ("job", "chosen"):
            jobs.setdefault((each.path, each.runtime.scope), []).append(each)
    for group in jobs.values():
        folder = group[0].folder
        below = [each for each in asked if not folder or f"{each.folder}/".startswith(f"{folder}/")]
        if below and all(each.spec is not None for each in group):
            agreeing = next((each for each in group if any(_agrees(each, other) for other in below)), group[0])
            result.add("accepted", agreeing, below)


def _compare_stages(statements: list[Statement], result: Comparison, project: Project) -> None:
    """Where a stage takes over what another stage made: a program for the same version of the language."""
    by_file: dict[str, dict[str, Statement]] = {}
    for each in statements:
        if each.role == "image" and each.language in _COMPILED_FOR:
            by_file.setdefault(each.path, {})[each.runtime.scope] = each
    for build in project.facts.builds:
        told = by_file.get(build.name, {})
        if len(told) < 2:
            continue
        chain = build.shipped()
        own = next((told[name] for stage in reversed(chain) if (name := _scope(stage)) in told), None)
        taken = {
            (string(step.flags["from"]) or "").lower()
            for stage in chain
            for step in stage.instructions
            if step.keyword == "COPY" and "from" in step.flags
        }
        for stage in build.stages:
            made = told.get(_scope(stage))
            if own is None or made is None or stage in chain:
                continue
            if (stage.name or "").lower() in taken or str(stage.index) in taken:
                result.add("built", own, [made])


def _scope(stage: Stage) -> str:
    return f"stage.{stage.name or stage.index}"


def _agrees(one: Statement, other: Statement) -> bool:
    return one.spec is not None and other.spec is not None and agree(one.spec, other.spec)


def _by_folder(statements: list[Statement], role: str) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for each in statements:
        if each.role == role:
            found.setdefault(each.folder, []).append(each)
    return found


def _nearest(folder: str, by_folder: dict[str, list[Statement]]) -> list[Statement]:
    """Those that speak for a folder: its own, or those of the nearest one above it."""
    if not by_folder:
        return []
    while True:
        if folder in by_folder:
            return by_folder[folder]
        if not folder:
            return []
        folder = folder.rpartition("/")[0]


def _governing(statement: Statement, chosen: dict[str, list[Statement]], project: Project) -> list[Statement]:
    """The file of versions that speaks for a place. A package of its own is not spoken for by files outside of it,
    unless it is a member of the package there."""
    found = _nearest(statement.folder, chosen)
    manifests = _MANIFESTS.get(statement.language)
    if not found or manifests is None or found[0].folder == statement.folder:
        return found
    top, folder = found[0].folder, statement.folder
    while folder != top:
        if any(project.file(f"{folder}/{name}") is not None for name in manifests):
            root = project.file(f"{top}/package.json" if top else "package.json")
            return found if root is not None and _WORKSPACES.search(root.source.text) else []
        folder = folder.rpartition("/")[0]
    return found


def _is_the_only_one(images: list[Statement]) -> bool:
    """Whether every image has the same version, so that no job can be meant for another one."""
    specs = [each.spec for each in images if each.role == "image" and each.spec is not None]
    return bool(specs) and all(agree(specs[0], each) for each in specs)


def _tests(statement: Statement, project: Project) -> bool:
    if statement.job is None:
        return False
    commands = _commands(project).get(statement.path, [])
    return any("test" in each.name for each in activities(statement.job, commands))


@lru_cache(maxsize=1)
def _commands(project: Project) -> dict[str, list[Command]]:
    found: dict[str, list[Command]] = {}
    for command in project.facts.commands:
        found.setdefault(command.span.path, []).append(command)
    return found


def _statements(project: Project) -> Iterator[Statement]:
    jobs = {(job.span.path, job.address): job for job in project.facts.jobs}
    for runtime in project.facts.runtimes:
        path = runtime.span.path
        file = project.file(path)
        if file is None or ASIDE.search(path):
            continue
        text = scalar_text(runtime.version)
        spec = read(runtime.language, text) if text is not None else None
        folder, _, name = path.rpartition("/")
        if file.kind in ("versions", "package-json"):
            if name.lower() in _ACCEPTING:
                if name == "go.mod" and text is not None:
                    spec = read("go", f">={text}")
                yield Statement("accepted", runtime, folder, spec)
            else:
                yield Statement("chosen", runtime, folder, spec)
        elif file.kind == "dockerfile":
            if project.environments.role(file.environment) not in _DEVELOPMENT:
                yield Statement("image", runtime, folder, spec)
        elif file.kind in ("workflow", "action"):
            where = _WORKFLOWS.fullmatch(path)
            # ``using: node20`` of an action is the runner's own.
            if where is not None and not runtime.span.text.startswith("node"):
                job = jobs.get((path, runtime.scope))
                base = where["base"].rstrip("/")
                yield Statement("job", runtime, _working_folder(base, job), spec, job)
        elif file.kind in ("terraform", "terraform-json") and runtime.language == "terraform":
            if "modules" not in folder.split("/"):
                yield Statement("accepted", runtime, folder, spec)
        elif file.kind in _FUNCTIONS and runtime.language != "terraform":
            yield Statement("function", runtime, folder, spec)


def _entered(step: Step) -> str | None:
    """The folder that a script goes to before it does anything."""
    match = _ENTERED.match(string(step.tree.get("run")) or "")
    return match[1] if match is not None else None


def _working_folder(base: str, job: Job | None) -> str:
    """The folder that a job works in: what all of its scripts say, else the top of the repository."""
    if job is None:
        return base
    given = string(job.tree.get("defaults", "run", "working-directory"))
    if given is None:
        own = [
            string(step.tree.get("working-directory")) or _entered(step) for step in job.steps if step.run is not None
        ]
        given = own[0] if own and len(set(own)) == 1 else None
    if given is None or "$" in given:
        return base
    parts = [part for part in given.split("/") if part not in ("", ".")]
    return "/".join([base, *parts] if base else parts) if ".." not in parts else base
