from __future__ import annotations

import pytest
from terraform_tree import load, resources, unknown

from depcheck.model import Grant
from depcheck.values import Known, Unknown, plain

DOCUMENT = """
variable "enabled" { default = true }
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Base"
    actions   = ["s3:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Kept"
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "extra" {
  statement {
    sid       = "Base"
    effect    = "Deny"
    actions   = ["s3:Put"]
    resources = ["arn:aws:s3:::x"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.extra.json]
  dynamic "statement" {
    for_each = var.enabled ? ["kms:Decrypt"] : []
    content {
      actions   = [statement.value]
      resources = [aws_kms_key.this.arn]
      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
      principals {
        type        = "Service"
        identifiers = ["s3.amazonaws.com"]
      }
      condition {
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = ["true"]
      }
    }
  }
}
resource "aws_kms_key" "this" {}
resource "aws_s3_bucket_policy" "this" {
  policy = data.aws_iam_policy_document.all.json
}
output "json" { value = data.aws_iam_policy_document.extra.json }
resource "a_b" "c" { text = data.aws_iam_policy_document.extra.json }
"""


def grants(tree: dict[str, str] | str) -> list[Grant]:
    return load(tree).facts.grants


def test_policy_documents() -> None:
    base, kept, dynamic = grants(DOCUMENT)
    assert (base.sid, base.effect.value, base.actions[0].value) == ("Base", "Deny", "s3:Put")  # type: ignore[union-attr]
    assert (kept.sid, kept.scope, kept.source) == ("Kept", "aws_s3_bucket_policy.this", "resource-policy")
    assert [plain(each) for each in dynamic.actions] == ["kms:Decrypt"]
    assert unknown(dynamic.resources[0]).refers == "aws_kms_key.this"
    assert [plain(each) for each in dynamic.principals] == ["AWS:*", "Service:s3.amazonaws.com"]
    assert dynamic.conditions is not None
    assert plain(dynamic.conditions) == {"Bool": {"aws:SecureTransport": ["true"]}}
    assert base.actions[0].span.text == '"s3:Put"'


def test_the_json_of_a_policy_document() -> None:
    text = resources(DOCUMENT)[None, "a_b.c"].get("text")
    assert isinstance(text, Known)
    assert text.value == (
        '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "Base",\n      "Effect": "Deny",\n'
        '      "Action": "s3:Put",\n      "Resource": "arn:aws:s3:::x"\n    }\n  ]\n}'
    )


POLICY = '{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("<<EOT\n" + POLICY + "\nEOT\n", '"ec2:*"'),
        ("<<-EOT\n    {\n      " + POLICY[1:] + "\n  EOT\n", '"ec2:*"'),
        ('jsonencode({ Statement = [{ Effect = "Allow", Action = "ec2:*", Resource = "*" }] })', '"ec2:*"'),
        ("local.policy", '"ec2:*"'),
        ('file("policies/p.json")', '"ec2:*"'),
        ('templatefile("policies/t.json", { service = "ec2" })', '"${service}:*"'),
        ("trimspace(local.policy)", "trimspace(local.policy)"),
    ],
)
def test_policies_as_texts(expression: str, place: str) -> None:
    tree = {
        "main.tf": f'resource "aws_iam_policy" "x" {{\n  policy = {expression}\n}}\n'
        f"locals {{\n  policy = <<EOT\n{POLICY}\nEOT\n}}\n",
        "policies/p.json": POLICY,
        "policies/t.json": POLICY.replace("ec2", "${service}"),
    }
    (grant,) = grants(tree)
    assert plain(grant.actions[0]) == "ec2:*"
    assert grant.actions[0].span.text == place
    assert load(tree).problems == []


def test_policies_that_are_decided_in_part() -> None:
    text = """
    variable "prefix" {}
    resource "aws_s3_bucket" "b" {}
    resource "aws_iam_role" "r" {
      assume_role_policy = <<-EOT
        {
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "AWS": "${var.prefix}" },
              "Action": "sts:AssumeRole"
            }
          ]
        }
      EOT
      inline_policy {
        name   = "x"
        policy = jsonencode({
          Statement = { Effect = "Allow", Action = ["a:*"], Resource = "${aws_s3_bucket.b.arn}/*" }
        })
      }
    }
    resource "aws_sqs_queue" "q" { policy = var.prefix }
    """
    trust, inline, queue = grants(text)
    assert (trust.source, inline.source, queue.source) == ("trust", "iam", "resource-policy")
    assert unknown(trust.principals[0]).reason == "var.prefix has no value"
    assert trust.actions[0].span.text == '"sts:AssumeRole"'
    assert unknown(inline.resources[0]).outline == "\ufffc/*"
    assert isinstance(queue.effect, Unknown)


def test_a_broken_policy_is_a_problem() -> None:
    text = 'resource "aws_iam_policy" "x" { policy = "{\\"Statement\\": [" }'
    assert load(text).problems != []


def test_permissions_of_functions() -> None:
    (grant,) = grants(
        """
        resource "aws_lambda_permission" "x" {
          action        = "lambda:InvokeFunction"
          function_name = "f"
          principal     = "events.amazonaws.com"
          source_arn    = "arn:aws:events:x"
        }
        """
    )
    assert plain(grant.principals[0]) == "Service:events.amazonaws.com"
    assert grant.conditions is not None
    assert plain(grant.conditions) == {"ArnLike": {"AWS:SourceArn": "arn:aws:events:x"}}


