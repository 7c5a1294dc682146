"""Checks of secrets that are written down: in values, texts, images and on command lines."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Violation
from depcheck.model import Build, Command, Setting
from depcheck.project import Project, arguments, exposures, provider_tokens
from depcheck.project.credentials import (
    is_credible,
    is_random,
    kind_of_name,
)
from depcheck.project.exposures import Exposure, role_of
from depcheck.project.provider_tokens import ProviderToken
from depcheck.source import Span
from depcheck.values import Unknown, scalar_text

_IN_IMAGE = ("dockerfile-env", "dockerfile-arg")
_CLIENT_KINDS = {"password", "secret", "token"}
#: More places of one secret are not told.
_MOST_PLACES = 20
#: Another rule's: it finds those that are written with escapes too.
_OF_PRIVATE_KEY = frozenset({"private-key", "encoded-private-key"})
#: What is spoken with a vowel first.
_AFTER_AN = (*"AEIOUaeiou", "RSA", "HCP", "NVIDIA", "npm", "xAI")


def secret_in_image(subject: Build, project: Project) -> Iterator[Outcome]:
    """No secret is part of an image, neither in a variable nor in what it was built with."""
    arguments: dict[tuple[str, str], Setting] = {}
    kept = {f"stage.{stage.name or stage.index}" for stage in subject.shipped()}
    for setting in project.facts.settings:
        if setting.origin not in _IN_IMAGE or setting.span.path != subject.name:
            continue
        kind = kind_of_name(setting.name)
        if kind is None:
            continue
        if setting.origin == "dockerfile-arg":
            arguments[setting.scope, setting.name] = setting
        yield from _in_image(setting, kind, arguments, kept)


def _in_image(
    setting: Setting, kind: str, arguments: dict[tuple[str, str], Setting], kept: set[str]
) -> Iterator[Outcome]:
    words: dict[str, object] = {"name": setting.name}
    text = scalar_text(setting.value)
    if text is not None and is_credible(kind, text, (setting.name, setting.scope)):
        span = exposures.place_of(setting.value, text)
        if span is not None and not exposures.is_harmless(text, setting.name):
            yield Violation(
                span, resource=setting.scope, variant="literal", secrets=[span], discriminator=setting.name, words=words
            )
        return
    if setting.origin != "dockerfile-env" or kind == "weak" or not isinstance(setting.value, Unknown):
        return
    for missing in setting.value.missing:
        argument = arguments.get((setting.scope, missing.name))
        if argument is not None and kind_of_name(missing.name) is not None:
            yield Violation(
                setting.value,
                resource=setting.scope,
                variant="argument",
                severity=None if setting.scope in kept else "low",
                related=[Note("it is passed in here", argument.span)],
                discriminator=setting.name,
                words={**words, "argument": missing.name},
            )
            return


def literal_secret(subject: Project, project: Project) -> Iterator[Outcome]:
    """A secret comes from a store, never from a file in the repository."""
    told: dict[tuple[str, str, str, str | None], Violation] = {}
    for each in exposures.literals(project):
        if each.origin in _IN_IMAGE:
            continue
        severity, variant = _weight(each)
        if severity is None:
            continue
        key = (each.span.path, each.text, each.name, each.environment)
        if _is_told(told, key, each.span):
            continue
        told[key] = Violation(
            each.span,
            resource=each.scope or None,
            environment=each.environment,
            variant=variant,
            severity=severity,
            secrets=[each.span],
            discriminator=each.name,
            words={"name": _named(each)},
        )
    yield from told.values()


def _is_told(
    told: dict[tuple[str, str, str, str | None], Violation], key: tuple[str, str, str, str | None], span: Span
) -> bool:
    """Whether a file's finding of one secret is there already; the place is told with it then."""
    first = told.get(key)
    if first is None:
        return False
    if len(first.related) < _MOST_PLACES:
        first.related.append(Note("also here", span))
    first.secrets.append(span)
    return True


def _named(each: Exposure) -> str:
    if each.origin != "resource":
        return each.name
    return each.scope if each.scope == f"local.{each.name}" else f"{each.name} of {each.scope}"


def _weight(each: Exposure) -> tuple[str | None, str]:
    """How much a literal matters: in templates and for tests only what a machine made, and less."""
    if each.role:
        return ("low" if each.role == "template" or is_random(each.text) else None), each.role
    return "high", ""


