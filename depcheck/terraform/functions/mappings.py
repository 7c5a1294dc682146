"""Functions of maps and objects, and those that take any value: coalesce, length, keys, lookup, merge, …"""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.conversion import convert
from depcheck.terraform.functions.graphemes import count
from depcheck.terraform.functions.spec import Function, Parameter
from depcheck.terraform.types import (
    DYNAMIC,
    LIST_OF_STRING,
    MAPPINGS,
    NUMBER,
    SEQUENCES,
    STRING,
    TfType,
    element_of,
    list_of,
    map_of,
)
from depcheck.terraform.unification import unify
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    entries_of,
    items_of,
    make_list,
    make_map,
    make_object,
    make_tuple,
    number,
    string,
    text_of,
    unknown,
)


def _length(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    marks = value.flags & MARKS
    payload = value.payload
    if value.kind not in ("string", "dynamic") and value.kind not in MAPPINGS and value.kind not in SEQUENCES:
        raise EvaluationError(f"length() takes a string or a collection, not {value.kind}", 0)
    if isinstance(payload, str):
        size = count(payload)
    elif value.kind == "tuple":
        size = len(items_of(value)) if value.known else len(value.type.elements)
    elif value.kind == "object" and not isinstance(payload, OpenAttributes):
        size = len(payload) if isinstance(payload, dict) else len(value.type.attributes)
    elif isinstance(payload, (Reason, OpenAttributes)) or (
        value.kind == "set" and not value.whole and len(items_of(value)) != 1
    ):
        return unknown(combined((value,)), NUMBER, marks=marks, not_null=True)
    else:
        assert isinstance(payload, (list, dict))
        size = len(payload)
    return number(bigfloat.Int64(size)).marked(marks)


def _coalesce(arguments: list[TfValue]) -> TfValue:
    if not arguments:
        raise EvaluationError("coalesce() needs at least one argument")
    common = unify([argument.type for argument in arguments])
    if common is None:
        raise EvaluationError("the arguments of coalesce() must be of one type")
    for position, argument in enumerate(arguments):
        if not argument.known:
            return unknown(combined(arguments[position:]), common, not_null=True)
        if common.kind == "dynamic" and argument.payload is None:
            continue
        argument = convert(argument, common)
        if argument.payload is None or argument.payload == "":
            continue
        return argument
    raise EvaluationError("coalesce() needs one argument that is neither null nor empty")


def _keys(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    marks = value.flags & MARKS
    if value.kind == "dynamic" and not value.known:
        return unknown(combined((value,)), not_null=True, marks=marks)
    if value.kind not in MAPPINGS:
        raise EvaluationError(f"keys() takes a map or an object, not {value.kind}", 0)
    if isinstance(value.payload, OpenAttributes):
        return unknown(combined((value,)), not_null=True, marks=marks)
    if isinstance(value.payload, dict):
        names = [string(name) for name in value.payload]
    elif value.kind == "object":
        names = [string(name) for name in sorted(value.type.attributes)]
    else:
        return unknown(combined((value,)), LIST_OF_STRING, not_null=True, marks=marks)
    made = make_tuple(names) if value.kind == "object" else make_list(STRING, names)
    return made.marked(marks)


def _values(arguments: list[TfValue]) -> TfValue:
    value = arguments[0]
    marks = value.flags & MARKS
    if value.kind == "dynamic" and not value.known:
        return unknown(combined((value,)), not_null=True, marks=marks)
    if value.kind not in MAPPINGS:
        raise EvaluationError(f"values() takes a map or an object, not {value.kind}", 0)
    if isinstance(value.payload, OpenAttributes):
        return unknown(combined((value,)), not_null=True, marks=marks)
    items = list(entries_of(value).values())
    made = make_tuple(items) if value.kind == "object" else make_list(element_of(value.type), items)
    return made.marked(marks)


def _lookup(arguments: list[TfValue]) -> TfValue:
    if len(arguments) > 3:
        raise EvaluationError("lookup() takes two or three arguments")
    mapping, key = arguments[0], arguments[1]
    marks = (mapping.flags | key.flags) & MARKS
    if mapping.kind not in MAPPINGS and not (mapping.kind == "dynamic" and not mapping.known):
        raise EvaluationError(f"lookup() searches a map, not {mapping.kind}", 0)
    element = element_of(mapping.type) if mapping.kind == "map" else DYNAMIC
    default = arguments[2] if len(arguments) == 3 else None
    if default is not None and mapping.kind == "map":
        try:
            default = convert(default, element)
        except EvaluationError as problem:
            raise EvaluationError(f"the default does not fit the map: {problem.clause}", 2) from None
    if not mapping.known or not key.known:
        return unknown(combined((mapping, key)), element, marks=marks)
    entries, name = entries_of(mapping), text_of(key)
    if name in entries:
        return entries[name].marked(marks)
    if isinstance(entries, OpenAttributes):
        return entries.other(name).marked(marks)
    if default is not None:
        return default.marked(marks)
    raise EvaluationError(f"the map has no key {name!r}" if not marks else "the map has no such key", 1)


def _merge(arguments: list[TfValue]) -> TfValue:
    merged: dict[str, TfValue] = {}
    marks = 0
    waiting: list[TfValue] = []
    for position, argument in enumerate(arguments):
        marks |= argument.flags & MARKS
        if argument.kind not in MAPPINGS and argument.kind != "dynamic":
            raise EvaluationError(f"merge() takes maps and objects, not {argument.kind}", position)
        if argument.payload is None:
            continue
        if not argument.known or isinstance(argument.payload, OpenAttributes):
            # Whatever came before may be replaced by entries that are not known yet.
            waiting.append(argument)
            merged.clear()
        if argument.known:
            merged.update(entries_of(argument))
    if not arguments:
        return make_object({})
    first = arguments[0].type
    if waiting:
        if not merged:
            return unknown(combined(waiting), _merged_type(arguments), marks=marks, not_null=True)
        reason = combined(waiting)
        return make_object(OpenAttributes(merged, lambda _name: unknown(reason))).marked(marks)
    if first.kind == "map" and all(argument.type == first for argument in arguments):
        return make_map(element_of(first), merged).marked(marks)
    return make_object(merged).marked(marks)


def _merged_type(arguments: list[TfValue]) -> TfType:
    first = arguments[0].type
    return first if all(argument.type == first for argument in arguments) else DYNAMIC


def _transpose(arguments: list[TfValue]) -> TfValue:
    values = arguments[0]
    result_type = map_of(LIST_OF_STRING)
    if not values.whole:
        return unknown(combined(arguments), result_type, not_null=True)
    turned: dict[str, list[str]] = {}
    for name, items in entries_of(values).items():
        if items.payload is None:
            raise EvaluationError("the map must not hold a null list", 0)
        for item in items_of(items):
            if item.payload is None:
                raise EvaluationError("the lists must not hold a null string", 0)
            turned.setdefault(text_of(item), []).append(name)
    lists = {name: make_list(STRING, list(map(string, sorted(names)))) for name, names in turned.items()}
    return make_map(LIST_OF_STRING, lists)


def _zip_map(arguments: list[TfValue]) -> TfValue:
    keys, values = arguments
    marks = (keys.flags | values.flags) & MARKS
    if values.kind not in ("list", "tuple"):
        raise EvaluationError(f"the values of zipmap() must be a list or tuple, not {values.kind}", 1)
    element: TfType = element_of(values.type) if values.kind == "list" else DYNAMIC
    if not keys.whole:
        found = map_of(element) if values.kind == "list" else DYNAMIC
        return unknown(combined((keys,)), found, marks=marks, not_null=True)
    names, items = items_of(keys), items_of(values)
    if len(names) != len(items):
        raise EvaluationError(f"{len(names)} keys do not go with {len(items)} values")
    entries: dict[str, TfValue] = {}
    for name, item in zip(names, items, strict=True):
        if name.payload is None:
            raise EvaluationError("a key must not be null", 0)
        marks |= name.flags & MARKS
        entries[text_of(name)] = item
    made = make_map(element, entries) if values.kind == "list" else make_object(entries)
    return made.marked(marks)


def _typed_values(arguments: list[TfValue]) -> TfType:
    value = arguments[0]
    if value.kind not in MAPPINGS and (value.known or value.kind != "dynamic"):
        raise EvaluationError(f"values() takes a map or an object, not {value.kind}", 0)
    return list_of(element_of(value.type)) if value.kind == "map" else DYNAMIC


def _typed_zip(arguments: list[TfValue]) -> TfType:
    values = arguments[1]
    if values.kind not in ("list", "tuple") and (values.known or values.kind != "dynamic"):
        raise EvaluationError(f"the values of zipmap() must be a list or tuple, not {values.kind}", 1)
    return map_of(element_of(values.type)) if values.kind == "list" else DYNAMIC


def _removed(name: str, instead: str) -> Function:
    def implementation(_arguments: list[TfValue]) -> TfValue:
        raise EvaluationError(f"{name}() was removed in Terraform 0.15; write {instead}")

    return Function(implementation, variadic=Parameter("vals", null=True, unknown=True))


FUNCTIONS = {
    "coalesce": Function(_coalesce, variadic=Parameter("vals", null=True, unknown=True)),
    "keys": Function(_keys, (Parameter("inputMap", unknown=True, marked=True),)),
    "length": Function(_length, (Parameter("value", unknown=True, marked=True),), result=NUMBER),
    "list": _removed("list", "tolist([...])"),
    "lookup": Function(
        _lookup,
        (Parameter("inputMap", unknown=True, marked=True), Parameter("key", STRING, unknown=True, marked=True)),
        variadic=Parameter("default", null=True, unknown=True, marked=True),
        nullable=True,
    ),
    "map": _removed("map", "tomap({...})"),
    "merge": Function(_merge, variadic=Parameter("maps", null=True, unknown=True, marked=True)),
    "transpose": Function(_transpose, (Parameter("values", map_of(LIST_OF_STRING)),), result=map_of(LIST_OF_STRING)),
    "values": Function(
        _values,
        (Parameter("mapping", marked=True),),
        typed=_typed_values,
    ),
    "zipmap": Function(
        _zip_map,
        (Parameter("keys", list_of(STRING), marked=True), Parameter("values", marked=True)),
        typed=_typed_zip,
    ),
}
