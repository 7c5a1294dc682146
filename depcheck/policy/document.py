"""A policy that was read: its parts, and where in the file each of its entries stands."""

from __future__ import annotations

from depcheck.source import Source, Span
from depcheck.values import Known, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.models.document import Document
    from depcheck.policy.names import Names


class Policy:
    """What a deployment promises.

    Every part is there, empty where the file says nothing about it. Durations are seconds, sizes bytes, rates bytes per
    second; environments are called as they were declared, whatever alias was written. ``root`` is the tree of values
    with their places; :meth:`span` finds the place of an entry by its path.
    """

    __slots__ = (
        "_names",
        "capacity",
        "docs",
        "environments",
        "evidence",
        "flags",
        "monitoring",
        "names",
        "parity",
        "pipeline",
        "product",
        "promises",
        "recovery",
        "regions",
        "root",
        "rules",
        "secrets",
        "source",
        "tags",
        "variables",
        "version",
        "versions",
    )

    def __init__(self, source: Source, root: Value, document: Document, names: Names) -> None:
        self.source = source
        self.root = root
        self._names = names
        self.version = document.version
        self.product = document.product
        self.environments = document.environments
        self.recovery = document.recovery
        self.parity = document.parity
        self.variables = document.variables
        self.pipeline = document.pipeline
        self.monitoring = document.monitoring
        self.capacity = document.capacity
        self.regions = document.regions
        self.tags = document.tags
        self.names = document.names
        self.secrets = document.secrets
        self.flags = document.flags
        self.versions = document.versions
        self.promises = document.promises
        self.evidence = document.evidence
        self.rules = document.rules
        self.docs = document.docs

    @property
    def path(self) -> str:
        """The path of the file, as messages show it."""
        return self.source.path

    def written(self, *path: str | int) -> bool:
        """Whether the file has an entry at a path."""
        return follow(self.root, path, self._names)[1] == len(path)

    def span(self, *path: str | int) -> Span:
        """The place of an entry: the value of a scalar or of a list's element, the key of a map or a list.

        ``policy.span("recovery", "stores", "database", "rpo")``. What is not written stands at the nearest entry above
        it; a file that says nothing at all, at its beginning.
        """
        return place(follow(self.root, path, self._names)[0])

    def key_span(self, *path: str | int) -> Span:
        """The place of an entry's key; of an element of a list, the element."""
        node = follow(self.root, path, self._names)[0]
        return node.key or place(node)


def place(node: Value) -> Span:
    """The smallest place that says what an entry is."""
    container = isinstance(node, Known) and isinstance(node.value, (dict, list))
    if container and node.key is not None:
        return node.key
    if container and "\n" in node.span.text:
        start = node.span.start
        return Span(node.span.source, start, start + len(node.span.text.split("\n", 1)[0].rstrip()))
    return node.span


def follow(root: Value, path: tuple[str | int, ...], names: Names | None = None) -> tuple[Value, int]:
    """The entry at a path, or the nearest one above it, and how many parts of the path led there.

    Parts that stand for another way of writing (``*`` for all environments, the first of a list that is one value) are
    passed over; an environment is found under any of its names.
    """
    node = root
    passed = 0
    for index, part in enumerate(path):
        child = _child(node, part, names)
        if child is not None:
            node = child
        elif not _is_implied(node, part):
            return node, index
        passed = index + 1
    return node, passed


def _child(node: Value, part: str | int, names: Names | None) -> Value | None:
    if not isinstance(node, Known):
        return None
    inner = node.value
    if isinstance(inner, list) and isinstance(part, int):
        return inner[part] if -len(inner) <= part < len(inner) else None
    if not isinstance(inner, dict) or not isinstance(part, str):
        return None
    if part in inner or names is None or names.environments is None:
        return inner.get(part)
    environments = names.environments
    meant = [key for key in inner if environments.named(key) == part]
    return inner[meant[0]] if len(meant) == 1 else None


def _is_implied(node: Value, part: str | int) -> bool:
    if not isinstance(node, Known):
        return False
    if isinstance(part, int):
        return part == 0 and not isinstance(node.value, (list, dict))
    return part == "*" and not isinstance(node.value, dict)
