"""Shell scripts in user data, each character with its place; what a function puts in is masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from depcheck.parsers import Embedded
from depcheck.parsers.cloudformation.functions import as_function
from depcheck.source import Text
from depcheck.syntax.json_strings import chunks_of
from depcheck.syntax.shell_words import MASK
from depcheck.values import Known, Value, string

#: Type of resource → where its user data stands.
USER_DATA: dict[str, tuple[str, ...]] = {
    "AWS::EC2::Instance": ("Properties", "UserData"),
    "AWS::EC2::LaunchTemplate": ("Properties", "LaunchTemplateData", "UserData"),
    "AWS::AutoScaling::LaunchConfiguration": ("Properties", "UserData"),
}
_SHELL = re.compile(r"\s*#![ \t]*/\S*?/?(?:env[ \t]+(?:-S[ \t]+)?)?(?:ba|da|z|k)?sh\b")
_SUBSTITUTION = re.compile(r"\$\{(!?)([^${}]*)\}")
_Chunk = tuple[str, int, int]


def scripts(resources: Mapping[str, Value], content: Callable[[Known], Text | None]) -> Iterator[Embedded]:
    """The scripts that machines run when they start. ``content`` gives the text of a string as written."""
    for name, written in resources.items():
        path = USER_DATA.get(string(written.get("Type")) or "")
        value = written.get(*path) if path is not None else None
        if not isinstance(value, Known):
            continue
        chunks = list(_chunks(value, content, 0))
        if chunks and _SHELL.match("".join(chunk[0] for chunk in chunks)):
            script = Text.joined(value.span.source, chunks)
            yield Embedded("shell", script, scope=f"cfn.{name}", origin="user-data")


def _chunks(value: Value, content: Callable[[Known], Text | None], depth: int) -> Iterator[_Chunk]:
    function = as_function(value)
    if not isinstance(value, Known) or depth > 8:
        return
    if function is None:
        text = content(value) if isinstance(value.value, str) else None
        if text is not None:
            yield from chunks_of(text, 0, len(text))
        return
    name, argument = function
    if name == "Fn::Base64":
        yield from _chunks(argument, content, depth + 1)
    elif name == "Fn::Join":
        joint = string(argument.get(0)) or ""
        for index, each in enumerate(argument.get(1).elements()):
            if index and joint:
                yield joint, each.span.start, each.span.start
            yield from _chunks(each, content, depth + 1)
    elif name == "Fn::Sub":
        first = argument.get(0) if isinstance(argument, Known) and isinstance(argument.value, list) else argument
        text = content(first) if isinstance(first, Known) and isinstance(first.value, str) else None
        if text is not None:
            yield from _substituted(text)
    else:
        yield MASK, value.span.start, value.span.end


def _substituted(text: Text) -> Iterator[_Chunk]:
    at = 0
    for match in _SUBSTITUTION.finditer(text.text):
        yield from chunks_of(text, at, match.start())
        at = match.end()
        if match[1]:
            # ${!NAME} is how a template writes the shell's own ${NAME}.
            yield from chunks_of(text, match.start(), match.start(1))
            yield from chunks_of(text, match.end(1), at)
        else:
            span = text.span(match.start(), at)
            yield MASK * (at - match.start()), span.start, span.end
    yield from chunks_of(text, at, len(text))
