"""Functions of lists, tuples and sets."""

from __future__ import annotations

from depcheck.terraform import bigfloat
from depcheck.terraform.bigfloat import Number
from depcheck.terraform.conversion import convert
from depcheck.terraform.equality import equals
from depcheck.terraform.functions.spec import Function, Parameter, numeric, whole_number
from depcheck.terraform.types import (
    BOOL,
    DYNAMIC,
    LIST_OF_DYNAMIC,
    LIST_OF_NUMBER,
    NUMBER,
    TfType,
    element_of,
    list_of,
)
from depcheck.terraform.unification import unify
from depcheck.terraform.values import (
    MARKS,
    MAX_WEIGHT,
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    boolean,
    combined,
    items_of,
    make_list,
    make_tuple,
    null,
    number,
    number_of,
    truth_of,
    uncounted,
    unknown,
)

_MAX_RANGE = 1024
_MAX_COMPARISONS = 2_000_000


def _all_true(arguments: list[TfValue]) -> TfValue:
    for item in items_of(arguments[0]):
        if not item.known:
            return unknown(combined((item,)), BOOL, not_null=True)
        if not truth_of(item):
            return boolean(False)
    return boolean(True)


def _any_true(arguments: list[TfValue]) -> TfValue:
    waiting: TfValue | None = None
    for item in items_of(arguments[0]):
        if not item.known:
            waiting = waiting or item
        elif truth_of(item):
            return boolean(True)
    return boolean(False) if waiting is None else unknown(combined((waiting,)), BOOL, not_null=True)


def _chunk_list(arguments: list[TfValue]) -> TfValue:
    values, size = arguments[0], whole_number(arguments[1], "the size", 1)
    marks = (values.flags | arguments[1].flags) & MARKS
    if size < 0:
        raise EvaluationError("the size must not be negative", 1)
    items = items_of(values)
    bare = values.unmarked()
    if not items:
        chunks = []
    elif size == 0:
        chunks = [bare]
    else:
        element = element_of(values.type)
        chunks = [make_list(element, items[at : at + size]) for at in range(0, len(items), size)]
    return make_list(values.type, chunks).marked(marks)


def _coalesce_list(arguments: list[TfValue]) -> TfValue:
    if not arguments:
        raise EvaluationError("coalescelist() needs at least one argument")
    for position, argument in enumerate(arguments):
        if not argument.known:
            break
        if argument.kind not in ("list", "tuple"):
            raise EvaluationError("the arguments of coalescelist() must be lists or tuples", position)
    for position, argument in enumerate(arguments):
        if not argument.known:
            return unknown(combined(arguments[position:]))
        if argument.payload is not None and items_of(argument):
            return argument
    raise EvaluationError("coalescelist() needs one list that is not empty")


def _concat(arguments: list[TfValue]) -> TfValue:
    if not arguments:
        raise EvaluationError("concat() needs at least one argument")
    marks = 0
    for position, argument in enumerate(arguments):
        marks |= argument.flags & MARKS
        if argument.kind not in ("list", "tuple"):
            raise EvaluationError(f"the arguments of concat() must be lists or tuples, not {argument.kind}", position)
    if all(argument.kind == "list" for argument in arguments):
        common = unify([argument.type for argument in arguments])
        if common is not None and common.kind == "list":
            items = [item for argument in arguments for item in items_of(convert(argument, common))]
            return make_list(element_of(common), items).marked(marks)
    return make_tuple([item for argument in arguments for item in items_of(argument)]).marked(marks)


def _contains(arguments: list[TfValue]) -> TfValue:
    sequence, wanted = arguments
    if sequence.kind not in ("list", "tuple", "set"):
        raise EvaluationError(f"contains() searches a list, tuple or set, not {sequence.kind}", 0)
    waiting: Reason | None = None
    for item in items_of(sequence):
        same = equals(wanted, item)
        if isinstance(same, Reason):
            waiting = waiting or same
        elif same:
            return boolean(True)
    return boolean(False) if waiting is None else unknown(waiting, BOOL, not_null=True)


def _distinct(arguments: list[TfValue]) -> TfValue:
    values = arguments[0]
    if not values.whole:
        return unknown(combined(arguments), values.type, not_null=True)
    return make_list(element_of(values.type), _unique(items_of(values)))


def _unique(items: list[TfValue]) -> list[TfValue]:
    from depcheck.terraform.sets import identity

    seen: set[str] = set()
    result: list[TfValue] = []
    for item in items:
        key = identity(item)
        if key not in seen:
            seen.add(key)
            result.append(item)
    return result


