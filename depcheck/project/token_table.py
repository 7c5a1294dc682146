"""What well-known actions and commands do with a job's token: the table ``schemas/workflow-permissions.json``."""

from __future__ import annotations

import re
from functools import lru_cache

from depcheck.patterns import Pattern
from depcheck.project.command_globs import Globs, fits
from depcheck.project.command_lines import unwrapped
from depcheck.project.token_uses import Levels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Answer: TypeAlias = 'Literal["yes", "no", "open"]'
#: Activities that neither talk to GitHub nor push.
_QUIET_ACTIVITIES = frozenset(
    {
        "install",
        "lint",
        "type-check",
        "unit-test",
        "integration-test",
        "e2e-test",
        "coverage",
        "build",
        "dependency-scan",
        "code-scan",
        "secret-scan",
        "iac-format",
        "env-validation",
        "tests",
        "security-scan",
        "iac-scan",
    }
)


class Case:
    """What an action needs when its inputs are such; ``tests`` are a pattern per input, None for one not given."""

    __slots__ = ("either", "may", "needs", "pushes", "tests")

    def __init__(self, entry: dict[str, object]) -> None:
        self.tests: dict[str, Pattern | None] = {
            name.lower(): Pattern(pattern) if isinstance(pattern, str) else None
            for name, pattern in _map(entry.get("with")).items()
        }
        self.needs = _levels(entry.get("needs"))
        self.may = _levels(entry.get("may"))
        self.either = _levels(entry.get("either"))
        self.pushes = str(entry.get("pushes", ""))


class Entry(Case):
    """An action or command of the table; its words are explained there."""

    __slots__ = ("cases", "credentials", "given", "hosted", "logs_in", "source", "token")

    def __init__(self, entry: dict[str, object]) -> None:
        super().__init__(entry)
        cases = entry.get("cases")
        self.cases = [Case(_map(each)) for each in cases] if isinstance(cases, list) else []
        self.token = _inputs(entry.get("token"))
        self.given = _inputs(entry.get("given"))
        self.credentials = entry.get("credentials") is True
        self.hosted = entry.get("hosted") is True
        self.logs_in = entry.get("logs_in") is True
        self.source = str(entry.get("source", ""))


class _Row:
    """A row as it is in the file, and what is made of it when it is first asked for: a scan needs few of the rows."""

    __slots__ = ("_entry", "data", "without")

    def __init__(self, data: dict[str, object]) -> None:
        self.data = data
        self.without = _texts(data.get("without"))
        self._entry: Entry | None = None

    @property
    def entry(self) -> Entry:
        if self._entry is None:
            self._entry = Entry(self.data)
        return self._entry


class _Table:
    __slots__ = ("actions", "api", "calls", "commands", "globs", "programs", "quiet")

    def __init__(self, data: dict[str, object]) -> None:
        self.actions: dict[str, _Row] = {}
        self.globs: list[tuple[list[str], _Row]] = []
        for each in _rows(data.get("actions")):
            row = _Row(each)
            for name in _texts(each.get("actions")):
                if "*" in name:
                    self.globs.append((name.split("*"), row))
                else:
                    self.actions[name] = row
        #: The first word of a command's glob → the rows that begin with it, in the order of the table.
        self.commands: dict[str, list[tuple[list[str], _Row]]] = {}
        for each in _rows(data.get("commands")):
            row = _Row(each)
            for glob in _texts(each.get("commands")):
                first = glob.partition(" ")[0].rstrip("*")
                self.commands.setdefault(first, []).append((glob.split("*"), row))
        self.api = [(Pattern(str(each["path"])), _Row(each)) for each in _rows(data.get("api"))]
        self.calls: dict[str, _Row] = {}
        for each in _rows(data.get("calls")):
            self.calls.update(dict.fromkeys(_texts(each.get("calls")), _Row(each)))
        quiet = _map(data.get("quiet"))
        self.programs = frozenset(_texts(quiet.get("programs")))
        self.quiet = Globs()
        for glob in _texts(quiet.get("commands")):
            self.quiet.add(glob, glob)


def of_action(reference: str) -> Entry | None:
    """The row of an action (``owner/name[/path]@version``)."""
    name = reference.partition("@")[0].lower()
    table = _table()
    found = table.actions.get(name) or next((row for pieces, row in table.globs if fits(name, pieces)), None)
    return found.entry if found is not None else None


@lru_cache(maxsize=4096)
def of_command(line: tuple[str, ...]) -> Entry | None:
    """The row of a command; wrappers such as ``sudo`` are looked through."""
    for words in unwrapped(list(line)):
        text = " ".join(words)
        for pieces, row in _table().commands.get(words[0].rpartition("/")[2], ()):
            if fits(text, pieces) and not any(word.partition("=")[0] in row.without for word in words):
                return row.entry
    return None


def of_api(path: str) -> Entry | None:
    """The row of a path of GitHub's REST API, for requests that change something."""
    path = re.sub(r"^https://api\.github\.com", "", path).lstrip("/")
    return next((row.entry for pattern, row in _table().api if pattern.fullmatch(path)), None)


def of_call(name: str) -> Entry | None:
    """The row of a method of GitHub's client for JavaScript (``issues.createComment``)."""
    found = _table().calls.get(name)
    return found.entry if found is not None else None


@lru_cache(maxsize=4096)
def is_quiet(line: tuple[str, ...]) -> bool:
    """Whether a command is known to do nothing with the token and not to push."""
    from depcheck.project.activities import of_text

    table = _table()
    words = unwrapped(list(line))[-1]
    if words[0] in table.programs:
        return True
    text = " ".join(words)
    if table.quiet.names(text):
        return True
    found = of_text(" ".join(line))
    return bool(found) and _QUIET_ACTIVITIES.issuperset(found)


@lru_cache(maxsize=1)
def _table() -> _Table:
    from depcheck.data import load_json

    return _Table(load_json("schemas", "workflow-permissions.json"))


def _rows(value: object) -> list[dict[str, object]]:
    return [_map(each) for each in value] if isinstance(value, list) else []


def _map(value: object) -> dict[str, object]:
    return {str(key): each for key, each in value.items()} if isinstance(value, dict) else {}


def _levels(value: object) -> Levels:
    return {name: str(level) for name, level in _map(value).items()}


def _inputs(value: object) -> tuple[str, ...]:
    """Names of inputs in lower case, and of variables (``env.NAME``)."""
    return tuple(name if name.startswith("env.") else name.lower() for name in _texts(value))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
