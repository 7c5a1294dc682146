"""What each store can reach against each kind of loss, and whether that is what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.model import Resource
from depcheck.policy import precedence
from depcheck.policy.precedence import Target
from depcheck.policy.vocabulary import LOSSES
from depcheck.project import promises
from depcheck.recovery import dumps, figures, intervals, mechanisms, said
from depcheck.recovery.dump_commands import DumpJob
from depcheck.recovery.figures import Assumptions, Circumstances
from depcheck.recovery.found import OPEN, YES, Context, Mechanism, Surroundings, number
from depcheck.recovery.intervals import AT_RISK, BREACHED, MET, UNKNOWN, UNRECOVERABLE, Range
from depcheck.recovery.jobs import jobs_of
from depcheck.recovery.lookup import Lookup
from depcheck.recovery.stores import Store, named_volumes, stores_of
from depcheck.source import Span
from depcheck.values import Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project

NO_TARGET = "no_target"
#: From the best to the worst, by how severe a report calls them.
VERDICTS = (MET, UNKNOWN, AT_RISK, BREACHED, UNRECOVERABLE, NO_TARGET)
#: Losses against which only history helps, so that it matters how long it is kept.
HISTORY = frozenset({"deletion", "destroy", "account"})
_ALARMS = ("aws_cloudwatch_metric_alarm", "aws_route53_health_check", "aws_cloudwatch_composite_alarm")
_GIB = 1024**3
_NOTHING = Target(None, None, None)


class Change:
    """The smallest change that was found to help: where, from what, to what, and the verdict after it. ``literal`` is
    what is to be written at the place where that is all of it; empty for a change that is more than that."""

    __slots__ = ("after", "before", "literal", "span", "verdict")

    def __init__(self, span: Span, before: str, after: str, verdict: str, literal: str = "") -> None:
        self.literal = literal
        self.span = span
        self.before = before
        self.after = after
        self.verdict = verdict


class Assessment:
    """The verdict on one store in one environment against one loss.

    ``mechanism`` is the one that decides it, ``considered`` are all that help against the loss, defeated ones too.
    ``loss`` is None for a store that nothing promises. ``span`` is where the store stands, ``notes`` are what a person
    ought to know besides.
    """

    __slots__ = (
        "change",
        "considered",
        "environment",
        "loss",
        "mechanism",
        "missing",
        "notes",
        "span",
        "store",
        "target",
        "verdict",
    )

    def __init__(
        self,
        store: Store,
        loss: str | None,
        verdict: str,
        target: Target,
        *,
        mechanism: Mechanism | None = None,
        considered: Sequence[Mechanism] = (),
        missing: tuple[Missing, ...] = (),
        notes: Sequence[str] = (),
        change: Change | None = None,
    ) -> None:
        self.store = store
        self.environment = store.environment
        self.loss = loss
        self.verdict = verdict
        self.target = target
        self.mechanism = mechanism
        self.considered = list(considered)
        self.missing = missing
        self.notes = list(notes)
        self.span = store.span
        self.change = change

    def __repr__(self) -> str:
        return f"Assessment({self.store.name} {self.environment} {self.loss}: {self.verdict})"


class Judged:
    """What a set of mechanisms is worth against a target: the verdict, the mechanism that decides, what is missing.

    ``possible`` are the best and the worst verdict that it can turn out to be, as places in ``intervals.ORDER``.
    """

    __slots__ = ("mechanism", "missing", "possible", "verdict")

    def __init__(
        self,
        verdict: str,
        mechanism: Mechanism | None,
        missing: tuple[Missing, ...] = (),
        possible: tuple[int, int] = (3, 3),
    ) -> None:
        self.verdict = verdict
        self.mechanism = mechanism
        self.missing = missing
        self.possible = possible


class Survey:
    """Everything that is known of a project's stores, looked up once: their mechanisms, and what the policy says."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.lookup = Lookup(project)
        self.surroundings = Surroundings(self.lookup)
        self.stores = stores_of(project, self.lookup)
        self.jobs: list[DumpJob] = jobs_of(self.lookup)
        own = project.policy.recovery.assumptions if project.policy is not None else {}
        self.assumptions = Assumptions(own)
        self._circumstances: dict[int, Circumstances] = {}
        self._mechanisms: dict[int, list[Mechanism]] = {}
        self._rivals: dict[int, list[Store]] = {}
        self._missed: dict[int, list[str]] = {}
        self._alarmed = {each.environment for name in _ALARMS for each in project.of_type(name) if each.kind != "data"}

    def circumstances(self, store: Store) -> Circumstances:
        """What the estimates of a store depend on."""
        found = self._circumstances.get(id(store))
        if found is None:
            size, sized = self._size(store)
            alarm = store.environment in self._alarmed
            found = Circumstances(self.assumptions, alarm=alarm, size=size, sized=sized)
            self._circumstances[id(store)] = found
        return found

    def _size(self, store: Store) -> tuple[Range, bool]:
        policy = self.project.policy
        promise = precedence.data_size(policy, store.promised, store.environment)
        if promise is not None:
            return Range(float(promise.value)), True
        words = f"recovery.stores.{store.promised}.data_size" if store.promised else f"the data size of {store.name}"
        most = _capacity(store.resource) if store.resource is not None else None
        if most is not None:
            return Range(0.0, most, (Missing(words, store.span),)), False
        return figures.unsized(words), False

    def raw_copies(self) -> Iterator[tuple[DumpJob, Store]]:
        """Jobs that copy the files of a database while it runs, and the database."""
        for job in self.jobs:
            if job.engine != "volume" or job.beside is None:
                continue
            for store in self.stores:
                resource = store.resource
                if resource is None or resource.type != "compose_service" or store.kind != "database":
                    continue
                if resource.environment != job.beside.environment or dumps.stops(resource):
                    continue
                if set(named_volumes(job.beside)) & set(named_volumes(resource)):
                    yield job, store

    def context(self, store: Store, resource: Resource) -> Context:
        """The store with everything that its mechanisms are looked for in."""
        return Context(store, resource, self.surroundings, self.circumstances(store))

    def mechanisms(self, store: Store, resource: Resource | None = None) -> list[Mechanism]:
        """The mechanisms of a store; of another state of its resource, where one is given."""
        if resource is None and id(store) in self._mechanisms:
            return self._mechanisms[id(store)]
        subject = resource or store.resource
        found = mechanisms.of(self.context(store, subject)) if subject is not None else []
        circumstances = self.circumstances(store)
        found += dumps.of_store(store, self.jobs, self.rivals, self.lookup, circumstances)
        found += said.mechanisms(store, self.project, circumstances)
        if resource is None:
            self._mechanisms[id(store)] = found
        return found

    def missed(self, resource: Resource) -> list[str]:
        """Why selections of backup plans do not take a store in."""
        found = self._missed.get(id(resource))
        if found is None:
            found = [words for words, _ in self.surroundings.plans.missed(resource)]
            self._missed[id(resource)] = found
        return found

    def rivals(self, job: DumpJob) -> list[Store]:
        """The stores that a job could be a dump of; those that it names, where it names any."""
        found = self._rivals.get(id(job))
        if found is None:
            found = self._rivals[id(job)] = dumps.rivals(job, self.stores, self.project)
        return found


