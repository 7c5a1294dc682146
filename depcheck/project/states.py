"""Where Terraform keeps its state: each root module's backend, together with what is given when it is initialised.

A backend may leave arguments out and take them from ``-backend-config`` (a file or ``key=value``); which file belongs
to which environment is told by its name or by the command that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from posixpath import dirname, normpath

from depcheck.model import Command, File, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.contract import is_placeholder
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

#: Backend → the arguments that together say where a state is. The first ones a backend cannot be without.
IDENTITY: dict[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "http": ("address",),
    "consul": ("path",),
    "pg": ("conn_str", "schema_name"),
    "kubernetes": ("secret_suffix", "namespace"),
    "oss": ("bucket", "prefix", "key"),
    "cos": ("bucket", "prefix", "key"),
    "local": ("path",),
}
_NEEDED = {
    "gcs": ("bucket",),
    "pg": ("conn_str",),
    "kubernetes": ("secret_suffix",),
    "oss": ("bucket",),
    "cos": ("bucket",),
}
_ELSEWHERE = {"gcs": "default.tfstate"}
_TOOLS = frozenset({"terraform", "tofu", "terragrunt"})
_UNFILLED = Pattern(r"(?:UPDATE|CHANGE|REPLACE|FILL)[-_]?(?:ME|THIS|IN)|<[^>]+>", 2)
_LINE = Pattern(r"^[ \t]*(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:\"(?P<text>[^\"\r\n]*)\"|(?P<word>[\w./-]+))", 8)
#: A line of a makefile, with what continues it, that initialises a root module, and what it gives.
_INIT = Pattern(r"^\t[^\n]{0,200}\b(?:terraform|tofu)\b(?:[^\n\\]|\\\n?){0,2000}", 8)
_GIVEN = Pattern(r"-backend-config[= ][\"']?(?P<name>[a-z_]+)=(?P<value>[^\s\"'$]+)(?=[\s\"']|$)")
#: Folders whose configuration shows or tries something.
_SAMPLES = frozenset({"example", "examples", "fixtures", "sample", "samples", "test", "testdata", "tests", "demo"})


class Settings:
    """What is given to a backend when it is initialised: a file's entries, or those of a command. ``environment`` is
    the one that it is for, ``folder`` where the command runs or the file lies."""

    __slots__ = ("environment", "folder", "path", "span", "values")

    def __init__(self, path: str, folder: str, environment: str | None, span: Span, values: dict[str, Known]) -> None:
        self.path = path
        self.folder = folder
        self.environment = environment
        self.span = span
        self.values = values


class State:
    """The state of one root module in one environment: its backend, and what it is given beside."""

    __slots__ = ("backend", "environment", "given", "root")

    def __init__(self, backend: Resource, environment: str | None, given: Settings | None) -> None:
        self.backend = backend
        self.root = folder_of(backend)
        self.environment = environment
        self.given = given

    def get(self, name: str) -> Value:
        """An argument: what is given when initialising counts before what is written."""
        if self.given is not None and name in self.given.values:
            return self.given.values[name]
        return self.backend.get(name)

    @property
    def identity(self) -> tuple[str, ...] | None:
        """Where the state is; None where a part of it is not decided here."""
        kind = self.backend.name
        parts: list[str] = [kind]
        for name in IDENTITY.get(kind, ()):
            value = self.get(name)
            text = scalar_text(value)
            if text is None or "${" in text or is_placeholder(text) or _UNFILLED.search(text):
                if isinstance(value, Absent) and name not in _NEEDED.get(kind, IDENTITY[kind]):
                    text = _ELSEWHERE.get(kind, "")
                else:
                    return None
            parts.append(text.strip("/"))
        return tuple(parts) if len(parts) > 1 else None

    @property
    def place(self) -> Span:
        """The place of what tells this state from others: its key."""
        names = IDENTITY.get(self.backend.name, ())
        for name in reversed(names):
            value = self.get(name)
            if not isinstance(value, Absent):
                return value.span
        return self.backend.span

    @property
    def shown(self) -> str:
        """How a message calls it."""
        identity = self.identity
        return "/".join(each for each in identity[1:] if each) if identity is not None else self.root or "."


def folder_of(resource: Resource) -> str:
    """The folder of a resource's root module, without the values that it is evaluated with."""
    return resource.root.split(" with ", 1)[0]


@lru_cache(maxsize=1)
def states(project: Project) -> tuple[State, ...]:
    """The state of every root module in every environment."""
    given = list(_given(project))
    found: list[State] = []
    seen: set[tuple[str, str | None, int]] = set()
    for backend in (each for each in project.facts.resources if each.kind == "backend"):
        key = (folder_of(backend), backend.environment, backend.span.start)
        if key in seen:
            continue
        seen.add(key)
        fitting = [each for each in given if _fits(each, backend)]
        mine = [each for each in fitting if backend.environment in (None, each.environment) or each.environment is None]
        if mine and _is_open(backend):
            told = {(each.environment or backend.environment, each.path): each for each in mine}
            found += [State(backend, environment, each) for (environment, _), each in told.items()]
        else:
            found.append(State(backend, backend.environment, None))
    return tuple(_once(found))


