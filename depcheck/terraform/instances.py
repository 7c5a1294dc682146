"""Resources as they are instantiated. Everything is evaluated when it is first asked for, and once."""

from __future__ import annotations

from depcheck.source import Text
from depcheck.terraform.configuration import Argument, Declaration
from depcheck.terraform.evaluation import Run
from depcheck.terraform.expansion import Expansion, Key, key_value
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Log, Scope
from depcheck.terraform.types import DYNAMIC, NUMBER, STRING, TfType, element_of
from depcheck.terraform.values import (
    MARKS,
    NOT_NULL,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    make_object,
    unknown,
)
from depcheck.values import Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.modules import Module

_OTHER_STATE = "terraform_remote_state"
Steps = tuple[str | int, ...]
Answer = tuple[TfValue, int] | None


class Frame:
    """Where a block's expressions are evaluated: in a module, for one of the block's instances."""

    __slots__ = ("each_key", "each_value", "index", "instance", "log", "module", "scopes")

    def __init__(self, module: Module, expansion: Expansion | None = None, key: Key = None) -> None:
        self.module = module
        # There may be no such instance at all: what goes wrong in it does not count.
        self.log = Log() if expansion is not None and expansion.open is not None else module.run.log
        self.instance: Instance | None = None
        self.scopes: dict[int, Scope] = {}
        self.index: TfValue | None = None
        self.each_key: TfValue | None = None
        self.each_value: TfValue | None = None
        if expansion is None or expansion.mode == "one":
            return
        if expansion.mode == "count":
            self.index = key_value(key) if key is not None else _one_of(expansion, NUMBER, "count.index")
        elif key is not None:
            self.each_key = key_value(key)
            self.each_value = expansion.keys[key]
        else:
            source = expansion.open
            self.each_key = _one_of(expansion, STRING, "each.key")
            element = element_of(source.type) if source is not None and not source.known else DYNAMIC
            self.each_value = _one_of(expansion, element, "each.value")

    def scope(self, text: Text) -> Scope:
        """The scope for expressions of a text."""
        found = self.scopes.get(id(text))
        if found is None:
            run = self.module.run
            found = Scope(text, self.resolve, files=run.files, log=self.log, budget=run.budget)
            self.scopes[id(text)] = found
        return found

    def resolve(self, root: str, steps: Steps) -> Answer:
        """What a name means here."""
        name = steps[0] if steps else ""
        if root == "each":
            found = self.each_key if name == "key" else self.each_value if name == "value" else None
        elif root == "count":
            found = self.index if name == "index" else None
        elif root == "self":
            return self._self(steps)
        else:
            return self.module.resolve(root, steps)
        return (found, 1) if found is not None else (unknown(f"{root}.{name} has no value here"), len(steps))

    def _self(self, steps: Steps) -> Answer:
        if self.instance is None:
            return unknown("self has no value here"), len(steps)
        if steps and isinstance(steps[0], str):
            return self.instance.attribute(steps[0]), 1
        return self.instance.value(), 0


def _one_of(expansion: Expansion, type_: TfType, name: str) -> TfValue:
    if expansion.open is None or expansion.open.known:
        return unknown(f"{name} differs between instances", type_, not_null=True)
    return unknown(combined((expansion.open,)), type_, not_null=True)


class Instance:
    """One instance of a resource or a data source, or the one that stands for all of them."""

    __slots__ = ("address", "declaration", "frame", "known", "memo")

    def __init__(self, declaration: Declaration, frame: Frame, address: str) -> None:
        self.declaration = declaration
        self.frame = frame
        self.address = address
        self.memo: dict[str, TfValue] = {}
        self.known: dict[str, TfValue] = {}
        frame.instance = self

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.declaration.block.labels[0].text

    def evaluated(self, name: str, argument: Argument) -> TfValue:
        """The value of an argument."""
        found = self.memo.get(name)
        if found is None:
            run = self.frame.module.run
            with run.entering(self, name) as entered:
                if not entered:
                    return circular(f"{self.address}.{name}", argument, run)
                found = evaluate(argument.node.value, self.frame.scope(argument.text))
            self.memo[name] = found
        return found

    def attribute(self, name: str) -> TfValue:
        """An attribute as references to it see it."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = self._attribute(name)
        return found

    def _attribute(self, name: str) -> TfValue:
        declaration = self.declaration
        argument = declaration.arguments.get(name)
        if argument is not None:
            value = self.evaluated(name, argument)
            if value.known and value.payload is not None:
                return value
            if isinstance(value.payload, Reason):
                kept = value.payload
                reason = Reason(kept.clause, kept.missing, self.address, failed=kept.failed, parts=kept.parts)
                marks = value.flags & MARKS
                made = unknown(reason, value.type, marks=marks, not_null=bool(value.flags & NOT_NULL))
                return made.at(value.text, value.node, value.via)
        if declaration.block.type == "data":
            from depcheck.terraform.data_sources import computed

            with self.frame.module.run.entering(self, f"computed {name}") as entered:
                made_of = computed(self, name) if entered else None
            if made_of is not None:
                return made_of
        full = f"{self.address}.{name}" if name else self.address
        clause = f"{full} is not known before it is applied"
        if declaration.block.type == "data":
            clause = f"{full} is read from {'another state' if self.type == _OTHER_STATE else 'what is deployed'}"
        reason = Reason(clause, (Missing(full, declaration.header),), self.address)
        return unknown(reason).at(declaration.text, declaration.header_node, ())

    def value(self) -> TfValue:
        """The instance as an object whose attributes are evaluated when they are asked for."""
        made = make_object(OpenAttributes({}, self.attribute))
        return made.at(self.declaration.text, self.declaration.header_node, ())


def circular(name: str, argument: Argument, run: Run) -> TfValue:
    """The value of something that depends on itself, which is a problem."""
    clause = f"{name} depends on itself"
    Scope(argument.text, log=run.certain).report(clause, argument.node.value)
    return unknown(Reason(clause, failed=True)).at(argument.text, argument.node.value, ())
