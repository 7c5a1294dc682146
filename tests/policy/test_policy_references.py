from __future__ import annotations

import pytest

from depcheck.policy import PolicyError, load
from depcheck.policy.references import check_references
from depcheck.source import Source

RULES = ("open-ingress", "unpinned-image")


def test_names_that_nobody_defines() -> None:
    policy = load(
        Source(
            "depcheck.yaml",
            "rules:\n"
            "  select: [ALL, network, high, open-ingres]\n"
            "  ignore: [{rule: unpined-image, reason: r}]\n"
            "  severity: {open-egress: low}\n"
            "promises: {production: [iam-mfa, iam-mfaa]}\n"
            "evidence: [{control: dr, last: 2026-10-02, source: s}]\n",
        )
    )
    with pytest.raises(PolicyError) as caught:
        check_references(policy, rules=RULES, packs=["network"], controls=["iam-mfa"])
    assert str(caught.value).splitlines() == [
        'depcheck.yaml:2:32: select: unknown rule, pack or severity "open-ingres", did you mean "open-ingress"?',
        'depcheck.yaml:3:19: rule: unknown rule "unpined-image", did you mean "unpinned-image"?',
        'depcheck.yaml:4:14: unknown rule "open-egress", did you mean "open-ingress"?',
        'depcheck.yaml:5:34: promises: unknown control "iam-mfaa", did you mean "iam-mfa"?',
        'depcheck.yaml:6:22: control: unknown control "dr": known here is iam-mfa',
    ]


def test_names_that_are_defined() -> None:
    policy = load(Source("depcheck.yaml", "rules: {select: [open-ingress, critical]}\npromises: [iam-mfa]\n"))
    check_references(policy, rules=RULES, packs=(), controls=["iam-mfa"])
    check_references(policy, rules=RULES, packs=())
