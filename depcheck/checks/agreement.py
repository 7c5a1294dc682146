"""Checks of agreement: facts that stand in several files and must be the same in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.checks.agreement_promised import version_not_as_promised as version_not_as_promised
from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Build
from depcheck.project import Project, runtimes
from depcheck.project.runtimes import Difference, Statement
from depcheck.values import scalar_text, string

_NAMES = {
    "node": "Node",
    "python": "Python",
    "go": "Go",
    "java": "Java",
    "ruby": "Ruby",
    "php": "PHP",
    "terraform": "Terraform",
    "opentofu": "OpenTofu",
    "dotnet": ".NET",
}


def runtime_version_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """What runs is what was chosen and tested."""
    yield from _compared(project, ("chosen", "tested", "built"))


def runtime_not_accepted(subject: Project, project: Project) -> Iterator[Outcome]:
    """What is chosen, tested and shipped is among the versions that the program accepts."""
    yield from _compared(project, ("accepted",))


def _compared(project: Project, kinds: tuple[str, ...]) -> Iterator[Outcome]:
    comparison = runtimes.compared(project)
    for each in comparison.differences:
        if each.kind in kinds:
            yield _different(each)
    for each in comparison.agreed:
        if each.kind in kinds:
            text = f"{_language(each.one)} {_version(each.one)} agrees with {_version(each.other)} in {each.other.path}"
            yield Held(each.one.runtime.span, text, environment=each.one.runtime.environment)
    for kind, statement, value in comparison.open:
        if kind in kinds:
            yield Undetermined(value, resource=statement.runtime.scope or None)


def _different(each: Difference) -> Violation:
    one, other = each.one, each.other
    verb = _VERBS["build" if each.kind == "built" else other.role]
    return Violation(
        one.runtime.version,
        environment=one.runtime.environment,
        resource=one.runtime.scope or None,
        variant=f"{one.role}-{each.kind}",
        discriminator=f"{one.language} {_version(one)} {other.path}",
        related=[Note(f"{_language(other)} {_version(other)} is {verb} here", other.runtime.span)],
        words={
            "language": _language(one),
            "version": _version(one),
            "other": _version(other) + (" and later" if other.path.endswith("go.mod") else ""),
            "path": one.path,
            "file": other.path,
        },
    )


_VERBS = {
    "chosen": "chosen",
    "job": "set up",
    "accepted": "accepted",
    "image": "shipped",
    "function": "asked for",
    "build": "used",
}


def _language(each: Statement) -> str:
    return _NAMES.get(each.language, each.language)


def _version(each: Statement) -> str:
    return scalar_text(each.runtime.version) or ""


def undeclared_build_argument(subject: Project, project: Project) -> Iterator[Outcome]:
    """A Dockerfile declares the arguments that it is given."""
    from depcheck.project import builds

    declared = builds.declared(project)
    for each in builds.arguments(project):
        names = declared.get(each.build.name, set())
        if each.name in names:
            yield Held(each.span, f"{each.build.name} declares {each.name}", resource=each.scope)
        elif not builds.PREDEFINED.fullmatch(each.name) and not builds.may_declare(each.build):
            close = builds.nearest(each.name, names)
            yield Violation(
                each.span,
                resource=each.scope,
                environment=each.environment,
                variant="misspelt" if close else "",
                severity="low" if each.name in builds.OF_CLIENTS else None,
                discriminator=f"{each.name} {each.build.name}",
                related=[Note("nothing here declares it", each.build.span)],
                words={"name": each.name, "file": each.build.name, "nearest": close},
            )


def port_not_exposed(subject: Project, project: Project) -> Iterator[Outcome]:
    """A published port leads to one that the image listens on."""
    from depcheck.project import builds

    for service, target, place, exposed in builds.ports(project):
        if exposed is None:
            reason = f"which port the image of {service.name} listens on is not decided"
            yield Undetermined(place=place, reason=reason, resource=service.address)
        elif target in exposed:
            yield Held(place, f"the image of {service.name} exposes {target}", resource=service.address)
        else:
            numbers = " and ".join(str(each) for each in list(exposed)[:3])
            yield Violation(
                place,
                resource=service.address,
                environment=service.environment,
                discriminator=str(target),
                related=[Note("it listens here, as it says", next(iter(exposed.values())))],
                words={"name": service.name, "target": target, "exposed": numbers},
            )


def service_without_health_check(subject: Project, project: Project) -> Iterator[Outcome]:
    """Something tells whether a service is healthy: its compose file or its image."""
    from depcheck.project import builds

    for service, build, base in builds.without_health_check(project):
        if base is None:
            yield Violation(
                service.span,
                resource=service.address,
                environment=service.environment,
                related=[Note("its image has none either", build.span)],
                words={"name": service.name},
            )
        else:
            reason = f"whether {base} has a HEALTHCHECK cannot be seen from here"
            yield Undetermined(place=service.span, reason=reason, resource=service.address)


def env_file_in_image(subject: Build, project: Project) -> Iterator[Outcome]:
    """No env file is copied into an image."""
    from depcheck.project import ignore_files

    found = ignore_files.copied_env_files(subject, project)
    if found is None or project.environments.role(subject.environment) in ("development", "test"):
        return
    place, taken, ignore = found
    if not taken:
        where = ignore.source.path if ignore is not None else ""
        yield Held(place, f"{where} leaves env files out")
        return
    related = [
        Note(f"{each.path} is read here" if each.path in project.files else f"{each.path} is to be made", each.place)
        for each in taken[:2]
    ]
    if ignore is not None:
        related.append(Note("this file does not leave it out", ignore.span))
    yield Violation(
        place,
        variant="" if ignore is not None else "none",
        related=related,
        words={"source": string(place) or ".", "file": taken[0].path, "ignore": ignore.source.path if ignore else ""},
    )


def env_file_not_ignored(subject: Project, project: Project) -> Iterator[Outcome]:
    """Git leaves out the env files that people are told to make."""
    from depcheck.project import ignore_files

    for each in ignore_files.told_env_files(project):
        file = project.file(each.path)
        if file is not None and file.tracked is not False:
            continue
        state = ignore_files.is_git_ignored(each.path, project)
        if state:
            yield Held(each.place, f"git ignores {each.path}")
        elif state is not None:
            related = [Note(f"{each.how} tells to make it", each.place)] if file is not None else []
            yield Violation(
                file.span if file is not None else each.place,
                variant="there" if file is not None else "",
                discriminator=each.path,
                related=related,
                words={"path": each.path, "how": each.how},
            )


def compose_file_passed_over(subject: Project, project: Project) -> Iterator[Outcome]:
    """A compose file that stands in the folder is the one that is read."""
    from depcheck.project import compose_files

    for left, read in compose_files.passed_over(project):
        yield Violation(
            left.span,
            related=[Note("this one is read", read.span)],
            words={"file": left.source.path, "read": read.source.path},
        )


def test_database_differs(subject: Project, project: Project) -> Iterator[Outcome]:
    """Tests run against the major version of the database that is deployed."""
    if not any(each.role == "container" for each in project.facts.images):
        return
    from depcheck.project import ci_services

    for value, scope in ci_services.undecided(project):
        yield Undetermined(value, resource=scope)
    for each in ci_services.services(project):
        same = each.same
        if same is not None:
            yield Held(each.value, f"{same.resource.address} runs {each.engine} {same.version} too")
            continue
        other = each.deployed[0]
        yield Violation(
            each.value,
            resource=each.image.scope,
            severity="low" if other.kind == "compose" else None,
            discriminator=each.engine,
            related=[Note(f"{other.resource.address} runs {other.version}", other.value.span)],
            words={
                "engine": each.engine,
                "version": each.tag,
                "address": other.resource.address,
                "theirs": other.version,
            },
        )


def misspelt_secret(subject: Project, project: Project) -> Iterator[Outcome]:
    """A secret is called the same wherever it is read."""
    from depcheck.project import documented

    for each in documented.misspelt(project):
        yield Violation(
            each.reference.span,
            resource=each.reference.scope or None,
            variant=each.reference.kind,
            discriminator=each.reference.name,
            related=[Note("it is called so here", each.meant.span)],
            words={"name": each.reference.name, "meant": each.meant.name, "uses": each.uses},
        )


def undocumented_secret(subject: Project, project: Project) -> Iterator[Outcome]:
    """Every secret that workflows read is on the list of them."""
    from depcheck.project import documented

    for reference, where in documented.undocumented(project):
        yield Violation(
            reference.span,
            resource=reference.scope or None,
            variant=reference.kind,
            discriminator=reference.name,
            words={"name": reference.name, "list": where},
        )


def required_variable_not_in_template(subject: Project, project: Project) -> Iterator[Outcome]:
    """The template declares what a program refuses to start without."""
    from depcheck.project import code_contracts

    for each in code_contracts.lacks(project):
        names = [use.name for use in each.uses]
        yield Violation(
            each.template.file.span,
            related=[Note(f"{use.name} is required here", use.span) for use in each.uses[:3]],
            words={"template": each.template.path, "names": _listed(names), "schema": each.uses[0].span.path},
        )


def misspelt_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """A program reads a variable under the name that it is declared by."""
    from depcheck.project import code_contracts

    for each in code_contracts.slips(project):
        yield Violation(
            each.use.span,
            discriminator=each.use.name,
            related=[Note("it is declared here", each.declared)],
            words={"name": each.use.name, "declared": each.declared.text, "where": each.declared.path},
        )


def unread_variable(subject: Project, project: Project) -> Iterator[Outcome]:
    """What a template declares is read by something."""
    from depcheck.project import code_contracts

    for template, names in code_contracts.unread(project):
        for name in names:
            yield Violation(template.settings[name].span, discriminator=name, words={"name": name})


def locked_provider_not_accepted(subject: Project, project: Project) -> Iterator[Outcome]:
    """The lock file has versions of providers that the configuration asks for."""
    from depcheck.project import terraform_versions

    for each, agreed in terraform_versions.locked(project):
        if agreed:
            yield Held(each.lock, f"{each.name} {each.version} is what {each.constraint} asks for")
        else:
            yield Violation(
                each.lock,
                discriminator=each.name,
                related=[Note("it is asked for here", each.place)],
                words={"name": each.name, "version": each.version, "constraint": each.constraint},
            )


def module_versions_differ(subject: Project, project: Project) -> Iterator[Outcome]:
    """One root calls a module in one major version."""
    from depcheck.project import terraform_versions

    for older, newest in terraform_versions.modules(project):
        yield Violation(
            older.get("version"),
            resource=older.address,
            environment=older.environment,
            discriminator=older.address,
            related=[Note(f"{newest.address} takes {string(newest.get('version'))}", newest.get("version").span)],
            words={
                "source": string(older.get("source")),
                "version": string(older.get("version")),
                "newest": string(newest.get("version")),
                "address": newest.address,
            },
        )


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return ", ".join(names[:3]) + f" and {len(names) - 3} more"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def undefined_compose_service(subject: Project, project: Project) -> Iterator[Outcome]:
    """Services depend on services that there are."""
    from depcheck.project import service_names

    for each in service_names.undefined(project):
        yield Violation(
            each.value.key or each.value.span,
            resource=each.service.address,
            environment=each.service.environment,
            variant="near" if each.near else "",
            discriminator=each.name,
            words={"service": each.service.name, "name": each.name, "near": each.near},
        )


def missing_package_script(subject: Project, project: Project) -> Iterator[Outcome]:
    """The scripts that workflows run by their names are in the package.json of the folder."""
    from depcheck.pipelines import package_scripts

    yield from package_scripts.missing(project)


def missing_referenced_file(subject: Project, project: Project) -> Iterator[Outcome]:
    """The files of the repository that workflows and compose files name are there."""
    from depcheck.project import referenced_files

    for each in referenced_files.missing(project):
        yield Violation(
            each.span, resource=each.scope, variant=each.kind, discriminator=each.path, words={"path": each.path or "."}
        )
