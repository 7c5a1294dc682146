"""From outcomes to findings: the message, the excerpt, the fingerprint. Secrets are masked here and nowhere later."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from depcheck.findings import Excerpt, Finding, Fix, Note, Violation
from depcheck.packs import Rule
from depcheck.patterns import Pattern
from depcheck.project.exposures import in_line
from depcheck.source import Edit, Span
from depcheck.values import Step

#: How many characters of a secret may be shown: its public prefix (``sk_live_``), never more.
MASK = "***"
#: A text of less characters is not looked for elsewhere.
_LEAST = 4
#: A text of so many characters that stands in a secret as well is a part of it …
_PART = 8
#: … and from this length also if it is made of lower-case letters alone.
_RUN = 12
#: Of a longer secret (a file in a variable) no more than its beginning is known by its parts.
_MOST_PARTS = 10_000
_PLACEHOLDER = Pattern(r"\{(\w+)\}")
_MAX_EXCERPT_LINES = 3
#: Longer lines (minified JSON) are not excerpted: the place is told, the line would be copied for every finding.
_MAX_EXCERPT_WIDTH = 2000


class Masker:
    """Knows every place and every text that must not be shown; ``texts`` are secrets as they are after decoding,
    ``named`` the places of values that a rule takes for secrets by their names alone: parts of such (the host of an
    address) may well be said elsewhere."""

    __slots__ = ("_heads", "_parts", "_places")

    def __init__(self, secrets: Iterable[Span], texts: Iterable[str] = (), named: Iterable[Span] = ()) -> None:
        places: dict[str, list[tuple[int, int]]] = {}
        texts = {text for text in texts if len(text) >= _LEAST}
        for span in secrets:
            places.setdefault(span.path, []).append((span.start, span.end))
            # Less than four characters are hidden where they stand only: they are a part of many other words.
            texts.update(part for part in [span.text, *span.text.splitlines()] if len(part.strip()) >= _LEAST)
        whole = set(texts)
        for span in named:
            places.setdefault(span.path, []).append((span.start, span.end))
            if len(span.text.strip()) >= _LEAST:
                whole.add(span.text)
        self._places = {path: _merged(found) for path, found in places.items()}
        # Each by its first characters, the longest first: a file may hold thousands, and a message is asked for all.
        self._heads: dict[str, list[str]] = {}
        for text in sorted(whole, key=lambda text: (-len(text), text)):
            self._heads.setdefault(text[:_LEAST], []).append(text)
        self._parts = {text[at : at + _PART] for text in texts for at in range(min(len(text), _MOST_PARTS) - _PART + 1)}

    def text(self, text: str) -> str:
        """A message or clause with every secret in it replaced, also one that was cut short there."""
        if self._heads:
            text = self._without_whole(text)
        for first, last in reversed(in_line(text)):
            text = text[:first] + MASK + text[last:]
        return self._without_parts(text) if self._parts else text

    def known(self, text: str) -> str:
        """A text with the known secrets and their parts replaced, whatever its names say of the others."""
        if self._heads:
            text = self._without_whole(text)
        return self._without_parts(text) if self._parts else text

    def _without_whole(self, text: str) -> str:
        heads, out, at, begin = self._heads, "", 0, 0
        while at + _LEAST <= len(text):
            secret = next((each for each in heads.get(text[at : at + _LEAST], ()) if text.startswith(each, at)), None)
            if secret is None:
                at += 1
                continue
            out += text[begin:at] + MASK
            at = begin = at + len(secret)
        return out + text[begin:]

    def _without_parts(self, text: str) -> str:
        """Without the runs that stand in a secret too. A short one of letters alone is a word, and stays."""
        parts, out, at, begin = self._parts, "", 0, 0
        while at + _PART <= len(text):
            if text[at : at + _PART] not in parts:
                at += 1
                continue
            end = at + _PART
            while end < len(text) and text[end - _PART + 1 : end + 1] in parts:
                end += 1
            run = text[at:end]
            if len(run) >= _RUN or not all(char.islower() or char in "-_. /:=" for char in run):
                out += text[begin:at] + MASK
                begin = end
            at = end
        return out + text[begin:]

    def line(self, span: Span, number: int) -> str:
        """A line of a source with the secrets that stand on it replaced."""
        source = span.source
        text = source.line(number)
        start = source.offset(number)
        places = self._places.get(span.path, [])
        # They are apart and in their order, so their ends are in order too.
        first = bisect_right(places, start, key=_end)
        last = bisect_right(places, start + len(text) - 1, key=_start)
        for begin, end in reversed(places[first:last]):
            text = text[: max(begin - start, 0)] + MASK + text[end - start :]
        return self.text(text)

    def span(self, span: Span) -> Span:
        """The place itself; kept as it is, because a place tells nothing about the secret but its length."""
        return span

    def steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Hops with their words masked."""
        return tuple(Step(self.text(step.words), step.span) for step in steps)


