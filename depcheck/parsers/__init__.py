"""From files to nouns. One table says which file is of which kind; one module per kind reads it.

A parser module has one function::

    def parse(text: Text, context: Context) -> Parsed

which never raises on any input: what it could not read is in ``Parsed.problems`` and the rest is still told.
"""

from __future__ import annotations

from collections.abc import Callable

from depcheck.environments import Environments
from depcheck.model import Comment, Facts, Problem
from depcheck.source import Text
from depcheck.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from depcheck.syntax.hcl_ast import HclFile


class Context:
    """What a parser may know beside the text: how environments are called, the one of this file's path, and, for text
    that stands inside another file, the address of what it belongs to (``scope``), where it was met (``origin``) and
    the name that it would have as a file of its own (``path``)."""

    __slots__ = ("environment", "environments", "origin", "path", "scope", "shell", "strict", "tracked")

    def __init__(
        self,
        environments: Environments,
        environment: str | None = None,
        *,
        tracked: bool | None = None,
        scope: str = "",
        origin: str = "",
        shell: str = "",
        strict: frozenset[str] = frozenset(),
        path: str = "",
    ) -> None:
        self.path = path
        self.environments = environments
        self.environment = environment
        self.tracked = tracked
        self.scope = scope
        self.origin = origin
        self.shell = shell
        self.strict = strict


class Embedded:
    """Text in another language inside a file: its kind (a key of the table), its text, and what it belongs to.

    ``path`` is the name under which it is known where the language needs one (a Markdown block called ``main.tf``).
    ``origin``, ``shell`` and ``strict`` are for scripts: see :class:`depcheck.model.Command`.
    """

    __slots__ = ("environment", "kind", "origin", "path", "scope", "shell", "strict", "text")

    def __init__(
        self,
        kind: str,
        text: Text,
        *,
        path: str = "",
        scope: str = "",
        environment: str | None = None,
        origin: str = "",
        shell: str = "",
        strict: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.text = text
        self.path = path
        self.scope = scope
        self.environment = environment
        self.origin = origin
        self.shell = shell
        self.strict = strict


class Parsed:
    """What one file holds. ``tree`` is the syntax tree for the steps that join files (an ``HclFile``, a YAML value).
    ``template`` names what would be made of a file that is no configuration itself yet (``a Dockerfile``); nothing else
    is told of it then."""

    __slots__ = ("comments", "embedded", "facts", "hcl", "problems", "template", "tree")

    def __init__(
        self,
        *,
        facts: Facts | None = None,
        tree: Value | None = None,
        hcl: HclFile | None = None,
        comments: list[Comment] | None = None,
        problems: list[Problem] | None = None,
        embedded: list[Embedded] | None = None,
        template: str = "",
    ) -> None:
        self.template = template
        self.facts = facts if facts is not None else Facts()
        self.tree = tree
        self.hcl = hcl
        self.comments = comments or []
        self.problems = problems or []
        self.embedded = embedded or []


Parser: TypeAlias = Callable[[Text, Context], Parsed]
