"""``command``, ``entrypoint``, ``healthcheck`` and the hooks of a service → commands, and scripts for the shell parser.

Compose splits a string into words as a shell would, but runs no shell; only ``sh -c script`` and ``CMD-SHELL`` do.
An expansion by Compose (``${X}``) is written as the shell writes it and stays in a script; ``$$`` becomes ``$`` there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from depcheck.model import Command, Word
from depcheck.parsers import Embedded
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.syntax.interpolation import Expansion, Literal, Part, expansions, parse
from depcheck.values import Known, Value, scalar_text, string

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_SCRIPT_FOLLOWS = Pattern(r"-[a-zA-Z]*c[a-zA-Z]*")
_OPTION_FOLLOWS = Pattern(r"[-+][a-zA-Z]*[oO]")
_RUN = Pattern(r"[^\s'\"\\;&|<>]+|.", re.DOTALL)
_HOOKS = ("post_start", "pre_start", "pre_stop")


class Argument:
    """A word of a command, and how to get its content as text, in case it turns out to be a script."""

    __slots__ = ("content", "word")

    def __init__(self, word: Word, content: Callable[[], Text]) -> None:
        self.word = word
        self.content = content


def service_commands(
    service: Value, scope: str, file: yaml.YamlFile, environment: str | None
) -> tuple[list[Command], list[Embedded]]:
    """What a service runs, as far as this file tells it."""
    commands: list[Command] = []
    scripts: list[Embedded] = []

    def add(arguments: list[Argument]) -> None:
        script = _script(arguments)
        if script is not None:
            shell, content = script
            scripts.append(
                Embedded("shell", content, scope=scope, environment=environment, origin="compose", shell=shell)
            )
        elif arguments:
            words = [each.word for each in arguments]
            first, last = words[0].span, words[-1].span
            span = first.to(last) if last.end >= first.end else first
            commands.append(Command(words, span, origin="compose", shell="", scope=scope, environment=environment))

    add(_arguments(service.get("entrypoint"), file) + _arguments(service.get("command"), file))
    for hook in _HOOKS:
        for entry in service.get(hook).elements():
            add(_arguments(entry.get("command"), file))
    test = service.get("healthcheck", "test")
    if isinstance(test, Known) and isinstance(test.value, list):
        kind = string(test.value[0]) if test.value else None
        if kind == "CMD":
            add(_arguments(test, file)[1:])
        elif kind == "CMD-SHELL" and len(test.value) > 1:
            scripts.append(_embedded(test.value[1], scope, file, environment))
    elif string(test):
        scripts.append(_embedded(test, scope, file, environment))
    return commands, scripts


def container_commands(
    container: Value, scope: str, file: yaml.YamlFile, environment: str | None
) -> tuple[list[Command], list[Embedded]]:
    """What a container of Kubernetes runs: ``command`` is its entry point, ``args`` are the arguments of that."""
    whole = {"entrypoint": container.get("command"), "command": container.get("args")}
    return service_commands(Known(whole, container.span), scope, file, environment)


def _embedded(value: Value, scope: str, file: yaml.YamlFile, environment: str | None) -> Embedded:
    content = script_text(yaml.scalar_text(value, file))
    return Embedded("shell", content, scope=scope, environment=environment, origin="compose", shell="sh")


def _script(arguments: list[Argument]) -> tuple[str, Text] | None:
    """The shell with its options, and the script, of ``sh -ec script``."""
    shell = arguments[0].word.text if arguments else None
    name = shell.rsplit("/", 1)[-1] if shell else ""
    if name not in _SHELLS:
        return None
    at = 1
    while at < len(arguments):
        option = arguments[at].word.text
        if option is None or option[:1] not in ("-", "+"):
            return None
        if _SCRIPT_FOLLOWS.fullmatch(option):
            if at + 1 == len(arguments):
                return None
            return " ".join(each.word.text or "" for each in arguments[: at + 1]), arguments[at + 1].content()
        at += 2 if _OPTION_FOLLOWS.fullmatch(option) else 1
    return None


def _arguments(value: Value, file: yaml.YamlFile) -> list[Argument]:
    """The words of a command, in whichever form it is given."""
    if not isinstance(value, Known):
        return []
    if isinstance(value.value, list):
        return [
            _element(each, file) for each in value.value if isinstance(each, Known) and scalar_text(each) is not None
        ]
    return split_words(yaml.scalar_text(value, file)) if string(value) else []


def _element(value: Known, file: yaml.YamlFile) -> Argument:
    span = value.span
    raw = span.text
    quoted = raw[:1] in ("'", '"')
    written = scalar_text(value)
    if "$" not in (written or ""):
        plain = Word(written, raw, span, quoted=quoted)
        return Argument(plain, lambda: yaml.scalar_text(value, file))
    text = yaml.scalar_text(value, file)
    parts = parse(text)
    names = tuple(dict.fromkeys(each.name for each in expansions(parts)))
    content = _content(text, parts)
    return Argument(Word(None if names else content.text, raw, span, quoted=quoted, variables=names), lambda: content)


def script_text(text: Text) -> Text:
    """What a shell is given: ``$$`` is one dollar sign, expansions stay as they are written."""
    return _content(text, parse(text)) if "$$" in text.text else text


def _content(text: Text, parts: list[Part]) -> Text:
    return Text.concat([_part_text(text, part) for part in parts]) if parts else text


def _part_text(text: Text, part: Part) -> Text:
    if isinstance(part, Literal) and part.end - part.start != len(part.text):
        return _decoded(text, part.text, part.start, part.end)
    return text.cut(part.start, part.end)


def _decoded(text: Text, characters: str, start: int, end: int) -> Text:
    span = text.span(start, end)
    return Text.joined(text.source, [(characters, span.start, span.end)])


def split_words(text: Text, parts: list[Part] | None = None) -> list[Argument]:
    """Split as Compose does: quotes and backslashes as in a shell, up to the first operator (``;``, ``&``, ``|`` …).

    ``parts`` is for text in which dollar signs are nothing special any more.
    """
    words: list[Argument] = []
    current: list[Text] = []
    names: list[str] = []
    begin, quote, escaped, quoted = -1, "", False, False

    def finish(end: int) -> None:
        if begin >= 0:
            content = Text.concat(current) if current else text.cut(begin, begin)
            span = text.span(begin, end)
            decided = None if names else content.text
            word = Word(decided, text.text[begin:end], span, quoted=quoted, variables=tuple(names))
            words.append(Argument(word, lambda: content))

    for characters, start, end, name in _units(text, parse(text) if parts is None else parts):
        if begin < 0 and not (characters.isspace() and not name):
            begin, current, names, quoted = start, [], [], False
        plain = not name and end - start == 1
        if escaped or (quote and characters != quote and (characters != "\\" or quote == "'")) or not plain:
            escaped = False
            current.append(
                text.cut(start, end) if end - start == len(characters) else _decoded(text, characters, start, end)
            )
            if name:
                names.append(name)
        elif characters == "\\":
            escaped = quoted = True
        elif characters in "'\"":
            quote = "" if quote else characters
            quoted = True
        elif characters.isspace():
            finish(start)
            begin = -1
        elif characters in ";&|<>":
            begin = begin if begin < start else -1
            finish(start)
            return words
        else:
            current.append(text.cut(start, end))
    finish(len(text.text))
    return words


def _units(text: Text, parts: list[Part]) -> Iterator[tuple[str, int, int, str]]:
    """Runs of ordinary characters, single special ones, ``$$`` as one, and each expansion as one with its name."""
    for part in parts:
        if isinstance(part, Expansion):
            yield text.text[part.start : part.end], part.start, part.end, part.name
        elif part.end - part.start != len(part.text):
            yield part.text, part.start, part.end, ""
        else:
            for match in _RUN.finditer(text.text, part.start, part.end):
                yield match.group(), match.start(), match.end(), ""
