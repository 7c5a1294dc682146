"""From the files of one project to its services: interpolation, ``include``, ``extends`` and merging, in that order."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from depcheck.compose import shapes
from depcheck.compose.merge import distinct, merge, unmarked
from depcheck.compose.paths import folder_of, is_remote, within
from depcheck.compose.rebasing import rebased
from depcheck.compose.service_keys import SERVICE_KEYS
from depcheck.compose.variables import Variables, of_env_files
from depcheck.model import Problem
from depcheck.parsers import Parsed
from depcheck.parsers.compose import Marked
from depcheck.syntax.interpolation import Template, evaluate
from depcheck.values import Known, Unknown, Value, string

#: Files that include files, and services that extend services, are followed no further than this.
DEPTH = 64
SECTIONS = ("services", "volumes", "networks", "secrets", "configs")


class Loader:
    """Loads one project for one environment. ``home`` is the folder that its paths are told relative to.

    ``read`` collects the paths of all files that took part.
    """

    def __init__(
        self, files: Mapping[str, Parsed], env_files: Mapping[str, Parsed], home: str, problems: list[Problem]
    ) -> None:
        self.files = files
        self.env_files = env_files
        self.home = home
        self.problems = problems
        self.read: set[str] = set()
        self.extended: dict[tuple[str, Variables], dict[str, Value]] = {}

    def project(
        self, paths: list[str], folder: str, variables: Variables, trail: tuple[str, ...] = ()
    ) -> dict[str, Value]:
        """The merged sections of some files, of which each overrides the ones before it."""
        merged: dict[str, Value] = {}
        for path in paths:
            sections = self._file(path, folder, variables, (*trail, path))
            for name, section in sections.items():
                merged[name] = merge(merged[name], section, (name,), self.problems) if name in merged else section
        return {name: unmarked(section) for name, section in merged.items()}

    def _file(self, path: str, folder: str, variables: Variables, trail: tuple[str, ...]) -> dict[str, Value]:
        self.read.add(path)
        tree = self.files[path].tree
        if not isinstance(tree, Known) or not isinstance(tree.value, dict):
            return {}
        root = interpolated(tree, variables)
        sections = self._shaped(root, folder)
        for include in root.get("include").elements():
            self._include(include, sections, folder, variables, trail)
        services = sections.get("services")
        if isinstance(services, Known) and isinstance(services.value, dict):
            extending = _Extending(self, path, folder, variables, services.value)
            sections["services"] = shapes.like(services, {name: extending.service(name) for name in services.value})
        return sections

    def _shaped(self, root: Known, folder: str) -> dict[str, Value]:
        sections: dict[str, Value] = {}
        for name in SECTIONS:
            section = root.get(name)
            if not isinstance(section, Known) or section.value is None:
                continue
            if not isinstance(section.value, dict):
                self.problems.append(Problem(f"{name} is not a map", section.span, f"give each of the {name} a name"))
                continue
            shape = shapes.service if name == "services" else shapes.resource
            entries: dict[str, Value] = {}
            for key, each in section.value.items():
                if isinstance(each, Known) and (isinstance(each.value, dict) or each.value is None):
                    shaped = rebased(shape(each, self.problems), name, folder, self.home)
                    entries[key] = distinct(shaped) if name == "services" else shaped
                elif isinstance(each, Known) and not isinstance(each, Marked):
                    self.problems.append(Problem(f"{key} is not a map", each.key or each.span))
                else:
                    entries[key] = each
            sections[name] = shapes.like(section, entries)
        return sections

    def _include(
        self, include: Value, sections: dict[str, Value], folder: str, variables: Variables, trail: tuple[str, ...]
    ) -> None:
        whole = isinstance(include, Known) and isinstance(include.value, dict)
        wanted = include.get("path").elements() if whole else (include,)
        paths = [found for each in wanted if (found := self._found(each, folder, "include")) is not None]
        if not paths:
            return
        if paths[0] in trail:
            message = f"include leads back to {paths[0]}"
            self.problems.append(Problem(message, include.span, "remove one of the includes of this circle"))
            return
        if len(trail) > DEPTH:
            self.problems.append(Problem(f"more than {DEPTH} files include each other", include.span))
            return
        given = string(include.get("project_directory")) if whole else None
        directory = within(folder, given) if given else folder_of(paths[0])
        named = include.get("env_file").elements() if whole else ()
        env_paths = [within(folder, name) for each in named if (name := string(each))]
        if not env_paths:
            env_paths = [posixpath.join(directory, ".env")]
        defaults = of_env_files((self.env_files[each] for each in env_paths if each in self.env_files), variables)
        imported = self.project(paths, directory, variables.below(defaults), trail)
        for name, section in imported.items():
            sections[name] = merge(section, sections[name], (name,), self.problems) if name in sections else section

    def _found(self, value: Value, folder: str, what: str) -> str | None:
        """The path of another compose file, a problem if it is not among those that were read."""
        written = string(value)
        if written is None:
            if isinstance(value, Unknown):
                self.problems.append(Problem(f"{what} names a file by a variable: {value.reason}", value.span))
            return None
        if is_remote(written):
            self.problems.append(Problem(f"{what} names {written}, which is not a file of this repository", value.span))
            return None
        path = within(folder, written)
        if path not in self.files:
            message = f"{what} names {written}, which is not among the files that were read"
            self.problems.append(Problem(message, value.span, "scan the folder that has it, or correct the path"))
            return None
        return path


class _Extending:
    """Resolves ``extends`` among the services of one file."""

    def __init__(
        self, loader: Loader, path: str, folder: str, variables: Variables, services: dict[str, Value]
    ) -> None:
        self.loader = loader
        self.path = path
        self.folder = folder
        self.variables = variables
        self.services = services
        self.done: dict[str, Value] = {}

    def service(self, name: str, trail: tuple[tuple[str, str], ...] = ()) -> Value:
        """A service with everything that it inherits."""
        if name in self.done:
            return self.done[name]
        own = self.services[name]
        extends = own.get("extends")
        if not isinstance(extends, (Known, Unknown)) or not isinstance(own, Known) or not isinstance(own.value, dict):
            return own
        rest = shapes.like(own, {key: each for key, each in own.value.items() if key != "extends"})
        base = self._base(extends, (*trail, (self.path, name)))
        result = _open(rest, base) if isinstance(base, Unknown) else _under(base, rest, self.loader.problems)
        self.done[name] = result
        return result

    def _base(self, extends: Value, trail: tuple[tuple[str, str], ...]) -> Value:
        name = string(extends.get("service"))
        if name is None:
            return Unknown("extends names no service", extends.span)
        place = extends.get("service").span
        other = self
        file = extends.get("file")
        if isinstance(file, (Known, Unknown)):
            path = self.loader._found(file, self.folder, "extends")
            if path is None:
                return Unknown(f"extends {name} of {string(file) or 'a file'}, which was not read", extends.span)
            other = self._other(path)
        if name not in other.services:
            self._problem(f"extends names the service {name}, which {other.path} does not have", extends)
            return Unknown(f"extends {name}, which {other.path} does not have", place)
        if (other.path, name) in trail:
            self._problem(f"extends leads back to the service {name}", extends)
            return Unknown(f"extends leads back to the service {name}", place)
        if len(trail) > DEPTH:
            self._problem(f"more than {DEPTH} services extend each other", extends)
            return Unknown(f"more than {DEPTH} services extend each other", place)
        return unmarked(other.service(name, trail))

    def _other(self, path: str) -> _Extending:
        loader = self.loader
        loader.read.add(path)
        key = (path, self.variables)
        if key not in loader.extended:
            tree = loader.files[path].tree
            root = interpolated(tree, self.variables) if isinstance(tree, Known) else None
            section = loader._shaped(root, folder_of(path)).get("services") if root is not None else None
            loader.extended[key] = dict(section.items()) if section is not None else {}
        return _Extending(loader, path, folder_of(path), self.variables, loader.extended[key])

    def _problem(self, message: str, extends: Value) -> None:
        self.loader.problems.append(Problem(message, extends.get("service").span))


def _under(base: Value, own: Known, problems: list[Problem]) -> Value:
    merged = merge(base, own, ("services", "*"), problems)
    if not isinstance(merged, Known):
        return merged
    return Known(merged.value, own.span, via=merged.via, key=own.key)


def _open(own: Known, why: Unknown) -> Value:
    """A service of which the base is not known: what it does not say itself is unknown, not absent."""
    entries: dict[str, Value] = {name: Unknown(why.reason, why.span) for name in SERVICE_KEYS}
    entries.update(own.items())
    return shapes.like(own, entries)


def interpolated(tree: Known, variables: Variables) -> Known:
    """The tree with its expansions evaluated; what aliases share is evaluated once."""
    done: dict[int, list[Value] | dict[str, Value]] = {}

    def walk(value: Value) -> Value:
        if isinstance(value, Template):
            return evaluate(value, variables.get, variables.nothing)
        if not isinstance(value, Known) or not isinstance(value.value, (list, dict)):
            return value
        inner = value.value
        new = done.get(id(inner))
        if new is None:
            if isinstance(inner, dict):
                new = {name: walk(each) for name, each in inner.items()}
            else:
                new = [walk(each) for each in inner]
            done[id(inner)] = new
        return shapes.like(value, new)

    result = walk(tree)
    assert isinstance(result, Known)
    return result
