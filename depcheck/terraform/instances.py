"""Modules and resources as they are instantiated. Everything is evaluated when it is first asked for, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import relpath

from depcheck.source import Text
from depcheck.terraform.configuration import Argument, Configuration, Declaration
from depcheck.terraform.evaluation import MAX_MODULE_DEPTH, MAX_MODULES, Run
from depcheck.terraform.expansion import Expansion, Key, address_of, expand, key_value
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.scope import Log, Scope
from depcheck.terraform.types import DYNAMIC, NUMBER, STRING, TfType, element_of
from depcheck.terraform.values import (
    MARKS,
    NOT_NULL,
    SENSITIVE,
    OpenAttributes,
    Reason,
    TfValue,
    combined,
    make_object,
    make_tuple,
    string,
    unknown,
)
from depcheck.terraform.variables import constraint_of, flag, refusal, value_of
from depcheck.values import Missing

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
                    return _circular(f"{self.address}.{name}", argument, run)
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
        reason = Reason(f"{full} is not known before it is applied", (Missing(full, declaration.header),), self.address)
        return unknown(reason).at(declaration.text, declaration.header_node, ())

    def value(self) -> TfValue:
        """The instance as an object whose attributes are evaluated when they are asked for."""
        made = make_object(OpenAttributes({}, self.attribute))
        return made.at(self.declaration.text, self.declaration.header_node, ())


def _circular(name: str, argument: Argument, run: Run) -> TfValue:
    clause = f"{name} depends on itself"
    Scope(argument.text, log=run.certain).report(clause, argument.node.value)
    return unknown(Reason(clause, failed=True)).at(argument.text, argument.node.value, ())


class Module:
    """One instance of a module: the root, or what a call makes of a folder's configuration."""

    __slots__ = (
        "address",
        "call",
        "caller",
        "configuration",
        "depth",
        "expansions",
        "frame",
        "inputs",
        "instances",
        "locals",
        "modules",
        "outputs",
        "path",
        "providers",
        "run",
        "variables",
    )

    def __init__(
        self,
        run: Run,
        configuration: Configuration,
        *,
        address: str = "",
        call: Declaration | None = None,
        caller: Frame | None = None,
    ) -> None:
        self.run = run
        self.configuration = configuration
        self.address = address
        self.call = call
        self.caller = caller
        # The names of the calls that lead here.
        self.path: tuple[str, ...] = (*caller.module.path, call.name) if caller is not None and call is not None else ()
        self.depth: int = caller.module.depth + 1 if caller is not None else 0
        self.frame = Frame(self)
        self.inputs: dict[str, TfValue] = {}
        self.variables: dict[str, TfValue] = {}
        self.locals: dict[str, TfValue] = {}
        self.outputs: dict[str, TfValue] = {}
        # Providers by name and alias, kept for depcheck.terraform.providers.
        self.providers: dict[tuple[str, str], object] = {}
        self.expansions: dict[int, Expansion] = {}
        self.instances: dict[tuple[int, Key], Instance] = {}
        self.modules: dict[tuple[str, Key], Module | Opaque] = {}

    # -- names ---------------------------------------------------------------------------------------------------

    def resolve(self, root: str, steps: Steps) -> Answer:
        """What a name means in this module."""
        handler = _NAMESPACES.get(root)
        if handler is not None:
            return handler(self, steps)
        return self._resource(root, steps)

    def _resource(self, type_: str, steps: Steps) -> Answer:
        if not steps or not isinstance(steps[0], str):
            return _undeclared(type_, 0)
        declaration = self.configuration.resources.get((type_, steps[0]))
        if declaration is None:
            address = self.within(f"{type_}.{steps[0]}")
            return _undeclared(address, len(steps) if "_" in type_ else 0, refers=address)
        found, used = self._repeated(declaration, steps[1:])
        return found, used + 1

    def _data(self, steps: Steps) -> Answer:
        if len(steps) < 2 or not isinstance(steps[0], str) or not isinstance(steps[1], str):
            return _undeclared("data", 0)
        declaration = self.configuration.data.get((steps[0], steps[1]))
        if declaration is None:
            return _undeclared(self.within(f"data.{steps[0]}.{steps[1]}"), len(steps))
        found, used = self._repeated(declaration, steps[2:])
        return found, used + 2

    def _repeated(self, declaration: Declaration, steps: Steps) -> tuple[TfValue, int]:
        """A resource's instance or attribute; how many steps that takes."""
        expansion = self.expansion(declaration)

        def instance(key: Key) -> Instance:
            return self.instance(declaration, expansion, key)

        return _picked(
            expansion, steps, lambda key: instance(key).value(), lambda key, name: instance(key).attribute(name)
        )

    def _module(self, steps: Steps) -> Answer:
        if not steps or not isinstance(steps[0], str):
            return _undeclared("module", 0)
        name = steps[0]
        declaration = self.configuration.calls.get(name)
        if declaration is None:
            return _undeclared(self.within(f"module.{name}"), len(steps))
        expansion = self.expansion(declaration)
        picked = _picked(
            expansion,
            steps[1:],
            lambda key: self.called(name, key).value(),
            lambda key, output: self.called(name, key).output(output),
        )
        return picked[0], picked[1] + 1

    def _variable(self, steps: Steps) -> Answer:
        if not steps or not isinstance(steps[0], str):
            return _undeclared("var", 0)
        return self.variable(steps[0]), 1

    def _local(self, steps: Steps) -> Answer:
        if not steps or not isinstance(steps[0], str):
            return _undeclared("local", 0)
        return self.local(steps[0]), 1

    def _any_resource(self, steps: Steps) -> Answer:
        """``resource.aws_instance.web``: the long way to say it."""
        if not steps or not isinstance(steps[0], str):
            return _undeclared("resource", 0)
        found = self._resource(steps[0], steps[1:])
        return (found[0], found[1] + 1) if found is not None else None

    def _path(self, steps: Steps) -> Answer:
        name = steps[0] if steps else ""
        if name == "root":
            return string("."), 1
        if name == "module":
            root, own = self.run.root.path, self.configuration.path
            return string(relpath(own or ".", root or ".")), 1
        return unknown(f"path.{name} depends on where Terraform runs", STRING), len(steps)

    def _terraform(self, steps: Steps) -> Answer:
        if steps and steps[0] == "workspace" and self.run.workspace is not None:
            return self.run.workspace, 1
        gap = Reason("terraform.workspace is not known", (Missing("terraform.workspace"),))
        return unknown(gap, STRING, not_null=True), len(steps)

    def _ephemeral(self, steps: Steps) -> Answer:
        return _undeclared(".".join(["ephemeral", *map(str, steps[:2])]), len(steps))

    # -- values --------------------------------------------------------------------------------------------------

    def within(self, address: str) -> str:
        """The full address of something in this module."""
        return f"{self.address}.{address}" if self.address else address

    def variable(self, name: str) -> TfValue:
        """The value of a variable."""
        found = self.variables.get(name)
        if found is not None:
            return found
        declaration = self.configuration.variables.get(name)
        if declaration is None:
            return unknown(Reason(f"var.{name} is not declared", (Missing(f"var.{name}"),)))
        run = self.run
        with run.entering(self, f"var.{name}") as entered:
            if not entered:
                return unknown(Reason(f"var.{name} depends on itself", failed=True))
            given = [value] if (value := self.input(name)) is not None else []
            if self.caller is None:
                given = list(run.values.get(name, ()))
            found = value_of(declaration, constraint_of(declaration, run.certain), given, self._lacking(name), run.log)
            self.variables[name] = found
        if any(block.type == "validation" for block in declaration.block.body.blocks):
            self._validate(declaration, found)
        return found

    def _validate(self, declaration: Declaration, value: TfValue) -> None:
        before = self.run.log.count
        said = refusal(declaration, value, lambda each: self.frame.scope(each.text))
        self.run.log.forget(before)
        if said is not None and value.node is not None and value.text is not None:
            place = value.via[-1] if value.via and self.caller is None else None
            text, node = (place.text, place.node) if place is not None else (value.text, value.node)
            if text is not None and node is not None:
                clause = f"var.{declaration.name} is refused by its own validation: {said[:200]}"
                Scope(text, log=self.run.log).report(clause, node)

    def _lacking(self, name: str) -> str:
        if self.configuration.sketch:
            return f"{self.address} leaves {name} to the default of its version"
        if self.call is not None:
            return f"{self.address} gives no value for var.{name}"
        where = f" in {self.run.environment}" if self.run.environment else ""
        return f"var.{name} has no value{where}"

    def input(self, name: str) -> TfValue | None:
        """The value that the call gives to a variable; None where it gives none."""
        if self.call is None or self.caller is None:
            return None
        argument = self.call.arguments.get(name)
        if argument is None:
            return None
        found = self.inputs.get(name)
        if found is None:
            found = self.inputs[name] = evaluate(argument.node.value, self.caller.scope(argument.text))
        return found

    def local(self, name: str) -> TfValue:
        """The value of a local."""
        found = self.locals.get(name)
        if found is None:
            argument = self.configuration.locals.get(name)
            if argument is None:
                return unknown(Reason(f"local.{name} is not declared", (Missing(f"local.{name}"),)))
            with self.run.entering(self, f"local.{name}") as entered:
                if not entered:
                    return _circular(f"local.{name}", argument, self.run)
                found = evaluate(argument.node.value, self.frame.scope(argument.text))
            self.locals[name] = found
        return found

    def output(self, name: str) -> TfValue:
        """The value of an output."""
        found = self.outputs.get(name)
        if found is None:
            declaration = self.configuration.outputs.get(name)
            argument = declaration.arguments.get("value") if declaration is not None else None
            if declaration is None or argument is None:
                full = f"{self.address}.{name}" if name else self.address
                return unknown(Reason(f"{full} is not declared", (Missing(full),)))
            with self.run.entering(self, f"output.{name}") as entered:
                if not entered:
                    return _circular(f"{self.address}.{name}", argument, self.run)
                found = evaluate(argument.node.value, self.frame.scope(argument.text))
            if flag(declaration, "sensitive"):
                found = found.marked(SENSITIVE)
            self.outputs[name] = found
        return found

    def value(self) -> TfValue:
        """The module as an object of its outputs, each evaluated when it is asked for."""
        assert self.call is not None
        return make_object(OpenAttributes({}, self.output)).at(self.call.text, self.call.header_node, ())

    # -- instances -----------------------------------------------------------------------------------------------

    def expansion(self, declaration: Declaration) -> Expansion:
        """The instances of a block of this module."""
        found = self.expansions.get(id(declaration))
        if found is None:
            with self.run.entering(self, f"instances {id(declaration)}") as entered:
                if not entered:
                    clause = "the number of instances depends on itself"
                    Scope(declaration.text, log=self.run.certain).report(clause, declaration.header_node)
                    return Expansion("count", {}, open_=unknown(Reason(clause, failed=True)))
                found = expand(declaration, self.frame.scope)
            self.expansions[id(declaration)] = found
        return found

    def instance(self, declaration: Declaration, expansion: Expansion, key: Key) -> Instance:
        """One instance of a resource or a data source."""
        if expansion.shared:
            key = None
        found = self.instances.get((id(declaration), key))
        if found is None:
            labels = declaration.block.labels
            base = f"{labels[0].text}.{labels[1].text}"
            if declaration.block.type == "data":
                base = f"data.{base}"
            address = address_of(self.within(base), key)
            found = Instance(declaration, Frame(self, expansion, key), address)
            self.instances[id(declaration), key] = found
        return found

    def called(self, name: str, key: Key) -> Module | Opaque:
        """What a module call makes."""
        declaration = self.configuration.calls[name]
        expansion = self.expansion(declaration)
        if expansion.shared:
            key = None
        found = self.modules.get((name, key))
        if found is None:
            address = address_of(self.within(f"module.{name}"), key)
            frame = Frame(self, expansion, key)
            led = self.run.find(self, declaration)
            reason = led.reason
            if self.depth >= MAX_MODULE_DEPTH:
                reason = f"modules are nested deeper than {MAX_MODULE_DEPTH} levels"
            elif self.run.modules >= MAX_MODULES:
                reason = f"there are more than {MAX_MODULES} instances of modules"
            if led.configuration is None or reason:
                found = Opaque(declaration, frame, address, reason)
            else:
                self.run.modules += 1
                found = Module(self.run, led.configuration, address=address, call=declaration, caller=frame)
            self.modules[name, key] = found
        return found


