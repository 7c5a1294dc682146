"""Protections that a policy requires of a store, held against the mechanisms that it has."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.policy import precedence
from depcheck.recovery.found import YES, Mechanism
from depcheck.recovery.stores import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.project import Project
    from depcheck.recovery.assessment import Survey

#: The mechanisms that each protection is.
_ARE = {
    "multi_zone": frozenset(
        (
            "rds-multi-az",
            "rds-multi-az-cluster",
            "aurora-readers",
            "aurora-serverless-v1",
            "documentdb-replicas",
            "neptune-replicas",
            "redshift-multi-az",
            "dynamodb-zones",
            "keyspaces-zones",
            "elasticache-failover",
            "elasticache-serverless-zones",
            "memorydb-replicas",
            "opensearch-standby",
            "opensearch-zones",
            "s3-zones",
            "efs-zones",
            "fsx-multi-az",
            "queue-zones",
            "msk-brokers",
            "atlas-nodes",
        )
    ),
    "point_in_time": frozenset(
        (
            "rds-pitr",
            "aurora-pitr",
            "documentdb-pitr",
            "neptune-pitr",
            "dynamodb-pitr",
            "keyspaces-pitr",
            "atlas-continuous",
            "backup-continuous",
            "backup-continuous-s3",
            "s3-versions",
            "wal-archive",
        )
    ),
    "deletion_protection": frozenset(("deletion-protection", "prevent-destroy", "s3-not-empty")),
    "final_snapshot": frozenset(
        (
            "rds-final-snapshot",
            "aurora-final-snapshot",
            "documentdb-final-snapshot",
            "neptune-final-snapshot",
            "redshift-final-snapshot",
            "elasticache-final-snapshot",
            "memorydb-final-snapshot",
            "ebs-final-snapshot",
            "fsx-final-backup",
        )
    ),
}
#: The loss that a protection must help against; some of them are told of more than one.
_LOSS = {
    "multi_zone": "zone",
    "point_in_time": "deletion",
    "deletion_protection": "destroy",
    "final_snapshot": "destroy",
}
#: The loss that a copy survives where it is required to be.
_SURVIVES = {"other_region": "region", "other_account": "account"}
#: Where copies can be required to be, in words.
PLACES = {
    "other_region": "another region",
    "other_account": "another account",
    "other_provider": "another provider's",
    "object": "object storage",
    "cold": "cold storage",
    "offline": "a place without a network",
}
#: What is declared or measured as close together as this is as good as any moment.
_ANY_MOMENT = 900.0


class Answer:
    """Whether a required protection is there: ``yes``, ``no`` or ``open``, and the mechanism that says so."""

    __slots__ = ("key", "mechanism", "promise", "state", "store")

    def __init__(
        self,
        store: Store,
        key: str,
        promise: precedence.Promise[object],
        state: str,
        mechanism: Mechanism | None,
    ) -> None:
        self.store = store
        self.key = key
        self.promise = promise
        self.state = state
        self.mechanism = mechanism


def of(store: Store, project: Project, survey: Survey) -> Iterator[Answer]:
    """The protections that are required of one store."""
    for key, ids in _ARE.items():
        promise = precedence.requirement(project.policy, store.promised, store.environment, key)
        if promise is None or promise.value is not True:
            continue
        loss = _LOSS[key]
        able = [each for each in survey.mechanisms(store) if loss in each.losses and _is(each, key, ids)]
        counted = [each for each in able if not each.defeated]
        sure = [each for each in counted if each.exists == YES]
        state = "yes" if sure else "open" if counted else "no"
        yield Answer(store, key, promise, state, next(iter(sure or counted or able), None))


def _is(mechanism: Mechanism, key: str, ids: frozenset[str]) -> bool:
    if mechanism.id in ids:
        return True
    return key == "point_in_time" and mechanism.id == "declared" and mechanism.rpo.interval.typical.high <= _ANY_MOMENT


def copies_in(destination: str, store: Store, survey: Survey) -> Iterator[Mechanism]:
    """The mechanisms that keep a copy of a store in a kind of place, or may."""
    loss = _SURVIVES.get(destination)
    aws = store.resource is not None and store.resource.type.startswith("aws_")
    kept_in = {"object": ("bucket", "elsewhere"), "other_provider": ("elsewhere", "artifact")}.get(destination, ())
    if destination == "other_provider" and not aws:
        kept_in = (*kept_in, "bucket")
    for each in survey.mechanisms(store):
        if loss in each.losses or (each.id == "dump" and each.losses != {"deletion"} and each.kept_in in kept_in):
            yield each
