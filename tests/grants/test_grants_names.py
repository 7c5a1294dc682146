"""Actions that do not exist, and which one was meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.data import load_json
from depcheck.grants import actions, names, reach
from depcheck.grants.matching import covers_every


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("s3:GetObjets", "s3:GetObject"),
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("sqs:RecieveMessage", "sqs:ReceiveMessage"),
        ("iam:PassRoles", "iam:PassRole"),
        ("secretmanager:GetSecretValue", "secretsmanager:GetSecretValue"),
        ("dynamdb:GetItem", "dynamodb:GetItem"),
        ("servicequota:List*", "servicequotas:List*"),
        ("lambda:FoldProteins", None),
        ("foo:*", None),
        ("s3:Zzz*", None),
        ("kms:Encypt", "kms:Encrypt"),
    ],
)
def test_what_was_meant(text: str, meant: str | None) -> None:
    assert names.is_unknown(text)
    assert names.meant(text) == meant


@pytest.mark.parametrize("text", ["*", "s3:*", "S3:getobject", "s3:Get?bject", "sns:Receive", "no action", "a:b:c", ""])
def test_what_is_no_mistake(text: str) -> None:
    assert not names.is_unknown(text)


@given(st.sampled_from(sorted(actions.of_service("sqs"))), st.integers(0, 30), st.sampled_from("xqz"))
@settings(max_examples=60, deadline=None)
def test_one_letter_too_many_is_seen_through(name: str, at: int, letter: str) -> None:
    written = name[:at] + letter + name[at:]
    suggested = names.meant(f"sqs:{written}")
    assert suggested is None or actions.exists(suggested)
    if len(name) >= 8:
        assert suggested == str(actions.of_service("sqs")[name])


def test_the_names_of_operations_are_no_actions_and_what_they_mean_is() -> None:
    told = load_json("schemas", "iam-action-names.json")
    wrong, services = told["actions"], told["services"]
    assert isinstance(wrong, dict) and isinstance(services, dict)
    assert [each for each in wrong if actions.exists(each)] == []
    assert [each for each in wrong.values() if not actions.exists(str(each))] == []
    assert [each for each in services if actions.of_service(each)] == []
    assert [each for each in services.values() if not actions.of_service(str(each))] == []
    sensitive = load_json("schemas", "iam-sensitive-actions.json")
    for kind in ("credentials", "sharing", "destruction", "data"):
        listed = sensitive[kind]
        assert isinstance(listed, list)
        for each in listed:
            known = actions.action(str(each))
            assert known is not None and known.templates, each
    managed = json.dumps(load_json("schemas", "iam-managed-policies.json"))
    assert "AdministratorAccess" in managed


@pytest.mark.parametrize(
    ("action", "narrower"),
    [
        ("s3:GetObject", "arn:aws:s3:::NAME/*"),
        ("iam:PassRole", "arn:aws:iam::ACCOUNT:role/NAME"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME"),
        ("dynamodb:Query", "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME"),
        ("backup:DeleteRecoveryPoint", "arn:aws:backup:REGION:ACCOUNT:NAME"),
        ("no:Action", "arn:aws:no:REGION:ACCOUNT:NAME"),
    ],
)
def test_the_narrower_grant_that_a_fix_proposes(action: str, narrower: str) -> None:
    assert reach.narrower(action) == narrower


def test_whatever_is_proposed_is_less_than_everything() -> None:
    for known in actions.expanded("*"):
        if known.templates:
            arn = reach.narrower(str(known))
            assert not any(covers_every(arn, template) for template in known.templates if "*" in template)
