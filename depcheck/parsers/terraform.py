"""Terraform files: the tree, its comments and its problems. What the tree means is worked out where all files of a
module are at hand, in :mod:`depcheck.terraform`."""

from __future__ import annotations

from depcheck.parsers import Context, Parsed
from depcheck.source import Text
from depcheck.syntax import hcl


def parse(text: Text, context: Context) -> Parsed:
    """Read a ``.tf``, ``.tfvars``, ``.hcl`` or ``.tofu`` file."""
    file = hcl.parse(text)
    return Parsed(hcl=file, comments=file.comments, problems=file.problems)
