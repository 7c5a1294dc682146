"""The context of a CDK app as settings."""

import json

import pytest

from depcheck.environments import Environments
from depcheck.parsers import Context
from depcheck.parsers.cdk import parse
from depcheck.parsers.json_kinds import kind_of
from depcheck.source import Source, Text
from depcheck.values import plain


def read(document: object, path: str = "cdk.json"):
    text = document if isinstance(document, str) else json.dumps(document, indent=2)
    return parse(Text.of(Source(path, text)), Context(Environments()))


def settings(parsed) -> list[tuple[str, object, str | None]]:
    return [(each.name, plain(each.value), each.environment) for each in parsed.facts.settings]


def test_maps_named_after_environments_give_them():
    parsed = read(
        {
            "app": "npx ts-node bin/app.ts",
            "context": {
                "@aws-cdk/core:newStyleStackSynthesis": True,
                "aws-cdk:enableDiffNoFail": "true",
                "project": "caja",
                "dev": {"account": "111111111111", "db": {"size": 1}},
                "prod": {"account": "222222222222", "db": {"size": 3}, "zones": ["a", "b"]},
            },
        }
    )
    assert settings(parsed) == [
        ("project", "caja", None),
        ("account", "111111111111", "development"),
        ("db.size", 1, "development"),
        ("account", "222222222222", "production"),
        ("db.size", 3, "production"),
        ("zones", ["a", "b"], "production"),
    ]
    first = parsed.facts.settings[0]
    assert (first.origin, first.span.text, first.value.span.text) == ("cdk-context", '"project"', '"caja"')


def test_environments_below_another_key():
    parsed = read({"context": {"environments": {"staging": {"domain": "s.example.com"}}, "prod": "yes"}})
    assert settings(parsed) == [
        ("environments.domain", "s.example.com", "staging"),
        ("prod", "yes", None),
    ]


def test_the_context_file_without_what_was_looked_up():
    parsed = read(
        {
            "vpc-provider:account=1:filter.isDefault=true:region=eu-west-1:returnAsymmetricSubnets=true": {
                "vpcId": "x"
            },
            "availability-zones:account=1:region=eu-west-1": ["eu-west-1a"],
            "acknowledged-issue-numbers": [1],
            "secret": "x",
        },
        "infra/cdk.context.json",
    )
    assert [name for name, _, _ in settings(parsed)] == ["acknowledged-issue-numbers", "secret"]


@pytest.mark.parametrize("text", ["", "[]", '{"context": 5}', '{"context": {"a": {"b"', "{" * 500])
def test_bad_input_tells_what_it_can(text):
    parsed = read(text)
    assert isinstance(parsed.facts.settings, list)
    assert parsed.problems or not settings(parsed)


def test_deep_maps_end_as_a_value():
    deep: object = 1
    for _ in range(50):
        deep = {"a": deep}
    assert len(settings(read({"context": {"x": deep}}))) == 1


@pytest.mark.parametrize(
    ("path", "head", "kind"),
    [
        ("infra/cdk.json", "{}", "cdk"),
        ("main.tf.json", "{}", "terraform-json"),
        ("prod.auto.tfvars.json", "{}", "tfvars-json"),
        ("stack.json", '{"AWSTemplateFormatVersion": "2010-09-09"}', "cloudformation"),
        ("cdk.out/App.template.json", '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}', "cloudformation"),
        ("app.template", "Resources:\n  B:\n    Type: AWS::S3::Bucket\n", "cloudformation"),
        ("t.json", '{"Transform": ["AWS::Serverless-2016-10-31"]}', "cloudformation"),
        ("nginx.template", "server {}", None),
        ("policy.json", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}', "iam-policy"),
        ("firewall.json", '{"Name": "a", "Statement": {"OrStatement": {}}, "Action": {"Block": {}}}', None),
        ("get-policy.json", '{"Policy": "{\\"Statement\\": [{\\"Effect\\": \\"Allow\\"}]}"}', "iam-policy"),
        ("cdk.out/manifest.json", '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}', None),
        ("package.json", "{}", "package-json"),
        ("query.json", '{"Statement": "SELECT 1"}', None),
        ("payment.skey", '{"type": "x"}', "json"),
    ],
)
def test_kinds_of_json_files(path, head, kind):
    assert kind_of(path, head) == kind
