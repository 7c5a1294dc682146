from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.cli import run


def notes(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    run(["scan", str(folder), "--no-config", *options])
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]


def test_modules_that_are_elsewhere_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "main.tf").write_text('module "inner" {\n  source = "acme/inner/aws"\n}\n')
    (tmp_path / "main.tf").write_text(
        'module "a" {\n  source = "git::https://example.net/acme/a.git//rds?ref=v1"\n}\n'
        'module "b" {\n  source = "./here"\n}\n'
        'resource "my_module" "empty" {}\n'
    )
    (line, _) = notes(tmp_path, capsys)
    assert line == (
        "note: the code of 2 modules is not in this repository, so what they make was not judged: "
        "acme/inner/aws, example.net/acme/a//rds"
    )


def test_a_module_whose_resources_are_known_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "outputs.tf").write_text('output "o" {\n  value = 1\n}\n')
    (tmp_path / "main.tf").write_text(
        'module "a" {\n  for_each = toset(["x.y", "z"])\n  source   = "./here"\n}\n'
        'module "e" {\n  source = "./empty"\n}\n'
    )
    assert notes(tmp_path, capsys) == []


def test_providers_without_rules_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "azurerm_mssql_server" "a" {}\nresource "azurerm_mssql_server" "b" {}\n'
        'resource "google_sql_database_instance" "c" {}\nresource "aws_sqs_queue" "d" {}\nresource "random_id" "e" {}\n'
        'data "http" "f" {}\n'
    )
    assert notes(tmp_path, capsys) == [
        "note: no rule knows the settings of these providers' resources: azurerm (2), google (1)"
    ]
    assert notes(tmp_path, capsys, "--select", "unpinned-image") != []


def test_nothing_is_said_where_only_a_part_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.tf").write_text('resource "azurerm_mssql_server" "a" {}\n')
    assert notes(tmp_path / "main.tf", capsys, "--whole-project") == []
