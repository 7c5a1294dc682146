"""Who builds which Dockerfile with which context and which arguments: compose services, workflow steps, commands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.compose.paths import folder_of, is_remote, within
from depcheck.model import Build, Command, Job, Resource
from depcheck.model import Step as JobStep
from depcheck.patterns import Pattern
from depcheck.project import Project, images
from depcheck.project.workflows import text_of
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, string

#: Arguments that builders take without a declaration
#: (https://docs.docker.com/build/building/variables/#pre-defined-build-arguments and #buildkit-built-in-build-args).
PREDEFINED = Pattern(
    r"(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY|BUILDKIT_\w+|SOURCE_DATE_EPOCH|(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)", re.I
)
#: Switches of the command that builds: given to the build itself they do nothing, and nothing is lost.
OF_CLIENTS = frozenset({"DOCKER_BUILDKIT", "COMPOSE_DOCKER_CLI_BUILD"})
_ACTION = "docker/build-push-action@"
_LINE = Pattern(r"[^\r\n]+")
_NAME = Pattern(r"[\"']?(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:=|[\"']?\s*$)")
#: Options of ``docker build`` that take the next word.
_OPTIONS = """
    -t --tag -f --file --build-arg --target --platform --cache-from --cache-to --secret --ssh --network --label -o
    --output --progress --iidfile --add-host --build-context --builder --metadata-file --annotation --attest --sbom
    --provenance --allow --shm-size --ulimit -m --memory --cpuset-cpus --isolation --invoke --call
"""
_VALUED = frozenset(_OPTIONS.split())


class Argument:
    """A build argument that somebody gives: its name, where, to which Dockerfile, and the address of who gives it."""

    __slots__ = ("build", "environment", "name", "scope", "span")

    def __init__(self, name: str, span: Span, build: Build, scope: str, environment: str | None) -> None:
        self.name = name
        self.span = span
        self.build = build
        self.scope = scope
        self.environment = environment


def arguments(project: Project) -> Iterator[Argument]:
    """Every build argument that is given to a Dockerfile of this repository; each place once."""
    builds = {build.name: build for build in project.facts.builds}
    if not builds:
        return
    seen: set[tuple[Span, str]] = set()
    for each in (*_of_services(project), *_of_jobs(builds, project)):
        if (each.span, each.build.name) not in seen:
            seen.add((each.span, each.build.name))
            yield each


def declared(project: Project) -> dict[str, set[str]]:
    """The names of the arguments that each Dockerfile declares."""
    found: dict[str, set[str]] = {}
    for setting in project.facts.settings:
        if setting.origin == "dockerfile-arg":
            found.setdefault(setting.span.path, set()).add(setting.name)
    return found


def may_declare(build: Build) -> bool:
    """Whether a base image may declare arguments for what is built on it (``ONBUILD ARG``)."""
    return any("onbuild" in (string(stage.base) or "") for stage in build.stages)


def nearest(name: str, names: set[str]) -> str:
    """The declared name that is meant by a misspelt one; empty for none."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(names), n=1, cutoff=0.8)
    return close[0] if close else ""


def _of_services(project: Project) -> Iterator[Argument]:
    for service in project.of_type("compose_service"):
        given = service.get("build", "args")
        build = images.build_of(service, project) if isinstance(given, Known) else None
        if build is not None:
            for name, value in given.items():
                span = value.key or value.span
                yield Argument(name, _named(span, name), build, service.address, service.environment)


def _named(span: Span, name: str) -> Span:
    at = span.text.find(name)
    return Span(span.source, span.start + at, span.start + at + len(name)) if at >= 0 else span


