"""Files of platforms, charts and programs: which kind they are, and what each environment is given by them."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.model import Facts
from depcheck.parsers import Context
from depcheck.parsers.table import MODULES, kind_of
from depcheck.source import Source, Text
from depcheck.values import Known, Unknown, scalar_text


def facts(path: str, text: str, origin: str = "") -> Facts:
    kind = kind_of(path, text[:4096])
    assert kind is not None
    environments = Environments()
    context = Context(environments, environments.of_path(path), origin=origin)
    parsed = import_module(f"depcheck.parsers.{MODULES[kind]}").parse(Text.of(Source(path, text)), context)
    assert parsed.problems == []
    facts: Facts = parsed.facts
    for each in facts.settings:
        name = each.span.text.strip("\"'")
        assert name.endswith(each.name.rpartition(".")[2]) or each.origin == "config"
        if isinstance(each.value, Known) and isinstance(each.value.value, str):
            assert each.value.value in each.value.span.text
    return facts


def told(path: str, text: str, origin: str = "") -> list[tuple[str, str | None, str | None, str]]:
    return [
        (each.name, scalar_text(each.value), each.environment, each.origin)
        for each in facts(path, text, origin).settings
    ]


def test_netlify_tells_the_variables_of_its_contexts() -> None:
    text = """
[build.environment]
NODE_VERSION = "20"
[context.production.environment]
API_URL = "https://api.example.com"
[context.deploy-preview]
command = "npm run preview"
environment = { API_URL = "https://preview.example.com" }
[functions."nightly"]
schedule = "@daily"
"""
    assert told("netlify.toml", text) == [
        ("NODE_VERSION", "20", None, "platform"),
        ("API_URL", "https://api.example.com", "production", "platform"),
        ("API_URL", "https://preview.example.com", "preview", "platform"),
        ("command", "npm run preview", "preview", "config"),
    ]
    assert [scalar_text(each.expression) for each in facts("netlify.toml", text).schedules] == ["@daily"]


def test_wrangler_tells_variables_and_bindings() -> None:
    text = """
name = "api"
[vars]
MODE = "dev"
[env.staging.vars]
MODE = "staging"
[[env.production.d1_databases]]
binding = "DB"
database_id = "0000-1111"
[env.production.triggers]
crons = ["0 3 * * *"]
"""
    assert told("wrangler.toml", text) == [
        ("MODE", "dev", None, "platform"),
        ("MODE", "staging", "staging", "platform"),
        ("d1_databases.DB.database_id", "0000-1111", "production", "config"),
    ]
    assert [each.environment for each in facts("wrangler.toml", text).schedules] == ["production"]
    assert told("wrangler.jsonc", '{\n// here\n"env": {"production": {"vars": {"A": "b"}}}}') == [
        ("A", "b", "production", "platform")
    ]


@pytest.mark.parametrize(("path", "environment"), [("fly.toml", None), ("fly.staging.toml", "staging")])
def test_fly_tells_its_variables(path: str, environment: str | None) -> None:
    assert told(path, 'app = "shop"\n[env]\nPORT = "8080"\n') == [
        ("PORT", "8080", environment, "platform"),
        ("app", "shop", environment, "config"),
    ]


def test_vercel_tells_variables_secrets_and_crons() -> None:
    text = '{"env": {"A": "b", "KEY": "@key"}, "crons": [{"path": "/x", "schedule": "0 5 * * *"}]}'
    found = facts("vercel.json", text)
    assert [(each.name, type(each.value), each.sensitive) for each in found.settings] == [
        ("A", Known, False),
        ("KEY", Unknown, True),
    ]
    assert [scalar_text(each.expression) for each in found.schedules] == ["0 5 * * *"]


def test_a_build_profile_has_what_it_extends() -> None:
    text = """{"build": {"base": {"env": {"A": "1", "B": "1"}},
      "production": {"extends": "base", "env": {"B": "2"}}, "loop": {"extends": "loop"}}}"""
    assert [each for each in told("eas.json", text) if each[2] == "production"] == [
        ("A", "1", "production", "platform"),
        ("B", "2", "production", "platform"),
    ]


def test_supabase_tells_its_remotes() -> None:
    text = """
