"""Shell scripts → commands, the settings that they hand on, and the names that they take from outside."""

from __future__ import annotations

import re

from depcheck.model import Command, Reference, Setting, Word
from depcheck.parsers import Context, Parsed
from depcheck.source import Span, Text
from depcheck.syntax import shell
from depcheck.syntax.shell_invocations import OWN_NAMES, exporting
from depcheck.values import Known, Missing, Unknown, Value

_SHEBANG = re.compile(r"#![ \t]*([^\r\n]+)")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_BY_EXTENSION = {"bash": "bash", "zsh": "zsh", "ksh": "ksh"}


def parse(text: Text, context: Context) -> Parsed:
    """Read one script: a file, or what stands in another language and says by which shell it is run."""
    script = shell.parse(
        text,
        origin=context.origin or "script",
        shell=_shell(text, context),
        strict=context.strict,
        scope=context.scope,
        environment=context.environment,
    )
    # Documents mix what programs print with what is typed, so that an open quote there means nothing.
    problems = script.problems if context.origin != "document" else []
    parsed = Parsed(comments=script.comments, problems=problems)
    parsed.facts.commands = script.commands
    parsed.facts.settings = _settings(script.commands, context)
    parsed.facts.references = [
        Reference(
            use.name,
            "environment",
            text.span(use.start, use.end),
            scope=context.scope,
            environment=context.environment,
            default=use.default,
        )
        for use in script.free()
    ]
    return parsed


def _shell(text: Text, context: Context) -> str:
    """The interpreter's command line: as the host says, else the ``#!`` line, else what the file's name says."""
    if context.shell:
        return context.shell
    shebang = _SHEBANG.match(text.text)
    if shebang:
        return shebang[1].strip()
    return _BY_EXTENSION.get(text.source.path.rsplit(".", 1)[-1], "sh")


def _settings(commands: list[Command], context: Context) -> list[Setting]:
    """What is exported, and what is set for a single command (``NODE_ENV=production npm start``)."""
    found: list[Setting] = []
    plain: dict[str, list[Setting]] = {}
    for command in commands:
        for name, word in command.assignments:
            if name in OWN_NAMES:  # `IFS= read`, `LC_ALL=C sort`
                continue
            setting = _setting(name, word, command.span.start, context)
            if command.words:
                found.append(setting)
            else:
                plain.setdefault(name, []).append(setting)
        if not exporting(command):
            continue
        for word in command.words[1:]:
            assigned = _ASSIGNED.match(word.raw)
            if assigned and word.span.text == word.raw:
                found.append(_exported(assigned, word, context))
            elif word.text in plain:
                found.extend(plain.pop(word.text))
    return sorted(found, key=lambda setting: setting.span.start)


def _exported(assigned: re.Match[str], word: Word, context: Context) -> Setting:
    """``export NAME=value``, where name and value are one word."""
    name, source = assigned[1], word.span.source
    at = word.span.start + assigned.end()
    text = None if word.text is None or assigned[2] else word.text[assigned.end() :]
    span = Span(source, at, word.span.end)
    key = Span(source, word.span.start, word.span.start + len(name))
    return _made(name, text, word.variables, span, key, context)


def _setting(name: str, word: Word, begin: int, context: Context) -> Setting:
    """``NAME=value`` before a command or alone; the name stands right before the value."""
    span = word.span
    start = span.source.text.rfind(name, begin, span.start)
    key = Span(span.source, start, start + len(name)) if start >= 0 else span
    appended = start >= 0 and "+" in span.source.text[start + len(name) : span.start]
    return _made(name, None if appended else word.text, word.variables, span, key, context)


def _made(name: str, text: str | None, variables: tuple[str, ...], span: Span, key: Span, context: Context) -> Setting:
    value: Value
    if text is not None:
        value = Known(text, span, key=key)
    else:
        missing = tuple(Missing(each, span) for each in variables)
        value = Unknown(f"{name} is put together when the script runs", span, missing=missing, key=key)
    return Setting(name, value, key, origin="shell", scope=context.scope, environment=context.environment)
