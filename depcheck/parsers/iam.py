"""IAM policies → grants: JSON documents, and statements inside any other format that speaks IAM's policy language.

:func:`statements` takes a policy as a tree, whether it came from a JSON file, from ``jsonencode(…)`` or a heredoc in
Terraform, or from CloudFormation.

A principal is told as one string: ``*`` alone, or ``<type>:<identifier>`` as in ``AWS:arn:aws:iam::…:root``, ``AWS:*``,
``Service:ec2.amazonaws.com``, ``Federated:…``, ``CanonicalUser:…``. :data:`ANYONE` are the two that mean everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from depcheck.model import Grant, Problem
from depcheck.parsers import Context, Parsed
from depcheck.source import Span, Text
from depcheck.syntax import json as json_syntax
from depcheck.values import OPEN, Absent, Known, Unknown, Value, string

#: The principals that mean everybody, signed in or not.
ANYONE = frozenset({"*", "AWS:*"})
#: The types of principals (IAM User Guide, AWS JSON policy elements: Principal).
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
#: The elements of a statement (IAM User Guide, IAM JSON policy elements reference).
ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_FOLDED = {name.lower(): name for name in ELEMENTS}
#: Keys under which tools keep a policy inside another document (``aws iam get-role``, role definitions, …).
_WRAPPERS = ("PolicyDocument", "AssumeRolePolicyDocument", "Document", "Policy", "PolicyVersion", "Role", "KeyPolicy")
_WRAPPING_LIMIT = 4
#: A condition's values are the deepest: document, statements, statement, condition, operator, key, values.
_OUTLINE_DEPTH = 8


#: Interpolations and directives of Terraform's templates where JSON has a value or nothing at all.
_TEMPLATE = re.compile(r"^\s*%\{|[:\[,]\s*\$\{|\}\s*%\{", re.MULTILINE)


def parse(text: Text, context: Context) -> Parsed:
    """Read a policy document in JSON, also one that stands inside what the AWS command line prints."""
    file = json_syntax.parse(text)
    if file.problems and _TEMPLATE.search(text.text):
        return Parsed(template="a policy")
    parsed = Parsed(tree=file.root, comments=file.comments, problems=list(file.problems))
    for policy in _policies(file.root, text):
        parsed.facts.grants.extend(
            statements(policy, context.scope, context.environment, source_of(policy), problems=parsed.problems)
        )
    return parsed


def statements(
    tree: Value,
    scope: str,
    environment: str | None,
    source: str,
    *,
    problems: list[Problem] | None = None,
    root: str = "",
) -> list[Grant]:
    """One grant for each statement of a policy, a tree or its JSON as a string; problems are added to ``problems``.

    ``source`` is ``iam``, ``trust`` or ``resource-policy``. A policy or a statement that is not decided is a grant with
    that one unknown as its effect, its action and its resource, so that nothing is taken for harmless.
    """
    found: list[Grant] = []
    told = problems if problems is not None else []
    for statement in _statements(tree, told):
        if isinstance(statement, Unknown):
            found.append(_undecided(statement, scope, environment, source, root))
        elif isinstance(statement, Known) and isinstance(statement.value, dict):
            found.append(_Statement(statement, told).grant(scope, environment, source, root))
        elif isinstance(statement, Known):
            told.append(Problem("a statement is not an object", statement.span, 'write { "Effect": … }'))
    return found


def source_of(tree: Value) -> str:
    """What kind of policy a document is: ``trust``, ``resource-policy``, or ``iam`` where nobody is named."""
    named = trusted = False
    for statement in _statements(tree, []):
        named = named or any(_element(statement, name) is not None for name in ("Principal", "NotPrincipal"))
        actions = _listed(_element(statement, "Action"))
        trusted = trusted or any((string(each) or "").lower().startswith("sts:assumerole") for each in actions)
    return "trust" if named and trusted else "resource-policy" if named else "iam"


def is_policy(tree: Value) -> bool:
    """Whether a tree has the shape of a policy document."""
    if not isinstance(tree, Known) or not isinstance(tree.value, dict):
        return False
    return any(
        isinstance(each, Known) and isinstance(each.value, dict) and _element(each, "Effect") is not None
        for each in _listed(tree.value.get("Statement"))
    )


def _policies(root: Value, text: Text) -> Iterator[Value]:
    """The policy documents of a file: itself, or those under the keys of :data:`_WRAPPERS`, also as strings."""
    pending = [(root, 0)]
    for value, depth in pending:  # grows while it is walked
        if not isinstance(value, Known):
            continue
        inner = value.value
        if isinstance(inner, str) and depth:
            content = json_syntax.content(value, text) if inner.lstrip().startswith("{") else None
            if content is not None:
                pending.append((json_syntax.parse(content).root, depth + 1))
        elif isinstance(inner, list) and depth <= _WRAPPING_LIMIT:
            pending.extend((each, depth + 1) for each in inner)
        elif isinstance(inner, dict):
            wrapped = [inner[name] for name in _WRAPPERS if name in inner]
            if "Statement" in inner:
                yield value
            elif depth <= _WRAPPING_LIMIT:
                pending.extend((each, depth + 1) for each in wrapped)


def _statements(tree: Value, problems: list[Problem]) -> Sequence[Value]:
    if isinstance(tree, Unknown):
        document = _outlined(tree)
        if document is None:
            return (tree,)
        tree = document
    if not isinstance(tree, Known) or tree.value is None:
        return ()
    if isinstance(tree.value, str) and tree.value.lstrip().startswith("{"):
        file = json_syntax.parse(_inside(tree, tree.value))
        problems.extend(file.problems)
        tree = file.root
    if not isinstance(tree, Known) or not isinstance(tree.value, dict):
        problems.append(Problem("a policy is not an object", tree.span, 'write { "Statement": [ … ] }'))
        return ()
    listed = tree.value.get("Statement", tree.value.get("statement"))
    if listed is None:
        problems.append(Problem("a policy has no Statement", tree.key or _opening(tree.span), "add its statements"))
        return ()
    return _listed(listed)


def _outlined(value: Unknown) -> Known | None:
    """A policy in a text of which parts are open, where these stand inside its strings."""
    if value.outline is None or not value.outline.lstrip().startswith("{"):
        return None
    file = json_syntax.parse(Text.joined(value.span.source, [(value.outline, value.span.start, value.span.end)]))
    if file.problems or not isinstance(file.root, Known):
        return None
    made = _with_open(file.root, value, _OUTLINE_DEPTH)
    return made if isinstance(made, Known) else None


def _with_open(value: Value, whole: Unknown, depth: int) -> Value:
    """The tree of an outline, with an unknown for every string that holds an open part."""
    if not isinstance(value, Known):
        return value
    inner = value.value
    if isinstance(inner, str) and OPEN in inner:
        return Unknown(whole.reason, whole.span, missing=whole.missing, sensitive=whole.sensitive, outline=inner)
    if depth and isinstance(inner, list):
        return Known([_with_open(each, whole, depth - 1) for each in inner], value.span, key=value.key)
    if depth and isinstance(inner, dict):
        parts = {name: _with_open(each, whole, depth - 1) for name, each in inner.items()}
        return Known(parts, value.span, key=value.key)
    return value


def _inside(value: Known, document: str) -> Text:
    """A policy that is kept as a string, with its places where the file has the same characters."""
    source = value.span.source
    written = value.span.text
    content = json_syntax.content(value, Text.of(source)) if written.startswith('"') else None
    if content is not None and content.text == document:
        return content
    at = written.find(document)
    if at >= 0:
        return Text(source, document, base=value.span.start + at)
    return Text.joined(source, [(document, value.span.start, value.span.end)])


def _listed(value: Value | None) -> Sequence[Value]:
    """The entries of a list of any depth (CloudFormation's functions nest them); anything else is a list of one."""
    if value is None or isinstance(value, Absent):
        return ()
    if not isinstance(value, Known) or not isinstance(value.value, list):
        return () if isinstance(value, Known) and value.value is None else (value,)
    if not any(isinstance(each, Known) and isinstance(each.value, list) for each in value.value):
        return value.value
    return [inner for each in value.value for inner in _listed(each)]


def _element(statement: Value, name: str) -> Value | None:
    if not isinstance(statement, Known) or not isinstance(statement.value, dict):
        return None
    found = statement.value.get(name)
    if found is None:
        lowered = name.lower()
        found = next((each for key, each in statement.value.items() if key.lower() == lowered), None)
    return None if isinstance(found, Absent) else found


def _opening(span: Span) -> Span:
    """The first character of a long span: a place that a report can show."""
    return Span(span.source, span.start, min(span.start + 1, span.end))


def _undecided(value: Unknown, scope: str, environment: str | None, source: str, root: str) -> Grant:
    return Grant(
        value.span,
        source=source,
        effect=value,
        principals=[] if source == "iam" else [value],
        actions=[value],
        resources=[] if source == "trust" else [value],
        scope=scope,
        environment=environment,
        root=root,
    )


class _Statement:
    """One statement while it is read: its elements by their proper names."""

    __slots__ = ("elements", "problems", "tree")

    def __init__(self, tree: Known, problems: list[Problem]) -> None:
        self.tree = tree
        self.problems = problems
        self.elements: dict[str, Value] = {}
        for key, value in tree.items():
            name = _FOLDED.get(key.lower())
            if name is None:
                next_step = f"the elements are {', '.join(ELEMENTS)}"
                self.problem(f"{key[:40]} is no element of a policy statement", value.key or value.span, next_step)
            elif not isinstance(value, Absent):
                self.elements[name] = value

    def problem(self, message: str, span: Span, next_step: str = "") -> None:
        self.problems.append(Problem(message, span, next_step))

    def grant(self, scope: str, environment: str | None, source: str, root: str) -> Grant:
        elements = self.elements
        place = self.place()
        for name in ("Action", "Resource", "Principal"):
            if name in elements and f"Not{name}" in elements:
                other = elements[f"Not{name}"]
                self.problem(f"a statement has both {name} and Not{name}", other.key or other.span, "keep one of them")
        if "Action" not in elements and "NotAction" not in elements:
            self.problem("a statement has no Action", place, "say what is allowed or denied")
        if source == "iam" and "Resource" not in elements and "NotResource" not in elements:
            self.problem("a statement has no Resource", place, "say for what it holds")
        return Grant(
            place,
            source=source,
            effect=self.effect(place),
            principals=self.principals("Principal"),
            not_principals=self.principals("NotPrincipal"),
            actions=self.words("Action"),
            not_actions=self.words("NotAction"),
            resources=self.words("Resource"),
            not_resources=self.words("NotResource"),
            conditions=self.conditions(),
            scope=scope,
            environment=environment,
            sid=string(elements.get("Sid", Absent(place))) or "",
            root=root,
        )

    def place(self) -> Span:
        """The smallest place that names the statement: its Sid, else its Effect, else its beginning."""
        sid = self.elements.get("Sid")
        if isinstance(sid, Known) and isinstance(sid.value, str) and sid.value:
            return sid.span
        effect = self.elements.get("Effect")
        return effect.span if isinstance(effect, Known) else _opening(self.tree.span)

    def effect(self, place: Span) -> Value:
        effect = self.elements.get("Effect")
        if effect is None:
            self.problem("a statement has no Effect", place, "write Allow or Deny")
            return Absent(place)
        if isinstance(effect, Known) and effect.value not in ("Allow", "Deny"):
            self.problem(f"Effect is {effect.span.text[:40]}", effect.span, "write Allow or Deny")
        return effect

    def words(self, name: str) -> list[Value]:
        found: list[Value] = []
        for each in _listed(self.elements.get(name)):
            if isinstance(each, Known) and not isinstance(each.value, str):
                self.problem(f"{name} holds something that is not a string", _short(each.span), "write it in quotes")
            elif not isinstance(each, Absent):
                found.append(each)
        return found

    def conditions(self) -> Value | None:
        condition = self.elements.get("Condition")
        if isinstance(condition, Known) and not isinstance(condition.value, dict):
            self.problem("Condition is not an object", condition.key or condition.span)
            return None
        return condition

    def principals(self, name: str) -> list[Value]:
        value = self.elements.get(name)
        if value is None or isinstance(value, Unknown):
            return [] if value is None else [value]
        found: list[Value] = []
        for each in _listed(value):
            if not isinstance(each, Known):
                found.append(each)
                continue
            inner = each.value
            if inner == "*":
                found.append(each)
            elif isinstance(inner, dict):
                for kind, identifiers in inner.items():
                    found.extend(self.identified(kind, identifiers))
            elif isinstance(inner, str):
                # IAM itself refuses it; services that accept it mean an AWS principal.
                self.problem(f'{name} is "{inner[:40]}"', each.span, 'write { "AWS": … } or "*"')
                found.append(_named("AWS", each, inner))
            else:
                self.problem(f"{name} is neither * nor an object", _short(each.span), 'write { "AWS": … } or "*"')
        return found

    def identified(self, kind: str, identifiers: Value) -> Iterator[Value]:
        if kind not in PRINCIPAL_TYPES and kind != "*":
            place = identifiers.key or identifiers.span
            self.problem(f"{kind[:40]} is no type of principal", place, f"types are {', '.join(PRINCIPAL_TYPES)}")
        for each in _listed(identifiers):
            if isinstance(each, Unknown):
                yield _open(kind, each)
            elif isinstance(each, Known) and isinstance(each.value, (str, int)):
                # YAML reads an account number without quotes as an integer.
                yield _named(kind, each, str(each.value))


def _short(span: Span) -> Span:
    return Span(span.source, span.start, min(span.end, span.start + 40))


def _named(kind: str, value: Known, identifier: str) -> Known:
    told = identifier if kind == "*" else f"{kind}:{identifier}"
    return Known(told, value.span, via=value.via, key=value.key, sensitive=value.sensitive)


def _open(kind: str, value: Unknown) -> Unknown:
    inner = OPEN if value.outline is None else value.outline
    return Unknown(
        value.reason,
        value.span,
        missing=value.missing,
        refers=value.refers,
        key=value.key,
        sensitive=value.sensitive,
        outline=inner if kind == "*" else f"{kind}:{inner}",
    )
