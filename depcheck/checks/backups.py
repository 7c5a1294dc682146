"""Checks of backups and failovers: what is declared and not made, what is made and can be read, lost or not used."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Command, Resource
from depcheck.patterns import Pattern
from depcheck.policy.words import show_duration
from depcheck.project import Project, promises, repairs
from depcheck.project.presence import is_there
from depcheck.recovery import declared_backups, failover, places, procedures, required, restores, sequences
from depcheck.recovery.assessment import NO_TARGET, is_promised
from depcheck.recovery.found import YES, is_on
from depcheck.recovery.jobs import in_programs
from depcheck.recovery.records import spoken
from depcheck.recovery.surveys import survey_of, verdicts_of
from depcheck.values import Absent, Known, Unknown, scalar_text, string

_HISTORY = frozenset({"deletion", "destroy"})
_ELSEWHERE = frozenset({"region", "account"})
#: What is not even written like a region is a placeholder, which others tell.
_LIKE_A_REGION = Pattern(r"[a-z]{2,6}(?:-[a-z]{2,20}){1,3}-?\d{1,2}")
_PROTECTIONS = {
    "multi_zone": "does not run in more than one zone",
    "point_in_time": "cannot be restored to any moment",
    "deletion_protection": "can be deleted by one command",
    "final_snapshot": "leaves no snapshot when it is deleted",
}
#: What makes a dump unreadable for whoever has not the key.
_ENCRYPTS = Pattern(
    r"(?:^|[\s/;&|(\"'])(?:gpg2?|age|rage|openssl\s+(?:enc|smime|cms)|sops|restic|borg|kopia|duplicity|ccrypt|7z\w?\s.*-p\S|"
    r"zip\s.*(?:-e|-P|--encrypt)|aws\s+kms\s+encrypt)\b"
)


def declared_backup_not_made(project: Project, _: Project) -> Iterator[Outcome]:
    """What the policy declares of backups is made by something in the repository."""
    assert project.policy is not None
    told: set[tuple[object, ...]] = set()
    for each in declared_backups.of(project.policy, project, survey_of(project)):
        words: dict[str, object] = {
            "store": each.store.name,
            "every": show_duration(each.backup.every),
            "figure": spoken(each.figure),
            "promised": show_duration(each.backup.retention) if each.backup.retention is not None else "",
            "why": each.why,
        }
        key = (each.kind, each.span, each.place, *words.values())
        if key in told or each.kind == "told":
            continue
        told.add(key)
        environment = each.store.environment if each.store.resource is not None else None
        if each.kind == "made":
            yield Held(each.place or each.span, f"{each.store.name} is backed up as declared", environment=environment)
        elif each.kind == "open":
            reason = f"whether the declared backup of {each.store.name} is made is not decided"
            yield Undetermined(place=each.span, reason=reason, missing=each.missing, environment=environment)
        else:
            notes = [Note("what there is", each.place)] if each.place is not None else []
            variant = "" if each.kind == "none" else each.kind
            yield Violation(each.span, variant=variant, environment=environment, words=words, related=notes)


def backup_inside_application(project: Project, _: Project) -> Iterator[Outcome]:
    """A backup is scheduled outside of the program whose data it keeps."""
    for each in in_programs(project):
        what = f"{each.runs} ({string(each.expression)})"
        yield Violation(each.span, environment=each.environment, words={"what": what, "name": what})


def dump_kept_in_the_clear(project: Project, _: Project) -> Iterator[Outcome]:
    """Who can read the repository's artifacts cannot read the database's data in them."""
    by_job: dict[tuple[str, str], list[Command]] = {}
    for command in project.facts.commands:
        by_job.setdefault((command.span.path, command.scope), []).append(command)
    for job in survey_of(project).jobs:
        kept = next((each for each in job.destinations if each.kind == "artifact"), None)
        if kept is None or job.types or not job.engine:
            continue
        commands = by_job.get((kept.span.path, job.address), [])
        if any(_ENCRYPTS.search(restores.text_of(each)) for each in commands):
            yield Held(kept.span, f"the dump of {job.address} is encrypted", environment=job.environment)
            continue
        notes = [Note("the dump", job.span)]
        yield Violation(
            kept.span, resource=job.address, environment=job.environment, words={"tool": job.tool}, related=notes
        )


def backup_copy_unencrypted(subject: Resource, _: Project) -> Iterator[Outcome]:
    """A snapshot is encrypted in the region that it is copied to."""
    if subject.type != "aws_dlm_lifecycle_policy":
        match subject.get("encrypted"):
            case Known() as value if is_on(value).state == YES:
                yield Held(value, "the copy is encrypted")
            case Known() as value:
                yield Violation(value, fix=repairs.replaced(value, "true", "Encrypt the copy", safe=False))
            case Unknown() as value:
                yield Undetermined(value)
        return
    for schedule in subject.get("policy_details", 0, "schedule").elements():
        for rule in schedule.get("cross_region_copy_rule").elements():
            match rule.get("encrypted"):
                case Known() as value if is_on(value).state == YES:
                    yield Held(value, "the copy is encrypted")
                case Unknown() as value:
                    yield Undetermined(value)
                case Known() as value:
                    fix = repairs.replaced(value, "true", "Encrypt the copy", safe=False)
                    yield Violation(value, fix=fix)


def promised_protection_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """A store has the protections that the policy requires."""
    assert project.policy is not None
    survey = survey_of(project)
    for store in survey.stores:
        if store.promised is None or not is_promised(store, project):
            continue
        for each in required.of(store, project, survey):
            place = project.policy.span(*each.promise.path)
            notes = [Note("it is promised here", place)]
            span = store.span if store.resource is not None else place
            words: dict[str, object] = {"store": store.name, "what": _PROTECTIONS[each.key]}
            address, environment = store.address, store.environment
            if each.state == "yes" and each.mechanism is not None:
                title = each.mechanism.row.title
                yield Held(each.mechanism.span, f"{store.name} has {title}", resource=address, environment=environment)
            elif each.state == "open" and each.mechanism is not None:
                reason = f"{store.name}: whether it {_PROTECTIONS[each.key]} is not decided"
                missing = each.mechanism.missing
                span = each.mechanism.span
                yield Undetermined(
                    place=span, reason=reason, missing=missing, resource=address, environment=environment
                )
            elif store.resource is not None:
                for defeat, where in each.mechanism.defeated if each.mechanism is not None else ():
                    notes.append(Note(f"it does not count: {defeat}", where))
                yield Violation(
                    span,
                    resource=address,
                    environment=environment,
                    words=words,
                    related=notes,
                    discriminator=f"{store.name}:{each.key}",
                )


def all_backups_in_one_place(project: Project, _: Project) -> Iterator[Outcome]:
    """A copy of the backups is in another region or account."""
    survey = survey_of(project)
    for store in survey.stores:
        resource = store.resource
        if resource is None or resource.format == "compose" or not promises.is_critical(resource, project):
            continue
        found = [each for each in survey.mechanisms(store) if not each.defeated]
        history = [each for each in found if each.losses & _HISTORY and each.row.id not in _GUARDS]
        far = [each for each in found if each.losses & _ELSEWHERE]
        sure = [each for each in far if each.exists == YES]
        if not history or not any(each.exists == YES for each in history):
            continue
        address, environment = store.address, store.environment
        if sure:
            yield Held(sure[0].span, f"{store.name} has a copy elsewhere", resource=address, environment=environment)
        elif far:
            reason = f"whether {store.name} has a copy elsewhere is not decided"
            yield Undetermined(
                place=far[0].span, reason=reason, missing=far[0].missing, resource=address, environment=environment
            )
        else:
            yield Violation(store.span, resource=address, environment=environment, words={"store": store.name})


#: Mechanisms that keep a store from being deleted, and no copies of it.
_GUARDS = frozenset(("deletion-protection", "prevent-destroy", "s3-not-empty"))


def unlocked_backup_vault(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Nobody deletes recovery points before their time, whatever rights he has."""
    if not promises.is_critical(subject, project):
        return
    locks, undecided = project.related(subject, "aws_backup_vault_lock_configuration", "backup_vault_name")
    for lock in locks:
        match lock.get("changeable_for_days"):
            case Known() as value if value.value is not None:
                yield Held(value, "the vault is locked in compliance mode")
            case Unknown() as value:
                yield Undetermined(value)
            case value:
                yield Violation(
                    value if not isinstance(value, Absent) else lock.span,
                    variant="governance",
                    resource=lock.address,
                    words={"vault": subject.address},
                )
        return
    if undecided:
        yield Undetermined(undecided[0])
    else:
        yield Violation(subject.span, words={"vault": subject.address})


