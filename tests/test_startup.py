"""Start-up is a feature: what must not be imported on paths that do not need it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "asyncio",
    "copy",
    "click",
    "concurrent.futures",
    "dataclasses",
    "datetime",
    "email",
    "hcl2",
    "importlib.metadata",
    "jsonschema",
    "logging",
    "pathlib",
    "pydantic",
    "rich",
    "subprocess",
    "tomllib",
    "typing",
    "unittest",
    "yaml",
}


def imported(arguments: list[str], cwd: Path) -> set[str]:
    code = (
        "import sys\n"
        f"sys.argv = ['depcheck', *{arguments!r}]\n"
        "from depcheck.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "sys.stderr.write('\\n'.join(['', 'IMPORTED', *sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-S", "-c", _with_path(code)], capture_output=True, cwd=cwd, check=True)
    return set(done.stderr.decode().split("IMPORTED\n", 1)[1].split("\n"))


def _with_path(code: str) -> str:
    return f"import sys\nsys.path[:0] = {[path for path in sys.path if path]!r}\n{code}"


def test_version_imports_nothing_of_weight(tmp_path: Path) -> None:
    modules = imported(["--version"], tmp_path)
    assert modules & HEAVY == set()
    assert {name for name in modules if name.startswith("depcheck.")} <= {"depcheck.__main__"}


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("main.tf", 'resource "aws_s3_bucket" "a" {}\n', {"click"}),
        ("Dockerfile", "FROM alpine:3.20\n", {"click"}),
        ("compose.yaml", "services:\n  web:\n    image: nginx:1.27\n", {"click"}),
        (".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: x\n", {"click"}),
        ("compose.yaml", "services:\n  web: &a\n    image: nginx:1.27\n", {"click", "yaml"}),
    ],
)
def test_a_scan_imports_what_the_file_needs(tmp_path: Path, name: str, text: str, allowed: set[str]) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    by_click = imported(["--help"], tmp_path)
    assert imported(["scan", name], tmp_path) & HEAVY - by_click <= allowed


def test_a_policy_is_what_brings_pydantic(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    assert "pydantic" not in imported(["scan", "."], tmp_path)
    (tmp_path / "depcheck.yaml").write_text("version: 1\n")
    assert "pydantic" in imported(["scan", "."], tmp_path)
