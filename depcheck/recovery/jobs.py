"""Jobs that copy data by a schedule: in workflows, in crontabs, in AWS's own scheduler, in compose sidecars."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from depcheck.model import Command, Job, Resource, Schedule, Step
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.activities import is_off
from depcheck.recovery import dump_commands, sidecars, tasks
from depcheck.recovery.dump_commands import Destination, DumpJob, called, silenced, uploads
from depcheck.recovery.found import SWITCHED_OFF
from depcheck.recovery.lookup import Lookup
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

_HOURS = Pattern(r"(\d{1,6})h")
_CRON_LINE = Pattern(
    r"^\s*(@(?:hourly|daily|midnight|weekly|monthly|yearly|annually|reboot)|(?:[\d*,/A-Za-z-]+\s+){4}[\d*,/A-Za-z-]+)\s+(\S.*)$"
)


def jobs_of(lookup: Lookup) -> list[DumpJob]:
    """Every scheduled dump of a project."""
    project = lookup.project
    scripts: dict[str, list[Command]] = {}
    by_scope: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "script" and not command.scope:
            scripts.setdefault(command.span.path, []).append(command)
        by_scope.setdefault((command.scope, command.span.path), []).append(command)
    found: list[DumpJob] = []
    for job in project.facts.jobs:
        schedule = job.triggers.get("schedule")
        if schedule is not None:
            found += _of_workflow(job, schedule, by_scope.get((job.address, job.span.path), []), scripts)
    for path, commands in scripts.items():
        found += _of_crontab_lines(path, commands, scripts)
    for schedule_ in project.facts.schedules:
        if schedule_.scope.startswith(("crontab.", "cronjob.")):
            found += _of_crontab(schedule_, by_scope.get((schedule_.scope, schedule_.span.path), []), scripts)
    for resource in project.of_type("aws_scheduler_schedule"):
        found += _of_scheduler(resource)
    found += tasks.scheduled(lookup)
    for resource in project.of_type("velero_schedule"):
        found += _of_velero(resource)
    for service in project.of_type("compose_service"):
        found += sidecars.of_service(service, by_scope.get((service.address, service.span.path), []), scripts)
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
        found = dump_commands.job_of(job.address, dumped, job.environment)
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
        for inner in called(command, scripts):
            line.append((step, inner))
    whole = [command for _, command in line]
    for step, command in line:
        if dump_commands.dumps(command):
            yield step, command, whole


def _inside(command: Command, step: Step) -> bool:
    run = step.tree.get("run")
    return isinstance(run, Known) and run.span.start <= command.span.start <= run.span.end


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
    silenced(found, dumped, line)


def _destinations(job: Job, line: Sequence[Command]) -> list[Destination]:
    found = list(uploads(line))
    for step in job.steps:
        uses = string(step.uses) if step.uses is not None else None
        if uses is not None and uses.lower().startswith("actions/upload-artifact@"):
            days = step.tree.get("with", "retention-days")
            found.append(Destination("artifact", step.span, kept_days=days))
    return found


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
    found = dump_commands.job_of_text(span.path, text, span, command.environment)
    if found is not None:
        found.schedules.append((expression, "crontab", "UTC"))
        return found
    for script, inside in scripts.items():
        name = script.rsplit("/", 1)[-1]
        if name not in [word.rsplit("/", 1)[-1] for word in text.split()]:
            continue
        for dumped in inside:
            made = dump_commands.job_of(script, dumped, command.environment) if dump_commands.dumps(dumped) else None
            if made is not None:
                made.schedules.append((expression, "crontab", "UTC"))
                silenced(made, dumped, inside)
                made.destinations = list(uploads(inside)) or [Destination("disk", dumped.span)]
                return made
    return None


def _of_crontab(
    schedule: Schedule, commands: Sequence[Command], scripts: dict[str, list[Command]]
) -> Iterator[DumpJob]:
    """A line of a crontab file, or a CronJob of Kubernetes."""
    expression = string(schedule.expression)
    whole = [each for command in commands for each in (command, *called(command, scripts))]
    for dumped in whole if expression is not None else ():
        found = dump_commands.job_of(schedule.scope, dumped, schedule.environment)
        if found is not None and expression is not None:
            found.schedules.append((expression, "crontab", schedule.zone))
            silenced(found, dumped, whole)
            found.destinations = list(uploads(whole)) or [Destination("disk", dumped.span)]
            if found.types:
                found.destinations = [Destination("service", dumped.span)]
            yield found


def _of_velero(resource: Resource) -> Iterator[DumpJob]:
    """A schedule of Velero, which backs up what runs in a cluster."""
    found = DumpJob(resource.address, "velero", "kubernetes", resource.span, resource.environment)
    specification = resource.get("spec")
    text = string(specification.get("schedule"))
    if text is not None:
        found.schedules.append((text, "library", "UTC"))
    if scalar_text(specification.get("paused")) == "true":
        found.defeated.append((SWITCHED_OFF, specification.get("paused").span))
    ttl = string(specification.get("template", "ttl"))
    found.kept_days = Known(_days(ttl), resource.span)
    found.destinations = [Destination("elsewhere", resource.span)]
    yield found


def _days(text: str | None) -> float:
    """A time to live such as ``720h0m0s`` in days; 30 where none is given."""
    match = _HOURS.match(text or "")
    return int(match[1]) / 24 if match is not None else 30.0


#: Functions that a program runs by a schedule of its own and that make a backup, by their name.
_BACKS_UP = Pattern(r"backup|dump|snapshot|export", re.I)


def in_programs(project: Project) -> list[Schedule]:
    """Backups that a program makes by a schedule in itself."""
    return [
        each
        for each in project.facts.schedules
        if each.scope.startswith("node-cron.") and _BACKS_UP.search(each.runs) is not None
    ]


#: What EventBridge Scheduler calls by itself to make a snapshot: the types of stores, and the field that names one.
_CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "rds:createDBSnapshot": (("aws_db_instance",), "DbInstanceIdentifier"),
    "rds:createDBClusterSnapshot": (("aws_rds_cluster",), "DbClusterIdentifier"),
    "docdb:createDBClusterSnapshot": (("aws_docdb_cluster",), "DbClusterIdentifier"),
    "neptune:createDBClusterSnapshot": (("aws_neptune_cluster",), "DbClusterIdentifier"),
    "dynamodb:createBackup": (("aws_dynamodb_table",), "TableName"),
    "elasticache:createSnapshot": (("aws_elasticache_replication_group",), "ReplicationGroupId"),
    "redshift:createClusterSnapshot": (("aws_redshift_cluster",), "ClusterIdentifier"),
    "ec2:createSnapshot": (("aws_ebs_volume",), "VolumeId"),
}


def _of_scheduler(resource: Resource) -> Iterator[DumpJob]:
    """A schedule of EventBridge Scheduler that calls a service's own API to make a snapshot."""
    target = resource.get("target", 0)
    arn = string(target.get("arn")) or ""
    call = arn.rsplit("aws-sdk:", 1)[-1] if ":scheduler:::aws-sdk:" in arn else ""
    if call not in _CALLS:
        return
    types, field = _CALLS[call]
    found = DumpJob(resource.address, call, "", resource.span, resource.environment)
    found.types = types
    named = _input(target.get("input")).get(field)
    if isinstance(named, Unknown) and named.refers is not None:
        found.refers = named.refers
    text = scalar_text(named)
    found.hosts = [text] if text is not None else []
    if text is None and found.refers is None:
        found.trouble = Missing(f"which store {resource.address} makes a snapshot of", resource.span)
    expression = resource.get("schedule_expression")
    written = string(expression)
    zone = string(resource.get("schedule_expression_timezone")) or "UTC"
    if written is not None:
        found.schedules.append((written, "aws", zone))
    else:
        found.trouble = Missing(f"the schedule of {resource.address}", expression.span)
    if string(resource.get("state")) == "DISABLED":
        found.defeated.append((SWITCHED_OFF, resource.get("state").span))
    found.destinations = [Destination("service", resource.span)]
    yield found


def _input(value: Value) -> Value:
    """What a target is called with: JSON text, put together by jsonencode or written as it is."""
    document = value.document if isinstance(value, (Known, Unknown)) else None
    if document is not None:
        return document
    text = string(value)
    if text is None:
        return value
    try:
        loaded = json.loads(text)
    except ValueError:
        return Absent(value.span)
    if not isinstance(loaded, dict):
        return Absent(value.span)
    fields: dict[str, Value] = {
        str(key): Known(each, value.span) for key, each in loaded.items() if isinstance(each, (str, int, float, bool))
    }
    return Known(fields, value.span)
