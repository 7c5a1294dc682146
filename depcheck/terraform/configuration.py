"""A folder's configuration: what its files declare, with override files applied. Nothing is evaluated here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Attribute, Block, HclFile, Node
from depcheck.terraform.constraints import Constraint

#: The path of configurations that stand for public modules: no file of a scanned folder is called so.
SKETCHED = "<the module>.tf.json"
ENDINGS = (".tf", ".tofu", ".tf.json", ".tofu.json")
_REPEATS = re.compile(r"(?<![\w-])(?:each|count)\s*\.")
# Meta-arguments, which are Terraform's own and no attributes.
META = frozenset(("count", "for_each", "provider", "depends_on", "providers"))


class Argument:
    """``name = value`` in the text it stands in."""

    __slots__ = ("_key", "_span", "node", "text")

    def __init__(self, text: Text, node: Attribute) -> None:
        self.text = text
        self.node = node
        # Asked for once for every instance.
        self._key: Span | None = None
        self._span: Span | None = None

    @property
    def key(self) -> Span:
        """The place of the name."""
        if self._key is None:
            self._key = self.text.span(self.node.start, self.node.name_end)
        return self._key

    @property
    def span(self) -> Span:
        """The place of the value."""
        if self._span is None:
            self._span = self.text.span(self.node.value.start, self.node.value.end)
        return self._span


class Inner:
    """A block inside another one, in the text it stands in."""

    __slots__ = ("block", "text")

    def __init__(self, text: Text, block: Block) -> None:
        self.text = text
        self.block = block

    @property
    def header(self) -> Span:
        """The place of the block's type and labels."""
        return self.text.span(self.block.start, self.block.header_end)


class Declaration:
    """A block of a file, and the blocks of override files that change it."""

    __slots__ = ("_arguments", "block", "constraint", "overrides", "text")

    def __init__(self, text: Text, block: Block) -> None:
        self.text = text
        self.block = block
        self.overrides: list[Inner] = []
        # The type of a variable, once it was read.
        self.constraint: Constraint | None = None
        self._arguments: dict[str, Argument] | None = None

    @property
    def name(self) -> str:
        """The last label."""
        return self.block.labels[-1].text if self.block.labels else ""

    @property
    def header(self) -> Span:
        """The place of the block's type and labels."""
        return self.text.span(self.block.start, self.block.header_end)

    @property
    def header_node(self) -> Node:
        """The same place as a node of :attr:`text`."""
        return Node(self.block.start, self.block.header_end)

    @property
    def extent(self) -> Span:
        """The whole block."""
        return self.text.span(self.block.start, self.block.end)

    @property
    def arguments(self) -> dict[str, Argument]:
        """The arguments by name; those of override files count."""
        found = self._arguments
        if found is None:
            found = {node.name: Argument(self.text, node) for node in self.block.body.attributes}
            for part in self.overrides:
                found.update((node.name, Argument(part.text, node)) for node in part.block.body.attributes)
            self._arguments = found
        return found

    def blocks(self, type_: str | None = None) -> list[Inner]:
        """The blocks inside; those of an override file replace all of their type."""
        found = [Inner(self.text, block) for block in self.block.body.blocks]
        for part in self.overrides:
            types = {_block_type(block) for block in part.block.body.blocks}
            found = [each for each in found if _block_type(each.block) not in types]
            found += [Inner(part.text, block) for block in part.block.body.blocks]
        return found if type_ is None else [each for each in found if each.block.type == type_]

    def varies(self) -> bool:
        """Whether the text mentions ``each`` or ``count``, so that instances may differ."""
        if _REPEATS.search(self.text.text, self.block.start, self.block.end):
            return True
        return any(_REPEATS.search(part.text.text, part.block.start, part.block.end) for part in self.overrides)


def _block_type(block: Block) -> str:
    return block.labels[0].text if block.type == "dynamic" and block.labels else block.type


class Configuration:
    """What the files of one folder declare. ``declared`` has every resource and data block in order, also those that
    another one hides by having the same name."""

    __slots__ = (
        "backends",
        "calls",
        "data",
        "declared",
        "files",
        "locals",
        "outputs",
        "path",
        "providers",
        "resources",
        "settings",
        "sketch",
        "variables",
    )

    def __init__(self, path: str) -> None:
        self.path = path
        self.files: list[HclFile] = []
        self.variables: dict[str, Declaration] = {}
        self.locals: dict[str, Argument] = {}
        self.outputs: dict[str, Declaration] = {}
        self.resources: dict[tuple[str, str], Declaration] = {}
        self.data: dict[tuple[str, str], Declaration] = {}
        self.calls: dict[str, Declaration] = {}
        self.providers: list[Declaration] = []
        self.settings: list[Declaration] = []
        self.declared: list[Declaration] = []
        self.backends: list[Inner] = []
        # The name of the public module that this says in short, in place of its own files.
        self.sketch = ""


