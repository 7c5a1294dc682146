"""``extends`` and ``include``: the examples of the specification, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from depcheck.values import Unknown


def test_extending_a_service_of_the_same_file(tell: Callable[..., Any]) -> None:
    told = tell(
        compose="""
        services:
          common:
            image: busybox
            environment: {TZ: utc, PORT: 80}
          cli:
            extends:
              service: common
            environment: [PORT=8080]
          short: {extends: common}
        """
    )
    assert told.service("cli") == {"image": "busybox", "environment": {"TZ": "utc", "PORT": "8080"}}
    assert told.service("short") == told.service("common")
    assert told.resource("compose.cli").span.text == "cli"


def test_extending_what_extends(tell: Callable[..., Any]) -> None:
    told = tell(
        compose="""
        services:
          cli: {extends: {service: common}}
          base: {image: busybox, user: root}
          common: {image: other, extends: {service: base}}
        """
    )
    assert told.service("cli") == {"image": "other", "user": "root"}


def test_mounts_and_options_of_the_base(tell: Callable[..., Any]) -> None:
    told = tell(
        compose="""
        services:
          common: {image: x, volumes: ["a:/data:rw"], security_opt: ["label:role:ROLE"]}
          cli: {extends: common, volumes: ["b:/data:ro"], security_opt: ["label:user:USER"], image: !override y}
        """
    )
    cli = told.service("cli")
    assert cli["volumes"] == [{"type": "volume", "source": "b", "target": "/data", "read_only": True}]
    assert cli["security_opt"] == ["label:role:ROLE", "label:user:USER"]
    assert cli["image"] == "y"


def test_extending_a_service_of_another_file(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "app/compose.yaml": """
                services:
                  web:
                    extends: {file: ../common/base.yml, service: app}
                    environment: {B: 2}
                """,
            "common/base.yml": """
                services:
                  app:
                    extends: deeper
                    build: .
                    env_file: app.env
                    volumes: [./src:/src, data:/data]
                  deeper: {environment: ["A=${A:-1}"], restart: always}
                """,
            "common/app.env": "FILE=yes\n",
            "app/.env": "A=dot\n",
        }
    )
    assert told.messages() == []
    assert told.runs() == {("compose.web", None)}
    assert told.service("web") == {
        "environment": {"A": "dot", "B": "2"},
        "restart": "always",
        "build": {"context": "../common"},
        "env_file": [{"path": "../common/app.env", "required": True}],
        "volumes": [
            {"type": "bind", "source": "../common/src", "target": "/src"},
            {"type": "volume", "source": "data", "target": "/data"},
        ],
    }
    assert told.settings("web") == {"FILE": "yes", "A": "dot", "B": "2"}


@pytest.mark.parametrize(
    ("extends", "message", "reason"),
    [
        (
            "{file: gone.yml, service: a}",
            "extends names gone.yml, which is not among the files that were read",
            "extends a of gone.yml, which was not read",
        ),
        (
            "{service: nobody}",
            "extends names the service nobody, which compose.yaml does not have",
            "extends nobody, which compose.yaml does not have",
        ),
        (
            "{file: 'https://example.com/x.yml', service: a}",
            "extends names https://example.com/x.yml, which is not a file of this repository",
            "extends a of https://example.com/x.yml, which was not read",
        ),
        (
            "{file: '${DIR}/x.yml', service: a}",
            "extends names a file by a variable: COMPOSE variable DIR has no value",
            "extends a of a file, which was not read",
        ),
        ("web", "extends leads back to the service web", "extends leads back to the service web"),
        ("{}", None, "extends names no service"),
    ],
)
def test_a_base_that_is_not_known(tell: Callable[..., Any], extends: str, message: str | None, reason: str) -> None:
    told = tell(compose=f"services:\n  web:\n    extends: {extends}\n    user: me\n")
    assert told.messages() == ([message] if message else [])
    web = told.resource("compose.web")
    image = web.get("image")
    assert isinstance(image, Unknown) and image.reason == reason
    assert web.get("user").value == "me"


def test_a_circle_of_services_is_told_once(tell: Callable[..., Any]) -> None:
    told = tell(compose="services: {a: {extends: b, image: a}, b: {extends: c}, c: {extends: a}}")
    assert told.messages() == ["extends leads back to the service a"]
    assert told.service("a")["image"] == "a"


def test_a_long_chain_is_bounded(tell: Callable[..., Any]) -> None:
    services = "\n".join(f"  s{n}: {{extends: s{n + 1}}}" for n in range(500))
    told = tell(compose=f"services:\n{services}\n  s500: {{image: x}}\n")
    assert set(told.messages()) == {"more than 64 services extend each other"}
    assert told.service("s499") == {"image": "x"}


def test_including_files(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "app/compose.yaml": """
                include:
                  - ../commons/compose.yaml
                  - path: [../db/compose.yaml, ./db-override.yaml]
                    env_file: ../db/db.vars
                services:
                  web: {build: ., depends_on: [db, cache]}
                """,
            "app/db-override.yaml": "services: {db: {user: '1'}}",
            "app/.env": "CACHE=7\n",
            "commons/compose.yaml": """
                include: [nested.yaml]
                services: {cache: {image: "redis:${CACHE}-${KIND}", build: ./cache}}
                """,
            "commons/nested.yaml": "services: {inner: {image: x}}\nvolumes: {kept: }",
            "commons/.env": "CACHE=6\nKIND=alpine\n",
            "db/compose.yaml": "services: {db: {image: 'postgres:${DB}'}}",
            "db/.env": "DB=wrong\n",
        }
    )
    assert told.messages() == []
    assert told.runs() == {
        (address, None)
        for address in ("compose.web", "compose.cache", "compose.inner", "compose.db", "compose.volume.kept")
    }
    assert told.service("cache") == {"image": "redis:7-alpine", "build": {"context": "../commons/cache"}}
    assert told.service("db")["user"] == "1"
    assert isinstance(told.resource("compose.db").get("image"), Unknown)


def test_extending_what_was_included_and_overriding_it(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "include: [base/x.yaml]\nservices: {web: {extends: app, user: a}, app: {restart: always}}",
            "base/x.yaml": "services: {app: {image: x}}",
        }
    )
    assert told.service("web") == {"image": "x", "user": "a", "restart": "always"}


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("[gone.yaml]", "include names gone.yaml, which is not among the files that were read"),
        ("[{path: ../x.yaml}]", "include names ../x.yaml, which is not among the files that were read"),
        ("['${DIR:?set it}/x.yaml']", "include names a file by a variable: COMPOSE variable DIR has no value"),
        (
            "['git@example.com:a/b.git']",
            "include names git@example.com:a/b.git, which is not a file of this repository",
        ),
        ("[oci://example.com/a]", "include names oci://example.com/a, which is not a file of this repository"),
        ("[compose.yaml]", "include leads back to compose.yaml"),
        ("[other.yaml]", "include leads back to compose.yaml"),
    ],
)
def test_an_include_that_cannot_be_followed(tell: Callable[..., Any], include: str, message: str) -> None:
    told = tell(
        {
            "compose.yaml": f"include: {include}\nservices: {{web: {{image: x}}}}",
            "other.yaml": "include: [compose.yaml]\nservices: {inner: {image: y}}",
        }
    )
    assert message in told.messages()
    assert told.service("web") == {"image": "x"}


def test_many_files_that_include_each_other_are_bounded(tell: Callable[..., Any]) -> None:
    files = {f"{n}.yaml": f"include: [{n + 1}.yaml]\nservices: {{s{n}: {{image: x}}}}" for n in range(120)}
    told = tell({"compose.yaml": "include: [0.yaml]", **files})
    assert "more than 64 files include each other" in told.messages()
