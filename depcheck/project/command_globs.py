"""Globs over command lines and names, in which ``*`` stands for anything."""

from __future__ import annotations


class Globs:
    """What a text fits, by globs in which only ``*`` is special. Nothing is compiled: there are hundreds of globs, and
    most scans hold a few commands."""

    __slots__ = ("_by_start",)

    def __init__(self) -> None:
        # The first character of what the glob begins with ("" for a star) → the texts between the stars, the name.
        self._by_start: dict[str, list[tuple[list[str], str]]] = {}

    def add(self, glob: str, name: str) -> None:
        """One more glob."""
        pieces = glob.split("*")
        self._by_start.setdefault(pieces[0][:1], []).append((pieces, name))

    def names(self, text: str) -> set[str]:
        """The names with a glob that the whole text fits."""
        return {
            name for start in {text[:1], ""} for pieces, name in self._by_start.get(start, ()) if fits(text, pieces)
        }


def fits(text: str, pieces: list[str]) -> bool:
    """Whether a text is the pieces in their order with anything between them."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return text == first
    if not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in pieces[1:-1]:
        place = text.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return place <= end
