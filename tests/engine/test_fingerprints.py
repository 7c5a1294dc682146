"""Fingerprints survive what happens elsewhere, tell findings apart, and do not depend on what else is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from depcheck.cli import run

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"
Marks = Callable[..., list[str]]


@pytest.fixture
def marks(capfd: pytest.CaptureFixture[str]) -> Marks:
    def marked(folder: Path, *arguments: str) -> list[str]:
        capfd.readouterr()
        assert run(["scan", str(folder), "--format", "json", "--fail-on", "never", *arguments]) == 0
        return [each["fingerprint"] for each in json.loads(capfd.readouterr().out)["findings"]]

    return marked


def moved_down(folder: Path) -> None:
    """Put comments at the head of every file that may have them."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "depcheck.yaml" and (path.suffix in (".tf", ".yml") or ".env" in path.name):
            path.write_text("# one\n# two\n\n" + path.read_text("utf-8"), "utf-8")


@pytest.mark.parametrize("system", ["momento", "vibelog", "sharedpayments"])
def test_distinct_and_stable(tmp_path: Path, marks: Marks, system: str) -> None:
    from shutil import copytree

    copytree(SYSTEMS / system / "documented", tmp_path / "copy")
    before = marks(tmp_path / "copy", "--profile", "strict")
    assert len(before) > 10
    assert len(set(before)) == len(before)
    moved_down(tmp_path / "copy")
    assert sorted(marks(tmp_path / "copy", "--profile", "strict")) == sorted(before)


def test_of_one_rule_alone_and_of_all(tmp_path: Path, marks: Marks) -> None:
    folder = SYSTEMS / "momento" / "documented"
    everything = set(marks(folder, "--profile", "strict"))
    for name in ("literal-secret", "unpinned-image", "script-injection", "missing-variable"):
        assert set(marks(folder, "--profile", "strict", "--select", name)) <= everything


def test_a_missing_thing_is_the_same_whatever_the_first_line_says(tmp_path: Path, marks: Marks) -> None:
    (tmp_path / "depcheck.yaml").write_text("version: 1\nvariables: {NEEDED: {}, A: {}}\n")
    (tmp_path / ".env.staging").write_text("NEEDED=1\nA=2\n")
    seen = set()
    for text in ("A=1\n", "# a comment\nA=1\n", "B=2\nA=1\n"):
        (tmp_path / ".env.production").write_text(text)
        seen |= set(marks(tmp_path, "--select", "missing-variable"))
    assert len(seen) == 1


def test_of_two_equal_ones_the_first_keeps_its_own(tmp_path: Path, marks: Marks) -> None:
    step = '      - run: echo "${{ github.event.issue.title }}"\n'
    head = "on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    path = tmp_path / ".github" / "workflows" / "a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(head + step)
    one = marks(tmp_path, "--select", "script-injection")
    path.write_text(head + step + step)
    two = marks(tmp_path, "--select", "script-injection")
    assert len(set(two)) == 2
    assert two[0] == one[0]