def test_regions_and_tags_of_providers() -> None:
    tree = {
        "main.tf": """
            provider "aws" {
              region = var.region
              default_tags {
                tags = { Team = "core", Stage = "x" }
              }
            }
            provider "aws" {
              alias  = "west"
              region = "us-west-2"
            }
            variable "region" { default = "eu-west-1" }
            data "aws_region" "current" {}
            data "aws_partition" "current" {}
            resource "aws_sqs_queue" "a" {
              name = "q-${data.aws_region.current.name}-${data.aws_partition.current.partition}"
              tags = { Stage = "y" }
            }
            resource "aws_sqs_queue" "b" { provider = aws.west }
            module "m" {
              source    = "./m"
              providers = { aws = aws.west }
            }
            module "n" { source = "./m" }
            """,
        "m/main.tf": 'resource "aws_sqs_queue" "c" {}',
    }
    found = resources(tree)
    first = found[None, "aws_sqs_queue.a"]
    assert plain(first.get("name")) == "q-eu-west-1-aws"
    assert plain(first.get("tags_all")) == {"Team": "core", "Stage": "y"}
    regions = {address: plain(each.get("region")) for (_, address), each in found.items() if each.kind == "resource"}
    assert regions == {
        "aws_sqs_queue.a": "eu-west-1",
        "aws_sqs_queue.b": "us-west-2",
        "module.m.aws_sqs_queue.c": "us-west-2",
        "module.n.aws_sqs_queue.c": "eu-west-1",
    }


def test_settings_of_variables_and_values_files() -> None:
    tree = {
        "main.tf": 'variable "password" {\n  default   = "x"\n  sensitive = true\n}\nvariable "open" {}\n',
        "prod.tfvars": 'password = "y"\nother = 1\n',
    }
    told = [
        (each.origin, each.name, plain(each.value), each.environment, each.sensitive, each.span.text)
        for each in load(tree).facts.settings
    ]
    assert told == [
        ("tfvars", "password", "y", "production", True, "password"),
        ("tfvars", "other", 1, "production", False, "other"),
        ("terraform-variable", "password", "x", None, True, '"password"'),
    ]


CONTAINERS = """
variable "tag" {}
resource "aws_secretsmanager_secret" "s" {}
resource "aws_ecs_task_definition" "t" {
  container_definitions = %s
}
"""
ENCODED = """jsonencode([{
    name        = "web"
    image       = "nginx:${var.tag}"
    environment = [{ name = "MODE", value = "fast" }]
    secrets     = [{ name = "KEY", valueFrom = aws_secretsmanager_secret.s.arn }]
  }])"""
HEREDOC = """<<EOT
[
  {
    "name": "web",
    "image": "nginx:${var.tag}",
    "environment": [{"name": "MODE", "value": "fast"}],
    "secrets": [{"name": "KEY", "valueFrom": "${aws_secretsmanager_secret.s.arn}"}]
  }
]
EOT
"""


@pytest.mark.parametrize("definitions", [ENCODED, HEREDOC])
def test_containers(definitions: str) -> None:
    facts = load(CONTAINERS % definitions).facts
    (image,) = facts.images
    assert unknown(image.reference).outline == "nginx:\ufffc"
    mode, key = facts.settings
    assert (mode.name, plain(mode.value), mode.origin, mode.scope) == (
        "MODE",
        "fast",
        "container",
        "aws_ecs_task_definition.t",
    )
    assert mode.span.text == '"MODE"'
    assert key.sensitive and unknown(key.value).refers == "aws_secretsmanager_secret.s"


def test_functions_and_schedules() -> None:
    facts = load(
        """
        resource "aws_lambda_function" "f" {
          runtime = "python3.12"
          environment {
            variables = { STAGE = "prod", "a.b" = var.x }
          }
        }
        variable "x" {}
        resource "aws_cloudwatch_event_rule" "r" { schedule_expression = "rate(1 day)" }
        resource "aws_cloudwatch_event_rule" "off" {
          schedule_expression = "rate(2 days)"
          state               = "DISABLED"
        }
        resource "aws_backup_plan" "p" {
          rule {
            schedule                     = "cron(0 5 * * ? *)"
            schedule_expression_timezone = "Europe/Berlin"
          }
          rule { rule_name = "manual" }
        }
        resource "aws_dlm_lifecycle_policy" "d" {
          policy_details {
            schedule {
              create_rule { interval = 12 }
            }
          }
        }
        """
    ).facts
    (runtime,) = facts.runtimes
    assert (runtime.language, plain(runtime.version), runtime.scope) == (
        "python",
        "3.12",
        "aws_lambda_function.f",
    )
    assert [(each.name, each.span.text) for each in facts.settings] == [("STAGE", "STAGE"), ("a.b", '"a.b"')]
    assert [(plain(each.expression), each.zone) for each in facts.schedules] == [
        ("rate(1 day)", "UTC"),
        ("cron(0 5 * * ? *)", "Europe/Berlin"),
        ("rate(12 hours)", "UTC"),
    ]


def test_scripts() -> None:
    facts = load(
        """
        variable "bucket" {}
        resource "aws_instance" "i" {
          user_data = <<-EOT
            #!/bin/bash
            set -e
            aws s3 cp s3://${var.bucket}/x .
          EOT
          provisioner "local-exec" { command = "echo done" }
        }
        resource "aws_launch_template" "t" {
          user_data = base64encode("#!/bin/sh\\nreboot")
        }
        """
    ).facts
    told = [(each.origin, each.name, each.span.text, each.scope) for each in facts.commands]
    place = told[3][2]
    assert place in "#!/bin/sh\\nreboot"
    assert told == [
        ("user-data", "set", "set -e", "aws_instance.i"),
        ("user-data", "aws", "aws s3 cp s3://${var.bucket}/x .", "aws_instance.i"),
        ("provisioner", "echo", "echo done", "aws_instance.i"),
        ("user-data", "reboot", place, "aws_launch_template.t"),
    ]
    assert facts.commands[1].words[3].text is None
