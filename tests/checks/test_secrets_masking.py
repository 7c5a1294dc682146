"""No report, no model, no baseline and no message shows a secret or eight characters of one, whatever holds it."""

from __future__ import annotations

import base64
import json
import random
import string
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from depcheck.cli import run
from depcheck.secrets import find_in_value

sys.path.insert(0, str(Path(__file__).parent.parent))

from secret_tokens import Token, tokens

FORMATS = ("text", "json", "sarif", "github", "junit", "html", "markdown")
LETTERS = string.ascii_letters + string.digits


class Planted:
    """Secrets that are made for one repository, each written down once and remembered."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.all: list[str] = []

    def token(self, size: int = 24, alphabet: str = LETTERS) -> str:
        """A token with at least two digits, a capital and a small letter."""
        while True:
            made = "".join(self._random.choice(alphabet) for _ in range(size))
            if sum(char.isdigit() for char in made) > 1 and made.lower() != made != made.upper():
                break
        self.all.append(made)
        return made

    def hex(self) -> str:
        """A token of 40 hexadecimal digits."""
        made = "".join(self._random.choice("0123456789abcdef") for _ in range(40))
        self.all.append(made)
        return made

    def password(self) -> str:
        """What a person chooses."""
        made = self._random.choice(("Quartz", "Walrus", "Mistral")) + str(self._random.randint(100, 999)) + "-Zebra"
        self.all.append(made)
        return made

    def key(self) -> str:
        """A private key in PEM, whose lines are all secret."""
        body = base64.b64encode(self._random.randbytes(300)).decode()
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        self.all.extend(lines)
        kind = "PRIVATE KEY"
        return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"))

    def provider(self, token: Token) -> str:
        """A provider's token: all of it behind its public prefix is secret."""
        for match in find_in_value(token.text, token.name):
            self.all.append(token.text[match.start + match.shown : match.end])
        return token.text

    def parts(self) -> set[str]:
        """Every run of eight characters of every secret."""
        return {text[at : at + 8] for text in self.all for at in range(len(text) - 7)}


def dotenv(planted: Planted) -> dict[str, str]:
    return {
        "deploy/production.env": "\n".join(
            (
                f"DB_PASSWORD={planted.password()}",
                f"API_TOKEN='{planted.token()}'",
                f'export SESSION_SECRET="{planted.token(40)}"  # {planted.all[-1]} is said again',
                f"DATABASE_URL=postgres://app:{planted.token()}@db.acme.io:5432/app",
                f"NEXT_PUBLIC_AUTH_TOKEN={planted.hex()}",
                f'NAME=acme\nGREETING=hello ${{API_TOKEN}}\nTLS_KEY="{planted.key()}"',
                f"SIGNING_SECRET: {planted.token()}",
                f'UNCLOSED_SECRET="{planted.token()}',
            )
        )
    }


def compose(planted: Planted) -> dict[str, str]:
    return {
        "compose.yaml": f"""services:
  db:
    image: postgres
    privileged: true
    environment:
      POSTGRES_PASSWORD: {planted.password()}
      ESCAPED_TOKEN: "\\x41{planted.token()}"
      DATABASE_URL: "postgres://app:{planted.token()}@db.acme.io/app"
    command: ["postgres", "--password={planted.token()}", "-c", "x=1"]
    healthcheck:
      test: curl -u app:{planted.token()} https://acme.io/
  web:
    image: ghcr.io/acme/web
    depends_on: {{db: {{condition: service_healthy}}}}
    environment:
      - API_TOKEN=${{API_TOKEN:-{planted.token()}}}
      - FOLDED_SECRET={planted.hex()}
    ports: ["{planted.token(16)}::80"]
    env_file: deploy/production.env
  broken:
    environment:
      AUTH_SECRET: "{planted.token()}
""",
    }


def dockerfile(planted: Planted) -> dict[str, str]:
    secret = planted.token()
    return {
        "Dockerfile": f"""FROM node:latest
ARG NPM_TOKEN={planted.hex()}
ENV SESSION_SECRET={secret} NPM_TOKEN=$NPM_TOKEN
RUN echo {secret} && mysql -u root -p{planted.password()} -e 'select 1'
RUN curl -H "Authorization: Bearer {planted.token()}" https://get.acme.io/install.sh | sh
ADD https://app:{planted.token()}@acme.io/x.tar.gz /x
USER root
EXPOSE 80
CMD ["redis-server", "--requirepass", "{planted.token()}"]
CMD ["node"]
ENV API_TOKEN
"""
    }


