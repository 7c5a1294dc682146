"""Which types convert to which, and the one type that several types have in common.

``safe`` conversions always succeed; the others depend on the value. Everything here looks at types only; values are
converted by :mod:`~depcheck.terraform.conversion`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from depcheck.terraform.types import (
    COLLECTIONS,
    DYNAMIC,
    PRIMITIVES,
    TfType,
    collection_of,
    element_of,
    list_of,
    map_of,
    object_of,
    tuple_of,
)


def convertible(have: TfType, want: TfType, *, safe: bool = False) -> bool:
    """Whether values of one type may convert to another."""
    if want.kind == "dynamic":
        return True
    if have.kind == "dynamic":
        return not safe
    if have.kind in PRIMITIVES:
        return want.kind == "string" or have == want or (not safe and have.kind == "string" and want.kind in PRIMITIVES)
    if want.kind in COLLECTIONS:
        return _to_collection(have, want, safe)
    if want.kind == "object":
        return _to_object(have, want, safe)
    if want.kind == "tuple" and have.kind == "tuple" and len(have.elements) == len(want.elements):
        return all(convertible(a, b, safe=safe) for a, b in zip(have.elements, want.elements, strict=True))
    return False


def _to_collection(have: TfType, want: TfType, safe: bool) -> bool:
    inner = element_of(want)
    if want.kind == "map":
        if have.kind == "map":
            return convertible(element_of(have), inner, safe=safe)
        return have.kind == "object" and _all_to(list(have.attributes.values()), inner, safe, strict=False)
    if have.kind == "tuple":
        return _all_to(have.elements, inner, safe, strict=True)
    if have.kind not in ("list", "set") or (safe and want.kind == "set" and have.kind == "list"):
        return False
    return convertible(element_of(have), inner, safe=safe)


def _all_to(parts: Sequence[TfType], inner: TfType, safe: bool, *, strict: bool) -> bool:
    if inner.kind == "dynamic" and parts:
        found = unify(parts, safe=safe)
        if found is None:
            return False
        if strict and found.kind == "dynamic" and any(part.kind != "dynamic" for part in parts):
            return False
        inner = found
    return all(part == inner or convertible(part, inner, safe=safe) for part in parts)


def _to_object(have: TfType, want: TfType, safe: bool) -> bool:
    if have.kind == "map":
        element = element_of(have)
        return not safe and all(
            name in want.optional or convertible(element, item) for name, item in want.attributes.items()
        )
    if have.kind != "object":
        return False
    for name, item in want.attributes.items():
        given = have.attributes.get(name)
        if given is None:
            if name not in want.optional:
                return False
        elif given is not item and given != item and not convertible(given, item, safe=safe):
            return False
    return True


def unify(types: Sequence[TfType], *, safe: bool = False) -> TfType | None:
    """The most general of several types that all of them convert to; None where there is none.

    DYNAMIC means that it cannot be told yet, because some of the types are not known.
    """
    if not types:
        return None
    first = types[0]
    if all(type_ is first or type_ == first for type_ in types):
        return first
    counts = Counter(type_.kind for type_ in types)
    dynamic, total = counts["dynamic"], len(types)
    for kind in ("map", "list", "set"):
        if counts[kind] and counts[kind] + dynamic == total:
            return DYNAMIC if dynamic else _unify_collections(kind, types, safe)
    if counts["map"] and counts["map"] + counts["object"] + dynamic == total:
        found = _unify_as(types, "object", "map", safe)
    elif counts["list"] and counts["list"] + counts["tuple"] + dynamic == total:
        found = _unify_as(types, "tuple", "list", safe)
    elif counts["object"] and counts["object"] + dynamic == total:
        return DYNAMIC if dynamic else _unify_objects(types, safe)
    elif counts["tuple"] and counts["tuple"] + dynamic == total:
        return DYNAMIC if dynamic else _unify_tuples(types, safe)
    elif counts["object"] and counts["tuple"]:
        return None
    else:
        found = None
    return found or _most_general(types, safe)


def _unify_collections(kind: str, types: Sequence[TfType], safe: bool) -> TfType | None:
    inner = unify([element_of(type_) for type_ in types], safe=safe)
    if inner is None:
        return None
    return _if_all_convert(types, collection_of(kind, inner), safe)


def _if_all_convert(types: Sequence[TfType], found: TfType, safe: bool) -> TfType | None:
    return found if all(type_ == found or convertible(type_, found, safe=safe) for type_ in types) else None


def _unify_as(types: Sequence[TfType], structural: str, collection: str, safe: bool) -> TfType | None:
    structures = [type_ for type_ in types if type_.kind == structural]
    common = _parts_as_collection(structures, collection, safe)
    if common is None:
        return None
    found = unify([common if type_.kind == structural else type_ for type_ in types], safe=safe)
    return found if found is not None and found.kind == collection else None


def _parts_as_collection(types: Sequence[TfType], collection: str, safe: bool) -> TfType | None:
    parts = [part for type_ in types for part in (type_.elements or type_.attributes.values())]
    inner = unify(parts, safe=safe)
    if inner is None:
        return None
    return _if_all_convert(types, map_of(inner) if collection == "map" else list_of(inner), safe)


def _unify_objects(types: Sequence[TfType], safe: bool) -> TfType | None:
    names = types[0].attributes.keys()
    if any(type_.attributes.keys() != names for type_ in types):
        return _parts_as_collection(types, "map", safe)
    attributes: dict[str, TfType] = {}
    for name in names:
        found = unify([type_.attributes[name] for type_ in types], safe=safe)
        if found is None:
            return None
        attributes[name] = found
    result = object_of(attributes)
    return _if_all_convert(types, result, safe) or _parts_as_collection(types, "map", safe)


def _unify_tuples(types: Sequence[TfType], safe: bool) -> TfType | None:
    length = len(types[0].elements)
    if any(len(type_.elements) != length for type_ in types):
        return _parts_as_collection(types, "list", safe)
    elements: list[TfType] = []
    for position in range(length):
        found = unify([type_.elements[position] for type_ in types], safe=safe)
        if found is None:
            return None
        elements.append(found)
    result = tuple_of(elements)
    return _if_all_convert(types, result, safe) or _parts_as_collection(types, "list", safe)


def _most_general(types: Sequence[TfType], safe: bool) -> TfType | None:
    distinct = list(dict.fromkeys(types))
    for wanted in _by_generality(distinct):
        if all(type_ == wanted or convertible(type_, wanted, safe=safe) for type_ in distinct):
            return wanted
    return None


def _by_generality(types: Sequence[TfType]) -> list[TfType]:
    """The most general first: a topological order of "more general than" that keeps the given order otherwise."""
    after: list[list[int]] = [[] for _ in types]
    waiting = [0] * len(types)
    for i in range(len(types)):
        for j in range(i + 1, len(types)):
            order = _generality(types[i], types[j])
            if order:
                more, less = (i, j) if order < 0 else (j, i)
                after[more].append(less)
                waiting[less] += 1
    ready = [index for index, count in enumerate(waiting) if not count]
    for index in ready:
        for less in after[index]:
            waiting[less] -= 1
            if not waiting[less]:
                ready.append(less)
    return [types[index] for index in ready]


_RANK = {"list": 0, "tuple": 1, "set": 2, "map": 0, "object": 1}


def _generality(a: TfType, b: TfType) -> int:
    """-1 where the first is the more general of two types, 1 where the second is, 0 where neither."""
    if a.kind == "dynamic" or b.kind == "dynamic":
        return (a.kind == "dynamic") - (b.kind == "dynamic")
    if a.kind in PRIMITIVES and b.kind in PRIMITIVES:
        return (b.kind == "string") - (a.kind == "string")
    if a.kind in COLLECTIONS and a.kind == b.kind:
        return _generality(element_of(a), element_of(b))
    if a.kind != b.kind:
        for family in (("set", "list", "tuple"), ("map", "object")):
            if a.kind in family and b.kind in family:
                return -1 if _RANK[a.kind] < _RANK[b.kind] else 1
        return 0
    if a.kind == "object" and a.attributes.keys() == b.attributes.keys():
        return _structural([_generality(item, b.attributes[name]) for name, item in a.attributes.items()])
    if a.kind == "tuple" and len(a.elements) == len(b.elements):
        return _structural([_generality(x, y) for x, y in zip(a.elements, b.elements, strict=True)])
    return 0


def _structural(orders: list[int]) -> int:
    first, second = any(order < 0 for order in orders), any(order > 0 for order in orders)
    return second - first
