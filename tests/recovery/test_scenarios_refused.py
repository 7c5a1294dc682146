"""What looks like a backup and is none, stores beyond the usual ones, and words that AWS does not know."""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from recovery_case import EAST, assessments, promise
from test_scenarios import (
    DAILY,
    EFS_BACKUP,
    TAGGED,
    TIMED,
    VERSIONED,
    Files,
    atlas,
    bucket,
    cache,
    compose,
    dlm,
    efs,
    item,
    named,
    plan,
    rds,
    replicated,
    table,
    test_scenario,
    volume,
)

RDS, TABLE, CACHE, BUCKET, VOLUME = (
    "aws_db_instance.main",
    "aws_dynamodb_table.main",
    "aws_elasticache_replication_group.main",
    "aws_s3_bucket.main",
    "aws_ebs_volume.main",
)
ENCRYPTED = "  storage_encrypted = true\n  backup_retention_period = 7"
REPLICA = 'resource "aws_db_instance" "copy" {\n  provider = aws.west\n  replicate_source_db = aws_db_instance.main.arn\n%s}\n'
BACKUPS = (
    'resource "aws_db_instance_automated_backups_replication" "main" {\n  provider = aws.west\n'
    "  source_db_instance_arn = aws_db_instance.main.arn\n%s}\n"
)
KEY = '  kms_key_id = "arn:aws:kms:us-west-2:123456789012:key/k"\n'
KMS = (
    'resource "aws_s3_bucket_server_side_encryption_configuration" "main" {\n  bucket = aws_s3_bucket.main.id\n'
    '  rule {\n    apply_server_side_encryption_by_default {\n      sse_algorithm = "aws:kms"\n    }\n  }\n}\n'
)
SELECTED = (
    '    source_selection_criteria {\n      sse_kms_encrypted_objects {\n        status = "Enabled"\n      }\n    }\n'
)
FOREIGN = '    copy_action {\n      destination_vault_arn = "arn:aws:backup:us-east-1:210987654321:backup-vault:safe"\n    }\n'
HOME = 'data "aws_caller_identity" "me" {}\n'


def archived(days: int, storage: str) -> str:
    return (
        'resource "aws_s3_bucket_lifecycle_configuration" "main" {\n  bucket = aws_s3_bucket.main.id\n  rule {\n'
        f'    id = "old"\n    status = "Enabled"\n    noncurrent_version_transition {{\n      noncurrent_days = {days}\n'
        f'      storage_class = "{storage}"\n    }}\n  }}\n}}\n'
    )


def keyspace(body: str = "") -> str:
    return f'resource "aws_keyspaces_table" "main" {{\n  keyspace_name = "k"\n  table_name = "t"\n{body}}}\n'


PITR = '  point_in_time_recovery {\n    status = "ENABLED"\n  }\n'
SQLITE = "  app:\n    image: acme/app:1\n    volumes: [data:/data]\n"


def litestream(command: str) -> dict[str, str]:
    service = f"  replica:\n    image: litestream/litestream:0.5\n    command: {command}\n    volumes: [data:/data]\n"
    return compose(SQLITE + service)


def cron_job(schedule: str, script: str, more: str = "") -> dict[str, str]:
    manifest = (
        f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: dump}}\nspec:\n  schedule: '{schedule}'\n{more}  jobTemplate:\n"
        "    spec:\n      template:\n        spec:\n          containers:\n            - name: dump\n              image: postgres:16\n"
        f"              command: [bash, -c, '{script}']\n"
    )
    return {"main.tf": rds(), "k8s/dump.yaml": manifest}


DUMP = 'set -euo pipefail; pg_dump "$URL" | gzip | aws s3 cp - "s3://acme-dumps/$(date +%F).gz"'
POD = "set -euo pipefail; pg_dump $URL > /backup/a.sql"
VELERO = "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: nightly}\nspec:\n  schedule: '%s'\n%s  template: {ttl: %s}\n"

