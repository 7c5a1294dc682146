"""Which rules run and what the policy says of them: profile, select, ignore, severity, exceptions."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.environments import glob_match
from depcheck.findings import SEVERITIES, Suppression
from depcheck.packs import Rule
from depcheck.project.addresses import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy
    from depcheck.project import Project

PROFILES = ("default", "strict")


class SelectionError(Exception):
    """A name that is no rule, pack or severity; one sentence with the nearest one."""


class Selection:
    """The outcome of profile, ``--select``, ``--ignore`` and the policy's ``rules`` (whose names
    :func:`depcheck.policy.references.check_references` has checked). ``used`` are the policy's exceptions that covered
    something, by their index."""

    __slots__ = ("_chosen", "_exceptions", "_hidden", "_named_rules", "_severity", "_shown", "known", "used")

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        profile: str = "default",
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        policy: Policy | None = None,
    ) -> None:
        self.known = frozenset(rule.id for rule in rules)
        self._severity: dict[str, str] = dict(policy.rules.severity) if policy is not None else {}
        chosen = {rule.id for rule in rules if profile == "strict" or rule.profile == "default"}
        wanted = list(select) or (list(policy.rules.select) if policy is not None else [])
        # A check may weigh one place more than another, so a severity chooses findings and not rules.
        self._shown = frozenset(name for name in wanted if name in SEVERITIES)
        self._hidden = frozenset(name for name in ignore if name in SEVERITIES)
        self._named_rules = {rule.id for name in wanted for rule in self._named(rules, name)}
        if wanted and "ALL" not in wanted:
            chosen = chosen | self._named_rules if self._shown else self._named_rules
        for name in ignore:
            chosen -= {rule.id for rule in self._named(rules, name)}
        self._chosen = chosen
        self._exceptions = list(policy.rules.ignore) if policy is not None else []
        self.used: set[int] = set()

    def _named(self, rules: Sequence[Rule], name: str) -> list[Rule]:
        if name in SEVERITIES:
            return []
        found = [rule for rule in rules if name in (rule.id, rule.pack, "ALL")]
        if not found and name != "ALL":
            same = [
                rule.id for rule in rules if any(name.upper() in map(str.upper, ids) for ids in rule.aliases.values())
            ]
            if same:
                raise SelectionError(f'"{name}" is {" and ".join(same)} here, which is the name to give')
            options = sorted({*self.known, *(rule.pack for rule in rules), *SEVERITIES})
            raise SelectionError(_no_such(name, options))
        return found

    def includes(self, rule: Rule) -> bool:
        """Whether a rule runs."""
        return rule.id in self._chosen

    def shows(self, rule: str, severity: str) -> bool:
        """Whether what a rule says with a severity was asked for."""
        return severity not in self._hidden and (
            not self._shown or severity in self._shown or rule in self._named_rules
        )

    def severity(self, rule: Rule, own: str | None = None) -> str:
        """The severity that the policy gives a rule; else its violation's ``own``, else the rule's."""
        return self._severity.get(rule.id) or own or rule.severity

    def nearest(self, name: str) -> str:
        """``"name", did you mean "nearest"?`` for a name that is no rule."""
        return _quoted(name, sorted(self.known))

    def suppression(self, rule: str, resource: str | None, path: str, project: Project) -> Suppression | None:
        """The policy's exception that covers a rule at a resource and a path on the day of the project, or None."""
        for index, entry in enumerate(self._exceptions):
            if entry.rule != rule or (entry.until is not None and entry.until < project.as_of):
                continue
            if entry.resources and not any(matches(resource or "", glob) for glob in entry.resources):
                continue
            if entry.paths and not any(glob_match(path, glob) for glob in entry.paths):
                continue
            until = entry.until.isoformat() if entry.until is not None else None
            self.used.add(index)
            return Suppression("policy", entry.reason, until=until)
        return None


def _no_such(name: str, options: list[str]) -> str:
    return f"no rule, pack or severity is called {_quoted(name, options)}"


def _quoted(name: str, options: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, options, 1, 0.6)
    return f'"{name}", did you mean "{near[0]}"?' if near else f'"{name}"; `depcheck rules` lists them'
