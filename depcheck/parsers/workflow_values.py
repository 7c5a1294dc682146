"""Values of a workflow: known where they are literal, unknown where an expression decides, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.model import Facts, Problem, Reference, Setting
from depcheck.source import Text
from depcheck.syntax import expressions, yaml
from depcheck.values import OPEN, Absent, Known, Missing, Step, Unknown, Value, scalar_text

#: The token that GitHub makes for every run; nobody defines it.
OWN_TOKEN = "GITHUB_TOKEN"
_KINDS = {"secrets": "secret", "vars": "variable", "inputs": "input"}


def content(value: Value, file: yaml.YamlFile) -> Text:
    """The content of a scalar with its places."""
    return yaml.scalar_text(value, file)


def decided(value: Value, file: yaml.YamlFile, known: Mapping[str, Value] | None = None) -> Value:
    """The value itself when it has no expression, or only such as read a variable in ``known``; else unknown."""
    if not isinstance(value, Known) or not isinstance(value.value, str) or not expressions.contains(value.value):
        return value
    text = content(value, file)
    found = expressions.find(text)
    if not found:
        return value
    if known:
        replaced = _replaced(value, text, found, known)
        if replaced is not None:
            return replaced
    uses = [use for expression in found for use in expression.uses]
    return Unknown(
        f"the expression {_short(found[0].written)} is decided when the workflow runs",
        value.span,
        missing=tuple(Missing(use.dotted, use.span) for use in uses),
        key=value.key,
        sensitive=any(use.root == "secrets" for use in uses),
        outline=_outline(text.text, found),
    )


def _outline(text: str, found: list[expressions.Expression]) -> str | None:
    parts: list[str] = []
    at = 0
    for expression in found:
        parts.append(text[at : expression.start])
        at = expression.end
    parts.append(text[at:])
    return OPEN.join(parts) if any(parts) else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:58] + "…"


def _replaced(
    value: Known, text: Text, found: list[expressions.Expression], known: Mapping[str, Value]
) -> Known | None:
    parts: list[str] = []
    hops: list[Step] = []
    at = 0
    for expression in found:
        use = single_use(expression)
        source = known.get(use.path[0]) if use and use.root == "env" and len(use.path) == 1 else None
        words = scalar_text(source) if source is not None else None
        if use is None or source is None or words is None or expressions.contains(words):
            return None
        parts += (text.text[at : expression.start], words)
        at = expression.end
        hops.append(Step(use.dotted, source.key or source.span))
    return Known("".join([*parts, text.text[at:]]), value.span, via=(*value.via, *hops), key=value.key)


def single_use(expression: expressions.Expression) -> expressions.Use | None:
    """The context that an expression reads when it does nothing else (``${{ matrix.node }}``)."""
    if len(expression.uses) != 1 or expression.functions:
        return None
    use = expression.uses[0]
    return use if len(expression.tokens) == 2 * len(use.path) + 1 and expressions.COMPUTED not in use.path else None


def optional(value: Value) -> Value | None:
    """None for what is not given."""
    return None if isinstance(value, Absent) else value


def settings(
    env: Value, file: yaml.YamlFile, scope: str, environment: str | None, known: Mapping[str, Value] | None = None
) -> list[Setting]:
    """The variables of an ``env:`` map."""
    found: list[Setting] = []
    for name, value in env.items():
        span = value.key if value.key is not None else value.span
        told = decided(value, file, known)
        sensitive = isinstance(told, Unknown) and told.sensitive
        found.append(
            Setting(name, told, span, origin="workflow", scope=scope, environment=environment, sensitive=sensitive)
        )
    return found


def scalars(value: Value) -> Iterator[tuple[str, Known]]:
    """Every scalar below a value with the key that it stands under, in the order of the file."""
    stack: list[tuple[str, Value]] = [("", value)]
    while stack:
        key, item = stack.pop()
        if not isinstance(item, Known):
            continue
        if isinstance(item.value, dict):
            stack.extend(reversed(item.value.items()))
        elif isinstance(item.value, list):
            stack.extend((key, each) for each in reversed(item.value))
        else:
            yield key, item


def refer(
    value: Value, file: yaml.YamlFile, facts: Facts, problems: list[Problem], scope: str, environment: str | None
) -> None:
    """Add what the expressions below a value refer to: secrets, variables and inputs by name."""
    seen: set[int] = set()
    for key, scalar in scalars(value):
        if not isinstance(scalar.value, str) or scalar.span.start in seen:
            continue
        if key != "if" and not expressions.contains(scalar.value):
            continue
        seen.add(scalar.span.start)
        text = content(scalar, file)
        found = expressions.condition(text, problems) if key == "if" else expressions.find(text, problems)
        for use in (use for expression in found for use in expression.uses):
            reference = _reference(use, scope, environment)
            if reference is not None:
                facts.references.append(reference)


def _reference(use: expressions.Use, scope: str, environment: str | None) -> Reference | None:
    path = use.path
    kind = _KINDS.get(use.root)
    if use.root == "github" and path[:2] == ("event", "inputs"):
        kind, path = "input", path[2:]
    if kind is None or not path or path[0] in (expressions.COMPUTED, "*"):
        return None
    if kind == "secret" and path[0].upper() == OWN_TOKEN:
        return None
    return Reference(path[0], kind, use.name, scope=scope, environment=environment, default=use.default)
