"""Which variables an environment's file has and another environment's lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import pairwise

from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.env_files import PASSING, EnvFile, base_of, env_files
from depcheck.project.spelling import is_near

#: Words in names that belong to a developer's machine or to tests.
_TRIED = frozenset(
    (
        "dev",
        "local",
        "mock",
        "mocks",
        "msw",
        "seed",
        "seeds",
        "debug",
        "fixture",
        "fixtures",
        "storybook",
        "hmr",
        "watch",
        "hot",
        "open",
        "proxy",
        "devtools",
        "report",
        "analyze",
        "analyse",
        "sourcemap",
        "sourcemaps",
        "inspect",
        "eslint",
        "babel",
        "test",
        "tests",
        "testing",
        "xdebug",
        "mailhog",
        "mailpit",
        "ngrok",
        "port",
        "polling",
        "usepolling",
        "sandbox",
        "demo",
        "swagger",
        "docs",
        "documentation",
    )
)
#: What a build tool sets by itself.
_OF_TOOLS = frozenset({"NODE_ENV", "BABEL_ENV", "MODE", "TZ", "CI"})
_WORDS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
#: Fewer common names than this, and two files are about different things.
_LEAST_IN_COMMON = 2
#: Files that have more names alone than this are about different things.
_MOST_ALONE = 100
#: Shorter names are too much alike.
_LEAST_LETTERS = 6


class Lack:
    """A file of an environment, the names that it lacks, and the file of another environment that has them."""

    __slots__ = ("file", "names", "other")

    def __init__(self, file: EnvFile, other: EnvFile, names: list[str]) -> None:
        self.file = file
        self.other = other
        self.names = names


def lacks(project: Project) -> Iterator[Lack]:
    """Where one of two compared environments lacks names.

    Both directions for staging and production; of development only what it has and a later environment lacks, because
    what deployments add (caches, sizes, addresses of monitoring) is for them.
    """
    files = env_files(project)
    families: dict[str, list[EnvFile]] = {}
    for file in files:
        if file.environment is not None and not file.personal and file.settings:
            families.setdefault(file.family, []).append(file)
    for family in families.values():
        given = {id(each): _given(each, files) for each in family}
        for less, more in _pairs(family, project):
            common = len(given[id(less)] & given[id(more)])
            for here, there in ((more, less), (less, more)):
                if here is less and _is_development(less, project):
                    continue
                names = _judged(there, here, given[id(here)], family, project)
                if names and common >= max(_LEAST_IN_COMMON, 2 * len(names)):
                    yield Lack(here, there, names)


def _given(file: EnvFile, files: list[EnvFile]) -> set[str]:
    return set(file.settings) | {name for base in base_of(file, files) for name in base.settings}


def _is_development(file: EnvFile, project: Project) -> bool:
    return project.environments.role(file.environment) == "development"


def _pairs(family: list[EnvFile], project: Project) -> Iterator[tuple[EnvFile, EnvFile]]:
    """The files to compare, the less critical environment's first."""
    by_environment = {file.environment: file for file in family}
    policy = project.policy
    compared = policy.parity.compare if policy is not None else []
    if not compared:
        present = [
            name
            for name in project.environments.names
            if name in by_environment and project.environments.role(name) not in PASSING
        ]
        compared = [list(pair) for pair in pairwise(present)]
    order = {name: index for index, name in enumerate(project.environments.names)}
    for group in compared:
        here = sorted((name for name in group if name in by_environment), key=lambda name: order.get(name, 0))
        for index, less in enumerate(here):
            for more in here[index + 1 :]:
                yield by_environment[less], by_environment[more]


def _judged(there: EnvFile, here: EnvFile, given: set[str], family: list[EnvFile], project: Project) -> list[str]:
    """The names that one file has and another should have too."""
    found = []
    neutral = {_without(_words(name), here, project) for name in given}
    alone = [name for name in here.settings if name not in there.settings]
    for name in there.settings:
        if name in given or _is_free(name, there, here, project):
            continue
        words = _words(name)
        if _without(words, there, project) in neutral or name in _OF_TOOLS or _is_misspelt(name, alone):
            continue
        # What only development has may well be development's own, unless a third environment has it as well.
        tried = not _TRIED.isdisjoint(words) or _without(words, there, project) != "_".join(words)
        if (tried and there.environment not in project.environments.critical) or (
            _is_development(there, project) and not _is_shared(name, there, family)
        ):
            continue
        found.append(name)
    return found


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORDS.findall(name))


def _is_misspelt(name: str, alone: list[str]) -> bool:
    """Whether the other file has the name in another spelling, which is told by itself."""
    if len(name) < _LEAST_LETTERS or len(alone) > _MOST_ALONE:
        return False
    return sum(is_near(name, each) for each in alone) == 1


def _without(words: Sequence[str], file: EnvFile, project: Project) -> str:
    """A name without the words for its own environment: ``STAGING_DB_URL`` and ``PROD_DB_URL`` are one."""
    aliases = {alias.lower() for alias in project.environments.aliases.get(file.environment or "", ())}
    return "_".join(word for word in words if word not in aliases)


def _is_shared(name: str, file: EnvFile, family: list[EnvFile]) -> bool:
    others = [each for each in family if each is not file]
    return len(others) == 1 or any(name in each.settings for each in others)


def _is_free(name: str, there: EnvFile, here: EnvFile, project: Project) -> bool:
    policy = project.policy
    if policy is None:
        return False
    if name in policy.variables:  # the contract says where it must be, and another rule asks
        return True
    subjects = (name, f"variable.{name}")
    patterns = [*policy.parity.free]
    for environment, names in policy.parity.only_in.items():
        if environment in (there.environment, here.environment):
            patterns += names
    return any(fnmatchcase(subject, pattern) for subject in subjects for pattern in patterns)
