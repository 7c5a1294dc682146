"""Packs that a team's policy names: what is wrong with them is a sentence with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.cli import run
from depcheck.engine.build import _fill
from depcheck.findings import Violation
from depcheck.source import Source

PACK = """- id: my-own-rule
  title: A bucket may be emptied
  severity: high
  confidence: high
  looks_at: {resource: [aws_s3_bucket]}
  forbid: {force_destroy: true}
  message: "{address} may be emptied, ${{ secrets.X }} {nobody}"
  why: Because this is how we want to have it.
  fix: "Write `{force_destroy: false}` there."
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "own.yaml").write_text(PACK)
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {\n  force_destroy = true\n}\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def policy(folder: Path, packs: str, name: str = "depcheck.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"version: 1\nrules:\n  packs: {packs}\n")
    return path


def test_a_pack_is_held_against_the_project(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    policy(here, '["policies/*.yaml"]')
    assert run(["scan", "--select", "my-own-rule"]) == 1
    out = capfd.readouterr().out
    assert "aws_s3_bucket.b may be emptied, ${{ secrets.X }} {nobody}" in out
    assert "Write `{force_destroy: false}` there." in out


def test_packs_lie_beside_the_policy_that_names_them(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "ci").mkdir()
    (here / "policies").rename(here / "ci" / "policies")
    policy(here, '["policies/*.yaml"]', "ci/depcheck.yaml")
    for command in (["scan", "--fail-on", "never"], ["rules"], ["explain", "my-own-rule"]):
        assert run([*command, "--config", "ci/depcheck.yaml"]) == 0
        assert "my-own-rule" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("packs", "sentence"),
    [
        ('["."]', 'depcheck.yaml:3:3: rules.packs: "." matches no file'),
        ('["nope/*.yaml"]', 'depcheck.yaml:3:3: rules.packs: "nope/*.yaml" matches no file'),
        ('["../*.yaml"]', 'depcheck.yaml:3:3: rules.packs: "../*.yaml" leaves the folder'),
        ('["/etc/*.yaml"]', 'depcheck.yaml:3:3: rules.packs: "/etc/*.yaml" leaves the folder'),
        ('["policies/latin.yaml"]', "policies/latin.yaml:1:1: cannot be read as UTF-8 text"),
        ('["policies/wrong.yaml"]', "policies/wrong.yaml:1:3: "),
        ('["policies/own.yaml", "policies/o*.yaml"]', 'the rule "my-own-rule" is in'),
    ],
)
def test_mistakes(here: Path, capfd: pytest.CaptureFixture[str], packs: str, sentence: str) -> None:
    (here / "policies" / "latin.yaml").write_bytes(b"- id: caf\xe9\n")
    (here / "policies" / "wrong.yaml").write_text("- id: x\n")
    policy(here, packs)
    assert run(["scan"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(sentence)


@pytest.mark.parametrize("template", ["{address.__class__}", "{0}", "{", "}", "{{address}", "{address!r:>9}"])
def test_templates_reach_words_only(template: str) -> None:
    violation = Violation(Source("f", "x").span(0, 1), words={"address": "here"})
    assert _fill(template, violation) == template.replace("{address}", "here")
