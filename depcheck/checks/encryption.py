"""Checks of encryption: what lies on a disk or goes over a wire in plain text, the services' own defaults applied."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from depcheck.data import load_json
from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.project import Project, promises
from depcheck.project.relations import deployed_together
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: What Aurora made since 18 February 2026 is encrypted whatever is asked for.
_AURORA = ("aurora", "aurora-mysql", "aurora-postgresql")
_SEARCH = ("aws_opensearch_domain", "aws_elasticsearch_domain")
_BLOCKS = ("root_block_device", "ebs_block_device")


def _is_on(value: Value) -> bool:
    return (scalar_text(value) or "").lower() == "true"


def _is_given(value: Value) -> bool:
    """Whether it is written: what the model applies as a default has no key."""
    return isinstance(value, Unknown) or (isinstance(value, Known) and value.key is not None)


def unencrypted_database(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What a database writes to its disks is encrypted."""
    copy = promises.is_copy(subject)
    if copy is True:
        return
    if subject.type in _SEARCH:
        value = subject.get("encrypt_at_rest", 0, "enabled")
    else:
        value = subject.get("encrypted" if subject.type == "aws_redshift_cluster" else "storage_encrypted")
    if _is_on(value):
        yield Held(value, "its storage is encrypted")
    elif isinstance(value, Unknown):
        yield Undetermined(value)
    elif isinstance(copy, Unknown):
        yield Undetermined(copy)
    elif isinstance(origin := _origin(subject), (Known, Unknown)) and not _is_given(value):
        yield Undetermined(place=origin, reason="what it is restored from decides whether it is encrypted")
    elif isinstance(value, Absent) and subject.type in ("aws_redshift_cluster", *_SEARCH):
        # Redshift encrypts where nothing is said; of a search domain its version and the console decide.
        return
    elif subject.type != "aws_rds_cluster":
        yield Violation(value)
    elif string(subject.get("engine_mode")) != "serverless":
        yield from _cluster(subject, value)


def _cluster(subject: Resource, value: Value) -> Iterator[Outcome]:
    engine = subject.get("engine")
    if isinstance(engine, Unknown):
        yield Undetermined(engine)
    elif string(engine) in _AURORA:
        yield Violation(value, variant="aurora", severity="medium")
    else:
        yield Violation(value)


def _origin(subject: Resource) -> Value:
    names = ("snapshot_identifier", "restore_to_point_in_time", "global_cluster_identifier")
    return next((value for name in names if not isinstance(value := subject.get(name), Absent)), Absent(subject.span))


