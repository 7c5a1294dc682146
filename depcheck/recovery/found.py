"""A mechanism as it is found in a configuration, and the words in which the modules that find them ask."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model import Resource
from depcheck.recovery import figures, places
from depcheck.recovery.figures import Circumstances, Row
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.lookup import Lookup, Scope, scope_of
from depcheck.recovery.places import Place
from depcheck.recovery.plans import Plans
from depcheck.recovery.replicas import Replication, circles, replications
from depcheck.recovery.stores import Store
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text

YES, NO, OPEN = "yes", "no", "open"
DAY = 86_400
HOUR = 3_600
MINUTE = 60
FOREVER = Range(UNBOUNDED)
SAME_REGION = "the copy is in the store's own region"
SWITCHED_OFF = "it is switched off"
ONCE = "it is made once, when the configuration is applied, and not by a schedule"
UNVERSIONED = "AWS Backup needs versioning, which is not on"
GOVERNED = "governance mode is lifted by whoever has s3:BypassGovernanceRetention"
#: What makes a mechanism no help against some loss and may be meant so; all other reasons are defects.
CHOICES = frozenset({SAME_REGION, SWITCHED_OFF, ONCE, GOVERNED})


class Mechanism:
    """One way to bring a store back.

    ``losses`` are those that it helps against, ``rpo`` and ``rto`` how much is lost and how long it takes, ``kept`` how
    far back it reaches. ``exists`` is open where the configuration does not decide whether it is there; ``missing``
    names what would. What is ``defeated`` is told and not counted. ``span`` is the place that makes it.
    """

    __slots__ = (
        "defeated",
        "exists",
        "id",
        "kept",
        "kept_in",
        "losses",
        "missing",
        "row",
        "rpo",
        "rto",
        "span",
        "words",
    )

    def __init__(
        self,
        row: Row,
        span: Span,
        rpo: Estimate,
        rto: Estimate,
        *,
        losses: Iterable[str] | None = None,
        kept: Range = FOREVER,
        exists: str = YES,
        missing: tuple[Missing, ...] = (),
        defeated: Iterable[tuple[str, Span]] = (),
        words: str = "",
        kept_in: str = "",
    ) -> None:
        self.id = row.id
        #: Of dumps: the kind of place where they end.
        self.kept_in = kept_in
        self.row = row
        self.span = span
        self.rpo = rpo
        self.rto = rto
        self.losses = frozenset(losses) if losses is not None else row.covers
        self.kept = kept
        self.exists = exists
        self.missing = missing
        self.defeated = list(defeated)
        #: What it is in this configuration (``cron(0 5 ? * * *)``), empty where its title says all.
        self.words = words

    def __repr__(self) -> str:
        return f"Mechanism({self.id}, {sorted(self.losses)}, {self.exists})"


class Answer:
    """What the configuration says to a yes-or-no question; ``missing`` where it leaves it open."""

    __slots__ = ("missing", "span", "state")

    def __init__(self, state: str, span: Span, missing: tuple[Missing, ...] = ()) -> None:
        self.state = state
        self.span = span
        self.missing = missing


class Surroundings:
    """What is read once for all stores of a project."""

    __slots__ = ("circles", "lookup", "plans", "replications")

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.plans = Plans(lookup)
        self.replications: dict[tuple[Scope, str], list[Replication]] = {}
        for each in replications(lookup):
            self.replications.setdefault((scope_of(each.source), each.source.address), []).append(each)
        #: Replicas (by identity) that have no source, because they are each other's.
        self.circles = {id(each): circle for circle in circles(lookup) for each in circle}


class Context:
    """One store and everything that its mechanisms are looked for in."""

    __slots__ = ("circumstances", "place", "resource", "store", "surroundings")

    def __init__(
        self, store: Store, resource: Resource, surroundings: Surroundings, circumstances: Circumstances
    ) -> None:
        self.store = store
        self.resource = resource
        self.surroundings = surroundings
        self.circumstances = circumstances
        self.place: Place = places.place_of(resource, surroundings.lookup.project)

    @property
    def lookup(self) -> Lookup:
        """Which resource refers to which."""
        return self.surroundings.lookup

    @property
    def plans(self) -> Plans:
        """The backup plans of the project."""
        return self.surroundings.plans

    def make(
        self,
        id: str,
        span: Span,
        *,
        losses: Iterable[str] | None = None,
        rpo: Estimate | None = None,
        rto: Estimate | None = None,
        kept: Range = FOREVER,
        answer: Answer | None = None,
        defeated: Iterable[tuple[str, Span]] = (),
        words: str = "",
    ) -> Mechanism:
        """A mechanism with the catalogue's figures where none are given; ``answer`` says whether it is there."""
        row = figures.row(id)
        return Mechanism(
            row,
            span,
            rpo if rpo is not None else row.lost,
            rto if rto is not None else figures.recovery(row.rto, self.circumstances, row),
            losses=losses,
            kept=kept,
            exists=answer.state if answer is not None else YES,
            missing=answer.missing if answer is not None else (),
            defeated=defeated,
            words=words,
        )

    def related(self, type_: str, by: str, target: Resource | None = None) -> list[Resource]:
        """The resources of a type that refer to the store, or to another target."""
        return self.lookup.related(target or self.resource, type_, by).found

    def other_region(self, resource: Resource) -> str:
        """Whether a resource is in another region than the store."""
        return places.other_region(self.place, places.place_of(resource, self.lookup.project))


