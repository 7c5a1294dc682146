"""The contract for environment variables: whether a value is what ``variables`` of the policy says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from depcheck.findings import shown
from depcheck.patterns import Pattern
from depcheck.policy.vocabulary import EVERYWHERE
from depcheck.values import Known, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from depcheck.policy.models.parity import Variable

    T = TypeVar("T")

_HOST = r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
#: Patterns of the formats; without regard to case, compiled when one is asked for.
_FORMATS = {
    "url": r"[a-z][a-z0-9+.-]*://[^\s/?#]+\S*|(?:data|mailto|file):\S+",
    "email": rf"(?:[^@<>]*<)?[^@\s<>]+@{_HOST}\.[a-z]{{2,}}>?",
    "host": rf"(?:{_HOST}|\[[0-9a-f:]+\])(?::\d+)?",
    "port": r"[0-9]{1,5}",
    "integer": r"[+-]?[0-9]+",
    "number": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?",
    "boolean": r"true|false|yes|no|on|off|0|1",
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "base64": r"[a-z0-9+/_-]{2,}={0,2}",
    "hex": r"(?:0x)?[0-9a-f]+",
    "arn": r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12}|aws)?:\S+",
}
#: What stands for a value that a person shall fill in.
_PLACEHOLDER = Pattern(
    r"<[^>]*>|\[[a-z _-]+\]|\$\{\{.*\}\}|\{\{.*\}\}|x{3,}|\*{3,}|\.{3}|…|change[-_ ]?(?:me|it|this)\b.*"
    r"|to[-_ ]?do\b.*|tbd"
    r"|(?:your|my|insert|replace|enter|add|put|set|fill|generate|example|dummy|placeholder|some|secret)[-_ ].*"
    r"|placeholder|example|dummy|null|none|undefined|n/?a|.*(?:[-_]here|\.{3}|…)",
    re.IGNORECASE | re.DOTALL,
)
_SECRET_NAME = Pattern(r"(?:^|_)(?:SECRET|TOKEN|PASS(?:WORD|WD|PHRASE)?|PWD|KEY|CREDENTIALS?|DSN|SALT)(?:$|_)", re.I)
_LOOPBACK = Pattern(r"(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|.*\.localhost|host\.docker\.internal)", re.I)


class Wrong:
    """What is wrong with a value: the kind of constraint, what it asks for, and the part that is not so."""

    __slots__ = ("actual", "expected", "kind")

    def __init__(self, kind: str, expected: str, actual: str = "") -> None:
        self.kind = kind
        self.expected = expected
        self.actual = actual


def is_placeholder(text: str) -> bool:
    """Whether a value stands for one that somebody shall fill in (``your_api_key``, ``<token>``, ``changeme``)."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def is_secret(name: str, entry: Variable | None, text: str) -> bool:
    """Whether a value must not be shown."""
    if entry is not None and entry.secret:
        return True
    return _SECRET_NAME.search(name) is not None or re.search(r"://[^/@\s]*:[^/@\s]+@", text) is not None


def judge(entry: Variable, value: Known, environment: str | None, at_home: bool) -> Iterator[Wrong]:
    """Everything that a value is not although its entry says so. An empty value and a placeholder are not judged by
    their form: whether they may be is another question. ``at_home`` is a developer's machine, which may name itself."""
    text = scalar_text(value)
    if text is None or text == "":
        return
    placeholder = is_placeholder(text)
    allowed = [each for group in _of(entry.values, environment) for each in group]
    if allowed and text not in allowed and not placeholder:
        yield Wrong("values", _listed(list(dict.fromkeys(allowed))))
    prefixes = _of(entry.prefix, environment)
    if prefixes and not text.startswith(tuple(prefixes)) and (not placeholder or _begins_as_another(entry, text)):
        yield Wrong("prefix", _listed(list(dict.fromkeys(prefixes))))
    if placeholder:
        return
    if entry.format is not None and not has_format(text, entry.format):
        yield Wrong("format", _FORMAT_WORDS.get(entry.format, f"{_article(entry.format)} {entry.format}"))
        return
    yield from _address(entry, text, environment, at_home)
    if entry.min_length is not None and len(text) < entry.min_length:
        yield Wrong("length", f"{len(text)} of at least {entry.min_length} characters")


_FORMAT_WORDS = {"url": "a URL", "email": "an e-mail address", "json": "JSON", "uuid": "a UUID", "arn": "an ARN"}


def _address(entry: Variable, text: str, environment: str | None, at_home: bool) -> Iterator[Wrong]:
    scheme, _, rest = text.partition("://")
    host = host_of(text)
    local = at_home and _LOOPBACK.fullmatch(host) is not None
    schemes = _of(entry.scheme, environment)
    if schemes and rest and not local and scheme.lower() not in [each.lower() for each in schemes]:
        yield Wrong("scheme", _listed(list(dict.fromkeys(schemes))), scheme.lower())
    hosts = _of(entry.host, environment)
    if hosts and host and not local and not any(_below(host, each) for each in hosts):
        yield Wrong("host", _listed(list(dict.fromkeys(hosts))), host)


def _begins_as_another(entry: Variable, text: str) -> bool:
    """Whether an abbreviated value (``sk_live_...``) begins as another environment's does."""
    return any(text.startswith(each) for each in entry.prefix.values())


def has_format(text: str, name: str) -> bool:
    """Whether a text has one of the formats of the policy."""
    if name == "json":
        import json

        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    pattern = _FORMATS.get(name)
    if pattern is None:
        return True
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None and (name != "port" or 0 < int(text) < 65536)


def host_of(text: str) -> str:
    """The host of a URL, of an address of mail or of a bare host; without user, port and path."""
    rest = text.partition("://")[2] or text
    rest = re.split(r"[/?#\s]", rest, maxsplit=1)[0].rpartition("@")[2].rstrip(">")
    if rest.startswith("["):
        return rest.partition("]")[0] + "]"
    return rest.partition(":")[0].lower()


def _below(host: str, domain: str) -> bool:
    domain = host_of(domain)
    return host == domain or host.endswith("." + domain)


def _of(entries: Mapping[str, T], environment: str | None) -> list[T]:
    """What holds in an environment; where the environment cannot be told, everything that holds in any."""
    if environment is None:
        return list(entries.values())
    if environment in entries:
        return [entries[environment]]
    return [entries[EVERYWHERE]] if EVERYWHERE in entries else []


def _listed(values: list[str]) -> str:
    if len(values) < 2:
        return "".join(values)
    return ", ".join(values[:-1]) + " or " + values[-1]


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"


def told(value: Known, *, secret: bool) -> str:
    """A value as a message shows it; a secret one is not shown."""
    return "the value" if secret else shown(value)
