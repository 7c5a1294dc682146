"""What several statements allow together: Allow and Deny, the Not… elements, wildcards and conditions.

Answers have three states. A :class:`Permit` says that something is allowed and by which entries; with ``undecided`` it
says that it may be. None says that nothing allows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.grants import actions
from depcheck.grants.matching import covers_every, may_name
from depcheck.model import Grant
from depcheck.project.policies import allows, everything, may_be_everything, pattern_of
from depcheck.project.wildcards import folded, matches
from depcheck.values import OPEN, Absent, Known, Unknown, Value, string

#: Conditions on these keys hold for most requests of those who have the grant: a region, encryption on the way, the own
#: organization. They bound nothing that a rule tells of.
_USUAL = frozenset({"aws:requestedregion", "aws:securetransport", "aws:principalorgid", "s3:tlsversion"})
#: A Deny with conditions on these keys alone leaves those with a second factor, or in the region, what they have.
_LEAVES = _USUAL | {"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:principalisawsservice"}
#: The outline of actions that are not told one by one, but are some of one service (a policy template of SAM's).
SOME_SERVICES = f"{OPEN}:{OPEN}"
#: The service that a role is passed to.
_PASSED_TO = "iam:passedtoservice"


class Permit:
    """Something is allowed: by which statement, which entry of its actions and which of its resources."""

    __slots__ = ("action", "grant", "resource", "undecided")

    def __init__(self, grant: Grant, action: Value, resource: Value, undecided: Unknown | None) -> None:
        self.grant = grant
        self.action = action
        self.resource = resource
        self.undecided = undecided


class Statements:
    """Statements that hold together: those of a document, or of everything that somebody has."""

    __slots__ = ("_denials", "_literal", "_named", "_open", "_permits", "_wild", "grants")

    def __init__(self, grants: Iterable[Grant]) -> None:
        self.grants = list(grants)
        self._denials = [each for each in self.grants if string(each.effect) == "Deny"]
        # Entries without a wildcard by their text, the others by their service with their patterns, and those of
        # statements that name no action; what was asked already.
        self._literal: dict[str, list[tuple[Grant, Value]]] = {}
        self._wild: dict[str, list[tuple[str, Grant, Value]]] = {}
        self._open: list[tuple[Grant, Value]] = []
        self._named: dict[str, list[tuple[Grant, Value]]] = {}
        self._permits: dict[tuple[str, bool, str, str], Permit | None] = {}
        for grant in self.grants:
            if string(grant.effect) != "Deny" and not isinstance(grant.effect, Absent):
                self._index(grant)

    def _index(self, grant: Grant) -> None:
        if grant.not_actions:
            self._open.append((grant, grant.not_actions[0]))
        for each in grant.actions:
            text = pattern_of(each)
            if text is None or OPEN in text:
                if text != SOME_SERVICES:
                    self._open.append((grant, each))
                continue
            text = folded(text.lower())
            prefix = text.partition(":")[0]
            if "*" in text or "?" in text:
                service = "*" if "*" in prefix or "?" in prefix else prefix
                self._wild.setdefault(service, []).append((text, grant, each))
            else:
                self._literal.setdefault(text, []).append((grant, each))

    def services(self) -> set[str] | None:
        """The services of which something may be allowed; None for all."""
        if self._open or "*" in self._wild:
            return None
        return {*self._wild, *(name.partition(":")[0] for name in self._literal)}

    def may_allow(self, name: str) -> bool:
        """Whether a statement that allows names an action, whatever it is for."""
        return bool(self._naming(name.lower()))

    def permit(self, name: str, *, every: bool, passed_to: str = "", on: str = "") -> Permit | None:
        """Whether an action is allowed, on ``every`` resource of a type that it supports or on any at all.

        ``on`` is the type, where not any will do; ``passed_to`` the service for which a condition on the service that
        a role is passed to does not matter.
        """
        key = (name, every, passed_to, on)
        if key not in self._permits:
            self._permits[key] = self._permitted(name.lower(), every, passed_to, on)
        return self._permits[key]

    def _permitted(self, lowered: str, every: bool, passed_to: str, on: str) -> Permit | None:
        if not self._naming(lowered):
            return None
        known = actions.action(lowered)
        templates: Sequence[str] = known.templates if known is not None else ()
        if known is not None and on:
            templates = [each for kind, each in zip(known.types, templates, strict=True) if kind == on]
        templates = telling(templates)
        found: Permit | None = None
        for grant, entry in self._naming(lowered):
            made = _permit(grant, entry, templates, every, passed_to)
            if made is not None and made.undecided is None:
                found = made
                break
            found = found if found is not None else made
        if found is None or any(denies(each, lowered, templates) for each in self._denials):
            return None
        return found

    def _naming(self, action: str) -> list[tuple[Grant, Value]]:
        found = self._named.get(action)
        if found is None:
            found = list(self._literal.get(action, ()))
            for service in (action.partition(":")[0], "*"):
                for pattern, grant, entry in self._wild.get(service, ()):
                    if matches(pattern, action):
                        found.append((grant, entry))
            for grant, entry in self._open:
                if includes(grant, action) is not None:
                    found.append((grant, entry))
            self._named[action] = found
        return found


def telling(templates: Sequence[str]) -> Sequence[str]:
    """Those that tell for how much an action is: neither the one of which there is one only (Glue's catalog), nor what
    is inside of another one (a table's index)."""
    wild = [each for each in templates if "*" in each]
    return [each for each in wild if not any(each.startswith(f"{other}/") for other in wild)] or templates


def is_administrator(statements: Statements) -> bool:
    """Whether a statement allows everything, or all of IAM, everywhere: that is told as such."""
    return any(
        allows(grant) is True
        and (grant.not_actions or everything(grant.actions, words=("*", "*:*", "iam:*", "IAM:*")) is not None)
        and everything(grant.resources) is not None
        and (grant.conditions is None or isinstance(grant.conditions, Absent))
        and statements.permit("iam:CreatePolicyVersion", every=True) is not None
        for grant in statements.grants
    )


def includes(grant: Grant, action: str) -> Value | None:
    """The entry by which a statement names an action in lower case, or by NotAction does not leave it out."""
    undecided: Unknown | None = None
    for each in [*grant.actions, *grant.not_actions]:
        text = pattern_of(each)
        if text == SOME_SERVICES:
            continue
        if isinstance(each, Unknown):
            # A text of which a part is open names something of its own, but which?
            if text is None or _may_match(text.lower(), action):
                undecided = each if undecided is None else undecided
        elif text is not None and matches(folded(text.lower()), action):
            return None if grant.not_actions else each
    if undecided is not None:
        return undecided
    return grant.not_actions[0] if grant.not_actions else None


def _may_match(outline: str, action: str) -> bool:
    return matches(folded(outline.replace(OPEN, "*")), action)


def everywhere(grant: Grant, templates: Sequence[str]) -> tuple[Value, Unknown | None] | None:
    """The entry by which a statement is for every resource of one of some templates (``s3:*/*``), or one that may be
    ``*`` and is told as undecided. Without templates only ``*`` is of use."""
    if grant.not_resources:
        return _not_all_left_out(grant, templates)
    undecided: Unknown | None = None
    for each in grant.resources:
        text = pattern_of(each)
        if isinstance(each, Unknown) and (text is None or text == OPEN):
            if undecided is None and may_be_everything(each):
                undecided = each
        elif text is not None and (text.strip("*") == "" or any(covers_every(text, one) for one in templates)):
            return each, None
    return (undecided, undecided) if undecided is not None else None


def _not_all_left_out(grant: Grant, templates: Sequence[str]) -> tuple[Value, None] | None:
    """The first entry of NotResource, unless the entries leave nothing."""
    texts = [pattern_of(each) or "" for each in grant.not_resources]
    for text in texts:
        if text and (text.strip("*") == "" or (templates and all(covers_every(text, one) for one in templates))):
            return None
    return grant.not_resources[0], None


def anywhere(grant: Grant, templates: Sequence[str]) -> tuple[Value, None] | None:
    """The entry by which a statement is for at least one resource of some templates, as far as one can tell."""
    if grant.not_resources:
        return _not_all_left_out(grant, templates)
    for each in grant.resources:
        text = pattern_of(each)
        if text is None or OPEN in text or text.strip("*") == "":
            return each, None
        if not templates or any(may_name(text, one) for one in templates):
            return each, None
    return None


def _permit(grant: Grant, entry: Value, templates: Sequence[str], every: bool, passed_to: str) -> Permit | None:
    effect = allows(grant)
    if not isinstance(effect, Unknown) and not effect:
        return None
    where = everywhere(grant, templates) if every else anywhere(grant, templates)
    if where is None:
        return None
    resource, undecided = where
    free = unconditional(grant, passed_to)
    if not isinstance(free, Unknown) and not free:
        return None
    open_values = [each for each in (effect, entry, undecided, free) if isinstance(each, Unknown)]
    if grant.not_actions:
        open_values += [each for each in grant.not_actions if isinstance(each, Unknown)]
    return Permit(grant, entry, resource, open_values[0] if open_values else None)


def denies(grant: Grant, action: str, templates: Sequence[str]) -> bool:
    """Whether a Deny takes an action away, for all that it was allowed on. In doubt it does."""
    if includes(grant, action) is None:
        return False
    if not grant.not_resources and everywhere(grant, templates) is None:
        return False
    keys = {key.lower() for key in _keys(grant.conditions)}
    return not keys or not keys <= _LEAVES


def unconditional(grant: Grant, passed_to: str = "") -> bool | Unknown:
    """Whether a statement of somebody's policy holds for what he asks in general; unknown where that is not decided."""
    conditions = grant.conditions
    if conditions is None or isinstance(conditions, Absent):
        return True
    if isinstance(conditions, Unknown):
        return conditions
    for operator, tests in conditions.items():
        if isinstance(tests, Unknown):
            return tests
        for key, values in tests.items():
            lowered = key.lower()
            if lowered in _USUAL:
                continue
            if lowered != _PASSED_TO or not passed_to or not operator.lower().startswith("string"):
                return False
            texts = [pattern_of(each) for each in values.elements()]
            if not any(text is not None and matches(folded(text.lower()), passed_to) for text in texts):
                return False
    return True


def _keys(conditions: Value | None) -> Iterator[str]:
    if isinstance(conditions, Known):
        for _, tests in conditions.items():
            for key, _ in tests.items():
                yield key
    elif isinstance(conditions, Unknown):
        yield "?"
