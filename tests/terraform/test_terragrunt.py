from __future__ import annotations

import pytest
from terraform_tree import chain, load, resources, unknown

from depcheck.source import Source
from depcheck.terraform.terragrunt_generated import _filled
from depcheck.terraform.values import TfValue
from depcheck.values import OPEN, Known, Unknown, plain

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


GENERATED = {
    "live/root.hcl": """
        locals { region = "eu-west-1" }
        generate "provider" {
          path      = "provider.tf"
          if_exists = "overwrite_terragrunt"
          contents  = <<EOF
provider "aws" {
  region              = "${local.region}"
  allowed_account_ids = [${get_env("ACCOUNT")}]
  default_tags {
    tags = { Owner = "team-${get_env("OWNER")}", Path = "${path_relative_to_include()}" }
  }
}
EOF
        }
        generate "variables" {
          path     = "more.tf.json"
          contents = jsonencode({ variable = { extra = {} } })
        }
        generate "kept" {
          path      = "main.tf"
          if_exists = "skip"
          contents  = "resource \\"a_b\\" \\"never\\" {}"
        }
        generate "read_me" {
          path     = "README.md"
          contents = "no configuration"
        }
        """,
    "live/prod/q/terragrunt.hcl": """
        include "root" { path = find_in_parent_folders("root.hcl") }
        terraform { source = "../../../modules/q" }
        inputs = { extra = "from the unit" }
        """,
    "modules/q/main.tf": 'resource "aws_sqs_queue" "q" {\n  name = var.extra\n}\n',
}


def test_files_that_terragrunt_writes_belong_to_the_module() -> None:
    result = load(GENERATED)
    assert result.problems == []
    found = {each.address: each for each in result.facts.resources}
    assert found.keys() == {"provider.aws", "aws_sqs_queue.q"}
    queue, provider = found["aws_sqs_queue.q"], found["provider.aws"]
    assert plain(queue.get("region")) == "eu-west-1"
    assert plain(queue.get("tags_all", "Path")) == "prod/q"
    owner = unknown(queue.get("tags_all", "Owner"))
    assert (owner.outline, owner.missing[0].name) == (f"team-{OPEN}", "OWNER")
    assert unknown(provider.get("allowed_account_ids", 0)).missing[0].name == "ACCOUNT"
    assert (provider.span.path, provider.span.text) == ("live/root.hcl", 'provider "aws"')
    name = queue.get("name")
    assert plain(name) == "from the unit"
    assert chain(name)[-1] == "terragrunt.hcl live/prod/q/terragrunt.hcl:4"


def test_files_that_terragrunt_writes_beside_a_public_module() -> None:
    tree = {
        "root.hcl": 'generate "p" {\n  path = "p.tf"\n'
        '  contents = "provider \\"aws\\" {\\n region = \\"eu-west-1\\"\\n}"\n}\n',
        "prod/db/terragrunt.hcl": 'include { path = "../../root.hcl" }\n'
        'terraform {\n  source = "tfr:///terraform-aws-modules/rds/aws?version=6.1.0"\n}\ninputs = {}\n',
    }
    database = resources(tree)["production", "aws_db_instance.this[0]"]
    assert plain(database.get("region")) == "eu-west-1"
    assert database.get("region").span.path == "root.hcl"


def test_values_files_that_terragrunt_reads() -> None:
    tree = {
        "prod/db/terragrunt.hcl": 'terraform {\n  source = "../../m"\n}\nlocals {\n'
        '  given = jsondecode(read_tfvars_file("../common.tfvars"))\n'
        '  open  = jsondecode(read_tfvars_file("../${get_env("E")}.tfvars"))\n}\n'
        "inputs = { size = local.given.size, name = local.open.name }\n",
        "prod/common.tfvars": "size = 3\n",
        "m/main.tf": 'variable "size" {}\nvariable "name" {}\nresource "a_b" "c" {\n'
        "  size = var.size\n  name = var.name\n}\n",
    }
    told = resources(tree)["production", "a_b.c"]
    assert plain(told.get("size")) == 3
    assert unknown(told.get("name")).missing[0].name == "E"


@pytest.mark.parametrize("before", ["a = <<EOT\n", 'a = "x', 'a = "\\"', 'a = "\\\\" + "'])
def test_where_a_name_stands_in_a_text(before: str) -> None:
    holes: dict[str, TfValue] = {}
    gap = Unknown("it is open", Source("x", "x").span(0, 1))
    text = _filled(Source("x", "x" * 99), [(before, 0, 1), ("\ue000", 1, 2)], {"\ue000": gap}, holes)
    assert text.text == f"{before}${{terragrunt.h0}}"
    assert list(holes) == ["h0"]
