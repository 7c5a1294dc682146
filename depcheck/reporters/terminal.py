"""What may reach a terminal, how wide it is there, and colour by hand.

Scanned files are strangers: control characters in their names, lines and values are shown as pictures (``␛``), never
sent. Log processors that look for commands inside a line (``##[…]``, ``##vso[…]``, ``::name::``) find none.
"""

from __future__ import annotations

import re

from depcheck.patterns import Pattern

_STYLES = {
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "1;33",
    "low": "1;34",
    "info": "1;36",
    "bold": "1",
    "dim": "2",
    "good": "32",
    "path": "1;4",
    "related": "1;34",
}
# Beyond C0, DEL and C1: line separators, direction overrides and isolates, lone surrogates, non-characters, tags.
_HIDDEN = Pattern(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LOG_COMMAND = Pattern(r"##(?=\w*\[)")
_LINE_COMMAND = Pattern(r"^((?:\x1b\[[0-9;]*m|[^\S\n])*):(?=:)", re.MULTILINE)
#: Takes no room and cannot be seen; stands where two characters must not be read as one mark.
JOINER = "\u2060"


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in (9, 10, 13):
        return " "
    if code < 32:
        return chr(0x2400 + code)
    return "\u2421" if code == 127 else "\ufffd"


def visible(text: str) -> str:
    """The text on one line with nothing that a terminal, a log processor or a reader's eye would take for a command.

    Every character stays one character, so columns stay true; only the joiner that splits ``##[`` is added, and it
    takes no room.
    """
    if not text.isprintable():
        text = _HIDDEN.sub(_picture, text)
    return _LOG_COMMAND.sub("#" + JOINER + "#", text) if "##" in text else text


def without_line_commands(output: str) -> str:
    """Output in which no line begins with ``::``, which a workflow runner would obey."""
    return _LINE_COMMAND.sub(r"\1:" + JOINER, output) if "::" in output else output


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style of the table, or as it is."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and text else text


def cells(character: str) -> int:
    """How many columns of a terminal a character takes: 0, 1 or 2."""
    if character < "\u0300":
        return 1 if character != "\xad" else 0
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def clip(text: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """A line as it is shown in ``room`` columns (0 is no limit), and the columns where ``start`` to ``end`` stands.

    Tabs become spaces, hidden characters pictures; what is cut away around the span is marked with an ellipsis.
    """
    room = room or 1 << 30
    if len(text) <= room and text.isascii() and text.isprintable() and "##" not in text:
        return text, start, end
    low, high = max(0, start - 2 * room), min(len(text), start + 2 * room)
    shown: list[str] = []
    edges = [0]
    for character in text[low:high]:
        if character == "\t":
            width = 4 - edges[-1] % 4
            shown.append(" " * width)
        else:
            shown.append(visible(character))
            width = cells(shown[-1])
        edges.append(edges[-1] + width)
    first, last = start - low, min(end, high) - low
    if low == 0 and high == len(text) and edges[-1] <= room:
        return _split_commands("".join(shown)), edges[first], edges[last]
    return _window(shown, edges, first, last, room, before=low > 0, after=high < len(text))


def _split_commands(text: str) -> str:
    return _LOG_COMMAND.sub("#" + JOINER + "#", text) if "##" in text else text


def _window(
    shown: list[str], edges: list[int], first: int, last: int, room: int, *, before: bool, after: bool
) -> tuple[str, int, int]:
    """The part of a long line around a span: a third of the room before it, the rest for it and what follows."""
    left = 0
    if before or edges[last] > room - 1:
        target = edges[first] - room // 3
        while left < first and edges[left] < target:
            left += 1
    cut_left = before or left > 0
    budget = room - cut_left
    right = len(shown)
    if after or edges[right] - edges[left] > budget:
        while right > left and edges[right] - edges[left] > budget - 1:
            right -= 1
        after = True
    text = ("…" if cut_left else "") + "".join(shown[left:right]) + ("…" if after else "")
    shift = cut_left - edges[left]
    begin = min(edges[first], edges[right]) + shift
    return _split_commands(text), begin, max(begin, min(edges[last], edges[right]) + shift)
