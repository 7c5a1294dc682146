"""Shell scripts to simple commands, after POSIX's Shell Command Language and Bash's manual.

Nothing is rejected: this reads what runs, it does not judge grammar. Compound commands are not told as such; the
commands inside them are, with their depth. Here-documents are skipped unless they are a shell's standard input.
"""

from __future__ import annotations

from depcheck.model import Command, Comment, Problem
from depcheck.source import Text
from depcheck.syntax.shell_invocations import (
    NOTEWORTHY,
    OWN_NAMES,
    SHELLS,
    after,
    assigned_names,
    inline_script,
    normal,
    options_of,
    reads_script,
    shell_name,
)
from depcheck.syntax.shell_lists import CommandList
from depcheck.syntax.shell_reader import ShellReader
from depcheck.syntax.shell_words import Use


class ShellScript:
    """What a script holds. ``uses`` are its ``$NAME``s in order, ``assigned`` the names that it gives a value."""

    __slots__ = ("assigned", "commands", "comments", "problems", "text", "uses")

    def __init__(
        self,
        text: Text,
        commands: list[Command],
        comments: list[Comment],
        problems: list[Problem],
        uses: list[Use],
        assigned: set[str],
    ) -> None:
        self.text = text
        self.commands = commands
        self.comments = comments
        self.problems = problems
        self.uses = uses
        self.assigned = assigned

    def free(self) -> list[Use]:
        """The first use of each name that comes from outside: neither assigned here nor one of the shell's own.

        It has a default only if every use has one.
        """
        found: dict[str, Use] = {}
        for use in self.uses:
            if use.name in self.assigned or use.name in OWN_NAMES:
                continue
            first = found.get(use.name)
            if first is None or (first.default and not use.default):
                found[use.name] = use
        return list(found.values())


def parse(
    text: Text,
    *,
    origin: str,
    shell: str = "sh",
    strict: frozenset[str] = frozenset(),
    scope: str = "",
    environment: str | None = None,
) -> ShellScript:
    """The simple commands of a script, in the order in which they stand.

    ``shell`` is a name, a path or a whole command line (``bash -eo pipefail {0}``), whose options join ``strict``.
    Options are told as ``e``, ``u``, ``x`` and ``pipefail``. A language that is no POSIX-like shell (``pwsh``, ``cmd``,
    ``python``) yields nothing.
    """
    program, *arguments = shell.split() or ["sh"]
    name = shell_name(program)
    if name == "env":
        while arguments and (arguments[0][:1] == "-" or "=" in arguments[0]):
            arguments = arguments[1:]
        program, *arguments = arguments or ["sh"]
        name = shell_name(program)
    if name not in SHELLS:
        return ShellScript(text, [], [], [], [], set())
    reader = _Reader(text, origin, name, normal(strict) | options_of(arguments), scope, environment)
    reader.commands_at(0, "")
    return ShellScript(text, reader.commands, reader.comments, reader.problems, reader.uses, reader.assigned)


class _Reader(ShellReader):
    """Reads the scripts inside a script too: what ``sh -c`` is given, and a shell's standard input."""

    __slots__ = ()

    def told(self, command: Command, state: CommandList) -> None:
        """What a command changes for those behind it, and the script that it hands to a shell."""
        program = command.words[0].text if command.words else ""
        if program is None or (program and program not in NOTEWORTHY and "/" not in program):
            return
        self.strict = after(self.strict, command)
        self.assigned.update(assigned_names(command))
        found = inline_script(command) if len(command.words) > 2 else None
        if found is None:
            return
        index, options = found
        for number, start, end in state.quoted:
            raw = self.s[start:end]
            if number != index or raw[0] not in "'\"" or raw.find(raw[0], 1) != len(raw) - 1:
                continue
            # What a substitution in double quotes runs is told already, and escapes would shift the places.
            if raw[0] == "'" or not any(each in raw for each in ("\\", "`", "$(")):
                self._script(start + 1, end - 1, options)

    def _script(self, start: int, end: int, options: frozenset[str]) -> None:
        outer, pending = self.strict, self.pending
        self.strict, self.pending = options, []
        self.inner(start, end)
        self.strict, self.pending = outer, pending

    def bodies(self, at: int) -> int:
        """Read the bodies of the here-documents that were announced; the answer is the place behind the last."""
        pending, self.pending = self.pending, []
        for waiting in pending:
            start = at
            end = -1
            while at < self.limit:
                stop = self.s.find("\n", at, self.limit)
                line_end = self.limit if stop < 0 else stop
                line = self.s[at:line_end].rstrip("\r")
                bare = line.lstrip("\t") if waiting.chomp else line
                if bare == waiting.delimiter:
                    end, at = at, min(line_end + 1, self.limit)
                    break
                if self.depth and bare.startswith(waiting.delimiter + ")"):  # `$(cat <<EOF … EOF)`: Bash lets it pass
                    end, at = at, at + len(line) - len(bare) + len(waiting.delimiter)
                    break
                at = line_end + 1
            if end < 0:
                end = at = self.limit
                message = f"the here-document `{waiting.delimiter[:40]}` is never closed"
                hint = f"end it with a line that is exactly `{waiting.delimiter[:40]}`"
                self.report(message, max(start - 1, 0), start, hint)
            if self._feeds_a_shell(waiting.command):
                self._script(start, end, frozenset())
            elif waiting.expand:
                self.expansions(start, end)
        return at

    def _feeds_a_shell(self, command: Command | None) -> bool:
        """Whether a here-document becomes a script, at once or through a pipe (``cat <<EOF | bash``)."""
        if command is None:
            return False
        last = self.commands[-1]
        return reads_script(command) or (
            command.name == "cat" and last.joined == "|" and last.pipeline == command.pipeline and reads_script(last)
        )
