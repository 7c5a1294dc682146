"""``aws_iam_policy_document``: the policy that its blocks make, as a value and as the JSON text that it renders.

What is written is from the provider's documentation of the data source: statements in order, those of
``source_policy_documents`` first; one with the same ``sid`` takes the place of an earlier one, and
``override_policy_documents`` come last.
"""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.terraform.blocks import Part, parts_named
from depcheck.terraform.functions import lookup
from depcheck.terraform.functions.jsontext import encode
from depcheck.terraform.functions.spec import call
from depcheck.terraform.instances import Instance
from depcheck.terraform.types import STRING
from depcheck.terraform.values import (
    EvaluationError,
    LimitError,
    Reason,
    TfValue,
    combined,
    entries_of,
    items_of,
    make_object,
    make_tuple,
    string,
    text_of,
    unknown,
)

_LISTS = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
# In which order the provider writes the elements of a statement.
_ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)


def rendered(instance: Instance, name: str) -> TfValue:
    """The attribute ``json`` or ``minified_json``; ``document`` of the result is the policy as a value."""
    document = _document(instance)
    declaration = instance.declaration
    if not document.whole:
        reason = combined((document,))
        made = unknown(Reason(reason.clause, reason.missing, instance.address), STRING, not_null=True)
    else:
        made = string(_text(document, 0 if name == "json" else None))
    return TfValue(
        made.kind,
        made.payload,
        STRING,
        made.flags,
        declaration.text,
        declaration.header_node,
        (),
        made.weight,
        made.depth,
        document,
    )


def _document(instance: Instance) -> TfValue:
    declaration = instance.declaration
    statements: list[TfValue] = []
    for name in ("source_json", "source_policy_documents"):
        _merge(statements, _given(instance, name))
    own: list[TfValue] = []
    for part in parts_named(declaration, "statement", instance.frame.scope):
        own.append(part.open if part.open is not None else _statement(part))
    _merge(statements, own)
    for name in ("override_json", "override_policy_documents"):
        _merge(statements, _given(instance, name))
    elements = {"Statement": make_tuple(statements)}
    version = declaration.arguments.get("version")
    value = instance.evaluated("version", version) if version is not None else None
    elements["Version"] = value if value is not None and value.payload is not None else string("2012-10-17")
    identifier = declaration.arguments.get("policy_id")
    value = instance.evaluated("policy_id", identifier) if identifier is not None else None
    if value is not None and value.payload is not None:
        elements["Id"] = value
    return make_object(elements).at(declaration.text, declaration.header_node, ())


def _given(instance: Instance, name: str) -> Iterator[TfValue]:
    """The statements of the policies that an argument names."""
    argument = instance.declaration.arguments.get(name)
    if argument is None:
        return
    value = instance.evaluated(name, argument)
    for policy in items_of(value) if isinstance(value.payload, list) else [value]:
        yield from statements_of(policy)


def statements_of(policy: TfValue) -> Iterator[TfValue]:
    """The statements of a policy that is a text; one that is unknown for a policy that is."""
    document = policy.document
    if document is None and policy.payload and isinstance(policy.payload, str):
        decode = lookup("jsondecode")
        try:
            document = call("jsondecode", decode, [policy], None) if decode is not None else None
        except (EvaluationError, LimitError):
            document = None
    if document is None or not isinstance(document.payload, dict):
        if not policy.known:
            yield policy
        return
    found = entries_of(document).get("Statement")
    if found is None:
        return
    for statement in items_of(found) if isinstance(found.payload, list) else [found]:
        yield statement if statement.node is not None else statement.at(policy.text, policy.node, policy.via)


def _merge(statements: list[TfValue], others: Iterator[TfValue] | list[TfValue]) -> None:
    for other in others:
        sid = _sid(other)
        at = next((index for index, each in enumerate(statements) if sid and _sid(each) == sid), None)
        if at is None:
            statements.append(other)
        else:
            statements[at] = other


def _sid(statement: TfValue) -> str:
    found = statement.payload.get("Sid") if isinstance(statement.payload, dict) else None
    return found.payload if found is not None and isinstance(found.payload, str) else ""


