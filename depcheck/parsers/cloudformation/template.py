"""A CloudFormation template: its parameters, mappings and conditions, and its resources with functions resolved.

Parameters have the value that was handed in, else their default. A condition that only a default decides is taken as
decided inside of properties, but its resource is kept: with other parameters it exists.
"""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Problem, Resource
from depcheck.parsers.cloudformation.functions import PARTITION, resolve, truth
from depcheck.parsers.cloudformation.loops import expanded
from depcheck.parsers.cloudformation.sam import with_globals
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Step, Unknown, Value, scalar_text, string

#: Attributes of a resource beside its properties that are kept under their own names.
KEPT = ("DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Condition", "CreationPolicy", "UpdatePolicy")
PATH = "aws:cdk:path"
#: How many characters the functions of a template may make: far more than CloudFormation takes (a template has 1 MB).
BUDGET = 10_000_000
#: How many conditions may depend on one another in a row.
_CHAIN = 40


class Template:
    """One template as it is evaluated for one environment."""

    __slots__ = (
        "_budget",
        "_conditions",
        "_given",
        "_open",
        "conditions",
        "copies",
        "mappings",
        "parameters",
        "resources",
        "root",
        "values",
    )

    def __init__(self, root: Known, given: Mapping[str, Value] | None = None) -> None:
        self.root = root
        self._given = given or {}
        self.values: dict[str, Value] = {}
        self._conditions: dict[str, Value] = {}
        self._open: set[str] = set()
        self.copies = 0
        self._budget = BUDGET
        self.parameters = _map(root.get("Parameters"))
        self.mappings = root.get("Mappings")
        self.conditions = _map(root.get("Conditions"))
        self.resources: Mapping[str, Value] = {}
        self.resources = expanded(_map(root.get("Resources")), self)

    def spend(self, characters: int) -> bool:
        """Take from what the functions of this template may make; False when that is used up."""
        self._budget -= characters
        return self._budget >= 0

    def named(self, name: str, span: Span) -> Value:
        """What ``Ref`` gives for a name: a parameter's value, a pseudo-parameter, or a resource's identity."""
        if name in self.parameters:
            if name not in self.values:
                self.values[name] = self._parameter(name, self.parameters[name])
            return self.values[name]
        if name in self.resources:
            missing = (Missing(name, span),)
            reason = f"the name of {name} is known when it is deployed"
            return Unknown(reason, span, missing=missing, refers=f"cfn.{name}")
        if name == "AWS::NoValue":
            return Absent(span)
        if name == "AWS::Partition":
            return Known(PARTITION, span, via=(Step("AWS::Partition outside of China and GovCloud", span),))
        if name.startswith("AWS::"):
            return Unknown(f"{name} is known when it is deployed", span, missing=(Missing(name, span),))
        return Unknown(f"{name[:80]} is neither a parameter nor a resource of this template", span)

    def _parameter(self, name: str, declared: Value) -> Value:
        span = declared.key or declared.span
        kind = string(declared.get("Type")) or "String"
        secret = scalar_text(declared.get("NoEcho")) == "true"
        given = self._given.get(name)
        value = given if given is not None else declared.get("Default")
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, Known) or value.value is None:
            missing = (Missing(f"parameter {name}", span),)
            return Unknown(f"parameter {name} has no default", span, missing=missing, sensitive=secret)
        if kind.startswith("AWS::SSM::Parameter::Value") and given is None:
            missing = (Missing(f"parameter {name}", span),)
            return Unknown(f"parameter {name} is read from Parameter Store", span, missing=missing, sensitive=secret)
        words = f"parameter {name}" if given is not None else f"default of parameter {name}"
        via = (*value.via, Step(words, value.span))
        text = scalar_text(value)
        if text is not None and (kind == "CommaDelimitedList" or kind.startswith("List<")):
            parts: list[Value] = [
                Known(part.strip(), value.span, via=via, sensitive=secret) for part in text.split(",") if part.strip()
            ]
            return Known(parts, value.span, via=via, sensitive=secret)
        return Known(value.value, value.span, via=via, sensitive=secret)

    def condition(self, name: str, span: Span) -> Value:
        """Whether a condition holds: known true or false, or unknown."""
        if name in self._conditions:
            return self._conditions[name]
        written = self.conditions.get(name)
        if written is None:
            return Unknown(f"condition {name[:80]} is not declared", span)
        if name in self._open:
            return Unknown(f"condition {name[:80]} depends on itself", span)
        if len(self._open) >= _CHAIN:
            return Unknown(f"condition {name[:80]} depends on too many others", span)
        self._open.add(name)
        found = truth(written, self)
        self._open.discard(name)
        self._conditions[name] = found
        return found


