"""How long the assessment of many stores takes, over what a scan of the same files takes.

python benchmarks/recovery.py                    1,000 stores of seven types, 200 backup plans with their selections
python benchmarks/recovery.py --stores 5000      more of them
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import Counter
from pathlib import Path

from depcheck.policy import environments_of
from depcheck.policy import load as load_policy
from depcheck.project.loading import Options, load
from depcheck.recovery.assessment import Survey, assess
from depcheck.source import Source

PROMISED = """version: 1
recovery:
  defaults: {rpo: 1h, rto: 4h, retention: 7d, against: [deletion, destroy, instance, zone, region]}
"""
HEAD = """provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_backup_vault" "dr" {
  provider = aws.west
  name     = "dr"
}
"""
STORES = {
    "aws_db_instance": 'identifier = "app{n}"\n  engine = "postgres"\n  backup_retention_period = 7',
    "aws_s3_bucket": 'bucket = "b{n}"',
    "aws_dynamodb_table": 'name = "t{n}"\n  hash_key = "id"',
    "aws_rds_cluster": 'cluster_identifier = "c{n}"\n  engine = "aurora-mysql"',
    "aws_ebs_volume": "size = 10",
    "aws_efs_file_system": "",
    "aws_elasticache_replication_group": 'replication_group_id = "g{n}"',
}


def configuration(stores: int, plans: int) -> str:
    """Terraform with so many stores and backup plans; a quarter of the selections are patterns, the others tags."""
    parts = [HEAD]
    for n in range(plans):
        days = "MON-FRI" if n % 3 else "*"
        chosen = f'resources = ["arn:aws:rds:*:*:db:app{n}*"]'
        if n % 4:
            chosen = f'selection_tag {{\n    type = "STRINGEQUALS"\n    key = "Backup"\n    value = "t{n}"\n  }}'
        parts.append(
            f'resource "aws_backup_plan" "p{n}" {{\n  name = "p{n}"\n  rule {{\n    rule_name = "r"\n'
            f'    target_vault_name = "v"\n    schedule = "cron({n % 60} {n % 24} ? * {days} *)"\n    copy_action {{\n'
            f"      destination_vault_arn = aws_backup_vault.dr.arn\n    }}\n  }}\n}}\n"
            f'resource "aws_backup_selection" "s{n}" {{\n  name = "s{n}"\n  iam_role_arn = "r"\n'
            f"  plan_id = aws_backup_plan.p{n}.id\n  {chosen}\n}}\n"
        )
    types = list(STORES)
    for n in range(stores):
        type_ = types[n % len(types)]
        body = STORES[type_].format(n=n)
        tags = f'tags = {{ Backup = "t{n % max(plans, 1)}" }}'
        parts.append(f'resource "{type_}" "s{n}" {{\n  {body}\n  {tags}\n}}\n')
        if type_ == "aws_rds_cluster":
            parts.append(
                f'resource "aws_rds_cluster_instance" "s{n}" {{\n  cluster_identifier = aws_rds_cluster.s{n}.id\n}}\n'
            )
    return "".join(parts)


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--stores", type=int, default=1_000)
    options.add_argument("--plans", type=int, default=200)
    chosen = options.parse_args()
    gc.disable()
    policy = load_policy(Source("depcheck.yaml", PROMISED))
    source = Source("main.tf", configuration(chosen.stores, chosen.plans))
    begin = time.process_time()
    project = load(Options([], root=Path(), sources=[source], use_git=False), policy, environments_of(policy))
    loaded = time.process_time()
    found = assess(project, Survey(project))
    assessed = time.process_time()
    verdicts = dict(Counter(each.verdict for each in found))
    print(f"{chosen.stores} stores, {chosen.plans} plans, {len(found)} verdicts: {verdicts}")
    print(f"loading {loaded - begin:.2f} s of CPU, assessment {assessed - loaded:.2f} s")


if __name__ == "__main__":
    main()
