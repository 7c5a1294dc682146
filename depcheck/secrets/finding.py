"""Finds secrets of known forms in texts and values: literals first, then the form, then what it proves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.patterns import Pattern
from depcheck.secrets import prefilter
from depcheck.secrets.checks import Learned, learn
from depcheck.secrets.formats import Format, Table, table
from depcheck.secrets.match import Match
from depcheck.secrets.names import gated_by
from depcheck.secrets.strength import is_filled_in

#: What follows the vendor's word in a name up to its value: ``_API_KEY="…``.
_ASSIGNMENT = Pattern(r"[\w.-]{0,60}[\"']?\]?[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4}[\"']?(?P<value>[^\s\"',;]{8,400})")
_NAME_CHARACTERS = Pattern(r"[\w.-]{0,60}\Z")
_SCHEME = Pattern(r"(?:bearer|token|basic|apikey)\s+", re.IGNORECASE)
#: Shorter values hold no secret of any format.
_SHORTEST = 16
_DATA = Pattern(r"[A-Za-z0-9+/]{40}")
#: What stands right ahead of an example of a form's field.
_FOR_EXAMPLE = Pattern(r"placeholder[\"']?[ \t]{0,4}[:=][ \t]{0,4}[{(]?[\"'`]?\Z", re.IGNORECASE)
#: Where a vendor signs each of its keys with its own number, Stripe does: ``51`` and the account.
_STRIPE = Pattern(r"51[A-Za-z0-9]{58,}|[A-Za-z0-9]{24}")


class _Candidate:
    """A text of a format's form: the whole of it, the secret in it, and how much the format is to be believed."""

    __slots__ = ("end", "format", "secret_end", "secret_start", "start", "weight")

    def __init__(self, format: Format, match: re.Match[str], weight: int) -> None:
        self.format = format
        self.weight = weight
        self.start, self.end = match.span()
        named = "secret" in match.re.groupindex
        self.secret_start, self.secret_end = match.span("secret") if named else match.span()


def find_in_value(text: str, key_path: str = "", *, little: bool = False) -> list[Match]:
    """The secrets in one value, which ``key_path`` introduces (``services.web.environment.SNYK_TOKEN``)."""
    if len(text) < _SHORTEST:
        return []
    known = table()
    candidates = list(_by_literals(text, known, little))
    gated = gated_by(key_path) if key_path else ()
    if gated:
        start, end = _core(text)
        for each in gated:
            match = each.pattern.fullmatch(text, start, end)
            if match is not None:
                candidates.append(_Candidate(each, match, 0 if each.prefixes else 2))
    if len(text) > 40 and ("=" in text or ":" in text):
        candidates += _by_names(text, known, little)
    return _matches(text, candidates) if candidates else []


def find_in_text(text: str, *, little: bool = False) -> list[Match]:
    """The secrets in a text of any kind, in the order in which they stand; ``little`` starts faster and searches
    slower."""
    known = table()
    return _matches(text, [*_by_literals(text, known, little), *_by_names(text, known, little)])


def _core(text: str) -> tuple[int, int]:
    """The value without blanks, quotes and the name of an authorization scheme around it."""
    start, end = 0, len(text)
    while start < end and text[start] in " \t\r\n\"'`":
        start += 1
    while end > start and text[end - 1] in " \t\r\n\"'`":
        end -= 1
    scheme = _SCHEME.match(text, start, end)
    return (scheme.end() if scheme else start), end


def _by_literals(text: str, known: Table, little: bool) -> Iterator[_Candidate]:
    done: dict[int, int] = {}
    for index, at in prefilter.searcher(known.literals, little)(text):
        for each in known.by_index[index]:
            if at < done.get(each.rank, 0):
                continue
            if each.beside:
                done[each.rank] = at + each.after
                yield from _beside(text, each, at)
                continue
            if each.needs is not None and not _has_need(text, each, at):
                continue
            match = _at_anchor(text, each, at) if each.anchor else each.pattern.match(text, at)
            if match is not None and not _within_data(text, match.start()):
                done[each.rank] = match.end()
                yield _Candidate(each, match, 1 if each.vendor else 3)


def _at_anchor(text: str, format: Format, at: int) -> re.Match[str] | None:
    for before in format.starts:
        if before <= at:
            match = format.pattern.match(text, at - before)
            if match is not None and match.end() > at:
                return match
    return None


def _has_need(text: str, format: Format, at: int) -> bool:
    return format.needs is None or format.needs.search(text, max(0, at - format.before), at + format.after) is not None


def _within_data(text: str, at: int) -> bool:
    """Whether a place is in the middle of a long run of base 64 (an image, a certificate), where any characters are."""
    return at > 40 and text[at - 1] in "+/" and _DATA.fullmatch(text, at - 40, at) is not None


def _beside(text: str, format: Format, at: int) -> Iterator[_Candidate]:
    """What stands near the anchor, in the same document."""
    if _has_need(text, format, at):
        for match in format.pattern.finditer(text, max(0, at - format.before), at + format.after):
            yield _Candidate(format, match, 0)


