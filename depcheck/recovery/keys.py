"""Keys that keep a copy from being made or used: encrypted copies need a key of the place that they go to."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.recovery.found import Context, given
from depcheck.source import Span
from depcheck.values import Absent, Known, Value, scalar_text, string

#: Types whose recovery points are encrypted as their source is, and not with the key of the vault.
_AS_SOURCE = frozenset(
    ("aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_ebs_volume")
)
_KMS = frozenset(("aws:kms", "aws:kms:dsse"))


def _encrypted(resource: Resource) -> bool:
    names = ("storage_encrypted", "encrypted")
    return any(scalar_text(resource.get(name)) == "true" for name in names)


def to_another_account(store: Resource) -> list[tuple[str, Span]]:
    """Why a copy to another account fails: nobody there can be allowed to use the key that AWS manages."""
    if store.type not in _AS_SOURCE or not _encrypted(store) or given(store.get("kms_key_id")):
        return []
    words = "it is encrypted with the key that AWS manages (no kms_key_id), which copies in other accounts cannot use"
    return [(words, store.span)]


def to_another_region(source: Resource, copy: Resource) -> list[tuple[str, Span]]:
    """Why an encrypted copy in another region is not made: it needs a key of that region."""
    if copy.format == "cloudformation" and copy is source:
        return []
    if not _encrypted(source) or not isinstance(copy.get("kms_key_id"), Absent):
        return []
    words = f"{source.address} is encrypted, and {copy.address} names no kms_key_id of its own region"
    return [(words, copy.span)]


def of_objects(context: Context, rule: Value) -> list[tuple[str, Span]]:
    """Why objects are not replicated: those encrypted with KMS are left out unless the rule asks for them."""
    bucket = context.resource
    holders = [bucket.get("server_side_encryption_configuration", 0)]
    related = context.related("aws_s3_bucket_server_side_encryption_configuration", "bucket")
    holders += [each.attributes for each in related]
    for holder in holders:
        algorithm = holder.get("rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm")
        if string(algorithm) not in _KMS or not isinstance(algorithm, Known):
            continue
        wanted = rule.get("source_selection_criteria", 0, "sse_kms_encrypted_objects", 0, "status")
        if isinstance(wanted, Absent):
            wanted = rule.get("source_selection_criteria", 0, "sse_kms_encrypted_objects", 0, "enabled")
        if isinstance(wanted, Absent) or scalar_text(wanted) in ("Disabled", "false"):
            words = (
                f"objects are encrypted with {string(algorithm)}, and sse_kms_encrypted_objects is not on in the rule"
            )
            return [(f"{words}, so they are left out", wanted.span if not isinstance(wanted, Absent) else rule.span)]
    return []
