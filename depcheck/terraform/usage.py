"""How values files are used: ``-var-file`` of Terraform's command line, seen in scripts, workflows and Makefiles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import normpath

from depcheck.environments import Environments
from depcheck.model import Command

_TOOLS = frozenset(("terraform", "tofu", "terragrunt"))
_OPTIONS = ("-var-file", "--var-file")
_OPTION = re.compile(r"--?var-file[= ]\"?([^\s\"']+)")
_TARGET = re.compile(r"([A-Za-z0-9][\w./ -]*?)\s*::?(?!=)")
_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")


class Usage:
    """The values files that one command names, in their order, and the environment that it is for."""

    __slots__ = ("environment", "files")

    def __init__(self, files: list[str], environment: str) -> None:
        self.files = files
        self.environment = environment

    def named(self, path: str) -> bool:
        """Whether a file is among them, by the end of its path."""
        return any(path == name or path.endswith(f"/{name}") for name in self.files)

    def position(self, path: str) -> int:
        """Where in the command a file is named."""
        return next(index for index, name in enumerate(self.files) if path == name or path.endswith(f"/{name}"))


def usages(
    commands: Iterable[Command],
    folders: Iterable[str],
    read_text: Callable[[str], str | None],
    environments: Environments,
) -> list[Usage]:
    """The uses that tell an environment; the makefiles of ``folders`` are looked at as well."""
    found: list[Usage] = []
    for command in commands:
        if command.name in _TOOLS:
            files = list(_named(command.arguments()))
            environment = command.environment or _environment(files, environments)
            if files and environment is not None:
                found.append(Usage(files, environment))
    for folder in sorted({"", *folders}):
        for name in _MAKEFILES:
            text = read_text(f"{folder}/{name}" if folder else name) if "#" not in folder else None
            if text is not None:
                found.extend(_makefile(text, environments))
    return found


def _named(arguments: list[str]) -> Iterator[str]:
    following = False
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if following:
            yield _clean(argument)
        elif option in _OPTIONS and equals:
            yield _clean(value)
        following = option in _OPTIONS and not equals


def _clean(path: str) -> str:
    """A path without the folders that it goes up by: where a command runs is not known."""
    parts = normpath(path).split("/")
    while parts and parts[0] in ("..", "."):
        parts.pop(0)
    return "/".join(parts)


def _environment(files: list[str], environments: Environments) -> str | None:
    for path in reversed(files):
        found = environments.of_path(path)
        if found is not None:
            return found
    return None


def _makefile(text: str, environments: Environments) -> Iterator[Usage]:
    """A makefile's recipes; the name of the target may tell the environment."""
    target: str | None = None
    for line in text.replace("\\\n", " ").splitlines():
        if not line.startswith(("\t", " ")):
            match = _TARGET.match(line)
            if match is not None:
                target = environments.within(match[1])
        files = [_clean(path) for path in _OPTION.findall(line) if "$" not in path]
        environment = target or _environment(files, environments)
        if files and environment is not None:
            yield Usage(files, environment)
