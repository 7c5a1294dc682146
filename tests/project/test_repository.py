"""Whose repository a project is, and what is of the same owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.project.loading import Options, load
from depcheck.project.repository import is_own

WORKFLOW = "on: push\njobs:\n  a:\n    uses: acme/shared/.github/workflows/a.yml@main\n    secrets: inherit\n"


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://github.com/Acme/shop.git", True),
        ("git@github.com:acme/shop.git", True),
        ("https://github.com/other/shop", False),
        ("https://git.example.com/acme/shop.git", False),
    ],
)
def test_what_the_remote_says(url: str, own: bool, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(f'[remote "origin"]\n\turl = {url}\n')
    path = tmp_path / ".github" / "workflows" / "a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(WORKFLOW)
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    assert is_own("acme/shared/.github/workflows/a.yml@main", project) is own


def test_a_device_is_no_text(tmp_path: Path) -> None:
    """Whoever opens a terminal or a pipe waits for what somebody writes into it."""
    (tmp_path / ".gitignore").symlink_to("/dev/null")
    (tmp_path / "note").write_text("a\n")
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    assert project.text_on_disk(".gitignore") is None
    assert project.text_on_disk("note") == "a\n"
    assert project.text_on_disk("nothing") is None
