"""Small configurations of ``terraform_data`` for ``terraform plan``: name → files, and what the command line adds."""

# ruff: noqa: E501  (configurations are longer)
from __future__ import annotations

_SHOW = 'resource "terraform_data" "x" {\n  input = '


def show(expression: str, more: str = "") -> str:
    """A configuration that plans the value of an expression."""
    return f"{more}\n{_SHOW}{expression}\n}}\n"


_OPEN = 'variable "v" {\n  default = "default"\n}\n'
_TYPED = 'variable "v" {{\n  type = {}\n  default = {}\n}}\nresource "terraform_data" "x" {{\n  input = jsonencode(var.v)\n}}\n'
_CHECKED = """variable "v" {{
  default = {0}
  validation {{
    condition     = {1}
    error_message = "refused ${{var.v}}"
  }}
}}
resource "terraform_data" "x" {{
  input = var.v
}}
"""
_INNER = """variable "name" {
  default = "inner"
}
variable "list" {
  type    = list(string)
  default = []
}
resource "terraform_data" "in" {
  for_each = toset(concat([var.name], var.list))
  input    = "${var.name}/${each.key}/${path.module}"
}
output "name" {
  value = upper(var.name)
}
output "all" {
  value = { for key, each in terraform_data.in : key => each.input }
}
output "id" {
  value = terraform_data.in[var.name].id
}
"""

