"""The env files of a project, told apart: which belong together, which is the template, what each gives."""

from __future__ import annotations

from depcheck.environments import Environments, is_template
from depcheck.model import File, Setting
from depcheck.patterns import Pattern
from depcheck.project import Project

_SEPARATORS = Pattern(r"([._\-/])")
#: Environments that are compared with others only when a policy asks for it.
PASSING = frozenset({"test", "preview"})


class EnvFile:
    """One env file. ``family`` is its path without the words for its environment, so that ``.env.staging`` and
    ``.env.production`` have one in common. A ``template`` shows which variables there are, for all environments;
    ``shown`` is true of any file that only shows (``.env.production.example``). ``settings`` hold the last setting of
    each name, ``repeated`` every one that is not the first of its name, with the one before it."""

    __slots__ = ("environment", "family", "file", "folder", "name", "path", "personal", "repeated", "settings", "shown")

    def __init__(self, file: File, settings: list[Setting], environments: Environments) -> None:
        self.file = file
        self.path = file.source.path
        self.folder, _, self.name = self.path.rpartition("/")
        self.environment = file.environment
        self.shown = is_template(self.path)
        self.personal = self.name.endswith(".local") or self.name in (".env.local", "local.env")
        self.family = _family(self.path, file.environment, environments)
        self.settings: dict[str, Setting] = {}
        self.repeated: list[tuple[Setting, Setting]] = []
        for setting in settings:
            before = self.settings.get(setting.name)
            if before is not None:
                self.repeated.append((before, setting))
            self.settings[setting.name] = setting

    @property
    def template(self) -> bool:
        """Whether it shows which variables every environment has."""
        return self.shown and self.environment is None


def env_files(project: Project) -> list[EnvFile]:
    """Every env file, in the order of the paths."""
    by_path: dict[str, list[Setting]] = {}
    for setting in project.facts.settings:
        if setting.origin == "env-file":
            by_path.setdefault(setting.span.path, []).append(setting)
    files = [file for file in project.facts.files if file.kind == "dotenv"]
    found = [EnvFile(file, by_path.get(file.source.path, []), project.environments) for file in files]
    return sorted(found, key=lambda each: each.path)


def base_of(file: EnvFile, files: list[EnvFile]) -> list[EnvFile]:
    """The files without an environment that are read before an environment's own one (``.env``, ``.env.defaults``)."""
    bases = (".env", ".env.defaults", ".env.base", ".env.common", ".env.shared")
    return [each for each in files if each.folder == file.folder and each.name in bases and each is not file]


def _family(path: str, environment: str | None, environments: Environments) -> str:
    if environment is None:
        return path
    parts = _SEPARATORS.split(path)
    kept = ["{}" if part and environments.named(part) == environment else part for part in parts]
    return "".join(kept)
