"""Which lines belong together, so that a comment above a header, or inside a block, speaks for all of it."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, Value

Lines = tuple[int, int]


class Blocks:
    """The blocks of a project's files. Those of a file are looked for when its first comment asks."""

    __slots__ = ("_ends", "_project", "_resources", "_steps")

    def __init__(self, project: Project) -> None:
        self._project = project
        self._ends: dict[str, dict[int, int]] = {}
        self._resources: dict[str, list[Lines]] = {}
        self._steps: dict[str, list[Lines]] = {}

    def end(self, path: str, line: int) -> int:
        """The last line of what begins on a line: a block, an entry with all below it, an instruction."""
        ends = self._ends.get(path)
        if ends is None:
            ends = self._ends[path] = _ends(self._project, path)
        return ends.get(line, line)

    def resources(self, path: str) -> list[Lines]:
        """The lines of each resource and job; a Dockerfile is one."""
        found = self._resources.get(path)
        if found is None:
            found = [_lines(each.extent) for each in _resources_in(self._project, path)]
            found += [
                (job.span.line, job.tree.span.end_line) for job in self._project.facts.jobs if job.span.path == path
            ]
            file = self._project.file(path)
            if file is not None and file.kind == "dockerfile":
                found.append((1, file.source.line_count))
            self._resources[path] = found
        return found

    def steps(self, path: str) -> list[Lines]:
        """The lines of each step of a workflow, then of each job: the smallest first."""
        found = self._steps.get(path)
        if found is None:
            jobs = [job for job in self._project.facts.jobs if job.span.path == path]
            found = [_lines(step.span) for job in jobs for step in job.steps]
            found += [(job.span.line, job.tree.span.end_line) for job in jobs]
            self._steps[path] = found
        return found


def _lines(span: Span) -> Lines:
    return span.line, span.end_line


def _resources_in(project: Project, path: str) -> Iterator[Resource]:
    return (each for each in project.facts.resources if each.extent.path == path)


def _ends(project: Project, path: str) -> dict[int, int]:
    ends: dict[int, int] = {}
    for resource in _resources_in(project, path):
        first, last = _lines(resource.extent)
        _widen(ends, first, last)
        seen: dict[int, int] = {}
        for value in _below(resource.attributes):
            _end_of(value, path, last, ends, seen)
    file = project.file(path)
    if file is not None and isinstance(file.tree, Known):
        seen = {}
        for value in _below(file.tree):
            _end_of(value, path, file.source.line_count, ends, seen)
    for build in project.facts.builds:
        if build.span.path == path:
            for stage in build.stages:
                for instruction in stage.instructions:
                    _widen(ends, *_lines(instruction.span))
    for command in project.facts.commands:
        if command.span.path == path:
            _widen(ends, *_lines(command.span))
    return ends


def _end_of(value: Value, path: str, limit: int, ends: dict[int, int], seen: dict[int, int]) -> int:
    """Note the last line of a value's lines, and of those below it. Values from elsewhere do not count; one that
    several aliases share is looked at once, because aliases of aliases grow without bound."""
    if id(value) in seen:
        return seen[id(value)]
    seen[id(value)] = 0
    head = value.key if isinstance(value, Known) and value.key is not None else value.span
    if head.path != path or head.line > limit:
        return 0
    last = value.span.end_line if value.span.path == path and value.span.end_line <= limit else head.end_line
    for each in _below(value):
        last = max(last, _end_of(each, path, limit, ends, seen))
    _widen(ends, head.line, last)
    seen[id(value)] = last
    return last


def _below(value: Value) -> Iterator[Value]:
    if isinstance(value, Known):
        if isinstance(value.value, dict):
            yield from value.value.values()
        elif isinstance(value.value, list):
            yield from value.value


def _widen(ends: dict[int, int], first: int, last: int) -> None:
    if last > ends.get(first, first):
        ends[first] = last
