"""A plugin package is installed and run as a user would: laid out as depcheck is, found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent / "data" / "acme_depcheck"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(SAMPLE)], check=True, capture_output=True)
    return target


def run(site: Path | None, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)} if site else dict(os.environ)
    command = [sys.executable, "-m", "depcheck", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.20\n")
    (tmp_path / "depcheck.yaml").write_text("version: 1\nrules:\n  plugins: [acme_depcheck]\n")
    return tmp_path


def test_a_named_plugin_runs(site: Path, repository: Path) -> None:
    done = run(site, repository, "scan", ".", "--format", "json", "--select", "acme")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert [(each["rule"], each["message"]) for each in findings] == [
        ("unowned-image", "alpine:3.20 does not come from the company's registry")
    ]


def test_an_installed_plugin_that_nobody_named_does_not_run(site: Path, repository: Path) -> None:
    (repository / "depcheck.yaml").unlink()
    listed = run(site, repository, "rules")
    assert "unowned-image" not in listed.stdout


def test_a_plugin_that_is_not_installed_is_named(repository: Path) -> None:
    done = run(None, repository, "scan", ".")
    assert done.returncode == 2
    assert done.stdout == ""
    assert 'rules.plugins: "acme_depcheck" is not installed here' in done.stderr


def test_code_beside_a_policy_is_never_imported(repository: Path) -> None:
    (repository / "depcheck.yaml").write_text("version: 1\nrules:\n  packs: [packs/*.yaml]\n  plugins: [evil]\n")
    package = repository / "evil"
    package.mkdir()
    (package / "__init__.py").write_text("open('ran', 'w')\n")
    done = run(None, repository, "scan", ".")
    assert done.returncode == 2
    assert not (repository / "ran").exists()


def test_the_harness_serves_the_plugin(site: Path) -> None:
    code = (
        "from depcheck.testing import cases, mismatches, without_fixtures\n"
        "from depcheck.packs.loading import plugin_packs\n"
        "rules = plugin_packs(['acme_depcheck'])\n"
        f"found = cases({str(SAMPLE / 'fixtures')!r})\n"
        "assert len(found) == 4, found\n"
        "assert without_fixtures(rules, " + repr(str(SAMPLE / "fixtures")) + ") == []\n"
        "for case in found:\n    assert mismatches(case, rules) == [], (str(case), mismatches(case, rules))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_pack_of_the_repository_is_data_only(repository: Path) -> None:
    packs = repository / "packs"
    packs.mkdir()
    (repository / "depcheck.yaml").write_text("version: 1\nrules:\n  packs: [packs/*.yaml]\n")
    rule = (
        "- id: own-rule\n  title: The image of a service is alpine\n  severity: low\n  confidence: high\n"
        "  looks_at: {image: [from]}\n  message: '{value} is alpine'\n"
        "  why: An example of a rule that a team writes itself.\n  fix: Use another image.\n"
    )
    (packs / "own.yaml").write_text(rule + "  forbid: {reference: {matches: ^alpine}}\n")
    done = run(None, repository, "scan", ".", "--format", "json", "--select", "own", "--fail-on", "low")
    assert done.returncode == 1, done.stderr
    assert [each["message"] for each in json.loads(done.stdout)["findings"]] == ['"alpine:3.20" is alpine']
    (packs / "own.yaml").write_text(rule)
    refused = run(None, repository, "scan", ".")
    assert refused.returncode == 2
    assert 'packs/own.yaml:1:3: the rule "own-rule" has neither require nor forbid' in refused.stderr
