"""Who has which policies: documents by the resource that holds them, and roles, users and groups with all of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from depcheck.data import load_json
from depcheck.grants.statements import Statements, is_administrator
from depcheck.model import Grant, Resource
from depcheck.project import Project
from depcheck.project.policies import managed_name, pattern_of
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

_KINDS = ("aws_iam_role", "aws_iam_user", "aws_iam_group")
#: Type of resource → the attribute that names who holds it, what that is, and the attribute that names policies; none
#: where the resource is the policy.
_ATTACHMENTS = (
    ("aws_iam_role_policy", "role", "aws_iam_role", ""),
    ("aws_iam_user_policy", "user", "aws_iam_user", ""),
    ("aws_iam_group_policy", "group", "aws_iam_group", ""),
    ("aws_iam_role_policy_attachment", "role", "aws_iam_role", "policy_arn"),
    ("aws_iam_user_policy_attachment", "user", "aws_iam_user", "policy_arn"),
    ("aws_iam_group_policy_attachment", "group", "aws_iam_group", "policy_arn"),
    ("aws_iam_policy_attachment", "roles", "aws_iam_role", "policy_arn"),
    ("aws_iam_policy_attachment", "users", "aws_iam_user", "policy_arn"),
    ("aws_iam_policy_attachment", "groups", "aws_iam_group", "policy_arn"),
    ("aws_iam_role_policy_attachments_exclusive", "role_name", "aws_iam_role", "policy_arns"),
    ("aws_iam_user_policy_attachments_exclusive", "user_name", "aws_iam_user", "policy_arns"),
    ("aws_iam_group_policy_attachments_exclusive", "group_name", "aws_iam_group", "policy_arns"),
)
#: Type of resource → its attributes for users and for their groups.
_MEMBERSHIPS = (("aws_iam_group_membership", "users", "group"), ("aws_iam_user_group_membership", "user", "groups"))
#: What makes addresses and names mean one thing: format, environment, root, and the template in CloudFormation.
_Space = tuple[str, str | None, str, str]


class Document:
    """One policy, ``managed`` if it is one of AWS's own: its statements, and who is known to hold it. That of an
    ``administrator`` allows everything, or all of IAM."""

    __slots__ = ("address", "administrator", "denials", "environment", "grants", "holders", "managed", "statements")

    def __init__(self, address: str, environment: str | None, *, managed: bool = False) -> None:
        self.address = address
        self.managed = managed
        self.administrator = False
        self.denials: list[Grant] = []
        self.environment = environment
        self.grants: list[Grant] = []
        self.holders: list[Holder] = []
        self.statements = Statements(())


class Holder:
    """A role, a user or a group with all policies that it has, a user's with those of his ``groups``. ``bounded``
    tells that a boundary limits them."""

    __slots__ = ("bounded", "documents", "groups", "resource")

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.documents: list[Document] = []
        self.groups: list[Holder] = []
        self.bounded = _is_set(resource.get("permissions_boundary"))


class Joined:
    """The documents of a project and those who hold them. ``boundaries`` are the addresses of policies that bound
    others, ``read`` the places of statements in files that a resource reads, where they are told as that resource's,
    ``bounded`` the places where AWS's own policies are given to somebody with a boundary."""

    __slots__ = ("_by_grant", "boundaries", "bounded", "documents", "holders", "read")

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.holders: list[Holder] = []
        self.boundaries: set[str] = set()
        self.bounded: set[Span] = set()
        self.read: set[Span] = set()
        self._by_grant: dict[int, Document] = {}

    def add(self, document: Document, grant: Grant) -> None:
        """A statement of a document."""
        document.grants.append(grant)
        self._by_grant[id(grant)] = document

    def document(self, grant: Grant) -> Document | None:
        """The document that a statement belongs to."""
        return self._by_grant.get(id(grant))

    def counts(self, grant: Grant) -> bool:
        """Whether a statement gives something by itself: not one of a file that a resource reads, nor of a boundary."""
        if not grant.scope:
            return grant.span not in self.read
        if grant.scope in self.boundaries:
            return False
        document = self.document(grant)
        # A boundary that is handed out for others to use bounds nobody here.
        return "boundary" not in grant.scope.lower() or (document is not None and bool(document.holders))

    def adds(self, grant: Grant) -> bool:
        """Whether it matters what a statement gives: not beside one that gives everything, nor within a boundary."""
        document = self.document(grant)
        return (
            self.counts(grant) and document is not None and not document.administrator and not self.is_bounded(document)
        )

    def is_bounded(self, document: Document) -> bool:
        """Whether all who hold a document have a boundary."""
        return bool(document.holders) and all(each.bounded for each in document.holders)


