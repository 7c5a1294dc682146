"""Scripts of package.json that steps name: where they are looked for, what is not told, and how grave it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.findings import Violation
from depcheck.pipelines import package_scripts
from depcheck.project.loading import Options, load


def told(tmp_path: Path, run: str, *, head: str = "", step: str = "", checkout: str = "") -> list[Violation]:
    for folder, scripts in (("", ["build", "test:unit"]), ("web", ["lint"]), ("web/src", None)):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        if scripts is not None:
            (tmp_path / folder / "package.json").write_text(json.dumps({"scripts": dict.fromkeys(scripts, "true")}))
        else:
            (tmp_path / folder / "index.ts").write_text("")
    workflow = tmp_path / ".github" / "workflows" / "ci.yml"
    workflow.parent.mkdir(parents=True)
    lines = "\n".join(f"          {line}" for line in run.split("\n"))
    workflow.write_text(
        f"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n{head}    steps:\n      - uses: actions/checkout@v5\n"
        f"{checkout}      - run: |\n{lines}\n{step}"
    )
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    return [each for each in package_scripts.missing(project) if isinstance(each, Violation)]


@pytest.mark.parametrize(
    ("run", "path"),
    [
        ("npm run lint", "package.json"),
        ("npm run-script lint", "package.json"),
        ("cd web && npm run build", "web/package.json"),
        ("cd web\ncd src\nnpm run build", "web/package.json"),
        ("npm --prefix web run build", "web/package.json"),
        ("pnpm -C web run build -- --if-present", "web/package.json"),
        ("NODE_ENV=test sudo npm run e2e", "package.json"),
    ],
)
def test_a_script_is_looked_for_where_npm_looks(tmp_path: Path, run: str, path: str) -> None:
    (found,) = told(tmp_path, run)
    assert found.words["path"] == path
    assert found.severity is None


@pytest.mark.parametrize(
    "run",
    [
        "npm run build",
        "npm run",
        "npm run start",
        "npm run lint --if-present",
        "npm run lint -w web",
        "npm run lint --workspaces",
        "pnpm --filter web run lint",
        "pnpm -r run lint",
        "npm run $TASK",
        "npm run ${{ matrix.task }}",
        "npm lint",
        "yarn run eslint",
        "bun run index.ts",
        'cd "$FOLDER"\nnpm run lint',
        "cd /srv/app && npm run lint",
        "cd elsewhere && npm run lint",
        "npm pkg set scripts.lint=eslint\nnpm run lint",
        "git checkout other\nnpm run lint",
        "docker compose run web npm run lint",
        "FOO=bar",
    ],
)
def test_what_may_be_there_is_not_told(tmp_path: Path, run: str) -> None:
    assert told(tmp_path, run) == []


@pytest.mark.parametrize("given", ["repository: acme/other", "path: app"])
def test_another_checkout_has_other_scripts(tmp_path: Path, given: str) -> None:
    assert told(tmp_path, "npm run lint", checkout=f"        with:\n          {given}\n") == []


@pytest.mark.parametrize("folder", ["${{ matrix.app }}", "./$APP"])
def test_an_undecided_folder_is_no_folder(tmp_path: Path, folder: str) -> None:
    head = f"    defaults:\n      run:\n        working-directory: {folder}\n"
    assert told(tmp_path, "npm run lint", head=head) == []


def test_a_folder_of_the_step(tmp_path: Path) -> None:
    (found,) = told(tmp_path, "npm run build", step="        working-directory: web\n")
    assert found.words["path"] == "web/package.json"


@pytest.mark.parametrize(
    ("run", "step"),
    [
        ("npm run lint || true", ""),
        ("npm run lint || echo none\nmake", ""),
        ("npm run lint", "        continue-on-error: true\n"),
    ],
)
def test_where_a_failure_is_tolerated_it_weighs_less(tmp_path: Path, run: str, step: str) -> None:
    (found,) = told(tmp_path, run, step=step)
    assert found.severity == "low"


def test_the_nearest_name_is_told(tmp_path: Path) -> None:
    (found,) = told(tmp_path, "npm run test:units")
    assert (found.variant, found.words["near"], found.span.text) == ("near", "test:unit", "test:units")
