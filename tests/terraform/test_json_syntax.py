"""Blocks of the JSON syntax."""

from __future__ import annotations

import pytest
from terraform_tree import resources

from depcheck.data import load_json
from depcheck.values import plain

JSON_TREE = {
    "main.tf.json": """{
      "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "west", "region": "us-west-2"}]},
      "resource": {
        "aws_security_group": {"web": {
          "provider": "aws.west",
          "ingress": {"from_port": 22, "to_port": "${20 + 2}", "description": null, "cidr_blocks": ["10.0.0.0/8"]},
          "egress": [{"from_port": 0}, {"from_port": 1}],
          "tags": {"ingress": "x"}
        }},
        "aws_s3_bucket_server_side_encryption_configuration": {"b": {
          "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}
        }},
        "aws_instance": {"i": {"dynamic": {"ebs_block_device": {
          "for_each": ["a", "b"], "iterator": "disk", "content": {"device_name": "${disk.value}"}
        }}}}
      },
      "data": {"aws_iam_policy_document": {"p": {"statement": {"actions": ["s3:*"], "condition": {"test": "Bool"}}}}}
    }"""
}


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        (
            "aws_security_group.web",
            "ingress",
            [{"from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}],
        ),
        ("aws_security_group.web", "egress", [{"from_port": 0}, {"from_port": 1}]),
        ("aws_security_group.web", "tags", {"ingress": "x"}),
        ("aws_security_group.web", "region", "us-west-2"),
        (
            "aws_s3_bucket_server_side_encryption_configuration.b",
            "rule",
            [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}],
        ),
        ("data.aws_iam_policy_document.p", "statement", [{"actions": ["s3:*"], "condition": [{"test": "Bool"}]}]),
        ("provider.aws.west", "region", "us-west-2"),
        ("provider.aws", "region", "eu-west-1"),
    ],
)
def test_the_json_syntax_tells_blocks_as_the_native_one(address: str, name: str, expected: object) -> None:
    assert plain(resources(JSON_TREE)[None, address].get(name)) == expected


def test_dynamic_blocks_in_the_json_syntax() -> None:
    disks = resources(JSON_TREE)[None, "aws_instance.i"].get("ebs_block_device").elements()
    assert [plain(each.get("device_name")) for each in disks] == ["a", "b"]


def test_the_table_of_blocks_is_sound() -> None:
    table = load_json("schemas", "terraform-blocks.json")
    pending = list(table["types"].items())  # type: ignore[attr-defined]
    assert len(pending) > 100
    while pending:
        name, tree = pending.pop()
        assert name and isinstance(tree, dict)
        pending.extend(tree.items())
