"""The least that a kind of store can lose, whatever is configured of the service's own mechanisms."""

from __future__ import annotations

from functools import lru_cache

from depcheck.recovery import figures
from depcheck.recovery.intervals import UNBOUNDED

#: How close together a service makes copies at the most where a schedule decides, in seconds, by mechanism.
_CLOSEST = {
    "elasticache-snapshots": 86_400.0,
    "elasticache-serverless-snapshots": 86_400.0,
    "memorydb-snapshots": 86_400.0,
    "efs-automatic-backups": 86_400.0,
    "fsx-backups": 86_400.0,
    "ebs-dlm": 3_600.0,
    "ebs-dlm-copy": 3_600.0,
    "atlas-snapshots": 3_600.0,
    "atlas-copy": 3_600.0,
    "backup-plan": 3_600.0,
    "backup-copy-region": 3_600.0,
    "backup-copy-account": 3_600.0,
    "redshift-scheduled-snapshots": 3_600.0,
}
#: What AWS Backup takes in, so that its plans help.
_PLANNED = frozenset(
    (
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_redshift_cluster",
        "aws_dynamodb_table",
        "aws_efs_file_system",
        "aws_ebs_volume",
        "aws_s3_bucket",
        "aws_fsx_windows_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_lustre_file_system",
    )
)
_PLANS = frozenset(("backup-plan", "backup-copy-region", "backup-copy-account"))


class Floor:
    """The least data that is lost, and what loses so little."""

    __slots__ = ("seconds", "words")

    def __init__(self, seconds: float, words: str) -> None:
        self.seconds = seconds
        self.words = words


@lru_cache(maxsize=256)
def floor(type_: str, loss: str) -> Floor | None:
    """The least that a type of store loses with the best of its mechanisms; None where nothing can be said."""
    best: Floor | None = None
    for row in figures.rows():
        helps = type_ in row.stores or (row.id in _PLANS and type_ in _PLANNED)
        if loss not in row.covers or not helps:
            continue
        seconds = row.rpo.interval.typical.low if row.rpo is not None else _CLOSEST.get(row.id)
        if seconds is None:
            return None
        if seconds != UNBOUNDED and (best is None or seconds < best.seconds):
            best = Floor(seconds, row.title)
    return best
