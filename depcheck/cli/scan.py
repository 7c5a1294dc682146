"""``depcheck scan``: findings; the main job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from depcheck.cli import CLEAN, FINDINGS, INTERNAL, USAGE, UserError, write
from depcheck.cli.inputs import Inputs, input_options, packs_folder, project_of, rules_of
from depcheck.findings import SEVERITIES

if TYPE_CHECKING:
    from depcheck.findings import Report

FORMATS = ("text", "json", "sarif", "github", "junit", "html", "markdown")
#: Formats that have the notices in them.
TELL_NOTICES = frozenset({"text", "github", "html", "markdown"})
SHOW = ("pass", "unknown")


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
def command(
    inputs: Inputs,
    format_: str,
    output: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    profile: str | None,
    fail_on: str | None,
    fail_on_unknown: bool,
    baseline: str | None,
    changed_since: str | None,
    show: str | None,
    hide_suppressed: bool,
    allow_empty: bool,
) -> int:
    """Read the configuration below PATH (default: here) and report what does not hold.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 a mistake in the call or in depcheck.yaml, 3 an error of
    depcheck's own.
    """
    outputs = [_output(each) for each in output]
    shown_kinds = _show(show)
    report = report_of(
        inputs,
        select=select,
        ignore=ignore,
        profile=profile,
        fail_on=fail_on,
        baseline=baseline,
        changed_since=changed_since,
    )
    if report.files == 0 and not allow_empty:
        _say_nothing_scanned(inputs, report)
        return USAGE
    if inputs.explain_skips:
        _list_skipped(report)
    if report.notices and format_ not in TELL_NOTICES:
        from depcheck.reporters.terminal import visible

        for notice in report.notices:
            click.echo(f"depcheck: {visible(notice)}", err=True)
    listed = {"skips"} if inputs.explain_skips else set()
    _write(report, format_, outputs, shown_kinds | listed, suppressed=not hide_suppressed)
    if any(error.internal for error in report.errors):
        from depcheck.reporters.terminal import visible

        for error in report.errors:
            if error.internal:
                click.echo(f"depcheck: {visible(error.message)}", err=True)
        return INTERNAL
    threshold = report.fail_on
    if threshold != "never":
        failing = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        if any(finding.severity in failing for finding in report.findings):
            return FINDINGS
    return FINDINGS if fail_on_unknown and report.unknown else CLEAN


def report_of(
    inputs: Inputs,
    *,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    profile: str | None = None,
    fail_on: str | None = None,
    baseline: str | None = None,
    changed_since: str | None = None,
) -> Report:
    """Scan and give the report.

    Raises:
        UserError: an option, the policy or a pack is wrong.
    """
    from depcheck.engine import Run, Shown, baseline_file, run
    from depcheck.engine.selection import Selection, SelectionError

    project, policy, shown_paths = project_of(inputs)
    rules = rules_of(policy, packs_folder(inputs, project.root))
    chosen_profile = profile or (policy.rules.profile if policy is not None else "default")
    try:
        selection = Selection(
            rules, profile=chosen_profile, select=_names(select), ignore=_names(ignore), policy=policy
        )
    except SelectionError as error:
        raise UserError(str(error)) from error
    shown = Shown(shown_paths) if shown_paths is not None else None
    if changed_since is not None:
        from depcheck.changes import ChangesError, changes_since

        try:
            changed = changes_since(project.root, changed_since)
        except ChangesError as error:
            raise UserError(f"--changed-since: {error}") from error
        shown = Shown(changed.files, changed.lines, gaps=changed.gaps, within=shown)
    known = frozenset[str]()
    if baseline is not None:
        try:
            known = baseline_file.read(baseline, Path(baseline).read_text("utf-8", "replace"))
        except OSError as error:
            raise UserError(f'--baseline: "{baseline}" cannot be read; write it with `depcheck baseline`') from error
        except baseline_file.BaselineError as error:
            raise UserError(str(error)) from error
    settings = Run(
        selection,
        baseline=known,
        environment=inputs.environment,
        shown=shown,
        fail_on=fail_on or (policy.rules.fail_on if policy is not None else "medium"),
        partial=any(path == "-" or Path(path).is_file() for path in inputs.paths),
    )
    return run(project, rules, settings)


def _names(values: tuple[str, ...]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _output(text: str) -> tuple[str, str]:
    format_, colon, file = text.partition(":")
    if not colon or not file or format_ not in FORMATS:
        raise UserError(f'--output: "{text}" is not FORMAT:FILE with a format of {", ".join(FORMATS)}')
    return format_, file


def _show(text: str | None) -> frozenset[str]:
    names = frozenset(_names((text,))) if text else frozenset[str]()
    for name in names:
        if name not in SHOW:
            raise UserError(f'--show: "{name}" is neither pass nor unknown')
    return names


def _write(
    report: Report, format_: str, outputs: list[tuple[str, str]], show: frozenset[str], *, suppressed: bool
) -> None:
    from depcheck.reporters import Options, render

    terminal = sys.stdout is not None and sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = _terminal_width() if terminal else 120
    for other, file in outputs:
        text = render(report, other, options=Options(show=show, suppressed=suppressed))
        try:
            Path(file).write_bytes(text.encode("utf-8", "replace"))
        except OSError as error:
            raise UserError(f'--output: "{file}" cannot be written: {(error.strerror or "").lower()}') from error
    options = Options(color=colour and format_ == "text", width=width, show=show, suppressed=suppressed)
    text = render(report, format_, options=options)
    write(text)


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _say_nothing_scanned(inputs: Inputs, report: Report) -> None:
    where = ", ".join(f'"{path}"' for path in inputs.paths)
    click.echo(
        f"nothing was scanned: {where} holds no deployment configuration that depcheck reads"
        f"{f' ({len(report.skipped)} skipped)' if report.skipped else ''}; see --explain-skips, or pass --allow-empty",
        err=True,
    )
    if inputs.explain_skips:
        _list_skipped(report)


def _list_skipped(report: Report) -> None:
    from depcheck.reporters.terminal import visible

    for skip in report.skipped:
        click.echo(f"skipped: {visible(skip.path)}: {skip.reason}", err=True)
