"""Dependabot's configuration → the secrets that its registries refer to; rules read the rest from the tree."""

from __future__ import annotations

from depcheck.model import Problem
from depcheck.parsers import Context, Parsed
from depcheck.parsers.workflow_values import refer
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.values import Absent, Known


def parse(text: Text, context: Context) -> Parsed:
    """Read ``dependabot.yml``."""
    file = yaml.parse(text)
    root = file.root
    parsed = Parsed(tree=root, comments=file.comments, problems=file.problems)
    if isinstance(root, Known) and isinstance(root.value, dict):
        refer(root, file, parsed.facts, parsed.problems, "dependabot", context.environment)
    elif not isinstance(root, Absent):
        parsed.problems.append(
            Problem("dependabot's configuration is a map with updates:", root.span, "see its options")
        )
    return parsed
