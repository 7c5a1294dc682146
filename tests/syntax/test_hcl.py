"""HCL: what each construct becomes, what is refused, and where everything stands."""

import pytest
from hcl_shapes import expression, messages, outline, parse, shape, text_of, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context, terraform
from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import Attribute, Call, GetAttr, Name, Number, String


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        ("a || b && c == d < e + f * !g", "(|| a (&& b (== c (< d (+ e (* f (! g)))))))"),
        ("a * b + c < d == e && f || g", "(|| (&& (== (< (+ (* a b) c) d) e) f) g)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a == b != c", "(!= (== a b) c)"),
        ("a-b", "a-b"),
        ("a -b", "(- a b)"),
        ("-a.b + 1", "(+ (- a.b) 1)"),
        ("--1", "(- (- 1))"),
        ("!a[0]", "(! a[0])"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("a ? b ? c : d : e", "(? a (? b c d) e)"),
        ("a || b ? c + 1 : d", "(? (|| a b) (+ c 1) d)"),
        ("(a + b) * c", "(* <(+ a b)> c)"),
        ("10 % 3 / 2", "(/ (% 10 3) 2)"),
        ("1.5e+3", "1.5e+3"),
        ("true", "true"),
        ("null", "null"),
        ("truely", "truely"),
        ("data.x.y.z", "data.x.y.z"),
        ("a.0.b", "a[0].b"),
        ('a["b"].c[d.e]', "a['b'].c[d.e]"),
        ("a[*].b[0].c", "(splat a @.b[0].c)"),
        ("a[*].b[*].c", "(splat a (splat @.b @.c))"),
        ("a.*.b.0.c[0].d", "(attrsplat a @.b[0].c)[0].d"),
        ("a.*", "(attrsplat a @)"),
        ("f()", "f()"),
        ("f(a, [b], c...)", "f(a, [b], c...)"),
        ("f(a,)", "f(a)"),
        ("provider::aws::arn_parse(x).y", "provider::aws::arn_parse(x).y"),
        ("[1, 2,\n 3,]", "[1, 2, 3]"),
        ("[]", "[]"),
        ("{}", "{}"),
        ('{a = 1, "b" : 2\n (c) = 3\n 4 = d.e, "f${g}" = 5\n true = 6}', None),
        ("{a = {b = [{c = 1}]}}", "{'a': {'b': [{'c': 1}]}}"),
        ("{\n a = 1 # x\n /* y */ b = 2, // z\n}", "{'a': 1, 'b': 2}"),
        ("[for v in c : v.x if v.y]", "[for None,v c: v.x if v.y]"),
        ("[for k, v in c : k]", "[for k,v c: k]"),
        ("{for k, v in c : k => v... if v}", "{for k,v c: k=>v... if v}"),
        ("{\nfor v in\n c : v\n => 1\n}", "{for None,v c: v=>1}"),
        ('"plain"', "'plain'"),
        ('"a ${b.c} d"', "t('a ' $b.c ' d')"),
        ('"${a}"', "t($a)"),
        ('"${ {a = "}"}["a"] }"', "t(${'a': '}'}['a'])"),
        ('"${"${"${a}"}"}"', "t($t($t($a)))"),
        ('"${\na\n}"', "t($a)"),
        ("(a\n + b)", "<(+ a b)>"),
        ("π.σ", "π.σ"),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_expressions(text: str, expected: str | None) -> None:
    if expected is None:
        expected = "{'a': 1, 'b': 2, <c>: 3, 4: d.e, t('f' $g): 5, 'true': 6}"
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\n\r\t\"\\"', '\n\r\t"\\'),
        (r'"é\U0001F600"', "é\U0001f600"),
        ('"$${a} %%{b}"', "${a} %{b}"),
        ('"$$${a}"', "$${a}"),
        ('"$ $$ % %% 100%"', "$ $$ % %% 100%"),
        ('"$"', "$"),
        ("<<E\na\n  b\nE\n", "a\n  b\n"),
        ("<<E\nE\n", ""),
        ("<<E\na\n  E  \n", "a\n"),
        ("<<E\nEE\n E E\nE\n", "EE\n E E\n"),
        ('<<E\n"a" \\n $${b}\nE\n', '"a" \\n ${b}\n'),
        ("<<E\r\na\r\nE\r\n", "a\r\n"),
        ("<<-E\n    a\n      b\n   E\n", "a\n  b\n"),
        ("<<-E\n    a\n\n  b\n  E\n", "  a\n\nb\n"),
        ("<<-E\n    a\n  \n    b\n  E\n", "a\n  \nb\n"),
        ("<<-E\n\ta\n\t\tb\n  E\n", "a\n\tb\n"),
        ("<<-é-1\n  a\n  é-1\n", "a\n"),
    ],
)
def test_values_of_strings(text: str, value: str) -> None:
    (attribute,) = parse(f"a = {text}").body.attributes
    assert isinstance(attribute.value, String)
    assert attribute.value.value == value
    assert attribute.value.heredoc == text.startswith("<<")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a  ${~ b ~}  c"', "t('a' $b 'c')"),
        ('"%{ if a }b%{ else }c%{ endif }d"', "t(if(a, 'b', 'c') 'd')"),
        ('"%{ if a ~} b %{~ endif ~} c"', "t(if(a, 'b', ) 'c')"),
        ('"%{ for v in c }${v},%{ endfor }"', "t(for(None, v, c, $v ','))"),
        ('"%{ for k, v in c }%{ if k }x%{ endif }%{ endfor }"', "t(for(k, v, c, if(k, 'x', )))"),
        ("<<E\n%{ for v in c ~}\n  ${v}\n%{ endfor ~}\nE\n", "t(for(None, v, c, '  ' $v '\\n'))"),
        ("<<-E\n  a ${b}\n    c\n  E\n", "t('a ' $b '\\n  c\\n')"),
        ("<<-E\n    ${a}\n  b\n  E\n", "t('  ' $a '\\nb\\n')"),
        ("<<E\n${a}E\nE\n", "t($a 'E\\n')"),
        ("<<E\n${<<E\nb\nE\n}\nE\n", "t($'b\\n' '\\n')"),
    ],
)
def test_templates(text: str, expected: str) -> None:
    file = parse(f"a = {text}")
    assert messages(file) == []
    assert shape(file.body.attributes[0].value) == expected


