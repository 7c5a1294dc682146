from __future__ import annotations

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
