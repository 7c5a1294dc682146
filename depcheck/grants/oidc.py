"""Roles that GitHub's jobs become: which subjects and audiences their trust lets in.

GitHub's subjects are ``repo:OWNER/NAME:environment:NAME`` for a job with an environment, else
``repo:OWNER/NAME:pull_request`` or ``repo:OWNER/NAME:ref:refs/heads/NAME``. An organization can change that: what is
not of this form is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from depcheck.grants.trust import is_github
from depcheck.model import Grant, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.policies import allows, pattern_of, tests_of
from depcheck.values import OPEN, Known, Unknown, Value, string

_ISSUER = "token.actions.githubusercontent.com"
_FORM = Pattern(r"repo:[^:]*:(?:\*|\?|environment|ref|pull_request|\ufffc).*|repo:[^:]*\*|repo:[^:]*", re.DOTALL)
_NUMBER = Pattern(r"@(?:\d+|\*)")
#: Claims beside the subject that say from which branch, environment or workflow a job comes.
_NARROWER = (":environment", ":ref", ":job_workflow_ref", ":actor", ":workflow_ref", ":base_ref", ":event_name")
#: Patterns up to this length are compared.
_LONGEST = 400


class Trust:
    """One statement that lets GitHub's jobs become a role. ``role`` is None where the policy stands by itself."""

    __slots__ = ("audiences", "grant", "role", "subjects", "undecided")

    def __init__(self, grant: Grant, role: Resource | None) -> None:
        self.grant = grant
        self.role = role
        #: Per condition on the subject its values, with the pattern of each; one of each list must match.
        self.subjects: list[list[tuple[Value, str | None]]] = []
        self.audiences: list[list[tuple[Value, str | None]]] = []
        self.undecided: Unknown | None = grant.conditions.rest if isinstance(grant.conditions, Known) else None
        for ending, into in ((":sub", self.subjects), (":aud", self.audiences)):
            tests = tests_of(grant, ending)
            if isinstance(tests, Unknown):
                self.undecided = tests
                continue
            for operator, values in tests:
                word = operator.lower().removesuffix("ifexists")
                if word in ("stringequals", "stringlike", "stringequalsignorecase"):
                    into.append([(each, _pattern(each, word)) for each in values.elements()])
                else:
                    self.undecided = Unknown(f"{operator} is not judged", values.span)

    @property
    def address(self) -> str:
        """The role's address."""
        return self.grant.scope

    def admits(self, endings: Iterable[str], slug: str | None) -> bool:
        """Whether a job may come in, as far as can be told: ``endings`` are what its subjects end with (patterns),
        ``slug`` its repository, None if that is not known and not judged."""
        return self.undecided is not None or any(
            all(any(_admits(pattern, ending, slug) for _, pattern in values) for values in self.subjects)
            for ending in endings
        )

    def admits_audience(self, audience: str | None) -> bool:
        """Whether an audience may come in, as far as can be told."""
        return audience is None or all(
            any(pattern is None or overlap(pattern, audience.lower()) for _, pattern in values)
            for values in self.audiences
        )

    def narrowed(self) -> bool:
        """Whether another claim says from which branch, environment or workflow a job comes."""
        return any(tests_of(self.grant, f"{_ISSUER}{ending}") for ending in _NARROWER)


def _admits(pattern: str | None, ending: str, slug: str | None) -> bool:
    if pattern is None or not is_usual(pattern):
        return True
    return overlap(pattern, f"repo:{(slug or repository_of(pattern)).lower()}:{ending}")


def repository_of(pattern: str) -> str:
    """A repository that a subject means: what stands before the next colon or wildcard."""
    return re.split(r"[:*?]", pattern.removeprefix("repo:"), maxsplit=1)[0]


def _pattern(value: Value, operator: str) -> str | None:
    """A value as a pattern with ``*`` and ``?``; None where nothing of it is known."""
    text = pattern_of(value)
    if text is None or text == OPEN:
        return None
    if operator != "stringlike":
        text = text.replace("*", "\ue000").replace("?", "\ue001")  # these stand for themselves
    return _NUMBER.sub("", text.replace(OPEN, "*")).lower()


def is_usual(pattern: str) -> bool:
    """Whether a subject has GitHub's usual form."""
    return pattern == "*" or _FORM.fullmatch(pattern) is not None