def _statement(part: Part) -> TfValue:
    elements: dict[str, TfValue] = {}
    sid = part.value("sid")
    if sid is not None and sid.payload != "":
        elements["Sid"] = sid
    elements["Effect"] = part.value("effect") or string("Allow").at(part.text, part.header, ())
    for name, element in _LISTS.items():
        value = part.value(name)
        if value is not None and value.payload != []:
            elements[element] = value
    for name, element in _PRINCIPALS.items():
        principals = _principals(part, name)
        if principals is not None:
            elements[element] = principals
    conditions = _conditions(part)
    if conditions is not None:
        elements["Condition"] = conditions
    return make_object(elements).at(part.text, part.header, ())


def _principals(part: Part, name: str) -> TfValue | None:
    found: dict[str, list[TfValue]] = {}
    for inner in part.parts(name):
        if inner.open is not None:
            return inner.open
        kind, identifiers = inner.value("type"), inner.value("identifiers")
        if kind is None or identifiers is None:
            continue
        if not kind.known or not isinstance(kind.payload, str):
            return unknown(combined((kind,))).at(kind.text, kind.node, kind.via)
        listed = items_of(identifiers) if isinstance(identifiers.payload, list) else [identifiers]
        found.setdefault(kind.payload, []).extend(listed)
    if not found:
        return None
    everybody = found.get("*")
    if everybody and len(found) == 1 and any(each.payload == "*" for each in everybody):
        return everybody[0]
    return make_object({kind: make_tuple(listed) for kind, listed in found.items()}).at(part.text, part.header, ())


def _conditions(part: Part) -> TfValue | None:
    found: dict[str, dict[str, TfValue]] = {}
    for inner in part.parts("condition"):
        if inner.open is not None:
            return inner.open
        test, variable, values = inner.value("test"), inner.value("variable"), inner.value("values")
        if test is None or variable is None or values is None:
            continue
        if not isinstance(test.payload, str) or not isinstance(variable.payload, str):
            return unknown(combined((test, variable))).at(inner.text, inner.header, ())
        found.setdefault(test.payload, {})[variable.payload] = values
    if not found:
        return None
    return make_object({test: make_object(dict(keys)) for test, keys in found.items()}).at(part.text, part.header, ())


# -- text ----------------------------------------------------------------------------------------------------------


def _text(document: TfValue, indent: int | None) -> str:
    entries = entries_of(document)
    made: dict[str, object] = {"Version": entries["Version"]}
    if "Id" in entries:
        made["Id"] = entries["Id"]
    made["Statement"] = [_ordered(each) for each in items_of(entries["Statement"])]
    return _write(made, indent)


def _ordered(statement: TfValue) -> object:
    if not isinstance(statement.payload, dict):
        return statement
    entries = entries_of(statement)
    made: dict[str, object] = {}
    for name in (*[name for name in _ORDER if name in entries], *[name for name in entries if name not in _ORDER]):
        made[name] = _simplified(entries[name])
    return made


def _simplified(value: TfValue) -> object:
    """A list of one is that one; the provider sorts longer lists from the last to the first."""
    if isinstance(value.payload, list):
        items = items_of(value)
        if all(isinstance(item.payload, str) for item in items):
            items = sorted(items, key=text_of, reverse=True)
        return items[0] if len(items) == 1 else items
    if isinstance(value.payload, dict):
        return {name: _simplified(item) for name, item in entries_of(value).items()}
    return value


def _write(value: object, indent: int | None) -> str:
    if isinstance(value, TfValue):
        return encode(value)
    inner = None if indent is None else indent + 2
    start = "" if inner is None else "\n" + " " * inner
    end = "" if indent is None else "\n" + " " * indent
    if isinstance(value, dict):
        colon = ":" if indent is None else ": "
        rows = [f"{start}{encode(string(name))}{colon}{_write(item, inner)}" for name, item in value.items()]
        return "{" + ",".join(rows) + end + "}"
    assert isinstance(value, list)
    return "[" + ",".join([f"{start}{_write(item, inner)}" for item in value]) + end + "]"
