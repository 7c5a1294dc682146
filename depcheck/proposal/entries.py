"""Entries of a policy as plain data, and how they are written."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

#: A value is a scalar, a list, or entries again.
Entries: TypeAlias = dict[str, object]
Path: TypeAlias = tuple[str, ...]

_PLAIN = re.compile(r"[A-Za-z_][\w./@-]*|[0-9]+(?:[a-zA-Z][\w]*)")
#: Words that YAML 1.1, or a person, reads as something else than text.
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDTH = 110
#: What each part says about itself above its first line.
COMMENTS = {
    "environments": "From the least to the most critical. Aliases such as dev, stage and prod are known.",
    "recovery": "What may be lost (rpo), how long recovery may take (rto): what is configured can keep these.",
    "variables": "The contract for environment variables, in every file that sets or uses them.",
    "pipeline": "What deployments do today, in the words of the activities that depcheck recognises.",
    "regions": "Where the deployment is.",
    "tags": "Tags that every resource carries.",
    "secrets": "Where secrets are kept.",
}
#: What a part looks like of which nothing was found.
EXAMPLES = {
    "environments": ["environments:", "  staging: {domains: [staging.example.com]}", "  production: {critical: true}"],
    "recovery": [
        "recovery:",
        "  stores:",
        '    database: {match: ["kind:database"], rpo: 15m, rto: 4h, retention: 35d}',
    ],
    "variables": ["variables:", "  SESSION_SECRET: {secret: true, min_length: 32}", "  API_URL: {format: url}"],
    "pipeline": [
        "pipeline:",
        "  deploys:",
        "    production: {from_branches: [main], after: [staging], before: [tests], verify: [smoke-test]}",
    ],
}


def scalar(value: object) -> str:
    """A scalar as YAML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if text == "0":
        return text
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    escaped = "".join(
        f"\\x{ord(each):02x}" if ord(each) < 32 or ord(each) == 127 else {'"': '\\"', "\\": "\\\\"}.get(each, each)
        for each in text
    )
    return f'"{escaped}"'


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def written(entries: Entries) -> list[tuple[str, Path]]:
    """The lines of a policy, each with the entry that it writes; comments and blank lines have an empty path."""
    lines: list[tuple[str, Path]] = []
    for name, value in entries.items():
        if name in COMMENTS:
            lines += [("", ()), (f"# {COMMENTS[name]}", ())]
        lines += _block(name, value, (name,), 0)
    for name, example in EXAMPLES.items():
        if name not in entries:
            lines += [("", ()), (f"# {COMMENTS[name]} Nothing was found; for example:", ())]
            lines += [(f"# {line}", ()) for line in example]
    return lines


def _block(name: str, value: object, path: Path, depth: int) -> list[tuple[str, Path]]:
    head = f"{'  ' * depth}{scalar(name)}:"
    one_line = f"{head} {flow(value)}"
    nested = isinstance(value, dict) and value and (depth == 0 or len(one_line) > _WIDTH or _is_container(path))
    if not nested or not isinstance(value, dict):
        return [(one_line, path)]
    lines = [(head, path)]
    for key, each in value.items():
        lines += _block(key, each, (*path, key), depth + 1)
    return lines


def _is_container(path: Path) -> bool:
    """Whether the entries of a map are things of their own, each on its line."""
    return path in (("recovery", "stores"), ("pipeline", "deploys")) or path[:2] == ("pipeline", "deploys")
