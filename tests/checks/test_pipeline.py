"""Which checkouts bring the code of a fork, and which actions are the repository's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.catalogue import all_rules
from depcheck.testing import scan

RULES = all_rules()
HEAD = "github.event.pull_request.head"


def found(folder: Path, files: dict[str, str], rule: str) -> list[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return [finding.span.text for finding in scan(folder, RULES, rule).findings]


def privileged(options: str, *, job: str = "true", step: str = "true") -> dict[str, str]:
    text = (
        f'on: pull_request_target\njobs:\n  build:\n    if: "{job}"\n    runs-on: ubuntu-24.04\n    steps:\n'
        f'      - uses: actions/checkout@v4\n        if: "{step}"\n        with: {options}\n      - run: make\n'
    )
    return {".github/workflows/a.yml": text}


@pytest.mark.parametrize(
    ("options", "bad"),
    [
        (f'{{ref: "${{{{ {HEAD}.sha }}}}"}}', True),
        ('{ref: "refs/pull/${{ github.event.number }}/merge"}', True),
        # A branch's name alone is looked for in the workflow's own repository, where no fork can put anything.
        ('{ref: "${{ github.head_ref }}"}', False),
        (f'{{ref: "${{{{ {HEAD}.ref }}}}"}}', False),
        (f'{{ref: "${{{{ github.head_ref || {HEAD}.sha }}}}"}}', True),
        (f'{{ref: "${{{{ {HEAD}.ref }}}}", repository: "${{{{ {HEAD}.repo.full_name }}}}"}}', True),
    ],
)
def test_what_a_checkout_leads_to(tmp_path: Path, options: str, bad: bool) -> None:
    assert bool(found(tmp_path, privileged(options), "untrusted-checkout")) is bad


@pytest.mark.parametrize(
    ("condition", "bad"),
    [
        (f"{HEAD}.repo.full_name == github.repository", False),
        (f"github.repository == {HEAD}.repo.full_name && github.actor != 'x'", False),
        (f"!{HEAD}.repo.fork", False),
        ("github.event.pull_request.user.login == 'dependabot[bot]'", False),
        # Who pushed last is not who wrote the code.
        ("github.actor == 'dependabot[bot]'", True),
        (f"{HEAD}.repo.full_name != github.repository", True),
        (f"{HEAD}.repo.full_name == github.repository || github.actor == 'x'", True),
    ],
)
def test_conditions_that_leave_forks_out(tmp_path: Path, condition: str, bad: bool) -> None:
    options = f'{{ref: "${{{{ {HEAD}.sha }}}}"}}'
    assert bool(found(tmp_path, privileged(options, job=condition), "untrusted-checkout")) is bad
    assert bool(found(tmp_path, privileged(options, step=condition), "untrusted-checkout")) is bad


def test_actions_of_the_repository_itself_are_not_a_third_partys(tmp_path: Path) -> None:
    reusable = "on: workflow_call\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
    caller = "on: push\njobs:\n" + "".join(
        f"  j{number}:\n    uses: acme/app/.github/workflows/{name}.yml@main\n"
        for number, name in enumerate(["reusable", "caller", "elsewhere"])
    )
    uses = "acme/app/.github/actions/own@main", "acme/app/.github/actions/other@main", "acme/app@main"
    steps = "".join(f"      - uses: {each}\n" for each in uses)
    files = {
        ".github/workflows/reusable.yml": reusable,
        ".github/workflows/caller.yml": f"{caller}  s:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}",
        ".github/actions/own/action.yml": "name: own\nruns:\n  using: composite\n  steps: []\n",
    }
    assert found(tmp_path, files, "action-at-branch") == [
        # A caller may have the name of what it calls.
        "acme/app/.github/workflows/caller.yml@main",
        "acme/app/.github/workflows/elsewhere.yml@main",
        "acme/app/.github/actions/other@main",
        "acme/app@main",
    ]
