"""What RUN, CMD, ENTRYPOINT and HEALTHCHECK execute: shell scripts, heredocs that are scripts, and argument lists."""

from __future__ import annotations

from depcheck.model import Command, Word
from depcheck.patterns import Pattern
from depcheck.source import Text
from depcheck.syntax import shell
from depcheck.syntax.dockerfile import Statement
from depcheck.syntax.dockerfile_words import JsonWord
from depcheck.syntax.shell_invocations import SHELLS, options_of, shell_name

_ONLY_HEREDOC = Pattern(r"\d*<<-?[\t\r ]*(?:[\w.-]+|'[^']*'|\"[^\"]*\")\s*")
_SHEBANG = Pattern(r"#![ \t]*([^\r\n]+)")
_HEALTH_COMMAND = Pattern(r"(?i:CMD)\s+|(?i:NONE)\s*\Z")
_SCRIPT_FOLLOWS = Pattern(r"-[a-zA-Z]*c")


class Shell:
    """The command line that runs shell forms, as SHELL sets it."""

    __slots__ = ("name", "strict")

    def __init__(self, arguments: list[str]) -> None:
        self.name = shell_name(arguments[0]) if arguments else "sh"
        self.strict = options_of(arguments[1:])


class Executed:
    """The commands of one instruction; ``scripts`` are those parts of it that a shell reads."""

    __slots__ = ("commands", "scripts")

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.scripts: list[shell.ShellScript] = []


def executed(statement: Statement, text: Text, by: Shell, scope: str, environment: str | None) -> Executed:
    """What an instruction executes. ``text`` is the whole file's, in which heredocs stand."""
    found = Executed()
    if statement.json is not None:
        _argument_list(found, statement.line, statement.json, scope, environment)
        return found
    start = statement.args_start
    if statement.keyword == "HEALTHCHECK":
        command = _HEALTH_COMMAND.match(statement.line.text, start, statement.args_end)
        start = command.end() if command else start
    if start >= statement.args_end:
        return found
    program, strict, script = by.name, by.strict, statement.line.cut(start, statement.args_end)
    if statement.heredocs and statement.keyword == "RUN":
        if _ONLY_HEREDOC.fullmatch(script.text):
            heredoc = statement.heredocs[0]
            script = text.cut(heredoc.start, heredoc.end)
            shebang = _SHEBANG.match(heredoc.content)
            if shebang:
                program, strict = shebang[1].strip(), frozenset()
        else:
            script = _with_heredocs(statement, text, start)
    _script(found, script, program, strict, scope, environment)
    return found


def _script(
    found: Executed, text: Text, program: str, strict: frozenset[str], scope: str, environment: str | None
) -> None:
    script = shell.parse(text, origin="dockerfile", shell=program, strict=strict, scope=scope, environment=environment)
    found.scripts.append(script)
    found.commands.extend(script.commands)


def _with_heredocs(statement: Statement, text: Text, start: int) -> Text:
    """The line and the heredocs behind it, as the shell gets them."""
    ranges: list[tuple[int, int]] = []
    before = 0
    for begin, end in statement.ranges:
        skipped = max(start - before, 0)
        before += end - begin
        if skipped < end - begin:
            ranges.append((begin + skipped, end))
    line_end = text.text.find("\n", statement.end)
    last = statement.heredocs[-1].end
    close = text.text.find("\n", last)
    stop = len(text.text) if close < 0 else close + 1
    if line_end >= 0:
        ranges[-1:] = [(ranges[-1][0], line_end + 1), (line_end + 1, max(stop, line_end + 1))]
    return text.pick(ranges)


def _argument_list(found: Executed, line: Text, words: list[JsonWord], scope: str, environment: str | None) -> None:
    """A JSON form: no shell takes part, unless it is the program."""
    if not words:
        return
    told = []
    for word in words:
        span = line.span(word.start, word.end)
        told.append(Word(word.value, line.text[word.start : word.end], span, quoted=True))
    span = line.span(words[0].start, words[-1].end)
    name = shell_name(words[0].value)
    found.commands.append(Command(told, span, origin="dockerfile", shell="", scope=scope, environment=environment))
    if name not in SHELLS:
        return
    for index, word in enumerate(words[1:-1], 1):
        if word.value[:1] not in ("-", "+") and word.value != "pipefail":
            return
        if _SCRIPT_FOLLOWS.fullmatch(word.value):
            strict = options_of([each.value for each in words[1 : index + 1]])
            _script(found, string_content(line, words[index + 1]), name, strict, scope, environment)
            return


def string_content(line: Text, word: JsonWord) -> Text:
    """The inside of a JSON string as a text of its own; with escapes in it, its places are the whole string's."""
    inner = line.text[word.start + 1 : word.end - 1]
    if inner == word.value:
        return line.cut(word.start + 1, word.end - 1)
    span = line.span(word.start, word.end)
    return Text.joined(line.source, [(word.value, span.start, span.end)])
