"""References to container images, after the distribution project's grammar, and the language that an image holds."""

from __future__ import annotations

from depcheck.patterns import Pattern

_VERSION = Pattern(r"v?(\d+(?:\.\d+)*)(?=$|[^0-9.]|\.[^0-9])")
_LAMBDA = Pattern(r"(?:public\.ecr\.aws/)?(?:lambda|sam)/(?:build-)?(nodejs|python|java|ruby|go|dotnet)(.*)")
_DISTROLESS = Pattern(r"gcr\.io/distroless/(nodejs|java|python)(\d*)(?:-|$)")
_DOTNET = Pattern(r"(?:mcr\.microsoft\.com/)?dotnet/(?:core/)?(?:nightly/)?(?:sdk|aspnet|runtime|runtime-deps|monitor)")
#: Tags of build tools that name the language's version further back (``3.9-eclipse-temurin-21``, ``8-jdk17``).
_JAVA_IN_TAG = Pattern(r"(?:eclipse-temurin|openjdk|amazoncorretto|ibmjava|sapmachine|jdk|jre)-?(\d+(?:\.\d+)*)")
_LANGUAGES = {
    "node": "node",
    "python": "python",
    "golang": "go",
    "go": "go",
    "ruby": "ruby",
    "jruby": "ruby",
    "php": "php",
    "rust": "rust",
    "elixir": "elixir",
    "erlang": "erlang",
    "eclipse-temurin": "java",
    "openjdk": "java",
    "amazoncorretto": "java",
    "ibmjava": "java",
    "sapmachine": "java",
    "bun": "bun",
    "deno": "deno",
    "perl": "perl",
    "swift": "swift",
    "terraform": "terraform",
}
_JAVA_TOOLS = frozenset(("maven", "gradle", "tomcat", "jetty"))
#: Folders in which an image's name still means the language itself, not somebody's program.
_FOLDERS = frozenset(
    (
        "",
        "library",
        "docker/library",
        "cimg",
        "circleci",
        "bitnami",
        "bitnamilegacy",
        "hashicorp",
        "oven",
        "denoland",
        "nodejs",
    )
)
_NAMED = {"nodejs": "node"}


class ImageReference:
    """``registry/path:tag@digest``, split. ``tag_start`` is the place of the tag, -1 if there is none."""

    __slots__ = ("digest", "path", "registry", "tag", "tag_start")

    def __init__(self, registry: str, path: str, tag: str | None, tag_start: int, digest: str | None) -> None:
        self.registry = registry
        self.path = path
        self.tag = tag
        self.tag_start = tag_start
        self.digest = digest


def parse(reference: str) -> ImageReference:
    """Split a reference; anything is split somehow."""
    name, at, digest = reference.partition("@")
    slash = name.rfind("/")
    colon = name.rfind(":")
    tag = None
    if colon > slash:
        name, tag = name[:colon], name[colon + 1 :]
    registry, found, path = name.partition("/")
    if not found or not ("." in registry or ":" in registry or registry == "localhost"):
        registry, path = "", name
    return ImageReference(registry, path, tag, colon + 1 if tag is not None else -1, digest if at else None)


def runtime(reference: str) -> tuple[str, str | None, int, int] | None:
    """The language that a well-known base image holds, its version and the version's place in the reference.

    The version is None where the tag names none (``latest``, ``lts-alpine``); then the place is that of the tag, or of
    the whole reference.
    """
    image = parse(reference)
    whole = f"{image.registry}/{image.path}" if image.registry else image.path
    distroless = _DISTROLESS.match(whole)
    if distroless:
        language = _NAMED.get(distroless[1], distroless[1])
        return (language, distroless[2], *distroless.span(2)) if distroless[2] else (language, None, 0, len(reference))
    at_lambda = _LAMBDA.fullmatch(whole)
    folder, _, name = image.path.rpartition("/")
    if at_lambda:
        language = _NAMED.get(at_lambda[1], at_lambda[1])
        version = _VERSION.match(at_lambda[2])
        if version:
            return language, version[1], at_lambda.start(2) + version.start(1), at_lambda.start(2) + version.end(1)
        return _tagged(reference, image, language)
    if _DOTNET.fullmatch(whole):
        return _tagged(reference, image, "dotnet")
    if name in _JAVA_TOOLS and folder in _FOLDERS and image.tag:
        java = _JAVA_IN_TAG.search(image.tag)
        return ("java", java[1], image.tag_start + java.start(1), image.tag_start + java.end(1)) if java else None
    if name in _LANGUAGES and folder in _FOLDERS:
        return _tagged(reference, image, _LANGUAGES[name])
    return None


def _tagged(reference: str, image: ImageReference, language: str) -> tuple[str, str | None, int, int]:
    if image.tag is None:
        return language, None, 0, len(reference)
    version = _VERSION.match(image.tag)
    if version is None:
        return language, None, image.tag_start, image.tag_start + len(image.tag)
    return language, version[1], image.tag_start + version.start(1), image.tag_start + version.end(1)
