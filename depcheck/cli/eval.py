"""``depcheck eval``: what Terraform's configuration comes to, and where each value is from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from depcheck.cli import CLEAN, FINDINGS, UserError, say, write
from depcheck.cli.inputs import Inputs, project_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.model import Resource
    from depcheck.project import Project
    from depcheck.project.loading import Options
    from depcheck.source import Span
    from depcheck.values import Step, Value

#: An address and no other expression.
_ATTRIBUTE = re.compile(r"""(?:[\w-]+|\["[^"]*"\]|\[\d+\]|\.)+""")
_NOTHING = "there is no Terraform configuration here; give the path of one"
_UNDECLARED = " is not declared"
_SECRET = re.compile(r"passw|secret|(?<!http_)token|private_key|api_?key|credential|auth_key", re.IGNORECASE)


@click.command(name="eval")
@click.argument("words", nargs=-1, metavar="[PATH] [EXPR]")
@click.option("--environment", metavar="NAME", help="One environment only.")
@click.option("--var-file", multiple=True, metavar="FILE", help="Terraform values for every environment.")
@click.option("--config", metavar="FILE", help="The policy; default: depcheck.yaml at the root.")
@click.option("--docs", is_flag=True, help="Read the code blocks of Markdown documents too.")
@click.option("--reveal", is_flag=True, help="Show sensitive values as they stand.")
def command(
    words: tuple[str, ...],
    environment: str | None,
    var_file: tuple[str, ...],
    config: str | None,
    docs: bool,
    reveal: bool,
) -> int:
    """Print the evaluated resources below PATH, or the one at an address, or the value of an expression.

    EXPR is an address (module.db.aws_db_instance.this[0], with an attribute behind it or without) or any expression in
    Terraform's language; it is evaluated once for each root module and environment.
    """
    path, expression = _told(words)
    inputs = Inputs(config=config)
    inputs.paths = (path,)
    inputs.environment, inputs.var_files, inputs.docs = environment, var_file, docs
    project, _, _ = project_of(inputs)
    hide = _masking(project, reveal)
    found = [each for each in project.facts.resources if each.format == "terraform"]
    if inputs.environment is not None:
        found = [each for each in found if each.environment == inputs.environment]
    if expression is None:
        if not found:
            raise UserError(_NOTHING)
        write(hide("".join(_listed(found, reveal))))
        return CLEAN
    lines = list(_at_address(found, expression, reveal))
    if lines:
        write(hide("".join(lines)))
        return CLEAN
    return _answer(expression, inputs, reveal, hide)


def _masking(project: Project, reveal: bool) -> Callable[[str], str]:
    """What hides the secrets that stand in the files, wherever a value has come to."""
    if reveal:
        return str
    from depcheck.engine.build import Masker
    from depcheck.project import exposures

    return Masker(*exposures.masked(project)).known


def _told(words: Sequence[str]) -> tuple[str, str | None]:
    if len(words) > 2:
        raise UserError("give a path, an expression, or both; put an expression with blanks in quotes")
    if len(words) == 2:
        return words[0], words[1]
    if words and not Path(words[0]).exists():
        return ".", words[0]
    return (words[0] if words else "."), None


def _listed(resources: Sequence[Resource], reveal: bool) -> Iterator[str]:
    before = ""
    for each in resources:
        where = f"{each.root or '.'}{f' ({each.environment})' if each.environment else ''}"
        if where != before:
            yield f"{'' if not before else chr(10)}# {where}\n"
            before = where
        many = f"  # {each.instances} instances" if each.instances not in (1, None) else ""
        many = "  # an unknown number of instances" if each.instances is None else many
        kind = f"{each.kind} " if each.kind in ("provider", "backend") else ""
        yield f"{kind}{each.address}  {_place(each.span)}{many}\n"
        yield from _attributes(each, reveal)


def _attributes(resource: Resource, reveal: bool) -> Iterator[str]:
    for name, value in resource.attributes.items():
        yield f"  {name} = {_shown(value, name, reveal, 2)}{_from(value)}\n"


