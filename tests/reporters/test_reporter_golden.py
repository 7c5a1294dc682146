"""Every format of one report, character by character. ``DEPCHECK_UPDATE_GOLDEN=1`` writes the files anew.

The SARIF files were held against the rules of ``sarif-multitool validate --rule-kind 'Sarif;Ghas'`` (5.7.0): no error
and no warning. Do so again when they change.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from reporter_sample import sample

from depcheck import __version__
from depcheck.findings import ReadError, Report
from depcheck.reporters import FORMATS, Options, render

GOLDEN = Path(__file__).parent / "golden"
SUFFIX = {"text": "txt", "github": "commands.txt", "junit": "xml", "markdown": "md"}
EVERYTHING = ("pass", "unknown")


def cases() -> list[tuple[str, str, Options]]:
    found = [(f"report.{SUFFIX.get(name, name)}", name, Options(show=EVERYTHING)) for name in FORMATS]
    found.append(("plain.txt", "text", Options(width=60)))
    found.append(("color.txt", "text", Options(color=True, show=EVERYTHING)))
    found.append(("findings.sarif", "sarif", Options(suppressed=False, category="infra")))
    return found


@pytest.mark.parametrize(("file", "format", "options"), cases(), ids=lambda value: value if "." in str(value) else "")
def test_golden(file: str, format: str, options: Options) -> None:
    written = render(sample(), format, options=options).replace(__version__, "0.0.0")
    path = GOLDEN / file
    if os.environ.get("DEPCHECK_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    assert written == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_order_of_the_input_does_not_matter(format: str) -> None:
    report = sample()
    turned = sample()
    for name in ("findings", "unknown", "passed", "suppressed", "skipped", "errors", "rules"):
        getattr(turned, name).reverse()
    options = Options(show=EVERYTHING)
    assert render(turned, format, options=options) == render(report, format, options=options)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_found(format: str) -> None:
    empty = Report(
        files=0, resources=0, rules=[], findings=[], unknown=[], passed=[], suppressed=[], skipped=[], errors=[]
    )
    assert render(empty, format).endswith("\n")


def test_secrets_of_the_source_are_never_read_again() -> None:
    for format in FORMATS:
        assert "hunter" not in render(sample(), format, options=Options(show=EVERYTHING))


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="one of text, json, sarif"):
        render(sample(), "yaml")


def test_an_error_without_a_place() -> None:
    report = sample()
    report.errors = [ReadError("", "the check of rule x raised KeyError on the project", internal=True)]
    assert "\ninternal error: the check of rule x raised" in render(report, "text")
