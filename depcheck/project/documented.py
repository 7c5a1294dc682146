"""The names of secrets and variables that workflows read: which are misspelt, which are on no list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Reference
from depcheck.patterns import Pattern
from depcheck.project import Project

#: What the CI service gives by itself, or takes as a switch.
_GIVEN = Pattern(r"GITHUB_TOKEN|ACTIONS_(?:STEP|RUNNER)_DEBUG|ACTIONS_\w+", re.IGNORECASE)
#: Names that are shorter differ from each other by one letter for good reasons.
_LEAST = 8
_SHORTEST_WORD, _SHORTEST_CHANGED = 5, 6
#: How often the other name must be read for each time that this one is.
_RATIO = 2
#: A list documents a repository's secrets when it has at least these many and this share of them.
_FEWEST, _SHARE = 3, 0.5
_TICKED = Pattern(r"`(?:secrets\.|vars\.)?([A-Z][A-Z0-9_]{2,})`|^\|\s*([A-Z][A-Z0-9_]{2,})\s*\|", re.MULTILINE)
_KINDS = ("secret", "variable")


class Misspelt:
    """A name that is read once or twice, and the one that is meant by it, which is read more often."""

    __slots__ = ("meant", "reference", "uses")

    def __init__(self, reference: Reference, meant: Reference, uses: int) -> None:
        self.reference = reference
        self.meant = meant
        self.uses = uses


def references(project: Project) -> dict[tuple[str, str], list[Reference]]:
    """Where each secret and each variable of the CI service is read; by kind and name."""
    found: dict[tuple[str, str], list[Reference]] = {}
    passed_in = _passed_in(project)
    for each in project.facts.references:
        if each.kind not in _KINDS or _GIVEN.fullmatch(each.name):
            continue
        if (each.span.path, each.name) in passed_in:
            continue
        file = project.file(each.span.path)
        if file is not None and file.kind == "workflow" and "/workflows/" in f"/{each.span.path}":
            found.setdefault((each.kind, each.name.upper()), []).append(each)
    return found


def _passed_in(project: Project) -> set[tuple[str, str]]:
    """The secrets that reusable workflows declare: who calls them gives them."""
    found = set()
    for workflow in project.facts.workflows:
        call = workflow.triggers.get("workflow_call")
        if call is not None:
            found |= {(workflow.span.path, name) for name, _ in call.get("secrets").items()}
    return found


def misspelt(project: Project) -> Iterator[Misspelt]:
    """Names that differ by one letter from a name that is read more often."""
    by_name = references(project)
    for kind in _KINDS:
        names = sorted(name for each, name in by_name if each == kind)
        by_sketch: dict[str, list[str]] = {}
        for name in names:
            for sketch in _sketches(name):
                by_sketch.setdefault(sketch, []).append(name)
        for name in names:
            own = by_name[kind, name]
            others = {other for sketch in _sketches(name) for other in by_sketch[sketch] if other != name}
            meant = [other for other in sorted(others) if is_slip(name, other)]
            best = max(meant, key=lambda other: len(by_name[kind, other]), default=None)
            if best is not None and len(by_name[kind, best]) >= _RATIO * len(own):
                yield Misspelt(own[0], by_name[kind, best][0], len(by_name[kind, best]))


def _sketches(name: str) -> set[str]:
    """The name without each of its letters: two names with one in common differ by one letter or an exchange of two."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))} if len(name) >= _LEAST else set()


def is_slip(one: str, other: str) -> bool:
    """Whether two names can be one with a slip: the same words but for one long one, and no digit differs."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    left, right = one.split("_"), other.split("_")
    if len(left) != len(right):
        return one.replace("_", "") == other.replace("_", "")
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    if len(pairs) != 1 or min(map(len, pairs[0])) < _SHORTEST_WORD:
        return False
    a, b = sorted(pairs[0], key=len)
    if len(b) - len(a) == 1:
        return b != f"{a}S" and any(b[:at] + b[at + 1 :] == a for at in range(len(b)))
    different = [at for at in range(len(a)) if a[at] != b[at]] if len(a) == len(b) else []
    exchanged = len(different) == 2 and a[different[0]] == b[different[1]] and a[different[1]] == b[different[0]]
    return exchanged or (len(different) == 1 and len(a) >= _SHORTEST_CHANGED)


def undocumented(project: Project) -> Iterator[tuple[Reference, str]]:
    """Each secret or variable that the list of them does not have, and the list: the promise, else a document."""
    by_name = references(project)
    if not by_name:
        return
    listed = _promised(project)
    where = "depcheck.yaml"
    if listed is None:
        found = _document(by_name, project)
        if found is None:
            return
        where, listed = found
    for (_, name), uses in by_name.items():
        if name not in listed:
            yield uses[0], where


def _promised(project: Project) -> set[str] | None:
    policy = project.policy
    if policy is None or policy.secrets is None or not policy.secrets.ci:
        return None
    return {name.upper() for names in policy.secrets.ci.values() for name in names}


def _document(by_name: dict[tuple[str, str], list[Reference]], project: Project) -> tuple[str, set[str]] | None:
    """The document that lists most of the names."""
    names = {name for _, name in by_name}
    best: tuple[int, str, set[str]] = (0, "", set())
    for file in project.facts.files:
        if file.kind == "markdown":
            ticked = {match[1] or match[2] for match in _TICKED.finditer(file.source.text)}
            common = len(ticked & names)
            if common > best[0]:
                best = (common, file.source.path, ticked)
    if best[0] < max(_FEWEST, _SHARE * len(names)):
        return None
    return best[1], best[2]
