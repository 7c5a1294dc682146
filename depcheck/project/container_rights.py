"""What a container may do to its host, in a compose service and in a task definition of ECS.

Task definitions are those of Terraform; CloudFormation's come in the same words.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache

from depcheck.model import Command, Resource, Word
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

#: Capabilities that are root on the host by another name (the kernel's capabilities(7) says what each one allows).
DANGEROUS = {
    "ALL": "every capability there is",
    "SYS_ADMIN": "mounting, namespaces and most of what root may do",
    "SYS_MODULE": "loading code into the kernel",
    "SYS_PTRACE": "reading and changing the memory of other processes",
    "SYS_RAWIO": "reading and writing the host's memory and devices",
    "SYS_BOOT": "restarting the host and loading another kernel",
    "DAC_READ_SEARCH": "reading every file of the host",
    "BPF": "running programs in the kernel",
    "PERFMON": "looking into the kernel and other processes",
    "MAC_ADMIN": "changing the host's mandatory access control",
}
#: Folders with which one owns the host if one may write to them, and what they are.
_FOLDERS = {
    "/": "the whole disk of the host",
    "/bin": "the programs of the host",
    "/boot": "the kernel that the host starts next",
    "/etc": "the host's users, services and scheduled jobs",
    "/etc/cron.d": "the scheduled jobs of the host",
    "/etc/ssh": "the way in by SSH",
    "/etc/sudoers.d": "who is root on the host",
    "/etc/systemd": "the services of the host",
    "/lib": "the libraries of the host",
    "/lib64": "the libraries of the host",
    "/proc": "the settings of the host's kernel",
    "/root": "the files and keys of the host's root",
    "/run": "the sockets of the host's services, the container runtime's among them",
    "/sbin": "the programs of the host",
    "/sys": "the settings of the host's kernel",
    "/usr": "the programs of the host",
    "/usr/bin": "the programs of the host",
    "/usr/lib": "the libraries of the host",
    "/var": "the data of the host's services, the container runtime's among them",
    "/var/lib": "the data of the host's services, the container runtime's among them",
    "/var/lib/containerd": "the files of all containers",
    "/var/lib/docker": "the files of all containers",
    "/var/lib/kubelet": "the files and credentials of all pods",
    "/var/run": "the sockets of the host's services, the container runtime's among them",
    "/var/spool/cron": "the scheduled jobs of the host",
}
#: Memory and disks: whoever may write to them is root.
_DEVICE = Pattern(
    r"/dev/(?:mem|kmem|port|sd[a-z]+\d*|vd[a-z]+\d*|xvd[a-z]+\d*|nvme\d+(?:n\d+(?:p\d+)?)?|mmcblk\d+\w*|dm-\d+|mapper(?:/.*)?"
    r"|disk(?:/.*)?)?"
)
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock", "docker_engine")


def owned_by(path: str | None) -> str | None:
    """What somebody owns who may write to a folder of the host; None if that is less than the host."""
    if path is None or not path.startswith("/"):
        return None
    return _FOLDERS.get("/" + posixpath.normpath(path).strip("/"))


def is_raw_device(path: str) -> bool:
    """Whether a device is the host's memory or one of its disks."""
    return _DEVICE.fullmatch(path) is not None


def is_socket(path: str | None) -> bool:
    """Whether a path is that of a container runtime's socket."""
    return path is not None and path.endswith(_SOCKETS)


def writable_mounts(service: Resource) -> Iterator[tuple[Value, str, str]]:
    """The folders of the host that a compose service may write to and with which it owns the host: the place, the
    folder, and what it is."""
    for mount in service.get("volumes").elements():
        source = mount.get("source")
        path = string(source)
        what = owned_by(path)
        if what is not None and path is not None and not is_true(mount.get("read_only")):
            yield source, path, what


def is_true(value: Value) -> bool:
    """Whether something is switched on for certain."""
    return scalar_text(value) in ("true", "True")


# -- task definitions ----------------------------------------------------------------------------------------------


def containers(task: Resource) -> list[tuple[str, Value]]:
    """The containers of a task definition by their names; unknown where they are not decided."""
    told = task.get("container_definitions")
    if isinstance(told, Absent):
        return []
    tree: Value = told.document if told.document is not None else told
    return [(string(each.get("name")) or "?", each) for each in tree.elements()]


class Reach:
    """A way from a task to its host: ``how`` it is called in messages, the value, and the words for them."""

    __slots__ = ("how", "value", "words")

    def __init__(self, how: str, value: Value, **words: str) -> None:
        self.how = how
        self.value = value
        self.words = words


