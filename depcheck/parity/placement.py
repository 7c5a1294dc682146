"""What resources say of where they belong: copies of production's data, tags, names that can be only once, accounts,
regions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from depcheck.findings import Note, Outcome, Undetermined, Violation, shown
from depcheck.model import Resource, Setting
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import place_of
from depcheck.parity.rows import Row, at, neutral, text_of
from depcheck.patterns import Pattern
from depcheck.project import Project, marks
from depcheck.project.promises import is_sample
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: Where a store is made from the data of another one.
_ORIGINS = (
    *("snapshot_identifier", "db_snapshot_identifier", "source_db_instance_identifier", "replicate_source_db"),
    *("restore_to_point_in_time.source_db_instance_identifier", "restore_to_point_in_time.source_cluster_identifier"),
    *("restore_to_point_in_time.source_dbi_resource_id", "snapshot_name", "snapshot_arns", "s3_import.bucket_name"),
    *("restore_source_table_arn", "restore_source_name", "snapshot_id", "source_snapshot_identifier"),
)
_STORES = (
    *("aws_db_", "aws_rds_", "aws_elasticache_", "aws_dynamodb_", "aws_docdb_", "aws_neptune_", "aws_redshift_"),
    *("aws_ebs_", "aws_memorydb_", "aws_fsx_"),
)
#: Tags that name the environment.
_TAGS = frozenset({"environment", "env", "stage", "deployment-environment", "environmentname"})
#: Attributes that can have a value once in the world.
_ONCE = {"aws_s3_bucket": "bucket", "google_storage_bucket": "name", "azurerm_storage_account": "name"}
_PEERINGS = (
    "aws_vpc_peering_connection",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_vpc_peering_connection_accepter",
)
_ACCOUNT = Pattern(r"(?<!\d)\d{12}(?!\d)")
_REGION = Pattern(r"(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov|-iso[a-z]?)?-(?:north|south|east|west|central)[a-z]*-\d")


def production_data(project: Project) -> Iterator[Outcome]:
    """Stores before production that are made from production's data."""
    critical = project.environments.critical
    shared = project.policy.parity.shared if project.policy is not None else ()
    for resource in project.facts.resources:
        if resource.environment is None or resource.environment in critical or not resource.type.startswith(_STORES):
            continue
        if resource.kind != "resource":
            continue
        for path in _ORIGINS:
            for value in at(resource.attributes, path).elements():
                text = scalar_text(value)
                if text is None or text in shared or not isinstance(value, Known):
                    continue
                owner = _owner(text, project)
                if owner is None or owner not in critical:
                    continue
                bare = _unprotected(resource)
                yield Violation(
                    value,
                    resource=resource.address,
                    environment=resource.environment,
                    variant="bare" if bare else "",
                    severity="critical" if bare else None,
                    discriminator=path,
                    words={
                        "address": resource.address,
                        "environment": resource.environment,
                        "origin": text,
                        "owner": owner,
                        "how": bare,
                    },
                )


def _owner(text: str, project: Project) -> str | None:
    """The environment that a name or an ARN belongs to."""
    for mark in marks.marks(text, project.environments, project.policy):
        return mark.environment
    found = {
        environment
        for token in re.findall(r"[a-z0-9]+", text.lower())
        if token in marks.STRONG and (environment := project.environments.named(token)) is not None
    }
    return found.pop() if len(found) == 1 else None


def _unprotected(resource: Resource) -> str:
    if scalar_text(resource.get("publicly_accessible")) == "true":
        return "is publicly accessible"
    for name in ("storage_encrypted", "encrypted", "at_rest_encryption_enabled"):
        if scalar_text(resource.get(name)) == "false":
            return "is not encrypted"
    return ""


def wrong_tags(project: Project) -> Iterator[Outcome]:
    """Tags that say another environment than the one in which the resource stands."""
    told: set[tuple[Span, str | None]] = set()
    for resource in project.facts.resources:
        environment = resource.environment
        if environment is None or resource.kind not in ("resource", "provider"):
            continue
        for tags in (resource.get("tags"), resource.get("tags_all"), resource.get("default_tags", 0, "tags")):
            for key, value in tags.items():
                text = scalar_text(value)
                if key.lower() not in _TAGS or text is None or not isinstance(value, Known):
                    continue
                named = project.environments.named(text)
                if named is None or named == environment or (value.span, environment) in told:
                    continue
                told.add((value.span, environment))
                yield Violation(
                    value,
                    resource=resource.address,
                    environment=environment,
                    discriminator=f"tags.{key}",
                    words={"address": resource.address, "environment": environment, "tag": key, "value": text},
                )


