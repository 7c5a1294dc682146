"""Checks of Terraform's state: where it is kept, who shares it, whether two runs can write it at once."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.project import Project, buckets, states
from depcheck.project.states import State
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: Kinds of files that may apply a configuration.
_APPLY = frozenset({"workflow", "action", "shell", "makefile", "package-json"})


def unlocked_state(subject: Project, _: Project) -> Iterator[Outcome]:
    """Two runs cannot write the state at once."""
    for state in states.states(subject):
        if state.backend.name != "s3" or states.is_sample(state.root):
            continue
        lock, table = state.get("use_lockfile"), state.get("dynamodb_table")
        endpoint = state.get("dynamodb_endpoint")
        about = state.backend.address
        if scalar_text(lock) == "true" or scalar_text(table):
            held = lock if scalar_text(lock) == "true" else table
            yield Held(held, "the state is locked", resource=about, environment=state.environment)
        elif isinstance(lock, Unknown) or isinstance(table, Unknown) or not isinstance(endpoint, Absent):
            open_ = next((each for each in (lock, table) if isinstance(each, Unknown)), None)
            yield Undetermined(
                open_, place=state.backend.span, reason=open_.reason if open_ is not None else "", resource=about
            )
        elif states.is_partial(state):
            reason = "the rest of the backend is given when it is initialised"
            yield Undetermined(place=state.backend.span, reason=reason, resource=about, environment=state.environment)
        else:
            place: Value | None = lock if isinstance(lock, Known) else None
            yield Violation(
                place if place is not None else state.backend.span,
                resource=about,
                environment=state.environment,
                discriminator=state.root,
                words={"state": state.shown},
            )


def shared_state(subject: Project, _: Project) -> Iterator[Outcome]:
    """Every root module, and every environment of one, has a state of its own."""
    from depcheck.project import sharing

    yield from sharing.shared(subject)


def state_of_other_environment(subject: Project, _: Project) -> Iterator[Outcome]:
    """The state of an environment is not kept under another one's name."""
    from depcheck.project import sharing

    yield from sharing.misnamed(subject)


def other_environments_state_read(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A root module reads the outputs of its own environment's state."""
    environment = subject.environment
    if environment is None or states.is_sample(states.folder_of(subject)):
        return
    if any(each.span == subject.span and each.environment != environment for each in project.of_type(subject.type)):
        return  # the same block is used in several environments, so what it names is meant for all of them
    kind = string(subject.get("backend")) or ""
    names = states.IDENTITY.get(kind, ())
    for name in ("workspace", *(f"config.{each}" for each in names if each not in ("bucket", "conn_str"))):
        value = subject.get(*_parts(name, subject))
        text = scalar_text(value)
        told = project.environments.within(text) if text is not None else None
        if isinstance(value, Unknown) and value.outline is None:
            yield Undetermined(value, resource=subject.address, environment=environment)
            return
        if told is None or text is None:
            continue
        if told == environment:
            yield Held(value, f"it reads the state of {told}", resource=subject.address, environment=environment)
        else:
            yield Violation(
                value,
                resource=subject.address,
                environment=environment,
                words={"environment": environment, "other": told, "state": text},
            )
        return


def _parts(name: str, subject: Resource) -> tuple[str | int, ...]:
    """A path below ``config``, which older code writes as a block."""
    first, _, rest = name.partition(".")
    if not rest:
        return (first,)
    config = subject.get("config")
    as_block = isinstance(config, Known) and isinstance(config.value, list)
    return (first, 0, rest) if as_block else (first, rest)


def local_state(subject: Project, _: Project) -> Iterator[Outcome]:
    """The state of what matters is kept where everybody who applies it finds it."""
    critical = subject.environments.critical
    if subject.kinds.isdisjoint(_APPLY) and not any(each.environment in critical for each in subject.facts.resources):
        return  # nobody applies anything, and nothing is said to matter
    from depcheck.pipelines import applied

    yield from applied.locally(subject)


def state_bucket_can_be_emptied(subject: Resource, project: Project) -> Iterator[Outcome]:
    """The bucket that keeps states has versions and cannot be removed full."""
    if subject.type != "aws_s3_bucket":
        return
    state = _kept_in(subject, project)
    if state is None:
        return
    forced = subject.get("force_destroy")
    notes = [Note("the state is kept in it", state.backend.span)]
    if scalar_text(forced) == "true":
        yield Violation(forced, variant="forced", related=notes, discriminator="force_destroy")
    versions = buckets.versioning(subject, project)
    on = [each for each in versions if scalar_text(each) in ("true", "Enabled")]
    open_ = [each for each in versions if isinstance(each, Unknown)]
    off = [each for each in versions if isinstance(each, Known)]
    if on:
        yield Held(on[0], "the bucket keeps earlier states")
    elif open_:
        yield Undetermined(open_[0])
    else:
        yield Violation(off[0] if off else subject.span, related=notes, discriminator="versioning")


def _kept_in(bucket: Resource, project: Project) -> State | None:
    """A state that is kept in a bucket."""
    name = scalar_text(bucket.get("bucket"))
    for state in states.states(project) if name else ():
        if state.backend.name == "s3" and scalar_text(state.get("bucket")) == name:
            return state
    return None
