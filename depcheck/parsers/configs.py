"""A program's own configuration by environment (``config/production.json``, ``appsettings.Staging.json``) and files of
feature flags → settings.

A file is about the environment it is named after; in other files the keys that are named after environments tell it.
"""

from __future__ import annotations

import re

from depcheck.parsers import Context, Parsed
from depcheck.parsers.trees import Teller, by_environment, environment_of, leaves, read, settled
from depcheck.source import Text

_FLAGS = re.compile(r"(?:.*[._-])?(?:feature[._-]?)?(?:flags?|toggles?)(?:[._-].*)?\.[a-z0-9]+", re.IGNORECASE)
_FLAG_FOLDERS = frozenset({"flags", "feature-flags", "feature_flags", "features", "toggles"})
_SETTINGS = re.compile(r"(?:appsettings|values|settings|config|flags?|features?|toggles?)[._-]?", re.IGNORECASE)


def parse(text: Text, context: Context) -> Parsed:
    """Read one file; flags are told by the file's name or by that of its folder."""
    path = context.path or text.source.path
    folder, _, name = path.rpartition("/")
    tree = read(text, path)
    parsed = Parsed(tree=tree.root, comments=tree.comments, problems=tree.problems)
    flags = context.origin == "flag" or _FLAGS.fullmatch(name) or folder.rpartition("/")[2].lower() in _FLAG_FOLDERS
    teller = Teller(parsed.facts, context, "flag" if flags else "config")
    stem = name.rpartition(".")[0]
    environment = context.environment or environment_of(_SETTINGS.sub("", stem), context)
    if environment is not None:
        for key, value in leaves(tree.root):
            teller.one(key, value, "", environment)
        return settled(parsed, text)
    for key, value, own in by_environment(tree.root, context):
        if own is not None:
            teller.one(key, value, "", own)
    return settled(parsed, text)
