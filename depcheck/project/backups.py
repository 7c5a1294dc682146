"""Which AWS Backup plans take a resource in, and how long they keep what they made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.project.relations import deployed_together, refers_to
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: The service and the kind in the ARNs of what AWS Backup protects.
_ARNS = {
    "aws_db_instance": ("rds", "db"),
    "aws_rds_cluster": ("rds", "cluster"),
    "aws_docdb_cluster": ("rds", "cluster"),
    "aws_neptune_cluster": ("rds", "cluster"),
    "aws_redshift_cluster": ("redshift", "cluster"),
    "aws_dynamodb_table": ("dynamodb", "table"),
    "aws_efs_file_system": ("elasticfilesystem", "file-system"),
    "aws_ebs_volume": ("ec2", "volume"),
    "aws_s3_bucket": ("s3", ""),
}
_DAY = 86_400


def plan_of(resource: Resource, project: Project) -> Resource | Unknown | None:
    """The selection of a backup plan that takes a resource in; unknown where that is not decided."""
    undecided: Unknown | None = None
    for selection in project.of_type("aws_backup_selection"):
        if not deployed_together(selection, resource):
            continue
        answer = _takes(selection, resource, project)
        if answer is True:
            return selection
        if isinstance(answer, Unknown) and undecided is None:
            undecided = answer
    return undecided


def kept_for(selection: Resource, project: Project) -> int | Unknown | None:
    """The longest time in seconds that the plan of a selection keeps a backup; None without an end."""
    plans = [
        plan
        for plan in project.of_type("aws_backup_plan")
        if deployed_together(plan, selection) and refers_to(selection, "plan_id", plan)[0] == "yes"
    ]
    if not plans:
        return Unknown("the backup plan is not described here", selection.span)
    longest = 0
    for plan in plans:
        for rule in plan.get("rule").elements():
            match rule.get("lifecycle", 0, "delete_after"):
                case Unknown() as value:
                    return value
                case Known(value=int(days)) if days > 0:
                    longest = max(longest, days * _DAY)
                case _:
                    return None
    return longest


def _takes(selection: Resource, resource: Resource, project: Project) -> bool | Unknown:
    left_out = _named(selection.get("not_resources"), resource)
    if left_out is True:
        return False
    answers = [_named(selection.get("resources"), resource)]
    tags = _tags_of(resource, project)
    answers += [_tagged(each.get("key"), each.get("value"), tags) for each in selection.get("selection_tag").elements()]
    if any(answer is True for answer in answers) and left_out is False:
        condition = selection.get("condition")
        if isinstance(condition, Absent):
            return True
        return Unknown("the conditions of a backup selection decide whether it is in the plan", condition.span)
    unknown = [each for each in (left_out, *answers) if isinstance(each, Unknown)]
    return unknown[0] if unknown else False


def _named(listed: Value, resource: Resource) -> bool | Unknown:
    undecided: Unknown | None = None
    for each in listed.elements():
        if isinstance(each, Unknown):
            if each.refers == resource.address:
                return True
            if each.refers is None:
                undecided = each if undecided is None else undecided
        elif _arn_matches(string(each) or "", resource):
            return True
    return undecided if undecided is not None else False


def _arn_matches(pattern: str, resource: Resource) -> bool:
    if pattern == "*":
        return True
    service, kind = _ARNS.get(resource.type, ("", ""))
    parts = pattern.split(":", 5)
    if not service or len(parts) < 6 or parts[2] not in (service, "*"):
        return False
    tail = re.split(r"[:/]", parts[5], maxsplit=1) if kind else [kind, parts[5]]
    if parts[5] == "*":
        return True
    if len(tail) < 2 or tail[0] != kind:
        return False
    names = [scalar_text(resource.get(name)) for name in ("identifier", "cluster_identifier", "name", "bucket")]
    return tail[1] in ("*", *[name for name in names if name is not None])


def _tags_of(resource: Resource, project: Project) -> list[Value]:
    """The tags of a resource, and those that its provider gives to everything."""
    found = [resource.get("tags")]
    for provider in project.of_type("provider_aws"):
        if deployed_together(provider, resource):
            found += [block.get("tags") for block in provider.get("default_tags").elements()]
    return [each for each in found if not isinstance(each, Absent)]


def _tagged(key: Value, value: Value, tags: Iterable[Value]) -> bool | Unknown:
    for each in (key, value):
        if isinstance(each, Unknown):
            return each
    wanted, text = scalar_text(key), scalar_text(value)
    for each in tags:
        found = each.get(wanted) if wanted is not None else each
        if isinstance(found, Unknown):
            return found
        if scalar_text(found) == text and text is not None:
            return True
    return False
