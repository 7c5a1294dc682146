"""Policies of AWS resources as grants."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Grant, Problem, Resource
from depcheck.patterns import Pattern
from depcheck.terraform.blocks import parts_named
from depcheck.terraform.bridge import to_value
from depcheck.terraform.documents import POLICIES, json_tree
from depcheck.terraform.instances import Instance
from depcheck.values import Absent, Known, Unknown, Value

# Inputs and modules whose policies bound what others give, or are for what is no identity.
_BOUNDS = Pattern(r"(?i)boundar|scp|service_control|guardrail|endpoint|bucket|kms|key_policy|queue|topic|repository")
_DEPTH = 4
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


# The same of a layer.
_LAYER = {
    "Principal": "principal",
    "PrincipalOrgID": "organization_id",
    "Action": "action",
    "FunctionName": "layer_name",
}
_PERMISSIONS = {"aws_lambda_permission": _PERMISSION, "aws_lambda_layer_version_permission": _LAYER}


def grants_of(resource: Resource, instance: Instance, problems: list[Problem]) -> Iterator[Grant]:
    """What the policies of a resource allow and deny."""
    names = _PERMISSIONS.get(resource.type)
    if names is not None:
        from depcheck.parsers.aws import lambda_permission

        yield lambda_permission(resource, names)
        return
    for path, source in POLICIES.get(resource.type, {}).items():
        for tree in _policies(resource, instance, path, problems):
            from depcheck.parsers.iam import statements

            found = statements(
                tree, resource.address, resource.environment, source, problems=problems, root=resource.root
            )
            yield from found


def grants_of_call(call: Resource, problems: list[Problem]) -> Iterator[Grant]:
    """What the policies allow that are handed to a module that is not at hand, if they are somebody's own.

    What a policy of a resource is for, that of an endpoint or of an organization, only the module knows.
    """
    if _BOUNDS.search(call.address):
        return
    inputs = [(name, value) for name, value in call.attributes.items() if not _BOUNDS.search(name)]
    pending = [(f"{call.address}.{name}", value, 0) for name, value in inputs]
    for scope, value, depth in pending:  # grows while it is walked
        if not isinstance(value, (Known, Unknown)):
            continue
        if value.document is not None:
            from depcheck.parsers.iam import is_policy, source_of, statements

            if is_policy(value.document) and source_of(value.document) == "iam":
                yield from statements(value.document, scope, call.environment, "iam", problems=problems, root=call.root)
        elif isinstance(value, Known) and depth < _DEPTH:
            inner = value.value
            if isinstance(inner, dict):
                pending.extend((f'{scope}["{key}"]', part, depth + 1) for key, part in inner.items())
            elif isinstance(inner, list):
                pending.extend((f"{scope}[{index}]", part, depth + 1) for index, part in enumerate(inner))


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
