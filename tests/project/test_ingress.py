"""What security groups let in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.project.ingress import Opening, is_all, is_everyone, may_be_everyone, sensitive
from depcheck.source import Source
from depcheck.values import OPEN, Absent, Known, Missing, Unknown

SPAN = Source("main.tf", "x").span(0, 1)
SCHEMAS = Path(__file__).parents[2] / "schemas"

RANGES = [
    ("0.0.0.0/0", True),
    ("::/0", True),
    ("192.168.1.0/0", True),
    ("0.0.0.0/1", True),
    ("2000::/3", True),
    ("10.0.0.0/8", False),
    ("fc00::/7", False),
    ("203.0.113.7", False),
    ("pl-0a1b2c3d", False),
    ("", False),
]


@pytest.mark.parametrize(("source", "expected"), RANGES)
def test_what_is_everyone(source: str, expected: bool) -> None:
    assert is_everyone(source) is expected


def unknown(*names: str, outline: str | None = None) -> Unknown:
    return Unknown("later", SPAN, missing=tuple(Missing(name) for name in names), outline=outline)


OPEN_RANGES = [
    (unknown("var.cidr"), True),
    (unknown("data.aws_vpc.shared.cidr_block"), False),
    (unknown("module.a.data.aws_vpc.shared[0].cidr_block"), False),
    (unknown("module.vpc.vpc_cidr_block"), False),
    (unknown("data.aws_vpc.shared.cidr_block", "var.cidr"), True),
    (unknown("data.http.ip.response_body", outline=f"{OPEN}/32"), False),
    (unknown("var.ip", outline=f"{OPEN}/0"), True),
    (unknown(), True),
]


@pytest.mark.parametrize(("value", "expected"), OPEN_RANGES)
def test_what_may_be_everyone(value: Unknown, expected: bool) -> None:
    assert may_be_everyone(value) is expected


def opening(protocol: object, first: object, last: object) -> Opening:
    values = [Absent(SPAN) if each is None else Known(each, SPAN) for each in (protocol, first, last)]
    return Opening([], *values)


PORTS = [
    (opening("tcp", 22, 22), (22, 22)),
    (opening("6", "22", "25"), (22, 25)),
    (opening("-1", 0, 0), (0, 65_535)),
    (opening("all", None, None), (0, 65_535)),
    (opening("tcp", 0, 0), (0, 0)),
    (opening("tcp", None, None), (0, 65_535)),
    (opening("icmp", 8, 0), None),
    (opening("icmpv6", -1, -1), None),
    (opening("50", None, None), None),
]


@pytest.mark.parametrize(("given", "expected"), PORTS)
def test_ports(given: Opening, expected: tuple[int, int] | None) -> None:
    assert given.ports() == expected


def test_an_open_protocol_or_port_is_unknown() -> None:
    open_ = Unknown("var.port has no value", SPAN)
    assert Opening([], Known("tcp", SPAN), open_, Known(80, SPAN)).ports() is open_
    assert Opening([], open_, Known(1, SPAN), Known(2, SPAN)).ports() is open_


def test_sensitive_ports() -> None:
    assert sensitive(22, 22, "tcp") == [(22, "SSH")]
    assert sensitive(22, 22, "udp") == []
    assert sensitive(11_211, 11_211, "udp") == [(11_211, "Memcached")]
    assert sensitive(80, 443, "tcp") == []
    assert sensitive(8080, 8443, "tcp") == [(8086, "InfluxDB"), (8182, "Neptune")]
    assert is_all(0, 65_535)
    assert is_all(1, 65_535)
    assert not is_all(1024, 65_535)


def test_the_table_offers_nothing_that_is_meant_to_be_public() -> None:
    entries = json.loads((SCHEMAS / "sensitive-ports.json").read_text("utf-8"))["entries"]
    ports = [each["port"] for each in entries]
    assert len(set(ports)) == len(ports)
    assert not {25, 53, 80, 443, 587, 853, 993, 8080, 8443} & set(ports)
