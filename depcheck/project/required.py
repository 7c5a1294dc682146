"""Where variables are given to programs, and which of the promised ones each place does not give."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource, Setting
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.env_files import EnvFile, base_of, env_files
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy

_MARKER = Pattern(r"[._-]?\{\}[._-]?")
_SUFFIX = Pattern(r"\.(?:example|sample|template|dist|tpl|tmpl|defaults|schema)$")


class Giver:
    """Something that gives variables to a program: an env file, a compose service, a task, a function.

    ``kind`` is ``file``, ``template``, ``service`` or ``container``. Givers of one ``group`` are the same thing in
    other environments. ``hidden`` is a part that was not read and could give more.
    """

    __slots__ = ("environment", "group", "hidden", "kind", "label", "names", "place", "resource", "settings")

    def __init__(
        self,
        kind: str,
        label: str,
        place: Span,
        names: set[str],
        *,
        group: str,
        environment: str | None,
        resource: str | None = None,
        settings: dict[str, Setting] | None = None,
        hidden: Value | None = None,
    ) -> None:
        self.kind = kind
        self.label = label
        self.place = place
        self.names = names
        self.group = group
        self.environment = environment
        self.resource = resource
        self.settings = settings or {}
        self.hidden = hidden


def missing(project: Project, policy: Policy) -> Iterator[tuple[Giver, list[str]]]:
    """Each giver of variables and the promised ones that it does not give.

    Who gives none of the promised variables gives something else and is not asked; nor is it asked for what another
    giver of its kind gives and it gives in no environment, because programs of one repository have their own variables.
    """
    givers = [giver for giver in _givers(project) if giver.names & set(policy.variables)]
    having: dict[tuple[str, str], set[str]] = {}
    for giver in givers:
        for name in giver.names:
            having.setdefault((_breed(giver), name), set()).add(giver.group)
    with_environments = {giver.group for giver in givers if giver.kind == "file" and giver.environment is not None}
    for giver in givers:
        if giver.kind == "file" and giver.environment is None and giver.group in with_environments:
            continue
        lacking = []
        for name, entry in policy.variables.items():
            groups = having.get((_breed(giver), name), set())
            asked = entry.required if giver.kind == "template" else entry.required_in(giver.environment)
            if asked and name not in giver.names and (not groups or giver.group in groups):
                lacking.append(name)
        yield giver, lacking


def _breed(giver: Giver) -> str:
    return "file" if giver.kind == "template" else giver.kind


def _givers(project: Project) -> Iterator[Giver]:
    files = env_files(project)
    for file in files:
        if file.personal:
            continue
        names = set(file.settings)
        if not file.template:
            names |= {name for base in base_of(file, files) if not base.shown for name in base.settings}
        yield Giver(
            "template" if file.template else "file",
            file.path,
            file.file.span,
            names,
            group=group_of(file),
            environment=file.environment,
            settings=file.settings,
        )
    yield from _services(project, files)
    yield from _containers(project)


def group_of(file: EnvFile) -> str:
    """What an env file's name leaves when the words for environments and templates are taken out of it."""
    return _MARKER.sub(".", _SUFFIX.sub("", file.family)).strip(".") or "env"


def _services(project: Project, files: list[EnvFile]) -> Iterator[Giver]:
    services = [each for each in project.of_type("compose_service") if not isinstance(each.get("build"), Absent)]
    if not services:
        return
    from depcheck.compose.paths import folder_of, within

    by_path = {file.path: file for file in files}
    of_images: dict[str, set[str]] = {}
    for setting in project.facts.settings:
        if setting.origin == "dockerfile-env":
            of_images.setdefault(folder_of(setting.span.path), set()).add(setting.name)
    general = {(each.address, each.span) for each in services if each.environment is None}
    for service in services:
        # With the env file of an environment the same service is told once more; that it is deployed there is not said.
        if service.environment is not None and (service.address, service.span) in general:
            continue
        environment = service.get("environment")
        context = within(folder_of(service.span.path), _context(service))
        names = {name for name, _ in environment.items()} | of_images.get("" if context == "." else context, set())
        hidden: Value | None = environment if isinstance(environment, Unknown) else None
        for entry in service.get("env_file").elements():
            path = string(entry.get("path"))
            file = by_path.get(within(folder_of(service.span.path), path)) if path else None
            if file is None:
                hidden = entry
            else:
                names |= set(file.settings)
        yield Giver(
            "service",
            service.address,
            service.span,
            names,
            group=f"{service.span.path} {service.address}",
            environment=service.environment,
            resource=service.address,
            hidden=hidden,
        )


def _context(service: Resource) -> str:
    """The folder of the Dockerfile that a service is built from, as written."""
    build = service.get("build")
    return string(build) or string(build.get("context")) or "."


def _containers(project: Project) -> Iterator[Giver]:
    given: dict[tuple[str, str | None, str], list[Setting]] = {}
    for setting in project.facts.settings:
        if setting.origin in ("container", "lambda") and setting.scope:
            given.setdefault((setting.scope, setting.environment, setting.span.path), []).append(setting)
    for (scope, environment, path), settings in given.items():
        resource = project.resource(scope, environment)
        place = resource.span if resource is not None and resource.span.path == path else settings[0].span
        names = {setting.name for setting in settings}
        yield Giver("container", scope, place, names, group=f"{path} {scope}", environment=environment, resource=scope)


def is_empty(value: Value) -> bool:
    """Whether a value is the empty text."""
    return isinstance(value, Known) and value.value == ""
