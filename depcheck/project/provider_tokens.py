"""Providers' tokens in what was read: in the text of every file, and in values by the path of names that leads to them.

The text tells what stands in comments and in files that nothing could parse. Values tell what a name on another line
vouches for (``provider "datadog"`` above ``api_key``), and what is written with escapes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from depcheck.model import Command, Job, Resource, Setting
from depcheck.project import Project, exposures
from depcheck.project.exposures import Exposure, place_of, role_of
from depcheck.secrets import Match, find_in_text, find_in_value, gated_by, names_a_vendor
from depcheck.secrets.formats import table
from depcheck.secrets.prefilter import searcher
from depcheck.source import Span
from depcheck.values import Known, Value, string

#: Files that hold hashes and names of others, and no value.
_WITHOUT_VALUES = frozenset({"lock", "ignore"})
#: Below so many characters in all files, searching for each literal takes less than making an automaton of them.
_LITTLE = 20_000
_DEPTH = 24
#: How texts of configuration languages begin the code of a character.
_ESCAPES = ("\\x", "\\u", "\\U")
_WITHOUT_JOINTS = str.maketrans("", "", "_.- ")
#: Resources that are an account at a vendor: what their attributes are called says less than their header.
_OF_VENDORS = ("provider", "backend")
#: Shorter texts hold no token.
_SHORTEST = 16


class ProviderToken:
    """A token at ``span``; ``hidden`` is the part of it that must not be shown, ``text`` the token itself.

    ``name`` is that of the setting or the attribute that holds it, where one does; ``key`` is where a note points.
    ``role`` is ``template`` or ``test`` where the file says that it is one, else empty.
    """

    __slots__ = ("environment", "hidden", "key", "match", "name", "role", "scope", "span", "text")

    def __init__(
        self,
        match: Match,
        text: str,
        span: Span,
        hidden: Span,
        *,
        name: str = "",
        scope: str = "",
        environment: str | None = None,
    ) -> None:
        self.match = match
        self.text = text
        self.span = span
        self.key = span
        self.hidden = hidden
        self.name = name
        self.scope = scope
        self.environment = environment
        self.role = role_of(span.path)


class _Holders:
    """What holds a place: the setting or the command whose value it is in."""

    __slots__ = ("_by_path", "_starts")

    def __init__(self, project: Project) -> None:
        self._by_path: dict[str, list[tuple[int, int, Setting | Command]]] = {}
        for setting in project.facts.settings:
            span = setting.value.span
            self._by_path.setdefault(span.path, []).append((span.start, span.end, setting))
        for command in project.facts.commands:
            span = command.span
            self._by_path.setdefault(span.path, []).append((span.start, span.end, command))
        for places in self._by_path.values():
            places.sort(key=lambda place: (place[0], -place[1]))
        self._starts = {path: [place[0] for place in places] for path, places in self._by_path.items()}

    def at(self, span: Span) -> Setting | Command | None:
        """The narrowest one around a place."""
        places = self._by_path.get(span.path)
        if places is None:
            return None
        last = bisect_right(self._starts[span.path], span.start)
        around = [place for place in places[max(0, last - 40) : last] if place[1] >= span.end]
        return min(around, key=lambda place: place[1] - place[0])[2] if around else None


@lru_cache(maxsize=1)
def found(project: Project) -> tuple[ProviderToken, ...]:
    """Every token of a known form, public ones and placeholders left out; each place once, in the order of places."""
    files = [file for file in project.facts.files if file.kind not in _WITHOUT_VALUES]
    little = sum(len(file.source.text) for file in files) < _LITTLE
    tokens: list[ProviderToken] = []
    taken: dict[str, list[Span]] = {}
    holders = _Holders(project)
    for file in files:
        for match in find_in_text(file.source.text, little=little):
            span = file.source.span(match.start, match.end)
            taken.setdefault(span.path, []).append(span)
            if match.verdict == "secret":
                hidden = file.source.span(match.start + match.shown, match.end)
                holder = holders.at(span)
                environment = holder.environment if holder is not None else file.environment
                name = holder.name if holder is not None else ""
                scope = holder.scope if holder is not None else ""
                tokens.append(
                    ProviderToken(match, span.text, span, hidden, name=name, scope=scope, environment=environment)
                )
    for each in _in_values(project, little):
        if not any(span.start < each.span.end and each.span.start < span.end for span in taken.get(each.span.path, ())):
            taken.setdefault(each.span.path, []).append(each.span)
            tokens.append(each)
    tokens.sort(key=lambda each: (each.span.path, each.span.start))
    return tuple(tokens)


def _in_values(project: Project, little: bool) -> Iterator[ProviderToken]:
    for path, value, text, owner in _values(project):
        for match in find_in_value(text, path, little=little):
            if match.verdict != "secret":
                continue
            token = text[match.start : match.end]
            span = place_of(value, token)
            if span is None:
                continue
            whole = span.end - span.start == len(token)
            hidden = Span(span.source, span.start + match.shown, span.end) if whole else span
            yield ProviderToken(
                match,
                token,
                span,
                hidden,
                name=path.rsplit(".", 1)[-1],
                scope=owner.scope if isinstance(owner, Setting) else owner.address,
                environment=owner.environment,
            )


def _values(project: Project) -> Iterator[tuple[str, Known, str, Setting | Job | Resource]]:
    """The texts that the file's own does not tell enough of, each with the path of names that leads to it."""
    for setting in project.facts.settings:
        for path, value, text in _texts(setting.name, setting.value):
            yield path, value, text, setting
    for job in project.facts.jobs:
        for step in job.steps:
            inputs = step.tree.get("with")
            if isinstance(inputs, Known):
                action = (string(step.uses) or "").partition("@")[0] if step.uses is not None else ""
                for path, value, text in _texts(action, inputs):
                    yield path, value, text, job
    escapes = {path: _has_escapes(file.source.text) for path, file in project.files.items()}
    resources = project.facts.resources
    addresses = [f"{resource.type}.{resource.name}" for resource in resources]
    of_vendors = _lines_with_vendors(addresses)
    for index, resource in enumerate(resources):
        address = addresses[index]
        if resource.kind in _OF_VENDORS or escapes.get(resource.span.path) or index in of_vendors:
            for path, value, text in _texts(address, resource.attributes):
                yield path, value, text, resource


