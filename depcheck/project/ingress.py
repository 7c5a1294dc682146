"""What a security group lets in: each of its rules, in whichever way it is written, and which ports it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_LAST = 65_535
_LENGTH = Pattern(r"/(\d{1,3})\Z")
#: Attributes that hold the addresses of something in particular: a VPC has at most a /16.
_OWNED = Pattern(
    r"(?:\A|\.)(?:aws_(?:vpc|subnet|subnets|eip|instance|nat_gateway|network_interface|lb|default_vpc|default_subnet)"
    r"|dns_a_record_set)\.[\w-]+(?:\[[^\]]*\])?(?:\.\w+)+\Z"
    r"|\.vpc_cidr(?:_block)?\Z"
)


class Opening:
    """One rule that lets something in: who (``sources``, address ranges), by which protocol, to which ports.

    ``condition`` is an unknown that decides whether the rule is there at all.
    """

    __slots__ = ("condition", "first", "last", "protocol", "sources")

    def __init__(
        self, sources: Sequence[Value], protocol: Value, first: Value, last: Value, condition: Unknown | None = None
    ) -> None:
        self.sources = sources
        self.protocol = protocol
        self.first = first
        self.last = last
        self.condition = condition

    @property
    def word(self) -> str | None:
        """The protocol as a word, ``-1`` for every one; None where it is not decided."""
        text = scalar_text(self.protocol)
        if text is None:
            return "-1" if isinstance(self.protocol, Absent) else None
        return _PROTOCOLS.get(text.lower(), text.lower())

    def ports(self) -> tuple[int, int] | Unknown | None:
        """The range of ports that it opens; None for a protocol without ports."""
        if isinstance(self.protocol, Unknown):
            return self.protocol
        if self.word == "-1":
            return 0, _LAST
        if self.word not in ("tcp", "udp"):
            return None
        for value in (self.first, self.last):
            if isinstance(value, Unknown):
                return value
        first, last = _port(self.first), _port(self.last)
        if first is None or last is None:
            # Where no ports are given, all of the protocol's are meant.
            return (0, _LAST) if isinstance(self.first, Absent) and isinstance(self.last, Absent) else None
        return (0, _LAST) if first == -1 else (first, last)


def _port(value: Value) -> int | None:
    text = scalar_text(value)
    return int(text) if text is not None and text.lstrip("-").isdecimal() and len(text) < 7 else None


def openings(resource: Resource) -> Iterator[Opening | Unknown]:
    """The rules of a security group, or of a rule that is a resource of its own; an unknown for those not decided."""
    if resource.type == "aws_vpc_security_group_ingress_rule":
        yield _opening(resource.attributes, ("cidr_ipv4", "cidr_ipv6"), "ip_protocol")
    elif resource.type == "aws_security_group_rule":
        direction = resource.get("type")
        if isinstance(direction, Unknown) or string(direction) == "ingress":
            condition = direction if isinstance(direction, Unknown) else None
            yield _opening(resource.attributes, ("cidr_blocks", "ipv6_cidr_blocks"), "protocol", condition)
    else:
        for block in resource.get("ingress").elements():
            if isinstance(block, Unknown):
                yield block
            elif isinstance(block, Known):
                yield _opening(block, ("cidr_blocks", "ipv6_cidr_blocks"), "protocol")


def _opening(block: Known, names: Sequence[str], protocol: str, condition: Unknown | None = None) -> Opening:
    sources = [each for name in names for each in block.get(name).elements()]
    return Opening(sources, block.get(protocol), block.get("from_port"), block.get("to_port"), condition)


def may_be_everyone(source: Unknown) -> bool:
    """Whether a range of addresses that is not decided could be the internet: not one that belongs to a network, a
    machine or a subnet, and not one whose length is written."""
    length = _LENGTH.search(source.outline or "")
    if length is not None:
        return int(length[1]) < 8
    names = [each.name for each in source.missing]
    return not names or not all(_OWNED.search(name) for name in names)


def is_everyone(source: str) -> bool:
    """Whether a range of addresses is the internet, or so much of it that nobody is kept out."""
    from ipaddress import ip_network  # seldom asked, and its import is not cheap

    try:
        network = ip_network(source.strip(), strict=False)
    except ValueError:
        return False
    # 2000::/3 is all of IPv6 that is routed, and no block that one owner has is larger than a /8.
    return network.prefixlen < 8 if network.version == 4 else network.prefixlen <= 3


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[int, str, frozenset[str]], ...]:
    from depcheck.data import load_json

    entries = load_json("schemas", "sensitive-ports.json")["entries"]
    if not isinstance(entries, list):
        raise TypeError("schemas/sensitive-ports.json has no list of entries")
    return tuple((int(each["port"]), str(each["name"]), frozenset(each["protocols"])) for each in entries)


def sensitive(first: int, last: int, protocol: str) -> list[tuple[int, str]]:
    """The ports of a range that nobody offers to everyone, each with the name of its service."""
    return [
        (port, name)
        for port, name, protocols in _table()
        if first <= port <= last and (protocol == "-1" or protocol in protocols)
    ]


def is_all(first: int, last: int) -> bool:
    """Whether a range holds every port that somebody could use."""
    return first <= 1 and last >= _LAST
