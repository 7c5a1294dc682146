"""CloudFormation resources in Terraform's words."""

import json

import pytest

from depcheck.data import load_json
from depcheck.environments import Environments
from depcheck.model import Resource
from depcheck.parsers import Context
from depcheck.parsers.cloudformation import parse
from depcheck.parsers.cloudformation.terraform import as_terraform, companions, views
from depcheck.source import Source, Text
from depcheck.values import Absent, Known, Unknown, plain

TYPES = load_json("schemas", "cloudformation-terraform.json")["types"]


def resource(kind: str, properties: object, **more: object) -> Resource:
    template = {
        "Parameters": {"Days": {"Type": "Number", "Default": "3"}, "Open": {"Type": "String"}},
        "Resources": {"X": {"Type": kind, "Properties": properties, **more}, "Other": {"Type": "AWS::S3::Bucket"}},
    }
    parsed = parse(
        Text.of(Source("template.json", json.dumps(template, indent=1))), Context(Environments(), "production")
    )
    return parsed.facts.resources[0]


def attributes(kind: str, properties: object, **more: object) -> dict[str, object]:
    """What was written, in Terraform's words; what only a default or a constant tells is left out."""
    found = as_terraform(resource(kind, properties, **more))
    assert found is not None
    given = {name: value for name, value in found.attributes.items() if value.key is not None or not _told(value)}
    return {name: plain(value) for name, value in given.items()}


def _told(value) -> bool:
    return isinstance(value, Known) and bool(value.via) and "CloudFormation" in value.via[0].words


@pytest.mark.parametrize(
    ("kind", "properties", "terraform", "expected"),
    [
        (
            "AWS::RDS::DBInstance",
            {
                "MultiAZ": "true",
                "AllocatedStorage": "100",
                "BackupRetentionPeriod": {"Ref": "Days"},
                "EngineVersion": 15.4,
            },
            "aws_db_instance",
            {
                "multi_az": True,
                "allocated_storage": 100,
                "backup_retention_period": 3,
                "engine_version": "15.4",
                "skip_final_snapshot": False,
            },
        ),
        (
            "AWS::RDS::DBInstance",
            {"DBClusterIdentifier": {"Ref": "Other"}, "DBInstanceClass": "db.serverless"},
            "aws_rds_cluster_instance",
            {
                "cluster_identifier": {"unknown": "the name of Other is known when it is deployed"},
                "instance_class": "db.serverless",
            },
        ),
        (
            "AWS::RDS::DBCluster",
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": "8"}},
            "aws_rds_cluster",
            {
                "serverlessv2_scaling_configuration": [{"min_capacity": 0.5, "max_capacity": 8}],
                "skip_final_snapshot": False,
            },
        ),
        (
            "AWS::DynamoDB::Table",
            {
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 1},
                "Tags": [{"Key": "env", "Value": "prod"}],
            },
            "aws_dynamodb_table",
            {
                "hash_key": "id",
                "range_key": "at",
                "point_in_time_recovery": [{"enabled": True}],
                "read_capacity": 5,
                "write_capacity": 1,
                "tags": {"env": "prod"},
            },
        ),
        (
            "AWS::EC2::SecurityGroup",
            {
                "GroupDescription": "web",
                "SecurityGroupIngress": [
                    {"IpProtocol": "tcp", "FromPort": "22", "ToPort": 22, "CidrIp": "0.0.0.0/0"},
                    {"IpProtocol": -1, "SourceSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]}},
                ],
            },
            "aws_security_group",
            {
                "description": "web",
                "ingress": [
                    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
                    {
                        "protocol": "-1",
                        "security_groups": [{"unknown": "Other.GroupId is known when it is deployed"}],
                    },
                ],
            },
        ),
        (
            "AWS::EC2::SecurityGroupIngress",
            {"GroupId": "sg-1", "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"},
            "aws_security_group_rule",
            {"security_group_id": "sg-1", "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]},
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {
                "Scheme": "internal",
                "LoadBalancerAttributes": [
                    {"Key": "deletion_protection.enabled", "Value": "true"},
                    {"Key": "access_logs.s3.enabled", "Value": "false"},
                    {"Key": "access_logs.s3.bucket", "Value": "logs"},
                    {"Key": "made.up", "Value": "x"},
                ],
            },
            "aws_lb",
            {
                "internal": True,
                "enable_deletion_protection": True,
                "access_logs": [{"enabled": False, "bucket": "logs"}],
            },
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            {
                "Port": 80,
                "Certificates": [{"CertificateArn": "arn:c"}],
                "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": 443}}],
            },
            "aws_lb_listener",
            {
                "port": 80,
                "certificate_arn": "arn:c",
                "default_action": [{"type": "redirect", "redirect": [{"protocol": "HTTPS", "port": "443"}]}],
            },
        ),
        (
            "AWS::ECS::TaskDefinition",
            {"Cpu": 256, "ContainerDefinitions": [{"Name": "app", "PortMappings": [{"ContainerPort": 80}]}]},
            "aws_ecs_task_definition",
            {"cpu": "256", "container_definitions": [{"name": "app", "portMappings": [{"containerPort": 80}]}]},
        ),
        (
            "AWS::ECS::Service",
            {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED", "Subnets": ["a"]}}},
            "aws_ecs_service",
            {"network_configuration": [{"assign_public_ip": True, "subnets": ["a"]}]},
        ),
        (
            "AWS::Backup::BackupPlan",
            {
                "BackupPlan": {
                    "BackupPlanName": "daily",
                    "BackupPlanRule": [
                        {
                            "RuleName": "r",
                            "ScheduleExpression": "cron(0 5 ? * * *)",
                            "Lifecycle": {"DeleteAfterDays": "35"},
                            "CopyActions": [{"DestinationBackupVaultArn": "arn:v"}],
                        }
                    ],
                }
            },
            "aws_backup_plan",
            {
                "name": "daily",
                "rule": [
                    {
                        "rule_name": "r",
                        "schedule": "cron(0 5 ? * * *)",
                        "lifecycle": [{"delete_after": 35}],
                        "copy_action": [{"destination_vault_arn": "arn:v"}],
                    }
                ],
            },
        ),
        (
            "AWS::OpenSearchService::Domain",
            {"LogPublishingOptions": {"AUDIT_LOGS": {"Enabled": "true", "CloudWatchLogsLogGroupArn": "arn:l"}}},
            "aws_opensearch_domain",
            {
                "log_publishing_options": [
                    {"log_type": "AUDIT_LOGS", "cloudwatch_log_group_arn": "arn:l", "enabled": True}
                ]
            },
        ),
        (
            "AWS::EKS::Cluster",
            {"Logging": {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}, {"Type": "audit"}]}}},
            "aws_eks_cluster",
            {"enabled_cluster_log_types": ["api", "audit"]},
        ),
        (
            "AWS::RDS::DBParameterGroup",
            {"Family": "postgres16", "Parameters": {"rds.force_ssl": 1}},
            "aws_db_parameter_group",
            {"family": "postgres16", "parameter": [{"name": "rds.force_ssl", "value": 1}]},
        ),
        (
            "AWS::SQS::Queue",
            {"KmsMasterKeyId": {"Ref": "Open"}},
            "aws_sqs_queue",
            {"kms_master_key_id": {"unknown": "parameter Open has no default"}},
        ),
    ],
)
def test_attributes(kind, properties, terraform, expected):
    found = as_terraform(resource(kind, properties))
    assert found is not None and found.type == terraform
    assert attributes(kind, properties) == expected


