"""The configuration that tests/data/terraform-console.json was recorded with, as a scope of the evaluator."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from depcheck.source import Source, Text
from depcheck.syntax.hcl import parse
from depcheck.syntax.hcl_ast import Bool, HclFile
from depcheck.terraform.constraints import ANY, conform, read_constraint
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Scope
from depcheck.terraform.types import without_optional
from depcheck.terraform.values import EPHEMERAL, SENSITIVE, Reason, TfValue, string, unknown
from depcheck.values import Missing


class DictFiles:
    """Files that are in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = {posixpath.normpath(path): content for path, content in files.items()}

    def read(self, path: str) -> bytes | None:
        found = self.files.get(posixpath.normpath(path))
        return None if found is None else found.encode()

    def is_file(self, path: str) -> bool | None:
        path = posixpath.normpath(path)
        if path in self.files:
            return True
        return None if any(name.startswith(path + "/") for name in self.files) else False

    def below(self, folder: str) -> Sequence[str]:
        prefix = "" if posixpath.normpath(folder) == "." else posixpath.normpath(folder) + "/"
        return [path.removeprefix(prefix) for path in self.files if path.startswith(prefix)]


class RecordedModule:
    """Variables with their defaults and locals, evaluated when they are asked for."""

    def __init__(self, configuration: str, files: Mapping[str, str]) -> None:
        self.file: HclFile = parse(Text.of(Source("main.tf", configuration)))
        assert not self.file.problems
        self.files = DictFiles(files)
        self.values: dict[tuple[str, str], TfValue] = {}
        inner = self.scope(self.file.text)
        for block in self.file.body.blocks:
            if block.type == "locals":
                self.locals = {attribute.name: attribute for attribute in block.body.attributes}
            else:
                self.values["var", block.labels[0].text] = self.variable(block, inner)

    def scope(self, text: Text) -> Scope:
        """A scope for expressions of a text."""
        return Scope(text, self.resolve, files=self.files)

    def variable(self, block, scope: Scope) -> TfValue:  # type: ignore[no-untyped-def]
        name = block.labels[0].text
        type_ = block.body.attribute("type")
        constraint = ANY if type_ is None else read_constraint(type_.value, lambda node: evaluate(node, scope))
        default = block.body.attribute("default")
        if default is None:
            missing = Missing(f"var.{name}", self.file.span(block.labels[0]))
            reason = Reason(f"var.{name} has no value", (missing,))
            return unknown(reason, without_optional(constraint.type))
        value = conform(evaluate(default.value, scope), constraint)
        for mark, bit in (("sensitive", SENSITIVE), ("ephemeral", EPHEMERAL)):
            attribute = block.body.attribute(mark)
            if attribute is not None and isinstance(attribute.value, Bool) and attribute.value.value:
                value = value.marked(bit)
        return value

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[TfValue, int] | None:
        if root == "path":
            return string("."), 1
        if root == "terraform":
            return string("default"), 1
        if not steps or not isinstance(steps[0], str):
            return None
        name = steps[0]
        if (root, name) not in self.values and root == "local" and name in self.locals:
            self.values[root, name] = evaluate(self.locals[name].value, self.scope(self.file.text))
        found = self.values.get((root, name))
        return None if found is None else (found, 1)
