"""Merging, as the specification's chapter "Merge and override" has it; each case is a base and an override."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from depcheck.compose.merge import merge, unmarked
from depcheck.model import Problem
from depcheck.source import Source
from depcheck.values import Known, Value, plain

TCP = {"protocol": "tcp"}


def indented(text: str) -> str:
    return "services:\n  foo:\n    image: x\n" + "".join(f"    {line}\n" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("base", "over", "attribute", "expected"),
    [
        (
            "x-a: {key1: value1, key2: value2}",
            "x-a: {key2: VALUE, key3: value3}",
            "x-a",
            {"key1": "value1", "key2": "VALUE", "key3": "value3"},
        ),
        ("dns: [1.1.1.1]", "dns: [8.8.8.8]", "dns", ["1.1.1.1", "8.8.8.8"]),
        ("dns: 1.1.1.1", "dns: [8.8.8.8, 1.1.1.1]", "dns", ["1.1.1.1", "8.8.8.8"]),
        ('command: ["echo", "foo"]', 'command: ["echo", "bar"]', "command", ["echo", "bar"]),
        ("command: echo foo", "command:", "command", None),
        ('entrypoint: ["a", "b"]', "entrypoint: c", "entrypoint", ["c"]),
        (
            "healthcheck: {test: [CMD, a], retries: 2}",
            "healthcheck: {test: [CMD, b, c]}",
            "healthcheck",
            {"test": ["CMD", "b", "c"], "retries": 2},
        ),
        (
            "volumes: [foo:/work]",
            "volumes: [bar:/work]",
            "volumes",
            [{"type": "volume", "source": "bar", "target": "/work"}],
        ),
        (
            "volumes: [foo:/work, a:/a]",
            "volumes: [{type: bind, source: ./x, target: /work/}]",
            "volumes",
            [{"type": "bind", "source": "./x", "target": "/work/"}, {"type": "volume", "source": "a", "target": "/a"}],
        ),
        (
            'ports: ["8080:80"]',
            'ports: ["8081:80"]',
            "ports",
            [{"target": 80, "published": p} | TCP for p in ("8080", "8081")],
        ),
        (
            'ports: ["8080:80"]',
            "ports: [{target: 80, published: 8080, mode: host}]",
            "ports",
            [{"target": 80, "published": "8080", "mode": "host"} | TCP],
        ),
        (
            'ports: ["53:53"]',
            'ports: ["53:53/udp"]',
            "ports",
            [{"target": 53, "published": "53", "protocol": p} for p in ("tcp", "udp")],
        ),
        (
            'ports: ["80:80"]',
            'ports: ["0.0.0.0:80:80"]',
            "ports",
            [{"target": 80, "published": "80", "host_ip": "0.0.0.0"} | TCP],
        ),
        (
            "secrets: [a]",
            "secrets: [{source: b, target: a}, c]",
            "secrets",
            [{"source": "b", "target": "a"}, {"source": "c"}],
        ),
        (
            "configs: [a]",
            "configs: [{source: a, target: /a, mode: 440}]",
            "configs",
            [{"source": "a", "target": "/a", "mode": 440}],
        ),
        ("environment: [A=1, B=2]", "environment: {B: 3, C: 4}", "environment", {"A": "1", "B": "3", "C": "4"}),
        ("labels: {a: 1}", "labels: [a=2, b=3]", "labels", {"a": "2", "b": "3"}),
        (
            "env_file: a.env",
            "env_file: [b.env, {path: a.env, required: false}]",
            "env_file",
            [{"path": "a.env", "required": False}, {"path": "b.env", "required": True}],
        ),
        ("cap_add: [NET_ADMIN]", "cap_add: [SYS_TIME, NET_ADMIN]", "cap_add", ["NET_ADMIN", "SYS_TIME"]),
        (
            "build: ./app",
            "build: {args: [A=1], target: prod}",
            "build",
            {"context": "./app", "args": {"A": "1"}, "target": "prod"},
        ),
        (
            "build: {context: ., args: {A: 1, B: 2}}",
            "build: {args: [A=3]}",
            "build",
            {"context": ".", "args": {"A": "3", "B": "2"}},
        ),
        (
            "depends_on: [a]",
            "depends_on: {b: {condition: service_healthy}}",
            "depends_on",
            {
                "a": {"condition": "service_started", "required": True},
                "b": {"condition": "service_healthy", "required": True},
            },
        ),
        ("networks: [a]", "networks: {a: {aliases: [x]}, b: }", "networks", {"a": {"aliases": ["x"]}, "b": None}),
        (
            "logging: {driver: json-file, options: {max-size: 1m}}",
            "logging: {options: {max-file: 2}}",
            "logging",
            {"driver": "json-file", "options": {"max-size": "1m", "max-file": 2}},
        ),
        (
            "logging: {driver: json-file, options: {max-size: 1m}}",
            "logging: {driver: syslog}",
            "logging",
            {"driver": "syslog"},
        ),
        (
            "networks: {a: {aliases: [x]}}",
            "networks: {a: {aliases: [y, x]}}",
            "networks",
            {"a": {"aliases": ["x", "y"]}},
        ),
        ("label_file: a", "label_file: [a, b]", "label_file", ["a", "a", "b"]),
        ("restart: always", "restart:", "restart", "always"),
        ("restart: always", 'restart: "no"', "restart", "no"),
        ("privileged: true", "privileged: false", "privileged", False),
        (
            "deploy: {replicas: 1, resources: {limits: {cpus: '1'}}}",
            "deploy: {resources: {limits: {memory: 1g}}}",
            "deploy",
            {"replicas": 1, "resources": {"limits": {"cpus": "1", "memory": "1g"}}},
        ),
        ("ports: ['8080:80']", "ports: !reset []", "ports", None),
        ("ports: ['8080:80']", "ports: !override ['8443:443']", "ports", [{"target": 443, "published": "8443"} | TCP]),
        ("environment: {FOO: BAR, A: 1}", "environment: {FOO: !reset null}", "environment", {"A": "1"}),
        ("environment: {FOO: BAR}", "environment: !override {X: 1}", "environment", {"X": "1"}),
        ("volumes: [a:/a]", "volumes: !reset", "volumes", None),
        ("build: {context: ., target: x}", "build: !override {context: y}", "build", {"context": "y"}),
    ],
)
def test_merging(tell: Callable[..., Any], base: str, over: str, attribute: str, expected: object) -> None:
    told = tell(
        {
            "compose.yaml": indented(base),
            "compose.override.yaml": "services: {foo: {}}\n" if not over else indented(over),
        }
    )
    assert told.messages() == []
    assert told.service("foo").get(attribute) == expected


def test_whole_services_and_volumes_can_be_taken_away_and_replaced(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": "services: {a: {image: a}, b: {image: b, user: root}}\nvolumes: {v: {driver: x}, w: }\n",
            "compose.override.yaml": """
                services:
                  a: !reset null
                  b: !override
                    image: other
                  c: {image: c}
                volumes:
                  v: !override {}
                """,
        }
    )
    assert told.runs() == {
        (address, None) for address in ("compose.b", "compose.c", "compose.volume.v", "compose.volume.w")
    }
    assert told.service("b") == {"image": "other"}
    assert plain(told.resource("compose.volume.v").attributes) == {}


def test_one_list_that_names_a_thing_twice_is_as_if_the_later_overrode_the_earlier(tell: Callable[..., Any]) -> None:
    told = tell(
        compose=indented("volumes: [one:/d, two:/e, three:/d/]\nports: ['80:80', '80:80/tcp']\ncap_add: [A, A]")
    )
    foo = told.service("foo")
    assert [each["source"] for each in foo["volumes"]] == ["three", "two"]
    assert len(foo["ports"]) == 1 and foo["cap_add"] == ["A"]


def test_different_forms_are_a_problem_and_the_override_counts(tell: Callable[..., Any]) -> None:
    told = tell({"compose.yaml": indented("deploy: {replicas: 1}"), "compose.override.yaml": indented("deploy: [x]")})
    assert told.messages() == ["deploy is a list here and a map in the file that it overrides"]
    assert told.problems[0].span.path == "compose.override.yaml" and told.problems[0].span.text == "deploy"
    assert told.service("foo")["deploy"] == ["x"]


def test_merged_values_keep_their_places(tell: Callable[..., Any]) -> None:
    told = tell(
        {
            "compose.yaml": indented("environment: {A: one, B: two}"),
            "compose.override.yaml": indented("environment: [B=three]"),
        }
    )
    foo = told.resource("compose.foo")
    places = {name: (value.span.path, value.span.text) for name, value in foo.get("environment").items()}
    assert places == {"A": ("compose.yaml", "one"), "B": ("compose.override.yaml", "three")}
    assert foo.span.path == "compose.yaml" and foo.span.text == "foo"


PLACE = Source("compose.yaml", "x").span(0, 1)
SCALARS = st.sampled_from(["a", "b=1", "b=2", 80, True, None, "x:/y", "z:/y"])
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "target", "source"]), inner, max_size=3)
    ),
    max_leaves=8,
)
PATHS = st.sampled_from(["ports", "volumes", "secrets", "env_file", "command", "environment", "dns", "logging", "x"])


def known(data: Any) -> Value:
    if isinstance(data, dict):
        return Known({name: known(each) for name, each in data.items()}, PLACE)
    return Known([known(each) for each in data] if isinstance(data, list) else data, PLACE)


@settings(max_examples=250, deadline=None)
@given(TREES, TREES, PATHS)
@example([], ["b=1", "b=2"], "dns")
def test_merging_never_fails_and_keeps_what_only_one_side_says(base: Any, over: Any, attribute: str) -> None:
    problems: list[Problem] = []
    path = ("services", "foo", attribute)
    merged = plain(unmarked(merge(known(base), known(over), path, problems)))
    if isinstance(base, dict) and isinstance(over, dict) and attribute not in ("command", "logging"):
        assert isinstance(merged, dict) and list(merged) == list(dict.fromkeys([*base, *over]))
        assert all(merged[name] == base[name] for name in base if name not in over)
    elif isinstance(base, list) and isinstance(over, list) and attribute != "command":
        assert isinstance(merged, list) and len(base) <= len(merged) <= len(base) + len(over)
        # Of entries of a list that names each thing once the last one counts; any other list keeps them all.
        last = {each.partition("=")[0] if isinstance(each, str) else str(at): each for at, each in enumerate(over)}
        kept = {"x": over, "dns": [*last.values()]}.get(attribute, [])
        assert all(each in merged for each in kept)
    elif base is None:
        assert merged == over


@settings(max_examples=100, deadline=None)
@given(TREES, PATHS)
def test_an_empty_override_changes_nothing(base: Any, attribute: str) -> None:
    path = ("services", "foo", attribute)
    empty: Any = {} if isinstance(base, dict) else [] if isinstance(base, list) else base
    if attribute != "command":
        assert plain(merge(known(base), known(empty), path, [])) == base
