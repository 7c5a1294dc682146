"""What Terraform and CloudFormation say of AWS in the same way, under other names."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Grant, Resource
from depcheck.patterns import Pattern
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

#: A Lambda runtime's identifier: the language and, where it has one, the version.
_RUNTIME = Pattern(r"([a-z]+)([\d.]*)(?:\.x|\.al\d*)?")
_LANGUAGES = {"nodejs": "node", "dotnetcore": "dotnet"}
_CONDITIONS = (
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
)


def lambda_runtime(value: Value) -> tuple[str, Value]:
    """The language and version of a Lambda runtime's identifier (``nodejs20.x``)."""
    text = string(value)
    match = _RUNTIME.match(text) if text is not None else None
    if match is None or not isinstance(value, Known):
        return "", value
    told = match[2].rstrip(".") or (text or "").partition(".")[2]
    return _LANGUAGES.get(match[1], match[1]), Known(told, value.span, via=value.via, key=value.key)


def from_store(value: Value) -> Unknown:
    """A variable that is read from a secret store: ``value`` says from where."""
    shown = scalar_text(value)
    reason = f"read from {shown} when it starts" if shown else "read from a secret store when it starts"
    refers = value.refers if isinstance(value, Unknown) else None
    missing = (Missing(shown or "the secret", value.span),)
    return Unknown(reason, value.span, missing=missing, refers=refers, key=value.key, sensitive=True)


def lambda_permission(resource: Resource, names: Mapping[str, str]) -> Grant:
    """A permission to invoke a function: one statement of the function's own policy.

    ``names`` are the attributes by CloudFormation's names where they are called otherwise.
    """

    def get(name: str) -> Value:
        return resource.get(names.get(name, name))

    principal = get("Principal")
    named: list[Value] = [principal]
    text = string(principal)
    if isinstance(principal, Known) and text is not None and text != "*":
        kind = "Service" if ".amazon" in text else "AWS"
        named = [Known(f"{kind}:{text}", principal.span, via=principal.via, key=principal.key)]
    conditions: dict[str, Value] = {}
    for name, operator, key in _CONDITIONS:
        value = get(name)
        if not isinstance(value, Absent):
            held = conditions.get(operator)
            inner = dict(held.value) if isinstance(held, Known) and isinstance(held.value, dict) else {}
            conditions[operator] = Known({**inner, key: value}, value.span)
    return Grant(
        resource.span,
        source="resource-policy",
        principals=[each for each in named if not isinstance(each, Absent)],
        actions=[each for each in (get("Action"),) if not isinstance(each, Absent)],
        resources=[each for each in (get("FunctionName"),) if not isinstance(each, Absent)],
        conditions=Known(conditions, resource.span) if conditions else None,
        scope=resource.address,
        environment=resource.environment,
        root=resource.root,
    )
