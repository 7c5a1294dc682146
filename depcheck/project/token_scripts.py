"""What the JavaScript of ``actions/github-script`` does with the job's token, as far as its calls say so plainly."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern
from depcheck.project import token_table
from depcheck.project.token_table import Answer
from depcheck.project.token_uses import READABLE, Needs, Use, merge
from depcheck.source import Span

_EXPRESSION = Pattern(r"\$\{\{.*?\}\}", re.DOTALL)
_COMMENT = Pattern(r"(?m)^\s*//[^\n]*$|/\*[\s\S]*?\*/")
#: Names of the client in a script: not part of a path, an address or a bot's name.
_CLIENT = Pattern(r"(?<![\w./@:-])github(?![\w-]|\.com\b|\.dev\b)(?P<rest>(?:\??\.\w+){0,3})")
_CALL = Pattern(r"\??\.(?:rest\??\.)?(?P<name>\w+\??\.\w+)")
_PAGINATE = Pattern(r"github\.paginate(?:\.iterator)?\(\s*github\b")
_READS = Pattern(r"\w+\.(?:get|list|check|compare|download|render|search)[A-Z_]?\w*|search\.\w+|rateLimit\.\w+")
#: By these a script reaches other code, other clients or programs.
_BEYOND = Pattern(
    r"\brequire\((?!\s*[\"'](?:node:)?(?:fs|path|os|util|url|assert|crypto)(?:/promises)?[\"']\s*\))|\bimport\b|\bgetOctokit\b"
    r"|\bexec\b|\bspawn\b|\bfetch\(|\beval\(|\bFunction\(|\bOctokit\b|\bprocess\.env\b(?!\.\w)|\boctokit\b"
)
_LONGEST = 100_000


def read(script: str | None, mine: Answer, span: Span, needs: Needs) -> None:
    """Add what a script needs; ``mine`` says whether its client has the job's token."""
    if script is None or len(script) > _LONGEST:
        needs.open("*", "which script runs here is not decided", span)
        return
    text = _COMMENT.sub("", _EXPRESSION.sub("0", script))
    if "getIDToken" in text:
        merge(needs.may, {"id-token": "write"})
    if _BEYOND.search(text):
        needs.open("*", "the script reaches beyond itself", span)
        return
    if mine == "no":
        return
    tolerant = "catch" in text
    for client in _CLIENT.finditer(text):
        call = _CALL.fullmatch(client["rest"])
        if _PAGINATE.match(text, client.start()):
            continue  # what it goes through is a call of its own
        name = call["name"].replace("?", "") if call is not None else ""
        entry = token_table.of_call(name)
        if entry is None:
            if _READS.fullmatch(name):
                merge(needs.may, dict.fromkeys(READABLE, "read"))
                continue
            needs.open("*", f"what the script does with github{client['rest'][:40]} is not known", span)
            return
        shown = f"github.rest.{name}"
        if mine == "yes" and not tolerant:
            needs.need(entry.needs, shown, span)
            if entry.either:
                needs.either.append((entry.either, Use("write", shown, span)))
        for levels in (entry.needs, entry.may, entry.either):
            merge(needs.may, levels)