def _capacity(resource: Resource) -> float | None:
    """The most that a store can hold, in bytes, where its resource says it."""
    names = {
        "aws_db_instance": ("allocated_storage", "max_allocated_storage"),
        "aws_ebs_volume": ("size",),
        "aws_fsx_windows_file_system": ("storage_capacity",),
        "aws_fsx_ontap_file_system": ("storage_capacity",),
        "aws_fsx_openzfs_file_system": ("storage_capacity",),
        "aws_fsx_lustre_file_system": ("storage_capacity",),
    }
    amounts = [number(resource.get(name)) for name in names.get(resource.type, ())]
    sizes = [each for each in amounts if each is not None and each > 0]
    return max(sizes) * _GIB if sizes else None


def assess(project: Project, survey: Survey | None = None) -> list[Assessment]:
    """The verdicts on every store and service of a project, in the order in which they stand."""
    from depcheck.recovery import changes, services

    survey = survey or Survey(project)
    found: list[Assessment] = []
    for store in survey.stores:
        for assessment in assess_store(store, survey):
            if assessment.verdict in (AT_RISK, BREACHED, UNRECOVERABLE, UNKNOWN):
                assessment.change = changes.least(assessment, survey)
            found.append(assessment)
    found += services.assess(survey)
    return found


def assess_store(store: Store, survey: Survey) -> Iterator[Assessment]:
    """The verdicts on one store; one record without a loss where nothing is promised."""
    policy = survey.project.policy
    targets = {loss: precedence.target(policy, store.promised, store.environment, loss) for loss in LOSSES}
    judged = precedence.losses(policy, store.promised, store.environment)
    anything = any(targets[loss].promised for loss in judged) or _names_losses(store, survey.project)
    if not is_promised(store, survey.project) or not anything:
        yield Assessment(store, None, NO_TARGET, _NOTHING)
        return
    available = survey.mechanisms(store)
    for loss in judged:
        yield assess_loss(store, loss, targets[loss], available, survey)


