"""What rules ask of workflows."""

from __future__ import annotations

import pytest

from depcheck.environments import Environments
from depcheck.model import Job
from depcheck.parsers import Context, workflow
from depcheck.project import workflows
from depcheck.source import Source, Text
from depcheck.values import Known, Unknown, plain


def job(content: str) -> Job:
    text = Text.of(Source(".github/workflows/w.yml", content))
    return workflow.parse(text, Context(Environments())).facts.jobs[0]


def step_with(run: str) -> Job:
    return job(f"on: push\njobs:\n  a:\n    steps:\n      - run: |\n          {run}\n")


PERMISSIONS = [
    ("permissions: read-all\n", {"contents": "read", "id-token": "none"}),
    ("permissions: write-all\n", {"contents": "write", "id-token": "write", "models": "read"}),
    ("permissions: {}\n", {"contents": "none", "packages": "none"}),
    ("permissions:\n  contents: write\n", {"contents": "write", "packages": "none"}),
]


@pytest.mark.parametrize(("given", "expected"), PERMISSIONS)
def test_permissions(given: str, expected: dict[str, str]) -> None:
    told = workflows.permissions(job(f"on: push\n{given}jobs: {{a: {{steps: []}}}}\n"))
    assert {name: plain(told[name]) for name in expected} == expected


def test_permissions_that_nothing_tells_are_unknown() -> None:
    told = workflows.permissions(job("on: push\njobs: {a: {steps: []}}\n"))
    assert all(isinstance(value, Unknown) for value in told.values())


def test_the_jobs_own_permissions_replace_those_of_the_workflow() -> None:
    told = workflows.permissions(
        job("on: push\npermissions: write-all\njobs: {a: {permissions: {issues: read}, steps: []}}\n")
    )
    assert (plain(told["issues"]), plain(told["contents"])) == ("read", "none")


def test_secrets_of_a_step() -> None:
    (step,) = job(
        "on: push\njobs:\n  a:\n    steps:\n      - if: secrets.ZERO\n        uses: x/y@v1\n        with:\n"
        "          token: ${{ secrets.ONE }}\n          all: ${{ toJSON(secrets) }}\n"
        "          own: ${{ secrets.GITHUB_TOKEN }}\n"
        "        env: {TWO: \"${{ secrets['TWO'] }}\"}\n"
    ).steps
    told = [(each.key, each.use.dotted, each.use.span.text) for each in workflows.secrets(step.tree)]
    assert told == [
        ("if", "secrets.ZERO", "secrets.ZERO"),
        ("token", "secrets.ONE", "secrets.ONE"),
        ("all", "secrets", "secrets"),
        ("TWO", "secrets.TWO", "secrets['TWO']"),
    ]
    assert len(workflows.secrets(step.tree, own_token=True)) == 5


INJECTIONS = [
    ('echo "${{ github.event.issue.title }}"', ["github.event.issue.title"]),
    ("git checkout ${{ github.head_ref || github.ref_name }}", ["github.head_ref"]),
    ("x ${{ github.event.commits[0].message }}", ["github.event.commits.0.message"]),
    ("x ${{ toJSON(github.event.pull_request.body) }}", ["github.event.pull_request.body"]),
    ("x ${{ github.event.pull_request.number }} ${{ github.sha }} ${{ env.TITLE }}", []),
    ("x ${{ contains(github.event.comment.body, '/deploy') }}", []),
    ("x ${{ github.head_ref == 'main' }}", []),
    ("x ${{ github.head_ref == 'main' && github.head_ref }}", ["github.head_ref", "github.head_ref"]),
]


@pytest.mark.parametrize(("run", "expected"), INJECTIONS)
def test_what_outsiders_write_into_a_script(run: str, expected: list[str]) -> None:
    (step,) = step_with(run).steps
    found = workflows.injections(step)
    assert [each.use.dotted for each in found] == expected
    assert all(each.use.span.text.startswith("github.") for each in found)


CONDITIONS = [
    ("if: true", True),
    ("if: ${{ true }}", True),
    ("if: always()", True),
    ("if: ${{ github.ref == 'x' }} && true", True),
    ("if: |\n          ${{ false }}", True),
    ("if: |-\n          ${{ false }}", False),
    ("if: false", False),
    ("if: github.ref == 'x'", False),
    ("if: always() && github.ref == 'x'", False),
    ("if: ''", False),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_conditions_that_are_always_true(condition: str, expected: bool) -> None:
    (step,) = job(f"on: push\njobs:\n  a:\n    steps:\n      - run: x\n        {condition}\n        id: y\n").steps
    assert isinstance(step.condition, Known)
    assert workflows.always(step.condition) is expected
