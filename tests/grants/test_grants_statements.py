"""What statements allow together, against IAM's own evaluation of single requests."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.grants.statements import Statements
from depcheck.model import Grant
from depcheck.source import Source
from depcheck.values import OPEN, Known, Unknown, Value

SPAN = Source("policy.json", "x" * 20).span(0, 1)
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sqs:SendMessage"]
OBJECTS = ["arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b/x", "arn:aws:s3:::never/named"]
PATTERNS = ["*", "s3:*", "s3:Get*", "S3:?etObject", "*:PutObject", "s3:DeleteObject", "sqs:*", "iam:*", "s3:*Object"]
RESOURCES = ["*", "arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/x", "arn:aws:sqs:::*"]


def values(texts: list[str]) -> list[Value]:
    return [Known(each, SPAN) for each in texts]


def grant(effect: str, actions: list[str], resources: list[str], *, negate: str = "") -> Grant:
    lists = {"actions": values(actions), "resources": values(resources)}
    if negate:
        lists[f"not_{negate}"] = lists.pop(negate)
    return Grant(SPAN, source="iam", effect=Known(effect, SPAN), **lists)  # type: ignore[arg-type]


GRANTS = st.builds(
    grant,
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
    negate=st.sampled_from(["", "", "", "actions", "resources"]),
)


def named(listed: list[Value], text: str, *, fold: bool) -> bool:
    texts = [each.value for each in listed if isinstance(each, Known)]
    if fold:
        return any(fnmatchcase(text.lower(), str(each).lower()) for each in texts)
    return any(fnmatchcase(text, str(each)) for each in texts)


def speaks(each: Grant, action: str, resource: str) -> bool:
    if each.actions:
        acts = named(each.actions, action, fold=True)
    else:
        acts = not named(each.not_actions, action, fold=True)
    if each.resources:
        return acts and named(each.resources, resource, fold=False)
    return acts and not named(each.not_resources, resource, fold=False)


def decided(grants: list[Grant], action: str, resource: str) -> str:
    """Explicit deny, then allow, then the implicit deny."""
    told = {
        str(each.effect.value) for each in grants if isinstance(each.effect, Known) and speaks(each, action, resource)
    }
    return "Deny" if "Deny" in told else "Allow" if "Allow" in told else ""


@given(st.lists(GRANTS, min_size=1, max_size=4), st.sampled_from(ACTIONS[:3]))
@settings(max_examples=250, deadline=None)
def test_everywhere_means_every_object_that_nothing_else_speaks_of(grants: list[Grant], action: str) -> None:
    permit = Statements(grants).permit(action, every=True)
    excepted = [each for each in grants if each.not_resources or each.effect.value == "Deny"]  # type: ignore[union-attr]
    if permit is not None:
        for resource in OBJECTS:
            if not any(named([*each.resources, *each.not_resources], resource, fold=False) for each in excepted):
                assert decided(grants, action, resource) == "Allow"
    elif not excepted:
        # Nothing may be allowed on what no policy can name but by a wildcard for all.
        assert decided(grants, action, "arn:aws:s3:::never/named") != "Allow"


@given(st.lists(GRANTS, min_size=1, max_size=4), st.sampled_from(ACTIONS))
@settings(max_examples=150, deadline=None)
def test_no_permit_without_a_statement_that_allows(grants: list[Grant], action: str) -> None:
    statements = Statements(grants)
    if statements.permit(action, every=False) is None:
        assert statements.permit(action, every=True) is None
    else:
        assert any(
            decided([each], action, resource) == "Allow"
            for each in grants
            for resource in [*OBJECTS, "*", "arn:aws:sqs:::q"]
        )


CONDITIONS = [
    ({}, True),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"StringEquals": {"aws:ResourceTag/team": "a"}}, False),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1", "s3:prefix": "a"}}, False),
]


def known(value: object) -> Value:
    if isinstance(value, dict):
        return Known({key: known(each) for key, each in value.items()}, SPAN)
    return Known(value, SPAN)  # type: ignore[arg-type]


@pytest.mark.parametrize(("conditions", "counts"), CONDITIONS)
def test_conditions_that_bound_an_allow(conditions: object, counts: bool) -> None:
    made = Grant(SPAN, source="iam", actions=values(["s3:*"]), resources=values(["*"]), conditions=known(conditions))
    assert (Statements([made]).permit("s3:GetObject", every=True) is not None) == counts


@pytest.mark.parametrize(
    ("conditions", "denied"),
    [
        (None, True),
        ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, False),
        ({"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}}, True),
    ],
)
def test_conditions_of_a_deny(conditions: object, denied: bool) -> None:
    allow = grant("Allow", ["iam:*RolePolicy"], ["*"])
    conditional = known(conditions) if conditions is not None else None
    deny = Grant(
        SPAN,
        source="iam",
        effect=Known("Deny", SPAN),
        actions=values(["iam:Put*"]),
        resources=values(["*"]),
        conditions=conditional,
    )
    assert (Statements([allow, deny]).permit("iam:PutRolePolicy", every=True) is None) == denied


def test_what_is_not_decided_is_told_as_such() -> None:
    later = Unknown("later", SPAN)
    for made in (
        Grant(SPAN, source="iam", actions=values(["s3:GetObject"]), resources=[later]),
        Grant(SPAN, source="iam", actions=[later], resources=values(["*"])),
        Grant(SPAN, source="iam", actions=values(["s3:GetObject"]), resources=values(["*"]), conditions=later),
        Grant(SPAN, source="iam", actions=values(["s3:GetObject"]), resources=values(["*"]), effect=later),
    ):
        permit = Statements([made]).permit("s3:GetObject", every=True)
        assert permit is not None
        assert permit.undecided is later
    decided_too = grant("Allow", ["s3:GetObject"], ["*"])
    both = Statements([Grant(SPAN, source="iam", actions=[later], resources=values(["*"])), decided_too])
    permit = both.permit("s3:GetObject", every=True)
    assert permit is not None
    assert permit.undecided is None


@pytest.mark.parametrize(
    ("outline", "every"),
    [
        (f"arn:aws:dynamodb:{OPEN}:{OPEN}:table/*", True),
        (f"arn:{OPEN}:dynamodb:eu-west-1:1:table/*", True),
        (f"arn:aws:dynamodb:eu-west-1:1:table/{OPEN}", False),
        (f"arn:aws:dynamodb:eu-west-1:1:table/{OPEN}-*", False),
        (f"{OPEN}/*", False),
    ],
)
def test_open_parts_of_an_arn(outline: str, every: bool) -> None:
    resource = Unknown("later", SPAN, outline=outline)
    made = Statements([Grant(SPAN, source="iam", actions=values(["dynamodb:Scan"]), resources=[resource])])
    permit = made.permit("dynamodb:Scan", every=True)
    assert (permit is not None) == every
    assert permit is None or permit.undecided is None


def test_one_catalog_is_not_every_table() -> None:
    made = grant(
        "Allow", ["glue:DeleteTable"], ["arn:aws:glue:eu-west-1:1:catalog", "arn:aws:glue:eu-west-1:1:table/a/*"]
    )
    assert Statements([made]).permit("glue:DeleteTable", every=True) is None
    wide = grant(
        "Allow", ["glue:DeleteTable"], ["arn:aws:glue:eu-west-1:1:catalog", "arn:aws:glue:eu-west-1:1:table/*"]
    )
    assert Statements([wide]).permit("glue:DeleteTable", every=True) is not None