def _at_address(resources: Sequence[Resource], expression: str, reveal: bool) -> Iterator[str]:
    """The resource at an address, or its attribute."""
    from depcheck.values import Absent

    for each in resources:
        if each.address == expression:
            yield from _listed([each], reveal)
        elif expression.startswith(f"{each.address}."):
            path = expression[len(each.address) + 1 :].split(".")
            value = each.get(*[int(part) if part.isdecimal() else part for part in path])
            where = f"{each.root or '.'}{f' ({each.environment})' if each.environment else ''}"
            if not isinstance(value, Absent):
                yield f"# {where}\n{_shown(value, path[-1], reveal, 0)}{_from(value)}\n"
            elif each.kind != "module" and each.address.startswith("module.") and _ATTRIBUTE.fullmatch(expression):
                # no expression of Terraform's reaches into a module, so that nothing else would answer
                yield f"# {where}\n(not set here; what the provider makes of it is known after it is applied)\n"


def _answer(expression: str, inputs: Inputs, reveal: bool, hide: Callable[[str], str]) -> int:
    from depcheck.project.loading import terraform_tree
    from depcheck.terraform.questions import ask
    from depcheck.values import Unknown

    options = _options(inputs)
    wrong = told = False
    declared = False
    lines: list[str] = []
    try:
        for answer in ask(terraform_tree(options), expression, var_files=options.var_files, reveal=reveal):
            if inputs.environment is not None and answer.environment != inputs.environment:
                continue
            told = True
            where = f"{answer.root or '.'}{f' ({answer.environment})' if answer.environment else ''}"
            shown = _unknown(answer.value) if isinstance(answer.value, Unknown) else answer.text
            declared |= not (isinstance(answer.value, Unknown) and answer.value.reason.endswith(_UNDECLARED))
            lines.append(f"# {where}\n{shown}{_from(answer.value)}\n")
            for problem in answer.problems:
                wrong = True
                place = f"column {problem.span.column}: " if problem.span.path == "<expression>" else ""
                say(hide(f"{place}{problem.message}"))
    except ValueError as error:
        raise UserError(f"{expression!r} is no expression: {error}") from error
    if not told:
        raise UserError(_NOTHING)
    if not declared:
        here = inputs.paths[0]
        raise UserError(f"no root module here declares what {expression!r} names; `depcheck eval {here}` lists all")
    write(hide("".join(lines)))
    return FINDINGS if wrong else CLEAN


def _options(inputs: Inputs) -> Options:
    from depcheck.discovery import find_root
    from depcheck.project.loading import Options

    paths = [Path(path) for path in inputs.paths]
    root = find_root(paths)
    names = [Path(name).resolve().relative_to(Path(root).resolve()).as_posix() for name in inputs.var_files]
    return Options(paths, root=root, docs=inputs.docs, var_files=names)


# -- values ----------------------------------------------------------------------------------------------------------


def _shown(value: Value, name: str, reveal: bool, indent: int, depth: int = 0) -> str:
    """A value as Terraform would write it, over as many lines as it takes."""
    from depcheck.values import Known, Unknown

    if isinstance(value, Unknown):
        return _unknown(value)
    if not isinstance(value, Known):
        return "null"
    inner = value.value
    if not reveal and (value.sensitive or (_SECRET.search(name) and isinstance(inner, str) and inner)):
        return "(sensitive)"
    if depth > 40:
        return "…"
    pad = " " * (indent + 2)
    if isinstance(inner, dict):
        rows = [f"{pad}{key} = {_shown(each, key, reveal, indent + 2, depth + 1)}\n" for key, each in inner.items()]
        if value.rest is not None:
            rows.append(f"{pad}{_unknown(value.rest)}\n")
        return "{\n" + "".join(rows) + " " * indent + "}" if rows else "{}"
    if isinstance(inner, list):
        items = [_shown(each, name, reveal, indent + 2, depth + 1) for each in inner]
        line = f"[{', '.join(items)}]"
        if len(line) <= 80 and "\n" not in line:
            return line
        return "[\n" + "".join(f"{pad}{item},\n" for item in items) + " " * indent + "]"
    import json

    return json.dumps(inner, ensure_ascii=False)


def _unknown(value: object) -> str:
    from depcheck.values import OPEN, Unknown

    assert isinstance(value, Unknown)
    outline = f', "{value.outline.replace(OPEN, "…")}"' if value.outline else ""
    refers = f", refers to {value.refers}" if value.refers and value.refers not in value.reason else ""
    return f"(unknown: {value.reason}{refers}{outline})"


def _from(value: Value) -> str:
    from depcheck.values import Known

    if not isinstance(value, Known) or not value.via:
        return ""
    return f"  # from {', '.join([_hop(step) for step in value.via])}"


def _hop(step: Step) -> str:
    return step.words if step.span is None else f"{step.words} {_place(step.span)}"


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}"
