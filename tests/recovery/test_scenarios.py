"""Small configurations, what is promised of one store against one loss, and the verdict with its reason.

The figures are worked out by hand from the documented numbers and the default assumptions: detect 15m (5m with an
alarm), decide 15m, a new RDS instance 20m (40m at worst), replay 0.15 of 12h (24h at worst), cutover 10m, validate 15m.
"""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping

import pytest
from recovery_case import ALARM, EAST, assessments, promise

from depcheck.policy.words import parse_duration
from depcheck.recovery.records import told

M, H, D = 60, 3600, 86400


def rds(body: str = "", before: str = "") -> str:
    return f'{before}resource "aws_db_instance" "main" {{\n  identifier = "main"\n  engine = "postgres"\n{body}\n}}\n'


def aurora(body: str = "", count: int | None = 2, before: str = "") -> str:
    text = f'{before}resource "aws_rds_cluster" "main" {{\n  cluster_identifier = "main"\n  engine = "aurora-mysql"\n{body}\n}}\n'
    if count:
        text += (
            f'resource "aws_rds_cluster_instance" "member" {{\n  count = {count}\n'
            "  cluster_identifier = aws_rds_cluster.main.id\n}\n"
        )
    return text


def table(body: str = "", before: str = "") -> str:
    return f'{before}resource "aws_dynamodb_table" "main" {{\n  name = "main"\n  hash_key = "id"\n{body}\n}}\n'


def cache(body: str = "") -> str:
    return (
        'resource "aws_elasticache_replication_group" "main" {\n  replication_group_id = "main"\n'
        f'  description = "x"\n{body}\n}}\n'
    )


def bucket(body: str = "", more: str = "", before: str = "") -> str:
    return f'{before}resource "aws_s3_bucket" "main" {{\n  bucket = "acme-main"\n{body}\n}}\n{more}'


VERSIONED = (
    'resource "aws_s3_bucket_versioning" "main" {\n  bucket = aws_s3_bucket.main.id\n'
    '  versioning_configuration {\n    status = "Enabled"\n  }\n}\n'
)


def replicated(rule: str = "", provider: str = "aws.west", status: str = "Enabled") -> str:
    return (
        f'resource "aws_s3_bucket" "copy" {{\n  provider = {provider}\n  bucket = "acme-copy"\n}}\n'
        'resource "aws_s3_bucket_replication_configuration" "main" {\n  bucket = aws_s3_bucket.main.id\n'
        f'  role = "r"\n  rule {{\n    status = "{status}"\n    destination {{\n'
        f"      bucket = aws_s3_bucket.copy.arn\n{rule}    }}\n  }}\n}}\n"
    )


TIMED = (
    '      replication_time {\n        status = "Enabled"\n        time {\n          minutes = 15\n        }\n      }\n'
)


def plan(rule: str, selection: str) -> str:
    return (
        f'resource "aws_backup_plan" "p" {{\n  name = "p"\n  rule {{\n    rule_name = "r"\n'
        f'    target_vault_name = aws_backup_vault.v.name\n{rule}\n  }}\n}}\nresource "aws_backup_vault" "v" {{\n'
        f'  name = "v"\n}}\nresource "aws_backup_selection" "s" {{\n  name = "s"\n  iam_role_arn = "r"\n'
        f"  plan_id = aws_backup_plan.p.id\n{selection}\n}}\n"
    )


def named(address: str) -> str:
    return f"  resources = [{address}.arn]"


DR_VAULT = 'resource "aws_backup_vault" "dr" {\n  provider = aws.west\n  name = "dr"\n}\n'
COPY = "    copy_action {\n      destination_vault_arn = aws_backup_vault.dr.arn\n    }\n"
DAILY = '    schedule = "cron(0 5 ? * * *)"'
ALL_RDS = "aws_db_instance.main"


def volume(body: str = "", more: str = "") -> str:
    return f'resource "aws_ebs_volume" "main" {{\n  availability_zone = "us-east-1a"\n  size = 100\n{body}\n}}\n{more}'


def dlm(schedule: str, body: str = "", tags: str = '{ Snapshot = "true" }') -> str:
    return (
        'resource "aws_dlm_lifecycle_policy" "p" {\n  description = "p"\n  execution_role_arn = "r"\n'
        f'{body}\n  policy_details {{\n    resource_types = ["VOLUME"]\n    target_tags = {tags}\n'
        f'    schedule {{\n      name = "s"\n{schedule}\n    }}\n  }}\n}}\n'
    )


EVERY_12H = "      create_rule {\n        interval = 12\n      }\n      retain_rule {\n        count = 14\n      }"
TAGGED = '  tags = { Snapshot = "true" }'


def efs(body: str = "", more: str = "", before: str = "") -> str:
    return f'{before}resource "aws_efs_file_system" "main" {{\n{body}\n}}\n{more}'


EFS_BACKUP = (
    'resource "aws_efs_backup_policy" "main" {\n  file_system_id = aws_efs_file_system.main.id\n'
    '  backup_policy {\n    status = "ENABLED"\n  }\n}\n'
)


def efs_copy(region: str) -> str:
    return (
        'resource "aws_efs_replication_configuration" "main" {\n'
        f'  source_file_system_id = aws_efs_file_system.main.id\n  destination {{\n    region = "{region}"\n  }}\n}}\n'
    )


def atlas(body: str = "", specs: str = "", schedule: str = "") -> str:
    specs = specs or region("US_EAST_1", 3)
    text = (
        'resource "mongodbatlas_advanced_cluster" "main" {\n  project_id = "p"\n  name = "main"\n'
        f'  cluster_type = "REPLICASET"\n{body}\n  replication_specs {{\n{specs}  }}\n}}\n'
    )
    if schedule:
        text += (
            'resource "mongodbatlas_cloud_backup_schedule" "main" {\n  project_id = "p"\n'
            f"  cluster_name = mongodbatlas_advanced_cluster.main.name\n{schedule}\n}}\n"
        )
    return text


def region(name: str, nodes: int, priority: int = 7) -> str:
    return (
        f'    region_configs {{\n      region_name = "{name}"\n      priority = {priority}\n'
        f'      electable_specs {{\n        instance_size = "M30"\n        node_count = {nodes}\n      }}\n    }}\n'
    )


def item(name: str, every: int, unit: str = "days", kept: int = 7) -> str:
    return (
        f"  policy_item_{name} {{\n    frequency_interval = {every}\n"
        f'    retention_unit = "{unit}"\n    retention_value = {kept}\n  }}\n'
    )


def workflow(cron: str, run: str, step: str = "", job: str = "", more: str = "") -> str:
    body = "".join(f"          {line}\n" for line in run.splitlines())
    return (
        f'on:\n  schedule:\n    - cron: "{cron}"\njobs:\n  dump:\n    runs-on: ubuntu-24.04\n{job}    steps:\n'
        f"      - name: dump\n{step}        run: |\n{body}{more}"
    )


UPLOAD = 'pg_dump -Fc "$DATABASE_URL" > dump.bin\naws s3 cp dump.bin "s3://acme-dumps/$(date +%F).bin"'
PIPED = 'pg_dump "$DATABASE_URL" | gzip > dump.gz\naws s3 cp dump.gz "s3://acme-dumps/$(date +%F).gz"'


def dumped(cron: str, run: str = UPLOAD, **more: str) -> dict[str, str]:
    return {"main.tf": rds("  allocated_storage = 40"), ".github/workflows/dump.yml": workflow(cron, run, **more)}


def compose(services: str, volumes: str = "volumes: {data: {}, dumps: {}}\n") -> dict[str, str]:
    return {"compose.yaml": f"services:\n{services}{volumes}"}


POSTGRES = "  db:\n    image: postgres:16\n    volumes: [data:/var/lib/postgresql/data]\n"


def sidecar(image: str, settings: str, mount: str = "dumps:/backups") -> str:
    return f"  dump:\n    image: {image}\n    environment: {{{settings}}}\n    volumes: ['{mount}']\n"


def redis(command: str, mounted: bool = True) -> str:
    volumes = "    volumes: [data:/data]\n" if mounted else ""
    return f"  cache:\n    image: redis:7\n    command: {command}\n{volumes}"


