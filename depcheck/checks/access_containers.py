"""Checks of access for containers: what they may do on their hosts, as whom they run, and in which roles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Command, Grant, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project, container_rights
from depcheck.project.exposures import role_of
from depcheck.values import Absent, Known, Unknown, Value, string

_NAMESPACES = {
    "network_mode": "the network of the host: every service on its loopback interface, and no limits on its own ports",
    "pid": "the processes of the host, with their environments and memory",
    "ipc": "the shared memory of the host",
    "uts": "the name of the host",
    "userns_mode": "the users of the host: its root is the host's root",
    "cgroup": "the control groups of the host",
}


def privileged_container(subject: Grant, project: Project) -> Iterator[Outcome]:
    """No container has everything that the host's root has."""
    for action in subject.actions:
        if string(action) == "privileged":
            yield Violation(subject.span, severity=_here(subject))
        elif isinstance(action, Unknown) and subject.span.text.strip("\"'").startswith("privileged"):
            yield Undetermined(action)


def docker_socket_mounted(subject: Grant, project: Project) -> Iterator[Outcome]:
    """No container can command the daemon that runs it."""
    if not any(string(action) == "docker_socket" for action in subject.actions):
        return
    service = project.resource(subject.scope, subject.environment)
    image = (string(service.get("image")) or "") if service is not None else ""
    if re.search(r"(?:docker|podman)?-?socket-?proxy", image):
        yield Held(subject.span, f"{image} is made to stand between the socket and others")
        return
    source = next((string(each) for each in subject.resources if string(each)), None)
    yield Violation(subject.span, severity=_here(subject), words={"socket": source or "the daemon's socket"})


