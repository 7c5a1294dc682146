"""What a statement lets somebody do everywhere: sensitive actions on every resource of their type.

The actions are ``schemas/iam-sensitive-actions.json``, by what they do: ``credentials``, ``sharing``, ``destruction``
and ``data``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from depcheck.data import load_json
from depcheck.grants import actions
from depcheck.grants.statements import Permit, Statements, everywhere, telling, unconditional
from depcheck.model import Grant
from depcheck.project.policies import allows, pattern_of, service_of
from depcheck.project.wildcards import beginning
from depcheck.values import OPEN, Value, string

#: Services whose ARNs have no region, or no account either.
_ELSEWHERE = {"s3": ":", "route53": ":", "iam": ":ACCOUNT", "organizations": ":ACCOUNT", "cloudfront": ":ACCOUNT"}
#: Entries of actions that are everything, or lead to it: another rule tells of them.
ALL = frozenset({"*", "*:*", "iam:*"})


def reach(grant: Grant, denials: Sequence[Grant], what: str) -> list[tuple[str, Permit]]:
    """The actions of a kind that a statement allows on every resource, with their permits."""
    names = _candidates(grant, what) if owned(grant) else ()
    if not names:
        return []
    statements = Statements([grant, *denials])
    found: list[tuple[str, Permit]] = []
    for name in names:
        permit = statements.permit(name, every=True, on=_kind(name))
        text = string(permit.action) if permit is not None else None
        if permit is None or (text is not None and is_service_wide(text) and _whole_service(grant, text) is not None):
            continue
        found.append((name, permit))
    return found


def _candidates(grant: Grant, what: str) -> Sequence[str]:
    """The actions of a kind of which a statement may speak, going by the services and the beginnings of its entries."""
    texts = [pattern_of(each) for each in grant.actions]
    if any(text is None or OPEN in text for text in texts):
        return _actions()[what]
    beginnings = tuple(beginning(text.lower()) for text in texts if text is not None)
    literal = {text.lower() for text in texts if text is not None}
    return [
        name
        for name, lowered in _lowered(what)
        if lowered in literal or any(each != lowered and lowered.startswith(each) for each in beginnings)
    ]


@cache
def _lowered(what: str) -> Sequence[tuple[str, str]]:
    return [(name, name.lower()) for name in _actions()[what]]


def owned(grant: Grant) -> bool:
    """Whether a statement names actions, and less than all."""
    return bool(grant.actions) and not any((string(each) or "").lower() in ALL for each in grant.actions)


def is_service_wide(action: str) -> bool:
    """Whether an entry means all of a service that nobody needs all of."""
    return service_of(action.lower()) in _actions()["services"]


def noun(action: str) -> str:
    """What an action is on (``bucket``)."""
    named = _nouns()
    known = actions.action(action)
    fallback = known.types[0].replace("-", " ") if known is not None and known.types else "resource"
    return named.get(action) or named.get(action.partition(":")[0]) or fallback


def narrower(action: str, kind: str = "") -> str:
    """An ARN for less than everything, as somebody would write it: of one resource, or of a part of its inside."""
    known = actions.action(action)
    pairs = list(zip(known.types, known.templates, strict=True)) if known is not None else []
    wanted = kind or _kind(action)
    chosen = [one for type_, one in pairs if type_ == wanted] or telling([one for _, one in pairs])
    # An object is one of a bucket to most, and of an access point to few.
    template = next((one for one in chosen if not one.startswith(("s3:accesspoint", "*"))), f"{action}:*")
    service, _, relative = template.partition(":")
    if template not in chosen:
        relative = "*"
    where = _ELSEWHERE.get(service, "REGION:ACCOUNT")
    return f"arn:aws:{service}:{where}:{relative.replace('*', 'NAME', 1)}"


def _kind(action: str) -> str:
    """The type that an action is told to be on, where it supports one of that name beside others."""
    known, called = actions.action(action), noun(action).replace(" ", "-")
    return called if known is not None and called in known.types else ""


def restrictable(grant: Grant) -> tuple[Value, list[str]] | None:
    """The entry ``*`` of a statement's resources, and those of its actions that could be for less; None if none is."""
    if allows(grant) is not True or not owned(grant) or unconditional(grant) is not True:
        return None
    where = everywhere(grant, ())
    if where is None or where[1] is not None or grant.not_resources:
        return None
    found: list[str] = []
    for each in grant.actions:
        text = pattern_of(each)
        if text is None or OPEN in text:
            continue
        if _is_restrictable(text):
            found.append(text)
    return (where[0], found) if found else None


@lru_cache(maxsize=4096)
def _is_restrictable(pattern: str) -> bool:
    """Whether the actions of a pattern can be for named resources: one that changes something, or all of them."""
    named = list(actions.expanded(pattern))
    if any(each.templates and each.level not in (actions.READ, actions.LIST) for each in named):
        return True
    return bool(named) and all(each.templates for each in named)


def service_wide(grant: Grant, denials: Sequence[Grant]) -> tuple[Value, list[tuple[str, Value]]] | None:
    """The entry by which a statement is for every resource, and its entries that mean all of a sensitive service."""
    if allows(grant) is not True or unconditional(grant) is not True or not owned(grant):
        return None
    found: list[tuple[str, Value]] = []
    place: Value | None = None
    for each in grant.actions:
        text = string(each)
        if text is None or not is_service_wide(text):
            continue
        covered = _whole_service(grant, text)
        if covered is None or _is_denied(text, denials):
            continue
        place = covered if place is None else place
        found.append((text, each))
    return (place, found) if place is not None else None


def _whole_service(grant: Grant, action: str) -> Value | None:
    """The entry by which a statement is for everything that a service has."""
    service = action.partition(":")[0].lower()
    where = everywhere(grant, (f"{service}:*",))
    return where[0] if where is not None and where[1] is None else None


def _is_denied(entry: str, denials: Sequence[Grant]) -> bool:
    """Whether a Deny takes some of a service's actions away again: then somebody thought about it."""
    return any(
        each.not_actions or any((pattern_of(one) or "").lower().startswith(entry.lower()[:-1]) for one in each.actions)
        for each in denials
    )


@cache
def _actions() -> dict[str, Sequence[str]]:
    loaded = load_json("schemas", "iam-sensitive-actions.json")
    return {name: tuple(map(str, value)) for name, value in loaded.items() if isinstance(value, list)}


@cache
def _nouns() -> dict[str, str]:
    loaded = load_json("schemas", "iam-sensitive-actions.json")["nouns"]
    return {str(name): str(value) for name, value in loaded.items()} if isinstance(loaded, dict) else {}
