"""The figures that estimates are made of: the rows of ``schemas/recovery-mechanisms.json`` and the assumptions.

Rows say what a mechanism covers, how much it loses and how it is restored. Assumptions are numbers that nobody
documents; each has a default in ``schemas/recovery-assumptions.json`` and a key in the policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from depcheck.data import load_json
from depcheck.policy.assumptions import Assumption, defaults
from depcheck.policy.words import parse_duration, parse_rate, show_duration, show_rate
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.values import Missing

_HOUR = 3_600
_REPLAYED = 24 * _HOUR
FILE = "recovery-mechanisms.json"


class Row:
    """One mechanism as the catalogue knows it. ``rpo`` is None where the configuration's own schedule decides."""

    __slots__ = ("confidence", "covers", "id", "lost", "note", "rpo", "rto", "sized", "sources", "stores", "title")

    def __init__(self, entry: Mapping[str, object]) -> None:
        self.id = str(entry["id"])
        self.title = str(entry["title"])
        self.covers = frozenset(_texts(entry["covers"]))
        self.stores = frozenset(_texts(entry.get("stores", [])))
        self.sources = tuple(_texts(entry["source"]))
        self.confidence = str(entry["confidence"])
        self.note = str(entry.get("note", ""))
        rpo = entry.get("rpo", "schedule")
        self.rpo: Term | None = _term("data that was not yet safe", rpo, self) if isinstance(rpo, dict) else None
        self.rto: object = entry["rto"]
        self.lost = Estimate([self.rpo] if self.rpo is not None else [])
        self.sized = isinstance(self.rto, list) and any(_is_sized(step) for step in self.rto)


class Assumptions:
    """The assumptions as the policy has them; the documented defaults where it says nothing."""

    __slots__ = ("_defaults", "_own", "_terms", "recoveries")

    def __init__(self, own: Mapping[str, float] | None = None) -> None:
        self._own = dict(own or {})
        self._defaults = _assumption_defaults()
        self._terms: dict[tuple[str, str, str], Term] = {}
        #: Recoveries that do not depend on the amount of data, by mechanism and circumstances.
        self.recoveries: dict[tuple[str, bool, float, bool], Estimate] = {}

    def own(self, key: str) -> bool:
        """Whether the policy says it."""
        return key in self._own

    def entry(self, key: str) -> Assumption:
        """What is documented about it."""
        return self._defaults[key]

    def value(self, key: str, variant: str = "") -> float:
        """Its typical value in seconds, bytes per second or as a factor."""
        if key in self._own:
            return self._own[key]
        entry = self._defaults[key]
        return entry.variants[variant] if variant else entry.typical

    def worst(self, key: str, variant: str = "") -> float:
        """Its worst value; the typical one where no bound is given."""
        if key in self._own or variant:
            return self.value(key, variant)
        return self._defaults[key].worst

    def duration(self, key: str, words: str = "", variant: str = "") -> Term:
        """A part of an estimate that takes as long as an assumption says."""
        made = self._terms.get((key, words, variant))
        if made is None:
            made = self._terms[key, words, variant] = Term(
                words or _WORDS.get(key, key),
                Interval.of(self.value(key, variant), self.worst(key, variant)),
                self._basis(key),
                source=self._defaults[key].source,
                assumption=key,
                variant=variant,
            )
        return made

    def moving(self, key: str, words: str, size: Range, *, variant: str = "", typically: bool = True) -> Term:
        """A part that takes as long as some amount of data at a rate; at worst only, where typically nothing waits."""
        rate = self.value(key, variant)
        worst = _at(size, rate)
        interval = Interval(worst if typically else Range(0.0), _at_most(size, rate))
        source = self._defaults[key].source
        return Term(words, interval, self._basis(key), source=source, assumption=key, variant=variant)

    def _basis(self, key: str) -> str:
        if key in self._own:
            return "declared"
        return "documented" if self._defaults[key].confidence == "high" else "assumed"

    def shown(self, key: str, variant: str = "") -> str:
        """Its value as a person writes it."""
        value = self.value(key, "" if self.own(key) else variant)
        unit = self._defaults[key].unit
        if unit == "rate":
            return show_rate(value)
        return show_duration(value) if unit == "duration" else f"{value:g}"


def _at(size: Range, rate: float) -> Range:
    return Range(size.low / rate, size.high / rate, size.missing)


