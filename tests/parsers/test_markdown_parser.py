from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context, Embedded, markdown
from depcheck.source import Source, Text

WORKFLOW = "name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
COMPOSE = "services:\n  web:\n    image: nginx:1\n"
RESOURCE = 'resource "aws_s3_bucket" "a" {\n}\n'
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]}\n'
TEMPLATE = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"


def read(text: str) -> list[Embedded]:
    return markdown.parse(Text.of(Source("docs/guide.md", text)), Context(Environments())).embedded


def fenced(info: str, content: str, before: str = "") -> str:
    return f"{before}\n\n```{info}\n{content}```\n"


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        # the first comment
        (fenced("yaml", "# .github/workflows/deploy.yml\n" + WORKFLOW), "workflow", ".github/workflows/deploy.yml"),
        (fenced("hcl", "// ./infra/main.tf\n" + RESOURCE), "terraform", "infra/main.tf"),
        (fenced("hcl", "/* main.tf */\n" + RESOURCE), "terraform", "main.tf"),
        (fenced("yaml", "# docker-compose.yml (production)\n" + COMPOSE), "compose", "docker-compose.yml"),
        (fenced("yaml", "# File: docker-compose.yml\n" + COMPOSE), "compose", "docker-compose.yml"),
        (fenced("yaml", "# .env.example\nA=1\n"), "dotenv", ".env.example"),
        (fenced("bash", "#!/bin/bash\n# scripts/deploy.sh\nset -e\n"), "shell", "scripts/deploy.sh"),
        (
            fenced("dockerfile", "# syntax=docker/dockerfile:1\n# Dockerfile.web\nFROM a\n"),
            "dockerfile",
            "Dockerfile.web",
        ),
        (fenced("", "# main.tf\n" + RESOURCE), "terraform", "main.tf"),
        # the info string
        (fenced('yaml title="compose.yaml"', COMPOSE), "compose", "compose.yaml"),
        (fenced("yaml:compose.prod.yaml", COMPOSE), "compose", "compose.prod.yaml"),
        (fenced("hcl main.tf", RESOURCE), "terraform", "main.tf"),
        (fenced("sh filename='run.sh'", "make\n"), "shell", "run.sh"),
        # the text before
        (fenced("hcl", RESOURCE, "Write `envs/prod/main.tf`:"), "terraform", "envs/prod/main.tf"),
        (fenced("dockerfile", "FROM a\n", "### 2. Dockerfile"), "dockerfile", "Dockerfile"),
        (fenced("yaml", COMPOSE, "**docker-compose.yml**\n\nIt has one service."), "compose", "docker-compose.yml"),
        (fenced("", "A=1\nB=2\n", "Copy this into `.env.production`:"), "dotenv", ".env.production"),
        # the language and the content
        (fenced("hcl", RESOURCE), "terraform", "block-1/main.tf"),
        (fenced("tf", 'region = "eu-west-1"\n'), "tfvars", "block-1/terraform.tfvars"),
        (fenced("Dockerfile", "FROM a\n"), "dockerfile", "block-1/Dockerfile"),
        (fenced("yaml", WORKFLOW), "workflow", "block-1/workflow.yml"),
        (fenced("yml", COMPOSE), "compose", "block-1/compose.yaml"),
        (fenced("yaml", TEMPLATE), "cloudformation", "block-1/template.yaml"),
        (fenced("json", POLICY), "iam-policy", "block-1/policy.json"),
        (fenced("bash", "make deploy\n"), "shell", "block-1/script.sh"),
        (fenced("bash", "A=1\nB='2 3'\n"), "dotenv", "block-1/.env"),
        (fenced("dotenv", "A=b c\n"), "dotenv", "block-1/.env"),
        (fenced("bash", "PORT=1 NODE_ENV=x npm start\nA=b make\n"), "shell", "block-1/script.sh"),
        # a name that is only mentioned
        (fenced("bash", "terraform apply\n", "Apply `main.tf` and `.env`:"), "shell", "block-1/script.sh"),
        (fenced("hcl", RESOURCE, "See `deploy.yml` first."), "terraform", "block-1/main.tf"),
        (fenced("bash", "# .env must exist\ncp .env.example .env\n"), "shell", "block-1/script.sh"),
    ],
)
def test_kind_and_name(text: str, kind: str, path: str) -> None:
    (found,) = read(text)
    assert (found.kind, found.path, found.origin) == (kind, path, "document")


@pytest.mark.parametrize(
    "text",
    [
        fenced("", "main.tf\nvariables.tf\n", "The files, beginning with `main.tf`:"),
        fenced("typescript", "// scripts/validate-env.ts\nexport {}\n"),
        fenced("yaml", "- Lint\n- Test\n"),
        fenced("json", '{"a": 1}\n'),
        fenced("yaml", "a: 1\n", "In `values.yaml`:"),
        fenced("hcl", "...\n"),
        fenced("ini", "[section]\na = 1\n"),
        fenced("mermaid", "graph TD\n"),
        fenced("markdown", "# README.md\n"),
        "no code at all",
    ],
)
def test_blocks_of_no_kind(text: str) -> None:
    assert read(text) == []


def test_blocks_of_one_name_keep_apart() -> None:
    found = read(fenced("hcl", "# main.tf\n" + RESOURCE) * 2 + fenced("hcl", "# other.tf\n" + RESOURCE))
    assert [each.path for each in found] == ["main.tf", "2/main.tf", "other.tf"]


def test_a_name_is_for_the_next_block_only() -> None:
    found = read(fenced("hcl", RESOURCE, "`main.tf`") + fenced("hcl", RESOURCE))
    assert [each.path for each in found] == ["main.tf", "block-2/main.tf"]


def test_environments_of_env_files() -> None:
    found = read(
        "## Environments\n### Production\n#### Secrets\n"
        + fenced("env", "A=1\n")
        + "### Staging\n"
        + fenced("env", "A=2\n")
        + "## Elsewhere\n"
        + fenced("env", "A=3\n")
        + "## Production\n"
        + fenced("env", "# .env.staging\nA=3\n")
        + fenced("bash", "make\n")
    )
    assert [each.environment for each in found] == ["production", "staging", None, None, None]


def test_prompts_are_no_part_of_a_script() -> None:
    (found,) = read(fenced("console", "$ terraform init\nInitialized!\n$ aws s3 ls \\\n    s3://b\nfile\n"))
    assert found.text.text == "terraform init\naws s3 ls \\\n    s3://b\n"
    at = found.text.text.index("aws")
    assert found.text.span(at, at + 9).text == "aws s3 ls"


def test_places_inside_a_list() -> None:
    text = '1. Create `main.tf`:\n\n   ```hcl\n   resource "a" "b" {\n     c = 1\n   }\n   ```\n'
    (found,) = read(text)
    assert found.text.text == 'resource "a" "b" {\n  c = 1\n}\n'
    at = found.text.text.index("c = 1")
    span = found.text.span(at, at + 5)
    assert (span.text, span.line, span.column) == ("c = 1", 5, 6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["```", "```sh\n", "# main.tf", "\n", "$ ", "a=b", "`x.tf`", "## prod", "> ", "- ", " "]))
)
def test_any_text_is_told(pieces: list[str]) -> None:
    text = "".join(pieces)
    for each in read(text):
        for number, char in enumerate(each.text.text):
            assert each.text.span(number, number + 1).text == char
