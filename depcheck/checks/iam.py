"""Checks of IAM policies: what they allow on which resource, to whom, and who may become a role."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.grants import attached, escalation, reach, trust
from depcheck.grants.holders import joined
from depcheck.model import Grant, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project, policies
from depcheck.project.buckets import access_block, bucket_of, is_website
from depcheck.values import OPEN, Absent, Unknown, Value, scalar_text, string

_ANY_ROLE = Pattern(rf"arn:(?:[\w-]+|\*|{OPEN}):iam::(?:\d*|\*|{OPEN}):role/\*+")
_ADMINISTRATORS = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})
_WIDTHS = {"alike": "high", "owner": "medium"}
#: Claims of GitHub's token, other than its subject, that tell the repository.
_OTHER_CLAIMS = (":repository", ":repository_id", ":repository_owner_id", ":job_workflow_ref")


def _denials(grant: Grant, project: Project) -> list[Grant]:
    """The Deny statements of the document that a statement belongs to."""
    document = joined(project).document(grant)
    return document.denials if document is not None else []


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
    if action is None or everywhere is None or not joined(project).counts(subject):
        return
    undecided = [each for each in (action, everywhere, subject.conditions) if isinstance(each, Unknown)]
    if undecided:
        yield Undetermined(undecided[0])
    elif subject.conditions is None or isinstance(subject.conditions, Absent):
        together = joined(project)
        document = together.document(subject)
        if document is not None and together.is_bounded(document):
            yield Held(action, "a permissions boundary limits whoever holds it")
            return
        # What it denies itself may be what leads to everything.
        denied = document is not None and document.statements.permit("iam:PutRolePolicy", every=True) is None
        yield Violation(
            action,
            variant="denied" if denied else variant,
            related=[Note("on these resources", everywhere.span)] if everywhere.span != action.span else [],
            discriminator=subject.sid,
            severity="medium" if denied else None,
        )


def privilege_escalation(subject: Project, project: Project) -> Iterator[Outcome]:
    """Nobody can make himself an administrator."""
    yield from _escalations(project, "administrator")


def role_takeover(subject: Project, project: Project) -> Iterator[Outcome]:
    """Nobody can act as the roles of others."""
    yield from _escalations(project, "others")


def role_takeover_by_deployment(subject: Project, project: Project) -> Iterator[Outcome]:
    """Nobody can act as the roles of others by changing what runs with them."""
    yield from _escalations(project, "strict")


def _escalations(project: Project, kind: str) -> Iterator[Outcome]:
    if not joined(project).documents:
        return
    among = [path for path in escalation.paths() if path.kind == kind]
    for document, found in escalation.of_documents(project, among):
        yield escalation.told(found, document.address or found.decisive.grant.span.path, document.environment)
    for holder, found in escalation.of_holders(project, among):
        yield escalation.told(found, holder.resource.address, holder.resource.environment)


def service_wide_wildcard(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the actions that are needed."""
    found = reach.service_wide(subject, _denials(subject, project))
    if found is None or not joined(project).adds(subject):
        return
    place, entries = found
    told = [text for text, _ in entries]
    some = (
        f"Name the actions that are needed (`{told[0].partition(':')[0]}:Get…`), and in `Resource` what they are for."
    )
    words: dict[str, object] = {"actions": _listed(told), "fix": some}
    notes = [Note("these actions", entries[0][1].span)]
    yield Violation(place, related=notes, discriminator=",".join(sorted(told)), words=words)


