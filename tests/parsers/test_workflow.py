"""GitHub workflows, actions and Dependabot's configuration in the nouns of the model."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.model import Job
from depcheck.parsers import Context, Parsed, action, dependabot, workflow
from depcheck.source import Source, Text
from depcheck.values import Absent, Known, Unknown, Value, plain, string

DEPLOY = """\
name: Deploy the shop
on:
  push:
    branches: [main]
  schedule:
    - cron: "0 2 * * 1-5"
      timezone: Europe/Berlin
permissions: read-all
env:
  NODE: "20"
  REGION: eu-central-1
defaults:
  run:
    shell: bash
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.11", 3.12]
        include:
          - python: "3.13"
    services:
      postgres:
        image: postgres:16
        env:
          POSTGRES_PASSWORD: ${{ secrets.DB_PASSWORD }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python }}
      - uses: actions/setup-node@v4
        with:
          node-version: ${{ env.NODE }}
          node-version-file: .nvmrc
      - run: make test
  production:
    needs: [test]
    runs-on: ubuntu-latest
    container: node:${{ vars.NODE }}
    environment:
      name: prod
      url: https://example.com
    permissions:
      contents: read
      id-token: write
      issues: none
    if: github.ref == 'refs/heads/main' && vars.ENABLED
    env:
      TOKEN: ${{ secrets.DEPLOY_TOKEN || 'none' }}
      BUCKET: shop-${{ env.REGION }}
    steps:
      - name: Ship it
        shell: sh
        env:
          STAGE: production
        run: |
          ./deploy.sh "${{ inputs.version }}"
          echo done
      - uses: docker://alpine:3.20
  call:
    uses: ./.github/workflows/other.yml
    secrets: inherit
