"""What was read and yet not judged: modules whose code is elsewhere, and providers that no rule knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from depcheck.model import Resource
from depcheck.packs import Rule
from depcheck.patterns import Pattern
from depcheck.values import Known

_MODULE = Pattern(r'(?<![\w-])module\.[\w-]+(?:\[(?:"[^"]*"|\d+)\])?')
#: Providers that deploy nothing by themselves.
_TOOLS = frozenset(
    [
        *("archive", "assert", "cloudinit", "dns", "external", "http", "local"),
        *("null", "random", "template", "terraform", "time", "tls"),
    ]
)
#: Whose resources rules judge as stores, without naming their types.
_AS_STORES = frozenset({"mongodbatlas"})
_MOST = 4
#: A provider of which rules name so many types is judged, whatever else it has.
_WELL_KNOWN = 20


def beyond(resources: Iterable[Resource], rules: Iterable[Rule]) -> list[str]:
    """One sentence each for modules that are not here and for providers without a rule."""
    told = [each for each in resources if each.format == "terraform"]
    known = {type_ for rule in rules if rule.looks_at[0] == "resource" for type_ in rule.looks_at[1]}
    return [*_elsewhere(told), *_without_rules(told, known)]


def _elsewhere(resources: list[Resource]) -> Iterator[str]:
    filled = {(each.root, path) for each in resources if each.kind != "module" for path in _modules_of(each.address)}
    calls = [each for each in resources if each.kind == "module"]
    filled |= {(each.root, path) for each in calls for path in _modules_of(each.address)[:-1]}
    sources: dict[str, set[tuple[str, str]]] = {}
    for call in calls:
        source = call.get("source")
        own = (call.root, (_modules_of(call.address) or [call.address])[-1])  # a call may have no name that is one
        if own in filled or not isinstance(source, Known) or not isinstance(source.value, str):
            continue
        if not source.value.startswith(("./", "../")):
            sources.setdefault(source.value, set()).add(own)
    if sources:
        count = len(set().union(*sources.values()))
        many, they = ("1 module", "it makes") if count == 1 else (f"{count:,} modules", "they make")
        shown = sorted({_short(source) for source in sources})
        yield f"the code of {many} is not in this repository, so what {they} was not judged: {_listed(shown)}"


def _short(source: str) -> str:
    """A module's source without its transport and its revision."""
    return source.partition("?")[0].removeprefix("git::").removeprefix("https://").replace(".git//", "//")


def _modules_of(address: str) -> list[str]:
    """The modules around a resource and the one that an address names, from the outermost, without their keys."""
    out: list[str] = []
    for step in _MODULE.findall(address) if "module." in address else ():
        out.append(".".join([*out[-1:], step.partition("[")[0]]))
    return out


def _without_rules(resources: list[Resource], known: set[str]) -> Iterator[str]:
    """Resources whose type no rule names, of providers of which rules name few types."""
    found: dict[str, set[tuple[str, str]]] = {}
    counts = Counter(type_.split("_")[0] for type_ in known)
    judged = {name for name, count in counts.items() if count >= _WELL_KNOWN} | _TOOLS | _AS_STORES
    for each in resources:
        provider = each.type.split("_")[0]
        if each.kind == "resource" and provider not in judged and each.type not in known:
            found.setdefault(provider, set()).add((each.root, each.address))
    if found:
        most = sorted(found, key=lambda name: (-len(found[name]), name))
        counted = [f"{name} ({len(found[name]):,})" for name in most]
        yield f"no rule knows the settings of these providers' resources: {_listed(counted)}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more:,} more" if more > 0 else "")
