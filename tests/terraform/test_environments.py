from __future__ import annotations

import pytest
from terraform_tree import chain, load, resources

from depcheck.values import Known

MAIN = 'variable "x" { default = 0 }\nvariable "y" { default = 0 }\nresource "a_b" "c" {\n  x = var.x\n  y = var.y\n}\n'


def values(tree: dict[str, str], var_files: tuple[str, ...] = ()) -> dict[str | None, tuple[object, object]]:
    """x and y by environment."""
    found = {}
    for (environment, address), each in resources(tree, var_files=var_files).items():
        if address == "a_b.c":
            x, y = each.get("x"), each.get("y")
            assert isinstance(x, Known) and isinstance(y, Known)
            found[environment] = (x.value, y.value)
    return found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, {None: (0, 0)}),
        ({"terraform.tfvars": "x = 1"}, {None: (1, 0)}),
        ({"terraform.tfvars": "x = 1", "a.auto.tfvars": "x = 2", "b.auto.tfvars": "x = 3"}, {None: (3, 0)}),
        ({"terraform.tfvars": "x = 1", "terraform.tfvars.json": '{"x": 2}'}, {None: (2, 0)}),
        ({"prod.tfvars": "x = 1", "staging.tfvars": "x = 2"}, {"production": (1, 0), "staging": (2, 0)}),
        ({"a.auto.tfvars": "x = 1\ny = 1", "prod.tfvars": "x = 2"}, {"production": (2, 1)}),
        ({"envs/prod.tfvars": "x = 1", "envs/dev.tfvars": "x = 2"}, {"production": (1, 0), "development": (2, 0)}),
        ({"config/prod/terraform.tfvars": "x = 1"}, {"production": (1, 0)}),
        ({"common.tfvars": "x = 1\ny = 1", "prod.tfvars": "x = 2"}, {"production": (2, 1)}),
        ({"example.tfvars": "x = 1"}, {None: (0, 0)}),
        ({"prod.tfvars.json": '{"x": 4}'}, {"production": (4, 0)}),
    ],
)
def test_precedence_and_environments(files: dict[str, str], expected: object) -> None:
    assert values({"main.tf": MAIN, **files}) == expected


def test_a_folder_tells_its_environment() -> None:
    tree = {
        "environments/prod/main.tf": MAIN,
        "environments/prod/terraform.tfvars": "x = 1",
        "envs/staging/main.tf": MAIN,
        "live/dev/app/main.tf": MAIN,
    }
    assert values(tree) == {"production": (1, 0), "staging": (0, 0), "development": (0, 0)}


def test_values_in_a_sibling_folder() -> None:
    tree = {"infra/main.tf": MAIN, "tfvars/prod.tfvars": "x = 1", "tfvars/dev.tfvars": "x = 2\ny = 2"}
    assert values(tree) == {"production": (1, 0), "development": (2, 2)}


def test_values_files_of_the_command_line_come_last() -> None:
    tree = {"main.tf": MAIN, "terraform.tfvars": "x = 1", "prod.tfvars": "x = 2", "vars/extra.tfvars": "x = 9"}
    assert values(tree, ("vars/extra.tfvars",)) == {"production": (9, 0)}


def test_the_way_of_a_value_of_a_variables_file() -> None:
    tree = {"main.tf": MAIN, "prod.tfvars": "\nx = 1"}
    found = resources(tree)["production", "a_b.c"]
    assert chain(found.get("x")) == ["var.x main.tf:1", "prod.tfvars prod.tfvars:2"]
    assert chain(found.get("y")) == ["var.y main.tf:2"]


def test_a_missing_value_names_the_environment() -> None:
    tree = {"main.tf": 'variable "x" {}\nresource "a_b" "c" { x = var.x }', "prod.tfvars": "y = 1"}
    found = resources(tree)["production", "a_b.c"].get("x")
    assert found.reason == "var.x has no value in production"  # type: ignore[union-attr]
    assert load(tree).problems == []
