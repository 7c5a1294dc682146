"""Properties of YAML: nothing raises, every place is exact, and other parsers read the same."""

from __future__ import annotations

from typing import TypeAlias

import pytest
import yaml as pyyaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Span, Text
from depcheck.syntax import yaml
from depcheck.values import Known, Value, plain

Data: TypeAlias = "str | int | bool | list[Data] | dict[str, Data] | None"

MARKS = "ab0~ \n\t:-?[]{}#&*!|>'\"%@`,.\\é😀\r\ufeff\x85\u2028\x07"
NOISE = st.text(alphabet=MARKS, max_size=60)
PIECES = """a: 1|  b: 2|- x|  - y: z|c: >|    text|d: &q [1, 2]|e: *q|  <<: *q|f: 'open|g: "x"|h: {i: j|}|]|---|...
|# note|\tk: l|m: >-|  n: !Ref o|? p|: q|on: yes"""
LINES = st.lists(st.sampled_from(PIECES.split("|")), max_size=12).map("\n".join)
WORDS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff")
    | st.sampled_from("\n\t #:'\"-"),
    max_size=20,
)
TREES = st.recursive(
    WORDS | st.integers(-(10**12), 10**12) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
LETTERS = st.from_regex(r"[b-m]{1,5}", fullmatch=True)
#: With keys that are texts to everybody: here only keys that are texts exist.
TEXT_KEYS = st.recursive(
    WORDS | st.integers(-(10**12), 10**12) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)
STYLES = st.fixed_dictionaries(
    {
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "default_flow_style": st.booleans(),
        "width": st.sampled_from([5, 20, 80]),
        "indent": st.sampled_from([2, 4]),
        "allow_unicode": st.booleans(),
    }
)
COMMON = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(content: str) -> yaml.YamlFile:
    return yaml.parse(Text.of(Source("file.yml", content)))


def nodes(file: yaml.YamlFile) -> list[Value]:
    found: list[Value] = []
    stack = [file.root, *file.further]
    while stack:
        item = stack.pop()
        found.append(item)
        if isinstance(item, Known) and isinstance(item.value, dict):
            stack.extend(item.value.values())
        elif isinstance(item, Known) and isinstance(item.value, list):
            stack.extend(item.value)
    return found


def inside(span: Span, content: str) -> bool:
    return 0 <= span.start <= span.end <= len(content)


@COMMON
@given(NOISE | LINES)
def test_nothing_raises_and_every_place_is_in_the_file(content: str) -> None:
    file = read(content)
    for value in nodes(file):
        assert inside(value.span, content)
        assert value.key is None or inside(value.key, content)
        yaml.scalar_text(value, file)
        plain(value)
    for problem in file.problems:
        assert inside(problem.span, content)
        assert problem.message
    for comment in file.comments:
        assert comment.span.text[1:].strip() == comment.text


@COMMON
@given(NOISE | LINES)
def test_the_content_of_a_scalar_is_its_value(content: str) -> None:
    file = read(content)
    for value in nodes(file):
        if isinstance(value, Known) and not isinstance(value.value, (list, dict)):
            text = yaml.scalar_text(value, file)
            if isinstance(value.value, str):
                assert text.text == value.value
            else:
                assert text.text == value.span.text or not yaml.is_plain(value)


@COMMON
@given(TREES, STYLES)
def test_what_pyyaml_writes_is_read_as_it_reads_it(tree: Data, style: dict[str, object]) -> None:
    content = pyyaml.dump(tree, Dumper=pyyaml.SafeDumper, **style)  # type: ignore[call-overload]
    file = read(content)
    assert file.problems == []
    assert texts(file.root, file) == as_texts(pyyaml.load(content, Loader=pyyaml.BaseLoader))


def texts(value: Value, file: yaml.YamlFile) -> object:
    """A tree in which every scalar is its content: what types there are differs between YAML 1.1 and 1.2."""
    if isinstance(value, Known) and isinstance(value.value, dict):
        return {key: texts(item, file) for key, item in value.value.items()}
    if isinstance(value, Known) and isinstance(value.value, list):
        return [texts(item, file) for item in value.value]
    return yaml.scalar_text(value, file).text


def as_texts(data: object) -> object:
    if isinstance(data, dict):
        return {str(key): as_texts(item) for key, item in data.items()}
    if isinstance(data, list):
        return [as_texts(item) for item in data]
    return data


@COMMON
@given(st.dictionaries(LETTERS, TEXT_KEYS, max_size=4), STYLES)
def test_an_implementation_of_yaml_1_2_agrees_on_types(tree: dict[str, Data], style: dict[str, object]) -> None:
    yaml_rs = pytest.importorskip("yaml_rs")
    content = pyyaml.dump(tree, Dumper=pyyaml.SafeDumper, **style)  # type: ignore[call-overload]
    try:
        theirs = yaml_rs.loads(content, parse_datetime=False)
    except (yaml_rs.YAMLDecodeError, ValueError):
        assume(False)
    assert repr(plain(read(content).root)) == repr(theirs)


@COMMON
@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(0, 99), min_size=2, max_size=6),
    st.sampled_from(['"open', "'open", "[1, 2", "{a: 1", "@x", "b: c", "%x", "`y", "[a, {b: c}"]),
    st.data(),
)
def test_one_broken_entry_leaves_the_others(entries: dict[str, int], broken: str, data: st.DataObject) -> None:
    victim = data.draw(st.sampled_from(sorted(entries)))
    content = "".join(f"{key}: {broken if key == victim else value}\n" for key, value in entries.items())
    file = read(content)
    assert len(file.problems) == 1
    tree = plain(file.root)
    assert isinstance(tree, dict)
    assert {key: tree[key] for key in entries if key != victim} == {
        key: value for key, value in entries.items() if key != victim
    }


@COMMON
@given(TREES, STYLES, st.integers(0, 9))
def test_text_that_begins_later_in_its_source_has_later_places(tree: Data, style: dict[str, object], by: int) -> None:
    content = pyyaml.dump(tree, Dumper=pyyaml.SafeDumper, **style)  # type: ignore[call-overload]
    source = Source("file.yml", "#" * by + content)
    moved = yaml.parse(Text(source, content, base=by))
    here = read(content)
    assert [each.span.text for each in nodes(moved)] == [each.span.text for each in nodes(here)]
    pieced = yaml.parse(Text(source, content, pieces=[(0, by, by + len(content))]))
    assert [each.span for each in nodes(pieced)] == [each.span for each in nodes(moved)]
    assert texts(pieced.root, pieced) == texts(here.root, here)
