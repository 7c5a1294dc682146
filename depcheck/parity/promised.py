"""What the policy promises of the relations between environments, and what of it matches nothing or has ended."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import translate

from depcheck.findings import Note, Outcome, Undetermined, Violation
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import environment_of, is_passed_on, only_shows, place_of
from depcheck.parity.relations import BELONGS, DIFFER, FIXED, MONOTONE, SAME, SUPERSET, more, names_of
from depcheck.parity.rows import DIFFERS, Row, leaves, text_of
from depcheck.patterns import Pattern
from depcheck.project import Project, marks
from depcheck.source import Span
from depcheck.values import Known, Unknown, Value, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy import Policy

Pair = tuple[str, str]


# -- relations -----------------------------------------------------------------------------------------------------


def relations(compared: Comparison) -> Iterator[Outcome]:
    """Subjects that do not relate as ``parity`` of the policy says."""
    policy = compared.project.policy
    if policy is None:
        return
    told = _with_other_versions(compared)
    for row in compared.rows:
        relation = row.relation
        if relation.promised is None or relation.name == FIXED or _is_told(row, told):
            continue
        for pair in compared.pairs(row):
            yield from _pair(row, pair, compared, policy)
    yield from _fixed(compared, policy)


def _with_other_versions(compared: Comparison) -> frozenset[str]:
    """Databases whose version is told by a rule of its own."""
    from depcheck.parity.versions import databases

    if not any(row.relation.promised and row.relation.topic == "engine-version" for row in compared.rows):
        return frozenset()
    found = (each for each in databases(compared.project) if isinstance(each, Violation))
    return frozenset(each.resource for each in found if each.resource is not None)


def _is_told(row: Row, told: frozenset[str]) -> bool:
    return row.relation.topic == "engine-version" and not told.isdisjoint(row.address.values())


def _pair(row: Row, pair: Pair, compared: Comparison, policy: Policy) -> Iterator[Outcome]:
    less, critical = pair
    one, other = row.values[less], row.values[critical]
    name = row.relation.name
    state = row.between(less, critical, compared.project.environments)
    if one is None or other is None:
        absent = critical if other is None else less
        if name == SAME or (name == SUPERSET and other is None):
            there = one if one is not None else other
            if there is not None:
                notes = [Note(f"{critical if absent == less else less} has it here", there.span)]
                place = _place_of_absent(row, absent, compared) or there.span
                yield _wrong(place, row, absent, "missing", policy, notes, {"environment": absent})
        return
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        if text_of(one) == text_of(other) and name == SAME:
            return
        unknown = other if isinstance(other, Unknown) else one
        if name != BELONGS and isinstance(unknown, Unknown):
            yield Undetermined(unknown, environment=critical if unknown is other else less)
        return
    first, second = text_of(one), text_of(other)
    notes = [Note(f"the value of {less}", place_of(one, less, compared.project))]
    words: dict[str, object] = {"less": less, "environment": critical}
    if name == SAME and state == DIFFERS:
        yield _wrong(
            place_of(other, critical, compared.project), row, critical, "differs", policy, notes, words, (one, other)
        )
    elif name == DIFFER and first == second and first:
        yield _wrong(
            place_of(other, critical, compared.project), row, critical, "equal", policy, notes, words, (one, other)
        )
    elif name == MONOTONE:
        order = more(row.relation, first, second)
        if order == 1:
            yield _wrong(
                place_of(other, critical, compared.project), row, critical, "less", policy, notes, words, (one, other)
            )
    elif name == BELONGS:
        for environment, value, text in ((less, one, first), (critical, other, second)):
            mark = next(iter(marks.foreign(row.name, text, environment, compared.project)), None)
            if mark is not None:
                words = {"environment": environment, "owner": mark.environment}
                yield _wrong(
                    place_of(value, environment, compared.project),
                    row,
                    environment,
                    "belongs",
                    policy,
                    [],
                    words,
                    (value,),
                )
    elif name == SUPERSET and not _elements(one) <= _elements(other):
        yield _wrong(
            place_of(other, critical, compared.project), row, critical, "less", policy, notes, words, (one, other)
        )


def _elements(value: Value) -> set[str]:
    if isinstance(value, Known) and isinstance(value.value, (list, dict)):
        return set(value.value) if isinstance(value.value, dict) else {text_of(each) for each in value.value}
    return {part.strip() for part in text_of(value).split(",")}


def _place_of_absent(row: Row, environment: str, compared: Comparison) -> Span | None:
    """Where a missing thing is reported: at the header of the resource, at line 1 of the env file."""
    if row.kind in ("attribute", "resource"):
        resource = compared.project.resource(row.address.get(environment, ""), environment)
        return resource.span if resource is not None else None
    for family in compared.families:
        if family.label == row.group and environment in family.files:
            file = compared.project.file(family.files[environment])
            return file.span if file is not None else None
    return None


def _wrong(
    place: Span,
    row: Row,
    environment: str,
    variant: str,
    policy: Policy,
    notes: list[Note],
    words: dict[str, object],
    values: tuple[Value, ...] = (),
) -> Violation:
    pattern = row.relation.promised or ""
    promised = policy.span("parity", row.relation.name)
    return Violation(
        place,
        resource=row.address.get(environment),
        environment=environment,
        variant=variant,
        discriminator=row.subject,
        related=[*notes, Note(f"{pattern} is promised here", promised)],
        secrets=[value.span for value in values] if row.secret else [],
        words={"subject": row.subject, "relation": row.relation.name, **words},
    )


def _fixed(compared: Comparison, policy: Policy) -> Iterator[Outcome]:
    """Subjects that have another value than the one that the policy fixes, compared with others or not."""
    if not policy.parity.fixed:
        return
    project = compared.project
    patterns = {pattern: Pattern(translate(pattern)) for pattern in policy.parity.fixed}
    for subject, names, environment, value, address in _everything(project):
        for pattern, expression in patterns.items():
            wanted = policy.parity.fixed[pattern].get(environment, policy.parity.fixed[pattern].get("*"))
            if wanted is None or not any(expression.fullmatch(name) for name in names):
                continue
            if isinstance(value, Unknown):
                yield Undetermined(value, environment=environment, resource=address)
                continue
            actual = text_of(value)
            if actual.lower() == scalar_or_text(wanted).lower():
                continue
            yield Violation(
                place_of(value, environment, project),
                resource=address,
                environment=environment,
                variant="fixed",
                discriminator=subject,
                related=[Note(f"{pattern} is promised here", policy.key_span("parity", "fixed", pattern))],
                words={
                    "subject": subject,
                    "value": actual or "empty",
                    "wanted": scalar_or_text(wanted),
                    "environment": environment,
                    "relation": FIXED,
                },
            )


def scalar_or_text(value: object) -> str:
    """A value of the policy as configuration writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _everything(project: Project) -> Iterator[tuple[str, list[str], str, Value, str | None]]:
    for setting in project.facts.settings:
        environment = environment_of(setting, project)
        if environment is not None and not only_shows(setting) and not is_passed_on(setting):
            subject = f"variable.{setting.name}"
            yield subject, [subject, setting.name], environment, setting.value, setting.scope or None
    for resource in project.facts.resources:
        if resource.environment is None or resource.kind == "data":
            continue
        for path, value in leaves(resource.attributes).items():
            subject = f"{resource.address}.{path}"
            yield subject, names_of(subject), resource.environment, value, resource.address


