"""What kind of configuration a YAML file holds: told by its path, where that says nothing by how its text begins."""

from __future__ import annotations

import re

from depcheck.parsers.json_kinds import is_template
from depcheck.parsers.json_kinds import kind_of as kind_of_json
from depcheck.patterns import Pattern

_WORKFLOW = Pattern(r"(?:.*/)?\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml")
_DEPENDABOT = Pattern(r"(?:.*/)?\.(?:github|gitea)/dependabot\.ya?ml")
_ACTION = Pattern(r"(?:.*/)?action\.ya?ml")
_COMPOSE = Pattern(r"(?:.*/)?(?:docker-)?compose(?:[._-][^/]+)?\.ya?ml|(?:.*/)?[^/]+[._-](?:docker-)?compose\.ya?ml")

_SERVERLESS = Pattern(r"serverless(?:[._-][\w-]+)?\.ya?ml")
_SERVERLESS_KEYS = Pattern(r"^(?:service|provider|functions|frameworkVersion)\s*:", re.MULTILINE)
_KUSTOMIZATION = Pattern(r"kustomization\.ya?ml")
_VALUES = Pattern(r"(?:.*/)?values[./_-](?P<word>[\w.-]+)\.ya?ml")

_ACTION_KEYS = Pattern(r"^[\"']?(?:runs|inputs|outputs|branding)[\"']?\s*:", re.MULTILINE)
_COMPOSE_KEYS = Pattern(
    r"^[\"']?(?:services|include|volumes|networks|configs|secrets|x-[\w.-]+)[\"']?\s*:", re.MULTILINE
)
_ON = Pattern(r"^[\"']?on[\"']?\s*:", re.MULTILINE)
_JOBS = Pattern(
    r"^[\"']?jobs[\"']?\s*:|^\s+(?:- )?(?:workflow_(?:dispatch|call|run)|pull_request(?:_target)?|push)\b", re.MULTILINE
)
_SERVICES = Pattern(
    r"^[\"']?services[\"']?\s*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]+[\"']?[\w.-]+[\"']?\s*:",
    re.MULTILINE,
)
_SERVICE_KEYS = Pattern(r"^[ \t]+(?:image|build|container_name|extends)\s*:", re.MULTILINE)
#: Other formats that use the same words.
_OTHERS = Pattern(
    r"^[\"']?(?:apiVersion|kind|stages|pipelines|steps|workflows|functions|openapi|swagger)[\"']?\s*:", re.MULTILINE
)


#: What is read of Kubernetes; a template that a program fills in first is none.
_SCHEDULED = Pattern(r"^kind\s*:\s*[\"']?CronJob\b", re.MULTILINE)
_VELERO = Pattern(r"^apiVersion\s*:\s*[\"']?velero\.io/", re.MULTILINE)


def kind_of(path: str, head: str) -> str | None:
    """``workflow``, ``action``, ``dependabot``, ``compose``, ``cloudformation``, or None; for a ``.json`` file what
    :mod:`depcheck.parsers.json_kinds` says."""
    lowered = path.lower()
    if lowered.endswith(".json"):
        return kind_of_json(path, head)
    if _WORKFLOW.fullmatch(lowered):
        return "workflow"
    if _DEPENDABOT.fullmatch(lowered):
        return "dependabot"
    if _ACTION.fullmatch(lowered) and _ACTION_KEYS.search(head):
        return "action"
    if _COMPOSE.fullmatch(lowered):
        return "compose" if _COMPOSE_KEYS.search(head) else None
    of_cluster = _of_cluster(lowered, head)
    if of_cluster is not None:
        return of_cluster
    if is_template(head):
        return "cloudformation"
    if (_SCHEDULED.search(head) or _VELERO.search(head)) and "{{" not in head:
        return "kubernetes"
    if _ON.search(head) and _JOBS.search(head) and not _OTHERS.search(head):
        return "workflow"
    if _SERVICES.search(head) and _SERVICE_KEYS.search(head) and not _OTHERS.search(head):
        return "compose"
    from depcheck.parsers.toml_kinds import of_environments

    return of_environments(path, head)


def _of_cluster(path: str, head: str) -> str | None:
    """``serverless``, ``kustomization`` or ``helm-values`` by the file's name."""
    name = path.rsplit("/", 1)[-1]
    if _KUSTOMIZATION.fullmatch(name):
        return "kustomization"
    if _SERVERLESS.fullmatch(name) and _SERVERLESS_KEYS.search(head):
        return "serverless"
    values = _VALUES.fullmatch(path)
    if values is not None:
        from depcheck.environments import ORDER_OF

        return "helm-values" if any(word in ORDER_OF for word in re.split(r"[._-]", values["word"])) else None
    return None