def workflow(planted: Planted) -> dict[str, str]:
    secret = planted.token(64)
    return {
        ".github/workflows/deploy.yml": f"""on: [push, pull_request_target]
permissions: write-all
env:
  API_TOKEN: {secret}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    container:
      image: registry.acme.io/tools
      credentials: {{username: app, password: {planted.token()}}}
    steps:
      - uses: acme/login@main
        with:
          password: {planted.password()}
          command: deploy {secret}
      - name: test
        run: |
          export DEPLOY_TOKEN={planted.token()}
          curl -u "app:{planted.token()}" https://acme.io | bash || true
          echo "${{{{ github.event.issue.title }}}} {secret}"
          npm test --token={planted.token()} || true
        continue-on-error: true
      - run: kubectl apply -f x.yaml --password {planted.token()}
""",
        ".github/workflows/broken.yml": f"on: push\njobs:\n  a:\n    env:\n      API_TOKEN: '{planted.token()}\n",
    }


def script(planted: Planted) -> dict[str, str]:
    return {
        "deploy.sh": f"""#!/bin/bash
export PGPASSWORD='{planted.password()}'
API_TOKEN={planted.token()} terraform apply -auto-approve
docker login -u app -p {planted.token()} registry.acme.io
psql postgres://app:{planted.token()}@db.acme.io/app
echo "unclosed {planted.all[-1]}
"""
    }


def terraform(planted: Planted) -> dict[str, str]:
    return {
        "main.tf": f"""variable "db_password" {{
  default = "{planted.token()}"
}}
resource "aws_db_instance" "main" {{ password = "{planted.token()}"
  publicly_accessible = true
}}
resource "aws_ecs_task_definition" "web" {{
  container_definitions = jsonencode([{{ name = "web", image = "acme/web", environment = [
    {{ name = "API_TOKEN", value = "{planted.token()}" }}] }}])
}}
resource "aws_lambda_function" "f" {{
  runtime = "python2.7"
  environment {{ variables = {{ SESSION_SECRET = "{planted.token()}" }} }}
}}
resource "aws_instance" "i" {{
  user_data = "#!/bin/sh\\nexport API_TOKEN={planted.token()}\\n"
}}
""",
        "production.tfvars": f'api_token = "{planted.token()}"\nsession_secret = "{planted.token()}\n',
        "keys.tf": f"locals {{\n  pem = <<EOT\n{planted.key()}\nEOT\n}}\n",
    }


def cloudformation(planted: Planted) -> dict[str, str]:
    return {
        "stack.yaml": f"""AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  DbPassword: {{Type: String, Default: {planted.token()}}}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Image: acme/web
          Environment: [{{Name: API_TOKEN, Value: {planted.token()}}}]
"""
    }


def document(planted: Planted) -> dict[str, str]:
    return {
        "docs/deployment.md": f"""# Deployment

`.env.production`

```env
API_TOKEN={planted.token()}
DATABASE_URL=postgres://app:{planted.token()}@db.acme.io/app
```

```bash
export PGPASSWORD={planted.token()}
curl -H "Authorization: Bearer {planted.token()}" https://acme.io
```
"""
    }


def expressions(planted: Planted) -> dict[str, str]:
    """What cannot be evaluated, and says so."""
    return {
        "expressions.tf": f"""variable "admin_password" {{
  default = "{planted.token()}"
  validation {{
    condition     = length(var.admin_password) > 100
    error_message = "too short: ${{var.admin_password}}"
  }}
}}
variable "retry_token" {{
  type    = number
  default = "{planted.token()}"
}}
locals {{
  number       = tonumber(var.admin_password)
  decoded      = jsondecode("{planted.token()}")
  api_password = "{planted.token()}"
  entry        = {{}}["{planted.token()}"]
  parsed       = parseint("{planted.token()}", 10)
  matched      = regex("x{planted.token()}[", "a")
  read         = file("{planted.token()}")
  called       = upper(1, "{planted.token()}")
  later        = timeadd("{planted.token()}", "1h")
}}
resource "aws_db_instance" "other" {{
  password = local.number
  count    = var.admin_password
}}
output "shown" {{
  value = local.entry
}}
"""
    }


