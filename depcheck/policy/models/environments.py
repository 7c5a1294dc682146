"""The part of the policy that says which environments there are and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from depcheck.policy import words
from depcheck.policy.models.base import Entry
from depcheck.policy.types import Flag, MaybeWritten, Texts
from depcheck.policy.validation import clauses


class EnvironmentEntry(Entry):
    """An environment: other words for it, its hosts and files, and what belongs to it alone."""

    aliases: Texts = Field(
        default=[],
        description="Other words for this environment, matched case-insensitively and as whole tokens.",
        examples=[["stage", "preprod"]],
    )
    domains: Texts = Field(
        default=[],
        description="Hosts that belong to this environment.",
        examples=[["app.example.com", "api.example.com"]],
    )
    sources: Texts = Field(
        default=[],
        description="Globs of files that describe this environment, only where their names do not tell.",
        examples=[["infra/environments/staging/**", ".env.staging"]],
    )
    critical: Flag = Field(
        default=False, description="Promises hold here by default. Default: the one named production, else the last."
    )
    account: MaybeWritten = Field(
        default=None, description="The cloud account of this environment, in quotes.", examples=["987654321098"]
    )
    marks: Texts = Field(
        default=[],
        description="Words that belong to this environment only; one of them elsewhere is a finding.",
        examples=[["mainnet"]],
    )


def contradictions(environments: dict[str, EnvironmentEntry]) -> dict[str, EnvironmentEntry]:
    """Refuse one word for two environments: names, aliases, hosts and marks each mean one.

    Raises:
        ValidationError: with every word that means two.
    """
    found = [*_claimed_twice(environments, "aliases"), *_claimed_twice(environments, "domains")]
    found += _claimed_twice(environments, "marks")
    if found:
        raise clauses(found)
    return environments


def _claimed_twice(environments: dict[str, EnvironmentEntry], key: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    owners = {name.casefold(): name for name in environments} if key == "aliases" else {}
    for name, entry in environments.items():
        listed: list[str] = getattr(entry, key)
        for index, word in enumerate(listed):
            owner = owners.setdefault(word.casefold(), name)
            if owner != name:
                yield (name, key, index), f"{words.shown(word)} belongs to {owner} already"
