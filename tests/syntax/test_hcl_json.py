"""Terraform's JSON syntax: the tree that it shares with HCL, and places through JSON's escapes."""

import json

import pytest
from hcl_shapes import expression, messages, outline, parse, shape, text_of, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import Bad, GetAttr, Name, Number, String


def read(value, path: str = "main.tf.json"):
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return hcl.parse_json(text_of(text, path))


PAIRS = [
    (
        {"resource": {"aws_vpc": {"main": {"cidr": "10.0.0.0/16", "tags": {"a": "${var.b}-c", "n": 1, "t": True}}}}},
        'resource "aws_vpc" "main" {\n cidr = "10.0.0.0/16"\n tags = { "a" = "${var.b}-c", "n" = 1, "t" = true }\n}',
    ),
    (
        {"resource": {"a": {"b": [{"count": 1}, {"count": 2}]}}},
        'resource "a" "b" {\n count = 1\n}\nresource "a" "b" {\n count = 2\n}',
    ),
    (
        {"resource": {"a": {"b": {"depends_on": ["c.d", "module.e[0]"], "provider": "aws.west"}}}},
        'resource "a" "b" {\n depends_on = [c.d, module.e[0]]\n provider = aws.west\n}',
    ),
    (
        {"resource": {"a": {"b": {"lifecycle": {"ignore_changes": ["x", "y.z"]}, "provisioner": {"local-exec": {}}}}}},
        'resource "a" "b" {\n lifecycle {\n  ignore_changes = [x, y.z]\n }\n provisioner "local-exec" {\n }\n}',
    ),
    (
        {"variable": {"v": {"type": "list(string)", "default": ["a"]}}, "output": {"o": {"value": "${var.v}"}}},
        'variable "v" {\n type = list(string)\n default = ["a"]\n}\noutput "o" {\n value = "${var.v}"\n}',
    ),
    (
        {"provider": [{"aws": {"region": "x"}}, {"aws": {"alias": "y"}}]},
        'provider "aws" {\n region = "x"\n}\nprovider "aws" {\n alias = "y"\n}',
    ),
    (
        {"terraform": {"backend": {"s3": {"bucket": "b"}}, "required_version": ">= 1"}},
        'terraform {\n backend "s3" {\n  bucket = "b"\n }\n required_version = ">= 1"\n}',
    ),
    ({"moved": [{"from": "a.b", "to": 'a.c["d"]'}]}, 'moved {\n from = a.b\n to = a.c["d"]\n}'),
    ({"locals": {"a": None, "b": -1.5, "c": [], "d": {}}}, "locals {\n a = null\n b = -1.5\n c = []\n d = {}\n}"),
    ({"//": "a comment", "locals": {"//": "another", "a": 1}}, "locals {\n a = 1\n}"),
    ([{"locals": {"a": 1}}, {"locals": {"b": 2}}], "locals {\n a = 1\n}\nlocals {\n b = 2\n}"),
    (
        {"data": {"a": {"b": {"dynamic": {"c": {"for_each": "${d}", "content": {"e": 1}}}}}}},
        'data "a" "b" {\n dynamic "c" {\n  for_each = "${d}"\n  content {\n   e = 1\n  }\n }\n}',
    ),
    (
        {"module": {"m": {"source": "./x", "providers": {"aws": "aws.b"}}}},
        'module "m" {\n source = "./x"\n providers = { "aws" = aws.b }\n}',
    ),
]


@pytest.mark.parametrize(("value", "native"), PAIRS, ids=[native[:20] for _, native in PAIRS])
def test_both_syntaxes_make_the_same_tree(value, native: str) -> None:
    file = read(value)
    assert messages(file) == []
    assert sorted(map(str, outline(file.body))) == sorted(map(str, outline(parse(native).body)))


def test_values_of_variables_are_no_templates() -> None:
    file = read({"a": "${b}", "c": {"d": ["%{ if }"]}}, "prod.auto.tfvars.json")
    assert messages(file) == []
    assert outline(file.body) == ["a='${b}'", "c={'d': ['%{ if }']}"]


def test_a_default_is_no_template() -> None:
    assert outline(read({"variable": {"a": {"default": "${b}"}}}).body) == [["variable a", "default='${b}'"]]


