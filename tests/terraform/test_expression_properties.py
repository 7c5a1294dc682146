"""Properties of every expression: evaluation does not raise, and what is not known stays so."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax.hcl import parse_expression
from depcheck.terraform.bridge import to_value
from depcheck.terraform.console import show, show_type
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.functions import FAMILIES, SPECIAL
from depcheck.terraform.scope import Scope
from depcheck.terraform.values import OPEN, Reason, TfValue
from depcheck.values import Known, Unknown, Value, plain

sys.path.insert(0, str(Path(__file__).parent))
from terraform_console_scope import RecordedModule

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "terraform-console.json").read_text())
EXPRESSIONS = [
    case["expression"]
    for cases in RECORDED["groups"].values()
    for case in cases
    if not case["expression"].startswith("type(") and "\n" not in case["expression"] and len(case["expression"]) < 90
]
FUNCTIONS = sorted({name for names in FAMILIES.values() for name in names.split()} | SPECIAL)
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||")
# What the variables without a value may turn out to be, by their types.
GIVEN = (
    {
        "string": '"a"',
        "number": "1",
        "bool": "true",
        "list(string)": '["a"]',
        "set(string)": '["a"]',
        "map(string)": '{ a = "b" }',
        "object({ a = string, b = number })": '{ a = "a", b = 1 }',
        "any": "{ a = [1] }",
    },
    {
        "string": '""',
        "number": "-2.5",
        "bool": "false",
        "list(string)": '["b", "a", "c"]',
        "set(string)": "[]",
        "map(string)": "{}",
        "object({ a = string, b = number })": '{ a = "", b = 0 }',
        "any": '"12"',
    },
)


@cache
def unknown_module() -> RecordedModule:
    return RecordedModule(RECORDED["configuration"], RECORDED["files"])


@cache
def given_module(index: int) -> RecordedModule:
    lines: list[str] = []
    for line in RECORDED["configuration"].splitlines():
        if line.startswith('variable "unknown_') and "{ type = " in line:
            head, _, type_ = line.partition("{ type = ")
            type_ = type_.removesuffix(" }")
            line = f"{head}{{\n  type = {type_}\n  default = {GIVEN[index][type_]}\n}}"
        elif line.startswith('variable "unknown_any"'):
            line = f'variable "unknown_any" {{\n  default = {GIVEN[index]["any"]}\n}}'
        lines.append(line)
    return RecordedModule("\n".join(lines) + "\n", RECORDED["files"])


def run(expression: str, module: RecordedModule) -> tuple[TfValue, Scope, bool]:
    text = Text.of(Source("case.tf", expression))
    node, problems = parse_expression(text)
    scope = module.scope(text)
    value = evaluate(node, scope)
    return value, scope, bool(problems or scope.log.count)


def mixtures(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of one more level."""
    return st.one_of(
        st.tuples(st.sampled_from(FUNCTIONS), st.lists(leaves, max_size=4)).map(lambda p: f"{p[0]}({', '.join(p[1])})"),
        st.tuples(leaves, st.sampled_from(OPERATORS), leaves).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        st.tuples(leaves, leaves, leaves).map(lambda p: f"({p[0]}) ? ({p[1]}) : ({p[2]})"),
        st.tuples(leaves, leaves).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(leaves, leaves).map(lambda p: f'"x${{{p[0]}}}y${{{p[1]}}}"'),
        st.tuples(leaves, leaves, leaves).map(lambda p: f"[for k, v in ({p[0]}) : ({p[1]}) if ({p[2]})]"),
        st.tuples(leaves, leaves).map(lambda p: f"{{ for k, v in ({p[0]}) : k => ({p[1]})... }}"),
        st.tuples(leaves, leaves).map(lambda p: f"{{ a = ({p[0]}), b = [({p[1]})] }}"),
        leaves.map(lambda leaf: f"({leaf})[*].a"),
    )


LEAVES = st.sampled_from(EXPRESSIONS)
MIXED = mixtures(st.one_of(LEAVES, mixtures(LEAVES)))


@settings(max_examples=400, deadline=None)
@given(st.one_of(MIXED, st.text(max_size=40), st.text(alphabet='[]{}()"${}%<>=!&|?:.,*+-/~ axif01\n', max_size=40)))
@example("9" * 400 + " * " + "9" * 400)
@example('"' + "${" * 200 + "1" + "}" * 200 + '"')
@example("range(-99999999999999999999, 99999999999999999999)")
def test_evaluation_never_raises(expression: str) -> None:
    value, scope, _ = run(expression, unknown_module())
    show(value)
    show_type(value.type)
    bridged = to_value(value, scope.text.span(0, len(expression)))
    plain(bridged)
    places(bridged, expression)


def places(value: Value, expression: str) -> None:
    """Every part has a place, a reason where it is unknown, and no marks are lost."""
    assert isinstance(value, (Known, Unknown))
    assert value.span.end <= len(value.span.source.text)
    if isinstance(value, Unknown):
        assert value.reason
        return
    for _, item in value.items():
        places(item, expression)
    if isinstance(value.value, list):
        for item in value.value:
            places(item, expression)


@settings(max_examples=300, deadline=None)
@given(MIXED, st.sampled_from((0, 1)))
@example("(var.unknown_bool) ? 1 : 2", 0)
@example('startswith("${var.unknown_string == "a"}", "false")', 1)
@example('[for x in setunion(["a"], [var.unknown_string]) : 1]', 0)
@example("merge({ a = 1 }, var.unknown_map, { b = 2 })", 0)
def test_what_is_known_does_not_depend_on_what_is_not(expression: str, index: int) -> None:
    if "try(" in expression or "can(" in expression:
        # These tell errors apart, and what is unknown may turn out to be one.
        return
    before, _, failed = run(expression, unknown_module())
    after, _, failed_after = run(expression, given_module(index))
    if not failed and not failed_after:
        assert agree(before, after)


def agree(before: TfValue, after: TfValue) -> bool:
    """Whether a value says the same as another that more is known of; types may be narrowed."""
    if not before.known or before.flags & OPEN:
        return True
    if isinstance(before.payload, list) and isinstance(after.payload, list):
        if before.kind == "set" and not before.whole:
            return True
        same_length = len(before.payload) == len(after.payload)
        return same_length and all(map(agree, before.payload, after.payload))
    if isinstance(before.payload, dict) and isinstance(after.payload, dict):
        if before.payload.keys() != after.payload.keys():
            return False
        return all(agree(item, after.payload[name]) for name, item in before.payload.items())
    if before.payload is None or after.payload is None:
        return before.payload is after.payload
    if isinstance(after.payload, Reason):
        return False
    return _scalar(before) == _scalar(after)


def _scalar(value: TfValue) -> str:
    shown = show(value.unmarked())
    return shown if value.kind == "string" else f'"{shown}"'


@settings(max_examples=100, deadline=None)
@given(LEAVES)
def test_sensitive_marks_are_not_lost(expression: str) -> None:
    wrapped, _, failed = run(f"[sensitive({expression})]", unknown_module())
    if not failed:
        bridged = to_value(wrapped, unknown_module().file.text.span(0, 0))
        part = bridged.get(0)
        assert isinstance(part, (Known, Unknown))
        assert part.sensitive
