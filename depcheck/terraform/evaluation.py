"""What belongs to one evaluation of one root module in one environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from posixpath import normpath
from typing import TYPE_CHECKING

from depcheck.terraform.scope import Budget, Log
from depcheck.terraform.values import EvaluationError, LimitError, TfValue

if TYPE_CHECKING:
    from depcheck.terraform.configuration import Configuration, Declaration

MAX_INSTANCES = 100
MAX_MODULES = 2000
MAX_MODULE_DEPTH = 40
MAX_RESOURCES = 50_000
UNREAD = "could not be read"


class Found:
    """Where a module call leads: its configuration, or why that is not at hand."""

    __slots__ = ("configuration", "reason")

    def __init__(self, configuration: Configuration | None, reason: str = "") -> None:
        self.configuration = configuration
        self.reason = reason


class Run:
    """One root module in one environment: its values, its budget, and what is being evaluated at the moment.

    ``values`` are the values of the root's variables with the place they come from; ``find`` tells where a module call
    leads. ``workspace`` is None where nothing tells it.
    """

    __slots__ = (
        "active",
        "budget",
        "environment",
        "files",
        "find",
        "log",
        "modules",
        "resources",
        "root",
        "values",
        "workspace",
    )

    def __init__(
        self,
        root: Configuration,
        environment: str | None,
        values: Mapping[str, Sequence[TfValue]],
        find: Callable[[Configuration, Declaration], Found],
        read_text: Callable[[str], str | None],
        *,
        workspace: TfValue | None = None,
    ) -> None:
        self.root = root
        self.environment = environment
        self.values = values
        self.find = find
        self.files = RootFiles(root.path, read_text)
        self.workspace = workspace
        self.log = Log()
        self.budget = Budget()
        self.active: set[tuple[int, str]] = set()
        self.modules = 0
        self.resources = 0

    @contextmanager
    def entering(self, owner: object, name: str) -> Iterator[bool]:
        """While something is evaluated; false where it is being evaluated already, so that it depends on itself."""
        key = (id(owner), name)
        if key in self.active:
            yield False
            return
        self.active.add(key)
        try:
            yield True
        finally:
            self.active.discard(key)


class RootFiles:
    """The files that file functions may see: those inside the scanned folder, by paths from the root module."""

    __slots__ = ("folder", "read_text")

    def __init__(self, folder: str, read_text: Callable[[str], str | None]) -> None:
        self.folder = folder
        self.read_text = read_text

    def read(self, path: str) -> bytes | None:
        """The content of a file."""
        found = self._text(path)
        if found is None:
            raise LimitError(f"the file {path!r} {UNREAD}")
        return found.encode("utf-8", "surrogatepass")

    def is_file(self, path: str) -> bool | None:
        """Whether there is such a file; one that cannot be read may be there all the same."""
        if self._text(path) is None:
            raise LimitError(f"the file {path!r} {UNREAD}")
        return True

    def below(self, folder: str) -> Sequence[str]:
        """Folders are not listed."""
        raise LimitError(f"the folder {folder!r} {UNREAD}")

    def _text(self, path: str) -> str | None:
        if path.startswith(("/", "~")):
            raise LimitError(f"the file {path!r} {UNREAD}")
        joined = normpath(f"{self.folder}/{path}" if self.folder else path)
        if joined.startswith("../") or joined == "..":
            raise LimitError(f"the file {path!r} {UNREAD}")
        if len(joined) > 1000 or "\0" in joined:
            raise EvaluationError("the path is no path of a file")
        return self.read_text(joined)
