"""Checks of IAM policies: what they allow on which resource, to whom, and who may become a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Grant, Resource
from depcheck.project import Project, policies
from depcheck.project.buckets import access_block, bucket_of
from depcheck.values import OPEN, Absent, Unknown, Value, scalar_text, string

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
_MANAGED = re.compile(
    rf"arn:(?:aws[\w-]*|{OPEN}):iam::aws:policy/(?P<name>AdministratorAccess|IAMFullAccess|PowerUserAccess)"
)
_ANY_ROLE = re.compile(rf"arn:(?:[\w-]+|\*|{OPEN}):iam::(?:\d*|\*|{OPEN}):role/\*")
_GITHUB = "token.actions.githubusercontent.com"
#: Claims of GitHub's token, other than its subject, that tell the repository.
_OTHER_CLAIMS = (":repository", ":repository_id", ":repository_owner_id", ":job_workflow_ref")
_OWN = re.compile(r"(?<!data\.)\baws_iam_policy\.[\w-]+")
_HOLDERS = {
    "aws_iam_user_policy_attachment": "a user",
    "aws_iam_user_policy_attachments_exclusive": "a user",
    "AWS::IAM::User": "a user",
}


def _holder(grant: Grant, project: Project) -> Resource | None:
    return project.resource(grant.scope, grant.environment) if grant.scope else None


def _is_read_by(grant: Grant, project: Project) -> bool:
    """Whether a statement of a policy file is told as that of the resource which reads the file."""
    return not grant.scope and any(each.scope and each.span == grant.span for each in project.facts.grants)


def full_administrator(subject: Grant, project: Project) -> Iterator[Outcome]:
    """No policy allows everything, or all that is needed to get everything."""
    effect = policies.allows(subject)
    if isinstance(effect, Unknown):
        yield Undetermined(effect)
        return
    if not effect:
        return
    everywhere = policies.everything(subject.resources)
    action = policies.everything(subject.actions, words=("*", "*:*"))
    variant = ""
    if action is None and (action := policies.everything(subject.actions, words=("iam:*", "IAM:*"))) is not None:
        variant = "iam"
    if subject.not_actions and policies.includes(subject.not_actions, "iam:CreatePolicyVersion") is None:
        unknown = [each for each in subject.not_actions if isinstance(each, Unknown)]
        action, variant = unknown[0] if unknown else subject.not_actions[0], "not-action"
    if action is None or everywhere is None or _is_boundary(subject, project) or _is_read_by(subject, project):
        return
    undecided = [each for each in (action, everywhere, subject.conditions) if isinstance(each, Unknown)]
    if undecided:
        yield Undetermined(undecided[0])
    elif subject.conditions is None or isinstance(subject.conditions, Absent):
        notes = [Note("on these resources", everywhere.span)] if everywhere.span != action.span else []
        yield Violation(action, variant=variant, related=notes, discriminator=subject.sid)


def _is_boundary(grant: Grant, project: Project) -> bool:
    """Whether a policy only bounds what others give."""
    holder = _holder(grant, project)
    if holder is None:
        return False
    kinds = ("aws_iam_role", "aws_iam_user")
    views = [each for each in (project.of_type("aws_iam_policy")) if each.address == holder.address]
    return any(project.related(view, kind, "permissions_boundary")[0] for view in views for kind in kinds)


def service_wide_wildcard(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the actions that are needed."""
    everywhere = policies.everything(subject.resources)
    if policies.allows(subject) is not True or everywhere is None or isinstance(everywhere, Unknown):
        return
    if _is_read_by(subject, project):
        return
    if subject.conditions is not None and not isinstance(subject.conditions, Absent):
        return
    for each in subject.actions:
        service = policies.service_of(string(each) or "")
        if service is not None and service.lower() != "iam":
            yield Violation(each, discriminator=service, words={"service": service, "action": string(each)})


