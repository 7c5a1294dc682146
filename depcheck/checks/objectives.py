"""Checks of recovery objectives: whether what a configuration can bring back is what was promised, and what of it does
not work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.policy import precedence
from depcheck.policy.words import show_duration
from depcheck.project import Project
from depcheck.recovery import contradictions, required, restore_tests, restores
from depcheck.recovery.assessment import Assessment, is_promised
from depcheck.recovery.found import CHOICES, UNVERSIONED, YES, Mechanism
from depcheck.recovery.intervals import AT_RISK, BREACHED, MET, UNKNOWN, UNRECOVERABLE, Range
from depcheck.recovery.records import between, excess, spoken
from depcheck.recovery.stores import Store
from depcheck.recovery.surveys import survey_of, verdicts_of
from depcheck.recovery.verdicts import LOSS_WORDS, violations
from depcheck.source import Span
from depcheck.values import Missing


def _verdicts(project: Project) -> Iterator[Assessment]:
    return (each for each in verdicts_of(project) if not _is_casual(each.store))


def _is_casual(store: Store) -> bool:
    """A container of compose in no environment that the policy does not name: most likely somebody's desk."""
    resource = store.resource
    return (
        store.promised is None and store.environment is None and resource is not None and resource.format == "compose"
    )


def store_cannot_be_recovered(project: Project, _: Project) -> Iterator[Outcome]:
    """Something brings every store back from every loss that is promised against."""
    told: list[tuple[Assessment, str, dict[str, object]]] = []
    for each in _verdicts(project):
        if each.verdict == UNRECOVERABLE and each.loss is not None:
            why = next((words for other in each.considered for words, _ in other.defeated), "")
            why = why or (each.notes[0] if each.notes else "")
            variant = "service" if each.store.kind == "service" else "defeated" if why else ""
            told.append((each, variant, {"store": each.store.name, "why": why}))
    yield from violations(told, project)


def objective_breached(project: Project, _: Project) -> Iterator[Outcome]:
    """Typically no more is lost, and recovery takes no longer, than was promised."""
    told = []
    for each in _verdicts(project):
        if each.verdict == BREACHED and each.mechanism is not None:
            told.append((each, *excess(each, worst=False)))
        elif each.verdict == UNKNOWN:
            yield _open(each)
        elif each.verdict == MET and each.mechanism is not None and each.loss is not None:
            rpo = f"RPO {between(each.mechanism.rpo.interval, MET)}, " if each.store.kind != "service" else ""
            rto = f"RTO {between(each.mechanism.rto.interval, MET)}"
            evidence = f"{each.store.name} when {LOSS_WORDS[each.loss]}: {rpo}{rto} by {each.mechanism.row.title}"
            yield Held(each.mechanism.span, evidence, resource=each.store.address, environment=each.environment)
    yield from violations(told, project)


def _open(each: Assessment) -> Undetermined:
    reason = ", ".join(missing.name for missing in each.missing[:3]) or "an input"
    return Undetermined(
        place=each.span,
        reason=f"{each.store.name} when {LOSS_WORDS[each.loss or 'deletion']}: not decided is {reason}",
        missing=each.missing,
        resource=each.store.address,
        environment=each.environment,
    )


def objective_at_risk(project: Project, _: Project) -> Iterator[Outcome]:
    """At worst too no more is lost, and recovery takes no longer, than was promised."""
    told = []
    for each in _verdicts(project):
        if each.verdict == AT_RISK and each.mechanism is not None:
            told.append((each, *excess(each, worst=True)))
    yield from violations(told, project)


def backup_does_not_count(project: Project, _: Project) -> Iterator[Outcome]:
    """Every backup that is configured works."""
    survey = survey_of(project)
    seen: set[tuple[str, Span]] = set()
    for job in survey.jobs:
        for reason, span in job.defeated:
            if (reason, span) not in seen:
                seen.add((reason, span))
                words: dict[str, object] = {"what": f"the {job.tool} of {job.address}", "reason": reason}
                yield Violation(span, variant="dump", resource=job.address, environment=job.environment, words=words)
    for store in survey.stores:
        if store.resource is None:
            continue
        for mechanism in survey.mechanisms(store):
            if mechanism.id == "dump":
                continue
            for reason, span in mechanism.defeated:
                told = store.promised is not None or reason != UNVERSIONED
                if (reason, span) not in seen and reason not in CHOICES and told:
                    seen.add((reason, span))
                    yield Violation(
                        span,
                        resource=store.address,
                        environment=store.environment,
                        words={"store": store.address, "what": mechanism.row.title, "reason": reason},
                    )


