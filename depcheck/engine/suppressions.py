"""Comments that say why a finding does not count: depcheck's own, and the peers' on the rules that name them.

Own: ``# depcheck: ignore[rule-id, other] reason until=2027-01-31`` on the line or on the line above (above a block's
header it covers the block). The reason is required.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from depcheck.findings import Suppression
from depcheck.model import Comment
from depcheck.source import Span

_OWN = re.compile(r"depcheck:\s*ignore(?P<file>-file)?\s*(?:\[(?P<rules>[^\]]*)\])?\s*(?P<reason>.*)", re.IGNORECASE)
_UNTIL = re.compile(r"\buntil[=:]\s*(?P<date>\S+)")


class Peer:
    """How another tool writes a suppression: its id list is in ``ids``; none means every rule of that tool."""

    __slots__ = ("regex", "tool", "whole_block")

    def __init__(self, tool: str, regex: str, *, whole_block: bool = False) -> None:
        self.tool = tool
        self.regex = re.compile(regex, re.IGNORECASE)
        self.whole_block = whole_block


#: Syntax from each tool's own documentation.
PEERS = (
    Peer("checkov", r"checkov:skip=(?P<ids>[\w,\s-]+?)(?::(?P<reason>.*))?$", whole_block=True),
    Peer("trivy", r"(?:trivy|tfsec):ignore:(?P<ids>[\w*-]+(?:,[\w*-]+)*)(?P<reason>.*)$", whole_block=True),
    Peer("kics", r"kics-scan\s+ignore-(?:line|block)(?P<ids>)(?P<reason>.*)$", whole_block=True),
    Peer("hadolint", r"hadolint\s+(?:global\s+)?ignore=(?P<ids>[\w,\s]+?)(?:\s*#(?P<reason>.*))?$"),
    Peer("zizmor", r"zizmor:\s*ignore\[(?P<ids>[^\]]*)\](?P<reason>.*)$"),
    Peer("gitleaks", r"(?:gitleaks|betterleaks):allow(?P<ids>)(?P<reason>.*)$"),
    Peer("detect-secrets", r"pragma:\s*allowlist(?:\s+nextline)?\s+secret(?P<ids>)(?P<reason>.*)$"),
    Peer("kingfisher", r"kingfisher:ignore(?P<ids>)(?P<reason>.*)$"),
    Peer("dclint", r"dclint\s+disable-(?:next-)?line(?P<ids>[\w\s,-]*)(?P<reason>)$"),
    Peer("dotenv-linter", r"dotenv-linter:off\s*(?P<ids>[\w\s,]*)(?P<reason>)$"),
)


class Ignore:
    """One suppression comment. ``used`` is set when a finding was suppressed by it."""

    __slots__ = ("first", "ids", "last", "path", "reason", "span", "tool", "until", "used", "whole_block", "whole_file")

    def __init__(
        self,
        span: Span,
        tool: str,
        ids: tuple[str, ...],
        reason: str,
        *,
        until: str | None = None,
        whole_block: bool = False,
        whole_file: bool = False,
    ) -> None:
        self.span = span
        self.path = span.path
        self.first = span.line
        self.last = _line_after(span)
        self.tool = tool
        self.ids = ids
        self.reason = reason
        self.until = until
        self.whole_block = whole_block
        self.whole_file = whole_file
        self.used = False

    def covers(self, rule: str, aliases: dict[str, list[str]], place: Span, extent: Span | None) -> bool:
        """Whether a finding of a rule at a place, inside a block, is meant."""
        if place.path != self.path or not self._names(rule, aliases):
            return False
        if self.whole_file:
            return True
        if self.first <= place.line <= self.last:
            return True
        if extent is None or extent.path != self.path:
            return False
        if extent.line == self.last and self.last > self.first:
            return True
        return self.whole_block and extent.line <= self.first <= extent.end_line

    def _names(self, rule: str, aliases: dict[str, list[str]]) -> bool:
        if self.tool == "depcheck":
            return rule in self.ids
        own = aliases.get(self.tool)
        if not own:
            return False
        if not self.ids:
            return True
        wanted = {_plain_id(each) for each in self.ids}
        return any(_plain_id(each) in wanted for each in own)

    def suppression(self) -> Suppression:
        """What the report says of it."""
        kind = "inline" if self.tool == "depcheck" else "peer"
        return Suppression(kind, self.reason, span=self.span, tool=self.tool, until=self.until)


def _plain_id(text: str) -> str:
    return text.lower().removeprefix("avd-").replace("_", "-")


def _line_after(span: Span) -> int:
    """A comment alone on its line speaks for the next line that is no comment, too."""
    line = span.line
    source = span.source
    before = source.line(line)[: span.column - 1].strip()
    if before and not _only_marker(before):
        return line
    following = line + 1
    while following <= source.line_count and _is_comment(source.line(following)):
        following += 1
    return following


def _only_marker(text: str) -> bool:
    return text in ("#", "//", "/*", "<!--")


def _is_comment(text: str) -> bool:
    return text.lstrip().startswith(("#", "//")) or not text.strip()


def read(comments: Iterable[Comment]) -> tuple[list[Ignore], list[tuple[Span, str]]]:
    """The suppressions in some comments, and the places of malformed ones with what is wrong."""
    found: list[Ignore] = []
    malformed: list[tuple[Span, str]] = []
    for comment in comments:
        text = comment.text.strip()
        own = _OWN.search(text)
        if own:
            _read_own(comment.span, own, found, malformed)
            continue
        for peer in PEERS:
            match = peer.regex.search(text)
            if match:
                ids = tuple(re.split(r"[,\s]+", match.group("ids").strip())) if match.group("ids").strip() else ()
                reason = (match.group("reason") or "").strip(" :#-")
                found.append(Ignore(comment.span, peer.tool, ids, reason, whole_block=peer.whole_block))
                break
    return found, malformed


def _read_own(span: Span, match: re.Match[str], found: list[Ignore], malformed: list[tuple[Span, str]]) -> None:
    ids = tuple(part.strip() for part in (match.group("rules") or "").split(",") if part.strip())
    reason = match.group("reason").removesuffix("*/").removesuffix("-->").strip()
    until = None
    dated = _UNTIL.search(reason)
    if dated:
        until = dated.group("date").rstrip(".,;")
        reason = (reason[: dated.start()] + reason[dated.end() :]).strip()
        try:
            date.fromisoformat(until)
        except ValueError:
            malformed.append((span, f'"{until}" is no date; write until=YYYY-MM-DD'))
            return
    if not ids:
        malformed.append((span, "it names no rule; write ignore[rule-id] and the reason"))
    elif not reason:
        malformed.append((span, "it gives no reason; write why after the bracket"))
    else:
        found.append(Ignore(span, "depcheck", ids, reason, until=until, whole_file=bool(match.group("file"))))
