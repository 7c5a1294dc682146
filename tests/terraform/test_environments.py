from __future__ import annotations

import pytest
from terraform_tree import chain, load, parsed, resources, unknown

from depcheck import terraform
from depcheck.environments import Environments
from depcheck.model import Command
from depcheck.source import Source, Text
from depcheck.syntax import shell
from depcheck.values import Known, plain

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


def test_files_for_one_environment() -> None:
    complementing = {"main.tf": MAIN, "envs/prod/a.tfvars": "x = 1", "envs/prod/b.tfvars": "y = 2"}
    assert values(complementing) == {"production": (1, 2)}
    rivals = {"main.tf": MAIN, "prod-eu.tfvars": "x = 1", "prod-us.tfvars": "x = 2"}
    found = [(each.root, plain(each.get("x"))) for each in load(rivals).facts.resources]
    assert found == [(". with prod-eu.tfvars", 1), (". with prod-us.tfvars", 2)]


WORKSPACES = """
locals {
  size = { dev = 1, prod = 3 }
  x    = local.size[terraform.workspace]
}
resource "a_b" "c" {
  x = local.x
  y = terraform.workspace == "staging" ? 1 : 2
}
"""


def test_workspaces_are_environments() -> None:
    found = {
        environment: (plain(each.get("x")), plain(each.get("y")))
        for (environment, _), each in resources(WORKSPACES).items()
    }
    missing = {"unknown": "local.size has no element 'staging'"}
    assert found == {"development": (1, 2), "production": (3, 2), "staging": (missing, 1)}


@pytest.mark.parametrize(
    "part",
    [
        "trimprefix(terraform.workspace, var.none)",
        'split("-", terraform.workspace)[1]',
        "substr(terraform.workspace, 4, length(terraform.workspace))",
        'replace(terraform.workspace, "app-", "")',
    ],
)
def test_parts_of_a_workspace_are_not_its_name(part: str) -> None:
    tree = {
        "main.tf": f"""
        locals {{
          name  = {part}
          sizes = {{ staging = 1, production = 2 }}
        }}
        resource "a_b" "c" {{
          size = local.sizes[local.name]
          live = local.name == "production"
        }}
        """
    }
    ((environment, told),) = [(each.environment, each) for each in resources(tree).values()]
    assert environment is None
    assert unknown(told.get("live")).reason == unknown(told.get("size")).reason == "terraform.workspace is not known"


def test_names_of_workspaces_follow_the_prefix_that_is_taken_off() -> None:
    tree = {
        "main.tf": """
        locals {
          app   = "shop"
          name  = trimprefix(terraform.workspace, "${var.unit}-${local.app}-")
          sizes = { staging = 1, production = 2 }
        }
        variable "unit" {}
        resource "a_b" "c" {
          size = local.sizes[local.name]
          live = substr(terraform.workspace, length("it-shop"), length(terraform.workspace)) == "-production"
          name = terraform.workspace
        }
        """,
        "unit.auto.tfvars.json": '{"unit": "it"}',
    }
    assert {
        each.environment: [plain(each.get(name)) for name in ("size", "live", "name")]
        for each in resources(tree).values()
    } == {"staging": [1, False, "it-shop-staging"], "production": [2, True, "it-shop-production"]}


def test_an_unknown_workspace_is_named() -> None:
    found = resources('resource "a_b" "c" { x = terraform.workspace }')[None, "a_b.c"].get("x")
    assert unknown(found).missing[0].name == "terraform.workspace"


def command(text: str, environment: str | None) -> list[Command]:
    return shell.parse(Text.of(Source("deploy.sh", text)), origin="script", environment=environment).commands


def test_commands_say_which_files_belong_to_an_environment() -> None:
    tree = {"infra/main.tf": MAIN, "infra/vars/base.tfvars": "x = 1\ny = 1", "infra/vars/eu.tfvars": "x = 2"}
    commands = command("terraform plan -var-file=../vars/base.tfvars -var-file ../vars/eu.tfvars", "production")
    result = terraform.load(parsed(tree), Environments(), read_text=tree.get, commands=commands)
    (told,) = result.facts.resources
    assert (told.environment, plain(told.get("x")), plain(told.get("y"))) == ("production", 2, 1)


def test_makefiles_say_it_too() -> None:
    tree = {
        "main.tf": MAIN,
        "live.tfvars": "x = 1",
        "other.tfvars": "x = 2",
        "Makefile": "plan-prod:\n\tterraform plan \\\n\t  -var-file=other.tfvars\n",
    }
    assert values(tree) == {"production": (2, 0)}


def test_values_of_several_root_modules_in_one_place() -> None:
    tree = {
        "deployments/app/main.tf": MAIN,
        "deployments/db/main.tf": MAIN.replace("a_b", "d_e"),
        "variables/prod/common.tfvars": "x = 1",
        "variables/prod/db.tfvars": "x = 2\ny = 3",
        "variables/staging/common.tfvars": "x = 4",
    }
    found = {
        (each.root, each.environment): (plain(each.get("x")), plain(each.get("y")))
        for each in load(tree).facts.resources
    }
    assert found == {
        ("deployments/app", "production"): (1, 0),
        ("deployments/app", "staging"): (4, 0),
        ("deployments/db", "production"): (2, 3),
        ("deployments/db", "staging"): (4, 0),
    }


def test_values_in_a_module_are_nobodys() -> None:
    tree = {"main.tf": 'module "m" { source = "./m" }', "m/main.tf": MAIN, "m/prod.tfvars": "x = 1"}
    assert {environment for environment, _ in resources(tree)} == {None}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("bors-prod", "production"), ("a/app_dev/x", "development"), ("load-test", None), ("prod-tools", None)],
)
def test_folders_that_end_in_an_environment(folder: str, expected: str | None) -> None:
    assert list(values({f"{folder}/main.tf": MAIN})) == [expected]
