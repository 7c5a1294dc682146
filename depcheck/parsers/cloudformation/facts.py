"""The nouns that a CloudFormation resource holds beside itself: grants, settings, runtimes, images, schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.model import Facts, Grant, Image, Problem, Resource, Runtime, Schedule, Setting
from depcheck.parsers.iam import statements
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: Type of resource → where its policy documents stand and what they are. ``[]`` goes through a list.
POLICIES: dict[str, tuple[tuple[str, str], ...]] = {
    "AWS::IAM::Policy": (("PolicyDocument", "iam"),),
    "AWS::IAM::ManagedPolicy": (("PolicyDocument", "iam"),),
    "AWS::IAM::RolePolicy": (("PolicyDocument", "iam"),),
    "AWS::IAM::UserPolicy": (("PolicyDocument", "iam"),),
    "AWS::IAM::GroupPolicy": (("PolicyDocument", "iam"),),
    "AWS::IAM::Role": (("AssumeRolePolicyDocument", "trust"), ("Policies.[].PolicyDocument", "iam")),
    "AWS::IAM::User": (("Policies.[].PolicyDocument", "iam"),),
    "AWS::IAM::Group": (("Policies.[].PolicyDocument", "iam"),),
    "AWS::SSO::PermissionSet": (("InlinePolicy", "iam"),),
    "AWS::S3::BucketPolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::S3::AccessPoint": (("Policy", "resource-policy"),),
    "AWS::SQS::QueuePolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::SQS::QueueInlinePolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::SNS::TopicPolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::SNS::TopicInlinePolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::KMS::Key": (("KeyPolicy", "resource-policy"),),
    "AWS::KMS::ReplicaKey": (("KeyPolicy", "resource-policy"),),
    "AWS::SecretsManager::ResourcePolicy": (("ResourcePolicy", "resource-policy"),),
    "AWS::ECR::Repository": (("RepositoryPolicyText", "resource-policy"),),
    "AWS::ECR::PublicRepository": (("RepositoryPolicyText", "resource-policy"),),
    "AWS::EFS::FileSystem": (("FileSystemPolicy", "resource-policy"),),
    "AWS::OpenSearchService::Domain": (("AccessPolicies", "resource-policy"),),
    "AWS::Elasticsearch::Domain": (("AccessPolicies", "resource-policy"),),
    "AWS::Backup::BackupVault": (("AccessPolicy", "resource-policy"),),
    "AWS::EC2::VPCEndpoint": (("PolicyDocument", "resource-policy"),),
    "AWS::ApiGateway::RestApi": (("Policy", "resource-policy"),),
    "AWS::DynamoDB::Table": (("ResourcePolicy.PolicyDocument", "resource-policy"),),
    "AWS::Kinesis::ResourcePolicy": (("ResourcePolicy", "resource-policy"),),
    "AWS::Logs::ResourcePolicy": (("PolicyDocument", "resource-policy"),),
    "AWS::Serverless::Function": (("AssumeRolePolicyDocument", "trust"), ("Policies.[]", "sam")),
    "AWS::Serverless::StateMachine": (("Policies.[]", "sam"),),
}
#: Type → lists of ``{Name, Value}`` or maps of variables, what they belong to, and the key that holds a value.
VARIABLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "AWS::Lambda::Function": (("Environment.Variables", "lambda", ""),),
    "AWS::Serverless::Function": (("Environment.Variables", "lambda", ""),),
    "AWS::ECS::TaskDefinition": (
        ("ContainerDefinitions.[].Environment", "container", "Value"),
        ("ContainerDefinitions.[].Secrets", "container", "ValueFrom"),
    ),
    "AWS::Batch::JobDefinition": (
        ("ContainerProperties.Environment", "container", "Value"),
        ("ContainerProperties.Secrets", "container", "ValueFrom"),
    ),
    "AWS::CodeBuild::Project": (("Environment.EnvironmentVariables", "container", "Value"),),
    "AWS::AppRunner::Service": (
        ("SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables", "container", "Value"),
        ("SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentSecrets", "container", "ValueFrom"),
    ),
}
IMAGES: dict[str, tuple[str, ...]] = {
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.[].Image",),
    "AWS::Batch::JobDefinition": ("ContainerProperties.Image",),
    "AWS::CodeBuild::Project": ("Environment.Image",),
    "AWS::AppRunner::Service": ("SourceConfiguration.ImageRepository.ImageIdentifier",),
    "AWS::Lambda::Function": ("Code.ImageUri",),
    "AWS::Serverless::Function": ("ImageUri",),
}
#: A Lambda runtime's identifier: the language and, where it has one, the version.
_RUNTIME = re.compile(r"([a-z]+)([\d.]*)(?:\.x|\.al\d*)?")
_LANGUAGES = {"nodejs": "node", "dotnetcore": "dotnet"}


def add_facts(resource: Resource, facts: Facts, problems: list[Problem]) -> None:
    """Add what a resource holds beside itself."""
    kind = resource.type
    for path, source in POLICIES.get(kind, ()):
        for policy in _at(resource.attributes, path):
            facts.grants.extend(_grants(policy, source, resource, problems))
    if kind in ("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission"):
        facts.grants.append(_permission(resource))
    for path, origin, holder in VARIABLES.get(kind, ()):
        for listed in _at(resource.attributes, path):
            facts.settings.extend(_settings(listed, origin, holder, resource))
    for path in IMAGES.get(kind, ()):
        for value in _at(resource.attributes, path):
            place = value.key or value.span
            facts.images.append(
                Image(value, "container", place, scope=resource.address, environment=resource.environment)
            )
    if kind in ("AWS::Lambda::Function", "AWS::Serverless::Function"):
        facts.runtimes.extend(_runtime(resource))
    facts.schedules.extend(_schedules(resource))


def _at(value: Value, path: str) -> Iterator[Value]:
    """The values at a path in which ``[]`` stands for each element of a list; absent ones are left out."""
    head, _, rest = path.partition(".")
    found: list[Value] = list(value.elements()) if head == "[]" else [value.get(head)]
    for each in found:
        if isinstance(each, Absent) or (isinstance(each, Known) and each.value is None):
            continue
        if rest:
            yield from _at(each, rest)
        else:
            yield each


def _grants(policy: Value, source: str, resource: Resource, problems: list[Problem]) -> list[Grant]:
    scope, environment = resource.address, resource.environment
    if source != "sam":
        return statements(policy, scope, environment, source, problems=problems)
    # SAM: a document, a name or ARN of a managed policy, or a template of SAM's own such as S3ReadPolicy.
    if isinstance(policy, Known) and isinstance(policy.value, dict):
        if "Statement" in policy.value:
            return statements(policy, scope, environment, "iam", problems=problems)
        return [
            _template_grant(name, value, resource) for name, value in policy.value.items() if name.endswith("Policy")
        ]
    return []


def _template_grant(name: str, value: Value, resource: Resource) -> Grant:
    place = value.key or value.span
    actions = Unknown(f"the actions of SAM's {name[:60]} are not listed here", place)
    resources = [each for _, each in value.items()]
    return Grant(
        place,
        source="iam",
        actions=[actions],
        resources=resources,
        scope=resource.address,
        environment=resource.environment,
        sid=name,
    )


def _permission(resource: Resource) -> Grant:
    """``AWS::Lambda::Permission``: one statement of the function's own policy."""
    principal = resource.get("Principal")
    named: list[Value] = [principal]
    text = string(principal)
    if isinstance(principal, Known) and text is not None and text != "*":
        kind = "Service" if ".amazon" in text else "AWS"
        named = [Known(f"{kind}:{text}", principal.span, via=principal.via, key=principal.key)]
    conditions: dict[str, Value] = {}
    for name, operator, key in (
        ("SourceArn", "ArnLike", "AWS:SourceArn"),
        ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ):
        value = resource.get(name)
        if not isinstance(value, Absent):
            held = conditions.get(operator)
            inner = dict(held.value) if isinstance(held, Known) and isinstance(held.value, dict) else {}
            conditions[operator] = Known({**inner, key: value}, value.span)
    return Grant(
        resource.span,
        source="resource-policy",
        principals=[each for each in named if not isinstance(each, Absent)],
        actions=[each for each in (resource.get("Action"),) if not isinstance(each, Absent)],
        resources=[each for each in (resource.get("FunctionName"),) if not isinstance(each, Absent)],
        conditions=Known(conditions, resource.span) if conditions else None,
        scope=resource.address,
        environment=resource.environment,
    )


