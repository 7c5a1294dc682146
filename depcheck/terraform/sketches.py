"""Public modules that are not on disk: ``schemas/terraform-modules.json`` says in short what they make of their inputs.

A sketch is a configuration in Terraform's JSON syntax and is evaluated as any module. What it makes stands at the call:
a value that an input decides stands at that input, anything else at the header of the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from depcheck.data import load_json
from depcheck.model import Resource
from depcheck.patterns import Pattern
from depcheck.source import Source, Span, Text
from depcheck.syntax import hcl
from depcheck.syntax.hcl_ast import String
from depcheck.terraform.configuration import SKETCHED, Configuration, Declaration, configure
from depcheck.terraform.modules import Module
from depcheck.values import Known, Missing, Step, Unknown, Value

_GIT = Pattern(
    r"(?:git::)?(?:https://|ssh://|git@|https://[^@/]+@)?(?:git@)?github\.com[:/]"
    r"(?P<owner>[\w-]+)/terraform-(?P<provider>[a-z]+)-(?P<name>[\w-]+?)(?:\.git)?"
    r"(?P<path>//[\w./-]+)?(?:\?(?P<query>.*))?"
)
# A registry's module as Terragrunt writes it.
_REGISTRY = Pattern(r"tfr://(?:[\w.-]*)/(?P<name>[\w/.-]+?)(?:\?(?P<query>.*))?")
_MAJOR = Pattern(r"(?P<operator>~>|>=|<=|<|>|!=|=)?\s*v?(?P<major>\d+)(?P<rest>[\d.x]*)")


@cache
def _table() -> Mapping[str, Mapping[str, object]]:
    modules = load_json("schemas", "terraform-modules.json")["modules"]
    found: dict[str, Mapping[str, object]] = {}
    for module in modules if isinstance(modules, list) else ():
        for name in module["names"]:
            found[name] = module
    return found


def name_of(source: str) -> tuple[str, str]:
    """A module's name in the registry, and the version that its source asks for."""
    match = _GIT.fullmatch(source)
    if source.startswith("tfr://") and (called := _REGISTRY.fullmatch(source)) is not None:
        return called["name"].rstrip("/"), _query(called["query"]).get("version", "")
    if match is None:
        return source.removeprefix("registry.terraform.io/").removeprefix("registry.opentofu.org/"), ""
    name = f"{match['owner']}/{match['name']}/{match['provider']}{match['path'] or ''}"
    return name.rstrip("/"), _query(match["query"]).get("ref", "")


def _query(query: str | None) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in (query or "").split("&"))}


def sketch_of(source: str, call: Declaration | None = None) -> Configuration | None:
    """The sketch of the module that a call (or a unit of Terragrunt's) asks for; None where there is none."""
    name, version = name_of(source)
    if name not in _table():
        return None
    argument = call.arguments.get("version") if call is not None else None
    if argument is not None and isinstance(argument.node.value, String):
        version = argument.node.value.value
    return _sketch(name, _newest(version))


def _newest(version: str) -> int | None:
    """The newest major version that a constraint allows; None where nothing bounds it."""
    bounds: list[int] = []
    for part in version.split(","):
        match = _MAJOR.fullmatch(part.strip())
        if match is None:
            continue
        major = int(match["major"])
        if match["operator"] in (None, "=", "~>", "<="):
            bounds.append(major)
        elif match["operator"] == "<":
            bounds.append(major if match["rest"].strip(".0x") else major - 1)
    return min(bounds) if bounds else None


@cache
def _sketch(name: str, major: int | None) -> Configuration:
    import json

    module = _table()[name]
    content = module["configuration"]
    since = module["since"]
    assert isinstance(content, dict) and isinstance(since, dict)
    variables = dict(content["variable"])
    if major is not None:
        for variable, first in since.items():
            if major < first and variable in variables:
                variables[variable] = {}
    text = json.dumps({**content, "variable": variables})
    file = hcl.parse_json(Text.of(Source(SKETCHED, text)))
    made = configure(name, [SKETCHED], {SKETCHED: file})
    made.sketch = name
    return made


def place(resource: Resource, module: Module) -> Resource:
    """The resource of a sketch as it stands in the files: at the call of the module."""
    header = module.run.header if module.call is None else module.call.header
    assert header is not None
    placing = _Placing(header, f"the default of {module.configuration.sketch}")
    attributes = placing.value(resource.attributes)
    assert isinstance(attributes, Known)
    return Resource(
        resource.type,
        resource.address,
        attributes,
        header,
        name=resource.name,
        kind=resource.kind,
        environment=resource.environment,
        extent=header,
        root=resource.root,
        instances=resource.instances,
    )


class _Placing:
    __slots__ = ("header", "words")

    def __init__(self, header: Span, words: str) -> None:
        self.header = header
        self.words = words

    def place(self, span: Span, via: tuple[Step, ...]) -> tuple[Span, tuple[Step, ...]]:
        """The first place on the way to a value that is in a file, and the way from there; the call for a value that
        the module itself decides."""
        if span.source.path == SKETCHED:
            span = self.header
            for index, step in enumerate(via):
                if step.span is not None and step.span.source.path != SKETCHED:
                    span, via = step.span, via[index + 1 :]
                    break
        return span, tuple([step for step in via if step.span is None or step.span.source.path != SKETCHED])

    def key(self, key: Span | None) -> Span | None:
        return key if key is not None and key.source.path != SKETCHED else None

    def missing(self, span: Span | None) -> Span | None:
        return self.header if span is not None and span.source.path == SKETCHED else span

    def value(self, value: Value) -> Value:
        if isinstance(value, Unknown):
            return self.unknown(value)
        if not isinstance(value, Known):
            return value
        inner = value.value
        if isinstance(inner, dict):
            inner = {name: self.value(item) for name, item in inner.items()}
        elif isinstance(inner, list):
            inner = [self.value(item) for item in inner]
        span, via = self.place(value.span, value.via)
        if span is self.header and not via and not isinstance(inner, (dict, list)):
            via = (Step(self.words),)
        return Known(
            inner,
            span,
            via=via,
            key=self.key(value.key),
            sensitive=value.sensitive,
            document=self.value(value.document) if value.document is not None else None,
            rest=self.unknown(value.rest) if value.rest is not None else None,
        )

    def unknown(self, value: Unknown) -> Unknown:
        return Unknown(
            value.reason,
            self.place(value.span, ())[0],
            missing=tuple([Missing(each.name, self.missing(each.span)) for each in value.missing]),
            refers=value.refers,
            key=self.key(value.key),
            sensitive=value.sensitive,
            outline=value.outline,
            document=self.value(value.document) if value.document is not None else None,
        )
