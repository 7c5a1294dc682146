"""Modules that are missing, and what else is not judged."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from terraform_tree import load, resources, unknown


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('source = "./nothing"', "there is no module in ./nothing (main.tf:2)"),
        ('source = "../../far"', "the module ../../far is outside of the scanned folder (main.tf:2)"),
        ("source = var.open", "the source of module.m is not decided (main.tf:2)"),
        ("size = 1", "module.m has no source (main.tf:2)"),
    ],
)
def test_a_module_that_is_missing_is_said(call: str, said: str) -> None:
    result = load(f'variable "open" {{}}\nmodule "m" {{\n  {call}\n}}\nresource "a_b" "c" {{ name = module.m.name }}\n')
    assert result.notices == [f"Terraform that was not judged: {said}"]
    wrong = [each.message for each in result.problems]
    assert wrong == ([] if "far" in call or "open" in call else [said.removesuffix(" (main.tf:2)")])
    (told,) = [each for each in result.facts.resources if each.type == "a_b"]
    assert unknown(told.get("name")).reason == said.removesuffix(" (main.tf:2)")


def test_a_source_may_be_an_expression() -> None:
    tree = {
        "main.tf": 'locals { folder = "m" }\nmodule "m" {\n  source = "./${local.folder}"\n}\n',
        "m/main.tf": 'resource "a_b" "c" {}\n',
    }
    assert (None, "module.m.a_b.c") in resources(tree)


def test_a_root_with_too_many_resources_says_so() -> None:
    text = "".join(f'resource "a_b" "c{number}" {{\n  count = 100\n  i = count.index\n}}\n' for number in range(4))
    with patch("depcheck.terraform.loading.MAX_RESOURCES", 300):
        result = load(text)
    assert len(result.facts.resources) == 300
    assert result.notices == ["Terraform that was not judged: what . makes beyond 300 resources"]
