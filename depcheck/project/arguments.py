"""Secrets among the arguments of commands: which option of which program takes one, and which words are literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Command, Word
from depcheck.patterns import Pattern
from depcheck.project.credentials import is_credible, kind_of_name
from depcheck.project.step_commands import pasted_in
from depcheck.source import Span

_OPTION = Pattern(r"--?(?P<name>[A-Za-z][\w-]*)(?:=(?P<value>.*))?", re.DOTALL)
_BEARER = Pattern(
    r"(?:authorization|x-api-key|private-token|x-auth-token|apikey)\s*:\s*(?:(?:bearer|token|basic)\s+)?(?P<value>\S+)",
    re.IGNORECASE,
)
_FETCHERS = frozenset({"curl", "wget", "http", "https", "xh"})
#: Programs whose short option takes a password: glued to it, or (with a blank) as the next word.
_GLUED = {"mysql": "-p", "mysqldump": "-p", "mysqladmin": "-p", "mariadb": "-p", "mariadb-dump": "-p", "sshpass": "-p"}
_NEXT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_FETCHERS, ("-u", "--user", "-H", "--header")),
    "redis-cli": ("-a",),
    "sshpass": ("-p",),
    "mongosh": ("-p",),
    "mongo": ("-p",),
    "mongodump": ("-p",),
    "mongorestore": ("-p",),
    "sqlcmd": ("-P",),
    "docker": ("-p",),
    "podman": ("-p",),
    "az": ("-p",),
}
#: Options whose argument is a name and its value (``-e TOKEN=…``), or a list of them.
_ASSIGNING = frozenset(
    {
        "-e",
        "--env",
        "--build-arg",
        "--set",
        "--set-string",
        "--from-literal",
        "-var",
        "--var",
        "--set-env-vars",
        "--update-env-vars",
        "--parameter-overrides",
    }
)
_ASSIGNED = Pattern(r"(?P<name>[A-Za-z_][\w.-]{0,80})=(?P<value>[^\s,]{4,400})", re.DOTALL)
#: What the shell runs itself, or what shows its words to nobody.
_BUILT_IN = frozenset(
    {"", "echo", "printf", "export", "test", "[", "[[", "local", "declare", "typeset", "readonly", "set", ":", "read"}
    | {"return", "exit", "eval", "cat", "tee", "if", "case", "for", "true", "false", "unset", "source", "."}
)
_SHORT = frozenset({"-p", "-P", "-a", "-u", "--user", "--requirepass"})
_LOGIN = frozenset({"docker", "podman", "az"})
_USER = Pattern(r"(?P<user>[^:@/\s]{1,100}):(?P<value>[^@\s]{4,200})")


def secrets_of(command: Command) -> Iterator[tuple[str, Span, str]]:
    """Every literal secret that a command is given: the option, the place, the secret itself."""
    for option, word, text in _secret_arguments(command):
        kind = (
            "password"
            if option in _SHORT or kind_of_name(option.rpartition(" ")[2].lstrip("-")) == "password"
            else "token"
        )
        if not is_credible(kind, text, (option, command.name)):
            continue
        at = word.span.text.find(text)
        start = word.span.start + at
        yield option, Span(word.span.source, start, start + len(text)) if at >= 0 else word.span, text


def hidden(span: Span, text: str) -> list[Span]:
    """What must not be shown of a secret that is written at a place: nothing where only its name stands there."""
    return [] if "${" in span.text and text not in span.text else [span]


def _secret_arguments(command: Command) -> Iterator[tuple[str, Word, str]]:
    """Each literal argument that a command takes for a secret: the option, its word, the secret itself."""
    name, words = command.name, command.words[1:]
    before = ""
    for index, word in enumerate(words):
        text = word.text
        if text is None:
            before = ""
            continue
        option, before = before, ""
        if option:
            inner = _inside(option, text) if name in _FETCHERS else text
            if inner is not None:
                yield option, word, inner
            continue
        glued = _GLUED.get(name)
        if glued and text.startswith(glued) and len(text) > len(glued) and not text.startswith("--"):
            yield glued, word, text[len(glued) :]
        elif text in _ASSIGNING:
            following = words[index + 1] if index + 1 < len(words) else None
            yield from _assigned(text, following)
        elif text == "set" and name == "aws" and index and words[index - 1].text == "configure":
            if index + 2 < len(words) and _takes_secret(words[index + 1].text or ""):
                yield from _literal(words[index + 1].text or "", words[index + 2])
        elif text in _NEXT.get(name, ()) and not (name in _LOGIN and not _is_login(words[:index])):
            before = text
        elif (match := _OPTION.fullmatch(text)) and _takes_secret(match["name"]):
            if match["value"]:
                yield f"--{match['name']}", word, match["value"]
            elif match["value"] is None and not _is_option(words, index + 1):
                before = text


def _assigned(option: str, word: Word | None) -> Iterator[tuple[str, Word, str]]:
    """The secrets among names with their values."""
    if word is None or word.text is None:
        return
    for match in _ASSIGNED.finditer(word.text):
        if kind_of_name(match["name"]) not in (None, "weak"):
            yield f"{option} {match['name']}", word, match["value"]


def _literal(option: str, word: Word) -> Iterator[tuple[str, Word, str]]:
    if word.text is not None:
        yield option, word, word.text


def pasted_into(command: Command) -> Iterator[tuple[Span, str]]:
    """Each word of a program's command line into which a workflow pastes a secret, and the secret's name."""
    if command.name in _BUILT_IN and command.words[:1] and command.words[0].text is not None:
        return
    for index, word in enumerate(command.words[1:]):
        if "${{" not in word.raw or (command.words[index].text == "--build-arg" or "--build-arg=" in word.raw):
            continue
        for name in pasted_in(word):
            if kind_of_name(name) is not None:
                yield word.span, name
                break


def expanded_into(command: Command) -> Iterator[tuple[Span, str, str]]:
    """Each word of a program's command line that the shell makes of a secret's variable: place, option, variable."""
    before = ""
    for word in command.words[1:]:
        option, before = before, ""
        if word.text is not None:
            before = word.text if word.text.startswith("-") else ""
            continue
        given = word.raw.strip("\"'").partition("=")[0] if word.raw.startswith(("-", '"-')) else option
        if given in ("--build-arg", "-e", "--env") or command.name in _BUILT_IN:
            continue
        for name in word.variables:
            if kind_of_name(name) not in (None, "weak") and (_takes_value(command.name, given, word.raw)):
                glued = _GLUED.get(command.name, "")
                yield word.span, glued if glued and given.startswith(glued) else given or "an argument", name
                break


def _takes_value(program: str, option: str, raw: str) -> bool:
    name = option.lstrip("-")
    glued = _GLUED.get(program)
    if glued is not None and raw.strip("\"'").startswith(glued):
        return True
    if option in _NEXT.get(program, ()):
        return option not in ("-H", "--header") or _BEARER.search(raw) is not None
    return bool(name) and (_takes_secret(name) or option in _ASSIGNING)


def _takes_secret(option: str) -> bool:
    return option == "requirepass" or kind_of_name(option) in ("password", "token", "secret", "key")


def _inside(option: str, text: str) -> str | None:
    """The secret in the argument of an option: behind a user's name, or in a header."""
    if option in ("-u", "--user"):
        user = _USER.fullmatch(text)
        return user["value"] if user else None
    if option in ("-H", "--header"):
        header = _BEARER.search(text)
        return header["value"].strip("\"'") if header else None
    return text


def _is_login(words: list[Word]) -> bool:
    return any(word.text == "login" for word in words)


def _is_option(words: list[Word], index: int) -> bool:
    return index >= len(words) or (words[index].text or "").startswith("-")
