"""The hook, run by the real pre-commit program against a repository made here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from depcheck.parsers.table import kind_by_name

ROOT = Path(__file__).parent.parent
HOOK = """repos:
  - repo: local
    hooks:
      - id: depcheck
        name: depcheck
        entry: {entry}
        language: system
        pass_filenames: {pass_filenames}
        require_serial: {require_serial}
        files: {files}
"""


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def hook() -> dict[str, object]:
    import yaml

    (entry,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(entry, dict)
    return entry


@pytest.fixture
def repository(tmp_path: Path, hook: dict[str, object]) -> Path:
    """A repository that uses the published hook's own words, with this environment's depcheck in place of a build."""
    import json

    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.email", "test@example.com")
    git(folder, "config", "user.name", "Test")
    entry = str(hook["entry"]).replace("depcheck", f"{sys.executable} -m depcheck", 1)
    assert hook["language"] == "python"
    (folder / ".pre-commit-config.yaml").write_text(
        HOOK.format(
            entry=entry,
            pass_filenames=str(hook["pass_filenames"]).lower(),
            require_serial=str(hook["require_serial"]).lower(),
            files=json.dumps(hook["files"]),
        )
    )
    return folder


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = folder.parent / "cache"
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)


def test_staged_files_are_judged_and_others_stay_silent(repository: Path) -> None:
    (repository / "old.dockerfile").write_text("FROM alpine:latest\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "before", "--no-verify")
    (repository / "Dockerfile").write_text("FROM debian:latest\nUSER 1000\n")
    git(repository, "add", "Dockerfile")
    done = pre_commit(repository)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "unpinned-image" in done.stdout
    assert "Dockerfile:1" in done.stdout
    assert "old.dockerfile" not in done.stdout


def test_a_clean_change_passes(repository: Path) -> None:
    (repository / "Dockerfile").write_text("FROM debian:12.9\nUSER 1000\n")
    git(repository, "add", "-A")
    done = pre_commit(repository)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_without_configuration_pass(repository: Path) -> None:
    (repository / "data.json").write_text("{}\n")
    git(repository, "add", "-A")
    done = pre_commit(repository)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rest_of_the_project_is_read(repository: Path) -> None:
    """A staged variable file is judged with the configuration that stands beside it."""
    (repository / "main.tf").write_text(
        'variable "retention" { type = number }\n'
        'resource "aws_db_instance" "main" {\n  backup_retention_period = var.retention\n}\n'
    )
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "before", "--no-verify")
    (repository / "main.tf").write_text((repository / "main.tf").read_text() + "# touched\n")
    (repository / "terraform.tfvars").write_text("retention = 0\n")
    git(repository, "add", "-A")
    done = pre_commit(repository)
    assert "main.tf:3" in done.stdout, done.stdout + done.stderr
    assert "terraform.tfvars:1" in done.stdout


NAMES = (
    "main.tf a.tofu A.TF x.tfvars x.tfvars.json x.tf.json terragrunt.hcl .terraform.lock.hcl compose.yml "
    ".github/workflows/a.yaml sub/action.yml Dockerfile dockerfile DOCKERFILE Dockerfile.web dockerfile-web "
    "web.Dockerfile Containerfile a.containerfile .dockerignore .gitignore .env .env.prod prod.env env.example "
    "dotenv.sample app.env.local .envrc a.sh a.bash a.zsh a.ksh a.json cdk.json a.template a.skey depcheck.yaml"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_the_hook_is_asked_for_every_kind_of_file(hook: dict[str, object], name: str) -> None:
    assert kind_by_name(name) is not None
    assert re.search(str(hook["files"]), name)


def test_many_files_at_once(repository: Path) -> None:
    """pre-commit gives files in several calls where they are too many for one; each reads the whole project."""
    for number in range(2000):
        path = repository / f"module-with-a-rather-long-name-{number % 50}" / f"and-a-long-file-name-{number}.tf"
        path.parent.mkdir(exist_ok=True)
        path.write_text("locals {}\n")
    git(repository, "add", "-A")
    done = pre_commit(repository)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("pre-commit") is None and not shutil.which(sys.executable), reason="no pre-commit")
def test_the_manifest_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
