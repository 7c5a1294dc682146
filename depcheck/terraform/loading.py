"""From the files of a repository to nouns: each root module evaluated once per environment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from depcheck.environments import Environments
from depcheck.model import Command, Facts, Problem
from depcheck.syntax.hcl_ast import HclFile
from depcheck.terraform.configuration import SKETCHED
from depcheck.terraform.evaluation import MAX_RESOURCES, Run
from depcheck.terraform.grants import grants_of, grants_of_call
from depcheck.terraform.modules import Module, release, walk
from depcheck.terraform.nouns import add_nouns
from depcheck.terraform.resources import tell, tell_backend, tell_module, tell_provider, tell_remote_state
from depcheck.terraform.roots import runs
from depcheck.terraform.settings import declarations_of, runtimes_of, settings_of
from depcheck.terraform.tree import Tree

_RECURSION = 8000
_STACK = "terragrunt.stack.hcl"
# How many gaps are told in full.
_TOLD = 4


class Result:
    """What Terraform's files say, what is wrong with them, and in a sentence each what of them is not judged."""

    __slots__ = ("facts", "notices", "problems")

    def __init__(self, facts: Facts, problems: list[Problem], notices: list[str] | None = None) -> None:
        self.facts = facts
        self.problems = problems
        self.notices = notices or []


def load(
    files: Mapping[str, HclFile],
    environments: Environments,
    *,
    read_text: Callable[[str], str | None],
    list_files: Callable[[str], Sequence[str]] | None = None,
    var_files: Sequence[str] = (),
    commands: Iterable[Command] = (),
) -> Result:
    """Evaluate every root module in every environment.

    ``files`` are by their path below the scanned folder; a file inside a document is ``doc.md#/main.tf``.
    """
    # A value may be a hundred references away, through modules; each takes some ten calls.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        return _load(Tree(files, environments, read_text, list_files), environments, var_files, commands)
    finally:
        sys.setrecursionlimit(before)


def _load(tree: Tree, environments: Environments, var_files: Sequence[str], commands: Iterable[Command]) -> Result:
    facts = Facts()
    seen: dict[tuple[str, str, int, int], Problem] = {}
    gaps = {f"the stack {path} is not evaluated": None for path in tree.files if path.endswith(_STACK)}
    facts.settings.extend(settings_of(tree))
    facts.declarations.extend(declarations_of(tree))
    facts.runtimes.extend(runtimes_of(tree))
    for run in runs(tree, var_files, commands):
        try:
            _tell_run(run, facts, environments)
        except Exception as error:
            # The other root modules are not to suffer from a mistake of ours.
            run.certain.add(_failed(run, error))
        gaps.update(dict.fromkeys(run.gaps))
        for problem in run.problems():
            span = problem.span
            if span.path == SKETCHED:
                continue
            seen.setdefault((problem.message, span.path, span.start, span.end), problem)
    return Result(facts, list(seen.values()), _notices(list(gaps)))


def _notices(gaps: Sequence[str]) -> list[str]:
    if not gaps:
        return []
    more = f" and {len(gaps) - _TOLD:,} more" if len(gaps) > _TOLD else ""
    return [f"Terraform that was not judged: {'; '.join(gaps[:_TOLD])}{more}"]


def _failed(run: Run, error: Exception) -> Problem:
    span = run.header or run.root.files[0].text.span(0, 0)
    name = type(error).__name__
    clause = f"evaluating this folder ended in an error of depcheck's own ({name}), so parts of it are not judged"
    return Problem(clause, span, "please report it with these files")


def _tell_run(run: Run, facts: Facts, environments: Environments) -> None:
    root = Module(run, run.root)
    for module in walk(root):
        if run.resources > MAX_RESOURCES:
            break
        if module is not root:
            facts.resources.append(tell_module(module, run.environment, run.folder))
        if isinstance(module, Module):
            _tell_module(module, facts, environments, is_root=module is root)
        else:
            facts.grants.extend(grants_of_call(facts.resources[-1], run.certain.problems))
    if run.resources > MAX_RESOURCES:
        run.gaps.append(f"what {run.folder or '.'} makes beyond {MAX_RESOURCES:,} resources")
    release(root)


def _tell_module(module: Module, facts: Facts, environments: Environments, *, is_root: bool) -> None:
    run, configuration = module.run, module.configuration
    environment, root = run.environment, run.folder
    if is_root:
        for inner in configuration.backends:
            facts.resources.append(tell_backend(inner, module.frame, environment, root))
        facts.resources.extend(tell_remote_state(state, environment, root) for state in run.backends)
        facts.resources.extend(run.told)
    for declaration in configuration.providers:
        facts.resources.append(tell_provider(declaration, module, environment, root))
    for declaration in configuration.declared:
        expansion = module.expansion(declaration)
        for key in expansion.told():
            run.resources += 1
            if run.resources > MAX_RESOURCES:
                return
            instance = module.instance(declaration, expansion, key)
            resource = tell(instance, environment, root, expansion.size())
            if configuration.sketch:
                if resource.kind == "data":
                    continue
                from depcheck.terraform.sketches import place

                resource = place(resource, module)
            facts.resources.append(resource)
            if resource.kind == "resource":
                add_nouns(resource, instance, facts, environments)
            facts.grants.extend(grants_of(resource, instance, run.certain.problems))
