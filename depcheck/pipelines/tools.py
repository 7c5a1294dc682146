"""What staging and production are deployed with: the versions of actions and tools, and the image of the runner.

Languages that are newer in production are told where environments are compared; here the other way round is told too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.findings import Note, Outcome, Undetermined, Violation
from depcheck.model import Job, Runtime
from depcheck.patterns import Pattern
from depcheck.pipelines.likeness import pairs
from depcheck.pipelines.nouns import Unit
from depcheck.pipelines.promised import listed
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.project.versions import agree, read
from depcheck.source import Span
from depcheck.syntax import expressions
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_COMMIT = Pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
#: A tag that is a version, also on a branch of releases (``release/v1``).
_TAG = Pattern(r"(?:releases?/)?v?(\d{1,6}(?:\.\d{1,6}){0,3})")
#: The version that is told behind a commit (``# v4.1.0``).
_TOLD = Pattern(r"\s*(?:tag\s*=\s*|tag:\s*|version:?\s*)?v?(\d{1,6}(?:\.\d{1,6}){0,3})\s*")
#: The images of GitHub's own runners that stay the same; `-latest` may be any of them.
_HOSTED = Pattern(r"(?P<system>ubuntu|windows|macos)-(?P<version>\d+(?:\.\d+)?)(?P<kind>(?:-arm|-intel)?)")
#: Workflows of other repositories that deploy, by their path.
_DEPLOYS = Pattern(r"deploy|release|rollout|promote")


class Tool:
    """Something that a deployment uses, in one version: an action, a language or program, or an image (no ``name``)."""

    __slots__ = ("name", "numbers", "span", "text")

    def __init__(self, name: str, text: str, numbers: tuple[int, ...], span: Span) -> None:
        self.name = name
        self.text = text
        self.numbers = numbers
        self.span = span

    @property
    def words(self) -> str:
        """How messages call it."""
        return f"{self.name} {self.text}" if self.name else self.text


class Difference:
    """One tool in an older and in a newer version; ``major`` where the first number is another one."""

    __slots__ = ("major", "newer", "older")

    def __init__(self, older: Tool, newer: Tool, *, major: bool) -> None:
        self.older = older
        self.newer = newer
        self.major = major


class Side:
    """A unit that deploys, and the environment that it deploys to."""

    __slots__ = ("environment", "job", "unit")

    def __init__(self, unit: Unit, job: Job, environment: str) -> None:
        self.unit = unit
        self.job = job
        self.environment = environment


def differing(project: Project) -> Iterator[Outcome]:
    """Tools that the deployment to staging and that to production use in different versions."""
    runtimes: dict[tuple[str, str], list[Runtime]] = {}
    for runtime in project.facts.runtimes:
        runtimes.setdefault((runtime.scope, runtime.span.path), []).append(runtime)
    seen: set[Span] = set()
    for before, after in (*_deployed(project), *_called(project)):
        actions = _differences(_actions(before, project), _actions(after, project))
        # production's newer languages are told where environments are compared
        languages, open_ = _languages(before.job, after.job, runtimes)
        image = _images(before.job, after.job)
        if isinstance(image, Unknown):
            open_ = [*open_, image]
        found = [*actions, *languages, *([image] if isinstance(image, Difference) else [])]
        for one, other in ((before, after), (after, before)):
            own = [each for each in found if _within(each.older.span, one, other)]
            if own and own[0].older.span not in seen:
                seen.add(own[0].older.span)
                yield _told(one, other, own)
        for value in open_:
            if value.span not in seen:
                seen.add(value.span)
                yield Undetermined(value, resource=before.job.address)


def _told(one: Side, other: Side, found: list[Difference]) -> Violation:
    return Violation(
        found[0].older.span,
        resource=one.job.address,
        environment=one.environment,
        severity="medium" if any(each.major for each in found) else None,
        related=[Note(f"{other.unit.name} uses {each.newer.words} here", each.newer.span) for each in found],
        discriminator=f"{one.environment}:{other.environment}",
        words={
            "job": one.unit.name,
            "environment": one.environment,
            "tools": listed([each.older.words for each in found]),
            "other": other.environment,
            "versions": listed([each.newer.text for each in found]),
        },
    )


def _within(span: Span, one: Side, other: Side) -> bool:
    """Whether a place is in the job of one side and not in that of the other."""
    return _holds(one.job, span) and not _holds(other.job, span)


def _holds(job: Job, span: Span) -> bool:
    return job.tree.span.path == span.path and job.tree.span.start <= span.start < job.tree.span.end


def _deployed(project: Project) -> Iterator[tuple[Side, Side]]:
    for before, after in pairs(project):
        one, other = before.unit.job, after.unit.job
        if one is not None and other is not None and before.environment and after.environment:
            yield Side(before.unit, one, before.environment), Side(after.unit, other, after.environment)


def _called(project: Project) -> Iterator[tuple[Side, Side]]:
    """Jobs that call one workflow of another repository, which deploys: the only one for each environment."""
    environments = project.environments
    by_path: dict[str, list[Side]] = {}
    for unit in pipeline_of(project).units:
        used = string(unit.job.uses) if unit.job is not None and unit.job.uses is not None else None
        name = (used or "").partition("@")[0].lower()
        if unit.job is not None and unit.environment is not None and _DEPLOYS.search(name):
            by_path.setdefault(name, []).append(Side(unit, unit.job, unit.environment))
    for sides in by_path.values():
        before = [each for each in sides if environments.role(each.environment) == "staging"]
        after = [each for each in sides if each.environment in environments.critical]
        if len(before) == len(after) == 1:
            yield before[0], after[0]


def _actions(side: Side, project: Project) -> dict[str, Tool]:
    """The actions of a job whose version is decided, and that it uses in one version only."""
    found: dict[str, list[Tool]] = {}
    values = [side.job.uses, *(step.uses for step in side.job.steps)]
    for value in values:
        written = string(value) if value is not None else None
        if value is None or written is None or written.startswith((".", "docker://")):
            continue
        name, _, ref = written.partition("@")
        told = _version(ref, value.span, project)
        if told is not None:
            text, numbers = told
            found.setdefault(name.lower(), []).append(Tool(name, text, numbers, value.span))
        else:
            found.setdefault(name.lower(), []).append(Tool(name, ref, (), value.span))
    return {name: tools[0] for name, tools in found.items() if len({each.text for each in tools}) == 1}


def _version(ref: str, span: Span, project: Project) -> tuple[str, tuple[int, ...]] | None:
    """A version as it is shown, and its numbers: of the tag, or of the comment behind a commit."""
    match = _TAG.fullmatch(ref) if not _COMMIT.fullmatch(ref) else None
    if match is None and _COMMIT.fullmatch(ref):
        line = span.line
        told = next((each.text for each in project.comments.get(span.path, ()) if each.span.line == line), "")
        match = _TOLD.fullmatch(told)
        ref = told.strip()
    if match is None:
        return None
    return ref, tuple(int(each) for each in match.group(1).split("."))


def _differences(before: Mapping[str, Tool], after: Mapping[str, Tool]) -> list[Difference]:
    found: list[Difference] = []
    for name, one in before.items():
        other = after.get(name)
        size = min(len(one.numbers), len(other.numbers)) if other is not None else 0
        if other is None or one.numbers[:size] == other.numbers[:size]:
            continue  # the same, or a tag that moves within what the other names
        older, newer = (one, other) if one.numbers[:size] < other.numbers[:size] else (other, one)
        found.append(Difference(older, newer, major=one.numbers[0] != other.numbers[0]))
    return sorted(found, key=lambda each: not each.major)


def _languages(
    one: Job, other: Job, runtimes: Mapping[tuple[str, str], list[Runtime]]
) -> tuple[list[Difference], list[Unknown]]:
    """Languages and tools that production's job sets up older, and the versions that are not decided."""
    before, after = (_set_up(each, runtimes) for each in (one, other))
    found: list[Difference] = []
    open_: list[Unknown] = []
    for name, mine in before.items():
        theirs = after.get(name)
        match mine.version, theirs.version if theirs is not None else None:
            case Known(), Unknown() as value:
                open_.append(value)
            case Unknown() as value, Known():
                open_.append(value)
            case Known() as first, Known() as second:
                newer, older = _tool(name, first), _tool(name, second)
                if newer is None or older is None or older.numbers >= newer.numbers:
                    continue
                if not _agree(name, newer.text, older.text):
                    found.append(Difference(older, newer, major=older.numbers[0] != newer.numbers[0]))
            case _:
                pass
    return found, open_


