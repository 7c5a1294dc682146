"""What the recorded answers cannot tell: places, hops, reasons, limits, and values that only depcheck has."""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

import pytest

from depcheck.source import Source, Text
from depcheck.syntax.hcl import parse_expression
from depcheck.terraform.bridge import deciding, to_value
from depcheck.terraform.console import show
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.functions import FAMILIES, IMPURE, lookup
from depcheck.terraform.scope import Budget, Scope
from depcheck.terraform.values import (
    OpenAttributes,
    Reason,
    TfValue,
    make_object,
    make_tuple,
    string,
    unknown,
)
from depcheck.values import OPEN, Known, Unknown, Value, plain

sys.path.insert(0, str(Path(__file__).parent))
from terraform_console_scope import RecordedModule

VARIABLES = """\
variable "retention" { default = 7 }
variable "open" { type = string }
variable "database" {
  default = { retention = 35, zones = ["a", "b"] }
}
variable "secret" {
  default   = "sword"
  sensitive = true
}
locals {
  through = var.retention
  deep    = local.through
  names   = { for zone in var.database.zones : zone => upper(zone) }
  broken  = tonumber("many")
}
"""
MODULE = RecordedModule(VARIABLES, {})


def run(expression: str, module: RecordedModule = MODULE) -> tuple[TfValue, Scope]:
    text = Text.of(Source("case.tf", expression))
    node, problems = parse_expression(text)
    assert problems == []
    scope = module.scope(text)
    scope.budget = Budget(20_000)
    return evaluate(node, scope), scope


def value(expression: str) -> Value:
    found, scope = run(expression)
    return to_value(found, scope.text.span(0, len(expression)))


def known(expression: str) -> Known:
    found = value(expression)
    assert isinstance(found, Known)
    return found


def hops(found: Known) -> list[tuple[str, str]]:
    return [(step.words, step.span.text if step.span else "") for step in found.via]


def problems(expression: str) -> list[tuple[str, str]]:
    _, scope = run(expression)
    return [(problem.message, problem.span.text) for problem in scope.log.problems]


def test_a_literal_stands_where_it_is_written() -> None:
    found = known("{ a = [1, true] }").get("a", 1)
    assert isinstance(found, Known)
    assert (found.value, found.span.text, found.via) == (True, "true", ())
    inner = known('{ "a" = 1 }').get("a")
    assert isinstance(inner, Known)
    assert inner.key is not None
    assert inner.key.text == '"a"'


@pytest.mark.parametrize(
    ("expression", "span", "wanted"),
    [
        ("var.retention", "var.retention", [("var.retention", "7")]),
        ("local.deep", "local.deep", [("local.deep", "local.through"), ("local.through", "var.retention")]),
        ("var.database.retention", "var.database.retention", [("var.database.retention", "35")]),
        ('var.database["zones"][1]', 'var.database["zones"][1]', [('var.database["zones"][1]', '"b"')]),
        ("var.retention + 1", "var.retention + 1", [("var.retention", "7")]),
        ("-var.retention", "-var.retention", [("var.retention", "7")]),
        ("var.retention > 3 ? 30 : 1", "30", [("var.retention", "7")]),
        ("true ? var.retention : 1", "var.retention", [("var.retention", "7")]),
        ('"keep ${var.retention}"', '"keep ${var.retention}"', [("var.retention", "7")]),
        ("max(var.retention, 1)", "max(var.retention, 1)", [("var.retention", "7")]),
        ("try(var.database.none, var.retention)", "var.retention", [("var.retention", "7")]),
    ],
)
def test_hops_lead_to_the_place_that_decides(expression: str, span: str, wanted: list[tuple[str, str]]) -> None:
    found = known(expression)
    assert found.span.text == span
    assert hops(found)[: len(wanted)] == wanted


def test_the_last_hop_decides() -> None:
    found = known("local.deep")
    assert deciding(found).path == "main.tf"
    assert deciding(found).text == "7"
    assert deciding(known("5")).text == "5"


def test_parts_of_a_reference_stand_where_it_does_and_lead_to_their_own_place() -> None:
    whole = known("var.database")
    part = whole.get("zones", 0)
    assert isinstance(part, Known)
    assert part.span.text == "var.database"
    assert hops(part) == [("var.database", '"a"')]


def test_an_unknown_variable_names_itself() -> None:
    found = value('"${var.open}-logs"')
    assert isinstance(found, Unknown)
    assert found.reason == "var.open has no value"
    assert [(item.name, item.span.text if item.span else "") for item in found.missing] == [("var.open", '"open"')]
    assert found.outline == f"{OPEN}-logs"


