"""What ``depcheck scan`` does once its options are read."""

from __future__ import annotations

import os
import sys

from depcheck.cli import CLEAN, FINDINGS, INTERNAL, USAGE, UserError, say, write
from depcheck.cli.inputs import Inputs, packs_folder, project_of, rules_of
from depcheck.findings import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.findings import Report

FORMATS = ("text", "json", "sarif", "github", "junit", "html", "markdown")
#: Formats that have the notices in them.
TELL_NOTICES = frozenset({"text", "github", "html", "markdown"})
SHOW = ("pass", "unknown")


class Choices:
    """The values of scan's own options; what they mean is said in their help."""

    __slots__ = (
        "allow_empty",
        "baseline",
        "changed_since",
        "fail_on",
        "fail_on_unknown",
        "format_",
        "hide_suppressed",
        "ignore",
        "output",
        "profile",
        "select",
        "show",
    )

    def __init__(
        self,
        *,
        format_: str = "text",
        output: tuple[str, ...] = (),
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        profile: str | None = None,
        fail_on: str | None = None,
        fail_on_unknown: bool = False,
        baseline: str | None = None,
        changed_since: str | None = None,
        show: str | None = None,
        hide_suppressed: bool = False,
        allow_empty: bool = False,
    ) -> None:
        self.format_ = format_
        self.output = output
        self.select = select
        self.ignore = ignore
        self.profile = profile
        self.fail_on = fail_on
        self.fail_on_unknown = fail_on_unknown
        self.baseline = baseline
        self.changed_since = changed_since
        self.show = show
        self.hide_suppressed = hide_suppressed
        self.allow_empty = allow_empty


def scan(inputs: Inputs, choices: Choices) -> int:
    """Scan, write the reports and give the exit code.

    Raises:
        UserError: an option, the policy or a pack is wrong.
    """
    outputs = [_output(each) for each in choices.output]
    shown_kinds = _show(choices.show)
    report = report_of(inputs, choices)
    if report.files == 0 and not choices.allow_empty:
        _say_nothing_scanned(inputs, report)
        return USAGE
    if inputs.explain_skips:
        _list_skipped(report)
    if report.notices and choices.format_ not in TELL_NOTICES:
        for notice in report.notices:
            say(f"depcheck: {notice}")
    listed = {"skips"} if inputs.explain_skips else set()
    _write(report, choices.format_, outputs, shown_kinds | listed, suppressed=not choices.hide_suppressed)
    if any(error.internal for error in report.errors):
        for error in report.errors:
            if error.internal:
                say(f"depcheck: {error.message}")
        return INTERNAL
    threshold = report.fail_on
    if threshold != "never":
        failing = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        if any(finding.severity in failing for finding in report.findings):
            return FINDINGS
    return FINDINGS if choices.fail_on_unknown and report.unknown else CLEAN


def report_of(inputs: Inputs, choices: Choices) -> Report:
    """Scan and give the report.

    Raises:
        UserError: an option, the policy or a pack is wrong.
    """
    from depcheck.engine import Run, Shown, baseline_file, run
    from depcheck.engine.selection import Selection, SelectionError

    project, policy, shown_paths = project_of(inputs)
    rules = rules_of(policy, packs_folder(inputs, project.root))
    chosen_profile = choices.profile or (policy.rules.profile if policy is not None else "default")
    try:
        selection = Selection(
            rules, profile=chosen_profile, select=_names(choices.select), ignore=_names(choices.ignore), policy=policy
        )
    except SelectionError as error:
        raise UserError(str(error)) from error
    shown = Shown(shown_paths) if shown_paths is not None else None
    if choices.changed_since is not None:
        from depcheck.changes import ChangesError, changes_since

        try:
            changed = changes_since(project.root, choices.changed_since)
        except ChangesError as error:
            raise UserError(f"--changed-since: {error}") from error
        shown = Shown(changed.files, changed.lines, gaps=changed.gaps, within=shown)
    known = frozenset[str]()
    if choices.baseline is not None:
        try:
            with open(choices.baseline, encoding="utf-8", errors="replace") as file:
                known = baseline_file.read(choices.baseline, file.read())
        except OSError as error:
            raise UserError(
                f'--baseline: "{choices.baseline}" cannot be read; write it with `depcheck baseline`'
            ) from error
        except baseline_file.BaselineError as error:
            raise UserError(str(error)) from error
    settings = Run(
        selection,
        baseline=known,
        environment=inputs.environment,
        shown=shown,
        fail_on=choices.fail_on or (policy.rules.fail_on if policy is not None else "medium"),
        partial=any(path == "-" or os.path.isfile(path) for path in inputs.paths),
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
            with open(file, "wb") as handle:
                handle.write(text.encode("utf-8", "replace"))
        except OSError as error:
            raise UserError(f'--output: "{file}" cannot be written: {(error.strerror or "").lower()}') from error
    options = Options(color=colour and format_ == "text", width=width, show=show, suppressed=suppressed)
    text = render(report, format_, options=options)
    write(text)


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _say_nothing_scanned(inputs: Inputs, report: Report) -> None:
    names = (inputs.stdin_filename or path if path == "-" else path for path in inputs.paths)
    where = ", ".join(f'"{name}"' for name in names)
    say(
        f"nothing was scanned: {where} holds no deployment configuration that depcheck reads"
        f"{f' ({len(report.skipped)} skipped)' if report.skipped else ''}; see --explain-skips, or pass --allow-empty",
    )
    if inputs.explain_skips:
        _list_skipped(report)


def _list_skipped(report: Report) -> None:
    for skip in report.skipped:
        say(f"skipped: {skip.path}: {skip.reason}")
