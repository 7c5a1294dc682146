"""``templatefile`` and ``templatestring``: texts that are read as templates of their own."""

from __future__ import annotations

import re

from depcheck.source import Source, Text
from depcheck.syntax.hcl import parse_template
from depcheck.syntax.hcl_ast import Template
from depcheck.terraform.scope import Scope
from depcheck.terraform.template import Evaluate
from depcheck.terraform.types import STRING
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    LimitError,
    OpenAttributes,
    TfValue,
    combined,
    deeply_unmarked,
    entries_of,
    inner_marks,
    string,
    text_of,
    unknown,
)

_IDENTIFIER = re.compile(r"[^\W\d][\w-]*\Z")


def render_file(path: TfValue, names: TfValue, scope: Scope, evaluate: Evaluate) -> TfValue:
    """A file as a template."""
    marks = (path.flags | names.flags) & MARKS
    if not path.known:
        return unknown(combined((path,)), marks=marks)
    if path.payload is None:
        raise EvaluationError("the path of a template must not be null", 0)
    if scope.files is None:
        raise LimitError("templatefile() reads a file, and no files are at hand")
    content = scope.files.read(text_of(path))
    if content is None:
        raise EvaluationError(f"there is no file {text_of(path)!r}", 0)
    try:
        template = content.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError(f"the file {text_of(path)!r} is not UTF-8", 0) from None
    return _render(template, text_of(path), names, scope, evaluate, "file").marked(marks)


def render_string(template: str, names: TfValue, scope: Scope, evaluate: Evaluate) -> TfValue:
    """A string as a template."""
    marks = inner_marks(names)
    made = _render(template, "templatestring", deeply_unmarked(names), scope, evaluate, "string")
    return made.marked(marks) if marks else made


def _render(template: str, path: str, names: TfValue, scope: Scope, evaluate: Evaluate, kind: str) -> TfValue:
    if not names.known:
        return unknown(combined((names,)), STRING if kind == "string" else names.type)
    if names.kind not in ("object", "map") or names.payload is None:
        raise EvaluationError("the values of a template's names must be a map", 1)
    entries = entries_of(names)
    for name in entries:
        if not _IDENTIFIER.match(name):
            raise EvaluationError(f"{name!r} is no name that a template can use", 1)
    text = Text.of(Source(path, template))
    node, problems = parse_template(text)
    if problems:
        raise EvaluationError(f"the template {path!r} cannot be read: {problems[0].message}", 0)
    if not isinstance(node, Template):
        return string(node.value)
    inner = scope.rendering(text, entries, kind)
    if isinstance(entries, OpenAttributes):
        known = entries
        inner.resolve = lambda root, _steps: (known.other(root), 0)
    before = scope.log.count
    made = evaluate(node, inner)
    found = scope.log.forget(before)
    if found:
        place = found[0].span
        where = f"line {place.line} of {path!r}" if kind == "file" else "the template"
        raise EvaluationError(f"{where} fails: {found[0].message}")
    if made.payload is None:
        raise EvaluationError("the result of the template is null")
    # Places inside of the template's own text stay behind: a result is where it was called for.
    return made