def _element(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind not in ("list", "tuple"):
        raise EvaluationError(f"element() reads a list or tuple, not {sequence.kind}", 0)
    items = items_of(sequence)
    if not items:
        raise EvaluationError("element() of an empty list has no result", 0)
    index = whole_number(arguments[1], "the index", 1)
    if index < 0 and sequence.kind == "tuple":
        # Terraform 1.11 looks the type up before it wraps a negative index around.
        if -index % len(items):
            raise EvaluationError("the index must not be negative", 1)
        index = 0
    return items[index % len(items)].marked(sequence.flags & MARKS)


def _flatten(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind not in ("list", "set", "tuple"):
        raise EvaluationError(f"flatten() takes lists, sets and tuples, not {sequence.kind}", 0)
    out: list[TfValue] = []
    marks = 0
    pending = [sequence]
    while pending:
        value = pending.pop()
        if value.kind in ("list", "set", "tuple") and value.payload is not None:
            marks |= value.flags & MARKS
            if uncounted(value):
                return unknown(combined((value,)), not_null=True, marks=marks)
            pending.extend(reversed(items_of(value)))
        elif value.kind == "dynamic" and not value.known:
            # Its type is open, so it may be a list that is still to be flattened.
            return unknown(combined((value,)), not_null=True, marks=marks)
        else:
            out.append(value)
        if len(out) + len(pending) > MAX_WEIGHT:
            raise LimitError("the list is too long")
    return make_tuple(out).marked(marks)


def _index(arguments: list[TfValue]) -> TfValue:
    sequence, wanted = arguments
    if sequence.kind not in ("list", "tuple"):
        raise EvaluationError(f"index() searches a list or tuple, not {sequence.kind}", 0)
    items = items_of(sequence)
    if not items:
        raise EvaluationError("index() of an empty list finds nothing", 0)
    for position, item in enumerate(items):
        same = equals(item, wanted)
        if isinstance(same, Reason):
            return unknown(same, NUMBER, not_null=True)
        if same:
            return number(bigfloat.Int64(position))
    raise EvaluationError("the value is not in the list", 1)


def _match_keys(arguments: list[TfValue]) -> TfValue:
    values, keys, searched = arguments
    common = unify([keys.type, searched.type])
    if common is None:
        raise EvaluationError("the keys and the searched values must be of one type")
    if len(items_of(values)) != len(items_of(keys)):
        raise EvaluationError("there must be as many values as keys")
    element = element_of(values.type)
    keys, searched = convert(keys, common), convert(searched, common)
    if not items_of(searched):
        return make_list(element, [])
    if not (values.whole and keys.whole and searched.whole):
        return unknown(combined(arguments), values.type, not_null=True)
    wanted = items_of(searched)
    if len(wanted) * len(items_of(keys)) > _MAX_COMPARISONS:
        raise LimitError("the lists are too long")
    found = [
        value
        for value, key in zip(items_of(values), items_of(keys), strict=True)
        if any(equals(key, item) is True for item in wanted)
    ]
    return make_list(element, found)


def _one(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind not in ("list", "set", "tuple"):
        raise EvaluationError(f"one() takes a list, set or tuple, not {sequence.kind}", 0)
    if uncounted(sequence):
        return unknown(combined(arguments), element_of(sequence.type))
    items = items_of(sequence)
    if len(items) > 1:
        raise EvaluationError(f"one() takes at most one element, not {len(items)}", 0)
    if items:
        return items[0]
    return null(element_of(sequence.type))


def _range(arguments: list[TfValue]) -> TfValue:
    if not 1 <= len(arguments) <= 3:
        raise EvaluationError("range() takes one, two or three numbers")
    numbers = [number_of(argument) for argument in arguments]
    start, end = (bigfloat.Int64(0), numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else bigfloat.Int64(-1 if bigfloat.compare(end, start) < 0 else 1)
    direction = bigfloat.sign(step)
    if direction == 0:
        raise EvaluationError("the step must not be zero", 2)
    if bigfloat.compare(end, start) * direction < 0:
        raise EvaluationError("the step leads away from the end", 1)
    if all(isinstance(value, int) for value in (start, end, step)):
        return _range_of_whole(start, end, step)
    found: list[TfValue] = []
    try:
        while bigfloat.compare(end, start) * direction > 0:
            if len(found) >= _MAX_RANGE:
                raise EvaluationError(f"range() gives at most {_MAX_RANGE} numbers")
            found.append(number(start))
            start = bigfloat.add(start, step)
    except bigfloat.NumberError as problem:
        raise LimitError(str(problem)) from None
    return make_list(NUMBER, found)


def _range_of_whole(start: Number, end: Number, step: Number) -> TfValue:
    assert isinstance(start, int) and isinstance(end, int) and isinstance(step, int)
    if abs(end - start) > _MAX_RANGE * abs(step):
        raise EvaluationError(f"range() gives at most {_MAX_RANGE} numbers")
    kind = bigfloat.Int64 if isinstance(start, bigfloat.Int64) and isinstance(step, bigfloat.Int64) else int
    return make_list(NUMBER, [number(kind(value)) for value in range(start, end, step)])


def _reverse(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind not in ("list", "set", "tuple"):
        raise EvaluationError(f"reverse() takes a list or tuple, not {sequence.kind}", 0)
    backwards = items_of(sequence)[::-1]
    made = make_tuple(backwards) if sequence.kind == "tuple" else make_list(element_of(sequence.type), backwards)
    return made.marked(sequence.flags & MARKS)


def _slice(arguments: list[TfValue]) -> TfValue:
    sequence = arguments[0]
    if sequence.kind == "set":
        raise EvaluationError("a set has no positions to slice at", 0)
    if sequence.kind not in ("list", "tuple") and (sequence.known or sequence.kind != "dynamic"):
        raise EvaluationError(f"slice() takes a list or tuple, not {sequence.kind}", 0)
    if not sequence.known:
        return _unknown_slice(sequence, arguments)
    items = items_of(sequence)
    start, end = whole_number(arguments[1], "the start", 1), whole_number(arguments[2], "the end", 2)
    for position, (what, at) in enumerate((("start", start), ("end", end)), 1):
        if at < 0 or at > len(items):
            raise EvaluationError(f"the {what}, {at}, is outside the {len(items)} elements of the list", position)
    if start > end:
        raise EvaluationError(f"the start, {start}, is behind the end, {end}", 1)
    part = items[start:end]
    made = make_tuple(part) if sequence.kind == "tuple" else make_list(element_of(sequence.type), part)
    return made.marked(sequence.flags & MARKS)


def _unknown_slice(sequence: TfValue, arguments: list[TfValue]) -> TfValue:
    """A part of an unknown list: how many elements it has is certain, since ``slice`` fails for a list with fewer."""
    start, end = whole_number(arguments[1], "the start", 1), whole_number(arguments[2], "the end", 2)
    reason, marks = sequence.payload, sequence.flags & MARKS
    if start > end or start < 0 or end - start > _SLICED or not isinstance(reason, Reason):
        return unknown(combined((sequence,)), _same_type(arguments), marks=marks)
    if sequence.kind == "list":
        element = element_of(sequence.type)
        return make_list(element, [unknown(reason, element) for _ in range(end - start)]).marked(marks)
    types = sequence.type.elements[start:end] if sequence.kind == "tuple" else (DYNAMIC,) * (end - start)
    return make_tuple([unknown(reason, type_) for type_ in types]).marked(marks)


def _same_type(arguments: list[TfValue]) -> TfType:
    return arguments[0].type if arguments[0].kind == "list" else DYNAMIC


def _element_type(arguments: list[TfValue]) -> TfType:
    return element_of(arguments[0].type)


# An unknown list is cut into no more unknown elements than this.
def _typed_element(arguments: list[TfValue]) -> TfType:
    _of_kinds("element() reads a list or tuple", arguments[:1], ("list", "tuple"))
    return element_of(arguments[0].type)


def _typed_concat(arguments: list[TfValue]) -> TfType:
    _of_kinds("the arguments of concat() must be lists or tuples", arguments, ("list", "tuple"))
    return DYNAMIC


def _typed_chunks(arguments: list[TfValue]) -> TfType:
    return list_of(arguments[0].type)


def _of_kinds(clause: str, arguments: list[TfValue], kinds: tuple[str, ...]) -> None:
    """Refuse arguments whose kind is known and another one, even if their values are not known; next to one whose kind
    is not known Terraform does not look at the others."""
    if any(argument.kind == "dynamic" and not argument.known for argument in arguments):
        return
    for position, argument in enumerate(arguments):
        if argument.kind not in kinds:
            raise EvaluationError(f"{clause}, not {argument.kind}", position)


_SLICED = 256
_LIST = Parameter("list")
_MARKED = Parameter("list", marked=True)
_DYNAMIC_LIST = Parameter("list", LIST_OF_DYNAMIC)
FUNCTIONS = {
    "alltrue": Function(_all_true, (Parameter("list", list_of(BOOL)),), result=BOOL),
    "anytrue": Function(_any_true, (Parameter("list", list_of(BOOL)),), result=BOOL),
    "chunklist": Function(
        _chunk_list,
        (Parameter("list", LIST_OF_DYNAMIC, marked=True), Parameter("size", NUMBER, marked=True)),
        typed=_typed_chunks,
    ),
    "coalescelist": Function(_coalesce_list, variadic=Parameter("vals", null=True, unknown=True)),
    "concat": Function(_concat, variadic=Parameter("seqs", marked=True), typed=_typed_concat),
    "contains": Function(_contains, (_LIST, Parameter("value")), result=BOOL),
    "distinct": Function(_distinct, (_DYNAMIC_LIST,), typed=_same_type),
    "element": Function(_element, (_MARKED, numeric("index")), typed=_typed_element, nullable=True),
    "flatten": Function(_flatten, (_MARKED,)),
    "index": Function(_index, (_LIST, Parameter("value")), result=NUMBER),
    "matchkeys": Function(
        _match_keys,
        (
            Parameter("values", LIST_OF_DYNAMIC),
            Parameter("keys", LIST_OF_DYNAMIC),
            Parameter("searchset", LIST_OF_DYNAMIC),
        ),
        result=LIST_OF_DYNAMIC,
    ),
    "one": Function(_one, (_LIST,), typed=_element_type, nullable=True),
    "range": Function(_range, variadic=numeric("params"), result=LIST_OF_NUMBER),
    "reverse": Function(_reverse, (_MARKED,), typed=_same_type),
    "slice": Function(
        _slice,
        (Parameter("list", marked=True, unknown=True), numeric("start_index"), numeric("end_index")),
        typed=_same_type,
    ),
}
