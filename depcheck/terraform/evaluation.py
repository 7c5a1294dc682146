"""What belongs to one evaluation of one root module in one environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from posixpath import normpath

from depcheck.model import Problem, Resource
from depcheck.source import Span, Text
from depcheck.syntax.hcl_ast import Block, Expression
from depcheck.terraform.functions.spec import Files
from depcheck.terraform.scope import Budget, Log
from depcheck.terraform.values import EvaluationError, LimitError, TfValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.configuration import Configuration, Declaration
    from depcheck.terraform.modules import Module

MAX_INSTANCES = 100
MAX_MODULES = 20_000
MAX_MODULE_DEPTH = 40
MAX_RESOURCES = 50_000
UNREAD = "could not be read"
# Functions that look at the machine say so.
ELSEWHERE = ("depends on who runs Terraform, so", "depends on where Terraform runs, so")


class Found:
    """Where a module call leads: its configuration, or why that is not at hand. ``missing`` tells that it was to be
    among the scanned files; ``wrong`` that Terraform could not find it either."""

    __slots__ = ("configuration", "missing", "reason", "wrong")

    def __init__(
        self, configuration: Configuration | None, reason: str = "", *, missing: bool = False, wrong: bool = False
    ) -> None:
        self.configuration = configuration
        self.reason = reason
        self.missing = missing or wrong
        self.wrong = wrong


class StateBlock:
    """A block that says where Terragrunt keeps the state, and what evaluates its expressions."""

    __slots__ = ("block", "evaluate", "text")

    def __init__(self, text: Text, block: Block, evaluate: Callable[[Expression], TfValue]) -> None:
        self.text = text
        self.block = block
        self.evaluate = evaluate


class Run:
    """One root module in one environment: its values, its budget, and what is being evaluated at the moment.

    ``values`` are the values of the root's variables with the place they come from; ``find`` tells where a module call
    leads. ``workspace`` is None where nothing tells it.
    """

    __slots__ = (
        "active",
        "backends",
        "budget",
        "certain",
        "environment",
        "files",
        "find",
        "folder",
        "gaps",
        "header",
        "holes",
        "log",
        "modules",
        "resources",
        "root",
        "told",
        "values",
        "workspace",
    )

    def __init__(
        self,
        root: Configuration,
        environment: str | None,
        values: Mapping[str, Sequence[TfValue]],
        find: Callable[[Module, Declaration], Found],
        files: RootFiles,
        *,
        workspace: TfValue | None = None,
        folder: str | None = None,
    ) -> None:
        # The folder that is deployed; with Terragrunt it is another one than the module's.
        self.folder = root.path if folder is None else folder
        self.root = root
        self.environment = environment
        self.values = values
        self.find = find
        self.files = files
        # Where Terragrunt keeps the state.
        self.backends: list[StateBlock] = []
        self.workspace = workspace
        # What goes wrong in expressions, and what is wrong whatever values the variables have.
        self.log = Log()
        self.certain = Log()
        self.budget = Budget()
        self.active: set[tuple[int, str]] = set()
        self.modules = 0
        self.resources = 0
        # The place that asks for the root's module where that is no folder at hand.
        self.header: Span | None = None
        # What files that Terragrunt writes do not decide.
        self.holes: Mapping[str, TfValue] = {}
        # What stands for a module that is elsewhere.
        self.told: list[Resource] = []
        # What is not judged, and why.
        self.gaps: list[str] = []

    def problems(self) -> list[Problem]:
        """What is worth telling. Where variables have no value the rest is no more than a guess at how the
        configuration is used, and what goes wrong in expressions does not count."""
        complete = all(
            name in self.values or "default" in declaration.arguments
            for name, declaration in self.root.variables.items()
        )
        found = self.certain.problems + (self.log.problems if complete else [])
        return [problem for problem in found if not any(each in problem.message for each in (UNREAD, *ELSEWHERE))]

    def entering(self, owner: object, name: str) -> Entering:
        """While something is evaluated; false where it is being evaluated already, so that it depends on itself."""
        return Entering(self.active, (id(owner), name))


class Entering:
    """A context of evaluation; a class of its own, because there are many and a generator takes four times as long."""

    __slots__ = ("_active", "_entered", "_key")

    def __init__(self, active: set[tuple[int, str]], key: tuple[int, str]) -> None:
        self._active = active
        self._key = key
        self._entered = key not in active

    def __enter__(self) -> bool:
        if self._entered:
            self._active.add(self._key)
        return self._entered

    def __exit__(self, *_: object) -> None:
        if self._entered:
            self._active.discard(self._key)


class RootFiles(Files):
    """The files that file functions may see: those inside the scanned folder, by paths from the root module."""

    __slots__ = ("folder", "list_files", "read_text")

    def __init__(
        self,
        folder: str,
        read_text: Callable[[str], str | None],
        list_files: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        self.folder = folder
        self.read_text = read_text
        self.list_files = list_files

    def read(self, path: str) -> bytes | None:
        """The content of a file."""
        found = self.read_text(self.path(path, "file"))
        if found is None or "\ufffd" in found:
            raise LimitError(f"the file {path!r} {UNREAD}")
        return found.encode("utf-8", "surrogatepass")

    def is_file(self, path: str) -> bool | None:
        """Whether there is such a file; one that cannot be read may be there all the same."""
        if self.read_text(self.path(path, "file")) is None:
            raise LimitError(f"the file {path!r} {UNREAD}")
        return True

    def below(self, folder: str) -> Sequence[str]:
        """The files below a folder, by their paths from there."""
        path = self.path(folder, "folder")
        if self.list_files is None:
            raise LimitError(f"the folder {folder!r} {UNREAD}")
        return self.list_files(path)

    def path(self, path: str, what: str = "file") -> str:
        """A path from the scanned folder."""
        joined = normpath(f"{self.folder}/{path}" if self.folder else path)
        if path.startswith(("/", "~")) or joined.startswith("../") or joined == ".." or "#" in self.folder:
            raise LimitError(f"the {what} {path!r} {UNREAD}")
        if len(joined) > 1000 or "\0" in joined:
            raise EvaluationError(f"the path is no path of a {what}")
        return "" if joined == "." else joined
