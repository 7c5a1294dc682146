"""The reader of lists of shell commands: simple commands, and the compound ones only as what stands around them."""

from __future__ import annotations

import re

from depcheck.model import Command, Comment, Redirection, Word
from depcheck.source import Text
from depcheck.syntax.shell_lists import (
    ASSIGNMENT,
    BLANK_LINES,
    BLANKS,
    CLOSING,
    DELIMITER,
    NO_ARGUMENTS,
    RESERVED,
    SKIPPED,
    TOKEN,
    CommandList,
    Pending,
)
from depcheck.syntax.shell_words import Use, WordReader


class ShellReader(WordReader):
    """Reads lists of commands. Nested ones come through :meth:`commands_at` again, no deeper than words allow."""

    __slots__ = ("assigned", "environment", "origin", "pending", "pipelines", "scope", "shell", "state", "strict")

    def __init__(
        self, text: Text, origin: str, shell: str, strict: frozenset[str], scope: str, environment: str | None
    ) -> None:
        super().__init__(text)
        self.origin = origin
        self.shell = shell
        self.strict = strict
        self.scope = scope
        self.environment = environment
        self.pipelines = 0
        self.state: CommandList | None = None
        self.pending: list[Pending] = []
        self.assigned: set[str] = set()

    def told(self, command: Command, state: CommandList) -> None:
        """A command is complete: what it changes for those behind it."""
        raise NotImplementedError

    def bodies(self, at: int) -> int:
        """Read the bodies of the here-documents that were announced; the answer is the place behind the last."""
        raise NotImplementedError

    def commands_at(self, at: int, closer: str) -> int:
        """Read commands up to ``closer`` (or the limit); the answer is the place behind it."""
        self.pipelines += 1
        outer, strict = self.state, self.strict
        self.state = state = CommandList(self.pipelines, outer.level + len(outer.open) + 1 if outer else 0)
        match = TOKEN.match
        while True:
            found = match(self.s, at, self.limit)
            kind = found.lastindex if found else None
            if found is None or kind is None:
                at = self._word(state, at)
                continue
            at = found.end()
            if kind == 1:
                self._plain(state, found[1], at - len(found[1]), at)
            elif kind == 2:
                at = self._newline(state, at)
            elif kind == 3:
                self._operator(state, found[3], at)
            elif kind == 4:
                self._comment(found[4], at)
            elif kind == 5:
                at = self._redirection(state, found[5], at)
            elif kind == 7:
                at = self._open(state, at)
            elif kind == 10:
                word = found[10]
                self._quoted(state, Word(word[1:-1], word, self.place(at - len(word), at), quoted=True), at)
            elif kind == 11:
                self._variable(state, found[11], found[14], at)
            elif kind == 9 or (kind == 8 and self._close(state, closer, at)):
                break
        self._flush(state)
        self.state, self.strict = outer, strict
        return at

    def _comment(self, comment: str, end: int) -> None:
        start = end - len(comment)
        comment = self.text.text[start:end].rstrip("\r")
        self.comments.append(Comment(comment[1:].strip(), self.place(start, start + len(comment))))

    def _plain(self, state: CommandList, word: str, start: int, end: int) -> None:
        if state.mode:
            self._in_mode(state, word, Word(word, word, self.place(start, end)), end)
            return
        if not state.words:
            if word in RESERVED and state.begin < 0:
                self._reserved(state, word, start, end)
                return
            assigned = ASSIGNMENT.match(word) if "=" in word else None
            if assigned:
                value = word[assigned.end() :]
                state.assignments.append((assigned[1], Word(value, value, self.place(end - len(value), end))))
                state.reach(start, end, len(self.commands))
                return
        if state.begin < 0:
            state.begin = start
            state.index = len(self.commands)
        state.words.append(Word(word, word, self.place(start, end)))
        state.end = end

    def _quoted(self, state: CommandList, word: Word, end: int) -> None:
        """A word that is no keyword because of its quotes or expansions, and has no substitution."""
        if state.mode:
            self._in_mode(state, "", word, end)
            return
        start = end - len(word.raw)
        state.quoted.append((len(state.words), start, end))
        state.words.append(word)
        state.reach(start, end, len(self.commands))

    def _variable(self, state: CommandList, raw: str, name: str, end: int) -> None:
        """A word that is one variable: ``$NAME``, ``${NAME}``, either in quotes."""
        start = end - len(raw)
        quoted = raw[0] == '"'
        self.uses.append(Use(name, start + 1, end - 1, False) if quoted else Use(name, start, end, False))
        self._quoted(state, Word(None, raw, self.place(start, end), quoted=quoted, variables=(name,)), end)

    def _word(self, state: CommandList, at: int) -> int:
        """Read a word that has quotes, escapes or expansions; the answer is its end."""
        blanks = BLANKS.match(self.s, at, self.limit)
        start = blanks.end() if blanks else at
        index = len(self.commands)
        if not state.words and not state.mode:
            assigned = ASSIGNMENT.match(self.s, start, self.limit)
            if assigned:
                value, end = self._value(assigned.end())
                state.assignments.append((assigned[1], value))
                state.reach(start, end, index)
                return end
        word, end = self._read(start)
        if end == start:  # a character that begins nothing, such as a carriage return before a blank
            return start + 1
        if state.mode:
            self._in_mode(state, "", word, end)
        else:
            if word.raw.endswith("=") and self.s.startswith("(", end) and end < self.limit:
                word, end = self._array_argument(word, start, end)
            state.quoted.append((len(state.words), start, end))
            state.words.append(word)
            state.reach(start, end, index)
        return end

    def _read(self, start: int) -> tuple[Word, int]:
        out: list[str | None] = []
        names: list[str] = []
        end, quoted = self.word(start, out, names)
        text = None if None in out else "".join([each for each in out if each is not None])
        raw = self.text.text[start:end]
        return Word(text, raw, self.place(start, end), quoted=quoted, variables=tuple(names)), end

    def _value(self, at: int) -> tuple[Word, int]:
        if at < self.limit and self.s[at] == "(":
            end = self._array(at + 1)
            return Word(None, self.text.text[at:end], self.place(at, end)), end
        return self._read(at)

    def _array_argument(self, word: Word, start: int, end: int) -> tuple[Word, int]:
        """``name=(…)`` behind ``local``, ``declare`` and the like."""
        assigned = ASSIGNMENT.fullmatch(word.raw)
        if assigned is None:
            return word, end
        self.assigned.add(assigned[1])
        _, end = self._value(end)
        return Word(None, self.text.text[start:end], self.place(start, end)), end

    def _array(self, at: int) -> int:
        """Skip the words of ``name=(…)``, reading their substitutions; the answer is the place behind it."""
        while at < self.limit:
            char = self.s[at]
            if char == ")":
                return at + 1
            if char == "#":
                end = self.s.find("\n", at, self.limit)
                at = self.limit if end < 0 else end
            elif char in " \t\n\r;&|<>(":
                at += 1
            else:
                at = max(self.word(at, [], [])[0], at + 1)
        return self.limit

    def _in_mode(self, state: CommandList, text: str, word: Word, end: int) -> None:
        """A word where no command is expected. ``text`` is empty for one that has quotes or expansions."""
        mode = state.mode
        if mode == "function":
            state.mode = ""
            state.function = True
        elif mode == "closed":
            if text in CLOSING or text in SKIPPED:
                state.clear()
                self._reserved(state, text, end, end)
        elif mode == "pattern" and text == "esac" and not state.words:
            self._leave(state, "esac")
        elif mode == "case" and text == "in" and state.words:
            state.clear()
            state.mode = "pattern"
        elif mode == "header" and text == "do" and len(state.words) == 1:
            self._flush(state)
        else:
            state.words.append(word)
            state.end = end
            if mode == "test" and text == "]]":
                state.mode = ""

    def _reserved(self, state: CommandList, word: str, start: int, end: int) -> None:
        if word in CLOSING:
            self._leave(state, word)
        elif word == "[[":
            state.mode = "test"
            state.words.append(Word(word, word, self.place(start, end)))
            state.reach(start, end, len(self.commands))
        elif word == "function":
            state.mode = word
        elif word in SKIPPED:
            if word not in ("!", "time", "coproc"):
                state.joined = ""
        else:
            state.open.append((word, self.strict if state.function else None))
            state.function = False
            state.joined = ""
            state.mode = {"for": "header", "select": "header", "case": "case"}.get(word, "")

    def _leave(self, state: CommandList, word: str) -> None:
        """Close the innermost compound command that ``word`` ends."""
        state.clear()
        for index in range(len(state.open) - 1, -1, -1):
            kind = state.open[index][0]
            if kind in CLOSING[word]:
                self._restore(state, index)
                state.mode = "closed"
                break
            if kind == "(":
                break

    def _restore(self, state: CommandList, index: int) -> None:
        """Leave open compound commands; what a subshell or a function set is not set outside of it."""
        strict = state.open[index][1]
        if strict is not None:
            self.strict = strict
        del state.open[index:]

    def _newline(self, state: CommandList, at: int) -> int:
        if state.mode in ("", "closed", "function") or (state.mode == "header" and len(state.words) > 1):
            something = state.begin >= 0 or state.mode == "closed"
            self._flush(state)
            if something:
                self._begin(state, ";")
        if self.pending:
            return self.bodies(at)
        blank = BLANK_LINES.match(self.s, at, self.limit)
        return blank.end() if blank else at

    def _operator(self, state: CommandList, operator: str, end: int) -> None:
        if state.mode == "test":
            state.words.append(Word(operator, operator, self.place(end - len(operator), end)))
        elif state.mode != "pattern":
            self._flush(state)
            if operator.startswith(";") and operator != ";":
                self._begin(state, "")
                if any(kind == "case" for kind, _ in state.open):
                    state.mode = "pattern"
            else:
                self._begin(state, "|" if operator == "|&" else operator)

    def _begin(self, state: CommandList, joined: str) -> None:
        state.joined = joined
        if joined != "|":
            self.pipelines += 1
            state.pipeline = self.pipelines

    def _open(self, state: CommandList, at: int) -> int:
        """An opening parenthesis that ends at ``at``: of a subshell, a function, an arithmetic command or a pattern."""
        if state.mode == "test":
            state.words.append(Word("(", "(", self.place(at - 1, at)))
            return at
        if state.mode == "pattern":
            return at
        if self.s.startswith("(", at) and state.begin < 0 and not state.words:
            end = self.arithmetic_end(at + 1)
            if end >= 0:
                state.mode = "" if state.mode == "header" else "closed"
                return self.arithmetic(at + 1, end, [])
        arguments = NO_ARGUMENTS.match(self.s, at - 1, self.limit)
        if arguments and len(state.words) <= 1:
            state.clear()
            state.function = True
            return arguments.end()
        self._flush(state)
        state.open.append(("(", self.strict))
        state.joined = ""
        return at

    def _close(self, state: CommandList, closer: str, at: int) -> bool:
        """A closing parenthesis that ends at ``at``; whether it is the one that ends this list."""
        if state.mode == "test":
            state.words.append(Word(")", ")", self.place(at - 1, at)))
            return False
        if state.mode == "pattern":
            state.clear()
            state.joined = ""
            return False
        self._flush(state)
        for index in range(len(state.open) - 1, -1, -1):
            if state.open[index][0] == "(":
                self._restore(state, index)
                state.mode = "closed"
                return False
        return closer == ")"

    def _redirection(self, state: CommandList, operator: str, at: int) -> int:
        start = at - len(operator)
        if state.mode == "test":
            state.words.append(Word(operator, operator, self.place(start, at)))
            return at
        blanks = BLANKS.match(self.s, at, self.limit)
        begin = blanks.end() if blanks else at
        index = len(self.commands)
        if operator.endswith(("<<", "<<-")) and not operator.endswith("<<<"):
            delimiter = DELIMITER.match(self.s, begin, self.limit)
            if delimiter is None:
                return at
            end = delimiter.end()
            raw = self.text.text[begin:end]
            name = re.sub(r"\\(.)|['\"]", r"\1", raw)
            target = Word(name, raw, self.place(begin, end), quoted=name != raw)
            waiting = Pending(name, operator.endswith("-"), name == raw)
            self.pending.append(waiting)
            state.heredocs.append(waiting)
        else:
            target, end = self._read(begin)
        if not state.mode and end > begin:
            state.redirections.append(Redirection(operator, target))
            state.reach(start, end, index)
        return end

    def _flush(self, state: CommandList) -> None:
        """The command at hand, if there is one, is complete."""
        if state.begin < 0 and not state.mode:
            return
        if state.mode == "header":
            if state.words and state.words[0].text:
                self.assigned.add(state.words[0].text)
            state.joined = ""
        elif state.begin >= 0 and state.mode in ("", "test"):
            command = Command(
                state.words,
                self.place(state.begin, state.end),
                origin=self.origin,
                shell=self.shell,
                assignments=state.assignments,
                redirections=state.redirections,
                joined=state.joined,
                pipeline=state.pipeline,
                depth=state.level + len(state.open),
                strict=self.strict,
                scope=self.scope,
                environment=self.environment,
            )
            if state.index < len(self.commands):
                self.commands.insert(state.index, command)
            else:
                self.commands.append(command)
            for waiting in state.heredocs:
                waiting.command = command
            self.told(command, state)
        state.clear()
