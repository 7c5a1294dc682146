"""After a YAML error: what stands before is kept, what stands behind is read again, and the place is told."""

from __future__ import annotations

import pytest

from depcheck.source import Source, Text
from depcheck.syntax import yaml
from depcheck.values import plain

UNREAD = {"unknown": "the file could not be read here"}

CASES = [
    ("an open quote", 'a: 1\nb: "x\nc: 2\n', {"a": 1, "b": UNREAD, "c": 2}, [(2, '"x')]),
    ("an open list", "a: 1\nb: [x,\nc: 2\n", {"a": 1, "b": UNREAD, "c": 2}, [(2, "[x,")]),
    (
        "two errors",
        "a: 'x\nb:\n  c: {d: 1\n  e: 2\nf: 3\n",
        {"a": UNREAD, "b": {"c": UNREAD, "e": 2}, "f": 3},
        [(1, "'x"), (3, "{d:")],
    ),
    ("two colons", "a: b: c\nd: 1\n", {"a": UNREAD, "d": 1}, [(1, ":")]),
    ("a character that begins nothing", "a: @x\nb: 1\n", {"a": UNREAD, "b": 1}, [(1, "@x")]),
    ("a tab", "a:\n\tb: 1\nc: 2\n", {"a": UNREAD, "c": 2}, [(2, "\t")]),
    ("text after a quote", 'a: "b" c\nd: 1\n', {"a": UNREAD, "d": 1}, [(1, "c")]),
    (
        "an entry that is indented too little",
        "jobs:\n    a: 1\n  b: 2\nk: v\n",
        {"jobs": {"a": 1}, "k": "v"},
        [(3, "b:")],
    ),
    (
        "a script that left its block",
        "jobs:\n  a:\n    steps:\n      - run: |\n          x\nEOF\n      - uses: z\n  b: 1\nend: 2\n",
        {"jobs": {"a": {"steps": [{"run": "x\n"}, {"uses": "z"}]}, "b": 1}, "end": 2},
        [(6, "EOF")],
    ),
    (
        "an item of a list",
        "l:\n- a: 1\n  b: 'x\n- c: 2\nm: 1\n",
        {"l": [{"a": 1, "b": UNREAD}, {"c": 2}], "m": 1},
        [(3, "'x")],
    ),
    (
        "an anchor that was not read to its end",
        "x: &x\n  a: @e\n  c: *x\ny: *x\n",
        {"x": {"a": UNREAD, "c": UNREAD}, "y": UNREAD},
        [(2, "@e")],
    ),
    ("an anchor before the error", "x: &x 1\ny: @\nz: *x\n", {"x": 1, "y": UNREAD, "z": 1}, [(2, "@")]),
    ("nothing but an error", "}\n", None, [(1, "}")]),
    ("an error first", "@\na: 1\n", {"a": 1}, [(1, "@")]),
    ("a key again behind the error", "a: 1\nb: @\na: 2\n", {"a": 2, "b": UNREAD}, [(2, "@"), (3, "a")]),
]


@pytest.mark.parametrize(("name", "content", "tree", "places"), CASES, ids=[case[0] for case in CASES])
def test_recovery(name: str, content: str, tree: object, places: list[tuple[int, str]]) -> None:
    file = yaml.parse(Text.of(Source("file.yml", content)))
    assert plain(file.root) == tree
    assert [(problem.span.line, problem.span.text) for problem in file.problems] == places


def test_a_further_document_is_read_after_an_error() -> None:
    file = yaml.parse(Text.of(Source("file.yml", "a: 1\n---\nb: [\n---\nc: 2\n")))
    assert [plain(each) for each in (file.root, *file.further)] == [{"a": 1}, {"b": UNREAD}, {"c": 2}]


WORDS = [
    ('a: "x\n', "the quoted text that begins here is not closed", "add the closing quote"),
    ("a: %x\n", 'a value cannot begin with "%"', "put the value in quotes"),
    ("a:\n\tb: 1\n", "a tab does not indent in YAML", "use spaces"),
    ("a: b: c\n", 'a ": " does not fit here', "check the indentation, or put the value in quotes"),
    ("a: 1\n  b: 2\n", 'a ": " does not fit here', "check the indentation, or put the value in quotes"),
    ("a: {{ x }}\n", "a key is a list or a map", "write a text as the key; put {{ … }} in quotes"),
]


@pytest.mark.parametrize(("content", "message", "next_step"), WORDS)
def test_words(content: str, message: str, next_step: str) -> None:
    problem = yaml.parse(Text.of(Source("file.yml", content))).problems[0]
    assert (problem.message, problem.next_step) == (message, next_step)


def test_many_errors_end() -> None:
    content = "".join(f"k{number}: @\n" for number in range(500)) + "last: 1\n"
    file = yaml.parse(Text.of(Source("file.yml", content)))
    assert len(file.problems) <= 60
    assert file.problems[-1].message == "the rest of the file is not read after so many errors"


def test_recovery_nests_no_deeper_than_is_read() -> None:
    lines = [f"{' ' * depth}k{depth}:" for depth in range(95)]
    content = "\n".join(lines) + "\n" + " " * 95 + "x: @\n" + " " * 95 + "y: " + "[" * 90 + "]" * 90 + "\n"
    tree = plain(yaml.parse(Text.of(Source("file.yml", content))).root, depth=500)
    depth = 0
    while isinstance(tree, (dict, list)) and tree and "unknown" not in tree:
        tree = list(tree.values())[-1] if isinstance(tree, dict) else tree[-1]
        depth += 1
    assert depth <= 101
