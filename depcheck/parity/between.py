"""What compared environments are given that does not fit together: kinds of values, engines, switches, flags, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.findings import Note, Outcome, Violation
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import GIVEN, neutral_name, password_in, words_of
from depcheck.parity.production import OFF, ON
from depcheck.parity.relations import DIFFER, FREE, Relation
from depcheck.parity.rows import Row
from depcheck.parity.variables import Family
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.contract import has_format, is_placeholder
from depcheck.project.spelling import is_near
from depcheck.values import Known, Unknown, Value, scalar_text

Pair = tuple[str, str]

_NUMBER = Pattern(r"[+-]?\d{1,15}(?:\.\d+)?")
_ADDRESS = Pattern(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
#: Words of names whose values are made up: they may look like numbers in one environment and not in the other.
_OPAQUE = frozenset(("id", "ids", "key", "keys", "token", "secret", "password", "pass", "pwd", "hash", "sha", "salt"))
_OPAQUE |= {"version", "tag", "code", "account", "dsn", "commit", "build", "release", "user", "username", "number"}
_ARTICLE = {"number": "a number", "boolean": "true or false", "url": "a URL", "json": "JSON", "text": "a text"}


class Difference:
    """A variable that two compared environments give known and different values: ``first`` and ``second`` are their
    texts, ``less`` and ``more`` the values, the less critical environment's first."""

    __slots__ = ("first", "less", "more", "pair", "row", "second")

    def __init__(self, row: Row, pair: Pair, less: Known, first: str, more: Known, second: str) -> None:
        self.row = row
        self.pair = pair
        self.less = less
        self.first = first
        self.more = more
        self.second = second


@lru_cache(maxsize=2)
def differences(compared: Comparison) -> tuple[Difference, ...]:
    """Every difference that may matter: what is still to be filled in, and what the policy frees, is left out."""
    found: list[Difference] = []
    for row in compared.of_kind("variable"):
        if row.relation.name == FREE and row.relation.promised is not None:
            continue
        for pair in compared.pairs(row):
            less, more = (row.values[name] for name in pair)
            if not isinstance(less, Known) or not isinstance(more, Known):
                continue
            first, second = scalar_text(less), scalar_text(more)
            if not first or not second or first == second or is_placeholder(first) or is_placeholder(second):
                continue
            found.append(Difference(row, pair, less, first, more, second))
    return tuple(found)


def _is_local(pair: Pair, project: Project) -> bool:
    """Whether the less critical environment of a pair is a developer's own."""
    return project.environments.role(pair[0]) in ("development", "test", "preview")


# -- kinds of values ----------------------------------------------------------------------------------------------


def types(compared: Comparison) -> Iterator[Outcome]:
    """Values of one variable that are of two kinds."""
    for each in differences(compared):
        row, pair, less, more = each.row, each.pair, each.less, each.more
        one, other = kind_of(each.first), kind_of(each.second)
        if not _clash(one, other, each.first, each.second):
            continue
        if row.secret or not _OPAQUE.isdisjoint(words_of(row.name)):
            continue
        yield Violation(
            more,
            environment=pair[1],
            discriminator=row.name,
            severity="low" if _is_local(pair, compared.project) else None,
            related=[Note(f"it is {_ARTICLE[one]} in {pair[0]}", less.span)],
            words={
                "name": row.name,
                "environment": pair[1],
                "kind": _ARTICLE[other],
                "less": pair[0],
                "other": _ARTICLE[one],
            },
        )


def kind_of(text: str) -> str:
    """What a value is, as far as a program that reads it would tell: a number, true or false, a URL, JSON, a text."""
    stripped = text.strip()
    if stripped.lower() in ON - {"1"} or stripped.lower() in OFF - {"0"}:
        return "boolean"
    if _NUMBER.fullmatch(stripped):
        return "number"
    if _ADDRESS.fullmatch(stripped):
        return "url"
    return "json" if stripped[:1] in ("{", "[") and has_format(stripped, "json") else "text"


def _clash(one: str, other: str, first: str, second: str) -> bool:
    if one == other:
        return False
    kinds = {one, other}
    if "boolean" in kinds and "number" in kinds:
        return not {first, second} & {"0", "1"}
    if "url" in kinds:
        plain = second if one == "url" else first
        # A path is resolved by a proxy, a list holds several, a host alone is what breaks.
        return bool(
            re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?|localhost(?::\d+)?", plain, re.IGNORECASE)
        )
    if "json" in kinds:
        return True
    text = second if other == "text" else first
    return "number" in kinds and bool(re.fullmatch(r"\d+\s?[a-z]{1,3}", text, re.IGNORECASE))


