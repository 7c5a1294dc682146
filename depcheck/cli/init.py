"""``depcheck init``: a first policy from what the repository holds."""

from __future__ import annotations

import os
from pathlib import Path

import click

from depcheck.cli import CLEAN, USAGE, UserError, say, write
from depcheck.cli.inputs import Inputs, project_of, rules_of
from depcheck.proposal import propose, without
from depcheck.proposal.entries import Entries, written
from depcheck.proposal.entries import Path as Entry

NAME = "depcheck.yaml"
_HEAD = """\
# What this repository promises of its deployment; `depcheck scan` holds the configuration against it.
# Written by `depcheck init` from what the files say today, so that most of it is kept at present.
# Make it say what you mean: delete what is chance, and add what is missing.
"""
#: How often what a scan refuses is taken back.
_ROUNDS = 6


@click.command(name="init", short_help="Write a first depcheck.yaml.")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--print", "print_", is_flag=True, help="Write to standard output instead of depcheck.yaml.")
@click.option("--force", is_flag=True, help="Replace a depcheck.yaml that is there.")
def command(path: str, print_: bool, force: bool) -> int:
    """Write PATH/depcheck.yaml (default: here): the environments, variables, recovery targets and steps of the pipeline
    that the repository shows, as promises that it keeps today.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise UserError(f'no such folder: "{path}"')
    target = folder / NAME
    if not print_ and not force:
        for name in (NAME, "depcheck.yml"):
            if os.path.lexists(folder / name):
                raise UserError(f"{folder / name} is there already; --force replaces it, --print shows a new one")
    inputs = Inputs((path,), no_config=True)
    project, _, _ = project_of(inputs)
    if not project.facts.files:
        say(f'nothing was read: "{path}" holds no deployment configuration; see `depcheck scan {path} --explain-skips`')
        return USAGE
    entries = _kept(inputs, propose(project))
    text = _text(entries)
    if print_:
        write(text)
        return CLEAN
    try:
        target.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{target} cannot be written: {(error.strerror or 'output error').lower()}") from error
    say(f"{target} written: {_counted(entries)}; read it, then run `depcheck scan {path}`")
    return CLEAN


def _text(entries: Entries) -> str:
    return _HEAD + "".join(f"{line}\n" for line, _ in written(entries))


def _counted(entries: Entries) -> str:
    def count(name: str, *inner: str) -> int:
        found: object = entries.get(name)
        for each in inner:
            found = found.get(each) if isinstance(found, dict) else None
        return len(found) if isinstance(found, dict) else 0

    parts = [
        (count("environments"), "environment", "environments"),
        (count("recovery", "stores"), "store", "stores"),
        (count("variables"), "variable", "variables"),
        (count("pipeline", "deploys"), "deployment", "deployments"),
    ]
    told = [f"{number} {one if number == 1 else several}" for number, one, several in parts if number]
    return ", ".join(told) or "nothing that could be promised was found"


def _kept(inputs: Inputs, entries: Entries) -> Entries:
    """The entries without those that a scan would report: a first policy says what is so today."""
    for _ in range(_ROUNDS):
        refused = _refused(inputs, entries)
        if not refused:
            break
        for path in refused:
            entries = without(entries, path)
    return entries


def _refused(inputs: Inputs, entries: Entries) -> list[Entry]:
    """The entries that the policy itself, or a finding, contradicts."""
    from depcheck.engine import Run, run
    from depcheck.engine.selection import Selection
    from depcheck.policy import PolicyError, environments_of, load
    from depcheck.project.loading import Options
    from depcheck.project.loading import load as load_project
    from depcheck.source import Source

    by_line = {at: path for at, (_, path) in enumerate(written(entries), _HEAD.count("\n") + 1) if path}
    folder = inputs.paths[0]
    try:
        policy = load(Source(NAME, _text(entries)))
        rules = rules_of(policy, folder)
        project = load_project(Options([folder]), policy, environments_of(policy))
        report = run(project, rules, Run(Selection(rules, policy=policy), fail_on="never"))
    except PolicyError as error:
        return [path for mistake in error.mistakes if (path := by_line.get(mistake.line)) is not None]
    refused: dict[Entry, None] = {}
    for finding in report.findings:
        for span in (finding.span, *(note.span for note in finding.related)):
            if span is not None and span.path == NAME and (path := by_line.get(span.line)) is not None:
                refused[path] = None
    return list(refused)
