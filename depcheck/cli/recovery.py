"""``depcheck recovery``: what each store can be brought back to, how fast, and whether that was promised."""

from __future__ import annotations

import os

import click

from depcheck.cli import CLEAN, FINDINGS, USAGE, UserError, say, write
from depcheck.cli.inputs import Inputs, project_of
from depcheck.cli.options import input_options
from depcheck.findings import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project
    from depcheck.recovery.assessment import Assessment, Survey

#: How severe a verdict is.
SEVERITY = {"unrecoverable": "critical", "breached": "high", "at_risk": "medium", "unknown": "info"}


#: What people call a loss that is counted among another one.
_ALSO = {"corruption": "deletion", "az": "zone", "node": "instance", "hardware": "instance", "ransomware": "account"}


@click.command(name="recovery", short_help="Show what each store can be brought back to.")
@input_options
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", help="How to write it.")
@click.option("--explain", metavar="STORE:LOSS", help="Show one verdict with its arithmetic, line by line.")
@click.option("--fail-on", type=click.Choice((*SEVERITIES, "never")), help="Exit with 1 from here; default: medium.")
@click.option("--fail-on-unknown", is_flag=True, help="Exit with 1 when a verdict could not be given.")
@click.option("--allow-empty", is_flag=True, help="Exit with 0 when there was nothing to read.")
def command(
    inputs: Inputs, format_: str, explain: str | None, fail_on: str | None, fail_on_unknown: bool, allow_empty: bool
) -> int:
    """Estimate for every store and kind of loss how much data is lost and how long recovery takes.

    Each figure is typical and worst, with the mechanism and the line that give it. Targets come from depcheck.yaml;
    without them the report says what a target could honestly be. Exit codes: 0 every target is met, 1 one is not, from
    --fail-on (unrecoverable is critical, breached high, at risk medium, unknown info), 2 a mistake in the call or in
    depcheck.yaml.
    """
    project, policy, _ = project_of(inputs)
    if not project.facts.files and not allow_empty:
        where = ", ".join(f'"{path}"' for path in inputs.paths)
        say(f"nothing was read: {where} holds no deployment configuration; or pass --allow-empty")
        return USAGE
    if _is_whole(inputs, project):
        _refuse_mistakes(project)
    from depcheck.recovery.assessment import Survey, assess

    survey = Survey(project)
    found = assess(project, survey)
    if inputs.environment is not None:
        found = [each for each in found if each.environment in (None, inputs.environment)]
    if explain is not None:
        write(_explained(explain, found, survey, inputs.environment))
    elif format_ == "json":
        write(_json(found, survey))
    else:
        from depcheck.cli.recovery_text import matrix

        write(matrix(found, survey, color=_color()))
    threshold = fail_on or (policy.rules.fail_on if policy is not None else "medium")
    failing = SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold != "never" else ()
    if any(SEVERITY.get(each.verdict) in failing for each in found):
        return FINDINGS
    return FINDINGS if fail_on_unknown and any(each.verdict == "unknown" for each in found) else CLEAN


def _is_whole(inputs: Inputs, project: Project) -> bool:
    """Whether everything below the root was read, so that what matches nothing is a mistake."""
    if inputs.whole_project:
        return True
    return any(os.path.realpath(path) == os.path.realpath(project.root) for path in inputs.paths if path != "-")


def _refuse_mistakes(project: Project) -> None:
    from depcheck.recovery.stores import mistakes

    wrong = [f"{each.span!r}: {each.message}" for each in mistakes(project)]
    if wrong:
        raise UserError("\n".join(wrong))


def _json(found: list[Assessment], survey: Survey) -> str:
    from depcheck.recovery.records import record
    from depcheck.reporters.jsontext import dump, encoded

    records = [encoded(record(each, survey.assumptions)) for each in found]
    return dump({"version": 1, "assessments": records})


def _explained(wanted: str, found: list[Assessment], survey: Survey, environment: str | None) -> str:
    name, colon, loss = wanted.rpartition(":")
    if not colon or not name:
        raise UserError(f'--explain: "{wanted}" is not STORE:LOSS, such as database:deletion')
    from depcheck.policy.vocabulary import LOSSES
    from depcheck.policy.words import nearest

    if loss not in LOSSES:
        near = _ALSO.get(loss.lower()) or nearest(loss, LOSSES)
        hint = f', did you mean "{near}"?' if near else f" (known: {', '.join(LOSSES)})"
        raise UserError(f'--explain: "{loss}" is no kind of loss{hint}')
    from depcheck.cli.recovery_text import explained

    def named(each: Assessment) -> bool:
        return name in (each.store.name, each.store.address, each.store.called)

    chosen = [each for each in found if named(each) and each.loss in (loss, None)]
    if not chosen:
        names = tuple(dict.fromkeys(each.store.name for each in found))
        judged = [each.loss for each in found if named(each)]
        if judged:
            raise UserError(f"--explain: {name} is not judged for {loss}, only for {', '.join(filter(None, judged))}")
        near = nearest(name, names)
        hint = f', did you mean "{near}"?' if near else f" (known: {', '.join(names[:12]) or 'none'})"
        raise UserError(f'--explain: no store is called "{name}"{hint}')
    return "\n".join(explained(each, loss, survey, color=_color()) for each in chosen)


def _color() -> bool:
    import os
    import sys

    terminal = sys.stdout is not None and sys.stdout.isatty()
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
