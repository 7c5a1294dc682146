"""What the rules for parity rest on: contracts, marks, families of env files, modes of keys. Keys are built here."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.environments import Environments
from depcheck.findings import Report
from depcheck.policy import load as load_policy
from depcheck.project import Project, contract, marks
from depcheck.project.env_files import env_files
from depcheck.project.key_modes import may_have_mode, mode_of
from depcheck.project.loading import Options, load
from depcheck.source import Source
from depcheck.testing import scan
from depcheck.values import Known

RULES = all_rules()
ENVIRONMENTS = Environments()


def key(prefix: str) -> str:
    """A key of a provider's format, made anew and never written down."""
    return prefix + "".join(random.Random(prefix).choices(string.ascii_letters + string.digits, k=24))


def reported(folder: Path, files: dict[str, str], rule: str) -> Report:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return scan(folder, RULES, rule)


def project(folder: Path, files: dict[str, str]) -> Project:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return load(Options([folder], root=folder, use_git=False))


@pytest.mark.parametrize(
    ("variable", "environment", "value", "wrong"),
    [
        ("{values: [a, b]}", None, "b", []),
        ("{values: [a, b]}", None, "c", ["values"]),
        ("{values: {production: [a], '*': [b]}}", "production", "b", ["values"]),
        ("{values: {production: [a], '*': [b]}}", "staging", "b", []),
        # Where the environment cannot be told, what is allowed in any of them is allowed.
        ("{values: {production: [a], staging: [b]}}", None, "b", []),
        ("{values: {production: [a], staging: [b]}}", None, "c", ["values"]),
        ("{values: [a]}", None, "your_value_here", []),
        ("{format: url}", None, "https://example.com", []),
        ("{format: url}", None, "postgresql://app@db:5432/app?sslmode=require", []),
        ("{format: url}", None, "example.com", ["format"]),
        ("{format: url}", None, "https://", ["format"]),
        ("{format: email}", None, "a@example.com", []),
        ("{format: email}", None, "A B <a@example.com>", []),
        ("{format: email}", None, "a@example", ["format"]),
        ("{format: host}", None, "db.example.com:5432", []),
        ("{format: host}", None, "http://db", ["format"]),
        ("{format: port}", None, "65535", []),
        ("{format: port}", None, "65536", ["format"]),
        ("{format: integer}", None, "-3", []),
        ("{format: number}", None, "0.5", []),
        ("{format: boolean}", None, "TRUE", []),
        ("{format: boolean}", None, "maybe", ["format"]),
        ("{format: uuid}", None, "12345678-1234-1234-1234-123456789012", []),
        ("{format: json}", None, '{"a": 1}', []),
        ("{format: json}", None, "{a}", ["format"]),
        ("{format: arn}", None, "arn:aws:sns:eu-west-1:123456789012:a", []),
        ("{scheme: https}", "production", "http://example.com", ["scheme"]),
        ("{scheme: https}", "development", "http://localhost:3000", []),
        ("{scheme: https}", "production", "http://localhost:3000", ["scheme"]),
        ("{host: example.com}", None, "https://a.example.com/b", []),
        ("{host: example.com}", None, "https://anexample.com/b", ["host"]),
        ("{host: example.com}", None, "a@example.com", []),
        ("{min_length: 4}", None, "abcd", []),
        ("{min_length: 4}", None, "abc", ["length"]),
        ("{prefix: {production: l_, '*': t_}}", "production", "t_1", ["prefix"]),
        ("{prefix: {production: l_, '*': t_}}", "staging", "t_1", []),
        # An abbreviated value is judged by its prefix alone, and only where it has another environment's.
        ("{prefix: {production: l_, '*': t_}, min_length: 9}", "staging", "l_...", ["prefix"]),
        ("{prefix: {production: l_, '*': t_}, min_length: 9}", "staging", "t_...", []),
        ("{prefix: {production: l_, '*': t_}}", "staging", "<from the store>", []),
        ("{min_length: 4, format: url}", None, "", []),
    ],
)
def test_contract(tmp_path: Path, variable: str, environment: str | None, value: str, wrong: list[str]) -> None:
    (tmp_path / "depcheck.yaml").write_text(f"version: 1\nvariables:\n  NAME: {variable}\n")
    entry = load_policy(tmp_path / "depcheck.yaml").variables["NAME"]
    source = Source("a.env", value)
    known = Known(value, source.span(0, len(value)))
    assert [each.kind for each in contract.judge(entry, known, environment, environment != "production")] == wrong


