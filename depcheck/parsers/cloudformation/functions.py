"""CloudFormation's intrinsic functions, resolved where the template alone decides them.

What it does not decide is :class:`~depcheck.values.Unknown` with the name that would. ``Ref`` and ``Fn::GetAtt`` to a
resource are unknown too, with the resource's address in ``refers`` where they stand for its identity. ``Fn::Base64``
and ``Fn::ToJsonString`` give what they were applied to, because that is what a person wrote and a rule judges.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.parsers.cloudformation.cidr import subnets
from depcheck.parsers.cloudformation.parts import dynamic, outline_of, placed, sensitive_of, steps, undecided, via_of
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Scalar, Step, Unknown, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.parsers.cloudformation.template import Template

#: Functions whose YAML tag is not ``!`` and the name after ``Fn::``.
_TAGS = {"!Ref": "Ref", "!Condition": "Condition"}
_SUBSTITUTION = re.compile(r"\$\{(!?)\s*([^${}\s][^${}]*?)\s*\}")
#: Attributes of a resource that name the resource itself.
_IDENTITY = re.compile(r"(?:\w*(?:Arn|Id|Name|ARN|ID)|Ref)")
_NO_IDENTITY = frozenset({"DomainName", "RegionalDomainName", "DualStackDomainName", "CanonicalHostedZoneID"})
#: In every region but those of China and GovCloud.
PARTITION = "aws"
_TOO_LONG = "the functions of this template make too much text"


def short_tag(tag: str, value: Value) -> Value:
    """The long form of a value with a short tag: ``!Sub x`` is ``{"Fn::Sub": x}``."""
    name = _TAGS.get(tag, f"Fn::{tag[1:]}")
    return Known({name: value}, value.span)


def as_function(value: Value) -> tuple[str, Value] | None:
    """The name and the argument of an intrinsic function; None for any other value."""
    if not isinstance(value, Known) or not isinstance(value.value, dict) or len(value.value) != 1:
        return None
    [(name, argument)] = value.value.items()
    return (name, argument) if name in FUNCTIONS or name.startswith("Fn::") else None


def resolve(value: Value, template: Template) -> Value:
    """The value with its functions resolved. What is taken away (``AWS::NoValue``) is absent."""
    if not isinstance(value, Known):
        return value
    inner = value.value
    if isinstance(inner, str):
        return dynamic(value, inner) if "{{resolve:" in inner else value
    if isinstance(inner, dict):
        function = as_function(value)
        if function is not None and (function[0] != "Condition" or string(function[1]) in template.conditions):
            return _call(function[0], function[1], value, template)
        entries: dict[str, Value] = {}
        changed = False
        for key, each in inner.items():
            found = resolve(each, template)
            changed = changed or found is not each
            if not isinstance(found, Absent):
                entries[key] = found
        return Known(entries, value.span, via=value.via, key=value.key) if changed else value
    if isinstance(inner, list):
        items = [resolve(each, template) for each in inner]
        if all(found is each for found, each in zip(items, inner, strict=True)):
            return value
        kept: list[Value] = [each for each in items if not isinstance(each, Absent)]
        return Known(kept, value.span, via=value.via, key=value.key)
    return value


def _call(name: str, argument: Value, whole: Known, template: Template) -> Value:
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name} is not evaluated", whole.span, missing=(Missing(name, whole.span),), key=whole.key)
    return placed(function(argument, whole, template), whole)


# References


def _ref(argument: Value, whole: Known, template: Template) -> Value:
    name = string(argument)
    if name is None:
        return Unknown("Ref names nothing", whole.span)
    return template.named(name, argument.span)


def _get_att(argument: Value, whole: Known, template: Template) -> Value:
    parts = [scalar_text(resolve(each, template)) for each in argument.elements()]
    if len(parts) == 1 and parts[0] is not None:
        resource, _, attribute = parts[0].partition(".")
    elif len(parts) == 2 and parts[0] is not None:
        resource, attribute = parts[0], parts[1] or ""
    else:
        return Unknown("Fn::GetAtt names no resource and attribute", whole.span)
    return attribute_of(resource, attribute, argument.span)


def attribute_of(resource: str, attribute: str, span: Span) -> Unknown:
    """What ``Fn::GetAtt`` gives: known only after deployment, and the resource itself if the attribute names it."""
    identity = _IDENTITY.fullmatch(attribute) is not None and attribute not in _NO_IDENTITY
    name = f"{resource}.{attribute}" if attribute else resource
    return Unknown(
        f"{name} is known when it is deployed",
        span,
        missing=(Missing(name, span),),
        refers=f"cfn.{resource}" if identity else None,
    )


def _import_value(argument: Value, whole: Known, template: Template) -> Value:
    name = scalar_text(resolve(argument, template))
    shown = f"export {name}" if name else "an export"
    missing = (Missing(shown, argument.span),)
    return Unknown(f"{shown} belongs to another stack", whole.span, missing=missing)


# Strings


def _sub(argument: Value, whole: Known, template: Template) -> Value:
    given: dict[str, Value] = {}
    text_value = argument
    if isinstance(argument, Known) and isinstance(argument.value, list):
        text_value = argument.get(0)
        given = {name: resolve(each, template) for name, each in argument.get(1).items()}
    text = scalar_text(text_value)
    if text is None:
        return Unknown("Fn::Sub has no text", whole.span)
    parts: list[Value] = []
    plain: list[str] = []
    at = 0
    for match in _SUBSTITUTION.finditer(text):
        plain.append(text[at : match.start()])
        at = match.end()
        if match[1]:
            plain.append(f"${{{match[2]}}}")
            continue
        name = match[2]
        part = given.get(name)
        if part is None:
            resource, dot, attribute = name.partition(".")
            at_template = template.named(name, text_value.span)
            part = attribute_of(resource, attribute, text_value.span) if dot and "::" not in name else at_template
        if match.group() == text:
            return part
        parts.append(part)
        plain.append(outline_of(part))
    plain.append(text[at:])
    if not template.spend(sum(map(len, plain))):
        return Unknown(_TOO_LONG, whole.span)
    unknown = undecided(parts, whole.span, "".join(plain))
    if unknown is not None:
        return unknown
    if any(scalar_text(part) is None for part in parts):
        return Unknown("Fn::Sub puts something into a text that is no text", whole.span)
    joined = "".join(plain)
    result = Known(joined, text_value.span, via=via_of(parts), sensitive=sensitive_of(parts))
    return dynamic(result, joined) if "{{resolve:" in joined else result


def _join(argument: Value, whole: Known, template: Template) -> Value:
    joint = string(argument.get(0))
    items = resolve(argument.get(1), template)
    if isinstance(items, Unknown):
        return items
    if joint is None or not isinstance(items, Known) or not isinstance(items.value, list):
        return Unknown("Fn::Join has no list", whole.span)
    parts = [inner for each in items.value for inner in each.elements()]
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return parts[0]
    texts = [outline_of(part) for part in parts]
    if not template.spend(sum(map(len, texts)) + len(joint) * len(texts)):
        return Unknown(_TOO_LONG, whole.span)
    joined = joint.join(texts)
    unknown = undecided(parts, whole.span, joined)
    if unknown is not None:
        return unknown
    result = Known(joined, whole.span, via=via_of(parts), sensitive=sensitive_of(parts))
    return dynamic(result, joined) if "{{resolve:" in joined else result


def _select(argument: Value, whole: Known, template: Template) -> Value:
    index = resolve(argument.get(0), template)
    items = resolve(argument.get(1), template)
    for part in (index, items):
        if isinstance(part, Unknown):
            return part
    text = scalar_text(index)
    if text is None or not text.isdecimal() or len(text) > 6 or not isinstance(items, Known):
        return Unknown("Fn::Select has no index and list", whole.span)
    found = items.elements()
    if int(text) >= len(found):
        return Unknown(f"Fn::Select asks for number {text} of {len(found)}", whole.span)
    return found[int(text)]


def _split(argument: Value, whole: Known, template: Template) -> Value:
    joint = string(argument.get(0))
    text = resolve(argument.get(1), template)
    if isinstance(text, Unknown):
        return text
    whole_text = scalar_text(text)
    if not joint or whole_text is None or not isinstance(text, Known):
        return Unknown("Fn::Split has no text", whole.span)
    if not template.spend(len(whole_text)):
        return Unknown(_TOO_LONG, whole.span)
    parts: list[Value] = [
        Known(part, text.span, via=text.via, sensitive=text.sensitive) for part in whole_text.split(joint)
    ]
    return Known(parts, whole.span, via=text.via, sensitive=text.sensitive)


def _same(argument: Value, whole: Known, template: Template) -> Value:
    return resolve(argument, template)


def _length(argument: Value, whole: Known, template: Template) -> Value:
    items = resolve(argument, template)
    if isinstance(items, Known) and isinstance(items.value, list):
        return Known(len(items.value), whole.span, via=items.via)
    return items if isinstance(items, Unknown) else Unknown("Fn::Length has no list", whole.span)


def _cidr(argument: Value, whole: Known, template: Template) -> Value:
    parts = [resolve(each, template) for each in argument.elements()]
    unknown = undecided(parts, whole.span)
    if unknown is not None:
        return unknown
    texts = [scalar_text(part) or "" for part in parts]
    made = subnets(*texts[:3]) if len(texts) in (2, 3) else None
    if made is None or not template.spend(20 * len(made)):
        return Unknown("Fn::Cidr cannot cut this block", whole.span)
    items: list[Value] = [Known(each, whole.span, via=via_of(parts)) for each in made]
    return Known(items, whole.span, via=via_of(parts))


def _zones(argument: Value, whole: Known, template: Template) -> Value:
    missing = (Missing("AWS::Region", whole.span),)
    return Unknown("the zones of a region are known when it is deployed", whole.span, missing=missing)


# Lookups and conditions


def _find_in_map(argument: Value, whole: Known, template: Template) -> Value:
    parts = [resolve(argument.get(index), template) for index in range(3)]
    unknown = undecided(parts, whole.span)
    if unknown is not None:
        return unknown
    found: Value = template.mappings
    for part in parts:
        found = found.get(scalar_text(part) or "")
    if isinstance(found, Known):
        name = " ".join(scalar_text(part) or "" for part in parts)
        step = Step(f"mapping {name}", found.span)
        return Known(found.value, found.span, via=steps(via_of(parts), (step,)), sensitive=found.sensitive)
    default = argument.get(3, "DefaultValue")
    if not isinstance(default, Absent):
        return resolve(default, template)
    return Unknown(f"mapping {scalar_text(parts[0])} has no such entry", whole.span)


def _if(argument: Value, whole: Known, template: Template) -> Value:
    name = string(argument.get(0))
    if name is None:
        return Unknown("Fn::If names no condition", whole.span)
    condition = template.condition(name, argument.get(0).span)
    if isinstance(condition, Known):
        chosen = resolve(argument.get(1 if condition.value else 2), template)
        if isinstance(chosen, Known):
            outcome = "true" if condition.value else "false"
            step = Step(f"condition {name} is {outcome}", argument.get(0).span)
            via = steps(chosen.via, condition.via, (step,))
            return Known(chosen.value, chosen.span, via=via, sensitive=chosen.sensitive)
        return chosen
    either = [resolve(argument.get(index), template) for index in (1, 2)]
    texts = [scalar_text(each) for each in either]
    if texts[0] is not None and texts[0] == texts[1]:
        return either[0]
    assert isinstance(condition, Unknown)
    reason = f"condition {name} is not decided: {condition.reason}"
    return Unknown(reason, whole.span, missing=condition.missing)


def _equals(argument: Value, whole: Known, template: Template) -> Value:
    parts = [resolve(argument.get(index), template) for index in (0, 1)]
    unknown = undecided(parts, whole.span)
    if unknown is not None:
        return unknown
    return Known(scalar_text(parts[0]) == scalar_text(parts[1]), whole.span, via=via_of(parts))


def _and(argument: Value, whole: Known, template: Template) -> Value:
    return _all(argument, whole, template, decisive=False)


def _or(argument: Value, whole: Known, template: Template) -> Value:
    return _all(argument, whole, template, decisive=True)


def _all(argument: Value, whole: Known, template: Template, *, decisive: bool) -> Value:
    parts = [truth(each, template) for each in argument.elements()]
    for part in parts:
        if isinstance(part, Known) and part.value is decisive:
            return part
    unknown = undecided(parts, whole.span)
    return unknown if unknown is not None else Known(not decisive, whole.span, via=via_of(parts))


def _not(argument: Value, whole: Known, template: Template) -> Value:
    first = argument.elements()[0] if argument.elements() else argument
    inner = truth(first, template)
    return Known(not inner.value, whole.span, via=inner.via) if isinstance(inner, Known) else inner


def _condition(argument: Value, whole: Known, template: Template) -> Value:
    name = string(argument)
    return template.condition(name, argument.span) if name else Unknown("Condition names nothing", whole.span)


def truth(value: Value, template: Template) -> Value:
    """A condition as known true or false, or unknown."""
    found = resolve(value, template)
    if isinstance(found, Known):
        told: Scalar | list[Value] | dict[str, Value] = found.value
        decided = {"true": True, "false": False}.get(scalar_text(found) or "")
        if decided is None:
            return Unknown("a condition is neither true nor false", value.span)
        return found if told is decided else Known(decided, found.span, via=found.via)
    return found if isinstance(found, Unknown) else Unknown("a condition is missing", value.span)


#: name → the function: its argument, the whole expression, the template → the value.
FUNCTIONS: dict[str, Callable[[Value, Known, Template], Value]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::GetAtt": _get_att,
    "Fn::ImportValue": _import_value,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Base64": _same,
    "Fn::ToJsonString": _same,
    "Fn::Length": _length,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
}
