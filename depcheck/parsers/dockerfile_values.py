"""What ARG and ENV decide in a Dockerfile, and the values of words that expand them.

Docker's reference: an ARG before the first FROM is seen in FROM alone until a stage declares it again; ENV wins over an
ARG of its name; within one instruction every variable has the value from before it.
"""

from __future__ import annotations

from depcheck.source import Span, Text
from depcheck.syntax.dockerfile_expansion import Template, Variable, template
from depcheck.values import Known, Missing, Step, Unknown, Value

#: BuildKit sets these; a stage must declare them to see them.
PLATFORM = frozenset(
    (
        "BUILDARCH",
        "BUILDOS",
        "BUILDPLATFORM",
        "BUILDVARIANT",
        "TARGETARCH",
        "TARGETOS",
        "TARGETPLATFORM",
        "TARGETSTAGE",
        "TARGETVARIANT",
    )
)
#: A pattern on a value is matched in their product of steps.
_PATTERN_LIMIT = 100_000
_DEPTH = 50
#: A value that doubles itself in every line is not followed further, nor are more hops than a person would read.
_LENGTH = 50_000
_HOPS = 20


class Variables:
    """The names that can be expanded at one point of a build.

    ``arguments`` and ``environment`` hold a value each; an Unknown among ``open`` is an argument without a default,
    which is unset unless it is passed. ``outside`` completes the sentence "X …" for a name that neither holds; the
    empty string means that such a name is certainly unset.
    """

    __slots__ = ("arguments", "environment", "open", "outside")

    def __init__(self, outside: str) -> None:
        self.arguments: dict[str, Value] = {}
        self.environment: dict[str, Value] = {}
        self.open: set[str] = set()
        self.outside = outside

    def child(self) -> Variables:
        """What a stage that is built on this one begins with."""
        copy = Variables(self.outside)
        copy.arguments = dict(self.arguments)
        copy.environment = dict(self.environment)
        copy.open = set(self.open)
        return copy

    def get(self, name: str) -> Value | None:
        """The value of a name; None where it is not declared."""
        return self.environment[name] if name in self.environment else self.arguments.get(name)


def evaluate(line: Text, start: int, end: int, escape: str, variables: Variables, *, key: Span | None = None) -> Value:
    """The value of a word of an instruction, after quotes, escapes and expansions."""
    span = line.span(start, end)
    parts = template(line.text, start, end, escape)
    if all(isinstance(part, str) for part in parts):
        return Known("".join(part for part in parts if isinstance(part, str)), span, key=key)
    found = _joined(parts, variables, line, 0)
    if isinstance(found, _Open):
        return Unknown(found.reason, span, missing=found.missing, key=key)
    return Known(found.text, span, via=found.via, key=key)


class _Text:
    """A decided text and the hops that it came through."""

    __slots__ = ("text", "via")

    def __init__(self, text: str, via: tuple[Step, ...] = ()) -> None:
        self.text = text
        self.via = via


class _Open:
    """An undecided text, and why."""

    __slots__ = ("missing", "reason")

    def __init__(self, reason: str, missing: tuple[Missing, ...] = ()) -> None:
        self.reason = reason
        self.missing = missing


def _joined(parts: Template, variables: Variables, line: Text, depth: int) -> _Text | _Open:
    texts: list[str] = []
    via: list[Step] = []
    reasons: list[str] = []
    missing: list[Missing] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        found = _variable(part, variables, line, depth)
        if isinstance(found, _Open):
            reasons.append(found.reason)
            missing.extend(found.missing)
        else:
            texts.append(found.text)
            via.extend(found.via)
    if reasons:
        return _Open("; ".join(dict.fromkeys(reasons)), tuple(missing))
    if sum(map(len, texts)) > _LENGTH:
        return _Open("the value is too long to be followed")
    return _Text("".join(texts), tuple(via[-_HOPS:]))


