"""Comments that say why a finding does not count: depcheck's own, and the peers' on the rules that name them.

Own: ``# depcheck: ignore[rule-id, other] reason until=2027-01-31`` on the line or on the line above (above a block's
header it covers the block). The reason is required.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from depcheck.engine.blocks import Blocks
from depcheck.findings import Suppression
from depcheck.model import Comment
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, string

_OWN = Pattern(r"depcheck:\s*ignore(?P<file>-file)?\s*(?:\[(?P<rules>[^\]]*)\])?\s*(?P<reason>.*)", re.IGNORECASE)
_UNTIL = Pattern(r"\buntil(?:[=:]\s*(?P<date>\S+)|\s+(?P<day>\d{4}-\d{2}-\d{2})\b)")
# Most comments are no suppressions, and are asked this only.
_WORTH = Pattern(r"ignore|skip=|allow|pragma|disable-|linter:off", re.IGNORECASE)
_EXPIRES = Pattern(r":exp:(?P<date>\d{4}-\d{2}-\d{2})")

#: How many suppressions a file may have, and how many lines of comments may follow one before what it speaks for: the
#: cost of a file must stay in proportion to its length.
MOST, _MOST_BETWEEN = 1000, 50

#: What a comment speaks for: its line and what begins on the next; the whole of a block whose header it stands beside;
#: the resource or the step that it stands in; its own line, or the next, and no more; the file.
BELOW, HEADER, RESOURCE, STEP, LINE, NEXT, FILE = "below", "header", "resource", "step", "line", "next", "file"


class Peer:
    """How another tool writes a suppression: its id list is in ``ids``; none, or ``*``, means every rule of it."""

    __slots__ = ("reach", "regex", "tool")

    def __init__(self, tool: str, regex: str, reach: str) -> None:
        self.tool = tool
        self.regex = Pattern(regex, re.IGNORECASE | re.MULTILINE)
        self.reach = reach


#: Syntax and reach from each tool's own documentation.
PEERS = (
    Peer("checkov", r"(?:checkov|bridgecrew):skip=(?P<ids>[\w,\s-]+?)(?::(?P<reason>.*))?$", RESOURCE),
    Peer(
        "trivy", r"(?:trivy|tfsec):ignore:(?P<ids>[\w*-]+(?:,[\w*-]+)*)(?P<reason>(?:(?!(?:trivy|tfsec):).)*)", HEADER
    ),
    Peer("kics", r"kics-scan\s+ignore-(?:line|block)(?P<ids>)(?P<reason>.*)$", BELOW),
    Peer("hadolint", r"hadolint\s+ignore=(?P<ids>[\w,\s]+?)(?:\s*#(?P<reason>.*))?$", BELOW),
    Peer("hadolint", r"hadolint\s+global\s+ignore=(?P<ids>[\w,\s]+?)(?:\s*#(?P<reason>.*))?$", FILE),
    Peer("zizmor", r"zizmor:\s*ignore\[(?P<ids>[^\]]*)\](?P<reason>.*)$", STEP),
    Peer("gitleaks", r"(?:gitleaks|betterleaks):allow(?P<ids>)(?P<reason>.*)$", LINE),
    Peer("detect-secrets", r"pragma:\s*(?:allow|white)list\s+secret(?P<ids>)(?P<reason>.*)$", LINE),
    Peer("detect-secrets", r"pragma:\s*(?:allow|white)list\s+nextline\s+secret(?P<ids>)(?P<reason>.*)$", NEXT),
    Peer("kingfisher", r"kingfisher:ignore(?P<ids>)(?P<reason>.*)$", LINE),
    Peer("dclint", r"dclint\s+disable-line(?P<ids>[\w\s,-]*)(?P<reason>)$", LINE),
    Peer("dclint", r"dclint\s+disable-next-line(?P<ids>[\w\s,-]*)(?P<reason>)$", NEXT),
    Peer("dotenv-linter", r"dotenv-linter:off\s*(?P<ids>[\w\s,]*)(?P<reason>)$", BELOW),
)


class Ignore:
    """One suppression comment. ``used`` is set when a finding was suppressed by it."""

    __slots__ = ("_own_line", "first", "ids", "last", "path", "reach", "reason", "span", "tool", "until", "used")

    def __init__(
        self,
        span: Span,
        tool: str,
        ids: tuple[str, ...],
        reason: str,
        *,
        until: str | None = None,
        reach: str = BELOW,
    ) -> None:
        self.span = span
        self.path = span.path
        self.first = span.line
        self._own_line = _stands_alone(span)
        self.last = _line_after(span) if self._own_line else span.line
        self.tool = tool
        self.ids = ids
        self.reason = reason
        self.until = until
        self.reach = reach
        self.used = False

    def covers(self, rule: str, aliases: dict[str, list[str]], place: Span, blocks: Blocks) -> bool:
        """Whether a finding of a rule at a place is meant."""
        return place.path == self.path and self._names(rule, aliases) and self._reaches(place, blocks)

    def _reaches(self, place: Span, blocks: Blocks) -> bool:
        line = place.line
        if self.reach == FILE:
            return True
        if self.reach == NEXT:
            return line == self.span.end_line + 1
        if self.reach == LINE:
            # A secret of several lines may have the comment on any of them.
            return line <= self.first <= place.end_line or (self._own_line and line == self.last)
        if self.first <= line <= self.last:
            return True
        header = self.last if self._own_line else self.first
        if (self._own_line or self.reach == HEADER) and header <= line <= blocks.end(self.path, header):
            return True
        if self.reach == RESOURCE:
            return any(_both(lines, self.first, line) for lines in blocks.resources(self.path))
        if self.reach == STEP:
            around = next((each for each in blocks.steps(self.path) if each[0] <= line <= each[1]), (line, line))
            return _both(around, self.first, line)
        return False

    def _names(self, rule: str, aliases: dict[str, list[str]]) -> bool:
        if self.tool == "depcheck":
            return rule in self.ids
        own = aliases.get(self.tool)
        if not own:
            return False
        if not self.ids or "*" in self.ids:
            return True
        wanted = {_plain_id(each) for each in self.ids}
        return any(_plain_id(each) in wanted for each in own)

    def ended(self, today: str) -> bool:
        """Whether it does not count any more."""
        return self.until is not None and self.until < today

    def suppression(self) -> Suppression:
        """What the report says of it."""
        kind = "inline" if self.tool == "depcheck" else "peer"
        return Suppression(kind, self.reason, span=self.span, tool=self.tool, until=self.until)


def _both(lines: tuple[int, int], one: int, other: int) -> bool:
    return lines[0] <= one <= lines[1] and lines[0] <= other <= lines[1]


def _plain_id(text: str) -> str:
    return text.lower().removeprefix("avd-").replace("_", "-")


def _stands_alone(span: Span) -> bool:
    """Whether nothing but the comment stands on its line."""
    before = span.source.line(span.line)[: span.column - 1].strip()
    return not before or _only_marker(before)


def _line_after(span: Span) -> int:
    """The next line after a comment that is no comment."""
    source = span.source
    following = span.end_line + 1
    limit = min(source.line_count, following + _MOST_BETWEEN)
    while following <= limit and _is_comment(source.line(following)):
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
    seen: set[Span] = set()
    for comment in comments:
        if not _WORTH.search(comment.text) or comment.span in seen:
            continue
        seen.add(comment.span)
        text = comment.text.strip()
        own = _OWN.search(text)
        if own:
            _read_own(comment.span, own, found, malformed)
        else:
            for peer in PEERS:
                for match in peer.regex.finditer(text):
                    found.append(_of_peer(comment.span, peer, match["ids"], match["reason"] or ""))
        if len(found) > MOST:
            malformed.append((comment.span, f"this file has more than {MOST:,}; write an exception in the policy"))
            return found[:MOST], malformed
    return found, malformed


def _of_peer(span: Span, peer: Peer, ids: str, reason: str) -> Ignore:
    expires = _EXPIRES.match(reason)
    if expires:
        reason = reason[expires.end() :]
    names = tuple(re.split(r"[,\s]+", ids.strip())) if ids.strip() else ()
    until = expires["date"] if expires else None
    return Ignore(span, peer.tool, names, reason.strip(" :#-"), until=until, reach=peer.reach)


def in_templates(project: Project) -> Iterator[Ignore]:
    """What CloudFormation templates say in a resource's ``Metadata``, since JSON has no comments."""
    for file in project.facts.files:
        if file.kind != "cloudformation" or not isinstance(file.tree, Known):
            continue
        resources = file.tree.get("Resources")
        for resource in (
            resources.value.values() if isinstance(resources, Known) and isinstance(resources.value, dict) else ()
        ):
            skips = resource.get("Metadata", "checkov", "skip") if isinstance(resource, Known) else None
            for skip in skips.value if isinstance(skips, Known) and isinstance(skips.value, list) else ():
                name = string(skip.get("id")) if isinstance(skip, Known) else None
                if name and isinstance(skip, Known):
                    reason = string(skip.get("comment")) or ""
                    yield Ignore(skip.span, "checkov", (name,), reason, reach=RESOURCE)


def _read_own(span: Span, match: re.Match[str], found: list[Ignore], malformed: list[tuple[Span, str]]) -> None:
    ids = tuple(part.strip() for part in (match.group("rules") or "").split(",") if part.strip())
    reason = match.group("reason").removesuffix("*/").removesuffix("-->").strip()
    until = None
    dated = _UNTIL.search(reason)
    if dated:
        until = dated["day"] or dated["date"].rstrip(".,;")
        reason = (reason[: dated.start()] + reason[dated.end() :]).strip()
        if not _is_day(until):
            malformed.append((span, f'"{until}" is no date; write until=YYYY-MM-DD'))
            return
    if not ids:
        malformed.append((span, "it names no rule; write ignore[rule-id] and the reason"))
    elif not reason:
        malformed.append((span, "it gives no reason; write why after the bracket"))
    else:
        found.append(Ignore(span, "depcheck", ids, reason, until=until, reach=FILE if match.group("file") else BELOW))


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