def backup_plan_protects_nothing(project: Project, _: Project) -> Iterator[Outcome]:
    """A backup plan has a selection, and the selection takes something in."""
    survey = survey_of(project)
    for plan, selection in survey.surroundings.plans.idle():
        if selection is None:
            yield Violation(
                plan.span, resource=plan.address, environment=plan.environment, words={"plan": plan.address}
            )
        else:
            yield Violation(
                selection.span,
                variant="selection",
                resource=selection.address,
                environment=selection.environment,
                words={"plan": plan.address},
            )


def failover_without_health_check(project: Project, _: Project) -> Iterator[Outcome]:
    """Something tells Route 53 that the primary is down."""
    for record in failover.primaries(project):
        match failover.checked(record):
            case True:
                yield Held(record.span, "its health is checked", resource=record.address)
            case False:
                yield Violation(record.span, resource=record.address, environment=record.environment)
            case Unknown() as value:
                yield Undetermined(value, resource=record.address, environment=record.environment)


def slow_failover_record(project: Project, _: Project) -> Iterator[Outcome]:
    """Clients ask for the address again soon after it has changed."""
    for record in failover.primaries(project):
        value = failover.ttl(record)
        if isinstance(value, Unknown):
            yield Undetermined(value, resource=record.address, environment=record.environment)
        elif value is not None:
            yield Violation(
                value,
                resource=record.address,
                environment=record.environment,
                words={"ttl": scalar_text(value) or ""},
                fix=repairs.replaced(value, "60", "Let clients ask again after a minute", safe=False),
            )


