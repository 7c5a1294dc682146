"""Names of compose services that nothing defines, and what is passed over because other files may define it."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.project.loading import Options, load
from depcheck.project.service_names import undefined

BASE = "services:\n  db:\n    image: postgres:16\n"


def names(tmp_path: Path, **files: str) -> list[tuple[str, str]]:
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '.')}.yaml").write_text(text)
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    return sorted({(each.name, each.near) for each in undefined(project)})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("depends_on: [dbb]", [("dbb", "")]),
        ("depends_on: [databas, db]", [("databas", "")]),
        ("depends_on: {dbs: {condition: service_started}}", [("dbs", "")]),
        ("depends_on: {dbs: {condition: service_started, required: false}}", []),
        ('network_mode: "service:vpn"', [("vpn", "")]),
        ('network_mode: "container:vpn"', []),
        ("network_mode: host", []),
        ('pid: "service:db"', []),
        ('links: ["db:database", "cache"]', [("cache", "")]),
        ('depends_on: ["${EXTRA}"]', []),
    ],
)
def test_what_a_service_names(tmp_path: Path, lines: str, expected: list[tuple[str, str]]) -> None:
    found = names(tmp_path, compose=f"{BASE}  web:\n    image: web:1\n    {lines}\n")
    assert [name for name, _ in found] == [name for name, _ in expected]


def test_the_nearest_name_is_told(tmp_path: Path) -> None:
    text = "services:\n  database:\n    image: postgres:16\n  web:\n    image: web:1\n    depends_on: [databse]\n"
    assert names(tmp_path, compose=text) == [("databse", "database")]


def test_a_service_of_any_file_counts(tmp_path: Path) -> None:
    debug = "services:\n  web:\n    image: web:1\n    depends_on: [db, tool]\n"
    tools = "services:\n  tool:\n    image: tool:1\n"
    assert names(tmp_path, compose=BASE, compose_debug=debug, compose_tools=tools) == []


def test_a_part_of_a_service_is_passed_over(tmp_path: Path) -> None:
    assert names(tmp_path, compose_part="services:\n  web:\n    depends_on: [db]\n") == []


def test_a_file_whose_base_was_not_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(BASE)
    over = tmp_path / "compose.prod.yaml"
    over.write_text("services:\n  web:\n    image: web:1\n    depends_on: [db]\n")
    assert list(undefined(load(Options([over], root=tmp_path, use_git=False)))) == []
    assert list(undefined(load(Options([tmp_path], root=tmp_path, use_git=False)))) == []
