"""Checks of images: what they are built from, as whom they run, what a build takes from the network."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from difflib import get_close_matches

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Build, Command, Image, Instruction, Resource, Stage
from depcheck.patterns import Pattern
from depcheck.project import Project, images
from depcheck.project.exposures import role_of
from depcheck.source import Span
from depcheck.syntax import image_reference
from depcheck.values import Absent, Known, Unknown, Value, string

_ROLES = ("from", "copy", "service", "container")
#: A registry on the machine itself, and names that only a build gives.
_LOCAL = Pattern(r"(?:localhost|127\.0\.0\.1|host\.docker\.internal)(?::\d+)?/.*|.*:local(?:[-_].*)?")
_SWITCHING = Pattern(r"\b(?:gosu|su-exec|setpriv|s6-setuidgid|s6-overlay|chpst|runuser|setuidgid|supervisord)\b|\bsu -")
#: Servers that start as root, take their port, and hand their workers to another user.
_DROPPING = frozenset(
    {
        "nginx",
        "httpd",
        "apache2",
        "apache2ctl",
        "apachectl",
        "httpd-foreground",
        "apache2-foreground",
        "php-fpm",
        "sshd",
        "postgres",
        "mysqld",
        "haproxy",
        "openresty",
        "/init",
        "init",
        "s6-svscan",
    }
)
_ROOT = Pattern(r"(?:root|0)(?::.*)?")
_FETCHERS = frozenset({"curl", "wget"})
_RUNNERS = frozenset({"sh", "bash", "zsh", "ash", "dash", "ksh", "python", "python3", "perl", "ruby", "node", "php"})
_CHECKSUM = Pattern(r"\b(?:sha(?:1|224|256|384|512)sums?|shasum|md5sum|gpg|cosign|minisign|openssl dgst|b2sum)\b")
_FETCHED_SCRIPT = Pattern(r"(?:\$\(|<\(|`)\s*(?:curl|wget)\b")
_URL = Pattern(r"https?://[^\s'\"`)]+")


def unpinned_image(subject: Image, project: Project) -> Iterator[Outcome]:
    """An image is named by a version or a digest."""
    if not _is_run(subject, project):
        return
    match subject.reference:
        case Known(value=str(reference)) as value:
            if _made_here(reference, subject, project):
                return
            image = image_reference.parse(reference)
            if image.digest is not None:
                yield Held(value, f"{images.name_of(reference)} is pinned to a digest")
            elif image.tag is None:
                yield _unpinned(value, reference, "untagged")
            elif images.is_moving(image):
                yield _unpinned(value, reference, "moving")
            else:
                yield Held(value, f"{images.name_of(reference)} is taken at {image.tag}")
        case Unknown(outline=outline) as value if outline is None or not _version_in(outline):
            yield Undetermined(value)


def _is_run(image: Image, project: Project) -> bool:
    """Whether an image is or becomes part of what runs, and its place is not told already."""
    if image.role not in _ROLES or not image.final:
        return False
    return images.first_uses(project).get((image.reference.span, image.environment)) is image


def _unpinned(value: Known, reference: str, variant: str) -> Violation:
    return Violation(
        value,
        variant=variant,
        severity="low" if role_of(value.span.path) else None,
        discriminator=images.name_of(reference),
        words={"reference": reference},
    )


def _version_in(outline: str) -> bool:
    image = image_reference.parse(outline)
    return image.digest is not None or (image.tag is not None and any(char.isdigit() for char in image.tag))


def _made_here(reference: str, subject: Image, project: Project) -> bool:
    if reference == "scratch" or not reference or _LOCAL.fullmatch(reference):
        return True
    if subject.role == "service":
        if reference in images.built_here(project):
            return True
        service = project.resource(subject.scope, subject.environment)
        return service is not None and string(service.get("pull_policy")) in ("never", "build")
    return subject.role == "copy" and not re.search(r"[/:@.]", reference)


def undigested_image(subject: Image, project: Project) -> Iterator[Outcome]:
    """An image is named by its digest."""
    if not _is_run(subject, project):
        return
    match subject.reference:
        case Known(value=str(reference)) as value if not _made_here(reference, subject, project):
            image = image_reference.parse(reference)
            if image.digest is not None:
                yield Held(value, f"{images.name_of(reference)} is pinned to a digest")
            elif image.tag is not None and not images.is_moving(image):
                yield _unpinned(value, reference, "")
        case Unknown() as value if "@" not in (value.outline or ""):
            yield Undetermined(value)


def root_user(subject: Build, project: Project) -> Iterator[Outcome]:
    """What listens on the network does not run as root."""
    services = images.services_built_from(subject, project)
    chain = images.shipped(subject, services)
    if not chain or role_of(subject.name) or role_of(chain[-1].name or ""):
        return
    steps = [step for stage in chain for step in stage.instructions if not step.on_build]
    exposed = next((step for step in steps if step.keyword == "EXPOSE"), None)
    if exposed is None and not any(not isinstance(each.get("ports"), Absent) for each in services):
        return
    if any(isinstance(each.get("user"), (Known, Unknown)) for each in services):
        return
    last = next((step for step in reversed(steps) if step.keyword == "USER" and step.words), None)
    scope = f"stage.{chain[-1].name or chain[-1].index}"
    if last is not None:
        yield from _named_user(last.words[0], chain, scope, project)
        return
    base = chain[0].base
    reference = string(base)
    if reference is None:
        if isinstance(base, Unknown):
            yield Undetermined(base, resource=scope)
        return
    user = images.user_of(reference)
    if _switches_itself(chain, project):
        return
    if user == "root":
        related = [Note("it listens here", exposed.span)] if exposed is not None else []
        yield Violation(chain[-1].span, variant="none", resource=scope, related=related, words={"base": reference})
    elif user is None and reference != "scratch":
        reason = f"the user that {reference} sets cannot be seen from here"
        yield Undetermined(place=base, reason=reason, resource=scope)


def _named_user(user: Value, chain: list[Stage], scope: str, project: Project) -> Iterator[Outcome]:
    name = string(user)
    if name is None:
        if isinstance(user, Unknown):
            yield Undetermined(user, resource=scope)
    elif not _ROOT.fullmatch(name):
        yield Held(user, f"it runs as {name}", resource=scope)
    elif not _switches_itself(chain, project):
        yield Violation(user, variant="explicit", resource=scope, words={"user": name})


def _switches_itself(chain: list[Stage], project: Project) -> bool:
    """Whether the program hands itself to another user when it starts, as far as its scripts tell."""
    for stage in chain:
        for step in stage.instructions:
            if step.keyword in ("RUN", "ENTRYPOINT", "CMD") and _SWITCHING.search(step.text + "".join(step.heredocs)):
                return True
            if step.keyword in ("ENTRYPOINT", "CMD"):
                for word in step.words[:3]:
                    name = posixpath.basename((string(word) or "").strip("\"'[],"))
                    if name in _DROPPING:
                        return True
                    if name and any(_SWITCHING.search(text) for text in _scripts_named(name, project)):
                        return True
    return False


def _scripts_named(name: str, project: Project) -> list[str]:
    return [file.source.text for path, file in project.files.items() if posixpath.basename(path) == name]


def sudo_in_image(subject: Command, project: Project) -> Iterator[Outcome]:
    """A build needs no sudo, because RUN is root until USER says otherwise."""
    if subject.name == "sudo":
        yield Violation(subject.words[0].span, words={})


def unknown_copy_stage(subject: Build, project: Project) -> Iterator[Outcome]:
    """``COPY --from`` names a stage that stands before it, or an image."""
    names = [stage.name.lower() for stage in subject.stages if stage.name]
    for stage in subject.stages:
        before = {other.name.lower() for other in subject.stages[: stage.index] if other.name}
        for step in stage.instructions:
            value = step.flags.get("from") if step.keyword in ("COPY", "ADD") else None
            wanted = string(value) if value is not None else None
            if value is None or wanted is None or re.search(r"[/:@.]", wanted) or wanted.lower() in before:
                continue
            variant = ""
            nearest = ""
            if wanted.isdigit():
                variant = "number" if int(wanted) >= stage.index else ""
            elif stage.name is not None and wanted.lower() == stage.name.lower():
                variant = "itself"
            elif wanted.lower() in names:
                variant = "later"
            elif close := get_close_matches(wanted.lower(), before, n=1, cutoff=0.75):
                variant, nearest = "misspelt", close[0]
            if variant:
                yield Violation(
                    value,
                    variant=variant,
                    resource=f"stage.{stage.name or stage.index}",
                    discriminator=wanted,
                    words={"name": wanted, "nearest": nearest},
                )


def several_commands(subject: Build, project: Project) -> Iterator[Outcome]:
    """The image that is shipped has one CMD and one ENTRYPOINT."""
    for stage in subject.shipped():
        for keyword in ("CMD", "ENTRYPOINT"):
            found = [step for step in stage.instructions if step.keyword == keyword and not step.on_build]
            for step in found[:-1]:
                yield Violation(
                    _keyword_of(step),
                    resource=f"stage.{stage.name or stage.index}",
                    related=[Note("this one counts", _keyword_of(found[-1]))],
                    discriminator=step.text[:80],
                    words={"keyword": keyword},
                )


def _keyword_of(step: Instruction) -> Span:
    return Span(step.span.source, step.span.start, step.span.start + len(step.keyword))


def remote_add(subject: Build, project: Project) -> Iterator[Outcome]:
    """What ADD takes from the network is held against a checksum."""
    for stage in subject.stages:
        for step in stage.instructions:
            if step.keyword != "ADD" or len(step.words) < 2:
                continue
            for source in step.words[:-1]:
                text = string(source) or (source.outline or "" if isinstance(source, Unknown) else "")
                if not text.lower().startswith(("http://", "https://")) or re.search(r"\.git(?:#|$)", text):
                    continue
                scope = f"stage.{stage.name or stage.index}"
                if "checksum" in step.flags:
                    yield Held(source, "it is held against a checksum", resource=scope)
                else:
                    severity = "low" if role_of(subject.name) else None
                    yield Violation(source, severity=severity, resource=scope, discriminator=text, words={"url": text})


def unverified_download(subject: Command, project: Project) -> Iterator[Outcome]:
    """A script from the network is looked at before it is run."""
    name = subject.name if subject.name not in ("sudo", "env") else _second(subject)
    inner = next((word for word in subject.words if _FETCHED_SCRIPT.search(word.raw)), None)
    if name in ("eval", "source", ".", *_RUNNERS) and inner is not None and not _CHECKSUM.search(inner.raw):
        found = _URL.search(inner.raw)
        yield from _downloaded(found.group() if found else "", inner.span, subject)
        return
    if name not in _RUNNERS or subject.joined not in ("|", "|&"):
        return
    fetch = _before(subject, project)
    if fetch is None:
        return
    url = next((match.group() for word in fetch.words if (match := _URL.search(word.raw))), "")
    yield from _downloaded(url, fetch.span, subject)


def _second(command: Command) -> str:
    words = [word.text or "" for word in command.words[1:]]
    plain = [word for word in words if not word.startswith("-") and "=" not in word]
    return posixpath.basename(plain[0]) if plain else ""


def _before(command: Command, project: Project) -> Command | None:
    """What fetches at the head of a command's pipeline; None where something in between looks at it."""
    line: list[Command] = []
    same = [each for each in _commands_in(command.span.path, project) if each.depth == command.depth]
    at = same.index(command)
    while at and same[at].joined in ("|", "|&"):
        at -= 1
        line.insert(0, same[at])
    if not line or any(_CHECKSUM.search(each.span.text) for each in line):
        return None
    fetch = [each for each in line if each.name in _FETCHERS or _second(each) in _FETCHERS]
    return fetch[-1] if fetch else None


