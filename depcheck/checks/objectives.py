"""Checks of recovery objectives: whether what a configuration can bring back is what was promised, and what of it does
not work."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.policy import precedence
from depcheck.policy.words import show_duration
from depcheck.project import Project
from depcheck.project.activities import activities
from depcheck.recovery import contradictions, restores
from depcheck.recovery.assessment import Assessment, Survey, assess, is_promised, verdict_on
from depcheck.recovery.found import YES, Mechanism
from depcheck.recovery.intervals import AT_RISK, BREACHED, MET, UNBOUNDED, UNKNOWN, UNRECOVERABLE, Range
from depcheck.recovery.records import between, spoken, told
from depcheck.recovery.schedules import ScheduleError, cadence, union
from depcheck.recovery.stores import Store
from depcheck.source import Span
from depcheck.values import scalar_text, string

_LOSSES = {
    "deletion": "its data is deleted",
    "destroy": "it is destroyed",
    "instance": "an instance is lost",
    "zone": "a zone is lost",
    "region": "its region is lost",
    "account": "its account is taken over",
}
#: Where a copy must be, and the loss that it survives there.
_COPIES = {"other_region": "region", "other_account": "account"}


@lru_cache(maxsize=2)
def _survey(project: Project) -> Survey:
    return Survey(project)


@lru_cache(maxsize=2)
def _verdicts(project: Project) -> tuple[Assessment, ...]:
    return tuple(each for each in assess(project, _survey(project)) if not _is_casual(each.store))


def _is_casual(store: Store) -> bool:
    """A container of compose in no environment that the policy does not name: most likely somebody's desk."""
    resource = store.resource
    return (
        store.promised is None and store.environment is None and resource is not None and resource.format == "compose"
    )


def store_cannot_be_recovered(project: Project, _: Project) -> Iterator[Outcome]:
    """Something brings every store back from every loss that is promised against."""
    for each in _verdicts(project):
        if each.verdict == UNRECOVERABLE and each.loss is not None:
            why = next((words for other in each.considered for words, _ in other.defeated), "")
            variant = "defeated" if why else "service" if each.store.kind == "service" else ""
            note = each.notes[0] if each.notes else ""
            words: dict[str, object] = {"store": each.store.name, "loss": _LOSSES[each.loss], "why": why or note}
            yield _violation(each, project, variant, words)


def objective_breached(project: Project, _: Project) -> Iterator[Outcome]:
    """Typically no more is lost, and recovery takes no longer, than was promised."""
    for each in _verdicts(project):
        if each.verdict == BREACHED and each.mechanism is not None and each.loss is not None:
            variant, words = _excess(each, worst=False)
            yield _violation(each, project, variant, words)
        elif each.verdict == UNKNOWN:
            reason = ", ".join(missing.name for missing in each.missing[:3]) or "an input"
            words_ = f"{each.store.name} when {_LOSSES[each.loss or 'deletion']}: not decided is {reason}"
            yield Undetermined(
                place=each.span,
                reason=words_,
                missing=each.missing,
                resource=each.store.address,
                environment=each.environment,
            )
        elif each.verdict == MET and each.mechanism is not None and each.loss is not None:
            rpo = f"RPO {between(each.mechanism.rpo.interval, MET)}, " if each.store.kind != "service" else ""
            rto = f"RTO {between(each.mechanism.rto.interval, MET)}"
            evidence = f"{each.store.name} when {_LOSSES[each.loss]}: {rpo}{rto} by {each.mechanism.row.title}"
            yield Held(each.mechanism.span, evidence, resource=each.store.address, environment=each.environment)


def objective_at_risk(project: Project, _: Project) -> Iterator[Outcome]:
    """At worst too no more is lost, and recovery takes no longer, than was promised."""
    for each in _verdicts(project):
        if each.verdict == AT_RISK and each.mechanism is not None and each.loss is not None:
            variant, words = _excess(each, worst=True)
            yield _violation(each, project, variant, words)


def _excess(each: Assessment, *, worst: bool) -> tuple[str, dict[str, object]]:
    """Which figure is beyond its target, and the words for it."""
    mechanism, target = each.mechanism, each.target
    assert mechanism is not None and each.loss is not None
    words: dict[str, object] = {"store": each.store.name, "loss": _LOSSES[each.loss], "by": mechanism.row.title}
    for name, estimate, promise in (("rpo", mechanism.rpo, target.rpo), ("rto", mechanism.rto, target.rto)):
        if promise is None:
            continue
        amount = estimate.interval.worst if worst else estimate.interval.typical
        figure = told(amount, each.verdict) if worst else amount.low
        if figure > promise.value:
            words |= {"figure": spoken(figure), "promised": spoken(promise.value)}
            if figure == UNBOUNDED:
                return f"{name}-unbounded", words
            return name, words
    kept = mechanism.kept
    words |= {"figure": spoken(kept.high), "promised": spoken(target.retention.value) if target.retention else ""}
    return "retention", words