def _start(place: tuple[int, int]) -> int:
    return place[0]


def _end(place: tuple[int, int]) -> int:
    return place[1]


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in their order, those that overlap as one."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(places):
        if out and first < out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def finding(rule: Rule, severity: str, violation: Violation, masker: Masker) -> Finding:
    """What a report shows of one violation. The fingerprint is set by :func:`fingerprints`."""
    template = rule.messages.get(violation.variant) or rule.messages.get("", "") or rule.title
    message = masker.text(_fill(template, violation))
    fix = violation.fix
    if fix is not None:
        edits = [Edit(edit.span, masker.text(edit.replacement)) for edit in fix.edits]
        fix = Fix(masker.text(fix.title), edits, safe=fix.safe)
    return Finding(
        rule=rule.id,
        pack=rule.pack,
        title=rule.title,
        severity=severity,
        confidence=rule.confidence,
        message=message,
        span=violation.span,
        fingerprint="",
        environment=violation.environment,
        resource=violation.resource,
        related=[Note(masker.text(note.message), note.span) for note in violation.related],
        via=masker.steps(violation.via),
        excerpt=excerpt(violation.span, masker),
        controls=rule.controls,
        aliases=rule.aliases,
        fix=fix,
        # A check may know more of the repair than its rule: the narrower grant, the value that is missing.
        fix_text=_repair(rule, violation, masker),
        discriminator=masker.text(violation.discriminator),
    )


def _repair(rule: Rule, violation: Violation, masker: Masker) -> str:
    """The repair. What a rule says by itself holds no secret, and `id-token: write` in it is to be read as it is."""
    if "fix" in violation.words:
        return masker.text(str(violation.words["fix"]))
    text = _fill(rule.fix, violation)
    return text if text == rule.fix else masker.text(text)


def _fill(template: str, violation: Violation) -> str:
    """The template with its words filled in. Other braces are text (``${{ secrets.TOKEN }}``), and so is a placeholder
    that nothing fills, so that a wrong template is seen and never raises."""
    words: dict[str, object] = {
        "address": violation.resource or violation.span.path,
        "environment": violation.environment or "",
    }
    words |= violation.words
    return _PLACEHOLDER.sub(lambda match: str(words.get(match[1], match[0])), template)


def excerpt(span: Span, masker: Masker) -> Excerpt | None:
    """The first lines of a place, secrets masked; None where they are too long to show."""
    first = span.line
    last = max(first, min(span.end_line, first + _MAX_EXCERPT_LINES - 1))
    if any(len(span.source.line(number)) > _MAX_EXCERPT_WIDTH for number in range(first, last + 1)):
        return None
    return Excerpt([(number, masker.line(span, number)) for number in range(first, last + 1)])


def is_whole_file(span: Span) -> bool:
    """Whether a place is the first line only because the finding is about the file."""
    return span.start == 0 and span.end in (0, len(span.source.line(1)))


def fingerprints(found: list[Finding], discriminators: list[str]) -> None:
    """Give every finding an identity that survives edits elsewhere in the file: no line number is in it.

    It is made of the rule, the path, the resource's address, the environment, the discriminator and, where none of
    these names the subject, the masked text of the line; equal ones are numbered in their order.
    """
    if not found:
        return
    from hashlib import sha256

    seen: dict[str, int] = {}
    for item, discriminator in zip(found, discriminators, strict=True):
        named = item.resource or discriminator or is_whole_file(item.span)
        line = "" if named or item.excerpt is None else " ".join(item.excerpt.lines[0][1].split())
        parts = (item.rule, item.span.path, item.resource or "", item.environment or "", discriminator, line)
        key = "\0".join(parts)
        count = seen.get(key, 0)
        seen[key] = count + 1
        item.fingerprint = sha256(f"{key}\0{count}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
