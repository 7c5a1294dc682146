"""Modules as they are instantiated. Everything is evaluated when it is first asked for, and once."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.terraform.configuration import Configuration, Declaration
from depcheck.terraform.evaluation import MAX_MODULE_DEPTH, MAX_MODULES, Found, Run
from depcheck.terraform.expansion import Expansion, Key, address_of, expand
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.instances import Answer, Frame, Instance, Steps, circular
from depcheck.terraform.names import resolve
from depcheck.terraform.scope import Scope
from depcheck.terraform.values import (
    SENSITIVE,
    OpenAttributes,
    Reason,
    TfValue,
    make_object,
    unknown,
)
from depcheck.terraform.variables import constraint_of, flag, refusal, value_of
from depcheck.values import Missing


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

    def resolve(self, root: str, steps: Steps) -> Answer:
        """What a name means in this module."""
        return resolve(self, root, steps)

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
            return f"{self.address or self.run.folder} leaves {name} to the default of its version"
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
                    return circular(f"local.{name}", argument, self.run)
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
                    return circular(f"{self.address}.{name}", argument, self.run)
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
            if led.configuration is not None and self.is_part_of(led.configuration):
                reason = f"module.{name} leads back to a module that it is called from"
                led = Found(led.configuration, wrong=True)
            elif self.depth >= MAX_MODULE_DEPTH:
                reason = f"modules are nested deeper than {MAX_MODULE_DEPTH} levels"
            elif self.run.modules >= MAX_MODULES:
                reason = f"there are more than {MAX_MODULES:,} instances of modules"
            if led.configuration is None or reason:
                self._tell_gap(declaration, led, reason)
                found = Opaque(declaration, frame, address, reason)
            else:
                self.run.modules += 1
                found = Module(self.run, led.configuration, address=address, call=declaration, caller=frame)
            self.modules[name, key] = found
        return found

    def is_part_of(self, configuration: Configuration) -> bool:
        """Whether a configuration is this module's, or one from which it is called."""
        module: Module | None = self
        while module is not None:
            if module.configuration is configuration:
                return True
            module = module.caller.module if module.caller is not None else None
        return False

    def _tell_gap(self, declaration: Declaration, led: Found, reason: str) -> None:
        """Say that what a call makes is not judged. A module that is elsewhere is no gap of the files at hand."""
        if led.wrong:
            argument = declaration.arguments.get("source")
            node = declaration.header_node if argument is None else argument.node.value
            text = declaration.text if argument is None else argument.text
            Scope(text, log=self.run.certain).report(reason, node)
        if led.missing or led.configuration is not None:
            place = declaration.header
            self.run.gaps.append(f"{reason} ({place.path}:{place.line})")


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