@lru_cache(maxsize=8192)
def overlap(one: str, other: str) -> bool:
    """Whether some text matches both of two patterns with ``*`` and ``?``."""
    if max(len(one), len(other)) > _LONGEST:
        return True  # longer than any subject: not judged
    states = {0}
    _pass_stars(states, other)
    for char in one:
        if char == "*":
            # Any number of characters: every later state of the other pattern can be reached.
            states = set(range(min(states), len(other) + 1)) if states else states
            continue
        after: set[int] = set()
        for state in states:
            if state < len(other):
                wanted = other[state]
                if wanted == "*":
                    after.add(state)
                elif wanted in (char, "?") or char == "?":
                    after.add(state + 1)
        states = after
        _pass_stars(states, other)
        if not states:
            return False
    return len(other) in states


def _pass_stars(states: set[int], pattern: str) -> None:
    """Add the states behind stars, which may stand for nothing."""
    for state in list(states):
        while state < len(pattern) and pattern[state] == "*":
            state += 1
            states.add(state)


@lru_cache(maxsize=1)
def trusts(project: Project) -> tuple[Trust, ...]:
    """Every statement that lets GitHub's jobs become a role."""
    return tuple(
        Trust(grant, project.resource(grant.scope, grant.environment) if grant.scope else None)
        for grant in project.facts.grants
        if grant.source == "trust" and allows(grant) is True and lets_github_in(grant, project)
    )


def trust_of(grant: Grant, project: Project) -> Trust | None:
    """The statement as one that lets GitHub's jobs in; None if it does not."""
    return _by_grant(project).get(grant)


@lru_cache(maxsize=1)
def _by_grant(project: Project) -> Mapping[Grant, Trust]:
    return {each.grant: each for each in trusts(project)}


def lets_github_in(grant: Grant, project: Project) -> bool:
    """Whether a statement is about GitHub's jobs: by its principal, or by the keys of its conditions."""
    if any(is_github(each, grant, project) for each in grant.principals):
        return True
    conditions = grant.conditions
    return isinstance(conditions, Known) and any(
        key.lower().startswith(f"{_ISSUER}:") for _, tests in conditions.items() for key, _ in tests.items()
    )


def name_of(role: Resource | None) -> str | None:
    """A role's name as a pattern; None where it is not known at all."""
    if role is None:
        return None
    for key in ("name", "RoleName", "role_name"):
        text = pattern_of(role.get(key))
        if text is not None:
            return None if text == OPEN else text.replace(OPEN, "*")
    prefix = string(role.get("name_prefix"))
    return f"{prefix}*" if prefix else None


@lru_cache(maxsize=1)
def by_name(project: Project) -> Mapping[str, tuple[Trust, ...]]:
    """The statements by the name of their role, where that is known to the end."""
    found: dict[str, list[Trust]] = {}
    for trust in trusts(project):
        name = name_of(trust.role)
        if name is not None and "*" not in name:
            found.setdefault(name, []).append(trust)
    return {name: tuple(each) for name, each in found.items()}


@lru_cache(maxsize=1)
def _made(project: Project) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of all roles that are made here, in lower case, and those of them that are patterns."""
    roles = (role for role in project.of_type("aws_iam_role") if role.kind != "data")
    names = {(name_of(role) or "*").lower() for role in roles}
    return frozenset(names), tuple(name for name in names if "*" in name)


def may_be_made(name: str, project: Project) -> bool:
    """Whether a role of that name is made here, as far as can be told; true where no role is made at all."""
    names, patterns = _made(project)
    return not names or name.lower() in names or any(overlap(each, name.lower()) for each in patterns)


#: Among more roles than these no name is looked for that is nearly the same.
_MANY = 200


def nearest(name: str, project: Project) -> str | None:
    """The role for GitHub's jobs whose name is nearly the same, and not that of another environment; None if none."""
    from difflib import get_close_matches

    names = by_name(project)
    near = get_close_matches(name, names, n=1, cutoff=0.88) if len(names) <= _MANY else []
    within = project.environments.within
    return near[0] if near and within(near[0]) == within(name) and not _numbered(name, near[0]) else None


def _numbered(one: str, other: str) -> bool:
    """Whether two names differ in their numbers, as those of siblings do."""
    return re.findall(r"\d+", one) != re.findall(r"\d+", other)


@lru_cache(maxsize=1)
def accounts(project: Project) -> frozenset[str]:
    """The accounts in which jobs become roles that are made here."""
    from depcheck.grants.oidc_jobs import assumptions

    return frozenset(each.account for each in assumptions(project) if each.name in by_name(project))


@lru_cache(maxsize=1)
def _environments_of(project: Project) -> Mapping[str, frozenset[str]]:
    """The environments of the jobs that become a role, by its name."""
    from depcheck.grants.oidc_jobs import assumptions

    found: dict[str, set[str]] = {}
    for each in assumptions(project):
        for named in (project.environments.named(each.environment), each.job.environment):
            if named is not None:
                found.setdefault(each.name, set()).add(named)
    return {name: frozenset(each) for name, each in found.items()}


