"""The table of formats, ``schemas/secret-formats.json``: read once, each expression compiled when it is first asked."""

from __future__ import annotations

import re
from functools import lru_cache

from depcheck.data import load_json
from depcheck.patterns import Pattern

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
#: A token is not part of a longer word: what may not stand right before and right after it.
_BEFORE = r"(?<![A-Za-z0-9_-])"
_AFTER = r"(?![A-Za-z0-9_-])"
#: How many characters around an anchor or a prefix are looked at where an entry does not say more.
_REACH = 300


class Format:
    """One entry of the table; see its ``$comment`` for the meaning of each field."""

    __slots__ = (
        "_alphabets",
        "_entry",
        "_pattern",
        "after",
        "anchor",
        "any_name",
        "before",
        "beside",
        "check",
        "environment",
        "environments",
        "gate",
        "id",
        "identifier",
        "kind",
        "may_be_public",
        "needs",
        "one_alphabet",
        "prefixes",
        "public",
        "public_near",
        "rank",
        "single_line",
        "starts",
        "until",
        "vendor",
    )

    def __init__(self, entry: dict[str, object], alphabets: dict[str, object], rank: int) -> None:
        self.id = str(entry["id"])
        self.vendor = str(entry["vendor"])
        self.kind = str(entry["kind"])
        self.rank = rank
        self.prefixes = _texts(entry.get("prefix"))
        self.anchor = str(entry.get("anchor", ""))
        before = entry.get("before")
        #: Where a text of the form may begin, seen from its anchor; how far around it ``needs`` and ``beside`` look.
        self.starts = range(before[1], before[0] - 1, -1) if isinstance(before, list) else range(1)
        self.before = _number(before, _REACH)
        self.after = _number(entry.get("after"), _REACH)
        self.check = str(entry.get("check", ""))
        environment = entry.get("environment", "")
        self.environment = environment if isinstance(environment, str) else ""
        self.environments = {str(k): str(v) for k, v in environment.items()} if isinstance(environment, dict) else {}
        self.public = str(entry.get("public", ""))
        self.identifier = entry.get("identifier") is True
        self.may_be_public = entry.get("may_be_public") is True
        self.gate = tuple(tuple(phrase.split()) for phrase in _texts(entry.get("gate")))
        self.any_name = entry.get("any_name") is True
        self.beside = entry.get("beside") is True
        self.single_line = entry.get("single_line") is not False
        needs = entry.get("needs")
        self.needs = Pattern(needs) if isinstance(needs, str) else None
        near = entry.get("public_near")
        self.public_near = Pattern(near, re.IGNORECASE) if isinstance(near, str) else None
        until = entry.get("until")
        self.until = Pattern(until) if isinstance(until, str) else None
        #: Two kinds of characters at least are expected of a body over this alphabet.
        self.one_alphabet = entry.get("alphabet") in ("base62", "base64url", "base64", "base64=", "letters")
        # Expressions are put together when they are asked for: a scan needs few of them.
        self._entry = entry
        self._alphabets = alphabets
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"Format({self.id})"

    def _expression(self) -> str:
        entry, alphabets = self._entry, self._alphabets
        structure, after = entry.get("structure"), _AFTER
        if isinstance(structure, str):
            body = structure.replace("{uuid}", _UUID)
        else:
            characters = str(alphabets[str(entry["alphabet"])])
            lengths = entry["length"]
            shortest, longest = lengths if isinstance(lengths, list) else (1, 1)
            # Possessive: what ends too late is none, and is not tried with fewer characters.
            body = f"[{characters}]{{{shortest},{longest}}}+"
            if not characters.endswith("_-"):
                after = f"(?![A-Za-z0-9_{characters.removeprefix('A-Za-z0-9').removesuffix('-')}-])"
        if self.beside or self.anchor:
            # What is looked for beside its anchor says itself where it begins and ends.
            return body if self.beside or not self.single_line else f"{_BEFORE}{body}{_AFTER}"
        prefixes = "|".join(re.escape(prefix) for prefix in self.prefixes)
        if not self.single_line:
            return f"(?:{prefixes}){body}"
        return f"{_BEFORE}(?:{prefixes}){body}{after}" if prefixes else body + after

    @property
    def pattern(self) -> re.Pattern[str]:
        """The whole form; a group ``secret`` is the secret itself where the rest is a name or a host."""
        if self._pattern is None:
            self._pattern = re.compile(self._expression())
        return self._pattern

    def environment_of(self, text: str) -> str:
        """``live``, ``test`` or nothing, by the prefix of a token."""
        for prefix, environment in self.environments.items():
            if text.startswith(prefix):
                return environment
        return self.environment


class Table:
    """Every format, and by what it is looked up: characters of its own, or words of the name that introduces it."""

    __slots__ = (
        "_names",
        "about_secrets",
        "by_index",
        "by_literal",
        "by_word",
        "every_name",
        "formats",
        "literals",
        "of_secrets",
        "spoken",
        "vendors",
    )

    def __init__(self, data: dict[str, object]) -> None:
        alphabets, words = _map(data["alphabets"]), _map(data["names"])
        formats = [Format(entry, alphabets, rank) for rank, entry in enumerate(_entries(data["formats"]))]
        self.formats = formats
        self.of_secrets = frozenset(_texts(words["of_secrets"]))
        self.about_secrets = frozenset(_texts(words["about_secrets"]))
        #: What nobody draws at random.
        self.spoken = Pattern("|".join(_texts(data["spoken"])), re.IGNORECASE)
        self.by_literal: dict[str, list[Format]] = {}
        self.by_word: dict[str, list[Format]] = {}
        #: Gates of one word: the vendor's own.
        self.vendors = frozenset(phrase[0] for each in formats for phrase in each.gate if len(phrase) == 1)
        # Names as they stand in lower case in a text: ``aws_secret``, ``aws-secret``, ``awssecret``.
        names: set[str] = set()
        for each in formats:
            if each.gate:
                for phrase in each.gate:
                    self.by_word.setdefault(phrase[0], []).append(each)
                    names.update(joint.join(phrase) for joint in ("_", "-", ""))
            for literal in [each.anchor] if each.anchor else () if each.gate else each.prefixes:
                self.by_literal.setdefault(literal, []).append(each)
        self.literals = tuple(self.by_literal)
        self.by_index = [self.by_literal[literal] for literal in self.literals]
        self.every_name = tuple(sorted(names))
        self._names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names as they stand in a text, without those that another one is part of: finding the shorter is enough."""
        if not self._names:
            every = self.every_name
            self._names = tuple(name for name in every if not any(each in name for each in every if each != name))
        return self._names

    def get(self, id: str) -> Format:
        """The format of that id.

        Raises:
            KeyError: there is none.
        """
        for each in self.formats:
            if each.id == id:
                return each
        raise KeyError(id)


@lru_cache(maxsize=1)
def table() -> Table:
    """The formats that ship with depcheck."""
    return Table(load_json("schemas", "secret-formats.json"))


def _map(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _entries(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return (value,) if isinstance(value, str) else ()


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default