def same_names(compared: Comparison) -> Iterator[Outcome]:
    """Names that only one environment can have, and networks that cannot be joined."""
    project = compared.project
    held: dict[tuple[str, str], dict[str, tuple[Resource, Known]]] = {}
    for resource in project.of_type(*_ONCE, "aws_vpc"):
        if resource.environment not in compared.compared or resource.kind != "resource" or resource.instances is None:
            continue
        if resource.type == "aws_vpc" and not _is_joined(resource, project):
            continue
        value = resource.get(_ONCE.get(resource.type, "cidr_block"))
        text = scalar_text(value)
        if text and isinstance(value, Known):
            held.setdefault((resource.type, text), {}).setdefault(resource.environment or "", (resource, value))
    for (type_, text), found in held.items():
        order = [name for name in compared.compared if name in found]
        for less, more in list(combinations(order, 2))[:1]:
            mine, value = found[more]
            theirs, other = found[less]
            yield Violation(
                value,
                resource=mine.address,
                environment=more,
                variant="network" if type_ == "aws_vpc" else "",
                discriminator=text,
                related=[Note(f"{less} has it here", other.span if other.span != value.span else theirs.span)],
                words={"address": mine.address, "name": text, "environment": more, "less": less},
            )


def _is_joined(network: Resource, project: Project) -> bool:
    """Whether a network is joined with others, so that its range must be its own."""
    return any(project.related(network, type_, "vpc_id")[0] for type_ in _PEERINGS)


#: Attributes that name what is deployed, and types whose names say what they are about instead.
_NAMES = frozenset(("name", "bucket", "identifier", "cluster_identifier", "replication_group_id", "function_name"))
_NAMES |= {"domain_name", "cluster_id", "queue_name", "topic_name", "db_name", "database_name", "repository_name"}
_ABOUT = (
    *("aws_route53_", "aws_iam_", "aws_ram_", "aws_organizations_", "aws_cloudwatch_", "cloudflare_", "github_"),
    *(
        "grafana_",
        "datadog_",
        "pagerduty_",
        "aws_ssm_parameter",
        "kubernetes_",
        "helm_",
        "aws_ecr_",
        "dns_",
        "google_dns_",
    ),
)


def foreign_names(compared: Comparison) -> Iterator[Outcome]:
    """Resources that are named after another environment than the one in which they stand."""
    project = compared.project
    for row in compared.of_kind("attribute"):
        if row.name not in _NAMES or row.type.startswith(_ABOUT) or row.type == "module":
            continue
        for environment, value in row.values.items():
            text = scalar_text(value) if value is not None else None
            if text is None or not isinstance(value, Known):
                continue
            owner = _named_after(text.rstrip("."), environment, row, project)
            if owner is None:
                continue
            yield Violation(
                place_of(value, environment, project),
                resource=row.address.get(environment),
                environment=environment,
                discriminator=row.name,
                words={
                    "address": row.address.get(environment, row.subject),
                    "environment": environment,
                    "name": text,
                    "owner": owner,
                },
            )


def _named_after(text: str, environment: str, row: Row, project: Project) -> str | None:
    """The other environment that a name means; none where the resource itself is about that environment."""
    critical = project.environments.critical
    if project.environments.role(environment) not in ("staging", "production") and environment not in critical:
        return None
    found = {mark.environment for mark in marks.marks(text, project.environments, project.policy)}
    mark = marks.name_mark(text, project.environments)
    if mark is not None:
        found.add(mark.environment)
    if len(found) != 1 or environment in found:
        return None
    owner = found.pop()
    if owner not in critical and environment not in critical:
        return None
    address = row.address.get(environment, row.subject)
    if neutral(address, owner, project.environments) != address:
        return None
    return owner


def foreign_accounts(project: Project) -> Iterator[Outcome]:
    """Accounts of other environments in what deploys an environment: providers, backends, values, roles of jobs."""
    policy = project.policy
    owners = {entry.account: name for name, entry in policy.environments.items() if entry.account} if policy else {}
    if not owners:
        return
    for value, environment, resource in _deploying(project):
        text = text_of(value)
        for match in _ACCOUNT.finditer(text):
            owner = owners.get(match[0])
            if owner is None or owner == environment:
                continue
            yield Violation(
                value,
                resource=resource,
                environment=environment,
                discriminator=match[0],
                words={"account": match[0], "environment": environment, "owner": owner, "value": resource or "a role"},
            )
            break


