"""Whether a provider's key works on real data or in its sandbox, told by its public prefix."""

from __future__ import annotations

import re
from functools import lru_cache

from depcheck.data import load_json


class KeyMode:
    """What a prefix tells: ``mode`` is ``live`` or ``test``; publishable keys are no secrets."""

    __slots__ = ("mode", "names", "prefix", "provider", "publishable")

    def __init__(self, provider: str, mode: str, prefix: str, names: tuple[str, ...], publishable: bool) -> None:
        self.provider = provider
        self.mode = mode
        self.prefix = prefix
        self.names = names
        self.publishable = publishable


def mode_of(name: str, text: str) -> KeyMode | None:
    """The mode of a key; a row for variables of a certain name goes before one for any name."""
    if not text.startswith(_prefixes()):
        return None
    upper = name.upper()
    found = [
        row
        for row in _table()
        if text.startswith(row.prefix) and (not row.names or any(word in upper for word in row.names))
    ]
    return max(found, key=lambda row: (bool(row.names), len(row.prefix))) if found else None


def may_have_mode(name: str) -> bool:
    """Whether a variable is named after a provider whose keys have modes and after a key."""
    words = set(re.findall(r"[A-Z0-9]+", name.upper()))
    return not words.isdisjoint({"KEY", "TOKEN"}) and any(row.provider.upper() in words for row in _table())


@lru_cache(maxsize=1)
def _prefixes() -> tuple[str, ...]:
    return tuple(row.prefix for row in _table())


@lru_cache(maxsize=1)
def _table() -> tuple[KeyMode, ...]:
    entries = load_json("schemas", "key-modes.json")["entries"]
    return tuple(
        KeyMode(str(entry["provider"]), mode, prefix, _texts(entry.get("names")), entry.get("publishable") is True)
        for entry in (entries if isinstance(entries, list) else [])
        for mode in ("live", "test")
        for prefix in _texts(entry.get(mode))
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
