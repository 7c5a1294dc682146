"""Expressions that a person asks about, evaluated in each root module and environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.model import Problem
from depcheck.source import Source, Text
from depcheck.syntax import hcl
from depcheck.terraform.bridge import to_value
from depcheck.terraform.console import show
from depcheck.terraform.expressions import evaluate
from depcheck.terraform.modules import Module
from depcheck.terraform.roots import runs
from depcheck.terraform.scope import Scope
from depcheck.terraform.tree import Tree
from depcheck.values import Unknown, Value


class Answer:
    """The value of an expression in one root module and environment.

    ``text`` is the value as ``terraform console`` prints it; an unknown one is there as ``value`` with its reason.
    """

    __slots__ = ("environment", "problems", "root", "text", "value")

    def __init__(self, root: str, environment: str | None, value: Value, text: str, problems: list[Problem]) -> None:
        self.root = root
        self.environment = environment
        self.value = value
        self.text = text
        self.problems = problems


def ask(tree: Tree, expression: str, *, var_files: Sequence[str] = (), reveal: bool = False) -> Iterator[Answer]:
    """Evaluate an expression everywhere.

    Raises:
        ValueError: it is no expression.
    """
    text = Text.of(Source("<expression>", expression))
    node, problems = hcl.parse_expression(text)
    if problems:
        raise ValueError(problems[0].message)
    for run in runs(tree, var_files):
        module = Module(run, run.root)
        outer = module.frame.scope(text)
        scope = Scope(text, outer.resolve, files=run.files, budget=run.budget)
        value = evaluate(node, scope)
        told = to_value(value, text.span(0, len(expression)))
        shown = value if not reveal else value.unmarked()
        printed = "(unknown)" if isinstance(told, Unknown) else show(shown)
        yield Answer(run.folder, run.environment, told, printed, list(scope.log.problems))
