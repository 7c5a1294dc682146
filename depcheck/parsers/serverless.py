"""``serverless.yml`` → the variables of its functions, its stages' parameters, runtimes and schedules."""

from __future__ import annotations

from depcheck.model import Runtime, Schedule
from depcheck.parsers import Context, Parsed
from depcheck.parsers.aws import lambda_runtime
from depcheck.parsers.trees import Teller, by_environment, decided, environment_of, read
from depcheck.source import Text
from depcheck.values import Known, Unknown, Value, string


def parse(text: Text, context: Context) -> Parsed:
    """Read one service of the Serverless Framework."""
    path = context.path or text.source.path
    tree = read(text, path)
    root = tree.root
    parsed = Parsed(tree=root, comments=tree.comments, problems=tree.problems)
    teller = Teller(parsed.facts, context, "lambda")
    environment = context.environment
    provider = root.get("provider")
    teller.variables(provider.get("environment"), "serverless", environment)
    _runtime(provider.get("runtime"), "serverless", teller)
    for name, function in _functions(root.get("functions")):
        scope = f"serverless.{name}"
        teller.variables(function.get("environment"), scope, environment)
        _runtime(function.get("runtime"), scope, teller)
        _schedules(function.get("events"), scope, teller)
    _parameters(root, teller)
    return parsed


def _functions(value: Value) -> list[tuple[str, Value]]:
    """The functions of a map, or of the maps of a list."""
    return [pair for each in value.elements() for pair in each.items()]


def _runtime(value: Value, scope: str, teller: Teller) -> None:
    told = decided(value)
    if isinstance(told, (Known, Unknown)):
        language, version = lambda_runtime(told)
        if language:
            teller.facts.runtimes.append(
                Runtime(language, version, told.span, scope=scope, environment=teller.context.environment)
            )


def _schedules(events: Value, scope: str, teller: Teller) -> None:
    for event in events.elements():
        schedule = event.get("schedule")
        rates = (
            [schedule.get("rate")] if isinstance(schedule, Known) and isinstance(schedule.value, dict) else [schedule]
        )
        for rate in [each for value in rates for each in value.elements()]:
            if string(rate) is not None:
                told = decided(rate)
                teller.facts.schedules.append(
                    Schedule(told, told.span, scope=scope, environment=teller.context.environment)
                )


def _parameters(root: Value, teller: Teller) -> None:
    """What stages are given: ``params``, ``stages`` and the maps of ``custom`` that are named after them."""
    for stage, values in root.get("params").items():
        _of_stage(stage, values, teller)
    for stage, values in root.get("stages").items():
        _of_stage(stage, values.get("params"), teller)
    for name, value, environment in by_environment(root.get("custom"), teller.context):
        if environment is not None:
            teller.one(name, value, "serverless.custom", environment, origin="config")


def _of_stage(stage: str, values: Value, teller: Teller) -> None:
    environment = environment_of(stage, teller.context)
    for name, value in values.items():
        teller.one(name, value, "serverless.params", environment, origin="config")
