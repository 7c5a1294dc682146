"""What holds for one store in one environment against one kind of loss: pure functions over a policy.

The order is a store's own ``by_loss``, its ``by_environment``, its own key, then the same three of
``recovery.defaults``, then the built-in default. Every answer says where it was written, so that a report can point
there: ``policy.span(*promise.path)``. Without a policy the built-in defaults hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from depcheck.policy.vocabulary import DEFAULT_LOSSES, LOSSES, SERVICE_LOSSES

if TYPE_CHECKING:
    from depcheck.environments import Environments
    from depcheck.policy.document import Policy
    from depcheck.policy.models.document import Attestation, IgnoredRule
    from depcheck.policy.models.recovery import Declared, Drill, LossTarget, Require, ServiceTarget, StoreEntry, Targets

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
#: A measured drill counts for so long.
EVIDENCE_COUNTS = timedelta(days=92)


class Promise(Generic[T]):
    """A value that the policy gives, and the path of the entry that gives it; empty for a built-in default."""

    __slots__ = ("path", "value")

    def __init__(self, value: T, path: Path = ()) -> None:
        self.value = value
        self.path = path

    def __repr__(self) -> str:
        return f"Promise({self.value!r} from {'.'.join(str(part) for part in self.path) or 'the default'})"


class Target:
    """What is promised against one loss, in seconds; None where nothing is."""

    __slots__ = ("retention", "rpo", "rto")

    def __init__(self, rpo: Promise[int] | None, rto: Promise[int] | None, retention: Promise[int] | None) -> None:
        self.rpo = rpo
        self.rto = rto
        self.retention = retention

    @property
    def promised(self) -> bool:
        """Whether anything is."""
        return self.rpo is not None or self.rto is not None or self.retention is not None


def target(policy: Policy | None, store: str | None, environment: str | None, loss: str) -> Target:
    """The target of a store in an environment against a kind of loss; each figure is looked up by itself."""

    def figure(read: Callable[[LossTarget | Targets], int | None], key: str) -> Promise[int] | None:
        for entry, path in _entries(policy, store, environment, loss):
            value = read(entry)
            if value is not None:
                return Promise(value, (*path, key))
        return None

    return Target(
        figure(lambda entry: entry.rpo, "rpo"),
        figure(lambda entry: entry.rto, "rto"),
        figure(lambda entry: entry.retention, "retention"),
    )


def losses(policy: Policy | None, store: str | None, environment: str | None) -> tuple[str, ...]:
    """The kinds of loss that a store is judged for: ``against``, and every one that ``by_loss`` has a target for."""
    against: list[str] | None = None
    extra: set[str] = set()
    for entry, _ in _whole(policy, store, environment):
        against = against or entry.against
        extra.update(entry.by_loss)
    judged = {*(against or DEFAULT_LOSSES), *extra}
    return tuple(loss for loss in LOSSES if loss in judged)


def promised_environments(policy: Policy | None, store: str | None, environments: Environments) -> tuple[str, ...]:
    """The environments in which a store's targets hold: its ``environments`` (default: the critical ones), and every
    one that its own ``by_environment`` has promises for."""
    if policy is None:
        return environments.critical
    chosen: list[str] = []
    extra: set[str] = set()
    for entry, path in _owners(policy, store):
        chosen = chosen or entry.environments
        if path != ("recovery", "defaults"):
            extra.update(entry.by_environment)
    holds = {*(chosen or environments.critical), *extra}
    return tuple(name for name in dict.fromkeys((*environments.names, *sorted(holds))) if name in holds)


def requirement(policy: Policy | None, store: str | None, environment: str | None, key: str) -> Promise[object] | None:
    """A protection that a store must have (``multi_zone``, ``copies``, ``backup_every`` …), or None."""
    for entry, path in _whole(policy, store, environment):
        value = _required(entry.require, key)
        if value is not None and value != []:
            return Promise(value, (*path, "require", key))
    return None


def data_size(policy: Policy | None, store: str | None, environment: str | None) -> Promise[int] | None:
    """How many bytes a store holds, as the policy says."""
    for entry, path in _whole(policy, store, environment):
        if entry.data_size is not None:
            return Promise(entry.data_size, (*path, "data_size"))
    return None


def service_losses(policy: Policy, service: str, environment: str | None) -> tuple[str, ...]:
    """The kinds of loss that a service is judged for."""
    entry = policy.recovery.services[service]
    judged = {*(entry.against or SERVICE_LOSSES), *entry.by_loss}
    return tuple(loss for loss in LOSSES if loss in judged)


def service_target(policy: Policy, service: str, environment: str | None, loss: str) -> Promise[int] | None:
    """How long a service may be away: as a store's, and ``recovery.defaults.rto`` where it says nothing."""
    entry = policy.recovery.services[service]
    own: Path = ("recovery", "services", service)
    steps: list[tuple[ServiceTarget | None, Path]] = [
        (entry.by_loss.get(loss), (*own, "by_loss", loss)),
        (entry.by_environment.get(environment or ""), (*own, "by_environment", environment or "")),
    ]
    for step, path in steps:
        if step is not None and step.rto is not None:
            return Promise(step.rto, (*path, "rto"))
    if entry.rto is not None:
        return Promise(entry.rto, (*own, "rto"))
    return target(policy, None, environment, loss).rto