"""


def parse(content: str, path: str = ".github/workflows/deploy.yml") -> Parsed:
    module = action if path.endswith("action.yml") else dependabot if path.endswith("dependabot.yml") else workflow
    return module.parse(Text.of(Source(path, content)), Context(Environments()))


def job(parsed: Parsed, id: str) -> Job:
    return next(each for each in parsed.facts.jobs if each.id == id)


def words(value: Value | None) -> object:
    return plain(value) if value is not None else None


class TestDeploy:
    parsed = parse(DEPLOY)

    def test_nothing_is_wrong(self) -> None:
        assert [problem.message for problem in self.parsed.problems] == []

    def test_the_workflow(self) -> None:
        (found,) = self.parsed.facts.workflows
        assert (found.name, found.kind, found.span.text) == ("Deploy the shop", "workflow", "Deploy the shop")
        assert list(found.triggers) == ["push", "schedule"]
        assert [each.id for each in found.jobs] == ["test", "production", "call"]

    def test_jobs(self) -> None:
        production = job(self.parsed, "production")
        assert production.address == "workflow.deploy.production"
        assert production.span.text == "production"
        assert [words(each) for each in production.needs] == ["test"]
        assert production.workflow == "deploy"
        assert words(production.condition) == "github.ref == 'refs/heads/main' && vars.ENABLED"
        assert words(job(self.parsed, "call").uses) == "./.github/workflows/other.yml"

    def test_environments(self) -> None:
        assert [each.environment for each in self.parsed.facts.jobs] == [None, "production", None]

    def test_permissions_are_the_jobs_own_or_those_of_the_workflow(self) -> None:
        assert words(job(self.parsed, "test").permissions) == "read-all"
        assert words(job(self.parsed, "production").permissions) == {
            "contents": "read",
            "id-token": "write",
            "issues": "none",
        }

    def test_grants(self) -> None:
        grants = [(each.scope, [words(action) for action in each.actions]) for each in self.parsed.facts.grants]
        assert grants == [
            ("workflow.deploy", ["read-all"]),
            ("workflow.deploy.production", ["contents:read", "id-token:write"]),
        ]
        first = self.parsed.facts.grants[1].actions[1]
        assert first.span.text == "write"
        assert first.key is not None and first.key.text == "id-token"

    def test_schedules(self) -> None:
        (schedule,) = self.parsed.facts.schedules
        assert (string(schedule.expression), schedule.zone) == ("0 2 * * 1-5", "Europe/Berlin")

    def test_settings(self) -> None:
        told = {(each.scope, each.name): each for each in self.parsed.facts.settings}
        assert {key: words(each.value) for key, each in told.items() if isinstance(each.value, Known)} == {
            ("workflow.deploy", "NODE"): "20",
            ("workflow.deploy", "REGION"): "eu-central-1",
            ("workflow.deploy.production", "STAGE"): "production",
        }
        token = told["workflow.deploy.production", "TOKEN"]
        assert isinstance(token.value, Unknown)
        assert token.sensitive
        assert [each.name for each in token.value.missing] == ["secrets.DEPLOY_TOKEN"]
        assert token.value.reason == (
            "the expression ${{ secrets.DEPLOY_TOKEN || 'none' }} is decided when the workflow runs"
        )
        assert token.span.text == "TOKEN"
        assert token.environment == "production"
        assert ("workflow.deploy.test.postgres", "POSTGRES_PASSWORD") in told

    def test_references(self) -> None:
        told = [(each.kind, each.name, each.scope, each.default) for each in self.parsed.facts.references]
        assert told == [
            ("file", ".nvmrc", "workflow.deploy.test", False),
            ("secret", "DB_PASSWORD", "workflow.deploy.test", False),
            ("variable", "NODE", "workflow.deploy.production", False),
            ("variable", "ENABLED", "workflow.deploy.production", False),
            ("secret", "DEPLOY_TOKEN", "workflow.deploy.production", True),
            ("input", "version", "workflow.deploy.production", False),
        ]
        assert all(each.span.text == each.name for each in self.parsed.facts.references)

    def test_images(self) -> None:
        told = [(each.role, words(each.reference), each.scope) for each in self.parsed.facts.images]
        assert told == [
            ("action", "actions/checkout@v4", "workflow.deploy.test"),
            ("action", "actions/setup-python@v5", "workflow.deploy.test"),
            ("action", "actions/setup-node@v4", "workflow.deploy.test"),
            ("container", "postgres:16", "workflow.deploy.test.postgres"),
            ("container", "alpine:3.20", "workflow.deploy.production"),
            (
                "container",
                {"unknown": "the expression ${{ vars.NODE }} is decided when the workflow runs"},
                "workflow.deploy.production",
            ),
            ("workflow", "./.github/workflows/other.yml", "workflow.deploy.call"),
        ]
        assert self.parsed.facts.images[4].span.text == "alpine:3.20"
        unknown = self.parsed.facts.images[5].reference
        assert isinstance(unknown, Unknown) and unknown.outline == "node:\ufffc"

    def test_runtimes(self) -> None:
        told = [(each.language, words(each.version), each.span.text) for each in self.parsed.facts.runtimes]
        assert told == [
            ("python", "3.11", '"3.11"'),
            ("python", 3.12, "3.12"),
            ("python", "3.13", '"3.13"'),
            ("node", "20", "${{ env.NODE }}"),
        ]
        node = self.parsed.facts.runtimes[3].version
        assert isinstance(node, Known)
        assert [(step.words, step.span.text if step.span else "") for step in node.via] == [("env.NODE", "NODE")]

    def test_scripts(self) -> None:
        first, second = self.parsed.embedded
        assert (first.kind, first.text.text, first.shell, first.origin) == ("shell", "make test", "bash", "workflow")
        assert first.strict == {"e", "pipefail"}
        assert second.text.text == './deploy.sh "${{ inputs.version }}"\necho done\n'
        assert (second.scope, second.environment, second.shell) == ("workflow.deploy.production", "production", "sh")
        assert second.strict == {"e"}
        at = second.text.text.index("done")
        assert second.text.span(at, at + 4).line == DEPLOY[: DEPLOY.index("echo done")].count("\n") + 1

    def test_steps(self) -> None:
        first, second = job(self.parsed, "production").steps
        assert (first.name, first.index, first.span.text) == ("Ship it", 0, "Ship it")
        assert isinstance(first.run, Unknown)
        assert isinstance(first.tree.get("run"), Known)
        assert [each.name for each in first.settings] == ["STAGE"]
        assert second.span.text == "docker://alpine:3.20"
        assert job(self.parsed, "test").steps[3].span.text == "run"


def test_on_in_all_ways_of_writing_it() -> None:
    for on, events in [
        ("on: push", ["push"]),
        ("on: [push, pull_request]", ["push", "pull_request"]),
        ("on:\n  push:\n  workflow_dispatch: {}", ["push", "workflow_dispatch"]),
        ('"on": push', ["push"]),
        ("true: push", []),
    ]:
        parsed = parse(f"{on}\njobs: {{a: {{steps: []}}}}\n")
        assert list(parsed.facts.workflows[0].triggers) == events, on


def test_a_job_without_permissions_lacks_them_at_its_id() -> None:
    permissions = job(parse("on: push\njobs:\n  build:\n    steps: []\n"), "build").permissions
    assert isinstance(permissions, Absent)
    assert permissions.span.text == "build"


def test_environments_of_names() -> None:
    names = {
        "test": None,
        "unit-test": None,
        "code-review": None,
        "deploy-prod": "production",
        "deployToStaging": "staging",
        "deploy-to-test": "test",
        "release-and-test": None,
        "multi-stage-build": None,
        "deploy-stage": "staging",
        "stage-build": "staging",
        "dev-tools": None,
        "deploy-web-dev": "development",
        "deploy": None,
        "DevSkim": None,
        "promote-staging-to-production": None,
    }
    content = "on: push\njobs:\n" + "".join(f"  {name}: {{steps: []}}\n" for name in names)
    assert {each.id: each.environment for each in parse(content, "ci.yml").facts.jobs} == names


def test_the_environment_of_a_job_is_what_it_declares() -> None:
    content = (
        "on: push\njobs:\n  a: {environment: live, steps: []}\n  b: {environment: github-pages, steps: []}\n"
        "  c: {environment: '${{ inputs.where }}', steps: []}\n  deploy-prod: {environment: staging, steps: []}\n"
    )
    assert [each.environment for each in parse(content, "ci.yml").facts.jobs] == ["production", None, None, "staging"]
    named = parse(content, ".github/workflows/deploy-production.yml")
    assert [each.environment for each in named.facts.jobs] == ["production", None, "production", "staging"]


def test_shells() -> None:
    def shells(job: str) -> list[tuple[str, set[str]]]:
        found = parse(f"on: push\njobs:\n  a:\n{job}").embedded
        return [(each.shell, set(each.strict)) for each in found]

    step = "    steps: [{run: x}]\n"
    assert shells(step) == [("bash", {"e"})]
    assert shells("    runs-on: windows-latest\n" + step) == []
    assert shells("    runs-on: [self-hosted, Windows]\n" + step) == []
    assert shells("    container: alpine\n" + step) == [("sh", {"e"})]
    for shell, expected in [
        ("bash", [("bash", {"e", "pipefail"})]),
        ("sh", [("sh", {"e"})]),
        ("bash -l {0}", [("bash", set())]),
        ("bash -euo pipefail {0}", [("bash", {"e", "u", "pipefail"})]),
        ("/usr/bin/bash -e -o pipefail {0}", [("bash", {"e", "pipefail"})]),
        ("pwsh", []),
        ("python", []),
        ("cmd", []),
    ]:
        assert shells(f"    steps: [{{run: x, shell: '{shell}'}}]\n") == expected, shell


def test_scripts_that_an_action_is_given() -> None:
    content = (
        "on: push\njobs:\n  a:\n    steps:\n      - uses: appleboy/ssh-action@v1\n"
        "        with:\n          script: |\n            docker compose up -d\n"
    )
    (script,) = parse(content).embedded
    assert script.text.text == "docker compose up -d\n"


def test_the_own_token_is_nobodys_secret_to_define() -> None:
    parsed = parse("on: push\njobs: {a: {steps: [{run: 'echo ${{ secrets.GITHUB_TOKEN }} ${{ secrets.X }}'}]}}\n")
    assert [each.name for each in parsed.facts.references] == ["X"]


def test_several_versions_in_one_input() -> None:
    content = (
        "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/setup-python@v5\n"
        "        with:\n          python-version: |\n            3.9\n            3.12\n"
    )
    told = parse(content).facts.runtimes
    assert [(string(each.version), each.span.text, each.span.line) for each in told] == [
        ("3.9", "3.9", 8),
        ("3.12", "3.12", 9),
    ]


def test_a_matrix_that_is_not_literal_leaves_the_version_open() -> None:
    content = (
        "on: push\njobs:\n  a:\n    strategy: {matrix: '${{ fromJSON(needs.x.outputs.m) }}'}\n    steps:\n"
        "      - uses: actions/setup-go@v5\n        with: {go-version: '${{ matrix.go }}'}\n"
    )
    (runtime,) = parse(content).facts.runtimes
    assert isinstance(runtime.version, Unknown)


COMPOSITE = """\
name: Set up
inputs:
  version: {default: "1"}
