"""HCL, the language of Terraform's ``.tf`` and ``.tfvars`` files: text to the tree of :mod:`depcheck.syntax.hcl_ast`.

A file is read strictly first. Only where that fails is it read once more with the indentation of its lines as a hint to
where each item ends, so that one error costs one item and a valid file is never judged by its layout.
"""

from __future__ import annotations

import re

from depcheck.model import Comment, Problem
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.syntax.hcl_ast import Bad, Expression, HclFile, String, Template
from depcheck.syntax.hcl_body import BodyParser
from depcheck.syntax.hcl_expression import ExpressionParser
from depcheck.syntax.hcl_lexer import MAX_PROBLEMS, Failure, Lexer

_CONFLICT = Pattern(r"^<{7} [^\n]*$|^\|{7} [^\n]*$|^={7}\r?$|^>{7} [^\n]*$", re.MULTILINE)


def parse(text: Text) -> HclFile:
    """Read a whole file."""
    parser = BodyParser(text.text)
    try:
        body = parser.file()
    except Failure:
        characters, markers = _without_conflicts(text.text)
        strict = parser.problems
        parser = BodyParser(characters, recovering=True)
        parser.problems.extend(markers[:MAX_PROBLEMS])
        body = parser.file()
        parser.problems = parser.problems or strict
    return HclFile(text, body, comments_of(parser, text), problems_of(parser, text))


def parse_json(text: Text) -> HclFile:
    """Read a file in Terraform's JSON syntax."""
    from depcheck.syntax.hcl_json import parse_json as read

    return read(text)


def parse_expression(text: Text) -> tuple[Expression, list[Problem]]:
    """Read a text that is one expression, as in a ``.tf.json`` file or on a command line."""
    parser = ExpressionParser(text.text)
    parser.newlines = False
    try:
        parser.next()
        node = parser.expression()
        if parser.kind != "end":
            parser.fail(f"expected the end of the expression, found {parser.found()}")
    except Failure:
        node = Bad(0, len(text.text))
    return node, problems_of(parser, text)


def parse_template(text: Text) -> tuple[String | Template, list[Problem]]:
    """Read a text that is a template as a whole: a file for ``templatefile``, a string of a ``.tf.json`` file."""
    parser = ExpressionParser(text.text)
    try:
        node = parser.bare()
    except Failure:
        node = String(0, len(text.text), text.text)
    return node, problems_of(parser, text)


def problems_of(parser: Lexer, text: Text) -> list[Problem]:
    """What a parser noted, in the order of the text."""
    found = sorted(set(parser.problems), key=lambda problem: (problem[1], problem[2], problem[0]))
    return [Problem(message, text.span(start, end), step) for message, start, end, step in found]


def comments_of(parser: Lexer, text: Text) -> list[Comment]:
    """The comments that a parser passed, without their markers."""
    characters = text.text
    comments: list[Comment] = []
    for start, end in sorted(parser.comments.items()):
        inner = start + 1 if characters[start] == "#" else start + 2
        stop = end - 2 if characters.startswith("/*", start) and characters.endswith("*/", inner, end) else end
        comments.append(Comment(characters[inner:stop].strip(), text.span(start, end)))
    return comments


def _without_conflicts(text: str) -> tuple[str, list[tuple[str, int, int, str]]]:
    """Blank out the marker lines of merge conflicts (positions stay) so that both sides are read."""
    if "<<<<<<<" not in text:
        return text, []
    found = list(_CONFLICT.finditer(text))
    kinds = "".join([match[0][0] for match in found])
    if "<" not in kinds or ">" not in kinds:
        return text, []
    problems: list[tuple[str, int, int, str]] = []
    parts: list[str] = []
    at = 0
    for match in found:
        parts += [text[at : match.start()], " " * (match.end() - match.start())]
        at = match.end()
        problems.append(("merge conflict marker", match.start(), match.start() + 7, "finish the merge"))
    parts.append(text[at:])
    return "".join(parts), problems
