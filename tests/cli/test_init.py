"""``depcheck init``: a first policy that the repository keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from depcheck.cli import run
from depcheck.policy import load
from depcheck.proposal import without
from depcheck.proposal.entries import scalar, written

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"
NAMES = sorted(each.name for each in SYSTEMS.iterdir() if (each / "documented").is_dir())


def findings(folder: Path, capfd: pytest.CaptureFixture[str], *options: str) -> dict[tuple[object, ...], list[str]]:
    run(["scan", str(folder), "--format", "json", "--fail-on", "never", "--as-of", "2026-11-01", *options])
    loaded = json.loads(capfd.readouterr().out)
    return {
        (each["rule"], each["resource"], each["environment"], each["message"]): [
            each["location"]["path"],
            *(related["location"]["path"] for related in each["related"] if related["location"]),
        ]
        for each in loaded["findings"]
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_is_kept_and_hides_nothing(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "it"
    shutil.copytree(SYSTEMS / name / "documented", folder)
    (folder / "depcheck.yaml").unlink()
    assert run(["init", str(folder)]) == 0
    said = capfd.readouterr().err
    assert "environments" in said and "depcheck scan" in said
    load(folder / "depcheck.yaml")
    before, after = findings(folder, capfd, "--no-config"), findings(folder, capfd)
    assert set(after) == set(before)
    assert not [places for places in after.values() if "depcheck.yaml" in places]


def test_what_is_found_is_proposed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env.staging").write_text("API_URL=https://api.staging.acme.io\nSESSION_SECRET=\nDEBUG=false\n")
    (tmp_path / ".env.production").write_text("API_URL=https://api.acme.io\nSESSION_SECRET=\nDEBUG=false\nEXTRA=1\n")
    assert run(["init", str(tmp_path), "--print"]) == 0
    out = capfd.readouterr().out
    assert not (tmp_path / "depcheck.yaml").exists()
    assert "  staging: {domains: [api.staging.acme.io]}\n" in out
    assert "  production: {critical: true, domains: [api.acme.io]}\n" in out
    assert "  API_URL: {format: url}\n" in out
    assert "  SESSION_SECRET: {secret: true}\n" in out
    assert "  DEBUG: {format: boolean}\n" in out
    # What staging lacks stays a finding of its own.
    assert "EXTRA" not in out
    assert "# recovery:\n" in out


def test_a_policy_that_is_there_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.20\n")
    (tmp_path / "depcheck.yaml").write_text("version: 1\nproduct: acme\n")
    assert run(["init", str(tmp_path)]) == 2
    assert "is there already; --force replaces it" in capfd.readouterr().err
    assert "acme" in (tmp_path / "depcheck.yaml").read_text()
    assert run(["init", str(tmp_path), "--force"]) == 0
    assert "acme" not in (tmp_path / "depcheck.yaml").read_text()


@pytest.mark.parametrize(("path", "said"), [("nowhere", "no such folder"), (".", "nothing was read")])
def test_nothing_to_read(
    path: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", path]) == 2
    assert said in capfd.readouterr().err
    assert not (tmp_path / "depcheck.yaml").exists()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("15m", "15m"),
        ("0", "0"),
        (True, "true"),
        ("true", '"true"'),
        ("no", '"no"'),
        ("012345678901", '"012345678901"'),
        ("main", "main"),
        ("release/*", '"release/*"'),
        ("a: b", '"a: b"'),
        ('say "x"\n', '"say \\"x\\"\\x0a"'),
        ("", '""'),
    ],
)
def test_scalars_mean_what_they_are(value: object, text: str) -> None:
    assert scalar(value) == text


def test_what_is_empty_is_left_out() -> None:
    entries: dict[str, object] = {
        "pipeline": {"deploys": {"staging": {"approval": True}}},
        "variables": {"A": {"secret": True}},
    }
    left = without(without(entries, ("pipeline", "deploys", "staging", "approval")), ("variables", "A", "secret"))
    assert left == {"variables": {"A": {}}}
    assert ("  A: {}", ("variables", "A")) in written(left)


def test_stores_branches_and_addresses_are_named_as_they_are_meant(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "modules" / "db").mkdir(parents=True)
    (tmp_path / "production").mkdir()
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / "modules" / "db" / "main.tf").write_text(
        'resource "aws_db_instance" "this" {\n  engine = "mysql"\n  backup_retention_period = 7\n}\n'
    )
    (tmp_path / "production" / "main.tf").write_text(
        'module "orders" {\n  source = "../modules/db"\n}\nmodule "ledger" {\n  source = "../modules/db"\n}\n'
    )
    (tmp_path / ".github" / "workflows" / "deploy.yml").write_text(
        "on: {push: {branches: [main, develop]}}\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n"
        "    environment: production\n    if: github.ref == 'refs/heads/main'\n"
        "    steps:\n      - run: terraform -chdir=production apply -auto-approve\n"
    )
    (tmp_path / ".env.production").write_text("DATABASE_URL=postgres://app:pass@db.shop.io/shop\nA=1\n")
    assert run(["init", "--print", str(tmp_path)]) == 0
    out = capfd.readouterr().out
    assert "    orders:" in out
    assert "    ledger:" in out
    assert "    this" not in out
    assert "from_branches: [main]\n" in out
    assert "DATABASE_URL: {secret: true}" in out
