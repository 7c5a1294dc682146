"""How AWS Backup names what it protects: by reference, by ARN, by patterns of ARNs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from depcheck.model import Resource
from depcheck.values import Known, Missing, Unknown, Value, scalar_text, string

YES, NO, OPEN = "yes", "no", "open"
#: The service and the kind in the ARNs of what AWS Backup protects, and its name in the opt-in settings.
PROTECTED = {
    "aws_db_instance": ("rds", "db", "RDS"),
    "aws_rds_cluster": ("rds", "cluster", "Aurora"),
    "aws_docdb_cluster": ("rds", "cluster", "DocumentDB"),
    "aws_neptune_cluster": ("rds", "cluster", "Neptune"),
    "aws_redshift_cluster": ("redshift", "cluster", "Redshift"),
    "aws_dynamodb_table": ("dynamodb", "table", "DynamoDB"),
    "aws_efs_file_system": ("elasticfilesystem", "file-system", "EFS"),
    "aws_ebs_volume": ("ec2", "volume", "EBS"),
    "aws_instance": ("ec2", "instance", "EC2"),
    "aws_s3_bucket": ("s3", "", "S3"),
    "aws_fsx_windows_file_system": ("fsx", "file-system", "FSx"),
    "aws_fsx_ontap_file_system": ("fsx", "file-system", "FSx"),
    "aws_fsx_openzfs_file_system": ("fsx", "file-system", "FSx"),
    "aws_fsx_lustre_file_system": ("fsx", "file-system", "FSx"),
}
_IDENTIFIERS = ("identifier", "cluster_identifier", "name", "bucket", "id")


def named(listed: Value, resource: Resource) -> tuple[str, tuple[Missing, ...]]:
    """Whether a list names a resource itself, by reference or by its ARN."""
    state: str = NO
    missing: tuple[Missing, ...] = ()
    for each in listed.elements():
        if isinstance(each, Unknown):
            if each.refers == resource.address:
                return YES, ()
            if each.refers is None:
                pattern = (each.outline or "").replace("\ufffc", "*")
                if pattern and not _may_match(pattern, resource):
                    continue
                state, missing = OPEN, each.missing or (Missing(f"a list of resources ({each.reason})", each.span),)
        else:
            text = string(each) or ""
            if "*" in text or "?" in text:
                continue
            answer = _is_arn_of(text, resource)
            if answer == YES:
                return YES, ()
            if answer == OPEN:
                state, missing = OPEN, (Missing(f"whether {text} is {resource.address}", each.span),)
    return state, missing


def matched(listed: Value, resource: Resource) -> bool:
    """Whether a pattern in a list of resources matches a resource."""
    return any(_may_match(text, resource) for each in listed.elements() if "*" in (text := string(each) or ""))


def _may_match(pattern: str, resource: Resource) -> bool:
    if pattern == "*":
        return True
    service, kind, _ = PROTECTED[resource.type]
    parts = _parts(pattern)
    if len(parts) < 6 or not (parts[2] == service or fnmatchcase(service, parts[2])):
        return False
    tail = parts[5]
    # What is only known when it is created (``file-system/fs-…``) fits where everything of its kind does.
    everything = tail in ("*", f"{kind}:*", f"{kind}/*")
    if not everything:
        if kind and tail[:1] not in "*?[" and not tail.startswith(kind):
            return False
        names = [text for name in _IDENTIFIERS if (text := scalar_text(resource.get(name))) is not None]
        tails = [f"{kind}{mark}{name}" for mark in (":", "/") for name in names] if kind else names
        everything = any(fnmatchcase(each, tail) for each in tails)
    region = string(resource.get("region")) if everything and parts[3] else None
    return everything and (region is None or fnmatchcase(region, parts[3]))


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split(":", 5))


def _is_arn_of(text: str, resource: Resource) -> str:
    service, kind, _ = PROTECTED[resource.type]
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != service:
        return NO
    rest = parts[5]
    if kind:
        if not rest.startswith((f"{kind}:", f"{kind}/")):
            return NO
        rest = rest[len(kind) + 1 :]
    values = [resource.get(name) for name in _IDENTIFIERS]
    if any(scalar_text(each) == rest for each in values):
        return YES
    return NO if any(isinstance(each, Known) for each in values) else OPEN
