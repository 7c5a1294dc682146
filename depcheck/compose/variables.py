"""Which values the names in ``${…}`` have: the ``.env`` files of a project, for one environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from depcheck.environments import Environments, is_template
from depcheck.parsers import Parsed
from depcheck.syntax.interpolation import Template, evaluate
from depcheck.values import Absent, Known, Missing, Unknown, Value

#: Folders beside a compose file in which env files of environments are kept.
_FOLDERS = frozenset({"env", "envs", ".env", ".envs", "environments", "config", "configs"})


class Variables:
    """The variables that one run of Compose knows. ``environment`` is the name that reasons mention."""

    __slots__ = ("environment", "values")

    def __init__(self, values: Mapping[str, Value], environment: str | None) -> None:
        self.values = values
        self.environment = environment

    def get(self, name: str) -> Value | None:
        """The value of a name, None where nothing gives one."""
        value = self.values.get(name)
        return None if isinstance(value, Absent) else value

    def nothing(self, name: str) -> str:
        """Why a name is not decided."""
        where = f" in {self.environment}" if self.environment else ""
        return f"COMPOSE variable {name} has no value{where}"

    def passed_on(self, name: str, place: Value) -> Value:
        """The value of a name that stands without one: Compose hands on its own variable of that name."""
        found = self.get(name)
        if isinstance(found, Known):
            return Known(found.value, found.span, via=found.via, key=place.key, sensitive=found.sensitive)
        if isinstance(found, Unknown):
            return Unknown(found.reason, place.span, missing=found.missing, key=place.key, sensitive=found.sensitive)
        span = place.key or place.span
        return Unknown(self.nothing(name), place.span, missing=(Missing(name, span),), key=place.key)

    def below(self, defaults: Mapping[str, Value]) -> Variables:
        """These variables over others, as an included file sees them."""
        return Variables({**defaults, **self.values}, self.environment)


def of_env_files(files: Iterable[Parsed], outer: Variables) -> dict[str, Value]:
    """The variables of env files that are read one after the other; names are looked up in ``outer`` first."""
    told: dict[str, Value] = {}
    for file in files:
        for name, raw in file.tree.items() if file.tree is not None else ():
            value = env_value(name, raw, outer, told)
            if value is not None:
                told[name] = value
    return told


def env_value(name: str, raw: Value, outer: Variables, told: Mapping[str, Value]) -> Value | None:
    """The value of one line of an env file; None where it only passes a name on that has no value."""
    if isinstance(raw, Absent):
        return outer.get(name)
    if not isinstance(raw, Template):
        return raw

    def lookup(wanted: str) -> Value | None:
        found = outer.get(wanted)
        return told.get(wanted) if found is None else found

    return evaluate(raw, lookup, outer.nothing)


def by_environment(folder: str, env_files: Iterable[str], environments: Environments) -> dict[str, list[str]]:
    """The env files beside a compose file that belong to an environment, in the order in which they are read."""
    found: dict[str, list[str]] = {}
    prefix = folder + "/" if folder else ""
    for path in env_files:
        if not path.startswith(prefix) or is_template(path) or path == prefix + ".env":
            continue
        *folders, _ = path[len(prefix) :].split("/")
        if all(each.lower() in _FOLDERS or environments.named(each) for each in folders) and len(folders) < 3:
            environment = environments.of_path(path)
            if environment is not None:
                found.setdefault(environment, []).append(path)
    return {name: sorted(paths, key=lambda path: (path.endswith(".local"), path)) for name, paths in found.items()}
