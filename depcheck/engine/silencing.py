"""Decides which findings do not count: comments in the files, exceptions in the policy, the baseline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from depcheck.engine import suppressions
from depcheck.engine.blocks import Blocks
from depcheck.engine.selection import Selection
from depcheck.findings import Finding, Suppression, Violation
from depcheck.packs import Rule
from depcheck.project import Project
from depcheck.source import Span


class Silencer:
    """What silences findings in a project, and what is wrong with it. Remembers which comments did something."""

    __slots__ = ("_baseline", "_ignores", "_malformed", "_project", "_selection", "blocks")

    def __init__(self, project: Project, selection: Selection, baseline: frozenset[str]) -> None:
        self._selection = selection
        self._baseline = baseline
        self.blocks = Blocks(project)
        self._project = project
        self._ignores: dict[str, list[suppressions.Ignore]] = {}
        self._malformed: list[tuple[Span, str]] = []
        for comments in project.comments.values():
            found, malformed = suppressions.read(comments)
            self._add(found)
            self._malformed.extend(malformed)
        self._add(suppressions.in_templates(project))

    @property
    def _today(self) -> str:
        return self._project.as_of.isoformat()

    def _add(self, ignores: Iterable[suppressions.Ignore]) -> None:
        for ignore in ignores:
            self._ignores.setdefault(ignore.path, []).append(ignore)

    def meant(self, rule: str, aliases: dict[str, list[str]], place: Span) -> Suppression | None:
        """The comment that speaks of a rule at a place, unless it has ended; marks it as of use in any case."""
        counting = None
        for ignore in self._ignores.get(place.path, ()):
            if ignore.covers(rule, aliases, place, self.blocks):
                ignore.used = True
                if counting is None and not ignore.ended(self._today):
                    counting = ignore.suppression()
        return counting

    def violation(self, rule: Rule, violation: Violation) -> Suppression | None:
        """What silences a violation before it is a finding."""
        return self.meant(rule.id, rule.aliases, violation.span) or self._selection.suppression(
            rule.id, violation.resource, violation.span.path, self._project
        )

    def finding(self, item: Finding) -> Suppression | None:
        """What silences a finding."""
        said = self.meant(item.rule, item.aliases, item.span) or self._selection.suppression(
            item.rule, item.resource, item.span.path, self._project
        )
        if said is None and item.fingerprint in self._baseline:
            return Suppression("baseline", "it was there when the baseline was written")
        return said

    def wrong(self, ran: Collection[str]) -> Iterator[Violation]:
        """Comments that do nothing, or not what they say. Only where all rules of one ``ran`` over the whole project
        can it be told that it silences nothing."""
        for span, text in self._malformed:
            yield _about(span, "malformed", text)
        known = self._selection.known
        for each in (ignore for found in self._ignores.values() for ignore in found):
            if each.tool != "depcheck":
                continue
            strangers = [name for name in each.ids if name not in known]
            for name in strangers:
                yield _about(each.span, "unknown-rule", self._selection.nearest(name))
            if strangers:
                continue
            if each.until is not None and each.ended(self._today):
                yield _about(each.span, "expired", each.until)
            elif not each.used and all(name in ran for name in each.ids):
                yield _about(each.span, "unused", ", ".join(each.ids))


def _about(span: Span, variant: str, text: str) -> Violation:
    return Violation(span, variant=variant, words={"text": text})