def _listed(texts: list[str]) -> str:
    shown = texts if len(texts) <= 3 else [*texts[:2], f"{len(texts) - 2} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def every_secret_readable(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the secrets that are needed."""
    yield from _reached(subject, project, "credentials")


def permissions_changeable_everywhere(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the resources whose permissions it changes."""
    yield from _reached(subject, project, "sharing")


def deletable_everywhere(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the resources that it deletes."""
    yield from _reached(subject, project, "destruction")


def readable_everywhere(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the data that it reads."""
    yield from _reached(subject, project, "data")


def _reached(subject: Grant, project: Project, what: str) -> Iterator[Outcome]:
    if policies.allows(subject) is not True or not joined(project).adds(subject):
        return
    found = reach.reach(subject, _denials(subject, project), what)
    certain = [(name, permit) for name, permit in found if permit.undecided is None]
    if not certain:
        undecided = found[0][1].undecided if found else None
        if undecided is not None:
            yield Undetermined(undecided)
        return
    name, permit = certain[0]
    more = len(certain) - 1
    words: dict[str, object] = {
        "action": name,
        "noun": reach.noun(name),
        "fix": f"Name in `Resource` what is needed, such as `{reach.narrower(name)}`.",
        "more": "" if not more else f", and {more} more such actions" if more > 1 else f", and {certain[1][0]} too",
    }
    notes = [Note("the action", permit.action.span)] if permit.action.span != permit.resource.span else []
    yield Violation(permit.resource, related=notes, discriminator=name, words=words)


def unscoped_resource(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A policy names the resources that are needed, where an action supports them."""
    found = reach.restrictable(subject)
    if found is None or not joined(project).adds(subject):
        return
    place, names = found
    yield Violation(place, discriminator=subject.sid or names[0], words={"actions": _listed(names)})


def misspelt_action(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Every action that a policy names is one, or nothing near to it."""
    found = [each for each in _unknown_actions(subject, project) if each[2] is not None]
    told = [each for each in found if policies.includes(subject.actions, each[2] or "") is None]
    if told:
        value, text, meant = told[0]
        words: dict[str, object] = {"action": text, "meant": meant, "fix": f"Write `{meant}`, or remove it."}
        notes = [Note(f"{other} is none either; {near} is one", place.span) for place, other, near in told[1:]]
        variant = "denied" if string(subject.effect) == "Deny" else ""
        yield Violation(value, variant=variant, discriminator=text, words=words, related=notes)


def unknown_action(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Every action that a policy names is one."""
    for value, text, meant in _unknown_actions(subject, project):
        if meant is None or policies.includes(subject.actions, meant) is not None:
            yield Violation(value, discriminator=text, words={"action": text})


def _unknown_actions(grant: Grant, project: Project) -> Iterator[tuple[Value, str, str | None]]:
    from depcheck.grants import names

    if not joined(project).counts(grant) or "aws_iot_policy" in grant.scope:
        return
    for value in [*grant.actions, *grant.not_actions]:
        text = string(value)
        if text is not None and names.is_unknown(text):
            yield value, text, names.meant(text)


def confused_deputy(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A service may act for the own account, not for whoever asks it."""
    yield from _deputies(subject, project, "receiver")


def confused_deputy_store(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A service may write and decrypt for the own account, not for whoever asks it."""
    yield from _deputies(subject, project, "store")


def confused_deputy_role(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A service becomes a role for the own account, not for whoever asks it."""
    if policies.allows(subject) is True and joined(project).counts(subject):
        yield from _for_whom(subject, trust.becoming(subject))


def _deputies(grant: Grant, project: Project, role: str) -> Iterator[Outcome]:
    if policies.allows(grant) is True and joined(project).counts(grant):
        yield from _for_whom(grant, trust.deputy(grant, trust.holder(grant, project), role))


def _for_whom(grant: Grant, service: tuple[Value, str] | None) -> Iterator[Outcome]:
    if service is None:
        return
    whose = trust.says_whose(grant)
    if isinstance(whose, Unknown):
        yield Undetermined(whose)
    elif whose:
        yield Held(service[0], "a condition says for whose resource it acts")
    else:
        actions = _listed([scalar_text(each) or "…" for each in grant.actions] or ["everything"])
        words: dict[str, object] = {"service": service[1], "actions": actions}
        yield Violation(service[0], discriminator=f"{grant.sid}:{service[1]}", words=words)


def foreign_account_without_external_id(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Another account becomes a role with an external id, or as one of its roles."""
    if policies.allows(subject) is not True or not joined(project).counts(subject):
        return
    account = next(trust.accounts(subject), None)
    if account is None:
        return
    conditions = subject.conditions
    if conditions is None or isinstance(conditions, Absent):
        yield Violation(account[0], discriminator=account[1], words={"account": account[1]})
    elif isinstance(conditions, Unknown):
        yield Undetermined(conditions)
    else:
        yield Held(account[0], "a condition says when it may")


def policy_on_user(subject: Resource, project: Project) -> Iterator[Outcome]:
    """People get their permissions by roles or groups."""
    users = subject.get("users") if subject.type == "aws_iam_policy_attachment" else subject.get("user")
    if not isinstance(users, Absent) and users.elements():
        yield Violation(users)


def passrole_any(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Nobody may hand any role to a service."""
    action = policies.includes(subject.actions, "iam:PassRole")
    if policies.allows(subject) is not True or action is None or string(action) in ("*", "*:*", "iam:*", "IAM:*"):
        return
    if not joined(project).adds(subject):
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
    holder = trust.holder(subject, project)
    if trust.is_guarded(holder):
        return
    effect = policies.allows(subject)
    if isinstance(effect, Unknown):
        yield Undetermined(effect)
        return
    everybody = subject.not_principals[0] if subject.not_principals else trust.everybody(subject)
    if not effect or everybody is None or not joined(project).counts(subject):
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
    if holder is not None and trust.in_network(holder, project):
        yield Held(holder.span, "only its network reaches it")
        return
    bucket = bucket_of(holder, project) if holder is not None and holder.type.startswith("aws_s3_bucket") else None
    blocked = access_block(bucket, project, "block_public_policy", "restrict_public_buckets")
    if isinstance(blocked, Unknown):
        yield Undetermined(blocked)
    elif blocked is not None:
        yield Held(blocked, "public policies are blocked")
    else:
        variant, severity = trust.exposure(subject)
        if severity == "medium" and not variant and is_website(bucket, project):
            severity = "low"  # S3 serves a website to everybody or to nobody
        what = ", ".join(scalar_text(each) or "…" for each in subject.actions[:2]) or "everything"
        more = f" and {len(subject.actions) - 2} more actions" if len(subject.actions) > 2 else ""
        yield Violation(
            everybody, variant=variant, severity=severity, discriminator=subject.sid, words={"actions": what + more}
        )


def trust_any_principal(subject: Grant, project: Project) -> Iterator[Outcome]:
    """Not everybody may become a role."""
    effect = policies.allows(subject)
    if isinstance(effect, Unknown):
        yield Undetermined(effect)
        return
    everybody = trust.everybody(subject)
    if not effect or everybody is None or not joined(project).counts(subject):
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
    provider = next((each for each in subject.principals if trust.is_github(each, subject, project)), None)
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
        found = [(each, trust.width(policies.pattern_of(each), operator)) for each in values.elements()]
        if found and all(width == "few" for _, width in found):
            yield Held(found[0][0], "only named repositories may become the role")
            return
        wide += [(each, width) for each, width in found if width in ("every", "alike", "owner")]
        if undecided is None:
            undecided = next((each for each, _ in found if isinstance(each, Unknown)), None)
    if wide:
        value, width = min(wide, key=lambda item: ("every", "alike", "owner").index(item[1]))
        words: dict[str, object] = {"subject": (policies.pattern_of(value) or "").replace(OPEN, "…")}
        yield Violation(value, variant=width, severity=_WIDTHS.get(width), words=words)
    elif undecided is not None:
        yield Undetermined(undecided)
    else:
        yield Violation(provider)


def administrator_policy_attached(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No role and no user holds AWS's own policy for administrators."""
    for value, policy in attached.policies_of(subject, project):
        if policy in _ADMINISTRATORS and value.span in joined(project).bounded:
            yield Held(value, "a permissions boundary limits whoever holds it")
        elif policy in _ADMINISTRATORS:
            yield Violation(
                value,
                severity="medium" if policy == "PowerUserAccess" else None,
                discriminator=policy,
                words={"policy": policy, "who": attached.holder_of(subject, project)},
            )
        elif policy is None and isinstance(value, Unknown) and value.outline is None and not attached.is_own(value):
            yield Undetermined(value)


def full_access_policy_attached(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No role and no user holds AWS's own policy for all of a service."""
    for value, policy in attached.policies_of(subject, project):
        if policy is not None and policy.endswith("FullAccess") and policy not in _ADMINISTRATORS:
            words: dict[str, object] = {"policy": policy, "who": attached.holder_of(subject, project)}
            yield Violation(value, discriminator=policy, words=words)
