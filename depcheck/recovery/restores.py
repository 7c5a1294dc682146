"""Scripts that bring data back: what in them restores, what destroys first, and what their commands lack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from depcheck.data import load_json
from depcheck.model import Command
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.activities import of_command

#: Begins with the whole name of a program: ``mariadb-dump`` is not ``mariadb``, and rules ask for these names first.
_RESTORES = Pattern(
    r"(?:pg_restore|mongorestore|psql|mysql|mariadb)(?= |\Z)|aws (?:rds|docdb|dynamodb) restore-|"
    r"aws rds (?:promote-read-replica|failover-global|switchover-global)|aws (?:neptune|redshift|keyspaces) restore-|"
    r"aws fsx create-file-system-from-backup\b|aws s3api restore-object\b|velero restore create\b|"
    r"gcloud sql backups restore\b|az postgres flexible-server restore\b|aws backup start-restore-job\b|"
    r"(?:npx |pnpm )?(?:exec )?convex import\b|"
    r"supabase db (?:reset|restore)\b|restic restore\b|wal-g backup-fetch\b|pgbackrest .*\brestore\b"
)
_DESTROYS = Pattern(
    r"dropdb\b|supabase db reset\b|(?:psql|mysql|mariadb)\b.*\bdrop\s+(?:database|schema)\b|"
    r"docker (?:compose|volume)\b.*(?:down -v|down --volumes|\brm\b)|redis-cli\b.*\bflush(?:all|db)\b|"
    r"mongosh?\b.*\bdropDatabase\b|aws rds delete-db-(?:instance|cluster)\b|aws dynamodb delete-table\b",
    re.I,
)
_GLOBAL = Pattern(r"\Aaws (?:--(?:profile|region|output|endpoint-url|query)[= ]\S+ |--(?:no-cli-pager|debug) )+")
_REPLACES = Pattern(r"--replace-all\b|mongorestore\b.*--drop\b|pg_restore\b.*(?:--clean\b| -c\b)")


class Lacking:
    """A command that brings nothing back as it is written: the option that it lacks, or the command after it."""

    __slots__ = ("command", "name", "option", "variant")

    def __init__(self, command: Command, name: str, option: str, variant: str = "") -> None:
        self.command = command
        self.name = name
        self.option = option
        self.variant = variant


def text_of(command: Command) -> str:
    """A command as one line; the AWS CLI's options for all services, which may stand before the service, left out."""
    line = " ".join(word.text if word.text is not None else word.raw for word in command.words)
    return _GLOBAL.sub("aws ", line, 1) if line.startswith("aws --") else line


def restores(command: Command) -> bool:
    """Whether a command brings data back."""
    text = text_of(command)
    if not _RESTORES.match(text):
        return False
    if command.name in ("psql", "mysql", "mariadb"):
        reads = any(each.operator == "<" for each in command.redirections) or command.joined == "|"
        return reads or bool(re.search(r"(?:^| )(?:-f|--file)[ =]?\S+\.(?:sql|dump|bak)\b", text))
    return True


def scripts(project: Project) -> Iterator[list[Command]]:
    """The commands of every script that brings data back, in order."""
    by_script: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        if command.origin in ("script", "workflow"):
            by_script.setdefault((command.span.path, command.scope), []).append(command)
    for commands in by_script.values():
        if any(restores(each) for each in commands):
            yield commands


def mixes_moments(command: Command) -> bool:
    """Whether a dump reads the tables of a running MySQL one after the other, each at its own moment."""
    if command.name not in ("mysqldump", "mariadb-dump"):
        return False
    text = text_of(command)
    if any(word.text is None and word.raw.strip("\"'").startswith("$") for word in command.words[1:2]):
        return False
    consistent = ("--single-transaction", "--lock-all-tables", "--no-data", " -x")
    return not any(each in text for each in (*consistent, "--version", "--help"))


def lacking(commands: Iterable[Command]) -> Iterator[Lacking]:
    """What the commands of a script lack."""
    listed = list(commands)
    for at, command in enumerate(listed):
        entry = _entry(text_of(command))
        if entry is None:
            continue
        name = str(entry["name"])
        given = [word.text.split("=", 1)[0] for word in command.words if word.text is not None]
        if _open_ended(command):
            continue
        if any(each in given for each in ("--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton")):
            continue
        missing = [each for each in _texts(entry.get("requires")) if each not in given]
        groups = entry.get("one_of")
        for group in groups if isinstance(groups, list) else ():
            if not any(each in given for each in _texts(group)):
                missing.append(" or ".join(_texts(group)))
        if missing:
            yield Lacking(command, name, " and ".join(missing))
            continue
        after = entry.get("afterwards")
        if isinstance(after, str) and not any(text_of(each).startswith(after) for each in listed[at + 1 :]):
            yield Lacking(command, name, after, "afterwards")


def _open_ended(command: Command) -> bool:
    """Whether words that are not decided may hold further options (``"${ARGS[@]}"``)."""
    before = ""
    for word in command.words:
        if word.text is None and not before.startswith("--") and word.raw.strip("\"'").startswith("$"):
            return True
        before = word.text or ""
    return False


def destroying(commands: Iterable[Command]) -> Iterator[tuple[Command, Command]]:
    """What destroys data before it is known that the restore works, and the restore; not where a copy is made first."""
    listed = list(commands)
    for at, command in enumerate(listed):
        text = text_of(command)
        if any("backup" in of_command(each) for each in listed[:at]):
            return
        if _DESTROYS.match(text):
            later = next((each for each in listed[at:] if restores(each)), None)
            if later is not None:
                yield command, later
                return
        if restores(command) and _REPLACES.search(text):
            yield command, command
            return


def unstopped(commands: Iterable[Command]) -> Command | None:
    """The first restoring command of a script that goes on when one of its commands fails."""
    listed = list(commands)
    first = next((each for each in listed if restores(each)), None)
    if first is None or "e" in first.strict or len(listed) < 2:
        return None
    last = listed[-1]
    chained = all(each.joined in ("", "&&", "|") for each in listed)
    return None if first is last or chained else first


def ignored_failure(commands: Iterable[Command]) -> Iterator[Command]:
    """Restoring commands whose failure is thrown away (``|| true``)."""
    listed = list(commands)
    for before, after in pairwise(listed):
        if restores(before) and after.joined == "||" and after.name in ("true", ":"):
            yield before


def _entry(text: str) -> Mapping[str, object] | None:
    return next((entry for name, entry in _table() if text == name or text.startswith(f"{name} ")), None)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, Mapping[str, object]], ...]:
    entries = load_json("schemas", "restore-commands.json")["entries"]
    assert isinstance(entries, list)
    return tuple((str(entry["name"]), entry) for entry in entries)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