def _names_losses(store: Store, project: Project) -> bool:
    """Whether the policy says of the store itself against what it must come back, with figures or without."""
    entry = project.policy.recovery.stores.get(store.promised or "") if project.policy is not None else None
    if entry is None:
        return False
    there = entry.by_environment.get(store.environment or "")
    return bool(entry.against or (there is not None and there.against))


def is_promised(store: Store, project: Project) -> bool:
    """Whether the policy's promises hold for a store where it runs."""
    policy = project.policy
    if policy is None:
        return False
    if store.promised is None and store.resource is not None and promises.is_sample(store.resource):
        return False
    if store.promised is None and store.kind == "queue":
        # What passes through is seldom kept; a queue is a store of data where the policy says so.
        return False
    holds = precedence.promised_environments(policy, store.promised, project.environments)
    return store.environment is None or store.environment in holds


def assess_loss(store: Store, loss: str, target: Target, available: Sequence[Mechanism], survey: Survey) -> Assessment:
    """The verdict on one store against one loss."""
    considered = [each for each in available if loss in each.losses]
    measured, notes = said.evidence(store, loss, considered, survey.project)
    if measured is not None:
        best = judge([each for each in considered if not each.defeated], target, loss)
        drilled = said.drilled(measured, best.mechanism, considered, survey.project)
        judged = judge([drilled], target, loss)
        considered = [drilled, *considered]
    else:
        judged = judge(considered, target, loss)
    notes = [*notes, *said.expired(store, loss, survey.project)]
    if judged.verdict == UNRECOVERABLE and loss in HISTORY and store.resource is not None:
        notes += survey.missed(store.resource)
    if judged.verdict == UNRECOVERABLE and store.resource is None:
        words = f"what brings {store.name} back (recovery.declared or recovery.evidence)"
        judged = Judged(UNKNOWN, None, (Missing(words, store.span),))
    return Assessment(
        store,
        loss,
        judged.verdict,
        target,
        mechanism=judged.mechanism,
        considered=considered,
        missing=judged.missing,
        notes=notes,
    )


def judge(considered: Iterable[Mechanism], target: Target, loss: str) -> Judged:
    """The verdict on a set of mechanisms against one loss: that of the best of them.

    What is open about a mechanism may turn out well or badly, so each has a best and a worst possible verdict. The best
    of the best ones and the best of the worst ones are what the set can turn out to be; where they are one verdict, it
    is that one, else it is unknown. Where even the best is a breach, it is breached.
    """
    everything = [each for each in considered if loss in each.losses]
    counted = [each for each in everything if not each.defeated]
    if not counted:
        return Judged(UNRECOVERABLE, next(iter(everything), None))
    turned = [(possible_on(each, target, loss), each) for each in counted]
    best, worst = min(at[0] for at, _ in turned), min(at[1] for at, _ in turned)
    if best == worst or best == intervals.grade(BREACHED):
        verdict = intervals.ORDER[best]
        # What is certain decides it where it can; else what can be no worse.
        group = [each for at, each in turned if at == (best, worst)] or [each for at, each in turned if at[0] == best]
    else:
        verdict = UNKNOWN
        group = [each for at, each in turned if at[0] == best and at[1] > best]
    chosen = group[0] if len(group) == 1 else min(group, key=lambda each: _rank(each, target, loss))
    missing = missing_for(chosen, target, loss) if verdict == UNKNOWN else ()
    return Judged(verdict, chosen, missing, (best, worst))


