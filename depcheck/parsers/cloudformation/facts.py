"""The nouns that a CloudFormation resource holds beside itself: grants, settings, runtimes, images, schedules."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model import Facts, Grant, Image, Problem, Resource, Runtime, Schedule, Setting
from depcheck.parsers.aws import from_store, lambda_permission, lambda_runtime
from depcheck.parsers.iam import statements
from depcheck.source import Span
from depcheck.values import OPEN, Absent, Known, Unknown, Value, scalar_text, string

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
_LAYER = {"PrincipalOrgID": "OrganizationId", "FunctionName": "LayerVersionArn"}
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


def add_facts(resource: Resource, facts: Facts, problems: list[Problem]) -> None:
    """Add what a resource holds beside itself."""
    kind = resource.type
    for path, source in POLICIES.get(kind, ()):
        for policy in _at(resource.attributes, path):
            facts.grants.extend(_grants(policy, source, resource, problems))
    if kind in ("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission"):
        facts.grants.append(lambda_permission(resource, _LAYER if kind.endswith("LayerVersionPermission") else {}))
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
    # None of them is for everything: each has a service, and all but a few are for one resource.
    actions = Unknown(f"the actions of SAM's {name[:60]} are not listed here", place, outline=f"{OPEN}:{OPEN}")
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
            value = from_store(value)
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
    language, version = lambda_runtime(value)
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
