"""Configuration in JSON, YAML or TOML as one kind of tree, and what stands at its ends as settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Comment, Facts, Problem, Reference, Setting
from depcheck.parsers import Context, Parsed
from depcheck.source import Span, Text
from depcheck.values import OPEN, Absent, Known, Missing, Unknown, Value, string

#: How deep a map is told by dotted names; deeper ones are values.
DEPTH = 12
#: What another program puts something else in for: ``${self:…}``, ``{{ … }}``, ``env(NAME)``.
_HOLE = re.compile(r"\$\{[^{}]*\}|\{\{[^{}]*\}\}|(?<![\w.])env\([^()\s]*\)")
_OF_PROCESS = re.compile(
    r"\$\{env:(?P<one>\w+)(?P<default>\s*,[^{}]*)?\}|env\((?P<other>\w+)\)|\$\{(?P<bare>[A-Z_][A-Z0-9_]*)\}"
)


class Tree:
    """A text that was read: its first document, its comments, and what could not be read."""

    __slots__ = ("comments", "problems", "root")

    def __init__(self, root: Value, comments: list[Comment], problems: list[Problem]) -> None:
        self.root = root
        self.comments = comments
        self.problems = problems


def read(text: Text, path: str) -> Tree:
    """Read a text in the language that its name tells."""
    ending = path.rpartition(".")[2].lower()
    if ending == "toml":
        from depcheck.syntax import toml

        table = toml.parse(text)
        return Tree(table.root, table.comments, table.problems)
    if ending in ("json", "jsonc", "json5"):
        from depcheck.syntax import json

        value = json.parse(text, lenient=True)
        return Tree(value.root, value.comments, value.problems)
    from depcheck.syntax import yaml

    file = yaml.parse(text)
    return Tree(file.root, file.comments, file.problems)


def settled(parsed: Parsed, text: Text) -> Parsed:
    """What was read; of a text that cannot be read because it is a template, no more than that."""
    if parsed.problems and ("{{" in text.text or "{%" in text.text):
        return Parsed(template="a configuration")
    return parsed


def leaves(value: Value, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Value]]:
    """What stands at the ends of a tree of maps, each with its dotted name; a list is an end."""
    inner = value.value if isinstance(value, Known) else None
    if not isinstance(inner, dict) or not inner or depth >= DEPTH:
        if prefix and not isinstance(value, Absent):
            yield prefix, value
        return
    for name, item in inner.items():
        yield from leaves(item, f"{prefix}.{name}" if prefix else name, depth + 1)


def by_environment(
    value: Value, context: Context, prefix: str = "", environment: str | None = None, depth: int = 0
) -> Iterator[tuple[str, Value, str | None]]:
    """The same with the environment that a key around it means; such a key is no part of the name."""
    inner = value.value if isinstance(value, Known) else None
    if not isinstance(inner, dict) or not inner or depth >= DEPTH:
        if prefix and not isinstance(value, Absent):
            yield prefix, value, environment
        return
    for name, item in inner.items():
        named = isinstance(item, Known) and isinstance(item.value, dict) and bool(item.value)
        own = context.environments.named(name) if named else None
        if own is not None:
            yield from by_environment(item, context, prefix, own, depth + 1)
        else:
            yield from by_environment(item, context, f"{prefix}.{name}" if prefix else name, environment, depth + 1)


def environment_of(name: str, context: Context) -> str | None:
    """The environment that a profile, a stage or a branch is called after."""
    return context.environments.named(name) or context.environments.within(name)


class Teller:
    """Tells settings of one file: from where they are (``origin``), and which names their values ask for."""

    __slots__ = ("context", "facts", "origin")

    def __init__(self, facts: Facts, context: Context, origin: str) -> None:
        self.facts = facts
        self.context = context
        self.origin = origin

    def variables(self, values: Value, scope: str, environment: str | None, *, sensitive: bool = False) -> None:
        """The entries of a map, each a variable."""
        for name, value in values.items():
            self.one(name, value, scope, environment, sensitive=sensitive)

    def one(
        self, name: str, value: Value, scope: str, environment: str | None, *, origin: str = "", sensitive: bool = False
    ) -> None:
        """One setting; a text with holes in it is not decided."""
        told = decided(value)
        span = value.key if value.key is not None else value.span
        self.facts.settings.append(
            Setting(
                name,
                told,
                span,
                origin=origin or self.origin,
                scope=scope,
                environment=environment,
                sensitive=sensitive,
            )
        )
        if isinstance(told, Unknown):
            self._references(value, scope, environment)

    def _references(self, value: Value, scope: str, environment: str | None) -> None:
        written = value.span.text
        for match in _OF_PROCESS.finditer(written):
            group = next(each for each in ("one", "other", "bare") if match[each])
            start = value.span.start + match.start(group)
            self.facts.references.append(
                Reference(
                    match[group],
                    "environment",
                    Span(value.span.source, start, start + len(match[group])),
                    scope=scope,
                    environment=environment,
                    default=bool(match["default"]),
                )
            )


def decided(value: Value) -> Value:
    """A value, or why it is none yet: something is put in when it is deployed."""
    text = string(value)
    if text is None or not _HOLE.search(text):
        return value
    holes = tuple(dict.fromkeys(match.group()[:80] for match in _HOLE.finditer(text)))
    return Unknown(
        f"{holes[0]} is put in when it is deployed",
        value.span,
        key=value.key,
        missing=tuple(Missing(each, value.span) for each in holes[:4]),
        outline=_HOLE.sub(OPEN, text),
    )