def is_githubs(provider: Resource) -> bool:
    """Whether an identity provider of AWS is GitHub's."""
    return _ISSUER in (pattern_of(provider.get("url")) or "")


def impossible(trust: Trust) -> tuple[str, Value] | None:
    """Why no subject can match a trust, with the value: ``literal`` for a wildcard under an operator that takes it as
    it stands, ``form`` for what is no subject, ``part`` for a repository without the part that follows it."""
    for values in trust.subjects:
        found = [(_flaw(pattern), value) for value, pattern in values]
        if found and all(flaw for flaw, _ in found):
            return found[0]
    return None


def _flaw(pattern: str | None) -> str:
    if pattern is None or "*" in pattern or "?" in pattern:
        return ""
    if "\ue000" in pattern or "\ue001" in pattern:
        return "literal"
    if ":" not in pattern:
        return "form"
    return "part" if re.fullmatch(r"repo:[^:/]+/[^:/]+", pattern) else ""


def is_mentioned(name: str, project: Project) -> bool:
    """Whether a module that is called may make a role of that name: one of its arguments says so."""
    for resource in project.facts.resources:
        if resource.kind == "module":
            stack: list[Value] = [resource.attributes]
            while stack:
                value = stack.pop()
                if isinstance(value, Known) and isinstance(value.value, dict):
                    stack.extend(value.value.values())
                elif isinstance(value, Known) and isinstance(value.value, list):
                    stack.extend(value.value)
                elif name in (pattern_of(value) or ""):
                    return True
    return False


#: How the subject of a branch ends that has a name no other has: a pattern that lets it in lets every branch in.
_ANY_BRANCH = "ref:refs/heads/\ue002"
_HARMLESS = Pattern(
    r"plan|read|ro|view|viewer|preview|review|lint|tests?|scan|check|checks|audit|validate|diff|drift|ci|pr"
)


def is_productive(trust: Trust, project: Project) -> bool:
    """Whether a role is production's and more than a reader's: by its environment, its name or the jobs that use it."""
    environments = project.environments
    name = name_of(trust.role) or ""
    if any(_HARMLESS.fullmatch(word) for word in re.split(r"[^a-z0-9]+", f"{name} {trust.address}".lower())):
        return False
    if trust.grant.environment is not None:
        return trust.grant.environment in environments.critical
    told: list[str | None] = [environments.within(name), environments.within(trust.address)]
    told += _environments_of(project).get(name, ())
    if not any(told) and len({each.address for each in trusts(project)}) == 1:
        # The only one there is must be what a job of production names by a secret or a variable.
        told += _environments_of(project).get("*", ())
    return any(each in environments.critical for each in told if each is not None)


def reach(trust: Trust) -> tuple[str, Value] | None:
    """Which jobs of a repository a trust lets in, with the value that says so: ``any``, ``branches``, ``pull-request``
    or ``held``; None where it says nothing of the repository, or lets whole owners in."""
    if not trust.subjects or not trust.subjects[0]:
        return None
    first: tuple[str, Value] | None = None
    for value, pattern in trust.subjects[0]:
        if pattern is None:
            return "held", value
        owner, _, rest = pattern.removeprefix("repo:").partition("/")
        if not pattern.startswith("repo:") or "*" in owner or rest.startswith("*") or not is_usual(pattern):
            return None
        branches, pulls = _admits(pattern, _ANY_BRANCH, None), _admits(pattern, "pull_request", None)
        found = "any" if branches and pulls else "branches" if branches else "pull-request" if pulls else "held"
        if (found != "held" and (first is None or first[0] == "held")) or first is None:
            first = found, value
    return first


#: What a condition on GitHub's claims may say of whose job it is.
_WHOSE = Pattern(
    r"\b(?:assertion|attribute)\.(?:repository\w*|sub\w*|job_workflow_ref|workflow_ref|enterprise\w*)|google\.subject"
)


def pool_condition(provider: Resource) -> tuple[str, Value] | None:
    """How a provider of a workload identity pool of Google's tells whose GitHub job it lets in: ``""`` where nothing
    does, ``condition`` where the condition says something else, ``held`` or ``open``; None if it is not GitHub's."""
    issuer = next((pattern_of(each.get("issuer_uri")) for each in provider.get("oidc").elements()), None)
    if issuer is None or _ISSUER not in issuer:
        return None
    condition = provider.get("attribute_condition")
    text = pattern_of(condition)
    if isinstance(condition, Known) and not text:
        return "", condition
    if not isinstance(condition, (Known, Unknown)):
        return "", condition
    if text is not None and _WHOSE.search(text):
        return "held", condition
    return ("open" if isinstance(condition, Unknown) else "condition"), condition
