"""Names of regions: those that AWS has or can come to have, and those that it cannot."""

from __future__ import annotations

import pytest

from depcheck.recovery.places import impossible, is_region
from depcheck.source import Source
from depcheck.values import Absent, Known, Unknown

REGIONS = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-3",
    "ap-south-2",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-2",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "us-west-2",
]
OTHERS = ["us-moon-1", "us-east", "east-1", "eu-centrl-1", "US_EAST_1", "us-east-1a", "", "eu", "europe-west1", "local"]


@pytest.mark.parametrize("name", REGIONS)
def test_regions(name: str) -> None:
    assert is_region(name)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_region(name: str) -> None:
    assert not is_region(name)


def test_only_what_is_written_can_be_impossible() -> None:
    span = Source("main.tf", "us-moon-1").span(0, 9)
    assert impossible(Known("us-moon-1", span)) == [('AWS has no region "us-moon-1"', span)]
    assert impossible(Known("us-east-1", span)) == []
    assert impossible(Unknown("var.x has no value", span)) == []
    assert impossible(Absent(span)) == []
