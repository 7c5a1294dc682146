"""Function calls, and the functions that look at their arguments before these are evaluated."""

from __future__ import annotations

from depcheck.syntax.hcl_ast import Call, Expression, GetAttr, Index, Name, Node, Splat
from depcheck.terraform.conversion import convert
from depcheck.terraform.functions import IMPURE, READING, lookup
from depcheck.terraform.functions.spec import call
from depcheck.terraform.provenance import joint
from depcheck.terraform.scope import Scope
from depcheck.terraform.template import Evaluate
from depcheck.terraform.types import BOOL, STRING
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    Reason,
    TfValue,
    boolean,
    combined,
    items_of,
    text_of,
    unknown,
)

# Arguments with more parts than this are large; a part is an element or some characters of a text.
_LARGE = 256
# Functions that do not go through their arguments, and those that search.
_AT_ONCE = frozenset(("element", "length", "lookup"))
_PATTERNS = frozenset(("regex", "regexall", "replace"))


def evaluate_call(node: Node, scope: Scope, evaluate: Evaluate) -> TfValue:
    """The value of a call."""
    assert isinstance(node, Call)
    name = node.name.removeprefix("core::")
    if name == "try":
        return _try(node, scope, evaluate)
    if name == "can":
        return _can(node, scope, evaluate)
    if "::" in name:
        return _provider_function(name, node, scope, evaluate)
    if scope.template:
        _check_template_use(name, scope)
    if name == "templatestring":
        return _template_string(node, scope, evaluate)
    arguments = _arguments(node, scope, evaluate)
    if arguments is None:
        return unknown("the number of arguments is not known").at(scope.text, node, ())
    via = joint(arguments)
    if name == "templatefile":
        return _template_file(arguments, scope, evaluate).at(scope.text, node, via)
    impure = IMPURE.get(name)
    if impure is not None:
        least, most = (1, 2) if name == "bcrypt" else (0, 0)
        if not least <= len(arguments) <= most:
            raise EvaluationError(f"{name}() takes {least or 'no'} argument{'' if least else 's'}")
        return unknown(impure, STRING, not_null=True).at(scope.text, node, ())
    function = lookup(name)
    if function is None:
        raise EvaluationError(f"there is no function {name!r}")
    _charge(name, arguments, scope)
    try:
        made = call(name, function, arguments, scope.files)
        if made.weight > 64:
            scope.budget.spend(made.weight >> 4)
    except EvaluationError as problem:
        blamed = problem.argument
        if blamed is None or blamed >= len(node.arguments):
            raise
        scope.report(problem.clause, node.arguments[blamed])
        made = unknown(Reason(problem.clause, failed=True))
    finally:
        if name in _PATTERNS:
            _charge_search(name, arguments, scope)
    return made.at(scope.text, node, via)


def _charge(name: str, arguments: list[TfValue], scope: Scope) -> None:
    """Take what going through large arguments costs off the budget, before it is done."""
    weight = 0
    for argument in arguments:
        weight += argument.weight
    if weight > _LARGE and name not in _AT_ONCE:
        scope.budget.spend(weight >> (2 if name == "yamldecode" else 6))


def _charge_search(name: str, arguments: list[TfValue], scope: Scope) -> None:
    from depcheck.terraform.functions.regex import steps_of

    scope.budget.left -= steps_of(name, arguments) >> 3


def _arguments(node: Call, scope: Scope, evaluate: Evaluate) -> list[TfValue] | None:
    """The values of the arguments; None where the last one is expanded and its length is not known."""
    if not node.expand or not node.arguments:
        return [evaluate(argument, scope) for argument in node.arguments]
    values = [evaluate(argument, scope) for argument in node.arguments[:-1]]
    last = evaluate(node.arguments[-1], scope)
    if last.payload is None:
        raise EvaluationError("the expanded argument must not be null", len(node.arguments) - 1)
    if last.kind not in ("list", "set", "tuple", "dynamic"):
        raise EvaluationError(f"only a list, set or tuple can be expanded, not {last.kind}", len(node.arguments) - 1)
    if not last.known:
        return None
    marks = last.flags & MARKS
    return values + [item.marked(marks) for item in items_of(last)]