def is_on(value: Value, resource: Resource | None = None, *, default: bool = False) -> Answer:
    """Whether a switch is on; what is not given is off, or what ``default`` says."""
    span = value.span
    if isinstance(value, Unknown):
        return Answer(OPEN, span, value.missing or (Missing(value.reason, span),))
    text = scalar_text(value)
    if text is None:
        return Answer(YES if default else NO, resource.span if resource is not None else span)
    return Answer(YES if text.lower() in ("true", "enabled") else NO, span)


def number(value: Value) -> float | None:
    """A known number, also one that is written as text."""
    text = scalar_text(value)
    try:
        found = float(text) if text is not None else None
    except ValueError:
        return None
    return found if found is not None and abs(found) < 1e12 else None


def days_kept(value: Value, *, most: float | None = None, noun: str) -> tuple[Range, Answer, list[tuple[str, Span]]]:
    """How long something is kept that a number of days says: none at 0, unknown where it is open; more than the
    service allows, and less than nothing, are no retention at all."""
    span = value.span
    if isinstance(value, Unknown):
        missing = value.missing or (Missing(value.reason, span),)
        high = most * DAY if most is not None else UNBOUNDED
        return Range(0.0, high, missing), Answer(OPEN, span, missing), []
    days = number(value)
    if days is None or days == 0:
        return Range(0.0), Answer(NO, span), []
    if days < 0:
        return Range(0.0), Answer(YES, span), [(f"{noun} is {days:g}, which is no retention", span)]
    if most is not None and days > most:
        words = f"{noun} is {days:g}, and {most:g} days are the most that the service allows"
        return Range(0.0), Answer(YES, span), [(words, span)]
    return Range(days * DAY), Answer(YES, span), []


def both(*answers: Answer) -> Answer:
    """Whether all hold: no if one does not, else open if one is."""
    for state in (NO, OPEN):
        for answer in answers:
            if answer.state == state:
                missing = tuple(each for other in answers if other.state == OPEN for each in other.missing)
                return Answer(state, answer.span, missing if state == OPEN else ())
    return answers[0]


def scheduled(
    words: str, gap: float, context: Context, *, window: Range | None, window_words: str, window_source: str, late: str
) -> Estimate:
    """The data that is lost with a schedule: typically its longest gap; at worst also until a run begins and ends."""
    terms = [Term(words, Interval.of(gap), "configured")]
    if window is not None and (window.high or window.low):
        basis = late
        terms.append(Term(window_words, Interval(Range(0.0), window), basis, source=window_source))
    terms.append(context.circumstances.backup())
    return Estimate(terms)


def given(value: Value) -> bool:
    """Whether something is written that is not null."""
    return not isinstance(value, Absent) and not (isinstance(value, Known) and value.value is None)


def span_of(value: Value, resource: Resource) -> Span:
    """The place of a value; the resource's where it is a default or missing."""
    if isinstance(value, Absent) or (isinstance(value, Known) and value.key is None and value.via):
        return resource.span
    return value.span
