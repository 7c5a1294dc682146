"""JSON and SARIF keep their schemas, and the schemas in the repository are those that the code writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from reporter_sample import sample

from depcheck.findings import Report
from depcheck.reporters import Options, render
from depcheck.reporters.json import render_rules
from depcheck.reporters.schema import files, main, report_schema, rules_schema

ROOT = Path(__file__).parents[2]
SARIF = json.loads((ROOT / "tests/data/sarif-2.1.0.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(files()))
def test_schemas_are_up_to_date(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == files()[name]
    Draft202012Validator.check_schema(json.loads(files()[name]))


def test_check_option_compares() -> None:
    assert main(["--check"]) == 0


def test_json_report_is_valid() -> None:
    Draft202012Validator(report_schema()).validate(json.loads(render(sample(), "json")))


def test_schema_refuses_what_the_contract_does_not_name() -> None:
    validator = Draft202012Validator(report_schema())
    report = json.loads(render(sample(), "json"))
    report["findings"][0]["extra"] = 1
    assert not validator.is_valid(report)
    report = json.loads(render(sample(), "json"))
    del report["findings"][0]["environment"]
    assert not validator.is_valid(report)


def test_keys_are_those_of_the_contract() -> None:
    report = json.loads(render(sample(), "json"))
    assert list(report) == [
        "version", "tool", "summary", "findings", "unknown", "passed", "suppressed", "skipped", "errors",
    ]  # fmt: skip
    assert list(report["summary"]) == [
        "files", "skipped", "resources", "rules", "findings", "passed", "unknown", "suppressed",
    ]  # fmt: skip
    assert list(report["findings"][0]) == [
        "rule", "pack", "severity", "confidence", "message", "fingerprint", "environment", "resource", "location",
        "related", "controls", "fix",
    ]  # fmt: skip
    assert list(report["unknown"][0]) == [
        "rule", "severity", "environment", "resource", "location", "reason", "missing",
    ]  # fmt: skip
    assert list(report["passed"][0]) == ["rule", "environment", "resource", "location", "evidence"]
    assert list(report["errors"][0]) == ["path", "location", "message"]


def test_every_environment_has_its_entry_in_json() -> None:
    report = json.loads(render(sample(), "json"))
    found = [each["environment"] for each in report["findings"] if each["rule"] == "retention-below-target"]
    assert found == ["production", "staging"]
    assert report["summary"]["findings"] == {"critical": 1, "high": 3, "medium": 2, "low": 1, "info": 1}


def test_rules_listing_is_valid() -> None:
    listing = json.loads(render_rules(sample().rules))
    Draft202012Validator(rules_schema()).validate(listing)
    assert list(listing[0]) == [
        "id", "pack", "profile", "title", "severity", "confidence", "why", "fix", "controls", "aliases",
    ]  # fmt: skip


@pytest.mark.parametrize("show", [(), ("pass", "unknown")])
def test_sarif_is_valid(show: tuple[str, ...]) -> None:
    log = json.loads(render(sample(), "sarif", options=Options(show=show)))
    errors = [error.message for error in Draft202012Validator(SARIF).iter_errors(log)]
    assert errors == []


def test_sarif_of_nothing_is_valid() -> None:
    empty = Report(
        files=0, resources=0, rules=[], findings=[], unknown=[], passed=[], suppressed=[], skipped=[], errors=[]
    )
    Draft202012Validator(SARIF).validate(json.loads(render(empty, "sarif")))
