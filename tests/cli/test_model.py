from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.cli import run

COMPOSE = """\
services:
  web:
    image: nginx:1.27
    command: serve --port 80
"""
WORKFLOW = """\
on: push
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: |
          make test
          echo LONG
"""


def test_each_line_of_text_names_what_it_is_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "a.yml").write_text(WORKFLOW.replace("LONG", "x" * 200))
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(tmp_path)
    assert run(["model"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "compose.web compose_service service  compose.yaml:2:3" in lines
    assert "nginx:1.27 service  compose.yaml:3:12" in lines
    assert "actions/checkout@v4 action  .github/workflows/a.yml:7:15" in lines
    assert "make test  .github/workflows/a.yml:9:11" in lines
    assert any(line.startswith("Allow contents:read") for line in lines)
    assert all(len(line) < 160 for line in lines) and any("xxx…" in line for line in lines)
    assert run(["model", "--noun", "images"]) == 0
    assert capsys.readouterr().out.startswith("images (2)\n")