def service_environments(policy: Policy, service: str, environments: Environments) -> tuple[str, ...]:
    """The environments in which a service's target holds."""
    entry = policy.recovery.services[service]
    chosen = entry.environments or policy.recovery.defaults.environments or environments.critical
    holds = {*chosen, *entry.by_environment}
    return tuple(name for name in dict.fromkeys((*environments.names, *sorted(holds))) if name in holds)


def speaks_for(entry: Declared | Drill, environment: str | None, environments: Environments) -> bool:
    """Whether a declared fact or a drill counts in an environment: without one it speaks for the critical ones."""
    if entry.environment is not None:
        return entry.environment == environment
    return environment is None or environment in environments.critical


def is_fresh(drill: Drill, today: date) -> bool:
    """Whether a drill still counts: it was held at most 92 days before, and not after."""
    return timedelta(0) <= today - drill.date <= EVIDENCE_COUNTS


def is_expired(entry: Declared | IgnoredRule, today: date) -> bool:
    """Whether the last day of an entry is past."""
    return entry.until is not None and entry.until < today


def is_overdue(entry: Attestation, today: date) -> bool:
    """Whether an attestation should have been renewed by now, or is of a day to come."""
    if entry.last > today:
        return True
    return entry.every is not None and today - entry.last > timedelta(seconds=entry.every)


def _owners(policy: Policy, store: str | None) -> Iterator[tuple[StoreEntry, Path]]:
    recovery = policy.recovery
    if store is not None and store in recovery.stores:
        yield recovery.stores[store], ("recovery", "stores", store)
    yield recovery.defaults, ("recovery", "defaults")


def _whole(policy: Policy | None, store: str | None, environment: str | None) -> Iterator[tuple[Targets, Path]]:
    """The entries that speak for a store in an environment, the most specific first."""
    if policy is None:
        return
    for entry, path in _owners(policy, store):
        if environment is not None and environment in entry.by_environment:
            yield entry.by_environment[environment], (*path, "by_environment", environment)
        yield entry, path


def _entries(
    policy: Policy | None, store: str | None, environment: str | None, loss: str
) -> Iterator[tuple[LossTarget | Targets, Path]]:
    """As :func:`_whole`, with what each owner says of a loss before what it says of the environment."""
    if policy is None:
        return
    for owner, path in _owners(policy, store):
        there = owner.by_environment.get(environment) if environment is not None else None
        at = (*path, "by_environment", environment or "")
        if there is not None and loss in there.by_loss:
            yield there.by_loss[loss], (*at, "by_loss", loss)
        if loss in owner.by_loss:
            yield owner.by_loss[loss], (*path, "by_loss", loss)
        if there is not None:
            yield there, at
        yield owner, path


def _required(require: Require, key: str) -> object:
    if key not in type(require).model_fields:
        raise KeyError(key)
    value: object = getattr(require, key)
    return value