@pytest.mark.parametrize(
    ("expression", "outline"),
    [
        ('"arn:${var.open}/*"', f"arn:{OPEN}/*"),
        ('"x${"a${var.open}b"}y"', f"xa{OPEN}by"),
        ('format("%s-%03d-%s", "a", 7, var.open)', f"a-007-{OPEN}"),
        ('join("/", ["a", var.open, "b"])', f"a/{OPEN}/b"),
        ('jsonencode({ a = 1, b = "x${var.open}" })', f'{{"a":1,"b":"x{OPEN}"}}'),
        ("var.open", None),
        ("upper(var.open)", None),
    ],
)
def test_what_is_known_of_a_text_is_kept(expression: str, outline: str | None) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert found.outline == outline


def test_encoded_text_keeps_what_it_was_encoded_from() -> None:
    found = known('jsonencode({ Statement = [{ Action = ["s3:*"] }] })')
    assert found.value == '{"Statement":[{"Action":["s3:*"]}]}'
    assert found.document is not None
    action = found.document.get("Statement", 0, "Action", 0)
    assert isinstance(action, Known)
    assert (action.value, action.span.text) == ("s3:*", '"s3:*"')
    partly = value('jsonencode({ Resource = var.open, Effect = "Allow" })')
    assert isinstance(partly, Unknown)
    assert partly.document is not None
    assert plain(partly.document) == {"Effect": "Allow", "Resource": {"unknown": "var.open has no value"}}
    packed = value('base64gzip("#!/bin/sh")')
    assert isinstance(packed, Unknown)
    assert packed.document is not None
    assert plain(packed.document) == "#!/bin/sh"


def test_sensitive_marks_reach_checks() -> None:
    assert known("var.secret").sensitive
    assert known('"${var.secret}!"').sensitive
    assert not known("nonsensitive(var.secret)").sensitive
    inner = known("{ a = var.secret, b = 1 }")
    assert not inner.sensitive
    part = inner.get("a")
    assert isinstance(part, Known)
    assert part.sensitive


@pytest.mark.parametrize(
    ("expression", "message", "place"),
    [
        ("[1, 2][5]", "the index 5 is behind the tuple's 2 elements", "5"),
        ("{ a = 1 }.b", "the object has no attribute 'b'", "b"),
        ("var.database.none.deeper", "var.database has no attribute 'none'", "none"),
        ('1 + tonumber("x")', "the string 'x' does not convert to number: a number is required", '"x"'),
        ("range(1000000000)", "range() gives at most 1024 numbers", "range(1000000000)"),
        ("nope()", "there is no function 'nope'", "nope()"),
        ('upper("a", "b")', "upper() takes only 1 argument", '"b"'),
        ("[for x in 5 : x]", "a loop cannot go through a number", "5"),
        ("true ? 1 : [1]", "the branches of a condition must have one type: number and tuple", "true ? 1 : [1]"),
        ('"a${null}"', "a null value cannot be part of a text", "null"),
        ('!"x"', "the only operand of ! does not fit: a bool is required", '!"x"'),
        ('{ for x in [1, 1] : "k" => x }', "two elements have the key 'k'", '"k"'),
        ("var.missing", "there is no 'var.missing', so the value is not computed", "var.missing"),
    ],
)
def test_a_problem_stands_at_the_smallest_place(expression: str, message: str, place: str) -> None:
    assert problems(expression)[0] == (message, place)
    found, _ = run(expression)
    assert not found.known


def test_an_error_is_told_once_and_its_value_is_unknown() -> None:
    assert len(problems("upper(lower(tostring([])))")) == 1
    found, scope = run("local.broken + 1")
    assert scope.log.problems == []
    assert isinstance(found.payload, Reason)
    assert found.payload.failed


def test_errors_of_what_is_not_taken_are_forgotten() -> None:
    assert problems('true ? 1 : tonumber("x")') == []
    assert problems('try(tonumber("x"), 2)') == []
    assert problems('can(tonumber("x"))') == []
    assert problems('true || tonumber("x")') == []


