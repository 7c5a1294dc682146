from __future__ import annotations

import pytest
from terraform_tree import chain, load, resources, unknown

from depcheck.values import Known, plain

TREE = {
    "modules/db/main.tf": """
        variable "name" {}
        variable "days" { default = 1 }
        variable "region" { default = "none" }
        variable "open" { default = "default" }
        variable "vpc" { default = "default" }
        resource "a_b" "c" {
          name   = var.name
          days   = var.days
          region = var.region
          open   = var.open
          vpc    = var.vpc
        }
        """,
    "live/root.hcl": """
        locals {
          region_file = read_terragrunt_config(find_in_parent_folders("region.hcl"))
          region      = local.region_file.locals.region
        }
        remote_state {
          backend = "s3"
          config  = { bucket = "state-${local.region}", key = "${path_relative_to_include()}/x", encrypt = true }
        }
        inputs = merge(local.region_file.locals, { name = "from-root" })
        """,
    "live/prod/region.hcl": 'locals {\n  region = "eu-west-1"\n}\n',
    "live/prod/db/terragrunt.hcl": """
        include "root" {
          path = find_in_parent_folders("root.hcl")
        }
        terraform {
          source = "${get_repo_root()}/modules//db?ref=v1"
          extra_arguments "vars" {
            commands           = get_terraform_commands_that_need_vars()
            optional_var_files = ["${get_terragrunt_dir()}/more.tfvars"]
          }
        }
        dependency "vpc" { config_path = "../vpc" }
        inputs = {
          days = 7
          open = get_env("OPEN", "x")
          vpc  = dependency.vpc.outputs.id
        }
        """,
    "live/prod/db/more.tfvars": 'name = "from-file"\n',
    "live/staging/db/terragrunt.hcl": 'terraform {\n  source = "../../../modules/db"\n}\ninputs = { name = "s" }\n',
    "live/dev/app/terragrunt.hcl": "inputs = { size = 3 }\n",
    "live/dev/app/main.tf": 'variable "size" {}\nresource "a_b" "app" { size = var.size }\n',
    "live/dev/far/terragrunt.hcl": 'terraform { source = "git::https://example.com/x.git" }\n',
    "live/dev/loop/terragrunt.hcl": 'include { path = "./terragrunt.hcl" }\nlocals { a = local.a }\ninputs = local\n',
}


def test_units_are_evaluated_with_their_inputs() -> None:
    found = resources(TREE)
    production = found["production", "a_b.c"]
    assert production.root == "live/prod/db"
    told = {name: plain(production.get(name)) for name in ("name", "days", "region")}
    assert told == {"name": "from-root", "days": 7, "region": "eu-west-1"}
    assert chain(production.get("days")) == [
        "var.days modules/db/main.tf:3",
        "terragrunt.hcl live/prod/db/terragrunt.hcl:14",
    ]
    assert unknown(production.get("open")).reason == "the environment variable OPEN is not known"
    assert unknown(production.get("vpc")).missing[0].name == "dependency.vpc"
    assert plain(found["staging", "a_b.c"].get("name")) == "s"
    assert plain(found["development", "a_b.app"].get("size")) == 3


def test_a_module_that_is_deployed_is_not_judged_alone() -> None:
    assert all(environment is not None for environment, address in resources(TREE) if address == "a_b.c")
    assert load(TREE).problems == []


def test_where_the_state_is_kept() -> None:
    backend = resources(TREE)["production", "terraform.backend.s3"]
    assert plain(backend.attributes) == {"bucket": "state-eu-west-1", "key": "prod/db/x", "encrypt": True}
    assert isinstance(backend.get("encrypt"), Known)
    assert backend.span.text == "remote_state"


def unit(source: str, inputs: str = "{ multi_az = false }") -> dict[str, str]:
    return {"live/prod/db/terragrunt.hcl": f"terraform {{\n  source = {source}\n}}\ninputs = {inputs}\n"}


def test_a_module_that_is_elsewhere_is_told_as_a_call() -> None:
    result = load(unit('"git::https://example.com/mods.git//rds?ref=v1"', '{ size = 3, name = get_env("N") }'))
    (call,) = result.facts.resources
    assert (call.kind, call.address, call.environment, call.root) == (
        "module",
        "module.db",
        "production",
        "live/prod/db",
    )
    assert plain(call.get("source")) == "git::https://example.com/mods.git//rds?ref=v1"
    assert call.get("size").span.text == "3"
    assert unknown(call.get("name")).missing[0].name == "N"
    assert call.span.text == "terraform"


@pytest.mark.parametrize(
    "source",
    [
        '"tfr:///terraform-aws-modules/rds/aws?version=6.1.0"',
        '"tfr://registry.terraform.io/terraform-aws-modules/rds/aws?version=6.1.0"',
        '"git::https://github.com/terraform-aws-modules/terraform-aws-rds.git?ref=v6.1.0"',
    ],
)
def test_a_public_module_is_judged_by_its_sketch(source: str) -> None:
    database = resources(unit(source))["production", "aws_db_instance.this[0]"]
    assert database.root == "live/prod/db"
    assert database.get("multi_az").span.text == "false"
    assert database.span.path == "live/prod/db/terragrunt.hcl"
    assert plain(database.get("backup_retention_period")) == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('"../../../nothing"', "there is no module in ../../../nothing (live/prod/db/terragrunt.hcl:1)"),
        ('"${get_env("X")}/a"', "the source of the module is not decided (live/prod/db/terragrunt.hcl:1)"),
    ],
)
def test_a_unit_without_a_module_is_no_all_clear(source: str, said: str) -> None:
    assert load(unit(source)).notices == [f"Terraform that was not judged: {said}"]


def test_stacks_are_said_not_to_be_evaluated() -> None:
    result = load({"live/terragrunt.stack.hcl": 'unit "db" {\n  source = "../m"\n  path   = "db"\n}\n'})
    assert result.notices == ["Terraform that was not judged: the stack live/terragrunt.stack.hcl is not evaluated"]


@pytest.mark.parametrize(
    "source",
    [
        '"../../../modules/db"',
        '"${get_repo_root()}//modules/db"',
        '"git::../../..//modules/db?ref=${trimspace(file("../ref"))}"',
        '"git::../../..//modules/db?ref=${get_env("REF")}"',
        '"${get_env("FAR") == "yes" ? "git::https://example.com/x//db?ref=v${get_env("V")}" : "../../../modules//db"}"',
        '(get_env("FAR") == "yes" ? "git::https://example.com/x" : get_env("NEAR") ? "a" : "../../../modules/db")',
    ],
)
def test_a_module_beside_the_units_is_found(source: str) -> None:
    tree = {
        **unit(source, "{ size = 3 }"),
        "live/prod/ref": "v1\n",
        "modules/db/main.tf": 'variable "size" {}\nresource "a_b" "c" { size = var.size }\n',
    }
    assert plain(resources(tree)["production", "a_b.c"].get("size")) == 3
