"""All configurations at hand, by folder, and where a module call leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from posixpath import normpath

from depcheck.environments import Environments
from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import HclFile, String
from depcheck.terraform.configuration import (
    ENDINGS,
    Argument,
    Configuration,
    Declaration,
    by_folder,
    configure,
)
from depcheck.terraform.evaluation import Found
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.modules import Module
from depcheck.terraform.values_files import automatic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

ReadText: TypeAlias = Callable[[str], str | None]
ListFiles: TypeAlias = Callable[[str], Sequence[str]]
# How many characters of files are kept for other root modules that read them.
_KEPT = 16 * 1024 * 1024
#: Where ``terraform init`` writes down which modules it has fetched to where.
MANIFEST = ".terraform/modules/modules.json"


class Tree:
    """All configurations below the scanned folder. Modules that were not scanned are read when they are called."""

    __slots__ = (
        "_installed",
        "_read",
        "automatic",
        "configurations",
        "environments",
        "files",
        "list_files",
        "read_text",
    )

    def __init__(
        self,
        files: Mapping[str, HclFile],
        environments: Environments,
        read_text: ReadText,
        list_files: ListFiles | None = None,
    ) -> None:
        self.files = files
        self.environments = environments
        self.read_text = _reading_once(read_text)
        self.list_files = list_files
        self.configurations = {folder: configure(folder, paths, files) for folder, paths in by_folder(files).items()}
        #: The values files that Terraform reads by itself, by folder.
        self.automatic = automatic(files)
        self._read: dict[str, Configuration | None] = {}
        self._installed: dict[str, Mapping[str, str]] = {}

    def find(self, caller: Module, call: Declaration) -> Found:
        """Where a module call leads."""
        argument = call.arguments.get("source")
        if argument is None:
            return Found(None, f"module.{call.name} has no source", wrong=True)
        source = _source(argument, caller)
        if source is None:
            return Found(None, f"the source of module.{call.name} is not decided", missing=True)
        target = local_target(caller.configuration.path, source)
        if target is not None:
            found = self.configuration(target)
            if found is not None:
                return Found(found)
            if target == ".." or target.startswith("../"):
                return Found(None, f"the module {source} is outside of the scanned folder", missing=True)
            return Found(None, f"there is no module in {source}", wrong="#" not in target)
        root = caller.run.root.path
        target = self.installed(root).get(".".join([*caller.path, call.name]))
        found = self.configuration(target) if target is not None else None
        if found is None:
            from depcheck.terraform.sketches import sketch_of

            found = sketch_of(source, call)
        return Found(found, "" if found is not None else f"the module {source} is not on disk")

    def configuration(self, folder: str) -> Configuration | None:
        """The configuration of a folder, read now if it was not scanned; None where there is none."""
        found = self.configurations.get(folder)
        if found is None and folder not in self._read:
            self._read[folder] = self._load(folder)
        return found or self._read.get(folder)

    def _load(self, folder: str) -> Configuration | None:
        if self.list_files is None or folder.startswith("..") or "#" in folder:
            return None
        files: dict[str, HclFile] = {}
        for name in self.list_files(folder):
            if "/" not in name and name.endswith(ENDINGS):
                path = f"{folder}/{name}" if folder else name
                content = self.read_text(path)
                if content is not None:
                    text = Text.of(Source(path, content))
                    files[path] = hcl.parse_json(text) if path.endswith(".json") else hcl.parse(text)
        return configure(folder, sorted(files), files) if files else None

    def installed(self, root: str) -> Mapping[str, str]:
        """The folders of the modules that were fetched for a root module, by the names of the calls."""
        found = self._installed.get(root)
        if found is None:
            found = self._installed[root] = self._manifest(root)
        return found

    def _manifest(self, root: str) -> dict[str, str]:
        base = f"{root}/" if root else ""
        content = self.read_text(base + MANIFEST) if "#" not in root else None
        if content is None:
            return {}
        import json

        try:
            loaded: object = json.loads(content)
        except (ValueError, RecursionError):
            return {}
        listed = loaded.get("Modules") if isinstance(loaded, dict) else None
        made: dict[str, str] = {}
        for each in listed if isinstance(listed, list) else ():
            key, folder = (each.get("Key"), each.get("Dir")) if isinstance(each, dict) else (None, None)
            if isinstance(key, str) and isinstance(folder, str) and not folder.startswith("/"):
                joined = normpath(base + folder)
                made[key] = "" if joined == "." else joined
        return made


def _reading_once(read: ReadText) -> ReadText:
    """The same, for texts that many root modules read."""
    known: dict[str, str | None] = {}
    size = 0

    def read_text(path: str) -> str | None:
        nonlocal size
        if path in known:
            return known[path]
        found = read(path)
        size += len(found or "") + len(path)
        if size < _KEPT:
            known[path] = found
        return found

    return read_text


def _source(argument: Argument, caller: Module) -> str | None:
    """The source of a module call; OpenTofu takes expressions of variables and locals, too."""
    node = argument.node.value
    if isinstance(node, String):
        return node.value
    value = evaluate(node, caller.frame.scope(argument.text))
    return value.payload if isinstance(value.payload, str) else None


def local_target(folder: str, source: str) -> str | None:
    """The folder that a local source means; None for any other source."""
    if not source.startswith(("./", "../")) and source not in (".", ".."):
        return None
    head, mark, inner = folder.partition("#")
    joined = normpath(f"{inner or '.'}/{source}" if mark else f"{folder or '.'}/{source}").lstrip("/")
    if mark:
        return f"{head}#" if joined == "." else f"{head}#/{joined}"
    return "" if joined == "." else joined