runs:
  using: composite
  steps:
    - uses: hashicorp/setup-terraform@v3
      with: {terraform_version: 1.9.0}
    - run: make "${{ inputs.version }}"
      shell: bash
"""


def test_a_composite_action() -> None:
    parsed = parse(COMPOSITE, ".github/actions/set-up/action.yml")
    (found,) = parsed.facts.workflows
    assert (found.kind, found.name) == ("action", "Set up")
    assert [each.address for each in found.jobs] == ["action.set-up.runs"]
    assert [(each.language, words(each.version)) for each in parsed.facts.runtimes] == [("terraform", "1.9.0")]
    assert [each.text.text for each in parsed.embedded] == ['make "${{ inputs.version }}"']
    assert [(each.kind, each.name) for each in parsed.facts.references] == [("input", "version")]


def test_other_actions() -> None:
    node = parse("name: x\nruns: {using: node20, main: a.js}\n", "action.yml").facts
    assert [(each.language, words(each.version), each.span.text) for each in node.runtimes] == [
        ("node", "20", "node20")
    ]
    docker = parse("name: x\nruns: {using: docker, image: 'docker://alpine:3'}\n", "action.yml").facts
    assert [(words(each.reference), each.span.text) for each in docker.images] == [("alpine:3", "alpine:3")]


def test_dependabot() -> None:
    parsed = parse(
        "version: 2\nregistries:\n  r: {token: '${{secrets.REGISTRY}}'}\nupdates: []\n", ".github/dependabot.yml"
    )
    assert [(each.kind, each.name) for each in parsed.facts.references] == [("secret", "REGISTRY")]
    assert parsed.problems == []


def test_what_is_no_workflow_is_told() -> None:
    assert [problem.message for problem in parse("- a\n").problems] == ["a workflow is a map with on: and jobs:"]
    assert parse("").problems == []


def test_a_broken_job_leaves_the_others() -> None:
    parsed = parse(
        "on: push\njobs:\n  a:\n    steps:\n      - run: 'x\n  b:\n    steps:\n      - run: make\n        name: y: z\n"
        "  c:\n    steps: [{uses: a/b@v1}]\n"
    )
    assert [each.id for each in parsed.facts.jobs] == ["a", "b", "c"]
    assert [each.text.text for each in parsed.embedded] == ["make"]
    assert [words(each.reference) for each in parsed.facts.images] == ["a/b@v1"]
    assert len(parsed.problems) == 2


LINES = DEPLOY.splitlines(keepends=True) + COMPOSITE.splitlines(keepends=True)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), max_size=40).map("".join)
    | st.builds(
        lambda at, size, new: DEPLOY[:at] + new + DEPLOY[at + size :],
        st.integers(0, len(DEPLOY)),
        st.integers(0, 9),
        st.text(max_size=3),
    ),
    st.sampled_from([".github/workflows/x.yml", "action.yml", ".github/dependabot.yml"]),
)
def test_nothing_raises_and_places_are_in_the_file(content: str, path: str) -> None:
    parsed = parse(content, path)
    facts = parsed.facts
    for each in [*facts.jobs, *facts.settings, *facts.images, *facts.runtimes, *facts.grants, *facts.schedules]:
        assert 0 <= each.span.start <= each.span.end <= len(content)
    for setting in facts.settings:
        assert setting.span.text.strip("'\"") == setting.name or "\\" in setting.span.text
    for reference in facts.references:
        text = reference.span.text
        # Where YAML forbids a character, the places inside of the scalar are lost, and the whole of it is told.
        told = "\\" in text or any(ord(char) < 32 and char not in "\t\n\r" for char in text)
        assert text == reference.name or reference.kind == "file" or told
