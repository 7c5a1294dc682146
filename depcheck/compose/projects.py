"""Which compose files make one project, and for which environments it is put together.

In a folder the first of ``compose.yaml``, ``compose.yml``, ``docker-compose.yml`` and ``docker-compose.yaml`` is the
base, as Compose chooses it. ``compose.override.yaml`` belongs to the base when nothing else is asked for; a file whose
name has one more word (``compose.prod.yaml``, ``docker-compose-dev.yml``) overrides the base for the environment that
the word means. Where the word means none (``compose.gpu.yaml``) the file is a variant: one that could run alone does,
another one is put over the base and only the services that it mentions are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from depcheck.compose.paths import folder_of, is_remote, within
from depcheck.compose.variables import by_environment
from depcheck.environments import Environments
from depcheck.parsers import Parsed
from depcheck.patterns import Pattern
from depcheck.values import Known, Value, string

_BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_NAME = Pattern(r"(?:docker-)?compose[._-](?P<word>.+)\.ya?ml", re.IGNORECASE)


class Run:
    """One way in which Compose is run: some files, in order, with the variables of some env files.

    ``only`` are the services that are told, None for all. ``environment`` is the one that the run belongs to.
    """

    __slots__ = ("env_files", "environment", "files", "folder", "only")

    def __init__(
        self,
        files: list[str],
        environment: str | None,
        env_files: list[str],
        *,
        only: frozenset[str] | None = None,
    ) -> None:
        self.files = files
        self.folder = folder_of(files[0])
        self.environment = environment
        self.env_files = env_files
        self.only = only


def runs_of(files: Mapping[str, Parsed], env_files: Mapping[str, Parsed], environments: Environments) -> list[Run]:
    """All runs, in the order of the folders; files that others include or extend from are told there."""
    used = _used_by_others(files)
    folders: dict[str, list[str]] = {}
    for path in sorted(files):
        folders.setdefault(folder_of(path), []).append(path)
    runs: list[Run] = []
    for folder, paths in folders.items():
        runs.extend(_Folder(folder, paths, used, files, env_files, environments).runs())
    return runs


class _Folder:
    def __init__(
        self,
        folder: str,
        paths: list[str],
        used: Mapping[str, set[str]],
        files: Mapping[str, Parsed],
        env_files: Mapping[str, Parsed],
        environments: Environments,
    ) -> None:
        self.folder = folder
        self.files = files
        self.env_files = env_files
        self.environments = environments
        self.default = [path] if (path := f"{folder}/.env" if folder else ".env") in env_files else []
        self.of_environments = by_environment(folder, env_files, environments)
        names = {path.rsplit("/", 1)[-1].lower(): path for path in paths}
        bases = [names[name] for name in _BASES if name in names]
        self.base = bases[0] if bases and "include" not in used.get(bases[0], ()) else None
        self.override: str | None = None
        self.overlays: list[tuple[str, str | None]] = []
        self.alone = [path for path in bases[1:] if not used.get(path)]
        for path in paths:
            if path in bases or (used.get(path) and path not in bases):
                continue
            match = _NAME.fullmatch(path.rsplit("/", 1)[-1])
            if match is None or self.base is None:
                self.alone.append(path)
            elif match["word"].lower() == "override":
                self.override = path
            else:
                self.overlays.append((path, environments.within(match["word"])))

    def runs(self) -> list[Run]:
        """The runs of this folder."""
        out = [run for path in self.alone for run in self._one([path], self.environments.of_path(path))]
        if self.base is None:
            return out
        of_base = self.environments.of_path(self.base)
        by_name: dict[str, list[str]] = {}
        for path, environment in self.overlays:
            if environment is not None:
                by_name.setdefault(environment, []).append(path)
            elif _is_complete(self.files[path]):
                out.extend(self._one([path], of_base))
            else:
                mentioned = frozenset(_services(self.files[path]))
                out.extend(self._one([self.base, path], of_base, only=mentioned))
        listed = self._listed()
        default = listed or [self.base] + ([self.override] if self.override else [])
        named = {environment for path, environment in self.overlays if path in listed and environment is not None}
        if self.override or listed or len(by_name) < 2:
            environment = named.pop() if of_base is None and len(named) == 1 else of_base
            out.extend(self._one(default, environment, without=frozenset(by_name)))
        for environment, paths in by_name.items():
            files = [self.base, *sorted(paths, key=lambda path: (len(path), path))]
            if files != listed:
                out.append(Run(files, environment, self._env_files(files, environment)))
        return out

    def _listed(self) -> list[str]:
        """The files that ``COMPOSE_FILE`` in ``.env`` names, if all of them were read."""
        tree = self.env_files[self.default[0]].tree if self.default else None
        names = (string(tree.get("COMPOSE_FILE")) or "") if tree is not None else ""
        paths = [within(self.folder, name) for name in re.split("[:;]", names) if name]
        return paths if all(path in self.files for path in paths) else []

    def _one(
        self,
        files: list[str],
        environment: str | None,
        *,
        only: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> list[Run]:
        """A run without a named environment, and one more for each env file that decides something in it."""
        runs = [Run(files, environment, self._env_files(files, environment), only=only)]
        if environment is None:
            names = _names(self.files[path] for path in files)
            for each, paths in self.of_environments.items():
                if each not in without and names & self._given(paths):
                    runs.append(Run(files, each, paths, only=only))
        return runs

    def _env_files(self, files: list[str], environment: str | None) -> list[str]:
        """The environment's own env files if they decide something (as ``--env-file``), else ``.env``."""
        paths = self.of_environments.get(environment, []) if environment else []
        if paths and _names(self.files[path] for path in files) & self._given(paths):
            return paths
        return self.default

    def _given(self, paths: list[str]) -> set[str]:
        return {name for path in paths if (tree := self.env_files[path].tree) is not None for name, _ in tree.items()}


