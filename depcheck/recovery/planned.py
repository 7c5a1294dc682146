"""Which backup plan takes a store in, and how long that keeps what it made: what rules about single stores ask.

The survey is imported where it is asked for: few stores are.
"""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project


def plan_of(resource: Resource, project: Project) -> Resource | Unknown | None:
    """The selection of a backup plan that takes a resource in; unknown where that is not decided."""
    from depcheck.recovery.plans import YES
    from depcheck.recovery.surveys import survey_of

    takers = survey_of(project).surroundings.plans.takers(resource)
    for taker in takers:
        if taker.state == YES:
            return taker.selection
    for taker in takers:
        reason = f"whether {taker.selection.address} takes {resource.address} in"
        return Unknown(reason, taker.selection.span, missing=taker.missing)
    return None


def kept_for(resource: Resource, project: Project) -> int | Unknown | None:
    """The longest time in seconds that a plan keeps a backup of a resource; None without an end."""
    from depcheck.recovery.intervals import UNBOUNDED
    from depcheck.recovery.plans import YES
    from depcheck.recovery.surveys import survey_of

    plans = survey_of(project).surroundings.plans
    longest = 0.0
    for covering in plans.of(resource):
        if covering.state != YES or covering.rule.defeated:
            continue
        kept = covering.rule.kept
        if not kept.decided:
            return Unknown("how long the plan keeps a backup is not decided", covering.rule.span, missing=kept.missing)
        longest = max(longest, kept.low)
    if not longest:
        missing = plans.undescribed(resource)
        if missing and missing[0].span is not None:
            return Unknown("the backup plan is not described here", missing[0].span)
    return None if longest == UNBOUNDED else round(longest)
