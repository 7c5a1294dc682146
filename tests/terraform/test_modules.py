from __future__ import annotations

from unittest.mock import patch

import pytest
from terraform_tree import attribute, attributes, chain, load, parsed, resources, unknown

from depcheck import terraform
from depcheck.environments import Environments
from depcheck.values import Known, plain


def addresses(tree: dict[str, str] | str) -> list[str]:
    return [address for _, address in resources(tree)]


def test_root_resources_are_told_once() -> None:
    found = attributes(
        """
        variable "name" { default = "web" }
        locals { full = "${var.name}-1" }
        resource "my_machine" "this" {
          ami  = local.full
          size = 1 + 2
          none = null
          root_block_device { encrypted = true }
          ebs { n = 1 }
          ebs { n = 2 }
        }
        """,
        "my_machine.this",
    )
    assert found == {
        "ami": "web-1",
        "size": 3,
        "root_block_device": [{"encrypted": True}],
        "ebs": [{"n": 1}, {"n": 2}],
    }


@pytest.mark.parametrize(
    ("repeat", "told"),
    [
        ("count = 0", []),
        ("count = 1", ["a_b.c[0]"]),
        ("count = 2", ["a_b.c"]),
        ("count = 2\n x = count.index", ["a_b.c[0]", "a_b.c[1]"]),
        ("count = 1000000", ["a_b.c"]),
        ("count = 1000000\n x = count.index", ["a_b.c"]),
        ("count = var.n", ["a_b.c"]),
        ("count = false ? 1 : 0", []),
        ('count = "2"\n x = count.index', ["a_b.c[0]", "a_b.c[1]"]),
        ('for_each = toset(["p", "q"])\n x = each.key', ['a_b.c["p"]', 'a_b.c["q"]']),
        ("for_each = { p = 1 }\n x = each.value", ['a_b.c["p"]']),
        ("for_each = {}", []),
        ("for_each = var.n", ["a_b.c"]),
        ('for_each = { "x.y/z" = 1, "w\\"" = 2 }\n x = each.key', ['a_b.c["w\\""]', 'a_b.c["x.y/z"]']),
    ],
)
def test_instances(repeat: str, told: list[str]) -> None:
    assert addresses(f'variable "n" {{}}\nresource "a_b" "c" {{\n {repeat}\n}}\n') == told


def test_each_value_and_key_reach_the_body() -> None:
    text = """
    resource "a_b" "c" {
      for_each = { p = { n = 1 }, q = { n = 2 } }
      name     = each.key
      n        = each.value.n
    }
    """
    assert attributes(text, 'a_b.c["q"]') == {"name": "q", "n": 2}


def test_a_symbolic_instance_keeps_what_does_not_depend_on_it() -> None:
    text = """
    variable "names" { type = map(object({ size = number })) }
    resource "a_b" "c" {
      for_each  = var.names
      name      = each.key
      size      = each.value.size
      encrypted = true
    }
    """
    found = resources(text)[None, "a_b.c"]
    assert unknown(found.get("name")).missing[0].name == "var.names"
    assert unknown(found.get("size")).reason == "var.names has no value"
    assert isinstance(found.get("encrypted"), Known)


DYNAMIC = """
variable "ports" { default = [80, 443] }
variable "open" {}
resource "my_rules" "this" {
  ingress { from_port = 22 }
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress.value
      position  = ingress.key
    }
  }
  dynamic "egress" {
    for_each = { web = { ports = [1, 2] } }
    iterator = rule
    labels   = ["x"]
    content {
      name = rule.key
      dynamic "port" {
        for_each = rule.value.ports
        content { n = "${rule.key}-${port.value}" }
      }
    }
  }
  dynamic "timeouts" {
    for_each = var.open
    content { x = 1 }
  }
  dynamic "none" {
    for_each = []
    content { x = 1 }
  }
}
"""


def test_dynamic_blocks() -> None:
    assert attributes(DYNAMIC, "my_rules.this") == {
        "ingress": [{"from_port": 22}, {"from_port": 80, "position": 0}, {"from_port": 443, "position": 1}],
        "egress": [{"name": "web", "port": [{"n": "web-1"}, {"n": "web-2"}]}],
        "timeouts": [{"unknown": "var.open has no value"}],
    }


