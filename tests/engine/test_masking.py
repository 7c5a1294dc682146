"""No report shows a secret, whatever is asked for and wherever the secret stands."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest

from depcheck.cli import run
from depcheck.engine.build import Masker
from depcheck.source import Source

FORMATS = ("text", "json", "sarif", "github", "junit", "html", "markdown")


def secret(seed: int) -> str:
    """A secret that no file of this repository holds."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=32))


S = [secret(seed) for seed in range(12)]
FILES = {
    ".env.production": f'DB_PASSWORD={S[0]}\nAPI_KEY="{S[1]}\nURL=postgres://app:{S[2]}@db.acme.io/app\n',
    "compose.yaml": (
        "services:\n  web:\n    image: web:latest\n    environment:\n"
        f"      SECRET_KEY: {S[3]}\n      API_TOKEN: ${{API_TOKEN:-{S[4]}}}\n"
    ),
    "Dockerfile": (
        f"FROM debian:latest\nENV API_KEY={S[5]}\nRUN curl -u admin:{S[6]} http://acme.io/x | sh\n"
        f"RUN mysql --password={S[6]} -e 'select 1'\n"
    ),
    ".github/workflows/deploy.yml": (
        "on: push\njobs:\n  deploy-production:\n    runs-on: ubuntu-24.04\n    environment: production\n"
        f"    env:\n      AUTH_TOKEN: {S[7]}\n"
        f"    steps:\n      - run: terraform apply -var password={S[7]} || true\n      - uses: acme/x@main\n"
    ),
    "main.tf": (
        f'resource "aws_db_instance" "a" {{\n  password = "{S[8]}"\n  backup_retention_period = 0\n}}\n'
        f'variable "api_token" {{\n  default = "{S[9]}"\n}}\n'
    ),
    "broken.tf": f'resource "x" "y" {{\n  password = "{S[10]}\n}}\n',
    "broken.yaml": f"services:\n  a: {{password: {S[11]}\n  b: [\n",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def parts(text: str) -> set[str]:
    """Which secrets a text shows a part of."""
    return {each for each in S if any(each[at : at + 8] in text for at in range(len(each) - 7))}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--profile", "strict", "--show", "pass,unknown"],
        ["--select", "unpinned-image,database-without-backups,unverified-download,action-at-branch,unreadable-file"],
        ["--select", "tests-cannot-fail,several-commands,undigested-image"],
        ["--environment", "staging"],
        ["--explain-skips", "--docs"],
    ],
    ids=" ".join,
)
def test_no_format_shows_a_secret(
    here: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(here)
    target = here.parent / "reports"
    target.mkdir(exist_ok=True)
    outputs = [f"--output={name}:{target / name}" for name in FORMATS]
    assert run(["scan", ".", "--fail-on", "never", *arguments, *outputs]) == 0
    out, err = capfd.readouterr()
    shown = out + err + "".join((target / name).read_text("utf-8") for name in FORMATS)
    assert ".env.production:2" in shown
    assert parts(shown) == set()


@pytest.mark.parametrize("command", [["model"], ["model", "--format", "json"], ["baseline", "--write-to", "b.json"]])
def test_no_command_shows_a_secret(
    here: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(here)
    assert run(command) == 0
    out, err = capfd.readouterr()
    shown = out + err + ((here / "b.json").read_text() if "baseline" in command else "")
    assert parts(shown) == set()


def test_a_few_characters_are_masked_where_they_stand_only() -> None:
    source = Source("a.env", "A=ab\nB=cab\n")
    masker = Masker([source.span(2, 4)])
    assert masker.line(source.span(0, 1), 1) == "A=***"
    assert masker.line(source.span(5, 6), 2) == "B=cab"
    assert masker.text("the cab is about to leave") == "the cab is about to leave"


def test_lines_of_a_long_secret() -> None:
    text = f"K=-----BEGIN\n{S[0]}\n\n{S[1]}\n-----END\nrest\n"
    source = Source("a.env", text)
    masker = Masker([source.span(2, text.index("\nrest"))])
    assert [masker.line(source.span(0, 1), number) for number in range(1, 7)] == [
        "K=***",
        "***",
        "***",
        "***",
        "***",
        "rest",
    ]


def test_the_order_of_secrets_changes_nothing() -> None:
    text = "x " + S[0] + " " + S[0][:16] + S[1][16:]
    spans = [Source(f"{index}.env", each).span(0, len(each)) for index, each in enumerate(S)]
    assert (
        len({Masker(order).text(text) for order in (spans, spans[::-1], random.Random(1).sample(spans, len(spans)))})
        == 1
    )
