"""Terraform files: the tree, its comments and its problems. What the tree means is worked out where all files of a
module are at hand, in :mod:`depcheck.terraform`."""

from __future__ import annotations

from depcheck.parsers import Context, Parsed
from depcheck.source import Text
from depcheck.syntax import hcl

_NATIVE = (".tf", ".tofu", ".tfvars", ".hcl")


def parse(text: Text, context: Context) -> Parsed:
    """Read a file in either of the two syntaxes; the path tells which or, for text inside another file, its beginning
    (nothing in the native syntax begins with a brace)."""
    path = text.source.path.lower()
    if path.endswith(".json") or (not path.endswith(_NATIVE) and text.text.lstrip()[:1] in ("{", "[")):
        file = hcl.parse_json(text)
    else:
        file = hcl.parse(text)
    return Parsed(hcl=file, comments=file.comments, problems=file.problems)
