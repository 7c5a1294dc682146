"""Compose services that dump others by a schedule: images made for it, and loops that sleep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.model import Command, Resource
from depcheck.patterns import Pattern
from depcheck.recovery.dump_commands import BUCKET, Destination, DumpJob, called, job_of, silenced, tool_of, uploads
from depcheck.recovery.stores import image_name
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

_SLEEP = Pattern(r"(\d{1,9})([smhd]?)")
#: "sync-interval … Defaults to 1s" (litestream.io/reference/config).
_SYNCED = 1.0
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


#: Images that dump by a schedule: the engine, the setting with the schedule and its default, those with the days that
#: dumps are kept, the host, and a bucket.
_IMAGES: dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "postgres-backup-local": ("postgres", ("SCHEDULE",), "@daily", ("BACKUP_KEEP_DAYS",), ("POSTGRES_HOST",), ()),
    "postgres-backup-s3": (
        "postgres",
        ("SCHEDULE",),
        "",
        ("BACKUP_KEEP_DAYS",),
        ("POSTGRES_HOST",),
        ("S3_BUCKET", "S3_BUCKET_NAME"),
    ),
    "mysql-backup-s3": ("mysql", ("SCHEDULE",), "", (), ("MYSQL_HOST",), ("S3_BUCKET",)),
    "docker-volume-backup": (
        "volume",
        ("BACKUP_CRON_EXPRESSION",),
        "@daily",
        ("BACKUP_RETENTION_DAYS",),
        (),
        ("AWS_S3_BUCKET_NAME",),
    ),
}
_INTERVALS: dict[str, tuple[str, tuple[str, ...], str, tuple[str, ...]]] = {
    "mysql-backup": ("mysql", ("DB_DUMP_FREQUENCY", "DB_DUMP_FREQ"), "1440", ("DB_SERVER",)),
    "db-backup": (
        "",
        ("DB01_BACKUP_INTERVAL", "DEFAULT_BACKUP_INTERVAL", "DB_DUMP_FREQ"),
        "1440",
        ("DB01_HOST", "DB_HOST"),
    ),
}
_REMOTES = (
    "WEBDAV_URL",
    "SSH_HOST_NAME",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "DROPBOX_REFRESH_TOKEN",
    "GOOGLE_DRIVE_FOLDER_ID",
)


def of_service(service: Resource, commands: Sequence[Command], scripts: dict[str, list[Command]]) -> Iterator[DumpJob]:
    """The dumps that a service makes of others."""
    name = image_name(service)
    settings = service.get("environment")
    if name in _IMAGES:
        engine, keys, default, days, hosts, buckets = _IMAGES[name]
        found = DumpJob(service.address, name, engine, service.span, service.environment)
        found.beside = service
        schedule = _first(settings, keys)
        text = scalar_text(schedule) if not isinstance(schedule, Absent) else default
        if text:
            found.schedules.append((text, "library", string(settings.get("TZ")) or "UTC"))
        elif isinstance(schedule, Unknown):
            found.trouble = Missing(f"{keys[0]} of {service.address}", schedule.span)
        else:
            found.defeated.append((f"{keys[0]} is not set, so it dumps once and not by a schedule", service.span))
        found.kept_days = _first(settings, days)
        if name == "postgres-backup-local" and isinstance(found.kept_days, Absent):
            found.kept_days = Known(7, service.span)
        found.hosts = [text for key in hosts if (text := scalar_text(settings.get(key))) is not None]
        found.destinations = list(_of_settings(service, settings, buckets))
        yield found
    elif name in _INTERVALS:
        engine, keys, default, host_keys = _INTERVALS[name]
        engine = engine or _ENGINES_OF_TYPE.get(
            (string(settings.get("DB01_TYPE")) or string(settings.get("DB_TYPE")) or "").lower(), ""
        )
        found = DumpJob(service.address, name, engine, service.span, service.environment)
        found.beside = service
        value = _first(settings, keys)
        text = scalar_text(value) if not isinstance(value, Absent) else default
        if text is not None and text.isdigit() and 0 < int(text) < 10**7:
            found.rate = int(text) * 60.0
        else:
            found.trouble = Missing(f"{keys[0]} of {service.address}", value.span)
        found.hosts = [text for key in host_keys if (text := scalar_text(settings.get(key))) is not None]
        found.destinations = list(_of_settings(service, settings, ("DB01_S3_BUCKET", "S3_BUCKET")))
        yield found
    else:
        replica = _litestream(service, commands)
        if replica is not None:
            yield replica
        yield from _of_loop(service, commands, scripts)


def _litestream(service: Resource, commands: Sequence[Command]) -> DumpJob | None:
    """``litestream replicate DATABASE REPLICA``, which copies SQLite's log all the time."""
    of_image = image_name(service) == "litestream"
    for command in commands:
        words = [word.text for word in command.words]
        if "litestream" in words[:1] or (words[:1] and (words[0] or "").endswith("/litestream")):
            words = words[1:]
        elif not of_image:
            continue
        if words[:1] != ["replicate"]:
            continue
        found = DumpJob(service.address, "litestream", "sqlite", command.span, service.environment)
        found.beside, found.streams = service, True
        given = [word for word in words[1:] if word is not None and not word.startswith("-")]
        if "-exec" in words and words.index("-exec") + 1 < len(words):
            given = [word for word in given if word != words[words.index("-exec") + 1]]
        if "-config" in words or len(given) < 2:
            found.trouble = Missing("what litestream's configuration says", command.span)
            found.destinations = [Destination("elsewhere", command.span)]
            return found
        found.rate = _SYNCED
        # Without a configuration of its own it keeps a day of snapshots.
        found.kept_days = Known(1, command.span)
        found.destinations = [_replica(given[1], command)]
        return found
    return None


