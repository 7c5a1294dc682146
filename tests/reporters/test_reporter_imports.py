"""Start-up is a feature: a run that prints text does not pay for what other formats need."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from depcheck.findings import Report
from depcheck.reporters import render
empty = Report(files=0, resources=0, rules=[], findings=[], unknown=[], passed=[], suppressed=[], skipped=[], errors=[])
render(empty, sys.argv[1])
print(" ".join(name for name in sys.modules))
"""
HEAVY = {"rich", "yaml", "pydantic", "jsonschema", "click", "dataclasses", "inspect", "subprocess", "xml", "html"}


@pytest.mark.parametrize("format", ["text", "sarif", "junit", "html"])
def test_no_heavy_imports(format: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, format], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & HEAVY
    others = {"depcheck.reporters." + name for name in ("text", "sarif", "junit", "html", "markdown", "github")}
    assert loaded & others == {f"depcheck.reporters.{format}"}
    if format == "text":
        assert "json" not in loaded
        assert "unicodedata" not in loaded
