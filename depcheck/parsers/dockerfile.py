"""Dockerfiles → stages, images, settings, users, runtimes and commands, with ARG and ENV resolved.

The settings, users and commands of a stage belong to ``stage.<name>`` (``stage.0`` without a name). ``FROM scratch``
and a FROM of an earlier stage are no images.
"""

from __future__ import annotations

import re

from depcheck.model import Build, Comment, Facts, Grant, Image, Instruction, Problem, Reference, Runtime, Setting, Stage
from depcheck.parsers import Context, Parsed
from depcheck.parsers.dockerfile_commands import Shell, executed
from depcheck.parsers.dockerfile_instructions import assignments, instruction
from depcheck.parsers.dockerfile_values import PLATFORM, Variables, evaluate
from depcheck.patterns import Pattern
from depcheck.source import Span, Text
from depcheck.syntax import dockerfile, image_reference
from depcheck.syntax.dockerfile import KEYWORDS, Statement
from depcheck.syntax.dockerfile_words import Pair, fields
from depcheck.values import Known, Missing, Step, Unknown, Value, string

_EXECUTING = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN"))
_WINDOWS = Pattern(r"windows|nanoserver|servercore", re.IGNORECASE)
_TEMPLATE = Pattern(r"^(?:FROM[ \t][^\n]*?|[ \t]*)(\{\{|\{%|<%)", re.MULTILINE)
_FROM = Pattern(r"(?:^|,)from=([^,]+)")
_SECRET = Pattern(r"(?:^|,)type=secret(?:,|$)")
_SECRET_ID = Pattern(r"(?:^|,)(?:id|source|src)=([^,]+)")


def parse(text: Text, context: Context) -> Parsed:
    """Read one Dockerfile."""
    tree = dockerfile.parse(text)
    reader = _Reader(text, context, tree.escape)
    for statement in tree.statements:
        if statement.keyword == "FROM":
            reader.begin_stage(statement)
        elif statement.keyword in KEYWORDS:
            reader.tell(statement)
    reader.finish()
    problems = sorted(tree.problems + reader.problems, key=lambda problem: problem.span.start)
    if problems and _TEMPLATE.search(text.text):
        return Parsed(template="a Dockerfile")
    if context.origin == "document":  # parts of files, with `...` for the rest, are what documents show
        problems = [problem for problem in problems if problem.next_step.startswith("did you mean")]
    return Parsed(
        facts=reader.facts,
        comments=sorted(tree.comments + reader.comments, key=lambda comment: comment.span.start),
        problems=problems,
    )


class _Picture:
    """An image that a stage uses, before it is known which stages are shipped."""

    __slots__ = ("reference", "role", "span", "stage")

    def __init__(self, reference: Value, role: str, span: Span, stage: int) -> None:
        self.reference = reference
        self.role = role
        self.span = span
        self.stage = stage


