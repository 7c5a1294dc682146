"""Secrets among the arguments of commands: which option of which program takes one, and which words are literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Command, Word
from depcheck.patterns import Pattern
from depcheck.project.credentials import is_credible, kind_of_name
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
_SHORT = frozenset({"-p", "-P", "-a", "-u", "--user", "--requirepass"})
_LOGIN = frozenset({"docker", "podman", "az"})
_USER = Pattern(r"(?P<user>[^:@/\s]{1,100}):(?P<value>[^@\s]{4,200})")


def secrets_of(command: Command) -> Iterator[tuple[str, Span, str]]:
    """Every literal secret that a command is given: the option, the place, the secret itself."""
    for option, word, text in _secret_arguments(command):
        kind = "password" if option in _SHORT or kind_of_name(option.lstrip("-")) == "password" else "token"
        if not is_credible(kind, text, (option, command.name)):
            continue
        at = word.span.text.find(text)
        start = word.span.start + at
        yield option, Span(word.span.source, start, start + len(text)) if at >= 0 else word.span, text


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
        elif text in _NEXT.get(name, ()) and not (name in _LOGIN and not _is_login(words[:index])):
            before = text
        elif (match := _OPTION.fullmatch(text)) and _takes_secret(match["name"]):
            if match["value"]:
                yield f"--{match['name']}", word, match["value"]
            elif match["value"] is None and not _is_option(words, index + 1):
                before = text


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
