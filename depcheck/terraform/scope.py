"""What an expression is evaluated in.

The resolver answers every name that a ``for`` or a template does not bind itself. It is called with the root name and
the steps that follow it literally (attribute names and literal index keys), for example ``("var", ("db", "size"))`` or
``("aws_instance", ("web", 0, "id"))``, and answers with the value and how many of the steps that value already takes
into account, or with None where there is no such name. The namespaces ``var``, ``local``, ``module``, ``data``,
``each``, ``count``, ``self``, ``path``, ``terraform`` and the resource types are its business. The value's place
(``text``, ``node``) must be where it is decided (a default, a line of a ``.tfvars`` file, the expression of a local),
``via`` the hops from there on; the evaluator adds the hop from the expression to that place.

A resource whose attributes are known in part is an object with :class:`~depcheck.terraform.values.OpenAttributes`; an
unknown identity is ``unknown(Reason(…, refers="aws_s3_bucket.logs"))``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from depcheck.model import Problem
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Node
from depcheck.terraform.functions.spec import Files
from depcheck.terraform.values import LimitError, TfValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Resolver: TypeAlias = "Callable[[str, tuple[str | int, ...]], tuple[TfValue, int] | None]"
MAX_PROBLEMS = 1000
MAX_STEPS = 200_000
_NO_NAMES: Mapping[str, TfValue] = {}


class Log:
    """The problems of an evaluation in their order; past a thousand they are only counted."""

    __slots__ = ("count", "problems")

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.count = 0

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def forget(self, count: int) -> list[Problem]:
        """Go back to the first ``count`` problems; the others are handed back."""
        kept = min(count, MAX_PROBLEMS)
        forgotten = self.problems[kept:]
        del self.problems[kept:]
        self.count = count
        return forgotten


class Budget:
    """How many more rounds of loops may be evaluated; shared by everything that belongs to one root module."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps off; ``LimitError`` when there are none left."""
        self.left -= steps
        self.check()

    def check(self) -> None:
        """``LimitError`` when there are none left."""
        if self.left < 0:
            raise LimitError("the loops take too many rounds")


def no_names(_root: str, _steps: tuple[str | int, ...]) -> None:
    """A resolver that knows no name."""
    return


class Scope:
    """The text that nodes belong to, the names that are bound, the resolver for others, files, log and budget."""

    __slots__ = ("budget", "files", "item", "log", "names", "resolve", "template", "text")

    def __init__(
        self,
        text: Text,
        resolve: Resolver = no_names,
        *,
        files: Files | None = None,
        names: Mapping[str, TfValue] = _NO_NAMES,
        log: Log | None = None,
        budget: Budget | None = None,
        item: TfValue | None = None,
        template: str = "",
    ) -> None:
        self.text = text
        self.resolve = resolve
        self.files = files
        self.names = names
        self.log = log if log is not None else Log()
        self.budget = budget if budget is not None else Budget()
        self.item = item
        # "file" or "string" inside of a template that a function renders: which functions it may call.
        self.template = template

    def binding(self, names: dict[str, TfValue] | None = None) -> Scope:
        """The scope with more names bound; a loop binds them anew in each round, with :meth:`bind`."""
        return Scope(
            self.text,
            self.resolve,
            files=self.files,
            names={**self.names, **names} if names else self.names,
            log=self.log,
            budget=self.budget,
            item=self.item,
            template=self.template,
        )

    def bind(self, outer: Scope, names: dict[str, TfValue]) -> None:
        """Bind the names of one round on top of the outer scope's."""
        self.names = {**outer.names, **names} if outer.names else names

    def at_item(self, item: TfValue) -> Scope:
        """The scope of the part of a splat that is applied to each element."""
        return Scope(
            self.text,
            self.resolve,
            files=self.files,
            names=self.names,
            log=self.log,
            budget=self.budget,
            item=item,
            template=self.template,
        )

    def within(self, text: Text) -> Scope:
        """The same names for the expressions of another text."""
        return Scope(
            text,
            self.resolve,
            files=self.files,
            names=self.names,
            log=self.log,
            budget=self.budget,
            template=self.template,
        )

    def rendering(self, text: Text, names: Mapping[str, TfValue], template: str) -> Scope:
        """The scope of a template that a function renders: only the given names, ``template`` is file or string."""
        return Scope(text, no_names, files=self.files, names=names, log=self.log, budget=self.budget, template=template)

    def report(self, clause: str, node: Node, next_step: str = "") -> None:
        """Note a problem at a node."""
        self.log.add(Problem(clause, self.text.span(node.start, node.end), next_step))