def _commands_in(path: str, project: Project) -> list[Command]:
    return sorted((each for each in project.facts.commands if each.span.path == path), key=lambda each: each.span.start)


def _downloaded(url: str, span: Span, command: Command) -> Iterator[Outcome]:
    variant = "plain" if url.startswith("http://") else ""
    yield Violation(
        span,
        resource=command.scope or None,
        variant=variant,
        severity="high" if variant else None,
        discriminator=url,
        words={"url": url or "the network"},
    )


def health_dependency_without_check(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A service that others wait for until it is healthy can tell that it is."""
    for name, entry in subject.get("depends_on").items():
        condition = entry.get("condition")
        if string(condition) != "service_healthy":
            continue
        other = _beside(f"compose.{name}", subject, project)
        if other is None:
            continue
        state = _health_of(other, project)
        if isinstance(state, str):
            yield Held(condition, f"{name} has a health check ({state})")
        elif isinstance(state, Unknown):
            yield Undetermined(state, place=condition)
        else:
            yield Violation(
                condition,
                variant="off" if not isinstance(other.get("healthcheck"), Absent) else "",
                related=[Note(f"{name} is defined here", other.span)],
                discriminator=name,
                words={"name": name},
            )


def _beside(address: str, service: Resource, project: Project) -> Resource | None:
    """The service at an address in the project of another one: of its own file, else of its folder."""
    found = [each for each in project.of_type("compose_service") if each.address == address]
    found = [each for each in found if each.environment == service.environment]
    for own in (service.span.path, service.span.path.rpartition("/")[0]):
        for each in found:
            if own in (each.span.path, each.span.path.rpartition("/")[0]):
                return each
    return None


def _health_of(service: Resource, project: Project) -> str | Unknown | None:
    """Where a service's health check stands; unknown where its image may have one; None where there is none."""
    check = service.get("healthcheck")
    if isinstance(check, Unknown):
        return check
    if isinstance(check, Known) and check.value is not None:
        test = [string(each) for each in check.get("test").elements()]
        disabled = check.get("disable")
        if test[:1] == ["NONE"] or (isinstance(disabled, Known) and disabled.value is True):
            return None
        return "in the compose file"
    reason = f"whether the image of {service.name} has a HEALTHCHECK cannot be seen from here"
    build = images.build_of(service, project)
    if build is not None:
        chain = build.shipped()
        steps = [step for stage in chain for step in stage.instructions if step.keyword == "HEALTHCHECK"]
        if steps:
            return None if steps[-1].text.strip().upper() == "NONE" else "in its Dockerfile"
        base = string(chain[0].base) if chain else None
        known = base is not None and (base == "scratch" or images.is_unchecked(base))
        return None if known else Unknown(reason, service.span)
    if isinstance(service.get("build"), Absent) and images.is_unchecked(string(service.get("image")) or ""):
        return None
    return Unknown(reason, service.span)
