"""What kind of configuration a TOML file holds, and which files of any language are about one environment each."""

from __future__ import annotations

import re

from depcheck.environments import ORDER_OF
from depcheck.patterns import Pattern

_PLATFORM = Pattern(r"netlify\.toml|(?:wrangler|fly)(?:[._-][\w-]+)?\.toml")
_VERSIONS = frozenset({"pyproject.toml", "mise.toml", ".mise.toml"})
_FOLDERS = frozenset(
    {
        "config",
        "configs",
        "conf",
        "settings",
        "environments",
        "environment",
        "env",
        "envs",
        "appconfig",
        "configuration",
    }
)
_FLAG_FOLDERS = frozenset({"flags", "feature-flags", "feature_flags", "features", "toggles"})
_FLAGS = Pattern(r"(?:[\w-]+[._-])?(?:feature[._-]?)?(?:flags?|toggles?)(?:[._-][\w.-]+)?")
_PREFIX = Pattern(
    r"(?:config|settings?|application|app|env|environment|values|params|parameters|flags?|features?|feature[-_]flags?"
    r"|toggles?)[._-]"
)
_APPSETTINGS = Pattern(r"appsettings\.([\w-]+)\.json")
#: A key at the left edge that is named after an environment, in any of the languages.
_KEY = Pattern(
    r"(?:^\s{0,4}[\"']?|^\[|[{,]\s*[\"'])("
    + "|".join(sorted(ORDER_OF, key=len, reverse=True))
    + r")[\"']?(?:\s*[:=]|[\].])",
    re.IGNORECASE | re.MULTILINE,
)
_MANIFEST = Pattern(r"^[\"']?(?:apiVersion|kind|AWSTemplateFormatVersion|openapi|swagger|\$schema)[\"']?\s*:", re.M)


def kind_of(path: str, head: str) -> str | None:
    """``platform``, ``versions``, ``config`` or None."""
    name = path.rsplit("/", 1)[-1].lower()
    if _PLATFORM.fullmatch(name) or path.lower().endswith("supabase/config.toml"):
        return "platform"
    if name in _VERSIONS:
        return "versions"
    return of_environments(path, head)


def of_environments(path: str, head: str) -> str | None:
    """``config`` for a program's configuration or flags by environment: a file named after one in a folder of
    configuration, or one whose first keys are named after several."""
    folder, _, name = path.lower().rpartition("/")
    stem = name.rpartition(".")[0]
    match = _APPSETTINGS.fullmatch(name)
    if match:
        return "config" if _names_one(match[1]) else None
    parent = folder.rpartition("/")[2]
    flags = parent in _FLAG_FOLDERS or _FLAGS.fullmatch(stem) is not None
    if not flags and parent not in _FOLDERS:
        return None
    if _MANIFEST.search(head):
        return None
    if _names_one(stem):
        return "config"
    return "config" if len({ORDER_OF[each.lower()] for each in _KEY.findall(head)}) > 1 else None


def _names_one(stem: str) -> bool:
    """Whether a name means an environment, alone or after a word for configuration."""
    return _PREFIX.sub("", stem, count=1) in ORDER_OF
