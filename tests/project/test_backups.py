"""Which backup plans take a resource in."""

from __future__ import annotations

import pytest

from depcheck.environments import Environments
from depcheck.model import Resource
from depcheck.project import Project, backups
from depcheck.project.loading import Options, load
from depcheck.source import Source
from depcheck.values import Unknown

DATABASE = """
provider "aws" {
  default_tags { tags = { Owner = "shop" } }
}
resource "aws_db_instance" "orders" {
  identifier = "orders"
  tags       = { Backup = "daily", Team = var.team }
}
variable "team" {}
variable "open" {}
"""


def project(text: str) -> Project:
    return load(Options([], sources=[Source("main.tf", text)]), environments=Environments())


def answer(selection: str, rest: str = "") -> str:
    body = f'resource "aws_backup_selection" "s" {{\n  plan_id = aws_backup_plan.p.id\n{selection}\n}}\n'
    found = project(DATABASE + body + rest)
    told = backups.plan_of(found.of_type("aws_db_instance")[0], found)
    return "yes" if isinstance(told, Resource) else "open" if isinstance(told, Unknown) else "no"


def tag(key: str, value: str) -> str:
    return f'  selection_tag {{\n    type = "STRINGEQUALS"\n    key = "{key}"\n    value = {value}\n  }}'


SELECTIONS = [
    ("  resources = [aws_db_instance.orders.arn]", "yes"),
    ('  resources = ["*"]', "yes"),
    ('  resources = ["arn:aws:rds:*:*:db:*"]', "yes"),
    ('  resources = ["arn:aws:rds:eu-west-1:111122223333:db:orders"]', "yes"),
    ('  resources = ["arn:aws:rds:eu-west-1:111122223333:db:invoices"]', "no"),
    ('  resources = ["arn:aws:rds:*:*:cluster:*"]', "no"),
    ('  resources = ["arn:aws:dynamodb:*:*:table/*"]', "no"),
    ("  resources = var.open", "open"),
    ('  resources = ["*"]\n  not_resources = [aws_db_instance.orders.arn]', "no"),
    ('  resources = ["*"]\n  not_resources = var.open', "open"),
    ('  resources = ["*"]\n  condition {}', "open"),
    (tag("Backup", '"daily"'), "yes"),
    (tag("Backup", '"weekly"'), "no"),
    (tag("Backup", "var.open"), "open"),
    (tag("Owner", '"shop"'), "yes"),
    (tag("Team", '"web"'), "open"),
]


@pytest.mark.parametrize(("selection", "expected"), SELECTIONS)
def test_selections(selection: str, expected: str) -> None:
    assert answer(selection) == expected


def plan(*rules: str) -> str:
    return 'resource "aws_backup_plan" "p" {\n' + "".join(f"  rule {{\n{rule}\n  }}\n" for rule in rules) + "}\n"


PLANS = [
    (plan("lifecycle { delete_after = 35 }", "lifecycle { delete_after = 90 }"), 90 * 86_400),
    (plan("lifecycle { delete_after = 35 }", ""), None),
]


@pytest.mark.parametrize(("text", "expected"), PLANS)
def test_how_long_plans_keep(text: str, expected: int | None) -> None:
    found = project(DATABASE + 'resource "aws_backup_selection" "s" { plan_id = aws_backup_plan.p.id }\n' + text)
    assert backups.kept_for(found.of_type("aws_backup_selection")[0], found) == expected


def test_a_plan_that_is_elsewhere() -> None:
    found = project(DATABASE + 'resource "aws_backup_selection" "s" { plan_id = "6f2f" }\n')
    assert isinstance(backups.kept_for(found.of_type("aws_backup_selection")[0], found), Unknown)