@lru_cache(maxsize=1)
def joined(project: Project) -> Joined:
    """The policies of a project and who has them."""
    result = Joined()
    documents: dict[tuple[str, str | None, str, str], Document] = {}
    result.read = _read(project.facts.grants)
    for grant in project.facts.grants:
        if grant.source != "iam":
            continue
        path = grant.span.path if not grant.scope or grant.scope.startswith("cfn.") else ""
        key = (grant.scope, grant.environment, grant.root, path)
        if key not in documents:
            documents[key] = Document(grant.scope, grant.environment)
            result.documents.append(documents[key])
        result.add(documents[key], grant)
    for document in result.documents:
        document.statements = Statements(document.grants)
        document.administrator = is_administrator(document.statements)
        document.denials = [each for each in document.grants if scalar_text(each.effect) == "Deny"]
    _attach(project, documents, result)
    for document in result.documents:
        _deny(document)
    bounded = [each for each in result.holders if each.bounded]
    result.bounded = {each.grants[0].span for holder in bounded for each in holder.documents if each.managed}
    return result


def _deny(document: Document) -> None:
    """Where one alone holds a document, what his other policies deny is denied here too."""
    if len(document.holders) != 1:
        return
    others = [grant for each in document.holders[0].documents if each is not document for grant in each.grants]
    denials = [grant for grant in others if scalar_text(grant.effect) == "Deny"]
    if denials:
        document.denials = [*document.denials, *denials]
        document.statements = Statements([*document.grants, *denials])
        document.administrator = is_administrator(document.statements)


def _read(grants: list[Grant]) -> set[Span]:
    """The places of statements that are told as those of a resource: where they are the same, or where a file says what
    a resource beside or above it says, which renders it as a template."""
    places: set[Span] = set()
    folders: dict[tuple[str, ...], set[str]] = {}
    for each in grants:
        if each.scope:
            places.add(each.span)
            if each.source == "iam":
                folders.setdefault(_said(each), set()).add(each.span.path.rpartition("/")[0])
    for each in grants:
        if not each.scope and each.source == "iam":
            own = each.span.path.rpartition("/")[0]
            found = folders.get(_said(each), ())
            if any(own == folder or own.startswith(f"{folder}/") or not folder for folder in found):
                places.add(each.span)
    return places


def _said(grant: Grant) -> tuple[str, ...]:
    texts = [pattern_of(each) or "" for each in [*grant.actions, *grant.not_actions]]
    return (scalar_text(grant.effect) or "", grant.sid, *sorted(texts))


def _attach(project: Project, documents: dict[tuple[str, str | None, str, str], Document], result: Joined) -> None:
    names: dict[tuple[_Space, str, str], Holder] = {}
    policies: dict[tuple[_Space, str], Document] = {}
    for resource in project.of_type(*_KINDS):
        if resource.kind == "data":
            continue
        holder = Holder(resource)
        result.holders.append(holder)
        for name in _names(resource, "name"):
            names.setdefault((_space(resource), resource.type, name), holder)
        _give(holder, _own(resource, documents))
        for value in resource.get("managed_policy_arns").elements():
            _give(holder, _managed(value, resource, project))
        _bound(resource, project, result)
    for resource in project.of_type("aws_iam_policy"):
        document = _own(resource, documents)
        if document is not None:
            for name in _names(resource, "arn"):
                policies.setdefault((_space(resource), name), document)
    for type_, by, kind, attribute in _ATTACHMENTS:
        for resource in project.of_type(type_):
            for holder in _named(resource, by, kind, names):
                if not attribute:
                    _give(holder, _own(resource, documents))
                for value in resource.get(attribute).elements() if attribute else ():
                    policy = _name(value)
                    own = policies.get((_space(resource), policy)) if policy is not None else None
                    _give(holder, own if own is not None else _managed(value, resource, project))

    for type_, users, groups in _MEMBERSHIPS:
        for resource in project.of_type(type_):
            joining = _named(resource, groups, "aws_iam_group", names)
            for user in _named(resource, users, "aws_iam_user", names):
                user.groups.extend(each for each in joining if each not in user.groups)
    for holder in result.holders:
        for document in [each for group in holder.groups for each in group.documents]:
            _give(holder, document)


