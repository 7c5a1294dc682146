"""Policies of AWS's own that a resource attaches to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.policies import managed_name
from depcheck.values import Known, Unknown, Value

_OWN = Pattern(r"(?<!data\.)\baws_iam_policy\.[\w-]+")
_HOLDERS = {
    "aws_iam_user_policy_attachment": "a user",
    "aws_iam_user_policy_attachments_exclusive": "a user",
    "AWS::IAM::User": "a user",
}


def policies_of(subject: Resource, project: Project) -> Iterator[tuple[Value, str | None]]:
    """The policies that a resource attaches, with the names of AWS's own; SAM takes them by their names too."""
    for name in ("policy_arn", "policy_arns", "managed_policy_arns", "Policies"):
        for value in subject.get(name).elements():
            policy = managed_name(value, subject, project)
            if name != "Policies":
                yield value, policy
            elif isinstance(value, Known) and isinstance(value.value, str):
                yield value, policy or value.value


def is_own(value: Unknown) -> bool:
    """Whether a policy that is not decided is one that the configuration makes itself."""
    names = [each.name for each in value.missing]
    return value.refers is not None or (bool(names) and all(_OWN.search(name) for name in names))


def holder_of(subject: Resource, project: Project) -> str:
    """Who gets what a resource attaches: ``a user`` or ``a role``."""
    if subject.format != "cloudformation":
        return _HOLDERS.get(subject.type, "a role")
    written = project.resource(subject.address, subject.environment)
    return _HOLDERS.get(written.type if written is not None else subject.type, "a role")
