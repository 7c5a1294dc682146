"""What was promised in numbers: sixty tokens of sixty vendors in files of every kind, and a page of what only looks so.

The tokens are put together in ``secret_tokens``, which does not know how depcheck looks for one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from depcheck.cli import run

sys.path.insert(0, str(Path(__file__).parent.parent))

from secret_tokens import SIXTY, Token, placeholders, tokens


def sixty(seed: int) -> list[Token]:
    """One token of each vendor."""
    by_vendor: dict[str, Token] = {}
    for token in tokens(seed):
        by_vendor.setdefault(token.vendor, token)
    return [by_vendor[vendor] for vendor in SIXTY]


def dotenv(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "production.env", "".join(f"{name}='{text}'\n" for name, text in made)


def workflow(made: list[tuple[str, str]]) -> tuple[str, str]:
    lines = "".join(f"      {name}: '{text}'\n" for name, text in made)
    head = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    env:\n"
    return ".github/workflows/deploy.yml", f"{head}{lines}    steps:\n      - run: ./deploy.sh\n"


def compose(made: list[tuple[str, str]]) -> tuple[str, str]:
    lines = "".join(f"      - {json.dumps(f'{name}={text}')}\n" for name, text in made)
    return "compose.yaml", f"services:\n  web:\n    image: acme/web:1.4\n    environment:\n{lines}"


def terraform(made: list[tuple[str, str]]) -> tuple[str, str]:
    lines = "".join(f"      {name} = {json.dumps(text)}\n" for name, text in made)
    head = 'resource "aws_lambda_function" "web" {\n  environment {\n    variables = {\n'
    return "main.tf", f"{head}{lines}    }}\n  }}\n}}\n"


def dockerfile(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "Dockerfile", "FROM node:22\n" + "".join(f'ENV {name}="{text}"\n' for name, text in made)


def shell(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "deploy.sh", "#!/bin/sh\n" + "".join(f"export {name}='{text}'\n" for name, text in made)


def context(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "cdk.json", json.dumps({"app": "node app.js", "context": dict(made)}, indent=2)


def document(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "README.md", "# Deployment\n\n```sh\n" + "".join(f"export {n}='{text}'\n" for n, text in made) + "```\n"


def other_text(made: list[tuple[str, str]]) -> tuple[str, str]:
    return "settings.py", "".join(f'{name} = "{text}"\n' for name, text in made)


KINDS: tuple[Callable[[list[tuple[str, str]]], tuple[str, str]], ...] = (
    dotenv,
    workflow,
    compose,
    terraform,
    dockerfile,
    shell,
    context,
    document,
    other_text,
)


def findings(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, object]]:
    monkeypatch.chdir(folder)
    assert run(["scan", ".", "--docs", "--all-text", "--select", "secrets", "--format", "json"]) in (0, 1)
    found: list[dict[str, object]] = json.loads(capfd.readouterr().out)["findings"]
    return found


@pytest.mark.parametrize("write", KINDS, ids=lambda write: write.__name__)
def test_of_sixty_tokens_at_least_58_are_named(
    write: Callable[[list[tuple[str, str]]], tuple[str, str]],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = sixty(11)
    used: dict[str, str] = {}
    for token in made:
        name = token.name
        while name in used:
            name += "_B"
        used[name] = token.text.replace("\n", "").replace("  ", "")
    name, text = write(list(used.items()))
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    said = [str(each["message"]) for each in findings(tmp_path, capfd, monkeypatch) if each["rule"] == "provider-token"]
    named = {token.vendor for token in made if any(f" {token.vendor} " in f" {message} " for message in said)}
    assert len(named) >= 58, sorted({token.vendor for token in made} - named)


@pytest.mark.parametrize("write", KINDS, ids=lambda write: write.__name__)
def test_a_page_of_placeholders_and_public_keys_has_at_most_one_false_line(
    write: Callable[[list[tuple[str, str]]], tuple[str, str]],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [line for line in placeholders().splitlines() if "=" in line and line.split("=")[0].isidentifier()]
    used: dict[str, str] = {}
    for line in lines:
        name, _, text = line.partition("=")
        while name in used:
            name += "_B"
        used[name] = text.strip('"')
    name, text = write(list(used.items()))
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    false = findings(tmp_path, capfd, monkeypatch)
    assert len(used) >= 50
    assert len(false) <= 1, [(each["rule"], each["message"], each["location"]) for each in false]
