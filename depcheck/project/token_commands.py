"""What the commands of a step do with the job's token."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model import Command
from depcheck.patterns import Pattern
from depcheck.project import token_table
from depcheck.project.token_table import Answer
from depcheck.project.token_uses import READABLE, Needs, Use, merge
from depcheck.values import Value

_SECRET_WORD = Pattern(r"TOKEN|AUTH|PAT\b|SECRET|CREDENTIAL|_KEY\b", re.IGNORECASE)
_REMOTE = Pattern(
    r"git (?:clone|init|remote (?:add|set-url)|config .*(?:url\.|extraheader|credential|insteadof)).*",
    re.IGNORECASE,
    holding=("git ",),
)
_EXPANSION = Pattern(r"\$\{\{[^}]*\}\}|\$\{?\w+\}?")
#: Stands for options of git that may hold credentials.
_OPTIONS = "-c"
_API = Pattern(r"https://api\.github\.com/\S+")
#: Options of ``gh api`` and curl that make a request one that changes something unless a method says otherwise.
_BODY = frozenset(
    {"-f", "-F", "--field", "--raw-field", "--input", "-d", "--data", "--data-raw", "--data-binary", "--json"}
)
_METHOD = frozenset({"-X", "--method", "--request"})
_VALUED = frozenset({"-H", "--header", "-q", "--jq", "-t", "--template", "-p", "--preview", "--cache", "--hostname"})


class Script:
    """What earlier steps of a job have left: whose credentials git has (``own``, ``other``, ``open`` or none), whether
    GitHub's container registry knows the token, whether every later step has it, whether remotes were changed."""

    __slots__ = ("credentials", "everywhere", "logged_in", "remotes", "signed_in")

    def __init__(self) -> None:
        self.credentials = ""
        self.logged_in = ""
        self.everywhere = False
        self.remotes = False
        self.signed_in = False


def read(script: Script, commands: Sequence[Command], run: Value, has: str, needs: Needs) -> None:
    """Add what a step's script needs; ``has`` says whether the token is handed to it."""
    if script.everywhere and has == "no":
        has = "open"
    if not commands and run.span.text.strip():
        _unknown(script, has, "the script is in a language that is not read", run, needs)
        return
    for at, command in enumerate(commands):
        if at + 1 < len(commands) and commands[at + 1].joined == "||":
            tolerated = Needs()  # it may fail, and something else happens then
            _command(script, command, has, tolerated)
            merge(needs.may, tolerated.may)
            for permission, (reason, span) in tolerated.unknown.items():
                needs.open(permission, reason, span)
        else:
            _command(script, command, has, needs)


def _command(script: Script, command: Command, has: str, needs: Needs) -> None:
    line = tuple(word.text if word.text is not None else _plain(word.raw) for word in command.words)
    if has != "no" and any("GITHUB_ENV" in each.target.raw for each in command.redirections):
        script.everywhere = True
    if not line:
        return
    line = _without_options(line)
    text = " ".join(line)
    if text.startswith(("gh auth login", "gh auth setup-git")):
        script.everywhere = True
        if "setup-git" in text and has == "yes" and not script.credentials:
            script.credentials = "open"
    if _REMOTE.fullmatch(text):
        script.remotes = True
    if line[0] == "gh" and line[1:2] == ("api",):
        _request(line[2:], command, has, needs)
        return
    if line[0] in ("curl", "wget"):
        _download(script, line, command, has, needs)
        return
    entry = token_table.of_command(line)
    if entry is None:
        if not token_table.is_quiet(line):
            shown = " ".join(line[:2]) if command.name else "this"
            _unknown(script, has, f"what `{shown}` does with the token is not known", command, needs)
        return
    name = f"`{' '.join(line[:3])}`"
    if entry.pushes:
        if script.logged_in == "yes":
            needs.need({"packages": "write"}, name, command.span)
        elif script.logged_in or has != "no":
            merge(needs.may, {"packages": "write"})
        return
    if entry.logs_in and has != "no":
        script.logged_in = "yes" if has == "yes" and _mentions_token(command) else "open"
    mine = _mine(script, entry, has, line)
    if entry.credentials and mine == "open":
        needs.open("contents", f"with whose credentials {name} pushes is not known", command.span)
    for permission, level in entry.needs.items():
        if mine == "yes" or (permission == "id-token" and command.depth == 0):
            needs.need({permission: level}, name, command.span)
        elif mine == "open" or permission == "id-token":
            merge(needs.may, {permission: level})
    if mine == "yes" and entry.either:
        needs.either.append((entry.either, Use("write", name, command.span)))
    if mine != "no":
        merge(needs.may, entry.may)
        merge(needs.may, entry.either)
    elif "id-token" in entry.may:
        merge(needs.may, {"id-token": entry.may["id-token"]})
    if script.logged_in and "packages" in entry.may:
        merge(needs.may, {"packages": entry.may["packages"]})


