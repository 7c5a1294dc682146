"""Containers of ECS that EventBridge starts by a schedule and that dump something; and EventBridge's own snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.recovery.dump_commands import Destination, DumpJob, job_of_text
from depcheck.recovery.found import SWITCHED_OFF
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.recovery.lookup import Lookup

_TASK = "aws_ecs_task_definition"


def scheduled(lookup: Lookup) -> Iterator[DumpJob]:
    """The dumps that containers of ECS make by a schedule of EventBridge."""
    project = lookup.project
    for target in project.of_type("aws_cloudwatch_event_target"):
        rule = lookup.named(target.get("rule"), "aws_cloudwatch_event_rule", target)
        if rule is None or isinstance(rule.get("schedule_expression"), Absent):
            continue
        task = lookup.named(target.get("ecs_target", 0, "task_definition_arn"), _TASK, target)
        if task is not None:
            yield from _of_task(task, rule, target.get("input"), _rule_is_off(rule))
        elif (string(target.get("arn")) or "").endswith(":target/create-snapshot"):
            yield _of_volume(target, rule)
    for schedule in project.of_type("aws_scheduler_schedule"):
        inner = schedule.get("target", 0)
        task = lookup.named(inner.get("ecs_parameters", 0, "task_definition_arn"), _TASK, schedule)
        if task is not None:
            state = schedule.get("state")
            off = state if string(state) == "DISABLED" else None
            yield from _of_task(task, schedule, inner.get("input"), off)


def _rule_is_off(rule: Resource) -> Value | None:
    """What switches a rule off, in its newer or its older word."""
    state, enabled = rule.get("state"), rule.get("is_enabled")
    if string(state) == "DISABLED":
        return state
    return enabled if scalar_text(enabled) == "false" else None


def _of_task(task: Resource, schedule: Resource, overrides: Value, off: Value | None) -> Iterator[DumpJob]:
    for words in [*_commands(task.get("container_definitions")), *_overridden(overrides)]:
        found = job_of_text(schedule.address, words, task.span, schedule.environment)
        if found is None:
            continue
        _give_schedule(found, schedule)
        if off is not None:
            found.defeated.append((SWITCHED_OFF, off.span))
        if found.destinations[0].kind == "disk":
            # What a task writes beside its upload is gone when it ends.
            found.destinations = [Destination("nowhere", task.span)]
        yield found


def _give_schedule(found: DumpJob, schedule: Resource) -> None:
    expression = schedule.get("schedule_expression")
    text = string(expression)
    zone = string(schedule.get("schedule_expression_timezone")) or "UTC"
    if text is not None:
        found.schedules.append((text, "aws", zone))
    else:
        found.trouble = Missing(f"the schedule of {schedule.address}", expression.span)


def _commands(definitions: Value) -> Iterator[str]:
    """What the containers of a task run, each as one text."""
    document = definitions.document if isinstance(definitions, (Known, Unknown)) else None
    for container in document.elements() if document is not None else ():
        words = [*container.get("entryPoint").elements(), *container.get("command").elements()]
        texts = [text for each in words if (text := scalar_text(each)) is not None]
        if texts:
            yield " ".join(texts)


def _overridden(value: Value) -> Iterator[str]:
    """What a schedule makes a container run instead."""
    document = value.document if isinstance(value, (Known, Unknown)) else None
    for each in document.get("containerOverrides").elements() if document is not None else ():
        texts = [text for word in each.get("command").elements() if (text := scalar_text(word)) is not None]
        if texts:
            yield " ".join(texts)


def _of_volume(target: Resource, rule: Resource) -> DumpJob:
    """A snapshot of a volume that EventBridge makes by itself."""
    found = DumpJob(rule.address, "create-snapshot", "", target.span, rule.environment)
    found.types = ("aws_ebs_volume",)
    named = target.get("input")
    whole = named.document if isinstance(named, (Known, Unknown)) and named.document is not None else named
    refers = whole.refers if isinstance(whole, Unknown) else None
    found.refers = refers
    if refers is None:
        found.trouble = Missing(f"which volume {target.address} makes a snapshot of", named.span)
    _give_schedule(found, rule)
    off = _rule_is_off(rule)
    if off is not None:
        found.defeated.append((SWITCHED_OFF, off.span))
    found.destinations = [Destination("service", target.span)]
    return found