def _by_names(text: str, known: Table, little: bool) -> Iterator[_Candidate]:
    """Formats that need the vendor's name: it is in the name on the same line."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter of two characters in lower case: positions would shift
        lowered = "".join(each.lower() if each.isascii() else each for each in text)
    done = 0
    for _, at in sorted(
        set(prefilter.searcher(known.every_name if little else known.names, little)(lowered)), key=lambda hit: hit[1]
    ):
        if at < done:
            continue
        assignment = _ASSIGNMENT.match(text, at)
        if assignment is None:
            continue
        head = _NAME_CHARACTERS.search(text, max(0, at - 60), at)
        name = text[head.start() if head else at : assignment.start("value")]
        start, end = assignment.span("value")
        done = start
        for each in gated_by(name.rstrip(" \t\"':=>]")):
            match = each.pattern.fullmatch(text, start, end) or each.pattern.match(text, start, end)
            if match is not None:
                yield _Candidate(each, match, 0 if each.prefixes else 2)


def _matches(text: str, candidates: list[_Candidate]) -> list[Match]:
    """One match for each place: the most specific format speaks."""
    judged: list[tuple[_Candidate, Match]] = []
    for each in candidates:
        match = _judge(text, each)
        if match is not None:
            if match.vendor and each.weight == 3:
                each.weight = 1
            judged.append((each, match))
    judged.sort(key=_precedence)
    taken: list[tuple[int, int]] = []
    found: list[Match] = []
    for _, match in judged:
        if not any(match.start < end and start < match.end for start, end in taken):
            taken.append((match.start, match.end))
            found.append(match)
    found.sort(key=lambda match: match.start)
    _tell_clerk_from_stripe(text, found)
    return found


def _precedence(pair: tuple[_Candidate, Match]) -> tuple[int, int, int, bool, int]:
    """What vouches most for itself comes first; then what begins first, is longer, is proven, stands first."""
    candidate, match = pair
    length = candidate.end - candidate.start
    return candidate.weight, candidate.start, -length, not match.verified, candidate.format.rank


def _judge(text: str, candidate: _Candidate) -> Match | None:
    """What a candidate turns out to be; None where it is not of its format after all."""
    format, start, end = candidate.format, candidate.secret_start, candidate.secret_end
    secret = text[start:end]
    learned = learn(format.check, secret) if format.check else Learned()
    if learned is None:
        return None
    prefix = next((each for each in format.prefixes if text.startswith(each, candidate.start)), "")
    shown = len(prefix) if start == candidate.start else 0
    verdict = learned.verdict or ("public" if format.public or _is_shown(text, candidate) else "secret")
    example = _FOR_EXAMPLE.search(text, max(0, candidate.start - 30), candidate.start)
    if example or (verdict != "invalid" and format.single_line and not _is_drawn(format, secret[shown:], learned)):
        verdict = "placeholder"
    return Match(
        format,
        start,
        end,
        vendor=learned.vendor,
        kind=learned.kind,
        environment=learned.environment or format.environment_of(text[candidate.start : candidate.end]),
        verdict=verdict,
        verified=learned.verified,
        shown=shown,
        expires=learned.expires if format.until is None else _day_near(text, candidate),
    )


def _is_shown(text: str, candidate: _Candidate) -> bool:
    """Whether what stands around a token tells that it was made to be seen."""
    near, reach = candidate.format.public_near, candidate.format.before
    return near is not None and near.search(text, max(0, candidate.start - reach), candidate.end + reach) is not None


def _day_near(text: str, candidate: _Candidate) -> int | None:
    """The second at which the day ends that stands near a token as its last one."""
    from datetime import UTC, datetime

    format = candidate.format
    if format.until is None:
        return None
    day = format.until.search(text, max(0, candidate.start - format.before), candidate.end + format.after)
    try:
        return int(datetime.fromisoformat(day[1]).replace(tzinfo=UTC).timestamp()) + 86_400 if day is not None else None
    except ValueError:
        return None


def _is_drawn(format: Format, body: str, learned: Learned) -> bool:
    """Whether the part behind the prefix was drawn at random; what a checksum proves needs no such look."""
    if format.check == "jwt":
        return not is_filled_in(body.rpartition(".")[2], mixed=True)
    return learned.verified or not is_filled_in(body, mixed=format.one_alphabet)


def _tell_clerk_from_stripe(text: str, found: list[Match]) -> None:
    """Both begin ``sk_live_``: beside a publishable key of Clerk, what is not of Stripe's shape is Clerk's."""
    if not any(match.id == "clerk-publishable-key" for match in found):
        return
    clerk = table().get("clerk-secret-key")
    for index, match in enumerate(found):
        if match.id in ("stripe-live-secret-key", "stripe-test-secret-key"):
            body = text[match.start + match.shown : match.end]
            if 32 <= len(body) <= 64 and not _STRIPE.fullmatch(body):
                found[index] = Match(
                    clerk,
                    match.start,
                    match.end,
                    environment=match.environment,
                    verdict=match.verdict,
                    shown=match.shown,
                )
