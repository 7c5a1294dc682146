"""The verdict on every row: what the rules found in it, else what its values say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from depcheck.findings import SEVERITIES, Finding
from depcheck.parity.relations import BELONGS, DIFFER, FIXED, FREE, MONOTONE, SAME, Relation, more, verdict_words
from depcheck.parity.rows import DIFFERS, MISSING, UNKNOWN, Row, text_of
from depcheck.patterns import Pattern
from depcheck.values import Known, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.parity.comparison import Comparison

OK, ALLOWED, EQUAL = "ok", "allowed", "equal"
#: The order in which rows are shown.
VERDICTS = (EQUAL, DIFFERS, MISSING, UNKNOWN, ALLOWED, OK)


#: The order of kinds among rows that are equally grave.
_KINDS = ("variable", "flag", "image", "runtime", "resource", "attribute", "input", "step")
_VARIABLE = Pattern(r"[A-Z_][A-Z0-9_]*")


class Judged:
    """A row with its verdict, and the findings in it, the gravest first."""

    __slots__ = ("findings", "row", "verdict")

    def __init__(self, row: Row, verdict: str, findings: list[Finding]) -> None:
        self.row = row
        self.verdict = verdict
        self.findings = findings

    @property
    def severity(self) -> str | None:
        """The severity of the gravest finding."""
        return self.findings[0].severity if self.findings else None


def judged(
    compared: Comparison,
    found: Sequence[Finding],
    suppressed: Sequence[Finding],
    comparing: Container[str] = (),
    *,
    alone: bool = True,
) -> list[Judged]:
    """Every row with its verdict, those that a person must see first. With ``alone``, findings about what only one
    environment has are rows too. Rules of other packs count where they are ``comparing`` ones, or where they say of an
    attribute what its row says."""
    words = verdict_words()
    counted, silenced = _Places(found, compared), _Places(suppressed, compared)
    result: list[Judged] = []
    for row in compared.rows:
        here = sorted(counted.of(row), key=_gravity)
        if any(each.pack != "parity" and each.rule not in comparing for each in here) and not _is_less(row, compared):
            here = [each for each in here if each.pack == "parity" or each.rule in comparing]
        if here:
            verdict = _of_rule(here[0], words)
        elif silenced.of(row):
            verdict = ALLOWED
        else:
            verdict = _by_values(row, compared)
        result.append(Judged(row, verdict, here))
    lacking: dict[str, Judged] = {}
    for finding in counted.left() if alone else ():
        if finding.pack != "parity" and finding.rule not in comparing:
            continue
        names = counted.names(finding)
        for row in _own_rows(finding, names, compared):
            one = Judged(row, _of_rule(finding, words), [finding])
            # What several services lack in several environments is one row by its name.
            known = lacking.setdefault(row.subject, one) if names else one
            if known is not one:
                known.row.values |= row.values
                if finding not in known.findings:
                    known.findings = sorted([*known.findings, finding], key=_gravity)
            elif not names:
                result.append(one)
    for each in lacking.values():
        each.row.values = {name: None for name in compared.environments if name in each.row.values}
    return sorted([*result, *lacking.values()], key=_order)


def _is_less(row: Row, compared: Comparison) -> bool:
    """Whether the more critical of two environments has less of what it must have most of."""
    if row.relation.name != MONOTONE:
        return False
    for less, critical in compared.pairs(row):
        one, other = row.values[less], row.values[critical]
        if one is not None and other is not None and more(row.relation, text_of(one), text_of(other)) == 1:
            return True
    return False


def _order(each: Judged) -> tuple[int, int, bool, int, str]:
    gravity = SEVERITIES.index(each.severity) if each.severity else len(SEVERITIES)
    relation = each.row.relation
    kind = _KINDS.index(each.row.kind) if each.row.kind in _KINDS else len(_KINDS)
    return gravity, VERDICTS.index(each.verdict), relation.name == FREE, kind, each.row.subject


def _gravity(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _of_rule(finding: Finding, words: dict[str, frozenset[str]]) -> str:
    for verdict in (MISSING, EQUAL):
        if finding.rule in words[verdict]:
            return verdict
    return DIFFERS


def _by_values(row: Row, compared: Comparison) -> str:
    """What the values say where no rule objects: a difference that nobody objects to is allowed."""
    state = compared.state(row)
    relation = row.relation.name
    if state == MISSING:
        return ALLOWED
    if relation == DIFFER:
        return _different(row, compared)
    if state == UNKNOWN:
        return OK if relation == BELONGS else ALLOWED if relation == FREE else UNKNOWN
    if state == DIFFERS:
        return ALLOWED if relation in (FREE, SAME) else OK
    return OK


def _different(row: Row, compared: Comparison) -> str:
    """Whether what must differ does. References are equal only where they say the same."""
    for less, critical in compared.pairs(row):
        one, other = row.values[less], row.values[critical]
        if one is None or other is None or not text_of(one):
            continue
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            if row.relation.promised is not None:
                return UNKNOWN
            continue  # what a store of secrets holds is not in the configuration, and that is as it must be
        if text_of(one) == text_of(other):
            return ALLOWED
    return OK


class _Places:
    """Findings by where they stand, so that each cell of the matrix finds its own."""

    def __init__(self, findings: Iterable[Finding], compared: Comparison) -> None:
        self._by_path: dict[str, list[Finding]] = {}
        self._missing: dict[tuple[str, str], list[Finding]] = {}
        self._met: set[int] = set()
        self._names: dict[int, list[str]] = {}
        self._told: set[tuple[int, str]] = set()
        self._all = list(findings)
        names = _missing_names(compared) if any(_is_about_names(each) for each in self._all) else {}
        for finding in self._all:
            about = names.get((finding.rule, finding.span.path), []) if _is_about_names(finding) else []
            self._names[id(finding)] = about
            for name in about:
                self._missing.setdefault((finding.span.path, name), []).append(finding)
            if not about:  # else it stands at the beginning of a file, which is no place of its first variable
                self._by_path.setdefault(finding.span.path, []).append(finding)
        self._files = {
            (family.label, environment): path
            for family in compared.families
            for environment, path in family.files.items()
        }

    def of(self, row: Row) -> list[Finding]:
        """The findings in a row."""
        found: dict[int, Finding] = {}
        for environment, value in row.values.items():
            if value is None:
                path = self._files.get((row.group, environment), "")
                for finding in self._missing.get((path, row.name), ()):
                    found[id(finding)] = finding
                    self._told.add((id(finding), row.name))
                continue
            for finding in self._by_path.get(value.span.path, ()):
                if finding.environment in (None, environment) and _stands_in(finding, value, row):
                    found[id(finding)] = finding
            for step in value.via if isinstance(value, Known) and value.via else ():
                if step.span is None or step.span.path not in self._by_path or row.kind == "input":
                    continue
                for finding in self._by_path[step.span.path]:
                    same = finding.span.start == step.span.start and finding.environment == environment
                    if same and finding.resource in row.address.values():
                        found[id(finding)] = finding
        self._met.update(found)
        return list(found.values())

    def left(self) -> list[Finding]:
        """The findings that are in no row, or not all of what they say."""
        return [each for each in self._all if id(each) not in self._met or self.names(each)]

    def names(self, finding: Finding) -> list[str]:
        """The missing variables of a finding that are in no row, because no environment has them."""
        return [name for name in self._names.get(id(finding), ()) if (id(finding), name) not in self._told]


def _stands_in(finding: Finding, value: Value, row: Row) -> bool:
    # What is made in one expression all stands at its place.
    word = finding.discriminator.partition(" ")[0]
    if word != row.name and _VARIABLE.fullmatch(word):
        return False
    if row.address and finding.resource is not None and finding.resource not in row.address.values():
        return False
    start = value.key.start if value.key is not None and value.key.path == value.span.path else value.span.start
    end = max(value.span.end, value.key.end if value.key is not None else 0)
    if row.kind == "resource":
        return finding.span.start == value.span.start
    return min(start, value.span.start) <= finding.span.start and finding.span.end <= end


def _is_about_names(finding: Finding) -> bool:
    return finding.rule in ("variable-not-in-every-environment", "missing-variable")


def _missing_names(compared: Comparison) -> dict[tuple[str, str], list[str]]:
    """The names that the findings at the beginning of a file are about."""
    from depcheck.project.key_sets import lacks

    project = compared.project
    found: dict[tuple[str, str], list[str]] = {}
    for lack in lacks(project):
        found.setdefault(("variable-not-in-every-environment", lack.file.path), []).extend(lack.names)
    if project.policy is not None:
        from depcheck.project.required import missing

        for giver, names in missing(project, project.policy):
            found.setdefault(("missing-variable", giver.place.path), []).extend(names)
    return found


def _own_rows(finding: Finding, names: list[str], compared: Comparison) -> list[Row]:
    """The rows of a finding about something that one environment alone has, or none of them."""
    environment = finding.environment or compared.project.environments.critical[0]
    if names:
        return [Row(f"variable.{name}", "finding", name, Relation(SAME), {environment: None}) for name in names]
    word = finding.discriminator.partition(" ")[0]
    place = (finding.resource or finding.span.path).replace("workflow.", "job.", 1)
    subject = f"variable.{word}" if _VARIABLE.fullmatch(word) else place
    text = finding.excerpt.lines[0][1].strip() if finding.excerpt is not None and finding.excerpt.lines else ""
    return [Row(subject, "finding", "", Relation(FIXED), {environment: Known(text, finding.span)})]
