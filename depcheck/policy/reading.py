"""From the text of a policy to its model, and from what Pydantic says to sentences with a place."""

from __future__ import annotations

from typing import Annotated, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from depcheck.policy import vocabulary, words
from depcheck.policy.document import Policy, follow, place
from depcheck.policy.errors import Mistake, PolicyError
from depcheck.policy.models.document import Document
from depcheck.policy.names import Names
from depcheck.policy.validation import CLAUSE, Unreadable, WrittenFloat, WrittenInt, described
from depcheck.source import Source, Span, Text
from depcheck.syntax.yaml import parse
from depcheck.values import Absent, Known, Unknown, Value

#: Beyond this no key of a policy can stand.
_DEPTH = 24
#: A file with more mistakes than this is told the first ones.
_MOST = 200


def read(source: Source) -> Policy:
    """The policy in a source.

    Raises:
        PolicyError: with every mistake of the file, in its order.
    """
    file = parse(Text.of(source))
    mistakes = [_mistake(problem.span, _sentence(problem.message, problem.next_step)) for problem in file.problems]
    for further in file.further:
        if not isinstance(further, Absent):
            mistakes.append(_mistake(place(further), "a second document: a policy is one document"))
    root = file.root
    data = _plain(root, 0)
    if not isinstance(data, dict):
        if data is not None and not isinstance(data, Unreadable):
            what = f"expected keys such as environments, recovery and rules, not {described(data)}"
            mistakes.append(_mistake(place(root), what))
        data = {}
    names = Names.gathered(data, vocabulary.activities())
    try:
        document = Document.model_validate(data, context=names)
    except ValidationError as error:
        told = [_told(details, root, names) for details in error.errors(include_url=False)[:_MOST]]
        unreadable = {(mistake.line, mistake.column) for mistake in mistakes}
        mistakes += [each for each in told if each is not None and (each.line, each.column) not in unreadable]
    else:
        if not mistakes:
            return Policy(source, root, document, names)
    raise PolicyError.of(_distinct(mistakes) or [_mistake(place(root), "cannot be read")])


def _plain(value: Value, depth: int) -> object:
    """A tree of values as Pydantic takes it; numbers remember how they were written."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, Unknown) or depth > _DEPTH:
        return Unreadable()
    inner = value.value
    if isinstance(inner, dict):
        return {key: _plain(item, depth + 1) for key, item in inner.items()}
    if isinstance(inner, list):
        return [_plain(item, depth + 1) for item in inner]
    if isinstance(inner, bool) or inner is None or isinstance(inner, str):
        return inner
    written = WrittenInt(inner) if isinstance(inner, int) else WrittenFloat(inner)
    written.text = value.span.text
    return written


def _told(details: ErrorDetails, root: Value, names: Names) -> Mistake | None:
    path = tuple(details["loc"])
    kind = details["type"]
    at_key = bool(path) and path[-1] == "[key]"
    if at_key:
        path = path[:-1]
    node, reached = follow(root, path, names)
    if isinstance(node, Unknown):
        return None
    if kind == "extra_forbidden":
        return _mistake(node.key or place(node), words.unknown("key", str(path[-1]), _keys_at(path[:-1])))
    if kind == "missing":
        return _mistake(node.key or place(node), f'missing key "{path[-1]}"{_owner(path[:-1])}')
    message = _clause(details, node)
    if at_key:
        return _mistake(node.key or place(node), message)
    key = next((str(part) for part in reversed(path[:reached]) if isinstance(part, str) and part != "*"), "")
    nothing = isinstance(node, Known) and node.value is None
    if node.key is not None and (nothing or message.startswith("missing key")):
        return _mistake(node.key, f"{key}: {message}")
    return _mistake(node.span, f"{key}: {message}" if key else message)


def _clause(details: ErrorDetails, node: Value) -> str:
    kind = details["type"]
    if kind == CLAUSE:
        return str(details["ctx"]["clause"])
    written = details["input"]
    if kind == "list_type":
        hint = f": write [{str(written)[:40]}]" if isinstance(written, str) and written.isprintable() else ""
        return f"expected a list, not {described(written)}{hint}"
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return f"expected a map (key: value), not {described(written)}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}"


def _owner(path: tuple[str | int, ...]) -> str:
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    return f" in {name}" if name else ""


def _keys_at(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that the map at a path may have."""
    kind: object = Document
    for part in path:
        kind = _inner(kind, part)
    model = _model(kind)
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inner(kind: object, part: str | int) -> object:
    model = _model(kind)
    if model is not None:
        for name, field in model.model_fields.items():
            if part == (field.alias or name):
                return field.annotation
        return None
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    return arguments[0] if get_origin(kind) is list else None


def _model(kind: object) -> type[BaseModel] | None:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _sentence(message: str, next_step: str) -> str:
    return f"{message}: {next_step}" if next_step else message


def _mistake(span: Span, message: str) -> Mistake:
    flat = "".join(char if char.isprintable() else " " for char in message)
    return Mistake(span.path, span.line, span.column, flat)


def _distinct(mistakes: list[Mistake]) -> list[Mistake]:
    """Each sentence once: an alias has its mistakes at every use of it."""
    return list({str(mistake): mistake for mistake in mistakes}.values())