SCENARIOS: list[tuple[str, Files, str, str, str, str, str, str]] = [
    # -- refused by the service --------------------------------------------------------------------------------------
    (
        "start-window-short",
        rds() + plan(f"{DAILY}\n    start_window = 30", named(RDS)),
        RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "AWS Backup refuses a start window under an hour",
    ),
    (
        "start-window-hour",
        rds() + plan(f"{DAILY}\n    start_window = 60", named(RDS)),
        RDS,
        "deletion",
        "rpo=2d",
        "met",
        "24h 25h30m",
        "an hour is the least",
    ),
    (
        "kept-negative",
        rds() + plan(f"{DAILY}\n    lifecycle {{\n      delete_after = -7\n    }}", named(RDS)),
        RDS,
        "deletion",
        "rpo=2d retention=7d",
        "unrecoverable",
        "",
        "-7 days are no retention",
    ),
    (
        "kept-absurd",
        rds() + plan(f"{DAILY}\n    lifecycle {{\n      delete_after = 99999999999999999999\n    }}", named(RDS)),
        RDS,
        "deletion",
        "rpo=2d retention=7d",
        "unrecoverable",
        "",
        "100 years are the most",
    ),
    (
        "cold-too-short",
        rds()
        + plan(
            f"{DAILY}\n    lifecycle {{\n      cold_storage_after = 30\n      delete_after = 60\n    }}", named(RDS)
        ),
        RDS,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "what is moved to cold storage stays there for 90 days",
    ),
    (
        "cold-120",
        rds()
        + plan(
            f"{DAILY}\n    lifecycle {{\n      cold_storage_after = 30\n      delete_after = 120\n    }}", named(RDS)
        ),
        RDS,
        "deletion",
        "rpo=2d retention=120d",
        "met",
        "",
        "30 and 90 days",
    ),
    (
        "cache-window-no-time",
        cache('  snapshot_retention_limit = 7\n  snapshot_window = "25:00-99:00"'),
        CACHE,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "25:00 is no time of day",
    ),
    (
        "cache-window-short",
        cache('  snapshot_retention_limit = 7\n  snapshot_window = "05:00-05:30"'),
        CACHE,
        "deletion",
        "rpo=2d",
        "unrecoverable",
        "",
        "a window is an hour long at least",
    ),
    (
        "dlm-every-5-hours",
        volume(
            TAGGED,
            dlm("      create_rule {\n        interval = 5\n      }\n      retain_rule {\n        count = 14\n      }"),
        ),
        VOLUME,
        "deletion",
        "rpo=12h",
        "unrecoverable",
        "",
        "5 is none of the intervals that the service accepts",
    ),
    (
        "dlm-keeps-none",
        volume(
            TAGGED,
            dlm("      create_rule {\n        interval = 12\n      }\n      retain_rule {\n        count = 0\n      }"),
        ),
        VOLUME,
        "deletion",
        "rpo=14h",
        "unrecoverable",
        "",
        "none are kept",
    ),
    # -- regions that there are not ----------------------------------------------------------------------------------
    (
        "copy-to-no-region",
        rds()
        + plan(
            f'{DAILY}\n    copy_action {{\n      destination_vault_arn = "arn:aws:backup:us-moon-1:123456789012:backup-vault:v"\n    }}',
            named(RDS),
        ),
        RDS,
        "region",
        "rpo=2d",
        "unknown",
        "",
        "AWS has no region us-moon-1",
    ),
    (
        "provider-of-no-region",
        rds("  backup_retention_period = 7", before=EAST.replace("us-west-2", "us-moon-1")) + REPLICA % "",
        RDS,
        "region",
        "rpo=1h rto=8h",
        "unknown",
        "",
        "where the replica is, is not known",
    ),
    (
        "table-replica-nowhere",
        table('  replica {\n    region_name = "us-moon-1"\n  }', before=EAST),
        TABLE,
        "region",
        "rpo=1m",
        "unrecoverable",
        "",
        "AWS has no region us-moon-1",
    ),
    (
        "volume-copy-nowhere",
        volume(
            TAGGED,
            dlm(
                "      create_rule {\n        interval = 12\n      }\n      retain_rule {\n        count = 14\n      }\n"
                '      cross_region_copy_rule {\n        target = "moon"\n        encrypted = true\n      }'
            ),
        ),
        VOLUME,
        "region",
        "rpo=14h",
        "unrecoverable",
        "",
        "AWS has no region moon",
    ),
    # -- copies in a circle ------------------------------------------------------------------------------------------
    (
        "replicas-of-each-other",
        'resource "aws_db_instance" "main" {\n  identifier = "main"\n  replicate_source_db = aws_db_instance.other.identifier\n}\n'
        'resource "aws_db_instance" "other" {\n  identifier = "other"\n  replicate_source_db = aws_db_instance.main.identifier\n}\n',
        RDS,
        "zone",
        "rpo=1h",
        "unrecoverable",
        "",
        "neither has a source",
    ),
    (
        "replica-of-itself",
        'resource "aws_db_instance" "main" {\n  identifier = "main"\n  replicate_source_db = "main"\n}\n',
        RDS,
        "zone",
        "rpo=1h",
        "unrecoverable",
        "",
        "it has no source",
    ),
    # -- keys ----------------------------------------------------------------------------------------------------------
    (
        "replica-without-key",
        rds(ENCRYPTED, before=EAST) + REPLICA % "",
        RDS,
        "region",
        "rpo=1h rto=8h",
        "unrecoverable",
        "",
        "an encrypted replica needs a key of its own region",
    ),
    (
        "replica-with-key",
        rds(ENCRYPTED, before=EAST) + REPLICA % KEY,
        RDS,
        "region",
        "rpo=1h rto=8h",
        "met",
        "",
        "the key is named",
    ),
    (
        "backups-without-key",
        rds(ENCRYPTED, before=EAST) + BACKUPS % "",
        RDS,
        "region",
        "rpo=1h",
        "unrecoverable",
        "",
        "encrypted backups need a key of the other region",
    ),
    (
        "backups-with-key",
        rds(ENCRYPTED, before=EAST) + BACKUPS % KEY,
        RDS,
        "region",
        "rpo=1h",
        "met",
        "10m 30m",
        "the key is named",
    ),
    (
        "account-default-key",
        HOME.replace('data "aws_caller_identity" "me" {}\n', "")
        + rds(ENCRYPTED + '\n  arn = "arn:aws:rds:us-east-1:123456789012:db:main"')
        + plan(f"{DAILY}\n    start_window = 60\n{FOREIGN}", named(RDS)),
        RDS,
        "account",
        "rpo=2d",
        "unrecoverable",
        "",
        "nobody in another account can use the key that AWS manages",
    ),
    (
        "account-own-key",
        rds(ENCRYPTED + '\n  arn = "arn:aws:rds:us-east-1:123456789012:db:main"\n' + KEY)
        + plan(f"{DAILY}\n    start_window = 60\n{FOREIGN}", named(RDS)),
        RDS,
        "account",
        "rpo=2d",
        "met",
        "24h 25h30m",
        "a key of its own can be shared",
    ),
    (
        "objects-of-kms-left-out",
        bucket("", VERSIONED + KMS + replicated(TIMED), EAST),
        BUCKET,
        "region",
        "rpo=15m",
        "unrecoverable",
        "",
        "objects encrypted with KMS are not replicated unless the rule says so",
    ),
    (
        "objects-of-kms-selected",
        bucket(
            "", VERSIONED + KMS + replicated(TIMED).replace("    destination {", f"{SELECTED}    destination {{"), EAST
        ),
        BUCKET,
        "region",
        "rpo=15m",
        "met",
        "15m 15m",
        "the rule asks for them",
    ),
    # -- archives ------------------------------------------------------------------------------------------------------
    (
        "versions-in-the-archive-at-once",
        bucket("", VERSIONED + archived(0, "GLACIER")),
        BUCKET,
        "deletion",
        "rto=4h",
        "breached",
        "0 0 6h15m",
        "15+15+5h+30+15: every version is in the archive",
    ),
    (
        "versions-in-the-archive-later",
        bucket("", VERSIONED + archived(30, "DEEP_ARCHIVE")),
        BUCKET,
        "deletion",
        "rto=4h",
        "at_risk",
        "0 0 1h15m 13h15m",
        "what was replaced a month ago comes out of the deep archive in 12 hours",
    ),
    (
        "versions-infrequent",
        bucket("", VERSIONED + archived(30, "STANDARD_IA")),
        BUCKET,
        "deletion",
        "rto=4h",
        "met",
        "0 0 1h15m 1h15m",
        "that class is read at once",
    ),
    (
        "locked-in-the-bucket-itself",
        bucket(
            '  object_lock_enabled = true\n  object_lock_configuration {\n    object_lock_enabled = "Enabled"\n    rule {\n      default_retention {\n        mode = "COMPLIANCE"\n        days = 30\n      }\n    }\n  }'
        ),
        BUCKET,
        "account",
        "rpo=1h retention=30d",
        "met",
        "",
        "the lock may stand in the bucket",
    ),
    # -- Keyspaces -----------------------------------------------------------------------------------------------------
    (
        "keyspaces-none",
        keyspace(),
        "aws_keyspaces_table.main",
        "deletion",
        "rpo=1h",
        "unrecoverable",
        "",
        "off by default",
    ),
    (
        "keyspaces-pitr",
        keyspace(PITR),
        "aws_keyspaces_table.main",
        "deletion",
        "rpo=1m rto=5h retention=35d",
        "met",
        "1s 1s 1h55m 4h55m",
        "any second of 35 days; 15+15+60+10+15, 4 h at worst",
    ),
    (
        "keyspaces-zone",
        keyspace(),
        "aws_keyspaces_table.main",
        "zone",
        "rpo=0 rto=0",
        "met",
        "",
        "three zones by itself",
    ),
    (
        "keyspaces-destroy",
        keyspace(PITR),
        "aws_keyspaces_table.main",
        "destroy",
        "rpo=1m",
        "met",
        "",
        "a deleted table can be restored for 35 days",
    ),
    (
        "keyspaces-open",
        'variable "s" {}\n' + keyspace("  point_in_time_recovery {\n    status = var.s\n  }\n"),
        "aws_keyspaces_table.main",
        "deletion",
        "rpo=1h",
        "unknown",
        "",
        "var.s has no value",
    ),
    # -- Litestream ----------------------------------------------------------------------------------------------------
    (
        "litestream",
        litestream("replicate /data/app.db s3://acme-replica/app"),
        "compose.volume.data",
        "instance",
        "rpo=1m",
        "met",
        "1s 1s",
        "SQLite's log is copied every second to a bucket",
    ),
    (
        "litestream-kept",
        litestream("replicate /data/app.db s3://acme-replica/app"),
        "compose.volume.data",
        "deletion",
        "rpo=1m retention=7d",
        "breached",
        "",
        "a day is kept where nothing else is said",
    ),
    (
        "litestream-configured",
        litestream("replicate -config /etc/litestream.yml"),
        "compose.volume.data",
        "deletion",
        "rpo=1m",
        "unknown",
        "",
        "what its configuration says is not read",
    ),
    (
        "litestream-same-disk",
        litestream("replicate /data/app.db file:///data/replica"),
        "compose.volume.data",
        "instance",
        "rpo=1m",
        "unrecoverable",
        "",
        "the replica is lost with the disk",
    ),
    # -- Kubernetes ----------------------------------------------------------------------------------------------------
    (
        "cronjob",
        cron_job("0 * * * *", DUMP),
        RDS,
        "deletion",
        "rpo=2h",
        "met",
        "1h 1h30m",
        "a job of the cluster dumps it every hour",
    ),
    (
        "cronjob-weekdays",
        cron_job("0 2 * * 1-5", DUMP),
        RDS,
        "deletion",
        "rpo=2d",
        "breached",
        "72h",
        "nothing runs at weekends",
    ),
    (
        "cronjob-suspended",
        cron_job("0 * * * *", DUMP, "  suspend: true\n"),
        RDS,
        "deletion",
        "rpo=2h",
        "unrecoverable",
        "",
        "it is suspended",
    ),
    (
        "cronjob-in-the-pod",
        cron_job("0 * * * *", POD),
        RDS,
        "zone",
        "rpo=2h",
        "unrecoverable",
        "",
        "the dump stays in the pod's own volume",
    ),
    (
        "cronjob-zone",
        cron_job("0 2 * * *", DUMP, "  timeZone: Europe/Berlin\n"),
        RDS,
        "deletion",
        "rpo=26h",
        "met",
        "25h 25h30m",
        "the day on which the clock goes back has 25 hours",
    ),
]


