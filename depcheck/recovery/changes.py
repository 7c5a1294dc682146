"""The smallest change of the configuration that would meet a target: tried out, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Change, Survey


def least(assessment: Assessment, survey: Survey) -> Change | None:
    """The change that helps most with the least."""
    return None