def _at_most(size: Range, rate: float) -> Range:
    """At worst the data is as large as it can be, where that has a bound."""
    if size.high == UNBOUNDED:
        return _at(size, rate)
    return Range(size.high / rate)


_WORDS = {
    "detect": "until somebody notices",
    "decide": "until somebody decides",
    "cutover": "until clients use the new endpoint",
    "validate": "until it is known to be right",
    "infra.other_region": "the rest of the stack in another region",
    "provision.rds": "a new instance",
    "provision.aurora": "a new cluster and an instance in it",
    "provision.elasticache": "new cache nodes",
    "restore.dynamodb": "restore of the table",
    "restore.atlas": "restore of the cluster",
    "dns.ttl": "until clients ask for the address again",
}
_MOVED = {
    "restore.logical": "loading the dump",
    "restore.physical": "copying the backup back",
    "restore.efs": "restore of the files",
}


class Circumstances:
    """What the estimates of one store depend on: assumptions, whether an alarm tells of a loss, how much data there is
    (in bytes), and how far the snapshots are apart from which a log is replayed."""

    __slots__ = ("_backup", "_copying", "alarm", "assumptions", "replayed", "restored", "size", "sized")

    def __init__(
        self, assumptions: Assumptions, *, alarm: bool, size: Range, sized: bool, replayed: float = _REPLAYED
    ) -> None:
        self.assumptions = assumptions
        self.alarm = alarm
        self.size = size
        #: Whether the policy gives the size; else a backup is assumed to take ``backup.duration``.
        self.sized = sized
        self.replayed = replayed
        self.restored: dict[tuple[str, bool, bool], Estimate] = {}
        self._backup: Term | None = None
        self._copying: Term | None = None

    def replaying(self, gap: float) -> Circumstances:
        """The same where snapshots are so far apart."""
        closer = min(self.replayed, gap)
        return Circumstances(
            self.assumptions, alarm=self.alarm, size=self.size, sized=self.sized, replayed=min(closer, _REPLAYED)
        )

    def backup(self) -> Term:
        """How long a backup takes before it is usable: at worst, because typically the gap alone counts."""
        if self._backup is None:
            self._backup = self._backing_up()
        return self._backup

    def _backing_up(self) -> Term:
        if not self.sized:
            term = self.assumptions.duration("backup.duration")
            worst = term.interval.worst
            return Term(
                "the backup itself, before it is usable",
                Interval(Range(0.0), worst),
                term.basis,
                source=term.source,
                assumption="backup.duration",
            )
        return self.assumptions.moving(
            "backup.rate", "the backup itself, before it is usable", self.size, typically=False
        )

    def copying(self) -> Term:
        """How long a copy to another region takes, at worst."""
        if self._copying is None:
            self._copying = self._copied()
        return self._copying

    def _copied(self) -> Term:
        return self.assumptions.moving("copy.cross_region", "the copy to another region", self.size, typically=False)


def undocumented(id: str, title: str, *sources: str) -> Row:
    """A mechanism that the catalogue does not know, because the policy or the analysis itself says it."""
    return Row({"id": id, "title": title, "covers": [], "source": list(sources), "confidence": "high", "rto": []})


def row(id: str) -> Row:
    """A mechanism of the catalogue."""
    return _rows()[id]


def rows() -> Sequence[Row]:
    """All of them, in the order of the file."""
    return tuple(_rows().values())


def compute(id: str) -> Row:
    """What keeps a service running, by its id."""
    return _compute()[id]


def window(id: str) -> tuple[float, str]:
    """How late a mechanism may begin where the configuration does not say, in seconds, and the page that says so."""
    windows = _catalogue()["windows"]
    assert isinstance(windows, dict)
    return parse_duration(windows[id]["start_window"]), windows[id]["source"]


def recovery(rto: object, circumstances: Circumstances, mechanism: Row, *, same_region: bool = True) -> Estimate:
    """How long a recovery takes: a time of the service's own, or the steps of a recovery by hand."""
    if rto is not mechanism.rto or mechanism.sized:
        return _recovery(rto, circumstances, mechanism, same_region)
    key = (mechanism.id, circumstances.alarm, circumstances.replayed, same_region)
    known = circumstances.assumptions.recoveries.get(key)
    if known is None:
        known = _recovery(rto, circumstances, mechanism, same_region)
        circumstances.assumptions.recoveries[key] = known
    return known


