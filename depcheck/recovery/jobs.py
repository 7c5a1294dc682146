"""Jobs that copy data by a schedule: dumps in workflows, in crontabs, in loops and images of compose sidecars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from depcheck.model import Command, Job, Resource, Step
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.activities import is_off
from depcheck.recovery.stores import image_name
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

#: What a tool dumps, and the variant of ``restore.logical`` by which it is loaded; ``=`` marks a physical backup.
_TOOLS: tuple[tuple[Pattern, str, str], ...] = tuple(
    (Pattern(rf"(?:^|[\s/;&|(\"'])({pattern})"), engine, variant)
    for pattern, engine, variant in (
        (r"pg_dump(?:all)?\b", "postgres", ""),
        (r"pg_basebackup\b", "postgres", "="),
        (r"wal-g backup-push\b", "postgres", "="),
        (r"pgbackrest\b.*\bbackup\b", "postgres", "="),
        (r"supabase db dump\b", "supabase", ""),
        (r"(?:mysqldump|mariadb-dump|mydumper)\b", "mysql", "mysql"),
        (r"(?:mariabackup|xtrabackup)\b.*--backup\b", "mysql", "="),
        (r"mongodump\b", "mongo", "mongo"),
        (r"redis-cli\b.*--rdb\b", "redis", "="),
        (r"clickhouse-backup create\b", "clickhouse", "="),
        (r"influx(?:d)? backup\b", "influxdb", "="),
        (r"convex export\b", "convex", ""),
    )
)
#: Commands of the AWS CLI that make a snapshot: the types of stores, and the option that names one.
_SNAPSHOTS: tuple[tuple[Pattern, tuple[str, ...], str], ...] = tuple(
    (Pattern(rf"aws (?:--?[\w-]+[= ]\S+ )*{pattern}\b"), types, option)
    for pattern, types, option in (
        ("rds create-db-snapshot", ("aws_db_instance",), "--db-instance-identifier"),
        (
            "rds create-db-cluster-snapshot",
            ("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"),
            "--db-cluster-identifier",
        ),
        ("docdb create-db-cluster-snapshot", ("aws_docdb_cluster",), "--db-cluster-identifier"),
        ("neptune create-db-cluster-snapshot", ("aws_neptune_cluster",), "--db-cluster-identifier"),
        ("dynamodb create-backup", ("aws_dynamodb_table",), "--table-name"),
        (
            "elasticache create-snapshot",
            ("aws_elasticache_replication_group", "aws_elasticache_cluster"),
            "--replication-group-id",
        ),
        ("redshift create-cluster-snapshot", ("aws_redshift_cluster",), "--cluster-identifier"),
        ("ec2 create-snapshot", ("aws_ebs_volume",), "--volume-id"),
    )
)
_COPY = Pattern(r"aws (?:--?[\w-]+[= ]\S+ )*s3 (?:sync|cp)\b")
_UPLOADS = Pattern(
    r"aws (?:--?[\w-]+[= ]\S+ )*s3 (?:cp|sync|mv)\b|aws s3api put-object\b|s3cmd (?:put|sync)\b|s5cmd\b|"
    r"mc (?:cp|mirror)\b"
)
_OTHERS = Pattern(
    r"(?:rclone (?:copy|sync|move|rcat)|restic backup|restic -\S+ \S+ backup|borg create|gsutil (?:-m )?(?:cp|rsync)|"
    r"gcloud storage (?:cp|rsync)|az storage|scp|rsync|b2 (?:upload|file upload|sync)|wrangler r2 object put|"
    r"azcopy (?:copy|sync)|duplicity)\b"
)
_BUCKET = Pattern(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=/|$)")
_BUCKET_OPTION = Pattern(r"--bucket[ =]([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\b")
_CRON_LINE = Pattern(
    r"^\s*(@(?:hourly|daily|midnight|weekly|monthly|yearly|annually|reboot)|(?:[\d*,/A-Za-z-]+\s+){4}[\d*,/A-Za-z-]+)\s+(\S.*)$"
)
_SLEEP = Pattern(r"(\d{1,9})([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Destination:
    """Where a dump ends: ``disk`` (the same one), ``bucket``, ``artifact`` (GitHub's), ``elsewhere`` (another
    provider), ``service`` (a snapshot in the store's own service) or ``nowhere``. ``name`` is the bucket's."""

    __slots__ = ("kept_days", "key", "kind", "name", "span")

    def __init__(
        self,
        kind: str,
        span: Span,
        *,
        name: Value | None = None,
        key: str | None = None,
        kept_days: Value | None = None,
    ) -> None:
        self.kind = kind
        self.span = span
        self.name = name
        #: The whole address where every word of it is decided: then each dump replaces the one before.
        self.key = key
        self.kept_days = kept_days


class DumpJob:
    """A job that dumps a store by a schedule.

    ``schedules`` are expression, dialect and zone; ``rate`` is a fixed distance in seconds instead. ``engine`` is what
    its tool dumps, ``types`` the resource types where it names AWS's own snapshots. ``hosts`` are words that may name
    the store. ``beside`` is the compose service it runs in.
    """

    __slots__ = (
        "address",
        "beside",
        "defeated",
        "destinations",
        "engine",
        "environment",
        "hosts",
        "kept_days",
        "late",
        "rate",
        "schedules",
        "span",
        "tool",
        "trouble",
        "types",
        "variant",
    )

    def __init__(self, address: str, tool: str, engine: str, span: Span, environment: str | None) -> None:
        self.address = address
        self.tool = tool
        self.engine = engine
        self.span = span
        self.environment = environment
        self.schedules: list[tuple[str, str, str]] = []
        self.rate: float | None = None
        self.trouble: Missing | None = None
        self.destinations: list[Destination] = []
        self.defeated: list[tuple[str, Span]] = []
        self.hosts: list[str] = []
        self.types: tuple[str, ...] = ()
        self.variant = ""
        self.kept_days: Value | None = None
        #: Whether GitHub starts it, which may be late.
        self.late = False
        self.beside: Resource | None = None


def jobs_of(project: Project) -> list[DumpJob]:
    """Every scheduled dump of a project."""
    scripts: dict[str, list[Command]] = {}
    by_scope: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "script":
            scripts.setdefault(command.span.path, []).append(command)
        by_scope.setdefault((command.scope, command.span.path), []).append(command)
    found: list[DumpJob] = []
    for job in project.facts.jobs:
        schedule = job.triggers.get("schedule")
        if schedule is not None:
            found += _of_workflow(job, schedule, by_scope.get((job.address, job.span.path), []), scripts)
    for path, commands in scripts.items():
        found += _of_crontab_lines(path, commands, scripts)
    for service in project.of_type("compose_service"):
        found += _of_sidecar(service, by_scope.get((service.address, service.span.path), []), scripts)
    return found


# -- workflows -------------------------------------------------------------------------------------------------------


def _of_workflow(
    job: Job, schedule: Value, commands: Sequence[Command], scripts: dict[str, list[Command]]
) -> Iterator[DumpJob]:
    lines = [
        (entry.get("cron"), string(entry.get("timezone")) or "UTC")
        for entry in schedule.elements()
        if not isinstance(entry.get("cron"), Absent)
    ]
    if not lines:
        return
    for step, dumped, line in _dumps_in(job, commands, scripts):
        found = _job(job.address, dumped, job.environment)
        if found is None:
            continue
        found.late = True
        for value, zone in lines:
            text = string(value)
            if text is not None:
                found.schedules.append((text, "github", zone))
            else:
                found.trouble = Missing("a cron line of the workflow", value.span)
        if len(lines) != len(found.schedules) and found.trouble is None:
            found.trouble = Missing("a cron line of the workflow", job.span)
        _defeats(found, job, step, dumped, line)
        found.destinations = _destinations(job, line)
        if not found.types and not found.destinations:
            found.defeated.append(("nothing keeps the dump after the job", dumped.span))
        elif found.types:
            found.destinations = [Destination("service", dumped.span)]
        yield found


def _dumps_in(
    job: Job, commands: Sequence[Command], scripts: dict[str, list[Command]]
) -> Iterator[tuple[Step | None, Command, list[Command]]]:
    """The dumping commands of a job, in its steps and in the scripts that they call, with all commands of the job."""
    line: list[tuple[Step | None, Command]] = []
    for command in commands:
        step = next((each for each in job.steps if _inside(command, each)), None)
        line.append((step, command))
        for called in _called(command, scripts):
            line.append((step, called))
    whole = [command for _, command in line]
    for step, command in line:
        if _tool(command) is not None or _snapshot(command) is not None or _is_bucket_copy(command):
            yield step, command, whole


def _inside(command: Command, step: Step) -> bool:
    run = step.tree.get("run")
    return isinstance(run, Known) and run.span.start <= command.span.start <= run.span.end


def _called(command: Command, scripts: dict[str, list[Command]]) -> list[Command]:
    """The commands of a script that a command runs (``./scripts/backup.sh``, ``bash scripts/backup.sh``)."""
    for word in command.words[:2]:
        text = (word.text or "").removeprefix("./").removeprefix("/app/")
        if text.endswith((".sh", ".bash")) and text in scripts:
            return scripts[text]
    return []


def _defeats(found: DumpJob, job: Job, step: Step | None, dumped: Command, line: Sequence[Command]) -> None:
    if is_off(job.condition):
        found.defeated.append(("its job never runs: if is false", job.span))
    if step is not None and is_off(step.condition):
        found.defeated.append(("its step never runs: if is false", step.span))
    if step is not None:
        going_on = step.tree.get("continue-on-error")
        if scalar_text(going_on) == "true":
            found.defeated.append(("continue-on-error hides a failed dump", going_on.span))
    going_on = job.tree.get("continue-on-error")
    if scalar_text(going_on) == "true":
        found.defeated.append(("continue-on-error hides a failed dump", going_on.span))
    _silenced(found, dumped, line)


def _silenced(found: DumpJob, dumped: Command, line: Sequence[Command]) -> None:
    """What makes a dump that fails look like one that worked."""
    index = next((at for at, each in enumerate(line) if each is dumped), None)
    if index is None:
        return
    same = [each for each in line if each.span.path == dumped.span.path and each.scope == dumped.scope]
    at = same.index(dumped)
    for later in same[at + 1 :]:
        if later.depth > dumped.depth:
            continue
        if later.joined == "|" and later.pipeline == dumped.pipeline:
            if "pipefail" not in dumped.strict:
                found.defeated.append(("a pipeline without pipefail hides a failed dump", dumped.span))
                return
            continue
        if later.joined == "||" and later.name in ("true", ":", "echo"):
            found.defeated.append((f"|| {later.name} hides a failed dump", later.span))
        return


def _destinations(job: Job, line: Sequence[Command]) -> list[Destination]:
    found = list(_uploads(line))
    for step in job.steps:
        uses = string(step.uses) if step.uses is not None else None
        if uses is not None and uses.lower().startswith("actions/upload-artifact@"):
            days = step.tree.get("with", "retention-days")
            found.append(Destination("artifact", step.span, kept_days=days))
    return found


def _uploads(line: Sequence[Command]) -> Iterator[Destination]:
    for command in line:
        text = _text(command)
        if _OTHERS.search(text):
            yield Destination("elsewhere", command.span)
        elif _UPLOADS.search(text):
            yield _bucket(command, text)


def _bucket(command: Command, text: str) -> Destination:
    target = next(
        (word for word in reversed(command.words) if (word.text or word.raw).strip("\"'").startswith("s3://")), None
    )
    raw = (target.text or target.raw).strip("\"'") if target is not None else text
    match = _BUCKET.match(raw) if target is not None else _BUCKET_OPTION.search(raw)
    span = target.span if target is not None else command.span
    if match is None:
        name: Value = Unknown(
            "the bucket is put together when the script runs", span, missing=(Missing("the bucket", span),)
        )
    else:
        name = Known(match[1], span)
    key = target.text if target is not None and target.text is not None and not target.text.endswith("/") else None
    if "sync" in [word.text for word in command.words]:
        key = None
    return Destination("bucket", span, name=name, key=key)


# -- crontab lines in scripts ----------------------------------------------------------------------------------------


def _of_crontab_lines(path: str, commands: Sequence[Command], scripts: dict[str, list[Command]]) -> Iterator[DumpJob]:
    """``echo "0 3 * * * pg_dump …" | crontab -``: a line of a crontab, written by a script."""
    for command in commands:
        if command.name not in ("echo", "printf"):
            continue
        for word in command.words[1:]:
            match = _CRON_LINE.match(word.text or "")
            if match is None:
                continue
            found = _line_job(match[1], match[2], word.span, command, scripts)
            if found is not None:
                yield found


def _line_job(
    expression: str, text: str, span: Span, command: Command, scripts: dict[str, list[Command]]
) -> DumpJob | None:
    for pattern, engine, variant in _TOOLS:
        match = pattern.search(text)
        if match is not None:
            found = DumpJob(span.path, match[1].split(" ")[0], engine, span, command.environment)
            found.variant = variant
            found.schedules.append((expression, "crontab", "UTC"))
            found.hosts = text.split()
            upload = _BUCKET.search(text)
            if upload is not None and _UPLOADS.search(text):
                found.destinations = [Destination("bucket", span, name=Known(upload[1], span))]
            elif _OTHERS.search(text):
                found.destinations = [Destination("elsewhere", span)]
            else:
                found.destinations = [Destination("disk", span)]
            if "|" in text and "pipefail" not in text:
                found.defeated.append(("a pipeline without pipefail hides a failed dump", span))
            return found
    for script, inside in scripts.items():
        name = script.rsplit("/", 1)[-1]
        if re.search(rf"(?:^|/|\s){re.escape(name)}(?:\s|$)", text):
            for dumped in inside:
                made = _job(script, dumped, command.environment) if _tool(dumped) is not None else None
                if made is not None:
                    made.schedules.append((expression, "crontab", "UTC"))
                    _silenced(made, dumped, inside)
                    made.destinations = list(_uploads(inside)) or [Destination("disk", dumped.span)]
                    return made
    return None


# -- compose sidecars ------------------------------------------------------------------------------------------------

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


def _of_sidecar(service: Resource, commands: Sequence[Command], scripts: dict[str, list[Command]]) -> Iterator[DumpJob]:
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
        yield from _of_loop(service, commands, scripts)


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
    whole = [each for command in commands for each in (command, *_called(command, scripts))]
    naps = [each for each in whole if each.name == "sleep"]
    for dumped in whole:
        if _tool(dumped) is None or not naps:
            continue
        found = _job(service.address, dumped, service.environment)
        if found is None:
            continue
        found.beside = service
        nap = naps[-1].words[1].text if len(naps[-1].words) > 1 else None
        match = _SLEEP.fullmatch(nap or "")
        if match is not None:
            found.rate = float(int(match[1]) * _SECONDS[match[2]])
        else:
            found.trouble = Missing(f"how long {service.address} sleeps", naps[-1].span)
        _silenced(found, dumped, whole)
        found.destinations = list(_uploads(whole)) or [Destination("disk", dumped.span)]
        yield found


def _first(settings: Value, keys: Sequence[str]) -> Value:
    for key in keys:
        value = settings.get(key)
        if not isinstance(value, Absent):
            return value
    return Absent(settings.span)


# -- commands --------------------------------------------------------------------------------------------------------


def _job(address: str, command: Command, environment: str | None) -> DumpJob | None:
    tool = _tool(command)
    text = _text(command)
    if tool is not None:
        name, engine, variant = tool
        found = DumpJob(address, name, engine, command.span, environment)
        found.variant = variant
        found.hosts = [word.text for word in command.words if word.text is not None]
        found.hosts += [name for word in command.words for name in word.variables]
        return found
    snapshot = _snapshot(command)
    if snapshot is not None:
        types, option = snapshot
        found = DumpJob(address, "aws", "", command.span, environment)
        found.types = types
        found.hosts = [each for each in [_option(command, option)] if each is not None]
        if not found.hosts:
            found.trouble = Missing(f"which store {option} names", command.span)
        return found
    if _is_bucket_copy(command):
        buckets = _BUCKET.findall(text)
        found = DumpJob(address, "aws s3", "bucket", command.span, environment)
        found.hosts = buckets[:1]
        return found
    return None


def _tool(command: Command) -> tuple[str, str, str] | None:
    text = _text(command)
    if command.name in ("echo", "printf", "command", "which", "apt-get", "apk", "brew"):
        return None
    if "--version" in text or "--help" in text:
        return None
    for pattern, engine, variant in _TOOLS:
        match = pattern.search(text)
        if match is not None:
            return match[1].split(" ")[0], engine, variant
    return None


def _snapshot(command: Command) -> tuple[tuple[str, ...], str] | None:
    text = _text(command)
    return next(((types, option) for pattern, types, option in _SNAPSHOTS if pattern.match(text)), None)


def _is_bucket_copy(command: Command) -> bool:
    """From one bucket to another."""
    text = _text(command)
    return bool(_COPY.match(text)) and text.count("s3://") == 2


def _text(command: Command) -> str:
    return " ".join(word.text if word.text is not None else word.raw for word in command.words)


def _option(command: Command, name: str) -> str | None:
    for at, word in enumerate(command.words):
        if word.text == name and at + 1 < len(command.words):
            return command.words[at + 1].text
        if word.text is not None and word.text.startswith(f"{name}="):
            return word.text[len(name) + 1 :]
    return None
