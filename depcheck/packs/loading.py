"""Reads packs from YAML: the built-in ones when they are compiled, a team's own when the policy names them.

A file named in ``depcheck.yaml`` is data only. Code comes solely from packages that are installed and named under
``rules.plugins``; they are found by the entry point group ``depcheck.packs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from depcheck.packs import Json, PackError, Rule, requirements, unfolded
from depcheck.source import Source, Span, Text
from depcheck.values import Absent, Known, Value, plain

ENTRY_POINTS = "depcheck.packs"


def read_pack(source: Source, name: str, *, plugin: str = "", data_only: bool = False) -> list[Rule]:
    """The rules of one pack file.

    Raises:
        PackError: the file is not a pack; every mistake in it, a line each.
    """
    from depcheck.syntax.yaml import parse

    file = parse(Text.of(source))
    mistakes = [_said(problem.span, problem.message) for problem in file.problems]
    entries = plain(file.root)
    if not mistakes:
        mistakes = list(_against_schema(file.root, entries))
    rules: list[Rule] = []
    if not mistakes and isinstance(entries, list):
        for index, entry in enumerate(entries):
            rule = Rule(name, unfolded(entry), origin=source.path, plugin=plugin)
            at = _at(file.root, (index, "id"))
            mistakes.extend(_said(at, problem) for problem in _meaning(rule, data_only))
            rules.append(rule)
    if mistakes:
        raise PackError("\n".join(mistakes))
    return rules


def team_packs(folder: str, globs: Iterable[str]) -> list[Rule]:
    """The rules of the packs that a policy names by path, below its folder; data only.

    Raises:
        PackError: a pattern matches nothing, or a file is not a pack.
    """
    root = Path(folder)
    rules: list[Rule] = []
    for pattern in globs:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise PackError(f'rules.packs: "{pattern}" leaves the folder of depcheck.yaml; keep packs beside it')
        try:
            paths = sorted(path for path in root.glob(pattern) if path.is_file())
        except (ValueError, IndexError, NotImplementedError, OSError):
            paths = []  # no pattern of a path, or a folder that may not be read
        if not paths:
            raise PackError(f'rules.packs: "{pattern}" matches no file')
        for path in paths:
            if not path.resolve().is_relative_to(root.resolve()):
                raise PackError(f'rules.packs: "{pattern}" leads out of the folder of depcheck.yaml by a link')
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                name = path.relative_to(root).as_posix()
                raise PackError(f"{name}:1:1: cannot be read as UTF-8 text; check its encoding and mode") from error
            rules.extend(read_pack(Source(path.relative_to(root).as_posix(), text), path.stem, data_only=True))
    return rules


def plugin_packs(names: Iterable[str]) -> list[Rule]:
    """The rules of installed plugin packages, by the names under which they registered.

    Raises:
        PackError: a plugin is not installed, or brings no pack.
    """
    wanted = list(names)
    if not wanted:
        return []
    from importlib.metadata import entry_points
    from importlib.resources import files

    registered = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    rules: list[Rule] = []
    for name in wanted:
        point = registered.get(name)
        if point is None:
            have = ", ".join(sorted(registered)) or "none"
            raise PackError(f'rules.plugins: "{name}" is not installed here (installed: {have}); install its package')
        folder = files(point.value) / "rules"
        packs = (
            sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml")) if folder.is_dir() else []
        )
        if not packs:
            raise PackError(f'rules.plugins: the package "{point.value}" brings no rules/*.yaml')
        for pack in packs:
            text = (folder / pack).read_text("utf-8")
            rules.extend(read_pack(Source(f"{point.value}/rules/{pack}", text), pack[:-5], plugin=point.value))
    return rules


def without_duplicates(rules: Sequence[Rule]) -> list[Rule]:
    """The rules, if no id is there twice.

    Raises:
        PackError: two packs have a rule of the same name.
    """
    seen: dict[str, Rule] = {}
    for rule in rules:
        other = seen.setdefault(rule.id, rule)
        if other is not rule:
            first, second = other.origin or f"the pack {other.pack}", rule.origin or f"the pack {rule.pack}"
            raise PackError(f'the rule "{rule.id}" is in {first} and in {second}; rename one of them')
    return list(rules)


def _against_schema(root: Value, entries: object) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    from depcheck.data import load_json

    errors = Draft202012Validator(load_json("schemas", "pack.schema.json")).iter_errors(entries)
    for error in sorted(errors, key=lambda each: [str(part) for part in each.absolute_path]):
        while error.context:
            error = max(error.context, key=lambda each: len(each.absolute_path))
        path = tuple(error.absolute_path)
        yield _said(_at(root, path), error.message if len(error.message) < 200 else error.message[:197] + "…")


def _meaning(rule: Rule, data_only: bool) -> Iterator[str]:
    """What the schema cannot say."""
    for part, where in ((rule.when, "when"), (rule.require, "require"), (rule.forbid, "forbid")):
        if part is not None:
            yield from requirements.problems(part, where)
    if data_only and not rule.is_data:
        yield f'the rule "{rule.id}" has neither require nor forbid; rules with code come from installed plugins'
    for name, text in rule.messages.items():
        if text.endswith("."):
            yield f'the message{" " + name if name else ""} of "{rule.id}" ends with a full stop; messages are clauses'


def _at(root: Value, path: tuple[str | int, ...]) -> Span:
    value = root
    for part in path:
        below = value.get(part) if isinstance(value, Known) else value
        if isinstance(below, Absent):
            break
        value = below
    return value.key or value.span


def _said(span: Span, message: str) -> str:
    return f"{span.path}:{span.line}:{span.column}: {message}"


def compiled(packs: dict[str, list[Json]]) -> str:
    """The text of ``rules/compiled.json``: what a scan needs, so that it reads no YAML."""
    import json

    return json.dumps(packs, ensure_ascii=False, indent=None, separators=(",", ":"), sort_keys=True) + "\n"
