"""Checks of parity: what environments must have in common, and what must belong to one of them alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Reference, Setting
from depcheck.parity.given import environment_of, is_passed_on, only_shows, password_in
from depcheck.project import Project, contract, key_modes, marks, required
from depcheck.project.env_files import EnvFile, env_files
from depcheck.project.key_sets import Lack, lacks
from depcheck.source import Span
from depcheck.values import Known, Unknown, scalar_text

#: How many related places a finding has at most.
_NOTES = 3


def missing_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """Whatever starts a program gives it the variables that the policy promises."""
    policy = project.policy
    if policy is None or not policy.variables:
        return
    for giver, names in required.missing(project, policy):
        for name, setting in giver.settings.items():
            entry = policy.variables.get(name)
            if giver.kind != "file" or entry is None or entry.secret or not entry.required_in(giver.environment):
                continue
            if required.is_empty(setting.value) and not giver.label.endswith((".example", ".template", ".sample")):
                yield Violation(
                    setting.value,
                    environment=giver.environment,
                    variant="empty",
                    discriminator=name,
                    related=[Note("it is promised here", policy.key_span("variables", name))],
                    words={"names": name},
                )
        if giver.hidden is not None and names:
            yield Undetermined(
                place=giver.place,
                reason=f"the env file of {giver.label} was not read",
                resource=giver.resource,
                environment=giver.environment,
            )
        elif names:
            notes = [Note(f"{name} is promised here", policy.key_span("variables", name)) for name in names[:_NOTES]]
            yield Violation(
                giver.place,
                resource=giver.resource,
                environment=giver.environment,
                variant=giver.kind if giver.kind != "container" else "service",
                severity="low" if giver.kind == "template" else None,
                related=notes,
                words={"giver": giver.label, "names": _listed(names)},
            )
        elif giver.kind == "file":
            yield Held(giver.place, f"{giver.label} sets every promised variable", environment=giver.environment)


def variable_out_of_contract(subject: Setting, project: Project) -> Iterator[Outcome]:
    """A variable is what the policy says it is."""
    policy = project.policy
    entry = policy.variables.get(subject.name) if policy is not None else None
    if policy is None or entry is None or only_shows(subject):
        return
    if subject.origin == "workflow" and subject.environment is None:
        return
    constrained = entry.values or entry.prefix or entry.format or entry.scheme or entry.host or entry.min_length
    match subject.value:
        case Unknown() as value if constrained and not subject.sensitive and not value.refers:
            yield Undetermined(value, environment=subject.environment)
        case Known() as value if not is_passed_on(subject):
            secret = contract.is_secret(subject.name, entry, scalar_text(value) or "")
            wrong = list(contract.judge(entry, value, *_where(subject, project)))
            for each in wrong:
                yield Violation(
                    value,
                    variant=each.kind,
                    discriminator=f"{subject.name} {each.kind}",
                    related=[Note("it is promised here", policy.key_span("variables", subject.name))],
                    secrets=_kept(value) if secret else [],
                    words={
                        "name": subject.name,
                        "value": contract.told(value, secret=secret),
                        "expected": each.expected,
                        "actual": each.actual,
                    },
                )
            if constrained and not wrong and scalar_text(value):
                yield Held(value, f"{subject.name} is what it is promised to be")


def variable_not_in_every_environment(subject: Project, project: Project) -> Iterator[Outcome]:
    """Compared environments have the same variables."""
    for lack in lacks(project):
        yield Violation(
            lack.file.file.span,
            environment=lack.file.environment,
            severity=_severity(lack, project),
            discriminator=lack.other.path,
            related=[Note(f"{name} is set here", lack.other.settings[name].span) for name in lack.names[:_NOTES]],
            words={"file": lack.file.path, "other": lack.other.path, "names": _listed(lack.names)},
        )


def _severity(lack: Lack, project: Project) -> str | None:
    environments = project.environments
    grave = lack.file.environment in environments.critical and environments.role(lack.other.environment) == "staging"
    return None if grave else "low"


def duplicate_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """An env file gives each variable one value."""
    for file in env_files(project):
        for before, setting in file.repeated:
            old, new = _raw(before), _raw(setting)
            if old is None or new is None or old == new or re.search(rf"\$\{{?{re.escape(setting.name)}\b", new):
                continue
            secret = contract.is_secret(setting.name, None, f"{old} {new}")
            yield Violation(
                setting.span,
                discriminator=setting.name,
                related=[Note("the value that it replaces", before.span)],
                secrets=[each.value.span for each in (before, setting) if isinstance(each.value, Known)]
                if secret and not file.shown
                else [],
                words={"name": setting.name, "line": before.span.line},
            )


def _raw(setting: Setting) -> str | None:
    """A value as written, without its quotes; None for a name that stands alone."""
    if not isinstance(setting.value, (Known, Unknown)):
        return None
    return setting.value.span.text.strip().strip("\"'")


def other_environment_mark(subject: Setting, project: Project) -> Iterator[Outcome]:
    """What staging and production are given belongs to no other environment."""
    environment = environment_of(subject, project)
    value = subject.value
    if environment is None or not isinstance(value, Known) or is_passed_on(subject):
        return
    text = scalar_text(value)
    if not text or contract.is_placeholder(text):
        return
    for mark in marks.foreign(subject.name, text, environment, project):
        if subject.origin == "workflow" and project.environments.role(mark.environment) == "test":
            continue  # a job that deploys may run the tests first
        place = _part(value, text, mark)
        yield Violation(
            place,
            environment=environment,
            variant=mark.kind,
            discriminator=f"{subject.name} {mark.kind}",
            secrets=password_in(value, text),
            words={"name": subject.name, "mark": mark.text, "owner": mark.environment, "environment": environment},
        )
        return


def _part(value: Known, text: str, mark: marks.Mark) -> Span:
    """The place of a mark inside its value, where the value stands as it is written."""
    at = value.span.text.find(text)
    if at < 0:
        return value.span
    start = value.span.start + at
    return Span(value.span.source, start + mark.start, start + mark.end)


def engine_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What production's databases run has run in the environments before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import versions

    yield from versions.databases(project)


#: What Compose, a shell or a build service sets by itself.
_SET_ELSEWHERE = re.compile(
    r"PWD|HOME|USER|USERNAME|UID|GID|PUID|PGID|SHELL|PATH|HOSTNAME|TMPDIR|DISPLAY|LANG|TERM|SSH_AUTH_SOCK|XAUTHORITY"
    r"|XDG_.*|COMPOSE_.*|DOCKER_.*|BUILDKIT_.*|CI|CI_.*|GITHUB_.*|GITLAB_.*|WSL_.*|WAYLAND_.*|BUILD_.*|TAG|IMAGE_TAG"
    r"|VERSION|REGISTRY|LOCAL_WORKSPACE_FOLDER|localWorkspaceFolder.*"
)


def undeclared_compose_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """The template declares what a compose file asks for."""
    declared: dict[str, list[EnvFile]] = {}
    for file in env_files(project):
        for name in file.settings:
            declared.setdefault(name, []).append(file)
    given = {setting.name for setting in project.facts.settings if setting.origin in ("workflow", "shell")}
    given |= {name for command in project.facts.commands for name, _ in command.assignments}
    asked: dict[str, list[Reference]] = {}
    for reference in project.facts.references:
        source = project.file(reference.span.path)
        if reference.kind == "environment" and source is not None and source.kind == "compose":
            asked.setdefault(reference.span.path, []).append(reference)
    for path, references in asked.items():
        template = _template(path.rpartition("/")[0], references, declared)
        if template is None:
            continue
        told: dict[str, Violation] = {}
        for each in references:
            name = each.name
            if each.default or name in declared or name in given or _SET_ELSEWHERE.fullmatch(name) or _is_meant(each):
                continue
            if name in told:
                continue
            told[name] = Violation(each.span, discriminator=name, words={"name": name, "template": template.path})
        yield from told.values()


def _template(folder: str, references: list[Reference], declared: dict[str, list[EnvFile]]) -> EnvFile | None:
    """The env file that declares most of what a compose file asks for, in its folder or one above; a template first."""
    names = {reference.name for reference in references}
    counted: dict[str, tuple[int, bool, EnvFile]] = {}
    for name in names:
        for file in declared.get(name, ()):
            if folder == file.folder or f"{folder}/".startswith(f"{file.folder}/") or file.folder == "":
                count = counted.get(file.path, (0, False, file))[0] + 1
                counted[file.path] = (count, file.shown, file)
    best = max(counted.values(), key=lambda each: (each[1], each[0], each[2].path), default=None)
    return best[2] if best is not None and 2 * best[0] >= len(names) else None


def _is_meant(reference: Reference) -> bool:
    """Whether the use itself deals with a name that has no value: ``${X:?}`` stops Compose, and a name that is only
    passed on (``environment: [X]``) stays unset."""
    text, start, end = reference.span.source.text, reference.span.start, reference.span.end
    return text[max(start - 1, 0) : start] not in ("{", "$") or text[end : end + 2].startswith((":?", "?"))


def live_key_outside_production(subject: Setting, project: Project) -> Iterator[Outcome]:
    """Keys of live modes are in production alone."""
    environment = environment_of(subject, project)
    if environment is not None and environment not in project.environments.critical:
        yield from _of_mode(subject, environment, "live")


def test_key_in_production(subject: Setting, project: Project) -> Iterator[Outcome]:
    """Production has no keys of test modes."""
    environment = environment_of(subject, project)
    if environment is not None and environment in project.environments.critical:
        yield from _of_mode(subject, environment, "test")


def _of_mode(subject: Setting, environment: str, mode: str) -> Iterator[Outcome]:
    value = subject.value
    text = scalar_text(value)
    if isinstance(value, Unknown) and subject.origin == "env-file" and key_modes.may_have_mode(subject.name):
        yield Undetermined(value, environment=environment)
    if text is None or not isinstance(value, Known) or is_passed_on(subject):
        return
    found = key_modes.mode_of(subject.name, text)
    if found is None:
        return
    if found.mode != mode:
        yield Held(value, f"{subject.name} is of {found.provider}'s {found.mode} mode", environment=environment)
        return
    yield Violation(
        value,
        environment=environment,
        discriminator=subject.name,
        variant="publishable" if found.publishable else "",
        severity="high" if found.publishable and mode == "live" else None,
        secrets=_after(value, found.prefix),
        words={"name": subject.name, "provider": found.provider, "prefix": found.prefix, "environment": environment},
    )


def _after(value: Known, prefix: str) -> list[Span]:
    """What follows a public prefix, unless it is the dots of an example."""
    at = value.span.text.find(prefix)
    if at < 0:
        return [value.span]
    start = value.span.start + at + len(prefix)
    rest = Span(value.span.source, start, value.span.end)
    return [] if contract.is_placeholder(rest.text.strip("\"' ")) or not rest.text.strip("\"' ") else [rest]


def _kept(value: Known) -> list[Span]:
    return [] if contract.is_placeholder(scalar_text(value) or "") else [value.span]


def _where(subject: Setting, project: Project) -> tuple[str | None, bool]:
    """The environment of a setting, and whether it is a developer's own machine."""
    environment = environment_of(subject, project)
    return environment, project.environments.role(environment) in (None, "development")


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return ", ".join(names[:3]) + f" and {len(names) - 3} more"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


