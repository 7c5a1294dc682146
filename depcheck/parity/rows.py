"""One subject with what each environment has for it, and how these values relate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from depcheck.environments import Environments
from depcheck.parity.relations import Relation
from depcheck.patterns import Pattern
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

#: What stands for an environment's own name where the names of several are one.
PLACEHOLDER = "{environment}"
SAME, DIFFERS, MISSING, UNKNOWN = "same", "differs", "missing", "unknown"
_DEPTH = 16
#: An unknown value is shown as it is written up to this length, else by its reason.
_SHORT = 60


class Row:
    """A subject and its values by environment, the least critical first; None where an environment has it not.

    ``kind`` is ``variable``, ``input`` (of Terraform), ``resource`` (that it is there), ``attribute``, ``image``,
    ``runtime``, ``step`` or ``flag``; ``type`` is that of the resource, ``name`` the last part of the subject (the
    variable, the path of the attribute), ``group`` what is the same thing in each environment (a family of env files, a
    root module), and ``address`` each environment's own name of the resource. ``secret`` values are not shown.
    """

    __slots__ = ("address", "group", "kind", "name", "relation", "secret", "subject", "type", "values")

    def __init__(
        self,
        subject: str,
        kind: str,
        name: str,
        relation: Relation,
        values: dict[str, Value | None],
        *,
        group: str = "",
        type: str = "",
        secret: bool = False,
        address: dict[str, str] | None = None,
    ) -> None:
        self.subject = subject
        self.kind = kind
        self.name = name
        self.relation = relation
        self.values = values
        self.group = group
        self.type = type
        self.secret = secret
        self.address = address or {}

    def state(self, pairs: Iterable[tuple[str, str]], environments: Environments) -> str:
        """How the values of compared environments relate: ``missing`` before ``differs`` before ``unknown``; values
        that differ in no more than the name of their environment are ``same``."""
        found = {self.between(less, more, environments) for less, more in pairs}
        return next((state for state in (MISSING, DIFFERS, UNKNOWN) if state in found), SAME)

    def between(self, less: str, more: str, environments: Environments) -> str:
        """How the values of two environments relate."""
        one, other = self.values[less], self.values[more]
        if one is None or other is None:
            return SAME if one is other else MISSING
        first, second = text_of(one), text_of(other)
        if first == second:
            return SAME
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            return UNKNOWN
        return SAME if neutral(first, less, environments) == neutral(second, more, environments) else DIFFERS


def text_of(value: Value) -> str:
    """A value as one text, by which values are compared. Something unknown is the reference that it is."""
    if isinstance(value, Known):
        text = scalar_text(value)
        return text if text is not None else _nested(value, 0)
    if isinstance(value, Unknown):
        return f"\0{value.refers or value.outline or value.span.text}"
    return ""


def _nested(value: Value, depth: int) -> str:
    if not isinstance(value, Known) or depth > _DEPTH:
        return text_of(value) if isinstance(value, Unknown) else ""
    if isinstance(value.value, list):
        # Most lists of configurations are sets; in another order they say the same.
        return "[" + ", ".join(sorted(_nested(each, depth + 1) for each in value.value)) + "]"
    if isinstance(value.value, dict):
        return "{" + ", ".join(f"{key} = {_nested(each, depth + 1)}" for key, each in value.value.items()) + "}"
    return scalar_text(value) or "null"


def shown(value: Value) -> str:
    """A value as a report shows it, before secrets are masked."""
    if isinstance(value, Unknown):
        text = value.span.text.strip()
        return f"unknown: {text if 0 < len(text) <= _SHORT and chr(10) not in text else value.reason}"
    if isinstance(value, Absent):
        return ""
    return text_of(value).replace("\0", "")


def neutral(text: str, environment: str, environments: Environments) -> str:
    """A text without the words for an environment, so that ``app-staging`` and ``app-prod`` are one."""
    pattern = _words(environments, environment)
    return pattern.sub(PLACEHOLDER, text) if pattern.search(text) else text


@lru_cache(maxsize=64)
def _words(environments: Environments, environment: str) -> Pattern:
    words = sorted(environments.aliases.get(environment, (environment,)), key=len, reverse=True)
    either = "|".join(re.escape(word) for word in words)
    return Pattern(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", re.IGNORECASE)


def at(value: Value, path: str) -> Value:
    """The value at a path through maps and through blocks that stand once."""
    for part in path.split("."):
        while isinstance(value, Known) and isinstance(value.value, list) and len(value.value) == 1:
            value = value.value[0]
        value = value.get(part)
    return value


def leaves(value: Value, *, blocks: bool = True) -> dict[str, Value]:
    """The attributes of a resource by their paths: maps are opened, ``blocks`` too; any other list is one value."""
    out: dict[str, Value] = {}
    _leaves(value, "", out, 0, blocks)
    return out


def _leaves(value: Value, path: str, out: dict[str, Value], depth: int, blocks: bool) -> None:
    if isinstance(value, Absent):
        return
    inner = value.value if isinstance(value, Known) else None
    if isinstance(value, Unknown) or depth > _DEPTH:
        out[path] = value
    elif isinstance(inner, dict):
        for key, each in inner.items():
            _leaves(each, f"{path}.{key}" if path else key, out, depth + 1, blocks)
    elif (
        blocks
        and isinstance(inner, list)
        and any(isinstance(each, Known) and isinstance(each.value, dict) for each in inner)
    ):
        for number, each in enumerate(inner):
            _leaves(each, path if len(inner) == 1 else f"{path}.{number}", out, depth + 1, blocks)
    elif inner is not None:
        out[path] = value
