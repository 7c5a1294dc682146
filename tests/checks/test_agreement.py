"""What the rules for agreement rest on: who gives which build arguments, what ignore files leave out, slips in names,
and that values of platforms and charts are judged as those of env files are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.catalogue import all_rules
from depcheck.findings import Report
from depcheck.project import Project
from depcheck.project.builds import arguments
from depcheck.project.documented import misspelt
from depcheck.project.ignore_files import is_docker_ignored, is_git_ignored
from depcheck.project.loading import Options, load
from depcheck.testing import scan

RULES = all_rules()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def project(folder: Path, files: dict[str, str]) -> Project:
    write(folder, files)
    return load(Options([folder], root=folder, use_git=False))


def reported(folder: Path, files: dict[str, str], rule: str) -> Report:
    write(folder, files)
    return scan(folder, RULES, rule)


@pytest.mark.parametrize(
    ("path", "lines", "expected"),
    [
        (".env", ".env", True),
        (".env", "/.env", True),
        (".env", ".env*\n!.env.example", True),
        (".env.example", ".env*\n!.env.example", False),
        (".env", "config/.env", False),
        ("web/.env", ".env", False),  # unlike git's, a pattern begins at the root
        ("web/.env", "**/.env", True),
        ("web/.env", "web", True),
        (".env", "*", True),
        (".env", "**\n!src", True),
        (".env", "*\n!.env", False),
        (".env", "# .env", False),
        (".env", "", False),
    ],
)
def test_what_docker_leaves_out(path: str, lines: str, expected: bool) -> None:
    assert is_docker_ignored(path, lines) is expected


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="!*/.env#[]\\ \n", max_size=40))
def test_any_ignore_file_is_read(lines: str) -> None:
    assert is_docker_ignored(".env", lines) in (True, False)


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        ({".gitignore": ".env\n"}, ".env", True),
        ({".gitignore": ".env\n"}, "deep/down/.env", True),
        ({".gitignore": "/.env\n"}, "web/.env", False),
        ({"web/.gitignore": ".env\n"}, "web/.env", True),
        ({"web/.gitignore": ".env\n"}, ".env", None),
        ({".gitignore": "web/\n"}, "web/.env", True),
        ({".gitignore": ".env*\n!.env\n"}, ".env", None),
        ({}, ".env", None),
    ],
)
def test_what_git_leaves_out(tmp_path: Path, files: dict[str, str], path: str, expected: bool | None) -> None:
    assert is_git_ignored(path, project(tmp_path, files)) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker build --build-arg A=1 -t x .", ["A"]),
        ("docker build --build-arg=A=1 --build-arg B --no-cache .", ["A", "B"]),
        ("docker buildx build --push --platform linux/amd64 --build-arg A=1 .", ["A"]),
        ("docker build -f Dockerfile --build-arg A=1 .", ["A"]),
        ("docker build -f other/Dockerfile --build-arg A=1 .", []),
        ("docker build --build-arg A=1 https://example.com/a.git", []),
        ("docker build --build-arg A=1 $FOLDER", []),
        ("docker compose build --build-arg A=1", []),
        ("cd web && docker build --build-arg A=1 .", []),
    ],
)
def test_arguments_of_a_command(tmp_path: Path, command: str, expected: list[str]) -> None:
    workflow = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {command}\n"
    files = {".github/workflows/a.yml": workflow, "Dockerfile": "FROM scratch\n"}
    found = list(arguments(project(tmp_path, files)))
    assert [each.name for each in found] == expected
    assert [each.span.text for each in found] == expected


@pytest.mark.parametrize(
    ("once", "often", "expected"),
    [
        ("REGISTRY_PASWORD", "REGISTRY_PASSWORD", True),
        ("REGISTRY_PASSWROD", "REGISTRY_PASSWORD", True),
        ("REGISTRY_PASSWORT", "REGISTRY_PASSWORD", True),
        ("DOCKER_HUB_TOKEN", "DOCKERHUB_TOKEN", True),
        ("DEPLOY_KEY_1", "DEPLOY_KEY_2", False),
        ("DEPLOY_TOKENS", "DEPLOY_TOKEN", False),
        ("DEV_HOSTNAME", "DEB_HOSTNAME", False),
        ("MAIN_ADDRESS", "MAIL_ADDRESS", False),
        ("A_KEY", "B_KEY", False),
        ("REGISTRY_USERNAME", "REGISTRY_PASSWORD", False),
    ],
)
def test_slips_in_names(tmp_path: Path, once: str, often: str, expected: bool) -> None:
    lines = [f"          V{n}: ${{{{ secrets.{name} }}}}\n" for n, name in enumerate([often, often, once])]
    head = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        env:\n"
    found = [
        each.reference.name for each in misspelt(project(tmp_path, {".github/workflows/a.yml": head + "".join(lines)}))
    ]
    assert found == ([once] if expected else [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrangler.toml", '[env.staging.vars]\nAPI_URL = "https://api.production.example.com"\n'),
        ("netlify.toml", '[context.staging.environment]\nAPI_URL = "https://api.production.example.com"\n'),
        ("chart/values-staging.yaml", "env:\n  API_URL: https://api.production.example.com\n"),
        (
            "overlays/staging/kustomization.yaml",
            "configMapGenerator:\n- name: a\n  literals: [API_URL=https://api.production.example.com]\n",
        ),
        ("config/staging.json", '{"api": {"url": "https://api.production.example.com"}}'),
        ("fly.staging.toml", '[env]\nAPI_URL = "https://api.production.example.com"\n'),
    ],
)
def test_an_address_of_another_environment_is_found_everywhere(tmp_path: Path, name: str, text: str) -> None:
    (finding,) = reported(tmp_path, {name: text}, "other-environment-mark").findings
    assert (finding.span.path, finding.environment) == (name, "staging")


@pytest.mark.parametrize("host", ["api.pre-prod.example.com", "api-nonprod.example.com", "non-prod.example.com"])
def test_what_is_before_production_is_not_production(tmp_path: Path, host: str) -> None:
    text = f"env:\n  API_URL: https://{host}\n"
    assert reported(tmp_path, {"chart/values-staging.yaml": text}, "other-environment-mark").findings == []


def test_flags_are_those_of_the_files_that_the_policy_names(tmp_path: Path) -> None:
    from depcheck.policy import environments_of
    from depcheck.policy import load as load_policy

    write(
        tmp_path,
        {
            "depcheck.yaml": "version: 1\nflags:\n  files: ['switches/*.json']\n",
            "switches/all.json": '{"production": {"cart": false}, "staging": {"cart": true}}',
            "other/all.json": '{"production": {"cart": false}, "staging": {"cart": true}}',
        },
    )
    policy = load_policy(tmp_path / "depcheck.yaml")
    assert policy is not None
    found = load(Options([tmp_path], root=tmp_path, use_git=False), policy, environments_of(policy)).facts.settings
    assert [(each.name, each.environment, each.origin, each.span.path) for each in found] == [
        ("cart", "production", "flag", "switches/all.json"),
        ("cart", "staging", "flag", "switches/all.json"),
    ]


WORDS = [
    "web",
    "build",
    "args",
    ".",
    "A=1",
    3000,
    "3000:80",
    None,
    True,
    "${X}",
    "node:20",
    "postgres:14",
    ".env",
    "20",
]
SERVICE_KEYS = [
    "build",
    "context",
    "args",
    "ports",
    "env_file",
    "environment",
    "healthcheck",
    "image",
    "target",
    "profiles",
]
JOB_KEYS = ["steps", "uses", "with", "run", "services", "image", "build-args", "context", "file", "node-version", "env"]


def trees(keys: list[str]) -> st.SearchStrategy[object]:
    return st.recursive(
        st.sampled_from(WORDS),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=3),
        max_leaves=10,
    )


@settings(max_examples=40, deadline=None)
@given(trees(SERVICE_KEYS), trees(JOB_KEYS), st.text(alphabet="FROM node:20AS\n EXPOSE80COPYARG.{}$-", max_size=60))
def test_no_shape_of_a_file_makes_a_rule_raise(service: object, job: object, dockerfile: str) -> None:
    import json
    from tempfile import TemporaryDirectory

    from depcheck.engine import Run, run
    from depcheck.engine.selection import Selection

    with TemporaryDirectory() as name:
        folder = Path(name)
        write(
            folder,
            {
                "compose.yaml": json.dumps({"services": {"web": service}}),
                ".github/workflows/a.yml": json.dumps({"on": "push", "jobs": {"a": job}}),
                "Dockerfile": dockerfile,
                ".env.example": "A=\n",
                ".gitignore": "x\n",
                ".nvmrc": "20\n",
                "package.json": json.dumps({"engines": {"node": ">=18"}}),
            },
        )
        project = load(Options([folder], root=folder, use_git=False))
        rules = [rule for rule in RULES if rule.pack == "agreement"]
        report = run(project, rules, Run(Selection(rules, profile="strict")))
    assert [each for each in report.errors if each.internal] == []
