"""Checks of access: what workflows may do with their tokens, roles and secrets."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Fix, Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Grant, Job, Resource, Workflow
from depcheck.project import Project
from depcheck.source import Edit
from depcheck.values import Absent, Known, Unknown, string


def workflow_token_write_all(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A workflow's token may do what its jobs need."""
    from depcheck.project.token_rights import used_by

    for action in subject.actions:
        if string(action) == "write-all":
            used = used_by(action, project)
            told = _used(used) if used is not None else ""
            yield Violation(action, variant="enough" if told else "", words={"enough": told})


def token_lacks_permission(subject: Job, project: Project) -> Iterator[Outcome]:
    """A job's token may do what its steps cannot do without."""
    from depcheck.project.activities import is_off
    from depcheck.project.token_needs import is_called_here
    from depcheck.project.token_rights import Lack, lacks, needed

    if not subject.address.startswith("workflow.") or is_off(subject.condition):
        return
    unset = isinstance(subject.permissions, Absent)
    if unset and set(subject.triggers) == {"workflow_call"} and is_called_here(subject, project):
        return  # judged where it is called, with what the caller has
    told: set[str] = set()
    by_use: dict[int, list[Lack]] = {}
    undecided: Unknown | None = None
    for lack in lacks(subject, project):
        if isinstance(lack.given, Unknown):
            undecided = lack.given
        elif lack.permission not in told:
            told.add(lack.permission)
            by_use.setdefault(lack.use.span.start, []).append(lack)
    own = subject.tree.get("permissions")
    for together in by_use.values():
        lack = together[0]
        entry = own.get(lack.permission)
        place = entry.span if isinstance(entry, Known) else own.key if isinstance(own, Known) else None
        steps = "default" if unset else ""
        yield Violation(
            place or subject.span,
            variant=steps if lack.how == "steps" else lack.how,
            related=[Note("this needs it", lack.use.span)],
            discriminator=", ".join(each.permission for each in together),
            words={
                "job": subject.id,
                "name": lack.use.name,
                "permission": _joined([f"{each.permission}: {each.use.level}" for each in together]),
            },
        )
    if by_use:
        return
    if undecided is not None:
        yield Undetermined(undecided)
    elif certain := sorted(f"{name}: {use.level}" for name, use in needed(subject, project).needs.items()):
        yield Held(subject.permissions, f"its steps have what they need, {' and '.join(certain)}")


def _joined(names: list[str]) -> str:
    more = [f"{len(names) - 3} more"] if len(names) > 4 else []
    return " and ".join((names[:3] if more else names) + more)


def token_wider_than_needed(subject: Workflow, project: Project) -> Iterator[Outcome]:
    """No job's token may change what none of its steps changes."""
    from depcheck.project.token_needs import is_called_here
    from depcheck.project.token_rights import STRONG, needed, surplus

    silent = [job for job in subject.jobs if isinstance(job.permissions, Absent)]
    if silent and not (set(subject.triggers) == {"workflow_call"} and is_called_here(silent[0], project)):
        yield Undetermined(place=subject.span, reason="the repository's settings decide what the token may do")
    wide = list(surplus(subject, project))
    maps = [job.permissions for job in subject.jobs if string(job.permissions) != "write-all"]
    if not wide and maps and len(maps) == len(subject.jobs) and not silent:
        told = [job for job in subject.jobs if not needed(job, project).unknown]
        if len(told) == len(maps):
            yield Held(maps[0], "no job may change what its steps do not change")
    for found in wide:
        if not found.whole:
            continue
        names = [name for name, _ in found.entries]
        is_told = not any(needed(job, project).unknown for job in found.jobs)
        enough = _used(found.used)
        edits = [
            Edit(value.span, "read" if found.used.get(name) == "read" else "none")
            for name, value in found.entries
            if value.span.text == "write"
        ]
        everybody = len(found.jobs) == len(subject.jobs)
        jobs = "the workflow's jobs" if everybody else "the jobs without permissions of their own"
        yield Violation(
            found.entries[0][1],
            resource=found.owner.address if isinstance(found.owner, Job) else None,
            variant="enough" if is_told and enough else "",
            severity=None if STRONG.intersection(names) else "low",
            related=[Note("nor this", value.span) for _, value in found.entries[1:]],
            fix=Fix("Take away what is not used", edits, safe=False) if edits else None,
            discriminator=", ".join(names),
            words={
                "who": f"the job {found.owner.id}" if isinstance(found.owner, Job) else jobs,
                "entries": " and ".join(f"{name}: write" for name in names),
                "enough": enough,
            },
        )


