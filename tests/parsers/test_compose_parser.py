from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context, Parsed
from depcheck.parsers.compose import Marked, parse
from depcheck.parsers.compose_commands import split_words
from depcheck.source import Source, Text
from depcheck.values import Known, Unknown, plain


def read(text: str) -> Parsed:
    source = Source("compose.prod.yaml", textwrap.dedent(text).lstrip("\n"))
    return parse(Text.of(source), Context(Environments(), "production"))


def test_references_say_where_and_for_whom() -> None:
    parsed = read(
        """
        x-base: &base
          logging: {options: {tag: "${TAG}"}}
        services:
          web:
            <<: *base
            image: "x:${VERSION:-1}-${A:-${B}}"
            environment: [TOKEN, "C=$C"]
            env_file: [web.env, {path: more.env}]
            extends: {file: base.yml, service: x}
          two: {<<: *base, environment: {BARE: , SET: 1}}
        secrets: {key: {environment: KEY}, cert: {file: ./cert.pem}}
        include: [other.yaml, {path: third.yaml}]
        """
    )
    found = [(each.name, each.kind, each.scope, each.default) for each in parsed.facts.references]
    assert sorted(found) == [
        ("./cert.pem", "file", "", False),
        ("A", "environment", "compose.web", True),
        ("B", "environment", "compose.web", False),
        ("BARE", "environment", "compose.two", False),
        ("C", "environment", "compose.web", False),
        ("KEY", "environment", "", False),
        ("TAG", "environment", "compose.web", False),
        ("TOKEN", "environment", "compose.web", False),
        ("VERSION", "environment", "compose.web", True),
        ("base.yml", "file", "compose.web", False),
        ("more.env", "file", "compose.web", False),
        ("other.yaml", "file", "", False),
        ("third.yaml", "file", "", False),
        ("web.env", "file", "compose.web", False),
    ]
    assert {each.environment for each in parsed.facts.references} == {"production"}
    assert all(each.span.text == each.name for each in parsed.facts.references)


def test_the_tree_is_as_written() -> None:
    parsed = read(
        """
        services:
          web: {image: "x:$$1", user: "${U}", ports: !override [80], command: !reset null}
        """
    )
    assert parsed.tree is not None
    web = parsed.tree.get("services", "web")
    assert plain(web.get("image")) == "x:$1"
    assert isinstance(web.get("user"), Unknown)
    marks = {name: value.mark for name, value in web.items() if isinstance(value, Marked)}
    assert marks == {"ports": "!override", "command": "!reset"}


@pytest.mark.parametrize(
    ("service", "commands", "scripts"),
    [
        ("command: bundle exec thin -p 3000", [["bundle", "exec", "thin", "-p", "3000"]], []),
        ('command: ["bundle", "exec", 3000]', [["bundle", "exec", "3000"]], []),
        ("command: \"run --x='a b' c\\\\ d\"", [["run", "--x=a b", "c d"]], []),
        ("command: a && b", [["a"]], []),
        ("command: run ${FLAG} $$HOME", [["run", None, "$HOME"]], []),
        ("command: sh -c 'echo $$HOME; ls | cat'", [], [("sh -c", "echo $HOME; ls | cat")]),
        ("command: [/bin/bash, -euo, pipefail, -c, 'a ${X} b']", [], [("/bin/bash -euo pipefail -c", "a ${X} b")]),
        ("command: [sh, script.sh]", [["sh", "script.sh"]], []),
        ("command: [sh, -c]", [["sh", "-c"]], []),
        ('{entrypoint: [/bin/sh, -c], command: ["a | b"]}', [], [("/bin/sh -c", "a | b")]),
        ("{entrypoint: /run, command: [x]}", [["/run", "x"]], []),
        ("healthcheck: {test: curl -f http://x || exit 1}", [], [("sh", "curl -f http://x || exit 1")]),
        ('healthcheck: {test: ["CMD-SHELL", "a $$B"]}', [], [("sh", "a $B")]),
        ('healthcheck: {test: ["CMD", "pg_isready", "-q"]}', [["pg_isready", "-q"]], []),
        ('healthcheck: {test: ["NONE"]}', [], []),
        ("post_start: [{command: ./x.sh a}]", [["./x.sh", "a"]], []),
        ("{command: !reset null, entrypoint: }", [], []),
    ],
)
def test_commands(service: str, commands: list[list[str | None]], scripts: list[tuple[str, str]]) -> None:
    body = f" {service}" if service.startswith("{") else f"\n    {service}"
    parsed = read(f"services:\n  web:{body}\n")
    assert [[word.text for word in each.words] for each in parsed.facts.commands] == commands
    assert [(each.shell, each.text.text) for each in parsed.embedded] == scripts
    assert all((each.scope, each.kind, each.origin) == ("compose.web", "shell", "compose") for each in parsed.embedded)


def test_places_in_a_script() -> None:
    parsed = read(
        """
        services:
          web:
            command:
              - sh
              - -c
              - |
                first "$$A"
                second
        """
    )
    (script,) = parsed.embedded
    assert script.text.text == 'first "$A"\nsecond\n'
    assert script.text.span(7, 9).text == "$$A"
    at = script.text.text.index("second")
    assert script.text.span(at, at + 6).text == "second" and script.text.span(at, at + 6).line == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]", "a compose file is a map with services in it"),
        ("just text", "a compose file is a map with services in it"),
        ("services: {a: {image: 'x:${1}'}}", "${1} is not an expansion that Compose knows"),
        ("services: {}\n---\nservices: {}\n", "only the first document of a compose file is read"),
    ],
)
def test_problems(text: str, message: str) -> None:
    assert [problem.message for problem in read(text).problems] == [message]


def test_what_aliases_share_is_read_once() -> None:
    shared = "\n".join(f"  s{n}: *base" for n in range(300))
    parsed = read(f"x-a: &base {{image: 'x:${{TAG}}', command: 'run ${{BAD/x}}'}}\nservices:\n{shared}\n")
    assert [each.name for each in parsed.facts.references] == ["TAG"]
    assert len(parsed.problems) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab '\"\\$${}A;|\n", max_size=30))
def test_any_command_is_split_and_every_place_is_true(text: str) -> None:
    for each in split_words(Text.of(Source("x", text))):
        assert each.word.span.text == each.word.raw
        if each.word.text is not None:
            assert each.word.text == each.content().text
            assert each.word.quoted or "$$" in each.word.raw or each.word.text == each.word.raw


YAML = st.text(alphabet="ab:-$${}[]&*<!\n '\"|>services", max_size=80)


@settings(max_examples=150, deadline=None)
@given(YAML, st.sampled_from(["", "services:\n  web:\n    "]))
def test_any_text_is_read(text: str, before: str) -> None:
    parsed = parse(Text.of(Source("compose.yaml", before + text)), Context(Environments()))
    assert parsed.tree is None or isinstance(parsed.tree, (Known, Unknown)) or parsed.tree.span is not None
    for reference in parsed.facts.references:
        assert reference.span.text in before + text