def test_addresses_and_places_stay():
    written = resource("AWS::RDS::DBInstance", {"MultiAZ": {"Ref": "Days"}})
    found = as_terraform(written)
    assert found is not None
    assert (found.address, found.name, found.format, found.environment) == (
        "cfn.X",
        "X",
        "cloudformation",
        "production",
    )
    assert found.span == written.span and found.extent == written.extent
    zones = found.get("multi_az")
    assert zones.key is not None and zones.key.text == '"MultiAZ"'
    assert isinstance(zones, Known) and [step.words for step in zones.via] == ["default of parameter Days"]
    assert isinstance(found.get("publicly_accessible"), Absent)


def test_defaults_are_those_of_cloudformation_and_say_so():
    found = as_terraform(resource("AWS::RDS::DBInstance", {}))
    assert found is not None
    retention = found.get("backup_retention_period")
    assert isinstance(retention, Known) and retention.value == 1
    assert retention.span == found.span
    assert [step.words for step in retention.via] == ["CloudFormation's default"]


@pytest.mark.parametrize(
    ("kind", "policy", "expected"),
    [
        ("AWS::RDS::DBInstance", None, {"skip_final_snapshot": False}),
        ("AWS::RDS::DBInstance", "Delete", {"skip_final_snapshot": True}),
        ("AWS::RDS::DBCluster", "Snapshot", {"skip_final_snapshot": False}),
        ("AWS::RDS::DBCluster", "Retain", {"skip_final_snapshot": False, "lifecycle": [{"prevent_destroy": True}]}),
        ("AWS::DocDB::DBCluster", None, {"skip_final_snapshot": True}),
        ("AWS::EC2::Volume", "Snapshot", {"final_snapshot": True}),
        ("AWS::DynamoDB::Table", "Retain", {"lifecycle": [{"prevent_destroy": True}]}),
        ("AWS::DynamoDB::Table", "RetainExceptOnCreate", {"lifecycle": [{"prevent_destroy": True}]}),
        ("AWS::DynamoDB::Table", "Delete", {}),
        ("AWS::SecretsManager::Secret", None, {"recovery_window_in_days": 0}),
        ("AWS::SecretsManager::Secret", "Retain", {"lifecycle": [{"prevent_destroy": True}]}),
    ],
)
def test_what_deletion_leaves(kind, policy, expected):
    found = as_terraform(resource(kind, {}, **({"DeletionPolicy": policy} if policy else {})))
    assert found is not None
    names = ("skip_final_snapshot", "final_snapshot", "recovery_window_in_days", "lifecycle")
    assert {name: plain(found.get(name)) for name in names if not isinstance(found.get(name), Absent)} == expected
    if policy:
        assert plain(found.get("DeletionPolicy")) == policy