def ways_out(task: Resource) -> Iterator[Reach]:
    """Every way in which the containers of a task definition own or see their host."""
    for name in ("pid_mode", "ipc_mode", "network_mode"):
        if string(task.get(name)) == "host":
            yield Reach("namespace", task.get(name), name=name)
    sources = {
        string(volume.get("name")) or "": volume.get("host_path")
        for volume in task.get("volume").elements()
        if string(volume.get("host_path")) is not None
    }
    for name, container in containers(task):
        privileged = container.get("privileged")
        if is_true(privileged):
            yield Reach("privileged", privileged, container=name)
        for added in container.get("linuxParameters", "capabilities", "add").elements():
            capability = (string(added) or "").upper().removeprefix("CAP_")
            if capability in DANGEROUS:
                yield Reach("capability", added, container=name, capability=capability, what=DANGEROUS[capability])
        for mount in container.get("mountPoints").elements():
            source = sources.get(string(mount.get("sourceVolume")) or "?")
            path = string(source) if source is not None else None
            if source is None or path is None:
                continue
            if is_socket(path):
                yield Reach("socket", source, container=name, path=path)
            elif (what := owned_by(path)) is not None and not is_true(mount.get("readOnly")):
                yield Reach("path", source, container=name, path=path, what=what)


def same(one: Value, other: Value) -> bool:
    """Whether two values are surely the same: equal, the same resource, or the same words in the configuration."""
    if isinstance(one, Absent) or isinstance(other, Absent):
        return False
    if isinstance(one, Known) and isinstance(other, Known):
        text = scalar_text(one)
        return text is not None and text == scalar_text(other)
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        if one.refers is not None or other.refers is not None:
            return one.refers == other.refers
        return bool(one.missing) and one.span.text == other.span.text and one.span.path == other.span.path
    return False


@lru_cache(maxsize=1)
def _functions(project: Project) -> Mapping[tuple[str, str | None, str], list[Resource]]:
    found: dict[tuple[str, str | None, str], list[Resource]] = {}
    for function in project.of_type("aws_lambda_function"):
        role = function.get("role")
        key = role.refers if isinstance(role, Unknown) else string(role)
        if key is not None and function.kind == "resource":
            found.setdefault((key, function.environment, function.root), []).append(function)
    return found


def functions_of(role: Resource, project: Project) -> list[Resource]:
    """The functions of Lambda that run in a role."""
    keys = {role.address, string(role.get("arn")) or role.address}
    return [each for key in keys for each in _functions(project).get((key, role.environment, role.root), ())]


# -- command lines -------------------------------------------------------------------------------------------------

_RUNTIMES = frozenset({"docker", "podman", "nerdctl"})
#: Options of ``docker run`` that take no value.
_SWITCHES = frozenset(
    {
        "--detach",
        "--disable-content-trust",
        "--init",
        "--interactive",
        "--no-healthcheck",
        "--oom-kill-disable",
        "--privileged",
        "--publish-all",
        "--quiet",
        "--read-only",
        "--rm",
        "--sig-proxy",
        "--tty",
        "--use-api-socket",
    }
)
_LETTERS = frozenset("ditPq")
_EMULATORS = Pattern(r"(?:^|/)(?:binfmt|qemu-user-static)\b")


class Ran:
    """A way in which a command line gives a container its host: ``how`` as in :class:`Reach`, the word, and the words
    for messages."""

    __slots__ = ("how", "word", "words")

    def __init__(self, how: str, word: Word, **words: str) -> None:
        self.how = how
        self.word = word
        self.words = words


def runs(command: Command) -> Iterator[Ran]:
    """Every way in which ``docker run`` gives a container its host. Images that only register emulators are left out:
    they are started privileged for a second, as their documentation says."""
    if any(_EMULATORS.search(word.raw) for word in command.words):
        return
    for option, value, word in _options(command):
        if option == "--privileged" and value in ("", "true"):
            yield Ran("privileged", word)
        elif option == "--cap-add" and (name := value.upper().removeprefix("CAP_")) in DANGEROUS:
            yield Ran("capability", word, capability=name, what=DANGEROUS[name])
        elif option == "--pid" and value == "host":
            yield Ran("namespace", word)
        elif option in ("-v", "--volume"):
            source, _, rest = value.partition(":")
            what = owned_by(source)
            if is_socket(source):
                yield Ran("socket", word, path=source)
            elif what is not None and "ro" not in rest.rpartition(":")[2].split(","):
                yield Ran("path", word, path=source, what=what)


def _options(command: Command) -> Iterator[tuple[str, str, Word]]:
    """The options before the image, with their values; an option that takes none has an empty one."""
    words = command.words
    at = next((place for place, word in enumerate(words) if word.text in _RUNTIMES), len(words)) + 1
    if at < len(words) and words[at].text == "container":
        at += 1
    if at >= len(words) or words[at].text not in ("run", "create"):
        return
    at += 1
    while at < len(words):
        text = words[at].text
        if text is None or not text.startswith("-"):
            return
        name, equals, value = text.partition("=")
        alone = name in _SWITCHES or (not name.startswith("--") and _LETTERS.issuperset(name[1:]))
        if equals or alone:
            yield name, value, words[at]
        elif at + 1 < len(words):
            at += 1
            yield name, words[at].text or "", words[at]
        at += 1
