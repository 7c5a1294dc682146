"""Whom a policy of a resource or a role lets in: everybody, GitHub's jobs, services on behalf of anybody."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Grant, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.project.policies import EVERYONE, may_be_everything, pattern_of, tests_of
from depcheck.values import OPEN, Absent, Unknown, Value, string

#: Where everybody is named because something else decides who comes in: the network, or an authorizer of its own.
_GUARDED = (
    "aws_vpc_endpoint",
    "aws_api_gateway_rest_api",
    "aws_efs_file_system",
    "aws_ecrpublic_",
    "aws_vpclattice_",
    "AWS::EC2::VPCEndpoint",
    "AWS::ApiGateway::RestApi",
    "AWS::EFS::FileSystem",
    "AWS::ECR::PublicRepository",
    "AWS::VpcLattice::",
)
_GITHUB = "token.actions.githubusercontent.com"
#: Types whose policies let services in to hand something over, which then runs or is worked on …
_RECEIVERS = (
    "aws_lambda_permission",
    "aws_sqs_queue",
    "AWS::Lambda::Permission",
    "AWS::SQS::",
)
#: … and those that they read and write, or to which they send news.
_STORES = (
    "aws_sns_topic",
    "aws_s3_bucket",
    "aws_kms_",
    "aws_ecr_",
    "aws_secretsmanager_",
    "aws_cloudwatch_log_resource_policy",
)
_STORES_TOO = ("AWS::SNS::", "AWS::S3::", "AWS::KMS::", "AWS::ECR::", "AWS::SecretsManager::", "AWS::Logs::")
#: Services that act on a target for any customer who knows its address (IAM User Guide, the confused deputy problem:
#: cross-service prevention; the guides of Lambda, SNS and SQS ask for a source).
_DEPUTIES = frozenset(
    (
        *("s3", "sns", "events", "cloudwatch", "config", "ses", "iot", "apigateway", "cognito-idp", "codecommit"),
        *("cloudtrail", "delivery.logs", "logs", "lambda.alarms.cloudwatch", "backup", "budgets", "costalerts"),
        *("inspector", "guardduty", "vpc-flow-logs", "logging.s3", "sqs", "cloudfront"),
    )
)
#: Services whose guides ask for the account or the resource in the trust of a role that they become.
_BECOMING = frozenset(("scheduler", "pipes", "bedrock", "transfer", "datasync", "logs", "cloudtrail", "kendra"))
_ACCOUNT = Pattern(r"AWS:(?:arn:[\w*-]+:iam::)?(?P<account>\d{12})(?::root)?")


def holder(grant: Grant, project: Project) -> Resource | None:
    """The resource that a policy belongs to."""
    return project.resource(grant.scope, grant.environment) if grant.scope else None


def is_guarded(resource: Resource | None) -> bool:
    """Whether something else than a policy decides who reaches a resource."""
    return resource is not None and resource.type.startswith(_GUARDED)


def everybody(grant: Grant) -> Value | None:
    """The entry that means everybody, else one that is not decided and may; None if all mean somebody."""
    undecided: Unknown | None = None
    for each in grant.principals:
        text = pattern_of(each)
        if text in EVERYONE:
            return each
        if isinstance(each, Unknown) and _may_be_everybody(each):
            undecided = each if undecided is None else undecided
    return undecided


def _may_be_everybody(value: Unknown) -> bool:
    if value.outline != f"AWS:{OPEN}":
        return may_be_everything(value)
    bare = Unknown(value.reason, value.span, missing=value.missing, refers=value.refers)
    return may_be_everything(bare)


def in_network(resource: Resource, project: Project) -> bool:
    """Whether it is a search domain inside a VPC, or the policy of one."""
    if resource.type.endswith("_domain_policy"):
        domains = project.of_type(resource.type.removesuffix("_policy"))
        return any(
            resource in project.related(each, resource.type, "domain_name")[0] and in_network(each, project)
            for each in domains
        )
    return not isinstance(resource.get("vpc_options"), Absent) or not isinstance(resource.get("VPCOptions"), Absent)


def exposure(grant: Grant) -> tuple[str, str | None]:
    """Which message, and how bad: objects that are only read and functions with a URL are often meant to be public."""
    if grant.not_principals:
        return "not-principal", None
    if tests_of(grant, "lambda:functionurlauthtype") or tests_of(grant, "lambda:invokedviafunctionurl"):
        return "url", "medium"
    reads = [string(each) for each in grant.actions] == ["s3:GetObject"]
    return "", "medium" if reads else None


def is_github(principal: Value, grant: Grant, project: Project) -> bool:
    """Whether a principal is GitHub's identity provider."""
    text = pattern_of(principal)
    if text is not None and _GITHUB in text:
        return True
    if not isinstance(principal, Unknown) or principal.refers is None:
        return False
    provider = project.resource(principal.refers, grant.environment)
    url = (provider.get("url"), provider.get("Url")) if provider is not None else ()
    return any(_GITHUB in (pattern_of(each) or "") for each in url)


