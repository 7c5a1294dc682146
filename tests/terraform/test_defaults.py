from __future__ import annotations

import re

import pytest
from terraform_tree import attribute, attributes

from depcheck.data import load_json
from depcheck.values import Known, Unknown


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ('resource "aws_db_instance" "x" {}', "backup_retention_period", 0),
        ('resource "aws_db_instance" "x" { backup_retention_period = null }', "backup_retention_period", 0),
        ('resource "aws_db_instance" "x" { backup_retention_period = 5 }', "backup_retention_period", 5),
        ('resource "aws_rds_cluster" "x" {}', "backup_retention_period", 1),
        ('resource "aws_rds_cluster" "x" {}', "storage_encrypted", False),
        ('resource "aws_rds_cluster" "x" { engine_mode = "serverless" }', "storage_encrypted", True),
        ('resource "aws_rds_cluster" "x" { engine_mode = "global" }', "storage_encrypted", None),
        ('resource "aws_elasticache_replication_group" "x" { engine = "valkey" }', "at_rest_encryption_enabled", True),
        ('resource "aws_eks_cluster" "x" {}', "vpc_config", None),
    ],
)
def test_defaults(text: str, name: str, expected: object) -> None:
    assert attributes(text, f"{text.split(chr(34))[1]}.x").get(name) == expected


def test_a_default_says_that_it_is_one_and_stands_at_the_header() -> None:
    value = attribute('resource "aws_db_instance" "x" {}', "aws_db_instance.x", "deletion_protection")
    assert isinstance(value, Known)
    assert [step.words for step in value.via] == ["the provider's default"]
    assert value.span.text == 'resource "aws_db_instance" "x"'


def test_what_decides_instead_of_a_default_leaves_it_unknown() -> None:
    text = 'variable "e" {}\nresource "aws_db_instance" "x" { snapshot_identifier = "s" }\n'
    text += 'resource "aws_rds_cluster" "y" { engine_mode = var.e }\n'
    found = attribute(text, "aws_db_instance.x", "storage_encrypted")
    assert isinstance(found, Unknown) and found.reason == "snapshot_identifier decides it"
    found = attribute(text, "aws_rds_cluster.y", "storage_encrypted")
    assert isinstance(found, Unknown) and "engine_mode" in found.reason


def test_defaults_inside_of_blocks() -> None:
    text = """
    resource "aws_instance" "x" {
      root_block_device { volume_size = 8 }
      ebs_block_device { encrypted = true }
      ebs_block_device { snapshot_id = "s" }
    }
    """
    found = attributes(text, "aws_instance.x")
    assert found["root_block_device"] == [{"volume_size": 8, "delete_on_termination": True, "encrypted": False}]
    devices = found["ebs_block_device"]
    assert isinstance(devices, list)
    assert devices[0] == {"encrypted": True, "delete_on_termination": True}
    assert "metadata_options" not in found


def test_data_sources_have_no_defaults() -> None:
    assert attributes('data "aws_db_instance" "x" {}', "data.aws_db_instance.x") == {}


def test_the_table_is_sound() -> None:
    types = load_json("schemas", "terraform-defaults.json")["types"]
    assert isinstance(types, dict)
    assert len(types) >= 60
    for name, entry in types.items():
        assert re.fullmatch(r"[a-z0-9_]+", name)
        assert entry["source"].startswith("https://")
        for path, value in entry["attributes"].items():
            assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", path)
            if isinstance(value, dict):
                assert value.keys() <= {"value", "unless", "cases", "source"}
                assert ("value" in value) != ("cases" in value)