def test_places_of_a_resource() -> None:
    text = 'resource "a_b" "c" {\n  size = var.x\n  rule {\n    n = 1\n  }\n}\nvariable "x" {\n  default = 5\n}\n'
    found = resources(text)[None, "a_b.c"]
    size, rule = found.get("size"), found.get("rule", 0)
    assert found.span.text == 'resource "a_b" "c"'
    assert found.extent.text.endswith("}") and found.extent.line == 1
    assert isinstance(size, Known) and isinstance(rule, Known)
    assert (size.span.text, size.key and size.key.text) == ("var.x", "size")
    assert chain(size) == ["var.x main.tf:8"]
    assert rule.span.text == "rule"
    assert rule.get("n").span.text == "1"
    assert found.get("absent").span.text == 'resource "a_b" "c"'


def test_references_that_are_computed_name_their_resource() -> None:
    text = """
    resource "aws_s3_bucket" "logs" { bucket = "logs" }
    resource "aws_s3_bucket" "named" { bucket = var.unknown }
    variable "unknown" {}
    resource "aws_s3_bucket" "many" { count = 2 }
    resource "aws_s3_bucket" "each" {
      for_each = toset(["a", "b"])
      bucket   = each.key
    }
    locals { bucket = aws_s3_bucket.logs.id }
    resource "x_y" "z" {
      a = local.bucket
      b = aws_s3_bucket.logs.bucket
      c = aws_s3_bucket.named.bucket
      d = aws_s3_bucket.many[1].arn
      e = aws_s3_bucket.each["a"].id
      f = [for bucket in aws_s3_bucket.each : bucket.arn]
      g = aws_s3_bucket.many[*].id
      h = aws_s3_bucket.logs
      i = aws_s3_bucket.elsewhere.id
      j = one(aws_s3_bucket.many[*].arn)
    }
    """
    found = resources(text)[None, "x_y.z"]

    def refers(*path: str | int) -> str | None:
        return unknown(found.get(*path)).refers

    assert refers("a") == "aws_s3_bucket.logs"
    assert found.get("b").value == "logs"  # type: ignore[union-attr]
    assert refers("c") == "aws_s3_bucket.named"
    assert unknown(found.get("c")).reason == "var.unknown has no value"
    assert refers("d") == "aws_s3_bucket.many"
    assert refers("e") == 'aws_s3_bucket.each["a"]'
    assert [refers("f", index) for index in (0, 1)] == ['aws_s3_bucket.each["a"]', 'aws_s3_bucket.each["b"]']
    assert [refers("g", index) for index in (0, 1)] == ["aws_s3_bucket.many", "aws_s3_bucket.many"]
    assert refers("h") == "aws_s3_bucket.logs"
    assert refers("i") == "aws_s3_bucket.elsewhere"


def test_an_attribute_is_evaluated_without_the_rest_of_its_resource() -> None:
    text = """
    resource "a_b" "one" {
      name = "n"
      peer = a_b.two.name
    }
    resource "a_b" "two" {
      name = "m"
      peer = a_b.one.name
    }
    """
    result = load(text)
    assert result.problems == []
    assert attributes(text, "a_b.one") == {"name": "n", "peer": "m"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('locals {\n a = local.b\n b = local.a\n}\nresource "x_y" "z" { v = local.a }', "local.a depends on itself"),
        ('resource "x_y" "z" { v = x_y.z.v }', "x_y.z.v depends on itself"),
        ('resource "x_y" "z" { count = length(x_y.z) }', "the number of instances depends on itself"),
    ],
)
def test_cycles_are_problems(text: str, message: str) -> None:
    assert message in [problem.message for problem in load(text).problems]


MODULES = {
    "main.tf": """
        module "db" {
          source    = "./modules/db"
          for_each  = { a = 1, b = 7 }
          retention = each.value
        }
        resource "x_y" "z" {
          a = module.db["a"].name
          b = [for db in module.db : db.name]
          c = module.db["b"].arn
          d = module.gone.x
        }
        module "gone" { source = "example/rds/aws" }
        """,
    "modules/db/main.tf": """
        variable "retention" { type = string }
        variable "lost" {}
        module "inner" {
          source    = "../inner"
          retention = var.retention
        }
        output "name" { value = "db-${var.retention}" }
        output "arn" { value = module.inner.arn }
        resource "p_q" "lost" { x = var.lost }
        """,
    "modules/inner/main.tf": """
        variable "retention" {}
        resource "aws_db_instance" "this" {
          count                   = 1
          backup_retention_period = var.retention
        }
        output "arn" { value = aws_db_instance.this[0].arn }
        """,
}