def folder_of(path: str) -> str:
    """The folder that a file counts for; a block of a document is in a folder of its document."""
    head, _, tail = path.rpartition("/")
    return head if tail.endswith((*ENDINGS, ".tfvars", ".tfvars.json", ".hcl")) else f"{path}#"


def is_configuration(path: str) -> bool:
    """Whether a file declares things, rather than giving values to variables or configuring a tool."""
    return not path.endswith((".tfvars", ".tfvars.json", ".hcl"))


def is_override(path: str) -> bool:
    """Whether a file changes what other files declare."""
    name = path.rpartition("/")[2]
    for ending in ENDINGS:
        if name.endswith(ending):
            stem = name[: -len(ending)]
            return stem == "override" or stem.endswith("_override")
    return False


def by_folder(files: Mapping[str, HclFile]) -> dict[str, list[str]]:
    """The paths of configuration files by folder, each list sorted."""
    folders: dict[str, list[str]] = {}
    for path in sorted(files):
        if is_configuration(path):
            folders.setdefault(folder_of(path), []).append(path)
    return folders


def configure(folder: str, paths: Iterable[str], files: Mapping[str, HclFile]) -> Configuration:
    """Put together the configuration of a folder."""
    made = Configuration(folder)
    ordered = [path for path in paths if not _replaced(path, files)]
    for path in ordered:
        if not is_override(path):
            file = files[path]
            made.files.append(file)
            for block in file.body.blocks:
                _declare(made, file.text, block)
    for path in ordered:
        if is_override(path):
            file = files[path]
            made.files.append(file)
            for block in file.body.blocks:
                _override(made, file.text, block)
    for setting in made.settings:
        made.backends += [each for each in setting.blocks() if each.block.type in ("backend", "cloud")]
    return made


def _replaced(path: str, files: Mapping[str, HclFile]) -> bool:
    """Whether OpenTofu reads a twin of the file in its place."""
    for ending, twin in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
        if path.endswith(ending):
            return path[: -len(ending)] + twin in files
    return False


def _declare(made: Configuration, text: Text, block: Block) -> None:
    type_, labels = block.type, block.labels
    if type_ == "locals":
        for attribute in block.body.attributes:
            made.locals.setdefault(attribute.name, Argument(text, attribute))
    elif type_ == "terraform":
        made.settings.append(Declaration(text, block))
    elif type_ == "provider" and labels:
        made.providers.append(Declaration(text, block))
    elif type_ in ("resource", "data") and len(labels) >= 2:
        declaration = Declaration(text, block)
        made.declared.append(declaration)
        named = made.resources if type_ == "resource" else made.data
        named.setdefault((labels[0].text, labels[1].text), declaration)
    elif type_ in ("variable", "output", "module") and labels:
        table = made.variables if type_ == "variable" else made.outputs if type_ == "output" else made.calls
        table.setdefault(labels[0].text, Declaration(text, block))
    elif type_ == "check":
        for inner in block.body.blocks:
            if inner.type == "data":
                _declare(made, text, inner)


def _override(made: Configuration, text: Text, block: Block) -> None:
    found = _overridden(made, block)
    if found is not None:
        found.overrides.append(Inner(text, block))
    elif block.type == "locals":
        for attribute in block.body.attributes:
            made.locals[attribute.name] = Argument(text, attribute)
    else:
        _declare(made, text, block)


def _overridden(made: Configuration, block: Block) -> Declaration | None:
    labels = [label.text for label in block.labels]
    if block.type in ("resource", "data") and len(labels) >= 2:
        table = made.resources if block.type == "resource" else made.data
        return table.get((labels[0], labels[1]))
    if block.type == "provider" and labels:
        alias = block.body.attribute("alias")
        for each in made.providers:
            if each.block.labels[0].text == labels[0] and (alias is None) == (
                each.block.body.attribute("alias") is None
            ):
                return each
    if labels and block.type in ("variable", "output", "module"):
        table_of = {"variable": made.variables, "output": made.outputs, "module": made.calls}
        return table_of[block.type].get(labels[0])
    return None