def _settings(listed: Value, origin: str, holder: str, resource: Resource) -> Iterator[Setting]:
    pairs: list[tuple[str, Value, Span, bool]] = []
    if not holder:
        pairs = [(name, value, value.key or value.span, False) for name, value in listed.items()]
    else:
        for each in listed.elements():
            name = scalar_text(each.get("Name"))
            # CodeBuild tells by the type of a variable whether its value is a name in a secret store.
            secret = holder == "ValueFrom" or string(each.get("Type")) in ("SECRETS_MANAGER", "PARAMETER_STORE")
            if name is not None:
                pairs.append((name, each.get(holder), each.get("Name").span, secret))
    for name, value, span, secret in pairs:
        if secret:
            shown = scalar_text(value)
            reason = f"read from {shown} when it starts" if shown else "read from a secret store when it starts"
            refers = value.refers if isinstance(value, Unknown) else None
            value = Unknown(reason, value.span, refers=refers, key=value.key, sensitive=True)
        yield Setting(
            name,
            value,
            span,
            origin=origin,
            scope=resource.address,
            environment=resource.environment,
            sensitive=secret or (not isinstance(value, Absent) and value.sensitive),
        )


def _runtime(resource: Resource) -> Iterator[Runtime]:
    value = resource.get("Runtime")
    if isinstance(value, Absent):
        return
    language, version = "", value
    text = string(value)
    match = _RUNTIME.match(text) if text is not None else None
    if match is not None and isinstance(value, Known):
        language = _LANGUAGES.get(match[1], match[1])
        told = match[2].rstrip(".") or (text or "").partition(".")[2]
        version = Known(told, value.span, via=value.via, key=value.key)
    yield Runtime(language, version, value.span, scope=resource.address, environment=resource.environment)


