"""``$NAME``, ``${NAME}`` and ``${NAME:-word}`` as Compose defines them, in compose files and in env files.

Reading and evaluating are apart: :func:`parse` finds the expansions once, :func:`evaluate` gives them values, once for
each environment. What nothing decides stays an :class:`~depcheck.values.Unknown` that keeps its decided parts, so that
``${PORT}:80`` still tells the port inside the container.
"""

from __future__ import annotations

from collections.abc import Callable

from depcheck.model import Problem
from depcheck.patterns import Pattern
from depcheck.source import Span, Text
from depcheck.values import Absent, Known, Missing, Step, Unknown, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

#: Expansions inside each other beyond this are kept as they are written.
DEPTH = 100
#: A longer result is not written out: names that refer to names can double it at every step.
LONGEST = 100_000
_MOST_STEPS = 32
_NAME = Pattern(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATOR = Pattern(r":?[-?+]")
_BRACES = Pattern(r"[{}]")

#: What gives a name its value: a value (known or not), or None where nothing does.
Lookup: TypeAlias = Callable[[str], Known | Unknown | Absent | None]


class Literal:
    """Characters that stand for themselves; ``text`` has ``$$`` turned into ``$``."""

    __slots__ = ("end", "start", "text")

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Expansion:
    """``${name operator word}``: the operator is empty or one of ``:- - :? ? :+ +``, the name is at ``name_start``."""

    __slots__ = ("end", "name", "name_start", "operator", "start", "word")

    def __init__(self, start: int, end: int, name: str, name_start: int, operator: str, word: list[Part]) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_start = name_start
        self.operator = operator
        self.word = word


Part: TypeAlias = "Literal | Expansion"


class Template(Unknown):
    """A string with expansions that were not evaluated yet. ``text`` holds the characters that ``parts`` count in."""

    __slots__ = ("parts", "text")

    def __init__(self, parts: list[Part], text: Text, span: Span, *, key: Span | None = None) -> None:
        names = list(dict.fromkeys(each.name for each in expansions(parts)))
        super().__init__("depends on " + ", ".join(names), span, key=key)
        self.parts = parts
        self.text = text


class Partial(Unknown):
    """A string of which some parts are decided: ``fragments`` are its known and unknown parts in their order."""

    __slots__ = ("fragments",)

    def __init__(self, fragments: list[Known | Unknown], span: Span, *, key: Span | None = None) -> None:
        unknown = [each for each in fragments if isinstance(each, Unknown)]
        reasons = list(dict.fromkeys(each.reason for each in unknown))
        more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        super().__init__(
            " and ".join(reasons[:3]) + more,
            span,
            missing=_distinct_missing(unknown),
            key=key,
            sensitive=any(each.sensitive for each in fragments),
        )
        self.fragments = fragments


def parse(text: Text, problems: list[Problem] | None = None) -> list[Part]:
    """Split text into literals and expansions; what begins with ``${`` and is neither is a problem and kept as is."""
    return _Reader(text, problems).parts(0, len(text.text), 0)


def read(text: Text, span: Span, *, key: Span | None = None, problems: list[Problem] | None = None) -> Known | Template:
    """The value of a string as far as it can be told without any environment."""
    if "$" not in text.text:
        return Known(text.text, span, key=key)
    parts = parse(text, problems)
    if any(isinstance(part, Expansion) for part in parts):
        return Template(parts, text, span, key=key)
    return Known("".join(part.text for part in parts if isinstance(part, Literal)), span, key=key)


class _Reader:
    """Reads one text; braces are paired once, so that unclosed ones cost no more than closed ones."""

    __slots__ = ("closing", "last", "problems", "source")

    def __init__(self, text: Text, problems: list[Problem] | None) -> None:
        self.source = text
        self.problems = problems
        self.closing: dict[int, int] = {}
        self.last = text.text.rfind("}")
        opened: list[int] = []
        for match in _BRACES.finditer(text.text):
            if match.group() == "{":
                opened.append(match.start())
            elif opened:
                self.closing[opened.pop()] = match.start()

    def parts(self, at: int, end: int, depth: int) -> list[Part]:
        """The parts of a stretch of the text."""
        text = self.source.text
        out: list[Part] = []
        begin = at
        while True:
            dollar = text.find("$", at, end)
            if dollar < 0:
                break
            part = self._at_dollar(dollar, end, depth)
            if part is None:
                at = dollar + 1
                continue
            if dollar > begin:
                out.append(Literal(begin, dollar, text[begin:dollar]))
            out.append(part)
            begin = at = part.end
        if begin < end:
            out.append(Literal(begin, end, text[begin:end]))
        return out

    def _at_dollar(self, dollar: int, end: int, depth: int) -> Part | None:
        text = self.source.text
        following = text[dollar + 1 : dollar + 2] if dollar + 1 < end else ""
        if following == "$":
            return Literal(dollar, dollar + 2, "$")
        if following == "{":
            return self._braced(dollar, end, depth)
        match = _NAME.match(text, dollar + 1, end)
        return Expansion(dollar, match.end(), match.group(), dollar + 1, "", []) if match else None

    def _braced(self, dollar: int, end: int, depth: int) -> Part | None:
        text = self.source.text
        closing = self.closing.get(dollar + 1, self.last)
        if not dollar < closing < end:
            self._complain(dollar, min(end, dollar + 40), "is not closed", "write $$ for a literal dollar sign")
            return None
        match = _NAME.match(text, dollar + 2, closing)
        if match is not None:
            name, after = match.group(), match.end()
            if after == closing:
                return Expansion(dollar, closing + 1, name, dollar + 2, "", [])
            operator = _OPERATOR.match(text, after, closing)
            if operator is not None and depth >= DEPTH:
                self._complain(dollar, closing + 1, f"is nested deeper than {DEPTH} levels", "")
                return Literal(dollar, closing + 1, text[dollar : closing + 1])
            if operator is not None:
                word = self.parts(operator.end(), closing, depth + 1)
                return Expansion(dollar, closing + 1, name, dollar + 2, operator.group(), word)
        wanted = "use ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}, or $$ for a literal dollar sign"
        self._complain(dollar, closing + 1, "is not an expansion that Compose knows", wanted)
        return None

    def _complain(self, start: int, end: int, what: str, next_step: str) -> None:
        if self.problems is not None:
            shown = self.source.text[start : min(end, start + 40)].split("\n", 1)[0]
            self.problems.append(Problem(f"{shown} {what}", self.source.span(start, end), next_step))


def expansions(parts: list[Part]) -> list[Expansion]:
    """All expansions, also those inside the words of others, in the order in which they stand."""
    found: list[Expansion] = []
    waiting = parts[::-1]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Expansion):
            found.append(part)
            waiting.extend(part.word[::-1])
    return found


