"""What every model of the policy shares: no unknown keys, nothing changes, an empty entry is an empty map."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from depcheck.policy.types import Threshold
from depcheck.policy.validation import Unreadable, clause


class Entry(BaseModel):
    """A map of the policy with known keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        """``staging:`` with nothing after it declares an environment without anything to say about it."""
        return {} if value is None or isinstance(value, Unreadable) else value


class Bounded(Entry):
    """A signal that is held against a bound for some time."""

    above: Threshold = Field(
        default=None, description="The signal is too high above this.", examples=["70%", "1%", "5s", "100/m"]
    )
    below: Threshold = Field(default=None, description="The signal is too low below this.", examples=["80%"])

    @model_validator(mode="after")
    def _one_bound(self) -> Bounded:
        if self.above is not None and self.below is not None:
            raise clause("above and below stand together: write two entries")
        return self
