"""``serverless.yml`` → the variables of its functions, its stages' parameters, runtimes, schedules, and the resources
of the CloudFormation template inside of it. What the framework puts in for ``${…}`` is not decided.
"""

from __future__ import annotations

from depcheck.model import Runtime, Schedule
from depcheck.parsers import Context, Parsed, cloudformation
from depcheck.parsers.aws import lambda_runtime
from depcheck.parsers.cloudformation.functions import short_tag
from depcheck.parsers.trees import Teller, by_environment, decided, environment_of, settled
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.values import Known, Unknown, Value, string

#: What the framework calls the role that it makes for the functions.
_ROLE = "IamRoleLambdaExecution"
_SECTIONS = ("Resources", "Conditions", "Parameters", "Mappings")


def parse(text: Text, context: Context) -> Parsed:
    """Read one service of the Serverless Framework."""
    tree = yaml.parse(text, tags=short_tag)
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
    template = _template(root)
    if template is not None:
        facts, problems = cloudformation.evaluate(template, environment)
        parsed.facts.add(facts)
        parsed.problems += problems
    return settled(parsed, text)


def _template(root: Value) -> Known | None:
    """The template that the framework hands to CloudFormation, as far as it is written in the file."""
    sections: dict[str, dict[str, Value]] = {name: {} for name in _SECTIONS}
    for part in root.get("resources").elements():
        for name in _SECTIONS:
            sections[name].update(_filled(part.get(name)).items())
    for statements in (root.get("provider", "iamRoleStatements"), root.get("provider", "iam", "role", "statements")):
        if isinstance(statements, Known):
            sections["Resources"][_ROLE] = _role(statements)
    if not sections["Resources"]:
        return None
    return Known({name: Known(dict(given), root.span) for name, given in sections.items()}, root.span)


def _role(statements: Known) -> Known:
    place = statements.key or statements.span

    def known(value: str | list[Value] | dict[str, Value]) -> Known:
        return Known(value, place, key=place)

    document = known({"Version": known("2012-10-17"), "Statement": _filled(statements)})
    policy = known({"PolicyName": known("lambda"), "PolicyDocument": document})
    return known({"Type": known("AWS::IAM::Role"), "Properties": known({"Policies": known([policy])})})


def _filled(value: Value) -> Value:
    """The same tree with what the framework puts in as undecided."""
    inner = value.value if isinstance(value, Known) else None
    if isinstance(value, Known) and isinstance(inner, dict):
        return Known({name: _filled(item) for name, item in inner.items()}, value.span, via=value.via, key=value.key)
    if isinstance(value, Known) and isinstance(inner, list):
        return Known([_filled(item) for item in inner], value.span, via=value.via, key=value.key)
    return decided(value)


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