def _deploying(project: Project) -> Iterator[tuple[Known, str, str | None]]:
    """What says into which account an environment is deployed."""
    for resource in project.facts.resources:
        if resource.environment is None or resource.kind not in ("provider", "backend"):
            continue
        values = [resource.get("allowed_account_ids"), resource.get("assume_role", 0, "role_arn")]
        values += [resource.get("role_arn"), resource.get("profile")]
        for value in values:
            if isinstance(value, Known):
                yield value, resource.environment, resource.address
    for setting in project.facts.settings:
        if setting.origin == "tfvars" and setting.environment is not None and isinstance(setting.value, Known):
            words = set(re.findall(r"[a-z]+", setting.name.lower()))
            if words & {"account", "role"} and not words & {
                "shared",
                "log",
                "logs",
                "backup",
                "dns",
                "root",
                "trusted",
            }:
                yield setting.value, setting.environment, f"var.{setting.name}"
    for job in project.facts.jobs:
        if job.environment is None:
            continue
        for step in job.steps:
            value = step.tree.get("with", "role-to-assume")
            if isinstance(value, Known):
                yield value, job.environment, job.address


def regions(project: Project) -> Iterator[Outcome]:
    """Regions that the policy does not allow."""
    policy = project.policy
    if policy is None:
        return
    own = policy.regions
    allowed = {*own.allowed, *(region for region in (own.primary, own.recovery) if region is not None)}
    if not allowed:
        return
    promised = policy.key_span("regions", "allowed" if own.allowed else "primary")
    told: set[Span] = set()
    for value, environment, address in _regions(project):
        text = scalar_text(value)
        if isinstance(value, Unknown):
            yield Undetermined(value, environment=environment, resource=address)
        match = _REGION.match(text) if text is not None else None
        if match is None or match[0] in allowed or value.span in told:
            continue
        told.add(value.span)
        yield Violation(
            value,
            resource=address,
            environment=environment,
            discriminator=match[0],
            related=[Note("the regions that are allowed", promised)],
            words={"region": match[0], "place": address or "a setting", "allowed": " and ".join(sorted(allowed))},
        )


def _regions(project: Project) -> Iterator[tuple[Value, str | None, str | None]]:
    for resource in project.facts.resources:
        if is_sample(resource):
            continue
        if resource.kind == "provider" and resource.type.startswith("provider_aws"):
            # Certificates of CloudFront are made in one region alone, with a provider of their own.
            value = resource.get("region")
            aliased = not isinstance(resource.get("alias"), Absent) or resource.address.count(".") > 1
            if not (aliased and string(value) == "us-east-1") and not isinstance(value, Absent):
                yield value, resource.environment, resource.address
        elif resource.kind == "resource":
            for name in ("availability_zone", "availability_zones", "replica.region_name"):
                for value in resource.get(*name.split(".")).elements():
                    if isinstance(value, Known):
                        yield value, resource.environment, resource.address
    for setting in project.facts.settings:
        if setting.origin == "env-file" and setting.span.path.endswith((".example", ".sample", ".template")):
            continue
        if _is_region(setting) and isinstance(setting.value, Known):
            yield setting.value, setting.environment, setting.scope or None
    for job in project.facts.jobs:
        for step in job.steps:
            value = step.tree.get("with", "aws-region")
            if isinstance(value, Known):
                yield value, job.environment, job.address


def _is_region(setting: Setting) -> bool:
    return setting.name.upper() in ("AWS_REGION", "AWS_DEFAULT_REGION", "CDK_DEFAULT_REGION", "REGION", "AWS_S3_REGION")


def recovery_differs(compared: Comparison) -> Iterator[Outcome]:
    """Modules that stand in the recovery region in another version than in the primary one."""
    from depcheck.parity.modules import version_of

    found: dict[tuple[str, str, str], list[tuple[Resource, Known, str]]] = {}
    for resource in compared.project.of_type("module"):
        value = resource.get("source")
        text = scalar_text(value)
        if text is None or not isinstance(value, Known) or resource.environment is None:
            continue
        bare, _, ref = text.partition("?ref=")
        given = resource.get("version")
        own = scalar_text(given) or ref
        if own:
            place = given if isinstance(given, Known) else value
            found.setdefault((resource.root, resource.environment, bare), []).append((resource, place, own))
    for modules in found.values():
        spare = [each for each in modules if _SPARE.search(each[0].address)]
        main = [each for each in modules if not _SPARE.search(each[0].address)]
        for resource, place, version in spare:
            ahead = next(
                (each for each in main if each[2] != version and version_of(each[2]) != version_of(version)), None
            )
            if ahead is None or any(each[2] == version for each in main):
                continue
            yield Violation(
                place,
                resource=resource.address,
                environment=resource.environment,
                discriminator="version",
                related=[Note(f"{ahead[0].address} uses {ahead[2]}", ahead[1].span)],
                words={
                    "address": resource.address,
                    "version": shown(Known(version, place.span)),
                    "main": ahead[0].address,
                    "other": shown(Known(ahead[2], place.span)),
                },
            )


_SPARE = Pattern(r"(?<![a-z0-9])(?:dr|recovery|secondary|standby|failover|disaster)(?![a-z0-9])", re.IGNORECASE)
