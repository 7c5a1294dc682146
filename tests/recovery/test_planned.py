"""Which backup plan takes a store in, and how long it keeps what it made."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from depcheck.environments import Environments
from depcheck.model import Resource
from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.recovery import planned
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
    told = planned.plan_of(found.of_type("aws_db_instance")[0], found)
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
    ('  resources = ["*"]\n  condition {}', "yes"),
    (
        '  resources = ["*"]\n  condition {\n    string_equals {\n      key = "aws:ResourceTag/Backup"\n      value = "daily"\n'
        "    }\n  }",
        "yes",
    ),
    (
        '  resources = ["*"]\n  condition {\n    string_equals {\n      key = "aws:ResourceTag/Backup"\n      value = var.open\n'
        "    }\n  }",
        "open",
    ),
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


SELECTED = 'resource "aws_backup_selection" "s" {\n  plan_id = %s\n  resources = ["*"]\n}\n'


@pytest.mark.parametrize(("text", "expected"), PLANS)
def test_how_long_plans_keep(text: str, expected: int | None) -> None:
    found = project(DATABASE + SELECTED % "aws_backup_plan.p.id" + text)
    assert planned.kept_for(found.of_type("aws_db_instance")[0], found) == expected


def test_a_plan_that_is_elsewhere() -> None:
    found = project(DATABASE + SELECTED % '"6f2f"')
    database = found.of_type("aws_db_instance")[0]
    assert isinstance(planned.plan_of(database, found), Resource)
    assert isinstance(planned.kept_for(database, found), Unknown)


def test_a_plan_that_does_not_run_keeps_nothing() -> None:
    broken = plan("lifecycle { delete_after = 90 }\n    start_window = 5")
    found = project(DATABASE + SELECTED % "aws_backup_plan.p.id" + broken)
    assert planned.kept_for(found.of_type("aws_db_instance")[0], found) == 0
