"""Trusts in GitHub's jobs, and the jobs that become the roles."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.findings import Violation
from depcheck.grants import oidc, oidc_jobs
from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.project.repository import slug_of

ROLE = """resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }}
      Condition = {{
        {operator} = {{ "token.actions.githubusercontent.com:sub" = {subject} }}
      }}
    }}]
  }})
}}
"""
STEP = """      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: {role}
          aws-region: eu-west-1
"""
ARN = "arn:aws:iam::123456789012:role/deploy"


def project_of(tmp_path: Path, subject: str, on: str, job: str = "", operator: str = "StringLike") -> Project:
    (tmp_path / "main.tf").write_text(ROLE.format(operator=operator, subject=subject))
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "w.yml").write_text(
        f"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n{job}    steps:\n" + STEP.format(role=ARN)
    )
    return load(Options([tmp_path], root=tmp_path, use_git=False), None, None)


PRODUCTION = "    environment: production\n"
CASES = [
    ('"repo:o/r:*"', "push", "", True),
    ('"repo:o/r:environment:production"', "push", PRODUCTION, True),
    ('"repo:o/r:environment:Production"', "push", PRODUCTION, True),
    ('"repo:o/r:ref:refs/heads/main"', "push", PRODUCTION, False),
    ('"repo:o/r:environment:production"', "push", "", False),
    ('"repo:o/r:environment:*"', "push", "", False),
    ('["repo:o/r:environment:production", "repo:o/r:ref:refs/heads/*"]', "push", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "{push: {branches: [main]}}", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "{push: {branches: [develop]}}", "", False),
    ('"repo:o/r:ref:refs/heads/main"', "{push: {branches: ['m*', '!main']}}", "", True),
    ('"repo:o/r:ref:refs/heads/release/1"', "{push: {branches: ['release/**']}}", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "{push: {branches-ignore: [x]}}", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "{push: {tags: ['v*']}}", "", False),
    ('"repo:o/r:ref:refs/tags/v*"', "{push: {tags: ['v[0-9]+.*']}}", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "pull_request", "", False),
    ('"repo:o/r:pull_request"', "pull_request", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "schedule", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "pull_request_target", "", True),
    ('"repo:o/r:ref:refs/heads/main"', "release", "", False),
    ('"repo:o@12/r@34:environment:production"', "push", PRODUCTION, True),
    ('"repository_owner_id:1:environment:production"', "push", "", True),
    ('"repo:o/r:job_workflow_ref:x"', "push", "", True),
    ('"repo:o/r:environment:production"', "push", "    environment: ${{ inputs.x }}\n", True),
    ('"repo:o/r:environment:production"', "push", "    environment: {name: staging}\n", False),
]


@pytest.mark.parametrize(("subject", "on", "job", "expected"), CASES)
def test_whether_a_job_may_become_a_role(tmp_path: Path, subject: str, on: str, job: str, expected: bool) -> None:
    project = project_of(tmp_path, subject, on, job)
    (assumption,) = oidc_jobs.assumptions(project)
    (trust,) = oidc.by_name(project)[assumption.name]
    assert trust.admits(assumption.comes_as(), None) is expected


def test_an_operator_that_is_not_judged_admits(tmp_path: Path) -> None:
    project = project_of(tmp_path, '"repo:x/y:*"', "push", operator="StringNotLike")
    (trust,) = oidc.trusts(project)
    assert trust.undecided is not None and trust.admits(["pull_request"], "o/r")


SLUGS = [
    ('[remote "origin"]\n\turl = https://github.com/o/r.git\n', "o/r"),
    ('[remote "origin"]\n\turl = git@github.com:o/r\n\tfetch = x\n', "o/r"),
    (
        '[remote "origin"]\n\turl = https://github.com/me/r\n[remote "upstream"]\n\turl = https://github.com/o/r\n',
        "o/r",
    ),
    ('[remote "origin"]\n\turl = https://example.com/o/r\n', None),
    ("", None),
]


@pytest.mark.parametrize(("config", "expected"), SLUGS)
def test_the_repository_by_its_remote(tmp_path: Path, config: str, expected: str | None) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(config)
    assert slug_of(project_of(tmp_path, '"repo:o/r:*"', "push")) == expected


def test_a_trust_that_names_another_repository(tmp_path: Path) -> None:
    from depcheck.checks.access_tokens import oidc_subject_mismatch

    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = https://github.com/o/other\n')
    project = project_of(tmp_path, '"repo:o/r:*"', "push")
    (found,) = [each for job in project.facts.jobs for each in oidc_subject_mismatch(job, project)]
    assert isinstance(found, Violation) and found.variant == "repository"


def test_inputs_of_called_workflows(tmp_path: Path) -> None:
    project_of(tmp_path, '"repo:o/r:environment:production"', "push")
    folder = tmp_path / ".github" / "workflows"
    (folder / "called.yml").write_text(
        "on:\n  workflow_call:\n    inputs:\n      role: {type: string}\n      where: {type: string, default: test}\n"
        "jobs:\n  b:\n    environment: ${{ inputs.where }}\n    runs-on: ubuntu-latest\n    steps:\n"
        + STEP.format(role="arn:aws:iam::1:role/${{ inputs.role }}")
    )
    (folder / "caller.yml").write_text(
        "on: pull_request\njobs:\n  one:\n    uses: ./.github/workflows/called.yml\n    with: {role: deploy}\n"
        "  two:\n    uses: ./.github/workflows/called.yml\n    with: {role: other, where: production}\n"
    )
    project = load(Options([tmp_path], root=tmp_path, use_git=False), None, None)
    told = {(each.name, each.environment) for each in oidc_jobs.assumptions(project) if each.job.id == "b"}
    assert told == {("deploy", "test"), ("other", "production")}


PATTERN = st.text(alphabet="ab*?:", max_size=8)
TEXT = st.text(alphabet="ab:", max_size=8)


@settings(max_examples=300, deadline=None)
@given(PATTERN, PATTERN, TEXT)
def test_patterns_that_match_one_text_overlap(one: str, other: str, text: str) -> None:
    assert oidc.overlap(one, other) == oidc.overlap(other, one)
    assert oidc.overlap(one, text) == fnmatchcase(text, one)
    if fnmatchcase(text, one) and fnmatchcase(text, other):
        assert oidc.overlap(one, other)


def test_patterns_are_compared_in_bounded_time() -> None:
    assert oidc.overlap("*a" * 5000 + "*", "*b" * 5000 + "*")
