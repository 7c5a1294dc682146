"""What checks yield, what a report shows.

A check yields :class:`Violation`, :class:`Held` and :class:`Undetermined` outcomes: places and the words for the rule's
message, no prose and no severities. The engine joins them with their rule into a :class:`Finding`, an :class:`Evidence`
or an :class:`OpenQuestion`; secrets are masked there, so no reporter can print one.
"""

from __future__ import annotations

from depcheck.source import Edit, Span
from depcheck.values import Absent, Known, Missing, Step, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

SEVERITIES = ("critical", "high", "medium", "low", "info")
CONFIDENCES = ("high", "medium", "low")
Place: TypeAlias = Span | Known | Unknown | Absent


class Note:
    """A related place with its own clause (``the bucket is defined here``)."""

    __slots__ = ("message", "span")

    def __init__(self, message: str, span: Span) -> None:
        self.message = message
        self.span = span


class Fix:
    """A repair: a title, edits, and whether it keeps behaviour that somebody may rely on."""

    __slots__ = ("edits", "safe", "title")

    def __init__(self, title: str, edits: list[Edit], *, safe: bool) -> None:
        self.title = title
        self.edits = edits
        self.safe = safe


class Violation:
    """The configuration does not do what the rule asks.

    ``words`` fill the placeholders of the rule's message; ``fix`` among them is told instead of the rule's own fix.
    ``variant`` chooses among several messages of a rule.
    ``secrets`` are places whose text must never be shown. ``discriminator`` goes into the fingerprint where one subject
    can have several findings of one rule at different values; it must not be a position or a secret.
    """

    __slots__ = (
        "discriminator",
        "environment",
        "fix",
        "related",
        "resource",
        "secrets",
        "severity",
        "span",
        "variant",
        "via",
        "words",
    )

    def __init__(
        self,
        place: Place,
        *,
        resource: str | None = None,
        environment: str | None = None,
        related: list[Note] | None = None,
        fix: Fix | None = None,
        variant: str = "",
        secrets: list[Span] | None = None,
        severity: str | None = None,
        discriminator: str = "",
        words: dict[str, object] | None = None,
    ) -> None:
        self.span = span_of(place)
        self.via: tuple[Step, ...] = place.via if isinstance(place, Known) else ()
        self.resource = resource
        self.environment = environment
        self.related = related or []
        self.fix = fix
        self.variant = variant
        self.secrets = secrets or []
        self.severity = severity
        self.discriminator = discriminator
        self.words = words or {}


class Held:
    """The configuration does what the rule asks; ``evidence`` is the clause that an auditor takes home."""

    __slots__ = ("environment", "evidence", "resource", "span")

    def __init__(
        self, place: Place, evidence: str, *, resource: str | None = None, environment: str | None = None
    ) -> None:
        self.span = span_of(place)
        self.evidence = evidence
        self.resource = resource
        self.environment = environment


class Undetermined:
    """The configuration does not decide what the rule asks."""

    __slots__ = ("environment", "missing", "reason", "resource", "span")

    def __init__(
        self,
        value: Unknown | None = None,
        *,
        place: Place | None = None,
        reason: str = "",
        missing: tuple[Missing, ...] = (),
        resource: str | None = None,
        environment: str | None = None,
    ) -> None:
        where = place if place is not None else value
        if where is None:
            raise TypeError("an undetermined outcome needs a value or a place")
        self.span = span_of(where)
        self.reason = reason or (value.reason if value is not None else "")
        self.missing = missing or (value.missing if value is not None else ())
        self.resource = resource
        self.environment = environment


Outcome: TypeAlias = Violation | Held | Undetermined


def span_of(place: Place) -> Span:
    """The span of a place."""
    return place if isinstance(place, Span) else place.span


