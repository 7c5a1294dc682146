"""YAML: types of the 1.2 core schema, places, aliases and merge keys, comments, and what stands after an error."""

from __future__ import annotations

import math
import sys

import pytest

from depcheck.source import Source, Text
from depcheck.syntax import yaml
from depcheck.values import Absent, Known, Unknown, Value, plain, string


def read(content: str, **options: yaml.Tags) -> yaml.YamlFile:
    return yaml.parse(Text.of(Source("file.yml", content)), **options)


def data(content: str) -> object:
    file = read(content)
    assert [problem.message for problem in file.problems] == []
    return plain(file.root)


def known(value: Value) -> Known:
    assert isinstance(value, Known)
    return value


TYPES = [
    ("on", "on"),
    ("yes", "yes"),
    ("off", "off"),
    ("y", "y"),
    ("True", True),
    ("false", False),
    ("tRUE", "tRUE"),
    ("null", None),
    ("~", None),
    ("", None),
    ("12", 12),
    ("-7", -7),
    ("+1", 1),
    ("012", 12),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("22:30", "22:30"),
    ("2024-01-01", "2024-01-01"),
    ("1.5", 1.5),
    ("3.10", 3.1),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("1.", 1.0),
    (".inf", math.inf),
    ("-.INF", -math.inf),
    ("1.2.3", "1.2.3"),
    (".", "."),
    ("'12'", "12"),
    ('"true"', "true"),
    ("!!str 12", "12"),
    ('!!int "12"', 12),
    ("!!float 3", 3.0),
    ("!own 12", "12"),
    ("9" * 200, "9" * 200),
]


@pytest.mark.parametrize(("written", "value"), TYPES)
def test_a_scalar_has_the_type_of_the_core_schema(written: str, value: object) -> None:
    assert data(f"a: {written}\n") == {"a": value}


def test_not_a_number() -> None:
    value = known(read("a: .nan\n").root.get("a")).value
    assert isinstance(value, float)
    assert math.isnan(value)


def test_integers_and_floats_differ() -> None:
    root = read("a: 1\nb: 1.0\n").root
    assert type(known(root.get("a")).value) is int
    assert type(known(root.get("b")).value) is float


KEYS = [
    ("on: 1", ["on"]),
    ("true: 1", ["true"]),
    ("1: a\n2.0: b", ["1", "2.0"]),
    ("~: a", ["~"]),
    ('"a b": 1', ["a b"]),
    ("? x\n: 1", ["x"]),
    ("&k key: 1", ["key"]),
    ("a: &n name\n*n : 1", ["a", "name"]),
]


@pytest.mark.parametrize(("content", "keys"), KEYS)
def test_keys_are_what_is_written(content: str, keys: list[str]) -> None:
    root = known(read(content).root)
    assert [name for name, _ in root.items()] == keys


PLACES = [
    ("a: foo # c\n", ("a",), "foo", "a"),
    ("a: 'it''s'\n", ("a",), "'it''s'", "a"),
    ('"k": "v"\n', ("k",), '"v"', '"k"'),
    ("a: |\n  x\n   y\n\n\nb: 1\n", ("a",), "|\n  x\n   y", "a"),
    ("a: >-  # folded\n  x\n  y\nb: 1\n", ("a",), ">-  # folded\n  x\n  y", "a"),
    ("a:\n  b: 1\n  c: 2\n\n# end\nd: 3\n", ("a",), "b: 1\n  c: 2", "a"),
    ("a:\n- x\n- y: 1\n\nb: 2\n", ("a",), "- x\n- y: 1", "a"),
    ("a: [x, {y: 1}] # c\n", ("a",), "[x, {y: 1}]", "a"),
    ("a: [x, {y: 1}]\n", ("a", 1), "{y: 1}", None),
    ("a: [b: c, d]\n", ("a", 0), "b: c", None),
    ("a: &x !t foo\n", ("a",), "foo", "a"),
    ("a: &x\n  # why\n  k: v\n", ("a",), "k: v", "a"),
    ("a: !t [1]\n", ("a",), "[1]", "a"),
    ("a:\nb: 1\n", ("a",), "", "a"),
    ("a: &x\nb: 1\n", ("a",), "", "a"),
    ("\ufeffa: é😀\r\nb: c\r\n", ("b",), "c", "b"),
    ("a: x\u2028y\x85z\nb: c\n", ("b",), "c", "b"),
    ("a: plain\n  over lines\nb: 1\n", ("a",), "plain\n  over lines", "a"),
    ("a:\r\n  - b: |\r\n      x\r\n    c: d\r\n", ("a", 0, "c"), "d", "c"),
    ('{"a": {"b": [1,\t2]}}', ("a", "b", 1), "2", None),
]


