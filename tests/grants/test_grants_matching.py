"""Wildcards of IAM against an oracle that tries everything, and the table of actions."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.grants import actions
from depcheck.grants.matching import covers, covers_every
from depcheck.project.wildcards import folded, matches

PATTERNS = st.text(alphabet="ab*?", max_size=8)
TEXTS = st.text(alphabet="ab", max_size=7)


def oracle(pattern: str, text: str) -> bool:
    """Matching by its definition, trying every way."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(oracle(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and oracle(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
@settings(max_examples=250, deadline=None)
def test_matching_is_that_of_the_definition(pattern: str, text: str) -> None:
    assert matches(folded(pattern), text) == oracle(pattern, text)


@given(PATTERNS, PATTERNS, TEXTS)
@settings(max_examples=250, deadline=None)
def test_what_covers_a_pattern_matches_all_that_it_matches(wide: str, narrow: str, text: str) -> None:
    if covers(folded(wide), narrow) and oracle(narrow, text):
        assert oracle(wide, text)


@given(st.sampled_from(["sqs", "sns", "kms"]), st.text(alphabet="GetPut*?SenDmk", max_size=6))
@settings(max_examples=100, deadline=None)
def test_expansion_is_the_filter_of_the_whole_service(service: str, pattern: str) -> None:
    found = {str(each) for each in actions.expanded(f"{service}:{pattern}")}
    wanted = re.compile(re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", "."))
    assert found == {str(each) for name, each in actions.of_service(service).items() if wanted.fullmatch(name)}


def test_the_table_holds_all_actions_with_levels_and_resources() -> None:
    everything = list(actions.expanded("*"))
    assert len(everything) > 20_000
    assert len({str(each) for each in everything}) == len(everything)
    assert {each.level for each in everything} == set("RLWTP")
    get = actions.action("S3:getobject")
    assert get is not None
    assert (str(get), get.level, "object" in get.types) == ("s3:GetObject", actions.READ, True)
    put = actions.action("iam:PutRolePolicy")
    assert put is not None
    assert (put.level, put.templates) == (actions.PERMISSIONS, ["iam:role/*"])
    listing = actions.action("s3:ListAllMyBuckets")
    assert listing is not None
    assert list(listing.templates) == []
    assert actions.action("s3:ListObjects") is None
    assert actions.action("nonsense") is None


def test_wildcard_bombs_are_bounded() -> None:
    bomb = "s3:" + "*?" * 200_000
    assert list(actions.expanded(bomb)) == []
    assert len(list(actions.expanded("s3:*?*?*?"))) == len(actions.of_service("s3"))
    assert not matches(folded("a*" * 5_000 + "c"), "a" * 3_000)


def test_a_service_may_be_a_wildcard() -> None:
    found = {str(each) for each in actions.expanded("sec*:GetSecretValue")}
    assert found == {"secretsmanager:GetSecretValue"}
    assert actions.exists("*")
    assert actions.exists("*:*")
    assert not actions.exists("s3")


def test_everything_of_a_type() -> None:
    every = {"*", "**", "arn:aws:s3:::*", "arn:*:s3:::*", "arn:aws:s3:::*/*", "arn:aws:s3:eu-west-1:123456789012:*"}
    assert {each for each in every if covers_every(each, "s3:*/*")} == every
    some = ["arn:aws:s3:::logs/*", "arn:aws:s3:::*-logs/*", "arn:aws:sqs:::*", "arn:aws:s3:*", "s3", ""]
    assert [each for each in some if covers_every(each, "s3:*/*")] == []
    assert covers_every("arn:aws:iam::123456789012:role/*", "iam:role/*")
    assert not covers_every("arn:aws:iam::123456789012:role/app-*", "iam:role/*")
    assert not covers_every("arn:aws:s3:::*/*", "s3:*")