def raised(error: BaseException) -> str:
    """Which exception came from which line of code. Its message is left out, because it may quote a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


def shown(value: Value) -> str:
    """A value as a message shows it: strings in quotes, at most 60 characters; sensitive values as ``***``."""
    if isinstance(value, Absent):
        return "not set"
    if isinstance(value, Unknown):
        return f"unknown ({value.reason})"
    if value.sensitive:
        return "***"
    inner = value.value
    if inner is None:
        return "null"
    if isinstance(inner, bool):
        return "true" if inner else "false"
    if isinstance(inner, (int, float)):
        return str(inner)
    if isinstance(inner, str):
        return f'"{inner if len(inner) <= 60 else inner[:57] + "…"}"'
    return f"{len(inner)} entries" if isinstance(inner, dict) else f"{len(inner)} elements"


class Excerpt:
    """The lines of a finding as a report shows them, secrets masked. ``lines`` are ``(number, text)``."""

    __slots__ = ("lines",)

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.lines = lines


class Finding:
    """One finding as reports show it; every text in it is already masked."""

    __slots__ = (
        "aliases",
        "confidence",
        "controls",
        "discriminator",
        "environment",
        "excerpt",
        "fingerprint",
        "fix",
        "fix_text",
        "message",
        "pack",
        "related",
        "resource",
        "rule",
        "severity",
        "span",
        "suppression",
        "title",
        "via",
    )

    def __init__(
        self,
        *,
        rule: str,
        pack: str,
        title: str,
        severity: str,
        confidence: str,
        message: str,
        span: Span,
        fingerprint: str,
        environment: str | None = None,
        resource: str | None = None,
        related: list[Note] | None = None,
        via: tuple[Step, ...] = (),
        excerpt: Excerpt | None = None,
        controls: tuple[str, ...] = (),
        aliases: dict[str, list[str]] | None = None,
        fix: Fix | None = None,
        fix_text: str = "",
        suppression: Suppression | None = None,
        discriminator: str = "",
    ) -> None:
        self.discriminator = discriminator
        self.rule = rule
        self.pack = pack
        self.title = title
        self.severity = severity
        self.confidence = confidence
        self.message = message
        self.span = span
        self.fingerprint = fingerprint
        self.environment = environment
        self.resource = resource
        self.related = related or []
        self.via = via
        self.excerpt = excerpt
        self.controls = controls
        self.aliases = aliases or {}
        self.fix = fix
        self.fix_text = fix_text
        self.suppression = suppression


class Suppression:
    """Why a finding is not counted. ``kind`` is ``inline``, ``policy``, ``baseline`` or ``peer``; ``tool`` names the
    peer whose comment was honoured; ``span`` is the place of the comment or the policy entry."""

    __slots__ = ("kind", "reason", "span", "tool", "until")

    def __init__(
        self, kind: str, reason: str, *, span: Span | None = None, tool: str = "depcheck", until: str | None = None
    ) -> None:
        self.kind = kind
        self.reason = reason
        self.span = span
        self.tool = tool
        self.until = until


class Evidence:
    """A rule that found what it asked for."""

    __slots__ = ("environment", "evidence", "resource", "rule", "span")

    def __init__(self, rule: str, span: Span, evidence: str, environment: str | None, resource: str | None) -> None:
        self.rule = rule
        self.span = span
        self.evidence = evidence
        self.environment = environment
        self.resource = resource


class OpenQuestion:
    """A rule that could not be decided, and what would decide it."""

    __slots__ = ("environment", "missing", "reason", "resource", "rule", "severity", "span")

    def __init__(
        self,
        rule: str,
        severity: str,
        span: Span,
        reason: str,
        missing: tuple[Missing, ...],
        environment: str | None,
        resource: str | None,
    ) -> None:
        self.rule = rule
        self.severity = severity
        self.span = span
        self.reason = reason
        self.missing = missing
        self.environment = environment
        self.resource = resource


class Skipped:
    """A file that was not read, and why (``binary``, ``larger than 5 MiB`` …)."""

    __slots__ = ("path", "reason")

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason


class ReadError:
    """A file, or a part of one, that could not be read; or, with ``internal``, a check that raised."""

    __slots__ = ("internal", "message", "path", "span")

    def __init__(self, path: str, message: str, span: Span | None = None, *, internal: bool = False) -> None:
        self.path = path
        self.message = message
        self.span = span
        self.internal = internal


class RuleInfo:
    """What a report tells about a rule that was run."""

    __slots__ = (
        "aliases",
        "confidence",
        "controls",
        "fix",
        "id",
        "pack",
        "profile",
        "references",
        "severity",
        "title",
        "why",
    )

    def __init__(
        self,
        *,
        id: str,
        pack: str,
        title: str,
        severity: str,
        confidence: str,
        why: str,
        fix: str,
        profile: str = "default",
        controls: tuple[str, ...] = (),
        aliases: dict[str, list[str]] | None = None,
        references: tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.pack = pack
        self.title = title
        self.severity = severity
        self.confidence = confidence
        self.why = why
        self.fix = fix
        self.profile = profile
        self.controls = controls
        self.aliases = aliases or {}
        self.references = references


class Report:
    """The result of a scan, deterministic in its order. ``files`` were judged; ``by_kind`` counts them by format."""

    __slots__ = (
        "by_kind",
        "environments",
        "errors",
        "fail_on",
        "files",
        "findings",
        "notices",
        "passed",
        "policy",
        "resources",
        "rules",
        "skipped",
        "suppressed",
        "unknown",
    )

    def __init__(
        self,
        *,
        files: int,
        resources: int,
        rules: list[RuleInfo],
        findings: list[Finding],
        unknown: list[OpenQuestion],
        passed: list[Evidence],
        suppressed: list[Finding],
        skipped: list[Skipped],
        errors: list[ReadError],
        by_kind: dict[str, int] | None = None,
        environments: list[str] | None = None,
        policy: str | None = None,
        fail_on: str = "medium",
        notices: list[str] | None = None,
    ) -> None:
        self.files = files
        self.resources = resources
        self.rules = rules
        self.findings = findings
        self.unknown = unknown
        self.passed = passed
        self.suppressed = suppressed
        self.skipped = skipped
        self.errors = errors
        self.by_kind = by_kind or {}
        self.environments = environments or []
        self.policy = policy
        self.fail_on = fail_on
        self.notices = notices or []

    def counts(self) -> dict[str, int]:
        """How many findings of each severity."""
        counted = dict.fromkeys(SEVERITIES, 0)
        for finding in self.findings:
            counted[finding.severity] += 1
        return counted
