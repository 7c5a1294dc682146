"""Activities that run by a schedule, held against how often the policy promises them."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.pipelines.deployments import Place, matching
from depcheck.pipelines.nouns import Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.policy.words import show_duration
from depcheck.project import Project
from depcheck.values import Absent, Known, Value, string

#: A day and a week have so many seconds; GitHub starts runs late, which no schedule can help.
_HOUR = 3_600


def too_rare(project: Project) -> Iterator[Outcome]:
    """Whether each activity under ``scheduled`` runs by itself, and as often as promised."""
    policy = project.policy
    if policy is None:
        return
    tested = any(store.require.restore_test is not None for store in policy.recovery.stores.values())
    for name, interval in policy.pipeline.scheduled.items():
        place = policy.span("pipeline", "scheduled", name)
        if interval is None or (name == "restore-test" and tested):
            continue  # `require.restore_test` asks the same of each store
        units = [unit for unit in pipeline_of(project).units if "schedule" in unit.triggers]
        found = [(unit, each) for unit in units for each in matching(name, unit)]
        if name == "restore-test":
            yield from _plans(project, interval)
            if project.of_type("aws_backup_restore_testing_plan"):
                continue
        if not found:
            yield Violation(
                place,
                variant="never",
                discriminator=name,
                words={"name": name, "promised": show_duration(interval), "every": "", "where": ""},
            )
            continue
        yield from _often(name, interval, found, project)


def _plans(project: Project, interval: int) -> Iterator[Outcome]:
    for plan in project.of_type("aws_backup_restore_testing_plan"):
        yield from _held(
            "restore-test", interval, [(plan.get("schedule_expression"), "aws", "UTC")], plan.address, project
        )


def _often(name: str, interval: int, found: list[tuple[Unit, Place]], project: Project) -> Iterator[Outcome]:
    schedules: list[tuple[Value, str, str]] = []
    for unit in dict.fromkeys(unit for unit, _ in found):
        for entry in unit.triggers["schedule"].elements():
            cron = entry.get("cron")
            if not isinstance(cron, Absent):
                schedules.append((cron, "github", string(entry.get("timezone")) or "UTC"))
    if schedules:
        yield from _held(name, interval, schedules, found[0][0].address, project)


def _held(
    name: str, interval: int, schedules: list[tuple[Value, str, str]], where: str, project: Project
) -> Iterator[Outcome]:
    from depcheck.recovery.schedules import NEVER, ScheduleError, union

    value = schedules[0][0]
    lines = [(text, dialect, zone) for each, dialect, zone in schedules if (text := string(each)) is not None]
    if len(lines) != len(schedules):
        yield Undetermined(place=value, reason=f"how often {name} runs is decided elsewhere", resource=where)
        return
    try:
        cadence = union(lines)
    except ScheduleError as error:
        yield Undetermined(place=value, reason=str(error), resource=where)
        return
    policy = project.policy
    if cadence.longest <= interval + (_HOUR if interval >= 24 * _HOUR else 0):
        every = show_duration(int(cadence.longest))
        yield Held(value, f"{name} runs at least every {every}", resource=where)
    elif policy is not None and isinstance(value, Known):
        every = "no schedule that comes again" if cadence.longest == NEVER else show_duration(int(cadence.longest))
        yield Violation(
            value,
            resource=where,
            related=[Note("it is promised here", policy.span("pipeline", "scheduled", name))],
            discriminator=name,
            words={"name": name, "promised": show_duration(interval), "every": every, "where": where},
        )
