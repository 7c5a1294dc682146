"""The command line: one module per command, imported when it is called. Only here anything is printed.

``depcheck scan`` without options, the main job, is run without click: reading options would cost as much as scanning a
small file (``benchmarks/startup.py``).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

CLEAN, FINDINGS, USAGE, INTERNAL = 0, 1, 2, 3


class UserError(Exception):
    """The user's mistake: one sentence with its place and the next step; exit code 2."""


def say(text: str) -> None:
    """Write to standard error, with nothing in it that a terminal would obey. A closed standard error is no mistake."""
    if sys.stderr is None:
        return
    from depcheck.reporters.terminal import visible

    try:
        print(*map(visible, text.split("\n")), sep="\n", file=sys.stderr)
    except (OSError, ValueError):
        return


def write(text: str) -> None:
    """Write to standard output, in UTF-8 whatever the locale says. A reader that went away (``| head``), or that never
    was there, is no mistake and changes no exit code.

    Raises:
        UserError: the text does not fit where it goes.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
    except OSError as error:
        _let_go()
        raise UserError(f"standard output cannot be written: {(error.strerror or 'output error').lower()}") from error


def _let_go() -> None:
    """Point standard output at nothing, so that what is left in its buffer does not fail again when Python ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code: 0 clean, 1 findings, 2 the user's mistake, 3 ours."""
    # A run builds trees that live until it ends; looking for cycles in them over and over doubles the time.
    gc.disable()
    try:
        os.getcwd()
    except OSError:
        sys.stderr.write("the current folder does not exist any more; change to one that does\n")
        return USAGE
    try:
        return _command(arguments)
    except UserError as error:
        say(str(error))
        return USAGE
    except Exception as error:
        from depcheck.findings import raised

        sys.stderr.write(
            f"depcheck: an internal error, {raised(error)}; please report it with the command and, if you can, the "
            "file that was scanned\n"
        )
        return INTERNAL


def _command(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["scan"] and not any(each.startswith("-") for each in arguments):
        from depcheck.cli.inputs import Inputs
        from depcheck.cli.scanning import Choices, scan

        return scan(Inputs(tuple(arguments[1:])), Choices())
    from depcheck.cli.commands import run_command

    return run_command(arguments)
