"""Where a secret stands in what was read: settings, addresses with a password in them, private keys.

Rules report these places and the engine masks them, whichever rules run: :func:`masked` is what no report may show.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.model import Command, Setting
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.arguments import hidden, secrets_of
from depcheck.project.credentials import (
    client_prefix,
    is_credible,
    is_placeholder,
    is_public_name,
    is_random,
    kind_of_name,
)
from depcheck.project.named_values import NamedValue, named_values
from depcheck.secrets import find_in_value
from depcheck.source import Span
from depcheck.values import Known, Unknown, Value, scalar_text, string

_TEMPLATE = Pattern(
    r"(?:.*[._-])?(?:example|examples|sample|samples|template|templates|tmpl|dist|dummy|demo)(?:[._-].*)?",
    re.IGNORECASE,
    holding=("example", "sample", "template", "tmpl", "dist", "dummy", "demo"),
)
#: Templates that are deployed as they are, and where those of CloudFormation and of charts stand.
_STACK = Pattern(
    r"(?!.*(?:compose|env|config|values|secret))(?:[\w.-]+[._-])?templates?\.(?:ya?ml|json)", re.IGNORECASE
)
_MANIFEST = Pattern(r"(?!.*(?:compose|env|config|values|secret)).*\.(?:ya?ml|json|tf|template)", re.IGNORECASE)
_STACKS = Pattern(r"(?:[\w.-]+[._-])?templates?", re.IGNORECASE)
_TEST = Pattern(
    r"(?:.*[._-])?(?:tests?|testing|testdata|test-data|testfiles|fixtures?|__tests__|__fixtures__|specs?|e2e|cypress"
    r"|playwright|mocks?|integration-tests?|ci|dev|devel|develop|development|devenv|devcontainer|local)(?:[._-].*)?"
    r"|(?:docker-)?compose\.override\.ya?ml",
    re.IGNORECASE,
    holding=("test", "fixture", "spec", "e2e", "cypress", "playwright", "mock", "ci", "dev", "local", "override"),
)
_URI = Pattern(
    r"\b[a-z][a-z0-9+.-]{1,30}://(?P<user>[^\s:/@'\"<>]{0,200}):(?P<password>[^\s@/'\"<>]{1,300})@"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\s/:?#'\"@<>,]+)",
    re.IGNORECASE,
    holding=("://",),
)
_LOCAL = Pattern(
    r"localhost|127\..*|\[.*\]|0\.0\.0\.0|host\.docker\.internal|(?:.*\.)?example(?:\..*)?|.*\.(?:test|invalid|localhost)"
    r"|(?:your|my)[-_.]?.*|(?:db|database|mail|smtp)?\.?(?:host|hostname|server|domain)(?:\.(?:com|tld|net|org))?",
    re.IGNORECASE,
)
_KEY_BEGIN = Pattern(r"-----BEGIN (?P<kind>(?:[A-Z0-9]+ )*)PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = Pattern(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_ENCODED_KEY = Pattern(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{80,}={0,2}")
_KEY_LIMIT = 20_000
_LINE = Pattern(
    r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{1,80})[\"']?\s{0,4}(?::|=|:=|=>)\s{0,4}(?P<quote>[\"']?)(?P<value>[^\s\"'#;,]{6,400})"
)


class Exposure:
    """A literal secret: the ``name`` that introduces it at ``key``, its ``text`` at ``span``, and where it belongs.

    ``role`` is ``template`` or ``test`` where the file says that it is one, else empty.
    """

    __slots__ = ("environment", "key", "name", "origin", "role", "scope", "span", "text")

    def __init__(
        self,
        name: str,
        text: str,
        span: Span,
        key: Span,
        *,
        origin: str = "",
        scope: str = "",
        environment: str | None = None,
    ) -> None:
        self.name = name
        self.text = text
        self.span = span
        self.key = key
        self.origin = origin
        self.scope = scope
        self.environment = environment
        self.role = role_of(span.path)


def role_of(path: str) -> str:
    """``template`` for a file that is copied and filled in, ``test`` for one that only tests or developers use, else
    empty."""
    *folders, name = path.split("/")
    if _TEMPLATE.fullmatch(name) and not _STACK.fullmatch(name):
        return "template"
    shown = [each for each in folders if _TEMPLATE.fullmatch(each)]
    if shown and not (_MANIFEST.fullmatch(name) and all(_STACKS.fullmatch(each) for each in shown)):
        return "template"
    return "test" if _TEST.fullmatch(name) or any(_TEST.fullmatch(folder) for folder in folders) else ""


def place_of(value: Value, text: str) -> Span | None:
    """Where the text of a value is written; None where it is put together from other places."""
    if isinstance(value, (Known, Unknown)):
        at = value.span.text.find(text)
        if at >= 0:
            return Span(value.span.source, value.span.start + at, value.span.start + at + len(text))
        if isinstance(value, Known) and not value.via:
            return value.span
    return None


@lru_cache(maxsize=1)
def literals(project: Project) -> tuple[Exposure, ...]:
    """Every literal value of a name that is a secret's, that is no placeholder; each place once."""
    return tuple(_literals(project))


