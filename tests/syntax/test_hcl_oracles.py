"""HCL against three other parsers: HashiCorp's own (what is accepted, what strings say), tree-sitter's (where things
begin and end) and python-hcl2 (what binds to what)."""

import random
import re

import pytest
from hcl_shapes import messages, parse, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.syntax.hcl_ast import Attribute, Binary, Block, Bool, Conditional, GetAttr, Index, Number, String, Unary

SNIPPETS = [
    'resource "aws_s3_bucket" "logs" {\n  bucket = "logs-${var.env}"\n'
    '  tags   = merge(local.tags, { Name = "logs" })\n}',
    'locals {\n  a = [for k, v in var.m : "${k}=${v}" if v != null]\n  b = { for x in var.l : x.id => x... }\n}',
    'module "vpc" {\n  source = "./vpc"\n  count  = var.enabled ? 1 : 0\n\n'
    '  subnets = [\n    "a", # first\n    "b",\n  ]\n}',
    'data "x" "y" {\n  dynamic "filter" {\n    for_each = var.f\n    content {\n'
    '      name = filter.value["name"]\n    }\n  }\n}',
    'user_data = <<-EOT\n    #!/bin/bash\n    echo "${var.x}"\n'
    "      %{ for i in l ~}\n    ${i}\n    %{ endfor ~}\n  EOT\n",
    "a = <<EOT\nplain\n  text $${x}\nEOT\nb = 1",
    'a = -1 + 2 * (3 - x.y[0]) % 4\nb = !a || c && d == "e" ? f : g.*.h\n',
    "a = x[*].y[0].z\nb = x.0.y\nc = provider::p::f(1, [2]...)\n",
    "a { b = 1 }\nc {}\n/* d */ e = 2 // f\n",
    'empty = {}\nlist = []\nnested = { a = { b = [{ c = 1 }, { "d" : 2 }] } }\n',
    'a = "\\n\\t\\"\\\\\\u00e9"\nb = "100% $ $$ %%{x}"\n',
    "π = 1\na-b = null\n",
    'a = "${x ? "y" : "${z}"}"\n',
    "variable v {\n  type = object({ a = string, b = optional(list(number), [1, 2]) })\n}\n",
    "a = 1\r\nb {\r\n  c = <<E\r\nx\r\nE\r\n}\r\n",
]
PIECES = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    ",",
    ":",
    "?",
    '"',
    "${",
    "%{",
    "\n",
    ".",
    "*",
    "#",
    "/*",
    "<<E\n",
    "x",
    "1",
    " ",
    "\\",
]


def accepted_by_go(text: str) -> bool | None:
    """Whether HashiCorp's parser takes a text; None where the binding fails for reasons beyond syntax."""
    pygohcl = pytest.importorskip("pygohcl")
    try:
        pygohcl.loads(text)
    except pygohcl.HCLParseError:
        return False
    except pygohcl.HCLInternalError:
        return None
    return True


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[each[:16] for each in SNIPPETS])
def test_snippets_are_valid_to_all(snippet: str) -> None:
    assert messages(parse(snippet + "\n")) == []
    assert accepted_by_go(snippet + "\n") in (True, None)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SNIPPETS), st.integers(0, 10**6))
def test_damaged_files_are_refused_as_in_go(snippet: str, seed: int) -> None:
    dice = random.Random(seed)
    tokens = re.findall(r"\w+|\s+|.", snippet + "\n")
    for _ in range(dice.choice([1, 1, 2])):
        at = dice.randrange(len(tokens))
        tokens[at] = dice.choice(["", tokens[at] * 2, dice.choice(tokens), tokens[at] + dice.choice(PIECES)])
    text = "".join(tokens)
    accepted = accepted_by_go(text)
    if accepted is not None:
        assert (messages(parse(text)) == []) == accepted


