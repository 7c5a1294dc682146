"""``depcheck model``: what was read, in the nouns that rules see."""

from __future__ import annotations

import click

from depcheck.cli import CLEAN, UserError, write
from depcheck.cli.inputs import Inputs, project_of
from depcheck.cli.options import input_options
from depcheck.model import Facts
from depcheck.source import Source, Span
from depcheck.values import Absent, Known, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.engine.build import Masker


#: What names a noun in a line of text, in this order.
_TOLD = (
    *("address", "name", "type", "effect", "reference", "language", "version", "expression"),
    *("role", "kind", "keyword", "path"),
)
#: So many characters of a command are shown.
_WIDTH = 100


@click.command(name="model")
@input_options
@click.option("--format", "format_", type=click.Choice(("json", "text")), default="text", help="How to write it.")
@click.option("--noun", multiple=True, metavar="NAME", help="Only these nouns (resources, settings, jobs …).")
@click.option(
    "--reveal", is_flag=True, help="Show values as they stand; without it, literal values of settings are ***."
)
def command(inputs: Inputs, format_: str, noun: tuple[str, ...], reveal: bool) -> int:
    """Print the model of PATH: every resource, setting, image, grant, command, job … with its place."""
    import json

    from depcheck.engine.build import Masker
    from depcheck.project import exposures

    project, _, _ = project_of(inputs)
    for name in noun:
        if name.removesuffix("s") + "s" not in Facts.__slots__:
            raise UserError(f'--noun: no noun is called "{name}" (known: {", ".join(Facts.__slots__)})')
    nouns = [name for name in Facts.__slots__ if not noun or name in noun or name.removesuffix("s") in noun]
    data: dict[str, list[object]] = {
        name: [_plain(each, reveal=reveal) for each in getattr(project.facts, name)] for name in nouns
    }
    if not reveal:
        masker = Masker(*exposures.masked(project))
        data = {name: [_masked(row, masker) for row in rows] for name, rows in data.items()}
    if format_ == "json":
        write(json.dumps({"version": 1, "facts": data}, ensure_ascii=False, indent=2) + "\n")
        return CLEAN
    from depcheck.reporters.terminal import visible

    out = []
    for name, rows in data.items():
        if rows:
            out += [f"{name} ({len(rows)})", *[f"  {visible(_line(row))}" for row in rows]]
    write("".join(f"{line}\n" for line in out))
    return CLEAN


def _masked(data: object, masker: Masker) -> object:
    """The data without the secrets that stand in texts: scripts, words of commands, instructions."""
    if isinstance(data, str):
        return masker.text(data)
    if isinstance(data, list):
        return [_masked(each, masker) for each in data]
    if isinstance(data, dict):
        return {key: _masked(each, masker) for key, each in data.items()}
    return data


def _line(row: object) -> str:
    if not isinstance(row, dict):
        return str(row)
    named = [_word(row[key]) for key in _TOLD if row.get(key)]
    if len(named) > 1 and row.get("address") and (row.get("name") or row.get("id")):
        named = [named[0], *[each for each in named[1:] if each not in named[0]]]
    words = row.get("words")
    if isinstance(words, list):
        line = " ".join(str(word["raw"]) for word in words if isinstance(word, dict))
        named.append(line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…")
    if "actions" in row:
        named += [
            _several(row, key) for key in ("actions", "not_actions", "principals", "not_principals") if row.get(key)
        ]
    place = row.get("span") or ""
    environment = row.get("environment")
    return f"{' '.join(named)}{f' [{environment}]' if environment else ''}  {place}"


def _several(row: dict[str, object], key: str) -> str:
    items = row[key]
    shown = [_word(each) for each in items] if isinstance(items, list) else [_word(items)]
    more = f", {len(shown) - 3} more" if len(shown) > 3 else ""
    said = {"principals": "to ", "not_actions": "all but ", "not_principals": "to all but "}.get(key, "")
    return f"{said}{', '.join(shown[:3])}{more}"


def _word(value: object) -> str:
    if isinstance(value, dict):
        return "(unknown)" if "unknown" in value else "{…}"
    return str(value)


def _plain(value: object, *, reveal: bool, depth: int = 0, hide: bool = False) -> object:
    """A noun as JSON data. Depth is bounded, because steps and jobs hold the tree they stand in."""
    if depth > 40:
        return "…"
    if isinstance(value, Span):
        return f"{value.path}:{value.line}:{value.column}"
    if isinstance(value, Source):
        return value.path
    if isinstance(value, Absent):
        return None
    if isinstance(value, Unknown):
        shown: dict[str, object] = {"unknown": value.reason, "at": _plain(value.span, reveal=reveal)}
        return {**shown, "refers": value.refers} if value.refers else shown
    if isinstance(value, Known):
        inner = value.value
        if isinstance(inner, dict):
            return {key: _plain(each, reveal=reveal, depth=depth + 1, hide=hide) for key, each in inner.items()}
        if isinstance(inner, list):
            return [_plain(each, reveal=reveal, depth=depth + 1, hide=hide) for each in inner]
        return "***" if (hide or value.sensitive) and not reveal and isinstance(inner, str) and inner else inner
    if isinstance(value, (list, tuple, frozenset)):
        return [_plain(each, reveal=reveal, depth=depth + 1, hide=hide) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each, reveal=reveal, depth=depth + 1, hide=hide) for key, each in value.items()}
    slots = getattr(type(value), "__slots__", None)
    if slots is None:
        return value
    secretive = type(value).__name__ in ("Setting", "Resource", "Step", "Job", "Workflow", "File", "Word")
    left_out = ("tree", "source") if type(value).__name__ != "File" else ("tree",)
    return {
        name: _plain(getattr(value, name), reveal=reveal, depth=depth + 1, hide=hide or secretive)
        for name in slots
        if name not in left_out and not name.startswith("_")
    }
