"""Every value that a name introduces, wherever it stands: settings, inputs of actions, attributes of resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from depcheck.data import load_json
from depcheck.model import Declaration, Job, Resource, Setting
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.credentials import kind_of_name
from depcheck.source import Span
from depcheck.values import Known, Value, string

#: What is deployed and told in the words of its own format; compose services are told by their settings.
_FORMATS = frozenset({"terraform", "cloudformation"})
#: Values are looked for this deep in maps and lists.
_DEPTH = 16
#: Entries of lists that are a name and its value (``set { name = "auth.password", value = … }``).
_PAIRS = (("name", "value"), ("Name", "Value"), ("key", "value"), ("ParameterKey", "ParameterValue"))
#: Pairs of lists that the parsers tell as settings.
_NO_PAIRS = frozenset({"tags", "tag", "Tags", "environment", "Environment", "EnvironmentVariables"})
#: Longer ones are documents and no settings.
_LONGEST_LOCAL = 60_000
_HINTS = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "salt")
_QUOTED = Pattern(r'"(?P<value>[^"\\$]{6,400})"')
_ENTRY = Pattern(r'"?(?P<name>[A-Za-z_][\w-]{1,80})"?\s{0,40}[=:]\s{0,4}"(?P<value>[^"\\$\n]{6,400})"')


class NamedValue:
    """A value and the name that introduces it at ``key``. ``stored`` is true of what is a secret by its place (the text
    of a stored secret). ``origin`` is that of a setting, ``workflow`` or ``resource``."""

    __slots__ = ("environment", "key", "name", "origin", "scope", "stored", "value")

    def __init__(
        self,
        name: str,
        value: Known,
        *,
        origin: str,
        scope: str,
        environment: str | None,
        key: Span | None = None,
        stored: bool = False,
    ) -> None:
        self.name = name
        self.value = value
        self.key = key or value.key or value.span
        self.origin = origin
        self.scope = scope
        self.environment = environment
        self.stored = stored


def named_values(project: Project) -> Iterator[NamedValue]:
    """All of them that may be a secret, by their names or their places."""
    for setting in project.facts.settings:
        yield from _of_setting(setting)
    for job in project.facts.jobs:
        yield from _of_job(job)
    for resource in project.facts.resources:
        if resource.format in _FORMATS and not _is_view(resource):
            yield from _of_resource(resource)
    for declaration in project.facts.declarations:
        if declaration.kind == "local":
            yield from _of_local(declaration)
    for file in project.facts.files:
        if file.kind == "cloudformation" and isinstance(file.tree, Known):
            yield from _of_parameters(file.tree, file.environment)


def _is_view(resource: Resource) -> bool:
    """Whether it is a CloudFormation resource told a second time, in Terraform's words."""
    return resource.format == "cloudformation" and "::" not in resource.type


def _of_local(local: Declaration) -> Iterator[NamedValue]:
    """The literals of a local value, which nothing may use."""
    span = local.expression
    if span is None or span.end - span.start > _LONGEST_LOCAL:
        return
    text = span.text
    if text.startswith('"'):
        found = _QUOTED.fullmatch(text) if kind_of_name(local.name) is not None else None
        matches = [(local.name, found)] if found is not None else []
    elif not any(hint in lowered for lowered in (text.lower(),) for hint in _HINTS):
        return
    else:
        matches = [(match["name"], match) for match in _ENTRY.finditer(text) if kind_of_name(match["name"])]
    for name, match in matches:
        start, end = match.span("value")
        value = Known(match["value"], Span(span.source, span.start + start, span.start + end))
        yield NamedValue(
            name, value, origin="resource", scope=f"local.{local.name}", environment=local.environment, key=local.span
        )


def _of_parameters(template: Known, environment: str | None) -> Iterator[NamedValue]:
    """The defaults of a template's parameters."""
    for name, parameter in template.get("Parameters").items():
        value = parameter.get("Default")
        if isinstance(value, Known) and kind_of_name(name) is not None:
            yield NamedValue(
                name, value, origin="parameter", scope="", environment=environment, key=parameter.key or value.span
            )