QUOTED = st.lists(st.sampled_from(["$", "%", "{", "a", " ", "\\n", '\\"', "\\\\", "\\u00e9", "é", "}"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(QUOTED)
def test_quoted_strings_say_what_they_say_in_go(parts: list[str]) -> None:
    compare_value(f'a = "{"".join(parts)}"\n')


LINES = st.lists(
    st.tuples(st.sampled_from(["", " ", "  ", "    ", "\t"]), st.sampled_from(["", "x", "$${y}", '"', "\\n", "é"])),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(["", "-"]), st.sampled_from(["", "  "]), st.sampled_from(["\n", "\r\n"]))
def test_heredocs_say_what_they_say_in_go(lines: list[tuple[str, str]], dash: str, indent: str, end: str) -> None:
    inside = "".join(f"{blank}{word}{end}" for blank, word in lines)
    compare_value(f"a = <<{dash}E{end}{inside}{indent}E{end}")


def compare_value(text: str) -> None:
    pygohcl = pytest.importorskip("pygohcl")
    file = parse(text)
    value = file.body.attributes[0].value if file.body.attributes else None
    if not isinstance(value, String) or file.problems:
        return
    assert pygohcl.loads(text) == {"a": value.value}


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[each[:16] for each in SNIPPETS])
def test_places_are_those_of_tree_sitter(snippet: str) -> None:
    tree_sitter = pytest.importorskip("tree_sitter")
    language = tree_sitter.Language(pytest.importorskip("tree_sitter_hcl").language())
    text = snippet + "\n"
    found = []
    waiting = [tree_sitter.Parser(language).parse(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.type in ("attribute", "block"):
            found.append((node.type, node.start_byte, node.end_byte))
    ours = [
        (type(each).__name__.lower(), len(text[: each.start].encode()), len(text[: each.end].encode()))
        for each in walk(parse(text).body)
        if isinstance(each, (Attribute, Block))
    ]
    assert sorted(ours) == sorted(found)


OPERATORS = ["||", "&&", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%"]
OPERANDS = st.sampled_from(["a", "b.c", "d[0]", "1", "true", "!e", "-f", "-2", "!g.h"])
CHAINS = st.tuples(OPERANDS, st.lists(st.tuples(st.sampled_from(OPERATORS), OPERANDS), max_size=6)).map(
    lambda chain: " ".join([chain[0], *[f"{operator} {operand}" for operator, operand in chain[1]]])
)
CONDITIONALS = st.recursive(
    CHAINS, lambda inner: st.tuples(CHAINS, inner, inner).map(lambda t: f"{t[0]} ? {t[1]} : {t[2]}"), max_leaves=3
)


@settings(max_examples=100, deadline=None)
@given(CONDITIONALS)
def test_operators_bind_as_in_python_hcl2(text: str) -> None:
    hcl2 = pytest.importorskip("hcl2")
    options = pytest.importorskip("hcl2.utils").SerializationOptions(force_operation_parentheses=True)
    value = hcl2.loads(f"x = {text}\n", serialization_options=options)["x"]
    theirs = str(value) if not isinstance(value, bool) else str(value).lower()
    theirs = theirs[2:-1] if theirs.startswith("${") else theirs
    (attribute,) = parse(f"x = {text}\n").body.attributes
    assert parenthesised(attribute.value, False).replace(" ", "") == theirs.replace(" ", "")


def parenthesised(node, inside: bool) -> str:
    match node:
        case Binary():
            text = f"{parenthesised(node.left, True)} {node.operator} {parenthesised(node.right, True)}"
        case Unary():
            text = f"{node.operator}{parenthesised(node.operand, True)}"
        case Conditional():
            arms = [parenthesised(each, True) for each in (node.condition, node.then, node.otherwise)]
            text = f"{arms[0]} ? {arms[1]} : {arms[2]}"
        case GetAttr():
            return f"{parenthesised(node.base, True)}.{node.name}"
        case Index():
            return f"{parenthesised(node.base, True)}[{parenthesised(node.key, False)}]"
        case Number():
            return node.text
        case Bool():
            return str(node.value).lower()
        case _:
            return node.name
    return f"({text})" if inside else text