def _schedules(resource: Resource) -> Iterator[Schedule]:
    """The expressions of rules, schedules, backup plans and SAM's schedule events that are not switched off."""
    found: list[tuple[Value, Value, Value]] = []
    kind = resource.type
    if kind in ("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        found.append((resource.get("ScheduleExpression"), resource.get("State"), resource.attributes))
    elif kind == "AWS::Backup::BackupPlan":
        for rule in resource.get("BackupPlan", "BackupPlanRule").elements():
            found.append((rule.get("ScheduleExpression"), rule.get("State"), rule))
    elif kind.startswith("AWS::Serverless::"):
        for _, event in resource.get("Events").items():
            if string(event.get("Type")) in ("Schedule", "ScheduleV2"):
                inside = event.get("Properties")
                name = "Schedule" if string(event.get("Type")) == "Schedule" else "ScheduleExpression"
                found.append((inside.get(name), inside.get("State"), inside))
    for expression, state, holder in found:
        if isinstance(expression, Absent) or string(state) == "DISABLED":
            continue
        if scalar_text(holder.get("Enabled")) == "false":
            continue
        zone = string(holder.get("ScheduleExpressionTimezone")) or "UTC"
        yield Schedule(expression, expression.span, scope=resource.address, zone=zone, environment=resource.environment)