def private_key(subject: Project, project: Project) -> Iterator[Outcome]:
    """No private key is part of a file in the repository."""
    for each in exposures.private_keys(project):
        severity = "low" if each.role == "test" or each.name == "ENCRYPTED" else None
        yield Violation(
            each.span,
            environment=each.environment,
            severity=severity,
            secrets=[exposures.hidden_in_key(each.span)],
            discriminator=each.name,
            words={"kind": _with_article(f"{each.name} private key".lstrip())},
        )


def connection_string_password(subject: Project, project: Project) -> Iterator[Outcome]:
    """No address in the repository carries its own password."""
    for each in exposures.passwords_in_addresses(project):
        severity = "low" if each.role else None
        yield Violation(
            each.span,
            resource=each.scope or None,
            environment=each.environment,
            severity=severity,
            secrets=[each.span],
            discriminator=each.name,
            words={"name": each.name},
        )


def secret_on_command_line(subject: Command, project: Project) -> Iterator[Outcome]:
    """No command is given a secret as an argument."""
    severity = "low" if role_of(subject.span.path) else None
    for option, span, text in arguments.secrets_of(subject):
        yield Violation(
            span,
            severity=severity,
            secrets=arguments.hidden(span, text),
            discriminator=f"{subject.name} {option}",
            words={"program": subject.name or "a command", "option": option},
        )
    for span, secret in arguments.pasted_into(subject):
        yield Violation(
            span,
            variant="pasted",
            severity="medium",
            discriminator=f"{subject.name} {secret}",
            words={"program": subject.name or "a command", "secret": f"secrets.{secret}"},
        )


def secret_in_process_list(subject: Command, project: Project) -> Iterator[Outcome]:
    """No command is given a secret by a variable that the shell expands."""
    for span, option, name in arguments.expanded_into(subject):
        yield Violation(
            span,
            discriminator=f"{subject.name} {name}",
            words={"program": subject.name or "a command", "option": option, "name": name},
        )


def provider_token(subject: Project, project: Project) -> Iterator[Outcome]:
    """No token of a provider is part of a file in the repository."""
    told: dict[tuple[str, str, str, str | None], Violation] = {}
    for each in provider_tokens.found(project):
        match = each.match
        key = (each.span.path, each.text, match.id, each.environment)
        if match.id in _OF_PRIVATE_KEY or _is_told(told, key, each.hidden):
            continue
        expired = match.expires is not None and match.expires < _seconds(project)
        told[key] = Violation(
            each.span,
            resource=each.scope or None,
            environment=each.environment,
            variant="expired" if expired else each.role,
            severity="low" if expired else _severity_of_token(each),
            secrets=[each.hidden],
            discriminator=f"{match.id} {each.name}",
            words={"token": _with_article(match.title), "path": each.span.path},
        )
    yield from told.values()


def _severity_of_token(each: ProviderToken) -> str | None:
    """Less than critical for half of a pair, a test mode, what vendors let browsers have, and files for tests."""
    match = each.match
    if match.format.identifier:
        return "low"
    if match.format.may_be_public or match.environment == "test":
        return "low" if each.role == "test" else "medium"
    if each.role:
        return "medium" if each.role == "test" else "high"
    return None if match.vendor else "high"


def _with_article(title: str) -> str:
    return f"{'an' if title.startswith(_AFTER_AN) else 'a'} {title}"


def _seconds(project: Project) -> int:
    from datetime import UTC, datetime

    return int(datetime(project.as_of.year, project.as_of.month, project.as_of.day, tzinfo=UTC).timestamp())


def secret_in_several_environments(subject: Project, project: Project) -> Iterator[Outcome]:
    """An environment that matters shares no secret with another one."""
    critical = project.environments.critical
    shared = project.policy.parity.shared if project.policy is not None else ()
    for held in provider_tokens.by_secret(project):
        for each in held:
            others = [other for other in held if other.environment != each.environment]
            more = next((other for other in others if other.environment in critical), None)
            if more is None or each.environment is None or each.environment in critical or each.name in shared:
                continue
            yield Violation(
                each.span,
                resource=each.scope or None,
                environment=each.environment,
                secrets=[each.span],
                related=[Note(f"{more.environment} has it here", more.span)],
                discriminator=each.name,
                words={"name": each.name or "a text", "other": more.environment or ""},
            )