def _violation(each: Assessment, project: Project, variant: str, words: dict[str, object]) -> Violation:
    change, mechanism = each.change, each.mechanism
    span = change.span if change is not None and change.verdict == MET else each.span
    if mechanism is not None and (change is None or change.verdict != MET):
        span = mechanism.span
    span = _defeat(each) or span
    notes: list[Note] = []
    policy = project.policy
    promises = (each.target.rpo, each.target.rto, each.target.retention)
    for promise in promises if policy is not None else ():
        if promise is not None and promise.path and policy is not None:
            notes.append(Note("it is promised here", policy.span(*promise.path)))
    if mechanism is not None and mechanism.span != span:
        notes.append(Note(f"{mechanism.row.title} is what there is", mechanism.span))
    for other in each.considered:
        notes += [Note(f"it does not count: {reason}", where) for reason, where in other.defeated]
    helps = change is not None and change.verdict == MET and _defeat(each) is None
    words["change"] = f"; `{change.after}` would do" if change is not None and helps else ""
    return Violation(
        span,
        variant=variant,
        resource=each.store.address,
        environment=each.environment,
        related=notes,
        words=words,
        discriminator=f"{each.store.name}:{each.loss}",
    )


def _defeat(each: Assessment) -> Span | None:
    """The place of what defeats a mechanism that would be enough."""
    for other in each.considered:
        if other.defeated and each.loss is not None and verdict_on(other, each.target, each.loss) == MET:
            return other.defeated[0][1]
    return None


def backup_does_not_count(project: Project, _: Project) -> Iterator[Outcome]:
    """Every backup that is configured works."""
    survey = _survey(project)
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
                if (reason, span) not in seen:
                    seen.add((reason, span))
                    what = f"{mechanism.row.title} of {store.address}"
                    yield Violation(
                        span,
                        resource=store.address,
                        environment=store.environment,
                        words={"what": what, "reason": reason},
                    )


def inconsistent_dump(project: Project, _: Project) -> Iterator[Outcome]:
    """A dump shows one moment of the database."""
    for command in project.facts.commands:
        text = restores.text_of(command)
        if command.name in ("mysqldump", "mariadb-dump"):
            consistent = ("--single-transaction", "--lock-all-tables", "--no-data", "-x", "--opt --lock")
            if any(word.text is None and word.raw.strip("\"'").startswith("$") for word in command.words[1:2]):
                continue
            if not any(each in text for each in consistent):
                yield Violation(command.span, environment=command.environment, words={"option": "--single-transaction"})


def backup_beside_data(project: Project, _: Project) -> Iterator[Outcome]:
    """A dump is kept somewhere else than what it is a dump of."""
    survey = _survey(project)
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
        best: Mechanism | None = None
        for each in _survey(project).mechanisms(store):
            counts = each.id not in ("declared", "declared-backups") and not each.defeated
            if not counts or "deletion" not in each.losses:
                continue
            if best is None or _gap(each).low < _gap(best).low:
                best = each
        yield from _held_against(project, store, best, every, every.value)


def _held_against(
    project: Project, store: Store, best: Mechanism | None, every: precedence.Promise[object], promised: int
) -> Iterator[Outcome]:
    policy = project.policy
    assert policy is not None
    notes = [Note("it is promised here", policy.span(*every.path))]
    words: dict[str, object] = {"store": store.name, "promised": show_duration(promised)}
    resource, environment = store.address, store.environment
    if best is None:
        if store.resource is None:
            span = policy.span(*every.path)
            yield Violation(span, variant="none", resource=resource, environment=environment, words=words)
        else:
            yield Violation(
                store.span, variant="none", resource=resource, environment=environment, words=words, related=notes
            )
        return
    gap = _gap(best)
    if best.exists != YES or gap.low <= promised < gap.high:
        missing = (*best.missing, *gap.missing)
        reason = f"how often {store.name} is backed up is not decided"
        yield Undetermined(place=best.span, reason=reason, missing=missing, resource=resource, environment=environment)
    elif gap.low > promised:
        words["gap"] = spoken(gap.low)
        yield Violation(best.span, resource=resource, environment=environment, words=words, related=notes)
    else:
        yield Held(
            best.span, f"{store.name} is backed up every {spoken(gap.high)}", resource=resource, environment=environment
        )


