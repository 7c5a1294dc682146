"""Rules: what is asked, why, how severe, which control, how to repair. Pack entries as data, no detection here."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.findings import RuleInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class Rule:
    """One pack entry.

    ``looks_at`` is ``(noun, filter)``: the noun (``resource``, ``setting`` …) and which of them (types, origins, roles,
    kinds; empty for all). ``when``, ``require`` and ``forbid`` are conditions of the requirement language; a rule with
    neither of the last two has a check function named after it. ``needs`` holds ``policy`` for a rule that is silent
    without one, ``environments`` for one that is silent where nothing tells its environment, ``engine`` for one that
    the engine fills, or any of a project's kinds (``uses:actions/cache``) for one that is silent without it.
    ``group: file`` makes several violations in one file one finding; ``yields_to`` names more
    specific rules that speak instead where both would. ``plugin`` is the import name of the package that brought the
    rule, empty for the built-in packs; ``module`` is the module of checks that has its function.
    """

    __slots__ = (
        "_entry",
        "group",
        "id",
        "looks_at",
        "module",
        "needs",
        "origin",
        "pack",
        "plugin",
        "profile",
        "severity",
        "yields_to",
    )

    def __init__(self, pack: str, entry: Mapping[str, Json], *, origin: str = "", plugin: str = "") -> None:
        self.pack = pack
        self.origin = origin
        self.plugin = plugin
        # What only a finding or an explanation needs is taken from the entry when it is asked for.
        self._entry = entry
        self.id = _text(entry, "id")
        self.severity = _text(entry, "severity")
        self.profile = _text(entry, "profile", "default")
        self.needs = frozenset(_texts(entry.get("needs")))
        self.module = _text(entry, "module", pack)
        self.group = _text(entry, "group")
        self.yields_to = tuple(_texts(entry.get("yields_to")))
        looks_at = entry.get("looks_at")
        if isinstance(looks_at, dict):
            noun, which = next(iter(looks_at.items()))
            self.looks_at: tuple[str, tuple[str, ...]] = (noun, tuple(_texts(which)))
        else:
            self.looks_at = (str(looks_at or "project"), ())

    @property
    def title(self) -> str:
        """What is wrong where the rule speaks, in a few words."""
        return _text(self._entry, "title")

    @property
    def confidence(self) -> str:
        """How sure a finding is: ``high``, ``medium`` or ``low``."""
        return _text(self._entry, "confidence", "high")

    @property
    def why(self) -> str:
        """What happens to those who leave it so."""
        return _text(self._entry, "why")

    @property
    def fix(self) -> str:
        """How it is repaired."""
        return _text(self._entry, "fix")

    @property
    def messages(self) -> dict[str, str]:
        """The message of each variant; ``""`` is the usual one."""
        message = self._entry.get("message", "")
        return {name: str(text) for name, text in message.items()} if isinstance(message, dict) else {"": str(message)}

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that the rule is evidence for."""
        return tuple(_texts(self._entry.get("controls")))

    @property
    def references(self) -> tuple[str, ...]:
        """Pages that say it."""
        return tuple(_texts(self._entry.get("references")))

    @property
    def aliases(self) -> dict[str, list[str]]:
        """What other tools call the rule: tool → ids."""
        aliases = self._entry.get("aliases")
        return {tool: _texts(ids) for tool, ids in aliases.items()} if isinstance(aliases, dict) else {}

    @property
    def when(self) -> Json:
        """The condition under which the rule is asked at all."""
        return self._entry.get("when")

    @property
    def require(self) -> Json:
        """The condition that has to hold."""
        return self._entry.get("require")

    @property
    def forbid(self) -> Json:
        """The condition that must not hold."""
        return self._entry.get("forbid")

    @property
    def is_data(self) -> bool:
        """Whether the rule says all of itself in YAML."""
        return self.require is not None or self.forbid is not None

    def info(self) -> RuleInfo:
        """What reports tell about the rule."""
        return RuleInfo(
            id=self.id,
            pack=self.pack,
            title=self.title,
            severity=self.severity,
            confidence=self.confidence,
            why=self.why,
            fix=self.fix,
            profile=self.profile,
            controls=self.controls,
            aliases=self.aliases,
            references=self.references,
        )


class PackError(Exception):
    """A pack that cannot be used: one sentence with its file and line."""


def built_in() -> list[Rule]:
    """The rules that ship with depcheck, in the order of their packs and ids."""
    from depcheck.data import load_json

    rules: list[Rule] = []
    for pack, entries in load_json("rules", "compiled.json").items():
        if isinstance(entries, list):
            rules.extend(Rule(pack, entry) for entry in entries)
    return rules


def _text(entry: Mapping[str, Json], key: str, default: str = "") -> str:
    value = entry.get(key, default)
    return value if isinstance(value, str) else default


def unfolded(entry: Mapping[str, Json]) -> dict[str, Json]:
    """An entry with its texts on one line each, however they are folded in YAML."""
    return {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in entry.items()}


def _texts(value: Json) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)] if isinstance(value, (str, int)) and not isinstance(value, bool) else []