def _replica(url: str, command: Command) -> Destination:
    bucket = BUCKET.match(url)
    if bucket is not None:
        return Destination("bucket", command.span, name=Known(bucket[1], command.span))
    return Destination("elsewhere" if "://" in url and not url.startswith("file:") else "disk", command.span)


_ENGINES_OF_TYPE = {
    "pgsql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mongo": "mongo",
    "mongodb": "mongo",
    "redis": "redis",
}


def _of_settings(service: Resource, settings: Value, buckets: Iterable[str]) -> Iterator[Destination]:
    bucket = _first(settings, tuple(buckets))
    if isinstance(bucket, (Known, Unknown)) and not (isinstance(bucket, Known) and bucket.value in (None, "")):
        yield Destination("bucket", bucket.span, name=bucket)
        return
    remote = _first(settings, _REMOTES)
    if isinstance(remote, (Known, Unknown)):
        yield Destination("elsewhere", remote.span)
        return
    yield Destination("disk", service.span)


def _of_loop(service: Resource, commands: Sequence[Command], scripts: dict[str, list[Command]]) -> Iterator[DumpJob]:
    """``while true; do pg_dump …; sleep 86400; done`` as the command of a service."""
    whole = [each for command in commands for each in (command, *called(command, scripts))]
    naps = [each for each in whole if each.name == "sleep"]
    for dumped in whole:
        if tool_of(dumped) is None or not naps:
            continue
        found = job_of(service.address, dumped, service.environment)
        if found is None:
            continue
        found.beside = service
        nap = naps[-1].words[1].text if len(naps[-1].words) > 1 else None
        match = _SLEEP.fullmatch(nap or "")
        if match is not None:
            found.rate = float(int(match[1]) * _SECONDS[match[2]])
        else:
            found.trouble = Missing(f"how long {service.address} sleeps", naps[-1].span)
        silenced(found, dumped, whole)
        found.destinations = list(uploads(whole)) or [Destination("disk", dumped.span)]
        yield found


def _first(settings: Value, keys: Sequence[str]) -> Value:
    for key in keys:
        value = settings.get(key)
        if not isinstance(value, Absent):
            return value
    return Absent(settings.span)
