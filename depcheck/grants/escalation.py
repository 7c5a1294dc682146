"""Ways from what somebody is allowed to what others are: the published paths of privilege escalation.

The paths are ``schemas/iam-escalation.json``. A document that suffices by itself is told as such; a role, a user or a
group only where several of its documents are needed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from depcheck.data import load_json
from depcheck.findings import Note, Outcome, Undetermined, Violation
from depcheck.grants.holders import Document, Holder, joined
from depcheck.grants.reach import narrower
from depcheck.grants.statements import Permit, Statements
from depcheck.project import Project
from depcheck.project.policies import pattern_of
from depcheck.values import Unknown, Value


class Path:
    """One way. ``needs`` are its actions, ``every`` those that must be allowed on every resource (of the types ``on``,
    where it says so), ``passed_to`` the service that gets a role; ``whom`` is empty where it leads to all rights."""

    __slots__ = ("any_account", "every", "id", "needs", "on", "passed_to", "services", "source", "strict", "whom")

    def __init__(self, entry: dict[str, object]) -> None:
        self.id = str(entry["id"])
        self.needs = _texts(entry["needs"])
        self.services = frozenset(name.partition(":")[0] for name in self.needs)
        self.every = frozenset(_texts(entry["every"]))
        self.on = _texts(entry.get("on"))
        self.any_account = entry.get("accounts") == "any"
        self.passed_to = str(entry.get("passed_to", ""))
        self.whom = str(entry.get("as", ""))
        self.strict = entry.get("profile") == "strict"
        self.source = str(entry["source"])

    @property
    def kind(self) -> str:
        """``administrator``, ``others`` whose roles it leads to, or ``strict`` where deployments go it on purpose."""
        return "strict" if self.strict else "others" if self.whom else "administrator"


class Escalation:
    """A path that somebody can go: by which permits, in the order of the path's actions. ``undecided`` is what keeps it
    open; ``others`` counts the further ones of its kind."""

    __slots__ = ("others", "path", "permits", "undecided")

    def __init__(self, path: Path, permits: list[Permit], undecided: Unknown | None) -> None:
        self.path = path
        self.permits = permits
        self.undecided = undecided
        self.others = 0

    @property
    def decisive(self) -> Permit:
        """The permit whose narrowing ends it: that of the first action, which is for every resource."""
        return self.permits[0]


@cache
def paths() -> Sequence[Path]:
    """All paths, the short ones first."""
    entries = load_json("schemas", "iam-escalation.json")["paths"]
    found = [Path(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(sorted(found, key=lambda path: len(path.needs)))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def escalation(statements: Statements, among: Iterable[Path]) -> Escalation | None:
    """The first path that the statements allow, else the first that they may."""
    found: Escalation | None = None
    services = statements.services()
    for path in among:
        if services is not None and not path.services <= services:
            continue
        made = _go(path, statements)
        if made is None:
            continue
        if found is None or (found.undecided is not None and made.undecided is None):
            found = made
        elif made.undecided is None:
            found.others += 1
    return found


def _go(path: Path, statements: Statements) -> Escalation | None:
    permits: list[Permit] = []
    if not all(statements.may_allow(name) for name in path.needs):
        return None
    for name in path.needs:
        every = name in path.every
        for kind in path.on if every and path.on else ("",):
            permit = statements.permit(name, every=every, passed_to=path.passed_to, on=kind)
            if permit is None or (path.any_account and names_account(permit.resource)):
                return None
            permits.append(permit)
    undecided = next((each.undecided for each in permits if each.undecided is not None), None)
    if any(each.grant.effect is each.undecided for each in permits):
        # Nothing of the statement is known: that is told by the rule for those who may do everything.
        return None
    return Escalation(path, permits, undecided)


def names_account(resource: Value) -> bool:
    """Whether an entry of resources is for one account, decided or not, whose own policies let in whom they choose."""
    parts = (pattern_of(resource) or "").split(":", 5)
    return len(parts) == 6 and "*" not in parts[4]


def of_documents(project: Project, among: Sequence[Path]) -> Iterator[tuple[Document, Escalation]]:
    """The documents that suffice by themselves."""
    together = joined(project)
    for document in together.documents:
        grant = document.grants[0]
        if together.counts(grant) and not together.is_bounded(document) and not document.administrator:
            found = escalation(document.statements, among)
            if found is not None:
                yield document, found


def of_holders(project: Project, among: Sequence[Path]) -> Iterator[tuple[Holder, Escalation]]:
    """Roles, users and groups for whom several documents make a way that none of their own makes alone."""
    alone: dict[int, bool] = {}
    for holder in joined(project).holders:
        if holder.bounded or len(holder.documents) < 2:
            continue
        if any(each.administrator for each in holder.documents):
            continue
        own = [each for each in holder.documents if not each.managed]
        for each in own:
            if id(each) not in alone:
                alone[id(each)] = escalation(each.statements, among) is not None
        if not own or any(alone[id(each)] for each in own):
            continue
        # Its own first, so that a way is told by what it has of its own where that is enough for a part of it.
        grants = [
            grant
            for managed in (False, True)
            for each in holder.documents
            if each.managed is managed
            for grant in each.grants
        ]
        found = escalation(Statements(grants), among)
        written = {id(grant) for document in own for grant in document.grants}
        if found is None or not any(id(permit.grant) in written for permit in found.permits):
            continue
        # What a group has by itself is told of the group.
        used = {id(permit.grant) for permit in found.permits}
        if not any(used <= _all_of(group) for group in holder.groups):
            yield holder, found


def _all_of(holder: Holder) -> set[int]:
    return {id(grant) for document in holder.documents for grant in document.grants}


def told(found: Escalation, address: str, environment: str | None) -> Outcome:
    """What a rule says of a path that somebody can go."""
    if found.undecided is not None:
        return Undetermined(found.undecided, resource=address, environment=environment)
    decisive = found.decisive
    path = found.path
    notes: list[Note] = []
    for name, permit in zip(path.needs, found.permits, strict=False):
        if permit.action.span not in [decisive.resource.span, *(note.span for note in notes)]:
            notes.append(Note(f"allows {name}", permit.action.span))
    more = (
        "" if not found.others else f", and in {found.others} more ways" if found.others > 1 else ", and in 1 more way"
    )
    words: dict[str, object] = {"path": " + ".join(path.needs), "whom": path.whom, "more": more}
    less = narrower(path.needs[0], path.on[-1] if path.on else "")
    words["fix"] = f"Name in `Resource` of `{path.needs[0]}` what is needed, such as `{less}`" + (
        ", or take one of the actions away." if len(path.needs) > 1 else ", and bound those who hold it."
    )
    return Violation(
        decisive.resource,
        resource=address,
        environment=environment,
        related=notes,
        discriminator=path.id,
        words=words,
    )
