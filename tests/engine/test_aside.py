"""What only tests read is told with less weight, unless it was named, belongs to an environment or is a secret's."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.engine import Run, run
from depcheck.engine.selection import Selection
from depcheck.packs import built_in
from depcheck.project.loading import Options, load

BUCKET = 'resource "aws_s3_bucket" "a" {\n  acl = "public-read"\n}\n'


def severities(root: Path, *names: str, scan: str = "") -> set[str]:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BUCKET, "utf-8")
    rules = built_in()
    project = load(Options([root / scan], root=root, use_git=False), None, None)
    report = run(project, rules, Run(Selection(rules, select=["public-bucket-acl"])))
    return {f"{each.span.path} {each.severity}" for each in report.findings}


@pytest.mark.parametrize("folder", ["tests/unit", "pkg/testdata", "vendor/github.com/x", "a/fixtures/b"])
def test_what_tests_read_is_low(tmp_path: Path, folder: str) -> None:
    assert severities(tmp_path, f"{folder}/main.tf", "main.tf") == {f"{folder}/main.tf low", "main.tf high"}


def test_a_folder_that_is_named_is_meant(tmp_path: Path) -> None:
    assert severities(tmp_path, "tests/a/main.tf", "main.tf", scan="tests/a") == {"tests/a/main.tf high"}


def test_an_environment_is_no_test(tmp_path: Path) -> None:
    names = ("environments/test/main.tf", "environments/production/main.tf")
    assert severities(tmp_path, *names) == {f"{name} high" for name in names}


@pytest.mark.parametrize("folder", ["contest", "latest", "attestations"])
def test_other_words_are_no_tests(tmp_path: Path, folder: str) -> None:
    assert severities(tmp_path, f"{folder}/main.tf", "main.tf") == {f"{folder}/main.tf high", "main.tf high"}


@pytest.mark.parametrize(
    ("name", "severity"),
    [("docs/policy.json", "low"), ("iam/example-policy.json", "low"), ("iam/policy.json", "high")],
)
def test_a_policy_for_readers_is_low(tmp_path: Path, name: str, severity: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text('{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}', "utf-8")
    (tmp_path / "main.tf").write_text(BUCKET, "utf-8")
    rules = built_in()
    project = load(Options([tmp_path], root=tmp_path, use_git=False), None, None)
    report = run(project, rules, Run(Selection(rules, select=["full-administrator"])))
    assert [each.severity for each in report.findings] == [severity]
