"""How an overriding file changes a base (compose-spec, "Merge and override"), on the long forms of :mod:`.shapes`."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import normpath

from depcheck.compose.shapes import like
from depcheck.model import Problem
from depcheck.parsers.compose import Marked
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

#: Replaced as a whole by what overrides them, even by null.
_REPLACED = frozenset({"services.*.command", "services.*.entrypoint", "services.*.healthcheck.test"})
#: Maps whose values are the user's own: null is a value there, and not "nothing is said".
_VARIABLES = frozenset(
    f"services.*.{name}"
    for name in ("environment", "labels", "annotations", "sysctls", "build.args", "build.labels", "deploy.labels")
)


def merge(base: Value, over: Value, path: tuple[str, ...], problems: list[Problem]) -> Value:
    """What holds when ``over`` comes after ``base``; Absent where it takes the base away."""
    if isinstance(over, Marked):
        return Absent(over.span) if over.mark == "!reset" else Known(over.value, over.span, key=over.key)
    rule = _rule(path)
    if rule in _REPLACED or not isinstance(base, Known) or base.value is None or not isinstance(over, Known):
        return over
    if over.value is None:
        return over if _rule(path[:-1]) in _VARIABLES else base
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        if rule == "services.*.logging" and _other_driver(base, over):
            return over
        return _maps(base, over, path, problems)
    if isinstance(base.value, list) and isinstance(over.value, list):
        return _known(_lists(base.value, over.value, rule), base, over)
    if isinstance(base.value, (dict, list)) or isinstance(over.value, (dict, list)):
        message = f"{path[-1]} is {_form(over)} here and {_form(base)} in the file that it overrides"
        problems.append(
            Problem(message, (over.key or over.span), "give both the same form, or mark this one !override")
        )
    return over


def _form(value: Known) -> str:
    if isinstance(value.value, dict):
        return "a map"
    return "a list" if isinstance(value.value, list) else "a single value"


def _known(inner: list[Value] | dict[str, Value], base: Known, over: Known) -> Known:
    """The place of something merged is where it begins, in the base."""
    return Known(inner, base.span, via=base.via, key=base.key, sensitive=base.sensitive or over.sensitive)


def _maps(base: Known, over: Known, path: tuple[str, ...], problems: list[Problem]) -> Known:
    out = dict(base.items())
    for name, value in over.items():
        if name not in out:
            out[name] = value
            continue
        merged = merge(out[name], value, (*path, name), problems)
        if isinstance(merged, Absent):
            del out[name]
        else:
            out[name] = merged
    return _known(out, base, over)


def _lists(base: list[Value], over: list[Value], rule: str) -> list[Value]:
    key = _KEYS.get(rule) or (_text_key if rule in _DISTINCT else None)
    out = list(base)
    if key is None:
        return out + over
    places = {name: index for index, name in enumerate(map(key, base)) if name is not None}
    for each in over:
        name = key(each)
        if name is not None and name in places:
            out[places[name]] = each
        else:
            if name is not None:
                places[name] = len(out)
            out.append(each)
    return out


def _other_driver(base: Known, over: Known) -> bool:
    """Options of one logging driver mean nothing to another."""
    before, after = scalar_text(base.get("driver")), scalar_text(over.get("driver"))
    return before is not None and after is not None and before != after


def _rule(path: tuple[str, ...]) -> str:
    rest = (*path[2:3], "*", *path[4:]) if path[2:3] == ("networks",) and len(path) > 4 else path[2:]
    return ".".join((*path[:1], "*", *rest)) if len(path) > 1 else ".".join(path)


def distinct(service: Known) -> Known:
    """A service in which no list names one thing twice; as in Compose the later entry takes the earlier one's place."""
    entries = dict(service.items())
    for name, value in entries.items():
        rule = f"services.*.{name}"
        if isinstance(value, Known) and isinstance(value.value, list) and (rule in _KEYS or rule in _DISTINCT):
            kept = _lists([], value.value, rule)
            if len(kept) < len(value.value):
                entries[name] = like(value, kept)
    return like(service, entries)


def _text_key(value: Value) -> str | None:
    text = scalar_text(value)
    return text.partition("=")[0] if text is not None else None


def _port_key(value: Value) -> str | None:
    parts = [_one(value.get(name), without) for name, without in _PORT_PARTS]
    return ":".join(part for part in parts if part is not None) if None not in parts else None


_PORT_PARTS = (("host_ip", "0.0.0.0"), ("published", ""), ("target", None), ("protocol", "tcp"))


def _one(value: Value, without: str | None) -> str | None:
    if isinstance(value, Absent):
        return without
    return None if isinstance(value, Unknown) else scalar_text(value)


def _target_key(value: Value) -> str | None:
    target = scalar_text(value.get("target"))
    return normpath(target) if target else None


def _mount_key(folder: str) -> Callable[[Value], str | None]:
    def key(value: Value) -> str | None:
        name = scalar_text(value.get("target")) or scalar_text(value.get("source"))
        return normpath(name if name.startswith("/") else folder + name) if name else None

    return key


def _path_key(value: Value) -> str | None:
    return scalar_text(value.get("path"))


_KEYS: dict[str, Callable[[Value], str | None]] = {
    "services.*.ports": _port_key,
    "services.*.volumes": _target_key,
    "services.*.devices": _target_key,
    "services.*.secrets": _mount_key("/run/secrets/"),
    "services.*.configs": _mount_key("/"),
    "services.*.env_file": _path_key,
    **dict.fromkeys(("services.*.extra_hosts", "services.*.build.extra_hosts", "services.*.security_opt"), scalar_text),
}
_DISTINCT = frozenset(
    f"services.*.{name}"
    for name in (
        *("cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "expose", "links", "profiles", "tmpfs", "build.tags"),
        *("networks.*.aliases", "networks.*.link_local_ips"),
    )
)


def unmarked(value: Value) -> Value:
    """The tree once nothing comes after it any more: what is reset is gone, what overrides stays."""
    if not isinstance(value, Known):
        return value
    if isinstance(value, Marked) and value.mark == "!reset":
        return Absent(value.span)
    inner = value.value
    if isinstance(inner, dict):
        entries = {name: unmarked(each) for name, each in inner.items()}
        kept: dict[str, Value] = {name: each for name, each in entries.items() if not isinstance(each, Absent)}
        changed = any(kept.get(name) is not each for name, each in inner.items())
        return Known(kept, value.span, via=value.via, key=value.key) if changed or isinstance(value, Marked) else value
    if isinstance(inner, list):
        items: list[Value] = [each for each in map(unmarked, inner) if not isinstance(each, Absent)]
        changed = len(items) != len(inner) or any(a is not b for a, b in zip(items, inner, strict=False))
        return Known(items, value.span, via=value.via, key=value.key) if changed or isinstance(value, Marked) else value
    return Known(inner, value.span, key=value.key) if isinstance(value, Marked) else value
