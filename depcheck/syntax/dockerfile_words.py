"""Words of a Dockerfile instruction: flags, JSON strings, blank-separated words and heredoc markers.

Offsets count characters of the logical line (continuations joined) that is handed in.
"""

from __future__ import annotations

import re

from depcheck.syntax.dockerfile_expansion import NAME, braced

#: What Go's ``unicode.IsSpace`` takes for a blank; Python's ``str.strip()`` without an argument takes more.
WHITESPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_BLANK = f"[{WHITESPACE}]"
_NOT_BLANK = re.compile(f"[^{WHITESPACE}]")
_FIELD = re.compile(r"[^\t\v\f\r ]+")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"')
_JSON_BLANK = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEREDOC = re.compile(r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)")


class JsonWord:
    """One string of a JSON array; the place includes its quotes."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: str, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class Flag:
    """``--name=value``; ``start`` and ``end`` are the place of the whole, ``value_start`` that of the value."""

    __slots__ = ("end", "name", "start", "value", "value_start")

    def __init__(self, name: str, value: str | None, start: int, value_start: int, end: int) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.value_start = value_start
        self.end = end


class Marker:
    """``<<NAME`` in a line: ``expand`` unless a part of the name is quoted, ``chomp`` for ``<<-``."""

    __slots__ = ("chomp", "descriptor", "expand", "name")

    def __init__(self, name: str, descriptor: int, expand: bool, chomp: bool) -> None:
        self.name = name
        self.descriptor = descriptor
        self.expand = expand
        self.chomp = chomp


def json_strings(line: str, start: int, end: int) -> list[JsonWord] | None:
    """The strings of a JSON array that fills the range; None if it is not an array of strings."""
    if not line.startswith("[", start):
        return None
    at = _skip(line, start + 1, end)
    words: list[JsonWord] = []
    if line.startswith("]", at) and at < end:
        return words if _skip(line, at + 1, end) == end else None
    while True:
        match = _STRING.match(line, at, end)
        if match is None:
            return None
        words.append(JsonWord(unescape(match[1]), at, match.end()))
        at = _skip(line, match.end(), end)
        if at >= end:
            return None
        if line[at] == "]":
            return words if _skip(line, at + 1, end) == end else None
        if line[at] != ",":
            return None
        at = _skip(line, at + 1, end)


def _skip(line: str, at: int, end: int) -> int:
    found = _JSON_BLANK.match(line, at, end)
    return found.end() if found else at


def unescape(inner: str) -> str:
    """The characters that a JSON string's inside stands for; surrogate pairs are joined, lone ones replaced."""
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]) if found[1] else chr(int(found[2], 16)), inner)
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def fields(line: str, start: int, end: int) -> list[tuple[int, int]]:
    """Words separated by blanks, quotes meaning nothing (FROM, EXPOSE, COPY, ADD, VOLUME)."""
    return [found.span() for found in _FIELD.finditer(line, start, end)]


def words(line: str, start: int, end: int, escape: str) -> list[tuple[int, int]]:
    """Words separated by blanks outside of quotes, quotes kept (ARG, ENV, LABEL)."""
    return [
        (found.start(), found.end() - 1 if found.lastindex else found.end())
        for found in _WORDS[escape].finditer(line, start, end)
        if not found.lastindex or found.end() - found.start() > 1
    ]


class Pair:
    """``name=value`` (or the old ``name value``) in ENV, LABEL, ARG; ``value_start`` is -1 where no value is given."""

    __slots__ = ("name_end", "name_start", "value_end", "value_start")

    def __init__(self, name_start: int, name_end: int, value_start: int, value_end: int) -> None:
        self.name_start = name_start
        self.name_end = name_end
        self.value_start = value_start
        self.value_end = value_end


def pairs(line: str, start: int, end: int, escape: str, *, old_form: bool = True) -> list[Pair]:
    """The assignments of ENV and LABEL, or with ``old_form`` off those of ARG, where a name alone is a declaration."""
    found: list[Pair] = []
    for begin, stop in words(line, start, end, escape):
        equals = line.find("=", begin, stop)
        if equals >= 0:
            found.append(Pair(begin, equals, equals + 1, stop))
        elif found or not old_form:
            found.append(Pair(begin, stop, -1, -1))
        else:
            name = _FIELD.match(line, start, end)
            name_end = name.end() if name else stop
            value = _FIELD.search(line, name_end, end)
            return [Pair(start, name_end, value.start() if value else -1, end if value else -1)]
    return found


def _words_pattern(escape: str) -> re.Pattern[str]:
    # The groups take an escape character that ends the line: BuildKit drops it.
    mark = re.escape(escape)
    return re.compile(
        rf"(?:[^{WHITESPACE}'\"{mark}]+"
        rf"|'[^']*+(?:'|\Z)"
        rf'|"(?:[^"{mark}]|{mark}(?:.|\n)|({mark}\Z))*+(?:"|\Z)'
        rf"|{mark}(?:.|\n)|({mark}\Z))++"
    )


_WORDS = {"\\": _words_pattern("\\"), "`": _words_pattern("`")}


