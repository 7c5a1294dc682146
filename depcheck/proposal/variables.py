"""The contract for environment variables that env files keep today."""

from __future__ import annotations

import re
from collections.abc import Iterable

from depcheck.policy import Policy, load
from depcheck.project import Project
from depcheck.project.contract import has_format, is_placeholder, is_secret
from depcheck.project.env_files import env_files
from depcheck.project.key_sets import lacks
from depcheck.project.required import missing
from depcheck.proposal.entries import Entries, flow
from depcheck.source import Source
from depcheck.values import string

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Words in names of what everybody may know.
_PUBLIC = re.compile(r"(?:^|_)(?:PUBLIC|PUBLISHABLE|ANON|VITE|REACT_APP|EXPO_PUBLIC|SITE|ID)(?:_|$)")
#: Formats that tell something, and the names that they are looked for in.
_FORMATS = (
    ("url", re.compile(r".*_(?:URL|URI|ENDPOINT|ORIGIN)|(?:URL|URI)", re.IGNORECASE)),
    ("port", re.compile(r"(?:.*_)?PORT", re.IGNORECASE)),
    ("email", re.compile(r"(?:.*_)?(?:EMAIL|MAIL_FROM)", re.IGNORECASE)),
    ("boolean", re.compile(r".*", re.IGNORECASE)),
)


def variables(project: Project) -> Entries:
    """Every variable that env files name, with what each of them keeps to."""
    values: dict[str, list[str]] = {}
    for file in env_files(project):
        if not file.personal:
            for name, setting in file.settings.items():
                if _NAME.fullmatch(name):
                    text = string(setting.value)
                    values.setdefault(name, []).extend([text] if text is not None else [])
    # What one environment lacks is reported as it is; a promise made to fit would hide it.
    for lack in lacks(project):
        for name in lack.names:
            values.pop(name, None)
    if not values:
        return {}
    asked = _asked(project, values)
    made: Entries = {}
    for name in sorted(values):
        entry: Entries = {}
        if any(is_secret(name, None, text) for text in ("", *values[name])) and not _PUBLIC.search(name):
            entry["secret"] = True
        else:
            format_ = _format(name, values[name])
            if format_ is not None:
                entry["format"] = format_
        entry |= asked.get(name, {})
        made[name] = entry
    return made


def _asked(project: Project, names: Iterable[str]) -> dict[str, Entries]:
    """What must be said of a variable so that nobody who does not give it is asked for it."""
    policy = _all_required(names)
    where = [name for name in project.environments.names if name in {file.environment for file in env_files(project)}]
    lacking: dict[str, set[str | None]] = {}
    for giver, absent in missing(project, policy):
        for name in absent:
            # A template speaks for every environment.
            lacking.setdefault(name, set()).add(None if giver.kind == "template" else giver.environment)
    made: dict[str, Entries] = {}
    for name, environments in lacking.items():
        left = [each for each in where if each not in environments]
        made[name] = {"environments": left} if left and None not in environments else {"required": False}
    return made


def _all_required(names: Iterable[str]) -> Policy:
    lines = [f"  {flow(name)}: {{}}" for name in names]
    return load(Source("depcheck.yaml", "\n".join(["version: 1", "variables:", *lines]) + "\n"))


def _format(name: str, texts: list[str]) -> str | None:
    told = [text for text in texts if text and not is_placeholder(text)]
    if not told:
        return None
    for format_, names in _FORMATS:
        if names.fullmatch(name) and all(_is(text, format_) for text in told):
            return format_
    return None


def _is(text: str, format_: str) -> bool:
    return text in ("true", "false") if format_ == "boolean" else has_format(text, format_)
