"""What is wrong with a promise is told once, with the promise that is not kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.cli import run

POLICY = """version: 1
environments: {production: {critical: true}}
recovery:
  stores:
    database:
      match: ["aws_db_instance.*"]
      rpo: 15m
      rto: 4h
      retention: 35d
      against: [deletion, zone]
"""
DATABASE = """resource "aws_db_instance" "main" {
  engine                  = "postgres"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 50
  multi_az                = false
  backup_retention_period = 7
}
"""


def test_a_short_retention_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "production").mkdir()
    (tmp_path / "production" / "main.tf").write_text(DATABASE)
    (tmp_path / "depcheck.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    run(["scan", "--format", "json"])
    found = {each["rule"]: each for each in json.loads(capfd.readouterr().out)["findings"]}
    assert "retention-below-target" in found
    assert "objective-breached" not in found


def test_a_missed_figure_names_its_own_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "production").mkdir()
    (tmp_path / "production" / "main.tf").write_text(DATABASE.replace("= 7", "= 35"))
    (tmp_path / "depcheck.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    run(["scan", "--format", "json", "--select", "objective-at-risk"])
    (found, *_) = json.loads(capfd.readouterr().out)["findings"]
    promised = [each["location"]["start"]["line"] for each in found["related"] if "promised" in each["message"]]
    assert promised == [POLICY[: POLICY.index("rto:")].count("\n") + 1]
    assert "h20m " in found["message"]
    assert "s when" not in found["message"]
