"""What is said of files that cannot be read, or be read in two ways, and how it is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.cli import run

TWICE = (
    "services:\n  a: {image: 'x:1'}\n  a: {image: 'y:1'}\n  r:\n    image: redis:7\n    ports: ['0.0.0.0:16379:6379']\n"
)


def test_a_key_given_twice_is_no_unreadable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "compose.yaml").write_text(TWICE)
    assert run(["scan", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert 'can be read in two ways: the key "a" is given again' in out and "cannot be read" not in out
    assert "`127.0.0.1:16379:6379`" in out
    (tmp_path / "depcheck.yaml").write_text(
        "rules:\n  ignore:\n    - {rule: unreadable-file, paths: [compose.yaml], reason: made by hand}\n"
    )
    run(["scan", str(tmp_path)])
    assert "in two ways" not in capsys.readouterr().out