class _Reader:
    """A walk over the instructions of one file; ``variables`` and ``shell`` are those of the stage at hand."""

    __slots__ = (
        "comments",
        "context",
        "entered",
        "escape",
        "facts",
        "named",
        "outer",
        "pictures",
        "problems",
        "scope",
        "shell",
        "shells",
        "stages",
        "text",
        "variables",
        "variables_of",
    )

    def __init__(self, text: Text, context: Context, escape: str) -> None:
        self.text = text
        self.context = context
        self.escape = escape
        self.facts = Facts()
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.stages: list[Stage] = []
        self.named: dict[str, int] = {}
        self.pictures: list[_Picture] = []
        self.outer = Variables("is not declared by an ARG before the first FROM")
        for name in PLATFORM:
            self.outer.arguments[name] = Unknown(f"{name} depends on the platform of the build", text.span(0, 0))
        self.variables = self.outer
        self.variables_of: list[Variables] = []
        self.shell = self._default_shell("")
        self.shells: list[Shell] = []
        self.scope = context.scope
        self.entered = False

    def _default_shell(self, base: str) -> Shell:
        windows = self.escape == "`" or _WINDOWS.search(base) is not None
        return Shell(["cmd", "/S", "/C"] if windows else ["/bin/sh", "-c"])

    def _report(self, message: str, span: Span, next_step: str) -> None:
        self.problems.append(Problem(message, span, next_step))

    # --- stages

    def begin_stage(self, statement: Statement) -> None:
        """``FROM image [AS name]``."""
        line = statement.line
        span = line.span(statement.keyword_start, max(statement.args_end, statement.keyword_end))
        places = fields(line.text, statement.args_start, statement.args_end)
        name = None
        if len(places) == 3 and line.text[slice(*places[1])].upper() == "AS":
            name = line.text[slice(*places[2])]
        elif len(places) != 1:
            self._report("FROM takes an image, or an image, AS and a name", span, "write FROM image [AS name]")
        base: Value
        if places:
            base = evaluate(line, *places[0], self.escape, self.outer)
        else:
            base = Unknown("FROM names no image", span)
        parent = self._stage_named(string(base) or "")
        index = len(self.stages)
        stage = Stage(index, name, base, span, parent=parent)
        self.stages.append(stage)
        if name is not None:
            self.named[name.lower()] = index
        self.scope = f"stage.{name or index}"
        self.entered = False
        written = string(base)
        if parent is not None:
            self.variables = self.variables_of[parent].child()
            self.shell = self.shells[parent]
        else:
            self.variables = Variables("" if written == "scratch" else "may be set by the base image")
            self.shell = self._default_shell(written or "")
            if written != "scratch" and places:
                self.pictures.append(_Picture(base, "from", base.span, index))
                self._runtime(base)
        self.variables_of.append(self.variables)
        self.shells.append(self.shell)
        stage.instructions.append(instruction(statement, self.outer, self.escape))

    def _stage_named(self, name: str) -> int | None:
        """The last earlier stage of that name."""
        return self.named.get(name.lower())

    def _runtime(self, base: Value) -> None:
        written = string(base)
        found = image_reference.runtime(written) if written is not None else None
        if found is None or not isinstance(base, Known):
            return
        language, number, start, end = found
        span = base.span
        if span.text == written:
            span = Span(span.source, span.start + start, span.start + end)
        version: Value
        if number is None:
            version = Unknown(f"the tag of {written} names no version", span)
        else:
            version = Known(number, span, via=base.via)
        self.facts.runtimes.append(
            Runtime(language, version, span, scope=self.scope, environment=self.context.environment)
        )

    def finish(self) -> None:
        """Tell the build and its images, now that the shipped stages are known."""
        if not self.stages:
            if not self.problems:
                self._report("no FROM is given", self.text.span(0, 0), "begin with FROM and an image")
            return
        build = Build(
            self.context.path or self.text.source.path,
            self.stages[-1].span,
            self.stages,
            environment=self.context.environment,
        )
        self.facts.builds.append(build)
        shipped = {stage.index for stage in build.shipped()}
        for picture in self.pictures:
            stage = self.stages[picture.stage]
            self.facts.images.append(
                Image(
                    picture.reference,
                    picture.role,
                    picture.span,
                    stage=stage.name,
                    final=stage.index in shipped,
                    scope=f"stage.{stage.name or stage.index}",
                    environment=self.context.environment,
                )
            )

    # --- instructions

    def tell(self, statement: Statement) -> None:
        """Any instruction but FROM."""
        if not self.stages and statement.keyword != "ARG" and not self.problems:
            span = statement.line.span(statement.keyword_start, statement.keyword_end)
            self._report(f"{statement.keyword} stands before the first FROM", span, "begin with FROM and an image")
        deferred = statement.child
        if statement.keyword == "ONBUILD":
            if deferred is None:
                return
            statement = deferred
        told = instruction(statement, self.variables, self.escape, on_build=deferred is not None)
        if self.stages:
            self.stages[-1].instructions.append(told)
        if deferred is None:
            self._declare(statement, told)
        self._images(statement, told)
        if statement.keyword in _EXECUTING:
            self._execute(statement)

    def _declare(self, statement: Statement, told: Instruction) -> None:
        """What changes the instructions behind this one, or the image."""
        keyword = statement.keyword
        if keyword == "ENV":
            self._env(statement)
        elif keyword == "ARG":
            for pair in assignments(statement, self.escape):
                self._arg(statement.line, pair)
        elif keyword == "USER" and told.words:
            self._user(told.words[0])
        elif keyword == "SHELL":
            if statement.json:
                self.shell = Shell([word.value for word in statement.json])
                if self.shells:
                    self.shells[-1] = self.shell
            else:
                self._report("SHELL is not given in the JSON form", told.span, 'write SHELL ["/bin/bash", "-c"]')

    def _env(self, statement: Statement) -> None:
        line = statement.line
        found: dict[str, Value] = {}
        for pair in assignments(statement, self.escape):
            span = line.span(pair.name_start, pair.name_end)
            name = string(evaluate(line, pair.name_start, pair.name_end, self.escape, self.variables))
            if pair.value_start < 0:
                self._report(f"`{span.text[:40]}` is given no value", span, "write NAME=value")
                continue
            value = evaluate(line, pair.value_start, pair.value_end, self.escape, self.variables, key=span)
            if name:
                found[name] = value
                self._setting(name, value, span, "dockerfile-env")
        self.variables.environment.update(found)

    def _arg(self, line: Text, pair: Pair) -> None:
        span = line.span(pair.name_start, pair.name_end)
        name = line.text[pair.name_start : pair.name_end]
        known = self.variables
        outer = self.outer.arguments.get(name) if known is not self.outer else None
        value: Value
        if pair.value_start >= 0:
            value = evaluate(line, pair.value_start, pair.value_end, self.escape, known, key=span)
            known.open.discard(name)
        elif isinstance(outer, Known):
            step = Step(f"ARG {name}", outer.span)
            value = Known(outer.value, outer.span, via=(*outer.via, step), key=span)
            known.open.discard(name)
        elif outer is not None and name not in self.outer.open:
            value = outer
        else:
            value = Unknown(f"the build argument {name} has no default", span, missing=(Missing(name, span),), key=span)
            known.open.add(name)
        known.arguments[name] = value
        self._setting(name, value, span, "dockerfile-arg")
        if name not in PLATFORM:
            self._reference(name, "input", span, name not in known.open)

    def _user(self, value: Value) -> None:
        """The user of ``USER user[:group]``."""
        written = string(value)
        if written is not None and isinstance(value, Known):
            user = written.partition(":")[0]
            span = value.span
            if span.text == written:
                span = Span(span.source, span.start, span.start + len(user))
            value = Known(user, span, via=value.via)
        self.facts.grants.append(
            Grant(
                value.span,
                source="dockerfile",
                principals=[value],
                scope=self.scope,
                environment=self.context.environment,
            )
        )

    def _images(self, statement: Statement, told: Instruction) -> None:
        """Images and secrets that flags name: ``COPY --from``, ``RUN --mount``."""
        if statement.keyword in ("ADD", "COPY") and "from" in told.flags:
            self._copied_from(told.flags["from"])
        if statement.keyword != "RUN" or "mount" not in told.flags:
            return
        for mount in told.flags["mount"].elements():
            written = string(mount)
            if written is None:
                continue
            source = _FROM.search(written)
            if source:
                self._copied_from(Known(source[1], _part(mount.span, written, source)))
            secret = _SECRET_ID.search(written) if _SECRET.search(written) else None
            if secret:
                self._reference(secret[1], "secret", _part(mount.span, written, secret), False)

    def _copied_from(self, value: Value) -> None:
        written = string(value)
        if written is not None and (self._stage_named(written) is not None or written.isdigit()):
            return
        if self.stages and not (isinstance(value, Known) and written is None):
            self.pictures.append(_Picture(value, "copy", value.span, len(self.stages) - 1))

    def _execute(self, statement: Statement) -> None:
        if statement.keyword == "ENTRYPOINT":
            self.entered = True
        elif statement.keyword == "CMD" and self.entered and statement.json is not None:
            return  # the default arguments of ENTRYPOINT, no command
        found = executed(statement, self.text, self.shell, self.scope, self.context.environment)
        self.facts.commands.extend(found.commands)
        for script in found.scripts:
            self.comments.extend(script.comments)
            self.problems.extend(script.problems)
            if statement.keyword == "RUN":
                continue
            for use in script.free():
                given = use.default or use.name in self.variables.environment
                self._reference(use.name, "environment", script.text.span(use.start, use.end), given)

    def _setting(self, name: str, value: Value, span: Span, origin: str) -> None:
        self.facts.settings.append(
            Setting(name, value, span, origin=origin, scope=self.scope, environment=self.context.environment)
        )

    def _reference(self, name: str, kind: str, span: Span, default: bool) -> None:
        self.facts.references.append(
            Reference(name, kind, span, scope=self.scope, environment=self.context.environment, default=default)
        )


def _part(span: Span, written: str, found: re.Match[str]) -> Span:
    """The place of a group of a match in a value, or of the whole value where that is not written as it is."""
    if span.text != written:
        return span
    return Span(span.source, span.start + found.start(1), span.start + found.end(1))
