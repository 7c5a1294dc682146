"""Statements of a Dockerfile → instructions with the values of their words and flags."""

from __future__ import annotations

from depcheck.model import Instruction
from depcheck.parsers.dockerfile_values import Variables, evaluate
from depcheck.syntax.dockerfile import Statement
from depcheck.syntax.dockerfile_words import Pair, fields, pairs, words
from depcheck.values import Known, Value

#: Words that Docker expands; those of RUN, CMD, ENTRYPOINT and HEALTHCHECK are left to a shell.
_EXPANDED = frozenset(("ADD", "COPY", "EXPOSE", "VOLUME"))
_WHOLE = frozenset(("STOPSIGNAL", "USER", "WORKDIR"))


def instruction(statement: Statement, variables: Variables, escape: str, *, on_build: bool = False) -> Instruction:
    """The instruction that a statement is, with the variables from before it."""
    line = statement.line
    return Instruction(
        statement.keyword,
        line.span(statement.keyword_start, max(statement.args_end, statement.keyword_end)),
        line.text[statement.keyword_end : statement.args_end].strip(),
        _words(statement, variables, escape),
        flags=_flags(statement, variables, escape),
        json_form=statement.json is not None,
        heredocs=[_content(each.content, each.chomp) for each in statement.heredocs],
        on_build=on_build,
    )


def assignments(statement: Statement, escape: str) -> list[Pair]:
    """The ``NAME=value`` words of ARG, ENV or LABEL."""
    old_form = statement.keyword != "ARG"
    return pairs(statement.line.text, statement.args_start, statement.args_end, escape, old_form=old_form)


def _words(statement: Statement, variables: Variables, escape: str) -> list[Value]:
    line, keyword = statement.line, statement.keyword
    start, end = statement.args_start, statement.args_end
    if statement.json is not None:
        found: list[Value] = []
        if keyword == "HEALTHCHECK":
            found.append(Known("CMD", line.span(start, start + 3)))
        for word in statement.json:
            if keyword in _EXPANDED:
                found.append(_expanded_string(word.value, statement, word.start, word.end, variables, escape))
            else:
                found.append(Known(word.value, line.span(word.start, word.end)))
        return found
    if start >= end:
        return []
    if keyword in _WHOLE:
        return [evaluate(line, start, end, escape, variables)]
    if keyword in ("ENV", "LABEL"):
        return [evaluate(line, at, stop, escape, variables) for at, stop in words(line.text, start, end, escape)]
    if keyword in _EXPANDED:
        return [evaluate(line, at, stop, escape, variables) for at, stop in fields(line.text, start, end)]
    return [Known(line.text[at:stop], line.span(at, stop)) for at, stop in fields(line.text, start, end)]


def _expanded_string(
    value: str, statement: Statement, start: int, end: int, variables: Variables, escape: str
) -> Value:
    """A string of a JSON form whose variables Docker expands; one with escapes of its own is taken as it is."""
    line = statement.line
    if "$" in value and line.text[start + 1 : end - 1] == value:
        return evaluate(line, start + 1, end - 1, escape, variables)
    return Known(value, line.span(start, end))


def _flags(statement: Statement, variables: Variables, escape: str) -> dict[str, Value]:
    """Flags by name. One that is repeated (``--mount``) is a list, one without a value is true."""
    found: dict[str, Value] = {}
    line = statement.line
    for flag in statement.flags:
        value: Value
        if flag.value is None:
            value = Known(True, line.span(flag.start, flag.end))
        else:
            key = line.span(flag.start, max(flag.value_start - 1, flag.start))
            value = evaluate(line, flag.value_start, flag.end, escape, variables, key=key)
        earlier = found.get(flag.name)
        if earlier is None:
            found[flag.name] = value
        elif isinstance(earlier, Known) and isinstance(earlier.value, list):
            earlier.value.append(value)
        else:
            found[flag.name] = Known([earlier, value], line.span(flag.start, flag.end))
    return found


def _content(content: str, chomp: bool) -> str:
    return "".join(line.lstrip("\t") for line in content.splitlines(keepends=True)) if chomp else content