def _recovery(rto: object, circumstances: Circumstances, mechanism: Row, same_region: bool) -> Estimate:
    if isinstance(rto, dict):
        return Estimate([_term(mechanism.title, rto, mechanism)])
    steps = rto if isinstance(rto, list) else []
    if not same_region and "infra.other_region" not in steps:
        at = next((index for index, step in enumerate(steps) if step in ("cutover", "validate")), len(steps))
        steps = [*steps[:at], "infra.other_region", *steps[at:]]
    return Estimate([_step(step, circumstances, mechanism) for step in steps])


def _is_sized(step: object) -> bool:
    """Whether a step takes as long as there is data."""
    if isinstance(step, dict):
        return "rate" in step
    return str(step).partition(":")[0] in ("restore.hydrate", *_MOVED)


def restore_of(type: str) -> list[object]:
    """How a recovery point of AWS Backup is restored, by the type of the resource."""
    restore = _catalogue()["restore"]
    assert isinstance(restore, dict)
    found = restore.get(type)
    return list(found) if isinstance(found, list) else ["detect", "decide", "cutover", "validate"]


def restored(type: str, circumstances: Circumstances, *, same_region: bool, replayed: bool = False) -> Estimate:
    """How long it takes to restore a recovery point; with a log to replay for continuous backups of RDS."""
    known = circumstances.restored.get((type, same_region, replayed))
    if known is None:
        steps = restore_of(type)
        if replayed and "provision.rds" in steps:
            at = steps.index("provision.rds") + 1
            steps = [*steps[:at], "replay", *steps[at:]]
        known = _recovery(steps, circumstances, row("backup-plan"), same_region)
        circumstances.restored[type, same_region, replayed] = known
    return known


def _step(step: object, circumstances: Circumstances, mechanism: Row) -> Term:
    assumptions = circumstances.assumptions
    if isinstance(step, dict):
        if "rate" in step:
            size = circumstances.size
            rate = parse_rate(str(step["rate"]))
            interval = Interval(_at(size, rate), _at_most(size, rate))
            return Term(str(step["words"]), interval, str(step["basis"]), source=mechanism.sources[0])
        return _term(str(step["words"]), step, mechanism)
    key, _, variant = str(step).partition(":")
    if key == "replay":
        factor = assumptions.value("replay.factor")
        interval = Interval.of(factor * circumstances.replayed / 2, factor * circumstances.replayed)
        entry = assumptions.entry("replay.factor")
        basis = "declared" if assumptions.own("replay.factor") else "assumed"
        since = show_duration(circumstances.replayed)
        words = f"replay of the log since the last snapshot, at most {since} of it"
        return Term(words, interval, basis, source=entry.source, assumption="replay.factor")
    if key == "restore.hydrate":
        return assumptions.moving(
            key, "reading the volume in, until it has its full speed", circumstances.size, typically=False
        )
    if key == "restore.glacier":
        return assumptions.duration(
            key, "taking it out of the archive", variant="" if assumptions.own(key) else variant
        )
    if key in _MOVED:
        return assumptions.moving(key, _MOVED[key], circumstances.size, variant=variant)
    if key == "detect":
        return assumptions.duration(key, variant="" if circumstances.alarm or assumptions.own(key) else "no_alarm")
    words = "an instance in it" if variant == "instance" else ""
    return assumptions.duration(key, words, variant="" if assumptions.own(key) else variant)


def _term(words: str, figure: Mapping[str, object], mechanism: Row) -> Term:
    typical = seconds(str(figure["typical"]))
    worst = seconds(str(figure.get("worst", figure["typical"])))
    basis = str(figure["basis"])
    return Term(
        words,
        Interval.of(typical, worst),
        basis,
        worst_basis=str(figure.get("worst_basis", basis)),
        source=mechanism.sources[0],
    )


def seconds(text: str) -> float:
    """A figure of the catalogue in seconds."""
    return UNBOUNDED if text == "unbounded" else parse_duration(text)


def unsized(name: str) -> Range:
    """Nothing is known of how much data a store holds."""
    return Range(0.0, UNBOUNDED, (Missing(name),))


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, object]:
    return load_json("schemas", FILE)


@lru_cache(maxsize=1)
def _assumption_defaults() -> dict[str, Assumption]:
    return defaults()


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Row]:
    return _read("entries")


@lru_cache(maxsize=1)
def _compute() -> Mapping[str, Row]:
    return _read("compute")


def _read(name: str) -> Mapping[str, Row]:
    entries = _catalogue()[name]
    assert isinstance(entries, list)
    return {str(entry["id"]): Row(entry) for entry in entries}


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
