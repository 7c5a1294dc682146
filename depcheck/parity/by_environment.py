"""What the policy promises of each environment: how it scales, its tags, its flags."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from depcheck.findings import Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import place_of
from depcheck.parity.rows import at
from depcheck.project import Project
from depcheck.values import Absent, Known, Unknown, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.models.parity import Capacity


# -- capacity ------------------------------------------------------------------------------------------------------


def capacity(project: Project) -> Iterator[Outcome]:
    """Resources that scale otherwise than ``capacity`` of the policy promises for their environment."""
    policy = project.policy
    if policy is None or not policy.capacity:
        return
    for resource in project.facts.resources:
        entry = policy.capacity.get(resource.environment or "")
        if entry is None or resource.kind != "resource" or resource.environment is None:
            continue
        for path, wanted, how, key in _asked(resource, entry):
            value = at(resource.attributes, path)
            if isinstance(value, Unknown):
                yield Undetermined(value, resource=resource.address, environment=resource.environment)
                continue
            text = scalar_text(value)
            if text is None or not isinstance(value, Known) or _fits(text, wanted, how):
                continue
            yield Violation(
                place_of(value, resource.environment, project),
                resource=resource.address,
                environment=resource.environment,
                variant="spot" if how == "not" else "",
                discriminator=path,
                related=[Note("it is promised here", policy.span("capacity", resource.environment, *key))],
                words={
                    "address": resource.address,
                    "attribute": path,
                    "value": text,
                    "wanted": f"{_HOW[how]}{wanted}",
                    "environment": resource.environment,
                },
            )


_HOW = {"equal": "", "most": "at most ", "not": ""}
#: Type → the least and the most that it scales to.
_SCALED = {
    "aws_autoscaling_group": ("min_size", "max_size"),
    "aws_appautoscaling_target": ("min_capacity", "max_capacity"),
    "aws_eks_node_group": ("scaling_config.min_size", "scaling_config.max_size"),
    "google_compute_autoscaler": ("autoscaling_policy.min_replicas", "autoscaling_policy.max_replicas"),
}


def _asked(resource: Resource, entry: Capacity) -> Iterator[tuple[str, object, str, tuple[str, ...]]]:
    """What an entry asks of a resource: the path, the value, how it is compared, where the policy says it."""
    type_ = resource.type
    if type_ in _SCALED and (type_ != "aws_appautoscaling_target" or _scales_service(resource)):
        least, most = _SCALED[type_]
        yield from _each((least, entry.min, "equal", ("min",)), (most, entry.max, "equal", ("max",)))
    if type_ == "aws_rds_cluster":
        path = "serverlessv2_scaling_configuration"
        yield from _each(
            (f"{path}.min_capacity", entry.database.min, "equal", ("database", "min")),
            (f"{path}.max_capacity", entry.database.max, "equal", ("database", "max")),
        )
    if type_ == "aws_elasticache_replication_group":
        cache = entry.cache
        yield from _each(
            ("node_type", cache.node_type, "equal", ("cache", "node_type")),
            ("num_node_groups", cache.shards, "equal", ("cache", "shards")),
            ("replicas_per_node_group", cache.replicas, "equal", ("cache", "replicas")),
        )
    if type_ == "aws_lambda_function":
        memory = entry.functions.memory
        if memory is not None:
            yield "memory_size", int(memory) // 1024**2, "most", ("functions", "memory")
        if entry.functions.timeout is not None:
            yield "timeout", int(entry.functions.timeout), "most", ("functions", "timeout")
    if entry.spot is False:
        for path, word in (("capacity_type", "SPOT"), ("capacity_provider_strategy.capacity_provider", "FARGATE_SPOT")):
            if not isinstance(at(resource.attributes, path), Absent):
                yield path, word, "not", ("spot",)


def _scales_service(resource: Resource) -> bool:
    return scalar_text(resource.get("service_namespace")) in (None, "ecs", "ec2", "appstream", "sagemaker")


def _each(*asked: tuple[str, object, str, tuple[str, ...]]) -> Iterator[tuple[str, object, str, tuple[str, ...]]]:
    return (each for each in asked if each[1] is not None)


def _fits(text: str, wanted: object, how: str) -> bool:
    if how == "not":
        return text.upper() != wanted
    if isinstance(wanted, str):
        return text == wanted
    try:
        number, bound = float(text), float(str(wanted))
    except ValueError:
        return True
    return number == bound if how == "equal" else number <= bound


# -- tags ----------------------------------------------------------------------------------------------------------

#: Types that can carry tags and cost something, or hold something.
_TAGGED = frozenset(
    (
        *("aws_instance", "aws_db_instance", "aws_rds_cluster", "aws_s3_bucket", "aws_vpc", "aws_subnet", "aws_lb"),
        *("aws_security_group", "aws_ecs_cluster", "aws_ecs_service", "aws_ecs_task_definition", "aws_kms_key"),
        *("aws_lambda_function", "aws_dynamodb_table", "aws_elasticache_replication_group", "aws_sqs_queue"),
        *("aws_sns_topic", "aws_efs_file_system", "aws_cloudfront_distribution", "aws_ecr_repository", "aws_eip"),
        *(
            "aws_secretsmanager_secret",
            "aws_cloudwatch_log_group",
            "aws_nat_gateway",
            "aws_eks_cluster",
            "aws_ebs_volume",
        ),
        *("aws_opensearch_domain", "aws_msk_cluster", "aws_kinesis_stream", "aws_iam_role", "aws_backup_vault"),
    )
)


def tags(project: Project) -> Iterator[Outcome]:
    """Resources without the tags that the policy requires, or with other values."""
    policy = project.policy
    if policy is None or not policy.tags.required:
        return
    place = policy.span("tags", "required")
    for resource in project.of_type(*sorted(_TAGGED)):
        if resource.kind != "resource":
            continue
        found = resource.get("tags_all")
        if isinstance(found, Absent):
            found = resource.get("tags")
        if isinstance(found, Unknown):
            yield Undetermined(found, resource=resource.address, environment=resource.environment)
            continue
        given = dict(found.items())
        open_ = isinstance(found, Known) and found.rest is not None
        lacking = [key for key in policy.tags.required if key not in given]
        if lacking and not open_:
            yield Violation(
                resource.span,
                resource=resource.address,
                environment=resource.environment,
                related=[Note("they are promised here", place)],
                words={"name": resource.address, "tags": ", ".join(lacking)},
            )
        for key, template in policy.tags.required.items():
            value = given.get(key)
            wanted = template.replace("{environment}", resource.environment or "*") if template else "*"
            text = scalar_text(value) if value is not None else None
            if text is None or value is None or fnmatchcase(text.lower(), wanted.lower()):
                continue
            if "{environment}" in (template or "") and project.environments.named(text) == resource.environment:
                continue
            yield Violation(
                value,
                resource=resource.address,
                environment=resource.environment,
                variant="value",
                discriminator=key,
                related=[Note("it is promised here", place)],
                words={"name": resource.address, "tags": key, "value": text, "wanted": wanted},
            )


# -- flags ---------------------------------------------------------------------------------------------------------


def flags(compared: Comparison) -> Iterator[Outcome]:
    """Flags that are on where ``flags`` of the policy does not let them be."""
    from depcheck.parity.switches import flag_state

    project = compared.project
    policy = project.policy
    if policy is None or not (policy.flags.promote or policy.flags.only_in):
        return
    for family in compared.families:
        if family.origin not in ("flag", "env-file", "compose", "container", "lambda"):
            continue
        for name in dict.fromkeys(name for given in family.given.values() for name in given):
            states = {
                environment: flag_state(given[name].value) if name in given else None
                for environment, given in family.given.items()
            }
            owners = [owner for owner, patterns in policy.flags.only_in.items() if _any(name, patterns)]
            for environment, state in states.items():
                if state is True and owners and environment not in owners:
                    setting = family.given[environment][name]
                    yield Violation(
                        setting.value,
                        environment=environment,
                        resource=setting.scope or None,
                        variant="only",
                        discriminator=name,
                        related=[Note("it is promised here", policy.key_span("flags", "only_in", owners[0]))],
                        words={"name": name, "environment": environment, "other": " and ".join(owners)},
                    )
            if owners or (family.origin != "flag" and not is_flag(name)):
                continue
            order = [environment for environment in policy.flags.promote if environment in family.given]
            for index, environment in enumerate(order):
                if states.get(environment) is not True:
                    continue
                before = next((each for each in order[:index] if states.get(each) is not True), None)
                if before is not None:
                    setting = family.given[environment][name]
                    yield Violation(
                        setting.value,
                        environment=environment,
                        resource=setting.scope or None,
                        discriminator=name,
                        related=[Note("the order is promised here", policy.span("flags", "promote"))],
                        words={"name": name, "environment": environment, "other": before},
                    )
                    break


def is_flag(name: str) -> bool:
    """Whether a variable is named as flags are."""
    from depcheck.parity.switches import FLAG

    return FLAG.fullmatch(name.upper()) is not None


def _any(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
