"""What is repaired is reported no more, and what is not written where it counts is not repaired."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.findings import Finding
from depcheck.policy import environments_of, load
from depcheck.project.loading import Options
from depcheck.project.loading import load as load_project
from depcheck.source import Source

RULES = all_rules()
DATABASE = 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n%s\n}\n'
POLICY = (
    'version: 1\nrecovery:\n  stores:\n    db: {match: ["aws_db_instance.main"], retention: 14d, against: [deletion]}\n'
)
ZONE = POLICY.replace("retention: 14d, against: [deletion]", "rpo: 1m, against: [zone]")
DLM = (
    'resource "aws_dlm_lifecycle_policy" "p" {\n  policy_details {\n    schedule {\n      cross_region_copy_rule {\n'
    '        target = "eu-west-1"\n        encrypted = false\n      }\n    }\n  }\n}\n'
)
RECORD = (
    'resource "aws_route53_record" "r" {\n  ttl = 3600\n  health_check_id = "c"\n'
    '  failover_routing_policy {\n    type = "PRIMARY"\n  }\n}\n'
)
CASES = [
    ("unprotected-database", DATABASE % "  deletion_protection = false", "", "true", True),
    ("database-single-zone", DATABASE % "  multi_az = false", "", "true", False),
    ("short-backup-retention", DATABASE % "  backup_retention_period = 3", "", "7", False),
    ("retention-below-target", DATABASE % "  backup_retention_period = 3", POLICY, "14", True),
    ("store-cannot-be-recovered", DATABASE % "  multi_az = false\n  skip_final_snapshot = true", ZONE, "true", False),
    ("bucket-can-be-emptied", 'resource "aws_s3_bucket" "b" {\n  force_destroy = true\n}\n', "", "false", False),
    (
        "secret-deleted-at-once",
        'resource "aws_secretsmanager_secret" "s" {\n  recovery_window_in_days = 0\n}\n',
        "",
        "30",
        False,
    ),
    ("backup-copy-unencrypted", DLM, "", "true", False),
    ("slow-failover-record", RECORD, "", "60", False),
]


def findings(rule: str, text: str, policy: str) -> list[Finding]:
    loaded = load(Source("depcheck.yaml", policy)) if policy else None
    options = Options([], root=Path(), sources=[Source("main.tf", text)], use_git=False)
    project = load_project(options, loaded, environments_of(loaded) if loaded is not None else None)
    report = run(project, RULES, Run(Selection(RULES, select=(rule,))))
    return [each for each in report.findings if each.rule == rule]


@pytest.mark.parametrize(("rule", "text", "policy", "written", "safe"), CASES, ids=[case[0] for case in CASES])
def test_a_repair_repairs(rule: str, text: str, policy: str, written: str, safe: bool) -> None:
    (found,) = findings(rule, text, policy)
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert (edit.replacement, found.fix.safe) == (written, safe)
    repaired = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    assert findings(rule, repaired, policy) == []


@pytest.mark.parametrize(
    "body", ["", "  deletion_protection = var.on", "  deletion_protection = local.off", "  deletion_protection = !true"]
)
def test_what_is_decided_elsewhere_is_not_written_over(body: str) -> None:
    text = 'variable "on" {\n  default = false\n}\nlocals {\n  off = false\n}\n' + DATABASE % body
    (found,) = findings("unprotected-database", text, "")
    assert found.fix is None
