from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.model import Build, Setting
from depcheck.parsers import Context, Parsed, dockerfile
from depcheck.source import Source, Text
from depcheck.values import Known, Unknown, Value, plain, string


def read(text: str, path: str = "Dockerfile") -> Parsed:
    return dockerfile.parse(Text.of(Source(path, text)), Context(Environments(), "staging"))


def build(text: str) -> Build:
    (found,) = read(text).facts.builds
    return found


def setting(text: str, name: str) -> Value:
    return next(each.value for each in reversed(read(text).facts.settings) if each.name == name)


def told(value: Value) -> str:
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else f"? {plain(value)}"


def shown(found: Setting) -> tuple[str, str, str, str]:
    return found.name, told(found.value), found.origin, found.scope


def test_stages() -> None:
    found = build("ARG X\nFROM a AS One\nRUN b\nFROM one as two\nFROM c\nFROM TWO\nUSER d\n")
    assert [(each.name, string(each.base), each.parent) for each in found.stages] == [
        ("One", "a", None),
        ("two", "one", 0),
        (None, "c", None),
        (None, "TWO", 1),
    ]
    assert [each.index for each in found.shipped()] == [0, 1, 3]
    assert [each.keyword for each in found.stages[3].instructions] == ["FROM", "USER"]
    assert found.span.text == "FROM TWO"
    assert (found.name, found.environment) == ("Dockerfile", "staging")


def test_images_know_whether_they_are_shipped() -> None:
    found = read(
        "FROM a:1 AS x\nFROM b AS y\nCOPY --from=x /a /b\nCOPY --from=0 /a /b\nCOPY --from=c:2 /a /b\n"
        "RUN --mount=type=bind,from=d:3,target=/d e\nFROM scratch AS z\nFROM Y\n"
    )
    assert [(string(each.reference), each.role, each.stage, each.final) for each in found.facts.images] == [
        ("a:1", "from", "x", False),
        ("b", "from", "y", True),
        ("c:2", "copy", "y", True),
        ("d:3", "copy", "y", True),
    ]
    assert [each.span.text for each in found.facts.images] == ["a:1", "b", "c:2", "d:3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG V=1\nFROM a:$V", "a:1"),
        ("ARG V=1\nFROM a:${V}-x", "a:1-x"),
        ('ARG V="1"\nARG W=a:$V\nFROM $W', "a:1"),
        ("FROM a:${V:-2}", "? {'unknown': 'V is not declared by an ARG before the first FROM'}"),
        ("ARG V\nFROM a:${V:-2}", "a:2"),
        ("ARG V=\nFROM a:${V:-2}", "a:2"),
        ("ARG V=\nFROM a${V-2}", "a"),
        ("ARG V=1\nFROM a${V:+:x}", "a:x"),
        ("ARG V\nFROM a:$V", "? {'unknown': 'the build argument V has no default'}"),
        ("FROM --platform=$BUILDPLATFORM a", "a"),
        ("FROM a-$TARGETARCH", "? {'unknown': 'TARGETARCH depends on the platform of the build'}"),
        ("ARG V=x/y.z.gz\nFROM ${V##*/}", "y.z.gz"),
        ("ARG V=x/y.z.gz\nFROM ${V#*/}", "y.z.gz"),
        ("ARG V=x/y.z.gz\nFROM ${V%.*}", "x/y.z"),
        ("ARG V=x/y.z.gz\nFROM ${V%%.*}", "x/y"),
        ("ARG V=xyxy\nFROM ${V/y/z}", "xzxy"),
        ("ARG V=xyxy\nFROM ${V//y/z}", "xzxz"),
        ("ARG V=x\nFROM ${V^^}", "? {'unknown': '`${V^^}` is no form that Docker expands'}"),
    ],
)
def test_images_with_arguments(text: str, expected: str) -> None:
    assert told(build(text).stages[0].base) == expected


def test_the_way_of_a_value() -> None:
    (image,) = read("ARG V=20\nFROM node:${V}\n").facts.images
    assert isinstance(image.reference, Known)
    assert image.reference.span.text == "node:${V}"
    assert [(step.words, step.span.text if step.span else "") for step in image.reference.via] == [("ARG V", "20")]


