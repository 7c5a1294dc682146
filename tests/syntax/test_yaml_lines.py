"""The reader of YAML's plain part: what it takes, what it leaves to libyaml, and that both always say the same."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import pytest
import yaml as pyyaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import yaml_lines
from depcheck.syntax.yaml_build import Builder
from depcheck.syntax.yaml_recovery import read
from depcheck.values import Known, Value

FIXTURES = Path(__file__).parents[2] / "fixtures"
Shape: TypeAlias = "tuple[str, object, int, int, tuple[int, int] | None]"

#: Lines that documents are put together from.
LINES = [
    "a: 1",
    "a:",
    "  b: 2",
    "  b:",
    "    c: d",
    "- x",
    "-",
    "  - y: z",
    "- - p",
    "  - q",
    "c: >",
    "c: |-",
    "c: >+",
    "    text",
    "      more",
    "    ",
    "e: 'it''s'",
    'g: "x\\n\\u00e9"',
    "h: {i: j, k: [l, 'm']}",
    '[n, "o"]: p',
    "r: [s, t] # u",
    "---",
    "...",
    "# note",
    "   # deeper",
    "'v': w",
    '"x": y',
    "z: a:b # c",
    "d : e",
    "f: g: h",
    "i: -j",
    "k: ?l",
    "m: &n o",
    "p: *n",
    "q: !r s",
    't: "u',
    "v: [w,",
    "x: 'y",
    "-z: 1",
    "on: yes",
    "? a",
    ": b",
    "%c",
    "\tk: l",
    "é: ü",
    "{}",
    "[]",
    "e: {} x",
]
WRITTEN = st.lists(st.sampled_from(LINES), max_size=14)
DOCUMENTS = st.tuples(WRITTEN.map("\n".join), st.sampled_from(["", "\n", "\n\n", "\n  \n"])).map("".join)
MARKS = [*" \t\n:#-?,[]{}&*!|>'\"%@`\\~<=.a0", "  ", "- ", ": ", " #", "---\n", "...\n", "|\n", ">\n", ">-\n", "''"]
MARKS += ["\n\n", "\n ", "\n  - x", "\ufeff", "\r\n", "\\n"]


def shape(value: Value) -> Shape:
    key = (value.key.start, value.key.end) if value.key else None
    content: object = type(value).__name__
    if isinstance(value, Known):
        content = repr(value.value)
        if isinstance(value.value, dict):
            content = [(name, shape(each)) for name, each in value.value.items()]
        elif isinstance(value.value, list):
            content = [shape(each) for each in value.value]
    return (type(value).__name__, content, value.span.start, value.span.end, key)


def built(content: str, events: list[yaml_lines.Event] | None) -> object:
    """All that a file is made of; None as the events: as libyaml reads it."""
    builder = Builder(Text.of(Source("file.yml", content)), None, None)
    if events is None:
        read(builder, content)
    else:
        builder.take(events)
    problems = [(each.message, each.span.start) for each in builder.problems]
    return [shape(each) for each in builder.documents], problems, builder.starts, builder.ends


def agree(content: str) -> bool:
    """Whether the document is in the plain part; then both readers have to agree."""
    events = yaml_lines.events(content)
    if events is None:
        return False
    assert built(content, events) == built(content, None)
    return True


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_both_readers_say_the_same_of_lines_put_together(content: str) -> None:
    agree(content)


TREES = st.recursive(
    st.text(alphabet=st.sampled_from("ab01 .-:#\n'\"é/$"), max_size=12)
    | st.integers(-9, 99)
    | st.booleans()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.-/ ", min_size=1), inner, max_size=3),
    max_leaves=10,
)
STYLES = st.fixed_dictionaries(
    {
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "default_flow_style": st.sampled_from([True, False, None]),
        "width": st.sampled_from([20, 1000]),
        "explicit_start": st.booleans(),
        "allow_unicode": st.booleans(),
    }
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([*MARKS, None])), max_size=4)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, STYLES, CHANGES)
def test_both_readers_say_the_same_of_what_pyyaml_writes_and_of_slips_in_it(
    tree: object, style: dict[str, object], changes: list[tuple[float, str | None]]
) -> None:
    content = pyyaml.dump(tree, Dumper=pyyaml.SafeDumper, **style)  # type: ignore[call-overload]
    for where, mark in changes:
        at = int(where * len(content))
        content = content[:at] + (mark + content[at:] if mark else content[at + 1 :])
    agree(content)


def test_both_readers_say_the_same_of_all_fixtures() -> None:
    files = [path for path in FIXTURES.rglob("*.y*ml") if path.is_file()]
    plain = [agree(path.read_bytes().decode("utf-8", "replace")) for path in files]
    assert sum(plain) > len(plain) * 0.8


@pytest.mark.parametrize(
    "content",
    [
        "on:\n  push:\n    branches: [main, 'release/**']\njobs:\n  a:\n    if: x == 'y' # when\n",
        "steps:\n- run: |\n    make\n\n    test\n- uses: x@v1 # why\n",
        "---\n# first\nweb:\n  image: nginx:1.27\n  command: [\"a\", 'b']\n  environment:\n  - A=b\n  - C: d\n",
        "a:\n\n  - - b\n    - c: d\n      e:\n  -\n    f: g\n  - \nh: {i: j, k: {l: m}}",
        "a: >-\n\n  one\n  two\n\n\n  three\nb: |+\n  last\n\n",
        "a: 'it''s'\n\"b\": \"tab\\t\\u00e9\\\\ \"\nc: http://x:80/#y\nd: -1\n",
        "a: |\n  no break at the end",
        "# nothing but this\n",
        "",
    ],
)
def test_what_is_written_plainly_needs_no_libyaml(content: str) -> None:
    assert agree(content)


@pytest.mark.parametrize(
    "content",
    [
        "a: &x b\n",
        "a: *x\n",
        "a: !x b\n",
        "a: b\n  c\n",
        "a: 'b\n  c'\n",
        "a: [b,\n  c]\n",
        "a: |2\n   b\n",
        "a: >\n  b\n    c\n",
        "? a\n: b\n",
        "a\n",
        "---\na: b\n---\nc: d\n",
        "---\n",
        "%YAML 1.2\n---\na: b\n",
        "a: b\r\n",
        "\ufeffa: b\n",
        "a:\tb\n",
        "a: b: c\n",
        "a: b\n c: d\n",
        "a: [b, c: d]\n",
        "a: {b: c, d}\n",
        'a: "\\ud800"\n',
        'a: "\\q"\n',
        f"{'k' * 1100}: v\n",
        "".join(f"{' ' * depth}a:\n" for depth in range(60)),
    ],
)
def test_anything_else_is_left_to_libyaml(content: str) -> None:
    assert yaml_lines.events(content) is None