def _has_escapes(text: str) -> bool:
    return "\\" in text and any(mark in text for mark in _ESCAPES)


def _lines_with_vendors(names: list[str]) -> set[int]:
    """Which of some names have a word that is a vendor's; all are searched at once, because most have none."""
    # Without what parts words: a vendor of two words is found as well, and what is found too much is looked at again.
    lines = [name.translate(_WITHOUT_JOINTS).lower() for name in names]
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    text = "\n".join(lines)
    hits = searcher(tuple(sorted(table().vendors)), len(text) < _LITTLE)(text)
    found = {bisect_right(starts, at) - 1 for _, at in hits}
    return {index for index in found if names_a_vendor(names[index])}


def _texts(path: str, value: Value) -> Iterator[tuple[str, Known, str]]:
    """The texts in a value for which their names vouch, or that are not written as they are."""
    waiting: list[tuple[str, Value, int]] = [(path, value, _DEPTH)]
    while waiting:
        path, value, depth = waiting.pop()
        if not isinstance(value, Known):
            continue
        inner = value.value
        if isinstance(inner, str):
            if len(inner) >= _SHORTEST and ((not value.via and inner not in value.span.text) or gated_by(path)):
                yield path, value, inner
        elif isinstance(inner, dict):
            if depth:
                waiting += [(f"{path}.{key}", entry, depth - 1) for key, entry in inner.items()]
        elif isinstance(inner, list) and depth:
            waiting += [(path, entry, depth - 1) for entry in inner]


def masked(project: Project) -> tuple[list[Span], list[str]]:
    """Every place of a token behind its public prefix, and the tokens that are written with escapes."""
    tokens = found(project)
    return [each.hidden for each in tokens], [each.text for each in tokens if each.text != each.span.text]


class Holding:
    """One place that holds a secret, for comparing places; the secret itself is not kept."""

    __slots__ = ("environment", "name", "scope", "span")

    def __init__(self, name: str, span: Span, scope: str, environment: str | None) -> None:
        self.name = name
        self.span = span
        self.scope = scope
        self.environment = environment


def held_in(path: str, project: Project) -> list[ProviderToken]:
    """The tokens in a file that are worth something alone."""
    return [
        each
        for each in found(project)
        if each.span.path == path and not each.match.format.identifier and not each.match.format.may_be_public
    ]


def by_secret(project: Project) -> list[list[Holding]]:
    """The places of each secret that stands in several; templates are not asked."""
    groups: dict[str, list[Holding]] = {}
    places: list[ProviderToken | Exposure] = [each for each in found(project) if not each.match.format.may_be_public]
    places += exposures.literals(project) + exposures.passwords_in_addresses(project)
    for each in places:
        if each.role != "template":
            groups.setdefault(each.text, []).append(Holding(each.name, each.span, each.scope, each.environment))
    return [group for group in groups.values() if len({holding.span for holding in group}) > 1]
