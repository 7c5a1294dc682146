"""Who has which policies, and which of them count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.grants.holders import Joined, joined
from depcheck.project.loading import Options, load


def read(folder: Path, **files: str) -> Joined:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_tf", ".tf").replace("_json", ".json").replace(
            "_yaml", ".yaml"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return joined(load(Options([folder], root=folder, use_git=False)))


def statement(action: str = "s3:GetObject") -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


ROLE = 'resource "aws_iam_role" "a" {\n  name = "a"\n}\n'
POLICY = f'resource "aws_iam_policy" "p" {{\n  name = "p"\n  policy = <<E\n{statement()}\nE\n}}\n'


ATTACHMENTS = {
    "aws_iam_role_policy_attachment": 'role = "a", policy_arn = aws_iam_policy.p.arn',
    "aws_iam_role_policy_attachment ": "role = aws_iam_role.a.id, policy_arn = aws_iam_policy.p.id",
    "aws_iam_policy_attachment": 'roles = [aws_iam_role.a.name], name = "x", policy_arn = aws_iam_policy.p.arn',
    "aws_iam_role_policy_attachments_exclusive": 'role_name = "a", policy_arns = [aws_iam_policy.p.arn]',
}


@pytest.mark.parametrize(("kind", "arguments"), ATTACHMENTS.items())
def test_every_way_to_attach(tmp_path: Path, kind: str, arguments: str) -> None:
    lines = arguments.replace(", ", "\n  ")
    together = read(tmp_path, main_tf=f'{ROLE}{POLICY}resource "{kind.strip()}" "x" {{\n  {lines}\n}}\n')
    (holder,) = together.holders
    assert [each.address for each in holder.documents] == ["aws_iam_policy.p"]
    assert together.documents[0].holders == [holder]


def test_policies_of_a_role_itself(tmp_path: Path) -> None:
    role = (
        'resource "aws_iam_role" "a" {\n  name = "a"\n'
        '  managed_policy_arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]\n'
        f'  inline_policy {{\n    name = "i"\n    policy = <<E\n{statement()}\nE\n  }}\n}}\n'
        f'resource "aws_iam_role_policy" "b" {{\n  role = "a"\n  policy = <<E\n{statement("sqs:*")}\nE\n}}\n'
    )
    (holder,) = read(tmp_path, main_tf=role).holders
    assert [(each.address, each.managed) for each in holder.documents] == [
        ("aws_iam_role.a", False),
        ("aws_iam_role.a", True),
        ("aws_iam_role_policy.b", False),
    ]
    assert [each.administrator for each in holder.documents] == [False, True, False]


def test_roots_and_templates_are_apart(tmp_path: Path) -> None:
    attached = 'resource "aws_iam_role_policy_attachment" "x" {\n role = "a"\n policy_arn = aws_iam_policy.p.arn\n}\n'
    together = read(tmp_path, one__main_tf=ROLE + POLICY, two__main_tf=ROLE + POLICY + attached)
    assert [(each.resource.root, len(each.documents)) for each in together.holders] == [("one", 0), ("two", 1)]
    template = (
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        "      PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}\n      Roles: [!Ref R]\n"
        "  R:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: {Statement: []}}\n"
    )
    (tmp_path / "c").mkdir()
    apart = read(tmp_path / "c", a_yaml=template, b_yaml=template.replace("Roles: [!Ref R]", "Description: x"))
    assert [(each.resource.span.path, len(each.documents)) for each in apart.holders] == [("a.yaml", 1), ("b.yaml", 0)]


def test_boundaries_and_files_that_are_read_do_not_count(tmp_path: Path) -> None:
    bounded = ROLE.replace('name = "a"', 'name = "a"\n  permissions_boundary = aws_iam_policy.p.arn')
    reading = (
        'resource "aws_iam_role_policy" "b" {\n  role = "a"\n  policy = file("${path.module}/policies/b.json")\n}\n'
    )
    together = read(
        tmp_path, main_tf=bounded + POLICY + reading, policies__b_json=statement(), c_json=statement("sqs:*")
    )
    counted = {
        each.grants[0].scope or each.grants[0].span.path: together.counts(each.grants[0]) for each in together.documents
    }
    assert counted == {
        "aws_iam_policy.p": False,
        "aws_iam_role_policy.b": True,
        "policies/b.json": False,
        "c.json": True,
    }
    (holder,) = together.holders
    assert holder.bounded
    assert [together.is_bounded(each) for each in together.documents if each.holders] == [True]


def test_a_template_that_a_resource_renders_is_told_once(tmp_path: Path) -> None:
    rendering = (
        'variable "name" {}\nresource "aws_iam_policy" "p" {\n'
        '  policy = templatefile("${path.module}/p.json", { name = var.name })\n}\n'
    )
    template = '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${name}/*"}]}'
    together = read(tmp_path, main_tf=rendering, p_json=template)
    assert {each.address: together.counts(each.grants[0]) for each in together.documents} == {
        "aws_iam_policy.p": True,
        "": False,
    }
