"""What a job's token may do against what its steps need, through the workflows of this repository that it calls."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Job, Workflow
from depcheck.project import Project
from depcheck.project.token_needs import local, of_job
from depcheck.project.token_uses import RANK, Levels, Needs, Use, merge
from depcheck.project.workflows import permissions
from depcheck.values import Absent, Known, Unknown, Value, string

#: Workflows that call one another are followed so far; GitHub's own limit is ten.
_DEEPEST = 10
#: Permissions with which code, packages, sites, deployments or other accounts can be changed.
STRONG = frozenset({"actions", "contents", "deployments", "id-token", "packages", "pages", "attestations"})


def granted(job: Job) -> dict[str, Value]:
    """What a job's token may do. Nobody's token may ask for an OpenID Connect token unless ``permissions`` says so; one
    of a workflow that others call has what the caller gives it."""
    told = permissions(job)
    if isinstance(job.permissions, Absent) and "workflow_call" not in job.triggers:
        told["id-token"] = Known("none", job.span)
    return told


def level(value: Value | None) -> str | None:
    """``none``, ``read`` or ``write``; None where it is not known."""
    if value is None:
        return "none"
    text = string(value)
    return text if text in RANK else None


class Lack:
    """A permission that a job does not have: which, what it has, what needs it. ``how`` is ``steps``, ``called`` (the
    steps of a workflow that it calls) or ``refused`` (GitHub does not run what asks for more than its caller has)."""

    __slots__ = ("given", "how", "permission", "use")

    def __init__(self, permission: str, use: Use, given: Value | None, how: str = "steps") -> None:
        self.permission = permission
        self.use = use
        self.given = given
        self.how = how


def lacks(job: Job, project: Project) -> Iterator[Lack]:
    """What the token of a job lacks for its steps, surely or (where ``given`` is unknown) perhaps.

    Only what changes something counts: reading works in public repositories with any token.
    """
    own = granted(job)
    if job.uses is not None:
        yield from _of_called(own, local(job.uses, job, project), project, 0)
        return
    yield from _unmet(own, of_job(job, project), "steps")


def _of_called(own: dict[str, Value], called: Workflow | None, project: Project, depth: int) -> Iterator[Lack]:
    """What a called workflow asks of its caller's token. GitHub holds the permissions of its jobs against it before
    anything runs; those of the workflow itself it only cuts down."""
    if called is None or depth > _DEEPEST:
        return
    file = called.span.path.rpartition("/")[2]
    for job in called.jobs:
        if isinstance(job.tree.get("permissions"), Known):
            for name, value in permissions(job).items():
                asked, has = level(value), level(own.get(name))
                if asked is None or RANK[asked] <= RANK.get(has or "write", 2):
                    continue
                yield Lack(name, Use(asked, f"{file} ({job.id})", value.key or value.span), own.get(name), "refused")
        elif job.uses is not None:
            yield from _of_called(own, local(job.uses, job, project), project, depth + 1)
        else:
            given = called.tree.get("permissions")
            for lack in _unmet(own, of_job(job, project), "called"):
                names = lack.permission.split(" or ")
                # What the called workflow itself does not give is told there.
                if isinstance(given, Absent) or any(level(permissions(job).get(name)) == "write" for name in names):
                    yield lack


def _unmet(own: dict[str, Value], needs: Needs, how: str) -> Iterator[Lack]:
    for name, use in needs.needs.items():
        if use.level == "write" and level(own.get(name)) != "write":
            yield Lack(name, use, own.get(name), how)
    for names, use in needs.either:
        if not any(level(own.get(name)) == "write" for name in names):
            open_one = next((own[name] for name in names if isinstance(own.get(name), Unknown)), None)
            yield Lack(" or ".join(sorted(names)), use, open_one, how)


def needed(job: Job, project: Project) -> Needs:
    """All that a job's token is or may be used for, in the workflows that it calls too."""
    if job.uses is None:
        return of_job(job, project)
    needs = Needs()
    _add_called(needs, job, project, 0)
    return needs


def _add_called(needs: Needs, job: Job, project: Project, depth: int) -> None:
    called = local(job.uses, job, project)
    place = job.uses.span if job.uses is not None else job.span
    if called is None or depth > _DEEPEST:
        needs.open("*", "what the workflow that it calls does is not known", place)
        return
    for inner in called.jobs:
        if isinstance(inner.permissions, Known):
            merge(needs.may, {name: level(value) or "write" for name, value in permissions(inner).items()})
        elif inner.uses is not None:
            _add_called(needs, inner, project, depth + 1)
        else:
            needs.add(of_job(inner, project))


class Surplus:
    """One ``permissions`` map that gives more than is used: which entries, what its jobs use, and which jobs have no
    use for them; ``whole`` tells whether none has."""

    __slots__ = ("entries", "jobs", "owner", "used", "whole")

    def __init__(
        self, owner: Job | Workflow, entries: list[tuple[str, Value]], used: Levels, jobs: list[Job], whole: bool
    ) -> None:
        self.owner = owner
        self.entries = entries
        self.used = used
        self.jobs = jobs
        self.whole = whole


def surplus(workflow: Workflow, project: Project) -> Iterator[Surplus]:
    """The maps of a workflow that let its token change what no step changes."""
    inheriting = [job for job in workflow.jobs if isinstance(job.tree.get("permissions"), Absent)]
    maps: list[tuple[Job | Workflow, Value, list[Job]]] = [(workflow, workflow.tree.get("permissions"), inheriting)]
    maps += [(job, job.tree.get("permissions"), [job]) for job in workflow.jobs if job not in inheriting]
    for owner, given, jobs in maps:
        writes = [(name, value) for name, value in given.items() if string(value) == "write"]
        if not writes or not jobs:
            continue
        told = [(job, needed(job, project)) for job in jobs]
        used: Levels = {}
        for _, needs in told:
            merge(used, needs.may)
        unused = {name: [job for job, needs in told if _is_unused(name, needs)] for name, _ in writes}
        whole = [(name, value) for name, value in writes if len(unused[name]) == len(jobs)]
        if whole:
            yield Surplus(owner, whole, used, jobs, True)
        partly = [
            (name, value)
            for name, value in writes
            if 0 < len(unused[name]) < len(jobs) and not any(needs.is_open(name) for _, needs in told)
        ]
        if partly:
            idle = [job for job in jobs if all(job in unused[name] for name, _ in partly)]
            if idle:
                yield Surplus(owner, partly, used, idle, False)


def _is_unused(name: str, needs: Needs) -> bool:
    return needs.is_open(name) is None and RANK[needs.may.get(name, "none")] < RANK["write"]


def used_by(given: Value, project: Project) -> Levels | None:
    """All that the jobs use to which some ``permissions`` is given; None where that is not known of each of them."""
    jobs = [job for job in project.facts.jobs if _is_given(job.permissions, given)]
    told = [needed(job, project) for job in jobs]
    if not told or any(needs.unknown for needs in told):
        return None
    used: Levels = {}
    for needs in told:
        merge(used, needs.may)
    return used


def _is_given(own: Value, given: Value) -> bool:
    return isinstance(own, Known) and own.span.path == given.span.path and own.span.start == given.span.start