def _used(levels: dict[str, str]) -> str:
    """What is used, in words; reads that are only possible in the end are not listed one by one."""
    writes = [f"{name}: write" for name, level in sorted(levels.items()) if level == "write"]
    reads = [f"{name}: read" for name, level in sorted(levels.items()) if level == "read"]
    return " and ".join(writes + (reads if len(reads) <= _FEW else ["reading"]))


#: More permissions to read than these are those that any request might need.
_FEW = 5


def token_wider_for_some_jobs(subject: Workflow, project: Project) -> Iterator[Outcome]:
    """What one job needs is given to that job."""
    from depcheck.project.token_rights import surplus

    for found in surplus(subject, project):
        if found.whole:
            continue
        jobs = [job.id for job in found.jobs]
        more = f" and {len(jobs) - 3} more" if len(jobs) > 3 else ""
        yield Violation(
            found.entries[0][1],
            related=[Note("this job does not use it", job.span) for job in found.jobs[:5]],
            discriminator=", ".join(name for name, _ in found.entries),
            words={
                "entries": " and ".join(f"{name}: write" for name, _ in found.entries),
                "jobs": ", ".join(jobs[:3]) + more,
            },
        )


def token_permissions_unset(subject: Workflow, project: Project) -> Iterator[Outcome]:
    """A workflow says what its token may do."""
    silent = [job for job in subject.jobs if isinstance(job.permissions, Absent)]
    if set(subject.triggers) == {"workflow_call"} or not subject.jobs:
        return
    if silent:
        yield Violation(subject.span, words={"name": subject.name, "jobs": ", ".join(job.id for job in silent[:3])})
    else:
        given = subject.tree.get("permissions")
        place = given if isinstance(given, Known) else subject.jobs[0].permissions
        yield Held(place, "permissions are given for every job")


def oidc_subject_mismatch(subject: Job, project: Project) -> Iterator[Outcome]:
    """A job can become the role that it names."""
    from depcheck.grants import oidc, oidc_jobs
    from depcheck.project.repository import slug_of

    slug = slug_of(project)
    for each in oidc_jobs.of_job(subject, project):
        if each.name == "*" and oidc.trusts(project):
            yield Undetermined(place=each.value, reason="which role the job becomes is decided when it runs")
            continue
        trusts = oidc.by_name(project).get(each.name, ())
        if not trusts or all(oidc.impossible(trust) for trust in trusts):
            continue
        endings = each.comes_as()
        let_in = [trust for trust in trusts if trust.admits(endings, slug)]
        wanted = [(value, text) for trust in trusts for values in trust.subjects for value, text in values if text]
        words: dict[str, object] = {
            "job": subject.id,
            "role": trusts[0].address,
            "subject": f"repo:{slug or '…'}:{endings[0]}",
            "environment": each.environment,
            "repository": slug or "",
            "admitted": ", ".join(dict.fromkeys(f'"{text}"' for _, text in wanted[:3])),
            "audience": each.audience,
        }
        if not let_in:
            elsewhere = slug is not None and any(trust.admits(endings, None) for trust in trusts)
            variant = "repository" if elsewhere else "environment" if each.environment else ""
            notes = [Note("the trust admits this", value.span) for value, _ in wanted[:3]]
            yield Violation(each.value, variant=variant, related=notes, discriminator=each.name, words=words)
        elif not any(trust.admits_audience(each.audience) for trust in let_in):
            yield Violation(each.value, variant="audience", discriminator=each.name, words=words)
        elif all(trust.undecided is None for trust in let_in):
            yield Held(each.value, f"the trust of {let_in[0].address} admits this job")


