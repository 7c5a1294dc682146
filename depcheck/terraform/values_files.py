"""Values of variables from files: ``terraform.tfvars``, ``*.auto.tfvars``, and the files of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from depcheck.environments import Environments
from depcheck.syntax.hcl_ast import HclFile
from depcheck.terraform.configuration import Configuration
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Log, Scope
from depcheck.terraform.values import TfValue
from depcheck.terraform.variables import through_file

_ENDINGS = (".tfvars", ".tfvars.json")
_FIRST = frozenset(("terraform.tfvars", "terraform.tfvars.json"))
# Files of this name hold what all environments share.
_SHARED = frozenset(("common", "shared", "global", "globals", "base", "default", "defaults", "all"))


def is_values(path: str) -> bool:
    """Whether a file gives values to variables."""
    return path.endswith(_ENDINGS)


def is_automatic(path: str) -> bool:
    """Whether Terraform reads the file by itself, in the folder where it runs."""
    return is_first(path) or path.endswith((".auto.tfvars", ".auto.tfvars.json"))


def stem(path: str) -> str:
    """The name of a file without its ending."""
    return path.rpartition("/")[2].partition(".")[0]


def automatic(files: Iterable[str]) -> dict[str, list[str]]:
    """The files that Terraform reads by itself, by their folder and in its order; the last one counts."""
    found: dict[str, list[str]] = {}
    for path in sorted(filter(is_automatic, files), key=lambda path: (not is_first(path), path)):
        found.setdefault(path.rpartition("/")[0], []).append(path)
    return found


def is_first(path: str) -> bool:
    """Whether Terraform reads the file before all others that it reads by itself."""
    return path.rpartition("/")[2] in _FIRST


class Loose:
    """A values file that somebody names on the command line, and the environment that it is for."""

    __slots__ = ("environment", "folder", "path")

    def __init__(self, path: str, environment: str | None) -> None:
        self.path = path
        self.folder = path.rpartition("/")[0]
        self.environment = environment

    @property
    def common(self) -> bool:
        """Whether it holds what other files have in common, of one environment or of all."""
        return stem(self.path).lower() in _SHARED

    @property
    def shared(self) -> bool:
        """Whether it holds what all environments share."""
        return self.environment is None and self.common


def loose_files(files: Mapping[str, HclFile], folders: Iterable[str], environments: Environments) -> list[Loose]:
    """The values files that Terraform does not read by itself."""
    configured = set(folders)
    found: list[Loose] = []
    for path in sorted(files):
        if is_values(path) and not (is_automatic(path) and path.rpartition("/")[0] in configured):
            found.append(Loose(path, environments.of_path(path)))
    return found


def assign(
    loose: Iterable[Loose], roots: Mapping[str, Configuration], configured: Iterable[str], files: Mapping[str, HclFile]
) -> dict[str, list[Loose]]:
    """Which root modules each file is for: the one it lies in or below; else, of those beside it, the one it is named
    after, or those whose variables it gives."""
    modules = set(configured) - roots.keys()
    made: dict[str, list[Loose]] = {}
    for each in loose:
        for folder in _candidates(each, roots, modules, files):
            made.setdefault(folder, []).append(each)
    return made


def _candidates(
    file: Loose, roots: Mapping[str, Configuration], modules: set[str], files: Mapping[str, HclFile]
) -> list[str]:
    for at in _upwards(file.folder):
        if at in modules:
            return []
        if at in roots and _deploys(roots[at]):
            return [at]
    names = {attribute.name for attribute in files[file.path].body.attributes}
    for at in _upwards(file.folder, 3):
        base = f"{at}/" if at else ""
        beside = [folder for folder in roots if folder.startswith(base) and "#" not in folder]
        called = [folder for folder in beside if folder.rpartition("/")[2] == stem(file.path)]
        fitting = called or [folder for folder in beside if _fits(names, roots[folder])]
        if fitting:
            return fitting
        if len(beside) == 1 and names & roots[beside[0]].variables.keys():
            return beside
    return []


def _upwards(folder: str, levels: int = 100) -> Iterator[str]:
    """A folder and those above it."""
    for _ in range(levels + 1):
        yield folder
        if not folder:
            return
        folder = folder.rpartition("/")[0]


def _deploys(configuration: Configuration) -> bool:
    """Whether a folder makes anything; some declare variables only, for the folders below to link to."""
    return bool(configuration.declared or configuration.calls)


def _fits(names: set[str], root: Configuration) -> bool:
    """Whether a file gives what a root module asks for."""
    declared = root.variables.keys()
    shared = names & declared
    if not shared:
        return False
    required = {name for name, each in root.variables.items() if "default" not in each.arguments}
    return shared == names or 2 * len(shared) >= len(names) or (bool(required) and required <= names)


def read_values(path: str, file: HclFile, root: Configuration, log: Log, into: dict[str, list[TfValue]]) -> None:
    """Add the values of a file to those that are given already."""
    scope = Scope(file.text, log=log)
    for attribute in file.body.attributes:
        declaration = root.variables.get(attribute.name)
        if declaration is not None:
            value = evaluate(attribute.value, scope)
            words = path.rpartition("/")[2]
            into.setdefault(attribute.name, []).append(through_file(value, declaration, words))