def _gap(mechanism: Mechanism) -> Range:
    return mechanism.rpo.interval.typical


def promised_copy_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """Copies of the backups are where the policy requires them."""
    policy = project.policy
    assert policy is not None
    for store in _promised(project):
        promise = _required(project, store, "copies")
        wanted = promise.value if promise is not None else None
        for destination in wanted if promise is not None and isinstance(wanted, list) else ():
            loss = _COPIES.get(destination)
            if loss is None:
                continue
            found = [each for each in _survey(project).mechanisms(store) if loss in each.losses]
            counted = [each for each in found if not each.defeated]
            sure = [each for each in counted if each.exists == YES]
            where = "another region" if loss == "region" else "another account"
            words: dict[str, object] = {"store": store.name, "where": where}
            assert promise is not None
            notes = [Note("it is promised here", policy.span(*promise.path))]
            if sure:
                yield Held(
                    sure[0].span,
                    f"{store.name} has a copy in {where}",
                    resource=store.address,
                    environment=store.environment,
                )
            elif counted:
                reason = f"whether {store.name} has a copy in {where} is not decided"
                yield Undetermined(
                    place=counted[0].span,
                    reason=reason,
                    missing=counted[0].missing,
                    resource=store.address,
                    environment=store.environment,
                )
            else:
                notes += [Note(f"it does not count: {why}", span) for each in found for why, span in each.defeated]
                yield Violation(
                    store.span,
                    resource=store.address,
                    environment=store.environment,
                    words=words,
                    related=notes,
                    discriminator=destination,
                )


def restore_test_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """A restore is tried by automation as often as the policy requires."""
    policy = project.policy
    assert policy is not None
    tests = _restore_tests(project)
    for store in _promised(project):
        promise = _required(project, store, "restore_test")
        if promise is None or not isinstance(promise.value, int):
            continue
        words: dict[str, object] = {"store": store.name, "promised": show_duration(promise.value)}
        span = policy.span(*promise.path)
        if not tests:
            yield Violation(span, resource=store.address, environment=store.environment, words=words)
            continue
        gap, place = min(tests, key=lambda each: each[0])
        if gap <= promise.value:
            evidence = f"a restore is tried every {spoken(gap)}"
            yield Held(place, evidence, resource=store.address, environment=store.environment)
        else:
            words["gap"] = spoken(gap)
            notes = [Note("it is promised here", span)]
            yield Violation(
                place, variant="rare", resource=store.address, environment=store.environment, words=words, related=notes
            )


def _restore_tests(project: Project) -> list[tuple[float, Span]]:
    """How far apart automated restores are, and where each is scheduled."""
    found: list[tuple[float, Span]] = []
    for plan in project.of_type("aws_backup_restore_testing_plan"):
        expression = string(plan.get("schedule_expression"))
        zone = string(plan.get("schedule_expression_timezone")) or "UTC"
        try:
            if expression is not None:
                found.append((cadence(expression, "aws", zone).longest, plan.get("schedule_expression").span))
        except ScheduleError:
            continue
    for job in project.facts.jobs:
        schedule = job.triggers.get("schedule")
        lines = [
            (text, "github", string(entry.get("timezone")) or "UTC")
            for entry in (schedule.elements() if schedule is not None else ())
            if (text := scalar_text(entry.get("cron"))) is not None
        ]
        names = {each.name for each in activities(job, project.facts.commands)} if lines else set()
        if {"restore-test", "dr-drill"} & names:
            try:
                found.append((union(lines).longest, job.span))
            except ScheduleError:
                continue
    return found


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
    assert project.policy is not None
    for each in contradictions.of(project.policy):
        yield Violation(
            each.span,
            variant=each.kind,
            environment=each.environment,
            related=[Note(each.note, each.other)],
            words={"store": each.store, "first": show_duration(each.first), "second": show_duration(each.second)},
        )


def _promised(project: Project) -> Iterator[Store]:
    """The stores that the policy names, where its promises hold."""
    for store in _survey(project).stores:
        if store.promised is not None and is_promised(store, project):
            yield store


def _required(project: Project, store: Store, key: str) -> precedence.Promise[object] | None:
    return precedence.requirement(project.policy, store.promised, store.environment, key)
