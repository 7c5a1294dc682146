"""What tells that a value belongs to an environment: its hosts, its account, and words that only it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.environments import Environments
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.contract import host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy

#: Words that mean an environment wherever they stand in a host or a name. The other aliases (live, test, local,
#: preview, develop, qa, stage …) mean too much else.
STRONG = frozenset({"staging", "stg", "preprod", "uat", "production", "prod", "prd", "development", "dev"})
#: Providers' own hosts that have such a word and belong to nobody's environment.
_PUBLIC = Pattern(
    r"(?:.*\.)?(?:dev\.azure\.com|dev\.mysql\.com|dev\.to|dev\.twitch\.tv|dev\.w3\.org|dev\.bukkit\.org"
    r"|dev\.virtualearth\.net|dev\.visualstudio\.com|prod\.do\.dsp\.mp\.microsoft\.com|prod\.mozaws\.net)"
)
_URL_HOST = Pattern(r"[a-z][a-z0-9+.-]*://(?:[^@/\s]*@)?(?P<host>[a-z0-9._-]+)", re.IGNORECASE)
_DATABASE = Pattern(
    r"(?:postgres(?:ql)?|mysql2?|mariadb|mongodb|sqlserver|mssql|redshift|clickhouse|amqps?)(?:\+[a-z0-9]+)?"
    r"://[^/?#\s]*/(?P<name>[A-Za-z0-9_.-]+)",
    re.IGNORECASE,
)
_BARE_HOST = Pattern(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_ACCOUNT = Pattern(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?P<account>\d{12}):|(?P<registry>\d{12})\.dkr\.ecr\.")
_NAME = Pattern(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
_TOKEN = Pattern(r"[a-z0-9]+")
#: ``pre-prod`` and ``non-prod`` are words of their own.
_BEFORE = Pattern(r"(?<![a-z0-9])(pre|non|not)[-_.](prod(?:uction)?)(?![a-z0-9])")
#: A resource that several environments may share by its nature.
_SHARED_ARN = Pattern(r"arn:aws[a-z-]*:(?:acm|ecr|route53|logs|backup|iam::aws)|\.dkr\.ecr\.")

#: Variables that say in which mode a framework runs; ``production`` is what staging runs as well.
_MODES = Pattern(
    r"(?:NODE|BABEL|RAILS|RACK|FLASK|DJANGO|MIX|APP|SYMFONY|HUGO|GATSBY|NITRO|QUARKUS|ASPNETCORE|DOTNET)"
    r"_(?:ENV|ENVIRONMENT|PROFILE)|.*(?:^|_)MODE"
)
_ENVIRONMENT_NAME = Pattern(r"(?:.*_)?(?:ENV|ENVIRONMENT|ENV_NAME|STAGE|DEPLOY_ENV)", re.IGNORECASE)


class Mark:
    """A part of a value that belongs to an environment, from ``start`` to ``end``, and what kind of part it is."""

    __slots__ = ("end", "environment", "kind", "start", "text")

    def __init__(self, kind: str, text: str, environment: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.environment = environment
        self.start = start
        self.end = end


def foreign(name: str, text: str, environment: str, project: Project) -> Iterator[Mark]:
    """The marks in a variable's value that belong to another environment than its own."""
    if not _hint(project).search(text) and not _ENVIRONMENT_NAME.fullmatch(name):
        return
    if _may_be_shared(text, project):
        return
    for mark in [*marks(text, project.environments, project.policy), *_names(name, text, project)]:
        if _is_foreign(mark, environment, name, project):
            yield mark


@lru_cache(maxsize=2)
def _hint(project: Project) -> Pattern:
    """What stands in every value with a mark: one of the words, or what the policy declares as an environment's."""
    words = set(STRONG)
    for entry in project.policy.environments.values() if project.policy is not None else ():
        words.update(entry.marks)
        words.update(host_of(domain) for domain in entry.domains)
        if entry.account:
            words.add(entry.account)
    return Pattern("|".join(map(re.escape, sorted(word for word in words if word))), re.IGNORECASE)


def _names(name: str, text: str, project: Project) -> list[Mark]:
    if _ENVIRONMENT_NAME.fullmatch(name):
        owner = project.environments.named(text)
        if owner is None or (owner in project.environments.critical and _MODES.fullmatch(name.upper())):
            return []
        return [Mark("environment", text, owner, 0, len(text))]
    found = name_mark(text, project.environments)
    return [found] if found is not None else []