def wanted(files: Mapping[str, Parsed], env_files: Mapping[str, Parsed]) -> tuple[list[str], list[str]]:
    """Paths of compose files and of env files that some file names and that were not read, in order."""
    compose = {target for path, parsed in files.items() for target, _ in _named_by(path, parsed)} - set(files)
    env: set[str] = set()
    for path, parsed in files.items():
        folder = folder_of(path)
        tree = parsed.tree
        entries: list[Value] = []
        for include in tree.get("include").elements() if tree is not None else ():
            entries.extend(include.get("env_file").elements())
        for service in _services(parsed).values():
            for each in service.get("env_file").elements():
                entries.extend((each, each.get("path")))
        env.update(within(folder, name) for each in entries if (name := string(each)))
    return sorted(filter(_is_inside, compose)), sorted(filter(_is_inside, env - set(env_files)))


def _is_inside(path: str) -> bool:
    return not path.startswith(("/", "..", "~")) and path not in ("", ".")


def _named_by(path: str, parsed: Parsed) -> list[tuple[str, str]]:
    """The files that one includes or extends from, and how."""
    if parsed.tree is None:
        return []
    found: list[tuple[Value, str]] = []
    for include in parsed.tree.get("include").elements():
        found.extend((each, "include") for each in (include, *include.get("path").elements()))
    found.extend((service.get("extends", "file"), "extends") for service in _services(parsed).values())
    folder = folder_of(path)
    named = [(name, how) for value, how in found if (name := string(value)) and not is_remote(name)]
    return [(within(folder, name), how) for name, how in named]


def _used_by_others(files: Mapping[str, Parsed]) -> dict[str, set[str]]:
    """Which files are included or extended from by another one; in a circle the first one counts as its own."""
    uses = {path: [each for each in _named_by(path, parsed) if each[0] != path] for path, parsed in files.items()}
    used: dict[str, set[str]] = {}
    for named in uses.values():
        for target, how in named:
            if target in files:
                used.setdefault(target, set()).add(how)
    reached: set[str] = set()
    for start in sorted(files, key=lambda path: (path in used, path.rsplit("/", 1)[-1] not in _BASES, path)):
        if start in reached:
            continue
        used.pop(start, None)
        waiting = [start]
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting.extend(target for target, _ in uses.get(path, ()))
    return used


def _services(parsed: Parsed) -> dict[str, Value]:
    return dict(parsed.tree.get("services").items()) if parsed.tree is not None else {}


def _is_complete(parsed: Parsed) -> bool:
    """Whether every service says what it runs, so that the file needs no other one."""
    services = _services(parsed)
    return bool(services) and all(
        isinstance(service, Known)
        and isinstance(service.value, dict)
        and any(key in service.value for key in ("image", "build", "extends", "provider"))
        for service in services.values()
    )


def _names(parsed: Iterable[Parsed]) -> set[str]:
    """The names that files expand or pass on."""
    names: set[str] = set()
    for each in parsed:
        names.update(reference.name for reference in each.facts.references if reference.kind == "environment")
    return names
