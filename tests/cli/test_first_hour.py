"""What somebody who is new meets first: one cause is told once, and nothing that was promised is passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depcheck.cli import run

DOCKERFILE = "FROM node:22.11.0-alpine\nWORKDIR /srv\nCOPY . .\nUSER node\nCMD ['node', 'server.js']\n"
COMPOSE = "services:\n  web:\n    build: .\n    env_file: [%s]\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(capfd: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    capfd.readouterr()
    run(["scan", "--format", "json", *options])
    loaded = json.loads(capfd.readouterr().out)
    assert isinstance(loaded["findings"], list)
    return loaded["findings"]


def test_a_secret_that_is_to_be_filled_in_is_told(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / ".env.production").write_text("SESSION_SECRET=changeme\n")
    rules = [each["rule"] for each in found(capfd, "--select", "placeholder-in-production,weak-secret")]
    assert rules == ["placeholder-in-production"]


def test_what_compose_takes_from_an_env_file_is_told_there(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "depcheck.yaml").write_text(
        "version: 1\nenvironments:\n  staging: {}\n  production: {domains: [shop.io]}\n"
        "variables:\n  LEVEL: {values: [info]}\n"
    )
    (here / ".env.staging").write_text("API_URL=https://api.shop.io\nLEVEL=debug\n")
    (here / "compose.yaml").write_text(COMPOSE % ".env.staging")
    chosen = found(capfd, "--select", "other-environment-mark,variable-out-of-contract")
    assert [(each["rule"], each["resource"]) for each in chosen] == [
        ("other-environment-mark", None),
        ("variable-out-of-contract", None),
    ]


def test_what_a_common_env_file_gives_an_environment_is_still_told(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "depcheck.yaml").write_text("version: 1\nvariables:\n  LEVEL: {values: [info]}\n")
    (here / "web.env").write_text("LEVEL=debug\n")
    (here / "compose.production.yaml").write_text(COMPOSE % "web.env")
    assert found(capfd, "--select", "variable-out-of-contract")


def test_an_env_file_in_an_image_is_told_once(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "Dockerfile").write_text(DOCKERFILE)
    (here / "compose.yaml").write_text(COMPOSE % ".env.staging, .env.local")
    (here / ".env.staging").write_text("LEVEL=debug\n")
    (only,) = found(capfd, "--select", "env-file-in-image,secret-file-in-image")
    assert [each["message"] for each in only["related"]] == [".env.staging is read here", ".env.local is to be made"]
    text = "".join("Zq7mK2vX9rTb4Lw8"[at * 5 % 16] for at in range(32))
    (here / ".env.staging").write_text(f"JWT_SIGNING_KEY={text}\n")
    rules = [each["rule"] for each in found(capfd, "--select", "env-file-in-image,secret-file-in-image")]
    assert rules == ["secret-file-in-image"]


@pytest.mark.parametrize(
    ("rule", "kind"), [("unpinned-image", "ockerfile)"), ("missing-variable", "(.env"), ("literal-secret", "(")]
)
def test_the_examples_of_a_rule_can_be_compared(
    capfd: pytest.CaptureFixture[str], here: Path, rule: str, kind: str
) -> None:
    run(["explain", rule])
    lines = capfd.readouterr().out.splitlines()
    titles = [line for line in lines if line.startswith(("Reported (", "Not reported ("))]
    assert len(titles) == 2
    assert all(kind in title and "depcheck.yaml" not in title for title in titles)
