"""What a command line does, in the words of the policy."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.project.activities import of_action, of_text
from depcheck.project.command_globs import fits
from depcheck.project.command_lines import scripts, unwrapped

TESTS = ["unit-test", "tests"]


@pytest.mark.parametrize(
    "line",
    [
        "npm test",
        "npm run test",
        "npm run-script test",
        "npm --silent run test",
        "npm --prefix web run test",
        "npm --prefix=web test",
        "npm -w web run test",
        "npm run test -- --watch=false",
        "pnpm test",
        "pnpm -r test",
        "pnpm -w test",
        "pnpm --filter web test",
        "pnpm --filter=web run test",
        "yarn test",
        "yarn workspace web test",
        "yarn --cwd web test",
        "bun run test",
        "turbo run test --filter=web",
        "npx turbo run lint test",
        "make test",
        "make -C web test",
        "make -j 4 -C web test",
        "make lint test",
        "make CI=1 test",
        "just test",
        "task test",
        "sudo npm test",
        "sudo -E npm test",
        "sudo -u app npm test",
        "env CI=1 NODE_ENV=test npm test",
        "time -p npm test",
        "timeout -k 5 10m npm test",
        "uv run pytest -q",
        "uv run --with x pytest",
        "poetry run pytest",
        "pnpm exec jest",
        "docker compose run --rm -e CI=1 web npm test",
        "docker exec app npm test",
        "doppler run --project x -- npm test",
        "sudo env CI=1 npx jest",
    ],
)
def test_tests_behind_options_and_wrappers(line: str) -> None:
    assert set(TESTS) <= set(of_text(line))


@pytest.mark.parametrize(
    "line",
    [
        "npm --prefix test run build-docs",
        "npm run contest",
        "echo npm test",
        "make -C test all-docs",
        "docker exec test ls",
        "sudo -u test ls",
        "timeout 5 ls",
        "npm",
        "sudo",
        "",
        "--",
        "env A=1",
        "uv run",
    ],
)
def test_what_is_no_test(line: str) -> None:
    assert "tests" not in of_text(line)


def test_bounds() -> None:
    assert of_text("sudo " * 5000 + "npm test") == []
    assert len(unwrapped(["sudo"] * 5000)) == 8
    assert len(scripts(["make", *["x"] * 5000])) == 5000
    of_text("npm" + " -a -b" * 5000)


def test_actions() -> None:
    assert "checkout" in of_action("actions/checkout@v4")
    assert "checkout" in of_action("Actions/Checkout@0123")
    assert of_action("acme/unknown@v1") == []


@given(st.text("ab*", max_size=8), st.text("ab\n", max_size=12))
@settings(deadline=None)
def test_a_glob_fits_what_the_shell_says(glob: str, text: str) -> None:
    assert fits(text, glob.split("*")) == fnmatchcase(text, glob)