Files = Mapping[str, str] | str
#: id, files, which store, loss, what is promised, verdict, figures (rpo typical and worst, rto typical and worst, or
#: empty), why
SCENARIOS: list[tuple[str, Files, str, str, str, str, str, str]] = [
    # -- RDS ---------------------------------------------------------------------------------------------------------
    ("rds-none", rds(), ALL_RDS, "deletion", "rpo=15m", "unrecoverable", "", "Terraform's provider keeps no backups"),
    (
        "rds-zero",
        rds("  backup_retention_period = 0"),
        ALL_RDS,
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "0 switches them off",
    ),
    (
        "rds-pitr",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rpo=15m",
        "met",
        "5m 10m",
        "logs are uploaded every 5 minutes",
    ),
    (
        "rds-pitr-5m",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rpo=5m",
        "at_risk",
        "5m 10m",
        "5 minutes are typical, nothing bounds them there",
    ),
    (
        "rds-pitr-1m",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rpo=1m",
        "breached",
        "5m 10m",
        "below what the logs allow",
    ),
    (
        "rds-rpo-zero",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rpo=0",
        "breached",
        "5m 10m",
        "0 is met by synchronous mechanisms only",
    ),
    (
        "rds-rto-4h",
        rds("  backup_retention_period = 7\n  allocated_storage = 100", ALARM),
        ALL_RDS,
        "deletion",
        "rpo=15m rto=4h",
        "at_risk",
        "5m 10m 2h53m 5h18m4s",
        "5+15+20+108+10+15 typical; 40 for the instance, 216 of replay and 100 GiB to read in at worst",
    ),
    (
        "rds-rto-6h",
        rds("  backup_retention_period = 7\n  allocated_storage = 100", ALARM),
        ALL_RDS,
        "deletion",
        "rpo=15m rto=6h",
        "met",
        "5m 10m 2h53m 5h18m4s",
        "the volume can hold no more than 100 GiB, so the worst case is bounded",
    ),
    (
        "rds-rto-1h",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rto=1h",
        "breached",
        "",
        "a restore takes longer than that without its data",
    ),
    (
        "rds-rto-unsized",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rto=6h",
        "unknown",
        "",
        "typically it fits, but how long the volume is slow depends on its size",
    ),
    (
        "rds-rto-unsized-long",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rto=4h",
        "at_risk",
        "",
        "whatever the size, at worst it takes more than 4 h",
    ),
    (
        "rds-no-alarm",
        rds("  backup_retention_period = 7\n  allocated_storage = 100"),
        ALL_RDS,
        "deletion",
        "rto=3h",
        "breached",
        "5m 10m 3h3m 5h28m4s",
        "without an alarm it takes 10 minutes more to notice",
    ),
    (
        "rds-kept-7",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "deletion",
        "rpo=15m retention=7d",
        "met",
        "",
        "the boundary is kept",
    ),
    (
        "rds-kept-6",
        rds("  backup_retention_period = 6"),
        ALL_RDS,
        "deletion",
        "rpo=15m retention=7d",
        "breached",
        "",
        "a day short",
    ),
    (
        "rds-kept-36",
        rds("  backup_retention_period = 36"),
        ALL_RDS,
        "deletion",
        "rpo=15m retention=36d",
        "unrecoverable",
        "",
        "35 days are the most that AWS accepts",
    ),
    (
        "rds-negative",
        rds("  backup_retention_period = -1"),
        ALL_RDS,
        "deletion",
        "rpo=15m",
        "unrecoverable",
        "",
        "-1 is no retention",
    ),
    (
        "rds-unknown-kept",
        rds("  backup_retention_period = var.days", 'variable "days" {}\n'),
        ALL_RDS,
        "deletion",
        "rpo=15m",
        "unknown",
        "",
        "var.days has no value",
    ),
    (
        "rds-unknown-breached",
        rds("  backup_retention_period = var.days", 'variable "days" {}\n'),
        ALL_RDS,
        "deletion",
        "rpo=1m",
        "breached",
        "",
        "whatever var.days is, logs are 5 minutes behind",
    ),
    (
        "rds-from-snapshot",
        rds('  snapshot_identifier = "s"'),
        ALL_RDS,
        "deletion",
        "rpo=15m",
        "unknown",
        "",
        "the retention comes with the snapshot",
    ),
    (
        "rds-multi-az",
        rds("  multi_az = true"),
        ALL_RDS,
        "zone",
        "rpo=0 rto=2m",
        "met",
        "0 0 1m 2m",
        "a synchronous standby takes over in 60 to 120 seconds",
    ),
    (
        "rds-multi-az-1m",
        rds("  multi_az = true"),
        ALL_RDS,
        "zone",
        "rpo=1m rto=1m",
        "at_risk",
        "0 0 1m 2m",
        "120 seconds are the upper bound",
    ),
    (
        "rds-single-zone",
        rds("  multi_az = false"),
        ALL_RDS,
        "zone",
        "rpo=1h",
        "unrecoverable",
        "",
        "one zone and no backups",
    ),
    (
        "rds-single-zone-pitr",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "zone",
        "rpo=15m rto=30m",
        "breached",
        "",
        "backups bring it back, but not in half an hour",
    ),
    (
        "rds-zone-unknown",
        rds("  multi_az = var.ha", 'variable "ha" {}\n'),
        ALL_RDS,
        "zone",
        "rpo=0 rto=5m",
        "unknown",
        "",
        "var.ha has no value",
    ),
    (
        "rds-instance",
        rds(),
        ALL_RDS,
        "instance",
        "rpo=0 rto=30m",
        "met",
        "0 0 10m 30m",
        "RDS replaces the host, the volume is the same",
    ),
    (
        "rds-instance-15m",
        rds(),
        ALL_RDS,
        "instance",
        "rto=15m",
        "at_risk",
        "0 0 10m 30m",
        "typically 10 minutes, 30 at worst",
    ),
    (
        "rds-destroy",
        rds("  skip_final_snapshot = true"),
        ALL_RDS,
        "destroy",
        "",
        "unrecoverable",
        "",
        "automated backups go with the instance",
    ),
    (
        "rds-destroy-final",
        rds(),
        ALL_RDS,
        "destroy",
        "rpo=15m rto=2h",
        "unknown",
        "",
        "a final snapshot is kept; how long it is read in depends on its size",
    ),
    (
        "rds-destroy-final-sized",
        rds("  allocated_storage = 20"),
        ALL_RDS,
        "destroy",
        "rpo=0 rto=2h",
        "met",
        "0 0 1h15m 1h38m25s",
        "15+15+20+10+15, with 40 and 20 GiB at worst",
    ),
    (
        "rds-destroy-protected",
        rds("  skip_final_snapshot = true\n  deletion_protection = true"),
        ALL_RDS,
        "destroy",
        "rpo=0 rto=0",
        "met",
        "0 0 0 0",
        "it cannot be deleted while the protection is on",
    ),
    (
        "rds-destroy-guarded",
        rds("  skip_final_snapshot = true\n  lifecycle {\n    prevent_destroy = true\n  }"),
        ALL_RDS,
        "destroy",
        "",
        "met",
        "",
        "Terraform refuses to destroy it",
    ),
    (
        "rds-destroy-guarded-rto",
        rds("  skip_final_snapshot = true\n  lifecycle {\n    prevent_destroy = true\n  }"),
        ALL_RDS,
        "destroy",
        "rto=1h",
        "at_risk",
        "",
        "only Terraform honours it",
    ),
    (
        "rds-destroy-kept",
        rds("  skip_final_snapshot = true\n  backup_retention_period = 7\n  delete_automated_backups = false"),
        ALL_RDS,
        "destroy",
        "rpo=15m retention=7d",
        "met",
        "",
        "automated backups are kept for their 7 days",
    ),
    (
        "rds-region",
        rds("  backup_retention_period = 7"),
        ALL_RDS,
        "region",
        "rpo=1d",
        "unrecoverable",
        "",
        "everything is in one region",
    ),
    (
        "rds-region-replica",
        rds("", EAST)
        + 'resource "aws_db_instance" "copy" {\n  provider = aws.west\n  replicate_source_db = aws_db_instance.main.arn\n}\n',
        ALL_RDS,
        "region",
        "rpo=15m rto=8h",
        "met",
        "1m 15m 1h40m 5h55m",
        "15+15+15+30+10+15 typical, 60 for the promotion and 4 h for the stack at worst",
    ),
    (
        "rds-same-region-replica",
        rds("", EAST)
        + 'resource "aws_db_instance" "copy" {\n  replicate_source_db = aws_db_instance.main.identifier\n}\n',
        ALL_RDS,
        "region",
        "rpo=15m",
        "unrecoverable",
        "",
        "a replica in the same region is lost with it",
    ),
    (
        "rds-replica-copies-damage",
        rds("", EAST)
        + 'resource "aws_db_instance" "copy" {\n  provider = aws.west\n  replicate_source_db = aws_db_instance.main.arn\n}\n',
        ALL_RDS,
        "deletion",
        "rpo=15m",
        "unrecoverable",
        "",
        "a replica copies the deletion",
    ),
    (
        "rds-region-backups",
        rds("  backup_retention_period = 7", EAST)
        + 'resource "aws_db_instance_automated_backups_replication" "r" {\n  provider = aws.west\n  source_db_instance_arn = aws_db_instance.main.arn\n}\n',
        ALL_RDS,
        "region",
        "rpo=15m",
        "at_risk",
        "10m 30m",
        "typically 10 minutes behind, half an hour at worst",
    ),
    (
        "rds-region-backups-of-none",
        rds("", EAST)
        + 'resource "aws_db_instance_automated_backups_replication" "r" {\n  provider = aws.west\n  source_db_instance_arn = aws_db_instance.main.arn\n}\n',
        ALL_RDS,
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "there are no backups that could be replicated",
    ),
    (
        "rds-region-unknown",
        rds(
            "",
            'variable "there" {}\nprovider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias = "dr"\n  region = var.there\n}\n',
        )
        + 'resource "aws_db_instance" "copy" {\n  provider = aws.dr\n  replicate_source_db = aws_db_instance.main.arn\n}\n',
        ALL_RDS,
        "region",
        "rpo=15m rto=8h",
        "unknown",
        "",
        "the replica's region has no value",
    ),
    (
        "rds-one-off-copy",
        rds("", EAST)
        + 'resource "aws_db_snapshot" "s" {\n  db_instance_identifier = aws_db_instance.main.identifier\n  db_snapshot_identifier = "s"\n}\nresource "aws_db_snapshot_copy" "c" {\n  source_db_snapshot_identifier = aws_db_snapshot.s.db_snapshot_arn\n  target_db_snapshot_identifier = "c"\n  destination_region = "us-west-2"\n}\n',
        ALL_RDS,
        "region",
        "rpo=30d",
        "unrecoverable",
        "",
        "a copy that is made once is no schedule",
    ),
    # -- Aurora ------------------------------------------------------------------------------------------------------
    (
        "aurora-pitr",
        aurora(),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=5m rto=2h",
        "met",
        "5m 5m 1h20m 1h20m",
        "15+15+25+10+15, continuous backup is always on",
    ),
    (
        "aurora-kept-default",
        aurora(),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=5m retention=7d",
        "breached",
        "",
        "one day is the default",
    ),
    (
        "aurora-kept-35",
        aurora("  backup_retention_period = 35"),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=5m rto=4h retention=35d",
        "met",
        "",
        "35 days are kept",
    ),
    (
        "aurora-kept-unknown",
        aurora("  backup_retention_period = var.days", before='variable "days" {}\n'),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=5m retention=7d",
        "unknown",
        "",
        "var.days has no value",
    ),
    (
        "aurora-kept-unknown-1d",
        aurora("  backup_retention_period = var.days", before='variable "days" {}\n'),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=5m retention=1d",
        "met",
        "",
        "it is at least one day, whatever is set",
    ),
    (
        "aurora-backtrack",
        aurora("  backtrack_window = 86400"),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=1m rto=1h",
        "met",
        "5s 5s 1h 1h",
        "15+15+5+10+15, wound back in place",
    ),
    (
        "aurora-backtrack-kept",
        aurora("  backtrack_window = 86400"),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=1m retention=7d",
        "breached",
        "",
        "one mechanism must meet both: backtrack reaches back for a day",
    ),
    (
        "aurora-backtrack-long",
        aurora("  backtrack_window = 999999"),
        "aws_rds_cluster.main",
        "deletion",
        "rpo=1m rto=1h",
        "breached",
        "",
        "72 hours are the most, so that only backups are left",
    ),
    (
        "aurora-readers",
        aurora(),
        "aws_rds_cluster.main",
        "zone",
        "rpo=0 rto=1m",
        "met",
        "0 0 1m 1m",
        "a reader takes over within a minute",
    ),
    (
        "aurora-single-instance",
        aurora(count=1),
        "aws_rds_cluster.main",
        "instance",
        "rto=10m",
        "met",
        "0 0 10m 10m",
        "it is made anew in less than 10 minutes",
    ),
    (
        "aurora-single-zone",
        aurora(count=1),
        "aws_rds_cluster.main",
        "zone",
        "rpo=0 rto=1h",
        "breached",
        "0 0 1h5m 1h55m",
        "an instance must be made by hand: 15+15+10+10+15",
    ),
    (
        "aurora-same-zone",
        aurora(count=None)
        + "".join(
            f'resource "aws_rds_cluster_instance" "m{n}" {{\n  cluster_identifier = aws_rds_cluster.main.id\n  availability_zone = "us-east-1a"\n}}\n'
            for n in (1, 2)
        ),
        "aws_rds_cluster.main",
        "zone",
        "rto=5m",
        "breached",
        "",
        "both instances are in one zone",
    ),
    (
        "aurora-no-instances",
        aurora(count=None),
        "aws_rds_cluster.main",
        "zone",
        "rto=5m",
        "unknown",
        "",
        "its instances are not described here",
    ),
    (
        "aurora-count-unknown",
        aurora(count=None, before='variable "n" {}\n')
        + 'resource "aws_rds_cluster_instance" "m" {\n  count = var.n\n  cluster_identifier = aws_rds_cluster.main.id\n}\n',
        "aws_rds_cluster.main",
        "zone",
        "rto=5m",
        "unknown",
        "",
        "how many there are is not decided",
    ),
    (
        "aurora-global",
        aurora('  global_cluster_identifier = aws_rds_global_cluster.g.id\n  master_username = "root"', before=EAST)
        + 'resource "aws_rds_global_cluster" "g" {\n  global_cluster_identifier = "g"\n}\nresource "aws_rds_cluster" "copy" {\n  provider = aws.west\n  cluster_identifier = "copy"\n  engine = "aurora-mysql"\n  global_cluster_identifier = aws_rds_global_cluster.g.id\n}\nresource "aws_rds_cluster_instance" "copy" {\n  provider = aws.west\n  cluster_identifier = aws_rds_cluster.copy.id\n}\n',
        "aws_rds_cluster.main",
        "region",
        "rpo=1m rto=2h",
        "at_risk",
        "1s 1m 1h26m 4h56m",
        "15+15+1+30+10+15; the rest of the stack may take 4 h",
    ),
    (
        "aurora-global-headless",
        aurora('  global_cluster_identifier = aws_rds_global_cluster.g.id\n  master_username = "root"', before=EAST)
        + 'resource "aws_rds_global_cluster" "g" {\n  global_cluster_identifier = "g"\n}\nresource "aws_rds_cluster" "copy" {\n  provider = aws.west\n  cluster_identifier = "copy"\n  engine = "aurora-mysql"\n  global_cluster_identifier = aws_rds_global_cluster.g.id\n}\n',
        "aws_rds_cluster.main",
        "region",
        "rpo=1m rto=8h",
        "met",
        "1s 1m 1h36m 5h6m",
        "an instance must be made first",
    ),
    (
        "aurora-destroy",
        aurora("  skip_final_snapshot = true"),
        "aws_rds_cluster.main",
        "destroy",
        "rpo=1h",
        "unrecoverable",
        "",
        "automated backups go with the cluster",
    ),
    (
        "rds-multi-az-cluster",
        'resource "aws_rds_cluster" "main" {\n  cluster_identifier = "main"\n  engine = "postgres"\n  db_cluster_instance_class = "db.m6gd.large"\n}\n',
        "aws_rds_cluster.main",
        "zone",
        "rpo=0 rto=1m",
        "met",
        "0 0 35s 35s",
        "two synchronous standbys",
    ),
    # -- DocumentDB, Neptune, Redshift -------------------------------------------------------------------------------
    (
        "documentdb-pitr",
        'resource "aws_docdb_cluster" "main" {\n  cluster_identifier = "main"\n  backup_retention_period = 7\n}\n',
        "aws_docdb_cluster.main",
        "deletion",
        "rpo=15m retention=7d",
        "met",
        "",
        "continuous backup for 7 days",
    ),
    (
        "documentdb-two",
        'resource "aws_docdb_cluster" "main" {\n  cluster_identifier = "main"\n}\nresource "aws_docdb_cluster_instance" "m" {\n  count = 2\n  cluster_identifier = aws_docdb_cluster.main.id\n}\n',
        "aws_docdb_cluster.main",
        "zone",
        "rto=2m",
        "met",
        "",
        "a replica takes over in less than 2 minutes",
    ),
    (
        "neptune-one",
        'resource "aws_neptune_cluster" "main" {\n  cluster_identifier = "main"\n}\nresource "aws_neptune_cluster_instance" "m" {\n  cluster_identifier = aws_neptune_cluster.main.id\n}\n',
        "aws_neptune_cluster.main",
        "zone",
        "rto=30m",
        "breached",
        "",
        "one instance, another is made by hand",
    ),
    (
        "redshift",
        'resource "aws_redshift_cluster" "main" {\n  cluster_identifier = "main"\n}\n',
        "aws_redshift_cluster.main",
        "deletion",
        "rpo=8h",
        "at_risk",
        "8h 8h30m",
        "about every 8 hours, and half an hour until the snapshot is usable",
    ),
    (
        "redshift-off",
        'resource "aws_redshift_cluster" "main" {\n  cluster_identifier = "main"\n  automated_snapshot_retention_period = 0\n}\n',
        "aws_redshift_cluster.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "0 switches snapshots off",
    ),
    # -- DynamoDB ----------------------------------------------------------------------------------------------------
    (
        "table-none",
        table(),
        "aws_dynamodb_table.main",
        "deletion",
        "rpo=1h",
        "unrecoverable",
        "",
        "three copies are no history",
    ),
    (
        "table-pitr",
        table("  point_in_time_recovery {\n    enabled = true\n  }"),
        "aws_dynamodb_table.main",
        "deletion",
        "rpo=5m rto=4h retention=35d",
        "at_risk",
        "5m 5m 1h55m 4h55m",
        "15+15+60+10+15; 4 h for the restore at worst; 35 days are the default",
    ),
    (
        "table-pitr-5h",
        table("  point_in_time_recovery {\n    enabled = true\n  }"),
        "aws_dynamodb_table.main",
        "deletion",
        "rpo=5m rto=5h",
        "met",
        "",
        "4h55m at worst",
    ),
    (
        "table-kept-7",
        table("  point_in_time_recovery {\n    enabled = true\n    recovery_period_in_days = 7\n  }"),
        "aws_dynamodb_table.main",
        "deletion",
        "rpo=5m retention=35d",
        "breached",
        "",
        "the period is 7 days",
    ),
    (
        "table-zone",
        table(),
        "aws_dynamodb_table.main",
        "zone",
        "rpo=0 rto=0",
        "met",
        "0 0 0 0",
        "a table is in three zones by itself",
    ),
    (
        "table-destroy",
        table(),
        "aws_dynamodb_table.main",
        "destroy",
        "",
        "unrecoverable",
        "",
        "neither protection nor backups",
    ),
    (
        "table-destroy-pitr",
        table("  point_in_time_recovery {\n    enabled = true\n  }"),
        "aws_dynamodb_table.main",
        "destroy",
        "rpo=0 retention=35d",
        "met",
        "",
        "a deleted table leaves a system backup for 35 days",
    ),
    (
        "table-protected",
        table("  deletion_protection_enabled = true"),
        "aws_dynamodb_table.main",
        "destroy",
        "rto=1h",
        "met",
        "",
        "it cannot be deleted",
    ),
    (
        "table-replica",
        table('  replica {\n    region_name = "us-west-2"\n  }', EAST),
        "aws_dynamodb_table.main",
        "region",
        "rpo=1m rto=5h",
        "met",
        "3s 3s 1h26m 4h56m",
        "15+15+1+30+10+15",
    ),
    (
        "table-replica-deletes",
        table('  replica {\n    region_name = "us-west-2"\n  }', EAST),
        "aws_dynamodb_table.main",
        "deletion",
        "rpo=1m",
        "unrecoverable",
        "",
        "replicas copy the deletion",
    ),
    (
        "table-strong",
        table('  replica {\n    region_name = "us-west-2"\n    consistency_mode = "STRONG"\n  }', EAST),
        "aws_dynamodb_table.main",
        "region",
        "rpo=0",
        "met",
        "0 0",
        "strong replicas are synchronous",
    ),
    # -- caches, search, queues --------------------------------------------------------------------------------------
    (
        "cache-none",
        cache(),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "snapshots are off by default",
    ),
    (
        "cache-daily",
        cache("  snapshot_retention_limit = 7"),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=1d rto=2h retention=7d",
        "at_risk",
        "24h 25h30m 1h40m 1h40m",
        "a day, an hour of window and half an hour until it is usable; 15+15+15+30+10+15",
    ),
    (
        "cache-26h",
        cache("  snapshot_retention_limit = 7"),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=26h rto=2h",
        "met",
        "",
        "25h30m at worst",
    ),
    (
        "cache-window",
        cache('  snapshot_retention_limit = 7\n  snapshot_window = "03:00-07:00"'),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=26h",
        "at_risk",
        "24h 28h30m",
        "a window of 4 hours",
    ),
    (
        "cache-5m",
        cache("  snapshot_retention_limit = 7"),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=5m",
        "breached",
        "",
        "snapshots are daily, nothing closer exists",
    ),
    (
        "cache-failover",
        cache("  automatic_failover_enabled = true\n  multi_az_enabled = true\n  num_cache_clusters = 2"),
        "aws_elasticache_replication_group.main",
        "zone",
        "rpo=1m rto=1m",
        "met",
        "1s 10s 30s 1m",
        "a replica in another zone takes over",
    ),
    (
        "cache-one-node",
        cache("  automatic_failover_enabled = true\n  multi_az_enabled = true\n  num_cache_clusters = 1"),
        "aws_elasticache_replication_group.main",
        "zone",
        "rto=5m",
        "unrecoverable",
        "",
        "there is no replica that could take over",
    ),
    (
        "cache-one-zone",
        cache("  automatic_failover_enabled = true\n  num_cache_clusters = 2"),
        "aws_elasticache_replication_group.main",
        "zone",
        "rto=5m",
        "unknown",
        "",
        "nothing says that the replica is in another zone",
    ),
    (
        "cache-one-zone-node",
        cache("  automatic_failover_enabled = true\n  num_cache_clusters = 2"),
        "aws_elasticache_replication_group.main",
        "instance",
        "rto=5m",
        "met",
        "",
        "the replica takes over for a lost node",
    ),
    (
        "cache-memcached",
        'resource "aws_elasticache_cluster" "main" {\n  cluster_id = "main"\n  engine = "memcached"\n}\n',
        "aws_elasticache_cluster.main",
        "instance",
        "rpo=1d",
        "unrecoverable",
        "",
        "Memcached keeps nothing",
    ),
    (
        "cache-serverless",
        'resource "aws_elasticache_serverless_cache" "main" {\n  name = "main"\n  engine = "valkey"\n}\n',
        "aws_elasticache_serverless_cache.main",
        "zone",
        "rto=5m",
        "met",
        "",
        "several zones by itself",
    ),
    (
        "cache-destroy",
        cache('  final_snapshot_identifier = "last"'),
        "aws_elasticache_replication_group.main",
        "destroy",
        "rpo=0 rto=2h",
        "met",
        "",
        "a final snapshot is taken",
    ),
    (
        "memorydb",
        'resource "aws_memorydb_cluster" "main" {\n  name = "main"\n}\n',
        "aws_memorydb_cluster.main",
        "zone",
        "rpo=0 rto=1m",
        "met",
        "",
        "one replica by default, writes are in a log",
    ),
    (
        "memorydb-alone",
        'resource "aws_memorydb_cluster" "main" {\n  name = "main"\n  num_replicas_per_shard = 0\n}\n',
        "aws_memorydb_cluster.main",
        "zone",
        "rpo=0 rto=1m",
        "breached",
        "",
        "the node must be replaced first",
    ),
    (
        "search-hourly",
        'resource "aws_opensearch_domain" "main" {\n  domain_name = "main"\n}\n',
        "aws_opensearch_domain.main",
        "deletion",
        "rpo=1h retention=14d",
        "at_risk",
        "1h 1h30m",
        "hourly snapshots, kept for 14 days",
    ),
    (
        "search-destroy",
        'resource "aws_opensearch_domain" "main" {\n  domain_name = "main"\n}\n',
        "aws_opensearch_domain.main",
        "destroy",
        "",
        "unrecoverable",
        "",
        "automated snapshots go with the domain",
    ),
    (
        "search-standby",
        'resource "aws_opensearch_domain" "main" {\n  domain_name = "main"\n  cluster_config {\n    multi_az_with_standby_enabled = true\n  }\n}\n',
        "aws_opensearch_domain.main",
        "zone",
        "rto=1m",
        "met",
        "",
        "a standby zone",
    ),
    (
        "search-one-node",
        'resource "aws_opensearch_domain" "main" {\n  domain_name = "main"\n}\n',
        "aws_opensearch_domain.main",
        "zone",
        "rto=1d",
        "unrecoverable",
        "",
        "one node, and its snapshots are restored into the same domain",
    ),
    (
        "queue-zone",
        'resource "aws_sqs_queue" "main" {\n  name = "main"\n}\n',
        "aws_sqs_queue.main",
        "zone",
        "rpo=0 rto=0",
        "met",
        "",
        "several zones by itself",
    ),
    (
        "queue-deletion",
        'resource "aws_sqs_queue" "main" {\n  name = "main"\n}\n',
        "aws_sqs_queue.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "deleted messages are gone",
    ),
    # -- S3 ----------------------------------------------------------------------------------------------------------
    (
        "bucket-none",
        bucket(),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=1h",
        "unrecoverable",
        "",
        "nothing keeps earlier versions",
    ),
    (
        "bucket-versions",
        bucket(more=VERSIONED),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=0 rto=2h retention=30d",
        "met",
        "0 0 1h15m 1h15m",
        "15+15+30+15, versions stay until somebody deletes them",
    ),
    (
        "bucket-versions-suspended",
        bucket(more=VERSIONED.replace("Enabled", "Suspended")),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=1h",
        "unrecoverable",
        "",
        "versioning is suspended",
    ),
    (
        "bucket-versions-unknown",
        bucket(more='variable "v" {}\n' + VERSIONED.replace('"Enabled"', "var.v")),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=1h",
        "unknown",
        "",
        "var.v has no value",
    ),
    (
        "bucket-versions-short",
        bucket(
            more=VERSIONED
            + 'resource "aws_s3_bucket_lifecycle_configuration" "l" {\n  bucket = aws_s3_bucket.main.id\n  rule {\n    id = "r"\n    status = "Enabled"\n    noncurrent_version_expiration {\n      noncurrent_days = 7\n    }\n  }\n}\n'
        ),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=1h retention=30d",
        "breached",
        "",
        "the lifecycle removes versions after 7 days",
    ),
    ("bucket-zone", bucket(), "aws_s3_bucket.main", "zone", "rpo=0 rto=0", "met", "", "three zones by itself"),
    (
        "bucket-destroy",
        bucket(),
        "aws_s3_bucket.main",
        "destroy",
        "rpo=0",
        "met",
        "",
        "S3 deletes no bucket that holds something",
    ),
    (
        "bucket-destroy-forced",
        bucket("  force_destroy = true"),
        "aws_s3_bucket.main",
        "destroy",
        "",
        "unrecoverable",
        "",
        "it is emptied first",
    ),
    (
        "bucket-region-timed",
        bucket(more=VERSIONED + replicated(TIMED), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=15m",
        "met",
        "15m 15m",
        "15 minutes by agreement",
    ),
    (
        "bucket-region-timed-rto",
        bucket(more=VERSIONED + replicated(TIMED), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=15m rto=1h",
        "breached",
        "15m 15m 1h25m 4h55m",
        "15+15+30+10+15 until clients use the other bucket",
    ),
    (
        "bucket-region-untimed",
        bucket(more=VERSIONED + replicated(), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=1h",
        "at_risk",
        "15m ∞",
        "nothing bounds replication without time control",
    ),
    (
        "bucket-region-unversioned",
        bucket(more=replicated(TIMED), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "replication needs versioning",
    ),
    (
        "bucket-region-same",
        bucket(more=VERSIONED + replicated(TIMED, provider="aws"), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "the destination is in the same region",
    ),
    (
        "bucket-region-off",
        bucket(more=VERSIONED + replicated(TIMED, status="Disabled"), before=EAST),
        "aws_s3_bucket.main",
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "the rule is switched off",
    ),
    (
        "bucket-account",
        bucket(more=VERSIONED),
        "aws_s3_bucket.main",
        "account",
        "rpo=1h",
        "unrecoverable",
        "",
        "who has the account deletes the versions too",
    ),
    (
        "bucket-locked",
        bucket(
            "  object_lock_enabled = true",
            'resource "aws_s3_bucket_object_lock_configuration" "l" {\n  bucket = aws_s3_bucket.main.id\n  rule {\n    default_retention {\n      mode = "COMPLIANCE"\n      days = 30\n    }\n  }\n}\n',
        ),
        "aws_s3_bucket.main",
        "account",
        "rpo=1h retention=30d",
        "met",
        "",
        "nobody deletes what is locked",
    ),
    (
        "bucket-governed",
        bucket(
            "  object_lock_enabled = true",
            'resource "aws_s3_bucket_object_lock_configuration" "l" {\n  bucket = aws_s3_bucket.main.id\n  rule {\n    default_retention {\n      mode = "GOVERNANCE"\n      days = 30\n    }\n  }\n}\n',
        ),
        "aws_s3_bucket.main",
        "account",
        "rpo=1h",
        "unrecoverable",
        "",
        "governance mode can be lifted",
    ),
    # -- AWS Backup --------------------------------------------------------------------------------------------------
    (
        "plan-daily",
        rds() + plan(DAILY, named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=1d",
        "at_risk",
        "24h 32h30m",
        "a day, 8 hours until a job starts, half an hour until it is usable",
    ),
    (
        "plan-daily-33h",
        rds() + plan(DAILY, named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=33h",
        "met",
        "",
        "32h30m at worst",
    ),
    (
        "plan-window",
        rds() + plan(DAILY + "\n    start_window = 60", named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=26h",
        "met",
        "24h 25h30m",
        "a start window of an hour",
    ),
    (
        "plan-weekdays",
        rds() + plan('    schedule = "cron(0 5 ? * MON-FRI *)"', named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "breached",
        "72h 80h30m",
        "nothing runs at weekends",
    ),
    (
        "plan-monthly",
        rds() + plan('    schedule = "cron(0 5 1 * ? *)"', named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=31d",
        "at_risk",
        "744h 752h30m",
        "31 days",
    ),
    (
        "plan-every-15m",
        rds() + plan('    schedule = "cron(0/15 * ? * * *)"', named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=30m",
        "breached",
        "1h 9h30m",
        "AWS Backup takes a snapshot every hour at most",
    ),
    (
        "plan-never",
        rds() + plan('    schedule = "cron(0 5 30 2 ? *)"', named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=31d",
        "unrecoverable",
        "",
        "there is no 30 February",
    ),
    (
        "plan-unreadable",
        rds() + plan('    schedule = "every day"', named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=31d",
        "unknown",
        "",
        "the schedule cannot be read",
    ),
    (
        "plan-unknown",
        rds(before='variable "when" {}\n') + plan("    schedule = var.when", named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=1d",
        "unknown",
        "",
        "var.when has no value",
    ),
    (
        "plan-other",
        rds() + plan(DAILY, '  resources = ["arn:aws:rds:*:*:db:other"]'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "the plan takes in another database",
    ),
    (
        "plan-wildcard",
        rds() + plan(DAILY, '  resources = ["arn:aws:rds:*:*:db:*"]'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "met",
        "",
        "every database is taken in",
    ),
    (
        "plan-left-out",
        rds() + plan(DAILY, '  resources = ["*"]\n  not_resources = [aws_db_instance.main.arn]'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "it is left out by name",
    ),
    (
        "plan-tag",
        rds('  tags = { Backup = "daily" }')
        + plan(DAILY, '  selection_tag {\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "daily"\n  }'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "met",
        "",
        "it has the tag",
    ),
    (
        "plan-tag-other",
        rds('  tags = { Backup = "weekly" }')
        + plan(DAILY, '  selection_tag {\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "daily"\n  }'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "the tag has another value",
    ),
    (
        "plan-default-tag",
        rds(
            before='provider "aws" {\n  region = "us-east-1"\n  default_tags {\n    tags = { Backup = "daily" }\n  }\n}\n'
        )
        + plan(DAILY, '  selection_tag {\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "daily"\n  }'),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "met",
        "",
        "the provider gives it the tag",
    ),
    (
        "plan-condition",
        rds('  tags = { Backup = "daily" }')
        + plan(
            DAILY,
            '  resources = ["*"]\n  condition {\n    string_equals {\n      key = "aws:ResourceTag/Backup"\n      value = "daily"\n    }\n  }',
        ),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "met",
        "",
        "the condition holds",
    ),
    (
        "plan-condition-not",
        rds('  tags = { Backup = "daily" }')
        + plan(
            DAILY,
            '  resources = ["*"]\n  condition {\n    string_not_equals {\n      key = "aws:ResourceTag/Backup"\n      value = "daily"\n    }\n  }',
        ),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "the condition leaves it out",
    ),
    (
        "plan-continuous",
        rds()
        + plan(
            DAILY + "\n    enable_continuous_backup = true\n    lifecycle {\n      delete_after = 35\n    }",
            named(ALL_RDS),
        ),
        ALL_RDS,
        "deletion",
        "rpo=15m retention=35d",
        "met",
        "5m 10m",
        "point in time for 35 days",
    ),
    (
        "plan-continuous-long",
        rds()
        + plan(
            DAILY + "\n    enable_continuous_backup = true\n    lifecycle {\n      delete_after = 90\n    }",
            named(ALL_RDS),
        ),
        ALL_RDS,
        "deletion",
        "rpo=15m retention=35d",
        "unrecoverable",
        "",
        "AWS refuses continuous backup for more than 35 days",
    ),
    (
        "plan-kept",
        rds() + plan(DAILY + "\n    lifecycle {\n      delete_after = 14\n    }", named(ALL_RDS)),
        ALL_RDS,
        "deletion",
        "rpo=2d retention=35d",
        "breached",
        "",
        "recovery points are deleted after 14 days",
    ),
    (
        "plan-region-none",
        rds(before=EAST) + plan(DAILY, named(ALL_RDS)),
        ALL_RDS,
        "region",
        "rpo=2d",
        "unrecoverable",
        "",
        "the vault is in the same region",
    ),
    (
        "plan-region",
        rds("  allocated_storage = 20", EAST) + DR_VAULT + plan(DAILY + "\n" + COPY, named(ALL_RDS)),
        ALL_RDS,
        "region",
        "rpo=24h rto=8h",
        "at_risk",
        "24h 32h36m 1h45m 5h38m25s",
        "a day typically; window, backup and 6 minutes of copying at worst",
    ),
    (
        "plan-region-continuous",
        rds("  allocated_storage = 20", EAST)
        + DR_VAULT
        + plan(DAILY + "\n    enable_continuous_backup = true\n" + COPY, named(ALL_RDS)),
        ALL_RDS,
        "region",
        "rpo=15m",
        "breached",
        "24h 32h36m",
        "copies of continuous backups are snapshots",
    ),
    (
        "plan-destroy",
        rds("  skip_final_snapshot = true\n  allocated_storage = 20") + plan(DAILY, named(ALL_RDS)),
        ALL_RDS,
        "destroy",
        "rpo=2d rto=2h",
        "met",
        "",
        "recovery points outlive the database",
    ),
    (
        "plan-account",
        rds() + plan(DAILY, named(ALL_RDS)),
        ALL_RDS,
        "account",
        "rpo=2d",
        "unrecoverable",
        "",
        "the vault is in the same account and not locked",
    ),
    (
        "plan-locked",
        rds()
        + plan(DAILY + "\n    lifecycle {\n      delete_after = 35\n    }", named(ALL_RDS))
        + 'resource "aws_backup_vault_lock_configuration" "l" {\n  backup_vault_name = aws_backup_vault.v.name\n  changeable_for_days = 3\n  min_retention_days = 35\n}\n',
        ALL_RDS,
        "account",
        "rpo=2d retention=35d",
        "met",
        "",
        "compliance mode cannot be lifted",
    ),
    (
        "plan-lock-governance",
        rds()
        + plan(DAILY, named(ALL_RDS))
        + 'resource "aws_backup_vault_lock_configuration" "l" {\n  backup_vault_name = aws_backup_vault.v.name\n  min_retention_days = 7\n}\n',
        ALL_RDS,
        "account",
        "rpo=2d",
        "unrecoverable",
        "",
        "without changeable_for_days the lock can be lifted",
    ),
    (
        "plan-lock-fails",
        rds()
        + plan(DAILY + "\n    lifecycle {\n      delete_after = 7\n    }", named(ALL_RDS))
        + 'resource "aws_backup_vault_lock_configuration" "l" {\n  backup_vault_name = aws_backup_vault.v.name\n  changeable_for_days = 3\n  min_retention_days = 35\n}\n',
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "jobs that keep less than the lock asks for fail",
    ),
    (
        "plan-not-for-caches",
        cache() + plan(DAILY, '  resources = ["*"]'),
        "aws_elasticache_replication_group.main",
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "AWS Backup takes in no caches",
    ),
    (
        "plan-bucket",
        bucket() + plan(DAILY, named("aws_s3_bucket.main")),
        "aws_s3_bucket.main",
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "AWS Backup needs versioning",
    ),
    (
        "plan-opted-out",
        rds('  tags = { Backup = "daily" }')
        + plan(DAILY, '  selection_tag {\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "daily"\n  }')
        + 'resource "aws_backup_region_settings" "r" {\n  resource_type_opt_in_preference = { RDS = false }\n}\n',
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "databases are opted out of tag selections",
    ),
    # -- volumes -----------------------------------------------------------------------------------------------------
    ("volume-none", volume(), "aws_ebs_volume.main", "zone", "rpo=1d", "unrecoverable", "", "a volume is in one zone"),
    (
        "volume-dlm",
        volume(TAGGED, dlm(EVERY_12H)),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=12h retention=7d",
        "at_risk",
        "12h 13h30m",
        "12 hours, one until it starts; 14 of them are 7 days",
    ),
    (
        "volume-dlm-14h",
        volume(TAGGED, dlm(EVERY_12H)),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=14h retention=7d",
        "met",
        "",
        "13h30m at worst",
    ),
    (
        "volume-dlm-kept",
        volume(TAGGED, dlm(EVERY_12H)),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=14h retention=8d",
        "breached",
        "",
        "14 snapshots of 12 hours are 7 days",
    ),
    (
        "volume-dlm-tag",
        volume('  tags = { Snapshot = "no" }', dlm(EVERY_12H)),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "the policy looks for another tag",
    ),
    (
        "volume-dlm-disabled",
        volume(TAGGED, dlm(EVERY_12H, '  state = "DISABLED"')),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "the policy is disabled",
    ),
    (
        "volume-dlm-cron",
        volume(
            TAGGED,
            dlm(
                '      create_rule {\n        cron_expression = "cron(0 2 ? * SUN *)"\n      }\n      retain_rule {\n        count = 4\n      }'
            ),
        ),
        "aws_ebs_volume.main",
        "deletion",
        "rpo=7d",
        "at_risk",
        "168h 169h30m",
        "once a week",
    ),
    (
        "volume-instance",
        volume(),
        "aws_ebs_volume.main",
        "instance",
        "rpo=0 rto=1h",
        "met",
        "",
        "it is attached to another instance",
    ),
    ("efs-none", efs(), "aws_efs_file_system.main", "deletion", "rpo=1d", "unrecoverable", "", "no backup policy"),
    (
        "efs-backup",
        efs(more=EFS_BACKUP),
        "aws_efs_file_system.main",
        "deletion",
        "rpo=1h",
        "breached",
        "24h 32h30m",
        "automatic backups are daily",
    ),
    (
        "efs-backup-35d",
        efs(more=EFS_BACKUP),
        "aws_efs_file_system.main",
        "deletion",
        "rpo=33h retention=35d",
        "met",
        "",
        "kept for 35 days",
    ),
    ("efs-zone", efs(), "aws_efs_file_system.main", "zone", "rpo=0 rto=0", "met", "", "several zones by itself"),
    (
        "efs-one-zone",
        efs('  availability_zone_name = "us-east-1a"'),
        "aws_efs_file_system.main",
        "zone",
        "rpo=1d",
        "unrecoverable",
        "",
        "One Zone keeps its data in one",
    ),
    (
        "efs-replica",
        efs(more=efs_copy("us-west-2"), before=EAST),
        "aws_efs_file_system.main",
        "region",
        "rpo=15m",
        "at_risk",
        "15m ∞",
        "most are 15 minutes behind at most, nothing bounds the rest",
    ),
    (
        "efs-replica-near",
        efs(more=efs_copy("us-east-1"), before=EAST),
        "aws_efs_file_system.main",
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "the replica is in the same region",
    ),
    (
        "fsx-default",
        'resource "aws_fsx_windows_file_system" "main" {\n  storage_capacity = 300\n}\n',
        "aws_fsx_windows_file_system.main",
        "deletion",
        "rpo=26h retention=7d",
        "met",
        "24h 25h",
        "daily for 7 days by default",
    ),
    # -- Atlas -------------------------------------------------------------------------------------------------------
    (
        "atlas-none",
        atlas(),
        "mongodbatlas_advanced_cluster.main",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "backups are off by default",
    ),
    (
        "atlas-hourly",
        atlas("  backup_enabled = true", schedule=item("hourly", 1)),
        "mongodbatlas_advanced_cluster.main",
        "deletion",
        "rpo=1h",
        "at_risk",
        "1h 1h30m",
        "an hour typically",
    ),
    (
        "atlas-default",
        atlas("  backup_enabled = true"),
        "mongodbatlas_advanced_cluster.main",
        "deletion",
        "rpo=1h",
        "breached",
        "6h 6h30m",
        "Atlas's own schedule is every 6 hours",
    ),
    (
        "atlas-continuous",
        atlas(
            "  backup_enabled = true\n  pit_enabled = true", schedule="  restore_window_days = 7\n" + item("daily", 1)
        ),
        "mongodbatlas_advanced_cluster.main",
        "deletion",
        "rpo=5m retention=7d",
        "met",
        "1m 5m",
        "continuous for 7 days",
    ),
    (
        "atlas-pit-without-backup",
        atlas("  pit_enabled = true"),
        "mongodbatlas_advanced_cluster.main",
        "deletion",
        "rpo=1h",
        "unrecoverable",
        "",
        "pit_enabled alone does nothing",
    ),
    (
        "atlas-nodes",
        atlas(),
        "mongodbatlas_advanced_cluster.main",
        "zone",
        "rpo=0 rto=1m",
        "met",
        "",
        "three nodes over the zones of a region",
    ),
    (
        "atlas-regions",
        atlas(specs=region("US_EAST_1", 2) + region("US_WEST_2", 2, 6) + region("EU_WEST_1", 1, 5)),
        "mongodbatlas_advanced_cluster.main",
        "region",
        "rpo=0 rto=1m",
        "met",
        "",
        "three of five nodes are left",
    ),
    (
        "atlas-regions-3-2",
        atlas(specs=region("US_EAST_1", 3) + region("US_WEST_2", 2, 6)),
        "mongodbatlas_advanced_cluster.main",
        "region",
        "rto=30m",
        "breached",
        "",
        "two of five are no majority",
    ),
    (
        "atlas-protected",
        atlas("  termination_protection_enabled = true"),
        "mongodbatlas_advanced_cluster.main",
        "destroy",
        "rto=1h",
        "met",
        "",
        "it cannot be terminated",
    ),
    # -- dumps in workflows ------------------------------------------------------------------------------------------
    (
        "dump-hourly",
        dumped("15 * * * *"),
        ALL_RDS,
        "deletion",
        "rpo=1h",
        "at_risk",
        "1h 2h30m",
        "an hour; GitHub may be an hour late, the dump takes half an hour",
    ),
    ("dump-hourly-3h", dumped("15 * * * *"), ALL_RDS, "deletion", "rpo=3h", "met", "", "2h30m at worst"),
    (
        "dump-weekdays",
        dumped("0 2 * * 1-5"),
        ALL_RDS,
        "deletion",
        "rpo=2d",
        "breached",
        "72h 73h30m",
        "nothing runs at weekends",
    ),
    (
        "dump-two-crons",
        {
            **dumped("0 2 * * 1-5"),
            ".github/workflows/dump.yml": workflow("0 2 * * 1-5", UPLOAD).replace(
                '1-5"\n', '1-5"\n    - cron: "0 2 * * 6,0"\n'
            ),
        },
        ALL_RDS,
        "deletion",
        "rpo=1d",
        "at_risk",
        "24h 25h30m",
        "two schedules together run every day",
    ),
    (
        "dump-no-upload",
        dumped("15 * * * *", 'pg_dump "$DATABASE_URL" > dump.sql'),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "the runner's disk is gone after the job",
    ),
    (
        "dump-artifact",
        dumped(
            "15 * * * *",
            'pg_dump "$DATABASE_URL" > dump.sql',
            more="      - uses: actions/upload-artifact@v4\n        with: {name: d, path: dump.sql}\n",
        ),
        ALL_RDS,
        "deletion",
        "rpo=3h retention=90d",
        "met",
        "",
        "an artifact is kept for 90 days",
    ),
    (
        "dump-artifact-short",
        dumped(
            "15 * * * *",
            'pg_dump "$DATABASE_URL" > dump.sql',
            more="      - uses: actions/upload-artifact@v4\n        with: {name: d, path: dump.sql, retention-days: 5}\n",
        ),
        ALL_RDS,
        "deletion",
        "rpo=3h retention=7d",
        "breached",
        "",
        "an artifact is kept for 5 days",
    ),
    (
        "dump-pipe",
        dumped("15 * * * *", PIPED),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "without pipefail a failed dump uploads nothing that helps",
    ),
    (
        "dump-pipefail",
        dumped("15 * * * *", "set -o pipefail\n" + PIPED),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "met",
        "",
        "pipefail makes a failed dump fail",
    ),
    (
        "dump-shell-bash",
        dumped("15 * * * *", PIPED, step="        shell: bash\n"),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "met",
        "",
        "shell: bash switches pipefail on",
    ),
    (
        "dump-or-true",
        dumped("15 * * * *", UPLOAD.replace("> dump.bin", "> dump.bin || true")),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "|| true hides a failed dump",
    ),
    (
        "dump-continues",
        dumped("15 * * * *", step="        continue-on-error: true\n"),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "continue-on-error hides a failed dump",
    ),
    (
        "dump-off",
        dumped("15 * * * *", job="    if: false\n"),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "the job never runs",
    ),
    (
        "dump-every-minute",
        dumped("* * * * *"),
        ALL_RDS,
        "deletion",
        "rpo=2h",
        "met",
        "5m 1h35m",
        "GitHub starts it every 5 minutes at most",
    ),
    ("dump-zone", dumped("15 * * * *"), ALL_RDS, "zone", "rpo=3h", "met", "", "the bucket outlives the zone"),
    (
        "dump-region",
        dumped("15 * * * *"),
        ALL_RDS,
        "region",
        "rpo=3h",
        "unknown",
        "",
        "where the bucket is, is not described here",
    ),
    (
        "dump-other-engine",
        dumped("15 * * * *", UPLOAD.replace("pg_dump -Fc", "mysqldump")),
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "it dumps MySQL, this is PostgreSQL",
    ),
    (
        "dump-two-databases",
        {
            **dumped("15 * * * *"),
            "more.tf": 'resource "aws_db_instance" "other" {\n  identifier = "other"\n  engine = "postgres"\n}\n',
        },
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unknown",
        "",
        "nothing says which of two databases it dumps",
    ),
    (
        "dump-unscheduled",
        {
            "main.tf": rds(),
            ".github/workflows/d.yml": workflow("0 2 * * *", UPLOAD).replace(
                'on:\n  schedule:\n    - cron: "0 2 * * *"\n', "on: workflow_dispatch\n"
            ),
        },
        ALL_RDS,
        "deletion",
        "rpo=7d",
        "unrecoverable",
        "",
        "a job that is started by hand is no schedule",
    ),
    (
        "dump-script",
        {
            **dumped("15 * * * *", "./scripts/dump.sh"),
            "scripts/dump.sh": '#!/bin/bash\nset -euo pipefail\npg_dump "$URL" | gzip | aws s3 cp - "s3://acme-dumps/$(date +%F).gz"\n',
        },
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "met",
        "",
        "the script that the job calls dumps",
    ),
    (
        "dump-snapshot",
        {
            "main.tf": rds(),
            ".github/workflows/d.yml": workflow(
                "15 * * * *",
                "aws rds create-db-snapshot --db-instance-identifier main --db-snapshot-identifier s-$GITHUB_RUN_ID",
            ),
        },
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "met",
        "",
        "a snapshot of this database every hour",
    ),
    (
        "dump-snapshot-other",
        {
            "main.tf": rds() + rds().replace('"main"', '"other"'),
            ".github/workflows/d.yml": workflow(
                "15 * * * *",
                "aws rds create-db-snapshot --db-instance-identifier other --db-snapshot-identifier s-$GITHUB_RUN_ID",
            ),
        },
        ALL_RDS,
        "deletion",
        "rpo=3h",
        "unrecoverable",
        "",
        "a snapshot of another database",
    ),
    # -- compose -----------------------------------------------------------------------------------------------------
    (
        "compose-none",
        compose(POSTGRES),
        "compose.db",
        "deletion",
        "rpo=1d",
        "unrecoverable",
        "",
        "a volume is no backup",
    ),
    (
        "compose-instance",
        compose(POSTGRES),
        "compose.db",
        "instance",
        "rpo=1d",
        "unrecoverable",
        "",
        "the volume is lost with the host",
    ),
    (
        "compose-sidecar",
        compose(
            POSTGRES + sidecar("prodrigestivill/postgres-backup-local:16", "POSTGRES_HOST: db, SCHEDULE: '@hourly'")
        ),
        "compose.db",
        "deletion",
        "rpo=1h retention=7d",
        "at_risk",
        "1h 1h30m",
        "an hour, and half of one until the dump is whole; 7 days by default",
    ),
    (
        "compose-sidecar-default",
        compose(POSTGRES + sidecar("prodrigestivill/postgres-backup-local:16", "POSTGRES_HOST: db")),
        "compose.db",
        "deletion",
        "rpo=1h",
        "breached",
        "24h 24h30m",
        "it dumps daily unless it is told otherwise",
    ),
    (
        "compose-sidecar-instance",
        compose(
            POSTGRES + sidecar("prodrigestivill/postgres-backup-local:16", "POSTGRES_HOST: db, SCHEDULE: '@hourly'")
        ),
        "compose.db",
        "instance",
        "rpo=1d",
        "unrecoverable",
        "",
        "the dumps are on the same disk",
    ),
    (
        "compose-s3",
        compose(
            POSTGRES
            + sidecar("eeshugerman/postgres-backup-s3:16", "POSTGRES_HOST: db, SCHEDULE: '@hourly', S3_BUCKET: acme")
        ),
        "compose.db",
        "instance",
        "rpo=2h",
        "met",
        "1h 1h30m",
        "the bucket outlives the host",
    ),
    (
        "compose-s3-unscheduled",
        compose(POSTGRES + sidecar("eeshugerman/postgres-backup-s3:16", "POSTGRES_HOST: db, S3_BUCKET: acme")),
        "compose.db",
        "deletion",
        "rpo=2h",
        "unrecoverable",
        "",
        "without SCHEDULE it dumps once",
    ),
    (
        "compose-loop",
        compose(
            POSTGRES
            + "  dump:\n    image: postgres:16-alpine\n    entrypoint: sh -c 'while true; do pg_dump -h db app > /dumps/a.sql; sleep 3600; done'\n    volumes: [dumps:/dumps]\n"
        ),
        "compose.db",
        "deletion",
        "rpo=2h",
        "met",
        "1h 1h30m",
        "a dump every hour",
    ),
    (
        "compose-redis",
        compose(redis("redis-server --appendonly yes")),
        "compose.cache",
        "instance",
        "rpo=5m rto=10m",
        "met",
        "1s 1s",
        "the log is synced every second",
    ),
    (
        "compose-redis-always",
        compose(redis("redis-server --appendonly yes --appendfsync always")),
        "compose.cache",
        "instance",
        "rpo=0",
        "met",
        "0 0",
        "every write is synced",
    ),
    (
        "compose-redis-default",
        compose(redis("redis-server")),
        "compose.cache",
        "instance",
        "rpo=5m",
        "breached",
        "1h 1h",
        "one change is saved after an hour by default",
    ),
    (
        "compose-redis-save",
        compose(redis("redis-server --save 60 1")),
        "compose.cache",
        "instance",
        "rpo=5m",
        "met",
        "1m 1m",
        "one change is saved after a minute",
    ),
    (
        "compose-redis-nothing",
        compose(redis('["redis-server", "--save", ""]')),
        "compose.cache",
        "instance",
        "rpo=1d",
        "unrecoverable",
        "",
        "snapshots are switched off and there is no log",
    ),
    (
        "compose-redis-no-volume",
        compose(redis("redis-server --appendonly yes", mounted=False)),
        "compose.cache",
        "instance",
        "rpo=1d",
        "unrecoverable",
        "",
        "the log goes with the container",
    ),
    (
        "compose-cron",
        {
            **compose(POSTGRES),
            "setup.sh": '#!/bin/bash\n(crontab -l; echo "0 3 * * * docker exec db pg_dump -U app app > /var/backups/app.sql") | crontab -\n',
        },
        "compose.db",
        "deletion",
        "rpo=25h",
        "met",
        "24h 24h30m",
        "a crontab line dumps it every night",
    ),
    (
        "compose-cron-instance",
        {
            **compose(POSTGRES),
            "setup.sh": '#!/bin/bash\n(crontab -l; echo "0 3 * * * docker exec db pg_dump -U app app > /var/backups/app.sql") | crontab -\n',
        },
        "compose.db",
        "instance",
        "rpo=25h",
        "unrecoverable",
        "",
        "the dump is on the same disk",
    ),
    (
        "crontab-file",
        {
            **compose(POSTGRES),
            "deploy/crontab": "CRON_TZ=Europe/Berlin\n# nightly\n30 3 * * * docker exec db pg_dump -U app app | aws s3 cp - s3://acme/$(date +\\%F)\n",
        },
        "compose.db",
        "deletion",
        "rpo=26h",
        "unrecoverable",
        "",
        "a pipeline of sh has no pipefail",
    ),
    (
        "crontab-script",
        {
            **compose(POSTGRES),
            "deploy/crontab": "CRON_TZ=Europe/Berlin\n30 3 * * * ./dump.sh\n",
            "dump.sh": "#!/bin/bash\nset -euo pipefail\ndocker exec db pg_dump -U app app | aws s3 cp - s3://acme/$(date +%F)\n",
        },
        "compose.db",
        "deletion",
        "rpo=26h",
        "met",
        "25h 25h30m",
        "the day on which the clock goes back has 25 hours",
    ),
    (
        "cron-d-user",
        {
            **compose(POSTGRES),
            "etc/cron.d/dump.cron": "0 */6 * * * root docker exec db pg_dump -U app app > /var/backups/app.sql\n",
        },
        "compose.db",
        "deletion",
        "rpo=7h",
        "met",
        "6h 6h30m",
        "the sixth word is the user",
    ),
    (
        "crontab-never",
        {**compose(POSTGRES), "crontab": "0 3 31 2 * docker exec db pg_dump app > /b.sql\n"},
        "compose.db",
        "deletion",
        "rpo=31d",
        "unrecoverable",
        "",
        "there is no 31 February",
    ),
    (
        "scheduler-snapshot",
        rds()
        + 'resource "aws_scheduler_schedule" "s" {\n  schedule_expression = "rate(6 hours)"\n  flexible_time_window {\n    mode = "OFF"\n  }\n  target {\n    arn = "arn:aws:scheduler:::aws-sdk:rds:createDBSnapshot"\n    role_arn = "r"\n    input = jsonencode({ DbInstanceIdentifier = aws_db_instance.main.identifier })\n  }\n}\n',
        ALL_RDS,
        "deletion",
        "rpo=7h",
        "met",
        "6h 6h30m",
        "EventBridge Scheduler makes a snapshot every six hours",
    ),
    (
        "scheduler-off",
        rds()
        + 'resource "aws_scheduler_schedule" "s" {\n  state = "DISABLED"\n  schedule_expression = "rate(6 hours)"\n  target {\n    arn = "arn:aws:scheduler:::aws-sdk:rds:createDBSnapshot"\n    role_arn = "r"\n    input = jsonencode({ DbInstanceIdentifier = "main" })\n  }\n}\n',
        ALL_RDS,
        "deletion",
        "rpo=7h",
        "unrecoverable",
        "",
        "the schedule is disabled",
    ),
]


@pytest.mark.parametrize(
    ("files", "match", "loss", "target", "verdict", "figures", "why"),
    [row[1:] for row in SCENARIOS],
    ids=[row[0] for row in SCENARIOS],
)
def test_scenario(files: Files, match: str, loss: str, target: str, verdict: str, figures: str, why: str) -> None:
    found = [each for each in assessments(files, promise(match, loss, target)) if each.store.name == "store"]
    assert [each.loss for each in found] == [loss], why
    (assessment,) = found
    assert assessment.verdict == verdict, f"{why}; {assessment.mechanism}, {[each.name for each in assessment.missing]}"
    if verdict == "unknown":
        assert assessment.missing, "an unknown verdict says what is not known"
    if figures:
        assert assessment.mechanism is not None
        rpo, rto = assessment.mechanism.rpo.interval, assessment.mechanism.rto.interval
        shown = [told(each, verdict) for each in (rpo.typical, rpo.worst, rto.typical, rto.worst)]
        wanted = [float("inf") if each == "∞" else parse_duration(each) for each in figures.split()]
        assert [round(each) if each != float("inf") else each for each in shown[: len(wanted)]] == wanted, why


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 120
    assert len({row[0] for row in SCENARIOS}) == len(SCENARIOS)
