from __future__ import annotations

from depcheck.environments import Environments
from depcheck.parsers import Context, Parsed
from depcheck.parsers.dotenv import parse
from depcheck.source import Source, Text
from depcheck.values import Absent, Known, Unknown, plain


def read(text: str, environment: str | None = "production") -> Parsed:
    return parse(Text.of(Source(".env.production", text)), Context(Environments(), environment))


def test_each_line_is_a_setting_of_the_environment() -> None:
    parsed = read('A=1\nexport B="x" # y\n')
    assert [(each.name, plain(each.value), each.origin, each.environment) for each in parsed.facts.settings] == [
        ("A", "1", "env-file", "production"),
        ("B", "x", "env-file", "production"),
    ]
    first, second = parsed.facts.settings
    assert first.span.text == "A" and first.value.span.text == "1"
    assert second.span.text == "B" and second.value.span.text == '"x"'
    assert second.value.key is not None and second.value.key.text == "B"
    assert [comment.text for comment in parsed.comments] == ["y"]


def test_values_follow_earlier_names_and_refer_to_others() -> None:
    parsed = read("HOST=db\nURL=postgres://$HOST/${NAME}\nPORT=${P:-5432}\nRAW='${NAME}'\n")
    url, port, raw = (each.value for each in parsed.facts.settings[1:])
    assert isinstance(url, Unknown)
    assert url.reason == "variable NAME has no value in this file"
    assert [missing.name for missing in url.missing] == ["NAME"]
    assert isinstance(port, Known) and port.value == "5432" and port.via[0].words == "default of P"
    assert isinstance(raw, Known) and raw.value == "${NAME}"
    assert [(each.name, each.kind, each.span.text, each.default) for each in parsed.facts.references] == [
        ("NAME", "environment", "NAME", False),
        ("P", "environment", "P", True),
    ]


def test_escaped_dollars_are_no_references() -> None:
    parsed = read('A="\\$HOME \\"$$X\\""\n')
    assert plain(parsed.facts.settings[0].value) == '$HOME "$X"'
    assert parsed.facts.references == []


def test_a_place_inside_a_decoded_value() -> None:
    parsed = read('A="\\t\\"${NAME}\\""\n')
    (reference,) = parsed.facts.references
    assert reference.span.text == "NAME" and reference.span.column == 10


def test_a_bare_name_is_absent_and_a_reference() -> None:
    parsed = read("TOKEN\n")
    (setting,) = parsed.facts.settings
    assert isinstance(setting.value, Absent) and setting.value.span.text == "TOKEN"
    assert [each.name for each in parsed.facts.references] == ["TOKEN"]


def test_an_open_quote_is_unknown_and_the_rest_is_read() -> None:
    parsed = read('A="x\nB=2\n')
    assert [type(each.value) for each in parsed.facts.settings] == [Unknown, Known]
    assert len(parsed.problems) == 1


def test_a_name_twice_is_two_settings_and_the_tree_has_the_later() -> None:
    parsed = read("A=1\nA=2\n")
    assert [plain(each.value) for each in parsed.facts.settings] == ["1", "2"]
    assert parsed.tree is not None and plain(parsed.tree) == {"A": "2"}


def test_a_dollar_that_compose_would_refuse_is_text_here() -> None:
    parsed = read("A=pa${1}ss${\n")
    assert parsed.problems == []
    assert plain(parsed.facts.settings[0].value) == "pa${1}ss${"


def test_empty_and_odd_files() -> None:
    for text in ("", "\n", "#", "=", "'", "\x00", "A"):
        read(text)