def evaluate(template: Template, lookup: Lookup, nothing: Callable[[str], str]) -> Known | Unknown:
    """The string with its expansions replaced. ``nothing`` words the reason for a name that nothing gives a value."""
    fragments = _Evaluation(template.text, lookup, nothing).fragments(template.parts)
    return join(fragments, template.span, key=template.key)


def join(fragments: list[Known | Unknown], span: Span, *, key: Span | None = None) -> Known | Unknown:
    """One string from its parts; unknown, with its parts kept, if any of them is."""
    if len(fragments) == 1 and isinstance(fragments[0], Unknown):
        return Partial(fragments, span, key=key)
    written: list[str] = []
    steps: dict[tuple[str, Span | None], Step] = {}
    for each in fragments:
        if isinstance(each, Unknown):
            return Partial(fragments, span, key=key)
        written.append(scalar_text(each) or "")
        steps.update(((step.words, step.span), step) for step in each.via)
    sensitive = any(each.sensitive for each in fragments)
    if len(fragments) > 1 and sum(map(len, written)) > LONGEST:
        return Unknown(f"the value has more than {LONGEST} characters", span, key=key, sensitive=sensitive)
    via = tuple(steps.values())[:_MOST_STEPS]
    return Known("".join(written), span, via=via, key=key, sensitive=sensitive)


def _distinct_missing(values: list[Unknown]) -> tuple[Missing, ...]:
    found = {(missing.name, missing.span): missing for each in values for missing in each.missing}
    return tuple(found.values())[:_MOST_STEPS]


class _Evaluation:
    __slots__ = ("lookup", "nothing", "text")

    def __init__(self, text: Text, lookup: Lookup, nothing: Callable[[str], str]) -> None:
        self.text = text
        self.lookup = lookup
        self.nothing = nothing

    def fragments(self, parts: list[Part]) -> list[Known | Unknown]:
        out: list[Known | Unknown] = []
        for part in parts:
            if isinstance(part, Literal):
                out.append(Known(part.text, self.text.span(part.start, part.end)))
            else:
                out.extend(self._expand(part))
        return out

    def _expand(self, part: Expansion) -> list[Known | Unknown]:
        found = self.lookup(part.name)
        span = self.text.span(part.start, part.end)
        if isinstance(found, Unknown):
            here = Unknown(found.reason, span, missing=found.missing, refers=found.refers, sensitive=found.sensitive)
            return [here]
        value = None if found is None or isinstance(found, Absent) else scalar_text(found) or ""
        given = bool(value) if part.operator.startswith(":") else value is not None
        kind = part.operator[-1:]
        if kind == "+":
            return self._word(part, f"{part.name} has a value") if given else [Known("", span)]
        if given or (value is not None and kind == ""):
            assert isinstance(found, Known)
            step = Step(f"variable {part.name}", found.span)
            return [Known(value or "", span, via=(*found.via, step), sensitive=found.sensitive)]
        if kind == "-":
            return self._word(part, f"default of {part.name}")
        name_span = self.text.span(part.name_start, part.name_start + len(part.name))
        reason = f"variable {part.name} is empty but required" if value == "" else self.nothing(part.name)
        return [Unknown(reason, span, missing=(Missing(part.name, name_span),))]

    def _word(self, part: Expansion, words: str) -> list[Known | Unknown]:
        span = self.text.span(part.start, part.end)
        inner = self.fragments(part.word) or [Known("", span)]
        step = Step(words, span)
        return [
            Known(each.value, each.span, via=(*each.via, step), sensitive=each.sensitive)
            if isinstance(each, Known)
            else each
            for each in inner
        ]
