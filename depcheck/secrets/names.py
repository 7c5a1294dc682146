"""Which vendor a name speaks of, and whether it is the name of a secret."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from depcheck.patterns import Pattern
from depcheck.secrets.formats import Format, table

_WORDS = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 200


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: ``dbApiKey.dev`` → ``db api key dev``; only the end of a very long one."""
    return tuple(word.lower() for word in _WORDS.findall(name[-_LONGEST:]))


@lru_cache(maxsize=4096)
def names_a_vendor(name: str) -> bool:
    """Whether a name has a word that is some vendor's and nothing else."""
    words, vendors = words_of(name), table().vendors
    return not vendors.isdisjoint(words) or any(one + two in vendors for one, two in pairwise(words))


@lru_cache(maxsize=4096)
def gated_by(name: str) -> tuple[Format, ...]:
    """The formats for which a name vouches: it speaks of the vendor, and of a secret."""
    words = words_of(name)
    if not words:
        return ()
    by_word = table().by_word
    spoken = {*words, *(one + two for one, two in pairwise(words))}
    found = [each for word in spoken if word in by_word for each in by_word[word]]
    if not found:
        return ()
    credential = _of_a_secret(words)
    chosen = {
        each.rank: each
        for each in found
        if (credential or each.any_name) and any(spoken.issuperset(phrase) for phrase in each.gate)
    }
    return tuple(chosen[rank] for rank in sorted(chosen))


def _of_a_secret(words: tuple[str, ...]) -> bool:
    known = table()
    last = max((at for at, word in enumerate(words) if word in known.of_secrets), default=-1)
    return last >= 0 and known.about_secrets.isdisjoint(words[last + 1 :])
