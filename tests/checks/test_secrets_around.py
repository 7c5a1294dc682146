"""What surrounds a secret: git, images, clients, command lines; with secrets that are made at run time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from depcheck.cli import run
from depcheck.project.build_context import IgnoreFile
from depcheck.project.credentials import is_spoken
from depcheck.project.quoting import without_secrets

sys.path.insert(0, str(Path(__file__).parent.parent))

from secret_tokens import ALNUM, BASE64, Draw, with_crc


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scan(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, str]]:
    """Rule, place and message of each finding of the pack."""
    assert run(["scan", ".", "--select", "secrets", "--format", "json", *arguments]) in (0, 1)
    found = json.loads(capfd.readouterr().out)["findings"]
    return [
        (each["rule"], f"{each['location']['path']}:{each['location']['start']['line']}", each["message"])
        for each in found
    ]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def test_an_env_file_is_tracked_left_out_or_neither(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    password = Draw(1).of(ALNUM, 20)
    address = f"DATABASE_URL=postgres://app:{Draw(2).of(ALNUM, 20)}@db.acme.io/app\n"
    git(here, "init", "-q")
    (here / "production.env").write_text(f"DB_PASSWORD={password}\n{address}")
    told = [message for rule, _, message in scan(capfd) if rule == "env-file-tracked"]
    assert told == ["production.env holds 2 secrets, and no ignore file keeps it out of git"]
    git(here, "add", "production.env")
    told = [message for rule, _, message in scan(capfd) if rule == "env-file-tracked"]
    assert told == ["production.env holds 2 secrets and is tracked by git"]
    git(here, "rm", "-q", "--cached", "production.env")
    (here / ".gitignore").write_text("*.env\n")
    assert scan(capfd, "--allow-empty") == []
    # asked for by its name, it is read although git does not list it
    assert run(["scan", "production.env", "--select", "env-file-tracked", "--show", "pass"]) == 0
    assert "git ignores it" in capfd.readouterr().out


def test_a_providers_token_in_a_variable_for_clients_is_two_defects(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    token = "sk_live_" + Draw(3).of(ALNUM, 24)
    (here / ".env.production").write_text(f"VITE_PAYMENTS={token}\n")
    assert [(rule, place) for rule, place, _ in scan(capfd) if rule != "env-file-tracked"] == [
        ("client-exposed-secret", ".env.production:1"),
        ("provider-token", ".env.production:1"),
    ]


def test_arguments_that_are_names_with_values(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    d = Draw(4)
    (here / "deploy.sh").write_text(
        f"""#!/bin/sh
