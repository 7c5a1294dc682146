"""What every command that reads a repository shares: what it was asked, the policy, the project, the rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from depcheck.cli import UserError
from depcheck.discovery import POLICY_NAMES, SIZE_LIMIT, below, find_root, policies_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from depcheck.packs import Rule
    from depcheck.policy import Policy
    from depcheck.project import Project
    from depcheck.source import Source


class Inputs:
    """The values of the shared options."""

    __slots__ = (
        "all_text",
        "as_of",
        "config",
        "docs",
        "environment",
        "explain_skips",
        "max_size",
        "no_config",
        "paths",
        "stdin_filename",
        "var_files",
        "whole_project",
    )

    def __init__(
        self,
        paths: tuple[str, ...] = (),
        *,
        config: str | None = None,
        no_config: bool = False,
        environment: str | None = None,
        var_file: tuple[str, ...] = (),
        as_of: str | None = None,
        docs: bool = False,
        all_text: bool = False,
        explain_skips: bool = False,
        max_size: str | None = None,
        stdin_filename: str | None = None,
        whole_project: bool = False,
    ) -> None:
        self.paths = paths or (".",)
        self.config = config
        self.no_config = no_config
        self.environment = environment
        self.var_files = var_file
        self.as_of = as_of
        self.docs = docs
        self.all_text = all_text
        self.explain_skips = explain_skips
        self.max_size = max_size
        self.stdin_filename = stdin_filename
        self.whole_project = whole_project


def policy_of(inputs: Inputs, root: str) -> Policy | None:
    """The policy that applies, None without one.

    Raises:
        UserError: it cannot be read or has a mistake.
    """
    if inputs.no_config:
        return None
    if inputs.config is not None:
        path = inputs.config
        if not os.path.isfile(path):
            raise UserError(f'--config: no such file: "{inputs.config}"')
    else:
        found = policies_in(root)
        for name in POLICY_NAMES:
            full = os.path.join(root, name)
            if name not in found and os.path.lexists(full) and not os.path.isdir(full):
                raise UserError(f"{name}: not a file that can be read, so what it promises is not known; repair it")
        if not found:
            return None
        if len(found) > 1:
            raise UserError(f"{found[0]} and {found[1]} are both there; keep one of them")
        path = os.path.join(root, found[0])
    from depcheck.policy import PolicyError, load

    try:
        return load(path, name=inputs.config)
    except PolicyError as error:
        raise UserError(_shown(error)) from error


def _shown(error: Exception) -> str:
    """The text of an error that quotes what a person wrote, which may have been a secret in the wrong place."""
    from depcheck.project.quoting import without_secrets

    return without_secrets(str(error))


def packs_folder(inputs: Inputs, root: str) -> str:
    """The folder that a policy's packs are below: its own."""
    return root if inputs.config is None else os.path.dirname(os.path.abspath(inputs.config))


def _place(policy: Policy, key: str) -> str:
    """Where the policy names its packs, for a sentence about that; empty for one that has its own place."""
    if key not in ("packs", "plugins"):
        return ""
    span = policy.key_span("rules", key)
    return f"{span.path}:{span.line}:{span.column}: "


def rules_of(policy: Policy | None, folder: str) -> list[Rule]:
    """The built-in rules and those of the plugins, and of the packs below a folder, that the policy names.

    Raises:
        UserError: a pack cannot be used, or the policy names a rule that nobody defines.
    """
    from depcheck.packs import built_in

    rules = built_in()
    if policy is not None and (policy.rules.packs or policy.rules.plugins):
        from depcheck.packs import PackError
        from depcheck.packs.loading import plugin_packs, team_packs, without_duplicates

        try:
            rules += plugin_packs(policy.rules.plugins) + team_packs(folder, policy.rules.packs)
            rules = without_duplicates(rules)
        except PackError as error:
            key = str(error).removeprefix("rules.").partition(":")[0]
            raise UserError(f"{_place(policy, key)}{error}") from error
    if policy is not None:
        from depcheck.policy import PolicyError
        from depcheck.policy.references import check_references

        try:
            check_references(policy, rules=[rule.id for rule in rules], packs=[rule.pack for rule in rules])
        except PolicyError as error:
            raise UserError(_shown(error)) from error
    return rules


