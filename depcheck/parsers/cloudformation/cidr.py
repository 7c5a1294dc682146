"""``Fn::Cidr``: the blocks that an address range is cut into."""

from __future__ import annotations

import re

#: What CloudFormation accepts at most.
_MOST = 256
_BLOCK = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})")


def subnets(block: str, count: str, host_bits: str = "8") -> list[str] | None:
    """The first ``count`` blocks with ``host_bits`` bits for hosts in an IPv4 ``block``; None where there are none."""
    match = _BLOCK.fullmatch(block)
    if match is None or not count.isdecimal() or not host_bits.isdecimal() or len(count) > 3 or len(host_bits) > 2:
        return None
    *octets, prefix = (int(each) for each in match.groups())
    if any(each > 255 for each in octets):
        return None
    wanted, length = int(count), 32 - int(host_bits)
    if prefix > 32 or length < prefix or not 1 <= wanted <= min(_MOST, 1 << (length - prefix)):
        return None
    address = int.from_bytes(bytes(octets)) >> (32 - prefix) << (32 - prefix)
    return [f"{_dotted(address + (index << (32 - length)))}/{length}" for index in range(wanted)]


def _dotted(address: int) -> str:
    return ".".join(str(each) for each in address.to_bytes(4))
