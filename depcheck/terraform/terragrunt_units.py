"""Units: folders that Terragrunt deploys a module from, with what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from depcheck.model import Resource
from depcheck.source import Span
from depcheck.syntax.hcl_ast import Conditional, Expression, Interpolation, Parentheses, Template
from depcheck.terraform.bridge import to_value
from depcheck.terraform.evaluation import StateBlock
from depcheck.terraform.terragrunt import UNIT, Context, inside
from depcheck.terraform.terragrunt_generated import Generated
from depcheck.terraform.tree import Tree
from depcheck.terraform.values import OpenAttributes, Reason, TfValue, unknown
from depcheck.values import Known, Value


class Unit:
    """A folder that Terragrunt deploys: where its module is, and what it is given.

    ``inputs`` are the values of ``inputs`` with those of included files; they may be unknown, or known in part.
    ``source`` is empty where the folder's own files are the module.
    """

    __slots__ = ("backends", "folder", "generated", "header", "inputs", "path", "source", "var_files")

    def __init__(
        self,
        path: str,
        source: TfValue | None,
        inputs: list[TfValue],
        var_files: list[str],
        backends: list[StateBlock],
        header: Span,
    ) -> None:
        # The place that says which module it is.
        self.header = header
        self.generated: list[Generated] = []
        self.path = path
        self.folder = dirname(path)
        self.source = source
        self.inputs = inputs
        self.var_files = var_files
        self.backends = backends

    def target(self) -> str | None:
        """The folder of the module; None where it is not in the scanned folder."""
        if self.source is None:
            return self.folder
        payload = self.source.payload
        # Where no more than the revision is open, the folder is known.
        prefix = payload.prefix() if isinstance(payload, Reason) else ""
        text = payload if isinstance(payload, str) else prefix if "?" in prefix else ""
        path = text.partition("?")[0].removeprefix("git::").removeprefix("file://")
        if not path.startswith((".", "/")):
            return None
        return inside(path.replace("//", "/"), self.folder)

    def given(self, name: str) -> TfValue | None:
        """The value of an input; None where it is certain that none is given."""
        found: TfValue | None = None
        for inputs in self.inputs:
            payload = inputs.payload
            if isinstance(payload, dict):
                value = payload.get(name)
                if value is None and isinstance(payload, OpenAttributes):
                    value = payload.other(name)
                found = value if value is not None else found
            elif isinstance(payload, Reason):
                found = unknown(payload)
        return found


def units(tree: Tree) -> Iterator[Unit]:
    """The units of a repository: files called ``terragrunt.hcl`` that say what they deploy."""
    for path in sorted(tree.files):
        if path == UNIT or path.endswith(f"/{UNIT}"):
            unit = _unit(tree, path)
            if unit.source is not None or (unit.inputs and unit.folder in tree.configurations):
                yield unit


def _unit(tree: Tree, path: str) -> Unit:
    own = Context(tree, path, dirname(path))
    source: TfValue | None = None
    inputs: list[TfValue] = []
    var_files: list[str] = []
    backends: list[StateBlock] = []
    header = own.text.span(0, 0)
    generated: dict[str, Generated] = {}
    for context in [*own.included(), own]:
        for block in context.file.body.blocks:
            if block.type == "terraform":
                given = block.body.attribute("source")
                if given is not None:
                    source = _source(context, given.value)
                    header = context.text.span(block.start, block.header_end)
                var_files += context.var_files(block)
            elif block.type == "generate" and block.labels:
                generated[block.labels[0].text] = Generated(block, context)
            elif block.type == "remote_state":
                backends = [StateBlock(context.text, block, context.evaluate)]
        attribute = context.file.body.attribute("inputs")
        if attribute is not None:
            inputs.append(context.evaluate(attribute.value))
    unit = Unit(path, source, inputs, var_files, backends, header)
    unit.generated = list(generated.values())
    return unit


def _source(context: Context, expression: Expression) -> TfValue:
    """The source of a unit's module; where a condition chooses that is not decided, the choice that is at hand."""
    value = context.evaluate(expression)
    pending = [] if value.known else [expression]
    while pending:
        node = pending.pop(0)
        if isinstance(node, Parentheses):
            pending.append(node.inner)
        elif isinstance(node, Template) and len(node.parts) == 1 and isinstance(node.parts[0], Interpolation):
            pending.append(node.parts[0].expression)
        elif isinstance(node, Conditional):
            pending += (node.then, node.otherwise)
        elif node is not expression:
            choice = context.evaluate(node)
            if isinstance(choice.payload, str) and choice.payload.startswith((".", "/")):
                return choice
    return value


def tell_unit(unit: Unit, environment: str | None) -> Resource:
    """A unit whose module is elsewhere: the call of a module with what is known of its inputs."""
    name = unit.folder.rpartition("/")[2] or "root"
    attributes: dict[str, Value] = {}
    names = {each for inputs in unit.inputs if isinstance(inputs.payload, dict) for each in inputs.payload}
    for each in sorted(names):
        value = unit.given(each)
        if value is not None and value.payload is not None:
            attributes[each] = to_value(value, unit.header)
    if unit.source is not None:
        attributes["source"] = to_value(unit.source, unit.header)
    address = f"module.{name}"
    known = Known(attributes, unit.header)
    return Resource(
        "module", address, known, unit.header, name=name, kind="module", environment=environment, root=unit.folder
    )
