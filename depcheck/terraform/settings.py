"""What is told once per file, whatever is evaluated how often: values files, defaults of variables, the version of
Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Declaration, Runtime, Setting
from depcheck.source import Span
from depcheck.terraform.bridge import to_value
from depcheck.terraform.configuration import Configuration, folder_of
from depcheck.terraform.evaluations import environment_of
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Scope
from depcheck.terraform.tree import Tree
from depcheck.terraform.values_files import is_values
from depcheck.terraform.variables import flag


def settings_of(tree: Tree) -> Iterator[Setting]:
    """One setting for each entry of a values file and for each default."""
    seen: set[Span] = set()
    for path in sorted(tree.files):
        if is_values(path):
            yield from _once(_given(path, tree), seen)
    for folder, configuration in tree.configurations.items():
        yield from _once(_defaults(configuration, environment_of(folder, tree.environments)), seen)


def declarations_of(tree: Tree) -> Iterator[Declaration]:
    """What configurations declare by name, each place once."""
    seen: set[Span] = set()
    for folder, configuration in tree.configurations.items():
        if configuration.sketch:
            continue
        environment = environment_of(folder, tree.environments)
        for each in _declared(configuration, environment):
            if each.span not in seen:
                seen.add(each.span)
                yield each


def _declared(configuration: Configuration, environment: str | None) -> Iterator[Declaration]:
    for kind, of, argument in (
        ("variable", configuration.variables, "default"),
        ("output", configuration.outputs, "value"),
    ):
        for name, declaration in of.items():
            value, type_ = declaration.arguments.get(argument), declaration.arguments.get("type")
            yield Declaration(
                name,
                kind,
                declaration.header,
                expression=value.span if value is not None else None,
                sensitive=flag(declaration, "sensitive") or flag(declaration, "ephemeral"),
                type=type_.span.text if type_ is not None else "",
                environment=environment,
            )
    for name, local in configuration.locals.items():
        yield Declaration(name, "local", local.key, expression=local.span, environment=environment)


def _once(settings: Iterator[Setting], seen: set[Span]) -> Iterator[Setting]:
    """Those that no other folder has told: folders may share a file by links."""
    for each in settings:
        if each.span not in seen:
            seen.add(each.span)
            yield each


def runtimes_of(tree: Tree) -> Iterator[Runtime]:
    """The versions of Terraform that configurations ask for."""
    seen: set[Span] = set()
    for folder, configuration in tree.configurations.items():
        for declaration in configuration.settings:
            argument = declaration.arguments.get("required_version")
            if argument is not None and argument.span not in seen:
                seen.add(argument.span)
                value = evaluate(argument.node.value, Scope(argument.text))
                version = to_value(value, argument.span, key=argument.key)
                yield Runtime(
                    "terraform", version, argument.span, environment=environment_of(folder, tree.environments)
                )


def _given(path: str, tree: Tree) -> Iterator[Setting]:
    file = tree.files[path]
    environment = tree.environments.of_path(path)
    configuration = _nearest(folder_of(path), tree)
    scope = Scope(file.text)
    for attribute in file.body.attributes:
        declaration = configuration.variables.get(attribute.name) if configuration is not None else None
        key = file.text.span(attribute.start, attribute.name_end)
        place = file.text.span(attribute.value.start, attribute.value.end)
        yield Setting(
            attribute.name,
            to_value(evaluate(attribute.value, scope), place, key=key),
            key,
            origin="tfvars",
            environment=environment,
            sensitive=declaration is not None and flag(declaration, "sensitive"),
        )


def _nearest(folder: str, tree: Tree) -> Configuration | None:
    """The configuration of a folder or of the nearest one above it."""
    while True:
        found = tree.configurations.get(folder)
        if found is not None or not folder:
            return found
        folder = folder.rpartition("/")[0]


def _defaults(configuration: Configuration, environment: str | None) -> Iterator[Setting]:
    for name, declaration in configuration.variables.items():
        argument = declaration.arguments.get("default")
        if argument is None:
            continue
        label = declaration.block.labels[0]
        value = evaluate(argument.node.value, Scope(argument.text))
        yield Setting(
            name,
            to_value(value, argument.span, key=argument.key),
            declaration.text.span(label.start, label.end),
            origin="terraform-variable",
            environment=environment,
            sensitive=flag(declaration, "sensitive"),
        )