@pytest.mark.parametrize(("content", "path", "span", "key"), PLACES)
def test_a_value_knows_its_place(content: str, path: tuple[str | int, ...], span: str, key: str | None) -> None:
    value = read(content).root.get(*path)
    assert isinstance(value, Known)
    assert value.span.text == span
    assert (value.key.text if value.key else None) == key


def test_lines_and_columns() -> None:
    value = read("a:\r\n  - b: 'é'\r\n    c: x\r\n").root.get("a", 0, "c")
    assert (value.span.line, value.span.column) == (3, 8)


def test_an_empty_value_stands_after_its_colon() -> None:
    value = read("on:\n  push:\njobs: 1\n").root.get("on", "push")
    assert isinstance(value, Known)
    assert value.value is None
    assert (value.span.start, value.span.end) == (11, 11)


def test_plain_scalars_are_told_from_quoted_ones() -> None:
    root = read("a: true\nb: 'true'\nc: \"true\"\nd: |\n  true\ne: &x true\n").root
    assert [yaml.is_plain(root.get(key)) for key in "abcde"] == [True, False, False, False, True]


def test_documents() -> None:
    file = read("--- a\n--- {b: 1}\n...\n---\n- c\n")
    assert [plain(each) for each in (file.root, *file.further)] == ["a", {"b": 1}, ["c"]]


@pytest.mark.parametrize("content", ["", "\n", "# only\n", "\ufeff"])
def test_nothing(content: str) -> None:
    file = read(content)
    assert isinstance(file.root, Absent)
    assert file.problems == []


def test_a_duplicate_key_is_told_and_the_last_one_counts() -> None:
    file = read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert plain(file.root) == {"a": 3, "b": {"c": 2}}
    assert [(problem.span.text, problem.span.line) for problem in file.problems] == [("c", 4), ("a", 5)]
    assert file.problems[0].message == 'the key "c" is given again, first in line 3'


class TestAliases:
    def test_share_content_and_say_where_they_are(self) -> None:
        root = read("a: &x [1, 2]\nb: *x\n").root
        first, second = known(root.get("a")), known(root.get("b"))
        assert second.value is first.value
        assert second.span == first.span
        assert second.key is not None and second.key.text == "b"
        assert [(step.words, step.span.text if step.span else "") for step in second.via] == [("alias *x", "*x")]

    def test_take_the_nearest_anchor_before(self) -> None:
        assert data("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}

    def test_do_not_reach_into_another_document(self) -> None:
        file = read("a: &x 1\n---\nb: *x\n")
        assert [problem.span.text for problem in file.problems] == ["*x"]
        assert isinstance(file.further[0].get("b"), Unknown)

    def test_without_an_anchor_are_a_problem(self) -> None:
        file = read("a: *x\nb: 1\n")
        assert isinstance(file.root.get("a"), Unknown)
        assert known(file.root.get("b")).value == 1
        assert file.problems[0].message == "the alias *x has no anchor before it"

    @pytest.mark.parametrize("content", ["a: &x [*x]\n", "a: &x {b: {c: *x}}\n", "&x a: &y\n  <<: *y\n", "&x [[*x]]"])
    def test_inside_their_own_anchor_are_a_problem(self, content: str) -> None:
        file = read(content)
        assert len(file.problems) == 1
        assert "stands inside its own anchor" in file.problems[0].message
        assert sys.getrecursionlimit() > len(repr(plain(file.root)))

    def test_cannot_make_a_document_grow_without_bound(self) -> None:
        lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
        file = read("\n".join(lines))
        assert any("too large" in problem.message for problem in file.problems)
        assert _nodes(file.root) < 500_000

    def test_cannot_make_a_document_deeper_than_is_read(self) -> None:
        content = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]\n" for n in range(1, 60))
        file = read(content)
        assert _depth(file.root) <= 102

    def test_merging_has_a_budget_too(self) -> None:
        base = "base: &b {" + ", ".join(f"k{n}: 1" for n in range(1000)) + "}\n"
        file = read(base + "".join(f"m{n}: {{<<: *b}}\n" for n in range(1000)))
        assert any("merge keys make the document too large" in problem.message for problem in file.problems)
        assert _nodes(file.root) < 500_000


