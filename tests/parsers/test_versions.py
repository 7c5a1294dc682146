"""Files of versions: which language, which version, and that the span is what was read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context
from depcheck.parsers.table import kind_by_name, kind_of
from depcheck.parsers.versions import parse
from depcheck.source import Source, Text
from depcheck.values import scalar_text


def told(path: str, text: str) -> list[tuple[str, str | None]]:
    parsed = parse(Text.of(Source(path, text)), Context(Environments()))
    for each in parsed.facts.runtimes:
        assert scalar_text(each.version) in (each.span.text, each.span.text.strip('"'))
    return [(each.language, scalar_text(each.version)) for each in parsed.facts.runtimes]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".nvmrc", "v20.11.0\n", [("node", "v20.11.0")]),
        ("web/.nvmrc", "lts/iron", [("node", "lts/iron")]),
        (".node-version", "20 # until April\r\n", [("node", "20")]),
        (".python-version", "3.12.1\n3.11.7\n", [("python", "3.12.1"), ("python", "3.11.7")]),
        (".python-version", "cpython-3.12.1\n", [("python", "3.12.1")]),
        (".java-version", "temurin-21.0.2", [("java", "21.0.2")]),
        (".terraform-version", "# pinned\n\n1.9.5\n", [("terraform", "1.9.5")]),
        (
            ".tool-versions",
            "# tools\nnodejs 20.11.0 18.19.0\ngolang 1.22.1 # here\n\nterraform\n",
            [("node", "20.11.0"), ("node", "18.19.0"), ("go", "1.22.1")],
        ),
        ("go.mod", "module example.com/a\n\ngo 1.22.0\ntoolchain go1.23.1\nrequire x v1.2.3\n", [("go", "1.22.0")]),
        (
            "package.json",
            '{"name": "a", "engines": {"node": ">=20 <23", "npm": "10"}, "dependencies": {"node": "1"}}',
            [("node", ">=20 <23"), ("npm", "10")],
        ),
        ("package.json", '{"engines": {"node": ', []),
        ("pyproject.toml", '[project]\nname = "a"\nrequires-python = ">=3.11"\n', [("python", ">=3.11")]),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\nx = "1"\n', [("python", "^3.11")]),
        (
            "mise.toml",
            '[tools]\nnode = ["22", "20"]\ngo = {version = "1.23"}\n',
            [("node", "22"), ("node", "20"), ("go", "1.23")],
        ),
        (".nvmrc", "", []),
        (".nvmrc", "x" * 500, []),
    ],
)
def test_versions_are_told_with_their_language(path: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert told(path, text) == expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".nvmrc", "versions"),
        ("a/.python-version", "versions"),
        (".tool-versions", "versions"),
        ("go.mod", "versions"),
        ("nvmrc", None),
        (".nvmrc.md", "markdown"),
    ],
)
def test_the_name_tells_a_file_of_versions(path: str, kind: str | None) -> None:
    assert kind_by_name(path) == kind


def test_a_package_is_told_by_its_name() -> None:
    assert kind_of("web/package.json", "{}") == "package-json"


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([".nvmrc", ".python-version", ".tool-versions", "go.mod", "package.json"]),
    st.text(alphabet='go 123.\n\r\t#v"{}:enginsd,|<>=^~', max_size=80),
)
def test_any_text_is_read_and_every_span_is_the_version(path: str, text: str) -> None:
    told(path, text)


def test_user_data_for_windows_is_no_shell_script() -> None:
    assert kind_of("user-data.sh", "<powershell>\n$x = 1\n") is None
    assert kind_of("user-data.sh", "#!/bin/bash\n") == "shell"