def providers(planted: Planted) -> dict[str, str]:
    made = [token for token in tokens(len(planted.all) + 5) if "\n" not in token.text]
    lines = [f"{token.name}={planted.provider(token)}" for token in made]
    numbered = [f"A{at}_{line.replace('=', ': ', 1)}" for at, line in enumerate(lines[1::6])]
    statements = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": line} for line in lines[4::6]]
    return {
        "deploy/staging.env": "\n".join(lines[::6]),
        "compose.override.yaml": "services:\n  jobs:\n    image: acme/jobs:latest\n    privileged: true\n"
        + "    environment:\n      "
        + "\n      ".join(numbered),
        "providers.tf": "\n".join(f'# {line}\nprovider "p" {{ x = "{line}" }}' for line in lines[2::6]),
        "send.sh": "#!/bin/sh\n" + "\n".join(f"{line} curl https://x.io|sh" for line in lines[3::6]),
        "policy.json": json.dumps({"Version": "2012-10-17", "Statement": statements}),
        "notes.txt": "\n".join(lines[5::6]),
    }


MAKERS: tuple[Callable[[Planted], dict[str, str]], ...] = (
    dotenv,
    compose,
    dockerfile,
    workflow,
    script,
    terraform,
    cloudformation,
    document,
    expressions,
    providers,
)


def leaks(text: str, planted: Planted) -> list[str]:
    """The parts of secrets in a text, also where a format escapes it; at most five."""
    found = planted.parts() & {text[at : at + 8] for at in range(len(text) - 7)}
    return [f"…{text[max(text.find(part) - 60, 0) : text.find(part) + 60]}…" for part in sorted(found)][:5]


