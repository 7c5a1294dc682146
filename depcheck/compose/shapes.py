"""The long form of everything in a service that also has a short one. A value keeps its place and its mark."""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.compose.strings import joined, known_text, split
from depcheck.model import Problem
from depcheck.parsers.compose import Marked
from depcheck.parsers.compose_commands import split_words
from depcheck.patterns import Pattern
from depcheck.source import Span, Text
from depcheck.syntax.interpolation import Literal
from depcheck.values import Absent, Known, Scalar, Step, Unknown, Value, scalar_text, string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Shape: TypeAlias = Callable[[Known, list[Problem]], "Scalar | list[Value] | dict[str, Value]"]

_PORTS = Pattern(r"\d{1,5}(?:-\d{1,5})?")
_NUMBER = Pattern(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_DRIVE = Pattern(r"[A-Za-z]")
_TRUE = frozenset({"true", "y", "yes", "on"})
_FOLDER_VARIABLES = frozenset({"PWD", "HOME", "XDG_RUNTIME_DIR"})
_FALSE = frozenset({"false", "n", "no", "off"})


def like(value: Known, inner: Scalar | list[Value] | dict[str, Value]) -> Known:
    """Another content in the place of a value, under the same key and mark."""
    if isinstance(value, Marked):
        return Marked(inner, value.span, value.mark, value.key)
    return Known(inner, value.span, via=value.via, key=value.key, sensitive=value.sensitive)


def default(content: Scalar, span: Span, words: str) -> Known:
    """A value that Compose fills in."""
    return Known(content, span, via=(Step(words),))


def pairs(value: Known, problems: list[Problem]) -> dict[str, Value]:
    """``NAME=value`` strings or a map → a map; a bare name has the value null."""
    if isinstance(value.value, dict):
        return {name: _as_text(each) for name, each in value.value.items()}
    out: dict[str, Value] = {}
    for each in value.elements():
        name, *rest = split(each, "=", 1)
        key = string(name)
        if key is None:
            continue
        given: Known | Unknown
        if not rest:
            given = Known(None, name.span, key=name.span)
        elif isinstance(rest[0], Known):
            given = Known(rest[0].value, rest[0].span, via=rest[0].via, key=name.span, sensitive=rest[0].sensitive)
        else:
            given = rest[0]
            given.key = name.span
        out[key.strip()] = given
    return out


def _as_text(value: Value) -> Value:
    text = scalar_text(value)
    return like(value, text) if isinstance(value, Known) and text is not None and text != value.value else value


def strings(value: Known, problems: list[Problem]) -> list[Value]:
    """One string or a list → a list of strings."""
    return [_as_text(each) for each in value.elements()]


def names(value: Known, problems: list[Problem]) -> dict[str, Value] | Scalar | list[Value]:
    """A list of names → a map with an empty map for each."""
    if not isinstance(value.value, list):
        return value.value
    found = ((string(each), each) for each in value.value)
    return {name: Known({}, each.span, key=each.span) for name, each in found if name is not None}


def depends_on(value: Known, problems: list[Problem]) -> dict[str, Value] | Scalar | list[Value]:
    """Each dependency with its ``condition`` and ``required``."""
    entries = names(value, problems)
    if not isinstance(entries, dict):
        return entries
    out: dict[str, Value] = {}
    for name, each in entries.items():
        if (
            isinstance(each, Known)
            and not isinstance(each, Marked)
            and (each.value is None or isinstance(each.value, dict))
        ):
            filled = dict(each.items())
            filled.setdefault("condition", default("service_started", each.span, "default condition"))
            filled.setdefault("required", default(True, each.span, "default of required"))
            each = like(each, filled)
        out[name] = each
    return out


def env_files(value: Known, problems: list[Problem]) -> list[Value]:
    """Each file as ``path`` and ``required``."""
    out: list[Value] = []
    for each in [value] if isinstance(value.value, dict) else value.elements():
        if isinstance(each, Known) and isinstance(each.value, dict):
            entry = dict(each.value)
        else:
            entry = {"path": each}
        entry.setdefault("required", default(True, each.span, "default of required"))
        out.append(Known(entry, each.span))
    return out


def build(value: Known, problems: list[Problem]) -> dict[str, Value] | Scalar | list[Value]:
    """A context alone → a map; its arguments and labels → maps."""
    if isinstance(value.value, str):
        return {"context": Known(value.value, value.span, via=value.via)}
    return apply(value, _BUILD, problems).value


def secrets(value: Known, problems: list[Problem]) -> list[Value]:
    """Each secret or config as a map with its ``source``."""
    return [
        Known({"source": each}, each.span) if string(each) is not None or isinstance(each, Unknown) else each
        for each in value.elements()
    ]


def health_test(value: Known, problems: list[Problem]) -> list[Value] | Scalar | dict[str, Value]:
    """A string is ``CMD-SHELL`` and that string."""
    if not isinstance(value.value, str):
        return value.value
    return [default("CMD-SHELL", value.span, "form of a string"), Known(value.value, value.span, via=value.via)]


def healthcheck(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """``test`` as a list, ``retries`` and ``disable`` as what they are."""
    return apply(value, {"test": health_test, "retries": integer, "disable": boolean}, problems).value


def command(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A string → its words, split as a shell would."""
    if not isinstance(value.value, str):
        return strings(value, problems) if isinstance(value.value, list) else value.value
    content, span = value.value, value.span
    base = span.start + span.text.find(content) if not value.via and content in span.text else -1
    if base >= 0:
        text = Text(span.source, content, base=base)
    else:
        text = Text.joined(span.source, [(content, span.start, span.end)])
    words = split_words(text, [Literal(0, len(content), content)])
    return [Known(each.word.text, each.word.span, via=value.via) for each in words]


def boolean(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A boolean that was written as a string, as an expansion always is."""
    text = value.value.lower() if isinstance(value.value, str) else ""
    if text in _TRUE:
        return True
    return False if text in _FALSE else value.value


def integer(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A whole number that was written as a string."""
    text = value.value if isinstance(value.value, str) else ""
    return int(text) if len(text) < 19 and re.fullmatch(r"-?[0-9]+", text) else value.value


def number(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A number that was written as a string."""
    text = value.value if isinstance(value.value, str) else ""
    return float(text) if len(text) < 40 and _NUMBER.fullmatch(text) else value.value


def ports(value: Known, problems: list[Problem]) -> list[Value]:
    """Each port as ``target``, ``published``, ``host_ip`` and ``protocol``; a range stays one entry."""
    return [_port(each, problems) for each in value.elements()]


def _port(value: Value, problems: list[Problem]) -> Value:
    if isinstance(value, Known) and isinstance(value.value, dict):
        entry = apply(value, {"target": integer, "published": text}, problems)
        assert isinstance(entry.value, dict)
        entry.value.setdefault("protocol", default("tcp", value.span, "default protocol"))
        return entry
    whole = _as_text(value)
    if isinstance(whole, Unknown) and not known_text(whole):
        return value
    address, *protocol = split(whole, "/", 1)
    *host, target = split(address, ":")
    if isinstance(target, Known) and not _PORTS.fullmatch(str(target.value)):
        shown = scalar_text(value) or value.span.text
        problems.append(Problem(f"{shown} is not a port mapping", value.span, "write [[IP:]HOST:]CONTAINER[/PROTOCOL]"))
        return value
    out: dict[str, Value] = {"target": like(target, integer(target, problems)) if isinstance(target, Known) else target}
    if host and _given(host[-1]):
        out["published"] = host[-1]
    if len(host) > 1:
        ip = joined(host[:-1], ":")
        bare = (scalar_text(ip) or "").strip("[]")
        out["host_ip"] = Known(bare, ip.span, via=ip.via) if isinstance(ip, Known) else ip
    out["protocol"] = protocol[0] if protocol else default("tcp", value.span, "default protocol")
    return Known(out, value.span)


def _given(value: Value) -> bool:
    return not isinstance(value, Known) or value.value != ""


def text(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A scalar as a string."""
    written = scalar_text(value)
    return value.value if written is None else written


def volumes(value: Known, problems: list[Problem]) -> list[Value]:
    """Each mount as ``type``, ``source``, ``target`` and what its options say."""
    return [_volume(each, problems) for each in value.elements()]


def _volume(value: Value, problems: list[Problem]) -> Value:
    if isinstance(value, Known) and isinstance(value.value, dict):
        return apply(value, {"read_only": boolean}, problems)
    parts = split(value, ":")
    if _is_drive(parts[:2]) and (known_text(parts[1])[0] == "\\" or (parts[2:] and known_text(parts[2])[:1] == "/")):
        parts[:2] = [joined(parts[:2], ":")]
    if _is_drive(parts[1:3]):
        parts[1:3] = [joined(parts[1:3], ":")]
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return value
    if len(parts) > 3 or not all(map(_given, parts)):
        shown = scalar_text(value) or value.span.text
        problems.append(Problem(f"{shown} is not a volume", value.span, "write SOURCE:TARGET[:MODE]"))
        return value
    out: dict[str, Value] = {}
    if len(parts) > 1:
        out["type"] = _mount_type(parts[0])
        out["source"] = parts[0]
    else:
        out["type"] = default("volume", value.span, "an unnamed volume")
    out["target"] = parts[min(len(parts) - 1, 1)]
    for option in split(parts[2], ",") if len(parts) > 2 else ():
        _mount_option(out, option)
    return Known(out, value.span)


def _is_drive(parts: list[Known | Unknown]) -> bool:
    """Whether the colon between two parts can be that of ``C:\\`` or ``C:/``."""
    return (
        len(parts) == 2
        and _DRIVE.fullmatch(scalar_text(parts[0]) or "") is not None
        and known_text(parts[1])[:1] in ("/", "\\")
    )


def _mount_type(source: Known | Unknown) -> Value:
    path = known_text(source)
    if "/" in path or "\\" in path or (isinstance(source, Known) and path[:1] in (".", "~")):
        return default("bind", source.span, "a path as the source")
    if isinstance(source, Known):
        return default("volume", source.span, "a name as the source")
    if any(missing.name in _FOLDER_VARIABLES for missing in source.missing):
        return default("bind", source.span, "a path as the source")
    return Unknown(source.reason, source.span, missing=source.missing)


def _mount_option(out: dict[str, Value], option: Known | Unknown) -> None:
    word = string(option)
    if word in ("ro", "rw"):
        out["read_only"] = Known(word == "ro", option.span)
    elif word in ("z", "Z"):
        out["bind"] = Known({"selinux": Known(word, option.span)}, option.span)
    elif word == "nocopy":
        out["volume"] = Known({"nocopy": Known(True, option.span)}, option.span)
    elif isinstance(option, Unknown):
        out["read_only"] = option


def devices(value: Known, problems: list[Problem]) -> list[Value]:
    """Each device as ``source``, ``target`` and ``permissions``."""
    out: list[Value] = []
    for each in value.elements():
        if isinstance(each, Known) and isinstance(each.value, dict):
            out.append(each)
            continue
        source, *rest = split(each, ":", 2)
        entry: dict[str, Value] = {"source": source, "target": rest[0] if rest else source}
        if len(rest) > 1:
            entry["permissions"] = rest[1]
        out.append(Known(entry, each.span))
    return out


def extends(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """A name alone is a service of the same file."""
    return {"service": value} if isinstance(value.value, str) else value.value


def hosts(value: Known, problems: list[Problem]) -> list[Value]:
    """A map of hosts → ``name=address`` strings."""
    if not isinstance(value.value, dict):
        return strings(value, problems)
    out: list[Value] = []
    for name, each in value.value.items():
        for address in each.elements():
            label = Known(name, each.key or each.span)
            out.append(joined([label, address], "=") if not isinstance(address, Absent) else label)
    return out


def deploy(value: Known, problems: list[Problem]) -> Scalar | list[Value] | dict[str, Value]:
    """Labels as a map, ``replicas`` as a number."""
    return apply(value, {"labels": pairs, "replicas": integer}, problems).value


def apply(value: Known, shapes: dict[str, Shape], problems: list[Problem]) -> Known:
    """A map with some of its entries in their long form."""
    if not isinstance(value.value, dict):
        return value
    out: dict[str, Value] = {}
    for name, each in value.value.items():
        shape = shapes.get(name)
        reset = isinstance(each, Marked) and each.mark == "!reset"
        if shape is not None and isinstance(each, Known) and each.value is not None and not reset:
            each = like(each, shape(each, problems))
        out[name] = each
    return like(value, out)


_BUILD: dict[str, Shape] = {
    "args": pairs,
    "labels": pairs,
    "additional_contexts": pairs,
    "extra_hosts": hosts,
    "secrets": secrets,
}
_SERVICE: dict[str, Shape] = {
    **dict.fromkeys(("environment", "labels", "annotations", "sysctls"), pairs),
    **dict.fromkeys(("dns", "dns_opt", "dns_search", "tmpfs", "label_file", "expose", "profiles"), strings),
    **dict.fromkeys(("networks", "models"), names),
    **dict.fromkeys(("secrets", "configs"), secrets),
    **dict.fromkeys(("command", "entrypoint"), command),
    **dict.fromkeys(("privileged", "read_only", "init", "tty", "stdin_open", "oom_kill_disable"), boolean),
    **dict.fromkeys(("use_api_socket", "attach"), boolean),
    **dict.fromkeys(("scale", "pids_limit", "oom_score_adj", "cpu_shares", "cpu_count", "mem_swappiness"), integer),
    **dict.fromkeys(("cpus", "cpu_percent"), number),
    "depends_on": depends_on,
    "env_file": env_files,
    "build": build,
    "healthcheck": healthcheck,
    "ports": ports,
    "volumes": volumes,
    "devices": devices,
    "extends": extends,
    "extra_hosts": hosts,
    "deploy": deploy,
}
_RESOURCE: dict[str, Shape] = {"labels": pairs, "external": boolean, "internal": boolean}


def service(value: Known, problems: list[Problem]) -> Known:
    """A service with every attribute in its long form."""
    return apply(value, _SERVICE, problems)


def resource(value: Known, problems: list[Problem]) -> Known:
    """A volume, network, secret or config; nothing given is an empty map."""
    return like(value, {}) if value.value is None else apply(value, _RESOURCE, problems)
