"""The commands and their help, read by click."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

from depcheck import __version__
from depcheck.cli import CLEAN, USAGE

#: command → (module, the line that --help shows), in the order in which --help lists them.
COMMANDS = {
    "scan": ("scan", "Report what the configuration does not hold to; the main job."),
    "recovery": ("recovery", "Show what each store can be brought back to, how fast, and what was promised."),
    "parity": ("parity", "Show environments side by side: what differs, and whether it may."),
    "init": ("init", "Write a first depcheck.yaml from what the repository holds."),
    "rules": ("rules", "List the catalogue of rules."),
    "explain": ("explain", "Show why a rule asks, with examples and the fix."),
    "baseline": ("baseline", "Write down today's findings, so that only new ones count."),
    "eval": ("eval", "Evaluate Terraform: every resource as it will be, or one expression."),
    "model": ("model", "Show what depcheck read, as one model over all formats."),
}


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


def run_command(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and give its exit code; a mistake in the call gives 2."""
    try:
        code: object = cli.main(list(arguments), prog_name="depcheck", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        return 130
    return code if isinstance(code, int) else CLEAN