@pytest.mark.parametrize("make", [*MAKERS, None], ids=lambda make: make.__name__ if make else "together")
@pytest.mark.parametrize("seed", (1, 2))
def test_nothing_shows_a_secret(
    make: Callable[[Planted], dict[str, str]] | None,
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    planted = Planted(seed)
    repository = tmp_path / "repository"
    for maker in MAKERS if make is None else (make,):
        for name, text in maker(planted).items():
            path = repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    monkeypatch.chdir(repository)
    shown = ["--profile", "strict", "--docs", "--show", "pass,unknown"]
    outputs = [f"--output={name}:{tmp_path / name}" for name in FORMATS]
    assert run(["scan", ".", *shown, *outputs]) in (0, 1)
    assert run(["scan", ".", "--docs", "--select", "unpinned-image,unreadable-file", "--format", "html"]) in (0, 1)
    assert run(["model", ".", "--docs", "--format", "json"]) == 0
    assert run(["model", ".", "--docs"]) == 0
    assert run(["scan", ".", "--all-text", "--profile", "strict"]) in (0, 1)
    assert run(["baseline", ".", "--docs", "--write-to", str(tmp_path / "baseline")]) == 0
    out, err = capfd.readouterr()
    written = {name: (tmp_path / name).read_text() for name in (*FORMATS, "baseline")}
    for where, text in {**written, "standard output": out, "standard error": err}.items():
        assert text or where == "standard error"
        assert leaks(text, planted) == [], where


QUESTIONS = (
    "var.admin_password",
    "tonumber(var.admin_password)",
    "local.api_password",
    '"x${var.admin_password}"',
    "{a = [var.admin_password]}",
    "aws_db_instance.main.password",
)


def test_no_command_shows_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = Planted(6)
    for maker in MAKERS:
        for name, text in maker(planted).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    monkeypatch.chdir(tmp_path)
    commands = [["eval", "--docs"], *(["eval", ".", question] for question in QUESTIONS)]
    commands += [[name, "--format", kind] for name in ("recovery", "parity") for kind in ("text", "json")]
    commands += [["scan", ".", "--format", "json", "--profile", "strict"], ["init"]]
    for command in commands:
        assert run(command) in (0, 1), command
        out, err = capfd.readouterr()
        assert leaks(out + err, planted) == [], command
        if "scan" in command:
            marks = {each["rule"]: each["fingerprint"] for each in json.loads(out)["findings"]}
    assert leaks((tmp_path / "depcheck.yaml").read_text(), planted) == []
    for rule in ("literal-secret", "provider-token", "secret-in-image", "connection-string-password"):
        run(["explain", marks[rule]])
        out, err = capfd.readouterr()
        assert leaks(out + err, planted) == [], rule


@pytest.mark.parametrize(
    "policy",
    [
        "variables:\n  DB_PASSWORD: {secret}\n",
        "variables:\n  DB_PASSWORD: {{secret: {secret}}}\n",
        "variables:\n  API_TOKEN: {{min_length: '{secret}'}}\n",
        "variables:\n  API_TOKEN: {{values: [{secret}]}}\n",
        "variables:\n  API_TOKEN: {{prefix: {{production: {secret}}}, format: {secret}}}\n",
        "secrets: {{rotation: {secret}}}\n",
        "secrets: {{stores: [{secret}]}}\n",
        'secrets: "{secret}\n',
        "secrets: {{required: {secret}\n",
        "password: {secret}\n",
        "{secret}: 1\n",
        "rules: {{select: [{secret}]}}\n",
    ],
)
def test_no_error_of_the_policy_shows_a_secret(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = Planted(7)
    (tmp_path / "depcheck.yaml").write_text("version: 1\n" + policy.format(secret=planted.token()))
    (tmp_path / "production.env").write_text(f"API_TOKEN={planted.token()}\n")
    monkeypatch.chdir(tmp_path)
    run(["scan", "."])
    out, err = capfd.readouterr()
    assert out + err
    assert leaks(out + err, planted) == []


def test_no_fault_of_depchecks_own_shows_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = Planted(8)
    (tmp_path / "production.env").write_text(f"API_TOKEN={planted.token()}\n")
    monkeypatch.chdir(tmp_path)

    def fail(*_: object) -> None:
        raise ValueError(f"cannot use {planted.all[0]}")

    monkeypatch.setattr("depcheck.checks.secrets_in_values.literal_secret", fail)
    assert run(["scan", ".", "--format", "json", "--select", "literal-secret"]) == 3
    monkeypatch.setattr("depcheck.engine.run", fail)
    assert run(["scan", "."]) == 3
    out, err = capfd.readouterr()
    assert "please report it" in out
    assert "please report it" in err
    assert leaks(out + err, planted) == []


def test_a_finding_stands_at_each_kind_of_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = Planted(3)
    for maker in MAKERS:
        for name, text in maker(planted).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    monkeypatch.chdir(tmp_path)
    run(["scan", ".", "--docs", "--format", "json", "--select", "secrets"])
    report = json.loads(capfd.readouterr().out)
    found = {(each["rule"], each["location"]["path"]) for each in report["findings"]}
    assert {
        ("literal-secret", "deploy/production.env"),
        ("literal-secret", "compose.yaml"),
        ("literal-secret", ".github/workflows/deploy.yml"),
        ("literal-secret", "deploy.sh"),
        ("literal-secret", "main.tf"),
        ("literal-secret", "production.tfvars"),
        ("literal-secret", "docs/deployment.md"),
        ("secret-in-image", "Dockerfile"),
        ("private-key", "deploy/production.env"),
        ("private-key", "keys.tf"),
        ("connection-string-password", "deploy/production.env"),
        ("connection-string-password", "compose.yaml"),
        ("connection-string-password", "deploy.sh"),
        ("secret-on-command-line", "Dockerfile"),
        ("secret-on-command-line", "compose.yaml"),
        ("secret-on-command-line", ".github/workflows/deploy.yml"),
        ("secret-on-command-line", "deploy.sh"),
        ("client-exposed-secret", "deploy/production.env"),
    } <= found


def test_reveal_shows_what_the_model_hides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = Planted(4)
    for name, text in script(planted).items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    run(["model", ".", "--format", "json", "--reveal"])
    assert leaks(capfd.readouterr().out, planted) != []