def test_a_template_file() -> None:
    node, problems = hcl.parse_template(text_of('#!/bin/sh\necho "${name}"\n%{ if x ~}\n  y\n%{ endif ~}\n'))
    assert problems == []
    assert shape(node) == "t('#!/bin/sh\\necho \"' $name '\"\\n' if(x, 'y\\n', ))"
    node, problems = hcl.parse_template(text_of("a ${b"))
    assert isinstance(node, String)
    assert len(problems) == 1


def test_bodies() -> None:
    file = parse(
        'resource "aws_vpc" main {\n  a = 1\n  b { c = 2 }\n  d {}\n  e {\n    f = g.h\n  }\n}\n\nlocals {\n}\nx = 1'
    )
    assert messages(file) == []
    assert outline(file.body) == [
        ["resource aws_vpc main", "a=1", ["b", "c=2"], ["d"], ["e", "f=g.h"]],
        ["locals"],
        "x=1",
    ]
    block = file.body.blocks[0]
    assert file.text.text[block.start : block.header_end] == 'resource "aws_vpc" main'
    assert [file.span(label).text for label in block.labels] == ['"aws_vpc"', "main"]
    assert file.span(block.body).text[0] + file.span(block.body).text[-1] == "{}"


def test_an_attribute_ends_with_its_value_and_names_its_name() -> None:
    file = parse("a = 1 # c\nb   =   [\n  1,\n]\nc = <<E\nx\nE\n")
    assert [file.span(each).text for each in file.body.attributes] == ["a = 1", "b   =   [\n  1,\n]", "c = <<E\nx\nE"]
    assert [file.text.text[each.start : each.name_end] for each in file.body.attributes] == ["a", "b", "c"]