class Opaque:
    """A module call whose module is not at hand: its outputs are unknown for that reason."""

    __slots__ = ("address", "caller", "declaration", "reason")

    def __init__(self, declaration: Declaration, caller: Frame, address: str, reason: str) -> None:
        self.declaration = declaration
        self.caller = caller
        self.address = address
        self.reason = reason

    def output(self, name: str) -> TfValue:
        """An output, of which only the name is known."""
        missing = Missing(f"{self.address}.{name}", self.declaration.header)
        return unknown(Reason(self.reason, (missing,), refers=self.address)).at(
            self.declaration.text, self.declaration.header_node, ()
        )

    def value(self) -> TfValue:
        """All of its outputs."""
        made = make_object(OpenAttributes({}, self.output))
        return made.at(self.declaration.text, self.declaration.header_node, ())


def _undeclared(address: str, used: int, refers: str | None = None) -> tuple[TfValue, int]:
    return unknown(Reason(f"{address} is not declared", (Missing(address),), refers)), used


def _picked(
    expansion: Expansion,
    steps: Steps,
    whole: Callable[[Key], TfValue],
    part: Callable[[Key, str], TfValue],
) -> tuple[TfValue, int]:
    """What steps behind a repeated block lead to, and how many of them that takes."""
    first = steps[0] if steps else None
    if expansion.mode == "one":
        return (part(None, first), 1) if isinstance(first, str) else (whole(None), 0)
    keyed = isinstance(first, int if expansion.mode == "count" else str)
    if keyed and (expansion.open is not None or first in expansion.keys):
        second = steps[1] if len(steps) > 1 else None
        return (part(first, second), 2) if isinstance(second, str) else (whole(first), 1)
    if expansion.open is not None:
        identity = part(None, "id").payload
        reason = combined((expansion.open,)) if not expansion.open.known else Reason("there are too many instances")
        refers = identity.refers if isinstance(identity, Reason) else None
        return unknown(Reason(reason.clause, reason.missing, refers, failed=reason.failed)), 0
    if expansion.mode == "count":
        return make_tuple([whole(key) for key in expansion.keys]), 0
    return make_object({str(key): whole(key) for key in expansion.keys}), 0


