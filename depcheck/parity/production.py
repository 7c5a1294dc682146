"""What production (and staging) must not be given: places to fill in, addresses of a desk, debugging, open doors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from depcheck.data import load_json
from depcheck.findings import Outcome, Violation, shown
from depcheck.parity.given import Given, deployed, password_in
from depcheck.patterns import Pattern
from depcheck.project import Project, contract, marks
from depcheck.project.credentials import client_prefix, is_signing_name, is_spoken, kind_of_name
from depcheck.source import Span
from depcheck.values import Known

_PLACEHOLDER = Pattern(
    r"<[a-z][^<>]*>|\[(?:your|insert|change|replace|enter|fill)[a-z0-9 _-]*\]|x{4,}|change[-_ ]?(?:me|it|this)\b.*"
    r"|to[-_ ]?do\b.*|tbd|placeholder|(?:your|insert|replace|enter|fill)[-_ ](?!self).*|.*[-_]here",
    re.IGNORECASE | re.DOTALL,
)
_LOCAL_HOST = re.compile(
    r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|host\.docker\.internal|[a-z0-9-]+\.ngrok(?:-free)?\.(?:io|app|dev))",
    re.IGNORECASE,
)
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/\s]*@)?(?P<host>\[[0-9a-f:.]+\]|[^\s/:?#,]+)", re.IGNORECASE)
#: Words of names whose addresses are meant to be local, or are no targets: listeners, side-cars, exceptions.
_BOUND = frozenset(("bind", "listen", "listener", "no", "otel", "otlp", "statsd", "agent", "xray", "daemon", "sidecar"))
_BOUND |= {
    "envoy",
    "dapr",
    "hostname",
    "interface",
    "proxy",
    "collector",
    "jaeger",
    "datadog",
    "dd",
    "zipkin",
    "trusted",
}
#: Words of names that hold lists of who may call.
_CALLERS = frozenset(
    ("cors", "origin", "origins", "allowed", "whitelist", "allowlist", "trusted", "referers", "redirect")
)
_CALLERS |= {"redirects", "callback", "callbacks", "uris"}
#: Words of names of addresses that browsers and other systems use.
_PUBLIC_WORDS = frozenset(("public", "base", "site", "app", "frontend", "callback", "redirect", "webhook", "webhooks"))
_PRIVATE = re.compile(
    r"[a-z0-9_-]+|(?:.*[.-])?(?:internal|private|intra|svc)[.-].*|.*\.(?:internal|local|svc|lan|intranet|corp|home|consul|cluster\.local|localdomain)"
    r"|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}"
    r"|\[.*\]|.*\.(?:cache|rds|elasticache)\.amazonaws\.com",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?!0\.0\.0\.0$)[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_NAMESPACES = re.compile(
    r"(?:www\.)?w3\.org|schemas?\..*|xmlns\..*|purl\.org|.*\.?example\.(?:com|org|net)|.*\.(?:test|example|invalid)|ns\..*"
    r"|docs\.oasis-open\.org|(?:ocsp|crl|cacerts)\..*|.*\.onion",
    re.IGNORECASE,
)
#: Schemes without protection, and what has it.
_PLAIN = {"http": "https", "ws": "wss", "redis": "rediss", "amqp": "amqps", "ftp": "sftp", "ldap": "ldaps"}
_PLAIN |= {"mqtt": "mqtts", "smtp": "smtps"}


Check = Callable[[Given, Project], Iterator[Violation]]


def once(check: Check, project: Project, *, critical: bool = True) -> Iterator[Outcome]:
    """What a check says of everything that is given to critical environments (without ``critical``: to staging too); of
    what several things are given at one place, once."""
    told: set[tuple[Span, str | None]] = set()
    for given in deployed(project):
        if critical and not given.critical:
            continue
        for outcome in check(given, project):
            key = (outcome.span, given.environment)
            if key not in told:
                told.add(key)
                outcome.resource = given.scope or None
                outcome.environment = given.environment
                yield outcome


def placeholders(subject: Given, project: Project) -> Iterator[Violation]:
    """Values of production that somebody was to fill in."""
    value, text, environment = subject.value, subject.text, subject.environment
    if not _PLACEHOLDER.fullmatch(text.strip()) or "${" in text or _is_weak(subject):
        return
    yield Violation(
        value,
        environment=environment,
        discriminator=subject.name,
        words={"name": subject.name, "value": shown(Known(text, value.span)), "environment": environment},
    )


def _is_weak(subject: Given) -> bool:
    """Whether a value is told as a secret that everybody guesses: not where it is a place to fill in of an env file."""
    if client_prefix(subject.name) is not None:
        return False
    if subject.origin == "env-file" and contract.is_placeholder(subject.text):
        return False
    guessed = is_signing_name(subject.name) or kind_of_name(subject.name) == "password"
    return guessed and is_spoken(subject.text, (subject.name, subject.scope))


def local_addresses(subject: Given, project: Project) -> Iterator[Violation]:
    """Addresses of the machine itself in what is deployed."""
    value, text, environment, words = subject.value, subject.text, subject.environment, subject.words
    # Containers of one task and of one pod reach each other at this address.
    if subject.origin in ("container", "kubernetes") or words & _BOUND or words & _CALLERS or "," in text:
        return
    match = _URL.match(text)
    host = match["host"] if match is not None else contract.host_of(text)
    if not _LOCAL_HOST.fullmatch(host) or (match is None and not re.fullmatch(r"[^\s=;|]+", text)):
        return
    if match is None and words & {"host", "port", "server", "address", "addr"} and subject.name in _OWN_NAMES:
        return
    public = client_prefix(subject.name) is not None or (match is not None and bool(words & _PUBLIC_WORDS))
    web = match is not None and match["scheme"].lower() in ("http", "https", "ws", "wss")
    yield Violation(
        value,
        environment=environment,
        discriminator=subject.name,
        variant="public" if public else "",
        severity=None if public else "medium" if web else "low",
        secrets=password_in(value, text),
        words={"name": subject.name, "host": host, "environment": environment},
    )


#: What a server binds to, in the words of frameworks.
_OWN_NAMES = frozenset(
    {"HOST", "SERVER_HOST", "APP_HOST", "API_HOST", "WEB_HOST", "SERVER_ADDRESS", "ADDRESS", "SERVER"}
)


def plain_addresses(subject: Given, project: Project) -> Iterator[Violation]:
    """Addresses of production over which everybody on the way reads along."""
    value, text, environment, words = subject.value, subject.text, subject.environment, subject.words
    if "://" not in text or words & _CALLERS or words & {"proxy", "namespace", "schema", "xmlns"}:
        return
    match = _URL.match(text)
    if match is None:
        return
    scheme, host = match["scheme"].lower(), match["host"].lower()
    if _LOCAL_HOST.fullmatch(host) or not _HOST.fullmatch(host) or _NAMESPACES.fullmatch(host):
        return
    off = re.search(r"[?&](?:sslmode=disable|ssl=false|tls=false)\b", text, re.IGNORECASE)
    if off is None and (scheme not in _PLAIN or (scheme not in ("http", "ws") and _PRIVATE.fullmatch(host))):
        return
    yield Violation(
        value,
        environment=environment,
        discriminator=subject.name,
        variant="off" if off is not None else "",
        severity="low" if _PRIVATE.fullmatch(host) else None,
        secrets=password_in(value, text),
        words={
            "name": subject.name,
            "address": f"{scheme}://{host}",
            "option": off[0][1:] if off is not None else "",
            "environment": environment,
        },
    )


def foreign_callers(subject: Given, project: Project) -> Iterator[Violation]:
    """Who may call production although it is somebody else: everybody, a desk, another environment."""
    value, text, environment, words = subject.value, subject.text, subject.environment, subject.words
    if not words & _CALLERS or not _is_a_list_of_callers(words):
        return
    parts = [part.strip().strip("\"'[]") for part in re.split(r"[,;\s]+", text)]
    for part in parts:
        host = contract.host_of(part) if part else ""
        if part == "*" and len(parts) == 1:
            variant, mark = "all", "*"
        elif _LOCAL_HOST.fullmatch(host):
            variant, mark = "local", part
        else:
            owner = marks.owner_of_host(host, project.environments, project.policy) if "." in host else None
            if owner is None or owner == environment or owner in project.environments.critical:
                continue
            variant, mark = "other", part
        yield Violation(
            value,
            environment=environment,
            discriminator=f"{subject.name} {variant}",
            variant=variant,
            severity="medium" if variant == "all" else None,
            words={"name": subject.name, "mark": mark, "environment": environment},
        )
        return


def _is_a_list_of_callers(words: frozenset[str]) -> bool:
    if words & {"headers", "header", "methods", "method", "credentials", "age", "expose", "exposed"}:
        return False
    return bool(words & {"cors", "origin", "origins", "hosts", "referers", "uris"}) or (
        bool(words & {"allowed", "whitelist", "allowlist", "trusted"}) and bool(words & {"host", "domains", "urls"})
    )


class Switches:
    """The table of variables that say how a program runs."""

    def __init__(self, data: dict[str, object]) -> None:
        debug = data["debug"]
        self.debug = [
            (re.compile(str(row["names"])), frozenset(row["values"]), str(row["source"]))
            for row in (debug if isinstance(debug, list) else [])
        ]
        known = data["known"]
        self.known = {(row["name"], row["value"]) for row in (known if isinstance(known, list) else [])}
        loud, unsafe, safe = data["loud"], data["unsafe"], data["safe"]
        assert isinstance(loud, dict) and isinstance(unsafe, dict) and isinstance(safe, dict)
        self.loud = (re.compile(loud["names"]), frozenset(loud["values"]))
        self.unsafe = re.compile(unsafe["names"])
        self.safe = re.compile(safe["names"])


@lru_cache(maxsize=1)
def switches() -> Switches:
    """The table, read once."""
    return Switches(load_json("schemas", "parity-switches.json"))


ON = frozenset({"true", "1", "yes", "on", "enabled"})
OFF = frozenset({"false", "0", "no", "off", "disabled"})


def debugging(subject: Given, project: Project) -> Iterator[Violation]:
    """Debugging that is on in production, and logs that tell everything."""
    name = subject.key
    if "DEBUG" not in name and "LEVEL" not in name and not _MAY_SHOW.search(name):
        return
    value, text, environment = subject.value, subject.text, subject.environment
    table, lowered = switches(), text.strip().lower()
    names, levels = table.loud
    if names.fullmatch(name) and lowered in levels:
        variant = "loud"
    elif any(pattern.fullmatch(name) and lowered in values for pattern, values, _ in table.debug):
        variant = ""
    else:
        return
    yield Violation(
        value,
        environment=environment,
        variant=variant,
        severity="medium" if variant == "loud" else None,
        discriminator=subject.name,
        words={"name": subject.name, "value": text, "environment": environment},
    )


_MAY_SHOW = Pattern(r"SHOW|DISPLAY|EXPOSE|GRAPH|INTROSPECTION")


def open_doors(subject: Given, project: Project) -> Iterator[Violation]:
    """Protections that production is told to leave off."""
    value, text, environment = subject.value, subject.text, subject.environment
    lowered, name = text.strip().lower(), subject.key
    if lowered not in ON and lowered not in OFF:
        return
    table = switches()
    if (name, lowered) in table.known:
        variant = "verify"
    elif lowered in ON and table.unsafe.fullmatch(name):
        variant = "unsafe"
    else:
        return
    yield Violation(
        value,
        environment=environment,
        variant=variant,
        discriminator=subject.name,
        words={"name": subject.name, "value": text, "environment": environment},
    )
