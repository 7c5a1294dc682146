"""Env files → settings, and references for the names that their values expand.

``Parsed.tree`` maps each name to its value as the file alone tells it; a value that depends on a name from elsewhere is
an :class:`~depcheck.syntax.interpolation.Template` there, so that the steps that know more can evaluate it again.
"""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.model import Reference, Setting
from depcheck.parsers import Context, Parsed
from depcheck.source import Span, Text
from depcheck.syntax import dotenv
from depcheck.syntax.interpolation import Expansion, Template, evaluate, expansions, read
from depcheck.values import Absent, Known, Unknown, Value


def parse(text: Text, context: Context) -> Parsed:
    """Read one env file. A name that is given twice is two settings, of which the later one holds."""
    file = dotenv.parse(text)
    parsed = Parsed(comments=file.comments, problems=list(file.problems))
    written: dict[str, Value] = {}
    told: dict[str, Value] = {}
    for entry in file.entries:
        raw = _value(text, entry)
        value = raw
        if isinstance(raw, Template):
            parsed.facts.references.extend(_references(raw, context, told))
            value = evaluate(raw, told.get, _nothing)
        elif isinstance(raw, Absent):
            parsed.facts.references.append(
                Reference(entry.name, "environment", raw.span, environment=context.environment, default=False)
            )
        name_span = text.span(entry.name_start, entry.name_end)
        parsed.facts.settings.append(
            Setting(
                entry.name, value, name_span, origin="env-file", scope=context.scope, environment=context.environment
            )
        )
        written[entry.name] = raw
        told[entry.name] = value
    parsed.tree = Known(written, text.span(0, len(text)))
    return parsed


def _value(text: Text, entry: dotenv.Entry) -> Value:
    key = text.span(entry.name_start, entry.name_end)
    span = text.span(entry.start, entry.end)
    if entry.broken:
        return Unknown(f"the quote of {entry.name} is not closed", span, key=key)
    if entry.value is None:
        bare = Absent(key)
        bare.key = key
        return bare
    return read_value(entry.value, entry.quote, span, key)


def read_value(value: Text, quote: str, span: Span, key: Span) -> Known | Template:
    """The value of an entry; inside single quotes nothing is expanded."""
    if quote == "'":
        return Known(value.text, span, key=key)
    return read(value, span, key=key)


def _references(template: Template, context: Context, told: Mapping[str, Value]) -> list[Reference]:
    """One reference for each use of a name that the file itself does not give before."""
    found: list[Reference] = []
    for each in expansions(template.parts):
        if each.name not in told:
            span = template.text.span(each.name_start, each.name_start + len(each.name))
            found.append(
                Reference(each.name, "environment", span, environment=context.environment, default=has_default(each))
            )
    return found


def has_default(expansion: Expansion) -> bool:
    """Whether the use itself says what holds when the name has no value."""
    return expansion.operator[-1:] in ("-", "+")


def _nothing(name: str) -> str:
    return f"variable {name} has no value in this file"
