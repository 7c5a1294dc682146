"""What a container may do to its host."""

from __future__ import annotations

import pytest

from depcheck.project import container_rights

FOLDERS = [
    ("/", True),
    ("//", True),
    ("/etc", True),
    ("/etc/", True),
    ("/var/../etc", True),
    ("/var/run/.", True),
    ("/etc/nginx", False),
    ("/etc/localtime", False),
    ("/srv", False),
    ("etc", False),
    ("./etc", False),
    ("", False),
    (None, False),
]


@pytest.mark.parametrize(("path", "expected"), FOLDERS)
def test_folders_that_are_the_host(path: str | None, expected: bool) -> None:
    assert (container_rights.owned_by(path) is not None) is expected


DEVICES = [
    ("/dev/sda", True),
    ("/dev/sda1", True),
    ("/dev/nvme0n1p2", True),
    ("/dev/mapper/root", True),
    ("/dev/mem", True),
    ("/dev/kvm", False),
    ("/dev/net/tun", False),
    ("/dev/ttyS0", False),
    ("/dev/snd", False),
    ("/dev/fuse", False),
]


@pytest.mark.parametrize(("path", "expected"), DEVICES)
def test_devices_that_are_the_host(path: str, expected: bool) -> None:
    assert container_rights.is_raw_device(path) is expected
