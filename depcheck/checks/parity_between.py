"""Checks of parity that hold environments against each other; the thinking is in :mod:`depcheck.parity`."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Outcome
from depcheck.project import Project


def placeholder_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Nothing in production is still to be filled in."""
    from depcheck.parity import production

    yield from production.once(production.placeholders, project)


def local_address_in_deployment(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is deployed leads to no machine of its own."""
    from depcheck.parity import production

    yield from production.once(production.local_addresses, project, critical=False)


def plaintext_address_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's connections are encrypted."""
    from depcheck.parity import production

    yield from production.once(production.plain_addresses, project)


def foreign_origin_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production lets in its own callers only."""
    from depcheck.parity import production

    yield from production.once(production.foreign_callers, project)


def debug_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production does not debug."""
    from depcheck.parity import production

    yield from production.once(production.debugging, project)


def protection_off_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production leaves no protection off."""
    from depcheck.parity import production

    yield from production.once(production.open_doors, project)


def protection_weaker_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Protections that were on before production are on in it."""
    from depcheck.parity import switches
    from depcheck.parity.comparison import comparison

    yield from switches.weaker_switches(comparison(project))


def variable_type_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """A variable has one kind of value."""
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.types(comparison(project))


def near_miss_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """A variable has one name."""
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.misspelt(comparison(project))


def store_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments keep their data in the same products."""
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.engines(comparison(project))


def address_shape_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Between environments the host of an address changes and no more."""
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.shapes(comparison(project))


def flag_untried_before_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is on in production was on before it."""
    from depcheck.parity import switches
    from depcheck.parity.comparison import comparison

    yield from switches.flags(comparison(project))


def flag_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Flags are on where the policy lets them be."""
    from depcheck.parity import by_environment
    from depcheck.parity.comparison import comparison

    yield from by_environment.flags(comparison(project))


def mixed_key_modes(subject: Project, project: Project) -> Iterator[Outcome]:
    """The keys of one provider in one file are of one mode."""
    from depcheck.parity import files

    yield from files.mixed_modes(project)


def undocumented_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """The template shows what an environment has."""
    from depcheck.parity import files

    yield from files.undocumented(project)


def protection_less_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production is protected at least as the environment before it."""
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.weaker(comparison(project))


def topology_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production is built as the environment before it."""
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.topology(comparison(project))


def resource_only_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What production deploys was tried before it."""
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.only_in_production(comparison(project))


def resource_not_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What was tried is in production."""
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.not_in_production(comparison(project))


def module_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's modules were tried in their version before it."""
    from depcheck.parity import modules
    from depcheck.parity.comparison import comparison

    yield from modules.modules(comparison(project))


def floating_module_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's modules are of a fixed version."""
    from depcheck.parity import modules

    yield from modules.floating(project)


def runtime_newer_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's languages were tried in their version before it."""
    from depcheck.parity import modules
    from depcheck.parity.comparison import comparison

    yield from modules.runtimes(comparison(project))


def image_newer_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's images were tried in their version before it."""
    from depcheck.parity import modules
    from depcheck.parity.comparison import comparison

    yield from modules.images(comparison(project))


def provider_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's providers were tried in their version before it."""
    from depcheck.parity import versions
    from depcheck.parity.comparison import comparison

    yield from versions.providers(comparison(project))


def production_data_outside_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's data stays in production."""
    from depcheck.parity import placement

    yield from placement.production_data(project)


def wrong_environment_tag(subject: Project, project: Project) -> Iterator[Outcome]:
    """Tags name the environment in which they stand."""
    from depcheck.parity import placement

    yield from placement.wrong_tags(project)


def same_name_in_two_environments(subject: Project, project: Project) -> Iterator[Outcome]:
    """What can be only once belongs to one environment."""
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.same_names(comparison(project))


def account_of_another_environment(subject: Project, project: Project) -> Iterator[Outcome]:
    """Each environment is deployed into its own account."""
    from depcheck.parity import placement

    yield from placement.foreign_accounts(project)


def region_not_allowed(subject: Project, project: Project) -> Iterator[Outcome]:
    """Everything is in a region that the policy allows."""
    from depcheck.parity import placement

    yield from placement.regions(project)


def recovery_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What stands by is of the version of what runs."""
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.recovery_differs(comparison(project))


def environments_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments relate as the policy says."""
    from depcheck.parity import promised
    from depcheck.parity.comparison import comparison

    yield from promised.relations(comparison(project))


def capacity_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments scale as the policy says."""
    from depcheck.parity import by_environment

    yield from by_environment.capacity(project)


def missing_tag(subject: Project, project: Project) -> Iterator[Outcome]:
    """Resources carry the tags that the policy requires."""
    from depcheck.parity import by_environment

    yield from by_environment.tags(project)


def unused_policy_entry(subject: Project, project: Project) -> Iterator[Outcome]:
    """What the policy speaks of is there."""
    from depcheck.parity import promised
    from depcheck.parity.comparison import comparison

    yield from promised.unused(comparison(project))


def expired_exception(subject: Project, project: Project) -> Iterator[Outcome]:
    """Exceptions end when the policy says."""
    from depcheck.parity import promised

    yield from promised.expired(project)


def name_of_another_environment(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is deployed is named after its own environment."""
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.foreign_names(comparison(project))


def protection_untried_before_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What protects production was tried before it."""
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.untried(comparison(project))


def shared_secret_reference(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments read their secrets from places of their own."""
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.shared_references(comparison(project))


def engine_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What production's databases run has run in the environments before it."""
    from depcheck.parity import versions

    yield from versions.databases(project)
