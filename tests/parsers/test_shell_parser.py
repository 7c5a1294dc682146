from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context, Parsed, shell
from depcheck.source import Source, Text
from depcheck.values import Known, Unknown


def read(text: str, path: str = "deploy.sh", **more: str) -> Parsed:
    return shell.parse(Text.of(Source(path, text)), Context(Environments(), "production", **more))


@pytest.mark.parametrize(
    ("text", "path", "name", "strict"),
    [
        ("a", "x.sh", "sh", []),
        ("a", "x.bash", "bash", []),
        ("#!/bin/bash -eu\na", "x.sh", "bash", ["e", "u"]),
        ("#!/usr/bin/env bash\na", "x", "bash", []),
        ("#!/usr/bin/env -S bash -e\na", "x", "bash", ["e"]),
    ],
)
def test_the_shell_of_a_script(text: str, path: str, name: str, strict: list[str]) -> None:
    (command,) = read(text, path).facts.commands
    assert (command.shell, sorted(command.strict), command.origin) == (name, strict, "script")
    assert command.environment == "production"


def test_a_script_of_another_language_is_left_alone() -> None:
    found = read("#!/usr/bin/env python3\nimport os\n", "x.sh")
    assert (found.facts.commands, found.problems) == ([], [])


def test_a_script_inside_another_file() -> None:
    context = Context(
        Environments(), scope="workflow.ci.build", origin="workflow", shell="bash", strict=frozenset({"e"})
    )
    found = shell.parse(Text.of(Source("ci.yml", "make $TARGET")), context)
    (command,) = found.facts.commands
    assert (command.scope, command.origin, command.strict) == ("workflow.ci.build", "workflow", {"e"})
    assert found.facts.references[0].scope == "workflow.ci.build"


def test_what_programs_print_in_documents_is_no_problem() -> None:
    assert read("a 'b\n").problems
    assert not read("a\nit's done\n", origin="document").problems


def test_settings() -> None:
    found = read(
        "export A=1 B='x y'\nexport C=\"$D/z\"\nE=plain\nF=later\nexport F\nNODE_ENV=production npm start\n"
        "declare -x G=2\ndeclare H=3\nIFS= read -r x\nexport PATH+=:/x\nexport -n A\n"
    ).facts.settings
    told = [(each.name, each.value.value if isinstance(each.value, Known) else None) for each in found]
    assert told == [
        ("A", "1"),
        ("B", "x y"),
        ("C", None),
        ("F", "later"),
        ("NODE_ENV", "production"),
        ("G", "2"),
        ("PATH", None),
    ]
    assert [each.span.text for each in found] == ["A", "B", "C", "F", "NODE_ENV", "G", "PATH"]
    assert [each.value.span.text for each in found] == ["1", "'x y'", '"$D/z"', "later", "production", "2", ":/x"]
    assert {each.origin for each in found} == {"shell"}
    open_one = found[2].value
    assert isinstance(open_one, Unknown)
    assert [each.name for each in open_one.missing] == ["D"]


def test_references() -> None:
    found = read('A=1\necho "$A $B" ${C:-x} $HOME\nfor f in *; do echo $f; done\n').facts.references
    assert [(each.name, each.kind, each.default, each.span.text) for each in found] == [
        ("B", "environment", False, "$B"),
        ("C", "environment", True, "${C:-x}"),
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="AB=$ '\"\\\nexport{}();|&#+", max_size=60))
def test_any_text_is_told_and_places_are_exact(text: str) -> None:
    for setting in read(text).facts.settings:
        assert setting.span.text == setting.name
        assert setting.value.span.text in text