def host_namespace(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A container sees its own network and its own processes."""
    for action in subject.actions:
        name, _, mode = (string(action) or "").partition(":")
        if mode == "host" and name in _NAMESPACES:
            # Browsers ask for the host's shared memory, and nothing else of the host comes with it.
            own = {"pid": "high", "userns_mode": "high", "ipc": "low"}.get(name)
            severity = _here(subject) or own
            words: dict[str, object] = {"name": name, "what": _NAMESPACES[name]}
            yield Violation(subject.span, severity=severity, discriminator=name, words=words)


def dangerous_capability(subject: Grant, project: Project) -> Iterator[Outcome]:
    """No container is given what makes it root on the host."""
    for action in subject.actions:
        kind, _, capability = (string(action) or "").partition(":")
        name = capability.upper().removeprefix("CAP_")
        if kind == "cap_add" and name in container_rights.DANGEROUS:
            words: dict[str, object] = {"capability": capability, "what": container_rights.DANGEROUS[name]}
            yield Violation(subject.span, severity=_here(subject), discriminator=name, words=words)


def _here(subject: Grant) -> str | None:
    """Low where only tests and developers' machines run it."""
    return "low" if role_of(subject.span.path) == "test" else None


def host_path_writable(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No container may write where it owns the host by that."""
    for value, path, what in container_rights.writable_mounts(subject):
        severity = "low" if role_of(value.span.path) == "test" else None
        yield Violation(value, severity=severity, discriminator=path, words={"path": path, "what": what})


def host_device(subject: Grant, project: Project) -> Iterator[Outcome]:
    """No container gets the memory or a whole disk of its host."""
    if not any(string(action) == "device" for action in subject.actions):
        return
    for each in subject.resources:
        path = string(each)
        if path is not None and container_rights.is_raw_device(path):
            yield Violation(each, severity=_here(subject), discriminator=path, words={"device": path})


def confinement_off(subject: Grant, project: Project) -> Iterator[Outcome]:
    """A container keeps the filters that the runtime puts around it."""
    for action in subject.actions:
        kind, _, option = (string(action) or "").partition(":")
        if kind == "security_opt":
            yield Violation(subject.span, severity=_here(subject), discriminator=option, words={"option": option})


def task_reaches_host(subject: Resource, project: Project) -> Iterator[Outcome]:
    """No container of a task owns the machine that it runs on."""
    for reach in container_rights.ways_out(subject):
        words: dict[str, object] = dict(reach.words)
        if reach.how == "namespace":
            name = reach.words["name"].removesuffix("_mode")
            words["what"] = _NAMESPACES["network_mode" if name == "network" else name]
        yield Violation(
            reach.value,
            variant=reach.how,
            severity="medium" if reach.how == "namespace" else None,
            discriminator=", ".join((reach.how, *reach.words.values()))[:80],
            words=words,
        )
    for _, container in container_rights.containers(subject):
        if isinstance(container, Unknown):
            yield Undetermined(container)


def run_reaches_host(subject: Command, project: Project) -> Iterator[Outcome]:
    """No command line gives a container the machine that it runs on."""
    if role_of(subject.span.path):
        return
    for ran in container_rights.runs(subject):
        yield Violation(
            ran.word.span,
            variant=ran.how,
            severity="medium" if ran.how in ("namespace", "socket") else None,
            discriminator=", ".join((ran.how, *ran.words.values()))[:80],
            words=dict(ran.words),
        )


def task_shares_roles(subject: Resource, project: Project) -> Iterator[Outcome]:
    """What a program may do and what starts it may do are two roles."""
    task, execution = subject.get("task_role_arn"), subject.get("execution_role_arn")
    if isinstance(task, Absent) or isinstance(execution, Absent):
        return
    if container_rights.same(task, execution):
        yield Violation(task, related=[Note("the same role starts the task", execution.span)])
    elif isinstance(task, Known) and isinstance(execution, Known):
        yield Held(task, "the program and what starts it have roles of their own")
    else:
        undecided = next(
            (each for each in (task, execution) if isinstance(each, Unknown) and each.refers is None), None
        )
        if undecided is not None:
            yield Undetermined(undecided)
        else:
            yield Held(task, "the program and what starts it have roles of their own")


def function_role_shared(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A role belongs to one function, or to a few that do one thing."""
    functions = container_rights.functions_of(subject, project)
    if len(functions) >= _MANY:
        yield Violation(
            subject.span,
            related=[Note("this one runs in it", each.span) for each in functions[:5]],
            words={"count": len(functions)},
        )
    elif functions:
        yield Held(subject.span, f"it is the role of {functions[0].address}")


#: So many functions in one role are a role for everything.
_MANY = 3
_ROOT = Pattern(r"(?:root|0)(?::.*)?")


def container_runs_as_root(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A container does not say that it runs as root."""
    if subject.type == "compose_service":
        named = [(subject.name, subject.get("user"))]
    else:
        named = [(name, container.get("user")) for name, container in container_rights.containers(subject)]
    for name, user in named:
        text = str(user.value) if isinstance(user, Known) else None
        if isinstance(user, Unknown):
            yield Undetermined(user)
        elif text is not None and _ROOT.fullmatch(text):
            yield Violation(user, discriminator=name, words={"name": name, "user": text})
        elif text is not None:
            yield Held(user, f"it runs as {text}")


def root_filesystem_writable(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A program cannot be changed in the container that runs it."""
    if subject.type == "compose_service":
        yield from _switched_on(subject.name, subject.get("read_only"), subject)
        return
    for name, container in container_rights.containers(subject):
        yield from _switched_on(name, container.get("readonlyRootFilesystem"), subject)


def _switched_on(name: str, value: Value, subject: Resource) -> Iterator[Outcome]:
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif container_rights.is_true(value):
        yield Held(value, "its files cannot be changed")
    else:
        place = subject.span if isinstance(value, Absent) else value
        yield Violation(place, discriminator=name, words={"name": name})


def new_privileges_allowed(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A program in a container cannot get more rights than it was started with."""
    for option in subject.get("security_opt").elements():
        text = string(option)
        if isinstance(option, Unknown):
            yield Undetermined(option)
            return
        if text is not None and text.replace("=", ":") in ("no-new-privileges", "no-new-privileges:true"):
            yield Held(option, "no-new-privileges is set")
            return
    if not container_rights.is_true(subject.get("privileged")):
        yield Violation(subject.span)


def capabilities_kept(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A container has only the capabilities that it needs."""
    dropped = subject.get("cap_drop")
    for each in dropped.elements():
        if isinstance(each, Unknown):
            yield Undetermined(each)
            return
        if (string(each) or "").upper().removeprefix("CAP_") == "ALL":
            yield Held(each, "all capabilities are dropped")
            return
    if not container_rights.is_true(subject.get("privileged")):
        yield Violation(subject.span)


_SETUID = Pattern(r"(?:[ugoa]*[+=][rwxt]*s[rwxst]*(?:,.*)?|0?[4-7][0-7]{3})")


def setuid_program(subject: Command, project: Project) -> Iterator[Outcome]:
    """An image has no program that makes its user somebody else."""
    if subject.name == "chmod" and not role_of(subject.span.path):
        words = [word for word in subject.words[1:] if word.text is not None and not word.text.startswith("-")]
        if words and _SETUID.fullmatch(words[0].text or "") and "g+s" not in (words[0].text or ""):
            file = words[1].text if len(words) > 1 else None
            yield Violation(words[0].span, discriminator=file or "", words={"file": file or "a program"})


def passwordless_sudo(subject: Command, project: Project) -> Iterator[Outcome]:
    """The user of an image cannot become root without being asked."""
    if role_of(subject.span.path) or "devcontainer" in subject.span.path:
        return
    for word in subject.words:
        if "NOPASSWD" in word.raw:
            yield Violation(word.span)
            return
