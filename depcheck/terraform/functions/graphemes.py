"""Characters as a person counts them (extended grapheme clusters, Unicode TR 29), which Terraform's lengths count.

Python has no table of the grapheme break property; it is told here from general categories and the few ranges that
they do not tell.
"""

from __future__ import annotations

from unicodedata import category

_JOINER = 0x200D
# Pictographs that ZERO WIDTH JOINER glues together, by block.
_PICTOGRAPHS = (
    (0x00A9, 0x00A9),
    (0x00AE, 0x00AE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x21AA),
    (0x231A, 0x23FF),
    (0x24C2, 0x24C2),
    (0x25AA, 0x25FE),
    (0x2600, 0x27BF),
    (0x2934, 0x2935),
    (0x2B05, 0x2B55),
    (0x3030, 0x303D),
    (0x3297, 0x3299),
    (0x1F000, 0x1F1E5),
    (0x1F201, 0x1F3FA),
    (0x1F400, 0x1FAFF),
)


def clusters(text: str) -> list[str]:
    """The text cut into grapheme clusters."""
    if text.isascii() and "\r" not in text:
        return list(text)
    found: list[str] = []
    start = 0
    for at in range(1, len(text)):
        if _breaks(text, start, at):
            found.append(text[start:at])
            start = at
    if text:
        found.append(text[start:])
    return found


def count(text: str) -> int:
    """How many grapheme clusters the text has."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return len(clusters(text))


def _breaks(text: str, start: int, at: int) -> bool:
    """Whether a cluster that began at ``start`` ends before ``at``."""
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if before.isascii() and after.isascii():
        return True
    if _is_control(before) or _is_control(after):
        return True
    if _hangul_continues(before, after) or _extends(after):
        return False
    code = ord(after)
    if ord(before) == _JOINER and _is_pictograph(code):
        return not _pictograph_before(text, start, at - 1)
    if 0x1F1E6 <= code <= 0x1F1FF and 0x1F1E6 <= ord(before) <= 0x1F1FF:
        return (at - start) % 2 == 0
    return True


def _is_control(character: str) -> bool:
    kind = category(character)
    return kind in ("Cc", "Zl", "Zp") or (kind == "Cf" and ord(character) not in (_JOINER, 0x200C))


def _extends(character: str) -> bool:
    code = ord(character)
    if code in (_JOINER, 0x200C, 0xFF9E, 0xFF9F) or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return True
    return category(character) in ("Mn", "Me", "Mc")


def _is_pictograph(code: int) -> bool:
    return any(low <= code <= high for low, high in _PICTOGRAPHS)


def _pictograph_before(text: str, start: int, at: int) -> bool:
    while at > start and (_extends(text[at]) or ord(text[at]) == _JOINER):
        at -= 1
    return _is_pictograph(ord(text[at]))


def _hangul_continues(before: str, after: str) -> bool:
    a, b = ord(before), ord(after)
    if not 0x1100 <= b <= 0xD7FF:
        return False
    leading, vowel, trailing = 0x1100 <= a <= 0x115F, 0x1160 <= a <= 0x11A7, 0x11A8 <= a <= 0x11FF
    syllable = 0xAC00 <= a <= 0xD7A3
    if leading:
        return 0x1100 <= b <= 0x11A7 or 0xAC00 <= b <= 0xD7A3
    if vowel or (syllable and (a - 0xAC00) % 28 == 0):
        return 0x1160 <= b <= 0x11FF
    return (trailing or syllable) and 0x11A8 <= b <= 0x11FF