def oidc_subject_impossible(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A trust in GitHub's jobs names subjects that there can be."""
    from depcheck.grants import oidc

    trust = oidc.trust_of(subject, project)
    flaw = oidc.impossible(trust) if trust is not None else None
    if flaw is not None:
        variant, value = flaw
        yield Violation(value, variant=variant, discriminator=subject.sid, words={"subject": string(value) or "…"})


def oidc_any_ref(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Not every branch and every pull request may become a role of production."""
    from depcheck.grants import oidc

    trust = oidc.trust_of(subject, project)
    if trust is None or not oidc.is_productive(trust, project):
        return
    if trust.undecided is not None:
        yield Undetermined(trust.undecided)
        return
    reach = oidc.reach(trust)
    if reach is None:
        return
    variant, value = reach
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif variant == "held" or trust.narrowed():
        yield Held(value, "only named branches, tags or environments may become the role")
    else:
        yield Violation(value, variant=variant, words={"subject": string(value)})


def oidc_audience_missing(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A trust in GitHub's jobs says for whom their token is made."""
    from depcheck.grants import oidc

    trust = oidc.trust_of(subject, project)
    if trust is None:
        return
    if trust.audiences:
        yield Held(trust.audiences[0][0][0] if trust.audiences[0] else subject.span, "the audience is named")
    elif trust.undecided is not None:
        yield Undetermined(trust.undecided)
    else:
        yield Violation(subject.span, discriminator=subject.sid)


def oidc_thumbprint_pinned(subject: Resource, project: Project) -> Iterator[Outcome]:
    """GitHub's identity provider does not depend on one certificate."""
    from depcheck.grants import oidc

    if not oidc.is_githubs(subject):
        return
    pinned = [each for each in subject.get("thumbprint_list").elements() if isinstance(each, Known)]
    if pinned:
        yield Violation(pinned[0])
    else:
        yield Held(subject.span, "no certificate is written down")


def oidc_pool_unscoped(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A pool of Google's that takes GitHub's jobs says whose jobs it takes."""
    from depcheck.grants import oidc

    told = oidc.pool_condition(subject)
    if told is None:
        return
    how, value = told
    if how == "held":
        yield Held(value, "a condition says whose jobs may sign in")
    elif isinstance(value, Unknown):
        yield Undetermined(value)
    else:
        yield Violation(value, variant=how, words={"condition": string(value)})


def oidc_role_undefined(subject: Job, project: Project) -> Iterator[Outcome]:
    """A role that a job becomes is made where the other roles of its account are made."""
    from depcheck.grants import oidc, oidc_jobs

    for each in oidc_jobs.of_job(subject, project):
        if "*" in each.name or oidc.may_be_made(each.name, project) or oidc.is_mentioned(each.name, project):
            continue
        near = oidc.nearest(each.name, project)
        words: dict[str, object] = {"name": each.name, "account": each.account, "near": near}
        if near is not None:
            yield Violation(each.value, variant="near", discriminator=each.name, words=words)
        elif each.account.isdigit() and each.account in oidc.accounts(project):
            yield Violation(each.value, discriminator=each.name, words=words)


def secrets_inherit(subject: Job, project: Project) -> Iterator[Outcome]:
    """A workflow of another repository gets the secrets that it needs by name."""
    used = string(subject.uses) if subject.uses is not None else None
    inherited = subject.tree.get("secrets")
    if string(inherited) == "inherit" and used is not None and not used.startswith(("./", "$/")):
        from depcheck.project.repository import is_own

        # Whoever owns both has chosen whom to trust; that the secrets are not named is all that is left to say.
        yield Violation(inherited, severity="low" if is_own(used, project) else None, words={"workflow": used})


def whole_secrets_context(subject: Job, project: Project) -> Iterator[Outcome]:
    """A step gets the secrets that it needs by name."""
    from depcheck.project import workflows

    for placed in workflows.secrets(subject.tree):
        if not placed.use.path:
            yield Violation(placed.use.span, variant="whole", discriminator=placed.key, words={"key": placed.key})
        elif placed.use.path[0] == "?":
            yield Violation(
                placed.use.span, variant="computed", severity="low", discriminator=placed.key, words={"key": placed.key}
            )
