"""What providers take for arguments that are not given: the table ``schemas/terraform-defaults.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from depcheck.data import load_json
from depcheck.source import Span
from depcheck.values import Known, Scalar, Step, Unknown, Value

#: How a default is introduced in a report.
WORDS = "the provider's default"
_VIA = (Step(WORDS),)
_NONE: Mapping[str, object] = {}


@cache
def _table() -> Mapping[str, object]:
    types = load_json("schemas", "terraform-defaults.json")["types"]
    assert isinstance(types, dict)
    return types


@cache
def defaults_of(type_: str) -> Sequence[tuple[tuple[str, ...], object]]:
    """The paths and entries of a resource type; entries that ask for the value of others come last."""
    entry = _table().get(type_)
    attributes = entry.get("attributes") if isinstance(entry, dict) else None
    found = [(tuple(path.split(".")), value) for path, value in (attributes or _NONE).items()]
    return sorted(found, key=lambda item: isinstance(item[1], dict) and "cases" in item[1])


def add_defaults(type_: str, attributes: dict[str, Value], header: Span) -> None:
    """Add what a provider takes for arguments that are not given; these stand at the header of their block."""
    for path, entry in defaults_of(type_):
        for block, place in _blocks(attributes, path[:-1], header):
            name = path[-1]
            if name not in block:
                value = _default(entry, attributes, place)
                if value is not None:
                    block[name] = value


def _blocks(
    attributes: dict[str, Value], path: tuple[str, ...], place: Span
) -> Iterator[tuple[dict[str, Value], Span]]:
    """The given blocks at a path."""
    if not path:
        yield attributes, place
        return
    found = attributes.get(path[0])
    for each in found.elements() if found is not None else ():
        if isinstance(each, Known) and isinstance(each.value, dict) and each.rest is None:
            yield from _blocks(each.value, path[1:], each.span)


def _default(entry: object, attributes: Mapping[str, Value], place: Span) -> Value | None:
    if not isinstance(entry, dict):
        return _known(entry, place)
    for name in entry.get("unless", ()):
        if _given(attributes, name.split(".")):
            return Unknown(f"{name} decides it", place)
    if "cases" not in entry:
        return _known(entry["value"], place)
    for case in entry["cases"]:
        answers = [_equals(attributes.get(name), wanted) for name, wanted in case["when"].items()]
        if None in answers:
            return Unknown(f"the provider's default depends on {', '.join(case['when'])}", place)
        if all(answers):
            return _known(case["value"], place)
    return None


def _given(attributes: Mapping[str, Value], path: Sequence[str]) -> bool:
    value = attributes.get(path[0])
    if value is None or len(path) == 1:
        return value is not None
    return any(
        isinstance(each, Known) and isinstance(each.value, dict) and _given(each.value, path[1:])
        for each in value.elements()
    )


def _equals(value: Value | None, wanted: object) -> bool | None:
    """Whether a value is a scalar; None where that is not decided."""
    if isinstance(value, Unknown):
        return None
    return isinstance(value, Known) and value.value == wanted


def _known(value: object, place: Span) -> Known:
    if isinstance(value, list):
        return Known([_known(item, place) for item in value], place, via=_VIA)
    return Known(_scalar(value), place, via=_VIA)


def _scalar(value: object) -> Scalar:
    assert value is None or isinstance(value, (str, int, float, bool))
    return value
