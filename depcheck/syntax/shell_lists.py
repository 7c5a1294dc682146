"""What a shell script is cut into, and a list of commands while it is being read."""

from __future__ import annotations

import re

from depcheck.model import Command, Redirection, Word
from depcheck.syntax.shell_words import MASK

_WORD_END = r"(?=[ \t\n;&|)]|\r\n|\Z)"
TOKEN = re.compile(
    r"(?:[ \t]|\r(?=\n|\Z))*+(?:"
    rf"([^ \t\n\r'\"\\$`;&|()<>{MASK}\#][^ \t\n\r'\"\\$`;&|()<>{MASK}]*+){_WORD_END}"  # 1 a plain word
    r"|(\n)"  # 2
    r"|(&&|\|\||;;&|;;|;&|;|\|&|\||&(?!>))"  # 3 operators
    r"|(\#[^\n]*+)"  # 4 comment
    r"|([0-9]*+(?:<<<|<<-|<<|<&|<>|<(?!\()|>>|>&|>\||>(?!\())|&>>|&>)"  # 5 redirections
    r"|(\\\r?\n)"  # 6 continuation
    r"|(\()|(\))"  # 7, 8
    r"|(\Z)"  # 9
    # Not needed, but most words with quotes are one of these two: 10 a literal, 11 a variable (its name is 14)
    rf"|(\"[^\"\\$`{MASK}]*+\"{_WORD_END}|'[^'{MASK}]*+'{_WORD_END})"
    rf"|((\")?\$(\{{)?([A-Za-z_][A-Za-z0-9_]*+)(?(13)\}})(?(12)\"){_WORD_END}))"
)
BLANKS = re.compile(r"(?:[ \t]|\\\r?\n)*+")
BLANK_LINES = re.compile(r"[ \t\r\n]*+")
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*+)(?:\[[^\]\n]*+\])?\+?=")
NO_ARGUMENTS = re.compile(r"\([ \t]*+\)")
DELIMITER = re.compile(r"(?:[^ \t\r\n'\"\\;&|()<>]|\\.|'[^'\n]*+'|\"[^\"\n]*+\")++")
CLOSING = {"fi": ("if",), "done": ("while", "until", "for", "select"), "esac": ("case",), "}": ("{",)}
SKIPPED = frozenset(("then", "do", "else", "elif", "!", "time", "coproc"))
RESERVED = SKIPPED | set(CLOSING) | {"if", "while", "until", "for", "select", "case", "{", "[[", "function"}


class Pending:
    """A here-document whose body has not come yet."""

    __slots__ = ("chomp", "command", "delimiter", "expand")

    def __init__(self, delimiter: str, chomp: bool, expand: bool) -> None:
        self.delimiter = delimiter
        self.chomp = chomp
        self.expand = expand
        self.command: Command | None = None


class CommandList:
    """A list of commands being read: the command at hand, and the compound commands that are open around it.

    ``mode`` is where words are no command's: ``header`` (for, select), ``case`` and its ``pattern``, ``test``
    (``[[ ]]``), ``function`` (its name), ``closed`` (behind a compound command), or the empty string. ``level`` counts
    what is open around the list.
    """

    __slots__ = (
        "assignments",
        "begin",
        "end",
        "function",
        "heredocs",
        "index",
        "joined",
        "level",
        "mode",
        "open",
        "pipeline",
        "quoted",
        "redirections",
        "words",
    )

    def __init__(self, pipeline: int, level: int) -> None:
        #: each with the options to go back to behind it, None where they stay
        self.open: list[tuple[str, frozenset[str] | None]] = []
        self.function = False
        self.joined = ""
        self.pipeline = pipeline
        self.level = level
        self.mode = ""
        self.words: list[Word] = []
        self.assignments: list[tuple[str, Word]] = []
        self.redirections: list[Redirection] = []
        self.heredocs: list[Pending] = []
        #: index and place of each word that has quotes or expansions
        self.quoted: list[tuple[int, int, int]] = []
        self.begin = -1
        self.end = -1
        self.index = 0

    def clear(self) -> None:
        """Begin another command. A command keeps the list of its words, the others only where they hold something."""
        self.mode = ""
        self.begin = -1
        self.words = []
        if self.assignments:
            self.assignments = []
        if self.redirections:
            self.redirections = []
        if self.heredocs:
            self.heredocs = []
        if self.quoted:
            self.quoted = []

    def reach(self, start: int, end: int, index: int) -> None:
        """The command at hand has a part from ``start`` to ``end``; ``index`` is its place among all commands."""
        if self.begin < 0:
            self.begin = start
            self.index = index
        self.end = end
