"""Conditions whose outcome is decided by how they are written: they can never be false, or never be true."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Outcome, Violation
from depcheck.model import Job
from depcheck.patterns import Pattern
from depcheck.pipelines.conditions import UNDECIDED, Situation, evaluate
from depcheck.pipelines.telling import is_run
from depcheck.project.workflows import conditions_of, text_of
from depcheck.syntax import expressions
from depcheck.syntax.expressions import Expression, Token
from depcheck.values import Value

_STATUS = frozenset({"always", "success", "failure", "cancelled"})
_NOT_A_REF = Pattern(r"(?!refs/)[\w./-]+")
_A_REF = Pattern(r"refs/.*")


def expression_of(condition: Value) -> Expression | None:
    """The only expression of a condition; None where text stands around it."""
    text = text_of(condition)
    found = expressions.condition(text)
    if len(found) != 1 or (expressions.contains(text.text) and found[0].written != text.text):
        return None
    return found[0]


def truthy_operand(condition: Value) -> str | None:
    """What makes a condition always true: a text that stands alone beside ``||`` (``… == 'main' || 'develop'``), or two
    ``!=`` of which one always holds; None where nothing does."""
    found = expression_of(condition)
    if found is None or not found.uses or _STATUS.intersection(found.functions):
        return None
    value = evaluate(found.tokens, Situation({}))
    if value is not UNDECIDED and value not in (False, None, "", 0):
        return "a text beside || counts as true"
    parts = _alternatives(found.tokens)
    refused = [_comparison(part) for part in parts]
    if len(parts) > 1 and all(each is not None and each[1] == "!=" for each in refused):
        named = [each for each in refused if each is not None]
        if len({each[0] for each in named}) == 1 and len({each[2].lower() for each in named}) > 1:
            return f"{named[0][0]} is always another than one of the two"
    return None


def _alternatives(tokens: list[Token]) -> list[list[Token]]:
    """The parts between ``||`` outside of all parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        mark = token.text if token.kind == "operator" else ""
        depth += (mark in ("(", "[")) - (mark in (")", "]"))
        if mark == "||" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _comparison(tokens: list[Token]) -> tuple[str, str, str] | None:
    """``github.ref == 'x'`` as its context, its operator and its text."""
    at = next((i for i, each in enumerate(tokens) if each.kind == "operator" and each.text in ("==", "!=")), -1)
    if at < 1 or at + 2 != len(tokens) or tokens[at + 1].kind != "string":
        return None
    path = tokens[:at]
    if any(each.kind not in ("name", "operator") or (each.kind == "operator" and each.text != ".") for each in path):
        return None
    return "".join(each.text for each in path).lower(), tokens[at].text, tokens[at + 1].text


def impossible(job: Job) -> Iterator[Outcome]:
    """Comparisons with something that a context never is."""
    if not is_run(job.span.path):
        return
    events = {each.lower() for each in job.triggers}
    for condition, what in conditions_of(job):
        found = expression_of(condition)
        tokens = found.tokens if found is not None else []
        for context, operator, literal in _comparisons(tokens):
            why = _never(context, literal, events)
            if context == "github.event_name" and (operator == "!=" or len(_alternatives(tokens)) > 1):
                continue  # one of several ways, or a way that is left out to be sure
            if why is None:
                continue
            yield Violation(
                condition,
                resource=job.address,
                environment=job.environment,
                discriminator=f"{what}:{context}:{literal}",
                words={"what": what, "comparison": f"{context} {operator} '{literal}'", "why": why},
            )
            break


def _comparisons(tokens: list[Token]) -> Iterator[tuple[str, str, str]]:
    """Every ``context == 'text'`` in an expression."""
    for at, token in enumerate(tokens):
        if token.kind != "operator" or token.text not in ("==", "!=") or at + 1 >= len(tokens):
            continue
        if tokens[at + 1].kind != "string":
            continue
        start = at
        while start > 0 and (tokens[start - 1].kind == "name" or tokens[start - 1].text == "."):
            start -= 1
        told = _comparison(tokens[start : at + 2])
        if told is not None:
            yield told


def _never(context: str, literal: str, events: set[str]) -> str | None:
    if context == "github.ref" and literal and _NOT_A_REF.fullmatch(literal):
        return f"a ref begins with refs/, as in refs/heads/{literal}"
    if context == "github.ref_name" and _A_REF.fullmatch(literal):
        return "the name of a ref has no refs/heads/ before it"
    if context == "github.event_name" and events and not events & {"workflow_call", literal.lower()}:
        return f"no event of that name starts this workflow ({', '.join(sorted(events))})"
    return None