def test_modules_are_judged_through_their_callers() -> None:
    found = resources(MODULES)
    told = [address for (_, address), each in found.items() if each.kind == "resource"]
    assert told == [
        "x_y.z",
        'module.db["a"].p_q.lost',
        'module.db["a"].module.inner.aws_db_instance.this[0]',
        'module.db["b"].p_q.lost',
        'module.db["b"].module.inner.aws_db_instance.this[0]',
    ]
    z = found[None, "x_y.z"]
    assert z.get("a").value == "db-1"  # type: ignore[union-attr]
    assert unknown(z.get("c")).refers == 'module.db["b"].module.inner.aws_db_instance.this[0]'
    assert unknown(z.get("d")).reason == "the module example/rds/aws is not on disk"
    lost = found[None, 'module.db["a"].p_q.lost'].get("x")
    assert unknown(lost).reason == 'module.db["a"] gives no value for var.lost'


def test_the_way_of_a_value_through_modules() -> None:
    tree = {
        "main.tf": 'variable "days" {}\nmodule "db" {\n  source = "./db"\n  days = var.days\n}\n',
        "db/main.tf": 'variable "days" {}\nresource "a_b" "c" {\n  retention = var.days\n}\n',
        "terraform.tfvars": "\n\n\ndays = 3\n",
    }
    value = attribute(tree, "module.db.a_b.c", "retention")
    assert chain(value) == ["var.days main.tf:4", "var.days main.tf:1", "terraform.tfvars terraform.tfvars:4"]
    assert value.span.path == "db/main.tf"


def test_modules_that_call_each_other_end() -> None:
    tree = {
        "a/main.tf": 'module "b" { source = "../b" }',
        "b/main.tf": 'module "a" { source = "../a" }\nresource "x_y" "z" {}',
        "c/main.tf": 'module "self" { source = "./" }',
    }
    result = load(tree)
    assert [each.address for each in result.facts.resources if each.type == "x_y"] == ["module.b.x_y.z"]
    assert sorted(problem.message for problem in result.problems) == [
        "module.a leads back to a module that it is called from",
        "module.self leads back to a module that it is called from",
    ]


def test_modules_that_multiply_end() -> None:
    calls = {
        f"m{level}/main.tf": f'module "n" {{\n  source   = "../m{level + 1}"\n  for_each = toset(["x", "y"])\n'
        "  in       = each.key\n}\n"
        'variable "in" {\n  default = ""\n}\n'
        for level in range(30)
    }
    with patch("depcheck.terraform.modules.MAX_MODULES", 100):
        result = load({**calls, "m30/main.tf": 'variable "in" {}\nresource "a_b" "c" {}\n'})
    assert len(result.facts.resources) < 500
    assert "there are more than 100 instances of modules" in result.notices[0]


def test_override_files_and_json() -> None:
    tree = {
        "main.tf": 'resource "a_b" "c" {\n  x = 1\n  y = 2\n  rule { n = 1 }\n}\nlocals { v = 1 }\n',
        "override.tf": 'resource "a_b" "c" {\n  x = 5\n  rule { n = 2 }\n  rule { n = 3 }\n}\n',
        "more_override.tf.json": '{"locals": {"v": 2}, "resource": {"a_b": {"c": {"z": "${local.v}"}}}}',
        "other.tf.json": '{"resource": {"a_b": {"json": {"n": "${1 + 1}", "lifecycle": {"ignore_changes": ["n"]}}}}}',
    }
    assert attributes(tree, "a_b.c") == {"x": 5, "y": 2, "rule": [{"n": 2}, {"n": 3}], "z": 2}
    assert attributes(tree, "a_b.json") == {"n": 2, "lifecycle": [{"ignore_changes": ["n"]}]}