@pytest.mark.parametrize(
    "expression",
    [
        'format("%1000000000s", "x")',
        'format("%.1000000000f", 1)',
        "1e1000000000",
        'tonumber("1e99999")',
        "1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900 * 1e900",
        'replace(join("", [for i in range(1000) : "aaaaaaaa"]), "a", join("", [for i in range(1000) : "bbbbbbbb"]))',
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]",
        "setproduct(range(1000), range(1000), range(1000))",
        'indent(1000000000, "a\\nb")',
        'regex("((a{0,100}){0,100}){0,100}", "a")',
        'regex("(x+x+)+y", join("", [for i in range(1000) : "xxxxxxxxxxxxxxxxxxxx"]))',
        'yamldecode("a: &a [x,x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\n'
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\n"
        'e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]")',
        'jsondecode("' + "[" * 500 + "]" * 500 + '")',
        'yamldecode("' + "[" * 500 + "]" * 500 + '")',
        'merge([for a in range(1000) : { for b in range(1000) : "${a}-${b}" => 1 }]...)',
        "flatten([for a in range(1000) : [for b in range(1000) : b]])",
        "toset([for a in range(1000) : [for b in range(1000) : [a, b]]])",
        '"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(9) }x%{ endfor }%{ endfor }%{ endfor }"',
        'transpose({ for a in range(1000) : "${a}" => [for b in range(1000) : "${b}"] })',
        "[for a in range(1000) : range(1000)]",
        'regex("(?:a?){1000}a{1000}", join("", [for a in range(1000) : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]))',
        '[for a in range(1000) : can(regex("(?:a?){500}a{500}", join("", [for b in range(99) : "aaaaaaaaaaaa"])))]',
        "[for a in range(1000) : [for b in range(1000) : contains(range(1000), b)]]",
        '[for a in range(1000) : length(regexall("x", join("", [for b in range(999) : "xxxxxxxxxxxx"])))]',
        "[for a in range(1000) : range(1000) == range(1000)]",
        "range(0, 1e300, 1e-300)",
        "range(0, 1, 0)",
        "1e900 % 1e-900",
        'timeadd("2020-01-01T00:00:00Z", "999999999999999h")',
        'cidrhost("::/0", pow(2, 127))',
    ],
)
def test_bombs_are_unknown_with_a_reason(expression: str) -> None:
    found, scope = run(expression)
    assert "known after apply" in show(found)
    assert scope.log.problems
    assert all(problem.message for problem in scope.log.problems)


def test_limits_are_no_errors_for_try() -> None:
    found, _ = run('try(format("%1000000000s", "x"), "fallback")')
    assert not found.known


def test_doubling_locals_stay_bounded() -> None:
    lines = ["  l0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", '  s0 = "xxxxxxxxxx"']
    for level in range(1, 40):
        lines.append(f"  l{level} = [{', '.join([f'local.l{level - 1}'] * 10)}]")
        lines.append(f'  s{level} = "{f"${{local.s{level - 1}}}" * 10}"')
    module = RecordedModule("locals {\n" + "\n".join(lines) + "\n}\n", {})
    assert not run("local.l39", module)[0].whole
    assert not run("local.s39", module)[0].whole


def test_a_chain_of_a_thousand_locals_does_not_raise() -> None:
    lines = ["  l0 = 1"] + [f"  l{level} = [local.l{level - 1} + 1]" for level in range(1, 2000)]
    found, _ = run("local.l1999", RecordedModule("locals {\n" + "\n".join(lines) + "\n}\n", {}))
    assert not found.whole


def test_the_budget_is_shared() -> None:
    text = Text.of(Source("case.tf", "[for x in [1, 2, 3] : x]"))
    node, _ = parse_expression(text)
    budget = Budget(5)
    assert evaluate(node, Scope(text, budget=budget)).known
    assert not evaluate(node, Scope(text, budget=budget)).known


def test_long_chains_of_operators_are_evaluated() -> None:
    found, _ = run(" + ".join(["1"] * 90))
    assert found.payload == 90


def test_impure_functions_are_unknown_with_a_reason() -> None:
    for name, reason in IMPURE.items():
        found = value(f'{name}("x")' if name == "bcrypt" else f"{name}()")
        assert isinstance(found, Unknown)
        assert found.reason == reason


def test_provider_functions_are_unknown_with_their_name() -> None:
    found = value('provider::aws::arn_parse("x")')
    assert isinstance(found, Unknown)
    assert found.reason == "provider::aws::arn_parse() is computed by its provider"


def test_every_family_has_what_it_promises() -> None:
    for names in FAMILIES.values():
        for name in names.split():
            assert lookup(name) is not None


def _resource(found: dict[str, TfValue], address: str) -> TfValue:
    def other(name: str) -> TfValue:
        refers = address if name in ("id", "arn") else None
        return unknown(Reason(f"{address}.{name} is known after apply", refers=refers))

    return make_object(OpenAttributes(found, other))


