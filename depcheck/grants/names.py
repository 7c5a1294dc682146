"""Actions that IAM does not know, and which one was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from depcheck.data import load_json
from depcheck.grants import actions
from depcheck.patterns import Pattern
from depcheck.project.wildcards import folded, matches

#: AWS itself writes it into the policy that a topic has at first.
_OF_OLD = frozenset({"sns:receive"})
#: Services with shorter names are too many to tell by a letter which one was meant.
_LONG_ENOUGH = 5
_ACTION = Pattern(r"[a-zA-Z0-9-]+:[\w*?-]+")


def is_unknown(text: str) -> bool:
    """Whether a text has the form of an action and names none."""
    if text.lower() in _OF_OLD or _ACTION.fullmatch(text) is None:
        return False
    return not actions.exists(text)


def meant(text: str) -> str | None:
    """The action that was likely meant by one that does not exist; None if nothing is near."""
    lowered = text.lower()
    known = _names("actions").get(lowered)
    if known is not None:
        return known
    prefix, _, name = lowered.partition(":")
    written = text.partition(":")[2]
    if not actions.of_service(prefix):
        service = _names("services").get(prefix)
        if service is None and len(prefix) >= _LONG_ENOUGH:
            service = nearest(prefix, actions.services())
        if service is None or service == prefix:
            return None
        found = _found(service, written)
        return f"{service}:{found}" if found is not None else None
    if "*" in name or "?" in name:
        return None
    near = nearest(name, actions.of_service(prefix))
    if near is not None:
        return str(actions.of_service(prefix)[near])
    return _elsewhere(prefix, written)


def _found(service: str, name: str) -> str | None:
    """The name as the service writes it, where it has it."""
    if "*" in name or "?" in name:
        pattern = folded(name.lower())
        return name if any(matches(pattern, each) for each in actions.of_service(service)) else None
    action = actions.of_service(service).get(name.lower())
    return action.name if action is not None else None


def _elsewhere(prefix: str, name: str) -> str | None:
    """The same name in a service that is called alike (``ec2`` and ``ec2messages``), where there is one."""
    for service in actions.services():
        if service != prefix and (service.startswith(prefix) or prefix.startswith(service)):
            found = _found(service, name)
            if found is not None and name != "*":
                return f"{service}:{found}"
    return None


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The one word that is at most two letters away, or one for short ones; None if none is or several are."""
    most = 1 if len(word) < 8 else 2
    found: dict[int, list[str]] = {}
    for each in among:
        if abs(len(each) - len(word)) <= most:
            found.setdefault(_distance(word, each, most), []).append(each)
    best = min(found, default=most + 1)
    return found[best][0] if best <= most and len(found[best]) == 1 else None


def _distance(one: str, other: str, most: int) -> int:
    """How many letters must be changed, added, left out, or exchanged with their neighbour; ``most + 1`` for more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        here = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, here[-1] + 1, last[column - 1] + (char != against))
            if row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return most + 1
        before, last = last, here
    return last[-1]


@cache
def _names(kind: str) -> Mapping[str, str]:
    loaded = load_json("schemas", "iam-action-names.json")[kind]
    return {str(name): str(value) for name, value in loaded.items()} if isinstance(loaded, dict) else {}
