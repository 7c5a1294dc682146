"""What compared environments deploy that does not fit together: protections, topology, what is only in production,
versions of modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Undetermined, Violation, shown
from depcheck.model import Resource
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import place_of
from depcheck.parity.relations import MONOTONE, SAME, more
from depcheck.parity.resources import Counterparts
from depcheck.parity.rows import Row, at, text_of
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.promises import is_sample
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text

Pair = tuple[str, str]
#: How many related places a finding has at most.
_NOTES = 6


def _is_local(name: str, project: Project) -> bool:
    return project.environments.role(name) in ("development", "test", "preview")


def _resource(row: Row, environment: str, compared: Comparison) -> Resource | None:
    return compared.project.resource(row.address.get(environment, ""), environment)


# -- protections ---------------------------------------------------------------------------------------------------


def weaker(compared: Comparison) -> Iterator[Outcome]:
    """Protections that are less in the more critical of two environments."""
    for row in compared.of_kind("attribute"):
        relation = row.relation
        if relation.name != MONOTONE or relation.promised is not None:
            continue
        for less, critical in compared.pairs(row):
            if critical not in compared.project.environments.critical:
                continue
            one, other = row.values[less], row.values[critical]
            if isinstance(other, Unknown) and isinstance(one, Known):
                yield Undetermined(other, resource=row.address.get(critical), environment=critical)
                continue
            texts = [scalar_text(value) if value is not None else None for value in (one, other)]
            if texts[0] is None:
                continue
            place: Value | Span | None = other
            if texts[1] is None:
                weak, place = _without(row, critical, compared), _header(row, critical, compared)
                if weak is None:
                    continue
                texts[1] = weak
            if more(relation, texts[0], texts[1] or "") != 1 or place is None or one is None:
                continue
            if isinstance(place, Known):
                place = place_of(place, critical, compared.project)
            yield Violation(
                place,
                resource=row.address.get(critical),
                environment=critical,
                discriminator=row.name,
                variant="absent" if other is None else "",
                related=[Note(f"it is {texts[0]} in {less}", one.span)],
                words={
                    "address": row.address.get(critical, row.subject),
                    "attribute": row.name,
                    "value": texts[1],
                    "environment": critical,
                    "less": less,
                    "other": texts[0],
                },
            )
            break


def _without(row: Row, environment: str, compared: Comparison) -> str | None:
    """What holds where the attribute is not written: off, if it is one that turns something on."""
    if row.relation.order == "true" and _header(row, environment, compared) is not None:
        return "false"
    return None


def _header(row: Row, environment: str, compared: Comparison) -> Span | None:
    resource = _resource(row, environment, compared)
    if resource is None or not isinstance(at(resource.attributes, row.name), Absent):
        return None
    return resource.span


#: Attributes that decide who may do what, beside those of the table.
_RIGHTS = frozenset(
    ("policy", "assume_role_policy", "cidr_blocks", "ingress.cidr_blocks", "source_ranges", "principal")
)
_GUARDING = frozenset(("encryption", "public-access", "tls", "safeguard"))


def untried(compared: Comparison) -> Iterator[Outcome]:
    """Protections that are decided by the name of production, so that production alone has what is decided for it."""
    project = compared.project
    words = [word for name in project.environments.critical for word in project.environments.aliases.get(name, (name,))]
    asks = Pattern(rf'[=!]=\s*"(?:{"|".join(map(re.escape, words))})"\s*\?', re.IGNORECASE)
    told: set[Span] = set()
    for row in compared.of_kind("attribute"):
        if row.relation.topic not in _GUARDING and row.name not in _RIGHTS:
            continue
        for less, critical in compared.pairs(row):
            one, other = row.values[less], row.values[critical]
            if critical not in project.environments.critical or not isinstance(other, Known) or other.span in told:
                continue
            if one is None or text_of(one) == text_of(other) or not asks.search(_line(other.span)):
                continue
            told.add(other.span)
            yield Violation(
                other,
                resource=row.address.get(critical),
                environment=critical,
                discriminator=row.name,
                words={
                    "address": row.address.get(critical, row.subject),
                    "attribute": row.name,
                    "environment": critical,
                },
            )


def _line(span: Span) -> str:
    """The line in which a value stands: of a condition, the value is the branch that was taken."""
    return span.source.line(span.line)


# -- topology ------------------------------------------------------------------------------------------------------


def topology(compared: Comparison) -> Iterator[Outcome]:
    """Resources that are built in another way in the environment before production."""
    for row in compared.of_kind("attribute"):
        if row.relation.name != SAME or row.relation.topic != "topology" or row.relation.promised is not None:
            continue
        for less, critical in compared.pairs(row):
            if critical not in compared.project.environments.critical or _is_local(less, compared.project):
                continue
            one, other = row.values[less], row.values[critical]
            if not isinstance(one, Known) or not isinstance(other, Known) or text_of(one) == text_of(other):
                continue
            yield Violation(
                place_of(one, less, compared.project),
                resource=row.address.get(less),
                environment=less,
                discriminator=row.name,
                related=[Note(f"it is {shown(other)} in {critical}", other.span)],
                words={
                    "address": row.address.get(less, row.subject),
                    "attribute": row.name,
                    "value": shown(one),
                    "critical": critical,
                    "theirs": shown(other),
                },
            )


# -- what is only in production ------------------------------------------------------------------------------------

#: Types whose first use is in production with consequences: who may do what, who reaches what, where data is.
_GRAVE = (
    *("aws_iam_policy", "aws_iam_role", "aws_iam_user", "aws_kms_", "aws_security_group", "aws_network_acl"),
    *("aws_db_", "aws_rds_", "aws_dynamodb_", "aws_elasticache_", "aws_docdb_", "aws_neptune_", "aws_redshift_"),
    *("aws_opensearch_", "aws_elasticsearch_", "aws_msk_", "aws_kinesis_", "aws_sqs_", "aws_sns_topic", "aws_efs_"),
    *("aws_lb", "aws_alb", "aws_elb", "aws_ecs_service", "aws_eks_", "aws_lambda_function", "aws_autoscaling_group"),
    *("aws_api_gateway_rest_api", "aws_apigatewayv2_api", "aws_sfn_", "aws_cognito_", "aws_batch_", "aws_mq_"),
)
#: Types that production may well have alone (what protects, watches, copies and serves the world).
_OF_PRODUCTION = (
    *("aws_cloudfront_", "aws_waf", "aws_shield_", "aws_globalaccelerator_", "aws_route53_", "aws_backup_"),
    *("aws_cloudwatch_", "aws_sns_topic_subscription", "aws_budgets_", "aws_guardduty_", "aws_securityhub_"),
    *("aws_cloudtrail", "aws_config_", "aws_inspector", "aws_macie", "aws_acm_", "aws_ses_", "aws_flow_log"),
    *("aws_db_instance_automated_backups_replication", "aws_rds_global_cluster", "aws_s3_bucket_replication"),
    *("aws_dlm_", "aws_db_event_subscription", "aws_rds_cluster_snapshot", "aws_db_snapshot", "aws_db_proxy"),
    *("aws_appautoscaling_", "aws_autoscaling_p", "aws_autoscaling_s", "aws_iam_account_", "aws_organizations_"),
    *("aws_iam_policy_attachment", "aws_iam_user_policy", "aws_iam_role_policy", "aws_ec2_tag", "aws_chatbot_"),
    *("aws_lambda_permission", "aws_lb_listener_certificate", "aws_nat_gateway", "aws_eip", "aws_vpc_endpoint"),
)


def only_in_production(compared: Comparison) -> Iterator[Outcome]:
    """Types of resources that production has and no environment before it: tried for the first time where it counts."""
    project = compared.project
    critical = project.environments.critical
    by_root: dict[tuple[str, str], list[Counterparts]] = {}
    for each in compared.counterparts:
        by_root.setdefault((each.format, each.root), []).append(each)
    everywhere: dict[str, set[str]] = {}
    for each in compared.counterparts:
        everywhere.setdefault(each.type, set()).update(each.resources)
    for found in by_root.values():
        environments = {name for each in found for name in each.environments if name in compared.compared}
        lower = [name for name in compared.compared if name in environments and name not in critical]
        upper = [name for name in environments if name in critical]
        if not lower or not upper or all(_is_local(name, project) for name in lower):
            continue
        alone: dict[str, Resource] = {}
        for each in found:
            grave = each.type.startswith(_GRAVE) and not each.type.startswith(_OF_PRODUCTION)
            if not grave or each.type in alone or everywhere[each.type] - set(critical):
                continue
            resource = next((each.resources[name] for name in upper if name in each.resources), None)
            if resource is None or resource.kind != "resource" or resource.instances is None or is_sample(resource):
                continue
            if _is_free(each, compared):
                continue
            alone[each.type] = resource
        if alone:
            yield _alone(list(alone.values()), lower)


def _alone(found: list[Resource], lower: list[str]) -> Violation:
    """One finding for everything that a root deploys to production alone."""
    first, *others = found
    more = (
        f" and {len(others)} more kinds of resources"
        if len(others) > 1
        else f" and {others[0].address}"
        if others
        else ""
    )
    return Violation(
        first.span,
        resource=first.address,
        environment=first.environment,
        discriminator="only",
        related=[Note(f"also in production alone: {each.address}", each.span) for each in others[:_NOTES]],
        words={
            "address": f"{first.address}{more}",
            "verb": "are" if others else "is",
            "what": f"no {first.type}" if not others else "none of their kind",
            "lower": " or ".join(lower),
        },
    )


def _is_free(each: Counterparts, compared: Comparison) -> bool:
    """Whether the policy lets production have it alone."""
    from depcheck.parity.relations import covered, names_of

    policy = compared.project.policy
    if policy is None:
        return False
    names = [each.type, *names_of(each.address, *(resource.address for resource in each.resources.values()))]
    patterns = [*policy.parity.free]
    for found in policy.parity.only_in.values():
        patterns += found
    return covered(names, patterns)


def not_in_production(compared: Comparison) -> Iterator[Outcome]:
    """Kinds of resources that staging has and production has not at all."""
    project = compared.project
    critical = set(project.environments.critical)
    everywhere: dict[str, set[str]] = {}
    for each in compared.counterparts:
        everywhere.setdefault(each.type, set()).update(each.resources)
    told: set[tuple[str, str]] = set()
    for each in compared.counterparts:
        if not critical & each.environments or critical & everywhere[each.type] or _is_free(each, compared):
            continue
        for name, resource in each.resources.items():
            if project.environments.role(name) != "staging" or (each.root, each.type) in told:
                continue
            if resource.kind != "resource" or resource.instances is None or is_sample(resource):
                continue
            told.add((each.root, each.type))
            yield Violation(
                resource.span,
                resource=resource.address,
                environment=name,
                discriminator=each.type,
                words={"address": resource.address, "type": each.type, "critical": " and ".join(sorted(critical))},
            )