def _map(value: Value) -> Mapping[str, Value]:
    return value.value if isinstance(value, Known) and isinstance(value.value, dict) else {}


def root_of(tree: Value) -> Known | None:
    """The template in a file: the document itself, or what the Serverless Framework keeps below ``resources``."""
    for candidate in (tree, tree.get("resources")):
        if isinstance(candidate, Known) and isinstance(candidate.get("Resources"), Known):
            return candidate
    return None


def resources_of(template: Template, environment: str | None, problems: list[Problem]) -> list[Resource]:
    """The resources of a template, without those that its own text rules out."""
    found: list[Resource] = []
    for name, written in template.resources.items():
        span = written.key or written.span
        if name.startswith("Fn::"):
            next_step = "what it makes is not judged"
            problems.append(Problem(f"{name[:60]} is not decided by this template", span, next_step))
            continue
        if isinstance(written, Unknown):
            continue
        kind = string(written.get("Type"))
        if kind is None or not isinstance(written, Known):
            # A type that is no text is a macro's or a module's business (``!Rain::Module``).
            if isinstance(written.get("Type"), Absent):
                problems.append(Problem(f"resource {name[:60]} has no Type", span, "write Type: AWS::…"))
            continue
        condition = string(written.get("Condition"))
        if condition is not None:
            decided = template.condition(condition, written.get("Condition").span)
            if isinstance(decided, Known) and decided.value is False and not decided.via:
                continue
        attributes = _attributes(written, kind, template)
        found.append(
            Resource(
                kind,
                f"cfn.{name}",
                attributes,
                span,
                name=name,
                format="cloudformation",
                environment=environment,
                extent=span.to(written.span),
            )
        )
    return found


def _attributes(written: Known, kind: str, template: Template) -> Known:
    properties = with_globals(kind, written.get("Properties"), template.root)
    attributes: dict[str, Value] = {}
    for name, value in properties.items():
        found = resolve(value, template)
        if not isinstance(found, Absent):
            attributes[name] = found
    for name in KEPT:
        value = written.get(name)
        if not isinstance(value, Absent):
            attributes[name] = value if name == "Condition" else resolve(value, template)
    path = written.get("Metadata", PATH)
    if not isinstance(path, Absent):
        attributes[PATH] = path
    place = written.key or written.span
    return Known(attributes, written.span, key=place)


def given_parameters(tree: Value) -> dict[str, Value]:
    """The values in a parameter file: the list that the command line takes, ``Parameters`` as CodePipeline has it, or a
    plain map."""
    found: dict[str, Value] = {}
    if isinstance(tree, Known) and isinstance(tree.value, list):
        for each in tree.value:
            name = string(each.get("ParameterKey"))
            value = each.get("ParameterValue")
            if name is not None and not isinstance(value, Absent):
                found[name] = value
            elif isinstance(each, Known) and isinstance(each.value, str) and "=" in each.value:
                name, _, text = each.value.partition("=")
                found[name] = Known(text, each.span)
        return found
    inner = tree.get("Parameters")
    return dict((inner if isinstance(inner, Known) else tree).items())
