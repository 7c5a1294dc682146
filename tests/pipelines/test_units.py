"""What jobs and scripts do, through package scripts, Makefiles, shell files and called workflows, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.environments import Environments
from depcheck.pipelines.deployments import deployments
from depcheck.pipelines.nouns import Unit
from depcheck.pipelines.starts import ANY, may_run, starts
from depcheck.pipelines.units import Pipeline
from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.source import Source

W = ".github/workflows/ci.yml"


def project(files: dict[str, str]) -> Project:
    sources = [Source(path, text) for path, text in files.items()]
    return load(Options([], root=Path("/nowhere"), sources=sources), environments=Environments())


def unit(found: Pipeline, name: str) -> Unit:
    return next(each for each in found.units if each.name == name)


def job(id: str, *commands: str, extra: str = "") -> str:
    steps = "".join(f"      - run: |\n          {command}\n" for command in commands)
    return f"  {id}:\n    runs-on: ubuntu-24.04\n{extra}    steps:\n{steps}"


def names(found: Unit) -> list[str]:
    return [name for done in found.done for name in done.names]


PACKAGE = """{"scripts": {"verify": "npm run lint && npm run unit", "lint": "eslint .", "unit": "vitest run",
 "empty": "echo none && exit 0", "around": "npm run circle", "circle": "npm run around",
 "pretest": "eslint .", "test": "node check.js", "release": "fly deploy"}}"""


def test_package_scripts_are_followed() -> None:
    found = Pipeline(project({W: "on: push\njobs:\n" + job("a", "npm run verify"), "package.json": PACKAGE}))
    assert {"lint", "unit-test", "tests"} <= set(names(unit(found, "a")))
    inner = [done.inner.path for done in unit(found, "a").done if done.inner is not None]
    assert set(inner) == {"package.json"}


def test_a_script_that_only_talks_does_nothing() -> None:
    files = {
        W: "on: push\njobs:\n" + job("a", "npm test"),
        "package.json": '{"scripts": {"test": "echo none && exit 0"}}',
    }
    assert names(unit(Pipeline(project(files)), "a")) == []


def test_npm_runs_what_comes_before() -> None:
    found = Pipeline(project({W: "on: push\njobs:\n" + job("a", "npm test"), "package.json": PACKAGE}))
    assert "lint" in names(unit(found, "a"))


def test_circles_end() -> None:
    files = {
        W: "on: push\njobs:\n" + job("a", "npm run around", "make one", "./x.sh"),
        "package.json": PACKAGE,
        "Makefile": "one: two\n\tmake two\ntwo: one\n\tmake one\n\tfly deploy\n",
        "x.sh": "./y.sh\n",
        "y.sh": "./x.sh\nfly deploy\n",
        ".github/workflows/a.yml": "on: [push, workflow_call]\njobs:\n  b:\n    uses: ./.github/workflows/a.yml\n",
    }
    assert "deploy" in names(unit(Pipeline(project(files)), "a"))


@pytest.mark.parametrize("folder", ["/var/www", "..", "../..", "/", ".", "web", "web/../..", "${{ matrix.x }}"])
def test_any_working_directory(folder: str) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm run verify\n"
    text += f"        working-directory: {folder}\n"
    Pipeline(project({W: text, "package.json": PACKAGE}))


def test_makefiles_are_followed() -> None:
    makefile = "IMAGE := shop\n.PHONY: all\nall: check\n\t@docker push $(IMAGE):$${TAG}\ncheck:\n\t-pytest \\\n\t  -q\n"
    found = Pipeline(project({W: "on: push\njobs:\n" + job("a", "make all"), "Makefile": makefile}))
    told = [done.text for done in unit(found, "a").done]
    assert told == ["make all", "pytest -q", "docker push shop:${TAG}"]


def test_local_actions_are_followed() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - run: npx vitest run\n      shell: bash\n"
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./.github/actions/check\n"
    found = Pipeline(project({W: text, ".github/actions/check/action.yml": action}))
    assert "unit-test" in names(unit(found, "a"))


def test_called_workflows_stand_for_the_jobs_that_call_them() -> None:
    called = (
        "on:\n  workflow_call:\n    inputs: {to: {type: string}}\njobs:\n  go:\n    environment: ${{ inputs.to }}\n"
    )
    called += "    runs-on: x\n    steps:\n      - run: fly deploy\n"
    text = "on: push\njobs:\n" + job("test", "npx vitest run")
    text += "  one:\n    needs: test\n    uses: ./.github/workflows/to.yml\n    with: {to: staging}\n"
    text += "  two:\n    needs: one\n    uses: ./.github/workflows/to.yml\n    with: {to: prod}\n"
    read = project({W: text, ".github/workflows/to.yml": called})
    found = Pipeline(read)
    first, second = [each for each in found.units if each.name == "go"]
    assert (first.environment, second.environment) == ("staging", "production")
    assert [each.name for each in found.before(second)] == ["go", "test"]
    assert first in found.before(second)
    assert second in found.after(first)


def test_a_matrix_deploys_to_several_environments() -> None:
    text = "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        to: [staging, production]\n"
    text += "    environment: ${{ matrix.to }}\n    runs-on: x\n    steps:\n      - run: fly deploy\n"
    assert [each.environment for each in deployments(project({W: text}))] == ["staging", "production"]


def test_what_a_script_exports_tells_its_environment() -> None:
    script = "export STAGE=staging\nserverless deploy\nexport STAGE=prod\nserverless deploy\n"
    found = deployments(project({"release.sh": script}))
    assert [(each.environment, each.first.span.line) for each in found] == [("staging", 2), ("production", 4)]


def test_scripts_that_are_called_or_go_back_are_no_deployments_of_their_own() -> None:
    files = {
        W: "on: push\njobs:\n" + job("a", "./ship.sh"),
        "ship.sh": "./inner.sh\n",
        "inner.sh": "fly deploy\n",
        "rollback.sh": "fly deploy --image old\n",
        "docs/example.sh": "fly deploy\n",
        "say.sh": "echo run scripts/deploy.sh\nchmod +x scripts/deploy.sh\n",
    }
    assert [each.name for each in deployments(project(files))] == ["a"]


def test_containers_that_a_test_starts_are_no_deployment() -> None:
    text = "on: push\njobs:\n" + job("integration", "docker compose up -d", "npx vitest run")
    assert deployments(project({W: text})) == ()


@pytest.mark.parametrize(
    ("on", "condition", "branches"),
    [
        ("{push: {branches: [main]}}", "", ["main"]),
        ("{push: {branches: [main, dev]}}", "github.ref == 'refs/heads/dev'", ["dev"]),
        ("{push: {branches: ['**', '!main']}}", "", ["develop", "master", ANY, "x"]),
        ("{push: {branches-ignore: [main]}}", "", ["develop", "master", ANY]),
        ("{push: {tags: ['v*']}}", "", [None]),
        ("{push: }", "startsWith(github.ref, 'refs/tags/')", [None]),
        ("{pull_request: }", "github.event_name == 'push'", []),
        ("{workflow_dispatch: }", "github.ref_name == 'main'", []),
    ],
)
def test_what_starts_a_job(on: str, condition: str, branches: list[str | None]) -> None:
    when = f"    if: {condition}\n" if condition else ""
    found = Pipeline(project({W: f"on: {on}\njobs:\n" + job("a", "fly deploy", extra=when)}))
    one = unit(found, "a")
    told = {start.branch for start in starts(one) if may_run(one, start)}
    assert told == set(branches)


def test_a_job_does_not_run_where_one_that_it_needs_does_not() -> None:
    text = "on: [push, pull_request]\njobs:\n" + job("gate", "true", extra="    if: github.event_name == 'push'\n")
    text += job("a", "fly deploy", extra="    needs: gate\n")
    found = Pipeline(project({W: text}))
    one = unit(found, "a")
    assert {start.event for start in starts(one) if may_run(one, start)} == {"push"}


def test_many_jobs() -> None:
    text = "on: push\njobs:\n" + "".join(
        job(f"j{number}", "fly deploy", extra=f"    needs: [j{number - 1}]\n" if number else "")
        for number in range(300)
    )
    found = Pipeline(project({W: text}))
    assert len(found.before(unit(found, "j299"))) == 299


def test_many_ways_through_what_is_needed() -> None:
    text = "on: push\njobs:\n"
    for layer in range(12):
        for number in range(4):
            needs = [f"j{layer - 1}x{other}" for other in range(4)] if layer else []
            text += job(f"j{layer}x{number}", "fly deploy", extra=f"    needs: [{', '.join(needs)}]\n")
    found = Pipeline(project({W: text}))
    last = unit(found, "j11x0")
    assert all(may_run(last, start) for start in starts(last))
