"""Policies of AWS resources as grants."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Grant, Problem, Resource
from depcheck.terraform.blocks import parts_named
from depcheck.terraform.bridge import to_value
from depcheck.terraform.documents import POLICIES, json_tree
from depcheck.terraform.instances import Instance
from depcheck.values import Absent, Known, Value

# How Terraform calls the attributes of a permission to invoke a function.
_PERMISSION = {
    "Principal": "principal",
    "SourceArn": "source_arn",
    "SourceAccount": "source_account",
    "PrincipalOrgID": "principal_org_id",
    "FunctionUrlAuthType": "function_url_auth_type",
    "Action": "action",
    "FunctionName": "function_name",
}


def grants_of(resource: Resource, instance: Instance, problems: list[Problem]) -> Iterator[Grant]:
    """What the policies of a resource allow and deny."""
    if resource.type == "aws_lambda_permission":
        from depcheck.parsers.aws import lambda_permission

        yield lambda_permission(resource, _PERMISSION)
        return
    for path, source in POLICIES.get(resource.type, {}).items():
        for tree in _policies(resource, instance, path, problems):
            from depcheck.parsers.iam import statements

            found = statements(
                tree, resource.address, resource.environment, source, problems=problems, root=resource.root
            )
            yield from found


def _policies(resource: Resource, instance: Instance, path: str, problems: list[Problem]) -> Iterator[Value]:
    """The policies at a path as trees."""
    block, _, name = path.rpartition(".")
    if not block:
        told = resource.get(path)
        if not isinstance(told, Absent) and not (isinstance(told, Known) and told.value == ""):
            yield told if told.document is None else told.document
        return
    for part in parts_named(instance.declaration, block, instance.frame.scope):
        value = part.open if part.open is not None else part.value(name)
        if value is not None:
            tree = json_tree(value, instance.frame, part.span, problems)
            yield tree if tree is not None else to_value(value, part.span)
