"""Terragrunt: its files and functions, as far as the files decide what they come to.

Paths that Terragrunt gives as absolute ones begin with ``/`` at the scanned folder here, so that what a configuration
makes of them leads to files again.
"""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, normpath, relpath

from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import (
    Attribute,
    Block,
    Call,
    Expression,
    HclFile,
)
from depcheck.terraform.evaluation import RootFiles
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.functions.jsontext import encode
from depcheck.terraform.scope import Budget, Log, Scope
from depcheck.terraform.terragrunt_calls import MARK, without_calls
from depcheck.terraform.tree import Tree
from depcheck.terraform.values import (
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    items_of,
    make_object,
    string,
    unknown,
)
from depcheck.values import Missing, Unknown

UNIT = "terragrunt.hcl"
_ROOTS = ("root.hcl", UNIT)
_DEPTH = 12
Steps = tuple[str | int, ...]
Answer = tuple[TfValue, int] | None


class Context:
    """One file of Terragrunt's while it is evaluated for a unit."""

    __slots__ = ("active", "depth", "file", "includes", "locals", "path", "scope", "text", "tree", "unit")

    def __init__(self, tree: Tree, path: str, unit: str, depth: int = 0) -> None:
        self.tree = tree
        self.path = path
        self.unit = unit
        self.depth = depth
        self.file = file_of(tree, path) or HclFile(Text.of(Source(path, "")), hcl.parse(_EMPTY).body, [], [])
        self.text = self.file.text
        files = RootFiles(unit, tree.read_text, tree.list_files)
        self.scope = Scope(self.text, self.resolve, files=files, log=Log(), budget=Budget())
        self.locals: dict[str, TfValue] = {}
        self.includes: dict[str, Context] | None = None
        self.active: set[str] = set()

    def evaluate(self, expression: Expression) -> TfValue:
        """The value of an expression of this file."""
        prepared, scope = self._prepared(expression)
        return evaluate(prepared, scope)

    def chunks(self, expression: Expression) -> tuple[Source, list[tuple[str, int, int]], dict[str, Unknown]] | None:
        """The pieces of the text that an expression of this file writes."""
        from depcheck.terraform.embedded import chunks_of

        prepared, scope = self._prepared(expression)
        found = chunks_of(prepared, self.text, scope)
        if found is None:
            value = evaluate(prepared, scope)
            if isinstance(value.payload, str):
                return self.text.source, [(value.payload, expression.start, expression.end)], {}
        return found

    def _prepared(self, expression: Expression) -> tuple[Expression, Scope]:
        """An expression with names in place of calls of Terragrunt's functions, and a scope that knows these."""
        calls: list[Call] = []
        prepared = without_calls(expression, _FUNCTIONS, calls)
        if not calls:
            return expression, self.scope

        def resolve(root: str, steps: Steps) -> Answer:
            if root.startswith(MARK):
                return self.call(calls[int(root[len(MARK) :])]), 0
            return self.resolve(root, steps)

        scope = Scope(self.text, resolve, files=self.scope.files, log=self.scope.log, budget=self.scope.budget)
        return prepared, scope

    def resolve(self, root: str, steps: Steps) -> Answer:
        """What a name means here."""
        name = steps[0] if steps and isinstance(steps[0], str) else ""
        if root == "local":
            return (self.local(name), 1) if name else (self.all_locals(), 0)
        if root == "include":
            return self._include(name, steps)
        if root in ("dependency", "dependencies", "feature", "values", "unit", "stack"):
            full = f"{root}.{name}"
            return unknown(Reason(f"{full} is known to Terragrunt only", (Missing(full),))), len(steps)
        return None

    def _include(self, name: str, steps: Steps) -> Answer:
        included = self._included()
        context = included.get(name)
        used = 1
        if context is None and len(included) == 1 and "" in included:
            context, used = included[""], 0
        if context is None:
            return unknown(f"include.{name} is not known"), len(steps)
        return context.exposed(), used

    def exposed(self) -> TfValue:
        """The file as an object, as ``include`` and ``read_terragrunt_config()`` give it."""
        attribute = self.file.body.attribute("inputs")
        parts = {"locals": self.all_locals()}
        if attribute is not None:
            parts["inputs"] = self.evaluate(attribute.value)
        gap = Reason(f"of {self.path} only locals and inputs are read")
        return make_object(OpenAttributes(parts, lambda _name: unknown(gap)))

    def all_locals(self) -> TfValue:
        """All locals as an object."""
        names = [each.name for block in self._local_blocks() for each in block.body.attributes]
        return make_object({name: self.local(name) for name in names})

    def _local_blocks(self) -> list[Block]:
        return [block for block in self.file.body.blocks if block.type == "locals"]

    def local(self, name: str) -> TfValue:
        """The value of a local."""
        found = self.locals.get(name)
        if found is None:
            attribute: Attribute | None = None
            for block in self._local_blocks():
                attribute = block.body.attribute(name) or attribute
            if attribute is None or name in self.active:
                return unknown(Reason(f"local.{name} is not declared", (Missing(f"local.{name}"),)))
            self.active.add(name)
            found = self.locals[name] = self.evaluate(attribute.value)
            self.active.discard(name)
        return found

    def included(self) -> list[Context]:
        """The files that this one includes, in their order."""
        return list(self._included().values())

    def _included(self) -> dict[str, Context]:
        if self.includes is None:
            self.includes = {}
            for block in self.file.body.blocks:
                path = block.body.attribute("path") if block.type == "include" else None
                if path is not None and self.depth < _DEPTH:
                    target = self._file(self.evaluate(path.value))
                    if target is not None:
                        label = block.labels[0].text if block.labels else ""
                        self.includes[label] = Context(self.tree, target, self.unit, self.depth + 1)
        return self.includes

    def _file(self, value: TfValue) -> str | None:
        """The path of a file that is at hand."""
        path = inside(value.payload, dirname(self.path)) if isinstance(value.payload, str) else None
        return path if path is not None and file_of(self.tree, path) is not None else None

    def var_files(self, terraform: Block) -> list[str]:
        """The values files that are handed to Terraform."""
        found: list[str] = []
        for block in terraform.body.blocks:
            for name in ("required_var_files", "optional_var_files"):
                attribute = block.body.attribute(name)
                value = self.evaluate(attribute.value) if attribute is not None else None
                for item in items_of(value) if value is not None and isinstance(value.payload, list) else ():
                    path = inside(item.payload, self.unit) if isinstance(item.payload, str) else None
                    if path is not None and path in self.tree.files:
                        found.append(path)
        return found

    # -- functions ---------------------------------------------------------------------------------------------------

    def call(self, node: Call) -> TfValue:
        """A function of Terragrunt's."""
        arguments = [self.evaluate(argument) for argument in node.arguments]
        words = [argument.payload if isinstance(argument.payload, str) else None for argument in arguments]
        made = _FUNCTIONS[node.name](self, arguments, words)
        return made.at(self.text, node, ()) if made.node is None else made

    def find_in_parent_folders(self, arguments: list[TfValue], words: list[str | None]) -> TfValue:
        """The nearest file of a name in a folder above."""
        names = _ROOTS if not words else (words[0],) if words[0] else ()
        folder = self.unit
        while folder:
            folder = dirname(folder)
            for name in names:
                path = f"{folder}/{name}" if folder else str(name)
                if path != self.path and (file_of(self.tree, path) or self.tree.read_text(path) is not None):
                    return string(f"/{path}")
        if len(arguments) > 1:
            return arguments[1]
        return unknown(f"no folder above {self.unit or '.'} has {' or '.join(map(str, names))}")

    def read_config(self, arguments: list[TfValue], words: list[str | None]) -> TfValue:
        """Another file of Terragrunt's as an object."""
        target = self._file(arguments[0]) if arguments else None
        if target is None or self.depth >= _DEPTH:
            if len(arguments) > 1:
                return arguments[1]
            return unknown(f"the configuration {words[0] if words and words[0] else ''!r} is not at hand")
        return Context(self.tree, target, dirname(target), self.depth + 1).exposed()

    def read_values(self, arguments: list[TfValue], words: list[str | None]) -> TfValue:
        """A values file as JSON."""
        path = inside(words[0], self.unit) if words and words[0] else None
        file = self.tree.files.get(path) if path is not None else None
        if file is None:
            gap = combined(arguments) if arguments and not arguments[0].known else None
            return unknown(gap or f"the values file {words[0] if words and words[0] else ''!r} is not at hand")
        scope = Scope(file.text, log=self.scope.log, budget=self.scope.budget)
        value = make_object({each.name: evaluate(each.value, scope) for each in file.body.attributes})
        return string(encode(value)) if value.whole else unknown(combined((value,)))

    def environment(self, _arguments: list[TfValue], words: list[str | None]) -> TfValue:
        """An environment variable; whether one is set is not known even where there is a default."""
        name = words[0] if words and words[0] else "a variable"
        return unknown(Reason(f"the environment variable {name} is not known", (Missing(name),)))

    def parent(self) -> str:
        """The folder of the file that includes lead to, or of this one."""
        included = self.included()
        return dirname(included[0].path) if included else dirname(self.path)