_NAMESPACES: dict[str, Callable[[Module, Steps], Answer]] = {
    "var": Module._variable,
    "local": Module._local,
    "module": Module._module,
    "data": Module._data,
    "path": Module._path,
    "resource": Module._any_resource,
    "terraform": Module._terraform,
    "ephemeral": Module._ephemeral,
}


def release(module: Module) -> None:
    """Forget what was evaluated. Modules and their instances know each other in circles, and on the command line nobody
    collects those: a repository with many roots would keep them all."""
    pending: list[Module | Opaque] = [module]
    while pending:
        found = pending.pop()
        if not isinstance(found, Module):
            continue
        pending.extend(found.modules.values())
        for instance in found.instances.values():
            instance.frame.scopes.clear()
            instance.frame.instance = None
        found.frame.scopes.clear()
        for memo in (
            found.inputs,
            found.variables,
            found.locals,
            found.outputs,
            found.expansions,
            found.instances,
            found.modules,
        ):
            memo.clear()
        found.providers.clear()


def walk(module: Module) -> Iterator[Module | Opaque]:
    """A module and everything that it calls, outermost first; a call's instances in order."""
    pending: list[Module | Opaque] = [module]
    while pending:
        found = pending.pop()
        yield found
        if isinstance(found, Module):
            made: list[Module | Opaque] = []
            for name, declaration in found.configuration.calls.items():
                expansion = found.expansion(declaration)
                made += [found.called(name, key) for key in expansion.told()]
            pending.extend(reversed(made))
