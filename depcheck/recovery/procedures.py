"""What is to be done in a disaster: the scripts and runbooks that a policy names, and what is missing from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from depcheck.model import Command, Word
from depcheck.patterns import Pattern
from depcheck.project.presence import is_there
from depcheck.recovery import restores
from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.policy.models.recovery import Scenario
    from depcheck.project import Project

#: Losses that only a restore makes good.
_RESTORED = frozenset(("deletion", "destroy"))
_CASE = Pattern(
    r"^[ \t]*\(?(?P<labels>[\"']?[\w.*-]+[\"']?(?:[ \t]*\|[ \t]*[\"']?[\w.*-]+[\"']?)*)\)(?!\))", re.MULTILINE
)
_CASE_BEGINS = Pattern(r"(?:^|[;\s])case\s")
#: Variables that say which backup, or which moment, is wanted.
_POINT = Pattern(
    r"(?:RESTORE|RECOVERY|RECOVER|TARGET|BACKUP|SNAPSHOT|ROLLBACK)_?(?:POINT|TIME|TIMESTAMP|DATE|TO|ID|NAME|FILE|KEY|ARN)"
    r"|POINT_?IN_?TIME|PITR_?\w*|SNAPSHOT|DUMP_?FILE|BACKUP",
    re.I,
)
_HANDED = Pattern(r"[\"']?\$\{?[1-9@](?::?[-=?][^}]*)?\}?[\"']?")


class Gap:
    """Something missing from a procedure: ``kind`` is ``absent`` (no such file), ``case`` (no branch of that name),
    ``needs`` (a variable that it does not use) or ``restore`` (nothing in it brings data back); ``what`` names it."""

    __slots__ = ("kind", "note", "scenario", "span", "what")

    def __init__(self, kind: str, scenario: str, what: str, span: Span, note: Span | None = None) -> None:
        self.kind = kind
        self.scenario = scenario
        self.what = what
        self.span = span
        self.note = note


def gaps(policy: Policy, project: Project) -> Iterator[Gap]:
    """What is missing from the procedures of the scenarios."""
    by_path: dict[str, list[Command]] = {}
    for command in project.facts.commands:
        by_path.setdefault(command.span.path, []).append(command)
    for name, scenario in policy.recovery.scenarios.items():
        path = scenario.procedure
        if path is None:
            continue
        path = path.removeprefix("./")
        span = policy.span("recovery", "scenarios", name, "procedure")
        file = project.file(path)
        if file is None:
            if not is_there(project, path):
                yield Gap("absent", name, path, span)
            continue
        if file.kind == "shell":
            yield from _of_script(name, scenario, path, file.source.text, by_path.get(path, []), span, file.span)


def _of_script(
    name: str, scenario: Scenario, path: str, text: str, commands: list[Command], span: Span, whole: Span
) -> Iterator[Gap]:
    labels = cases(text)
    if labels and not labels & {name, name.replace("_", "-"), name.replace("-", "_")}:
        yield Gap("case", name, path, span, whole)
        return
    for variable in scenario.needs:
        if not re.search(rf"(?<![A-Za-z0-9_]){re.escape(variable)}(?![A-Za-z0-9_])", text):
            yield Gap("needs", name, variable, span, whole)
    if scenario.loss in _RESTORED and not labels and commands and not any(restores.restores(each) for each in commands):
        yield Gap("restore", name, path, span, whole)


def cases(text: str) -> set[str]:
    """The names that a script tells apart by ``case``."""
    begin = _CASE_BEGINS.search(text)
    if begin is None:
        return set()
    found: set[str] = set()
    for match in _CASE.finditer(text, begin.end()):
        found.update(label.strip(" \t\"'") for label in match["labels"].split("|"))
    return {label for label in found if label != "*" and not label.startswith("-")}


_RECOVERS = Pattern(
    r"aws route53 change-resource-record-sets\b|aws rds (?:promote-|failover-|restore-)|"
    r"aws (?:docdb|dynamodb|backup|elasticache|neptune) (?:restore|start-restore|failover)"
)
_FILE = Pattern(r"fileb?://(?!/|~|\$|-$)(?P<path>[\w./-]{1,200})")


def recovers(command: Command) -> bool:
    """Whether a command of the AWS CLI restores something or leads clients to another place."""
    return _RECOVERS.search(restores.text_of(command)) is not None


def read_files(commands: Iterable[Command]) -> Iterator[tuple[Command, Word, str]]:
    """The files of the repository that commands read (``file://failover-dns.json``)."""
    for command in commands:
        for word in command.words:
            match = _FILE.fullmatch(word.text or "")
            if match is not None:
                yield command, word, match["path"].removeprefix("./")


def is_made(path: str, commands: Iterable[Command]) -> bool:
    """Whether a script writes a file itself, or goes to another folder first."""
    name = path.rsplit("/", 1)[-1]
    for command in commands:
        if command.name in ("cd", "pushd"):
            return True
        if any(name in (each.target.text or each.target.raw) for each in command.redirections):
            return True
        if command.name in ("tee", "cp", "mv", "envsubst", "curl", "wget", "sed", "jq") and any(
            name in (word.text or word.raw) for word in command.words
        ):
            return True
    return False


class Ignored:
    """A moment or a backup that a script is told to restore and does not use: the variable, where it is set, and the
    restoring command."""

    __slots__ = ("name", "restore", "span")

    def __init__(self, name: str, span: Span, restore: Command) -> None:
        self.name = name
        self.span = span
        self.restore = restore


def ignored_points(commands: Iterable[Command]) -> Iterator[Ignored]:
    """What a restoring script is told by its caller of the point to restore, and does not use."""
    listed = list(commands)
    restore = next((each for each in listed if restores.restores(each)), None)
    if restore is None:
        return
    text = restore.span.source.text
    for command in listed:
        for name, value in command.assignments:
            if not _POINT.fullmatch(name) or not _HANDED.fullmatch(value.raw):
                continue
            if not re.search(rf"\$\{{?{re.escape(name)}(?![A-Za-z0-9_])", text) and not _exported(name, listed):
                yield Ignored(name, value.span, restore)


def _exported(name: str, commands: Iterable[Command]) -> bool:
    """Whether programs that the script starts can read a variable."""
    return any(
        command.name in ("export", "declare", "typeset")
        and any((word.text or word.raw).split("=", 1)[0] == name for word in command.words[1:])
        for command in commands
    )