def flags(line: str, start: int, end: int, escape: str) -> tuple[list[Flag], int]:
    """The ``--name=value`` words at the front, and where the arguments behind them begin."""
    found: list[Flag] = []
    at = start
    while True:
        begin = _NOT_BLANK.search(line, at, end)
        if begin is None:
            return found, end
        at = begin.start()
        if not line.startswith("--", at) or at + 2 > end:
            return found, at
        match = _FLAGS[escape].match(line, at, end)
        stop = match.end() if match else end
        raw = line[at:stop]
        word = raw if raw.isidentifier() else _unquote_flag(raw, escape)
        if word == "--":
            rest = _NOT_BLANK.search(line, stop, end)
            return found, rest.start() if rest else end
        if word:
            name, equals, value = word[2:].partition("=")
            mark = raw.find("=")
            found.append(Flag(name, value if equals else None, at, at + mark + 1 if mark >= 0 else stop, stop))
        at = stop


def _flags_pattern(escape: str) -> re.Pattern[str]:
    # In flags, unlike in ENV, the escape character counts inside single quotes too.
    mark = re.escape(escape)
    return re.compile(
        rf"(?:[^{WHITESPACE}'\"{mark}]+"
        rf"|'(?:[^'{mark}]|{mark}(?:.|\n|\Z))*+(?:'|\Z)"
        rf'|"(?:[^"{mark}]|{mark}(?:.|\n|\Z))*+(?:"|\Z)'
        rf"|{mark}(?:.|\n|\Z))++"
    )


_FLAGS = {"\\": _flags_pattern("\\"), "`": _flags_pattern("`")}


def _unquote_flag(raw: str, escape: str) -> str:
    if escape not in raw and '"' not in raw and "'" not in raw:
        return raw
    out: list[str] = []
    quote = ""
    at = 0
    while at < len(raw):
        char = raw[at]
        if char == escape:
            at += 1
            out.append(raw[at : at + 1])
        elif quote:
            if char == quote:
                quote = ""
            else:
                out.append(char)
        elif char in "'\"":
            quote = char
        else:
            out.append(char)
        at += 1
    return "".join(out)


def markers(line: str) -> list[Marker]:
    """The heredocs that a line announces: only where ``<<`` begins a word of the shell."""
    raw_words = _raw_words(line)
    found: list[Marker] = []
    for word in raw_words:
        match = _HEREDOC.fullmatch(word)
        if match is None or not match[3]:
            continue
        name, plain = _heredoc_name(match[3])
        if name is not None:
            found.append(Marker(name, int(match[1][:9] or 0), plain, bool(match[2])))
    return found


def _heredoc_name(raw: str) -> tuple[str | None, bool]:
    out: list[str] = []
    quote = ""
    quoted = False
    at = 0
    while at < len(raw):
        char = raw[at]
        if quote:
            if char == quote:
                quote = ""
            elif char == "\\" and quote == '"' and raw[at + 1 : at + 2] in ('"', "$", "\\"):
                at += 1
                out.append(raw[at])
            else:
                out.append(char)
        elif char in "'\"":
            quote = char
            quoted = True
        elif char == "\\":
            at += 1
            out.append(raw[at : at + 1])
        elif char in WHITESPACE:
            return None, False
        else:
            out.append(char)
        at += 1
    return (None, False) if quote or not out else ("".join(out), not quoted)


_RAW = re.compile(
    rf"(?P<blank>{_BLANK}+)"
    r"|(?P<run>[^\s'\"\\$<]+)"
    r"|(?P<quoted>'[^']*')"
    r"|(?P<escape>\\(?:.|\n)?)"
    r"|(?P<heredoc><<[\t\r ]*)"
    r"|(?P<other>.|\n)"
)


def _raw_words(line: str) -> list[str]:
    """The line split as BuildKit does it to look for heredocs; nothing where a quote or a ``${`` stays open."""
    found: list[str] = []
    word: list[str] = []
    at = 0
    size = len(line)
    while at < size:
        match = _RAW.match(line, at)
        if match is None:
            break
        kind, text, begin = match.lastgroup, match[0], at
        at = match.end()
        if kind == "blank":
            if word:
                found.append("".join(word))
                word = []
            continue
        if text in ('"', "$"):
            end = _double_quoted(line, begin, 0) if text == '"' else _dollar(line, begin, 0)
            if end < 0:
                return []
            text, at = line[begin:end], end
        elif text == "'":
            return []
        word.append(text)
    if word:
        found.append("".join(word))
    return found


def _double_quoted(line: str, at: int, depth: int) -> int:
    """The end of the quoted run that begins at ``at``; -1 if it stays open."""
    at += 1
    while at < len(line):
        char = line[at]
        if char == '"':
            return at + 1
        if char == "$":
            at = _dollar(line, at, depth + 1)
            if at < 0:
                return -1
        else:
            at += 2 if char == "\\" and line[at + 1 : at + 2] in ('"', "$", "\\") else 1
    return -1


def _dollar(line: str, at: int, depth: int) -> int:
    """The end of the ``$`` form that begins at ``at``; -1 for one that BuildKit rejects."""
    if not line.startswith("${", at):
        name = NAME.match(line, at + 1)
        return name.end() if name else at + 1
    form = braced(line, at, "\\", depth)
    return -1 if form is None or form.operator == "!" else form.end
