"""Which folders are root modules, and how often each is evaluated: once per environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from posixpath import normpath

from depcheck.model import Command
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Expression, HclFile, String
from depcheck.terraform.configuration import Configuration
from depcheck.terraform.evaluation import RootFiles, Run
from depcheck.terraform.evaluations import Evaluation, environment_of, evaluations
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.modules import Module, release
from depcheck.terraform.scope import Log
from depcheck.terraform.tree import Tree, local_target
from depcheck.terraform.values import TfValue
from depcheck.terraform.values_files import assign, is_values, loose_files, read_values
from depcheck.terraform.variables import through_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.terragrunt_units import Unit
    from depcheck.terraform.usage import Usage

# Terragrunt's own files.
_UNIT = "terragrunt.hcl"


def roots_of(configurations: Mapping[str, Configuration]) -> list[str]:
    """The folders that nobody calls; of folders that call each other in a circle, the first one."""
    targets: dict[str, list[str]] = {}
    called: set[str] = set()
    for folder, configuration in configurations.items():
        targets[folder] = [target for target in _targets(configuration) if target in configurations]
        called.update(target for target in targets[folder] if target != folder)
    roots = [folder for folder in configurations if folder not in called]
    reached: set[str] = set()
    _reach(roots, targets, reached)
    for folder in configurations:
        if folder not in reached:
            roots.append(folder)
            _reach([folder], targets, reached)
    return roots


def _targets(configuration: Configuration) -> Iterator[str]:
    for call in configuration.calls.values():
        argument = call.arguments.get("source")
        if argument is not None and isinstance(argument.node.value, String):
            target = local_target(configuration.path, argument.node.value.value)
            if target is not None:
                yield target


def _reach(start: Sequence[str], targets: Mapping[str, list[str]], reached: set[str]) -> None:
    pending = list(start)
    while pending:
        folder = pending.pop()
        if folder not in reached:
            reached.add(folder)
            pending.extend(targets[folder])


def runs(tree: Tree, var_files: Sequence[str] = (), commands: Iterable[Command] = ()) -> Iterator[Run]:
    """One evaluation per root module and environment."""
    roots = {folder: tree.configurations[folder] for folder in roots_of(tree.configurations)}
    found = loose_files(tree.files, tree.configurations, tree.environments)
    loose = assign(found, roots, tree.configurations, tree.files)
    named = [path for path in (_named(each, tree.files) for each in var_files) if path is not None]
    used: list[Usage] = []
    if any(loose.values()):
        from depcheck.terraform.usage import usages

        used = usages(commands, roots, tree.read_text, tree.environments)
    deployed: set[str] = set()
    if any(path.endswith(_UNIT) for path in tree.files):
        from depcheck.terraform.terragrunt_units import units

        for unit in units(tree):
            target = unit.target()
            configuration = tree.configuration(target) if target is not None else None
            if configuration is not None:
                deployed.add(configuration.path)
                yield _unit_run(tree, unit, configuration)
            else:
                yield _far_unit_run(tree, unit)
    for folder, root in roots.items():
        if folder in deployed:
            continue
        candidates = [each for each in loose.get(folder, ()) if each.path not in named]
        for each in evaluations(tree, root, candidates, used, partial(_value_of, tree, root)):
            paths = [*tree.automatic.get(folder, ()), *each.files, *named]
            yield _run(tree, root, each, paths)


def _value_of(tree: Tree, root: Configuration, text: Text, expression: Expression) -> TfValue:
    """The value of an expression of a root module, whatever environment it is for."""
    run = _run(tree, root, Evaluation(None, []), tree.automatic.get(root.path, []))
    module = Module(run, root)
    value = evaluate(expression, module.frame.scope(text))
    release(module)
    return value


def _unit_run(tree: Tree, unit: Unit, root: Configuration) -> Run:
    """The evaluation of a module as a unit of Terragrunt's deploys it."""
    log = Log()
    values: dict[str, list[TfValue]] = {}
    holes: dict[str, TfValue] = {}
    if unit.generated:
        from depcheck.terraform.terragrunt_generated import with_generated

        root = with_generated(root, unit.generated, holes)
    for path in unit.var_files:
        read_values(path, tree.files[path], root, log, values)
    for name, declaration in root.variables.items():
        given = unit.given(name)
        if given is not None:
            if given.node is None:
                given = given.at(declaration.text, declaration.header_node, ())
            values.setdefault(name, []).append(through_file(given, declaration, _UNIT))
    files = RootFiles(root.path if not root.sketch else unit.folder, tree.read_text, tree.list_files)
    environment = environment_of(unit.folder, tree.environments)
    run = Run(root, environment, values, tree.find, files, folder=unit.folder)
    run.backends = unit.backends
    run.holes = holes
    return run


def _far_unit_run(tree: Tree, unit: Unit) -> Run:
    """The evaluation of a unit whose module is not at hand: of the module's sketch where there is one, else of nothing
    but the call."""
    from depcheck.terraform.sketches import sketch_of
    from depcheck.terraform.terragrunt_units import tell_unit

    source = unit.source.payload if unit.source is not None else None
    sketch = sketch_of(source) if isinstance(source, str) else None
    run = _unit_run(tree, unit, sketch or Configuration(unit.folder))
    run.header = unit.header
    if sketch is None:
        run.told.append(tell_unit(unit, run.environment))
    place = f"({unit.path}:{unit.header.line})"
    if not isinstance(source, str):
        run.gaps.append(f"the source of the module is not decided {place}")
    elif unit.target() is not None:
        run.gaps.append(f"there is no module in {source.lstrip('/')} {place}")
    return run


def _named(path: str, files: Mapping[str, HclFile]) -> str | None:
    """The file that a command line means: by its whole path, else by the end of it."""
    wanted = normpath(path).lstrip("/")
    if wanted in files:
        return wanted
    name = wanted.rpartition("/")[2]
    return next((each for each in sorted(files) if is_values(each) and each.rpartition("/")[2] == name), None)


def _run(tree: Tree, root: Configuration, evaluation: Evaluation, paths: Sequence[str]) -> Run:
    log = Log()
    values: dict[str, list[TfValue]] = {}
    for path in paths:
        read_values(path, tree.files[path], root, log, values)
    files = RootFiles(root.path, tree.read_text, tree.list_files)
    folder = f"{root.path or '.'} with {evaluation.label}" if evaluation.label else None
    run = Run(root, evaluation.environment, values, tree.find, files, workspace=evaluation.workspace, folder=folder)
    for problem in log.problems:
        run.log.add(problem)
    return run
