"""What the masker replaces: whole secrets, parts of them, places that overlap, and what looks like one."""

from __future__ import annotations

import pytest

from depcheck.engine.build import Masker
from depcheck.source import Source, Span

SECRET = "Zk3JmQ9x" + "T2vLb8WdR4pY"


def span_of(text: str, part: str) -> Span:
    source = Source("a.env", text)
    return source.span(text.index(part), text.index(part) + len(part))


def test_whole_secrets_and_their_parts() -> None:
    masker = Masker([span_of(f"X={SECRET}", SECRET)])
    assert masker.text(f"a {SECRET} b") == "a *** b"
    assert masker.text(f"a {SECRET[:12]}… b") == "a ***… b"
    assert masker.text(f"a {SECRET[3:11]} b {SECRET[-9:]}") == "a *** b ***"
    assert masker.text(f"a {SECRET[:7]} b") == f"a {SECRET[:7]} b"


def test_a_short_word_of_a_secret_stays_and_a_long_run_does_not() -> None:
    masker = Masker([span_of("X=production-database-9Q", "production-database-9Q")])
    assert masker.text("the job production deploys") == "the job production deploys"
    assert masker.text("the host production-database.acme.io") == "the host ***.acme.io"


def test_places_that_are_told_twice_or_overlap_are_one() -> None:
    line = f"URL=postgres://app:{SECRET}@db.acme.io/app"
    spans = [span_of(line, SECRET), span_of(line, SECRET), span_of(line, SECRET + "@db")]
    assert Masker(spans).line(spans[0], 1) == "URL=postgres://app:***.acme.io/app"
    assert Masker(spans[:2]).line(spans[0], 1) == "URL=postgres://app:***@db.acme.io/app"


def test_decoded_texts_are_masked_too() -> None:
    assert Masker([], [SECRET]).text(f"x {SECRET}") == "x ***"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"API_TOKEN: {SECRET}", "API_TOKEN: ***"),
        (f'"apiKey": "{SECRET}",', '"apiKey": "***",'),
        (f"x postgres://app:{SECRET}@db.acme.io y", "x postgres://app:***@db.acme.io y"),
        ("API_TOKEN: ${API_TOKEN}", "API_TOKEN: ${API_TOKEN}"),
        ("password: changeme", "password: changeme"),
        (f"sha: {SECRET}", f"sha: {SECRET}"),
    ],
)
def test_what_nothing_parsed_is_masked_by_its_name(line: str, shown: str) -> None:
    assert Masker([]).text(line) == shown
