"""Where values are decided outside of the configuration: data sources, providers and their regions."""

from __future__ import annotations

import pytest
from terraform_tree import attribute, resources, unknown

from depcheck.values import plain


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("data.aws_ami.a.id", "data.aws_ami.a.id is read from what is deployed"),
        (
            "data.terraform_remote_state.net.outputs.vpc.id",
            "data.terraform_remote_state.net.outputs is read from another state",
        ),
        ("aws_sqs_queue.q.arn", "aws_sqs_queue.q.arn is not known before it is applied"),
        ("ephemeral.aws_secret.s.value", "ephemeral.aws_secret.s is there while Terraform runs only"),
        ("terraform.applying", "terraform.applying is not known"),
        ("path.cwd", "path.cwd depends on where Terraform runs"),
        ("provider::aws::arn_parse(1)", "provider::aws::arn_parse() is computed by its provider"),
        ("plantimestamp()", "plantimestamp() is the time of the plan"),
    ],
)
def test_where_a_value_is_decided(expression: str, reason: str) -> None:
    text = (
        'data "aws_ami" "a" {}\ndata "terraform_remote_state" "net" {\n  backend = "s3"\n}\n'
        f'resource "aws_sqs_queue" "q" {{}}\nresource "a_b" "c" {{\n  v = {expression}\n}}\n'
    )
    assert unknown(attribute(text, "a_b.c", "v")).reason == reason


REGIONS = {
    "main.tf": """
        variable "region" { default = "eu-central-1" }
        provider "aws" {
          region = var.region
          default_tags { tags = { Env = "x", Team = "core" } }
        }
        provider "aws" {
          alias  = "us"
          region = "us-east-1"
        }
        resource "aws_sqs_queue" "plain" { tags = { Team = "mine" } }
        resource "aws_sqs_queue" "there" { provider = aws.us }
        resource "aws_sqs_queue" "own" {
          provider = aws.us
          region   = "ap-south-1"
        }
        resource "aws_sqs_queue" "none" { provider = aws.none }
        resource "aws_iam_role" "global" {}
        module "swapped" {
          source    = "./m"
          providers = { aws = aws.us, aws.other = aws }
        }
        module "inherited" { source = "./m" }
        """,
    "m/main.tf": """
        resource "aws_sqs_queue" "q" { name = data.aws_region.here.name }
        resource "aws_sqs_queue" "o" { provider = aws.other }
        data "aws_region" "here" {}
        """,
}


@pytest.mark.parametrize(
    ("address", "region", "tags"),
    [
        ("aws_sqs_queue.plain", "eu-central-1", {"Env": "x", "Team": "mine"}),
        ("aws_sqs_queue.there", "us-east-1", None),
        ("aws_sqs_queue.own", "ap-south-1", None),
        ("aws_sqs_queue.none", None, None),
        ("aws_iam_role.global", None, {"Env": "x", "Team": "core"}),
        ("module.swapped.aws_sqs_queue.q", "us-east-1", None),
        ("module.swapped.aws_sqs_queue.o", "eu-central-1", {"Env": "x", "Team": "core"}),
        ("module.inherited.aws_sqs_queue.q", "eu-central-1", {"Env": "x", "Team": "core"}),
        ("module.inherited.aws_sqs_queue.o", None, None),
    ],
)
def test_providers_reach_resources(address: str, region: str | None, tags: dict[str, str] | None) -> None:
    told = resources(REGIONS)[None, address]
    assert plain(told.get("region")) == region
    assert plain(told.get("tags_all")) == tags
    if address.endswith(".q"):
        assert plain(told.get("name")) == region