def test_settings_providers_data_and_backends() -> None:
    text = """
    terraform {
      required_version = "~> 1.9"
      backend "s3" { bucket = "state" }
    }
    provider "aws" { region = "eu-west-1" }
    data "aws_ami" "this" { owners = ["amazon"] }
    resource "a_b" "c" { image = data.aws_ami.this.id }
    moved {
      from = a_b.old
      to   = a_b.c
    }
    import {
      to = a_b.c
      id = "i-1"
    }
    removed { from = a_b.gone }
    check "health" {
      data "http" "example" { url = "https://example.com" }
      assert {
        condition     = data.http.example.status_code == 200
        error_message = "no"
      }
    }
    """
    result = load(text)
    kinds = {each.address: (each.kind, each.type) for each in result.facts.resources}
    assert kinds == {
        "terraform.backend.s3": ("backend", "backend_s3"),
        "provider.aws": ("provider", "provider_aws"),
        "data.aws_ami.this": ("data", "aws_ami"),
        "data.http.example": ("data", "http"),
        "a_b.c": ("resource", "a_b"),
    }
    assert result.problems == []
    runtime = result.facts.runtimes[0]
    assert (runtime.language, runtime.version.value) == ("terraform", "~> 1.9")  # type: ignore[union-attr]
    image = unknown(attribute(text, "a_b.c", "image"))
    assert image.missing[0].name == "data.aws_ami.this.id"


def test_documents_are_folders_of_their_own() -> None:
    tree = {
        "guide.md#/main.tf": 'variable "x" { default = 1 }\nmodule "m" { source = "./modules/m" }\n',
        "guide.md#/modules/m/main.tf": 'resource "a_b" "c" {}',
        "other.md#/main.tf": 'resource "a_b" "d" { x = var.x }',
    }
    found = resources(tree)
    assert (None, "module.m.a_b.c") in found
    assert unknown(found[None, "a_b.d"].get("x")).reason == "var.x is not declared"


def test_types_defaults_and_refusals() -> None:
    text = """
    variable "rule" {
      type = list(object({ port = number, proto = optional(string, "tcp"), tags = optional(map(string)) }))
      default = [{ port = "80" }]
    }
    variable "wrong" {
      type    = number
      default = "x"
    }
    variable "picky" {
      default = 3
      validation {
        condition     = var.picky > 5
        error_message = "picky is ${var.picky}"
      }
    }
    variable "secret" {
      default   = "s"
      sensitive = true
    }
    variable "filled" {
      default  = 4
      nullable = false
    }
    resource "a_b" "c" {
      rule   = var.rule
      wrong  = var.wrong
      picky  = var.picky
      secret = "x-${var.secret}"
    }
    """
    found = attributes(text, "a_b.c")
    assert found["rule"] == [{"port": 80, "proto": "tcp", "tags": None}]
    assert found["wrong"] == {"unknown": "the value of var.wrong does not fit its type: a number is required"}
    secret = attribute(text, "a_b.c", "secret")
    assert isinstance(secret, Known) and secret.sensitive
    messages = [problem.message for problem in load(text).problems]
    assert "var.picky is refused by its own validation: picky is 3" in messages


def test_problems_do_not_count_where_values_are_missing() -> None:
    text = 'variable "x" {}\nvariable "y" { default = [] }\nresource "a_b" "c" { v = var.y[3] }\n'
    assert load(text).problems == []
    assert [each.message for each in load({"main.tf": text, "terraform.tfvars": "x = 1"}).problems] != []


def test_files_below_the_root() -> None:
    tree = {
        "live/main.tf": 'module "m" { source = "../m" }\nresource "a_b" "d" { x = file("../../etc/passwd") }\n',
        "m/main.tf": """
            resource "a_b" "c" {
              text  = file("${path.module}/note.txt")
              names = fileset(path.module, "*.txt")
              tpl   = templatefile("${path.module}/t.tpl", { who = "you" })
              root  = path.root
            }
            """,
        "m/note.txt": "hello",
        "m/t.tpl": "hi ${who}",
    }
    assert attributes(tree, "module.m.a_b.c") == {
        "text": "hello",
        "names": ["note.txt"],
        "tpl": "hi you",
        "root": ".",
    }
    assert "could not be read" in unknown(attribute(tree, "a_b.d", "x")).reason
    assert load(tree).problems == []