def test_what_is_missing_is_named() -> None:
    (image,) = read("ARG V\nFROM node:${V}\n").facts.images
    assert isinstance(image.reference, Unknown)
    assert [each.name for each in image.reference.missing] == ["V"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV X=1", "1"),
        ("ENV X 1 2", "1 2"),
        ("ENV A='b c' X=\"$A\"", "? {'unknown': 'A may be set by the base image'}"),
        ("ENV A='b c'\nENV X=\"$A!\"", "b c!"),
        ("ENV X=a\\ b", "a b"),
        ("ENV X='$A'", "$A"),
        ("ENV A=1\nENV A=2 X=$A", "1"),
        ("ARG A=1\nENV X=$A", "1"),
        ("ARG A=1\nENV A=2\nENV X=$A", "2"),
        ("ENV A=2\nARG A=1\nENV X=$A", "2"),
        ("ARG A\nENV X=$A", "? {'unknown': 'the build argument A has no default'}"),
        ("ARG A\nENV X=${A:-1}", "1"),
        ("ARG A\nENV X=${A:+1}", "? {'unknown': 'the build argument A has no default'}"),
        ("ENV X=$GLOBAL", "? {'unknown': 'GLOBAL may be set by the base image'}"),
        ("ARG GLOBAL\nENV X=$GLOBAL", "g"),
        ("ARG GLOBAL=own\nENV X=$GLOBAL", "own"),
        ("ARG TARGETARCH\nENV X=$TARGETARCH", "? {'unknown': 'TARGETARCH depends on the platform of the build'}"),
        ("ENV X=/a:$PATH", "? {'unknown': 'PATH may be set by the base image'}"),
        ("ENV A=1\nARG Q=2\nFROM s\nENV X=$A$Q", "12"),
        ("FROM scratch\nENV X=$A-${B:-c}", "-c"),
    ],
)
def test_settings_of_a_stage(text: str, expected: str) -> None:
    assert told(setting(f"ARG GLOBAL=g\nFROM a AS s\n{text}\n", "X")) == expected


def test_settings_and_references() -> None:
    found = read('ARG G=1\nFROM a AS s\nARG G\nARG H\nENV A=1 B="2 3"\nFROM b\nENV C=4\n').facts
    assert [shown(each) for each in found.settings] == [
        ("G", "1", "dockerfile-arg", ""),
        ("G", "1", "dockerfile-arg", "stage.s"),
        ("H", "? {'unknown': 'the build argument H has no default'}", "dockerfile-arg", "stage.s"),
        ("A", "1", "dockerfile-env", "stage.s"),
        ("B", "2 3", "dockerfile-env", "stage.s"),
        ("C", "4", "dockerfile-env", "stage.1"),
    ]
    assert [each.span.text for each in found.settings] == ["G", "G", "H", "A", "B", "C"]
    assert [each.value.span.text for each in found.settings] == ["1", "1", "H", "1", '"2 3"', "4"]
    assert [(each.name, each.kind, each.default) for each in found.references] == [
        ("G", "input", True),
        ("G", "input", True),
        ("H", "input", False),
    ]


def test_users() -> None:
    found = read("ARG U=bob\nFROM a\nARG U\nUSER 1000:1000\nUSER $U\nUSER $V\nONBUILD USER root\n").facts.grants
    assert [told(each.principals[0]) for each in found] == [
        "1000",
        "bob",
        "? {'unknown': 'V may be set by the base image'}",
    ]
    assert [each.span.text for each in found] == ["1000", "$U", "$V"]
    assert {each.source for each in found} == {"dockerfile"}


@pytest.mark.parametrize(
    ("image", "language", "version", "place"),
    [
        ("node:20.11-alpine", "node", "20.11", "20.11"),
        ("docker.io/library/python:3.12-slim@sha256:0", "python", "3.12", "3.12"),
        ("golang:1.22rc1", "go", "1.22", "1.22"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "dotnet", "8.0", "8.0"),
        ("eclipse-temurin:21-jre", "java", "21", "21"),
        ("maven:3.9-eclipse-temurin-17", "java", "17", "17"),
        ("gradle:8-jdk17", "java", "17", "17"),
        ("public.ecr.aws/lambda/python:3.11", "python", "3.11", "3.11"),
        ("public.ecr.aws/sam/build-nodejs18.x", "node", "18", "18"),
        ("gcr.io/distroless/nodejs20-debian12", "node", "20", "20"),
        ("mirror.example.com:5000/library/ruby:3.3", "ruby", "3.3", "3.3"),
        ("node:lts-alpine", "node", "? {'unknown': 'the tag of node:lts-alpine names no version'}", "lts-alpine"),
        ("php", "php", "? {'unknown': 'the tag of php names no version'}", "php"),
    ],
)
def test_runtimes(image: str, language: str, version: str, place: str) -> None:
    (runtime,) = read(f"FROM {image} AS x\n").facts.runtimes
    assert (runtime.language, told(runtime.version), runtime.span.text) == (language, version, place)
    assert runtime.scope == "stage.x"