def _nodes(value: Value) -> int:
    count, stack = 0, [value]
    while stack:
        item = stack.pop()
        count += 1
        if isinstance(item, Known) and isinstance(item.value, dict):
            stack.extend(item.value.values())
        elif isinstance(item, Known) and isinstance(item.value, list):
            stack.extend(item.value)
    return count


def _depth(value: Value) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(item, Known) and isinstance(item.value, dict):
            stack.extend((each, depth + 1) for each in item.value.values())
        elif isinstance(item, Known) and isinstance(item.value, list):
            stack.extend((each, depth + 1) for each in item.value)
    return deepest


MERGES = [
    ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", {"x": 1, "y": 3}),
    ("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\n", {"x": 1, "y": 3}),
    ("a: [&a {x: 1}, &c {x: 2, z: 4}]\nb: {<<: [*a, *c]}\n", {"x": 1, "z": 4}),
    ("a: 0\nb: {<<: {x: 1}}\n", {"x": 1}),
    ('a: 0\nb: {"<<": {x: 1}}\n', {"<<": {"x": 1}}),
    ("a: &a {x: 1}\nb:\n  <<: *a\n  <<: {q: 2}\n", {"x": 1, "q": 2}),
    ("a: &a {x: 1}\nm: &m {<<: *a, y: 2}\nb: {<<: *m}\n", {"x": 1, "y": 2}),
]


@pytest.mark.parametrize(("content", "merged"), MERGES)
def test_merge_keys(content: str, merged: object) -> None:
    assert plain(read(content).root.get("b")) == merged


def test_a_merged_value_says_where_it_was_merged() -> None:
    value = known(read("a: &a {x: 1}\nb:\n  <<: *a\n").root.get("b", "x"))
    assert value.span.line == 1
    assert value.key is not None and value.key.text == "x"
    assert [step.words for step in value.via] == ["<<"]
    assert value.via[0].span is not None and value.via[0].span.line == 3


def test_merging_something_else_is_a_problem() -> None:
    file = read("a: {<<: 5, x: 1}\n")
    assert plain(file.root) == {"a": {"x": 1}}
    assert [problem.message for problem in file.problems] == ["<< takes a map or a list of maps"]


def test_local_tags_go_to_the_caller() -> None:
    seen: list[tuple[str, object]] = []

    def tags(tag: str, value: Value) -> Value:
        seen.append((tag, plain(value)))
        return Known({tag.removeprefix("!"): value}, value.span)

    file = read("a: !Ref x\nb: !Sub [y, {z: !Ref 1}]\nc: !!str 1\nd: !If\n  - q\n", tags=tags)
    assert plain(file.root) == {
        "a": {"Ref": "x"},
        "b": {"Sub": ["y", {"z": {"Ref": "1"}}]},
        "c": "1",
        "d": {"If": ["q"]},
    }
    assert seen[0] == ("!Ref", "x")
    assert file.root.get("a").key is not None