@pytest.mark.parametrize(
    "text", ["your_key", "<token>", "changeme", "CHANGE_ME", "xxx", "...", "sk-...", "${{ secrets.A }}", "put-it-here"]
)
def test_placeholder(text: str) -> None:
    assert contract.is_placeholder(text)


@pytest.mark.parametrize("text", ["yours", "production", "https://example.com", "hunter2", "changes", "12"])
def test_no_placeholder(text: str) -> None:
    assert not contract.is_placeholder(text)


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("api.staging.example.com", "staging"),
        ("staging-api.example.com", "staging"),
        ("db.app-production.example.co", "production"),
        ("dev.example.com", "development"),
        ("example.dev", None),
        ("latest.example.com", None),
        ("dev.azure.com", None),
        ("staging.production.example.com", None),
        ("live.example.com", None),
        ("example.com", None),
    ],
)
def test_owner_of_host(host: str, owner: str | None) -> None:
    assert marks.owner_of_host(host, ENVIRONMENTS, None) == owner


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("example.com", "production"),
        ("api.example.com", "production"),
        ("try.example.com", "staging"),
        ("api.try.example.com", "staging"),
        ("staging.example.com", "staging"),
        ("example.org", None),
    ],
)
def test_owner_of_declared_host(tmp_path: Path, host: str, owner: str | None) -> None:
    (tmp_path / "depcheck.yaml").write_text(
        "version: 1\nenvironments:\n  staging: {domains: [try.example.com]}\n  production: {domains: [example.com]}\n"
    )
    policy = load_policy(tmp_path / "depcheck.yaml")
    assert marks.owner_of_host(host, ENVIRONMENTS, policy) == owner


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("app-staging-uploads", "staging"),
        ("app_prod", "production"),
        ("staging", None),
        ("copied from staging", None),
        ("devices/list", None),
        ("https://staging.example.com", None),
        ("example.dev", None),
    ],
)
def test_mark_in_a_name(text: str, owner: str | None) -> None:
    found = marks.name_mark(text, ENVIRONMENTS)
    assert (found.environment if found is not None else None) == owner
    if found is not None:
        assert ENVIRONMENTS.named(text[found.start : found.end]) == owner


def test_families_of_env_files(tmp_path: Path) -> None:
    names = [".env", ".env.example", ".env.staging", ".env.production", ".env.production.local", "env/prod/api.env"]
    names += ["env/staging/api.env", "web/prod.env", "web/staging.env", ".env.staging.example"]
    found = {file.path: file for file in env_files(project(tmp_path, dict.fromkeys(names, "A=1\n")))}
    assert found[".env.staging"].family == found[".env.production"].family
    assert found["env/prod/api.env"].family == found["env/staging/api.env"].family
    assert found["web/prod.env"].family == found["web/staging.env"].family != found[".env.staging"].family
    assert [path for path, file in found.items() if file.template] == [".env.example"]
    assert [path for path, file in found.items() if file.personal] == [".env.production.local"]
    assert found[".env.staging.example"].shown
    assert found[".env.staging.example"].environment == "staging"


@pytest.mark.parametrize(
    ("name", "prefix", "provider", "mode"),
    [
        ("STRIPE_SECRET_KEY", "sk_live_", "Stripe", "live"),
        ("PAYMENT_KEY", "rk_test_", "Stripe", "test"),
        ("CLERK_SECRET_KEY", "sk_test_", "Clerk", "test"),
        ("RAZORPAY_KEY_ID", "rzp_live_", "Razorpay", "live"),
        ("MOLLIE_API_KEY", "live_", "Mollie", "live"),
    ],
)
def test_mode_of_a_key(name: str, prefix: str, provider: str, mode: str) -> None:
    found = mode_of(name, key(prefix))
    assert found is not None
    assert (found.provider, found.mode) == (provider, mode)


def test_prefixes_of_few_letters_count_for_their_providers_names_only() -> None:
    assert mode_of("CHANNEL", key("live_")) is None
    assert may_have_mode("STRIPE_SECRET_KEY")
    assert not may_have_mode("STRIPE_ACCOUNT")