CASES: dict[str, dict[str, object]] = {
    # -- values of variables -------------------------------------------------------------------------------------------
    "default": {"main.tf": show("var.v", _OPEN)},
    "terraform.tfvars": {"main.tf": show("var.v", _OPEN), "terraform.tfvars": 'v = "tfvars"\n'},
    "terraform.tfvars.json after terraform.tfvars": {
        "main.tf": show("var.v", _OPEN),
        "terraform.tfvars": 'v = "tfvars"\n',
        "terraform.tfvars.json": '{"v": "json ${not} a template"}',
    },
    "auto files in order": {
        "main.tf": show("var.v", _OPEN),
        "terraform.tfvars": 'v = "tfvars"\n',
        "b.auto.tfvars": 'v = "b"\n',
        "a.auto.tfvars": 'v = "a"\n',
        "aa.auto.tfvars.json": '{"v": "aa"}',
    },
    "a file of the command line wins": {
        "main.tf": show("var.v", _OPEN),
        "z.auto.tfvars": 'v = "auto"\n',
        "extra.tfvars": 'v = "extra"\n',
        "-var-file": ["extra.tfvars"],
    },
    "the last file of the command line wins": {
        "main.tf": show("var.v", _OPEN),
        "one.tfvars": 'v = "one"\n',
        "two.tfvars": 'v = "two"\n',
        "-var-file": ["two.tfvars", "one.tfvars"],
    },
    "null of a file is no value where null is not allowed": {
        "main.tf": show("var.v", 'variable "v" {\n  default = "default"\n  nullable = false\n}\n'),
        "terraform.tfvars": "v = null\n",
    },
    "null of a file is a value elsewhere": {
        "main.tf": show('var.v == null ? "null" : "else"', _OPEN),
        "terraform.tfvars": "v = null\n",
    },
    # -- types ---------------------------------------------------------------------------------------------------------
    "converted to a string": {"main.tf": _TYPED.format("string", "12.50")},
    "converted to a list of numbers": {"main.tf": _TYPED.format("list(number)", '["1", 2]')},
    "converted to a set": {"main.tf": _TYPED.format("set(string)", '["b", "a", "b", true]')},
    "converted to a map": {"main.tf": _TYPED.format("map(string)", "{ a = 1, b = true }")},
    "any takes the common type": {"main.tf": _TYPED.format("list(any)", '["a", 1, true]')},
    "more attributes than asked for": {"main.tf": _TYPED.format("object({ a = string })", "{ a = 1, b = 2 }")},
    "a missing attribute": {"main.tf": _TYPED.format("object({ a = string, b = number })", "{ a = 1 }")},
    "a word for a number": {"main.tf": _TYPED.format("number", '"many"')},
    "optional attributes": {
        "main.tf": _TYPED.format("object({ a = optional(string), b = optional(number, 3) })", "{}")
    },
    "optional attributes that are null": {
        "main.tf": _TYPED.format(
            'object({ a = optional(string, "x"), b = optional(number) })', "{ a = null, b = null }"
        )
    },
    "optional attributes in depth": {
        "main.tf": _TYPED.format(
            'map(object({ n = optional(object({ on = optional(bool, true), in = optional(list(string), ["d"]) }), {}) }))',
            "{ p = {}, q = { n = { on = false } }, r = { n = null } }",
        )
    },
    "a default of another type": {
        "main.tf": _TYPED.format("object({ a = optional(list(string), []) })", "{ a = [1] }")
    },
    "a tuple": {"main.tf": _TYPED.format("tuple([string, number, bool])", '[1, "2", "true"]')},
    "a tuple that is too short": {"main.tf": _TYPED.format("tuple([string, number])", "[1]")},
    # -- validation ----------------------------------------------------------------------------------------------------
    "a validation that passes": {"main.tf": _CHECKED.format('"ab"', "length(var.v) == 2")},
    "a validation that refuses": {"main.tf": _CHECKED.format('"abc"', "length(var.v) == 2")},
    "a validation with can": {"main.tf": _CHECKED.format('"7d"', 'can(regex("^[0-9]+d$", var.v))')},
    "a validation with can that refuses": {"main.tf": _CHECKED.format('"d7"', 'can(regex("^[0-9]+d$", var.v))')},
    "a validation of another variable": {
        "main.tf": 'variable "w" {\n  default = "b"\n}\n' + _CHECKED.format('"a"', "var.v != var.w")
    },
    "a refused value of a module": {
        "main.tf": 'module "m" {\n  source = "./m"\n  v = "c"\n}\n',
        "m/main.tf": _CHECKED.format('"a"', 'contains(["a", "b"], var.v)'),
    },
    # -- override files ------------------------------------------------------------------------------------------------
    "override files": {
        "main.tf": show("[var.v, local.l]", f'{_OPEN}locals {{\n  l = "main"\n}}\n'),
        "override.tf": 'variable "v" {\n  default = "overridden"\n}\n',
        "b_override.tf": 'locals {\n  l = "b"\n}\n',
        "a_override.tf.json": '{"locals": {"l": "a"}}',
    },
    "a resource is overridden by argument": {
        "main.tf": show('"main"') + 'resource "terraform_data" "y" {\n  input = "y"\n  triggers_replace = "t"\n}\n',
        "y_override.tf": 'resource "terraform_data" "y" {\n  input = "overridden"\n}\n',
    },
    "a module call is overridden": {
        "main.tf": 'module "m" {\n  source = "./m"\n  name = "main"\n}\n',
        "m_override.tf": 'module "m" {\n  name = "overridden"\n}\n',
        "m/main.tf": _INNER,
    },
    # -- blocks that make nothing --------------------------------------------------------------------------------------
    "moved, removed and check": {
        "main.tf": show(
            '"x"',
            "moved {\n  from = terraform_data.old\n  to = terraform_data.x\n}\n"
            "removed {\n  from = terraform_data.gone\n  lifecycle {\n    destroy = true\n  }\n}\n"
            'check "c" {\n  assert {\n    condition = terraform_data.x.input == "x"\n    error_message = "no"\n  }\n}\n',
        )
    },
    "import": {
        "main.tf": show('"x"', 'import {\n  to = terraform_data.x\n  id = "some-id"\n}\n'),
    },
    # -- instances -----------------------------------------------------------------------------------------------------
    "count": {"main.tf": 'resource "terraform_data" "x" {\n  count = "2"\n  input = count.index * 10\n}\n'},
    "no instances": {"main.tf": show("length(terraform_data.y)") + 'resource "terraform_data" "y" {\n  count = 0\n}\n'},
    "for_each over a map": {
        "main.tf": 'resource "terraform_data" "x" {\n  for_each = { b = 1, "a b" = 2 }\n  input = [each.key, each.value]\n}\n'
    },
    "for_each over a set": {
        "main.tf": 'resource "terraform_data" "x" {\n  for_each = toset(["b", "a"])\n  input = each.value\n}\n'
    },
    "for_each over a list": {
        "main.tf": 'resource "terraform_data" "x" {\n  for_each = ["b", "a"]\n  input = each.value\n}\n'
    },
    "for_each over null": {"main.tf": 'resource "terraform_data" "x" {\n  for_each = null\n  input = each.value\n}\n'},
    "a fraction of an instance": {"main.tf": 'resource "terraform_data" "x" {\n  count = 1.5\n  input = 1\n}\n'},
    "instances of instances": {
        "main.tf": 'resource "terraform_data" "x" {\n  for_each = toset(["a", "b"])\n  input = upper(each.key)\n}\n'
        'resource "terraform_data" "y" {\n  for_each = terraform_data.x\n  input = "${each.key}-${each.value.input}"\n}\n'
    },
    "splats over instances": {
        "main.tf": 'resource "terraform_data" "x" {\n  count = 3\n  input = count.index\n}\n'
        'resource "terraform_data" "y" {\n  input = { all = terraform_data.x[*].input, one = one(terraform_data.x[*].id) }\n}\n'
    },
    "values of instances": {
        "main.tf": 'resource "terraform_data" "x" {\n  for_each = { a = 1, b = 2 }\n  input = each.value\n}\n'
        'resource "terraform_data" "y" {\n  input = sum(values(terraform_data.x)[*].input)\n}\n'
    },
    # -- modules -------------------------------------------------------------------------------------------------------
    "a module": {
        "main.tf": show("module.m.name", 'module "m" {\n  source = "./m"\n  name = "given"\n}\n'),
        "m/main.tf": _INNER,
    },
    "a module with count": {
        "main.tf": show(
            "[for each in module.m : each.name]",
            'module "m" {\n  source = "./m"\n  count = 2\n  name = "n${count.index}"\n}\n',
        ),
        "m/main.tf": _INNER,
    },
    "a module with for_each": {
        "main.tf": show(
            "{ for key, each in module.m : key => each.all }",
            'module "m" {\n  source = "./m"\n  for_each = { a = ["x"], b = [] }\n  name = each.key\n  list = each.value\n}\n',
        ),
        "m/main.tf": _INNER,
    },
    "modules in modules": {
        "main.tf": show(
            'module.o["k"].out', 'module "o" {\n  source = "./o"\n  for_each = toset(["k"])\n  who = each.key\n}\n'
        ),
        "o/main.tf": 'variable "who" {}\nmodule "i" {\n  source = "../m"\n  count = 2\n  name = "${var.who}${count.index}"\n}\n'
        'output "out" {\n  value = module.i[*].name\n}\n',
        "m/main.tf": _INNER,
    },
    "a module that is not called": {
        "main.tf": show("length(module.m)", 'module "m" {\n  source = "./m"\n  count = 0\n}\n'),
        "m/main.tf": _INNER,
    },
    "null for a module's variable": {
        "main.tf": show(
            "module.m.v",
            'module "m" {\n  source = "./m"\n  a = null\n  b = null\n}\n',
        ),
        "m/main.tf": 'variable "a" {\n  default = "a"\n}\nvariable "b" {\n  default = "b"\n  nullable = false\n}\n'
        'output "v" {\n  value = [var.a == null, var.b]\n}\n',
    },
    # -- marks and what is unknown ---------------------------------------------------------------------------------------
    "sensitive": {
        "main.tf": show(
            '{ a = var.s, b = "x-${var.s}", c = 1 }', 'variable "s" {\n  default = "word"\n  sensitive = true\n}\n'
        )
    },
    "sensitive as a whole": {"main.tf": show('sensitive("word")')},
    "what is known of what is not": {
        "main.tf": 'resource "terraform_data" "x" {}\n'
        'resource "terraform_data" "y" {\n  input = { id = terraform_data.x.id, text = "a-${terraform_data.x.id}", list = [1, terraform_data.x.id] }\n}\n'
    },
    "a conditional on what is not known": {
        "main.tf": 'resource "terraform_data" "x" {}\n'
        'resource "terraform_data" "y" {\n  input = terraform_data.x.id == "a" ? 1 : 2\n}\n'
    },
    "an output of what is not known": {
        "main.tf": show("module.m.id", 'module "m" {\n  source = "./m"\n}\n'),
        "m/main.tf": _INNER,
    },
    "timestamps": {"main.tf": show('[timestamp() == "", formatdate("YYYY", "2020-01-01T00:00:00Z")]')},
    # -- names -----------------------------------------------------------------------------------------------------------
    "paths and the workspace": {
        "main.tf": show("[path.module, path.root, terraform.workspace]", 'module "m" {\n  source = "./sub/m"\n}\n'),
        "sub/m/main.tf": _INNER,
    },
    "files": {
        "main.tf": show('[file("${path.module}/a.txt"), templatefile("t.tftpl", { n = 2 }), fileexists("a.txt")]'),
        "a.txt": "text\n",
        "t.tftpl": "%{ for i in range(n) ~}\n${i},\n%{ endfor ~}\n",
    },
    "files of a module": {
        "main.tf": show("module.m.text", 'module "m" {\n  source = "./m"\n}\n'),
        "m/main.tf": 'output "text" {\n  value = [file("${path.module}/a.txt"), fileset(path.module, "*.txt")]\n}\n',
        "m/a.txt": "text",
    },
    "locals of locals": {
        "main.tf": show("local.c", 'locals {\n  a = 1\n  b = [local.a, local.d]\n  c = { b = local.b }\n  d = "d"\n}\n')
    },
    "a cycle of locals": {"main.tf": show("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n")},
    "a local that is not declared": {"main.tf": show("local.none")},
    "a variable that is not declared": {"main.tf": show("var.none")},
    "an attribute of null": {"main.tf": show("var.v.a", 'variable "v" {\n  default = null\n}\n')},
    # -- the JSON syntax -------------------------------------------------------------------------------------------------
    "the JSON syntax": {
        "main.tf.json": '{"variable": {"v": {"type": "list(string)", "default": ["a", "${b}"]}},'
        ' "locals": {"l": "${upper(var.v[0])}", "t": "x ${local.l} $${y}"},'
        ' "resource": {"terraform_data": {"x": {"input": {"k": "${local.t}", "${local.l}": [1, true, null]}},'
        ' "y": [{"count": 2, "input": "${count.index}"}]}}}'
    },
    "the JSON syntax beside the native one": {
        "a.tf": show("local.l"),
        "b.tf.json": '{"locals": [{"l": "${local.m + 1}"}, {"m": 1}]}',
    },
    "preconditions": {
        "main.tf": 'resource "terraform_data" "x" {\n  input = 1\n  lifecycle {\n    postcondition {\n'
        '      condition = self.input == 1\n      error_message = "no"\n    }\n  }\n}\n'
    },
}