[auth]
site_url = "http://localhost:3000"
[auth.external.apple]
secret = "env(APPLE_SECRET)"
[remotes.staging.auth]
site_url = "https://staging.example.com"
"""
    found = facts("supabase/config.toml", text)
    assert [(each.name, each.environment) for each in found.settings] == [
        ("auth.site_url", None),
        ("auth.external.apple.secret", None),
        ("auth.site_url", "staging"),
    ]
    assert [(each.name, each.span.text) for each in found.references] == [("APPLE_SECRET", "APPLE_SECRET")]


def test_serverless_tells_functions_stages_and_schedules() -> None:
    text = """
service: shop
provider:
  name: aws
  runtime: nodejs20.x
  environment:
    TABLE: ${self:service}-${opt:stage}
    TOKEN: ${env:API_TOKEN}
custom:
  dev: {size: 1}
  prod: {size: 3}
params:
  staging: {domain: staging.example.com}
functions:
  hello:
    handler: a.b
    environment: {MODE: fast}
    events:
      - schedule: rate(1 hour)
      - schedule: {rate: [cron(0 3 * * ? *)]}
"""
    found = facts("serverless.yml", text)
    assert [(each.name, each.scope, each.environment, type(each.value)) for each in found.settings] == [
        ("TABLE", "serverless", None, Unknown),
        ("TOKEN", "serverless", None, Unknown),
        ("MODE", "serverless.hello", None, Known),
        ("domain", "serverless.params", "staging", Known),
        ("size", "serverless.custom", "development", Known),
        ("size", "serverless.custom", "production", Known),
    ]
    assert [(each.name, each.span.text) for each in found.references] == [("API_TOKEN", "API_TOKEN")]
    assert [(each.language, scalar_text(each.version)) for each in found.runtimes] == [("node", "20")]
    assert [scalar_text(each.expression) for each in found.schedules] == ["rate(1 hour)", "cron(0 3 * * ? *)"]


def test_the_resources_of_a_service_are_those_of_its_template() -> None:
    text = """
service: shop
provider:
  name: aws
  iamRoleStatements:
    - Effect: Allow
      Action: ["dynamodb:*"]
      Resource: "arn:aws:dynamodb:${aws:region}:*:table/x"
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: ${self:service}-orders
        BillingMode: !If [Large, PROVISIONED, PAY_PER_REQUEST]
        DeletionProtectionEnabled: ${self:custom.protected}
        SSESpecification: {SSEEnabled: true}
"""
    found = facts("serverless.yml", text)
    table, role = found.resources
    assert (table.type, table.address, table.span.text) == ("AWS::DynamoDB::Table", "cfn.Orders", "Orders")
    assert isinstance(table.get("DeletionProtectionEnabled"), Unknown)
    assert scalar_text(table.get("SSESpecification", "SSEEnabled")) == "true"
    assert (role.type, role.address) == ("AWS::IAM::Role", "cfn.IamRoleLambdaExecution")
    (grant,) = found.grants
    assert [scalar_text(each) for each in grant.actions] == ["dynamodb:*"]
    assert [type(each) for each in grant.resources] == [Unknown]


def test_values_of_a_chart_tell_variables_values_and_images() -> None:
    text = """
image: {repository: example/api, tag: "1.4.2"}
replicas: 3
env:
  MODE: live
worker:
  extraEnv:
    - name: QUEUE
      value: jobs
    - name: KEY
      valueFrom: {secretKeyRef: {name: a, key: b}}
"""
    found = facts("chart/values-prod.yaml", text)
    assert [(each.name, each.origin, each.scope) for each in found.settings] == [
        ("image.repository", "config", "helm"),
        ("image.tag", "config", "helm"),
        ("replicas", "config", "helm"),
        ("MODE", "kubernetes", "helm"),
        ("QUEUE", "kubernetes", "helm.worker"),
    ]
    assert {each.environment for each in found.settings} == {"production"}
    assert [scalar_text(each.reference) for each in found.images] == ["example/api:1.4.2"]


def test_an_overlay_tells_its_literals_and_images() -> None:
    text = """