def _named(resource: Resource, by: str, kind: str, names: dict[tuple[_Space, str, str], Holder]) -> list[Holder]:
    """Those of a kind that an attribute of a resource names, and that are described here."""
    space = _space(resource)
    keys = [(space, kind, _name(value) or "") for value in resource.get(by).elements()]
    return [names[key] for key in keys if key in names]


def _bound(resource: Resource, project: Project, result: Joined) -> None:
    boundary = resource.get("permissions_boundary")
    if isinstance(boundary, Unknown) and boundary.refers is not None:
        result.boundaries.add(boundary.refers)
    elif isinstance(boundary, Known):
        text = scalar_text(boundary)
        for policy in project.of_type("aws_iam_policy"):
            if text is not None and text in _names(policy, "arn"):
                result.boundaries.add(policy.address)


def _is_set(value: Value) -> bool:
    return not isinstance(value, Absent) and not (isinstance(value, Known) and value.value in (None, ""))


def _space(resource: Resource) -> _Space:
    path = resource.span.path if resource.format == "cloudformation" else ""
    return resource.format, resource.environment, resource.root, path


def _own(resource: Resource, documents: dict[tuple[str, str | None, str, str], Document]) -> Document | None:
    path = resource.span.path if resource.address.startswith("cfn.") else ""
    return documents.get((resource.address, resource.environment, resource.root, path))


def _names(resource: Resource, attribute: str) -> list[str]:
    text = scalar_text(resource.get(attribute))
    return [resource.address] if text is None else [resource.address, text]


def _name(value: Value) -> str | None:
    return value.refers if isinstance(value, Unknown) else scalar_text(value)


def _give(holder: Holder, document: Document | None) -> None:
    if document is not None and document not in holder.documents:
        holder.documents.append(document)
        document.holders.append(holder)


def _managed(value: Value, resource: Resource, project: Project) -> Document | None:
    """A policy of AWS's own whose actions are known here, as a document at the place that names it."""
    name = managed_name(value, resource, project)
    if name is None or name not in _known():
        return None
    document = Document(resource.address, resource.environment, managed=True)
    document.grants = list(_statements(name, value.span, resource))
    document.statements = Statements(document.grants)
    document.administrator = is_administrator(document.statements)
    return document


def _statements(name: str, place: Span, resource: Resource) -> Iterator[Grant]:
    for statement in _known()[name]:
        passed = statement.get("PassedToService")
        condition = None
        if passed is not None:
            told: dict[str, Value] = {"iam:PassedToService": Known(_values(passed, place), place)}
            condition = Known({"StringEquals": Known(told, place)}, place)
        yield Grant(
            place,
            source="iam",
            actions=_values(statement.get("Action", []), place),
            not_actions=_values(statement.get("NotAction", []), place),
            resources=[Known("*", place)],
            conditions=condition,
            scope=resource.address,
            environment=resource.environment,
            sid=name,
            root=resource.root,
        )


def _values(texts: list[str], place: Span) -> list[Value]:
    return [Known(each, place) for each in texts]


@cache
def _known() -> dict[str, list[dict[str, list[str]]]]:
    """The statements of some policies of AWS's own, each for every resource."""
    found: dict[str, list[dict[str, list[str]]]] = {}
    policies = load_json("schemas", "iam-managed-policies.json")["policies"]
    for name, statements in policies.items() if isinstance(policies, dict) else ():
        found[name] = statements
    return found
