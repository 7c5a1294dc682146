"""What could honestly be promised, as a part of ``depcheck.yaml`` under a report on recovery."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.proposal.entries import flow
from depcheck.recovery.offers import offers
from depcheck.reporters.terminal import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Survey

_BEGINNING = "what could honestly be promised: the worst figures, rounded up, as depcheck.yaml"


def promises(unpromised: Sequence[Assessment], survey: Survey) -> list[str]:
    """A part of ``depcheck.yaml`` that what is configured can keep; losses that nothing helps against are left out."""
    lines: list[str] = []
    for name, entry in offers(unpromised, survey).items():
        assert isinstance(entry, dict)
        by_loss = entry.pop("by_loss", None)
        written = visible(f"    {name}: {flow(entry)}")
        lines += [f"{written[:-1]},", f"      by_loss: {flow(by_loss)}}}"] if by_loss else [written]
    return [_BEGINNING, "recovery:", "  stores:", *lines] if lines else []
