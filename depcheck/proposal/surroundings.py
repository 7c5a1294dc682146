"""The environments that a repository names, with the hosts and accounts that are one's own."""

from __future__ import annotations

from depcheck.project import Project
from depcheck.project.contract import host_of, is_placeholder
from depcheck.proposal.entries import Entries
from depcheck.values import string


def environments(project: Project) -> Entries:
    """Each environment that something belongs to, the most critical last."""
    names = [name for name in project.environments.names if name in project.present]
    # Of a list without production the last would count as the critical one, and nobody said so.
    if not set(names) & set(project.environments.critical):
        return {}
    domains, accounts = _domains(project), _accounts(project)
    made: Entries = {}
    for name in names:
        entry: Entries = {}
        if name in project.environments.critical:
            entry["critical"] = True
        if domains.get(name):
            entry["domains"] = domains[name]
        if name in accounts:
            entry["account"] = accounts[name]
        made[name] = entry
    return made


def _domains(project: Project) -> dict[str, list[str]]:
    """Hosts that one environment alone has where another has a sibling of it in the same variable."""
    by_variable: dict[str, dict[str, str]] = {}
    owners: dict[str, set[str]] = {}
    for setting in project.facts.settings:
        text = string(setting.value)
        if text is None or "://" not in text:
            continue
        host = host_of(text)
        if _is_public(host) and not is_placeholder(host):
            owners.setdefault(host, set()).add(setting.environment or "")
            if setting.environment is not None:
                by_variable.setdefault(setting.name, {})[setting.environment] = host
    found: dict[str, list[str]] = {}
    for hosts in by_variable.values():
        zones = [_zone(host) for host in hosts.values()]
        for name, host in hosts.items():
            if owners[host] == {name} and zones.count(_zone(host)) > 1 and host not in found.get(name, ()):
                found.setdefault(name, []).append(host)
    return {name: sorted(hosts) for name, hosts in found.items()}


def _is_public(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 2 and labels[-1].isalpha() and labels[-1] not in ("local", "localhost", "internal", "test")


def _zone(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _accounts(project: Project) -> dict[str, str]:
    """The account of an environment, where its providers allow only that one."""
    found: dict[str, set[str]] = {}
    for provider in project.of_type("provider_aws"):
        if provider.environment is not None:
            allowed = [string(each) or "" for each in provider.get("allowed_account_ids").elements()]
            found.setdefault(provider.environment, set()).update(allowed)
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1 and all(each.isdigit() for each in ids)}
