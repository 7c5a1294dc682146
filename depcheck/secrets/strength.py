"""How random a run of characters is, and whether somebody filled it in by hand."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import log2

from depcheck.patterns import Pattern
from depcheck.secrets.formats import table

#: Longer texts are judged by their beginning: nothing is random after so many characters that was not before.
_LOOK = 400
_WORDS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_KINDS = (Pattern(r"[a-z]"), Pattern(r"[A-Z]"), Pattern(r"[0-9]"))


def entropy(text: str) -> float:
    """Shannon's entropy in bits per character."""
    size = len(text)
    return -sum(n / size * log2(n / size) for n in Counter(text).values()) if size else 0.0


def alphabet(text: str) -> int:
    """The size of the smallest usual alphabet that a text is written in: 10, 16, 32, 36, 62, 64 or 94."""
    for size, pattern in _ALPHABETS:
        if pattern.fullmatch(text):
            return size
    return 94


_ALPHABETS = tuple(
    (size, Pattern(pattern))
    for size, pattern in (
        (10, r"[0-9]*"),
        (16, r"[0-9a-f]*|[0-9A-F]*"),
        (32, r"[A-Z2-7]*=*"),
        (36, r"[0-9a-z]*|[0-9A-Z]*"),
        (62, r"[0-9A-Za-z]*"),
        (64, r"[0-9A-Za-z+/_-]*=*"),
    )
)


def randomness(text: str) -> float:
    """The entropy against the most that a text of this length over its alphabet could have, 0 to 1."""
    most = log2(min(len(text), alphabet(text))) if len(text) > 1 else 0.0
    return entropy(text) / most if most else 0.0


def is_filled_in(body: str, *, mixed: bool = False) -> bool:
    """Whether the part of a token that is drawn at random was written by a person: words, runs, repetitions.

    ``mixed`` tells that it is drawn from letters of both cases (and digits), so that one kind alone was not drawn.
    """
    text = body[:_LOOK]
    if table().spoken.search(text):
        return True
    core = re.sub(r"[\W_]", "", text)
    if len(core) < 8:
        return len(core) < 4 or len(set(core)) < 3
    if randomness(core) < 0.62 or _runs(core) or _repeats(core) or _is_speech(text):
        return True
    return mixed and len(core) >= 20 and sum(1 for kind in _KINDS if kind.search(core)) < 2


def _is_speech(text: str) -> bool:
    """Whether a text is words with hardly a digit (``our-staging-access-token``); words drawn at random are short.

    Capitals alone tell nothing: there no change of case divides what was drawn.
    """
    if text.isupper():
        return False
    words = _WORDS.findall(text)
    digits = sum(char.isdigit() for char in text)
    return bool(words) and digits * 10 <= len(text) and sum(map(len, words)) / len(words) >= 4.5


def _runs(text: str) -> bool:
    """Whether half of the characters only count on from the one before (``abcd``, ``4321``, ``aaaa``)."""
    steps = sum(1 for one, two in pairwise(text) if -1 <= ord(two) - ord(one) <= 1)
    return steps > 0.5 * len(text)


def _repeats(text: str) -> bool:
    """Whether a text is one group of up to 16 characters over and over."""
    return any(text[size:] == text[:-size] for size in range(1, min(16, len(text) // 2) + 1))
