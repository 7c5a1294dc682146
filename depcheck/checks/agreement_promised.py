"""Checks of what the policy promises of versions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.project import Project
from depcheck.values import Known, Unknown, Value, scalar_text


def version_not_as_promised(project: Project, _: Project) -> Iterator[Outcome]:
    """Languages, tools and engines are used in the versions that the policy allows."""
    policy = project.policy
    assert policy is not None
    for name, allowed in policy.versions.items():
        promise = Note("it is promised here", policy.key_span("versions", name))
        told: set[tuple[str, int]] = set()
        for value, version, resource, environment in _used(project, name):
            decided = value.via[-1].span if isinstance(value, Known) and value.via else None
            place = (decided.path, decided.start) if decided is not None else (value.span.path, value.span.start)
            if place in told:  # one place decides it for several
                continue
            told.add(place)
            if isinstance(value, Unknown):
                yield Undetermined(value, resource=resource, environment=environment)
                continue
            words: dict[str, object] = {"name": name, "version": version, "range": allowed.text, "end": ""}
            if allowed.supported:
                end = _end(name, version)
                if end is None:
                    yield Undetermined(
                        place=value.span,
                        reason=f"it is not known here until when {name} {version} is supported",
                        resource=resource,
                        environment=environment,
                    )
                    continue
                words["end"] = end
                good: bool | None = project.as_of.isoformat() <= end
            else:
                good = allowed.allows(version)
            if good is False:
                yield Violation(
                    value,
                    variant="unsupported" if allowed.supported else "",
                    resource=resource,
                    environment=environment,
                    discriminator=f"{name} {version}",
                    related=[promise],
                    words=words,
                )
            elif good:
                yield Held(value, f"{name} {version} is allowed", resource=resource, environment=environment)


def _used(project: Project, name: str) -> Iterator[tuple[Value, str, str | None, str | None]]:
    """Each place that chooses a version of something: the value, the version, whose it is. What only says which
    versions would do (``engines``) chooses none."""
    from depcheck.project.engines import engines

    for runtime in project.facts.runtimes:
        version = scalar_text(runtime.version) or ""
        if runtime.language == name and (isinstance(runtime.version, Unknown) or version.lstrip("v")[:1].isdigit()):
            yield runtime.version, version, runtime.scope or None, runtime.environment
    for engine in engines(project):
        if engine.name == name:
            yield engine.value, engine.version, engine.resource.address, engine.environment


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    from depcheck.data import load_json

    products = load_json("schemas", "end-of-life.json")["products"]
    assert isinstance(products, dict)
    return {name: entry["lines"] for name, entry in products.items()}


def _end(name: str, version: str) -> str | None:
    """The last day of the line that a version belongs to; None for one that the table does not name."""
    numbers = version.lstrip("v").split("-")[0].split(".")
    lines = _table().get(name, {})
    return next((lines[line] for size in (2, 1) if (line := ".".join(numbers[:size])) in lines), None)