@pytest.mark.parametrize(
    ("file", "rule", "prefix", "severity"),
    [
        (".env.staging", "live-key-outside-production", "sk_live_", "critical"),
        (".env.development", "live-key-outside-production", "rk_live_", "critical"),
        (".env.staging", "live-key-outside-production", "pk_live_", "high"),
        (".env.production", "test-key-in-production", "sk_test_", "high"),
    ],
)
def test_key_in_the_wrong_place(tmp_path: Path, file: str, rule: str, prefix: str, severity: str) -> None:
    value = key(prefix)
    (found,) = reported(tmp_path, {file: f'PAYMENT_KEY="{value}"\n'}, rule).findings
    assert found.severity == severity
    assert found.excerpt is not None
    shown = found.message + "".join(text for _, text in found.excerpt.lines)
    assert prefix in shown
    assert value[len(prefix) :] not in shown


@pytest.mark.parametrize("file", [".env", ".env.example", "compose.yaml", ".env.production"])
def test_live_key_where_it_may_be_or_nothing_tells(tmp_path: Path, file: str) -> None:
    text = f"PAYMENT_KEY={key('sk_live_')}\n"
    if file == "compose.yaml":
        text = f"services:\n  a:\n    image: a:1\n    environment:\n      - {text}"
    assert reported(tmp_path, {file: text}, "live-key-outside-production").findings == []


def test_key_that_compose_passes_on_is_reported_once(tmp_path: Path) -> None:
    files = {
        ".env.staging": f"PAYMENT_KEY={key('sk_live_')}\n",
        "compose.yaml": "services:\n  a:\n    image: a:1\n    environment:\n      PAYMENT_KEY: ${PAYMENT_KEY}\n",
    }
    found = reported(tmp_path, files, "live-key-outside-production").findings
    assert [each.span.path for each in found] == [".env.staging"]


def test_key_in_a_containers_definition(tmp_path: Path) -> None:
    value = key("sk_test_")
    definitions = json.dumps([{"name": "a", "image": "a:1", "environment": [{"name": "PAYMENT_KEY", "value": value}]}])
    text = f'  family = "a"\n  container_definitions = <<E\n{definitions}\nE\n'
    text = f'resource "aws_ecs_task_definition" "a" {{\n{text}}}\n'
    (found,) = reported(tmp_path, {"production/main.tf": text}, "test-key-in-production").findings
    assert found.resource == "aws_ecs_task_definition.a"
    assert found.excerpt is not None
    assert value not in "".join(line for _, line in found.excerpt.lines)


def test_what_a_secret_is_is_not_told(tmp_path: Path) -> None:
    value = key("")[:20]
    files = {
        "depcheck.yaml": "version: 1\nvariables:\n  SESSION_SECRET: {secret: true, min_length: 32}\n",
        ".env.production": f"SESSION_SECRET={value}\n",
    }
    (found,) = reported(tmp_path, files, "variable-out-of-contract").findings
    assert found.excerpt is not None
    assert value not in found.message + found.excerpt.lines[0][1]
    assert "20 of at least 32 characters" in found.message


def test_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    password = key("")
    files = {".env.staging": f"DATABASE_URL=postgresql://app:{password}@db.production.example.com/app\n"}
    (found,) = reported(tmp_path, files, "other-environment-mark").findings
    assert found.span.text == "db.production.example.com"
    assert found.excerpt is not None
    assert password not in found.excerpt.lines[0][1]


def test_repeated_secrets_are_not_shown(tmp_path: Path) -> None:
    first, second = key("a"), key("b")
    files = {"app.env": f"API_TOKEN={first}\nAPI_TOKEN={second}\n"}
    (found,) = reported(tmp_path, files, "duplicate-variable").findings
    assert found.excerpt is not None
    assert second not in found.excerpt.lines[0][1]


def test_environments_may_have_other_names(tmp_path: Path) -> None:
    files = {
        "depcheck.yaml": "version: 1\nenvironments: {dev: , try: {aliases: [staging]}, live-eu: {aliases: [prod]}}\n",
        ".env.try": "API_URL=https://api.production.example.com\n",
        ".env.dev": "API_URL=https://api.staging.example.com\n",
    }
    found = reported(tmp_path, files, "other-environment-mark").findings
    assert [(each.span.path, each.environment) for each in found] == [(".env.try", "try")]