def _provider_function(name: str, node: Call, scope: Scope, evaluate: Evaluate) -> TfValue:
    for argument in node.arguments:
        evaluate(argument, scope)
    if not name.startswith("provider::"):
        raise EvaluationError(f"there is no function {name!r}")
    return unknown(f"{name}() is computed by its provider").at(scope.text, node, ())


def _quietly(argument: Expression, scope: Scope, evaluate: Evaluate) -> tuple[TfValue, bool]:
    """The value and whether it came without an error; the errors are forgotten."""
    before = scope.log.count
    value = evaluate(argument, scope)
    problems = scope.log.forget(before)
    if problems and isinstance(value.payload, Reason) and not value.payload.failed:
        # Something was not computed: that Terraform refuses it too is not certain.
        for problem in problems:
            scope.log.add(problem)
        return value, True
    return value, not problems


def _try(node: Call, scope: Scope, evaluate: Evaluate) -> TfValue:
    if not node.arguments:
        raise EvaluationError("try() needs at least one argument")
    last: TfValue | None = None
    for argument in node.arguments:
        value, fine = _quietly(argument, scope, evaluate)
        if not fine:
            last = value
            continue
        if value.whole or not value.known or _is_reference(argument):
            return value
        # What is still open inside of it may turn out to be an error, and another argument be taken then.
        return unknown(combined((value,))).at(value.text, value.node, value.via)
    clause = "no argument of try() succeeds"
    if last is not None and isinstance(last.payload, Reason):
        clause = f"{clause}; the last one fails because {last.payload.clause}"
    raise EvaluationError(clause)


def _can(node: Call, scope: Scope, evaluate: Evaluate) -> TfValue:
    if len(node.arguments) != 1:
        raise EvaluationError("can() takes one argument")
    value, fine = _quietly(node.arguments[0], scope, evaluate)
    if not fine:
        return boolean(False).at(scope.text, node, value.via)
    if not value.whole and not (value.known and _is_reference(node.arguments[0])):
        return unknown(combined((value,)), BOOL).at(scope.text, node, ())
    return boolean(True).at(scope.text, node, value.via)


def _check_template_use(name: str, scope: Scope) -> None:
    if name in ("templatefile", "templatestring"):
        raise EvaluationError(f"{name}() cannot be called inside of a template that a function renders")
    if scope.template == "string" and name in READING:
        raise EvaluationError(f"{name}() cannot be called inside of a template of templatestring()")


def _template_file(arguments: list[TfValue], scope: Scope, evaluate: Evaluate) -> TfValue:
    from depcheck.terraform.rendering import render_file

    if len(arguments) != 2:
        raise EvaluationError("templatefile() takes a path and the values of its names")
    return render_file(convert(arguments[0], STRING), arguments[1], scope, evaluate)


def _template_string(node: Call, scope: Scope, evaluate: Evaluate) -> TfValue:
    from depcheck.terraform.rendering import render_string

    arguments = node.arguments
    if len(arguments) != 2 or node.expand:
        raise EvaluationError("templatestring() takes a template and the values of its names")
    if not _is_reference(arguments[0]):
        raise EvaluationError("the template of templatestring() must be a reference to a string")
    template = evaluate(arguments[0], scope)
    names = evaluate(arguments[1], scope)
    if template.known and (template.kind != "string" or template.payload is None):
        raise EvaluationError("the template of templatestring() must be a string")
    if not template.known:
        return unknown(combined((template,)), STRING, not_null=True).at(scope.text, node, ())
    made = render_string(text_of(template), names, scope, evaluate)
    return convert(made, STRING).marked(template.flags & MARKS).at(scope.text, node, joint((template, names)))


def _is_reference(node: Expression) -> bool:
    while isinstance(node, (GetAttr, Index, Splat)):
        node = node.base
    return isinstance(node, Name)