Function = Callable[[Context, list[TfValue], list[str | None]], TfValue]
_EMPTY = Text.of(Source("", ""))
_OPAQUE = (
    "get_aws_account_alias get_aws_account_id get_aws_caller_identity_arn get_aws_caller_identity_user_id get_platform"
    " get_terraform_command get_terraform_cli_args get_working_dir run_cmd sops_decrypt_file"
    " mark_as_read constraint_check get_default_retryable_errors get_terragrunt_source_cli_flag"
    " get_terraform_commands_that_need_vars get_terraform_commands_that_need_input"
    " get_terraform_commands_that_need_locking get_terraform_commands_that_need_parallelism"
)


def _opaque(name: str) -> Function:
    return lambda _context, _arguments, _words: unknown(f"{name}() is computed by Terragrunt")


_FUNCTIONS: dict[str, Function] = {
    **{name: _opaque(name) for name in _OPAQUE.split()},
    "find_in_parent_folders": Context.find_in_parent_folders,
    "read_terragrunt_config": Context.read_config,
    "read_tfvars_file": Context.read_values,
    "get_env": Context.environment,
    "get_repo_root": lambda _context, _arguments, _words: string(""),
    "get_terragrunt_dir": lambda context, _arguments, _words: string(f"/{context.unit}"),
    "get_original_terragrunt_dir": lambda context, _arguments, _words: string(f"/{context.unit}"),
    "get_parent_terragrunt_dir": lambda context, _arguments, _words: string(f"/{context.parent()}"),
    "get_path_from_repo_root": lambda context, _arguments, _words: string(context.unit or "."),
    "get_path_to_repo_root": lambda context, _arguments, _words: string(relpath(".", context.unit or ".")),
    "path_relative_to_include": lambda context, _arguments, _words: string(
        relpath(context.unit or ".", dirname(context.path) or ".")
    ),
    "path_relative_from_include": lambda context, _arguments, _words: string(
        relpath(dirname(context.path) or ".", context.unit or ".")
    ),
}


def file_of(tree: Tree, path: str) -> HclFile | None:
    """A file of Terragrunt's; one that was not scanned is not read."""
    return tree.files.get(path)


def inside(path: str, folder: str) -> str | None:
    """A path from the scanned folder; None for one outside of it."""
    joined = normpath(path.lstrip("/") if path.startswith("/") else f"{folder or '.'}/{path}")
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined
