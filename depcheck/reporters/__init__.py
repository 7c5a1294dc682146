"""Reporters: a report in, text out. Each format is one module with one function ``render(report, options)``.

A module is imported when its format is asked for, so that a run that prints text never pays for SARIF.
"""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.findings import Report

_MODULES = {
    "text": "depcheck.reporters.text",
    "json": "depcheck.reporters.json",
    "sarif": "depcheck.reporters.sarif",
    "github": "depcheck.reporters.github",
    "junit": "depcheck.reporters.junit",
    "html": "depcheck.reporters.html",
    "markdown": "depcheck.reporters.markdown",
}
#: The names that ``--format`` and ``--output`` take.
FORMATS = tuple(_MODULES)


class Options:
    """How to render. ``show`` asks for more than findings (``pass``, ``unknown``; ``skips`` where they are listed
    beside the report); ``suppressed`` keeps suppressed results in SARIF; ``category`` tells several runs on one commit
    apart; ``width`` 0 clips nothing."""

    __slots__ = ("category", "color", "show", "suppressed", "width")

    def __init__(
        self,
        *,
        color: bool = False,
        width: int = 100,
        show: Iterable[str] = (),
        suppressed: bool = True,
        category: str = "depcheck",
    ) -> None:
        self.color = color
        self.width = width
        self.show = frozenset(show)
        self.suppressed = suppressed
        self.category = category


def render(report: Report, format: str, *, options: Options | None = None) -> str:
    """The report in a format of :data:`FORMATS`, with a final line break."""
    from importlib import import_module

    module = _MODULES.get(format)
    if module is None:
        raise ValueError(f'unknown format "{format}": one of {", ".join(FORMATS)}')
    text: str = import_module(module).render(report, options or Options())
    return text