def _literals(project: Project) -> Iterator[Exposure]:
    seen: set[tuple[str, int]] = set()
    around: dict[tuple[str, str | None, str], list[str]] = {}
    for each in named_values(project):
        kind = kind_of_name(_without_prefix(each.name))
        for name, text in _texts_of(each):
            text = text.strip()
            if not _may_be_secret(each, kind, text):
                continue
            owner = (each.scope, each.environment, each.key.path)
            if owner not in around:
                around[owner] = _around(each, project)
            if not is_credible("password" if each.stored else kind or "password", text, (name, *around[owner])):
                continue
            if is_harmless(text, name):
                continue
            span = _written(each.value, text)
            if span is None or (span.path, span.start) in seen:
                continue
            seen.add((span.path, span.start))
            yield Exposure(
                name,
                text,
                span,
                each.key if each.key.path == span.path else span,
                origin=each.origin,
                scope=each.scope,
                environment=each.environment,
            )


def is_harmless(text: str, name: str) -> bool:
    """Whether a vendor's format tells that a value is made to be seen, filled in by hand or refuted by its checksum."""
    if client_prefix(name) is not None and is_public_name(_without_prefix(name)):
        return True
    found = find_in_value(text, name, little=True)
    return bool(found) and all(each.verdict != "secret" for each in found)


def _texts_of(each: NamedValue) -> Iterator[tuple[str, str]]:
    """The texts of a value with their names: its own, or those that a document in it names."""
    text = scalar_text(each.value)
    if text is None or isinstance(each.value.value, bool):
        return
    if text.lstrip().startswith("{") and text.rstrip().endswith("}"):
        for name, part in _of_document(text):
            if kind_of_name(name) is not None:
                yield name, part
    else:
        yield each.name, text


def _of_document(text: str) -> Iterator[tuple[str, str]]:
    """The names and texts of a JSON object."""
    import json

    try:
        loaded: object = json.loads(text)
    except (ValueError, RecursionError):
        return
    waiting = [loaded]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from ((str(name), value) for name, value in part.items() if isinstance(value, str))
            waiting += [value for value in part.values() if isinstance(value, dict)]


def _may_be_secret(each: NamedValue, kind: str | None, text: str) -> bool:
    """Attributes of resources are called like secrets more often than they are some: names and ids of them."""
    if each.stored:
        return kind is not None or is_random(text)
    if kind is None or each.origin not in ("resource", "parameter"):
        return kind is not None
    return kind == "password" or (kind != "weak" and is_random(text))


def _written(value: Known, text: str) -> Span | None:
    """Where the text of a value is written, also where it was followed to through variables and locals."""
    span = place_of(value, text)
    for step in reversed(value.via) if span is None else ():
        if step.span is not None:
            at = step.span.text.find(text)
            if at >= 0:
                return Span(step.span.source, step.span.start + at, step.span.start + at + len(text))
    return span


def _without_prefix(name: str) -> str:
    prefix = client_prefix(name)
    return name[len(prefix[0]) :] if prefix is not None else name


def _around(each: NamedValue, project: Project) -> list[str]:
    """Names around a value: a value that only repeats them is no secret."""
    if each.origin == "workflow":
        return [each.scope]
    path = each.key.path
    names = [each.scope, path.rsplit("/", 2)[-2] if "/" in path else os.path.basename(project.root)]
    resource = project.resource(each.scope, each.environment) if each.scope else None
    if resource is not None:
        names.append(string(resource.get("image")) or "")
    return names


@lru_cache(maxsize=1)
def passwords_in_addresses(project: Project) -> tuple[Exposure, ...]:
    """Every password that is written into an address (``postgres://user:password@host``)."""
    return tuple(_passwords(project))


def _passwords(project: Project) -> Iterator[Exposure]:
    services = {each.name.lower() for each in project.of_type("compose_service")}
    seen: set[tuple[str, int]] = set()
    for name, value, key, owner in _texts(project):
        text = string(value)
        if text is None or "://" not in text or "@" not in text:
            continue
        for match in _URI.finditer(text):
            password, host, user = match["password"], match["host"].lower(), match["user"]
            if not _serious(password, host, user, services, name):
                continue
            span = place_of(value, password)
            if span is None or (span.path, span.start) in seen:
                continue
            seen.add((span.path, span.start))
            yield Exposure(
                name,
                password,
                span,
                key if key.path == span.path else span,
                origin=owner.origin if isinstance(owner, (Setting, Command)) else "",
                scope=owner.scope,
                environment=owner.environment,
            )


