"""What the Serverless Application Model adds to a template: ``Globals``."""

from __future__ import annotations

from depcheck.values import Known, Value

#: Type of resource → its section of ``Globals`` (AWS SAM Developer Guide, Globals section of the template).
SECTIONS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::HttpApi": "HttpApi",
    "AWS::Serverless::SimpleTable": "SimpleTable",
    "AWS::Serverless::StateMachine": "StateMachine",
    "AWS::Serverless::LayerVersion": "LayerVersion",
    "AWS::Serverless::CapacityProvider": "CapacityProvider",
}


def with_globals(kind: str, properties: Value, root: Known) -> Value:
    """The properties of a resource joined with those that ``Globals`` gives to all of its type."""
    section = SECTIONS.get(kind)
    if section is None:
        return properties
    shared = root.get("Globals", section)
    if not isinstance(shared, Known) or not isinstance(shared.value, dict):
        return properties
    if not isinstance(properties, Known):
        return shared
    return _joined(shared, properties)


def _joined(shared: Known, own: Known) -> Known:
    """Maps are joined, lists put one after the other, anything else is replaced by the resource's own."""
    if isinstance(shared.value, dict) and isinstance(own.value, dict) and not _is_function(own):
        entries = dict(shared.value)
        for name, value in own.value.items():
            before = entries.get(name)
            if isinstance(before, Known) and isinstance(value, Known):
                entries[name] = _joined(before, value)
            else:
                entries[name] = value
        return Known(entries, own.span, via=own.via, key=own.key)
    if isinstance(shared.value, list) and isinstance(own.value, list):
        return Known([*shared.value, *own.value], own.span, via=own.via, key=own.key)
    return own


def _is_function(value: Known) -> bool:
    return (
        isinstance(value.value, dict) and len(value.value) == 1 and next(iter(value.value)).startswith(("Fn::", "Ref"))
    )
