"""What is found: the place of a secret and what is known of it, never the secret itself."""

from __future__ import annotations

from depcheck.secrets.formats import Format

#: What a text of a provider's form turns out to be. Only ``secret`` is worth a report: ``public`` is made to be seen,
#: ``placeholder`` is filled in by hand, ``invalid`` fails the checksum that every real one passes.
VERDICTS = ("secret", "public", "placeholder", "invalid")


class Match:
    """A secret of a known form: characters from ``start`` up to, not including, ``end``.

    ``environment`` is ``live``, ``test`` or empty where the form does not tell. ``verified`` tells whether a checksum
    or a decoded content proves the form. ``shown`` is how many characters may be shown: the public prefix. ``expires``
    is the second since 1970 after which it is void, None where nothing tells.
    """

    __slots__ = ("end", "environment", "expires", "format", "kind", "shown", "start", "vendor", "verdict", "verified")

    def __init__(
        self,
        format: Format,
        start: int,
        end: int,
        *,
        vendor: str = "",
        kind: str = "",
        environment: str = "",
        verdict: str = "secret",
        verified: bool = False,
        shown: int = 0,
        expires: int | None = None,
    ) -> None:
        self.format = format
        self.start = start
        self.end = end
        self.vendor = vendor or format.vendor
        self.kind = kind or format.kind
        self.environment = environment
        self.verdict = verdict
        self.verified = verified
        self.shown = shown
        self.expires = expires

    def __repr__(self) -> str:
        return f"Match({self.format.id}, {self.start}..{self.end}, {self.verdict})"

    @property
    def id(self) -> str:
        """The id of the format."""
        return self.format.id

    @property
    def title(self) -> str:
        """Vendor, environment and kind as a message says them: ``Stripe live secret key``."""
        return " ".join(part for part in (self.vendor, self.environment, self.kind) if part)
