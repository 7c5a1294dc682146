"""Whether a glob of the policy means an address: with and without its module path, with and without its indexes."""

from __future__ import annotations

from fnmatch import fnmatchcase

from depcheck.patterns import Pattern

# A key may hold dots, brackets and escaped quotes.
_INDEX = Pattern(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')
_MODULES = Pattern(rf"(?:module\.[^.\[]+(?:{_INDEX.pattern})*\.)+")


def matches(address: str, glob: str) -> bool:
    """Whether a glob means an address."""
    pattern = glob.replace("[", "[[]")
    return any(fnmatchcase(form, pattern) for form in forms(address))


def forms(address: str) -> list[str]:
    """The ways to write an address that a person may choose from."""
    last = _MODULES.sub("", address, count=1) if address.startswith("module.") else address
    found = [address, last]
    for each in (address, last):
        indexes = list(_INDEX.finditer(each))
        if indexes:
            found.append(_INDEX.sub("", each))
            if indexes[-1].end() == len(each):
                found.append(each[: indexes[-1].start()])
    return list(dict.fromkeys(found))
