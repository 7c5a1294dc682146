"""Globs of paths in a policy: ``*`` stays in a folder, ``**`` crosses them, and none takes time without bound."""

from __future__ import annotations

import pytest

from depcheck.environments import glob_match


@pytest.mark.parametrize(
    ("path", "glob", "meant"),
    [
        ("infra/a.tf", "infra/*.tf", True),
        ("infra/b/a.tf", "infra/*.tf", False),
        ("infra/b/a.tf", "infra/**", True),
        ("infra/b/c/a.tf", "infra/**/a.tf", True),
        ("infra/a.tf", "infra/**/a.tf", True),
        ("a.tf", "**/a.tf", True),
        ("x/y/a.tf", "**/a.tf", True),
        ("x/y/ba.tf", "**/a.tf", False),
        ("x/y/a.tf", "**/y/*.tf", True),
        ("x/y/z/a.tf", "**/y/*.tf", False),
        ("x/y/z/a.tf", "**/x/**/z/**", True),
        ("legacy/a/b", "legacy/**", True),
        ("legacy", "legacy/**", False),
        ("other/legacy/a", "legacy/**", False),
        ("a.b", "**.b", True),
        ("a/c.b", "**.b", True),
        ("ab", "?b", True),
        ("a/b", "a?b", False),
        ("a.tf", "*.t[f]", True),
        ("new\nline/a.tf", "**/a.tf", True),
    ],
)
def test_globs(path: str, glob: str, meant: bool) -> None:
    assert glob_match(path, glob) is meant


@pytest.mark.parametrize("glob", ["**a" * 40 + "**b", "**/a/" * 40 + "b", "*a" * 40 + "**/b", "**" + "*a" * 40 + "*b"])
def test_many_stars_end(glob: str) -> None:
    assert not glob_match("a" * 300 + "/a" * 300 + "c", glob)