# -- addresses -----------------------------------------------------------------------------------------------------


def shapes(compared: Comparison) -> Iterator[Outcome]:
    """Addresses of which more than the host differs."""
    for each in differences(compared):
        row, pair, less, more, first, second = each.row, each.pair, each.less, each.more, each.first, each.second
        if "://" not in first or _is_local(pair, compared.project) or "," in first + second:
            continue
        one, other = _shape(first), _shape(second)
        if one is None or other is None or one == other:
            continue
        part = next(name for name, left, right in zip(_PARTS, one, other, strict=True) if left != right)
        yield Violation(
            more,
            environment=pair[1],
            discriminator=row.name,
            secrets=[*password_in(more, second), *password_in(less, first)],
            related=[Note(f"the address of {pair[0]}", less.span)],
            words={"name": row.name, "part": part, "environment": pair[1], "less": pair[0]},
        )


_PARTS = ("scheme", "port", "path")


def _shape(text: str) -> tuple[str, str, str] | None:
    match = re.match(r"(?P<scheme>[a-z][a-z0-9+.-]*)://[^/?#]*?(?::(?P<port>\d+))?(?P<path>/[^?#]*)?(?:[?#].*)?$", text)
    if match is None or match["scheme"] not in ("http", "https", "ws", "wss"):
        return None
    return match["scheme"], match["port"] or "", (match["path"] or "").rstrip("/")


# -- engines -------------------------------------------------------------------------------------------------------

#: Schemes of addresses and names of drivers → what is behind them.
_ENGINES = {
    **dict.fromkeys(("postgres", "postgresql", "postgis", "pgsql", "pg", "postgresql+asyncpg"), "PostgreSQL"),
    **dict.fromkeys(("postgresql+psycopg", "postgresql+psycopg2", "aurora-postgresql", "cockroachdb"), "PostgreSQL"),
    **dict.fromkeys(("mysql", "mysql2", "mysql+pymysql", "aurora-mysql", "aurora", "mariadb"), "MySQL"),
    **dict.fromkeys(("sqlite", "sqlite3", "better-sqlite3", "sqlite+aiosqlite"), "SQLite"),
    **dict.fromkeys(("mongodb", "mongodb+srv", "mongo"), "MongoDB"),
    **dict.fromkeys(("sqlserver", "mssql", "sqlsrv", "mssql+pyodbc"), "SQL Server"),
    **dict.fromkeys(("redis", "rediss", "phpredis", "predis", "valkey"), "Redis"),
    **dict.fromkeys(("memcached", "memcache"), "Memcached"),
    **dict.fromkeys(("amqp", "amqps", "rabbitmq"), "RabbitMQ"),
    **dict.fromkeys(("kafka",), "Kafka"),
    **dict.fromkeys(("sqs",), "SQS"),
    **dict.fromkeys(("sync", "inline", "immediate"), "no queue"),
    **dict.fromkeys(("file", "filesystem", "local", "local_storage"), "files"),
    **dict.fromkeys(("memory", "array", "in-memory", "inmemory"), "memory"),
    **dict.fromkeys(("s3",), "S3"),
}
_DRIVER = Pattern(
    r"(?:.*_)?(?:DB|DATABASE|CACHE|QUEUE|SESSION|BROKER|STORAGE)_?(?:CONNECTION|DRIVER|ENGINE|CLIENT|TYPE|DIALECT"
    r"|PROVIDER|BACKEND|STORE)"
)
_STORES = Pattern(
    r"(?:.*_)?(?:DATABASE|DB|POSTGRES|MYSQL|MONGO|MONGODB|REDIS|CACHE|QUEUE|BROKER|CELERY|AMQP)_?(?:.*_)?(?:URL|URI|DSN)"
)


def engines(compared: Comparison) -> Iterator[Outcome]:
    """Stores that are one product in one environment and another one in the next."""
    for each in differences(compared):
        told = _engine_pair(each.row.name, each.first, each.second)
        if told is not None:
            yield _engine(each.row.name, each.less, each.more, told, each.pair, compared.project)
    for row in compared.of_kind("attribute"):
        if row.name != "engine" or row.relation.name != "same":
            continue
        for pair in compared.pairs(row):
            less, more = (row.values[name] for name in pair)
            first, second = (scalar_text(value) if value is not None else None for value in (less, more))
            if first is None or second is None or not isinstance(less, Known) or not isinstance(more, Known):
                continue
            told = (_ENGINES.get(first.lower(), first), _ENGINES.get(second.lower(), second))
            if told[0] != told[1]:
                address = row.address.get(pair[0], row.subject)
                outcome = _engine(address, less, more, told, pair, compared.project)
                outcome.resource = address
                yield outcome


