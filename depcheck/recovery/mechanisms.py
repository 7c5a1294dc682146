"""Which mechanisms a store has: what its own resource gives it, backup plans, dumps, protections."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from depcheck.recovery import atlas, backups, caches, containers, databases, objects, volumes, warehouses
from depcheck.recovery.found import NO, OPEN, YES, Answer, Context, Mechanism, is_on

_FINDERS: dict[str, Callable[[Context], Iterator[Mechanism]]] = {
    "aws_db_instance": databases.rds_instance,
    "aws_rds_cluster": databases.cluster,
    "aws_docdb_cluster": databases.cluster,
    "aws_neptune_cluster": databases.cluster,
    "aws_redshift_cluster": warehouses.redshift,
    "aws_dynamodb_table": warehouses.dynamodb,
    "aws_keyspaces_table": warehouses.keyspaces,
    "aws_elasticache_replication_group": caches.elasticache_group,
    "aws_elasticache_cluster": caches.elasticache_cluster,
    "aws_elasticache_serverless_cache": caches.elasticache_serverless,
    "aws_memorydb_cluster": caches.memorydb,
    "aws_opensearch_domain": caches.opensearch,
    "aws_elasticsearch_domain": caches.opensearch,
    "aws_sqs_queue": caches.queue,
    "aws_kinesis_stream": caches.queue,
    "aws_msk_cluster": caches.queue,
    "aws_msk_serverless_cluster": caches.queue,
    "aws_s3_bucket": objects.of,
    "aws_ebs_volume": volumes.ebs,
    "aws_instance": volumes.ebs,
    "aws_efs_file_system": volumes.efs,
    "aws_fsx_windows_file_system": volumes.fsx,
    "aws_fsx_ontap_file_system": volumes.fsx,
    "aws_fsx_openzfs_file_system": volumes.fsx,
    "aws_fsx_lustre_file_system": volumes.fsx,
    "mongodbatlas_advanced_cluster": atlas.of,
    "mongodbatlas_cluster": atlas.of,
    "compose_service": containers.of,
}
_PROTECTIONS = (
    "deletion_protection",
    "deletion_protection_enabled",
    "termination_protection_enabled",
    "disable_api_termination",
)


def of(context: Context) -> list[Mechanism]:
    """The mechanisms of a store, without dumps: those need to know the other stores."""
    return [*own(context), *backups.of(context)]


def own(context: Context) -> list[Mechanism]:
    """The mechanisms that a store has by itself and by what is configured for it alone."""
    finder = _FINDERS.get(context.resource.type)
    found = list(finder(context)) if finder is not None else []
    found += _protections(context)
    return found


def _protections(context: Context) -> Iterator[Mechanism]:
    resource = context.resource
    for name in _PROTECTIONS:
        value = resource.get(name)
        answer = is_on(value, resource)
        if answer.state == YES:
            yield context.make("deletion-protection", answer.span)
        elif answer.state == OPEN:
            yield context.make("deletion-protection", answer.span, answer=answer)
    for block in resource.get("replica").elements():
        # A global table of CloudFormation says it of each of its replicas.
        if resource.format == "cloudformation" and resource.type == "aws_dynamodb_table":
            answer = is_on(block.get("deletion_protection_enabled"), resource)
            if answer.state != NO:
                yield context.make("deletion-protection", answer.span, answer=answer)
            break
    guard = is_on(resource.get("lifecycle", 0, "prevent_destroy"), resource)
    if guard.state != NO:
        kept = Answer(guard.state, guard.span, guard.missing)
        yield context.make("prevent-destroy", guard.span, answer=kept)
