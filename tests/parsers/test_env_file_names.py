"""Which names are those of env files, and which are what editors, patches and templates leave beside them."""

from __future__ import annotations

import pytest

from depcheck.parsers.table import kind_by_name


@pytest.mark.parametrize("name", [".env", ".env.local", "production.env", ".env.example", "env.template", ".env.tmpl"])
def test_env_files(name: str) -> None:
    assert kind_by_name(f"deploy/{name}") == "dotenv"


@pytest.mark.parametrize(
    "name", [".env.bak", ".env.orig", ".env.patch", ".env.j2", "app.env.j2", ".env.erb", ".env.swp"]
)
def test_what_lies_beside_them(name: str) -> None:
    assert kind_by_name(f"deploy/{name}") is None