# -- entries that do nothing ---------------------------------------------------------------------------------------


def unused(compared: Comparison) -> Iterator[Outcome]:
    """Entries of ``parity`` that match nothing that was read."""
    project = compared.project
    policy = project.policy
    if policy is None:
        return
    parity = policy.parity
    names = _Names(project)
    asked: list[tuple[str, tuple[str | int, ...]]] = []
    for relation in ("same", "differ", "belongs", "monotone", "superset", "free"):
        asked += [(pattern, ("parity", relation, at)) for at, pattern in enumerate(getattr(parity, relation))]
    asked += [(pattern, ("parity", "fixed", pattern)) for pattern in parity.fixed]
    for environment, patterns in parity.only_in.items():
        asked += [(pattern, ("parity", "only_in", environment, at)) for at, pattern in enumerate(patterns)]
    for pattern, path in asked:
        if pattern not in compared.promises.met and not names.have(pattern):
            yield Violation(
                policy.span(*path), discriminator=pattern, words={"entry": pattern, "key": f"parity.{path[1]}"}
            )
    for at, text in enumerate(parity.shared):
        if not names.hold(text):
            yield Violation(
                policy.span("parity", "shared", at),
                discriminator=text,
                words={"entry": text, "key": "parity.shared"},
            )


class _Names:
    """Everything that an entry of the policy may mean, gathered when the first one is asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: set[str] | None = None

    def have(self, pattern: str) -> bool:
        """Whether a pattern matches anything."""
        if self._names is None:
            self._names = self._gathered()
        if not any(sign in pattern for sign in "*?["):
            return pattern in self._names
        expression = Pattern(translate(pattern))
        return any(expression.fullmatch(name) for name in self._names)

    def _gathered(self) -> set[str]:
        project = self._project
        declared = project.policy.variables if project.policy is not None else {}
        names = {name for setting in project.facts.settings for name in (setting.name, f"variable.{setting.name}")}
        names |= {name for variable in declared for name in (variable, f"variable.{variable}")}
        for resource in project.facts.resources:
            names |= {resource.type, resource.address}
            for path in leaves(resource.attributes):
                names.update(names_of(f"{resource.address}.{path}"))
        from depcheck.parity.comparison import comparison

        names |= {row.subject for row in comparison(project).rows}
        return names | {f"runtime.{runtime.language}" for runtime in project.facts.runtimes}

    def hold(self, text: str) -> bool:
        """Whether any value is, or begins with, a text that environments may share; or a setting has it as its name."""
        bare = text.rstrip("*")
        for setting in self._project.facts.settings:
            value = scalar_text(setting.value) or ""
            if setting.name == text or value == text or bare in value:
                return True
        return any(bare in each.extent.text for each in self._project.facts.resources)


def expired(project: Project) -> Iterator[Outcome]:
    """Exceptions of the policy that have ended."""
    policy = project.policy
    if policy is None:
        return
    for at, entry in enumerate(policy.rules.ignore):
        if entry.until is not None and entry.until < project.as_of:
            yield Violation(
                policy.span("rules", "ignore", at, "until"),
                discriminator=f"{entry.rule} {at}",
                words={"rule": entry.rule, "until": entry.until.isoformat()},
            )
