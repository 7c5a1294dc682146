"""action.yml's own steps, run as a GitHub runner runs them: inputs, environment, outputs, shells, conditions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


class Runner:
    """The little of a runner that a composite action needs. ``uses:`` steps are recorded, not run."""

    def __init__(self, workspace: Path, inputs: dict[str, str]) -> None:
        self.workspace = workspace
        self.temp = workspace.parent / "temp"
        self.temp.mkdir()
        self.inputs = {name: str(spec.get("default", "")) for name, spec in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, dict[str, str]] = {}
        self.used: list[tuple[str, dict[str, str]]] = []
        self.log = ""

    def expand(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            return str(self.evaluate(match.group(1).strip()))

        return re.sub(r"\$\{\{(.*?)\}\}", value, text)

    def evaluate(self, expression: str) -> object:
        for joined in expression.split("&&"):
            part = joined.strip()
            match = re.fullmatch(r"(\S+)\s*(==|!=)\s*'([^']*)'", part)
            if match:
                if (self.lookup(match.group(1)) == match.group(3)) != (match.group(2) == "=="):
                    return False
            elif expression == joined:
                return self.lookup(part)
        return True

    def lookup(self, name: str) -> str:
        parts = name.split(".")
        if parts[0] == "inputs":
            return self.inputs[parts[1]]
        assert parts[0] == "steps" and parts[2] == "outputs", name
        return self.outputs.get(parts[1], {}).get(parts[3], "")

    def run(self) -> int:
        for step in ACTION["runs"]["steps"]:
            condition = step.get("if")
            if condition and not self.evaluate(str(condition).removeprefix("${{").removesuffix("}}").strip()):
                continue
            if "uses" in step:
                assert re.search(r"@[0-9a-f]{40}$", step["uses"]), "pinned to a commit"
                self.used.append((step["uses"], {key: self.expand(str(text)) for key, text in step["with"].items()}))
                continue
            if self.shell(step):
                return 1
        return 0

    def shell(self, step: dict[str, object]) -> int:
        output = self.temp / "output"
        output.write_text("")
        script = self.temp / "step.sh"
        script.write_text(self.expand(str(step["run"])))
        assert step["shell"] == "bash"
        own = {name: self.expand(str(text)) for name, text in dict(step.get("env") or {}).items()}  # type: ignore[call-overload]
        environment = {
            **os.environ,
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            **own,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False)
        self.log += done.stdout + done.stderr
        if "id" in step:
            pairs = [line.split("=", 1) for line in output.read_text().splitlines()]
            self.outputs[str(step["id"])] = {pair[0]: pair[1] for pair in pairs}
        return done.returncode


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner whose installation step finds this environment's depcheck, because tests have no network."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    made = Runner(workspace, {})
    binaries = tmp_path / "shims"
    binaries.mkdir()
    shim = binaries / "python"
    inner = f'#!/bin/sh\nexec {sys.executable} -m depcheck "$@"\n'
    shim.write_text(
        "#!/bin/sh\n"
        '[ "$1 $2" = "-m venv" ] || exit 9\n'
        'mkdir -p "$3/bin"\n'
        f"cat > \"$3/bin/depcheck\" <<'END'\n{inner}END\n"
        'cat > "$3/bin/pip" <<\'END\'\n#!/bin/sh\n[ "$1" = install ] && [ -f "$3/pyproject.toml" ]\nEND\n'
        'chmod +x "$3/bin/depcheck" "$3/bin/pip"\n'
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
    return made


def test_findings_fail_the_job_after_the_upload(runner: Runner) -> None:
    (runner.workspace / "Dockerfile").write_text("FROM debian:latest\n")
    assert runner.run() == 1
    assert runner.outputs["scan"] == {"exit-code": "1", "sarif-file": "depcheck.sarif"}
    assert [uses.split("@")[0] for uses, _ in runner.used] == [
        "actions/setup-python",
        "github/codeql-action/upload-sarif",
    ]
    assert runner.used[1][1] == {"sarif_file": "depcheck.sarif", "category": "depcheck"}
    sarif = json.loads((runner.workspace / "depcheck.sarif").read_text())
    assert "unpinned-image" in {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert "unpinned-image" in runner.log


def test_a_clean_repository_passes(runner: Runner) -> None:
    (runner.workspace / "Dockerfile").write_text("FROM debian:12.9\nUSER 1000\n")
    assert runner.run() == 0


def test_the_upload_can_be_left_out(runner: Runner) -> None:
    runner.inputs["upload"] = "false"
    runner.inputs["fail-on"] = "never"
    (runner.workspace / "Dockerfile").write_text("FROM debian:latest\n")
    assert runner.run() == 0
    assert len(runner.used) == 1


def test_a_wrong_policy_fails_and_says_why(runner: Runner) -> None:
    (runner.workspace / "Dockerfile").write_text("FROM debian:12.9\n")
    (runner.workspace / "policy.yaml").write_text("version: 1\nrecovry: {}\n")
    runner.inputs["config"] = "policy.yaml"
    assert runner.run() == 1
    assert runner.outputs["scan"] == {"exit-code": "2"}
    assert 'policy.yaml:2:1: unknown key "recovry", did you mean "recovery"?' in runner.log


def test_a_hostile_input_is_no_shell(runner: Runner) -> None:
    runner.inputs["path"] = '.; touch hacked; "$(touch hacked)"'
    assert runner.run() == 1
    assert not (runner.workspace / "hacked").exists()


def test_a_report_of_an_earlier_run_is_not_uploaded(runner: Runner) -> None:
    (runner.workspace / "depcheck.sarif").write_text("{}")
    (runner.workspace / "nothing.txt").write_text("")
    assert runner.run() == 1
    assert runner.outputs["scan"] == {"exit-code": "2"}
    assert len(runner.used) == 1