def _of_jobs(builds: dict[str, Build], project: Project) -> Iterator[Argument]:
    commands: dict[str, list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "workflow" and command.name == "docker":
            commands.setdefault(command.span.path, []).append(command)
    for job in project.facts.jobs:
        base = re.split(r"(?:^|/)\.(?:github|gitea|forgejo)/", job.span.path)[0]
        if any("path" in dict(step.tree.get("with").items()) for step in job.steps if _is_checkout(step)):
            continue
        for step in job.steps:
            used = string(step.uses) if step.uses is not None else None
            if used is not None and used.lower().startswith(_ACTION):
                yield from _of_action(step, job, base, builds)
            elif step.run is not None and job.span.path in commands:
                yield from _of_script(step, job, base, commands[job.span.path], builds)


def _is_checkout(step: JobStep) -> bool:
    return step.uses is not None and (string(step.uses) or "").startswith("actions/checkout@")


def _of_action(step: JobStep, job: Job, base: str, builds: dict[str, Build]) -> Iterator[Argument]:
    inputs = step.tree.get("with")
    context, file = _path(inputs.get("context"), "."), _path(inputs.get("file"), "")
    given = inputs.get("build-args")
    if context is None or file is None or not isinstance(given, Known) or not isinstance(given.value, str):
        return
    build = builds.get(within(base, file) if file else within(within(base, context), "Dockerfile"))
    if build is None:
        return
    text = text_of(given)
    for line in _LINE.finditer(text.text):
        match = _NAME.match(text.text, line.start() + len(line.group()) - len(line.group().lstrip()), line.end())
        if match is not None:
            span = text.span(*match.span("name"))
            yield Argument(match["name"], span, build, job.address, job.environment)


def _path(value: Value, default: str) -> str | None:
    """A path that is written out; None where an expression or an address takes its place."""
    if isinstance(value, Absent):
        return default
    text = string(value)
    return None if text is None or "$" in text or is_remote(text) else text or default


def _of_script(
    step: JobStep, job: Job, base: str, commands: list[Command], builds: dict[str, Build]
) -> Iterator[Argument]:
    run = step.tree.get("run")
    if not isinstance(run, Known) or not isinstance(run.value, str) or re.search(r"\b(?:cd|pushd)\s", run.value):
        return
    folder = _path(step.tree.get("working-directory"), "")
    if folder == "":
        folder = _path(job.tree.get("defaults", "run", "working-directory"), "")
    if folder is None:
        return
    for command in commands:
        if not run.span.start <= command.span.start < run.span.end:
            continue
        found = _command(command)
        if found is None:
            continue
        context, file, given = found
        home = within(base, folder)
        build = builds.get(within(home, file) if file else within(within(home, context), "Dockerfile"))
        if build is not None:
            for name, span in given:
                yield Argument(name, span, build, job.address, job.environment)


def _command(command: Command) -> tuple[str, str, list[tuple[str, Span]]] | None:
    """The context, the Dockerfile and the arguments of a ``docker build``; None for anything that cannot be told."""
    words = command.words[1:]
    if words and words[0].text == "buildx":
        words = words[1:]
    if not words or words[0].text != "build":
        return None
    context: str | None = None
    file = ""
    given: list[tuple[str, Span]] = []
    index = 1
    while index < len(words):
        word = words[index]
        written = word.text if word.text is not None else word.raw
        option, equals, value = written.partition("=") if written.startswith("--") else (written, "", "")
        place = word
        if option in _VALUED and not equals and index + 1 < len(words):
            index += 1
            place = words[index]
            value = place.text if place.text is not None else place.raw
        if option == "--build-arg":
            match = _NAME.match(value)
            at = place.span.text.find(match["name"]) if match is not None else -1
            if match is not None and at >= 0:
                start = place.span.start + at
                given.append((match["name"], Span(place.span.source, start, start + len(match["name"]))))
        elif option in ("-f", "--file"):
            file = value
        elif not written.startswith("-"):
            context = written
        index += 1
    if context is None or any("$" in each or "`" in each or is_remote(each) for each in (context, file)):
        return None
    return context, file, given


def ports(project: Project) -> Iterator[tuple[Resource, int, Value, dict[int, Span] | None]]:
    """Each published port of a service that is built here: the service, the port inside, its place, and the ports that
    the Dockerfile exposes (None where they are not decided). Services whose command or environment may move the port
    are left out."""
    for service in project.of_type("compose_service"):
        build = images.build_of(service, project)
        if build is None or any(isinstance(service.get(key), (Known, Unknown)) for key in ("command", "entrypoint")):
            continue
        exposed = exposed_ports(build, project)
        if exposed is not None and not exposed:
            continue
        moved = {string(value) for name, value in service.get("environment").items() if "PORT" in name.upper()}
        unknown = any(
            isinstance(value, Unknown) for name, value in service.get("environment").items() if "PORT" in name.upper()
        )
        entries = [
            (number, entry.get("target")) for entry in service.get("ports").elements() if (number := _target(entry))
        ]
        # Beside a port that is exposed another one may be open without being told of.
        told = exposed or {}
        wrong = not unknown and all(number not in told and str(number) not in moved for number, _ in entries)
        for number, target in entries:
            if wrong or number in told:
                yield service, number, target, exposed


@lru_cache(maxsize=64)
def exposed_ports(build: Build, project: Project) -> dict[int, Span] | None:
    """The ports that an image says it listens on; None where some are not decided."""
    found: dict[int, Span] = {}
    chain = images.shipped(build, images.services_built_from(build, project))
    for stage in chain:
        for step in stage.instructions:
            if step.keyword != "EXPOSE" or step.on_build:
                continue
            for word in step.words:
                text = string(word)
                if text is None:
                    return None
                first, _, last = text.partition("/")[0].partition("-")
                if not first.isdigit() or (last and not last.isdigit()) or int(last or first) - int(first) > 1000:
                    return None
                for number in range(int(first), int(last or first) + 1):
                    found.setdefault(number, word.span)
    return found


def _target(entry: Value) -> int | None:
    """The port inside the container, where it is a single one."""
    value = entry.get("target")
    if not isinstance(value, Known):
        return None
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return int(value.value) if isinstance(value.value, str) and value.value.isdigit() else None


def without_health_check(project: Project) -> Iterator[tuple[Resource, Build, str | None]]:
    """Services that are built here, publish a port and say nowhere how their health is told; with the base image where
    it could still say so."""
    for service in project.of_type("compose_service"):
        published = isinstance(service.get("ports"), Known) and bool(service.get("ports").elements())
        if not published or not isinstance(service.get("healthcheck"), Absent):
            continue
        build = images.build_of(service, project)
        chain = images.shipped(build, images.services_built_from(build, project)) if build is not None else []
        if build is None or not chain:
            continue
        if any(step.keyword == "HEALTHCHECK" for stage in chain for step in stage.instructions):
            continue
        base = string(chain[0].base)
        known = base is not None and (base == "scratch" or images.is_unchecked(base))
        yield service, build, None if known else base or "its base"


def context_of(build: Build, project: Project) -> str:
    """The folder that a Dockerfile copies from: what compose services say, else its own."""
    for service in images.services_built_from(build, project):
        written = string(service.get("build", "context")) or string(service.get("build")) or "."
        return _normal(within(folder_of(service.span.path), written))
    return folder_of(build.name)


def _normal(folder: str) -> str:
    folder = posixpath.normpath(folder) if folder else ""
    return "" if folder == "." else folder
