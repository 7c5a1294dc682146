"""What is known of container images by their names, and which Dockerfile a compose service is built from.

The lists are data, in ``schemas/image-words.json``.
"""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from functools import lru_cache

from depcheck.data import load_json
from depcheck.model import Build, Image, Resource, Stage
from depcheck.project import Project
from depcheck.source import Span
from depcheck.syntax.image_reference import ImageReference, parse
from depcheck.values import Absent, Known, string

_HUB = ("docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/", "library/")


class Service:
    """A kind of service that an image runs: what it is called, and the ports that its clients use."""

    __slots__ = ("images", "name", "ports")

    def __init__(self, entry: dict[str, object]) -> None:
        images, ports = entry.get("images"), entry.get("ports")
        self.images = [str(each) for each in images] if isinstance(images, list) else []
        self.name = str(entry.get("name"))
        self.ports = (
            frozenset(each for each in ports if isinstance(each, int)) if isinstance(ports, list) else frozenset()
        )


@lru_cache(maxsize=1)
def _data() -> dict[str, object]:
    return load_json("schemas", "image-words.json")


@lru_cache(maxsize=16)
def _words(section: str, key: str = "words") -> frozenset[str]:
    entry = _data()[section]
    words = entry.get(key) if isinstance(entry, dict) else None
    return frozenset(str(each) for each in words) if isinstance(words, list) else frozenset()


@lru_cache(maxsize=4)
def _services(section: str) -> tuple[Service, ...]:
    entries = _data()[section]
    return tuple(Service(each) for each in entries if isinstance(each, dict)) if isinstance(entries, list) else ()


def name_of(reference: str) -> str:
    """An image's registry and path, as short as Docker's own images may be written (``node``)."""
    image = parse(reference)
    name = f"{image.registry}/{image.path}" if image.registry else image.path
    for prefix in _HUB:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def is_moving(image: ImageReference) -> bool:
    """Whether a tag names no version, so that it can be another image tomorrow (``latest``, ``lts-alpine``)."""
    if image.tag is None:
        return False
    parts = [part for part in re.split(r"[-_.]", image.tag.lower()) if part]
    moving, variants = _words("moving"), _words("moving", "variants")
    if any(char.isdigit() for char in image.tag) or not parts:
        return False
    if image.path.rsplit("/", 1)[-1] in _words("moving", "distributions") and not moving.intersection(parts):
        return False  # a release of a distribution has a name: debian:bookworm
    return all(part in moving or part in variants for part in parts)


def user_of(reference: str) -> str | None:
    """``root`` for an image that runs as root, ``other`` for one that does not, None where its name does not tell."""
    image = parse(reference)
    name = name_of(reference)
    tagged = f"{name}:{image.tag}" if image.tag else name
    if any(fnmatchcase(tagged, glob) or fnmatchcase(name, glob) for glob in _words("other_user")):
        return "other"
    if name in _words("drops") or (name == "php" and re.search(r"fpm|apache", image.tag or "")):
        return "other"
    return "root" if name in _words("root") else None


def is_unchecked(reference: str) -> bool:
    """Whether an image is known to have no HEALTHCHECK: Docker's official images have none."""
    return name_of(reference) in _words("unchecked")


def service_of(reference: str, section: str) -> Service | None:
    """The kind of service among the ``stores`` or the ``administration`` that an image runs."""
    name = name_of(reference)
    return next((each for each in _services(section) if any(fnmatchcase(name, glob) for glob in each.images)), None)


def build_of(service: Resource, project: Project) -> Build | None:
    """The Dockerfile that a compose service is built from, where it is among what was read."""
    context = string(service.get("build", "context"))
    if isinstance(service.get("build"), Absent) or context is None:
        context = "." if isinstance(service.get("build"), Known) and context is None else context
    if context is None or "://" in context or not isinstance(service.get("build", "dockerfile_inline"), Absent):
        return None
    home = service.span.path.rpartition("/")[0]
    folder = posixpath.normpath(posixpath.join(home, context))
    file = string(service.get("build", "dockerfile")) or "Dockerfile"
    path = posixpath.normpath(posixpath.join(folder, file))
    return _by_name(project).get(path)


@lru_cache(maxsize=1)
def _by_name(project: Project) -> dict[str, Build]:
    return {each.name: each for each in reversed(project.facts.builds)}


def services_built_from(build: Build, project: Project) -> list[Resource]:
    """The compose services that a Dockerfile makes the image of."""
    return _services_of(project).get(build.name, [])


@lru_cache(maxsize=1)
def _services_of(project: Project) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for service in project.of_type("compose_service"):
        build = build_of(service, project)
        if build is not None:
            found.setdefault(build.name, []).append(service)
    return found


def shipped(build: Build, services: list[Resource]) -> list[Stage]:
    """The stages of the image that is run: those of the ``target`` that compose services agree on, else the last."""
    targets = {string(each.get("build", "target")) for each in services}
    if len(targets) != 1 or None in targets:
        return build.shipped()
    target = (targets.pop() or "").lower()
    stage = next((each for each in reversed(build.stages) if (each.name or "").lower() == target), None)
    chain: list[Stage] = []
    while stage is not None and stage not in chain:
        chain.append(stage)
        stage = build.stages[stage.parent] if stage.parent is not None else None
    return chain[::-1]


@lru_cache(maxsize=1)
def first_uses(project: Project) -> dict[tuple[Span, str | None], Image]:
    """The first image that each reference is told as: an anchor shares one among services, in one environment."""
    found: dict[tuple[Span, str | None], Image] = {}
    for image in project.facts.images:
        found.setdefault((image.reference.span, image.environment), image)
    return found


@lru_cache(maxsize=1)
def built_here(project: Project) -> frozenset[str]:
    """The references under which compose services keep the images that they build."""
    services = [each for each in project.of_type("compose_service") if not isinstance(each.get("build"), Absent)]
    return frozenset(name for each in services if (name := string(each.get("image"))))
