"""What environments give to programs: each variable beside its counterparts, over every format that sets one."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Setting
from depcheck.parity.relations import BELONGS, DIFFER, Promises, Relation
from depcheck.parity.rows import Row, neutral, text_of
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.contract import is_placeholder, is_secret
from depcheck.project.credentials import client_prefix
from depcheck.project.env_files import base_of, env_files
from depcheck.values import Unknown, Value

_SECRETS = Relation(DIFFER, topic="secret")
_ADDRESSES = Relation(BELONGS, topic="address")
_OTHERS = Relation("free")
_ADDRESS = Pattern(r"[a-z][a-z0-9+.-]*://\S+|arn:aws\S*|(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+(?::\d+)?(?:/\S*)?")
_SWITCH = Pattern(r"true|false|\d+(?:\.\d+)*|", 0)
#: Origins of settings whose scope is what they are given to.
_SCOPED = frozenset({"compose", "container", "lambda", "workflow", "platform", "kubernetes"})
#: Origins of settings that belong to their file as a whole.
_OF_FILES = frozenset({"tfvars", "flag", "config", "cdk-context"})
_PREFIXES = {"tfvars": "var", "flag": "flag", "config": "config", "cdk-context": "context"}


class Family:
    """Variables that are given to one thing: ``label`` tells it from others, ``given`` are they by environment,
    ``files`` the env files that give them."""

    __slots__ = ("files", "given", "label", "origin")

    def __init__(self, label: str, origin: str) -> None:
        self.label = label
        self.origin = origin
        self.given: dict[str, dict[str, Setting]] = {}
        self.files: dict[str, str] = {}


def families(project: Project) -> list[Family]:
    """Everything that is given variables in an environment, the same things of several environments together."""
    found: dict[tuple[str, str], Family] = {}
    _add_files(project, found)
    environments = project.environments
    for setting in project.facts.settings:
        environment = setting.environment
        if environment is None:
            continue
        if setting.origin in ("container", "lambda"):
            home = setting.root or setting.span.path
            label = f"{neutral(home, environment, environments)} {neutral(setting.scope, environment, environments)}"
        elif setting.origin in _SCOPED:
            file = project.file(setting.span.path)
            # A compose project is put together once for each env file; what it takes from there is told there.
            if setting.origin == "compose" and (file is None or file.environment != environment):
                continue
            path = neutral(setting.span.path, environment, environments)
            label = f"{path} {neutral(setting.scope, environment, environments)}".rstrip()
        elif setting.origin in _OF_FILES:
            label = neutral(setting.span.path, environment, environments)
        else:
            continue
        family = found.setdefault((setting.origin, label), Family(label, setting.origin))
        family.given.setdefault(environment, {})[setting.name] = setting
    return list(found.values())


def _add_files(project: Project, found: dict[tuple[str, str], Family]) -> None:
    files = env_files(project)
    for file in files:
        environment = file.environment
        if environment is None or file.personal or file.shown:
            continue
        label = neutral(file.path, environment, project.environments)
        family = found.setdefault(("env-file", label), Family(label, "env-file"))
        given = family.given.setdefault(environment, {})
        family.files.setdefault(environment, file.path)
        for base in base_of(file, files):
            if not base.shown and base.environment is None:
                given.update(base.settings)
        given.update(file.settings)


def rows(project: Project, promises: Promises, found: list[Family], order: list[str]) -> Iterator[Row]:
    """The rows of variables, one for each name and thing that is given it in two environments or more."""
    told = [each for each in found if len(each.given) > 1]
    holders: dict[str, set[str]] = {}
    for family in told:
        for given in family.given.values():
            for name in given:
                holders.setdefault(f"{_prefix(family)}.{name}", set()).add(family.label)
    for family in told:
        here = [name for name in order if name in family.given]
        names = dict.fromkeys(name for environment in here for name in family.given[environment])
        for name in names:
            settings = {environment: family.given[environment].get(name) for environment in here}
            plain = f"{_prefix(family)}.{name}"
            subject = plain if len(holders[plain]) == 1 else f"{plain}@{family.label}"
            values = {environment: setting.value if setting else None for environment, setting in settings.items()}
            secret = _holds_secret(name, [each for each in settings.values() if each is not None], project)
            relation = promises.of([plain, subject, name], _relation(secret, values))
            kind = {"variable": "variable", "flag": "flag"}.get(_prefix(family), "input")
            yield Row(subject, kind, name, relation, values, group=family.label, type=family.origin, secret=secret)


def _prefix(family: Family) -> str:
    return _PREFIXES.get(family.origin, "variable")


def _holds_secret(name: str, settings: list[Setting], project: Project) -> bool:
    if client_prefix(name):
        return False
    entry = project.policy.variables.get(name) if project.policy is not None else None
    for setting in settings:
        if setting.sensitive:
            return True
        text = text_of(setting.value)
        if not isinstance(setting.value, Unknown) and is_secret(name, entry, text):
            if _SWITCH.fullmatch(text) or is_placeholder(text):
                continue
            return True
    return False


def _relation(secret: bool, values: dict[str, Value | None]) -> Relation:
    if secret:
        return _SECRETS
    texts = [text_of(value) for value in values.values() if value is not None]
    return _ADDRESSES if any(_ADDRESS.fullmatch(text) for text in texts) else _OTHERS
