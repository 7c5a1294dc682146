"""The baseline: findings that were there before. Sorted, one line each, without line numbers and times, so that two
branches merge."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.findings import Finding


class BaselineError(Exception):
    """The file is no baseline; one sentence with the next step."""


def render(findings: Iterable[Finding]) -> str:
    """The text of ``.depcheck-baseline.json``."""
    import json

    rows = sorted({(item.span.path, item.rule, item.fingerprint) for item in findings})
    lines = [
        json.dumps({"path": path, "rule": rule, "fingerprint": mark}, ensure_ascii=False) for path, rule, mark in rows
    ]
    return '{"version": 1, "findings": [\n' + ",\n".join(lines) + ("\n" if lines else "") + "]}\n"


def read(path: str, text: str) -> frozenset[str]:
    """The fingerprints in a baseline.

    Raises:
        BaselineError: the text is not one.
    """
    import json

    try:
        loaded = json.loads(text)
        entries = loaded["findings"]
        if loaded["version"] != 1:
            raise BaselineError(f"{path}: written by a newer depcheck; write it again with `depcheck baseline`")
        return frozenset(str(entry["fingerprint"]) for entry in entries)
    except (ValueError, KeyError, TypeError) as error:
        raise BaselineError(f"{path}: not a baseline; write it with `depcheck baseline`") from error
