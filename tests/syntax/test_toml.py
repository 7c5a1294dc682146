"""TOML: values as Python's own reader tells them, places as they are written, mistakes as problems."""

from __future__ import annotations

import math
import tomllib
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.source import Source, Text
from depcheck.syntax import toml
from depcheck.values import Known, Value, plain


def read(text: str) -> toml.TomlFile:
    return toml.parse(Text.of(Source("a.toml", text)))


SAMPLES = [
    'a = 1\nb = "two"\nc = [1, 2,\n  3, # last\n]\n',
    "[a.b]\nc = true\n[a]\nd = 'x\\y'\n[[list]]\nn = 1\n[[list]]\nn = 2\n[list.inner]\nx = 0x1F\n",
    'a.b."c d" = {x = 1, y.z = [ {n = 1}, {n = 2} ]}\n',
    'text = """\nfirst\nsecond "quoted" \\\n   third"""\nraw = \'\'\'\n\\n\'\'\'\n',
    "big = 1_000_000\nneg = -17\nfloat = 6.5e-3\nnot = false\noct = 0o755\nbits = 0b1010\n",
    'escapes = "a\\tb\\u00e9\\U0001F600\\"\\\\"\n',
    '"quoted key" = 1\n\'literal key\' = 2\n1234 = "bare"\n',
    'ends = """a quote at the end:""""\n',
    "\r\na = 1\r\n# comment\r\n[b]\r\nc = 2\r\n",
    "inf = inf\nneg = -inf\n",
    "d = 1979-05-27\nt = 07:32:00\n",
]


def told(value: object) -> object:
    if isinstance(value, dict):
        return {name: told(item) for name, item in value.items()}
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return value


@pytest.mark.parametrize("text", SAMPLES)
def test_values_are_those_of_the_language(text: str) -> None:
    file = read(text)
    assert file.problems == []
    assert plain(file.root) == told(tomllib.loads(text))


def spans(value: Value, text: str) -> list[str]:
    found = []
    if isinstance(value, Known):
        if isinstance(value.value, dict):
            for item in value.value.values():
                found += spans(item, text)
        elif isinstance(value.value, list):
            for item in value.value:
                found += spans(item, text)
        else:
            found.append(value.span.text)
    return found


def test_every_leaf_has_its_place_and_its_key() -> None:
    text = '[env.staging.vars]\nAPI_URL = "https://api.example.com" # here\nlist = [1, "b"]\n'
    file = read(text)
    assert spans(file.root, text) == ['"https://api.example.com"', "1", '"b"']
    value = file.root.get("env", "staging", "vars", "API_URL")
    assert isinstance(value, Known) and value.key is not None
    assert (value.key.text, value.span.line, value.span.column) == ("API_URL", 2, 11)
    table = file.root.get("env", "staging", "vars")
    assert isinstance(table, Known) and table.key is not None and table.key.text == "env.staging.vars"
    assert [comment.text for comment in file.comments] == ["here"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = \n", "a value is missing"),
        ("a\n", "a has no value"),
        ('a = "x\n', "the quote is not closed"),
        ("a = [1 2]\n", "a comma is missing between the elements of the array"),
        ("a = [1,\n", "z is no value"),
        ("a = {b = 1\n", "a comma is missing between the entries of the table"),
        ("a = 1\na = 2\n", "a is given twice"),
        ("a = 1\n[a]\n", "a is no table"),
        ("[a\nb = 1\n", "the header of the table is not closed"),
        ("a = yes\n", "yes is no value"),
        ("a = 1 b = 2\n", "b = 2 stands after the end of the value"),
        ("= 1\n", "= 1 is no key"),
        ('a = """x\n', "the quotes are not closed"),
        ("a = " + "[" * 150 + "\n", "arrays and tables are nested too deeply here"),
    ],
)
def test_a_mistake_is_a_problem_and_the_rest_is_read(text: str, message: str) -> None:
    file = read(text + "\nz = 9\n[after]\nok = true\n")
    assert message in [problem.message for problem in file.problems]
    if "quotes" not in message:
        assert plain(file.root.get("after", "ok")) is True
    assert len(file.problems) <= toml.GIVE_UP + 1


@pytest.mark.parametrize(("text", "message"), [("a = [1", "array"), ("a = [1, # x", "array"), ("a = {", "table")])
def test_what_is_open_at_the_end_is_told(text: str, message: str) -> None:
    assert [problem.message for problem in read(text).problems] in (
        [f"the {message} is not closed"],
        ["a comma is missing between the elements of the array"],
    )


def test_what_is_no_toml_is_given_up() -> None:
    assert read("?\n" * 5000).problems[-1].message == "too many mistakes to read on"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab.=[]{}\"'#,\\\n\r 1-_:Ttx", max_size=80))
def test_any_text_is_read_as_the_language_reads_it(text: str) -> None:
    file = read(text)
    for written in spans(file.root, text):
        assert written in text
    try:
        expected = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    assert file.problems == []
    assert repr(plain(file.root)) == repr(told(expected)) or any(map(math.isnan, floats(expected)))


def floats(value: object) -> list[float]:
    if isinstance(value, dict):
        return [each for item in value.values() for each in floats(item)]
    if isinstance(value, list):
        return [each for item in value for each in floats(item)]
    return [value] if isinstance(value, float) else []