def test_comments_are_kept_without_their_markers() -> None:
    file = parse('# one\na = 1 // two\n/* three\n   four */ b = [ # five\r\n  1, /* six */\n]\nc = "# no"\n#\n')
    assert messages(file) == []
    assert [each.text for each in file.comments] == ["one", "two", "three\n   four", "five", "six", ""]
    assert [each.span.text for each in file.comments][3:] == ["# five", "/* six */", "#"]


def test_comments_between_any_two_tokens() -> None:
    file = parse('/* 1 */ a /* 2 */ = /* 3 */ 1 /* 4 */\nb /* 5 */ "c" /* 6 */ { /* 7 */\n d = 2\n} /* 8 */\n')
    assert messages(file) == []
    assert outline(file.body) == ["a=1", ["b c", "d=2"]]
    assert len(file.comments) == 8


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_breaks_and_byte_order_marks(break_: str, end: str, start: str) -> None:
    text = break_.join(["a {", '  b = "c"', "  d = [", "    1,", "  ]", "}", "e = f"])
    file = parse(start + text + end.replace("\n", break_))
    assert messages(file) == []
    assert outline(file.body) == [["a", "b='c'", "d=[1]"], "e=f"]


@pytest.mark.parametrize(
    ("text", "message", "token"),
    [
        ("a = 1\na = 2", '"a" is already set in this block', "a"),
        ("b {\n  a = 1\n  a = 2\n}", '"a" is already set in this block', "a"),
        ("a = 1 b = 2", 'expected a line break after the value of "a", found "b"', "b"),
        ("a {} b {}", 'expected a line break after the block, found "b"', "b"),
        ('a = "\\q"', 'invalid escape "\\q"', "\\q"),
        ('a = "\\u12"', 'invalid escape "\\u"', "\\u"),
        ('a = "\\ud83d"', 'invalid escape "\\ud83d"', "\\ud83d"),
        ("a = 10.0.0.0/16", '"10.0.0.0" is not a number', "10.0.0.0"),
        ("a = 1e", 'expected a line break after the value of "a", found "e"', "e"),
        ("a = b.0.1", "an index after an index needs brackets", "0.1"),
        ("a = b.*.*", "a splat inside of a splat", "*"),
        ("a = <<E\nb\nE", "no line break after the end of the heredoc", "E"),
        ("a = <<E \nb\nE\n", "blanks after a heredoc's tag", " "),
        ("a = <<E\nb\n", 'heredoc is not closed by "E"', "<<E\n"),
        ("a = 1 /* b", "comment is not closed", "/*"),
        ("a = 1\n/* b\n", "comment is not closed", "/*"),
        ("a = 1\n\r", 'expected an argument or a block, found "\\x0d"', "\r"),
        ('a = "%{ if b }c"', '"if" directive is not closed', "%{ if b }"),
        ('a = "%{ endfor }"', '"endfor" has no directive that it belongs to', "%{ endfor }"),
        ('a = "%{ while b }"', '"while" is no template directive', "while"),
        ('a "b${c}" {\n}', "a label holds no template", '"b${c}"'),
        ("a { b = 1, c = 2 }", "a block on one line holds one argument and nothing else", ","),
        ("a {\n", 'block "a" is not closed', "a"),
        ("}\n", '"}" closes nothing', "}"),
        ("a b\n", 'expected "=" or "{", found the end of the line', "\n"),
        ("a : 1\n", 'expected "=" after the name, found ":"', ":"),
        ('"a" = 1\n', "an argument's name stands without quotes", '"a"'),
        ("a = 'b'", 'expected a value, found "\'"', "'"),
        ("a = “b”", 'expected a value, found "“"', "“"),
        ("a = [1 2]", 'expected "]" or a comma in the list, found "2"', "2"),
        ("a = {b = 1 c = 2}", 'expected "}", a comma or a line break in the object, found "c"', "c"),
        ("a = {b}", 'expected "=" after the key of the object, found "}"', "}"),
        ("a = f(1..., 2)", 'expected ")" after the arguments of "f", found ","', ","),
        ("a = b ? c", 'expected ":" in the conditional, found the end of the file', ""),
        ("a = [for b in c : d => e]", 'expected "]" after the for expression, found "=>"', "=>"),
        ("a = {for b in c : d}", 'expected "=>" after the key of the for expression, found "}"', "}"),
        ("a = b::c", 'expected "(" after "b::c", found the end of the file', ""),
    ],
)
def test_what_is_refused(text: str, message: str, token: str) -> None:
    problems = parse(text).problems
    assert message in [problem.message for problem in problems]
    assert [problem.span.text for problem in problems if problem.message == message] == [token]


