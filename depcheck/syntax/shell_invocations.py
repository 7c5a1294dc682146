"""What a command does to the shell: options that it sets, names that it assigns, scripts that it hands to a shell."""

from __future__ import annotations

import re

from depcheck.model import Command, Word

SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"))
#: Options by their long names: one with a letter is told by its letter.
_OPTIONS = {"errexit": "e", "nounset": "u", "xtrace": "x", "pipefail": "pipefail"}
_TOLD = frozenset(_OPTIONS.values())
#: Programs that run what their arguments name, so that a shell may stand behind them.
_WRAPPERS = frozenset(
    ("sudo", "exec", "env", "nohup", "timeout", "docker", "podman", "kubectl", "ssh", "su", "gosu", "chroot", "nice")
)
_SSH_WITH_VALUE = frozenset(("-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R", "-b", "-c", "-D", "-E"))
_ASSIGNING = frozenset(("export", "declare", "typeset", "local", "readonly", "read", "mapfile", "readarray", "getopts"))
#: Programs whose commands the functions below tell something about, beside those that are named with a folder.
NOTEWORTHY = SHELLS | _WRAPPERS | _ASSIGNING | {"set"}
#: Variables that a shell or a login sets, so that no configuration has to.
# fmt: off
OWN_NAMES = frozenset((
    "BASH", "BASHPID", "BASH_ARGC", "BASH_ARGV", "BASH_COMMAND", "BASH_LINENO", "BASH_REMATCH", "BASH_SOURCE",
    "BASH_VERSINFO", "BASH_VERSION", "COLUMNS", "COMP_CWORD", "COMP_WORDS", "DIRSTACK", "EDITOR",
    "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "GROUPS", "HISTFILE", "HOME", "HOSTNAME", "HOSTTYPE",
    "IFS", "LANG", "LC_ALL", "LINENO", "LINES", "LOGNAME", "MACHTYPE", "OLDPWD", "OPTARG", "OPTERR", "OPTIND",
    "OSTYPE", "PATH", "PIPESTATUS", "PPID", "PS1", "PS2", "PS4", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELL",
    "SHELLOPTS", "SHLVL", "TERM", "TMPDIR", "UID", "USER", "ZSH_VERSION",
))
# fmt: on
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")


def normal(options: frozenset[str]) -> frozenset[str]:
    """Options as they are told: ``e``, ``u``, ``x``, ``pipefail``."""
    return frozenset(_OPTIONS.get(option, option) for option in options)


def shell_name(program: str) -> str:
    """The shell that a program is (``/bin/bash`` is ``bash``, ``cmd.exe`` is ``cmd``)."""
    name = re.split(r"[/\\]", program)[-1].lower()
    return name.removesuffix(".exe")


def options_of(arguments: list[str]) -> frozenset[str]:
    """The strict options that a shell's own arguments turn on (``-eo pipefail``)."""
    return _changed(frozenset(), arguments)


def after(options: frozenset[str], command: Command) -> frozenset[str]:
    """The options in force after a command: only ``set`` changes them."""
    if command.name != "set":
        return options
    return _changed(options, command.arguments())


def _changed(options: frozenset[str], arguments: list[str]) -> frozenset[str]:
    found = set(options)
    at = 0
    while at < len(arguments):
        word = arguments[at]
        at += 1
        if word in ("--", "-") or word[:1] not in ("-", "+"):
            break
        if word.startswith("--"):
            continue
        for letter in word[1:]:
            option = letter
            if letter == "o" and at < len(arguments):
                option = _OPTIONS.get(arguments[at], "")
                at += 1
            if option in _TOLD:
                (found.add if word[0] == "-" else found.discard)(option)
    return frozenset(found)


def _shell_at(words: list[Word]) -> int:
    """The index of the word that names the shell which is run, -1 if none is."""
    if not words or words[0].text is None:
        return -1
    name = shell_name(words[0].text)
    if name in SHELLS:
        return 0
    if name in _WRAPPERS:
        for index in range(1, len(words)):
            text = words[index].text
            if text is not None and shell_name(text) in SHELLS and not text.startswith("-"):
                return index
    return -1


def reads_script(command: Command) -> bool:
    """Whether the command is a shell that reads its script from standard input."""
    words = command.words
    at = _shell_at(words)
    if at >= 0:
        rest = [word.text for word in words[at + 1 :]]
        plain = [text for text in rest if text is None or (text[:1] not in ("-", "+") and text != "pipefail")]
        return "-s" in rest or (not plain and not any(text and re.fullmatch(r"-[a-z]*c", text) for text in rest))
    if command.name != "ssh":
        return False
    hosts = 0
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word.text in _SSH_WITH_VALUE:
            skip = True
        elif word.text is None or not word.text.startswith("-"):
            hosts += 1
    return hosts == 1


def inline_script(command: Command) -> tuple[int, frozenset[str]] | None:
    """The index of the word behind ``sh -c`` and the options that the shell is started with."""
    words = command.words
    at = _shell_at(words)
    if at < 0:
        return None
    for index in range(at + 1, len(words) - 1):
        text = words[index].text
        if text is None or text[:1] not in ("-", "+"):
            if text in _OPTIONS:
                continue
            return None
        if re.fullmatch(r"-[a-z]*c", text):
            return index + 1, options_of([word.text or "" for word in words[at + 1 : index + 1]])
    return None


def assigned_names(command: Command) -> list[str]:
    """The names of variables that a command gives a value, by assignment or by a builtin."""
    names = [] if command.words else [name for name, _ in command.assignments]
    if command.name in _ASSIGNING:
        for text in [word.text or word.raw for word in command.words[1:]]:
            name = _NAME.match(text)
            if name and (name.end() == len(text) or text[name.end()] in "=+["):
                bare = name.end() == len(text)
                if not bare or command.name not in ("export", "readonly"):
                    names.append(name[0])
    return names


def exporting(command: Command) -> bool:
    """Whether a command hands the names behind it on to other programs."""
    if command.name == "export":
        return not any(text.startswith("-") and "n" in text for text in command.arguments())
    if command.name in ("declare", "typeset", "local"):
        return any(re.fullmatch(r"-[a-zA-Z]*x[a-zA-Z]*", text) for text in command.arguments())
    return False