def _without_options(line: tuple[str, ...]) -> tuple[str, ...]:
    """A command of git or gh without the options before its verb, which may stand between the verbs of gh. Those of git
    may hold credentials (``-c``) and leave a mark behind."""
    if line[0] == "gh":
        return tuple(
            word
            for at, word in enumerate(line)
            if not (word in ("-R", "--repo") or word.startswith("--repo=") or line[at - 1] in ("-R", "--repo"))
        )
    if line[0] != "git":
        return line
    at, mark = 1, False
    while at < len(line) and line[at].startswith("-"):
        mark = mark or line[at] == _OPTIONS
        at += 2 if line[at] in (_OPTIONS, "-C", "--git-dir", "--work-tree") else 1
    return ("git", *line[at:], *((_OPTIONS,) if mark else ()))


def _plain(raw: str) -> str:
    """A word that is not decided as written, without quotes."""
    return raw.strip("\"'")


def _mentions_token(command: Command) -> bool:
    return any("token" in word.raw.lower() for word in command.words) or command.joined == "|"


def _mine(script: Script, entry: token_table.Entry, has: str, line: tuple[str, ...]) -> Answer:
    """Whether a command works with the job's token."""
    if entry.credentials:
        elsewhere = script.remotes or any("://" in word or "@" in word or word == _OPTIONS for word in line[1:])
        if script.credentials in ("own", "other") and not elsewhere:
            return "yes" if script.credentials == "own" else "no"
        return "open"
    return "yes" if has == "yes" else "open" if has == "open" else "no"


def _unknown(script: Script, has: str, reason: str, place: Command | Value, needs: Needs) -> None:
    span = place.span
    if has != "no":
        needs.open("*", reason, span)
        return
    needs.open("id-token", reason, span)
    if script.credentials in ("own", "open"):
        needs.open("contents", reason, span)
    if script.logged_in:
        needs.open("packages", reason, span)


def _request(words: Sequence[str], command: Command, has: str, needs: Needs) -> None:
    """``gh api``: which path, and whether it changes something."""
    path, method = _path_and_method(words)
    if has == "no":
        return
    shown = path.split("?")[0]
    if method in ("GET", "HEAD") and "graphql" not in shown:
        merge(needs.may, dict.fromkeys(READABLE, "read"))
        return
    entry = token_table.of_api(_EXPANSION.sub("x", _owner(shown)))
    if entry is None or not method:
        needs.open("*", f"what `gh api {shown}` needs is not known", command.span)
        return
    name = f"`gh api {shown}`"
    if has == "yes":
        needs.need(entry.needs, name, command.span)
        if entry.either:
            needs.either.append((entry.either, Use("write", name, command.span)))
    for levels in (entry.needs, entry.may, entry.either):
        merge(needs.may, levels)


def _owner(path: str) -> str:
    """The path with one part each for what stands for the repository (``repos/$GITHUB_REPOSITORY/…``)."""
    path = re.sub(r"\{(\w+)\}", r"\1", path)
    return re.sub(
        r"repos/(?:\$\{?GITHUB_REPOSITORY\}?|\$\{\{\s*github\.repository\s*\}\}|\$\{?(?:REPO|GH_REPO|REPOSITORY)\}?)(?=/)",
        "repos/x/x",
        path,
    )


def _path_and_method(words: Sequence[str]) -> tuple[str, str]:
    path, method, body = "", "", False
    at = 0
    while at < len(words):
        word = words[at]
        name, _, value = word.partition("=")
        if name in _METHOD:
            at += 0 if value else 1
            method = (value or (words[at] if at < len(words) else "")).upper()
        elif word.startswith("-X") and len(word) > 2:
            method = word[2:].upper()
        elif name in _BODY:
            body = True
            at += 0 if value and name.startswith("--") else 1
        elif name in _VALUED:
            at += 0 if value else 1
        elif not word.startswith("-") and not path:
            path = word
        at += 1
    if "$" in method:
        method = ""
    elif not method:
        method = "POST" if body else "GET"
    return path, method


def _download(script: Script, line: tuple[str, ...], command: Command, has: str, needs: Needs) -> None:
    """``curl`` and ``wget``: to GitHub's API with the token, to ask for an OpenID Connect token, or neither."""
    text = " ".join(line)
    if "ID_TOKEN_REQUEST" in text:
        merge(needs.may, {"id-token": "write"})
        return
    if has == "no":
        return
    secret = any(_SECRET_WORD.search(each) for word in command.words for each in word.variables)
    if not secret and "${{" not in text and not any(word.variables for word in command.words if word.text is None):
        return
    url = next((word for word in line if _API.match(word)), None)
    if url is None:
        needs.open("*", f"what `{line[0]}` does with the token is not known", command.span)
        return
    _, method = _path_and_method(line[1:])
    _request(["-X", method or "POST", url.removeprefix("https://api.github.com/")], command, has, needs)
