"""The services and volumes of a loaded project → resources, settings, images and grants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from depcheck.compose.paths import within
from depcheck.compose.shapes import like
from depcheck.compose.variables import Variables, env_value
from depcheck.model import Facts, Grant, Image, Resource, Setting
from depcheck.parsers import Parsed
from depcheck.values import Absent, Known, Unknown, Value, scalar_text, string

_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock", "docker_engine")
#: Attributes that give a container the host's own namespace when they are ``host``.
_NAMESPACES = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")


class Telling:
    """Tells one run of a project. ``home`` is the folder of its first file."""

    def __init__(
        self, facts: Facts, home: str, env_files: Mapping[str, Parsed], variables: Variables, environment: str | None
    ) -> None:
        self.facts = facts
        self.home = home
        self.env_files = env_files
        self.variables = variables
        self.environment = environment

    def service(self, name: str, service: Known) -> None:
        """One service with what it runs, is given and may do."""
        address = f"compose.{name}"
        service = self._resolved(service)
        self.facts.resources.append(self._resource("compose_service", address, name, "service", service))
        self._settings(service, address)
        image = service.get("image")
        if not isinstance(image, Absent) and isinstance(service.get("build"), Absent):
            self._image(image, address)
        for hook in service.get("pre_start").elements():
            if isinstance(hook.get("image"), (Known, Unknown)):
                self._image(hook.get("image"), address)
        self._grants(service, address)

    def volume(self, name: str, volume: Known) -> None:
        """One named volume."""
        address = f"compose.volume.{name}"
        self.facts.resources.append(self._resource("compose_volume", address, name, "volume", volume))

    def _resource(self, type: str, address: str, name: str, kind: str, value: Known) -> Resource:
        return Resource(
            type,
            address,
            value,
            value.key or value.span,
            name=name,
            kind=kind,
            format="compose",
            environment=self.environment,
        )

    def _image(self, image: Value, address: str) -> None:
        self.facts.images.append(Image(image, "service", image.span, scope=address, environment=self.environment))

    def _resolved(self, service: Known) -> Known:
        """The service with what Compose puts in for bare names in ``environment`` and ``build.args``."""
        inner = dict(service.items())
        self._resolve(inner, "environment")
        build = inner.get("build")
        if isinstance(build, Known) and isinstance(build.value, dict):
            parts = dict(build.value)
            self._resolve(parts, "args")
            inner["build"] = like(build, parts)
        return like(service, inner)

    def _resolve(self, inner: dict[str, Value], name: str) -> None:
        value = inner.get(name)
        if isinstance(value, Known) and isinstance(value.value, dict):
            entries = value.value.items()
            inner[name] = like(
                value, {key: self.variables.passed_on(key, each) if _is_null(each) else each for key, each in entries}
            )

    def _settings(self, service: Known, address: str) -> None:
        own = dict(service.get("environment").items())
        given = {name: value for name, value in self._from_env_files(service, own).items() if name not in own}
        for name, value in (*given.items(), *own.items()):
            self._setting(name, value, "compose", address)
        for name, value in service.get("build", "args").items():
            self._setting(name, value, "build-arg", address)

    def _setting(self, name: str, value: Value, origin: str, address: str) -> None:
        span = value.key or value.span
        sensitive = not isinstance(value, Absent) and value.sensitive
        self.facts.settings.append(
            Setting(name, value, span, origin=origin, scope=address, environment=self.environment, sensitive=sensitive)
        )

    def _from_env_files(self, service: Known, own: Mapping[str, Value]) -> dict[str, Value]:
        """What the env files of a service give it; the last one to give a name counts."""
        outer = self.variables.below({name: value for name, value in own.items() if isinstance(value, Known)})
        told: dict[str, Value] = {}
        for entry in service.get("env_file").elements():
            path = string(entry.get("path"))
            file = self.env_files.get(within(self.home, path)) if path else None
            if file is None or file.tree is None:
                continue
            raw_format = string(entry.get("format")) == "raw"
            for name, raw in file.tree.items():
                if isinstance(raw, Absent):
                    told[name] = self.variables.passed_on(name, raw)
                elif raw_format:
                    told[name] = Known(raw.span.text, raw.span, key=raw.key)
                else:
                    value = env_value(name, raw, outer, told)
                    told[name] = value if value is not None else raw
        return told

    def _grants(self, service: Known, address: str) -> None:
        for span_of, action, resources in _grants_of(service):
            span = span_of.key or span_of.span
            self.facts.grants.append(
                Grant(
                    span,
                    source="compose",
                    actions=[action],
                    resources=resources,
                    scope=address,
                    environment=self.environment,
                )
            )
        user = service.get("user")
        if isinstance(user, (Known, Unknown)):
            self.facts.grants.append(
                Grant(user.span, source="compose", principals=[user], scope=address, environment=self.environment)
            )


def _grants_of(service: Known) -> Iterator[tuple[Value, Value, list[Value]]]:
    """Where, which action, on what: everything that gives a container more than containers have."""
    privileged = service.get("privileged")
    if isinstance(privileged, Unknown):
        yield privileged, privileged, []
    elif isinstance(privileged, Known) and privileged.value is True:
        yield privileged, Known("privileged", privileged.span), []
    for added in service.get("cap_add").elements():
        yield _placed(added), _action("cap_add", added), []
    for name in _NAMESPACES:
        mode = service.get(name)
        if isinstance(mode, Unknown) or string(mode) == "host":
            yield mode, _action(name, mode), []
    for option in service.get("security_opt").elements():
        if isinstance(option, Unknown) or _unconfined(string(option) or ""):
            yield _placed(option), _action("security_opt", option), []
    for device in service.get("devices").elements():
        source = device.get("source")
        if isinstance(source, (Known, Unknown)):
            yield _placed(source), Known("device", source.span), [source]
    for mount in service.get("volumes").elements():
        source = mount.get("source")
        text = string(source)
        if text is not None and text.endswith(_SOCKETS):
            yield _placed(source), Known("docker_socket", source.span), [source]
    socket = service.get("use_api_socket")
    if isinstance(socket, Known) and socket.value is True:
        yield socket, Known("docker_socket", socket.span), []


def _placed(value: Value) -> Value:
    """An entry of a list: its place is its own, not that of the key before the list."""
    return Known(None, value.span)


def _action(name: str, value: Value) -> Value:
    text = scalar_text(value)
    return Known(f"{name}:{text}", value.span) if text is not None else value


def _unconfined(option: str) -> bool:
    name, _, mode = option.replace("=", ":").partition(":")
    return mode in ("unconfined", "disable") or (name == "no-new-privileges" and mode == "false")


def _is_null(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None