docker run -e DB_PASSWORD={d.of(ALNUM, 20)} acme/web
kubectl create secret generic db --from-literal password={d.of(ALNUM, 20)}
helm upgrade web . --set auth.password={d.of(ALNUM, 20)},replicas=2
aws configure set aws_secret_access_key {d.of(BASE64, 40)}
docker run -e DB_PASSWORD -e REPLICAS=2 -e DB_PASSWORD_FILE=/run/secrets/db1 acme/web
aws configure set region eu-west-1
"""
    )
    assert [(rule, place) for rule, place, _ in scan(capfd)] == [
        ("secret-on-command-line", f"deploy.sh:{line}") for line in (2, 3, 4, 5)
    ]


def test_what_terraform_writes_into_a_command_is_told_without_hiding_names(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = Draw(5).of(ALNUM, 24)
    (here / "production.tfvars").write_text(f'deploy_token = "{secret}"\n')
    (here / "main.tf").write_text(
        'variable "deploy_token" {\n  sensitive = true\n}\nresource "null_resource" "deploy" {\n'
        '  provisioner "local-exec" {\n    command = "deploy --token=${var.deploy_token}"\n  }\n}\n'
    )
    found = scan(capfd)
    assert ("literal-secret", "production.tfvars:1", "deploy_token has a secret for its value") in found
    assert ("secret-on-command-line", "main.tf:6", "deploy is given a secret by --token") in found
    run(["scan", "."])
    out = capfd.readouterr().out
    assert "var.deploy_token" in out
    assert secret[:8] not in out


def test_the_context_of_a_build_is_what_compose_says(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "docker").mkdir()
    (here / "docker" / "web.dockerfile").write_text("FROM node:22\nCOPY . /app\n")
    (here / "production.env").write_text(f"DB_PASSWORD={Draw(6).of(ALNUM, 20)}\n")
    assert "secret-file-in-image" not in [rule for rule, _, _ in scan(capfd)]
    (here / "compose.yaml").write_text(
        "services:\n  web:\n    build: {context: ., dockerfile: docker/web.dockerfile}\n"
    )
    assert ("secret-file-in-image", "docker/web.dockerfile:2") in [(rule, place) for rule, place, _ in scan(capfd)]
    (here / ".dockerignore").write_text("*.env\n")
    assert "secret-file-in-image" not in [rule for rule, _, _ in scan(capfd)]


@pytest.mark.parametrize(
    ("text", "path", "left_out"),
    [
        (".env", ".env", True),
        (".env", "web/.env", False),
        ("**/.env*", "web/.env.production", True),
        ("/web/", "web/.env", True),
        ("web", "web/a/b.env", True),
        ("*\n!.env", ".env", False),
        ("*\n!web\nweb/.env", "web/.env", True),
        ("# .env\n\n", ".env", False),
        ("*.env\n!public.env", "public.env", False),
    ],
)
def test_patterns_of_a_dockerignore_begin_at_the_context(text: str, path: str, left_out: bool) -> None:
    assert IgnoreFile(text).leaves_out(path) is left_out
    assert not IgnoreFile(None).leaves_out(path)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("changeme", True),
        ("change-this-in-production", True),
        ("supersecret", True),
        ("P@ssw0rd", True),
        ("", False),
        ("true", False),
        ("${SESSION_SECRET}", False),
        ("<your secret>", False),
        ("/run/secrets/session", False),
        (Draw(7).of(ALNUM, 32), False),
    ],
)
def test_what_everybody_tries_first(text: str, spoken: bool) -> None:
    assert (bool(text) and is_spoken(text)) is spoken


def test_messages_quote_no_secret() -> None:
    token = with_crc("ghp_", Draw(8).of(ALNUM, 30))
    drawn = Draw(9).of(ALNUM, 24)
    assert (
        without_secrets(f'a.yaml:1:2: rotation: "{drawn}" is no duration')
        == 'a.yaml:1:2: rotation: "***" is no duration'
    )
    assert token not in without_secrets(f"x '{token}' y")
    assert without_secrets('a.yaml:1:2: DB_PASSWORD: not "Walrus-12"') == 'a.yaml:1:2: DB_PASSWORD: not "***"'
    assert without_secrets('a.yaml:1:2: rotation: "fortnight" is no duration').count("fortnight") == 1


ABSURD = {
    "a.env": [
        "X=" + "a" * 60_000,
        "SECRET=" + "QUJD" * 15_000,
        "A_SECRET=" + "change-this-" * 5_000,
        "T='" + "${A:-" * 9_000,
    ],
    "compose.yaml": ['services:\n  web:\n    environment:\n      A_TOKEN: "' + "x:y@" * 15_000 + '"\n'],
    ".github/workflows/a.yml": [
        "on: push\njobs:\n  a:\n    steps:\n      - run: echo " + "${{ secrets.A " * 4_000 + "\n",
        'on: push\njobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {build-args: "'
        + "A_TOKEN=${{" * 4_000
        + '"}\n',
    ],
    "main.tf": [
        "locals {\n  x = {" + ' a_token = "aaaaaaa9" ' * 2_500 + "}\n}\n",
        'resource "aws_instance" "i" {\n  user_data = "' + "${var.a_password}" * 3_000 + '"\n}\n',
        'output "x" {\n  value = "' + "var.a_password." * 4_000 + '"\n}\n',
    ],
    "cdk.json": ['{"context":' + '{"aToken":' * 9_000 + "1" + "}" * 9_001],
    "Dockerfile": ["FROM a\nCOPY " + ". " * 20_000 + " /x\n", "FROM a\nRUN mysql " + "-p" * 30_000 + "\n"],
    "deploy.sh": ["docker run " + "-e A_TOKEN=x9x9x9x9x9x9x9 " * 1_000 + " x\n", "x=" + "\x01\x02\x80" * 20_000],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ABSURD.items() for text in texts])
def test_absurd_files_are_read_to_their_end(
    name: str, text: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / name).parent.mkdir(parents=True, exist_ok=True)
    (here / name).write_text(text)
    assert run(["scan", ".", "--select", "secrets", "--profile", "strict", "--all-text", "--format", "json"]) in (0, 1)
    assert not [each for each in json.loads(capfd.readouterr().out)["errors"] if "please report it" in each["message"]]
