"""What a subject is to environments: the table of defaults, and what the policy says on top of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache

from depcheck.data import load_json
from depcheck.patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy

SAME, DIFFER, BELONGS, MONOTONE, SUPERSET, FIXED, FREE = (
    "same",
    "differ",
    "belongs",
    "monotone",
    "superset",
    "fixed",
    "free",
)
_INDEX = Pattern(r"\[[^\]]*\]")


class Relation:
    """How the values of environments must relate. ``order`` says what is more (see ``schemas/parity-relations.json``),
    ``topic`` what a finding about it is about, ``promised`` is the pattern of the policy that asks for it."""

    __slots__ = ("name", "order", "promised", "topic", "zero_is_most")

    def __init__(
        self,
        name: str,
        *,
        order: str | tuple[str, ...] = "",
        topic: str = "",
        zero_is_most: bool = False,
        promised: str | None = None,
    ) -> None:
        self.name = name
        self.order = order
        self.topic = topic
        self.zero_is_most = zero_is_most
        self.promised = promised


_FREE = Relation(FREE)
_SIZES = Relation(FREE, topic="size")


class _Row:
    __slots__ = ("relation", "types")

    def __init__(self, relation: Relation, types: tuple[str, ...]) -> None:
        self.relation = relation
        self.types = types


@lru_cache(maxsize=1)
def _table() -> dict[str, list[_Row]]:
    loaded = load_json("schemas", "parity-relations.json")
    rows = loaded["rows"]
    found: dict[str, list[_Row]] = {}
    for row in rows if isinstance(rows, list) else []:
        order = row.get("order", "")
        relation = Relation(
            str(row["relation"]),
            order=tuple(order) if isinstance(order, list) else str(order),
            topic=str(row.get("topic", "")),
            zero_is_most=row.get("zero") == "most",
        )
        for attribute in row["attributes"]:
            found.setdefault(attribute, []).append(_Row(relation, tuple(row.get("types", ()))))
    free = loaded["free"]
    for attribute in free["attributes"] if isinstance(free, dict) else []:
        found.setdefault(attribute, []).append(_Row(_SIZES, ()))
    return found


def of_attribute(type_: str, path: str) -> Relation:
    """What an attribute of a resource is by default: by its whole path, else by the last part of it."""
    table = _table()
    for name in (path, path.rpartition(".")[2]):
        for row in table.get(name, ()):
            if not row.types or type_.startswith(row.types):
                return row.relation
    return _FREE


def verdict_words() -> dict[str, frozenset[str]]:
    """Which rules' findings mean that something is missing, and which that it is equal; ``rules`` of other packs."""
    verdicts = load_json("schemas", "parity-relations.json")["verdicts"]
    if not isinstance(verdicts, dict):
        raise ValueError("schemas/parity-relations.json has no verdicts")
    return {name: frozenset(rules) for name, rules in verdicts.items() if isinstance(rules, list)}


class Promises:
    """The relations that ``parity`` of the policy asks for, most specific pattern first."""

    __slots__ = ("_any", "_patterns", "fixed", "met")

    def __init__(self, policy: Policy | None) -> None:
        found: list[tuple[str, str]] = []
        self.fixed: dict[str, dict[str, str]] = {}
        if policy is not None:
            parity = policy.parity
            for name in (SAME, DIFFER, BELONGS, MONOTONE, SUPERSET, FREE):
                found += [(pattern, name) for pattern in getattr(parity, name)]
            for pattern, values in parity.fixed.items():
                found.append((pattern, FIXED))
                self.fixed[pattern] = {environment: str(value) for environment, value in values.items()}
            for names in parity.only_in.values():
                found += [(pattern, "only_in") for pattern in names]
        found.sort(key=lambda each: (-len(each[0].replace("*", "")), each[0].count("*")))
        self._patterns = [(pattern, name, Pattern(translate(pattern))) for pattern, name in found]
        self._any = Pattern("|".join(translate(pattern) for pattern, _ in found)) if found else None
        self.met: set[str] = set()

    def of(self, subjects: Sequence[str], default: Relation) -> Relation:
        """The relation for something that may be called by any of some names."""
        if self._any is None:
            return default
        for subject in subjects:
            if self._any.match(subject) is None:
                continue
            chosen: Relation | None = None
            for pattern, name, expression in self._patterns:
                if expression.match(subject) is None:
                    continue
                self.met.add(pattern)
                if chosen is None and name != "only_in":
                    chosen = Relation(name, order=default.order, topic=default.topic, promised=pattern)
            if chosen is not None:
                return chosen
        return default


def names_of(subject: str, *others: str) -> list[str]:
    """The names under which a policy may speak of an attribute: with and without module path and index."""
    found = [subject, *others]
    plain = _INDEX.sub("", subject)
    found.append(plain)
    while plain.startswith("module."):
        plain = plain.split(".", 2)[2] if plain.count(".") > 1 else ""
        if plain:
            found.append(plain)
    return list(dict.fromkeys(found))


def more(relation: Relation, one: str, other: str) -> int | None:
    """Whether a value is more than another one in the order of a relation: 1, 0 or -1; None where that is not told."""
    first, second = (_rank(relation, each) for each in (one, other))
    if first is None or second is None:
        return None
    return (first > second) - (first < second)


def _rank(relation: Relation, text: str) -> float | None:
    order = relation.order
    lowered = text.strip().lower()
    if isinstance(order, tuple):
        words = [each.lower() for each in order]
        return float(words.index(lowered)) if lowered in words else None
    if order == "tls":
        return _tls(text)
    if order in ("true", "false"):
        truth = _TRUTH.get(lowered)
        return None if truth is None else float(truth if order == "true" else not truth)
    if order == "" and lowered in _TRUTH and not lowered.isdigit():
        return float(_TRUTH[lowered])
    try:
        number = float(lowered)
    except ValueError:
        return None
    return float("inf") if relation.zero_is_most and number == 0 else number


_TRUTH = {"true": True, "false": False, "enabled": True, "disabled": False, "yes": True, "no": False, "on": True}
_TRUTH |= {"off": False, "1": True, "0": False}
_OLDEST = {"SSL 3.0": 0.0, "TLS 1.0": 1.0, "TLS 1.1": 1.1}


@lru_cache(maxsize=256)
def _tls(text: str) -> float | None:
    """The oldest protocol that a policy of TLS accepts."""
    types = load_json("schemas", "tls-policies.json")["types"]
    for entry in types.values() if isinstance(types, dict) else ():
        oldest = entry.get("oldest", {}).get(text)
        if oldest is not None:
            return _OLDEST.get(oldest)
    match = re.search(r"(?:TLS13-1-|TLS-1-|TLSv1\.|TLS1[._]|TLS_1_|^1\.)(?P<minor>[0-3])", text, re.IGNORECASE)
    if match is not None:
        return 1 + int(match["minor"]) / 10
    return 1.2 if text.startswith("ELBSecurityPolicy-FS-1-2") else None


def covered(names: Iterable[str], patterns: Iterable[str]) -> bool:
    """Whether any of some names is matched by any of some patterns."""
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
