"""One compose file → its tree, the names and files it refers to, and the commands and scripts in it.

Compose decides what a file means only together with its overrides, its ``extends`` and its ``.env``; that is done in
:mod:`depcheck.compose`. ``Parsed.tree`` is the file as written, in which a string with expansions is a
:class:`~depcheck.syntax.interpolation.Template`, and a value under ``!reset`` or ``!override`` a :class:`Marked`.
"""

from __future__ import annotations

from depcheck.model import Problem, Reference
from depcheck.parsers import Context, Parsed
from depcheck.parsers.compose_commands import service_commands
from depcheck.parsers.dotenv import has_default
from depcheck.source import Span, Text
from depcheck.syntax import yaml
from depcheck.syntax.interpolation import Template, expansions, read
from depcheck.values import Known, Scalar, Value, string

_MARKS = ("!reset", "!override")


class Marked(Known):
    """A value with one of Compose's own tags; ``mark`` is ``!reset`` or ``!override``."""

    __slots__ = ("mark",)

    def __init__(self, value: Scalar | list[Value] | dict[str, Value], span: Span, mark: str, key: Span | None) -> None:
        super().__init__(value, span, key=key)
        self.mark = mark


def parse(text: Text, context: Context) -> Parsed:
    """Read one compose file; what its project makes of it is decided by :func:`depcheck.compose.assembly.assemble`."""
    marks: dict[tuple[int, int], str] = {}

    def note(tag: str, value: Value) -> Value:
        if tag in _MARKS:
            marks[value.span.start, value.span.end] = tag
        return value

    file = yaml.parse(text, tags=note)
    parsed = Parsed(tree=file.root, comments=file.comments, problems=list(file.problems))
    root = file.root
    if file.further:
        message = "only the first document of a compose file is read"
        parsed.problems.append(Problem(message, file.further[0].span, "put the other documents in files of their own"))
    if not isinstance(root, Known) or root.value is None:
        return parsed
    if not isinstance(root.value, dict):
        parsed.problems.append(Problem("a compose file is a map with services in it", root.span))
        return parsed
    parsed.tree = _Reading(file, context, parsed, marks).root(root)
    _file_references(parsed, context)
    resets = {place for place, mark in marks.items() if mark == "!reset"}
    for name, service in root.get("services").items():
        kept = {key: each for key, each in service.items() if (each.span.start, each.span.end) not in resets}
        commands, embedded = service_commands(Known(kept, service.span), f"compose.{name}", file, context.environment)
        parsed.facts.commands.extend(commands)
        parsed.embedded.extend(embedded)
    return parsed


class _Reading:
    """Turns strings with expansions into templates. What aliases share is turned once."""

    __slots__ = ("context", "done", "file", "marks", "parsed", "seen")

    def __init__(
        self, file: yaml.YamlFile, context: Context, parsed: Parsed, marks: dict[tuple[int, int], str]
    ) -> None:
        self.file = file
        self.context = context
        self.parsed = parsed
        self.marks = marks
        self.done: dict[int, list[Value] | dict[str, Value]] = {}
        self.seen: dict[int, Template | Known] = {}

    def root(self, root: Known) -> Known:
        """The whole tree. Services come first, so that what they share belongs to one of them."""
        sections = dict(root.items())
        out: dict[str, Value] = {}
        for name in sorted(sections, key=lambda each: each != "services"):
            section = sections[name]
            prefix = {"services": "compose.", "volumes": "compose.volume."}.get(name)
            if prefix is not None and isinstance(section, Known) and isinstance(section.value, dict):
                entries = {key: self.value(each, prefix + key) for key, each in section.value.items()}
                out[name] = self._known(entries, section)
            else:
                out[name] = self.value(section, "")
        return Known({name: out[name] for name in sections}, root.span)

    def value(self, value: Value, scope: str) -> Value:
        """A value of the tree and everything below it."""
        if not isinstance(value, Known):
            return value
        inner = value.value
        if isinstance(inner, str):
            return self._string(value, inner, scope)
        if isinstance(inner, (list, dict)):
            return self._known(self._collection(inner, scope), value)
        return self._known(inner, value)

    def _collection(self, inner: list[Value] | dict[str, Value], scope: str) -> list[Value] | dict[str, Value]:
        done = self.done.get(id(inner))
        if done is None:
            if isinstance(inner, dict):
                done = {key: self.value(each, scope) for key, each in inner.items()}
            else:
                done = [self.value(each, scope) for each in inner]
            self.done[id(inner)] = done
        return done

    def _known(self, inner: Scalar | list[Value] | dict[str, Value], value: Known) -> Known:
        mark = self.marks.get((value.span.start, value.span.end)) if self.marks else None
        if mark is not None:
            return Marked(inner, value.span, mark, value.key)
        return Known(inner, value.span, via=value.via, key=value.key) if inner is not value.value else value

    def _string(self, value: Known, inner: str, scope: str) -> Value:
        start = value.span.start
        if "$" not in inner or self.marks.get((start, value.span.end)) == "!reset":
            return self._known(inner, value)
        told = self.seen.get(start)
        problems = self.parsed.problems if told is None else None
        content = yaml.scalar_text(value, self.file) if told is None or not isinstance(told, Template) else told.text
        result = read(content, value.span, key=value.key, problems=problems)
        if told is None:
            self.seen[start] = result
            if isinstance(result, Template):
                self._refer(result, scope)
        return result

    def _refer(self, template: Template, scope: str) -> None:
        for each in expansions(template.parts):
            span = template.text.span(each.name_start, each.name_start + len(each.name))
            self.parsed.facts.references.append(
                Reference(
                    each.name,
                    "environment",
                    span,
                    scope=scope,
                    environment=self.context.environment,
                    default=has_default(each),
                )
            )


def _file_references(parsed: Parsed, context: Context) -> None:
    """The variables that are passed on by their bare name, and the files that are read beside this one."""
    assert isinstance(parsed.tree, Known)
    references = parsed.facts.references

    def refer(value: Value, kind: str, scope: str) -> None:
        name = string(value)
        if name is not None:
            references.append(Reference(name, kind, value.span, scope=scope, environment=context.environment))

    for include in parsed.tree.get("include").elements():
        for key in ("path", "env_file"):
            for each in include.get(key).elements():
                refer(each, "file", "")
        refer(include, "file", "")
    for section in ("secrets", "configs"):
        for _, entry in parsed.tree.get(section).items():
            refer(entry.get("environment"), "environment", "")
            refer(entry.get("file"), "file", "")
    for name, service in parsed.tree.get("services").items():
        scope = f"compose.{name}"
        for each in passed_on(service.get("environment")):
            refer(each, "environment", scope)
        for each in passed_on(service.get("build", "args")):
            refer(each, "environment", scope)
        for key in ("env_file", "label_file"):
            for each in service.get(key).elements():
                refer(each, "file", scope)
                refer(each.get("path"), "file", scope)
        refer(service.get("extends", "file"), "file", scope)


def passed_on(environment: Value) -> list[Value]:
    """The names in ``environment`` (a list or a map) that have no value of their own, as strings at their places."""
    if not isinstance(environment, Known):
        return []
    if isinstance(environment.value, dict):
        return [
            Known(name, value.key)
            for name, value in environment.value.items()
            if isinstance(value, Known) and value.value is None and value.key is not None
        ]
    return [each for each in environment.elements() if "=" not in (string(each) or "=")]