def verdict_on(mechanism: Mechanism, target: Target, loss: str) -> str:
    """The verdict on one mechanism by itself: RPO, RTO and, where history counts, retention together."""
    best, worst = possible_on(mechanism, target, loss)
    return intervals.ORDER[best] if best == worst or best == intervals.grade(BREACHED) else UNKNOWN


def possible_on(mechanism: Mechanism, target: Target, loss: str) -> tuple[int, int]:
    """The best and the worst verdict that one mechanism can turn out to be, as places in ``intervals.ORDER``."""
    best = worst = 0
    if target.rpo is not None:
        best, worst = intervals.possible(mechanism.rpo.interval, target.rpo.value)
    if target.rto is not None:
        one, other = intervals.possible(mechanism.rto.interval, target.rto.value)
        best, worst = max(best, one), max(worst, other)
    if target.retention is not None and loss in HISTORY:
        one, other = intervals.possible_kept(mechanism.kept, target.retention.value)
        best, worst = max(best, one), max(worst, other)
    # Whether it is there at all is open: then it may be nothing.
    return best, intervals.grade(UNRECOVERABLE) if mechanism.exists == OPEN else worst


def _rank(mechanism: Mechanism, target: Target, loss: str) -> tuple[float, ...]:
    """How good a mechanism is for a target among those of one verdict; the smaller the better."""
    excess = 0.0
    for estimate, promise in ((mechanism.rpo, target.rpo), (mechanism.rto, target.rto)):
        if promise is not None:
            excess += _excess(estimate.interval.typical.low, promise.value)
    if target.retention is not None and loss in HISTORY:
        excess += _excess(float(target.retention.value), mechanism.kept.high)
    rpo, rto = mechanism.rpo.interval, mechanism.rto.interval
    return excess, rto.worst.low, rpo.worst.low, rto.typical.low, rpo.typical.low


def _excess(amount: float, allowed: float) -> float:
    """By how much something is too long, as a factor that no bound makes infinite."""
    if amount <= allowed:
        return 0.0
    return min(amount / max(allowed, 1.0), 1e9)


def missing_for(mechanism: Mechanism, target: Target, loss: str) -> tuple[Missing, ...]:
    """What would decide the verdict on a mechanism."""
    groups = [mechanism.missing]
    if target.rpo is not None and intervals.hold(mechanism.rpo.interval, target.rpo.value) == UNKNOWN:
        groups.append(mechanism.rpo.interval.missing)
    if target.rto is not None and intervals.hold(mechanism.rto.interval, target.rto.value) == UNKNOWN:
        groups.append(mechanism.rto.interval.missing)
    kept = target.retention if loss in HISTORY else None
    if kept is not None and intervals.hold_kept(mechanism.kept, kept.value) == UNKNOWN:
        groups.append(mechanism.kept.missing)
    return intervals.merged(*groups)


def achieved(store: Store, loss: str, survey: Survey, available: Sequence[Mechanism] | None = None) -> Mechanism | None:
    """The best mechanism against a loss where nothing is promised: what a target could honestly be."""
    mechanisms_ = survey.mechanisms(store) if available is None else available
    counted = [each for each in mechanisms_ if loss in each.losses and not each.defeated and each.exists == YES]
    if not counted:
        return None
    return min(
        counted,
        key=lambda each: (
            _weighed(each.rpo.interval.typical.low) + _weighed(each.rto.interval.typical.low),
            each.rpo.interval.worst.low + each.rto.interval.worst.low,
        ),
    )


def _weighed(amount: float) -> float:
    return min(amount, 1e9)