@pytest.mark.parametrize(
    "image", ["debian:12", "acme/node:1", "mongo:6", "registry.example.com/team/python:2", "maven:3"]
)
def test_images_without_a_runtime(image: str) -> None:
    assert read(f"FROM {image}\n").facts.runtimes == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN a b && c | d", ["a", "c", "d"]),
        ("RUN a \\\n  # why\n  && b", ["a", "b"]),
        ('RUN ["a", "b && c"]', ["a"]),
        ('RUN ["/bin/bash", "-ec", "a && b"]', ["bash", "a", "b"]),
        ("RUN ['a', 'b']", ["[a,"]),
        ("RUN --mount=type=cache,target=/x a", ["a"]),
        ("RUN <<EOF\na\nb | c\nEOF", ["a", "b", "c"]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF", []),
        ("RUN python3 <<EOF\nimport os\nEOF", ["python3"]),
        ("RUN bash <<EOF && x \\\n  y\na\nEOF", ["bash", "x", "a"]),
        ("COPY <<EOF /x\na\nEOF\nRUN b", ["b"]),
        ("CMD a $B", ["a"]),
        ('ENTRYPOINT ["a"]\nCMD ["b"]', ["a"]),
        ('CMD ["b"]', ["b"]),
        ("HEALTHCHECK --interval=3s CMD a || exit 1", ["a", "exit"]),
        ('HEALTHCHECK CMD ["a", "b"]', ["a"]),
        ("HEALTHCHECK NONE", []),
        ("ONBUILD RUN a", ["a"]),
        ('SHELL ["pwsh", "-Command"]\nRUN a', []),
        ("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN a", []),
    ],
)
def test_commands(text: str, expected: list[str]) -> None:
    found = read(f"FROM x\n{text}\n")
    assert [each.name for each in found.facts.commands] == expected
    assert all(each.origin == "dockerfile" for each in found.facts.commands)
    assert not found.problems


def test_the_shell_of_a_stage() -> None:
    found = read(
        'FROM x AS a\nSHELL ["/bin/bash", "-euo", "pipefail", "-c"]\nRUN b\nFROM a\nRUN c\nFROM x\nRUN d\n'
    ).facts
    assert [(each.shell, sorted(each.strict), each.scope) for each in found.commands] == [
        ("bash", ["e", "pipefail", "u"], "stage.a"),
        ("bash", ["e", "pipefail", "u"], "stage.1"),
        ("sh", [], "stage.2"),
    ]


def test_places_of_commands() -> None:
    text = (
        "FROM x\nRUN apt-get update && \\\n    # note\n    apt-get install -y curl\n"
        'RUN <<EOF\n  make "all"\nEOF\nCMD ["sh", "-c", "run $A"]\n'
    )
    found = read(text).facts.commands
    assert [each.span.text for each in found] == [
        "apt-get update",
        "apt-get install -y curl",
        'make "all"',
        '"sh", "-c", "run $A"',
        "run $A",
    ]
    assert [word.span.text for word in found[2].words] == ["make", '"all"']


def test_names_that_the_process_needs() -> None:
    found = read("FROM x\nENV A=1\nRUN echo $B\nCMD run $A $C ${D:-1} $HOME\n").facts.references
    assert [(each.name, each.kind, each.default) for each in found] == [
        ("A", "environment", True),
        ("C", "environment", False),
        ("D", "environment", True),
    ]


def test_secrets_that_are_mounted() -> None:
    (found,) = read("FROM x\nRUN --mount=type=secret,id=npmrc,target=/x --mount=type=ssh npm ci\n").facts.references
    assert (found.name, found.kind, found.span.text) == ("npmrc", "secret", "npmrc")


