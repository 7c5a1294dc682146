"""How far back an earlier state of a store can be restored from the backups that it keeps itself."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.values import Absent, Known, Step, Unknown, Value, scalar_text, switch

#: How long a store keeps its own backups, in days: the attribute, and what holds where none is given.
_KEPT = {
    "aws_db_instance": ("backup_retention_period", 0),
    "aws_rds_cluster": ("backup_retention_period", 1),
    "aws_docdb_cluster": ("backup_retention_period", 1),
    "aws_neptune_cluster": ("backup_retention_period", 1),
    "aws_redshift_cluster": ("automated_snapshot_retention_period", 1),
    "aws_elasticache_replication_group": ("snapshot_retention_limit", 0),
    "aws_elasticache_cluster": ("snapshot_retention_limit", 0),
    "aws_memorydb_cluster": ("snapshot_retention_limit", 0),
}
#: What an instance is restored from and keeps its setting of; a cluster is given its default in any case.
_ORIGINS = {"aws_db_instance": ("snapshot_identifier", "restore_to_point_in_time")}


def retention_of(subject: Resource) -> Value:
    """The days for which a store keeps its own backups, its type's default applied."""
    name, default = _KEPT[subject.type]
    value = subject.get(name)
    # What is written has a key; a default that the model applied has none.
    if isinstance(value, Absent) or (isinstance(value, Known) and (value.key is None or value.value is None)):
        for origin in _ORIGINS.get(subject.type, ()):
            given = subject.get(origin)
            if not isinstance(given, Absent):
                return Unknown(f"{name} is not set and comes from {origin}", given.span)
        if not isinstance(value, Known) or value.value is None:
            return Known(default, subject.span, via=(Step("the default where nothing is given", subject.span),))
    return value


def number(value: Value) -> float | None:
    """A known number, also one that is written as text."""
    text = scalar_text(value)
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def is_none(value: Known) -> bool:
    """Whether nothing is kept."""
    return number(value) == 0


def days(value: Value) -> str:
    """A number of days as a message says it."""
    text = scalar_text(value) or "?"
    return "1 day" if text == "1" else f"{text} days"


def history_of(subject: Resource) -> Value:
    """How many days back an earlier state can be restored from a store's own backups."""
    if subject.type != "aws_dynamodb_table":
        return retention_of(subject)
    recovery = subject.get("point_in_time_recovery", 0)
    match switch(recovery.get("enabled")):
        case Known(value=True):
            period = recovery.get("recovery_period_in_days")
            return Known(35, recovery.span) if isinstance(period, Absent) else period
        case Unknown() as value:
            return value
        case value:
            return Known(0, value.span)
