"""``depcheck baseline``: writes down today's findings."""

from __future__ import annotations

import os
from pathlib import Path

import click

from depcheck.cli import CLEAN, INTERNAL, UserError, say
from depcheck.cli.inputs import Inputs
from depcheck.cli.options import input_options


@click.command(name="baseline")
@input_options
@click.option("--write-to", default=".depcheck-baseline.json", metavar="FILE", help="Where to write it.")
@click.option("--profile", type=click.Choice(("default", "strict")), help="strict adds opinion and hygiene.")
def command(inputs: Inputs, write_to: str, profile: str | None) -> int:
    """Write the findings of PATH to a file; `depcheck scan --baseline FILE` does not count them any more.

    The file is sorted, has one finding a line, and neither line numbers nor times, so that branches merge.
    """
    from depcheck.cli.scanning import Choices, report_of
    from depcheck.engine import baseline_file
    from depcheck.reporters.grouping import grouped

    report = report_of(inputs, Choices(profile=profile))
    if report.files == 0:
        raise UserError("nothing was scanned, so no baseline was written; see `depcheck scan --explain-skips`")
    text = baseline_file.render(report.findings)
    temporary = Path(f"{write_to}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(write_to)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f'--write-to: "{write_to}" cannot be written: {(error.strerror or "").lower()}') from error
    count = len(grouped(report.findings, report))
    written = f"{count} finding{'' if count == 1 else 's'} written to {write_to}"
    say(f"{written}; `depcheck scan --baseline {write_to}` counts new ones only")
    failed = [error.message for error in report.errors if error.internal]
    for message in failed:
        say(f"depcheck: {message}")
    return INTERNAL if failed else CLEAN
