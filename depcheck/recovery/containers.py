"""The mechanisms of containers with data: what of it outlives them, and logs that are archived."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.recovery.found import OPEN, Answer, Context, Mechanism
from depcheck.recovery.intervals import Estimate, Interval, Term
from depcheck.recovery.stores import named_volumes
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Value, scalar_text, string

#: What Redis does where nothing is said: after an hour and one change.
_DEFAULT_SAVE = 3_600.0
_SYNC = {"always": 0.0, "everysec": 1.0, "no": 30.0}


def of(context: Context) -> Iterator[Mechanism]:
    """A container of compose that keeps data."""
    if context.store.engine == "redis":
        yield from _redis(context)
    elif context.store.engine == "postgres":
        yield from _archive(context)


def _archive(context: Context) -> Iterator[Mechanism]:
    """PostgreSQL's write-ahead log, archived by a command that is given on the command line."""
    service = context.resource
    words = _command(service.get("command")) or []
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    command = settings.get("archive_command", "")
    if settings.get("archive_mode") not in ("on", "always") or not command:
        return
    span = _span(service.get("command"), service.span)
    far = any(tool in command for tool in ("wal-g", "wal-e", "pgbackrest", "s3", "barman", "rclone", "gsutil"))
    seconds = settings.get("archive_timeout", "0").removesuffix("s")
    every = Missing("archive_timeout, without which a log is archived when its 16 MB are full", span)
    interval = Interval.of(float(seconds)) if seconds.isdigit() and int(seconds) > 0 else Interval.open((every,))
    rpo = Estimate([Term("the log that is not archived yet (archive_timeout)", interval, "configured")])
    # A log brings nothing back without a base backup, and the command line does not show one.
    base = Answer(OPEN, span, (Missing(f"how often a base backup of {service.address} is made", span),))
    losses = ("deletion", "destroy", "instance", "zone") if far else ("deletion",)
    yield context.make("wal-archive", span, losses=losses, rpo=rpo, answer=base)


def _redis(context: Context) -> Iterator[Mechanism]:
    service = context.resource
    words = _command(service.get("command"))
    if words is None:
        value = service.get("command")
        open_ = Missing(f"the command of {service.address}", value.span)
        answer = Answer(OPEN, value.span, (open_,))
        yield context.make("redis-aof", value.span, answer=answer)
        return
    span = _span(service.get("command"), service.span)
    if not _outlives(context):
        return
    if _option(words, "--appendonly") == "yes":
        sync = _option(words, "--appendfsync") or "everysec"
        seconds = _SYNC.get(sync, 1.0)
        rpo = Estimate([Term(f"writes since the last sync (appendfsync {sync})", Interval.of(seconds), "documented")])
        yield context.make("redis-aof", span, rpo=rpo, words=f"appendfsync {sync}")
        return
    saved = _saves(words)
    if saved is None:
        return
    text = f"the longest time between two snapshots that one change causes ({saved:g}s)"
    basis = "configured" if "--save" in words else "documented"
    rpo = Estimate([Term(text, Interval.of(saved), basis)])
    yield context.make("redis-snapshots", span, rpo=rpo)


def _span(value: Value, other: Span) -> Span:
    return value.span if isinstance(value, Known) else other


def _command(value: Value) -> list[str] | None:
    """The words of a container's command; None where they are not decided or in a file that is not read here."""
    if isinstance(value, Absent):
        return []
    if not isinstance(value, Known):
        return None
    texts = [scalar_text(each) for each in value.elements()]
    if len(texts) == 1 and texts[0] is not None and " " in texts[0]:
        texts = list(texts[0].split())
    words = [text for text in texts if text is not None]
    if len(words) != len(texts):
        return None
    if any(word.endswith(".conf") for word in words):
        return None
    return words


def _option(words: list[str], name: str) -> str | None:
    return words[words.index(name) + 1] if name in words[:-1] else None


def _saves(words: list[str]) -> float | None:
    """The longest interval after which a single change is saved; None where snapshots are switched off."""
    if "--save" not in words:
        return _DEFAULT_SAVE
    numbers: list[float] = []
    at = words.index("--save") + 1
    for word in " ".join(words[at:]).split():
        if not word.isdigit():
            break
        numbers.append(float(word))
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    return max((seconds for seconds, _ in pairs), default=None)


def _outlives(context: Context) -> bool:
    """Whether the container's data is on a volume with a name or in a folder of the host."""
    service = context.resource
    if named_volumes(service):
        return True
    return any(string(each.get("type")) == "bind" for each in service.get("volumes").elements())
