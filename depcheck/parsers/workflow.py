"""GitHub workflows → jobs, settings, references, images, runtimes, grants, schedules and the scripts inside."""

from __future__ import annotations

from depcheck.model import Problem, Schedule, Workflow
from depcheck.parsers import Context, Parsed
from depcheck.parsers.workflow_jobs import Reader, environment_of_name, grants
from depcheck.parsers.workflow_values import refer, settings
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.values import Absent, Known, Value, string


def parse(text: Text, context: Context) -> Parsed:
    """Read a workflow."""
    file = yaml.parse(text)
    root = file.root
    parsed = Parsed(tree=root, comments=file.comments, problems=file.problems)
    if not isinstance(root, Known) or not isinstance(root.value, dict):
        if not isinstance(root, Absent):
            parsed.problems.append(
                Problem("a workflow is a map with on: and jobs:", root.span, "see GitHub's workflow syntax")
            )
        return parsed
    stem = stem_of(context.path or text.source.path)
    scope = f"workflow.{stem}"
    name = string(root.get("name")) or stem
    triggers = triggers_of(root.get("on"))
    environment = context.environment or environment_of_name(context.environments, stem)
    reader = Reader(file, context.environments, environment, name=stem, tree=root, triggers=triggers)
    facts = parsed.facts = reader.facts
    facts.settings += settings(root.get("env"), file, scope, environment)
    facts.grants += grants(root.get("permissions"), scope, environment)
    facts.schedules += _schedules(triggers, scope, environment)
    rest = {key: value for key, value in root.items() if key != "jobs"}
    refer(Known(rest, root.span), file, facts, reader.problems, scope, environment)
    jobs = [
        reader.job(id, tree, f"{scope}.{id}")
        for id, tree in root.get("jobs").items()
        if isinstance(tree, Known) and isinstance(tree.value, dict)
    ]
    name_value = root.get("name")
    span = (
        name_value.span
        if isinstance(name_value, Known)
        else text.span(0, len(text.text.partition("\n")[0].rstrip("\r")))
    )
    facts.workflows.append(Workflow(name, span, root, triggers=triggers, jobs=jobs))
    parsed.problems += reader.problems
    parsed.embedded = reader.embedded
    return parsed


def stem_of(path: str) -> str:
    """A file's name without its ending."""
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or name


def triggers_of(on: Value) -> dict[str, Value]:
    """Each event that starts a workflow and its configuration, in all three ways of writing ``on:``."""
    if not isinstance(on, Known):
        return {}
    if isinstance(on.value, dict):
        return dict(on.value)
    triggers: dict[str, Value] = {}
    for event in on.elements():
        name = string(event)
        if name is not None:
            triggers[name] = Known(None, event.span, key=event.span)
    return triggers


def _schedules(triggers: dict[str, Value], scope: str, environment: str | None) -> list[Schedule]:
    schedules: list[Schedule] = []
    listed = triggers.get("schedule")
    for entry in listed.elements() if listed is not None else ():
        cron = entry.get("cron")
        if isinstance(cron, Known):
            zone = string(entry.get("timezone")) or "UTC"
            schedules.append(Schedule(cron, cron.span, scope=scope, zone=zone, environment=environment))
    return schedules
