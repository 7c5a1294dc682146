"""Short syntaxes: every row is an example of the specification's chapter on services, or a variation of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.compose import shapes
from depcheck.model import Problem
from depcheck.source import Source
from depcheck.values import Known, Value, plain

TCP = {"protocol": "tcp"}
STARTED = {"condition": "service_started", "required": True}


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('ports: ["3000"]', [{"target": 3000} | TCP]),
        ("ports: [3000]", [{"target": 3000} | TCP]),
        ('ports: ["3000-3005"]', [{"target": "3000-3005"} | TCP]),
        ('ports: ["8000:8000"]', [{"target": 8000, "published": "8000"} | TCP]),
        ('ports: ["9090-9091:8080-8081"]', [{"target": "8080-8081", "published": "9090-9091"} | TCP]),
        ('ports: ["127.0.0.1:8001:8001"]', [{"target": 8001, "published": "8001", "host_ip": "127.0.0.1"} | TCP]),
        ('ports: ["127.0.0.1::8001"]', [{"target": 8001, "host_ip": "127.0.0.1"} | TCP]),
        ('ports: ["::1:6000:6000"]', [{"target": 6000, "published": "6000", "host_ip": "::1"} | TCP]),
        ('ports: ["[::1]:6001:6001"]', [{"target": 6001, "published": "6001", "host_ip": "::1"} | TCP]),
        ('ports: ["6060:6060/udp"]', [{"target": 6060, "published": "6060", "protocol": "udp"}]),
        (
            "ports: [{target: 80, published: 8080, host_ip: 127.0.0.1, mode: host}]",
            [{"target": 80, "published": "8080", "host_ip": "127.0.0.1", "mode": "host"} | TCP],
        ),
        ('volumes: ["/data"]', [{"type": "volume", "target": "/data"}]),
        ('volumes: ["db:/data"]', [{"type": "volume", "source": "db", "target": "/data"}]),
        ('volumes: ["./x:/data:ro"]', [{"type": "bind", "source": "./x", "target": "/data", "read_only": True}]),
        ('volumes: ["~/x:/data:rw"]', [{"type": "bind", "source": "~/x", "target": "/data", "read_only": False}]),
        (
            'volumes: ["/x:/data:ro,z"]',
            [{"type": "bind", "source": "/x", "target": "/data", "read_only": True, "bind": {"selinux": "z"}}],
        ),
        (
            'volumes: ["db:/data:nocopy"]',
            [{"type": "volume", "source": "db", "target": "/data", "volume": {"nocopy": True}}],
        ),
        (r'volumes: ["C:\\x:/data"]', [{"type": "bind", "source": "C:\\x", "target": "/data"}]),
        ("volumes: [{type: bind, source: ./x, target: /y}]", [{"type": "bind", "source": "./x", "target": "/y"}]),
        ("environment: [A=1, B=x=y, C=]", {"A": "1", "B": "x=y", "C": ""}),
        ("environment: {A: 1, B: true, C: x, D: 1.5}", {"A": "1", "B": "true", "C": "x", "D": "1.5"}),
        ("env_file: .env", [{"path": ".env", "required": True}]),
        (
            "env_file: [a.env, {path: b.env, required: false}]",
            [{"path": "a.env", "required": True}, {"path": "b.env", "required": False}],
        ),
        ("depends_on: [db]", {"db": STARTED}),
        (
            "depends_on: {db: {condition: service_healthy, restart: true}}",
            {"db": {"condition": "service_healthy", "restart": True, "required": True}},
        ),
        ("build: ./app", {"context": "./app"}),
        ("build: {context: ., args: [A=1]}", {"context": ".", "args": {"A": "1"}}),
        ("secrets: [key, {source: other, target: x}]", [{"source": "key"}, {"source": "other", "target": "x"}]),
        ("configs: [conf]", [{"source": "conf"}]),
        ("healthcheck: {test: curl -f http://x || exit 1}", {"test": ["CMD-SHELL", "curl -f http://x || exit 1"]}),
        ('healthcheck: {test: ["CMD", "x"], retries: "3"}', {"test": ["CMD", "x"], "retries": 3}),
        ("healthcheck: {disable: true}", {"disable": True}),
        ("command: bundle exec thin -p 3000", ["bundle", "exec", "thin", "-p", "3000"]),
        ("command: /bin/sh -c 'echo \"hello $$HOSTNAME\"'", ["/bin/sh", "-c", 'echo "hello $HOSTNAME"']),
        ('command: ["a b", 1]', ["a b", "1"]),
        ("command: []", []),
        ("command: ''", []),
        ("entrypoint: /code/entrypoint.sh", ["/code/entrypoint.sh"]),
        ("labels: [com.example.x=1, bare]", {"com.example.x": "1", "bare": None}),
        ("sysctls: {net.core.somaxconn: 1024}", {"net.core.somaxconn": "1024"}),
        ("dns: 8.8.8.8", ["8.8.8.8"]),
        ("tmpfs: /run", ["/run"]),
        ('expose: [3000, "8080-8085/tcp"]', ["3000", "8080-8085/tcp"]),
        ("extra_hosts: {somehost: 162.242.195.82}", ["somehost=162.242.195.82"]),
        ("extra_hosts: [somehost:162.242.195.82]", ["somehost:162.242.195.82"]),
        ("networks: [front, back]", {"front": {}, "back": {}}),
        ("networks: {front: {aliases: [x]}}", {"front": {"aliases": ["x"]}}),
        ('devices: ["/dev/sda:/dev/xvda:rwm"]', [{"source": "/dev/sda", "target": "/dev/xvda", "permissions": "rwm"}]),
        ("devices: [/dev/kvm]", [{"source": "/dev/kvm", "target": "/dev/kvm"}]),
        ('privileged: "true"', True),
        ("read_only: ${X:-yes}", True),
        ("scale: ${X:-3}", 3),
        ("deploy: {replicas: '2', labels: [a=b]}", {"replicas": 2, "labels": {"a": "b"}}),
        ("cpus: '0.5'", 0.5),
        ("mem_limit: 50m", "50m"),
        ("x-anything: [1]", [1]),
    ],
)
def test_the_long_form(tell: Callable[..., Any], attribute: str, expected: object) -> None:
    told = tell(compose=f"services:\n  web:\n    image: x\n    {attribute}\n")
    assert told.messages() == []
    assert told.service("web")[attribute.split(":")[0]] == expected


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ('ports: ["abc:80:x"]', "abc:80:x is not a port mapping"),
        ('ports: ["80:"]', "80: is not a port mapping"),
        ('volumes: ["a:b:c:d"]', "a:b:c:d is not a volume"),
        ('volumes: ["a::ro"]', "a::ro is not a volume"),
    ],
)
def test_what_is_no_short_form_is_a_problem(tell: Callable[..., Any], attribute: str, message: str) -> None:
    told = tell(compose=f"services:\n  web:\n    image: x\n    {attribute}\n")
    assert told.messages() == [message]
    assert told.problems[0].span.text in attribute


UNKNOWN = {"unknown": "COMPOSE variable X has no value"}


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('ports: ["${X}:80"]', [{"target": 80, "published": UNKNOWN} | TCP]),
        (
            'ports: ["${X}:5432:5432/udp"]',
            [{"target": 5432, "published": "5432", "host_ip": UNKNOWN, "protocol": "udp"}],
        ),
        ('ports: ["8080:${X}"]', [{"target": UNKNOWN, "published": "8080"} | TCP]),
        ('ports: ["${X}"]', [UNKNOWN]),
        ("volumes: ['${X}:/data']", [{"type": UNKNOWN, "source": UNKNOWN, "target": "/data"}]),
        ("volumes: ['${X}/db:/data:ro']", [{"type": "bind", "source": UNKNOWN, "target": "/data", "read_only": True}]),
        ("environment: ['A=${X}', 'B=1']", {"A": UNKNOWN, "B": "1"}),
        ("command: run ${X}", UNKNOWN),
        ("privileged: ${X}", UNKNOWN),
    ],
)
def test_what_is_decided_of_an_undecided_string(tell: Callable[..., Any], attribute: str, expected: object) -> None:
    told = tell(compose=f"services:\n  web:\n    image: x\n    {attribute}\n")
    assert told.service("web")[attribute.split(":")[0]] == expected


def test_parts_of_a_short_form_have_their_own_places(tell: Callable[..., Any]) -> None:
    told = tell(
        compose="""
        services:
          web:
            image: x
            ports: ["127.0.0.1:80:8080/udp", 443:8443]
            volumes: ['./data:/var/lib:ro']
            environment:
              - NAME=a value
            command: sh -c 'true'
        """
    )
    web = told.resource("compose.web")

    def texts(*path: str | int) -> dict[str, str]:
        return {name: value.span.text for name, value in web.get(*path).items()}

    assert texts("ports", 0) == {"target": "8080", "published": "80", "host_ip": "127.0.0.1", "protocol": "udp"}
    assert texts("ports", 1) == {"target": "8443", "published": "443", "protocol": "443:8443"}
    assert texts("volumes", 0) == {"type": "./data", "source": "./data", "target": "/var/lib", "read_only": "ro"}
    name = web.get("environment", "NAME")
    assert name.span.text == "a value" and name.key is not None and name.key.text == "NAME"
    assert [word.span.text for word in web.get("command").elements()] == ["sh", "-c", "'true'"]


STRINGS = st.text(alphabet="aC80:/-.\\[]~=,${}Xro ", max_size=14)
PLACE = Source("compose.yaml", "x" * 200)


@settings(max_examples=200, deadline=None)
@given(st.lists(STRINGS | st.integers(0, 70000) | st.none() | st.booleans(), max_size=4), st.booleans())
def test_any_list_or_string_is_taken_apart_without_failing(items: list[object], nested: bool) -> None:
    values: list[Value] = [Known(each, PLACE.span(3, 9)) for each in items if not isinstance(each, list)]  # type: ignore[arg-type]
    whole: list[Value] = [Known(values, PLACE.span(0, 20)), *values] if nested else values
    problems: list[Problem] = []
    for attribute in shapes._SERVICE:
        for value in (Known(whole, PLACE.span(0, 30)), *(each for each in values if isinstance(each, Known))):
            shaped = shapes.service(Known({attribute: value}, PLACE.span(0, 40)), problems)
            again = shapes.service(shaped, [])
            if attribute not in ("extra_hosts", "volumes", "ports"):
                assert plain(again) == plain(shaped)
