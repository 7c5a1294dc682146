"""Policies of AWS resources as grants."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Grant, Problem, Resource
from depcheck.parsers.iam import statements
from depcheck.source import Span
from depcheck.syntax import json as json_syntax
from depcheck.terraform.blocks import parts_of
from depcheck.terraform.bridge import to_value
from depcheck.terraform.embedded import written
from depcheck.terraform.instances import Frame, Instance
from depcheck.terraform.values import TfValue
from depcheck.values import Absent, Known, Unknown, Value

#: Where resource types keep policies, and what kind of policy each is. A dotted name is inside of nested blocks.
POLICIES: dict[str, dict[str, str]] = {
    "aws_iam_policy": {"policy": "iam"},
    "aws_iam_role_policy": {"policy": "iam"},
    "aws_iam_user_policy": {"policy": "iam"},
    "aws_iam_group_policy": {"policy": "iam"},
    "aws_iam_role": {"assume_role_policy": "trust", "inline_policy.policy": "iam"},
    "aws_ssoadmin_permission_set_inline_policy": {"inline_policy": "iam"},
    "aws_iot_policy": {"policy": "iam"},
    "aws_transfer_access": {"policy": "iam"},
    "aws_s3_bucket": {"policy": "resource-policy"},
    "aws_cloudwatch_log_resource_policy": {"policy_document": "resource-policy"},
    "aws_cloudwatch_log_delivery_destination_policy": {"delivery_destination_policy": "resource-policy"},
    "aws_codeartifact_domain_permissions_policy": {"policy_document": "resource-policy"},
    "aws_codeartifact_repository_permissions_policy": {"policy_document": "resource-policy"},
    "aws_elasticsearch_domain": {"access_policies": "resource-policy"},
    "aws_elasticsearch_domain_policy": {"access_policies": "resource-policy"},
    "aws_glacier_vault": {"access_policy": "resource-policy"},
    "aws_opensearch_domain": {"access_policies": "resource-policy"},
    "aws_opensearch_domain_policy": {"access_policies": "resource-policy"},
    "aws_dynamodb_resource_policy": {"policy": "resource-policy"},
    "aws_kinesis_resource_policy": {"policy": "resource-policy"},
    **{
        f"aws_{name}": {"policy": "resource-policy"}
        for name in (
            "acmpca_policy",
            "api_gateway_rest_api",
            "api_gateway_rest_api_policy",
            "backup_vault_policy",
            "cloudwatch_event_bus_policy",
            "codebuild_resource_policy",
            "ecr_registry_policy",
            "ecr_repository_policy",
            "ecrpublic_repository_policy",
            "efs_file_system_policy",
            "glue_resource_policy",
            "kms_external_key",
            "kms_key",
            "kms_key_policy",
            "kms_replica_key",
            "media_store_container_policy",
            "msk_cluster_policy",
            "network_firewall_resource_policy",
            "redshift_resource_policy",
            "s3_access_point",
            "s3_bucket_policy",
            "s3control_access_point_policy",
            "s3control_bucket_policy",
            "s3control_multi_region_access_point_policy",
            "s3tables_table_bucket_policy",
            "secretsmanager_secret",
            "secretsmanager_secret_policy",
            "ses_identity_policy",
            "sesv2_email_identity_policy",
            "sns_topic",
            "sns_topic_policy",
            "sqs_queue",
            "sqs_queue_policy",
            "vpc_endpoint",
            "vpc_endpoint_policy",
            "vpclattice_auth_policy",
            "vpclattice_resource_policy",
        )
    },
}


def grants_of(resource: Resource, instance: Instance, problems: list[Problem]) -> Iterator[Grant]:
    """What the policies of a resource allow and deny."""
    if resource.type == "aws_lambda_permission":
        yield _lambda_permission(resource)
        return
    for path, source in POLICIES.get(resource.type, {}).items():
        for value, place in _values(instance, path):
            if value.payload not in (None, ""):
                tree = policy_of(value, instance.frame, place)
                yield from statements(tree, resource.address, resource.environment, source, problems=problems)


def _values(instance: Instance, path: str) -> Iterator[tuple[TfValue, Span]]:
    """The values at a path, and where each stands if it does not know itself."""
    declaration = instance.declaration
    block, _, name = path.rpartition(".")
    if not block:
        argument = declaration.arguments.get(name)
        if argument is not None:
            yield instance.evaluated(name, argument), argument.span
        return
    for inner in declaration.blocks():
        for part in parts_of(inner.text, (inner.block,), instance.frame.scope(inner.text), block):
            value = part.open if part.open is not None else part.value(name)
            if value is not None:
                yield value, part.span


def policy_of(value: TfValue, frame: Frame, place: Span) -> Value:
    """The policy that a text is, as a tree."""
    if value.document is not None:
        return to_value(value.document, place)
    found = written(value, frame, place)
    if found is None:
        return to_value(value, place)
    file = json_syntax.parse(found.text, holes=found.holes)
    if file.problems and found.holes:
        return Unknown("parts of the policy are not decided", place, missing=next(iter(found.holes.values())).missing)
    return file.root


def _lambda_permission(resource: Resource) -> Grant:
    """``aws_lambda_permission`` is one statement of the function's resource policy."""
    principal = resource.get("principal")
    principals: list[Value] = []
    if isinstance(principal, Known) and isinstance(principal.value, str):
        text = principal.value
        told = text if text == "*" else f"Service:{text}" if ".amazonaws.com" in text else f"AWS:{text}"
        principals = [Known(told, principal.span, via=principal.via, key=principal.key)]
    elif isinstance(principal, Unknown):
        principals = [principal]
    conditions: dict[str, Value] = {}
    for name, operator, key in (
        ("source_arn", "ArnLike", "AWS:SourceArn"),
        ("source_account", "StringEquals", "AWS:SourceAccount"),
        ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
        ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ):
        value = resource.get(name)
        if not isinstance(value, Absent):
            before = conditions.get(operator)
            entries = dict(before.items()) if isinstance(before, Known) else {}
            conditions[operator] = Known({**entries, key: value}, value.span)
    action, function = resource.get("action"), resource.get("function_name")
    return Grant(
        resource.span,
        source="resource-policy",
        principals=principals,
        actions=[] if isinstance(action, Absent) else [action],
        resources=[] if isinstance(function, Absent) else [function],
        conditions=Known(conditions, resource.span) if conditions else None,
        scope=resource.address,
        environment=resource.environment,
    )
