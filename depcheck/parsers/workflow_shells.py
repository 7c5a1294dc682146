"""Which shell runs a step's script, and with which options, as GitHub's documentation of ``shell`` says."""

from __future__ import annotations

from depcheck.model import Step
from depcheck.parsers import Embedded
from depcheck.parsers.workflow_values import content
from depcheck.syntax import expressions, yaml
from depcheck.values import Known, Unknown, Value, string

_SHELLS = frozenset({"bash", "sh", "dash", "zsh", "ksh", "ash"})
_STRICT = frozenset({"e", "pipefail"})
#: Actions that run a shell script which they are given: action → input.
_SCRIPT_INPUTS = {
    "appleboy/ssh-action": "script",
    "azure/cli": "inlinescript",
    "nick-fields/retry": "command",
    "nick-invision/retry": "command",
}


class Shell:
    """A shell's name (empty for one that is no POSIX shell) and its options in force."""

    __slots__ = ("name", "strict")

    def __init__(self, name: str, strict: frozenset[str]) -> None:
        self.name = name
        self.strict = strict


def shell_of(declared: list[Value], runs_on: Value, in_container: bool) -> Shell:
    """The shell of a step: the first of the declared ones that is given, else the runner's own."""
    for value in declared:
        written = string(value)
        if written is not None and not expressions.contains(written):
            return _named(written)
        if written is not None or isinstance(value, Unknown):
            return Shell("bash", _STRICT)
    if in_container:
        return Shell("sh", frozenset({"e"}))
    if any("windows" in (string(label) or "").lower() for label in runs_on.elements()):
        return Shell("", frozenset())
    return Shell("bash", frozenset({"e"}))


def _named(written: str) -> Shell:
    words = written.split()
    name = words[0].rsplit("/", 1)[-1].removesuffix(".exe") if words else ""
    if name not in _SHELLS:
        return Shell("", frozenset())
    if len(words) == 1:
        return Shell(name, _STRICT if name == "bash" else frozenset({"e"}))
    strict: set[str] = set()
    for index, word in enumerate(words[1:], 1):
        if not word.startswith("-") or word.startswith("--"):
            continue
        strict.update(letter for letter in word[1:] if letter in "eu")
        if word.endswith("o") and index + 1 < len(words) and words[index + 1] == "pipefail":
            strict.add("pipefail")
    return Shell(name, frozenset(strict))


def scripts(step: Step, file: yaml.YamlFile, shell: Shell, scope: str, environment: str | None) -> list[Embedded]:
    """The shell script of a step: what it runs, or what it gives to an action that runs it."""
    run = step.tree.get("run")
    if isinstance(run, Known) and isinstance(run.value, str) and shell.name:
        text = content(run, file)
        return [
            Embedded(
                "shell",
                text,
                scope=scope,
                environment=environment,
                origin="workflow",
                shell=shell.name,
                strict=shell.strict,
            )
        ]
    action = (string(step.uses) if step.uses is not None else None) or ""
    wanted = _SCRIPT_INPUTS.get(action.partition("@")[0].lower())
    return [
        Embedded("shell", content(value, file), scope=scope, environment=environment, origin="workflow", shell="bash")
        for name, value in (step.tree.get("with").items() if wanted else ())
        if name.lower() == wanted and string(value)
    ]
