"""The command line: one module per command, imported when it is called. Only here anything is printed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from depcheck import __version__

#: command → (module, the line that --help shows), in the order in which --help lists them.
COMMANDS = {
    "scan": ("scan", "Report what the configuration does not hold to; the main job."),
    "recovery": ("recovery", "Show what each store can be brought back to, how fast, and what was promised."),
    "rules": ("rules", "List the catalogue of rules."),
    "explain": ("explain", "Show why a rule asks, with examples and the fix."),
    "baseline": ("baseline", "Write down today's findings, so that only new ones count."),
    "eval": ("eval", "Evaluate Terraform: every resource as it will be, or one expression."),
    "model": ("model", "Show what depcheck read, as one model over all formats."),
}
CLEAN, FINDINGS, USAGE, INTERNAL = 0, 1, 2, 3


class UserError(click.ClickException):
    """The user's mistake: one sentence with its place and the next step; exit code 2."""

    exit_code = USAGE

    def show(self, file: object = None) -> None:
        """Write the sentence as it is, so that ``file:line:column:`` stays clickable."""
        click.echo(self.message, err=True)


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


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"depcheck.cli.{COMMANDS[name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1, 0.5)
            hint = f', did you mean "{near[0]}"?' if near else "; `depcheck --help` lists the commands"
            raise click.UsageError(f'no command is called "{name}"{hint}')
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="depcheck", message="%(prog)s %(version)s")
def cli() -> None:
    """Hold deployment configuration against what its owners promised.

    Start with `depcheck scan .`
    """


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code: 0 clean, 1 findings, 2 the user's mistake, 3 ours."""
    # A run builds trees that live until it ends; looking for cycles in them over and over doubles the time.
    gc.disable()
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        sys.stderr.write("the current folder does not exist any more; change to one that does\n")
        return USAGE
    try:
        code: object = cli.main(list(arguments), prog_name="depcheck", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        return 130
    except Exception as error:
        from depcheck.findings import raised

        sys.stderr.write(
            f"depcheck: an internal error, {raised(error)}; please report it with the command and, if you can, the "
            "file that was scanned\n"
        )
        return INTERNAL
    return code if isinstance(code, int) else CLEAN