def test_keys_may_be_templates() -> None:
    assert outline(read({"locals": {"a": {"${b.c}": 1}}}).body) == [["locals", "a={t($b.c): 1}"]]


def test_places_go_through_escapes() -> None:
    text = r'{"locals": {"a": "\u00e9\t${lookup(var.map, \"key\")}\n-${x.y}", "b": "é${c}"}}'
    file = read(text)
    assert messages(file) == []
    places = {file.span(each).text for each in walk(file.body)}
    assert {"var.map", "var", "x.y", "x", "c", r"\"key\"", r"${lookup(var.map, \"key\")}", "${c}"} <= places
    assert file.span(file.body.blocks[0].body.attributes[0]).text.startswith(r'"a": "\u00e9')
    (block,) = file.body.blocks
    assert shape(block.body.attributes[0].value) == "t('é\\t' $lookup(var.map, 'key') '\\n-' $x.y)"


def test_headers_are_the_last_label() -> None:
    file = read({"resource": {"a": {"b": {}}}, "locals": {"c": 1}})
    headers = [file.text.text[each.start : each.header_end] for each in file.body.blocks]
    assert headers == ['"b"', '"locals"']
    names = [file.text.text[each.start : each.name_end] for each in file.body.blocks[1].body.attributes]
    assert names == ['"c"']


def test_an_error_in_a_template_has_its_place() -> None:
    file = read(r'{"locals": {"a": "\"${1 +}", "b": "${c}"}}')
    (problem,) = file.problems
    assert problem.message == 'expected a value, found "}"'
    assert problem.span.text == "}"
    assert isinstance(file.body.blocks[0].body.attributes[0].value, Bad)
    assert shape(file.body.blocks[0].body.attributes[1].value) == "t($c)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"locals": {"a": 1}', "{ is not closed"),
        ('{"locals": {"a": 1, "a": 2}}', '"a" is given twice'),
        ('{"locals": 1}', '"locals" is not an object'),
        ('{"resource": {"a": "b"}}', '"resource" is not an object'),
        ("[1]", "the file is not an object"),
        ('{"resource": {"a": {"b": {"depends_on": ["c d"]}}}}', 'expected the end of the expression, found "d"'),
        ("", "no JSON value: the text is empty"),
    ],
)
def test_problems(text: str, message: str) -> None:
    assert any(message in each for each in messages(read(text)))


def test_null_is_no_block() -> None:
    file = read({"resource": None, "data": {"a": {"b": None}}})
    assert messages(file) == []
    assert outline(file.body) == []


def test_positions_of_embedded_json() -> None:
    source = Source("README.md", '```json\n{"locals": {"a": "${b.c}"}}\n```\n')
    file = hcl.parse_json(Text.of(source).cut(8, 38))
    (reference,) = [each for each in walk(file.body) if isinstance(each, GetAttr)]
    assert file.span(reference).text == "b.c"
    assert file.span(reference).line == 2


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('ab."\\ \n\té$%{}[]()1\u2028'), max_size=20), st.booleans())
def test_strings_agree_with_native_templates(characters: str, ascii_only: bool) -> None:
    text = json.dumps({"locals": {"a": characters}}, ensure_ascii=ascii_only)
    file = read(text)
    (attribute,) = file.body.blocks[0].body.attributes
    node, problems = hcl.parse_template(text_of(characters))
    if problems:
        assert [each.message for each in problems] == messages(file)
    else:
        assert shape(attribute.value) == shape(node)
    for each in walk(file.body):
        assert 0 <= each.start <= each.end <= len(text)
        if isinstance(each, (Name, Number)):
            assert file.span(each).text == (each.name if isinstance(each, Name) else each.text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.booleans())
def test_plain_strings_are_decoded(characters: str, ascii_only: bool) -> None:
    file = read(json.dumps({"locals": {"a": characters.replace("{", "")}}, ensure_ascii=ascii_only))
    (attribute,) = file.body.blocks[0].body.attributes
    assert isinstance(attribute.value, String)
    expected = characters.replace("{", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert attribute.value.value == expected


def test_deep_templates_in_deep_json() -> None:
    text = '{"locals": {"a": ' + "[" * 60 + '"${' + "(" * 60 + 'a}"' + "]" * 60 + "}}"
    assert "nested more than 100 levels deep" in messages(read(text))
    assert expression("(" * 60 + "a" + ")" * 60)