def project_of(inputs: Inputs) -> tuple[Project, Policy | None, frozenset[str] | None]:
    """The loaded project, its policy, and, with ``--whole-project``, the paths whose findings are shown.

    Raises:
        UserError: a path, an option or the policy is wrong.
    """
    from depcheck.project.loading import Options, load

    if "-" in inputs.paths:
        if len(inputs.paths) > 1:
            raise UserError('"-" reads one file from standard input; give no other path beside it')
        name = _input_name(inputs)
        paths: list[str] = []
        root = find_root([name])
        sources = [_standard_input(inputs, _inside(root, name))]
    else:
        paths = _paths(inputs)
        root = find_root(paths)
        sources = []
    policy = policy_of(inputs, root)
    shown = None
    if inputs.whole_project and paths:
        shown = frozenset(_below(root, path) for path in paths)
        paths = [root]
    environments = None
    if policy is not None:
        from depcheck.policy import environments_of

        environments = environments_of(policy)
    options = Options(
        paths,
        root=root,
        docs=inputs.docs or (policy is not None and bool(policy.docs)),
        all_text=inputs.all_text,
        size_limit=_size(inputs.max_size),
        explain_skips=inputs.explain_skips,
        as_of=_day(inputs.as_of),
        sources=sources,
        environment=inputs.environment,
        var_files=[_var_file(name, root) for name in inputs.var_files],
    )
    try:
        project = load(options, policy, environments)
    except FileNotFoundError as error:
        raise UserError(str(error)) from error
    if inputs.config is None and not inputs.no_config:
        project.notices.extend(_other_policies(project))
    if inputs.environment is not None:
        inputs.environment = _environment(inputs.environment, project)
    return project, policy, shown


def _other_policies(project: Project) -> Iterator[str]:
    """A policy that is not applied is told: its owner thinks that it is."""
    others = [file.source.path for file in project.facts.files if file.kind == "policy" and "/" in file.source.path]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        yield f"{others[0]}{more} not applied here: one policy speaks for a scan; scan that folder by itself"


def _var_file(name: str, root: str) -> str:
    if not os.path.isfile(name):
        raise UserError(f'--var-file: no such file: "{name}"')
    return os.path.relpath(name, root).replace(os.sep, "/")


def _below(root: str, path: str) -> str:
    """A path relative to the root, folders with a slash at the end."""
    relative = below(os.path.abspath(path), root) or "."
    return f"{relative}/" if os.path.isdir(path) and not _is_link(path) else relative


def _is_link(path: str) -> bool:
    """Whether a path is a link, also one that is written with a slash at its end, which asks for its target."""
    return os.path.islink(os.path.normpath(path))


def _environment(name: str, project: Project) -> str:
    canonical = project.environments.named(name)
    names = [*project.environments.aliases]
    if canonical is None and name not in names:
        from difflib import get_close_matches

        near = get_close_matches(name, names, 1, 0.6)
        hint = f', did you mean "{near[0]}"?' if near else f" (known: {', '.join(names)})"
        raise UserError(f'--environment: no environment is called "{name}"{hint}')
    return canonical or name


def _paths(inputs: Inputs) -> list[str]:
    for name in inputs.paths:
        if not name:
            raise UserError('a path is empty; write "." for the current folder')
        if not os.path.lexists(name):
            raise UserError(f'no such file or folder: "{name}"')
    if inputs.whole_project:
        return list(inputs.paths)
    # A link that a person names is meant; one that git hands to a hook is a file of the repository.
    return [os.path.realpath(path) if _is_link(path) and os.path.isdir(path) else path for path in inputs.paths]


def _input_name(inputs: Inputs) -> str:
    if not inputs.stdin_filename:
        raise UserError("standard input needs --stdin-filename NAME, because the name tells the format")
    return inputs.stdin_filename


def _inside(root: str, name: str) -> str:
    """A file's path relative to the root where it is below it, as given where it is not."""
    path = os.path.abspath(name)
    return below(path, root) or path.replace(os.sep, "/")


def _standard_input(inputs: Inputs, name: str) -> Source:
    from depcheck.discovery import decode
    from depcheck.findings import Skipped

    if sys.stdin is None:
        raise UserError("standard input is closed; give a path, or pipe the file in")
    data = sys.stdin.buffer.read(_size(inputs.max_size) + 1)
    if len(data) > _size(inputs.max_size):
        raise UserError("standard input is larger than --max-size")
    source = decode(name, data)
    if isinstance(source, Skipped):
        raise UserError(f"standard input is {source.reason}")
    return source


def _size(text: str | None) -> int:
    if text is None:
        return SIZE_LIMIT
    from depcheck.policy.words import parse_size

    try:
        return int(parse_size(text))
    except ValueError as error:
        raise UserError(f"--max-size: {error}") from error


def _day(text: str | None) -> date | None:
    """The day that the scan is for; None for today."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None and not epoch:
        return None
    from datetime import UTC, date, datetime

    if text is not None:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise UserError(f'--as-of: "{text}" is no date; write YYYY-MM-DD') from error
    try:
        return datetime.fromtimestamp(int(epoch or 0), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(
            f'SOURCE_DATE_EPOCH: "{epoch}" is no number of seconds since 1970; correct it or unset it'
        ) from error