def test_a_bucket_is_several_resources():
    written = resource(
        "AWS::S3::Bucket",
        {
            "AccessControl": "PublicRead",
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
                ]
            },
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
            "LifecycleConfiguration": {"Rules": [{"Id": "a", "Status": "Enabled", "ExpirationInDays": 30}]},
        },
    )
    bucket = as_terraform(written)
    assert bucket is not None
    assert plain(bucket.get("versioning")) == [{"enabled": True}]
    assert plain(bucket.get("acl")) == "public-read"
    found = {each.type: each for each in companions(written)}
    assert sorted(found) == [
        "aws_s3_bucket_acl",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    ]
    versioning = found["aws_s3_bucket_versioning"]
    assert plain(versioning.get("versioning_configuration")) == [{"status": "Enabled"}]
    assert versioning.span.text == '"VersioningConfiguration"'
    owner = versioning.get("bucket")
    assert isinstance(owner, Unknown) and owner.refers == bucket.address == versioning.address
    blocks = found["aws_s3_bucket_public_access_block"]
    assert [plain(blocks.get(name)) for name in ("block_public_acls", "block_public_policy")] == [True, False]
    rule = found["aws_s3_bucket_server_side_encryption_configuration"].get("rule")
    assert plain(rule) == [
        {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}]}
    ]
    assert plain(found["aws_s3_bucket_lifecycle_configuration"].get("rule")) == [
        {"id": "a", "status": "Enabled", "expiration": [{"days": 30}]}
    ]


def test_managed_policies_are_attached_one_by_one():
    written = resource(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {"Statement": []},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess", {"Ref": "Open"}],
        },
    )
    first, second = companions(written)
    assert first.type == "aws_iam_role_policy_attachment"
    assert plain(first.get("policy_arn")) == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert first.span.text == '"arn:aws:iam::aws:policy/AdministratorAccess"'
    role = first.get("role")
    assert isinstance(role, Unknown) and role.refers == "cfn.X"
    assert isinstance(second.get("policy_arn"), Unknown)


def test_types_that_nobody_maps():
    assert as_terraform(resource("AWS::Made::Up", {"A": 1})) is None
    assert companions(resource("AWS::Made::Up", {"A": 1})) == []
    assert [each.type for each in views(resource("AWS::Made::Up", {"A": 1}))] == ["AWS::Made::Up"]
    bucket = resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}})
    assert [each.type for each in views(bucket)] == ["aws_s3_bucket", "aws_s3_bucket_versioning"]


def rows(specification):
    for name, row in specification.items():
        yield name, row
        if isinstance(row, dict):
            for part in ("with", "inside"):
                yield from rows(row.get(part, {}))


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_row_of_the_table_is_understood(kind):
    entry = TYPES[kind]
    assert entry["terraform"].startswith("aws_")
    assert len(entry["sources"]) == 2 and all(source.startswith("https://") for source in entry["sources"])
    tables = [entry["properties"], *(each.get("properties", {}) for each in entry.get("also", []))]
    kinds = {"", "bool", "number", "string", "list", "first", "camel"}
    forms = [{"tags"}, {"block", "with"}, {"blocks", "with"}, {"inside"}, {"keyed", "to"}]
    forms += [{"entries", "as"}, {"pluck", "to"}, {"values", "to"}]
    for table in tables:
        for name, row in rows(table):
            if isinstance(row, str):
                assert row.partition(" ")[2] in kinds, name
            else:
                assert set(row) in forms, name
    for variant in entry.get("variants", []):
        assert variant["use"] in TYPES
    for each in entry.get("also", []):
        assert ("given" in each) != ("each" in each)
    # A property that is not decided never raises and is never silently decided.
    everything = {name: {"Ref": "Open"} for name in entry["properties"]}
    if not kind.endswith("cluster"):
        written = resource(kind, everything)
        found = as_terraform(written)
        assert found is not None
        assert companions(written) is not None