def _with_resources(expression: str) -> Value:
    logs = _resource({"bucket": string("logs")}, "aws_s3_bucket.logs")
    web = make_tuple([_resource({"zone": string(zone)}, f"aws_instance.web[{zone}]") for zone in "ab"])
    fleet = unknown(Reason("the number of instances is not known", refers="aws_instance.fleet"))
    names = {("aws_s3_bucket", "logs"): logs, ("aws_instance", "web"): web, ("aws_instance", "fleet"): fleet}

    def resolve(root: str, steps: tuple[str | int, ...]) -> tuple[TfValue, int] | None:
        found = names.get((root, str(steps[0]))) if steps else None
        return None if found is None else (found, 1)

    text = Text.of(Source("case.tf", expression))
    node, _ = parse_expression(text)
    return to_value(evaluate(node, Scope(text, resolve)), text.span(0, 0))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("aws_s3_bucket.logs.bucket", "logs"),
        ("aws_instance.web[*].zone", ["a", "b"]),
        ("aws_instance.web[1].zone", "b"),
        ('lookup(aws_s3_bucket.logs, "bucket", "none")', "logs"),
        ("merge({ a = 1 }, aws_s3_bucket.logs, { b = 2 }).b", 2),
        ('merge(aws_instance.fleet, { Name = "x" })["Name"]', "x"),
        ("try(aws_s3_bucket.logs, null).bucket", "logs"),
        ("length(aws_instance.web)", 2),
    ],
)
def test_attributes_that_the_configuration_gives_are_known(expression: str, wanted: object) -> None:
    assert plain(_with_resources(expression)) == wanted


@pytest.mark.parametrize(
    ("expression", "refers"),
    [
        ("aws_s3_bucket.logs.id", "aws_s3_bucket.logs"),
        ("aws_s3_bucket.logs.arn", "aws_s3_bucket.logs"),
        ('"${aws_s3_bucket.logs.id}"', "aws_s3_bucket.logs"),
        ("try(aws_s3_bucket.logs.id, null)", "aws_s3_bucket.logs"),
        ("true ? aws_s3_bucket.logs.id : null", "aws_s3_bucket.logs"),
        ("aws_instance.fleet[0].id", "aws_instance.fleet"),
        ("aws_instance.fleet[*].id", "aws_instance.fleet"),
        ("aws_s3_bucket.logs.region", None),
        ("upper(aws_s3_bucket.logs.id)", None),
        ('"${aws_s3_bucket.logs.id}/x"', None),
        ("keys(aws_s3_bucket.logs)", None),
        ("[for k, v in aws_s3_bucket.logs : k]", None),
        ("jsonencode(aws_s3_bucket.logs)", None),
        ("merge(aws_s3_bucket.logs, {}).other", None),
        ("aws_s3_bucket.logs == {}", None),
    ],
)
def test_an_identity_refers_to_its_resource(expression: str, refers: str | None) -> None:
    found = _with_resources(expression)
    assert isinstance(found, Unknown)
    assert found.refers == refers


def test_rsadecrypt_reads_a_key_made_here() -> None:
    p, q = _prime(b"p"), _prime(b"q")
    modulus, public = p * q, 65537
    private = pow(public, -1, (p - 1) * (q - 1))
    size = (modulus.bit_length() + 7) // 8
    message = b"hello"
    padding = b"\x01" * (size - 3 - len(message))
    cipher = pow(int.from_bytes(b"\0\2" + padding + b"\0" + message, "big"), public, modulus).to_bytes(size, "big")
    numbers = (0, modulus, public, private, p, q, private % (p - 1), private % (q - 1), pow(q, -1, p))
    der = _tlv(0x30, b"".join(_tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers))
    kind = "RSA PRIVATE" + " KEY"
    pem = f"-----BEGIN {kind}-----\\n{base64.b64encode(der).decode()}\\n-----END {kind}-----\\n"
    found, scope = run(f'rsadecrypt("{base64.b64encode(cipher).decode()}", "{pem}")')
    assert scope.log.problems == []
    assert found.payload == "hello"
    wrong, _ = run(f'rsadecrypt("{base64.b64encode(cipher[::-1]).decode()}", "{pem}")')
    assert not wrong.known


def _prime(seed: bytes) -> int:
    candidate = int.from_bytes(hashlib.sha256(seed).digest(), "big") | 1 << 255 | 1
    while any(pow(base, candidate - 1, candidate) != 1 for base in (2, 3, 5, 7)):
        candidate += 2
    return candidate


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


_ABSENT = """\
variable "gone" { default = null }
variable "database" { default = { retention = 35 } }
locals {
  names = { a = null }
}
"""


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("var.gone.a", "var.gone is null, so it has no attribute 'a'"),
        ('var.gone["a"]', "var.gone is null, so it has no elements"),
        ("local.names.a.b", "local.names.a is null, so it has no attribute 'b'"),
        ("local.names.none", "local.names has no attribute 'none'"),
        ('var.database["none"]', "var.database has no element 'none'"),
        ("[null][0].a", "the value is null, so it has no attribute 'a'"),
    ],
)
def test_what_has_no_such_part_is_named(expression: str, said: str) -> None:
    _, scope = run(expression, RecordedModule(_ABSENT, {}))
    assert scope.log.problems[0].message == said
