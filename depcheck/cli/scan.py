"""``depcheck scan``: findings; the main job."""

from __future__ import annotations

import click

from depcheck.cli.inputs import Inputs
from depcheck.cli.options import input_options
from depcheck.cli.scanning import FORMATS, Choices, scan
from depcheck.findings import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@click.command(name="scan", short_help="Report findings.")
@input_options
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="How to write the report.")
@click.option("--output", multiple=True, metavar="FORMAT:FILE", help="Write another report to a file; repeatable.")
@click.option("--select", multiple=True, metavar="NAME", help="Run only these rules, packs or severities.")
@click.option("--ignore", multiple=True, metavar="NAME", help="Leave out these rules, packs or severities.")
@click.option("--profile", type=click.Choice(("default", "strict")), help="strict adds opinion and hygiene.")
@click.option("--fail-on", type=click.Choice((*SEVERITIES, "never")), help="Exit with 1 from here; default: medium.")
@click.option("--fail-on-unknown", is_flag=True, help="Exit with 1 when a rule could not be decided.")
@click.option("--baseline", metavar="FILE", help="Do not count the findings written down there.")
@click.option("--changed-since", metavar="REV", help="Show findings in lines changed since a git revision.")
@click.option("--show", metavar="pass,unknown", help="Show what held, and what could not be decided.")
@click.option(
    "--hide-suppressed", is_flag=True, help="Leave suppressed results out of SARIF; GitHub shows them as open."
)
@click.option("--allow-empty", is_flag=True, help="Exit with 0 when there was nothing to scan.")
def command(inputs: Inputs, **choices: Any) -> int:
    """Read the configuration below PATH (default: here) and report what does not hold.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 a mistake in the call or in depcheck.yaml, 3 an error of
    depcheck's own.
    """
    return scan(inputs, Choices(**choices))
