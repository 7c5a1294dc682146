"""What code scanning services need of SARIF."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporter_sample import sample

from depcheck.findings import Finding, Report
from depcheck.reporters import Options, render
from depcheck.reporters.sarif import uri
from depcheck.source import Source


def run_of(report: Report, options: Options | None = None) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(report, "sarif", options=options or Options()))
    (run,) = log["runs"]
    return run


def by_rule(run: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [result for result in run["results"] if result["ruleId"] == rule]


def test_rule_index_points_at_the_rule() -> None:
    run = run_of(sample(), Options(show=("pass", "unknown")))
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)


@pytest.mark.parametrize(
    ("rule", "level", "score"),
    [
        ("secret-in-env-file", "error", "9.5"),
        ("wildcard-action", "error", "8.0"),
        ("debug-in-production", "warning", "5.5"),
        ("apply-without-review", "note", "3.0"),
        ("step-name", "note", "0.5"),
    ],
)
def test_levels(rule: str, level: str, score: str) -> None:
    run = run_of(sample())
    (result,) = by_rule(run, rule)
    assert result["level"] == level
    descriptor = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert descriptor["defaultConfiguration"]["level"] == level
    assert descriptor["properties"]["security-severity"] == score
    assert descriptor["helpUri"] == f"https://github.com/depcheck/depcheck/blob/main/rules/README.md#{rule}"
    assert descriptor["help"]["markdown"]
    assert len(descriptor["properties"]["tags"]) <= 10


def test_environments_are_merged_and_named() -> None:
    (result,) = by_rule(run_of(sample()), "retention-below-target")
    assert result["message"]["text"].endswith("(in staging and production)")
    assert result["properties"]["environments"] == ["staging", "production"]
    assert result["partialFingerprints"] == {"depcheckFingerprint/v1": "f00dpr"}
    assert result["properties"]["fingerprints"] == ["f00dst", "f00dpr"]
    assert [place["message"]["text"] for place in result["relatedLocations"]] == [
        "from variable retention",
        "from staging.tfvars (in staging)",
        "from production.tfvars (in production)",
        "the promise stands here",
    ]
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "aws_db_instance.main"


def test_fix_replaces_in_order() -> None:
    (result,) = by_rule(run_of(sample()), "debug-in-production")
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "services/api/.env.production", "uriBaseId": "%SRCROOT%"}
    assert change["replacements"] == [
        {"deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1}},
        {
            "deletedRegion": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 11},
            "insertedContent": {"text": "false"},
        },
    ]


def test_suppressions_say_why() -> None:
    found = [result["suppressions"][0] for result in by_rule(run_of(sample()), "deletion-protection")]
    assert [each["kind"] for each in found] == ["inSource", "inSource", "external"]
    assert found[0]["justification"] == "accepted until the move"
    assert found[0]["location"]["physicalLocation"]["region"]["startLine"] == 3
    assert by_rule(run_of(sample(), Options(suppressed=False)), "deletion-protection") == []


def test_open_and_pass_only_when_asked() -> None:
    assert {result["kind"] for result in run_of(sample())["results"]} == {"fail"}
    asked = run_of(sample(), Options(show=("pass", "unknown")))["results"]
    assert [result["level"] for result in asked if result["kind"] in ("open", "pass")] == ["none", "none"]
    assert len([result for result in asked if result["kind"] == "open"]) == 1


def test_run_failed_only_where_a_check_raised() -> None:
    report = sample()
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is False
    report.errors = [each for each in report.errors if not each.internal]
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is True
    notices = [(each["descriptor"]["id"], each["level"]) for each in invocation["toolExecutionNotifications"]]
    assert notices == [
        ("unreadable-input", "warning"),
        ("unreadable-input", "warning"),
        ("skipped-files", "note"),
        ("skipped-files", "note"),
        ("run-notice", "note"),
    ]


def test_most_severe_results_are_kept() -> None:
    source = Source("a.tf", "x\n" * 6000)
    findings = [
        Finding(
            rule="r",
            pack="p",
            title="t",
            severity="critical" if number >= 5500 else "low",
            confidence="high",
            message="m",
            span=source.span(2 * number, 2 * number + 1),
            fingerprint=str(number),
        )
        for number in range(6000)
    ]
    report = sample()
    report.findings = findings
    run = run_of(report)
    assert len(run["results"]) == 5000
    assert all(result["level"] == "error" for result in run["results"][:500])
    # 1,000 findings and three suppressed ones do not fit.
    texts = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(text.startswith("1,003 of the less severe results") for text in texts)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("infra/db.tf", "infra/db.tf"),
        ("a b/ü.tf", "a%20b/%C3%BC.tf"),
        ("100%.tf", "100%25.tf"),
        ("c:evil", "c%3Aevil"),
        ("a?b#c", "a%3Fb%23c"),
        ("\udcff.tf", "%FF.tf"),
        ("本番", "%E6%9C%AC%E7%95%AA"),
    ],
)
def test_paths_are_percent_encoded(path: str, expected: str) -> None:
    assert uri(path) == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@settings(max_examples=60, deadline=None)
def test_paths_come_back(path: str) -> None:
    assert uri(path).isascii()
    assert unquote(uri(path)) == path


def test_no_link_from_a_scanned_file() -> None:
    report = sample()
    report.findings[0].message = "click [here](https://evil.example)"
    text = [result["message"]["text"] for result in run_of(report)["results"]]
    assert any("click \\[here\\](https://evil.example)" in each for each in text)
