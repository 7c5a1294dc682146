"""``depcheck parity`` as a person calls it: the matrix, the JSON, the secrets, the exit codes."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from depcheck.cli import run

Call = Callable[..., tuple[int, str, str]]
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "parity.schema.json").read_text("utf-8"))
SECRET = "".join(string.ascii_letters[at * 7 % 52] for at in range(40))
OTHER = SECRET[::-1]
THIRD = SECRET.swapcase()
POLICY = """version: 1
environments:
  staging: {domains: [staging.example.org]}
  production: {domains: [app.example.org]}
"""
DATABASE = """resource "aws_db_instance" "main" {
  engine                  = "postgres"
  engine_version          = "%s"
  instance_class          = "%s"
  backup_retention_period = 7
  storage_encrypted       = true
}
"""


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(["parity", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return called


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def told(call: Call, *arguments: str) -> dict[str, Any]:
    _, out, _ = call("--format", "json", *arguments)
    loaded: dict[str, Any] = json.loads(out)
    jsonschema.validate(loaded, SCHEMA)
    return loaded


def rows(call: Call, *arguments: str) -> dict[str, dict[str, Any]]:
    found = {each["subject"]: each for each in told(call, *arguments)["rows"]}
    return {
        subject: {**each, "values": {name: cell and cell["value"] for name, cell in each["values"].items()}}
        for subject, each in found.items()
    }


def env_files(folder: Path, staging: str, production: str) -> None:
    write(folder, **{".env.staging": staging, ".env.production": production})


def test_json_is_as_documented(here: Path, call: Call) -> None:
    env_files(here, "LEVEL=1\nSAME=x\n", "LEVEL=2\nSAME=x\n")
    found = told(call, ".")
    assert list(found) == ["version", "environments", "rows"]
    assert found["environments"] == ["staging", "production"]
    assert list(found["rows"][0]) == ["subject", "relation", "verdict", "rule", "severity", "values"]
    by_subject = {each["subject"]: each for each in found["rows"]}
    assert by_subject["variable.LEVEL"]["verdict"] == "allowed"
    assert by_subject["variable.LEVEL"]["relation"] == "free"
    assert by_subject["variable.SAME"]["verdict"] == "ok"
    cell = by_subject["variable.LEVEL"]["values"]["production"]
    assert cell["value"] == "2"
    assert cell["location"]["path"] == ".env.production"
    assert cell["location"]["start"] == {"line": 1, "column": 7}


def test_a_variable_that_one_environment_lacks(here: Path, call: Call) -> None:
    env_files(here, "A=1\nB=2\nC=3\nSTORE_URL=https://store.example.org\n", "A=1\nB=2\nC=3\n")
    row = rows(call, ".")["variable.STORE_URL"]
    assert (row["verdict"], row["rule"], row["severity"]) == ("missing", "variable-not-in-every-environment", "medium")
    assert row["values"] == {"staging": "https://store.example.org", "production": None}
    assert call(".")[0] == 1
    assert call(".", "--fail-on", "high")[0] == 0


def test_secrets_are_masked_and_compared(here: Path, call: Call) -> None:
    env_files(
        here,
        f"SESSION_SECRET={SECRET}\nSIGNING_SECRET={THIRD}\n",
        f"SESSION_SECRET={SECRET}\nSIGNING_SECRET={OTHER}\n",
    )
    code, out, _ = call(".", "--all")
    assert code == 1
    found = rows(call, ".")
    assert found["variable.SESSION_SECRET"]["values"] == {"staging": "*** (a)", "production": "*** (a)"}
    assert found["variable.SESSION_SECRET"]["verdict"] == "equal"
    assert found["variable.SESSION_SECRET"]["rule"] == "secret-in-several-environments"
    assert found["variable.SIGNING_SECRET"]["values"] == {"staging": "*** (a)", "production": "*** (b)"}
    assert found["variable.SIGNING_SECRET"]["verdict"] == "ok"
    assert SECRET not in out + json.dumps(told(call, "."))
    assert OTHER not in out + json.dumps(told(call, "."))


def test_resources_of_roots_and_of_value_files(here: Path, call: Call) -> None:
    write(
        here,
        **{
            "infra/staging/main.tf": DATABASE % ("16.4", "db.t3.small"),
            "infra/production/main.tf": DATABASE % ("16.4", "db.m6g.large"),
        },
    )
    found = rows(call, ".")
    assert found["aws_db_instance.main.engine_version"]["verdict"] == "ok"
    assert found["aws_db_instance.main.engine_version"]["relation"] == "same"
    assert found["aws_db_instance.main.instance_class"]["verdict"] == "allowed"
    assert found["aws_db_instance.main.backup_retention_period"]["relation"] == "monotone"
    assert call(".")[0] == 0


def test_production_ahead_is_wrong(here: Path, call: Call) -> None:
    write(
        here,
        **{
            "infra/staging/main.tf": DATABASE % ("15.2", "db.t3.small"),
            "infra/production/main.tf": DATABASE % ("16.4", "db.m6g.large"),
        },
    )
    row = rows(call, ".")["aws_db_instance.main.engine_version"]
    assert (row["verdict"], row["rule"]) == ("differs", "engine-version-differs")
    _, out, _ = call(".")
    lines = out.splitlines()
    first = next(line for line in lines if "aws_db_instance" in line)
    assert first.startswith("≠ differs")
    assert "engine-version-differs infra/staging/main.tf:3" in lines[lines.index(first) + 1]


def test_a_suppressed_finding_is_allowed(here: Path, call: Call) -> None:
    production = DATABASE % ("16.4", "db.m6g.large")
    staging = (DATABASE % ("15.2", "db.t3.small")).replace(
        "  engine_version", "  # depcheck: ignore[engine-version-differs] upgraded next week\n  engine_version"
    )
    write(here, **{"infra/staging/main.tf": staging, "infra/production/main.tf": production})
    assert rows(call, ".")["aws_db_instance.main.engine_version"]["verdict"] == "allowed"


def test_the_rules_are_those_of_scan(here: Path, call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    write(here, **{"depcheck.yaml": POLICY})
    env_files(here, "API_URL=https://app.example.org\nA=1\nB=2\n", "API_URL=https://staging.example.org\nA=1\nB=2\n")
    here_rows = rows(call, ".")
    assert here_rows["variable.API_URL"]["rule"] == "other-environment-mark"
    run(["scan", ".", "--format", "json", "--fail-on", "never"])
    scanned = json.loads(capfd.readouterr().out)
    reported = {each["rule"] for each in scanned["findings"]}
    assert {each["rule"] for each in here_rows.values() if each["rule"]} <= reported


def test_it_says_what_it_inferred(here: Path, call: Call) -> None:
    env_files(here, "A=1\n", "A=1\n")
    _, out, _ = call(".")
    assert out.splitlines()[0] == "staging: inferred; .env.staging"
    assert out.splitlines()[1] == "production (critical): inferred; .env.production"
    write(here, **{"depcheck.yaml": POLICY})
    assert call(".")[1].splitlines()[0] == "staging: declared; .env.staging"


def test_all_shows_every_row(here: Path, call: Call) -> None:
    env_files(here, "A=1\nB=2\n", "A=1\nB=3\n")
    _, out, _ = call(".")
    assert "variable.A" not in out
    assert out.splitlines()[-1].endswith("1 not shown, `--all` shows every row")
    assert "✓ ok" in call(".", "--all")[1]


def test_between_two_environments(here: Path, call: Call) -> None:
    write(here, **{".env.development": "A=1\n", ".env.staging": "A=2\n", ".env.production": "A=3\n"})
    assert list(rows(call, ".")["variable.A"]["values"]) == ["development", "staging", "production"]
    assert list(rows(call, ".", "--between", "prod", "dev")["variable.A"]["values"]) == ["development", "production"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("staging", "prodution"), '--between: no environment is called "prodution", did you mean "production"?'),
        (("staging", "stage"), '--between: "staging" and "stage" are one environment, staging'),
    ],
)
def test_mistakes_in_the_call(here: Path, call: Call, arguments: tuple[str, str], sentence: str) -> None:
    env_files(here, "A=1\n", "A=1\n")
    code, out, err = call(".", "--between", *arguments)
    assert (code, out) == (2, "")
    assert err.strip() == sentence


def test_narrow_terminals_stack(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    env_files(here, "LEVEL=1\n", f"LEVEL={'2' * 90}\n")
    lines = call(".")[1].splitlines()
    at = lines.index("~ allowed  variable.LEVEL")
    assert lines[at + 1] == "    staging     1"
    assert lines[at + 2].endswith("…")
    assert all(len(line) <= 40 for line in lines[at : at + 3])


def test_nothing_is_said_plainly(here: Path, call: Call) -> None:
    write(here, **{"compose.yaml": "services: {web: {image: 'nginx:1.27'}}\n"})
    code, out, _ = call(".")
    assert code == 0
    assert "no environment is told by any file, job or policy" in out
    code, out, _ = call("--no-config", str(here / "missing"))
    assert (code, out) == (2, "")


def test_words_inside_words_are_no_environments(here: Path, call: Call) -> None:
    write(here, **{".env.latest": "A=1\n", ".env.contest": "A=2\n", ".env.nonprod": "A=3\n"})
    assert told(call, ".")["environments"] == []


def test_a_file_of_two_environments_is_told(here: Path, call: Call) -> None:
    env_files(here, "A=1\n", "A=1\n")
    write(here, **{".env.staging-production": "A=1\n"})
    _, out, _ = call(".")
    assert ".env.staging-production names staging and production, so it is taken for neither" in out


def test_overlapping_sources_and_empty_environments_are_told(here: Path, call: Call) -> None:
    policy = (
        "version: 1\nenvironments:\n  staging: {sources: ['conf/**']}\n  demo: {}\n"
        "  production: {sources: ['conf/live/**']}\n"
    )
    write(here, **{"depcheck.yaml": policy, "conf/live/a.env": "A=1\n"})
    _, out, _ = call(".")
    assert "conf/live/a.env is a source of staging and production; it counts for staging" in out
    assert "depcheck.yaml:4: nothing that was read belongs to demo" in out


def test_hostile_values_reach_no_terminal(here: Path, call: Call) -> None:
    env_files(here, "LEVEL=\x1b[31mred\n", "LEVEL=##[error]x\n")
    _, out, _ = call(".")
    assert "\x1b" not in out
    assert "##[" not in out


def test_two_things_with_a_variable_of_one_name(here: Path, call: Call) -> None:
    for folder in ("apps/web", "apps/api"):
        write(here, **{f"{folder}/.env.staging": "PORT=1\n", f"{folder}/.env.production": "PORT=2\n"})
    assert [subject for subject in rows(call, ".") if subject.startswith("variable.PORT")] == [
        "variable.PORT@apps/api/.env.{environment}",
        "variable.PORT@apps/web/.env.{environment}",
    ]


def test_rules_of_other_packs_that_compare_environments_are_told(here: Path, call: Call) -> None:
    from depcheck.catalogue import all_rules
    from depcheck.parity.relations import verdict_words

    known = {rule.id for rule in all_rules()}
    assert {name for names in verdict_words().values() for name in names} <= known


def test_platforms_flags_and_charts_are_compared(here: Path, call: Call) -> None:
    write(
        here,
        **{
            "wrangler.toml": '[env.staging.vars]\nLEVEL = "1"\n[env.production.vars]\nLEVEL = "2"\n',
            "config/flags.yaml": "staging: {search: false}\nproduction: {search: true}\n",
            "chart/values-staging.yaml": 'image: {repository: example/shop, tag: "1.5.0"}\n',
            "chart/values-production.yaml": 'image: {repository: example/shop, tag: "1.4.0"}\n',
        },
    )
    found = rows(call, ".")
    assert found["variable.LEVEL"]["verdict"] == "allowed"
    assert found["flag.search"]["rule"] == "flag-untried-before-production"
    assert found["image.helm"]["verdict"] == "allowed"


def test_steps_of_jobs_are_paired_without_the_words_for_environments(here: Path, call: Call) -> None:
    job = "on: push\npermissions: {}\njobs:\n  %s:\n    runs-on: ubuntu-24.04\n    environment: %s\n    steps:\n%s"
    steps = "      - name: Deploy to %s\n        run: ./deploy.sh %s\n"
    staging = job % ("deploy-staging", "staging", steps % ("staging", "staging"))
    more = steps % ("production", "production") + "      - name: Migrate\n        run: ./migrate.sh\n"
    production = job % ("deploy-production", "production", more)
    write(
        here,
        **{".github/workflows/deploy-staging.yml": staging, ".github/workflows/deploy-production.yml": production},
    )
    found = rows(call, ".")
    assert found["job.deploy.deploy.Deploy to"]["verdict"] == "ok"
    assert found["job.deploy.deploy.Migrate"]["values"] == {"staging": None, "production": "./migrate.sh"}
    assert found["job.deploy.deploy.Migrate"]["relation"] == "superset"


def test_the_only_database_of_each_environment_is_one_thing(here: Path, call: Call) -> None:
    write(
        here,
        **{
            "infra/staging/main.tf": (DATABASE % ("16.4", "db.t3.small")).replace('"main"', '"staging"'),
            "infra/production/main.tf": DATABASE % ("16.4", "db.m6g.large"),
        },
    )
    assert rows(call, ".")["aws_db_instance.{environment}.engine"]["verdict"] == "ok"


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [("same: [variable.LEVEL]", "differs"), ("free: [variable.LEVEL]", "allowed"), ("differ: [variable.LEVEL]", "ok")],
)
def test_the_policy_decides_over_a_relation(here: Path, call: Call, relation: str, verdict: str) -> None:
    write(here, **{"depcheck.yaml": f"version: 1\nparity:\n  {relation}\n"})
    env_files(here, "LEVEL=1\n", "LEVEL=2\n")
    row = rows(call, ".")["variable.LEVEL"]
    assert (row["relation"], row["verdict"]) == (relation.partition(":")[0], verdict)


def test_one_environment_alone_can_be_asked_for(here: Path, call: Call) -> None:
    env_files(here, "LEVEL=1\n", "LEVEL=2\nAPP_DEBUG=true\n")
    assert call(".", "--environment", "production")[0] == 1
    assert call(".", "--environment", "staging")[0] == 0


def test_the_command_says_what_it_does() -> None:
    from click.testing import CliRunner

    from depcheck.cli.parity import command

    told = CliRunner().invoke(command, ["--help"])
    assert told.exit_code == 0
    assert "--between ONE OTHER" in told.output


def test_a_protection_that_production_lacks_is_told_once(
    here: Path, call: Call, capfd: pytest.CaptureFixture[str]
) -> None:
    staging = DATABASE % ("16.4", "db.t3.small")
    production = (DATABASE % ("16.4", "db.m6g.large")).replace("= true", "= false")
    write(here, **{"infra/staging/main.tf": staging, "infra/production/main.tf": production})
    row = rows(call, ".")["aws_db_instance.main.storage_encrypted"]
    assert (row["verdict"], row["rule"]) == ("differs", "unencrypted-database")
    run(["scan", ".", "--format", "json", "--fail-on", "never"])
    found = json.loads(capfd.readouterr().out)["findings"]
    at = [each["rule"] for each in found if each["location"]["start"]["line"] == 6]
    assert at == ["unencrypted-database"]
    both = staging.replace("= true", "= false")
    write(here, **{"infra/staging/main.tf": both})
    assert rows(call, ".")["aws_db_instance.main.storage_encrypted"]["verdict"] == "ok"


def test_what_several_things_lack_is_one_row_and_told_once(here: Path, call: Call) -> None:
    promises = "variables:\n  MODE: {}\n  FIRST_KEY: {}\n  SECOND_KEY: {}\n"
    service = "services:\n  %s:\n    build: %s\n    environment: {MODE: fast}\n"
    write(here, **{"depcheck.yaml": POLICY + promises})
    for name in ("staging", "production"):
        write(here, **{f"compose.{name}.yaml": service % ("web", "web") + (service % ("job", "job"))[10:]})
    out = call(".")[1].splitlines()
    for name in ("FIRST_KEY", "SECOND_KEY"):
        assert len([line for line in out if f"missing  variable.{name} " in line]) == 1
    told = [line for line in out if " missing-variable " in line]
    assert len(told) == len(set(told))


def test_a_finding_about_a_file_is_not_one_about_its_first_variable(here: Path, call: Call) -> None:
    write(here, **{"depcheck.yaml": POLICY + "variables:\n  A: {}\n  SECRET_WORD: {}\n"})
    env_files(here, "MODE=staging\nA=1\nSECRET_WORD=one\n", "MODE=production\nA=1\n")
    found = rows(call, ".")
    assert found["variable.SECRET_WORD"]["rule"] == "missing-variable"
    assert found["variable.MODE"]["rule"] is None


def test_references_are_shown_without_marks(here: Path, call: Call) -> None:
    text = 'resource "aws_subnet" "a" {}\nresource "aws_db_subnet_group" "b" {\n  subnet_ids = [%s]\n}\n'
    write(here, **{"staging/main.tf": text % "aws_subnet.a.id"})
    write(here, **{"production/main.tf": text % "aws_subnet.a.id, aws_subnet.a.arn"})
    out = call(".", "--all", "--format", "json")[1]
    assert "[aws_subnet.a" in out
    assert "\\u0000" not in out
