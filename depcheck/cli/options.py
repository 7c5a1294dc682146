"""The options that every command that reads a repository has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, TypeVar

import click

from depcheck.cli.inputs import Inputs

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS: Sequence[Callable[[Callable[..., Any]], Callable[..., Any]]] = (
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option("--config", metavar="FILE", help="The policy; default: depcheck.yaml at the root."),
    click.option("--no-config", is_flag=True, help="Read no policy."),
    click.option("--environment", metavar="NAME", help="Show one environment only."),
    click.option("--var-file", multiple=True, metavar="FILE", help="Terraform values for every environment."),
    click.option("--as-of", metavar="DATE", help="The day that dates are held against; default: today."),
    click.option("--docs", is_flag=True, help="Read the code blocks of Markdown documents too."),
    click.option("--all-text", is_flag=True, help="Look for tokens and private keys in all other texts too."),
    click.option("--whole-project", is_flag=True, help="Read the whole project, show findings in PATH only."),
    click.option("--explain-skips", is_flag=True, help="List every file that was not read, and why."),
    click.option("--max-size", metavar="SIZE", help="Skip larger files; default: 5MiB."),
    click.option("--stdin-filename", metavar="NAME", help="The name of the file on standard input (PATH is -)."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Accepted; one process does the work."),
    click.option("--no-cache", is_flag=True, help="Accepted; nothing is cached between runs."),
)


def input_options(command: Command) -> Command:
    """Add the shared options to a command; their values arrive as ``inputs``."""
    names = list(signature(Inputs).parameters)

    def wrapped(**values: Any) -> Any:
        for accepted in ("jobs", "no_cache"):
            values.pop(accepted)
        shared = {name: values.pop(name) for name in names}
        return command(inputs=Inputs(**shared), **values)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    # click keeps the options that were added below this one on the function itself.
    result: Any = wrapped
    result.__click_params__ = getattr(command, "__click_params__", [])
    for option in reversed(_OPTIONS):
        result = option(result)
    return result  # type: ignore[no-any-return]
