from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.parsers.table import kind_of
from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.values import Known, Unknown, plain

PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.11.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_db_instance.main",
                    "mode": "managed",
                    "type": "aws_db_instance",
                    "name": "main",
                    "values": {
                        "backup_retention_period": 7,
                        "password": "hidden",
                        "kms_key_id": None,
                        "tags": {"a": "b"},
                    },
                    "sensitive_values": {"password": True, "tags": {}},
                }
            ],
            "child_modules": [
                {
                    "address": 'module.m["x"]',
                    "resources": [
                        {
                            "address": 'module.m["x"].aws_sqs_queue.q[0]',
                            "mode": "managed",
                            "type": "aws_sqs_queue",
                            "name": "q",
                            "index": 0,
                            "values": {"delay_seconds": 5},
                            "sensitive_values": {},
                        }
                    ],
                }
            ],
        }
    },
    "resource_changes": [
        {"address": "aws_db_instance.main", "change": {"actions": ["create"], "after_unknown": {"arn": True}}}
    ],
}


def project(folder: Path, files: dict[str, str]) -> Project:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return load(Options([folder], root=folder, use_git=False))


def test_a_plan_alone(tmp_path: Path) -> None:
    found = {
        each.address: each for each in project(tmp_path, {"plan.json": json.dumps(PLAN, indent=2)}).facts.resources
    }
    database, queue = found["aws_db_instance.main"], found['module.m["x"].aws_sqs_queue.q[0]']
    assert (database.type, database.name, database.kind) == ("aws_db_instance", "main", "resource")
    assert plain(database.get("backup_retention_period")) == 7
    assert database.span.text == '"aws_db_instance.main"'
    assert database.get("backup_retention_period").span.text == "7"
    assert "kms_key_id" not in dict(database.attributes.items())
    password, arn = database.get("password"), database.get("arn")
    assert isinstance(password, Known) and password.sensitive
    assert isinstance(arn, Unknown) and arn.refers == "aws_db_instance.main"
    assert plain(queue.get("delay_seconds")) == 5


def test_a_plan_decides_what_the_configuration_beside_it_does_not(tmp_path: Path) -> None:
    main = 'variable "days" {}\nresource "aws_db_instance" "main" {\n  backup_retention_period = var.days\n}\n'
    found = project(tmp_path, {"infra/main.tf": main, "infra/out/plan.json": json.dumps(PLAN)}).facts.resources
    database = next(each for each in found if each.address == "aws_db_instance.main")
    days = database.get("backup_retention_period")
    assert isinstance(days, Known) and days.value == 7
    assert (days.span.path, days.span.text) == ("infra/main.tf", "var.days")
    assert [step.words for step in days.via] == ["the plan"]
    assert database.span.path == "infra/main.tf"
    assert [each.address for each in found].count("aws_db_instance.main") == 1
    assert any(each.type == "aws_sqs_queue" for each in found)


def test_a_state(tmp_path: Path) -> None:
    state = {"format_version": "1.0", "terraform_version": "1.11.0", "values": PLAN["planned_values"]}
    found = project(tmp_path, {"state.json": json.dumps(state)}).facts.resources
    assert len(found) == 2


@pytest.mark.parametrize(
    "content",
    [
        '{"format_version": "1.2", "terraform_version": "1.11.0"}',
        '{"format_version": "1.2", "terraform_version": "1.11.0", "planned_values": [1, {"root_module": 3}]}',
        '{"format_version": "1.2", "terraform_version": "1", "planned_values": {"root_module": {"resources": [{}]}}}',
        '{"format_version": "1.2", "terraform_version": ',
    ],
)
def test_broken_plans(tmp_path: Path, content: str) -> None:
    assert kind_of("x.json", content) == "terraform-plan"
    assert project(tmp_path, {"x.json": content}).facts.resources == []


def test_instances_of_a_plan_take_the_place_of_the_one_that_stands_for_them(tmp_path: Path) -> None:
    files = {
        "main.tf": """
            variable "key" {}
            variable "names" { type = set(string) }
            resource "aws_sqs_queue" "counted" {
              count             = 2
              kms_master_key_id = var.key
            }
            resource "aws_sqs_queue" "named" {
              for_each = var.names
              name     = each.key
            }
            module "m" {
              source = "./m"
              count  = 2
            }
            """,
        "m/main.tf": 'variable "keys" { default = ["a", "b"] }\nresource "aws_sqs_queue" "inner" {\n'
        "  for_each = toset(var.keys)\n  name = each.key\n}\n",
    }
    values = {
        "aws_sqs_queue.counted[0]": {"kms_master_key_id": "k0"},
        "aws_sqs_queue.counted[1]": {"kms_master_key_id": "k1"},
        'aws_sqs_queue.named["x.y"]': {"name": "x.y"},
        'module.m[0].aws_sqs_queue.inner["a"]': {"fifo_queue": True},
        'module.m[1].aws_sqs_queue.inner["a"]': {"fifo_queue": False},
    }
    listed = [
        {"address": address, "mode": "managed", "type": "aws_sqs_queue", "name": "q", "values": each}
        for address, each in values.items()
    ]
    plan = {"format_version": "1.2", "terraform_version": "1", "planned_values": {"root_module": {"resources": listed}}}
    resources = project(tmp_path, {**files, "plan.json": json.dumps(plan)}).facts.resources
    found = {each.address: each for each in resources if each.type == "aws_sqs_queue"}
    assert found.keys() == {*values, 'module.m.aws_sqs_queue.inner["b"]'}
    assert plain(found["aws_sqs_queue.counted[1]"].get("kms_master_key_id")) == "k1"
    assert found["aws_sqs_queue.counted[1]"].get("kms_master_key_id").span.path == "main.tf"
    assert found['aws_sqs_queue.named["x.y"]'].instances == 1
    assert plain(found['module.m[0].aws_sqs_queue.inner["a"]'].get("name")) == "a"
    assert {each.span.path for each in found.values()} == {"main.tf", "m/main.tf"}
