"""Kubernetes manifests with scheduled jobs → a schedule and the commands of each CronJob, and Velero's schedules.

Other manifests are not read. Every document of a file has the scope ``cronjob.<name>`` or ``velero.<name>``; a Velero
schedule is also a resource, because what it backs up is in its specification.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Command, Resource, Schedule
from depcheck.parsers import Context, Embedded, Parsed
from depcheck.parsers.compose_commands import container_commands
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.values import Known, Value, scalar_text, string

_VELERO = "velero.io/"


def parse(text: Text, context: Context) -> Parsed:
    """Read the scheduled jobs of one file."""
    file = yaml.parse(text)
    parsed = Parsed(tree=file.root, comments=file.comments, problems=list(file.problems))
    for number, document in enumerate((file.root, *file.further), 1):
        kind = string(document.get("kind"))
        name = string(document.get("metadata", "name")) or str(number)
        if kind == "CronJob":
            _cron_job(document, name, file, context, parsed)
        elif kind == "Schedule" and (string(document.get("apiVersion")) or "").startswith(_VELERO):
            _velero(document, name, context, parsed)
    return parsed


def _cron_job(document: Value, name: str, file: yaml.YamlFile, context: Context, parsed: Parsed) -> None:
    scope = f"cronjob.{name}"
    specification = document.get("spec")
    environment = _environment(document, context)
    when = specification.get("schedule")
    if not isinstance(when, Known) or scalar_text(specification.get("suspend")) == "true":
        return
    zone = string(specification.get("timeZone")) or "UTC"
    parsed.facts.schedules.append(Schedule(when, when.span, scope=scope, zone=zone, environment=environment))
    for container in _containers(specification.get("jobTemplate", "spec", "template", "spec")):
        commands, scripts = container_commands(container, scope, file, environment)
        parsed.facts.commands += [_scripted(each) for each in commands]
        parsed.embedded += [_script(each) for each in scripts]


def _containers(pod: Value) -> Iterator[Value]:
    for name in ("initContainers", "containers"):
        yield from pod.get(name).elements()


def _scripted(command: Command) -> Command:
    return Command(
        command.words, command.span, origin="script", shell="", scope=command.scope, environment=command.environment
    )


def _script(each: Embedded) -> Embedded:
    return Embedded(
        each.kind,
        each.text,
        scope=each.scope,
        environment=each.environment,
        origin="script",
        shell=each.shell,
        strict=each.strict,
    )


def _velero(document: Value, name: str, context: Context, parsed: Parsed) -> None:
    environment = _environment(document, context)
    when = document.get("spec", "schedule")
    if not isinstance(document, Known) or not isinstance(when, Known):
        return
    scope = f"velero.{name}"
    parsed.facts.schedules.append(Schedule(when, when.span, scope=scope, environment=environment))
    parsed.facts.resources.append(
        Resource(
            "velero_schedule",
            scope,
            document,
            when.span,
            name=name,
            format="kubernetes",
            environment=environment,
        )
    )


def _environment(document: Value, context: Context) -> str | None:
    """What the path tells, else the namespace."""
    if context.environment is not None:
        return context.environment
    namespace = string(document.get("metadata", "namespace"))
    return context.environments.within(namespace) if namespace is not None else None