def recovery_procedure_missing(project: Project, _: Project) -> Iterator[Outcome]:
    """What a scenario names as its procedure is there and fits it."""
    assert project.policy is not None
    for gap in procedures.gaps(project.policy, project):
        notes = [Note("the procedure", gap.note)] if gap.note is not None else []
        yield Violation(
            gap.span,
            variant="" if gap.kind == "absent" else gap.kind,
            words={"scenario": gap.scenario, "what": gap.what},
            related=notes,
            discriminator=f"{gap.scenario}:{gap.what}",
        )


def recovery_point_ignored(project: Project, _: Project) -> Iterator[Outcome]:
    """A restore restores what its caller names."""
    for commands in restores.scripts(project):
        for each in procedures.ignored_points(commands):
            yield Violation(
                each.span,
                environment=each.restore.environment,
                words={"name": each.name, "command": restores.text_of(each.restore)[:60]},
                related=[Note("the restore", each.restore.span)],
            )


def traffic_switched_too_early(project: Project, _: Project) -> Iterator[Outcome]:
    """A recovery leads clients to what serves them again, and to nothing that was not looked at."""
    for commands in _scripts(project):
        for each in sequences.early(commands):
            if each.later is not None:
                words: dict[str, object] = {"later": restores.text_of(each.later)[:60]}
                notes = [Note("this comes later", each.later.span)]
                yield Violation(each.switch.span, environment=each.switch.environment, words=words, related=notes)
            elif each.restore is not None:
                notes = [Note("nothing is verified after this", each.restore.span)]
                yield Violation(
                    each.switch.span, variant="unverified", environment=each.switch.environment, related=notes
                )


def _scripts(project: Project) -> Iterator[list[Command]]:
    """The commands of every script file, in order."""
    by_path: dict[str, list[Command]] = {}
    for command in project.facts.commands:
        if command.origin == "script" and not command.scope:
            by_path.setdefault(command.span.path, []).append(command)
    yield from by_path.values()


def recovery_reads_missing_file(project: Project, _: Project) -> Iterator[Outcome]:
    """What a recovery reads from a file is in the repository."""
    for commands in _scripts(project):
        if not any(procedures.recovers(each) for each in commands):
            continue
        for command, word, path in procedures.read_files(commands):
            if not procedures.is_made(path, commands) and not is_there(project, path):
                name = path.rsplit("/", 1)[-1]
                beside = command.span.path.rsplit("/", 1)[0] + "/" + name
                if is_there(project, beside):
                    continue
                words: dict[str, object] = {"command": restores.text_of(command)[:40], "path": path}
                yield Violation(word.span, environment=command.environment, words=words)


def store_without_objective(project: Project, _: Project) -> Iterator[Outcome]:
    """The policy says of every store in its environments how much may be lost and for how long."""
    assert project.policy is not None
    if not project.policy.recovery.stores:
        return
    for each in verdicts_of(project):
        resource = each.store.resource
        if each.verdict != NO_TARGET or resource is None or resource.format == "compose" or each.store.kind == "queue":
            continue
        if each.store.promised is None and promises.is_critical(resource, project):
            yield Violation(
                each.span, resource=each.store.address, environment=each.environment, words={"store": each.store.name}
            )


def region_that_does_not_exist(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A provider is configured for a region that AWS has."""
    if promises.is_sample(subject):
        return
    match subject.get("region"):
        case Known(value=str(text)) as value if places.is_region(text):
            yield Held(value, "the region is one of AWS")
        case Known(value=str(text)) as value if _LIKE_A_REGION.fullmatch(text):
            yield Violation(value, words={"region": text})
        case Unknown() as value:
            yield Undetermined(value)
