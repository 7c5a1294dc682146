"""What kind of configuration a JSON file (or a ``.template``) holds, told by its name and the beginning of its text."""

from __future__ import annotations

import re

from depcheck.patterns import Pattern

_TEMPLATE_FORMAT = Pattern(r"[\"']?AWSTemplateFormatVersion[\"']?\s*:")
_SERVERLESS = Pattern(r"[\"']?Transform[\"']?\s*:\s*[\[\s\"'-]*AWS::Serverless")
_RESOURCES = Pattern(r"[\"']?Resources[\"']?\s*:")
_RESOURCE_TYPE = Pattern(r"[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Custom|Alexa)::\w")
_STATEMENT = Pattern(r"\"Statement\"\s*:\s*[\[{]", re.IGNORECASE)
_ESCAPED_STATEMENT = Pattern(r"\\\"Statement\\\"\s*:\s*[\[{]")
#: The action of a rule of the web application firewall is a map, and its statement is none of a policy.
_EFFECT = Pattern(r"\\?\"(?:Effect|Sid|NotAction|Action)\\?\"\s*:(?!\s*\{)", re.IGNORECASE)
#: How ``terraform show -json`` begins.
_PLAN = Pattern(r"\s*\{\s*\"format_version\"\s*:\s*\"[\d.]+\"\s*,\s*\"terraform_version\"\s*:")
_PLATFORM = Pattern(r"vercel\.json|eas\.json|wrangler(?:[._-][\w-]+)?\.jsonc?")
#: Files that are never deployment configuration, and large.
_NEVER = frozenset({"package-lock.json", "tsconfig.json", "composer.json", "manifest.json", "tree.json"})


def kind_of(path: str, head: str) -> str | None:
    """``cdk``, ``terraform-json``, ``terraform-plan``, ``tfvars-json``, ``package-json``, ``cloudformation``,
    ``iam-policy``, ``json`` for the envelope of a Cardano key, or None."""
    name = path.rsplit("/", 1)[-1].lower()
    if name in ("cdk.json", "cdk.context.json"):
        return "cdk"
    if name == "package.json":
        return "package-json"
    if _PLATFORM.fullmatch(name):
        return "platform"
    if name.endswith((".tf.json", ".tofu.json")):
        return "terraform-json"
    if name.endswith(".tfvars.json"):
        return "tfvars-json"
    if name.endswith((".skey", ".vkey")):
        return "json"
    if name in _NEVER:
        return None
    if _PLAN.match(head):
        return "terraform-plan"
    if is_template(head):
        return "cloudformation"
    if name.endswith(".template"):
        return None
    if (_STATEMENT.search(head) or _ESCAPED_STATEMENT.search(head)) and _EFFECT.search(head):
        return "iam-policy"
    from depcheck.parsers.toml_kinds import of_environments

    return of_environments(path, head)


def is_template(head: str) -> bool:
    """Whether the beginning of a text, in JSON or YAML, is that of a CloudFormation or SAM template."""
    if _TEMPLATE_FORMAT.search(head) or _SERVERLESS.search(head):
        return True
    return _RESOURCES.search(head) is not None and _RESOURCE_TYPE.search(head) is not None
