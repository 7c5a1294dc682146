"""``csvdecode``: comma-separated values as RFC 4180 and Go's strict reader have them."""

from __future__ import annotations

import re

from depcheck.terraform.functions.spec import Function, text
from depcheck.terraform.types import STRING, object_of
from depcheck.terraform.values import EvaluationError, TfValue, make_list, make_object, string, text_of

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BARE = re.compile(r"[^,\n]*")


def _records(source: str) -> list[list[str]]:
    source = source.replace("\r\n", "\n")
    records: list[list[str]] = []
    record: list[str] = []
    at, line = 0, 1
    while at < len(source):
        if not record and source[at] == "\n":
            at, line = at + 1, line + 1
            continue
        if source[at] == '"':
            found = _QUOTED.match(source, at)
            if found is None:
                raise EvaluationError(f'line {line} of the CSV has a " without an end', 0)
            field = found[1].replace('""', '"')
            following = source[found.end() : found.end() + 1]
            if following not in ("", ",", "\n"):
                raise EvaluationError(f'line {line} of the CSV has text behind a closing "', 0)
        else:
            found = _BARE.match(source, at)
            assert found is not None
            field = found[0]
            if '"' in field:
                raise EvaluationError(f'line {line} of the CSV has a " inside of a field without quotes', 0)
        record.append(field)
        line += found[0].count("\n")
        at = found.end()
        if source[at : at + 1] == ",":
            at += 1
            if at == len(source) or source[at] == "\n":
                record.append("")
            else:
                continue
        records.append(record)
        record = []
        if at < len(source):
            at, line = at + 1, line + 1
    return records + ([record] if record else [])


def _csv_decode(arguments: list[TfValue]) -> TfValue:
    records = _records(text_of(arguments[0]))
    if not records:
        raise EvaluationError("the CSV has no header line", 0)
    header = records[0]
    for position, name in enumerate(header):
        if name in header[:position]:
            raise EvaluationError(f"the CSV has two columns {name!r}", 0)
    rows: list[TfValue] = []
    for record in records[1:]:
        if len(record) != len(header):
            raise EvaluationError(f"a line of the CSV has {len(record)} fields, the header has {len(header)}", 0)
        rows.append(make_object(dict(zip(header, map(string, record), strict=True))))
    return make_list(object_of(dict.fromkeys(header, STRING)), rows)


FUNCTIONS = {"csvdecode": Function(_csv_decode, (text("str"),))}