def test_a_problem_tells_what_to_do() -> None:
    (problem,) = parse('a = "\\q"').problems
    assert problem.next_step


def test_an_expression_ends_where_its_text_ends() -> None:
    node, problems = hcl.parse_expression(text_of("a b"))
    assert shape(node) == "Bad"
    assert [problem.message for problem in problems] == ['expected the end of the expression, found "b"']


def test_positions_of_embedded_text() -> None:
    source = Source("README.md", "```hcl\na = b.c\n```\n")
    file = hcl.parse(Text.of(source).cut(7, 14))
    value = file.body.attributes[0].value
    assert file.span(value).text == "b.c"
    assert file.span(value).line == 2


def test_the_parser_module_takes_both_syntaxes() -> None:
    context = Context(Environments())
    native = terraform.parse(text_of("a = 1 # x\nb ="), context)
    assert len(native.problems) == 1
    assert [each.text for each in native.comments] == ["x"]
    for path in ("main.tf.json", "guide.md"):
        parsed = terraform.parse(text_of('{"locals": {"a": "${b}"}}', path), context)
        assert outline(parsed.hcl.body) == [["locals", "a=t($b)"]]
    assert terraform.parse(text_of('{"locals": {}}'), context).problems


NAMES = st.sampled_from(["a", "b-c", "_d", "var", "é"])
LEAVES = st.one_of(
    NAMES,
    st.integers(0, 10**20).map(str),
    st.sampled_from(["true", "null", '"x"', '"a${b}c"', '"\\n$${x}"', "<<E\n x ${y}\nE\n", "<<-E\n  x\n  E\n"]),
)


def _compound(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "&&", "==", "<", "%"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: "{" + "\n".join(f"k = {each}" for each in items) + "}"),
        st.tuples(NAMES, inner).map(lambda t: f"{t[0]}({t[1]})"),
        inner.map(lambda each: f'"<${{{each}}}>"'),
        inner.map(lambda each: f"[for x in {each} : x]"),
        NAMES.map(lambda each: f"{each}.b[*].c"),
    )


EXPRESSIONS = st.recursive(LEAVES, _compound, max_leaves=12)


@settings(max_examples=120, deadline=None)
@given(EXPRESSIONS)
def test_every_node_spans_its_own_text(text: str) -> None:
    file = parse(f"block {{\n  a = {text}\n}}\n")
    assert messages(file) == []
    attribute = file.body.blocks[0].body.attributes[0]
    for node in walk(attribute):
        span = file.span(node).text
        assert attribute.start <= node.start <= node.end <= attribute.end
        if isinstance(node, Name):
            assert span == node.name
        elif isinstance(node, Number):
            assert span == node.text
        elif isinstance(node, GetAttr):
            assert span.endswith(f".{node.name}") or span == f"[*].{node.name}"
        elif isinstance(node, Call):
            assert span.startswith(f"{node.name}(") and span.endswith(")")
        elif isinstance(node, Attribute):
            assert span.startswith("a = ")


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_reads_alike_alone_and_in_a_file(text: str) -> None:
    file = parse(f"a = {text}\n")
    node, problems = hcl.parse_expression(text_of(text))
    assert problems == []
    assert shape(node) == shape(file.body.attributes[0].value)
