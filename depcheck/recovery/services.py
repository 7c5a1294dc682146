"""Services on their stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depcheck.recovery.assessment import Assessment, Survey


def assess(survey: Survey, stores: list[Assessment]) -> list[Assessment]:
    """The verdicts on services."""
    return []
