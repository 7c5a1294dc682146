"""Which provider block a resource belongs to, and what that gives it: a region and default tags."""

from __future__ import annotations

from depcheck.source import Span
from depcheck.syntax.hcl_ast import Expression, GetAttr, Name, Object, Parentheses, String
from depcheck.terraform.blocks import parts_named
from depcheck.terraform.bridge import to_value
from depcheck.terraform.configuration import Declaration
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Frame, Instance
from depcheck.terraform.modules import Module
from depcheck.terraform.values import TfValue
from depcheck.values import Known, Step, Unknown, Value

# Services without regions: their resources have no such attribute.
_GLOBAL = ("aws_iam_", "aws_route53_", "aws_cloudfront_", "aws_organizations_", "aws_account_", "aws_shield_")


class Provider:
    """A provider block, and the frame that it is evaluated in."""

    __slots__ = ("declaration", "frame", "name", "region", "tags")

    def __init__(self, name: str, declaration: Declaration, frame: Frame) -> None:
        self.name = name
        self.declaration = declaration
        self.frame = frame
        self.region = self._region()
        self.tags = self._tags()

    def value(self, name: str) -> TfValue | None:
        """The value of an argument; None where it is not given or null."""
        argument = self.declaration.arguments.get(name)
        if argument is None:
            return None
        value = evaluate(argument.node.value, self.frame.scope(argument.text))
        return None if value.payload is None else value

    def _region(self) -> Value | None:
        value = self.value("region")
        return None if value is None else _through(to_value(value, self.declaration.header), "the provider's region")

    def _tags(self) -> Value | None:
        for part in parts_named(self.declaration, "default_tags", self.frame.scope):
            tags = part.value("tags")
            if tags is not None:
                return to_value(tags, part.span)
        return None


def _through(value: Value, words: str) -> Value:
    if isinstance(value, Known):
        return Known(value.value, value.span, via=(Step(words, value.span), *value.via), sensitive=value.sensitive)
    return value


def provider_of(instance: Instance) -> Provider | None:
    """The provider of a resource; None where no block configures it."""
    name, alias = instance.type.partition("_")[0], ""
    argument = instance.declaration.arguments.get("provider")
    if argument is not None:
        name, alias = _reference(argument.node.value) or (name, alias)
    return find(instance.frame.module, name, alias)


def find(module: Module, name: str, alias: str) -> Provider | None:
    """The provider that a name means in a module."""
    known = module.providers
    if (name, alias) not in known:
        known[name, alias] = None
        known[name, alias] = _find(module, name, alias)
    found = known[name, alias]
    assert found is None or isinstance(found, Provider)
    return found


def _find(module: Module, name: str, alias: str) -> Provider | None:
    for declaration in module.configuration.providers:
        if declaration.block.labels[0].text == name and alias_of(declaration) == alias:
            return Provider(name, declaration, module.frame)
    if module.caller is None or module.call is None:
        return None
    argument = module.call.arguments.get("providers")
    node = argument.node.value if argument is not None else None
    for key, value in node.items if isinstance(node, Object) else ():
        if _reference(key) == (name, alias):
            outer = _reference(value)
            return find(module.caller.module, *outer) if outer is not None else None
    return find(module.caller.module, name, "") if not alias else None


def alias_of(declaration: Declaration) -> str:
    """The alias of a provider block; empty for the default one."""
    argument = declaration.arguments.get("alias")
    node = argument.node.value if argument is not None else None
    return node.value if isinstance(node, String) else ""


def _reference(node: Expression) -> tuple[str, str] | None:
    """``aws``, ``aws.west`` or, as old configurations write it, ``"aws.west"``."""
    while isinstance(node, Parentheses):
        node = node.inner
    if isinstance(node, String):
        name, _, alias = node.value.partition(".")
        return name, alias
    if isinstance(node, Name):
        return node.name, ""
    if isinstance(node, GetAttr) and isinstance(node.base, Name):
        return node.base.name, node.name
    return None


def add_inherited(instance: Instance, attributes: dict[str, Value], header: Span) -> None:
    """Add what a resource of AWS has from its provider: ``region`` and ``tags_all``."""
    if not instance.type.startswith("aws_"):
        return
    provider = provider_of(instance)
    if provider is not None and provider.region is not None and not instance.type.startswith(_GLOBAL):
        attributes.setdefault("region", provider.region)
    own, inherited = attributes.get("tags"), provider.tags if provider is not None else None
    if own is not None or inherited is not None:
        attributes["tags_all"] = _merged(inherited, own, header)


def _merged(inherited: Value | None, own: Value | None, header: Span) -> Value:
    if inherited is None or own is None:
        found = own if inherited is None else inherited
        assert found is not None
        return found
    entries: dict[str, Value] = {}
    rest: Unknown | None = None
    for tags in (inherited, own):
        if isinstance(tags, Known):
            entries.update(tags.items())
            rest = tags.rest if rest is None else rest
        elif isinstance(tags, Unknown):
            # Any of the inherited tags may be replaced by one of these.
            entries, rest = {}, tags
    place = own.span if isinstance(own, Known) else header
    return Known(entries, place, rest=rest)
