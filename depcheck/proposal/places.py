"""Regions, tags and stores of secrets, where the whole configuration agrees on them."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.proposal.entries import Entries
from depcheck.values import Absent, Known, string

#: Resource type → the word of the policy for where it keeps secrets.
_STORES = {
    "aws_secretsmanager_secret": "aws_secretsmanager",
    "aws_ssm_parameter": "aws_ssm",
    "vault_generic_secret": "vault",
    "vault_kv_secret_v2": "vault",
    "google_secret_manager_secret": "gcp_secretmanager",
    "azurerm_key_vault_secret": "azure_keyvault",
    "doppler_secret": "doppler",
}


def _providers(project: Project) -> list[Resource]:
    return [each for each in project.of_type("provider_aws") if each.format == "terraform"]


def regions(project: Project) -> Entries:
    """The regions of the AWS providers, where all of them say theirs."""
    found: dict[str, int] = {}
    for provider in _providers(project):
        region = provider.get("region")
        text = string(region)
        if text is None:
            if isinstance(region, Absent):
                continue
            return {}
        found[text] = found.get(text, 0) + 1
    if not found:
        return {}
    names = sorted(found, key=lambda each: (-found[each], each))
    # Certificates and firewalls of CloudFront are always here, which says nothing of where the deployment is.
    return {"allowed": names} if len(names) > 1 else {"primary": names[0], "allowed": names}


def tags(project: Project) -> Entries:
    """The default tags that every AWS provider sets."""
    common: set[str] | None = None
    for provider in _providers(project):
        for block in provider.get("default_tags").elements():
            given = block.get("tags")
            keys = {key for key, _ in given.items()} if isinstance(given, Known) else set()
            common = keys if common is None else common & keys
        if isinstance(provider.get("default_tags"), Absent):
            return {}
    return {"required": sorted(common)} if common else {}


def secrets(project: Project) -> Entries:
    """The stores that hold secrets today."""
    found = {word for type_, word in _STORES.items() if project.of_type(type_)}
    if any(each.kind == "secret" and each.name != "GITHUB_TOKEN" for each in project.facts.references):
        found.add("github_secrets")
    return {"stores": sorted(found)} if found else {}