def width(pattern: str | None, operator: str) -> str:
    """Whose repositories a subject means: of ``every`` owner, of those called ``alike``, of one ``owner``; a ``few`` of
    them, or ``open``."""
    if pattern is None or pattern == OPEN:
        return "open"
    if "like" not in operator.lower():
        return "few"
    owner, _, rest = pattern.removeprefix("repo:").partition("/")
    if "*" in owner:
        return "alike" if owner.strip("*") else "every"
    return "owner" if rest.startswith("*") else "few"


def services(grant: Grant) -> Iterator[tuple[Value, str]]:
    """The services of AWS that a statement lets in, with their names."""
    for each in grant.principals:
        text = pattern_of(each) or ""
        if text.startswith("Service:"):
            yield each, text.removeprefix("Service:").lower()


def role_of(resource: Resource | None) -> str:
    """``receiver`` of what services hand over, ``store`` that they write, or empty."""
    if resource is None:
        return ""
    if resource.type.startswith(_RECEIVERS):
        return "receiver"
    return "store" if resource.type.startswith((*_STORES, *_STORES_TOO)) else ""


def deputy(grant: Grant, resource: Resource | None, role: str) -> tuple[Value, str] | None:
    """The first service that a statement lets in and that acts for any customer whose resources name the target.

    CloudFront that reads a bucket hands its objects on, so a bucket is a receiver to it.
    """
    own = role_of(resource)
    for value, service in services(grant):
        name = service.removesuffix(".cn").removesuffix(".amazonaws.com")
        if name.startswith(("logs.", "events.")):
            name = name.partition(".")[0]
        seen = "receiver" if own == "store" and name == "cloudfront" and "kms" not in _type(resource) else own
        if name in _DEPUTIES and seen == role:
            return value, service
    return None


def becoming(grant: Grant) -> tuple[Value, str] | None:
    """The first service that becomes a role and should say for whose resource."""
    for value, service in services(grant):
        name = service.removesuffix(".amazonaws.com")
        if (name.partition(".")[0] if name.startswith("logs.") else name) in _BECOMING:
            return value, service
    return None


def _type(resource: Resource | None) -> str:
    return resource.type.lower() if resource is not None else ""


def accounts(grant: Grant) -> Iterator[tuple[Value, str]]:
    """The accounts that a statement lets in as a whole, by their numbers."""
    for each in grant.principals:
        match = _ACCOUNT.fullmatch(pattern_of(each) or "")
        if match is not None:
            yield each, match["account"]


def says_whose(grant: Grant) -> bool | Unknown:
    """Whether a condition says for whose resource a service may act; unknown where it is not decided."""
    undecided: Unknown | None = None
    for ending in (
        *("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("aws:principalorgid", "kms:calleraccount", "kms:viaservice", "aws:principalarn", "aws:principalaccount"),
    ):
        tests = tests_of(grant, ending)
        if isinstance(tests, Unknown):
            return tests
        for operator, values in tests:
            # A negative test, or one that passes without the key, names nobody.
            if "not" in operator.lower() or operator.lower() == "null":
                continue
            if any(pattern_of(each) not in ("*", "**") for each in values.elements()):
                return True
            undecided = undecided or next((each for each in values.elements() if isinstance(each, Unknown)), None)
    return undecided if undecided is not None else False