def passrole_any(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Nobody may hand any role to a service."""
    action = policies.includes(subject.actions, "iam:PassRole")
    if policies.allows(subject) is not True or action is None or string(action) in ("*", "*:*", "iam:*", "IAM:*"):
        return
    if _is_read_by(subject, project):
        return
    role = next((each for each in subject.resources if _any_role(each)), None)
    if role is None:
        undecided = policies.everything(subject.resources)
        if isinstance(undecided, Unknown) and subject.conditions is None:
            yield Undetermined(undecided)
        elif undecided is None and subject.resources:
            yield Held(action, "only named roles may be passed")
    elif isinstance(subject.conditions, Unknown):
        yield Undetermined(subject.conditions)
    elif subject.conditions is None or isinstance(subject.conditions, Absent):
        yield Violation(role, related=[Note("the action", action.span)], discriminator=subject.sid)


def _any_role(value: Value) -> bool:
    text = policies.pattern_of(value)
    return text is not None and (text == "*" or _ANY_ROLE.fullmatch(text) is not None)


def public_principal(subject: Grant, project: Project) -> Iterator[Outcome]:
    """What belongs to an account is not given to everybody."""
    holder = _holder(subject, project)
    if holder is not None and holder.type.startswith(_GUARDED):
        return
    effect = policies.allows(subject)
    if isinstance(effect, Unknown):
        yield Undetermined(effect)
        return
    everybody = subject.not_principals[0] if subject.not_principals else _everybody(subject)
    if not effect or everybody is None or _is_read_by(subject, project):
        return
    narrowed = policies.narrowed(subject)
    if isinstance(narrowed, Unknown):
        yield Undetermined(narrowed)
        return
    if narrowed:
        yield Held(everybody, "a condition says who is meant")
        return
    if isinstance(everybody, Unknown):
        yield Undetermined(everybody)
        return
    if holder is not None and _in_network(holder, project):
        yield Held(holder.span, "only its network reaches it")
        return
    bucket = bucket_of(holder, project) if holder is not None and holder.type.startswith("aws_s3_bucket") else None
    blocked = access_block(bucket, project, "block_public_policy", "restrict_public_buckets")
    if isinstance(blocked, Unknown):
        yield Undetermined(blocked)
    elif blocked is not None:
        yield Held(blocked, "public policies are blocked")
    else:
        variant, severity = _how(subject)
        what = ", ".join(scalar_text(each) or "…" for each in subject.actions[:2]) or "everything"
        more = f" and {len(subject.actions) - 2} more actions" if len(subject.actions) > 2 else ""
        yield Violation(
            everybody, variant=variant, severity=severity, discriminator=subject.sid, words={"actions": what + more}
        )


def _everybody(grant: Grant) -> Value | None:
    undecided: Unknown | None = None
    for each in grant.principals:
        text = policies.pattern_of(each)
        if text in policies.EVERYONE:
            return each
        if isinstance(each, Unknown) and each.refers is None and text in (None, OPEN, f"AWS:{OPEN}"):
            undecided = each if undecided is None else undecided
    return undecided


def _in_network(holder: Resource, project: Project) -> bool:
    """A search domain inside a VPC."""
    if holder.type.endswith("_domain_policy"):
        domains = project.of_type(holder.type.removesuffix("_policy"))
        return any(
            holder in project.related(each, holder.type, "domain_name")[0] and _in_network(each, project)
            for each in domains
        )
    return not isinstance(holder.get("vpc_options"), Absent) or not isinstance(holder.get("VPCOptions"), Absent)


def _how(grant: Grant) -> tuple[str, str | None]:
    """Which message, and how bad: objects that are only read and functions with a URL are often meant to be public."""
    if grant.not_principals:
        return "not-principal", None
    if policies.tests_of(grant, "lambda:functionurlauthtype") or policies.tests_of(
        grant, "lambda:invokedviafunctionurl"
    ):
        return "url", "medium"
    reads = [string(each) for each in grant.actions] == ["s3:GetObject"]
    return "", "medium" if reads else None


def trust_any_principal(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Not everybody may become a role."""
    effect = policies.allows(subject)
    if isinstance(effect, Unknown):
        yield Undetermined(effect)
        return
    everybody = _everybody(subject)
    if not effect or everybody is None or _is_read_by(subject, project):
        return
    narrowed = policies.narrowed(subject)
    if isinstance(narrowed, Unknown):
        yield Undetermined(narrowed)
    elif narrowed:
        yield Held(everybody, "a condition says who may become it")
    elif isinstance(everybody, Unknown):
        yield Undetermined(everybody)
    else:
        yield Violation(everybody, discriminator=subject.sid)


def unscoped_oidc_trust(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A role that GitHub's jobs become says which repository they belong to."""
    provider = next((each for each in subject.principals if _is_github(each, subject, project)), None)
    if provider is None or policies.allows(subject) is not True:
        return
    tests = policies.tests_of(subject, ":sub")
    if isinstance(tests, Unknown):
        yield Undetermined(tests)
        return
    if any(policies.tests_of(subject, ending) for ending in _OTHER_CLAIMS):
        return
    wide: list[tuple[Value, str]] = []
    undecided: Unknown | None = None
    for operator, values in tests:
        if not operator.lower().startswith("string") or operator.lower().endswith("ifexists"):
            continue
        found = [(each, _width(policies.pattern_of(each), operator)) for each in values.elements()]
        if found and all(width == "few" for _, width in found):
            yield Held(found[0][0], "only named repositories may become the role")
            return
        wide += [(each, width) for each, width in found if width in ("every", "owner")]
        if undecided is None:
            undecided = next((each for each, _ in found if isinstance(each, Unknown)), None)
    if wide:
        value, width = min(wide, key=lambda item: item[1] != "every")
        words: dict[str, object] = {"subject": (policies.pattern_of(value) or "").replace(OPEN, "…")}
        yield Violation(value, variant=width, severity="medium" if width == "owner" else None, words=words)
    elif undecided is not None:
        yield Undetermined(undecided)
    else:
        yield Violation(provider)


def _is_github(principal: Value, grant: Grant, project: Project) -> bool:
    text = policies.pattern_of(principal)
    if text is not None and _GITHUB in text:
        return True
    if not isinstance(principal, Unknown) or principal.refers is None:
        return False
    provider = project.resource(principal.refers, grant.environment)
    url = (provider.get("url"), provider.get("Url")) if provider is not None else ()
    return any(_GITHUB in (policies.pattern_of(each) or "") for each in url)


def _width(pattern: str | None, operator: str) -> str:
    """How many repositories a subject means: ``every``, those of one ``owner``, ``few``, or ``open``."""
    if pattern is None or pattern == OPEN:
        return "open"
    if "like" not in operator.lower():
        return "few"
    owner, _, rest = pattern.removeprefix("repo:").partition("/")
    if "*" in owner:
        return "every"
    return "owner" if rest.startswith("*") else "few"


def administrator_policy_attached(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No role and no user holds AWS's own policy for administrators."""
    for name in ("policy_arn", "policy_arns", "managed_policy_arns"):
        for value in subject.get(name).elements():
            policy = _managed(value, subject, project)
            if policy is not None:
                yield Violation(
                    value,
                    severity="medium" if policy == "PowerUserAccess" else None,
                    discriminator=policy,
                    words={"policy": policy, "who": _HOLDERS.get(_origin(subject, project), "a role")},
                )
            elif isinstance(value, Unknown) and value.outline is None and not _is_own(value):
                yield Undetermined(value)


def _is_own(value: Unknown) -> bool:
    """Whether a policy that is not decided is one that the configuration makes itself."""
    names = [each.name for each in value.missing]
    return value.refers is not None or (bool(names) and all(_OWN.search(name) for name in names))


def _origin(subject: Resource, project: Project) -> str:
    """The type as which a resource was written."""
    if subject.format != "cloudformation":
        return subject.type
    written = project.resource(subject.address, subject.environment)
    return written.type if written is not None else subject.type


def _managed(value: Value, subject: Resource, project: Project) -> str | None:
    texts = [policies.pattern_of(value)]
    if isinstance(value, Unknown) and value.refers is not None:
        data = project.resource(value.refers, subject.environment)
        if data is not None and data.kind == "data" and data.type == "aws_iam_policy":
            texts += [policies.pattern_of(data.get("arn")), f"arn:aws:iam::aws:policy/{string(data.get('name'))}"]
    for text in texts:
        match = _MANAGED.fullmatch(text) if text is not None else None
        if match is not None:
            return match["name"]
    return None