def _of_setting(setting: Setting) -> Iterator[NamedValue]:
    value = setting.value
    if not isinstance(value, Known):
        return
    if isinstance(value.value, (dict, list)):
        for name, key, part in _leaves(setting.name, value):
            yield NamedValue(
                name, part, origin=setting.origin, scope=setting.scope, environment=setting.environment, key=key
            )
    else:
        yield NamedValue(
            setting.name,
            value,
            origin=setting.origin,
            scope=setting.scope,
            environment=setting.environment,
            key=setting.span,
        )


def _of_job(job: Job) -> Iterator[NamedValue]:
    inputs = [(name, value) for step in job.steps for name, value in step.tree.get("with").items()]
    for each in (job.tree.get("container"), *(each for _, each in job.tree.get("services").items())):
        inputs.append(("password", each.get("credentials", "password")))
    for name, value in inputs:
        if isinstance(value, Known):
            yield NamedValue(name, value, origin="workflow", scope=job.address, environment=job.environment)


def _of_resource(resource: Resource) -> Iterator[NamedValue]:
    for name, key, value in _leaves("", resource.attributes):
        yield NamedValue(
            name,
            value,
            origin="resource",
            scope=resource.address,
            environment=resource.environment,
            key=key,
        )
    for entry in _stored().get(resource.type, ()):
        if any(string(resource.get(name)) != wanted for name, wanted in entry.when):
            continue
        named = string(resource.get(entry.name)) if entry.name else None
        for name, value in _at(resource.attributes, entry.path):
            yield NamedValue(
                named or name,
                value,
                origin="resource",
                scope=resource.address,
                environment=resource.environment,
                stored=True,
            )


def _leaves(name: str, value: Known) -> Iterator[tuple[str, Span | None, Known]]:
    """The texts in a value whose names are those of secrets, with what introduces them."""
    kind = kind_of_name
    waiting: list[tuple[str, Span | None, Known, int]] = [(name, value.key, value, _DEPTH)]
    while waiting:
        name, key, each, depth = waiting.pop()
        inner = each.value
        if isinstance(inner, str):
            if kind_of_name(name) is not None:
                yield name, key, each
        elif isinstance(inner, dict):
            for part, entry in inner.items():
                if type(entry) is Known:
                    content = entry.value
                    if type(content) is str:
                        if kind(part) is not None:
                            yield part, entry.key, entry
                    elif content and depth and isinstance(content, (dict, list)):
                        waiting.append((part, entry.key, entry, depth - 1))
        elif isinstance(inner, list) and depth:
            for entry in inner:
                pair = _pair(entry) if name not in _NO_PAIRS else None
                named, place, found = pair if pair is not None else (name, key, entry)
                if isinstance(found, Known):
                    waiting.append((named, place, found, depth - 1))


def _pair(entry: Value) -> tuple[str, Span | None, Value] | None:
    """The value of an entry that is a name and a value, under that name."""
    if isinstance(entry, Known) and isinstance(entry.value, dict) and 2 <= len(entry.value) <= 4:
        for name, value in _PAIRS:
            named = entry.value.get(name)
            if value in entry.value and named is not None and (text := string(named)) is not None:
                return text, named.span, entry.value[value]
    return None


class _Stored:
    """An attribute that holds a secret by its place."""

    __slots__ = ("name", "path", "when")

    def __init__(self, entry: dict[str, object]) -> None:
        self.path = str(entry["path"]).split(".")
        when = entry.get("when")
        self.when = [(str(key), str(value)) for key, value in when.items()] if isinstance(when, dict) else []
        self.name = str(entry.get("name", ""))


@lru_cache(maxsize=1)
def _stored() -> dict[str, list[_Stored]]:
    found: dict[str, list[_Stored]] = {}
    entries = load_json("schemas", "secret-attributes.json")["entries"]
    for entry in entries if isinstance(entries, list) else []:
        found.setdefault(str(entry["type"]), []).append(_Stored(entry))
    return found


def _at(value: Value, path: Iterable[str], name: str = "") -> Iterator[tuple[str, Known]]:
    """The texts at a path, with the last name on it."""
    head, *rest = [*path, ""]
    for each in value.elements():
        if not head:
            if isinstance(each, Known) and isinstance(each.value, str):
                yield name, each
        else:
            for key, part in each.items():
                if head in ("*", key):
                    yield from _at(part, rest[:-1], key)
