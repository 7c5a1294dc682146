"""Expressions and what ``terraform console`` answers to them."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import pytest

from depcheck.source import Source, Text
from depcheck.syntax.hcl import parse_expression
from depcheck.terraform.console import show, show_type
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.functions import FAMILIES, SPECIAL
from depcheck.terraform.values import Reason

sys.path.insert(0, str(Path(__file__).parent))
from terraform_console_scope import RecordedModule

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "terraform-console.json").read_text())
CASES = [case for cases in RECORDED["groups"].values() for case in cases]

# Where depcheck deliberately says something else than Terraform 1.11, and why.
_CERTAIN = "which way the unknown turns out makes no difference"
_LAZY = "Terraform 1.12 and later do not look at the right side"
DIFFERENT: dict[str, tuple[str | None, str]] = {
    "false && var.unknown_bool": ("false", _CERTAIN),
    "var.unknown_bool && false": ("false", _CERTAIN),
    "true || var.unknown_bool": ("true", _CERTAIN),
    "var.unknown_bool || true": ("true", _CERTAIN),
    'false && tobool("x")': ("false", _LAZY),
    'true || tobool("x")': ("true", _LAZY),
    "var.nothing != null && length(var.nothing) > 2": ("false", _LAZY),
    "var.nothing == null || length(var.nothing) > 2": ("true", _LAZY),
    'matchkeys(["a"], ["k"], [var.unknown_string])': ("(known after apply)", "Terraform gives up too early"),
    "type(toset(var.unknown_list))": ("set(string)", "the element type is known"),
    "pow(1.5, 2.5)": ("2.7556759606310752", "the last digit depends on the processor that Terraform runs on"),
    'tonumber("-0")': ("0", "there is one zero"),
    'jsondecode("-0")': ("0", "there is one zero"),
    '(length(toset([var.unknown_string, "a"]))) >= (signum(0))': (
        "(known after apply)",
        "the range of a number that is not known is not followed",
    ),
    'toset([(yamldecode("a: # comment\\n  b")), ([for x in var.unknown_list : x])])': (
        "(known after apply)",
        "a type that is not known may yet be the right one",
    ),
    'provider::aws::arn_parse("a")': ("(known after apply)", "the provider is taken to have the function"),
}


@cache
def module() -> RecordedModule:
    return RecordedModule(RECORDED["configuration"], RECORDED["files"])


def answer(expression: str) -> str | None:
    """What depcheck says, as the console would print it; None for an error."""
    asks_type = expression.startswith("type(") and expression.endswith(")")
    expression = expression[5:-1] if asks_type else expression
    # A heredoc's marker ends its line.
    text = Text.of(Source("case.tf", expression + "\n" if "\n" in expression else expression))
    node, problems = parse_expression(text)
    scope = module().scope(text)
    value = evaluate(node, scope)
    if problems or scope.log.count or (isinstance(value.payload, Reason) and value.payload.failed):
        assert not value.whole or value.known
        return None
    return show_type(value.type) if asks_type else show(value)


@pytest.mark.parametrize("group", RECORDED["groups"])
def test_terraform_says_the_same(group: str) -> None:
    wrong: list[str] = []
    for case in RECORDED["groups"][group]:
        expression = case["expression"]
        wanted = DIFFERENT[expression][0] if expression in DIFFERENT else case.get("answer")
        said = answer(expression)
        if said != wanted:
            wrong.append(f"{expression}: Terraform says {wanted or case['error']!r}, depcheck {said!r}")
    assert wrong == []


def test_the_deliberate_differences_are_few_and_still_differences() -> None:
    recorded = {case["expression"]: case.get("answer") for case in CASES}
    assert len(DIFFERENT) < 20
    for expression, (wanted, _) in DIFFERENT.items():
        assert recorded[expression] != wanted


def test_every_function_is_recorded() -> None:
    asked = "\n".join(case["expression"] for case in CASES)
    names = {name for names in FAMILIES.values() for name in names.split()} | SPECIAL
    assert {name for name in names if f"{name}(" not in asked} == {"base64gzip"}
