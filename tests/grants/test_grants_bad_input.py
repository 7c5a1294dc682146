"""Policies that are malformed, absurd or made to keep a reader busy: bounded, reported, never fatal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.findings import Report
from depcheck.project.loading import Options, load

RULES = [rule for rule in all_rules() if rule.pack == "iam"]


def scan(folder: Path, document: object) -> Report:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "policy.json").write_text(text)
    project = load(Options([folder], root=folder, use_git=False))
    return run(project, RULES, Run(Selection(RULES, profile="strict")))


def statement(**elements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", **elements}]}


BOMB = "*?" * 100_000
ABSURD = {
    "wildcards": statement(Action=f"s3:{BOMB}", Resource=f"arn:aws:s3:::{BOMB}"),
    "short wildcards": statement(Action="s3:*?*?*?"),
    "wildcards everywhere": statement(Action=[f"*:*{letter}*" for letter in "abcde"], Resource="*"),
    "a long name": statement(Action="s3:" + "a" * 1_000_000),
    "near names": statement(Action=[f"s3:GetObjec{number}" for number in range(120)]),
    "many actions": statement(Action=[f"s3:Get{number}*" for number in range(1_500)]),
    "many resources": statement(Action="iam:PassRole", Resource=[f"arn:aws:iam::1:role/{n}*" for n in range(20_000)]),
    "many statements": {"Statement": [statement()["Statement"][0] for _ in range(800)]},  # type: ignore[index]
    "no statements": {"Version": "2012-10-17", "Statement": []},
    "numbers": statement(Action=[1, None, {}], Resource={"a": []}),
    "colons": statement(Action=[":", "::", ":*", "*:", "s3:", ""], Resource=["::::::", "arn", ":", ""]),
    "conditions": statement(Condition={"StringEquals": {"iam:PassedToService": [[], {}]}, "Bool": "x", "": {"": ""}}),
    "principals": statement(Principal={"AWS": [1, {}], "Service": [["a"]], "Nobody": "x"}, Action="sts:AssumeRole"),
    "both": statement(NotAction="iam:*", NotResource="*", NotPrincipal="*", Principal="*"),
    "nesting": '{"Statement": ' + "[" * 5_000 + "]" * 5_000 + "}",
    "cut off": json.dumps(statement())[:40],
}


@pytest.mark.parametrize("document", ABSURD.values(), ids=ABSURD)
def test_nothing_is_fatal(tmp_path: Path, document: object) -> None:
    report = scan(tmp_path, document)
    assert [each.message for each in report.errors if each.internal] == []


def test_a_bomb_is_told_as_what_it_is(tmp_path: Path) -> None:
    (told,) = scan(tmp_path, ABSURD["short wildcards"]).findings
    assert told.rule == "permissions-changeable-everywhere"


def test_what_is_malformed_is_reported(tmp_path: Path) -> None:
    messages = " ".join(each.message for each in scan(tmp_path, ABSURD["numbers"]).errors)
    assert "Action holds something that is not a string" in messages
    assert "has both Action and NotAction" in " ".join(each.message for each in scan(tmp_path, ABSURD["both"]).errors)


def test_one_statement_is_one_finding(tmp_path: Path) -> None:
    actions = [
        *("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "s3:*"),
        *(
            "secretsmanager:GetSecretValue",
            "kms:PutKeyPolicy",
            "dynamodb:DeleteTable",
            "dynamodb:Scan",
            "sqs:SendMessage",
        ),
    ]
    report = scan(tmp_path, statement(Action=actions))
    assert [each.rule for each in report.findings] == ["privilege-escalation"]
    report = scan(tmp_path, statement(Action=actions[3:]))
    assert [each.rule for each in report.findings] == ["role-takeover"]
    report = scan(tmp_path, statement(Action=actions[5:]))
    assert [each.rule for each in report.findings] == ["every-secret-readable"]
    report = scan(tmp_path, statement(Action=["*", *actions]))
    assert [each.rule for each in report.findings] == ["full-administrator"]