TASK = (
    'resource "aws_ecs_task_definition" "dump" {\n  family = "dump"\n'
    '  container_definitions = jsonencode([{ name = "dump", image = "postgres:16", command = ["bash", "-c", "%s"] }])\n}\n'
)
PIPED = "set -o pipefail; pg_dump -Fc app | aws s3 cp - s3://acme-dumps/app.dump"
RULE = (
    'resource "aws_cloudwatch_event_rule" "r" {\n  name = "r"\n  schedule_expression = "rate(6 hours)"\n%s}\n'
    'resource "aws_cloudwatch_event_target" "t" {\n  rule = aws_cloudwatch_event_rule.r.name\n'
    '  arn = "arn:aws:ecs:us-east-1:123456789012:cluster/c"\n  ecs_target {\n'
    "    task_definition_arn = aws_ecs_task_definition.dump.arn\n  }\n}\n"
)
SCHEDULER = (
    'resource "aws_scheduler_schedule" "s" {\n  schedule_expression = "cron(0 2 * * ? *)"\n  target {\n'
    '    arn = "arn:aws:ecs:us-east-1:123456789012:cluster/c"\n    role_arn = "r"\n    ecs_parameters {\n'
    "      task_definition_arn = aws_ecs_task_definition.dump.arn\n    }\n  }\n}\n"
)
SNAPSHOT = (
    'resource "aws_cloudwatch_event_rule" "r" {\n  name = "r"\n  schedule_expression = "rate(12 hours)"\n}\n'
    'resource "aws_cloudwatch_event_target" "t" {\n  rule = aws_cloudwatch_event_rule.r.name\n'
    '  arn = "arn:aws:events:us-east-1:123456789012:target/create-snapshot"\n'
    "  input = jsonencode(aws_ebs_volume.main.id)\n}\n"
)
FLEX = (
    '    region_configs {\n      region_name = "US_EAST_1"\n      priority = 7\n      electable_specs {\n'
    '        instance_size = "M5"\n      }\n    }\n'
)
COMPLIANCE = (
    'resource "mongodbatlas_backup_compliance_policy" "main" {\n  project_id = "p"\n  authorized_email = "a@example.com"\n'
    "  copy_protection_enabled = true\n}\n"
)
CLUSTER = "mongodbatlas_advanced_cluster.main"
SCENARIOS += [
    (
        "atlas-shared",
        atlas(specs=FLEX),
        CLUSTER,
        "deletion",
        "rpo=25h",
        "met",
        "24h 24h30m",
        "a snapshot a day by itself",
    ),
    (
        "atlas-account",
        atlas("  backup_enabled = true"),
        CLUSTER,
        "account",
        "rpo=1d",
        "unrecoverable",
        "",
        "whoever has the account deletes the snapshots",
    ),
    (
        "atlas-compliance",
        atlas("  backup_enabled = true") + COMPLIANCE,
        CLUSTER,
        "account",
        "rpo=1d retention=7d",
        "met",
        "6h 6h30m",
        "nobody deletes what the compliance policy protects",
    ),
    (
        "atlas-window-beyond-snapshots",
        atlas(
            "  backup_enabled = true\n  pit_enabled = true", schedule="  restore_window_days = 14\n" + item("hourly", 6)
        ),
        CLUSTER,
        "deletion",
        "rpo=5m retention=14d",
        "breached",
        "1m 5m",
        "a moment is restored from a snapshot before it, and those are kept for a week",
    ),
    (
        "event-rule-task",
        rds() + TASK % PIPED + RULE % "",
        RDS,
        "deletion",
        "rpo=7h",
        "met",
        "6h 6h30m",
        "EventBridge starts a task that dumps it every six hours",
    ),
    (
        "event-rule-off",
        rds() + TASK % PIPED + RULE % '  state = "DISABLED"\n',
        RDS,
        "deletion",
        "rpo=7h",
        "unrecoverable",
        "",
        "the rule is disabled",
    ),
    (
        "event-rule-no-upload",
        rds() + TASK % "pg_dump -Fc app > /tmp/app.dump" + RULE % "",
        RDS,
        "deletion",
        "rpo=7h",
        "unrecoverable",
        "",
        "the task's disk is gone when it ends",
    ),
    (
        "scheduler-task",
        rds() + TASK % PIPED + SCHEDULER,
        RDS,
        "deletion",
        "rpo=1d",
        "at_risk",
        "24h 24h30m",
        "every night at two",
    ),
    (
        "event-rule-snapshot",
        volume("", SNAPSHOT),
        VOLUME,
        "deletion",
        "rpo=13h",
        "met",
        "12h 12h30m",
        "EventBridge makes a snapshot by itself",
    ),
]