def _is_foreign(mark: Mark, environment: str, name: str, project: Project) -> bool:
    """Whether a mark does not belong where it stands. A developer's machine may talk to staging, and a variable that is
    named after another environment means it."""
    critical = project.environments.critical
    role = project.environments.role(environment)
    if mark.environment == environment or role in ("test", "preview"):
        return False
    if mark.environment not in critical and environment not in critical and mark.kind != "word":
        return False
    if role == "development" and mark.kind not in ("word", "account"):
        return False
    if mark.kind == "name" and environment not in critical:
        return False
    aliases = project.environments.aliases.get(mark.environment, ())
    words = set(re.findall(r"[a-z0-9]+", name.lower()))
    return not words & {alias.lower() for alias in aliases}


def _may_be_shared(text: str, project: Project) -> bool:
    policy = project.policy
    if policy is None:
        return False
    return text in policy.parity.shared or any(
        text.startswith(each.rstrip("*")) for each in policy.parity.shared if each.endswith("*")
    )


def marks(text: str, environments: Environments, policy: Policy | None) -> Iterator[Mark]:
    """Every mark of an environment in a value."""
    for host, start in _hosts(text):
        owner = owner_of_host(host, environments, policy)
        if owner is not None:
            yield Mark("host", host, owner, start, start + len(host))
    for match in _DATABASE.finditer(text) if "://" in text else ():
        for owner, _ in list(_strong(match["name"], environments).items())[:1]:
            yield Mark("database", match["name"], owner, match.start("name"), match.end("name"))
    declared = policy.environments if policy is not None else {}
    for name, entry in declared.items():
        if entry.account:
            for match in _ACCOUNT.finditer(text):
                account = match["account"] or match["registry"]
                if account == entry.account and not _SHARED_ARN.match(text, match.start()):
                    at = match.start("account") if match["account"] else match.start("registry")
                    yield Mark("account", account, name, at, at + 12)
        for word in entry.marks:
            for at in _word_at(text, word):
                yield Mark("word", word, name, at, at + len(word))


def name_mark(text: str, environments: Environments) -> Mark | None:
    """The mark in a name of several words, such as ``app-staging-uploads``; none in sentences, URLs and numbers."""
    if not _NAME.fullmatch(text) or "//" in text or _BARE_HOST.fullmatch(text):
        return None
    found = _strong(text, environments)
    if len(found) != 1 or len(_TOKEN.findall(text.lower())) < 2:
        return None
    (environment, word), *_ = found.items()
    at = text.lower().find(word)
    if at < 0:  # written in two (``pre-prod``)
        return Mark("name", text, environment, 0, len(text))
    return Mark("name", text, environment, at, at + len(word))


def owner_of_host(host: str, environments: Environments, policy: Policy | None) -> str | None:
    """The environment that a host belongs to: one that declares it, else one that its labels name, else the one with
    the longest declared domain above it."""
    host = host.lower().rstrip(".")
    domains = {
        host_of(domain): name
        for name, entry in (policy.environments.items() if policy is not None else ())
        for domain in entry.domains
    }
    if host in domains:
        return domains[host]
    if _PUBLIC.fullmatch(host):
        return None
    labels = host.rpartition(".")[0]  # the last label is a registry's: ``.dev`` is no environment
    named = _strong(labels, environments)
    if named:
        return next(iter(named)) if len(named) == 1 else None
    above = [domain for domain in domains if host.endswith("." + domain)]
    return domains[max(above, key=len)] if above else None


def _hosts(text: str) -> Iterator[tuple[str, int]]:
    found = False
    for match in _URL_HOST.finditer(text):
        found = True
        yield match["host"], match.start("host")
    if not found and _BARE_HOST.fullmatch(text):
        yield host_of(text), 0


def _strong(text: str, environments: Environments) -> dict[str, str]:
    """The environments that the words of a name mean for certain, with the word."""
    found: dict[str, str] = {}
    for token in _TOKEN.findall(_BEFORE.sub(r"\1\2", text.lower())):
        if token in STRONG:
            environment = environments.named(token)
            if environment is not None:
                found.setdefault(environment, token)
    return found


def _word_at(text: str, word: str) -> Iterator[int]:
    for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text, re.IGNORECASE):
        yield match.start()
