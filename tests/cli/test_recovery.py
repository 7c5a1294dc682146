"""``depcheck recovery`` as a person calls it: the matrix, the arithmetic, the JSON, the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from depcheck.cli import run

TERRAFORM = """
resource "aws_db_instance" "main" {
  identifier              = "main"
  engine                  = "postgres"
  multi_az                = true
  backup_retention_period = 7
  deletion_protection     = true
}
"""
POLICY = """version: 1
recovery:
  stores:
    database: {match: ["aws_db_instance.main"], rpo: 15m, rto: %s, retention: 7d}
"""
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(["recovery", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return called


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(TERRAFORM)
    (tmp_path / "depcheck.yaml").write_text(POLICY % "4h")
    return tmp_path


def told(call: Call, *arguments: str) -> list[dict[str, Any]]:
    _, out, _ = call("--format", "json", *arguments)
    loaded = json.loads(out)
    assert list(loaded) == ["version", "assessments"]
    assert loaded["version"] == 1
    return list(loaded["assessments"])


def test_the_matrix(here: Path, call: Call) -> None:
    code, out, err = call(".")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "no environment told"
    assert lines[1].split() == ["deletion", "destroy", "instance", "zone"]
    assert lines[2].split("  ")[0] == "database"
    assert "~ at risk" in lines[2]
    assert lines[2].count("✓ met") == 3
    assert lines[3].split()[:4] == ["RPO", "5m–10m", "of", "15m"]
    assert "not decided" not in out
    assert "\x1b[" not in out


def test_met_targets_exit_with_zero(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text((POLICY % "8h").replace("retention: 7d", "retention: 7d, data_size: 20GiB"))
    assert call(".")[0] == 0


@pytest.mark.parametrize(
    ("rto", "arguments", "code"),
    [
        ("4h", (), 1),
        ("4h", ("--fail-on", "high"), 0),
        ("4h", ("--fail-on", "never"), 0),
        ("30m", ("--fail-on", "high"), 1),
        ("30m", ("--fail-on", "critical"), 0),
        ("6h", (), 0),
        ("6h", ("--fail-on-unknown",), 1),
        ("6h", ("--fail-on", "info"), 1),
    ],
)
def test_exit_codes(here: Path, call: Call, rto: str, arguments: tuple[str, ...], code: int) -> None:
    (here / "depcheck.yaml").write_text(POLICY % rto)
    assert call(".", *arguments)[0] == code


def test_json_has_every_verdict(here: Path, call: Call) -> None:
    found = told(call, ".")
    assert [(each["loss"], each["verdict"]) for each in found] == [
        ("deletion", "at_risk"),
        ("destroy", "met"),
        ("instance", "met"),
        ("zone", "met"),
    ]
    assert found[0]["current"]["rpo_seconds"] == {"typical": 300, "worst": 600}
    assert found[0]["mechanism"]["location"]["path"] == "main.tf"


def test_without_a_policy_it_says_what_is_achieved(here: Path, call: Call) -> None:
    code, out, _ = call(".", "--no-config")
    assert code == 0
    assert "nothing is promised; achieved" in out
    assert "rds-multi-az" in out
    assert [each["verdict"] for each in told(call, ".", "--no-config")] == ["no_target"]


def test_the_arithmetic_of_one_verdict(here: Path, call: Call) -> None:
    _, out, _ = call(".", "--explain", "database:deletion")
    assert out.startswith("database, deletion: at risk\n")
    assert "RPO 15m (recovery.stores.database.rpo)" in out
    assert "[assumed detect]" in out
    assert "[documented, worst assumed] https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html" in out
    assert "altogether, 4h promised" in out
    assert "kept       7d of 7d" in out


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("database", "is not STORE:LOSS"),
        ("database:fire", '"fire" is no kind of loss (known: deletion'),
        ("database:az", 'did you mean "zone"?'),
        ("database:corruption", 'did you mean "deletion"?'),
        ("databse:zone", 'no store is called "databse", did you mean "database"?'),
        ("database:region", "is not judged for region, only for deletion, destroy, instance, zone"),
    ],
)
def test_what_cannot_be_explained(here: Path, call: Call, wanted: str, words: str) -> None:
    code, out, err = call(".", "--explain", wanted)
    assert (code, out) == (2, "")
    assert words in err


def test_a_match_that_matches_nothing_is_a_mistake(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text(POLICY.replace("aws_db_instance.main", "aws_db_instance.mian") % "4h")
    code, out, err = call(".")
    assert (code, out) == (2, "")
    assert err.startswith("depcheck.yaml:4:")
    assert "match: aws_db_instance.mian matches nothing that was read" in err


def test_a_part_of_the_project_may_lack_stores(here: Path, call: Call) -> None:
    (here / "other").mkdir()
    (here / "other" / "main.tf").write_text('resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n')
    (here / ".git").mkdir()
    assert call("other")[0] == 0


def test_one_environment(here: Path, call: Call) -> None:
    for name in ("staging", "production"):
        (here / "environments" / name).mkdir(parents=True)
        (here / "environments" / name / "main.tf").write_text(TERRAFORM)
    found = told(call, ".", "--environment", "prod")
    assert {each["environment"] for each in found} == {None, "production"}


def test_nothing_to_read_is_a_mistake(tmp_path: Path, call: Call) -> None:
    code, out, err = call(str(tmp_path))
    assert (code, out) == (2, "")
    assert "nothing was read" in err
    assert call(str(tmp_path), "--allow-empty")[0] == 0


def test_a_day_that_drills_are_held_against(here: Path, call: Call) -> None:
    drill = "  evidence: [{store: database, loss: deletion, rpo: 5m, rto: 1h, date: 2026-05-01, source: x}]\n"
    (here / "depcheck.yaml").write_text(POLICY % "2h" + drill)
    assert told(call, ".", "--as-of", "2026-06-01")[0]["verdict"] == "met"
    late = told(call, ".", "--as-of", "2026-09-01")[0]
    assert late["verdict"] == "breached"
    assert "older than 92 days" in late["missing"][0]


def test_control_characters_of_names_are_shown_and_not_sent(here: Path, call: Call) -> None:
    (here / "compose.yaml").write_text('services:\n  "a\\e[31mb":\n    image: postgres:16\n')
    _, out, _ = call(".", "--no-config")
    assert "\x1b" not in out


COMPOSE = (
    "services:\n  db:\n    image: postgres:16\n    volumes: [data:/var/lib/postgresql/data]\nvolumes: {data: {}}\n"
)


def test_stores_of_one_name_are_told_apart(here: Path, call: Call) -> None:
    for folder in ("api", "web"):
        (here / folder).mkdir()
        (here / folder / "compose.yaml").write_text(COMPOSE)
    _, out, _ = call(".", "--no-config")
    assert "compose.db (api/compose.yaml)" in out
    assert "compose.db (web/compose.yaml)" in out
    names = [each["store"] for each in told(call, ".", "--no-config")]
    assert sorted(names) == ["aws_db_instance.main", "compose.db (api/compose.yaml)", "compose.db (web/compose.yaml)"]
    _, out, _ = call(".", "--no-config", "--explain", "compose.db (api/compose.yaml):deletion")
    assert out.startswith("compose.db (api/compose.yaml), deletion: no target\n")


def test_why_a_target_is_breached(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text((POLICY % "1h").replace("retention: 7d", "retention: 14d"))
    _, out, _ = call(".")
    assert "typically it is back after 3h3m, 1h promised" in out
    assert "it reaches back 7d, 14d promised" in out
    assert "no single change of the configuration that depcheck knows would meet it" in out


def test_losses_with_one_reason_are_told_together(here: Path, call: Call) -> None:
    (here / "main.tf").unlink()
    (here / "compose.yaml").write_text(COMPOSE)
    (here / "depcheck.yaml").write_text("version: 1\nrecovery:\n  defaults: {rpo: 1h}\n")
    _, out, _ = call(".")
    assert (
        "compose.db, deletion, destroy, instance, zone: unrecoverable\n  nothing brings it back (compose.yaml:2)" in out
    )


def test_the_most_critical_environment_comes_first(here: Path, call: Call) -> None:
    for name in ("staging", "production", "development"):
        folder = here / "environments" / name
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(TERRAFORM)
    _, out, _ = call("environments", "--no-config")
    order = [line for line in out.splitlines() if line in ("staging", "production", "development")]
    assert order == ["production", "staging", "development"]


def test_stores_of_which_the_same_is_to_be_said_are_told_once(here: Path, call: Call) -> None:
    buckets = "".join(f'resource "aws_s3_bucket" "b{n}" {{\n  bucket = "b{n}"\n}}\n' for n in range(3))
    (here / "main.tf").write_text(TERRAFORM + buckets)
    _, out, _ = call(".", "--no-config")
    assert out.count("s3-zones") == 2
    assert "  and aws_s3_bucket.b1, aws_s3_bucket.b2\n" in out


def test_what_is_offered_is_a_policy_that_is_met(here: Path, call: Call) -> None:
    more = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n  point_in_time_recovery {\n    enabled = true\n  }\n}\n'
    (here / "main.tf").write_text(TERRAFORM.replace("main", "orders", 2) + more)
    _, out, _ = call(".", "--no-config")
    _, _, rest = out.partition("as depcheck.yaml\n")
    offered = rest.split("\n\n")[0]
    assert "rpo: 10m" in offered
    (here / "depcheck.yaml").write_text(f"version: 1\n{offered}\n")
    found = told(call, ".")
    assert {each["verdict"] for each in found} == {"met"}
    assert len(found) >= 5
