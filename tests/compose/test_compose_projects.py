"""Which files make a project, for which environment, and where its variables come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from depcheck.compose.projects import wanted
from depcheck.values import Known, Unknown

ONE = "services: {web: {image: one}}"
TWO = "services: {web: {image: two}}"


@pytest.mark.parametrize(
    ("names", "runs"),
    [
        (["compose.yaml"], {None: "one"}),
        (["compose.yml"], {None: "one"}),
        (["docker-compose.yaml"], {None: "one"}),
        (["compose.yaml", "compose.override.yaml"], {None: "two"}),
        (["compose.yml", "compose.override.yml"], {None: "two"}),
        (["docker-compose.yml", "docker-compose.override.yml"], {None: "two"}),
        (["compose.yaml", "compose.prod.yaml"], {None: "one", "production": "two"}),
        (["docker-compose.yml", "docker-compose.staging.yml"], {None: "one", "staging": "two"}),
        (["compose.yaml", "compose-dev.yaml"], {None: "one", "development": "two"}),
        (["docker-compose.prod.yml"], {"production": "one"}),
        (["stack.yml"], {None: "one"}),
        (["deploy/production/compose.yaml"], {"production": "one"}),
        (["compose.dev.yaml", "compose.prod.yaml"], {"development": "one", "production": "two"}),
    ],
)
def test_what_runs(tell: Callable[..., Any], names: list[str], runs: dict[str | None, str]) -> None:
    told = tell(dict(zip(names, (ONE, TWO), strict=False)))
    assert {each.environment: each.get("image").value for each in told.facts.resources} == runs


def test_compose_chooses_one_base_and_the_other_is_read_by_itself(tell: Callable[..., Any]) -> None:
    told = tell({"docker-compose.yml": TWO, "compose.yaml": ONE, "compose.prod.yaml": "services: {web: {user: a}}"})
    found = [(each.get("image").value, each.environment) for each in told.facts.resources]
    assert sorted(found, key=str) == [("one", "production"), ("one", None), ("two", None)]


def test_an_overlay_merges_even_if_it_is_complete(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {web: {image: a, ports: ['80:80']}, db: {image: b}}",
            "compose.prod.yaml": "services: {web: {image: c, restart: always}}",
        }
    )
    assert told.service("web", "production")["ports"] == [{"target": 80, "published": "80", "protocol": "tcp"}]
    assert ("compose.db", "production") in told.runs()


def test_a_base_between_several_environments_is_not_run_alone(tell: Callable[..., Any]) -> None:
    files = {"compose.yaml": ONE, "compose.dev.yaml": TWO, "compose.prod.yaml": TWO}
    assert {environment for _, environment in tell(files).runs()} == {"development", "production"}
    with_override = tell({**files, "compose.override.yaml": "services: {web: {user: x}}"})
    assert {environment for _, environment in with_override.runs()} == {None, "development", "production"}
    assert "user" not in with_override.service("web", "production")


def test_a_variant_tells_only_what_it_mentions(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {web: {image: a}, db: {image: b}}\nvolumes: {v: }",
            "compose.gpu.yaml": "services: {web: {gpus: all}}",
        }
    )
    assert [(each.address, "gpus" in dict(each.attributes.items())) for each in told.facts.resources] == [
        ("compose.web", True),
        ("compose.web", False),
        ("compose.db", False),
        ("compose.volume.v", False),
    ]


def test_the_env_file_beside_a_project_decides_its_variables(tell: Callable[..., Any]) -> None:
    told = tell({"compose.yaml": "services: {web: {image: 'x:${TAG}'}}", ".env": "TAG=1.2\n", "other/.env": "TAG=9\n"})
    image = told.resource("compose.web").get("image")
    assert isinstance(image, Known) and image.value == "x:1.2"
    assert image.span.text == "'x:${TAG}'"
    assert [(step.words, repr(step.span)) for step in image.via] == [("variable TAG", ".env:1:5")]


def test_an_environment_has_its_own_variables(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {web: {image: 'x:${TAG}', user: '${USER_ID:-1000}'}}",
            ".env": "TAG=dev\n",
            ".env.production": "TAG=1.0\nUSER_ID=1\n",
            ".env.production.local": "TAG=1.1\n",
            "envs/staging.env": "TAG=rc\n",
            ".env.qa.example": "TAG=no\n",
            ".env.preview": "UNRELATED=1\n",
        }
    )
    assert {each.environment: (each.get("image").value, each.get("user").value) for each in told.facts.resources} == {
        None: ("x:dev", "1000"),
        "production": ("x:1.1", "1"),
        "staging": ("x:rc", "1000"),
    }


def test_an_environments_file_stands_in_place_of_the_default_one(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {web: {image: '${IMAGE}:${TAG}'}}",
            "compose.prod.yaml": "services: {web: {restart: always}}",
            ".env": "TAG=dev\nIMAGE=x\n",
            ".env.prod": "TAG=1.0\n",
        }
    )
    image = told.resource("compose.web", "production").get("image")
    assert isinstance(image, Unknown)
    assert image.reason == "COMPOSE variable IMAGE has no value in production"
    assert [(each.name, each.span.text) for each in image.missing] == [("IMAGE", "IMAGE")]


def test_without_an_own_file_an_environment_reads_the_default_one(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {web: {image: '$A'}}",
            "compose.prod.yaml": TWO.replace("two", "'$A$A'"),
            ".env": "A=x",
        }
    )
    assert told.service("web", "production")["image"] == "xx"


def test_a_default_is_known_and_says_so(tell: Callable[..., Any]) -> None:
    told = tell(compose="services: {web: {image: 'x:${TAG:-latest}'}}")
    image = told.resource("compose.web").get("image")
    assert isinstance(image, Known) and image.value == "x:latest"
    assert [(step.words, step.span.text) for step in image.via] == [("default of TAG", "${TAG:-latest}")]


def test_the_list_of_files_in_the_env_file(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": ONE,
            "compose.override.yaml": "services: {web: {user: no}}",
            "compose.gpu.yaml": "services: {web: {gpus: all}}",
            ".env": "COMPOSE_FILE=compose.yaml:compose.gpu.yaml\n",
        }
    )
    everything = [each for each in told.facts.resources if each.address == "compose.web"][-1]
    assert {name for name, _ in everything.attributes.items()} == {"image", "gpus"}


def test_environment_and_env_files_together(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "app/compose.yaml": """
                services:
                  web:
                    image: x
                    env_file: [a.env, {path: b.env}, {path: gone.env, required: false}, {path: raw.env, format: raw}]
                    environment:
                      OWN: own
                      PASSED:
                      FROM_ENV:
                      BOTH: ${FROM_ENV}!
                """,
            "app/.env": "FROM_ENV=dot\n",
            "app/a.env": "FIRST=1\nTWICE=a\nBOTH=a\nURL=$FROM_ENV-$OWN-$FIRST\nBARE\n",
            "app/b.env": "TWICE=b\nOPEN=${NOWHERE}\n",
            "app/raw.env": "QUOTED='$x'\n",
        }
    )
    unknown = "COMPOSE variable {} has no value"
    assert told.settings("web") == {
        "FIRST": "1",
        "TWICE": "b",
        "URL": "dot-own-1",
        "BARE": {"unknown": unknown.format("BARE")},
        "OPEN": {"unknown": unknown.format("NOWHERE")},
        "QUOTED": "'$x'",
        "OWN": "own",
        "PASSED": {"unknown": unknown.format("PASSED")},
        "FROM_ENV": "dot",
        "BOTH": "dot!",
    }
    places = {each.name: repr(each.span) for each in told.facts.settings}
    assert places["TWICE"] == "app/b.env:1:1" and places["OWN"] == "app/compose.yaml:6:7"


def test_build_arguments_are_settings_too(tell: Callable[..., Any]) -> None:
    told = tell(compose="services: {web: {build: {context: ., args: [A=1, B]}}}")
    found = [(each.name, each.origin, type(each.value)) for each in told.facts.settings]
    assert found == [("A", "build-arg", Known), ("B", "build-arg", Unknown)]


def test_images_are_those_that_are_not_built_here(tell: Callable[..., Any]) -> None:
    told = tell(
        compose="""
        services:
          a: {image: "nginx:1"}
          b: {image: mine, build: .}
          c: {image: app, pre_start: [{image: busybox, command: x}]}
        """
    )
    assert [(each.scope, each.role, each.reference.value) for each in told.facts.images] == [
        ("compose.a", "service", "nginx:1"),
        ("compose.c", "service", "app"),
        ("compose.c", "service", "busybox"),
    ]


@pytest.mark.parametrize(
    ("attribute", "place", "actions", "resources"),
    [
        ("privileged: true", "privileged", ["privileged"], []),
        ("privileged: false", None, None, None),
        ("cap_add: [SYS_ADMIN]", "SYS_ADMIN", ["cap_add:SYS_ADMIN"], []),
        ("network_mode: host", "network_mode", ["network_mode:host"], []),
        ("network_mode: bridge", None, None, None),
        ("pid: host", "pid", ["pid:host"], []),
        ("ipc: host", "ipc", ["ipc:host"], []),
        ("ipc: shareable", None, None, None),
        ("security_opt: [seccomp:unconfined]", "seccomp:unconfined", ["security_opt:seccomp:unconfined"], []),
        ("security_opt: ['no-new-privileges:true']", None, None, None),
        ("devices: [/dev/kvm]", "/dev/kvm", ["device"], ["/dev/kvm"]),
        (
            "volumes: ['/var/run/docker.sock:/s:ro']",
            "/var/run/docker.sock",
            ["docker_socket"],
            ["/var/run/docker.sock"],
        ),
        ("volumes: ['./x:/x']", None, None, None),
        ("use_api_socket: true", "use_api_socket", ["docker_socket"], []),
    ],
)
def test_grants(
    tell: Callable[..., Any], attribute: str, place: str | None, actions: list[str] | None, resources: list[str] | None
) -> None:
    told = tell(compose=f"services:\n  web:\n    image: x\n    {attribute}\n")
    if place is None:
        assert told.facts.grants == []
        return
    (grant,) = told.facts.grants
    assert (grant.source, grant.scope, grant.span.text) == ("compose", "compose.web", place)
    assert [each.value for each in grant.actions] == actions
    assert [each.value for each in grant.resources] == resources


def test_the_user_of_a_service_is_a_principal(tell: Callable[..., Any]) -> None:
    (grant,) = tell(compose="services: {web: {image: x, user: '0:0'}}").facts.grants
    assert [each.value for each in grant.principals] == ["0:0"] and grant.actions == []


def test_an_undecided_grant_is_told_as_undecided(tell: Callable[..., Any]) -> None:
    (grant,) = tell(compose="services: {web: {image: x, privileged: '${P}'}}").facts.grants
    assert isinstance(grant.actions[0], Unknown)


def test_files_that_are_named_and_not_there(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "app/compose.yaml": """
                include: [../common/stack.yaml, {path: [own.yaml, https://example.com/x.yaml], env_file: vars}]
                services:
                  web: {image: x, env_file: [conf/web.vars, {path: .env}], extends: {file: base.yaml, service: a}}
                """,
            "app/.env": "",
        }
    )
    assert wanted(told.files, told.env_files) == (
        ["app/base.yaml", "app/own.yaml", "common/stack.yaml"],
        ["app/conf/web.vars", "app/vars"],
    )


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", []),
        ("services:\n", []),
        ("services: [a]\n", ["services is not a map"]),
        ("services: {web: text}\n", ["web is not a map"]),
        ("services: {web: }\nvolumes: 3\n", ["volumes is not a map"]),
        ("include: 5\nservices: {web: {extends: 7}}\n", []),
    ],
)
def test_odd_files(tell: Callable[..., Any], text: str, messages: list[str]) -> None:
    told = tell({"compose.yaml": text, "compose.prod.yaml": text})
    assert sorted(set(told.messages())) == messages and len(told.problems) == 2 * len(messages)
