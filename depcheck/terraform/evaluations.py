"""How often a root module is evaluated: once for each environment that its folder, its values files, the commands that
name these, or its workspaces tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from depcheck.environments import Environments
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Expression
from depcheck.terraform.configuration import Configuration
from depcheck.terraform.tree import Tree
from depcheck.terraform.values import TfValue
from depcheck.terraform.values_files import Loose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.usage import Usage

_MENTION = "terraform.workspace"


# Words that mean something else at the end of a folder's name.
_AMBIGUOUS = frozenset(("test", "testing", "local", "live", "review", "preview", "develop", "stage"))


class Evaluation:
    """One evaluation: the environment, the values files beside those that Terraform reads by itself, the workspace.

    ``label`` tells evaluations for the same environment apart.
    """

    __slots__ = ("environment", "files", "label", "workspace")

    def __init__(self, environment: str | None, files: Sequence[str], workspace: TfValue | None = None) -> None:
        self.environment = environment
        self.files = list(files)
        self.workspace = workspace
        self.label = ""


def environment_of(folder: str, environments: Environments) -> str | None:
    """The environment that a root module's folder tells: a folder named after it, or with it as the last word of its
    name (``app-prod``)."""
    found = environments.of_path(f"{folder.replace('#', '')}/main.tf" if folder else "main.tf")
    for part in reversed(folder.split("/")) if found is None else ():
        head, _, word = part.replace("_", "-").rpartition("-")
        if head and word.lower() not in _AMBIGUOUS:
            found = found or environments.named(word)
    return found


def evaluations(
    tree: Tree,
    root: Configuration,
    loose: Sequence[Loose],
    used: Sequence[Usage],
    value_of: Callable[[Text, Expression], TfValue],
) -> list[Evaluation]:
    """The evaluations of a root module; ``value_of`` tells the value of one of its expressions in any environment."""
    own = environment_of(root.path, tree.environments)
    found = list(_of_files(tree, own, loose, used))
    names: dict[str, TfValue] = {}
    if any(_MENTION in file.text.text for file in root.files):
        from depcheck.terraform.workspaces import workspaces

        names = workspaces(root, tree.environments, value_of)
    if not found:
        shared = [each.path for each in loose if each.shared]
        told: list[str | None] = [own] if own is not None or not names else list(names)
        found = [Evaluation(environment, shared) for environment in told]
    for each in found:
        each.workspace = names.get(each.environment) if each.environment is not None else None
        same = [other for other in found if other.environment == each.environment]
        if len(same) > 1:
            each.label = each.files[-1].rpartition("/")[2] if each.files else ""
    return found


def _of_files(tree: Tree, own: str | None, loose: Sequence[Loose], used: Sequence[Usage]) -> Iterator[Evaluation]:
    """The evaluations that values files tell: those that commands name together, then the others by their names."""
    seen: set[tuple[str, ...]] = set()
    covered: set[str] = set()
    for usage in used:
        if own is not None and usage.environment != own:
            continue
        named = sorted([each.path for each in loose if usage.named(each.path)], key=usage.position)
        if named and (usage.environment, *named) not in seen:
            seen.add((usage.environment, *named))
            covered.add(usage.environment)
            yield Evaluation(usage.environment, named)
    shared = [each.path for each in loose if each.shared]
    by_environment: dict[str, list[Loose]] = {}
    for each in loose:
        environment = each.environment
        if environment is not None and environment not in covered and own in (None, environment):
            by_environment.setdefault(environment, []).append(each)
    for environment, members in by_environment.items():
        common = [each.path for each in members if each.common]
        for group in _together(tree, [each.path for each in members if not each.common]) or [[]]:
            yield Evaluation(environment, [*shared, *common, *group])


def _together(tree: Tree, paths: Sequence[str]) -> list[list[str]]:
    """Files for one environment that complement each other are used together; files that give the same variables are
    used one at a time."""
    groups: list[tuple[set[str], list[str]]] = []
    for path in paths:
        names = {attribute.name for attribute in tree.files[path].body.attributes}
        group = next((each for each in groups if not each[0] & names), None)
        if group is None:
            groups.append((names, [path]))
        else:
            group[0].update(names)
            group[1].append(path)
    return [group for _, group in groups]
