"""Checks of files and variables that hold secrets: tracked by git, put into images, shown to clients, easy to guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Build, File, Instruction, Setting
from depcheck.patterns import Pattern
from depcheck.project import Project, exposures, provider_tokens
from depcheck.project.build_context import IgnoreFile, contexts, copied, ignore_file
from depcheck.project.contract import is_placeholder as is_to_be_filled_in
from depcheck.project.credentials import (
    client_prefix,
    is_placeholder,
    is_public_name,
    is_public_value,
    is_random,
    is_server_name,
    is_signing_name,
    is_spoken,
    kind_of_name,
)
from depcheck.project.exposures import Exposure, role_of
from depcheck.project.provider_tokens import ProviderToken
from depcheck.project.step_commands import PASTED, pasted
from depcheck.source import Span
from depcheck.values import Known, Unknown, Value, scalar_text, string

_CLIENT_KINDS = frozenset({"password", "secret", "token"})
_SPEAKS_OF_SECRETS = Pattern(r"PRIVATE|SECRET|SERVICE_ROLE")
#: Files that hold secrets and nothing else, by name.
_KEY_FILES = Pattern(
    r"id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:key|p12|pfx|jks|keystore|skey)|(?:.*[-_.])?(?:priv|private)?key\.pem"
    r"|\.netrc|\.git-credentials|\.pypirc|kubeconfig|service[-_]account.*\.json|gcp[-_]key.*\.json|\.htpasswd"
)
_ENV_FILES = Pattern(r"\.env(?:\.[\w-]+)*|[\w-]+\.env")
_ENOUGH = 16
_WHERE_SET = frozenset({"env-file", "compose", "container", "lambda", "tfvars"})


# --- env files


def env_file_tracked(subject: File, project: Project) -> Iterator[Outcome]:
    """What git keeps holds no env file with secrets."""
    path = subject.source.path
    if role_of(path) == "template":
        return
    found = secrets_in(path, project)
    if not found:
        return
    words: dict[str, object] = {"path": path, "count": "a secret" if len(found) == 1 else f"{len(found)} secrets"}
    severity = "low" if role_of(path) == "test" else None
    related = [Note(f"{each.name or 'a token'} is set here", each.key) for each in found[:10]]
    spans = [each.span for each in found]
    if subject.tracked is None:
        yield Undetermined(place=subject.span, reason="without a git work tree nothing tells which files are tracked")
    elif subject.tracked:
        yield Violation(subject.span, severity=severity, related=related, secrets=spans, words=words)
    elif not _is_ignored(path, project):
        yield Violation(
            subject.span,
            variant="not-ignored",
            severity=severity or "medium",
            related=related,
            secrets=spans,
            words=words,
        )
    else:
        yield Held(subject.span, "git ignores it")


def secrets_in(path: str, project: Project) -> list[ProviderToken | Exposure]:
    """The secrets that a file holds, one for each line, in their order."""
    both: list[ProviderToken | Exposure] = [*provider_tokens.held_in(path, project)]
    literals = [each for each in exposures.literals(project) if not each.role or is_random(each.text)]
    for group in (literals, exposures.passwords_in_addresses(project), exposures.private_keys(project)):
        both += [each for each in group if each.span.path == path]
    found: dict[int, ProviderToken | Exposure] = {}
    for each in both:
        found.setdefault(each.span.line, each)
    return [found[line] for line in sorted(found)]


def _is_ignored(path: str, project: Project) -> bool:
    """Whether an ignore file of the repository leaves a path out of git."""
    from depcheck.gitignore import ignored, patterns

    parts = path.split("/")
    rules = []
    for end in range(len(parts)):
        folder = "/".join(parts[:end])
        text = project.text_on_disk(f"{folder}/.gitignore" if folder else ".gitignore")
        rules += patterns(text, folder) if text is not None else []
    return any(ignored("/".join(parts[:end]), rules, folder=end < len(parts)) for end in range(1, len(parts) + 1))


# --- images


def secret_file_in_image(subject: Build, project: Project) -> Iterator[Outcome]:
    """No file with secrets is copied into an image."""
    kept = {stage.index for stage in subject.shipped()}
    places = [(context, ignore_file(subject, context, project)) for context in contexts(subject, project)]
    for stage in subject.stages:
        for instruction in stage.instructions:
            for source in dict.fromkeys(copied(instruction)):
                yield from _copied(subject, instruction, source, stage.index in kept, places, project)


def _copied(
    build: Build,
    instruction: Instruction,
    source: str,
    shipped: bool,
    places: list[tuple[str, IgnoreFile]],
    project: Project,
) -> Iterator[Outcome]:
    name = source.rpartition("/")[2]
    for context, ignore in places:
        if _KEY_FILES.fullmatch(name) or (_ENV_FILES.fullmatch(name) and role_of(source) != "template"):
            path = f"{context}/{source}".lstrip("/")
            if name.endswith(".d"):  # a folder, by its name
                continue
            if ignore.leaves_out(source) or (path in project.files and not secrets_in(path, project)):
                continue
            severity = None if path in project.files else "medium"
            if not shipped or role_of(build.name):
                severity = "low"
            yield _file_copied(build, instruction, path, severity, _held(path, project), "")
            return
        if source or not shipped:
            continue  # what is named holds what it holds; what is not shipped is told where it is taken over
        for file in project.facts.files:
            path = file.source.path
            if file.kind != "dotenv" or not f"/{path}".startswith(f"/{context}/".replace("//", "/")):
                continue
            inner = path[len(context) :].lstrip("/") if context else path
            if role_of(path) == "template" or ignore.leaves_out(inner) or not secrets_in(path, project):
                continue
            severity = "low" if role_of(build.name) else None
            yield _file_copied(build, instruction, path, severity, _held(path, project), "all")
            return


def _held(path: str, project: Project) -> list[Note]:
    return [Note(f"{each.name or 'a token'} is set there", each.key) for each in secrets_in(path, project)[:3]]


def _file_copied(
    build: Build, instruction: Instruction, path: str, severity: str | None, related: list[Note], variant: str
) -> Violation:
    return Violation(
        instruction.span,
        resource=build.name,
        variant=variant,
        severity=severity,
        related=related,
        discriminator=path,
        words={"path": path, "instruction": instruction.keyword},
    )


# --- what clients load


def client_exposed_secret(subject: Project, project: Project) -> Iterator[Outcome]:
    """What a build tool writes into pages and apps is no secret."""
    seen: set[Span] = set()  # a service of several environments may be written once
    tokens = any(client_prefix(each.name) for each in provider_tokens.found(project))
    for setting in project.facts.settings:
        prefix = client_prefix(setting.name)
        if prefix is None or setting.span in seen:
            continue
        seen.add(setting.span)
        found = _exposed(setting, prefix[0], project, tokens)
        if found is not None:
            severity, secrets = found
            yield Violation(
                setting.span,
                resource=setting.scope or None,
                environment=setting.environment,
                severity=severity,
                secrets=secrets,
                discriminator=setting.name,
                words={"name": setting.name, "tool": prefix[1]},
            )
    for job in project.facts.jobs:
        for step in job.steps:
            arguments = step.tree.get("with", "build-args")
            for span, name, secret in _lines(arguments):
                prefix = client_prefix(name)
                if prefix is not None and (_is_named_so(name[len(prefix[0]) :]) or _is_named_so(secret)):
                    yield Violation(
                        span,
                        resource=job.address,
                        environment=job.environment,
                        discriminator=name,
                        words={"name": name, "tool": prefix[1]},
                    )


def _exposed(setting: Setting, prefix: str, project: Project, tokens: bool) -> tuple[str | None, list[Span]] | None:
    name = setting.name[len(prefix) :]
    text = scalar_text(setting.value)
    if text is not None and (is_public_value(text) or text.lower() in ("true", "false")):
        return None
    span = exposures.place_of(setting.value, text) if text and not is_placeholder(text, (setting.name,)) else None
    secrets = [span] if span is not None else []
    if not is_public_name(name) and _is_named_so(name):
        return ("medium" if kind_of_name(name) == "token" else None), secrets
    if tokens and span is not None and _is_token(span, project):
        return None, secrets
    given = _given(setting.value)
    if given and client_prefix(given) is None and not is_public_name(given) and _is_named_so(given):
        return None, []
    return None


def _is_named_so(name: str) -> bool:
    """Whether a name is that of a secret which only servers may have."""
    kind = kind_of_name(name)
    if kind is None or is_public_name(name):
        return False
    return kind in _CLIENT_KINDS or _SPEAKS_OF_SECRETS.search(name.upper()) is not None or is_server_name(name)


def _is_token(span: Span, project: Project) -> bool:
    for each in provider_tokens.held_in(span.path, project):
        if each.span.start < span.end and span.start < each.span.end:
            return True
    return False


def _given(value: Value) -> str:
    """The name of the secret or the variable that a value hands on."""
    secret = pasted(value)
    if secret is not None:
        return secret
    if isinstance(value, Unknown) and len(value.missing) == 1:
        return value.missing[0].name.rpartition(".")[2]
    return ""


def _lines(value: Value) -> Iterator[tuple[Span, str, str]]:
    """The arguments in the input of an action, one on each line: place, name, the secret that is given."""
    if not isinstance(value, (Known, Unknown)):
        return
    for match in re.finditer(r"(?m)^[ \t]*(?P<name>[A-Za-z_]\w*)=(?P<value>.*)$", value.span.text):
        secret = PASTED.search(match["value"])
        start = value.span.start + match.start("name")
        yield (
            Span(value.span.source, start, start + len(match["name"])),
            match["name"],
            secret["name"] if secret is not None else "",
        )


# --- easy to guess


def weak_secret(subject: Project, project: Project) -> Iterator[Outcome]:
    """What signs, encrypts or lets administrators in cannot be guessed where it matters."""
    critical = project.environments.critical
    seen: set[Span] = set()  # a service of several environments may be written once: the one that matters speaks
    told: dict[tuple[str, str, str], Violation] = {}  # several services of a file may have one default
    for setting in sorted(project.facts.settings, key=lambda each: each.environment not in critical):
        value = setting.value
        if setting.origin not in _WHERE_SET or not isinstance(value, Known) or value.span in seen:
            continue
        matters = setting.environment in critical
        if setting.origin == "compose":  # a file for every environment gives defaults to the least of them
            matters = matters and project.environments.of_path(setting.span.path) in critical
        spared = setting.environment is not None and setting.environment not in critical
        found = _weakness(setting, value, matters, spared)
        if found is None:
            continue
        seen.add(value.span)
        variant, severity = found
        first = told.get((value.span.path, setting.name, variant))
        if first is not None:
            first.related.append(Note("also here", value.span))
            continue
        told[value.span.path, setting.name, variant] = Violation(
            value,
            resource=setting.scope or None,
            environment=setting.environment,
            variant=variant,
            severity=severity,
            secrets=[value.span] if variant == "short" else [],
            discriminator=setting.name,
            words={"name": setting.name, "size": len(string(value) or "")},
        )
    yield from told.values()


def _weakness(setting: Setting, value: Known, critical: bool, spared: bool) -> tuple[str, str] | None:
    """The variant of the message and the severity; None where nothing can be guessed, or it does not matter. A
    ``critical`` environment is asked most, one that is ``spared`` least."""
    text, kind = string(value), kind_of_name(setting.name)
    if not text or kind is None or role_of(setting.span.path):
        return None
    signs, default = is_signing_name(setting.name), _is_default(value)
    if value.via and not default:
        return None  # another file gives it, and is asked itself
    if not (signs or kind == "password") or client_prefix(setting.name) is not None:
        return None
    if not critical and not (signs and default and setting.origin == "compose" and not spared):
        return None
    if setting.origin == "env-file" and is_to_be_filled_in(text):
        return None  # a placeholder in an env file is a defect of its own, and reported as one
    severity = "high" if critical and signs else "medium"
    if is_spoken(text, (setting.name, setting.scope)):
        return "default" if default else "", severity
    if signs and len(text) < _ENOUGH and not is_placeholder(text, (setting.name,)):
        return "short", severity
    return None


def _is_default(value: Known) -> bool:
    """Whether a value is what a reference falls back to (``${SECRET:-changeme}``)."""
    text, at = value.span.source.text, value.span.start
    return value.span.text.endswith(f"-{value.value}}}") or text[max(at - 2, 0) : at] == ":-"
