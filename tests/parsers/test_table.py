"""Which kind a file's name tells."""

from __future__ import annotations

import pytest

from depcheck.parsers.table import kind_by_name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("new\nline.tf", "terraform"),
        ("new\nline.tfvars", "tfvars"),
        ("new\nline.yml", "yaml"),
        ("new\nline.json", "json"),
        ("new\nline.sh", "shell"),
        (".env.new\nline", "dotenv"),
        ("Dockerfile.new\nline", "dockerfile"),
        ("Dockerfile.new\nline.md", "markdown"),
    ],
)
def test_a_line_break_in_a_name_changes_no_kind(name: str, kind: str) -> None:
    assert kind_by_name(f"folder/{name}") == kind
