"""Evaluates a small tree of files that is given as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depcheck import terraform
from depcheck.environments import Environments
from depcheck.model import Resource
from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import HclFile
from depcheck.terraform.loading import Result
from depcheck.values import Known, Unknown, Value, plain

_READ = (".tf", ".tofu", ".tfvars", ".hcl", ".tf.json", ".tfvars.json")


def parsed(tree: Mapping[str, str]) -> dict[str, HclFile]:
    """The files of a tree that Terraform reads."""
    files: dict[str, HclFile] = {}
    for path, text in tree.items():
        if path.endswith(_READ):
            source = Text.of(Source(path.split("#")[0] if "#" in path else path, text))
            files[path] = hcl.parse_json(source) if path.endswith(".json") else hcl.parse(source)
    return files


def load(tree: Mapping[str, str] | str, *, var_files: Sequence[str] = ()) -> Result:
    """Everything that a tree says; a text alone is ``main.tf``."""
    files = {"main.tf": tree} if isinstance(tree, str) else tree

    def below(folder: str) -> list[str]:
        base = f"{folder}/" if folder else ""
        return sorted(path[len(base) :] for path in files if path.startswith(base))

    return terraform.load(parsed(files), Environments(), read_text=files.get, list_files=below, var_files=var_files)


def resources(tree: Mapping[str, str] | str, **options: Sequence[str]) -> dict[tuple[str | None, str], Resource]:
    """The resources of a tree by environment and address."""
    return {(each.environment, each.address): each for each in load(tree, **options).facts.resources}


def attributes(tree: Mapping[str, str] | str, address: str, environment: str | None = None) -> dict[str, object]:
    """The attributes of a resource as ordinary data; unknown ones as ``{"unknown": reason}``."""
    made = plain(resources(tree)[environment, address].attributes)
    assert isinstance(made, dict)
    return made


def attribute(tree: Mapping[str, str] | str, address: str, name: str, environment: str | None = None) -> Value:
    """One attribute of a resource."""
    return resources(tree)[environment, address].get(*name.split("."))


def chain(value: Value) -> list[str]:
    """The hops of a value as ``words file:line``."""
    assert isinstance(value, Known)
    return [f"{step.words} {step.span.path}:{step.span.line}" for step in value.via if step.span is not None]


def unknown(value: Value) -> Unknown:
    """The value, which must be unknown."""
    assert isinstance(value, Unknown)
    return value
