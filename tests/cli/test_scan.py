"""The main job as a person calls it: what is printed where, and with which exit code."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from depcheck.cli import run

WORKFLOW = """on: issues
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "${{ github.event.issue.title }}"
"""
CLEAN = WORKFLOW.replace("${{ github.event.issue.title }}", "hello")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return called


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    monkeypatch.chdir(folder)
    workflow(folder, WORKFLOW)
    return folder


def workflow(folder: Path, text: str, name: str = "greet.yml") -> Path:
    path = folder / ".github" / "workflows" / name
    path.write_text(text)
    return path


def report(call: Call, *arguments: str) -> dict[str, Any]:
    _, out, _ = call("scan", "--format", "json", *arguments)
    loaded = json.loads(out)
    assert isinstance(loaded, dict)
    return loaded


def test_findings_exit_with_one(here: Path, call: Call) -> None:
    code, out, err = call("scan", ".")
    assert code == 1
    assert err == ""
    assert "high[script-injection]: whoever writes `github.event.issue.title` writes a part of this script" in out
    assert " --> .github/workflows/greet.yml:6:24" in out


def test_clean_exits_with_zero_and_says_what_was_judged(here: Path, call: Call) -> None:
    workflow(here, CLEAN)
    code, out, _ = call("scan")
    assert code == 0
    assert "1 file (1 workflow)" in out


@pytest.mark.parametrize(
    ("threshold", "code"), [("critical", 0), ("high", 1), ("medium", 1), ("info", 1), ("never", 0)]
)
def test_fail_on(here: Path, call: Call, threshold: str, code: int) -> None:
    assert call("scan", "--fail-on", threshold)[0] == code


def test_nothing_scanned_is_not_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    (tmp_path / "readme.txt").write_text("nothing to see")
    monkeypatch.chdir(tmp_path)
    code, out, err = call("scan", ".")
    assert (code, out) == (2, "")
    assert err.startswith("nothing was scanned")
    assert call("scan", ".", "--allow-empty")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan", "nowhere"], 'no such file or folder: "nowhere"'),
        (["scan", "--select", "script-injektion"], 'no rule, pack or severity is called "script-injektion"'),
        (["scan", "--as-of", "tomorrow"], '--as-of: "tomorrow" is no date; write YYYY-MM-DD'),
        (["scan", "--output", "sarif"], '--output: "sarif" is not FORMAT:FILE'),
        (["scan", "--output", "json:/no/such/folder/x.json"], "cannot be written"),
        (["scan", "--show", "all"], '--show: "all" is neither pass nor unknown'),
        (["scan", "--environment", "prodution"], 'no environment is called "prodution", did you mean "production"?'),
        (["scan", "--max-size", "5"], "--max-size:"),
        (["scan", "--baseline", "none.json"], '--baseline: "none.json" cannot be read'),
        (["scan", "--config", "none.yaml"], '--config: no such file: "none.yaml"'),
        (["scan", "--changed-since", "no-such-ref"], "--changed-since:"),
        (["scan", "-"], "standard input needs --stdin-filename"),
        (["scna"], 'no command is called "scna", did you mean "scan"?'),
        (["scan", "--formt", "json"], "No such option"),
        (["explain", "script-injektion"], 'did you mean "script-injection"?'),
    ],
)
def test_mistakes_exit_with_two_and_print_nothing(here: Path, call: Call, arguments: list[str], sentence: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_a_wrong_policy_names_the_place(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text("version: 1\nrecovry: {}\n")
    code, out, err = call("scan")
    assert (code, out) == (2, "")
    assert err == 'depcheck.yaml:2:1: unknown key "recovry", did you mean "recovery"?\n'


def test_two_policies_are_refused(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text("version: 1\n")
    (here / "depcheck.yml").write_text("version: 1\n")
    assert "are both there; keep one of them" in call("scan")[2]


def test_a_policy_below_the_root_is_told(here: Path, call: Call) -> None:
    (here / "service").mkdir()
    (here / "service" / "depcheck.yaml").write_text("version: 1\nrules: {fail_on: never}\n")
    (here / "depcheck.yaml").write_text("version: 1\n")
    code, out, err = call("scan", ".")
    assert (code, err) == (1, "")
    assert "service/depcheck.yaml not applied here" in out
    code, out, err = call("scan", ".", "--format", "json")
    assert json.loads(out)
    assert "service/depcheck.yaml not applied here" in err
    assert "not applied" not in "".join(call("scan", ".", "--no-config")[1:])


def test_a_subfolder_is_scanned_under_the_policy_and_paths_of_its_root(
    here: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "depcheck.yaml").write_text("version: 1\nrules: {severity: {script-injection: low}}\n")
    monkeypatch.chdir(here / ".github")
    for path in (".", "workflows", "workflows/greet.yml"):
        found = report(call, path)["findings"]
        assert [(each["location"]["path"], each["severity"]) for each in found] == [
            (".github/workflows/greet.yml", "low")
        ]


def test_standard_input(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(WORKFLOW.encode())

    monkeypatch.setattr("sys.stdin", Input)
    code, out, _ = call("scan", "-", "--stdin-filename", ".github/workflows/new.yml")
    assert code == 1
    assert ".github/workflows/new.yml:6:24" in out


@pytest.mark.parametrize(
    "name", ["workflows/new.yml", "../.github/workflows/new.yml", "{here}/.github/workflows/new.yml"]
)
def test_standard_input_is_told_by_its_path_from_the_root(
    here: Path, call: Call, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    class Input:
        buffer = io.BytesIO(WORKFLOW.encode())

    (here / "depcheck.yaml").write_text("version: 1\nrules: {severity: {script-injection: low}}\n")
    monkeypatch.chdir(here / ".github")
    monkeypatch.setattr("sys.stdin", Input)
    (found,) = report(call, "-", "--stdin-filename", name.format(here=here))["findings"]
    assert (found["location"]["path"], found["severity"]) == (".github/workflows/new.yml", "low")


def test_several_reports_at_once(here: Path, call: Call) -> None:
    code, out, _ = call("scan", "--output", "sarif:out.sarif", "--output", "json:out.json")
    assert code == 1
    assert "script-injection" in out
    sarif = json.loads((here / "out.sarif").read_text())
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["script-injection"]
    assert json.loads((here / "out.json").read_text())["summary"]["findings"]["high"] == 1


def test_suppressed_with_a_reason(here: Path, call: Call) -> None:
    line = '      - run: echo "${{ github.event.issue.title }}"'
    comment = "      # depcheck: ignore[script-injection] the bot alone opens issues\n"
    workflow(here, WORKFLOW.replace(line, comment + line))
    loaded = report(call)
    assert loaded["findings"] == []
    assert [each["suppression"]["reason"] for each in loaded["suppressed"]] == ["the bot alone opens issues"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("depcheck: ignore[script-injection]", "this suppression does nothing: it gives no reason"),
        ("depcheck: ignore because", "this suppression does nothing: it names no rule"),
        (
            "depcheck: ignore[script-injektion] why",
            'names the rule "script-injektion", did you mean "script-injection"?',
        ),
        ("depcheck: ignore[script-injection] why until=soon", '"soon" is no date'),
        ("depcheck: ignore[script-injection] why until=2020-01-01", "this suppression ended on 2020-01-01"),
        ("depcheck: ignore[untrusted-checkout] why", "nothing is suppressed here any more (untrusted-checkout)"),
    ],
)
def test_suppressions_that_do_nothing_are_findings(here: Path, call: Call, comment: str, message: str) -> None:
    workflow(here, WORKFLOW.replace("      - run", f"      # {comment}\n      - run"))
    loaded = report(call)
    found = {each["rule"]: each["message"] for each in loaded["findings"]}
    assert message in found["suppression"]
    assert "script-injection" in found


def test_a_peer_s_comment_is_honoured_on_its_rules_only(here: Path, call: Call) -> None:
    text = WORKFLOW.replace('title }}"', 'title }}" # zizmor: ignore[template-injection] known')
    workflow(here, text)
    loaded = report(call)
    assert loaded["findings"] == []
    assert loaded["suppressed"][0]["suppression"]["tool"] == "zizmor"
    workflow(here, text.replace("template-injection", "unpinned-uses"))
    assert len(report(call)["findings"]) == 1


def test_policy_exceptions(here: Path, call: Call) -> None:
    entry = "{rule: script-injection, resources: [workflow.greet.*], reason: accepted, until: 2027-01-01}"
    (here / "depcheck.yaml").write_text(f"version: 1\nrules:\n  ignore:\n    - {entry}\n")
    assert report(call, "--as-of", "2026-06-01")["findings"] == []
    ended = report(call, "--as-of", "2027-06-01")["findings"]
    assert sorted(each["rule"] for each in ended) == ["expired-exception", "script-injection"]


def test_policy_severity_and_threshold(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").write_text("version: 1\nrules: {severity: {script-injection: low}, fail_on: low}\n")
    assert report(call)["findings"][0]["severity"] == "low"
    assert call("scan")[0] == 1
    assert call("scan", "--fail-on", "medium")[0] == 0
    assert call("scan", "--no-config")[0] == 1


def test_baseline_counts_only_what_is_new(here: Path, call: Call) -> None:
    code, out, err = call("baseline")
    assert (code, out) == (0, "")
    assert "written to .depcheck-baseline.json; `depcheck scan --baseline .depcheck-baseline.json` counts" in err
    first = (here / ".depcheck-baseline.json").read_text()
    assert "line" not in first.replace("baseline", "")
    workflow(here, "# moved down\n\n" + WORKFLOW)
    code, _, _ = call("scan", "--baseline", ".depcheck-baseline.json")
    assert code == 0
    added = WORKFLOW + '      - run: echo "${{ github.event.issue.body }}"\n'
    workflow(here, added)
    loaded = report(call, "--baseline", ".depcheck-baseline.json")
    assert [each["location"]["start"]["line"] for each in loaded["findings"]] == [7]
    assert loaded["suppressed"][0]["suppression"]["kind"] == "baseline"


def test_a_baseline_that_is_none(here: Path, call: Call) -> None:
    (here / "base.json").write_text("[]")
    code, _, err = call("scan", "--baseline", "base.json")
    assert code == 2
    assert "base.json: not a baseline; write it with `depcheck baseline`" in err


def test_changed_since_shows_changed_lines(here: Path, call: Call) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *command], check=True, cwd=here, capture_output=True)
    assert report(call, "--changed-since", "HEAD")["findings"] == []
    workflow(here, WORKFLOW + '      - run: echo "${{ github.event.issue.body }}"\n')
    workflow(here, WORKFLOW, "untracked.yml")
    found = report(call, "--changed-since", "HEAD")["findings"]
    assert [(each["location"]["path"].rsplit("/")[-1], each["location"]["start"]["line"]) for each in found] == [
        ("greet.yml", 7),
        ("untracked.yml", 6),
    ]
    found = report(call, "--changed-since", "HEAD", "--whole-project", ".github/workflows/greet.yml")["findings"]
    assert [each["location"]["start"]["line"] for each in found] == [7]


def test_what_a_change_takes_away_is_shown(here: Path, call: Call) -> None:
    """What is missing is told at the header, which did not change; what a value causes, where it is used."""
    database = 'resource "aws_db_instance" "%s" {\n  deletion_protection = true\n  multi_az = var.zones\n}\n'
    (here / "main.tf").write_text('variable "zones" {}\n' + database % "one" + database % "two")
    (here / "terraform.tfvars").write_text("zones = true\n# end\n")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run(["git", *identity, *command], check=True, cwd=here, capture_output=True)

    def changed() -> set[tuple[str, str]]:
        found = report(call, "--changed-since", "HEAD", "--select", "unprotected-database,database-single-zone")
        return {(each["rule"], each["resource"]) for each in found["findings"]}

    assert changed() == set()
    text = (here / "main.tf").read_text()
    (here / "main.tf").write_text(text.replace("  deletion_protection = true\n", "", 1))
    assert changed() == {("unprotected-database", "aws_db_instance.one")}
    (here / "main.tf").write_text(text)
    (here / "terraform.tfvars").write_text("zones = false\n# end\n")
    assert changed() == {("database-single-zone", f"aws_db_instance.{name}") for name in ("one", "two")}


def test_whole_project_shows_the_given_files_only(here: Path, call: Call) -> None:
    other = workflow(here, WORKFLOW, "other.yml")
    found = report(call, "--whole-project", str(other))["findings"]
    assert {each["location"]["path"] for each in found} == {".github/workflows/other.yml"}


def test_fingerprints_survive_edits_elsewhere(here: Path, call: Call) -> None:
    before = report(call)["findings"][0]["fingerprint"]
    workflow(here, "name: greet\n# a comment\n" + WORKFLOW)
    assert report(call)["findings"][0]["fingerprint"] == before


def test_output_is_deterministic(here: Path, call: Call) -> None:
    workflow(here, WORKFLOW, "a.yml")
    assert call("scan", "--format", "sarif")[1] == call("scan", "--format", "sarif")[1]


def test_a_check_that_raises_is_ours_and_harms_no_other(
    here: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(subject: object, project: object) -> None:
        raise ValueError("with a secret inside")

    monkeypatch.setattr("depcheck.checks.pipeline.retired_action", broken)
    code, out, err = call("scan")
    assert code == 3
    assert "script-injection" in out
    assert "the check of rule retired-action raised ValueError" in err
    assert "secret" not in out + err
    assert "Traceback" not in err
    code, _, err = call("baseline")
    assert code == 3
    assert "the check of rule retired-action raised ValueError" in err


def test_a_check_cannot_end_the_run(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves(subject: object, project: object) -> Iterator[None]:
        yield from ()
        raise SystemExit(0)

    monkeypatch.setattr("depcheck.checks.pipeline.retired_action", leaves)
    code, out, err = call("scan")
    assert code == 3
    assert "script-injection" in out
    assert "the check of rule retired-action raised SystemExit" in err


@pytest.mark.parametrize("fault", [RecursionError, MemoryError, ValueError])
def test_a_parser_that_raises_harms_no_other_file(
    here: Path, call: Call, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def broken(text: object, context: object) -> None:
        raise fault("with a secret inside")

    (here / ".env").write_text("A=1\n")
    monkeypatch.setattr("depcheck.parsers.dotenv.parse", broken)
    code, out, err = call("scan")
    assert code == 3
    assert "script-injection" in out
    assert f"reading it as dotenv raised {fault.__name__}" in err
    assert "secret" not in out + err
    loaded = report(call)
    assert [each["path"] for each in loaded["errors"]] == [".env"]
    assert call("scan", ".env")[0] == 3


def test_joining_that_raises_harms_no_other_file(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise ValueError("with a secret inside")

    (here / "main.tf").write_text("locals {\n  a = 1\n}\n")
    monkeypatch.setattr("depcheck.terraform.load", broken)
    code, out, err = call("scan")
    assert code == 3
    assert "script-injection" in out
    assert "joining the Terraform files raised ValueError" in err


@pytest.mark.parametrize("where", ["values.txt", "../outside.tfvars", "deep/er/prod.tfvars"])
def test_var_files_are_what_the_caller_names(here: Path, call: Call, where: str) -> None:
    (here / ".gitignore").write_text("*.tfvars\n")
    (here / "main.tf").write_text(
        'variable "days" {}\nresource "aws_db_instance" "a" {\n  backup_retention_period = var.days\n}\n'
    )
    (here / where).parent.mkdir(parents=True, exist_ok=True)
    (here / where).write_text("days = 0\n")
    found = [
        each for each in report(call, "--var-file", where)["findings"] if each["rule"] == "database-without-backups"
    ]
    assert where in {each["location"]["path"] for each in found[0]["related"]}
    code, out, err = call("scan", "--var-file", "none.tfvars")
    assert (code, out, err) == (2, "", '--var-file: no such file: "none.tfvars"\n')


def test_unknown_is_counted_shown_and_can_fail(here: Path, call: Call) -> None:
    deploy = (
        "on: push\npermissions: {}\nconcurrency:\n  group: x\n  cancel-in-progress: ${{ inputs.cancel }}\n"
        "jobs:\n  deploy-production:\n"
        "    runs-on: x\n    environment: production\n    steps:\n      - run: terraform apply\n"
    )
    workflow(here, deploy)
    loaded = report(call)
    assert loaded["summary"]["unknown"] == 1
    assert loaded["unknown"][0]["rule"] == "cancelled-deployment"
    assert loaded["unknown"][0]["location"]["start"]["line"] == 5
    assert call("scan")[0] == 0
    assert call("scan", "--fail-on-unknown")[0] == 1
    assert "cancelled-deployment" in call("scan", "--show", "unknown")[1]


def test_skips_are_explained(here: Path, call: Call) -> None:
    (here / "app.py").write_text("")
    (here / "huge.tf").write_text("#" * 2000)
    loaded = report(call, "--max-size", "1KiB", "--explain-skips")
    reasons = {each["path"]: each["reason"] for each in loaded["skipped"]}
    assert reasons["huge.tf"] == "larger than 1 KiB (1.95 KiB)"
    assert reasons["app.py"] == "no kind of deployment configuration that depcheck reads"
    assert "app.py" not in {each["path"] for each in report(call)["skipped"]}


def test_strict_profile_adds_hygiene(here: Path, call: Call) -> None:
    workflow(here, CLEAN.replace('run: echo "hello"', "uses: actions/checkout@v4"))
    assert call("scan", "--fail-on", "info")[0] == 0
    assert call("scan", "--profile", "strict", "--fail-on", "info")[0] == 1


def test_rules_as_json(call: Call) -> None:
    code, out, _ = call("rules", "--format", "json")
    assert code == 0
    rows = json.loads(out)
    keys = {"id", "pack", "profile", "title", "severity", "confidence", "why", "fix", "controls", "aliases"}
    assert all(set(row) == keys for row in rows)


def test_explain_by_alias_and_fingerprint(here: Path, call: Call) -> None:
    assert "untrusted-checkout" in call("explain", "dangerous-triggers")[1]
    mark = report(call)["findings"][0]["fingerprint"]
    assert "greet.yml:6:24" in call("explain", mark[:8])[1]


def test_model_hides_values_unless_told(here: Path, call: Call) -> None:
    (here / ".env").write_text("PASSWORD=very-long-and-quiet\n")
    for format_ in ("text", "json"):
        code, out, _ = call("model", "--format", format_)
        assert code == 0
        assert "very-long" not in out
    assert "very-long" in call("model", "--format", "json", "--reveal")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rules", "--pack", "pipelin"], '--pack: no pack is called "pipelin" (known: '),
        (["explain", "pipeline"], '"pipeline" is a pack of rules; `depcheck rules --pack pipeline` lists them'),
        (["model", "--noun", "resorce"], '--noun: no noun is called "resorce" (known: '),
    ],
)
def test_names_that_nothing_has(here: Path, call: Call, arguments: list[str], sentence: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)


def test_a_policy_that_is_no_file_is_not_passed_over(here: Path, call: Call) -> None:
    (here / "depcheck.yaml").symlink_to("nowhere.yaml")
    code, out, err = call("scan")
    assert (code, out) == (2, "")
    assert err.startswith("depcheck.yaml: not a file that can be read")
    assert call("scan", "--no-config")[0] == 1


def test_a_rule_s_own_fix_is_shown_as_it_is(here: Path, call: Call) -> None:
    login = (
        "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          aws-region: eu-west-1\n"
        "          aws-access-key-id: ${{ secrets.AWS_KEY }}\n"
        "          aws-secret-access-key: ${{ secrets.AWS_SECRET }}\n"
    )
    workflow(here, CLEAN + login)
    fixes = [each["fix"]["text"] for each in report(call, "--select", "long-lived-cloud-key")["findings"]]
    assert fixes
    assert all("`id-token: write`" in fix for fix in fixes)


def test_a_baseline_counts_as_a_scan_does(here: Path, call: Call) -> None:
    for name in ("staging", "production"):
        (here / f"{name}.tfvars").write_text(f'environment = "{name}"\n')
    (here / "main.tf").write_text(
        'variable "environment" {}\n'
        'resource "aws_db_instance" "main" {\n  engine = "mysql"\n  instance_class = "db.t4g.micro"\n}\n'
    )
    out = call("scan")[1]
    assert len(report(call)["findings"]) > 2
    counted = next(line.partition(" finding")[0] for line in out.splitlines() if " findings: " in line)
    assert call("baseline")[2].startswith(f"{counted} findings written to ")


def test_standard_input_that_nothing_reads_is_told_by_its_name(
    here: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        buffer = io.BytesIO(b"words\n")

    monkeypatch.setattr("sys.stdin", Input)
    code, _, err = call("scan", "-", "--stdin-filename", "letter.xyz")
    assert code == 2
    assert 'nothing was scanned: "letter.xyz" holds' in err


def test_a_long_command_is_cut_visibly(here: Path, call: Call) -> None:
    text = "on: push\njobs:\n  deploy-production:\n    runs-on: ubuntu-24.04\n    environment: production\n    steps:\n"
    options = " ".join(f"--set option{number}=value" for number in range(9))
    workflow(here, f"{text}      - run: aws ecs update-service --cluster shop-staging --service web {options}\n")
    found = report(call, "--select", "deploys-to-other-environment")["findings"]
    assert [each["message"][-2:] for each in found] == ["…`"]


def test_a_fault_of_a_check_is_told_once(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("depcheck.checks.access_containers.privileged_container", fail)
    (here / "compose.yaml").write_text(
        "services:\n" + "".join(f"  s{at}:\n    image: a/b:1.2\n    privileged: true\n" for at in range(3))
    )
    code, out, err = call("scan")
    assert code == 3
    assert err.count("privileged-container raised ZeroDivisionError") == 1
    assert "on compose.s0 and on 2 more; the other rules ran" in err
    assert "judged: " in out