def test_fetched_modules_are_read_from_disk() -> None:
    tree = {
        "live/main.tf": 'module "db" {\n  source  = "example/rds/aws"\n  x = 1\n}\n',
        "live/.terraform/modules/modules.json": """
            {"Modules": [
              {"Key": "", "Source": "", "Dir": "."},
              {"Key": "db", "Source": "registry.terraform.io/x", "Version": "6.0.0", "Dir": ".terraform/modules/db"},
              {"Key": "db.inner", "Source": "./modules/inner", "Dir": ".terraform/modules/db/modules/inner"},
              {"Key": "db.far", "Source": "git::https://example.com/far.git", "Dir": ".terraform/modules/db.far/sub"}
            ]}
            """,
        "live/.terraform/modules/db/main.tf#": 'variable "x" {}\n'
        'module "inner" {\n  source = "./modules/inner"\n  x = var.x\n}\n'
        'module "far" { source = "git::https://example.com/far.git" }\n',
        "live/.terraform/modules/db/modules/inner/main.tf#": 'variable "x" {}\nresource "a_b" "c" { x = var.x }\n',
        "live/.terraform/modules/db.far/sub/main.tf#": 'resource "a_b" "d" {}\n',
    }
    # Only what is not ignored is scanned; the rest is read on demand.
    scanned = parsed({path: text for path, text in tree.items() if not path.endswith("#")})
    on_disk = {path.rstrip("#"): text for path, text in tree.items()}

    def below(folder: str) -> list[str]:
        return sorted(path[len(folder) + 1 :] for path in on_disk if path.startswith(f"{folder}/"))

    result = terraform.load(scanned, Environments(), read_text=on_disk.get, list_files=below)
    told = {each.address: plain(each.attributes) for each in result.facts.resources if each.kind == "resource"}
    assert told == {"module.db.module.inner.a_b.c": {"x": 1}, "module.db.module.far.a_b.d": {}}


def test_a_slice_of_an_unknown_list_has_a_known_length() -> None:
    text = """
    data "aws_availability_zones" "this" {}
    locals { zones = slice(data.aws_availability_zones.this.names, 0, 3) }
    resource "a_b" "c" {
      blocks = [for index, zone in local.zones : cidrsubnet("10.0.0.0/16", 8, index)]
      zones  = local.zones
    }
    """
    found = attributes(text, "a_b.c")
    assert found["blocks"] == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    reason = "data.aws_availability_zones.this.names is read from what is deployed"
    assert found["zones"] == [{"unknown": reason}] * 3


def test_the_long_form_of_a_reference() -> None:
    text = 'resource "a_b" "one" { x = 1 }\n'
    text += 'resource "a_b" "two" {\n  x = resource.a_b.one.x\n  y = resource.a_b.one.id\n}\n'
    assert attributes(text, "a_b.two")["x"] == 1
    assert unknown(attribute(text, "a_b.two", "y")).refers == "a_b.one"


@pytest.mark.parametrize(
    ("expression", "refers"),
    [
        ("aws_s3_bucket.b[count.index].id", "aws_s3_bucket.b"),
        ("element(aws_s3_bucket.b[*].arn, 0)", "aws_s3_bucket.b"),
        ("one(aws_s3_bucket.b[*].id)", "aws_s3_bucket.b"),
        ('join("", aws_s3_bucket.b[*].id)', "aws_s3_bucket.b"),
        ("values(aws_s3_bucket.e)[*].id", "aws_s3_bucket.e"),
        ("[for bucket in aws_s3_bucket.e : bucket.arn]", "aws_s3_bucket.e"),
        ("var.n == 1 ? aws_s3_bucket.b[0].id : null", "aws_s3_bucket.b"),
        ('var.n == 1 ? aws_s3_bucket.b[0].id : ""', "aws_s3_bucket.b"),
        ('var.n == 1 ? aws_s3_bucket.b[0].id : "other"', None),
        ("var.n == 1 ? aws_s3_bucket.b[0].id : var.m", None),
        ('coalesce(aws_s3_bucket.b[0].id, "x")', None),
        ('concat(aws_s3_bucket.b[*].id, ["x"])', None),
        ('"${aws_s3_bucket.b[0].arn}/*"', None),
        ('[for bucket in aws_s3_bucket.e : "${bucket.arn}/*"]', None),
        ("aws_s3_bucket.two[var.n].id", "aws_s3_bucket.two"),
    ],
)
def test_what_an_unknown_value_stands_for(expression: str, refers: str | None) -> None:
    text = f"""
    variable "n" {{}}
    variable "m" {{}}
    resource "aws_s3_bucket" "b" {{ count = var.n }}
    resource "aws_s3_bucket" "e" {{ for_each = var.m }}
    resource "aws_s3_bucket" "two" {{ count = 2 }}
    resource "x_y" "z" {{
      count = var.n
      v     = {expression}
    }}
    """
    assert unknown(attribute(text, "x_y.z", "v")).refers == refers