@lru_cache(maxsize=2)
def _has_environments(project: Project) -> bool:
    """Whether anything belongs to an environment, so that there is something to compare."""
    facts = project.facts
    return any(
        each.environment is not None
        for group in (facts.files, facts.resources, facts.settings, facts.jobs)
        for each in group
    )


# -- environments side by side: the thinking is in depcheck.parity ----------------------------------------


def placeholder_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Nothing in production is still to be filled in."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.placeholders, project)


def local_address_in_deployment(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is deployed leads to no machine of its own."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.local_addresses, project, critical=False)


def plaintext_address_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's connections are encrypted."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.plain_addresses, project)


def foreign_origin_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production lets in its own callers only."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.foreign_callers, project)


def debug_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production does not debug."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.debugging, project)


def protection_off_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production leaves no protection off."""
    if not _has_environments(project):
        return
    from depcheck.parity import production

    yield from production.once(production.open_doors, project)


def protection_weaker_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Protections that were on before production are on in it."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.weaker_switches(comparison(project))


def variable_type_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """A variable has one kind of value."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.types(comparison(project))


def near_miss_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """A variable has one name."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.misspelt(comparison(project))


def store_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments keep their data in the same products."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.engines(comparison(project))


def address_shape_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Between environments the host of an address changes and no more."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.shapes(comparison(project))


def flag_untried_before_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is on in production was on before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.flags(comparison(project))


def flag_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Flags are on where the policy lets them be."""
    if not _has_environments(project):
        return
    from depcheck.parity import by_environment
    from depcheck.parity.comparison import comparison

    yield from by_environment.flags(comparison(project))


def mixed_key_modes(subject: Project, project: Project) -> Iterator[Outcome]:
    """The keys of one provider in one file are of one mode."""
    from depcheck.parity import files

    yield from files.mixed_modes(project)


def undocumented_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """The template shows what an environment has."""
    if not _has_environments(project):
        return
    from depcheck.parity import files

    yield from files.undocumented(project)


def protection_less_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production is protected at least as the environment before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.weaker(comparison(project))


def topology_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production is built as the environment before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.topology(comparison(project))


def resource_only_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What production deploys was tried before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.only_in_production(comparison(project))


def resource_not_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What was tried is in production."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.not_in_production(comparison(project))


def module_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's modules were tried in their version before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.modules(comparison(project))


def floating_module_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's modules are of a fixed version."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments

    yield from deployments.floating(project)


def runtime_newer_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's languages were tried in their version before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.runtimes(comparison(project))


def image_newer_in_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's images were tried in their version before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.images(comparison(project))


def provider_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's providers were tried in their version before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import versions
    from depcheck.parity.comparison import comparison

    yield from versions.providers(comparison(project))


def production_data_outside_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """Production's data stays in production."""
    if not _has_environments(project):
        return
    from depcheck.parity import placement

    yield from placement.production_data(project)


def wrong_environment_tag(subject: Project, project: Project) -> Iterator[Outcome]:
    """Tags name the environment in which they stand."""
    if not _has_environments(project):
        return
    from depcheck.parity import placement

    yield from placement.wrong_tags(project)


def same_name_in_two_environments(subject: Project, project: Project) -> Iterator[Outcome]:
    """What can be only once belongs to one environment."""
    if not _has_environments(project):
        return
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.same_names(comparison(project))


def account_of_another_environment(subject: Project, project: Project) -> Iterator[Outcome]:
    """Each environment is deployed into its own account."""
    if not _has_environments(project):
        return
    from depcheck.parity import placement

    yield from placement.foreign_accounts(project)


def region_not_allowed(subject: Project, project: Project) -> Iterator[Outcome]:
    """Everything is in a region that the policy allows."""
    from depcheck.parity import placement

    yield from placement.regions(project)


def recovery_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What stands by is of the version of what runs."""
    if not _has_environments(project):
        return
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.recovery_differs(comparison(project))


def environments_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments relate as the policy says."""
    if not _has_environments(project):
        return
    from depcheck.parity import promised
    from depcheck.parity.comparison import comparison

    yield from promised.relations(comparison(project))


def capacity_not_as_promised(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments scale as the policy says."""
    if not _has_environments(project):
        return
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
    if not _has_environments(project):
        return
    from depcheck.parity import placement
    from depcheck.parity.comparison import comparison

    yield from placement.foreign_names(comparison(project))


def protection_untried_before_production(subject: Project, project: Project) -> Iterator[Outcome]:
    """What protects production was tried before it."""
    if not _has_environments(project):
        return
    from depcheck.parity import deployments
    from depcheck.parity.comparison import comparison

    yield from deployments.untried(comparison(project))


def shared_secret_reference(subject: Project, project: Project) -> Iterator[Outcome]:
    """Environments read their secrets from places of their own."""
    if not _has_environments(project):
        return
    from depcheck.parity import between
    from depcheck.parity.comparison import comparison

    yield from between.shared_references(comparison(project))