COMMENTS = [
    ("# a\nb: c # d\n", ["a", "d"]),
    ("a: 'x # y'\nb: z#q\n", []),
    ("a: | # head\n  # body\n\n  x\n# after\nb: 1\n", ["head", "after"]),
    ("a: [x, # one\n  y] # two\n", ["one", "two"]),
    ('a: "x\n  # no\n  y" # yes\n', ["yes"]),
    ("a: b\n\t# tab\n", ["tab"]),
    ("a: !t#g x # c\n", ["c"]),
    ("- # first\n  a: b\n", ["first"]),
    ("#\n#x\r\n", ["", "x"]),
]


@pytest.mark.parametrize(("content", "comments"), COMMENTS)
def test_comments(content: str, comments: list[str]) -> None:
    file = read(content)
    assert [comment.text for comment in file.comments] == comments
    assert all(comment.span.text.startswith("#") for comment in file.comments)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_is_harmless(opening: str) -> None:
    file = read("x: 1\ny: " + opening * 100_000 if opening[0] in "[{" else opening * 100_000)
    assert any("nested deeper than 100 levels" in problem.message for problem in file.problems)
    assert _depth(file.root) <= 102


def test_what_is_not_too_deep_is_read() -> None:
    content = "a: " + "[" * 90 + "x" + "]" * 90
    assert read(content).problems == []


def test_characters_that_yaml_forbids_are_told_and_the_rest_is_read() -> None:
    file = read("a: x\x07y\nb: \x7f\nc: 1\n")
    assert known(file.root.get("c")).value == 1
    assert file.problems[0].message == "the character U+0007 is not allowed in YAML"
    assert file.problems[0].span.text == "\x07"


def test_a_lone_surrogate_is_harmless() -> None:
    file = read("a: \ud800\nb: 1\n")
    assert known(file.root.get("b")).value == 1
    assert file.problems


def test_line_breaks_of_yaml_1_1_are_characters() -> None:
    assert data("a: x\x85y\u2028z\n") == {"a": "x\x85y\u2028z"}


def test_text_inside_another_file_keeps_its_places() -> None:
    markdown = "- text\n\n  ```yaml\n  a:\n    b: |\n      x\n      y\n    c: [1,\n      2]\n  ```\n"
    source = Source("a.md", markdown)
    starts = [source.offset(line, 3) for line in range(4, 10)]
    text = Text.of(source).pick([(start, markdown.index("\n", start) + 1) for start in starts])
    file = yaml.parse(text)
    assert plain(file.root) == {"a": {"b": "x\ny\n", "c": [1, 2]}}
    assert file.root.get("a", "c", 1).span.text == "2"
    assert (file.root.get("a", "c", 1).span.line, file.root.get("a", "c", 1).span.column) == (9, 7)
    content = yaml.scalar_text(file.root.get("a", "b"), file)
    assert content.text == "x\ny\n"
    assert content.span(2, 3).text == "y"
    assert content.span(2, 3).line == 7


def test_json_is_yaml() -> None:
    assert data('{\n\t"a": [1, -2.5, true, null, "x\\n\\u00e9\\/"],\n\t"b": {}\n}\n') == {
        "a": [1, -2.5, True, None, "x\né/"],
        "b": {},
    }


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "\ufeffa: &x [1, 'q']\r\nb: *x\nc: |\n  t\nd: {e: f}\n--- 2\n"
    fast = read(content)
    monkeypatch.setattr("yaml.__with_libyaml__", False)
    assert not yaml.accelerated()
    slow = read(content)
    assert plain(fast.root) == plain(slow.root)
    assert fast.root.get("d", "e").span == slow.root.get("d", "e").span
    assert fast.root.get("c").span == slow.root.get("c").span
    assert len(slow.further) == 1


def test_values_of_keys_are_reached_by_path() -> None:
    assert string(read("a: [{b: c}]\n").root.get("a", 0, "b")) == "c"