def _set_up(job: Job, runtimes: Mapping[tuple[str, str], list[Runtime]]) -> dict[str, Runtime]:
    """What a job sets up in one version only."""
    found: dict[str, list[Runtime]] = {}
    for runtime in runtimes.get((job.address, job.span.path), ()):
        found.setdefault(runtime.language, []).append(runtime)
    return {name: each[0] for name, each in found.items() if len(each) == 1}


def _tool(name: str, version: Known) -> Tool | None:
    text = scalar_text(version) or ""
    spec = read(name, text)
    if spec is None or not spec.exact:
        return None
    return Tool(name, text, spec.intervals[0][0], version.span)


def _agree(name: str, one: str, other: str) -> bool:
    first, second = read(name, one), read(name, other)
    return first is None or second is None or agree(first, second)


def _images(one: Job, other: Job) -> Difference | Unknown | None:
    """The different images of GitHub's runners that two jobs run on, or the one of them that is not decided."""
    before, after = (_runner(each) for each in (one, other))
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        known = [each for each in (before, after) if isinstance(each, Tool)]
        open_ = [each for each in (before, after) if isinstance(each, Unknown)]
        return open_[0] if known else None
    if before is None or after is None or before.text == after.text:
        return None
    if before.name == after.name and before.numbers == after.numbers:
        return None
    older, newer = (after, before) if before.name == after.name and after.numbers < before.numbers else (before, after)
    return Difference(_shown(older), _shown(newer), major=False)


def _shown(tool: Tool) -> Tool:
    return Tool("", tool.text, tool.numbers, tool.span)


def _runner(job: Job) -> Tool | Unknown | None:
    value: Value = job.tree.get("runs-on")
    entries = value.elements() if isinstance(value, Known) and isinstance(value.value, list) else [value]
    label = entries[0] if len(entries) == 1 else Absent(job.span)
    text = string(label) or ""
    if expressions.contains(text):
        return Unknown("the runner is decided when the workflow runs", label.span)
    match = _HOSTED.fullmatch(text)
    if match is None:
        return None
    numbers = tuple(int(each) for each in match["version"].split("."))
    return Tool(match["system"] + match["kind"], text, numbers, label.span)
