"""What must hold for any input: nothing raises, and what is said of an unknown value holds however it turns out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from terraform_tree import load, resources

from depcheck.values import Known, Unknown, Value

SAMPLE = """
variable "n" {
  type    = object({ size = optional(number, 2), names = list(string) })
  default = { names = ["a", "b"] }
  validation {
    condition     = length(var.n.names) > 0
    error_message = "none"
  }
}
locals {
  doubled = [for name in var.n.names : "${name}-${local.suffix}"]
  suffix  = var.n.size > 1 ? "big" : "small"
}
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { Team = local.suffix } }
}
resource "aws_sqs_queue" "q" {
  for_each = toset(local.doubled)
  name     = each.key
  policy   = data.aws_iam_policy_document.p.json
  dynamic "x" {
    for_each = var.n.names
    content { y = x.value }
  }
}
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.other.arn]
  }
}
resource "aws_sqs_queue" "other" { count = var.n.size }
module "m" {
  source = "./m"
  count  = 2
  name   = aws_sqs_queue.other[count.index].arn
}
module "db" {
  source  = "terraform-aws-modules/rds/aws"
  version = "~> 6.0"
}
output "all" { value = module.m[*].name }
"""
INNER = 'variable "name" {}\noutput "name" { value = var.name }\nresource "a_b" "c" { name = var.name }\n'


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_files_are_evaluated_as_far_as_they_go(data: st.DataObject) -> None:
    text = SAMPLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        text = (
            text[:start]
            + data.draw(st.sampled_from(["", "x", "{", "}", "[", '"', "${", "null", "\n", "var.n"]))
            + text[end:]
        )
    result = load({"main.tf": text, "m/main.tf": INNER, "prod.tfvars": text[: data.draw(st.integers(0, 80))]})
    assert not [each.message for each in result.problems if "depcheck's own" in each.message]


ATOMS = ["var.a", "var.b", "1", "2", "true", "false", '"x"', "null", "[var.a, 1]", "{ k = var.b }", "local.both", "[]"]
FORMS = [
    "({} ? {} : {})",
    "({} == {})",
    "({} && {})",
    "({} || {})",
    "!{}",
    '"${{{}}}-${{{}}}"',
    "[{}, {}]",
    "{{ a = {}, b = {} }}",
    "try({}, {})",
    "can({})",
    "length({})",
    "concat([{}], [{}])",
    "merge({{ a = {} }}, {{ b = {} }})",
    "contains([{}, {}], 1)",
    "[for x in [{}, {}] : x if x != 1]",
    "{{ for k, v in {{ a = {}, b = {} }} : k => v }}",
    "tostring({})",
    "one([{}])",
    'lookup({{ k = {} }}, "k", {})',
    "({})[0]",
    "{}[*]",
    "element([{}, {}], 0)",
    "flatten([{}, [{}]])",
    "jsonencode({})",
]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(ATOMS))
    form = draw(st.sampled_from(FORMS))
    holes = form.replace("{{", "").replace("}}", "").count("{}")
    return form.format(*[draw(expressions(depth - 1)) for _ in range(holes)])


def leaves(value: Value, path: str = "") -> dict[str, object]:
    """The scalars of a known value by their path, and how many parts lists have; unknown parts are left out."""
    if not isinstance(value, Known):
        return {}
    inner = value.value
    if isinstance(inner, dict):
        return {name: leaf for key, each in inner.items() for name, leaf in leaves(each, f"{path}.{key}").items()}
    if isinstance(inner, list):
        found: dict[str, object] = {f"{path}#": len(inner)}
        for index, each in enumerate(inner):
            found.update(leaves(each, f"{path}.{index}"))
        return found
    # Whether a number becomes a text depends on what stands beside it.
    return {path: str(inner).lower()}


@given(
    expressions(),
    st.sampled_from(["1", '"t"', "true", "[]", "[1]", "{}", '{ k = "v" }', "null", '"1"']),
    st.sampled_from(["0", '""', "false", "{ k = [1] }", '["x", "y"]']),
)
@settings(max_examples=150, deadline=None)
def test_what_is_known_with_unknown_variables_holds_for_any_values(expression: str, a: str, b: str) -> None:
    body = f'resource "x_y" "z" {{\n  v = {expression}\n}}\nlocals {{\n  both = [var.a, var.b]\n}}\n'
    open_ = f'variable "a" {{}}\nvariable "b" {{}}\n{body}'
    decided = f'variable "a" {{\n  default = {a}\n}}\nvariable "b" {{\n  default = {b}\n}}\n{body}'
    before = resources(open_)[None, "x_y.z"].get("v")
    after = resources(decided)[None, "x_y.z"].get("v")
    if ("try(" in expression or "can(" in expression) and ("&&" in expression or "||" in expression):
        # That something unknown is no bool would be an error, which these two see; elsewhere nothing is planned then.
        return
    if isinstance(after, Unknown):
        # It fails for these values; Terraform would not get to use it.
        return
    known = leaves(after)
    for path, leaf in leaves(before).items():
        assert known.get(path, leaf) == leaf, (path, leaf, expression)
