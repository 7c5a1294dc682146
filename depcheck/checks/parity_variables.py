"""Checks of parity that look at variables one by one: the contract, env files, marks, modes of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Reference, Setting
from depcheck.parity.given import environment_of, is_passed_on, only_shows, password_in
from depcheck.patterns import Pattern
from depcheck.project import Project, contract, key_modes, marks, required
from depcheck.project.env_files import EnvFile, env_files
from depcheck.project.exposures import role_of
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
        case Known() as value if not is_passed_on(subject, project):
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
    if environment is None or not isinstance(value, Known) or is_passed_on(subject, project):
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


#: What Compose, a shell or a build service sets by itself.
_SET_ELSEWHERE = Pattern(
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
        if template is None or role_of(path) == "test":
            continue  # what starts a developer's own containers gives them what it likes
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