def _once(found: list[State]) -> Iterator[State]:
    """Each place of a state once in each environment."""
    seen: set[tuple[object, ...]] = set()
    for state in found:
        key = (state.root, state.environment, state.place.path, state.place.start, state.identity)
        if key not in seen:
            seen.add(key)
            yield state


def _is_open(backend: Resource) -> bool:
    """Whether a backend leaves something out that it cannot be without."""
    names = IDENTITY.get(backend.name, ())
    return any(isinstance(backend.get(name), (Absent, Unknown)) for name in names)


def is_partial(state: State) -> bool:
    """Whether arguments of a state's backend are given somewhere that is not seen."""
    names = _NEEDED.get(state.backend.name, IDENTITY.get(state.backend.name, ()))
    return state.given is None and any(isinstance(state.backend.get(name), Absent) for name in names)


def _fits(given: Settings, backend: Resource) -> bool:
    """Whether settings are given to a backend: they lie in its folder, below it, or are named by a command there."""
    root = folder_of(backend)
    names = {*IDENTITY.get(backend.name, ())}
    if not names & set(given.values):
        return False
    return not root or given.folder == root or given.folder.startswith(f"{root}/") or dirname(root) == given.folder


def _given(project: Project) -> Iterator[Settings]:
    for path, file in project.files.items():
        name = path.rsplit("/", 1)[-1].lower()
        if name.endswith(".tfbackend") or (name.endswith(".hcl") and "backend" in path.lower()):
            text = file.source.text
            if len(text) < 20_000 and "remote_state" not in text and "{" not in text:
                values = dict(_entries(file.source.span(0, len(text))))
                environment = project.environments.of_path(path) or project.environments.within(name)
                if values:
                    yield Settings(path, dirname(path), environment, file.span, values)
        elif file.kind == "makefile" and "backend-config" in file.source.text:
            yield from _of_makefile(file, project)
    for command in project.facts.commands:
        if command.name in _TOOLS:
            yield from _of_command(command, project)


def _of_makefile(file: File, project: Project) -> Iterator[Settings]:
    """What the recipes of a makefile give, where make's variables leave it as it is written."""
    source = file.source
    for line in _INIT.finditer(source.text):
        values: dict[str, Known] = {}
        for match in _GIVEN.finditer(source.text, line.start(), line.end()):
            values[match["name"]] = Known(match["value"], Span(source, *match.span("value")))
        if values:
            told = " ".join(str(each.value) for each in values.values())
            yield Settings(
                file.source.path,
                dirname(source.path),
                project.environments.within(told),
                Span(source, line.start(), line.end()),
                values,
            )


def _entries(span: Span) -> Iterator[tuple[str, Known]]:
    source = span.source
    for match in _LINE.finditer(span.text):
        group = "text" if match["text"] is not None else "word"
        start, end = match.span(group)
        place = Span(source, span.start + start, span.start + end)
        yield match["name"], Known(match[group], place)


def _of_command(command: Command, project: Project) -> Iterator[Settings]:
    """What ``terraform init -backend-config=key=value`` gives."""
    arguments = command.words[1:]
    if not any(word.text == "init" for word in arguments):
        return
    folder = ""
    values: dict[str, Known] = {}
    for index, word in enumerate(arguments):
        text = word.text or ""
        if text.startswith("-chdir="):
            folder = normpath(text.removeprefix("-chdir="))
        option, _, rest = text.lstrip("-").partition("=")
        if option != "backend-config":
            continue
        following = arguments[index + 1].text if not rest and index + 1 < len(arguments) else rest
        name, equals, value = (following or "").partition("=")
        if equals and name.isidentifier():
            values[name] = Known(value, word.span)
    if values:
        environment = command.environment or project.environments.within(
            " ".join(each for value in values.values() if isinstance(each := value.value, str))
        )
        yield Settings(command.scope or command.span.path, folder, environment, command.span, values)


def is_sample(path: str) -> bool:
    """Whether a folder shows or tries something, so that nobody's state is at stake."""
    return not _SAMPLES.isdisjoint(part.lower() for part in path.split("/"))


def uses_workspaces(root: str, project: Project) -> bool:
    """Whether a root module's state is one of several by workspace: its code asks for the workspace, or a command
    selects one."""
    prefix = f"{root}/" if root else ""
    for path, file in project.files.items():
        own = path.startswith(prefix) and "/" not in path[len(prefix) :] and file.kind == "terraform"
        if own and "terraform.workspace" in file.source.text:
            return True
    for command in project.facts.commands:
        if (
            command.name in _TOOLS
            and {"select", "new"} & set(command.arguments())
            and "workspace" in command.arguments()
        ):
            return True
    return any(setting.name == "TF_WORKSPACE" for setting in project.facts.settings)
