"""``depcheck parity``: environments side by side, what differs, and whether it may."""

from __future__ import annotations

import os
import sys

import click

from depcheck.cli import CLEAN, FINDINGS, INTERNAL, USAGE, UserError, say, write
from depcheck.cli.inputs import Inputs, packs_folder, project_of, rules_of
from depcheck.cli.options import input_options
from depcheck.findings import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.findings import Report
    from depcheck.packs import Rule
    from depcheck.parity.comparison import Comparison
    from depcheck.parity.verdicts import Judged
    from depcheck.policy import Policy
    from depcheck.project import Project

#: How wide the matrix is where no terminal tells.
_WIDTH = 120


@click.command(name="parity", short_help="Show environments side by side.")
@input_options
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", help="How to write it.")
@click.option("--all", "every", is_flag=True, help="Show the rows that are equal, too.")
@click.option("--between", nargs=2, metavar="ONE OTHER", help="Compare these two environments only.")
@click.option("--profile", type=click.Choice(("default", "strict")), help="strict adds opinion and hygiene.")
@click.option("--fail-on", type=click.Choice((*SEVERITIES, "never")), help="Exit with 1 from here; default: medium.")
@click.option("--fail-on-unknown", is_flag=True, help="Exit with 1 when a row could not be decided.")
@click.option("--allow-empty", is_flag=True, help="Exit with 0 when there was nothing to read.")
def command(
    inputs: Inputs,
    format_: str,
    every: bool,
    between: tuple[str, str] | None,
    profile: str | None,
    fail_on: str | None,
    fail_on_unknown: bool,
    allow_empty: bool,
) -> int:
    """Compare what each environment below PATH is given: variables, resources, images, versions, steps of jobs.

    A row is one subject with the value of each environment, the relation that holds for it (same, differ, belongs,
    monotone, superset, fixed, free) and a verdict: ok, allowed, differs, equal, missing or unknown. Where `scan` has a
    finding, the row names its rule. Secrets are shown as *** with a letter: equal letters in a row are equal secrets.
    JSON has every row. Exit codes are those of `scan`.
    """
    project, policy, shown = project_of(inputs)
    if not project.facts.files and not allow_empty:
        where = ", ".join(f'"{path}"' for path in inputs.paths)
        say(f"nothing was read: {where} holds no deployment configuration; or pass --allow-empty")
        return USAGE
    from depcheck.parity.comparison import Comparison, comparison
    from depcheck.parity.verdicts import judged

    compared = comparison(project)
    if between is not None:
        compared = Comparison(project, [_named(between, project)])
    threshold = fail_on or (policy.rules.fail_on if policy is not None else "medium")
    report = _report(inputs, project, policy, profile, shown)
    rows = judged(compared, report.findings, report.suppressed, _compares(), alone=between is None)
    if inputs.environment is not None:
        rows = [each for each in rows if inputs.environment in each.row.values]
    from depcheck.parity.overlaps import notices

    said = notices(compared)
    if format_ == "json":
        for notice in said:
            say(f"depcheck: {notice}")
    write(_written(rows, compared, said, format_, every))
    for error in report.errors:
        if error.internal:
            say(f"depcheck: {error.message}")
    if any(error.internal for error in report.errors):
        return INTERNAL
    failing = SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold != "never" else ()
    if any(each.severity in failing for each in rows):
        return FINDINGS
    return FINDINGS if fail_on_unknown and any(each.verdict == "unknown" for each in rows) else CLEAN


def _named(between: tuple[str, str], project: Project) -> list[str]:
    """The two environments that are meant.

    Raises:
        UserError: one of them is not known, or they are one.
    """
    found: list[str] = []
    known = tuple(project.environments.aliases)
    for word in between:
        name = project.environments.named(word) or (word if word in known else None)
        if name is None:
            from depcheck.policy.words import nearest

            near = nearest(word, known)
            hint = f', did you mean "{near}"?' if near else f" (known: {', '.join(known)})"
            raise UserError(f'--between: no environment is called "{word}"{hint}')
        found.append(name)
    if found[0] == found[1]:
        raise UserError(f'--between: "{between[0]}" and "{between[1]}" are one environment, {found[0]}')
    return found


def _report(
    inputs: Inputs, project: Project, policy: Policy | None, profile: str | None, shown_paths: frozenset[str] | None
) -> Report:
    """What the rules about environments say, as a scan would."""
    from depcheck.engine import Run, Shown, run
    from depcheck.engine.selection import Selection

    rules = rules_of(policy, packs_folder(inputs, project.root))
    chosen = profile or (policy.rules.profile if policy is not None else "default")
    selection = Selection(rules, profile=chosen, policy=policy)
    settings = Run(
        selection,
        environment=inputs.environment,
        shown=Shown(shown_paths) if shown_paths is not None else None,
        partial=True,
    )
    return run(project, _about_environments(rules), settings)


def _about_environments(rules: list[Rule]) -> list[Rule]:
    """The rules of parity, those of other packs that compare environments, and those that they yield to."""
    named = _compares()
    chosen = [rule for rule in rules if rule.pack == "parity" or rule.id in named]
    asked = {name.partition(":")[0] for rule in chosen for name in rule.yields_to}
    return [rule for rule in rules if rule in chosen or rule.id in asked]


def _compares() -> frozenset[str]:
    """The rules of other packs that compare environments."""
    from depcheck.parity.relations import verdict_words

    return frozenset().union(*verdict_words().values())


def _written(rows: list[Judged], compared: Comparison, notices: list[str], format_: str, every: bool) -> str:
    from depcheck.engine.build import Masker
    from depcheck.project import exposures

    masker = Masker(*exposures.masked(compared.project))
    if format_ == "json":
        from depcheck.parity.records import record
        from depcheck.reporters.jsontext import dump, encoded

        records = [encoded(record(each, masker.text, compared.project)) for each in rows]
        return dump({"version": 1, "environments": compared.environments, "rows": records})
    from depcheck.cli.parity_text import matrix

    terminal = sys.stdout is not None and sys.stdout.isatty()
    color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = _WIDTH
    if terminal or os.environ.get("COLUMNS"):
        from shutil import get_terminal_size

        width = get_terminal_size().columns
    return matrix(rows, compared, notices, masker.text, every=every, color=color, width=width)
