"""Commands that dump data: the tool, what it dumps, where the dump ends, and what hides its failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.model import Command, Resource
from depcheck.patterns import Pattern
from depcheck.source import Span
from depcheck.values import Known, Missing, Unknown, Value

#: What a tool dumps, and the variant of ``restore.logical`` by which it is loaded; ``=`` marks a physical backup.
TOOLS: tuple[tuple[Pattern, str, str], ...] = tuple(
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
        (r"(?:restic|borg) (?:-\S+ \S+ )*(?:backup|create)\b", "volume", "="),
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
UPLOADS = Pattern(
    r"aws (?:--?[\w-]+[= ]\S+ )*s3 (?:cp|sync|mv)\b|aws s3api put-object\b|s3cmd (?:put|sync)\b|s5cmd\b|"
    r"mc (?:cp|mirror)\b"
)
OTHERS = Pattern(
    r"(?:rclone (?:copy|sync|move|rcat)|restic backup|restic -\S+ \S+ backup|borg create|gsutil (?:-m )?(?:cp|rsync)|"
    r"gcloud storage (?:cp|rsync)|az storage|scp|rsync|b2 (?:upload|file upload|sync)|wrangler r2 object put|"
    r"azcopy (?:copy|sync)|duplicity)\b"
)
BUCKET = Pattern(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=/|$)")
_BUCKET_OPTION = Pattern(r"--bucket[ =]([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\b")


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
        "refers",
        "schedules",
        "span",
        "streams",
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
        #: Whether it copies all the time, so that no run has to end before its copy is usable.
        self.streams = False
        #: The address of the store, where a reference says it.
        self.refers: str | None = None


def called(command: Command, scripts: dict[str, list[Command]]) -> list[Command]:
    """The commands of a script that a command runs (``./scripts/backup.sh``, ``bash scripts/backup.sh``)."""
    for word in command.words[:2]:
        text = (word.text or "").removeprefix("./").removeprefix("/app/")
        if text.endswith((".sh", ".bash")) and text in scripts:
            return scripts[text]
    return []


def silenced(found: DumpJob, dumped: Command, line: Sequence[Command]) -> None:
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


def uploads(line: Sequence[Command]) -> Iterator[Destination]:
    """Where some commands take what was dumped."""
    for command in line:
        text = text_of(command)
        if OTHERS.search(text):
            yield Destination("elsewhere", command.span)
        elif UPLOADS.search(text):
            yield _bucket(command, text)


def _bucket(command: Command, text: str) -> Destination:
    target = next(
        (word for word in reversed(command.words) if (word.text or word.raw).strip("\"'").startswith("s3://")), None
    )
    raw = (target.text or target.raw).strip("\"'") if target is not None else text
    match = BUCKET.match(raw) if target is not None else _BUCKET_OPTION.search(raw)
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


def job_of(address: str, command: Command, environment: str | None) -> DumpJob | None:
    """The job that a dumping command makes, its schedule still open; None for any other command."""
    tool = tool_of(command)
    text = text_of(command)
    if tool is not None:
        name, engine, variant = tool
        found = DumpJob(address, name, engine, command.span, environment)
        found.variant = variant
        found.hosts = [word.text for word in command.words if word.text is not None]
        found.hosts += [name for word in command.words for name in word.variables]
        return found
    snapshot = snapshot_of(command)
    if snapshot is not None:
        types, option = snapshot
        found = DumpJob(address, "aws", "", command.span, environment)
        found.types = types
        found.hosts = [each for each in [_option(command, option)] if each is not None]
        if not found.hosts:
            found.trouble = Missing(f"which store {option} names", command.span)
        return found
    if is_bucket_copy(command):
        buckets = BUCKET.findall(text)
        found = DumpJob(address, "aws s3", "bucket", command.span, environment)
        found.hosts = buckets[:1]
        return found
    return None


def job_of_text(address: str, text: str, span: Span, environment: str | None) -> DumpJob | None:
    """The job that a command line makes which is known as text alone; None where nothing in it dumps."""
    for pattern, engine, variant in TOOLS:
        match = pattern.search(text)
        if match is None:
            continue
        found = DumpJob(address, match[1].split(" ")[0], engine, span, environment)
        found.variant = variant
        found.hosts = text.split()
        upload = BUCKET.search(text)
        if upload is not None and UPLOADS.search(text):
            found.destinations = [Destination("bucket", span, name=Known(upload[1], span))]
        elif OTHERS.search(text) or UPLOADS.search(text):
            found.destinations = [Destination("elsewhere", span)]
        else:
            found.destinations = [Destination("disk", span)]
        if "|" in text and "pipefail" not in text:
            found.defeated.append(("a pipeline without pipefail hides a failed dump", span))
        return found
    return None


def tool_of(command: Command) -> tuple[str, str, str] | None:
    """The dumping tool that a command runs, the engine that it dumps, and how its dump is loaded."""
    text = text_of(command)
    if command.name in ("echo", "printf", "command", "which", "apt-get", "apk", "brew"):
        return None
    if "--version" in text or "--help" in text:
        return None
    for pattern, engine, variant in TOOLS:
        match = pattern.search(text)
        if match is not None:
            return match[1].split(" ")[0], engine, variant
    return None


def snapshot_of(command: Command) -> tuple[tuple[str, ...], str] | None:
    """The types that a command of the AWS CLI makes a snapshot of, and the option that names which."""
    text = text_of(command)
    return next(((types, option) for pattern, types, option in _SNAPSHOTS if pattern.match(text)), None)


def is_bucket_copy(command: Command) -> bool:
    """From one bucket to another."""
    text = text_of(command)
    return bool(_COPY.match(text)) and text.count("s3://") == 2


def text_of(command: Command) -> str:
    """A command as one line."""
    return " ".join(word.text if word.text is not None else word.raw for word in command.words)


def _option(command: Command, name: str) -> str | None:
    for at, word in enumerate(command.words):
        if word.text == name and at + 1 < len(command.words):
            return command.words[at + 1].text
        if word.text is not None and word.text.startswith(f"{name}="):
            return word.text[len(name) + 1 :]
    return None


def dumps(command: Command) -> bool:
    """Whether a command copies a store's data."""
    return tool_of(command) is not None or snapshot_of(command) is not None or is_bucket_copy(command)
