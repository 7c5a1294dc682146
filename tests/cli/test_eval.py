from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from depcheck.cli import run

Call = Callable[..., tuple[int, str, str]]
MAIN = """\
variable "days" {
  default = 1
}
variable "db_password" {}
variable "open" {}
resource "aws_db_instance" "main" {
  backup_retention_period = var.days
  password                = var.db_password
  subnet                  = "net-${var.open}"
  tags                    = { Name = "main" }
}
resource "a_b" "c" {
  count = 3
  db    = aws_db_instance.main.arn
}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "main.tf").write_text(MAIN)
    (folder / "prod.tfvars").write_text('days = 7\ndb_password = "hidden"\n')
    (folder / "staging.tfvars").write_text("days = 2\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def call(here: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(["eval", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return called


def test_resources_are_printed_with_the_way_of_their_values(call: Call) -> None:
    code, out, err = call("--environment", "prod")
    assert (code, err) == (0, "")
    assert out.startswith("# . (production)\naws_db_instance.main  main.tf:6\n")
    assert "  backup_retention_period = 7  # from var.days main.tf:1, prod.tfvars prod.tfvars:1\n" in out
    assert "  password = (sensitive)" in out and "hidden" not in out
    assert '  subnet = (unknown: var.open has no value in production, "net-…")\n' in out
    assert "  deletion_protection = false  # from the provider's default\n" in out
    assert "a_b.c  main.tf:12  # 3 instances\n" in out
    assert "(unknown: aws_db_instance.main.arn is not known before it is applied)" in out


def test_sensitive_values_are_shown_on_request(call: Call) -> None:
    assert 'password = "hidden"' in call("--environment", "prod", "--reveal")[1]


def test_one_resource_or_attribute_by_its_address(call: Call) -> None:
    _, out, _ = call("aws_db_instance.main.backup_retention_period")
    assert "# . (production)\n7  # from" in out and "# . (staging)\n2  # from" in out
    _, out, _ = call(".", "a_b.c")
    assert out.count("a_b.c") == 2


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("var.days * 2", "# . (production)\n14"),
        ('[for x in ["a"] : upper(x)]', '[\n  "A",\n]'),
        ("var.open", "(unknown: var.open has no value in production)"),
    ],
)
def test_expressions(call: Call, expression: str, expected: str) -> None:
    code, out, _ = call(".", expression)
    assert code == 0
    assert expected in out


def test_mistakes_are_told(call: Call, here: Path) -> None:
    code, _, err = call(".", "1 +")
    assert code == 2 and "'1 +' is no expression" in err
    code, _, err = call(".", 'cidrhost("x", 1)')
    assert code == 1 and "column" in err
    code, _, err = call("a", "b", "c")
    assert code == 2
    (here / "empty").mkdir()
    code, _, err = call("empty", "1")
    assert code == 2 and "no Terraform configuration" in err
    code, out, err = call("empty")
    assert (code, out) == (2, "") and "no Terraform configuration" in err
    for address in ("var.nope", "module.nope.a_b.c", "aws_db_instance.nope.arn", "local"):
        code, out, err = call(".", address)
        assert (code, out) == (2, "") and f"declares what '{address}' names" in err
    assert call(".", "[var.nope]")[0] == 0


def test_what_a_resource_in_a_module_does_not_set(call: Call, here: Path) -> None:
    (here / "inner").mkdir()
    (here / "inner" / "main.tf").write_text('resource "a_b" "c" {\n  size = 3\n}\n')
    (here / "main.tf").write_text('module "m" {\n  source = "./inner"\n}\n')
    assert "# . (production)\n3\n" in call("module.m.a_b.c.size")[1]
    code, out, _ = call("module.m.a_b.c.zone")
    assert code == 0 and "# . (production)\n(not set here; what the provider makes of it" in out
    assert call("module.m.a_b.d.size")[0] == 2