def test_words_and_flags_of_instructions() -> None:
    (stage,) = build(
        'FROM a\nENV P=80\nEXPOSE $P 443/tcp\nCOPY --chown=1:1 --link ["b c", "/d"]\nVOLUME /e /f\nLABEL g="h i"\n'
        "RUN --mount=type=cache --mount=type=tmpfs j $P\nWORKDIR /k l\nONBUILD COPY m n\nHEALTHCHECK NONE\n"
    ).stages
    shown = [(each.keyword, [told(word) for word in each.words], each.on_build) for each in stage.instructions[2:]]
    assert shown == [
        ("EXPOSE", ["80", "443/tcp"], False),
        ("COPY", ["b c", "/d"], False),
        ("VOLUME", ["/e", "/f"], False),
        ("LABEL", ["g=h i"], False),
        ("RUN", ["j", "$P"], False),
        ("WORKDIR", ["/k l"], False),
        ("COPY", ["m", "n"], True),
        ("HEALTHCHECK", ["NONE"], False),
    ]
    assert {name: plain(value) for name, value in stage.instructions[3].flags.items()} == {"chown": "1:1", "link": True}
    assert plain(stage.instructions[6].flags["mount"]) == ["type=cache", "type=tmpfs"]
    assert stage.instructions[3].span.text == 'COPY --chown=1:1 --link ["b c", "/d"]'


def test_heredocs_of_instructions() -> None:
    (stage,) = build("FROM a\nCOPY <<-A <<B /x/\n\tone\n\t\ttwo\n\tA\n\tthree\nB\n").stages
    assert stage.instructions[1].heredocs == ["one\ntwo\n", "\tthree\n"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("RUN a\n", "RUN stands before the first FROM", "RUN"),
        ("FROM\n", "FROM takes an image, or an image, AS and a name", "FROM"),
        ("FROM a b\n", "FROM takes an image, or an image, AS and a name", "FROM a b"),
        ("FROM a\nENV B\n", "`B` is given no value", "B"),
        ("FROM a\nENV B=1 C\n", "`C` is given no value", "C"),
        ("FROM a\nSHELL bash -c\n", "SHELL is not given in the JSON form", "SHELL bash -c"),
        ("FROM a\nRUN echo 'b\n", "a single quote is never closed", "'"),
        ("", "no FROM is given", ""),
        ("# only\nARG A=1\n", "no FROM is given", ""),
    ],
)
def test_problems(text: str, message: str, place: str) -> None:
    (problem,) = read(text).problems
    assert (problem.message, problem.span.text) == (message, place)
    assert problem.next_step


def test_parts_of_files_in_documents() -> None:
    context = Context(Environments(), origin="document")
    found = dockerfile.parse(Text.of(Source("a.md", "...\nRUN a\nUSRE b\n")), context)
    assert [each.message for each in found.problems] == ["`USRE` is no instruction"]


def test_a_template_is_no_dockerfile_yet() -> None:
    found = read("FROM debian:{{ version }}\n{{ if x }}\nRUN a\n{{ end }}\n")
    assert (found.template, found.problems) == ("a Dockerfile", [])
    assert not read("FROM a\nRUN docker inspect --format '{{ .Id }}' b\n").template


PIECES = ["FROM a AS b\n", "FROM ", "RUN ", "ENV A=", "ARG X", "=", "$X", "${X:-", "}", "${X##", "*", "'", '"', "\\\n"]
PIECES += [
    "\\",
    "\n",
    "COPY --from=b ",
    "--mount=type=secret,id=",
    "<<EOF\n",
    "\nEOF\n",
    '["a", "b"]\n',
    '["sh", "-c", "',
]
PIECES += ["USER u:g\n", "HEALTHCHECK CMD ", "ONBUILD ", 'SHELL ["bash", "-e", "-c"]\n', "# c\n", " ", "a", "é", "&& "]
PIECES += [")", "# escape=`\n", '"]', "$("]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=20).map("".join), st.text(max_size=80)))
def test_any_text_is_told_and_places_are_exact(text: str) -> None:
    found = read(text)
    special = any(char in text for char in "\\'\"$`")
    for image in found.facts.images:
        if isinstance(image.reference, Known) and not special:
            assert string(image.reference) == image.span.text
    for each in found.facts.settings:
        assert each.span.text == each.name or special
    for command in found.facts.commands:
        for word in command.words:
            if "\\" not in text:
                assert word.raw == word.span.text
