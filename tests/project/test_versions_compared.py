"""Which versions and ranges agree with each other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.project.versions import agree, read


@pytest.mark.parametrize(
    ("language", "one", "other", "expected"),
    [
        ("node", "20", "v20.11.1", True),
        ("node", "20.x", "20.9", True),
        ("node", "20.11.1", "20.18.0", True),
        ("node", "18", "20", False),
        ("node", "lts/iron", "20", True),
        ("node", "lts/hydrogen", "20", False),
        ("node", ">=18 <21", "20", True),
        ("node", ">=18 <20", "20.1", False),
        ("node", "^18.12.0", "20", False),
        ("node", "18 || 20", "22", False),
        ("node", "18 - 20", "20", True),
        ("node", ">= 18.0.0", "16", False),
        ("node", "*", "16", True),
        ("node", ">=20.12 <21 || 22 || 24 <24.17.0", "22.3", True),
        ("python", "3.12", "3.12.4", True),
        ("python", "3.1", "3.10", False),
        ("python", ">=3.9,<4", "3.13", True),
        ("python", "~=3.9", "3.12", True),
        ("python", "==3.11.*", "3.12", False),
        ("python", ">=3.9,!=3.9.1", "3.8", False),
        ("go", ">=1.22", "1.21", False),
        ("java", "1.8", "8", True),
        ("java", "17.0.2", "21", False),
        ("terraform", "~> 1.5.0", "1.6.2", False),
        ("terraform", "~> 1.5", "1.6.2", True),
        ("terraform", "> 1.5", "1.5.7", True),
    ],
)
def test_agreement_is_a_version_in_common(language: str, one: str, other: str, expected: bool) -> None:
    left, right = read(language, one), read(language, other)
    assert left is not None and right is not None
    assert agree(left, right) is expected
    assert agree(right, left) is expected


@pytest.mark.parametrize(
    "text", ["latest", "lts/*", "node", "stable", "", "system", ">=", "1.2.3.4 what", "<1 >2", "9" * 300]
)
def test_what_names_no_version_is_none(text: str) -> None:
    assert read("node", text) is None


@pytest.mark.parametrize(
    ("text", "exact"), [("20", True), ("=20.1", True), (">=20", False), ("18 || 20", False), ("*", False)]
)
def test_one_version_is_told_from_a_range(text: str, exact: bool) -> None:
    spec = read("node", text)
    assert spec is not None
    assert spec.exact is exact


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789.xX*|<>=^~!-, vab", max_size=60))
def test_any_text_is_read_and_agrees_with_itself(text: str) -> None:
    spec = read("python", text)
    if spec is not None:
        assert agree(spec, spec)
