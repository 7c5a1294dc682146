"""What the pack's data cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Outcome, Undetermined, Violation
from depcheck.model import Image
from depcheck.project import Project
from depcheck.values import Absent, Known, Unknown

REGISTRY = "registry.example.com/"


def unowned_image(subject: Image, project: Project) -> Iterator[Outcome]:
    """A shipped image starts from the company's own registry."""
    match subject.reference:
        case Known(value=str(reference)) as value if not reference.startswith(REGISTRY):
            yield Violation(value, words={"image": reference})
        case Known() as value:
            yield Held(value, f"the image comes from {REGISTRY}")
        case Unknown() as value:
            yield Undetermined(value)
        case Absent():
            return
