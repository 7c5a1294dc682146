"""A judged row as data for reports. Secrets leave this module as ``***`` and a letter, never as they are."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from hmac import digest
from os import urandom

from depcheck.parity.given import place_of
from depcheck.parity.rows import Row, shown
from depcheck.parity.verdicts import Judged
from depcheck.project import Project
from depcheck.project.contract import is_placeholder
from depcheck.reporters.jsontext import location
from depcheck.values import Known, Unknown, Value

#: Longer values are cut.
_LIMIT = 200
_KEY = urandom(32)

Mask = Callable[[str], str]


def record(each: Judged, mask: Mask, project: Project) -> dict[str, object]:
    """A row as ``parity --format json`` has it."""
    row = each.row
    texts = texts_of(row, mask)
    return {
        "subject": mask(row.subject),
        "relation": row.relation.name,
        "verdict": each.verdict,
        "rule": each.findings[0].rule if each.findings else None,
        "severity": each.severity,
        "values": {
            environment: None
            if value is None
            else {"value": texts[environment], "location": location(place_of(value, environment, project))}
            for environment, value in row.values.items()
        },
    }


def texts_of(row: Row, mask: Mask) -> dict[str, str]:
    """The value of each environment as it may be shown; equal secrets of a row have the same letter."""
    letters: dict[bytes, str] = {}
    found: dict[str, str] = {}
    for environment, value in row.values.items():
        if value is None:
            continue
        text = shown(value)
        found[environment] = _masked(text, letters) if _is_hidden(row, value, text) else _cut(mask(text))
    return found


def _is_hidden(row: Row, value: Value, text: str) -> bool:
    if isinstance(value, Unknown) or not text:
        return False
    if isinstance(value, Known) and value.sensitive:
        return True
    return row.secret and not is_placeholder(text)


def _masked(text: str, letters: dict[bytes, str]) -> str:
    """``***`` with a letter. The hash is keyed anew in each run, so that nothing can be looked up by it."""
    key = digest(_KEY, text.encode("utf-8", "surrogatepass"), sha256)
    letter = letters.setdefault(key, chr(ord("a") + len(letters) % 26))
    return f"*** ({letter})"


def _cut(text: str) -> str:
    return text if len(text) <= _LIMIT else text[: _LIMIT - 1] + "…"
