"""What the steps of a job need of its token."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.model import Job
from depcheck.project import Project, token_needs, token_rights, token_table
from depcheck.project.loading import Options, load
from depcheck.project.workflows import PERMISSIONS

GHCR = (
    "      - uses: docker/login-action@v3\n"
    "        with: {registry: ghcr.io, username: x, password: '${{ github.token }}'}\n"
)
CHECKOUT = "      - uses: actions/checkout@v4\n"


def read(tmp_path: Path, **files: str) -> Project:
    for name, content in files.items():
        path = tmp_path / ".github" / "workflows" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return load(Options([tmp_path], root=tmp_path, use_git=False), None, None)


def job(project: Project, id: str = "a") -> Job:
    return next(each for each in project.facts.jobs if each.id == id)


def of_steps(tmp_path: Path, steps: str, head: str = "on: push\n", extra: str = "") -> token_needs.Needs:
    project = read(tmp_path, w=f"{head}jobs:\n  a:\n    runs-on: ubuntu-latest\n{extra}    steps:\n{steps}")
    return token_needs.of_job(job(project), project)


NEEDED = [
    (CHECKOUT, {}),
    ("      - uses: actions/deploy-pages@v4\n", {"pages": "write", "id-token": "write"}),
    ("      - uses: Actions/Deploy-Pages@v4\n", {"pages": "write", "id-token": "write"}),
    (
        "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: r}\n",
        {"id-token": "write"},
    ),
    ("      - uses: aws-actions/configure-aws-credentials@v4\n        with: {aws-region: r}\n", {}),
    (
        "      - uses: aws-actions/configure-aws-credentials@v4\n"
        "        with: {role-to-assume: r, role-chaining: true}\n",
        {},
    ),
    ("      - uses: google-github-actions/auth@v2\n        with: {credentials_json: x}\n", {}),
    ("      - uses: softprops/action-gh-release@v2\n", {"contents": "write"}),
    ("      - uses: softprops/action-gh-release@v2\n        with: {token: '${{ secrets.PAT }}'}\n", {}),
    ("      - uses: softprops/action-gh-release@v2\n        with: {token: '${{ secrets.PAT || github.token }}'}\n", {}),
    ("      - uses: softprops/action-gh-release@v2\n        with: {TOKEN: '${{ secrets.PAT }}'}\n", {}),
    ("      - uses: github/codeql-action/analyze@v3\n", {"security-events": "write"}),
    ("      - uses: github/codeql-action/analyze@v3\n        with: {upload: never}\n", {}),
    ("      - uses: github/codeql-action/analyze@v3\n        with: {upload: '${{ inputs.x }}'}\n", {}),
    ("      - run: gh release create v1\n        env: {GH_TOKEN: '${{ github.token }}'}\n", {"contents": "write"}),
    ("      - run: gh release create v1\n        env: {GH_TOKEN: '${{ secrets.PAT }}'}\n", {}),
    ("      - run: gh release create v1\n", {}),
    (
        "      - run: gh release -R o/r delete v1\n        env: {GH_TOKEN: '${{ github.token }}'}\n",
        {"contents": "write"},
    ),
    (
        "      - run: gh run cancel 1\n        env: {GH_TOKEN: \"${{ secrets['GITHUB_TOKEN'] }}\"}\n",
        {"actions": "write"},
    ),
    (CHECKOUT + "      - run: git push\n", {"contents": "write"}),
    (CHECKOUT + "      - run: git -C site push origin HEAD\n", {"contents": "write"}),
    (CHECKOUT + "      - run: git push --dry-run\n", {}),
    ("      - run: git push\n", {}),
    (CHECKOUT + "        with: {persist-credentials: false}\n      - run: git push\n", {}),
    (CHECKOUT + "        with: {token: '${{ secrets.PAT }}'}\n      - run: git push\n", {}),
    (CHECKOUT + "      - run: git remote set-url origin https://x@example.com/y && git push\n", {}),
    (CHECKOUT + "      - uses: stefanzweifel/git-auto-commit-action@v5\n", {"contents": "write"}),
    (GHCR + "      - run: docker push ghcr.io/o/r:1\n", {"packages": "write"}),
    ("      - run: docker push ghcr.io/o/r:1\n", {}),
    (
        GHCR + "      - uses: docker/build-push-action@v6\n        with: {push: true, tags: 'ghcr.io/o/r:1'}\n",
        {"packages": "write"},
    ),
    (GHCR + "      - uses: docker/build-push-action@v6\n        with: {push: true, tags: 'o/r:1'}\n", {}),
    (
        "      - run: gh api repos/{owner}/{repo}/statuses/x -f state=success\n"
        "        env: {GH_TOKEN: '${{ github.token }}'}\n",
        {"statuses": "write"},
    ),
    ("      - run: gh api repos/o/r/statuses/x\n        env: {GH_TOKEN: '${{ github.token }}'}\n", {}),
    (
        '      - run: |\n          curl -X POST -H "Authorization: Bearer ${{ github.token }}" \\\n'
        "            https://api.github.com/repos/o/r/check-runs -d '{}'\n",
        {"checks": "write"},
    ),
    ("      - run: cosign sign --yes x@y\n", {"id-token": "write"}),
    ("      - run: cosign sign --key env://KEY x@y\n", {}),
    ("      - if: false\n        uses: actions/deploy-pages@v4\n", {}),
]


@pytest.mark.parametrize(("steps", "expected"), NEEDED)
def test_what_steps_cannot_do_without(tmp_path: Path, steps: str, expected: dict[str, str]) -> None:
    assert {name: use.level for name, use in of_steps(tmp_path, steps).needs.items()} == expected


OPEN = [
    ("      - uses: example/unheard-of@v1\n", {"*"}),
    ("      - uses: ${{ matrix.action }}\n", {"*"}),
    ("      - uses: docker://example/tool:1\n", {"*"}),
    ("      - uses: ./missing\n", {"*"}),
    ("      - run: ./release.sh\n", {"id-token"}),
    (CHECKOUT + "      - run: ./release.sh\n", {"id-token", "contents"}),
    (CHECKOUT + "        with: {token: '${{ secrets.PAT }}'}\n      - run: ./release.sh\n", {"id-token"}),
    (GHCR + "      - run: ./release.sh\n", {"id-token", "packages"}),
    ("      - run: ./release.sh\n        env: {TOKEN: '${{ github.token }}'}\n", {"*"}),
    ("      - run: npm ci && npm test\n", set()),
    ("      - run: echo '${{ github.token }}' | jq . | tee x\n", set()),
    ("      - run: gh api graphql -f query=x\n        env: {GH_TOKEN: '${{ github.token }}'}\n", {"*"}),
    ("      - run: print(1)\n        shell: python\n", {"id-token"}),
    ("      - uses: docker/build-push-action@v6\n        with: {secrets: 'x=${{ github.token }}'}\n", {"*"}),
    ("      - uses: actions/cache@v4\n        with: {key: '${{ toJSON(github) }}'}\n", {"*"}),
    (
        "      - run: echo T=$T >> $GITHUB_ENV\n        env: {T: '${{ github.token }}'}\n      - run: ./x\n",
        {"*"},
    ),
]


@pytest.mark.parametrize(("steps", "expected"), OPEN)
def test_what_cannot_be_told(tmp_path: Path, steps: str, expected: set[str]) -> None:
    assert set(of_steps(tmp_path, steps).unknown) == expected


SCRIPTS = [
    ("await github.rest.issues.createComment({})", {"issues": "write", "pull-requests": "write"}, False),
    ("await github.issues.createComment({})", {"issues": "write", "pull-requests": "write"}, False),
    ("// github.graphql is not called\ngithub.rest.repos.createRelease({})", {"contents": "write"}, False),
    ("/* github.request */ github.rest.checks.create({})", {"checks": "write"}, False),
    ("const l = await github.paginate(github.rest.issues.listComments, {})", {}, False),
    ("const l = await github.paginate('GET /repos/x/y/pulls')", {}, True),
    ("await github.rest.unheard.of({})", {}, True),
    ("await github.graphql(q)", {}, True),
    ("await github.request('POST /x')", {}, True),
    ("help({github, context})", {}, True),
    ("const {run} = require('./x.js'); run()", {}, True),
    ("const fs = require('fs'); fs.readFileSync('x')", {}, False),
    ("await exec.exec('git', ['push'])", {}, True),
    ("core.info('see https://github.com/o/r, github-actions[bot] and .github/x')", {}, False),
    ("await github?.rest?.git?.createRef({})", {"contents": "write"}, False),
]


@pytest.mark.parametrize(("script", "expected", "is_open"), SCRIPTS)
def test_scripts_in_javascript(tmp_path: Path, script: str, expected: dict[str, str], is_open: bool) -> None:
    lines = "".join(f"            {line}\n" for line in script.split("\n"))
    needs = of_steps(tmp_path, f"      - uses: actions/github-script@v7\n        with:\n          script: |\n{lines}")
    assert ({name: level for name, level in needs.may.items() if level == "write"}, "*" in needs.unknown) == (
        expected,
        is_open,
    )


def test_a_command_that_may_fail_needs_nothing_for_certain(tmp_path: Path) -> None:
    env = "        env: {GH_TOKEN: '${{ github.token }}'}\n"
    needs = of_steps(tmp_path, f"      - run: gh release create v1 || gh release edit v1\n{env}")
    assert needs.needs["contents"].name == "`gh release edit`"
    needs = of_steps(tmp_path, f"      - run: gh release create v1 || true\n{env}")
    assert (needs.needs, needs.may) == ({}, {"contents": "write"})


def test_the_environment_of_the_workflow_and_the_job_counts(tmp_path: Path) -> None:
    step = "      - run: gh issue create\n"
    for head, extra in (
        ("on: push\nenv: {GH_TOKEN: '${{ github.token }}'}\n", ""),
        ("on: push\n", "    env: {GH_TOKEN: '${{ github.token }}'}\n"),
    ):
        assert set(of_steps(tmp_path, step, head, extra).needs) == {"issues"}


def test_a_runner_of_ones_own_may_have_credentials(tmp_path: Path) -> None:
    step = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: r}\n"
    project = read(tmp_path, w=f"on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n{step}")
    needs = token_needs.of_job(job(project), project)
    assert (needs.needs, needs.may) == ({}, {"id-token": "write"})


def test_secrets_of_a_called_workflow_may_be_the_token(tmp_path: Path) -> None:
    step = "      - uses: softprops/action-gh-release@v2\n        with: {token: '${{ secrets.token }}'}\n"
    needs = of_steps(tmp_path, step, "on: workflow_call\n")
    assert (needs.needs, needs.may["contents"]) == ({}, "write")


def test_workflows_that_call_one_another_in_a_circle_end(tmp_path: Path) -> None:
    call = "on: workflow_call\npermissions: {contents: write}\njobs:\n  a:\n    uses: ./.github/workflows/%s.yml\n"
    project = read(tmp_path, one=call % "two", two=call % "one")
    for each in project.facts.jobs:
        assert token_rights.needed(each, project).may.get("contents") == "write"
        assert not list(token_rights.lacks(each, project))


def test_actions_that_use_one_another_in_a_circle_end(tmp_path: Path) -> None:
    action = tmp_path / ".github" / "actions" / "x" / "action.yml"
    action.parent.mkdir(parents=True)
    action.write_text("name: x\nruns:\n  using: composite\n  steps:\n    - uses: ./.github/actions/x\n")
    assert set(of_steps(tmp_path, "      - uses: ./.github/actions/x\n").unknown) == {"*"}


def test_the_table_has_sources_and_knows_its_words() -> None:
    from depcheck.data import load_json

    table = load_json("schemas", "workflow-permissions.json")
    actions, commands, api, calls = (table[name] for name in ("actions", "commands", "api", "calls"))
    assert isinstance(actions, list) and isinstance(commands, list)
    assert isinstance(api, list) and isinstance(calls, list)
    assert sum(len(row["actions"]) for row in actions) >= 60 and len(commands) >= 30
    names = [name for row in actions for name in row["actions"]]
    assert len(names) == len(set(names)) and all(name == name.lower() for name in names)
    for row in (*actions, *commands, *api, *calls):
        assert row["source"].startswith("https://")
        for part in (row, *row.get("cases", ())):
            for key in ("needs", "may", "either"):
                for permission, level in part.get(key, {}).items():
                    assert permission in PERMISSIONS and level in ("read", "write"), (row, permission)
    for name in names:
        assert "*" in name or token_table.of_action(f"{name}@v1") is not None
