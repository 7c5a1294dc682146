"""What names mean in a module: variables, locals, modules, resources and what Terraform itself knows."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import relpath

from depcheck.terraform.configuration import Declaration
from depcheck.terraform.expansion import Expansion, Key
from depcheck.terraform.instances import Answer, Instance, Steps
from depcheck.terraform.types import DYNAMIC, STRING
from depcheck.terraform.values import EPHEMERAL, Reason, TfValue, combined, make_object, make_tuple, string, unknown
from depcheck.values import Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.terraform.modules import Module


def resolve(module: Module, root: str, steps: Steps) -> Answer:
    """What a name means in a module."""
    handler = _NAMESPACES.get(root)
    return handler(module, steps) if handler is not None else _resource(module, root, steps)


def _resource(module: Module, type_: str, steps: Steps) -> Answer:
    if not steps or not isinstance(steps[0], str):
        return _undeclared(type_, 0)
    declaration = module.configuration.resources.get((type_, steps[0]))
    if declaration is None:
        address = module.within(f"{type_}.{steps[0]}")
        return _undeclared(address, len(steps) if "_" in type_ else 0, refers=address)
    found, used = _repeated(module, declaration, steps[1:])
    return found, used + 1


def _data(module: Module, steps: Steps) -> Answer:
    if len(steps) < 2 or not isinstance(steps[0], str) or not isinstance(steps[1], str):
        return _undeclared("data", 0)
    declaration = module.configuration.data.get((steps[0], steps[1]))
    if declaration is None:
        return _undeclared(module.within(f"data.{steps[0]}.{steps[1]}"), len(steps))
    found, used = _repeated(module, declaration, steps[2:])
    return found, used + 2


def _repeated(module: Module, declaration: Declaration, steps: Steps) -> tuple[TfValue, int]:
    """A resource's instance or attribute; how many steps that takes."""
    expansion = module.expansion(declaration)

    def instance(key: Key) -> Instance:
        return module.instance(declaration, expansion, key)

    return _picked(expansion, steps, lambda key: instance(key).value(), lambda key, name: instance(key).attribute(name))


def _module(module: Module, steps: Steps) -> Answer:
    if not steps or not isinstance(steps[0], str):
        return _undeclared("module", 0)
    name = steps[0]
    declaration = module.configuration.calls.get(name)
    if declaration is None:
        return _undeclared(module.within(f"module.{name}"), len(steps))
    expansion = module.expansion(declaration)
    picked = _picked(
        expansion,
        steps[1:],
        lambda key: module.called(name, key).value(),
        lambda key, output: module.called(name, key).output(output),
    )
    return picked[0], picked[1] + 1


def _variable(module: Module, steps: Steps) -> Answer:
    if not steps or not isinstance(steps[0], str):
        return _undeclared("var", 0)
    return module.variable(steps[0]), 1


def _local(module: Module, steps: Steps) -> Answer:
    if not steps or not isinstance(steps[0], str):
        return _undeclared("local", 0)
    return module.local(steps[0]), 1


def _any_resource(module: Module, steps: Steps) -> Answer:
    """``resource.aws_instance.web``: the long way to say it."""
    if not steps or not isinstance(steps[0], str):
        return _undeclared("resource", 0)
    found = _resource(module, steps[0], steps[1:])
    return (found[0], found[1] + 1) if found is not None else None


def _path(module: Module, steps: Steps) -> Answer:
    name = steps[0] if steps else ""
    if name == "root":
        return string("."), 1
    if name == "module":
        root, own = module.run.root.path, module.configuration.path
        return string(relpath(own or ".", root or ".")), 1
    return unknown(f"path.{name} depends on where Terraform runs", STRING), len(steps)


def _terraform(module: Module, steps: Steps) -> Answer:
    if steps and steps[0] == "workspace" and module.run.workspace is not None:
        return module.run.workspace, 1
    name = f"terraform.{steps[0] if steps else 'workspace'}"
    gap = Reason(f"{name} is not known", (Missing(name),))
    return unknown(gap, STRING if name == "terraform.workspace" else DYNAMIC, not_null=True), len(steps)


def _terragrunt(module: Module, steps: Steps) -> Answer:
    found = module.run.holes.get(str(steps[0])) if steps else None
    return (found, 1) if found is not None else _undeclared("terragrunt", 0)


def _ephemeral(module: Module, steps: Steps) -> Answer:
    full = ".".join(["ephemeral", *map(str, steps[:2])])
    made = unknown(Reason(f"{full} is there while Terraform runs only", (Missing(full),)), marks=EPHEMERAL)
    return made, len(steps)


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
    "var": _variable,
    "local": _local,
    "module": _module,
    "data": _data,
    "path": _path,
    "resource": _any_resource,
    "terraform": _terraform,
    "terragrunt": _terragrunt,
    "ephemeral": _ephemeral,
}
