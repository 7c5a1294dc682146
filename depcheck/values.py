"""Three states of a value: known, unknown with its reason, absent.

None of them has a truth value and none compares, so that code which forgets a state fails at the desk and not at a
user. Match on the class instead::

    match db.get("multi_az"):
        case Known(value=False) | Absent() as found: ...
        case Unknown() as open_question: ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Known | Unknown | Absent"


class Step:
    """One hop on the way to a value: ``variable retention, production.tfvars``, and where it stands."""

    __slots__ = ("span", "words")

    def __init__(self, words: str, span: Span | None = None) -> None:
        self.words = words
        self.span = span


class Missing:
    """A name whose value would decide an unknown (``var.retention``), and where it is asked for or declared."""

    __slots__ = ("name", "span")

    def __init__(self, name: str, span: Span | None = None) -> None:
        self.name = name
        self.span = span


class _NoVerdict:
    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a value has no truth value: match on Known, Unknown or Absent")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("values do not compare: match on Known, Unknown or Absent")

    __hash__ = None  # type: ignore[assignment]


class Known(_NoVerdict):
    """A value that the configuration decides.

    ``value`` is a scalar, a list of values or a dict of values. ``span`` is the place of the value itself, ``key`` the
    place of the key or name that introduces it, ``via`` the hops it was followed through. ``document`` is what a text
    was encoded from (``jsonencode({...})``), part by part with the places in the configuration. ``rest`` is what any
    other entry of a map is that has more entries than are known (``merge(var.unknown, {a = 1})``).
    """

    __slots__ = ("document", "key", "rest", "sensitive", "span", "value", "via")
    __match_args__ = ("value",)

    def __init__(
        self,
        value: Scalar | list[Value] | dict[str, Value],
        span: Span,
        *,
        via: tuple[Step, ...] = (),
        key: Span | None = None,
        sensitive: bool = False,
        document: Value | None = None,
        rest: Unknown | None = None,
    ) -> None:
        self.rest = rest
        self.value = value
        self.span = span
        self.via = via
        self.key = key
        self.sensitive = sensitive
        self.document = document

    def __repr__(self) -> str:
        return f"Known({self.value!r} at {self.span!r})"

    def get(self, *path: str | int) -> Value:
        """Follow keys and positions; what is not there is :class:`Absent` at the nearest place that is."""
        return _follow(self, path)

    def items(self) -> Iterator[tuple[str, Value]]:
        """The entries of a map; none for anything else."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def elements(self) -> Sequence[Value]:
        """The elements of a list; a scalar or a map is a list of one; null is empty."""
        if isinstance(self.value, list):
            return self.value
        return () if self.value is None else (self,)


#: Stands in an outline for a part of a text that is not decided.
OPEN = "\ufffc"


class Unknown(_NoVerdict):
    """A value that the configuration does not decide, and why.

    ``reason`` is a lower-case clause (``var.retention has no value in staging``). ``missing`` names what would decide
    it. ``refers`` is the address of the resource when the value is known to be that resource's own identity
    (``aws_s3_bucket.logs`` for ``aws_s3_bucket.logs.id``), so that references can be followed without a value.
    ``outline`` is the text of a string that is decided in part, with :data:`OPEN` for each part that is not, so that a
    rule can tell that ``arn:aws:s3:::${var.bucket}/*`` is not ``*``; None where nothing of it is decided. ``document``
    is what a text was encoded from, as :attr:`Known.document` is.
    """

    __slots__ = ("document", "key", "missing", "outline", "reason", "refers", "sensitive", "span")
    __match_args__ = ("reason",)

    def __init__(
        self,
        reason: str,
        span: Span,
        *,
        missing: tuple[Missing, ...] = (),
        refers: str | None = None,
        key: Span | None = None,
        sensitive: bool = False,
        outline: str | None = None,
        document: Value | None = None,
    ) -> None:
        self.reason = reason
        self.span = span
        self.missing = missing
        self.refers = refers
        self.key = key
        self.sensitive = sensitive
        self.outline = outline
        self.document = document

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r} at {self.span!r})"

    def get(self, *path: str | int) -> Value:
        """A part of something unknown is unknown for the same reason."""
        return self

    def items(self) -> Iterator[tuple[str, Value]]:
        """None are known."""
        return iter(())

    def elements(self) -> Sequence[Value]:
        """One element that is unknown."""
        return (self,)


class Absent(_NoVerdict):
    """Nothing was given; ``span`` is where the missing thing is reported."""

    __slots__ = ("key", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.key: Span | None = None

    def __repr__(self) -> str:
        return f"Absent(at {self.span!r})"

    def get(self, *path: str | int) -> Value:
        """A part of something absent is absent."""
        return self

    def items(self) -> Iterator[tuple[str, Value]]:
        """There are none."""
        return iter(())

    def elements(self) -> Sequence[Value]:
        """There are none."""
        return ()


def _follow(value: Value, path: tuple[str | int, ...]) -> Value:
    for part in path:
        if not isinstance(value, Known):
            return value
        inner = value.value
        found: Value | None = None
        if isinstance(inner, dict):
            if isinstance(part, str):
                found = inner.get(part, value.rest)
        elif isinstance(part, int) and isinstance(inner, list) and -len(inner) <= part < len(inner):
            found = inner[part]
        if found is None:
            return Absent(value.key or value.span)
        value = found
    return value


def string(value: Value) -> str | None:
    """The text of a known string, else None."""
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


def scalar_text(value: Value) -> str | None:
    """A known scalar as configuration would write it (``true``, ``5432``), else None."""
    if not isinstance(value, Known) or isinstance(value.value, (list, dict)) or value.value is None:
        return None
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return str(value.value)


def switch(value: Value) -> Value:
    """A known "true" or "false" as the switch that Terraform converts it to (a variable without a type is a text)."""
    if isinstance(value, Known) and isinstance(value.value, str) and value.value.lower() in ("true", "false"):
        on = value.value.lower() == "true"
        return Known(on, value.span, via=value.via, key=value.key, sensitive=value.sensitive)
    return value


def plain(value: Value, *, depth: int = 64) -> object:
    """The value as ordinary Python data, for printing and hashing; unknown and absent parts become marker dicts."""
    if isinstance(value, Absent) or depth <= 0:
        return None
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    inner = value.value
    if isinstance(inner, dict):
        return {name: plain(item, depth=depth - 1) for name, item in inner.items()}
    if isinstance(inner, list):
        return [plain(item, depth=depth - 1) for item in inner]
    return inner