configMapGenerator:
  - name: api
    literals: [MODE=fast, 'URL="https://a.example.com"']
secretGenerator:
  - name: keys
    literals:
      - API_KEY=abc
images:
  - name: example/api
    newTag: v3
"""
    found = facts("k8s/overlays/staging/kustomization.yaml", text)
    assert [(each.name, scalar_text(each.value), each.environment, each.sensitive) for each in found.settings] == [
        ("MODE", "fast", "staging", False),
        ("URL", "https://a.example.com", "staging", False),
        ("API_KEY", "abc", "staging", True),
    ]
    assert next((each.span.text, each.value.span.text) for each in found.settings) == ("MODE", "fast")
    assert [scalar_text(each.reference) for each in found.images] == ["example/api:v3"]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("config/production.json", '{"db": {"host": "a"}}', [("db.host", "a", "production", "config")]),
        ("config/settings.staging.toml", '[db]\nhost = "a"\n', [("db.host", "a", "staging", "config")]),
        ("api/appsettings.Staging.json", '{"A": {"B": 1}}', [("A.B", "1", "staging", "config")]),
        (
            "config/database.yml",
            "development:\n  host: a\nproduction:\n  host: b\n",
            [("host", "a", "development", "config"), ("host", "b", "production", "config")],
        ),
        (
            "config/flags.json",
            '{"staging": {"new_cart": true}, "production": {"new_cart": false}}',
            [("new_cart", "true", "staging", "flag"), ("new_cart", "false", "production", "flag")],
        ),
        ("flags/production.yaml", "new_cart: true\n", [("new_cart", "true", "production", "flag")]),
    ],
)
def test_configuration_of_an_environment(
    path: str, text: str, expected: list[tuple[str, str, str | None, str]]
) -> None:
    assert told(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/config/media_live.json", "{}"),
        ("src/locales/test.json", "{}"),
        ("config/production.yaml", "apiVersion: v1\nkind: Service\n"),
        ("config/default.json", "{}"),
        ("charts/values-ingress.yaml", "a: 1\n"),
        ("Cargo.toml", "[package]\n"),
        ("serverless.yml", "name: a\n"),
        ("appsettings.json", "{}"),
        ("config/other.yml", "production: {a: 1}\nname: b\n"),
    ],
)
def test_other_files_are_left(path: str, text: str) -> None:
    assert kind_of(path, text) is None


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(
        [
            "vercel.json",
            "netlify.toml",
            "wrangler.toml",
            "fly.toml",
            "eas.json",
            "supabase/config.toml",
            "values-prod.yaml",
            "overlays/prod/kustomization.yaml",
            "config/production.json",
            "pyproject.toml",
            "mise.toml",
        ]
    ),
    st.recursive(
        st.sampled_from(["a", 1, None, True, "A=b", "${env:X}", "x:1"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["env", "build", "vars", "image", "images", "context", "name", "tools", "project", "value"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_any_shape_is_read(path: str, value: object) -> None:
    import json

    text = json.dumps(value)
    kind = kind_of(path, text) or "config"
    context = Context(Environments(), None)
    import_module(f"depcheck.parsers.{MODULES[kind]}").parse(Text.of(Source(path, text)), context)
    # The same as TOML and YAML where the name says so: any text is no reason to raise.
    import_module(f"depcheck.parsers.{MODULES[kind]}").parse(Text.of(Source(path, f"a = {text}")), context)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project]\n{% if x %}\nname = 1\n{% endif %}\n"),
        ("config/production.yaml", "a: 1\n{{- if .Values.x }}\n b: [\n{{ end }}\n"),
        ("netlify.toml", "[build]\ncommand = {{ x }}\n"),
    ],
)
def test_a_template_is_no_broken_file(path: str, text: str) -> None:
    kind = kind_of(path, text)
    assert kind is not None
    parsed = import_module(f"depcheck.parsers.{MODULES[kind]}").parse(
        Text.of(Source(path, text)), Context(Environments(), None)
    )
    assert parsed.template and not parsed.problems
