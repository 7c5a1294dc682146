"""Versions of what is put together: modules, languages, images."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Violation
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import place_of
from depcheck.parity.rows import Row, text_of
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.promises import is_sample
from depcheck.values import Known, scalar_text


def _is_local(name: str, project: Project) -> bool:
    return project.environments.role(name) in ("development", "test", "preview")


# -- modules -------------------------------------------------------------------------------------------------------

_VERSION = Pattern(r"(?P<operator>~>|>=|<=|=|\^|~|>|<|!=)?\s*v?(?P<numbers>\d+(?:\.\d+){0,2})(?P<rest>[-+.][^\s,]*)?$")
_REF = Pattern(r"[?&]ref=(?P<ref>[^&]+)")
#: A first number above this is a date.
_YEAR = 1900


def version_of(text: str) -> tuple[int, ...] | None:
    """The numbers of a version or of a constraint with one version in it."""
    match = _VERSION.fullmatch(text.strip())
    return tuple(int(each) for each in match["numbers"].split(".")) if match is not None else None


def modules(compared: Comparison) -> Iterator[Outcome]:
    """Modules in other versions, or from other places, than in the environment before production."""
    project = compared.project
    for row in compared.of_kind("attribute"):
        if row.relation.topic != "module" or row.type != "module" or row.relation.promised is not None:
            continue
        for less, critical in compared.pairs(row):
            one, other = row.values[less], row.values[critical]
            if critical not in project.environments.critical or not isinstance(one, Known) or one is other:
                continue
            first = scalar_text(one)
            second = scalar_text(other) if other is not None else None
            if first is None or second is None or not isinstance(other, Known):
                continue
            told = _module(row.name, first, second)
            if told is None:
                continue
            variant, severity = told
            yield Violation(
                place_of(other, critical, project) if variant != "source" else place_of(one, less, project),
                resource=row.address.get(critical),
                environment=critical if variant != "source" else less,
                discriminator=row.name,
                variant=variant,
                severity="low" if _is_local(less, project) else severity,
                related=[Note(f"{less} uses {_ref(first)}", one.span)],
                words={
                    "address": row.address.get(critical, row.subject),
                    "version": _ref(second),
                    "environment": critical,
                    "less": less,
                    "other": _ref(first),
                },
            )


def _ref(text: str) -> str:
    match = _REF.search(text)
    return match["ref"] if match is not None else text


def _module(name: str, first: str, second: str) -> tuple[str, str | None] | None:
    """What is wrong with two versions or sources of a module: the variant and the severity. That staging is ahead is
    how versions get to production."""
    if first == second:
        return None
    one, other = _REF.search(first), _REF.search(second)
    if name == "source":
        bare = [_REF.sub("", text) for text in (first, second)]
        if bare[0] != bare[1]:
            return None if _is_path(first) or _is_path(second) else ("source", "medium")
        if one is None or other is None:
            return None
        first, second = one["ref"], other["ref"]
    before, after = version_of(first), version_of(second)
    if before is None or after is None:
        return None
    if after <= before[: len(after)] and after <= before:
        return None
    return "", "high" if after[0] != before[0] else None


def _is_path(text: str) -> bool:
    return text.startswith((".", "/"))


_FLOATING = frozenset(("main", "master", "develop", "dev", "head", "trunk", "latest", "staging", "production"))


def floating(compared_or_project: Project) -> Iterator[Outcome]:
    """Modules of production that can change without a change here: git without a reference or at a branch."""
    project = compared_or_project
    for resource in project.of_type("module"):
        if resource.environment not in project.environments.critical or is_sample(resource):
            continue
        value = resource.get("source")
        text = scalar_text(value)
        if text is None or not isinstance(value, Known) or not _is_git(text):
            continue
        match = _REF.search(text)
        if match is not None and match["ref"].lower() not in _FLOATING:
            continue
        yield Violation(
            value,
            resource=resource.address,
            environment=resource.environment,
            variant="branch" if match is not None else "",
            words={"address": resource.address, "ref": match["ref"] if match is not None else ""},
        )


def _is_git(text: str) -> bool:
    return text.startswith(("git::", "git@", "github.com/", "bitbucket.org/")) or ".git" in text.partition("?")[0]


# -- runtimes and images -------------------------------------------------------------------------------------------


def _changed(row: Row, compared: Comparison) -> Iterator[tuple[str, str, Known, Known]]:
    """The pairs with a critical environment in which both values are decided, and not the same."""
    for less, critical in compared.pairs(row):
        one, other = row.values[less], row.values[critical]
        if critical not in compared.project.environments.critical:
            continue
        if isinstance(one, Known) and isinstance(other, Known) and text_of(one) != text_of(other):
            yield less, critical, one, other


def runtimes(compared: Comparison) -> Iterator[Outcome]:
    """Languages and tools that are newer in production than in the environment before it, or another major version."""
    project = compared.project
    for row in compared.rows:
        if row.kind != "runtime" and (row.relation.topic != "runtime" or row.name != "runtime"):
            continue
        if row.relation.promised is not None or (row.kind == "attribute" and row.type == "aws_lambda_function"):
            continue
        for less, critical, one, other in _changed(row, compared):
            before, after = version_of(text_of(one)), version_of(text_of(other))
            size = min(len(before or ()), len(after or ()), 2)
            if before is None or after is None or after[:size] <= before[:size]:
                continue
            yield Violation(
                place_of(other, critical, project),
                environment=critical,
                discriminator=row.subject,
                severity="low" if _is_local(less, project) else None,
                related=[Note(f"{less} uses {text_of(one)}", one.span)],
                words={
                    "language": row.name,
                    "version": text_of(other),
                    "environment": critical,
                    "less": less,
                    "other": text_of(one),
                },
            )


def images(compared: Comparison) -> Iterator[Outcome]:
    """Images that are newer in production than in the environment before it."""
    from depcheck.syntax.image_reference import parse

    project = compared.project
    for row in compared.rows:
        if row.relation.topic != "image" or row.relation.promised is not None:
            continue
        for less, critical, one, other in _changed(row, compared):
            first, second = parse(text_of(one)), parse(text_of(other))
            if first.path != second.path or not first.tag or not second.tag:
                continue
            before, after = version_of(first.tag), version_of(second.tag)
            if before is None or after is None or (before[0] > _YEAR) != (after[0] > _YEAR):
                continue
            size = min(len(before), len(after))
            if after[:size] <= before[:size]:
                continue
            yield Violation(
                place_of(other, critical, project),
                environment=critical,
                resource=row.address.get(critical),
                discriminator=row.subject,
                severity="low" if _is_local(less, project) else None,
                related=[Note(f"{less} runs {first.tag}", one.span)],
                words={
                    "image": second.path,
                    "tag": second.tag,
                    "environment": critical,
                    "less": less,
                    "other": first.tag,
                },
            )
