"""IP network functions, with the arithmetic (and the overflows) of Terraform's own."""

from __future__ import annotations

import re

from depcheck.terraform.functions.spec import Function, numeric, plain, text, whole_number
from depcheck.terraform.types import LIST_OF_STRING, STRING
from depcheck.terraform.values import EvaluationError, TfValue, make_list, string, text_of

_V4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z", re.ASCII)
_GROUP = re.compile(r"[0-9a-fA-F]{1,4}\Z")
_LENGTH = re.compile(r"\d{1,3}\Z", re.ASCII)
_UINT64 = (1 << 64) - 1


class _Network:
    __slots__ = ("address", "bits", "length")

    def __init__(self, address: int, bits: int, length: int) -> None:
        self.address = address >> (bits - length) << (bits - length)
        self.bits = bits
        self.length = length

    def __str__(self) -> str:
        return f"{_shown(self.address, self.bits)}/{self.length}"


def _address(written: str) -> tuple[int, int] | None:
    """An address and how many bits it has."""
    if _V4.match(written):
        value = 0
        for part in written.split("."):
            # Leading zeros are decimal here: Terraform keeps what Go accepted before version 1.17.
            if int(part) > 255:
                return None
            value = value << 8 | int(part)
        return value, 32
    if ":" not in written:
        return None
    head, double, tail = written.partition("::")
    if "::" in tail:
        return None
    left, right = _groups(head, last=not double), _groups(tail, last=True)
    if left is None or right is None:
        return None
    missing = 8 - len(left) - len(right)
    if (missing < 1) if double else (missing != 0):
        return None
    value = 0
    for group in [*left, *[0] * missing, *right]:
        value = value << 16 | group
    return value, 128


def _groups(written: str, *, last: bool) -> list[int] | None:
    if not written:
        return []
    found: list[int] = []
    parts = written.split(":")
    for position, part in enumerate(parts):
        if "." in part and last and position == len(parts) - 1 and _V4.match(part):
            v4 = _address(part)
            if v4 is None:
                return None
            found += [v4[0] >> 16, v4[0] & 0xFFFF]
        elif _GROUP.match(part):
            found.append(int(part, 16))
        else:
            return None
    return found


def _shown(address: int, bits: int) -> str:
    if bits == 32:
        return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
    if address >> 32 == 0xFFFF:
        return _shown(address & 0xFFFFFFFF, 32)
    groups = [address >> shift & 0xFFFF for shift in range(112, -1, -16)]
    start, length = _longest_zeros(groups)
    if length < 2:
        return ":".join(f"{group:x}" for group in groups)
    head = ":".join(f"{group:x}" for group in groups[:start])
    return f"{head}::{':'.join(f'{group:x}' for group in groups[start + length :])}"


def _longest_zeros(groups: list[int]) -> tuple[int, int]:
    best = (0, 0)
    at = 0
    while at < len(groups):
        end = at
        while end < len(groups) and groups[end] == 0:
            end += 1
        if end - at > best[1]:
            best = (at, end - at)
        at = end + 1
    return best


def _network(written: str, argument: int | None = None) -> _Network:
    address, slash, length = written.partition("/")
    found = _address(address)
    if found is None or not slash or not _LENGTH.match(length) or int(length) > found[1]:
        raise EvaluationError(f"{written!r} is no network in CIDR form", argument)
    if length != "0" and length.startswith("0"):
        raise EvaluationError(f"{written!r} is no network in CIDR form", argument)
    return _Network(found[0], found[1], int(length))


def _host(arguments: list[TfValue]) -> TfValue:
    wanted = whole_number(arguments[1], "the host's number", 1)
    network = _network(text_of(arguments[0]))
    last = (1 << (network.bits - network.length)) - 1
    counted = -wanted - 1 if wanted < 0 else wanted
    if counted > last:
        raise EvaluationError(f"a prefix of {network.length} bits has no host number {wanted}")
    number = last - counted if wanted < 0 else wanted
    if network.bits == 128 and network.address >> 32 == 0xFFFF:
        # An IPv4 address in IPv6 form: Terraform counts in the wrong half of it.
        number <<= 96
    return string(_shown(network.address | number, network.bits))


def _netmask(prefix: str) -> str:
    network = _network(prefix)
    if network.bits != 32:
        raise EvaluationError(f"{prefix!r} is an IPv6 network, which has no netmask")
    return _shown((1 << 32) - (1 << (32 - network.length)), 32)


def _subnet(arguments: list[TfValue]) -> TfValue:
    new_bits = whole_number(arguments[1], "the number of new bits", 1)
    wanted = whole_number(arguments[2], "the network's number", 2)
    network = _network(text_of(arguments[0]))
    length = network.length + new_bits
    if length > network.bits:
        raise EvaluationError(f"a prefix of {network.length} bits cannot be extended by {new_bits}")
    most = (1 << new_bits) - 1 & _UINT64 if 0 <= new_bits < 64 else _UINT64
    if abs(wanted) & _UINT64 > most or length < 0:
        raise EvaluationError(f"{new_bits} new bits have no network number {wanted}")
    # A negative number goes in as two's complement, and the sign of the result is dropped.
    address = abs(network.address | wanted << (network.bits - length)) & ((1 << network.bits) - 1)
    return string(f"{_shown(address, network.bits)}/{length}")


def _subnets(arguments: list[TfValue]) -> TfValue:
    network = _network(text_of(arguments[0]), 0)
    found: list[TfValue] = []
    following = network.address
    end = network.address + (1 << (network.bits - network.length))
    for position, argument in enumerate(arguments[1:], 1):
        extra = whole_number(argument, "the number of new bits", position)
        if not 1 <= extra <= 32:
            raise EvaluationError("a prefix must be extended by 1 to 32 bits", position)
        length = network.length + extra
        if length > network.bits:
            raise EvaluationError(f"a prefix of {length} bits is too long", position)
        size = 1 << (network.bits - length)
        start = -(-following // size) * size
        if start >= end or start == 0:
            # Terraform takes address zero for the end of the address space.
            raise EvaluationError(f"no address space is left for a subnet of {length} bits", position)
        found.append(string(str(_Network(start, network.bits, length))))
        following = start + size
    return make_list(STRING, found)


FUNCTIONS = {
    "cidrhost": Function(_host, (text("prefix"), numeric("hostnum")), result=STRING),
    "cidrnetmask": plain(STRING, _netmask, text("prefix")),
    "cidrsubnet": Function(_subnet, (text("prefix"), numeric("newbits"), numeric("netnum")), result=STRING),
    "cidrsubnets": Function(_subnets, (text("prefix"),), variadic=numeric("newbits"), result=LIST_OF_STRING),
}
