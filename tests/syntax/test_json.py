"""JSON with positions: agreement with the standard library, exact spans, and what is still read after a mistake."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax.json import DEPTH_LIMIT, content, parse
from depcheck.values import Absent, Known, Unknown, Value, plain


def read(text: str, **options):
    return parse(Text.of(Source("a.json", text)), **options)


def messages(text: str, **options) -> list[str]:
    return [problem.message for problem in read(text, **options).problems]


def every(value: Value):
    yield value
    if isinstance(value, Known):
        inner = value.value
        for each in inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ():
            yield from every(each)


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_agrees_with_the_standard_library(document, indent, ascii_only):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    file = read(text)
    assert not file.problems
    expected = json.loads(text)
    assert _comparable(plain(file.root, depth=200)) == _comparable(expected)


def _comparable(document: object) -> object:
    """Types told apart (1, 1.0 and true are equal in Python), halves of surrogate pairs replaced."""
    if isinstance(document, dict):
        return {_comparable(key): _comparable(value) for key, value in document.items()}
    if isinstance(document, list):
        return [_comparable(each) for each in document]
    if isinstance(document, str):
        return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in document)
    return (type(document).__name__, document)


@settings(max_examples=100, deadline=None)
@given(documents, st.sampled_from([None, 2]))
def test_each_span_is_the_token_that_was_read(document, indent):
    text = json.dumps(document, indent=indent)
    for value in every(read(text).root):
        assert isinstance(value, Known)
        again = json.loads(value.span.text)
        assert _comparable(again) == _comparable(plain(value, depth=200))
    root = read(text).root
    for owner in every(root):
        for name, value in owner.items():
            assert value.key is not None
            assert _comparable(json.loads(value.key.text)) == _comparable(name)


FRAGMENTS = [*"\"{}[]:,\n-'aé\\", "true", "1e5", "//", "/*", "*/", "\\u12"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=40).map("".join), st.booleans())
@example('{"a": [1,2}, "b":3}', False)
@example("[" * 5000, False)
@example('{"a":' * 3000 + "1", True)
@example('"\\', False)
@example("{'", False)
@example("[\x00", True)
def test_no_text_raises_and_spans_stay_inside(text, lenient):
    file = read(text, lenient=lenient)
    for value in every(file.root):
        assert 0 <= value.span.start <= value.span.end <= len(text)
        if isinstance(value, Known) and isinstance(value.value, str):
            inside = content(value, Text.of(Source("a.json", text)))
            if inside is not None and not file.problems:
                assert inside.text == value.value
    for problem in file.problems:
        assert problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_a_text_without_problems_is_valid_json(text):
    file = read(text)
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        assert file.problems
    else:
        # The standard library is silent about a key that is given twice.
        assert all("twice" in problem.message for problem in file.problems)


@pytest.mark.parametrize(
    ("text", "expected", "problems"),
    [
        ('{"a":1,"a":2}', {"a": 2}, ['key "a" is given twice, first on line 1']),
        ('{"a":1,}', {"a": 1}, ["comma before }"]),
        ("[1,2,,3]", [1, 2, 3], ["nothing before ,"]),
        ("[1 2]", [1, 2], ["no comma before 2"]),
        ('{"a":1 "b":2}', {"a": 1, "b": 2}, ['no comma before "b"']),
        ('{"a" 1, "b": 2}', {"a": 1, "b": 2}, ['no : after the key "a"']),
        ('{"a" = 1}', {"a": 1}, ["= after a key"]),
        ("{a: 1, 'b': 2}", {"a": 1, "b": 2}, ["key a is not in double quotes", "key 'b' is not in double quotes"]),
        ("[True, 'x']", [True, "x"], ["True is not JSON", "'x' is not in double quotes"]),
        ('{"a": {"b": 1, "c": 2', {"a": {"b": 1, "c": 2}}, ["{ is not closed", "{ is not closed"]),
        ('{"a": [1, 2}', {"a": [1, 2]}, ["expected ], found }"]),
        ('{"a": 1}}', {"a": 1}, ["} after the end of the JSON value"]),
        ('{"a": "b,\n"c": "d"}', {"a": "b", "c": "d"}, ['string "b is not closed']),
        ('{"a": "x\ty"}', {"a": "x\ty"}, ["tab inside a string"]),
        ('["\\q"]', ["\\q"], ["\\q is no escape"]),
        ('<<<<<<< HEAD\n{"a": 1}', {"a": 1}, ["expected a value, found <<<<<<< HEAD"]),
        ('{"a":}', {"a": {"unknown": "its value is missing"}}, ["expected a value, found }"]),
        ("[01]", [{"unknown": "01 is not a JSON value"}], ["01 is not a JSON value"]),
        ("[1e999]", [{"unknown": "the number 1e999 is out of range"}], ["number 1e999 is out of range"]),
        ("# x\n[]", [], ["comment # x in JSON"]),
        ("[] /* x", [], ["comment is not closed"]),
    ],
)
def test_a_mistake_is_told_and_the_rest_is_read(text, expected, problems):
    file = read(text)
    assert plain(file.root) == expected
    assert [problem.message for problem in file.problems] == problems


def test_a_merge_conflict_leaves_the_members_around_it():
    file = read('{"a": 1,\n<<<<<<< HEAD\n"b": 2,\n=======\n"b": 3,\n>>>>>>> x\n"c": 4}')
    assert plain(file.root) == {"a": 1, "b": 3, "c": 4}
    assert "expected a key, found <<<<<<< HEAD" in [problem.message for problem in file.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{\n  "a": {\n    "b": 1,\n  "c": 2\n}', {"a": {"b": 1}, "c": 2}),
        ('{\n  "a": {\n    "b": 1\n  ,\n  "c": [\n    1\n  ]\n}', {"a": {"b": 1}, "c": [1]}),
        ('{\n  "a": [\n    {"b": 1},\n    {"b": 2}\n  ,\n  "c": 2\n}', {"a": [{"b": 1}, {"b": 2}], "c": 2}),
        ('{\n  "a": {\n    "b": {\n      "c": 1\n  }\n}', {"a": {"b": {"c": 1}}}),
        ('{\n  "a": \n    "b": 1\n  },\n  "c": 2\n}', {"a": {"b": 1}, "c": 2}),
        (
            '{"a": [ "Sid": "x", "Effect": "Allow"}, {"Sid": "y"}]}',
            {"a": [{"Sid": "x", "Effect": "Allow"}, {"Sid": "y"}]},
        ),
    ],
)
def test_a_bracket_that_is_missing_costs_nothing_else(text, expected):
    file = read(text)
    assert plain(file.root) == expected
    assert file.problems


def test_indentation_means_nothing_in_valid_json():
    text = '{\n"a": {\n"b": [\n1,\n 2]},\n    "c":\n 3}'
    assert plain(read(text).root) == {"a": {"b": [1, 2]}, "c": 3}
    assert not messages(text)


def test_lenient_accepts_comments_and_trailing_commas_and_keeps_the_comments():
    text = '// depcheck: ignore x\n{"a": 1, /* why */ "b": [1,],}'
    file = read(text, lenient=True)
    assert plain(file.root) == {"a": 1, "b": [1]}
    assert not file.problems
    assert [(comment.text, comment.span.text) for comment in file.comments] == [
        ("depcheck: ignore x", "// depcheck: ignore x"),
        ("why", "/* why */"),
    ]
    assert messages(text) == [
        "comment // depcheck: ignore x in JSON",
        "comment /* why */ in JSON",
        "comma before ]",
        "comma before }",
    ]


def test_empty_text_is_absent():
    file = read(" \n")
    assert isinstance(file.root, Absent)
    assert file.problems[0].message == "no JSON value: the text is empty"


def test_depth_is_capped_and_what_follows_is_read():
    deep = "[" * 300 + "]" * 300
    file = read(f'{{"a": {deep}, "b": 2}}')
    assert plain(file.root.get("b")) == 2
    assert [problem.message for problem in file.problems] == [f"nested deeper than {DEPTH_LIMIT} levels"]
    assert any(isinstance(value, Unknown) for value in every(file.root))


def test_integers_longer_than_python_converts_are_unknown():
    root = read("[" + "9" * 5000 + ", 5]").root
    assert isinstance(root.get(0), Unknown)
    assert plain(root.get(1)) == 5


def test_half_a_surrogate_pair_can_be_encoded():
    root = read('"\\ud83d\\ude00 \\ud800 \\udc00"').root
    assert isinstance(root, Known) and root.value == "😀 \ufffd \ufffd"


def test_content_of_a_string_keeps_places_through_escapes():
    source = Source("a.json", '{"policy": "{\\"Action\\": \\"s3:*\\",\\n \\u0022Effect\\u0022: \\"Allow\\"}"}')
    text = Text.of(source)
    policy = parse(text).root.get("policy")
    assert isinstance(policy, Known)
    inner = content(policy, text)
    assert inner is not None and inner.text == policy.value
    tree = parse(inner).root
    action, effect = tree.get("Action"), tree.get("Effect")
    assert action.span.text == '\\"s3:*\\"'
    assert effect.key is not None and effect.key.text == "\\u0022Effect\\u0022"
    assert effect.span.text == '\\"Allow\\"'


def test_content_of_a_string_inside_a_string_inside_a_string():
    innermost = json.dumps({"Effect": "Allow", "Action": ["a", "b"]})
    outer = json.dumps({"x": json.dumps({"y": innermost})}, indent=1)
    text = Text.of(Source("a.json", outer))
    for key in ("x", "y"):
        value = parse(text).root.get(key)
        assert isinstance(value, Known)
        inner = content(value, text)
        assert inner is not None
        text = inner
    action = parse(text).root.get("Action", 1)
    assert action.span.text.strip("\\") == '"b\\\\\\"'.strip("\\")
    assert outer[action.span.start : action.span.end] == action.span.text


def test_holes_make_strings_and_values_unknown():
    source = Source("a.json", '{"a": "arn:\ue000/*", "b": \ue001, "c": "x", "d": [\ue000, "\ue001"]}')
    span = source.span(0, 0)
    holes = {"\ue000": Unknown("var.a has no value", span), "\ue001": Unknown("var.b has no value", span)}
    file = parse(Text.of(source), holes=holes)
    assert not file.problems
    assert plain(file.root) == {
        "a": {"unknown": "var.a has no value"},
        "b": {"unknown": "var.b has no value"},
        "c": "x",
        "d": [{"unknown": "var.a has no value"}, {"unknown": "var.b has no value"}],
    }
    assert file.root.get("a").span.text == '"arn:\ue000/*"'
    assert [value.outline for _, value in file.root.items() if isinstance(value, Unknown)] == ["arn:\ufffc/*", None]


def test_problems_are_limited():
    assert len(messages("[" + "x " * 200 + "]")) == 50
    found = messages("[" + "x " * 2000 + "]")
    assert len(found) == 51 and found[-1] == "too many mistakes to read on"


def test_places_are_those_of_the_file_for_a_part_of_it():
    source = Source("a.md", 'before\n{"a": [true]}\nafter')
    root = parse(Text.of(source).cut(7, 20)).root
    assert root.get("a", 0).span.text == "true"
    assert (root.get("a", 0).span.line, root.get("a", 0).span.column) == (2, 8)