def _engine_pair(name: str, first: str, second: str) -> tuple[str, str] | None:
    upper = name.upper()
    if _STORES.fullmatch(upper):
        one, other = (_ENGINES.get(text.partition(":")[0].lower()) for text in (first, second))
    elif _DRIVER.fullmatch(upper):
        one, other = (_ENGINES.get(text.strip().lower().rpartition(".")[2]) for text in (first, second))
    else:
        return None
    return (one, other) if one and other and one != other else None


def _engine(name: str, less: Known, more: Known, told: tuple[str, str], pair: Pair, project: Project) -> Violation:
    return Violation(
        less,
        environment=pair[0],
        discriminator=name,
        severity="low" if _is_local(pair, project) else None,
        secrets=[*password_in(less, scalar_text(less) or ""), *password_in(more, scalar_text(more) or "")],
        related=[Note(f"{pair[1]} uses {told[1]}", more.span)],
        words={"name": name, "engine": told[0], "environment": pair[0], "theirs": told[1], "more": pair[1]},
    )


# -- references to secrets ----------------------------------------------------------------------------------------

_STORED = Pattern(r"arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):[a-z0-9-]+:\d{12}:\S+|projects/[^/]+/secrets/\S+")


def shared_references(compared: Comparison) -> Iterator[Outcome]:
    """Secrets of stores that two environments read from one place."""
    shared = compared.project.policy.parity.shared if compared.project.policy is not None else ()
    for row in compared.of_kind("variable"):
        if row.relation.name != DIFFER:
            continue
        for less, more in compared.pairs(row):
            one, other = _stored(row.values[less]), _stored(row.values[more])
            value = row.values[more]
            if one is None or one != other or value is None or one in shared or row.name in shared:
                continue
            there = row.values[less]
            yield Violation(
                value,
                environment=more,
                discriminator=row.name,
                related=[Note(f"{less} reads it here", there.span)] if there is not None else [],
                words={"name": row.name, "environment": more, "less": less, "reference": one},
            )


def _stored(value: Value | None) -> str | None:
    """The place in a store from which a secret is read, where it is the same wherever it is asked for."""
    if not isinstance(value, Unknown) or not value.missing:
        return None
    name = value.missing[0].name
    return name if _STORED.fullmatch(name) else None


# -- names ---------------------------------------------------------------------------------------------------------

_ANY = Relation("same")
_LEAST = 6
_MOST = 100


def near_misses(compared: Comparison) -> Iterator[tuple[Family, Pair, str, str]]:
    """Names that only one of two environments has, and that differ from one that only the other has by a slip."""
    for family in compared.families:
        if family.origin not in GIVEN or len(family.given) < 2:
            continue
        row = Row("", "", "", _ANY, dict.fromkeys(name for name in compared.compared if name in family.given))
        for less, more in compared.pairs(row):
            one, other = family.given[less], family.given[more]
            alone = [name for name in one if name not in other and len(name) >= _LEAST]
            theirs = [name for name in other if name not in one and len(name) >= _LEAST]
            if len(alone) > _MOST or len(theirs) > _MOST:
                continue
            for name in alone:
                near = [each for each in theirs if is_near(name, each)]
                if len(near) == 1 and _is_a_slip(name, near[0], (less, more), compared.project):
                    yield family, (less, more), name, near[0]


def _is_a_slip(one: str, other: str, pair: Pair, project: Project) -> bool:
    if neutral_name(one, pair[0], project) == neutral_name(other, pair[1], project):
        return False
    first, second = re.sub(r"\d+", "", one), re.sub(r"\d+", "", other)
    return first != second or one.lower() == other.lower()


def misspelt(compared: Comparison) -> Iterator[Outcome]:
    """Variables that are spelled in two ways."""
    for family, pair, one, other in near_misses(compared):
        mine, theirs = family.given[pair[0]][one], family.given[pair[1]][other]
        if any(isinstance(each.value, Unknown) and each.origin == "compose" for each in (mine, theirs)):
            continue
        yield Violation(
            theirs.span,
            environment=pair[1],
            resource=theirs.scope or None,
            discriminator=other,
            related=[Note(f"{pair[0]} spells it {one}", mine.span)],
            words={"name": other, "environment": pair[1], "other": one, "less": pair[0]},
        )