def inconsistent_dump(project: Project, _: Project) -> Iterator[Outcome]:
    """A dump shows one moment of the database."""
    for command in project.facts.commands:
        if restores.mixes_moments(command):
            yield Violation(command.span, environment=command.environment, words={"option": "--single-transaction"})
    survey = survey_of(project)
    for job, store in survey.raw_copies():
        words: dict[str, object] = {"job": job.address, "store": store.name}
        notes = [Note("the database", store.span)]
        yield Violation(
            job.span,
            variant="volume",
            resource=job.address,
            environment=job.environment,
            words=words,
            related=notes,
            discriminator=store.name,
        )


def backup_beside_data(project: Project, _: Project) -> Iterator[Outcome]:
    """A dump is kept somewhere else than what it is a dump of."""
    survey = survey_of(project)
    for store in survey.stores:
        if _is_casual(store) or not is_promised(store, project):
            continue
        available = survey.mechanisms(store)
        dumps = [each for each in available if each.id == "dump" and not each.defeated]
        if dumps and all(each.losses == {"deletion"} for each in dumps):
            yield Violation(
                dumps[0].span,
                resource=store.address,
                environment=store.environment,
                words={"store": store.name, "job": dumps[0].words},
                related=[Note("the data is here", store.span)],
            )


def backups_rarer_than_promised(project: Project, _: Project) -> Iterator[Outcome]:
    """Backups are as close together as the policy requires."""
    for store in _promised(project):
        every = _required(project, store, "backup_every")
        if every is None or not isinstance(every.value, int):
            continue
        if store.resource is None and _declares(project, store):
            # What the policy declares of a store that no file shows is held against what runs it by another rule.
            continue
        best: Mechanism | None = None
        for each in survey_of(project).mechanisms(store):
            counts = each.id not in ("declared", "declared-backups") and not each.defeated
            if not counts or "deletion" not in each.losses:
                continue
            if best is None or _gap(each).low < _gap(best).low:
                best = each
        yield from _held_against(project, store, best, every, every.value)


def _declares(project: Project, store: Store) -> bool:
    """Whether the policy declares backup schedules of a store."""
    entry = project.policy.recovery.stores.get(store.promised or "") if project.policy is not None else None
    there = entry.by_environment.get(store.environment or "") if entry is not None else None
    return entry is not None and bool(entry.backups or (there is not None and there.backups))


def _held_against(
    project: Project, store: Store, best: Mechanism | None, every: precedence.Promise[object], promised: int
) -> Iterator[Outcome]:
    assert project.policy is not None
    place = project.policy.span(*every.path)
    notes = [Note("it is promised here", place)]
    words: dict[str, object] = {"store": store.name, "promised": show_duration(promised)}
    if best is None:
        elsewhere = store.resource is None
        yield _wrong(store, place if elsewhere else store.span, words, "none", [] if elsewhere else notes)
        return
    gap = _gap(best)
    if best.exists != YES or gap.low <= promised < gap.high:
        missing = (*best.missing, *gap.missing)
        yield _undecided(store, best.span, f"how often {store.name} is backed up is not decided", missing)
    elif gap.low > promised:
        yield _wrong(store, best.span, {**words, "gap": spoken(gap.low)}, "", notes)
    else:
        yield _held(store, best.span, f"{store.name} is backed up every {spoken(gap.high)}")


def _gap(mechanism: Mechanism) -> Range:
    return mechanism.rpo.interval.typical


def _wrong(
    store: Store,
    place: Span,
    words: dict[str, object],
    variant: str = "",
    notes: Sequence[Note] = (),
    discriminator: str = "",
) -> Violation:
    return Violation(
        place,
        variant=variant,
        resource=store.address,
        environment=store.environment,
        words=words,
        related=list(notes),
        discriminator=discriminator,
    )


def _undecided(store: Store, place: Span, reason: str, missing: Iterable[Missing] = ()) -> Undetermined:
    return Undetermined(
        place=place, reason=reason, missing=tuple(missing), resource=store.address, environment=store.environment
    )


def _held(store: Store, place: Span, evidence: str) -> Held:
    return Held(place, evidence, resource=store.address, environment=store.environment)