def _serious(password: str, host: str, user: str, services: set[str], name: str) -> bool:
    if len(password) < 4 or password.lower() == user.lower() or "\ue000" in password:
        return False
    if is_placeholder(password, (user, host, name)) or is_placeholder(host) or _LOCAL.fullmatch(host):
        return False
    if "." not in host or host in services:
        return is_random(password)
    return True


def _texts(project: Project) -> Iterator[tuple[str, Value, Span, Setting | Command]]:
    for setting in project.facts.settings:
        yield setting.name, setting.value, setting.span, setting
    for command in project.facts.commands:
        for word in command.words:
            if word.text is not None and "://" in word.text:
                yield command.name, Known(word.text, word.span), word.span, command


@lru_cache(maxsize=1)
def private_keys(project: Project) -> tuple[Exposure, ...]:
    """Every private key, in PEM or in base64 of it; the name says of what kind it is (``RSA``, empty for PKCS 8)."""
    found: list[Exposure] = []
    for file in project.facts.files:
        for kind, start, end in _keys_in(file.source.text):
            span = file.source.span(start, end)
            found.append(Exposure(kind, span.text, span, span, environment=file.environment))
    for setting in project.facts.settings:
        text = string(setting.value)
        if text is None or "PRIVATE KEY" not in text or "-----BEGIN" in setting.value.span.text:
            continue
        for kind, start, end in _keys_in(text):  # a value that is written with escapes
            span = setting.value.span
            found.append(Exposure(kind, text[start:end], span, setting.span, environment=setting.environment))
            break
    return tuple(found)


def _keys_in(text: str) -> Iterator[tuple[str, int, int]]:
    if "PRIVATE KEY" in text:
        for begin in _KEY_BEGIN.finditer(text):
            end = _KEY_END.search(text, begin.end(), begin.end() + _KEY_LIMIT)
            if end is None:
                continue
            body = re.sub(r"\\[nr]|[^A-Za-z0-9+/]", "", text[begin.end() : end.start()])
            if len(body) >= 64 and len(set(body)) >= 16:
                yield begin["kind"].strip(), begin.start(), end.end()
    if "LS0tLS1CRUdJTi" in text:
        for match in _ENCODED_KEY.finditer(text):
            if _decodes_to_a_key(match.group()):
                yield "", match.start(), match.end()


def _decodes_to_a_key(text: str) -> bool:
    from base64 import b64decode

    try:
        return b"PRIVATE KEY-----" in b64decode(text[:80] + "=" * (-len(text[:80]) % 4))
    except ValueError:
        return False


def hidden_in_key(span: Span) -> Span:
    """The part of a private key that must not be shown: what stands between its first and its last line."""
    text = span.text
    first, last = text.find("-----", len("-----BEGIN")), text.rfind("-----END")
    if not text.startswith("-----BEGIN") or not 0 < first < last:
        return span
    return Span(span.source, span.start + first + len("-----"), span.start + last)


def masked(project: Project) -> tuple[list[Span], list[str]]:
    """Every place of a secret, and the decoded text of those that are written with escapes; whatever rules run."""
    found = [*literals(project), *passwords_in_addresses(project)]
    spans = [each.span for each in found]
    spans += [hidden_in_key(each.span) for each in private_keys(project)]
    texts = [each.text for each in found if each.text != each.span.text]
    texts += [each.text for each in private_keys(project) if each.text != each.span.text]
    for command in project.facts.commands:
        for _, span, text in secrets_of(command):
            spans += hidden(span, text)
            texts.append(text)
    for setting in project.facts.settings:
        if setting.origin == "env-file" and _unclosed(setting) and kind_of_name(setting.name) is not None:
            spans.append(setting.value.span)  # nothing of it is shown
    texts += _in_policy(project)
    from depcheck.project import provider_tokens  # it knows this module, for places and roles

    tokens, decoded = provider_tokens.masked(project)
    return spans + tokens, texts + decoded


def _in_policy(project: Project) -> Iterator[str]:
    """The values that the policy allows for a secret, should it name them."""
    for name, entry in project.policy.variables.items() if project.policy is not None else ():
        kind = kind_of_name(name)
        for value in [each for values in entry.values.values() for each in values] if kind is not None else ():
            if kind is not None and is_credible(kind, str(value), (name,)):
                yield str(value)


def _unclosed(setting: Setting) -> bool:
    """Whether the quote of a value is not closed, so that the value is not decided."""
    value = setting.value
    return isinstance(value, Unknown) and not value.missing and value.span != setting.span


def in_line(line: str) -> list[tuple[int, int]]:
    """Where a line seems to hold a secret, parsed or not; for what a report quotes of it."""
    found: list[tuple[int, int]] = []
    for match in _LINE.finditer(line):
        kind = kind_of_name(match["name"])
        if kind not in (None, "weak") and not is_placeholder(match["value"], (match["name"],)):
            found.append(match.span("value"))
    found += [match.span("password") for match in _URI.finditer(line) if not is_placeholder(match["password"])]
    return sorted(found)
