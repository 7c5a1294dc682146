"""What rules ask of grants: whether a statement allows, whether it says everything, whether a condition narrows it."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model import Grant, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.ingress import is_everyone as is_every_address
from depcheck.project.wildcards import folded, matches
from depcheck.values import OPEN, Absent, Known, Unknown, Value, scalar_text, string

#: The principals that mean everybody, signed in or not.
EVERYONE = frozenset({"*", "AWS:*"})
#: Global condition keys, and some of services, that tie a request to somebody or to a place (IAM User Guide, AWS global
#: condition context keys; S3 User Guide, the meaning of "public").
_NARROWING = frozenset(
    (
        "aws:calledvia",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "kms:grantisforawsresource",
        "kms:viaservice",
        "sns:endpoint",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "secretsmanager:resource/allowrotationlambdaarn",
        "sts:externalid",
    )
)
_MANAGED = Pattern(rf"arn:(?:aws[\w-]*|{OPEN}):iam::aws:policy/(?:[\w-]+/)*(?P<name>[\w+=,.@-]+)")
_LONGEST_NAME = 200
_ARN = Pattern(r"(?i)(?:arns?|account_?ids?)\W*$")
_OPERATORS = ("stringequals", "stringlike", "arnequals", "arnlike", "ipaddress", "bool", "stringequalsignorecase")


def allows(grant: Grant) -> bool | Unknown:
    """Whether a statement allows something; unknown where its effect is not decided."""
    if isinstance(grant.effect, Unknown):
        return grant.effect
    return string(grant.effect) == "Allow"


def pattern_of(value: Value) -> str | None:
    """The text of an entry, with :data:`~depcheck.values.OPEN` for what is not decided; None if nothing of it is."""
    if isinstance(value, Unknown):
        return value.outline
    return scalar_text(value)


def may_be_everything(value: Value) -> bool:
    """Whether a value that is not decided may be ``*``: not that of a resource, nor what is called an ARN."""
    if not isinstance(value, Unknown) or value.refers is not None or value.outline not in (None, OPEN):
        return False
    if _ARN.search(value.span.text[-_LONGEST_NAME:]):
        return False
    return not value.missing or not all(_ARN.search(each.name) for each in value.missing)


def everything(values: Iterable[Value], *, words: Iterable[str] = ("*",)) -> Value | None:
    """The entry that means everything, else one that is not decided and might; None if all of them say less."""
    undecided: Unknown | None = None
    for each in values:
        text = pattern_of(each)
        if text is not None and text in words:
            return each
        if isinstance(each, Unknown) and may_be_everything(each):
            undecided = each if undecided is None else undecided
    return undecided


def includes(values: Iterable[Value], action: str) -> Value | None:
    """The entry that names an action, with a wildcard or without; None if none does for certain."""
    for each in values:
        text = string(each)
        if text is not None and matches(folded(text.lower()), action.lower()):
            return each
    return None


def narrowed(grant: Grant) -> bool | Unknown:
    """Whether a condition ties a statement for everybody to somebody."""
    conditions = grant.conditions
    if conditions is None or isinstance(conditions, Absent):
        return False
    if isinstance(conditions, Unknown):
        return conditions
    undecided: Unknown | None = None
    for operator, tests in conditions.items():
        # With IfExists a request that lacks the key passes; a negative operator keeps out one and lets in the rest.
        word = operator.rpartition(":")[2].lower()
        if operator.lower().startswith("forallvalues:") or word not in _OPERATORS:
            continue
        if isinstance(tests, Unknown):
            undecided = tests if undecided is None else undecided
        for key, values in tests.items():
            known = key.lower().startswith("aws:principaltag/") or key.lower() in _NARROWING
            if known and _says_somebody(values):
                return True
    return undecided if undecided is not None else False


def _says_somebody(values: Value) -> bool:
    texts = [pattern_of(each) for each in values.elements()]
    return not any(text is not None and (text in ("*", "**", "false") or is_every_address(text)) for text in texts)


def service_of(action: str) -> str | None:
    """The service of an action that means all of it (``s3:*``); None for any other."""
    service, _, name = action.partition(":")
    return service if name == "*" and service and "*" not in service else None


def tests_of(grant: Grant, ending: str) -> list[tuple[str, Value]] | Unknown:
    """The operators and values of the conditions on keys that end in a word (``:sub``)."""
    conditions = grant.conditions
    if isinstance(conditions, Unknown):
        return conditions
    if not isinstance(conditions, Known):
        return []
    return [
        (operator.rpartition(":")[2], values)
        for operator, tests in conditions.items()
        for key, values in tests.items()
        if key.lower().endswith(ending)
    ]


def managed_name(value: Value, resource: Resource, project: Project) -> str | None:
    """The name of the policy of AWS's own that a value of a resource means by its ARN, or by a data source."""
    texts = [pattern_of(value)]
    if isinstance(value, Unknown) and value.refers is not None:
        data = project.resource(value.refers, resource.environment)
        if data is not None and data.kind == "data" and data.type == "aws_iam_policy":
            texts += [pattern_of(data.get("arn")), f"arn:aws:iam::aws:policy/{string(data.get('name'))}"]
    for text in texts:
        match = _MANAGED.fullmatch(text) if text is not None else None
        if match is not None:
            return match["name"]
    return None
