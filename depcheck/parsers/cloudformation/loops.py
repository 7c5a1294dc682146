"""``Fn::ForEach`` (transform ``AWS::LanguageExtensions``): one entry written for each member of a collection."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.parsers.cloudformation.functions import resolve
from depcheck.values import Known, Step, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.parsers.cloudformation.template import Template

PREFIX = "Fn::ForEach::"
#: A template has at most 500 resources, however they come about.
LIMIT = 500
_LEVELS = 5


def expanded(entries: Mapping[str, Value], template: Template, level: int = 0) -> Mapping[str, Value]:
    """The entries with their loops written out; a loop over something undecided stays as it is."""
    if not any(name.startswith(PREFIX) for name in entries):
        return entries
    found: dict[str, Value] = {}
    for name, value in entries.items():
        made = _loop(value, template, level) if name.startswith(PREFIX) and level < _LEVELS else None
        found.update(made if made is not None else {name: value})
    return found


def _loop(loop: Value, template: Template, level: int) -> Mapping[str, Value] | None:
    identifier = string(loop.get(0))
    body = loop.get(2)
    collection = resolve(loop.get(1), template)
    if identifier is None or not isinstance(collection, Known) or not isinstance(body, Known):
        return None
    found: dict[str, Value] = {}
    for member in collection.elements():
        text = scalar_text(member)
        if text is None or not isinstance(member, Known):
            return None
        if template.copies >= LIMIT:
            break
        if not template.spend(body.span.end - body.span.start):
            return None
        template.copies += 1
        copied: dict[str, Value] = {}
        for name, value in body.items():
            copied[_written(name, identifier, text)] = _copy(value, identifier, member, text)
        found.update(expanded(copied, template, level + 1))
    return found


def _written(text: str, identifier: str, member: str) -> str:
    """A text with the identifier replaced; after ``&`` only the letters and digits of the member count."""
    text = text.replace(f"${{{identifier}}}", member)
    return text.replace(f"&{{{identifier}}}", "".join(each for each in member if each.isalnum()))


def _copy(value: Value, identifier: str, member: Known, text: str) -> Value:
    if not isinstance(value, Known):
        return value
    inner = value.value
    step = Step(f"{identifier} is {text}", member.span)
    if isinstance(inner, str):
        made = _written(inner, identifier, text)
        return value if made == inner else Known(made, value.span, via=(*value.via, step), key=value.key)
    if isinstance(inner, list):
        items = [_copy(each, identifier, member, text) for each in inner]
        return Known(items, value.span, via=value.via, key=value.key)
    if isinstance(inner, dict):
        if len(inner) == 1 and string(inner.get("Ref", value)) == identifier:
            return Known(text, value.span, via=(*value.via, step), key=value.key)
        entries = {
            _written(name, identifier, text): _copy(each, identifier, member, text) for name, each in inner.items()
        }
        return Known(entries, value.span, via=value.via, key=value.key)
    return value