def _variable(variable: Variable, variables: Variables, line: Text, depth: int) -> _Text | _Open:
    """One `$` form. What decides it is the value, or that there certainly is none."""
    name, operator = variable.name, variable.operator
    span = line.span(variable.start, variable.end)
    if operator == "!" or depth > _DEPTH:
        return _Open(f"`{span.text[:40]}` is no form that Docker expands", (Missing(name, span),))
    value = variables.get(name)
    unset = name in variables.open and name not in variables.environment
    text = value.value if isinstance(value, Known) and isinstance(value.value, str) else None
    if text is None and isinstance(value, Unknown) and not unset:
        return _Open(value.reason, value.missing)
    if text is None and value is None and variables.outside:
        return _Open(f"{name} {variables.outside}", (Missing(name, span),))
    word = "ENV" if name in variables.environment else "ARG"
    via = (*value.via, Step(f"{word} {name}", value.span)) if isinstance(value, Known) else ()
    if operator in ("-", ":-"):
        if text is None or (operator == ":-" and not text):
            return _joined(variable.word, variables, line, depth + 1)
        return _Text(text, via)
    if text is None and unset:
        return _Open(f"the build argument {name} has no default", (Missing(name, span),))
    if operator in ("+", ":+"):
        if text is None or (operator == ":+" and not text):
            return _Text("", via)
        return _joined(variable.word, variables, line, depth + 1)
    text = text or ""
    if operator in ("", "?", ":?"):
        return _Text(text, via)
    changed = _changed(text, variable, variables, line, depth)
    if changed is None:
        return _Open(f"`{span.text[:40]}` is not followed", (Missing(name, span),))
    return _Text(changed, via)


def _changed(text: str, variable: Variable, variables: Variables, line: Text, depth: int) -> str | None:
    """The text without what a pattern matches, or with it replaced."""
    pattern = _joined(variable.word, variables, line, depth + 1)
    if isinstance(pattern, _Open) or len(pattern.text) * len(text) > _PATTERN_LIMIT:
        return None
    operator = variable.operator
    if operator in ("/", "//"):
        replacement = _joined(variable.replacement, variables, line, depth + 1)
        if isinstance(replacement, _Open) or not pattern.text or any(char in "*?\\" for char in pattern.text):
            return None
        return text.replace(pattern.text, replacement.text, -1 if operator == "//" else 1)
    if operator not in ("#", "##", "%", "%%"):
        return None
    longest = len(operator) == 2
    if operator[0] == "#":
        return text[_matched(pattern.text, text, longest) :]
    size = _matched(_reversed(pattern.text), text[::-1], longest)
    return text[: len(text) - size]


def _matched(pattern: str, text: str, longest: bool) -> int:
    """How many characters at the front a glob of ``*`` and ``?`` matches; 0 if it does not.

    All states of the pattern are followed at once, so that no pattern takes more than their product.
    """
    tokens = _tokens(pattern)
    states = _through_stars({0}, tokens)
    best = 0
    for at in range(len(text) + 1):
        if len(tokens) in states:
            best = at
            if not longest:
                return best
        if at == len(text) or not states:
            break
        following = set()
        for state in states:
            if state == len(tokens):
                continue
            if tokens[state] == "*":
                following.add(state)
            elif tokens[state] in ("?", "=" + text[at]):
                following.add(state + 1)
        states = _through_stars(following, tokens)
    return best


def _through_stars(states: set[int], tokens: list[str]) -> set[int]:
    reached = set(states)
    for state in states:
        while state < len(tokens) and tokens[state] == "*":
            state += 1
            reached.add(state)
    return reached


def _tokens(pattern: str) -> list[str]:
    """``*`` and ``?`` as they are, every other character (also an escaped one) behind ``=``."""
    tokens: list[str] = []
    escaped = False
    for char in pattern:
        if escaped or char not in "*?\\":
            tokens.append("=" + char)
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            tokens.append(char)
    return tokens


def _reversed(pattern: str) -> str:
    return "".join(token if len(token) == 1 else "\\" + token[1] for token in reversed(_tokens(pattern)))
