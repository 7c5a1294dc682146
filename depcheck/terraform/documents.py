"""Arguments whose text is JSON of a kind that depcheck reads: policies and descriptions of containers."""

from __future__ import annotations

from depcheck.model import Problem
from depcheck.source import Span
from depcheck.terraform.bridge import to_value
from depcheck.terraform.embedded import written
from depcheck.terraform.instances import Frame
from depcheck.terraform.values import TfValue
from depcheck.values import Known, Unknown, Value

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
#: Arguments that describe containers, one or a list of them.
CONTAINERS = {"aws_ecs_task_definition": "container_definitions", "aws_batch_job_definition": "container_properties"}


def json_arguments(type_: str) -> tuple[str, ...]:
    """The arguments of a type that are to be read as JSON."""
    containers = CONTAINERS.get(type_)
    found = tuple(POLICIES.get(type_, ()))
    return found if containers is None else (*found, containers)


def with_document(value: TfValue, told: Value, frame: Frame, problems: list[Problem]) -> Value:
    """What is told of an argument, with what its text says as ``document``."""
    if not isinstance(told, (Known, Unknown)) or told.document is not None:
        return told
    tree = json_tree(value, frame, told.span, problems)
    if tree is None:
        return told
    if isinstance(told, Known):
        return Known(
            told.value, told.span, via=told.via, key=told.key, sensitive=told.sensitive, document=tree, rest=told.rest
        )
    return Unknown(
        told.reason,
        told.span,
        missing=told.missing,
        refers=told.refers,
        key=told.key,
        sensitive=told.sensitive,
        outline=told.outline,
        document=tree,
    )


def json_tree(value: TfValue, frame: Frame, place: Span, problems: list[Problem]) -> Value | None:
    """What a text in JSON says, with the places where it is written; None where nothing of it is decided."""
    if value.document is not None:
        return to_value(value.document, place)
    if value.payload == "":
        return None
    found = written(value, frame, place)
    if found is None:
        return None
    from depcheck.syntax import json as json_syntax

    file = json_syntax.parse(found.text, holes=found.holes)
    if found.holes and file.problems:
        missing = next(iter(found.holes.values())).missing
        return Unknown("parts of the text are not decided", place, missing=missing)
    problems.extend(file.problems)
    return file.root