@pytest.mark.parametrize(
    ("files", "match", "loss", "target", "verdict", "figures", "why"),
    [row[1:] for row in SCENARIOS],
    ids=[row[0] for row in SCENARIOS],
)
def test_refused(files: Files, match: str, loss: str, target: str, verdict: str, figures: str, why: str) -> None:
    test_scenario(files, match, loss, target, verdict, figures, why)


def test_a_store_in_a_cluster_that_velero_backs_up() -> None:
    policy = (
        "version: 1\nrecovery:\n  stores:\n    orders: {kind: volume, at: kubernetes, rpo: 25h, retention: 7d, "
        "against: [deletion], environments: [production]}\n"
    )
    nightly = {"velero.yaml": VELERO % ("0 3 * * *", "", "240h0m0s")}
    assert [each.verdict for each in assessments(nightly, policy)] == ["met"]
    paused = {"velero.yaml": VELERO % ("0 3 * * *", "  paused: true\n", "240h0m0s")}
    assert [each.verdict for each in assessments(paused, policy)] == ["unknown"]
    short = {"velero.yaml": VELERO % ("0 3 * * *", "", "48h0m0s")}
    assert [each.verdict for each in assessments(short, policy)] == ["breached"]
    every = {"velero.yaml": VELERO % ("@every 6h", "", "240h0m0s")}
    assert [each.verdict for each in assessments(every, policy)] == ["met"]


def test_why_a_backup_plan_does_not_take_a_store_in() -> None:
    tags = 'selection_tag {\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "yes"\n  }'
    files = rds('  tags = { Backup = "no" }') + plan(DAILY, f"  {tags}")
    (found,) = assessments(files, promise(RDS, "deletion", "rpo=2d"))
    assert found.verdict == "unrecoverable"
    assert found.notes == ["aws_backup_selection.s takes in what has the tag Backup = yes, and it has no"]
    files = efs() + EFS_BACKUP + plan(DAILY, f"  {tags}")
    (found,) = assessments(files, promise("aws_efs_file_system.main", "deletion", "rpo=2d"))
    assert (found.verdict, found.notes) == ("met", [])


def test_a_vault_of_the_same_name_in_another_region_is_another_one() -> None:
    copy = (
        '    copy_action {\n      destination_vault_arn = "arn:aws:backup:us-west-2:123456789012:backup-vault:v"\n    }'
    )
    files = rds("  allocated_storage = 40", before='provider "aws" {\n  region = "us-east-1"\n}\n') + plan(
        f"{DAILY}\n{copy}", named(RDS)
    )
    (found,) = assessments(files, promise(RDS, "region", "rpo=2d"))
    assert found.verdict == "met"
