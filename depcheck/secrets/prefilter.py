"""Where a text has characters that only some formats have: by an automaton where one is installed, else by ``find``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

#: ``(index of the literal, where it begins)``, ascending by place or by literal.
Hits: TypeAlias = Iterable[tuple[int, int]]


@lru_cache(maxsize=4)
def searcher(literals: tuple[str, ...], little: bool = False) -> Callable[[str], Hits]:
    """A function that finds every occurrence of some literals, also overlapping ones.

    For a ``little`` text the automaton is not worth its import and construction.
    """
    if little:
        return plain_searcher(literals)
    try:
        from ahocorasick_rs import AhoCorasick, Implementation
    except ImportError:
        return plain_searcher(literals)
    plain = plain_searcher(literals)
    automaton = AhoCorasick(list(literals), store_patterns=False, implementation=Implementation.DFA)

    def search(text: str) -> Hits:
        try:
            return [(hit[0], hit[1]) for hit in automaton.find_matches_as_indexes(text, overlapping=True)]
        except UnicodeEncodeError:  # half of a character, which JSON's escapes can name and no encoding can write
            return plain(text)

    return search


def plain_searcher(literals: tuple[str, ...]) -> Callable[[str], Hits]:
    """The same with nothing but the standard library."""

    def search(text: str) -> Iterator[tuple[int, int]]:
        find = text.find
        for index, literal in enumerate(literals):
            at = find(literal)
            while at >= 0:
                yield index, at
                at = find(literal, at + 1)

    return search
