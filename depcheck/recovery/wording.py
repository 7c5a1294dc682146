"""Proposed changes in the words of the format that they are for: Terraform's or CloudFormation's."""

from __future__ import annotations

from functools import lru_cache

from depcheck.data import load_json
from depcheck.model import Resource

#: What is proposed beside the store: in Terraform's words, and in CloudFormation's.
_SAID = {
    "versioning": (
        'an aws_s3_bucket_versioning with status = "Enabled"',
        "VersioningConfiguration with Status: Enabled",
    ),
    "backup-replication": (
        "an aws_db_instance_automated_backups_replication in another region",
        "AutomaticBackupReplicationRegion with another region",
    ),
    "replica": (
        "a read replica in another region",
        "an AWS::RDS::DBInstance in another region with SourceDBInstanceIdentifier",
    ),
    "global-cluster": (
        "an aws_rds_global_cluster with a cluster and an instance in another region",
        "an AWS::RDS::GlobalCluster with a cluster and an instance in another region",
    ),
    "global-table": (
        "a replica block with the region_name of another region",
        "an AWS::DynamoDB::GlobalTable with another region among its Replicas",
    ),
    "global-datastore": (
        "an aws_elasticache_global_replication_group with a group in another region",
        "an AWS::ElastiCache::GlobalReplicationGroup with a group in another region",
    ),
    "timed-replication": (
        "versioning and a replication rule with replication_time to a bucket in another region",
        "VersioningConfiguration and a ReplicationConfiguration with ReplicationTime to a bucket in another region",
    ),
    "file-replication": (
        "an aws_efs_replication_configuration with the region of another region",
        "ReplicationConfiguration with another Region among its Destinations",
    ),
    "final-snapshot": ("a final snapshot", "DeletionPolicy: Snapshot"),
}
#: The parts of a backup rule, in Terraform's words and in CloudFormation's.
_RULE = {
    "plan": ("an aws_backup_plan", "an AWS::Backup::BackupPlan"),
    "window": ("start_window = ", "StartWindowMinutes: "),
    "kept": ("delete_after = ", "DeleteAfterDays: "),
}
#: The types whose ``DeletionPolicy`` may be ``Snapshot``.
_SNAPSHOTS = frozenset(
    (
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_redshift_cluster",
        "aws_ebs_volume",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
    )
)
_FINAL = ("final_snapshot", "skip_final_snapshot")


def said(resource: Resource, what: str) -> str:
    """Something that is proposed beside a store."""
    return _SAID[what][_is_template(resource)]


def part(resource: Resource, name: str, value: object = "") -> str:
    """A part of a backup rule with its value."""
    return f"{_RULE[name][_is_template(resource)]}{value}"


def _is_template(resource: Resource) -> bool:
    return resource.format == "cloudformation"


def final(resource: Resource, name: str) -> str | None:
    """What makes a final snapshot where no property does: CloudFormation's ``DeletionPolicy``."""
    if _is_template(resource) and resource.type in _SNAPSHOTS and name.startswith(_FINAL):
        return _SAID["final-snapshot"][1]
    return None


def written(resource: Resource, name: str) -> str:
    """An attribute as the configuration calls it, which is not in Terraform's words where it is CloudFormation's."""
    return _properties(resource.type).get(name, name) if _is_template(resource) else name


@lru_cache(maxsize=64)
def _properties(type_: str) -> dict[str, str]:
    """The properties of CloudFormation by the attributes of Terraform that they are."""
    types = load_json("schemas", "cloudformation-terraform.json")["types"]
    found: dict[str, str] = {}
    for entry in types.values() if isinstance(types, dict) else ():
        if entry.get("terraform") == type_:
            for name, row in entry.get("properties", {}).items():
                if isinstance(row, str):
                    found.setdefault(row.split(" ", 1)[0], name)
    if type_ == "aws_dynamodb_table":
        inside = "PointInTimeRecoverySpecification"
        found["point_in_time_recovery.enabled"] = f"{inside}.PointInTimeRecoveryEnabled"
        found["point_in_time_recovery.recovery_period_in_days"] = f"{inside}.RecoveryPeriodInDays"
    elif type_ == "aws_opensearch_domain":
        found["cluster_config.zone_awareness_enabled"] = "ClusterConfig.ZoneAwarenessEnabled"
        found["cluster_config.instance_count"] = "ClusterConfig.InstanceCount"
    return found
