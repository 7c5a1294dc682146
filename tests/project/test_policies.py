"""What rules ask of grants."""

from __future__ import annotations

import pytest

from depcheck.model import Grant
from depcheck.project import policies
from depcheck.source import Source
from depcheck.values import OPEN, Known, Unknown, Value

SPAN = Source("policy.json", "x").span(0, 1)


def known(value: object) -> Value:
    if isinstance(value, dict):
        return Known({key: known(each) for key, each in value.items()}, SPAN)
    if isinstance(value, list):
        return Known([known(each) for each in value], SPAN)
    return value if isinstance(value, Unknown) else Known(value, SPAN)  # type: ignore[arg-type]


def grant(conditions: object) -> Grant:
    return Grant(SPAN, source="resource-policy", conditions=known(conditions) if conditions is not None else None)


NARROWED = [
    (None, False),
    ({}, False),
    ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, True),
    ({"StringEquals": {"AWS:SourceOwner": ["111122223333"]}}, True),
    ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2/*"}}, True),
    ({"ArnLike": {"aws:SourceArn": Unknown("later", SPAN, outline=f"arn:aws:sns:{OPEN}")}}, True),
    ({"StringLike": {"aws:SourceArn": "*"}}, False),
    ({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, False),
    ({"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b"}}, False),
    ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2"}}, False),
    ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, True),
    ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, False),
    ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
    ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}, True),
    ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}}, False),
    ({"StringEquals": {"aws:PrincipalTag/team": "web"}}, True),
]


@pytest.mark.parametrize(("conditions", "expected"), NARROWED)
def test_conditions_that_say_who(conditions: object, expected: bool) -> None:
    assert policies.narrowed(grant(conditions)) is expected


def test_conditions_that_are_not_decided() -> None:
    open_ = Unknown("var.conditions has no value", SPAN)
    assert policies.narrowed(Grant(SPAN, source="iam", conditions=open_)) is open_
    assert policies.narrowed(grant({"StringEquals": open_})) is open_


def test_everything() -> None:
    star, open_ = Known("*", SPAN), Unknown("var.x", SPAN)
    partly = Unknown("var.x", SPAN, outline=f"arn:aws:s3:::{OPEN}/*")
    mine = Unknown("later", SPAN, refers="aws_s3_bucket.a")
    assert policies.everything([Known("s3:Get", SPAN), star]) is star
    assert policies.everything([open_, star]) is star
    assert policies.everything([partly, mine]) is None
    assert policies.everything([partly, open_]) is open_


ACTIONS = [("iam:PassRole", True), ("iam:Pass*", True), ("IAM:passrole", True), ("*", True), ("iam:Get*", False)]


@pytest.mark.parametrize(("pattern", "expected"), ACTIONS)
def test_actions(pattern: str, expected: bool) -> None:
    assert (policies.includes([Known(pattern, SPAN)], "iam:PassRole") is not None) is expected


def test_services() -> None:
    assert policies.service_of("s3:*") == "s3"
    assert [policies.service_of(each) for each in ("*", "*:*", "s3:Get*", "s3:")] == [None] * 4