def unencrypted_volume(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A disk is encrypted, by its own setting or by the account's."""
    for value, severity in _volumes(subject):
        if _is_on(value):
            yield Held(value, "the disk is encrypted")
        elif isinstance(value, Unknown):
            yield Undetermined(value)
        elif severity and (default := _by_default(subject, project)) is not None:
            if isinstance(default, Unknown):
                yield Undetermined(default)
            else:
                yield Held(default, "the account encrypts every disk")
        elif severity:
            yield Violation(value, severity=severity)


def _volumes(subject: Resource) -> Iterator[tuple[Value, str]]:
    """The setting of each disk, and how bad it is if it is off; empty where an image or a snapshot decides."""
    if subject.type == "aws_ebs_volume":
        yield _volume(subject.attributes, says_nothing="medium")
    elif subject.type == "aws_launch_template":
        for mapping in subject.get("block_device_mappings").elements():
            for disk in mapping.get("ebs").elements():
                yield _volume(disk, says_nothing="")
    else:
        for name in _BLOCKS:
            for disk in subject.get(name).elements():
                if any(not isinstance(disk.get(each), Absent) for each in ("virtual_name", "no_device")):
                    continue  # CloudFormation has instance stores and devices that are left out in the same list
                # What the root disk is without a word is up to the image and the account.
                yield _volume(disk, says_nothing="medium" if name == "ebs_block_device" else "")


def _volume(disk: Value, *, says_nothing: str) -> tuple[Value, str]:
    value = disk.get("encrypted") if not isinstance(disk, Unknown) else disk
    if _is_given(value):
        return value, "high"
    from_snapshot = not isinstance(disk.get("snapshot_id"), Absent)
    return value, "" if from_snapshot else says_nothing


def _by_default(subject: Resource, project: Project) -> Value | None:
    for each in project.of_type("aws_ebs_encryption_by_default"):
        if deployed_together(each, subject):
            enabled = each.get("enabled")
            if isinstance(enabled, Unknown) or not isinstance(enabled, Known) or _is_on(enabled):
                return enabled if not isinstance(enabled, Absent) else Known(True, each.span)
    return None


def unencrypted_cache(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What a cache writes to its disks is encrypted."""
    if promises.is_copy(subject) is True:
        return
    value = subject.get("at_rest_encryption_enabled")
    engine = subject.get("engine")
    if _is_on(value):
        yield Held(value, "its storage is encrypted")
    elif isinstance(value, Unknown):
        yield Undetermined(value)
    elif not _is_given(value) and isinstance(engine, Unknown):
        # Valkey encrypts where nothing is said, Redis does not.
        yield Undetermined(engine)
    elif _is_given(value) or string(engine) != "valkey":
        yield Violation(value)


def unencrypted_cache_traffic(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A cache is talked to over TLS."""
    if subject.type == "aws_elasticache_cluster":
        engine = subject.get("engine")
        member = not isinstance(subject.get("replication_group_id"), Absent)
        if member or string(engine) not in ("redis", "valkey"):
            return
    name = "tls_enabled" if subject.type == "aws_memorydb_cluster" else "transit_encryption_enabled"
    value = subject.get(name)
    mode = subject.get("transit_encryption_mode")
    if promises.is_copy(subject) is True or (name == "tls_enabled" and isinstance(value, Absent)):
        return
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif not _is_on(value):
        yield Violation(value)
    elif string(mode) == "preferred":
        yield Violation(mode, variant="preferred", severity="low")
    else:
        yield Held(value, "it is talked to over TLS")


def unencrypted_queue(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What waits in a queue or a stream is encrypted."""
    if subject.type == "aws_sqs_queue":
        value, key = subject.get("sqs_managed_sse_enabled"), subject.get("kms_master_key_id")
        # SQS encrypts by itself unless it is told not to.
        off = isinstance(value, Known) and not _is_on(value)
    else:
        value, key = subject.get("encryption_type"), subject.get("kms_key_id")
        off = not isinstance(value, Unknown) and (string(value) or "NONE") == "NONE"
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif not off:
        if isinstance(value, Known):
            yield Held(value, "what waits in it is encrypted")
    elif isinstance(key, Unknown) and key.refers is None:
        yield Undetermined(key)
    elif isinstance(key, Absent) or subject.type != "aws_sqs_queue":
        yield Violation(value, variant="stream" if subject.type == "aws_kinesis_stream" else "")


@lru_cache(maxsize=1)
def _policies() -> dict[str, tuple[str, dict[str, str]]]:
    """For each type of resource the policy that holds where none is given, and the oldest protocol of each old one."""
    types = load_json("schemas", "tls-policies.json")["types"]
    if not isinstance(types, dict):
        raise TypeError("schemas/tls-policies.json has no types")
    return {name: (str(each.get("default", "")), dict(each["oldest"])) for name, each in types.items()}


def old_tls_policy(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Nobody can talk to it with a protocol that was given up."""
    kind = {"aws_alb_listener": "aws_lb_listener", "aws_elasticsearch_domain": "aws_opensearch_domain"}
    default, oldest = _policies()[kind.get(subject.type, subject.type)]
    value = _policy_of(subject)
    if value is None:
        return
    if isinstance(value, Unknown):
        yield Undetermined(value)
        return
    name = string(value) or default
    if name in oldest:
        given = f'the policy "{name}"' if string(value) else f'the default policy "{name}"'
        yield Violation(value, words={"policy": given, "oldest": oldest[name]})
    elif name:
        yield Held(value, f'the policy "{name}" accepts nothing older than TLS 1.2')


def _policy_of(subject: Resource) -> Value | None:
    """The setting that says which protocols are accepted; None where there is nothing to set."""
    if subject.type in ("aws_lb_listener", "aws_alb_listener"):
        protocol = subject.get("protocol")
        return subject.get("ssl_policy") if string(protocol) in ("HTTPS", "TLS") else None
    if subject.type == "aws_cloudfront_distribution":
        certificate = subject.get("viewer_certificate", 0)
        default = certificate.get("cloudfront_default_certificate")
        own = [certificate.get(name) for name in ("acm_certificate_arn", "iam_certificate_id")]
        if _is_on(default) or all(isinstance(each, Absent) for each in own):
            return None
        return certificate.get("minimum_protocol_version")
    if subject.type == "aws_api_gateway_domain_name":
        return subject.get("security_policy")
    return subject.get("domain_endpoint_options", 0, "tls_security_policy")


def state_not_encrypted(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Terraform's state is encrypted with the key that is named, and does not travel in plain text."""
    if subject.type == "backend_http":
        for name in ("address", "lock_address", "unlock_address"):
            value = subject.get(name)
            text = string(value) or ""
            if text.startswith("http://") and not text.startswith(("http://localhost", "http://127.", "http://[::1]")):
                yield Violation(value, variant="http", discriminator=name)
        return
    # S3 encrypts every object; what it uses the key for is decided by ``encrypt`` alone.
    key, encrypt = subject.get("kms_key_id"), subject.get("encrypt")
    if isinstance(key, Absent) or not (isinstance(key, Unknown) or scalar_text(key)):
        return
    if isinstance(encrypt, Unknown):
        yield Undetermined(encrypt)
    elif _is_on(encrypt):
        yield Held(encrypt, "the state is encrypted with the key that is named")
    else:
        yield Violation(encrypt, related=[Note("the key is named here", key.span)])
