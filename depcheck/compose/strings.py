"""Taking short syntaxes apart (``127.0.0.1:80:80/tcp``) without losing places or what is decided of them."""

from __future__ import annotations

from depcheck.source import Span
from depcheck.syntax.interpolation import Partial, join
from depcheck.values import Known, Unknown, Value, scalar_text


def part_span(value: Known, start: int, end: int) -> Span:
    """The place of some characters of a string; that of the whole string where it is not written as it is meant."""
    text, span = value.value, value.span
    if isinstance(text, str) and not value.via:
        written = span.text
        for quotes in (0, 1):
            if written[quotes : len(written) - quotes] == text:
                return Span(span.source, span.start + quotes + start, span.start + quotes + end)
    return span


def split(value: Value, separator: str, most: int = -1) -> list[Known | Unknown]:
    """The parts between separators; what is not decided counts as having none in it."""
    groups: list[list[Known | Unknown]] = [[]]
    for fragment in _fragments(value):
        text = scalar_text(fragment)
        if text is None or isinstance(fragment, Unknown):
            groups[-1].append(fragment)
            continue
        at = 0
        while most < 0 or len(groups) <= most:
            found = text.find(separator, at)
            if found < 0:
                break
            groups[-1].append(_part(fragment, text, at, found))
            groups.append([])
            at = found + len(separator)
        groups[-1].append(_part(fragment, text, at, len(text)))
    return [_joined(group, value) for group in groups]


def joined(parts: list[Known | Unknown], separator: str) -> Known | Unknown:
    """Put one or more parts together again."""
    fragments: list[Known | Unknown] = []
    for index, part in enumerate(parts):
        if index:
            fragments.append(Known(separator, part.span))
        fragments.append(part)
    return _joined(fragments, parts[0])


def known_text(value: Value) -> str:
    """All that is decided of a string."""
    return "".join(scalar_text(each) or "" for each in _fragments(value))


def _fragments(value: Value) -> list[Known | Unknown]:
    if isinstance(value, Partial):
        return [each for fragment in value.fragments for each in _fragments(fragment)]
    return [value] if isinstance(value, (Known, Unknown)) else []


def _part(fragment: Known, text: str, start: int, end: int) -> Known:
    if start == 0 and end == len(text):
        return Known(text, fragment.span, via=fragment.via, sensitive=fragment.sensitive)
    return Known(text[start:end], part_span(fragment, start, end), via=fragment.via, sensitive=fragment.sensitive)


def _joined(group: list[Known | Unknown], whole: Value) -> Known | Unknown:
    parts = [each for each in group if isinstance(each, Unknown) or each.value != ""]
    if not parts:
        return group[0] if group else Known("", whole.span)
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0].span, parts[-1].span
    together = first.to(last) if last.end >= first.end and last.path == first.path else whole.span
    return join(parts, together)
