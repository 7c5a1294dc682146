"""What only tests read, and what somebody else wrote: nothing is deployed from it, so it is told with less weight."""

from __future__ import annotations

import posixpath
import re

from depcheck.findings import SEVERITIES, Violation
from depcheck.packs import Rule
from depcheck.patterns import Pattern
from depcheck.project import Project

#: Not ``test``, which an environment may be called.
_FOLDERS = Pattern(
    r"(?:^|/)(?:tests|testdata|test[_-]data|testfiles[\w-]*|__tests__|__fixtures__|fixtures|vendor|third_party)/",
    re.IGNORECASE,
    holding=("tests", "testdata", "test_data", "test-data", "testfiles", "fixtures", "vendor", "third_party"),
)
#: A policy in a file of its own that is shown to readers, and given to nobody from there.
_SHOWN = Pattern(r"(?:^|/)docs?/|(?:^|[/._-])(?:example|sample)[._-][^/]*$", re.IGNORECASE)
#: Packs that ask themselves where something stands: a key that is live is live in a test too.
_ASKS_ITSELF = "secrets"
_MOST = "low"


class Aside:
    """Knows which files of a project are read by tests alone. Folders above all that was scanned do not count:
    somebody who names a folder means it."""

    __slots__ = ("_from",)

    def __init__(self, project: Project) -> None:
        folders = [posixpath.dirname(path) for path in project.files if not path.startswith(("/", ".."))]
        above = posixpath.commonpath(folders) if folders else ""
        self._from = len(above) + 1 if above else 0

    def severity(self, rule: Rule, violation: Violation) -> str | None:
        """The violation's own severity; no more than low where nothing is deployed from the file."""
        own = violation.severity or rule.severity
        if (
            rule.pack == _ASKS_ITSELF
            or violation.environment is not None
            or SEVERITIES.index(own) >= SEVERITIES.index(_MOST)
        ):
            return violation.severity
        path = violation.span.path[self._from :]
        shown = rule.pack == "iam" and path.endswith(".json") and _SHOWN.search(path) is not None
        return _MOST if shown or _FOLDERS.search(path) is not None else violation.severity