def promised_copy_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """Copies of the backups are where the policy requires them."""
    policy = project.policy
    assert policy is not None
    for store in _promised(project):
        promise = _required(project, store, "copies")
        if promise is None or not isinstance(promise.value, list):
            continue
        place = policy.span(*promise.path)
        for destination in promise.value:
            where = required.PLACES.get(destination, destination)
            found = list(required.copies_in(destination, store, survey_of(project)))
            counted = [each for each in found if not each.defeated]
            sure = [each for each in counted if each.exists == YES]
            if sure:
                yield _held(store, sure[0].span, f"{store.name} has a copy in {where}")
            elif counted:
                reason = f"whether {store.name} has a copy in {where} is not decided"
                yield _undecided(store, counted[0].span, reason, counted[0].missing)
            elif destination in ("cold", "offline"):
                yield _undecided(store, place, f"no file shows whether {store.name} has a copy in {where}")
            else:
                notes = [Note("it is promised here", place)]
                notes += [Note(f"it does not count: {why}", span) for each in found for why, span in each.defeated]
                words: dict[str, object] = {"store": store.name, "where": where}
                yield _wrong(store, store.span, words, "", notes, destination)


def restore_test_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """A restore is tried by automation as often as the policy requires."""
    policy = project.policy
    assert policy is not None
    tests = restore_tests.found(project)
    for store in _promised(project):
        promise = _required(project, store, "restore_test")
        if promise is None or not isinstance(promise.value, int):
            continue
        words: dict[str, object] = {"store": store.name, "promised": show_duration(promise.value)}
        place = policy.span(*promise.path)
        entry = policy.recovery.stores[store.promised or ""]
        able = [each for each in tests if each.is_of(store, entry.at or "")]
        open_ = [each for each in able if each.missing]
        best = min((each for each in able if not each.missing), key=lambda each: each.gap, default=None)
        if best is not None and best.gap <= promise.value:
            yield _held(store, best.span, f"a restore is tried every {spoken(best.gap)}")
        elif open_:
            reason = f"how often a restore of {store.name} is tried is not decided"
            yield _undecided(store, open_[0].span, reason, open_[0].missing)
        elif best is not None:
            notes = [Note("it is promised here", place)]
            yield _wrong(store, best.span, {**words, "gap": spoken(best.gap)}, "rare", notes)
        else:
            yield _wrong(
                store, place, words, "", [Note("this one tries other stores", each.span) for each in tests[:3]]
            )


def restore_command_incomplete(project: Project, _: Project) -> Iterator[Outcome]:
    """A script that brings data back has what its commands need."""
    for commands in restores.scripts(project):
        for each in restores.lacking(commands):
            yield Violation(
                each.command.span,
                variant=each.variant,
                environment=each.command.environment,
                words={"command": each.name, "option": each.option},
            )


def data_dropped_before_restore(project: Project, _: Project) -> Iterator[Outcome]:
    """What there is stays until the restore has worked."""
    for commands in restores.scripts(project):
        for command, restore in restores.destroying(commands):
            variant = "replaces" if command is restore else ""
            notes = [Note("the restore", restore.span)] if command is not restore else []
            yield Violation(
                command.span,
                variant=variant,
                environment=command.environment,
                related=notes,
                words={"command": restores.text_of(command)[:60]},
            )


def restore_goes_on_after_failure(project: Project, _: Project) -> Iterator[Outcome]:
    """A script that brings data back stops when one of its commands fails."""
    for commands in restores.scripts(project):
        ignored = list(restores.ignored_failure(commands))
        for command in ignored:
            yield Violation(command.span, variant="ignored", environment=command.environment)
        first = restores.unstopped(commands) if not ignored else None
        if first is not None and first.origin == "script":
            line = first.span.source.line(1)
            span = first.span.source.span(0, len(line))
            notes = [Note("the restore", first.span)]
            yield Violation(span, environment=first.environment, words={"path": first.span.path}, related=notes)


def contradictory_objectives(project: Project, _: Project) -> Iterator[Outcome]:
    """The promises of the policy can be kept together."""
    policy = project.policy
    assert policy is not None
    stores = survey_of(project).stores
    kinds = [
        (each.promised, each.resource.type, each.environment)
        for each in stores
        if each.promised is not None and each.resource is not None and is_promised(each, project)
    ]
    for each in (*contradictions.of(policy), *contradictions.floors(policy, kinds)):
        words: dict[str, object] = {"store": each.store, "what": each.what}
        words |= {"first": show_duration(each.first), "second": show_duration(each.second)}
        related = [Note(each.note, each.other)] if each.note else []
        yield Violation(each.span, variant=each.kind, environment=each.environment, related=related, words=words)


def _promised(project: Project) -> Iterator[Store]:
    """The stores that the policy names, where its promises hold."""
    for store in survey_of(project).stores:
        if store.promised is not None and is_promised(store, project):
            yield store


def _required(project: Project, store: Store, key: str) -> precedence.Promise[object] | None:
    return precedence.requirement(project.policy, store.promised, store.environment, key)
