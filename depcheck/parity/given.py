"""What a setting is: where it belongs, whether it is judged here, and how it may be told."""

from __future__ import annotations

import re
from functools import lru_cache

from depcheck.environments import is_template
from depcheck.model import Setting
from depcheck.parity.rows import neutral
from depcheck.patterns import Pattern
from depcheck.project import Project, contract
from depcheck.source import Span
from depcheck.values import Known, Value, scalar_text

#: Origins that are told in an environment's own file, so that what they say is meant for it.
GIVEN = frozenset({"env-file", "compose", "container", "lambda", "platform", "kubernetes", "config"})
_TOKEN = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def environment_of(subject: Setting, project: Project) -> str | None:
    """The environment of a setting. Compose puts a project together for each environment that has an env file; what
    stands in the compose file itself belongs to the environment that its own name tells, if any."""
    if subject.origin in ("compose", "build-arg"):
        file = project.file(subject.value.span.path)
        return file.environment if file is not None else subject.environment
    return subject.environment


def is_passed_on(subject: Setting, project: Project | None = None) -> bool:
    """Whether compose took the value from an env file, where it is judged: by a reference or, where the ``project`` is
    asked, by ``env_file`` from one of an environment's own."""
    if subject.origin not in ("compose", "build-arg") or not isinstance(subject.value, Known):
        return False
    file = project.file(subject.value.span.path) if project is not None else None
    own = file is not None and file.kind == "dotenv" and file.environment is not None
    return bool(subject.value.via) or (own and not is_template(subject.value.span.path))


def only_shows(subject: Setting) -> bool:
    """Whether it stands in a file that only shows which variables there are."""
    return subject.origin == "env-file" and is_template(subject.span.path)


class Given:
    """A value that a deployed environment is given, with its ``text`` and the ``words`` of its name; ``key`` is the
    name as a variable would have it (``LOGGING_LEVEL`` for ``logging.level``)."""

    __slots__ = ("critical", "environment", "key", "name", "origin", "scope", "text", "value", "words")

    def __init__(self, setting: Setting, value: Known, text: str, environment: str, *, critical: bool) -> None:
        self.name = setting.name
        self.origin = setting.origin
        self.scope = setting.scope
        self.value = value
        self.text = text
        self.environment = environment
        self.critical = critical
        words = words_of(setting.name)
        self.key = setting.name.upper() if setting.name.isupper() else "_".join(words).upper()
        self.words = frozenset(words)


@lru_cache(maxsize=2)
def deployed(project: Project) -> tuple[Given, ...]:
    """What staging and the critical environments are given, as it stands there: no templates, no values that are told
    elsewhere, nothing that builds get (what builds or tests is no part of what it makes)."""
    critical = project.environments.critical
    roles = {name: project.environments.role(name) for name in project.environments.aliases}
    found: list[Given] = []
    for setting in project.facts.settings:
        value = setting.value
        if setting.origin not in GIVEN or setting.environment is None or not isinstance(value, Known):
            continue
        environment = environment_of(setting, project)
        if environment is None or (environment not in critical and roles.get(environment) != "staging"):
            continue
        text = scalar_text(value)
        if not text or only_shows(setting) or is_passed_on(setting) or "aws_codebuild_project." in setting.scope:
            continue
        found.append(Given(setting, value, text, environment, critical=environment in critical))
    return tuple(found)


def words_of(name: str) -> list[str]:
    """The words of a variable's name, in lower case."""
    return [word.lower() for word in _TOKEN.findall(name)]


def password_in(value: Known, text: str) -> list[Span]:
    """The password in an address, which must not be shown."""
    match = re.search(r"://[^/@\s:]*:(?P<password>[^/@\s]+)@", value.span.text)
    if match is None or contract.is_placeholder(match["password"]) or match["password"].startswith("$"):
        return []
    start = value.span.start + match.start("password")
    return [Span(value.span.source, start, start + len(match["password"]))]


@lru_cache(maxsize=4096)
def _neutral(name: str, environment: str, project: Project) -> str:
    return neutral(name.lower().replace("_", "-"), environment, project.environments)


def neutral_name(name: str, environment: str, project: Project) -> str:
    """A variable's name without the words for an environment."""
    return _neutral(name, environment, project)


def place_of(value: Value, environment: str, project: Project) -> Span:
    """The place that makes a value what it is in an environment: the environment's own file, where it came through
    one."""
    for step in value.via if isinstance(value, Known) else ():
        file = project.file(step.span.path) if step.span is not None else None
        if step.span is not None and file is not None and file.environment == environment:
            return step.span
    return value.span
